"""The one place where channel kinds are known: a line per adapter, imported on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from wasl.channels.contract import Adapter
from wasl.infra.errors import NotFound

KINDS: dict[str, str] = {
    "web_chat": "wasl.adapters.web_chat",
    "email": "wasl.adapters.email",
    "api": "wasl.adapters.api",
}


@cache
def adapter_of(kind: str) -> Adapter:
    """The adapter of a channel kind; NotFound("channel_kind_unknown") for any other."""
    if kind not in KINDS:
        raise NotFound("channel_kind_unknown", kind=kind)
    return cast(Adapter, import_module(KINDS[kind]).ADAPTER)
