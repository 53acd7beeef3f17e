"""A host that keeps what it takes in memory and can be told to fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from wasl.channels.contract import Channel, Inbound, InboundMessage, InboundReceipt, Taken
from wasl.infra.ids import new_id


class FakeHost:
    """Implements `Host`; `refuse` is called with every item and may raise."""

    def __init__(self) -> None:
        self.messages: list[tuple[Channel, InboundMessage]] = []
        self.receipts: list[InboundReceipt] = []
        self.states: dict[UUID, dict[str, Any]] = {}
        self.reports: list[tuple[UUID, bool, str]] = []
        self.channels: dict[str, Channel] = {}
        self.calls = 0
        self.duplicates = 0
        self.refuse: Callable[[Inbound], None] = lambda item: None
        self._known: set[tuple[UUID, str]] = set()
        self._changed = asyncio.Condition()

    async def take(self, channel: Channel, items: Sequence[Inbound]) -> Sequence[Taken]:
        """All or none, each provider id once, as the real host does."""
        self.calls += 1
        for item in items:
            self.refuse(item)
        taken = []
        for item in items:
            duplicate = False
            if isinstance(item, InboundMessage):
                key = (channel.id, item.provider_id)
                duplicate = key in self._known
                self._known.add(key)
                if duplicate:
                    self.duplicates += 1
                else:
                    self.messages.append((channel, item))
            elif isinstance(item, InboundReceipt):
                self.receipts.append(item)
            taken.append(Taken(message_id=new_id(), duplicate=duplicate))
        await self._tell()
        return taken

    async def remember(self, channel: Channel, state: Mapping[str, Any]) -> None:
        self.states[channel.id] = dict(state)
        await self._tell()

    async def report(self, channel: Channel, ok: bool, code: str = "", detail: str = "") -> None:
        self.reports.append((channel.id, ok, code))
        await self._tell()

    async def recipient_channel(self, address: str) -> Channel | None:
        return self.channels.get(address.lower())

    async def until(self, met: Callable[[], bool]) -> None:
        """Waits until something that the host was told makes `met` true."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(met)

    def texts(self) -> list[str]:
        return [message.text for _, message in self.messages]

    def resumed(self, channel: Channel) -> Channel:
        """The channel as it is started again: with the state that was kept."""
        return replace(channel, state=self.states.get(channel.id, {}))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
