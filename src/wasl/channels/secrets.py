"""A configuration with and without its secrets.

Secrets are the `SecretStr` fields of an adapter's `Config`, at any depth, named by their path
("imap.password"). What is stored in the clear, and what people are shown, never holds one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr


def split(config: BaseModel) -> tuple[dict[str, Any], dict[str, str]]:
    """A configuration as JSON with null in the place of each secret, and its secrets by path."""
    secrets = {path: value.get_secret_value() for path, value in _secrets_in(config, "")}
    return _filled(config.model_dump(mode="json"), dict.fromkeys(secrets)), secrets


def put_back(plain: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """The configuration with its secrets, as `Config` takes it."""
    return _filled(plain, secrets)


def masked(plain: Mapping[str, Any], set_at: Mapping[str, str]) -> dict[str, Any]:
    """The configuration as people see it: of a secret, only when it was set."""
    return _filled(plain, {path: {"set_at": at} for path, at in set_at.items()})


def patched(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`kept` with `given` laid over it (RFC 7396): what is left out stays, null removes.

    A secret given back as it was shown ({"set_at": …}) stays as well.
    """
    result = dict(kept)
    for name, value in given.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            if value.keys() == {"set_at"}:
                continue
            below = result.get(name)
            result[name] = patched(below if isinstance(below, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _filled(plain: Mapping[str, Any], by_path: Mapping[str, Any]) -> dict[str, Any]:
    whole = copy.deepcopy(dict(plain))
    for path, value in by_path.items():
        parent, name = _parent(whole, path)
        if isinstance(parent, list):
            parent[int(name)] = value
        else:
            parent[name] = value
    return whole


def _parent(whole: Any, path: str) -> tuple[Any, str]:
    *above, name = path.split(".")
    for step in above:
        whole = whole[int(step)] if isinstance(whole, list) else whole[step]
    return whole, name


def _secrets_in(value: Any, path: str) -> Iterator[tuple[str, SecretStr]]:
    if isinstance(value, SecretStr):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets_in(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _secrets_in(item, f"{path}.{index}")
