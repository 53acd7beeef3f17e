"""What the contract suite needs to know of web chat: it has no provider to reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.adapters.case import Case, a_message
from wasl.adapters.web_chat import ADAPTER
from wasl.channels.contract import Address, Channel
from wasl.infra.ids import new_id

_SECRET = "signs-who-a-visitor-is"


@asynccontextmanager
async def open_case() -> AsyncIterator[Case]:
    """A widget on the shop's site."""
    config = ADAPTER.Config.model_validate(
        {"allowed_origins": ["https://shop.example"], "identity_secret": _SECRET}
    )
    yield Case(
        adapter=ADAPTER,
        channel=Channel(new_id(), "web_chat", "Shop", config, "key"),
        message=a_message(Address("web_visitor", "visitor-1")),
        secrets=[_SECRET],
    )
