"""The one suite that every channel kind of the registry passes. See `case.py`."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.adapters.case import Case
from wasl import channels
from wasl.channels.contract import Capabilities, ChannelError, CheckStep, ErrorKind, Sent
from wasl.channels.secrets import split
from wasl.infra.errors import AppError

KINDS = sorted(channels.KINDS)
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")

OpenCase = Callable[[], AbstractAsyncContextManager[Case]]


def _case_of(kind: str) -> OpenCase:
    found: OpenCase = import_module(f"tests.adapters.{kind}.case").open_case
    return found


@pytest.fixture(params=KINDS)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async with _case_of(request.param)() as opened:
        yield opened


@pytest.fixture(params=KINDS)
def adapter(request: pytest.FixtureRequest) -> Any:
    return channels.adapter_of(request.param)


def test_it_is_what_the_registry_says(adapter: Any, request: pytest.FixtureRequest) -> None:
    assert adapter.kind == request.node.callspec.params["adapter"]
    assert isinstance(adapter.capabilities, Capabilities)
    assert issubclass(adapter.Config, BaseModel)
    for verb in ("check", "send"):
        assert inspect.iscoroutinefunction(getattr(adapter, verb))


def test_its_capabilities_agree_with_what_it_brings(adapter: Any) -> None:
    can = adapter.capabilities
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", can.identity_kind)
    assert can.capacity_units >= 1
    assert can.max_text_chars >= 1
    assert can.max_attachment_bytes >= 1 or not can.attachments
    assert not can.cc or can.threads
    # something brings its messages in, and a contact's own client is told of ours
    receives = hasattr(adapter, "receive") or hasattr(adapter, "listen")
    assert receives or can.client_api
    assert can.client_api == bool(getattr(adapter, "pushes", False))
    for name in ("receive", "listen"):
        assert inspect.iscoroutinefunction(getattr(adapter, name, _a_coroutine))


async def _a_coroutine() -> None: ...


def test_its_settings_make_a_form(adapter: Any) -> None:
    schema = json.loads(json.dumps(adapter.Config.model_json_schema()))
    assert schema["type"] == "object"
    assert adapter.Config.model_config.get("extra") == "forbid"
    kinds = ("$ref", "anyOf", "allOf", "enum", "const", "type")
    for name, field in schema["properties"].items():
        assert any(kind in field for kind in kinds), name


async def test_its_secrets_are_marked_and_hidden(case: Case) -> None:
    config = case.channel.config
    plain, kept = split(config)
    assert set(case.secrets) <= set(kept.values())
    shown = repr(config) + json.dumps(plain) + repr(case.channel)
    assert not any(secret in shown for secret in case.secrets)
    schema = json.dumps(type(config).model_json_schema())
    if case.secrets:
        assert '"format": "password"' in schema or '"writeOnly": true' in schema


def _assert_steps(steps: object) -> None:
    assert isinstance(steps, (list, tuple))
    assert steps
    for step in steps:
        assert isinstance(step, CheckStep)
        assert _CODE.fullmatch(step.code)
        assert step.seconds >= 0


async def test_a_check_reports_and_never_raises(case: Case) -> None:
    steps = await case.adapter.check(case.channel)
    _assert_steps(steps)
    assert channels.outcome(steps) != "failed"
    if case.unreachable is not None:
        steps = await case.adapter.check(case.unreachable)
        _assert_steps(steps)
        assert channels.outcome(steps) == "failed"
    shown = json.dumps([[step.detail, step.cure] for step in steps])
    assert not any(secret in shown for secret in case.secrets)


async def test_what_is_sent_has_an_id_for_each_part(case: Case) -> None:
    sent = await case.adapter.send(case.channel, case.message)
    assert isinstance(sent, Sent)
    assert sent.provider_ids
    assert all(isinstance(one, str) and 0 < len(one) <= 998 for one in sent.provider_ids)
    assert len(set(sent.provider_ids)) == len(sent.provider_ids)


async def test_the_same_message_again_keeps_its_key(case: Case) -> None:
    first = await case.adapter.send(case.channel, case.message)
    second = await case.adapter.send(case.channel, case.message)
    assert list(first.provider_ids) == list(second.provider_ids)
    if case.keys is not None:
        seen = case.keys()
        assert len(seen) == 2
        assert seen[0] == seen[1] != ""


async def test_nobody_there_is_a_channel_error(case: Case) -> None:
    if case.unreachable is None:
        assert not hasattr(case.adapter, "listen")
        return
    with pytest.raises(ChannelError) as refused:
        await case.adapter.send(case.unreachable, case.message)
    assert refused.value.retryable
    assert not any(secret in refused.value.detail for secret in case.secrets)


async def test_each_refusal_has_its_kind(case: Case) -> None:
    assert bool(case.refusals) == (case.refuse is not None)
    for kind in case.refusals:
        assert case.refuse is not None
        case.refuse(kind)
        with pytest.raises(ChannelError) as refused:
            await case.adapter.send(case.channel, case.message)
        assert refused.value.kind is kind
        assert refused.value.retryable == (kind in (ErrorKind.TEMPORARY, ErrorKind.RATE_LIMITED))
        assert not any(secret in refused.value.detail for secret in case.secrets)


async def test_any_bytes_are_read_or_refused(case: Case) -> None:
    decode = case.decode
    if decode is None:
        assert not hasattr(case.adapter, "receive")
        return

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=2000))
    def try_it(body: bytes) -> None:
        outcomes = []
        for _ in range(2):
            try:
                outcomes.append(repr(decode(body)))
            except AppError as refused:
                outcomes.append(refused.code)
        assert outcomes[0] == outcomes[1]

    try_it()


def test_it_imports_only_channels_and_infra(adapter: Any) -> None:
    package = type(adapter).__module__.rpartition(".")[0]
    folder = Path(inspect.getfile(type(adapter))).parent
    allowed = ("wasl.channels", "wasl.infra", package)
    for path, module in _imports_under(folder):
        fits = any(module == name or module.startswith(f"{name}.") for name in allowed)
        assert fits or not module.startswith("wasl"), f"{path.name} imports {module}"


def _imports_under(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name} imports relatively"
                for name in node.names:
                    whole = node.module == "wasl"
                    yield path, f"wasl.{name.name}" if whole else str(node.module)
            elif isinstance(node, ast.Import):
                for name in node.names:
                    yield path, name.name
