"""What the contact's own socket shows, read from conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import realtime
from wasl.channels import Channels, adapter_of
from wasl.channels.contract import Channel
from wasl.conversations import client, receipts
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.errors import AppError

_MOST_NEW = 100
_GATHER_S = 0.2  # a receipt needs no haste


@dataclass(frozen=True, slots=True)
class WidgetSide:
    """`realtime.ContactSide` over conversations. `spawn` runs work beside the socket."""

    database: Database
    channels: Channels
    sealer: Sealer
    clock: Clock
    public_origin: str
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    _given: set[UUID] = field(default_factory=set)  # messages, to be noted as delivered together

    async def _channel(self, public_key: str) -> Channel | None:
        found = await self.channels.by_public_key(public_key[:100])
        if found is None or not adapter_of(found.kind).capabilities.client_api:
            return None
        return found

    async def verify(
        self, conn: AsyncConnection, public_key: str, token: str
    ) -> realtime.Visitor | None:
        person = await self._person(public_key, token)
        if person is None:
            return None
        return _visitor(person, *await client.standing_of(conn, person))

    async def news(
        self,
        conn: AsyncConnection,
        public_key: str,
        token: str,
        shown: UUID | None,
        ids: Collection[UUID],
    ) -> realtime.News | None:
        person = await self._person(public_key, token)
        if person is None:
            return None
        news = await client.news_of(conn, person, ids, shown=shown, now=self.clock.now())
        self._delivered(news.messages)
        visitor = _visitor(person, news.contact, news.conversation_id)
        return realtime.News(visitor, news.messages, news.conversation)

    async def _person(self, public_key: str, token: str) -> client.Visitor | None:
        """Whoever the token was made for; None when it or the channel is not good."""
        channel = await self._channel(public_key)
        if channel is None:
            return None
        try:
            return client.visitor_of(self.sealer, channel, token, self.clock.now())
        except AppError:
            return None

    async def timeline(
        self, conn: AsyncConnection, visitor: realtime.Visitor, last_seq: int
    ) -> Mapping[str, Any]:
        shown, now = None, self.clock.now()
        if last_seq > 0:
            shown = await client.client_timeline(
                conn, visitor.person, now=now, after=last_seq, limit=_MOST_NEW
            )
        if shown is None or len(shown["items"]) == _MOST_NEW:
            shown = await client.client_timeline(conn, visitor.person, now=now)
        self._delivered(shown["items"])
        return shown

    async def read(self, visitor: realtime.Visitor, seq: int) -> None:
        if visitor.conversation_id is not None:
            async with self.database.transaction() as conn:
                await receipts.contact_read(
                    conn,
                    visitor.conversation_id,
                    seq,
                    now=self.clock.now(),
                    seen_on=visitor.person.channel_id,
                )

    async def origin_may(self, public_key: str, origin: str | None) -> bool:
        if origin is None or origin == self.public_origin:
            return True
        channel = await self._channel(public_key)
        if channel is None:
            return False
        allowed = channel.config.allowed_origins
        return origin in allowed or "*" in allowed

    def _delivered(self, shown: Sequence[Mapping[str, Any]]) -> None:
        """What a connected client is given is delivered; noted beside the socket, for many at
        once."""
        ids = {m["id"] for m in shown if m["direction"] == "out" and m["state"] == "sent"}
        if ids and not self._given:
            self.spawn(self._note_delivered())
        self._given.update(ids)

    async def _note_delivered(self) -> None:
        await asyncio.sleep(_GATHER_S)
        given = set(self._given)
        self._given.clear()
        async with self.database.transaction() as conn:
            await receipts.note_delivered(conn, given, now=self.clock.now())


def _visitor(
    person: client.Visitor, contact: client.OwnContact | None, conversation_id: UUID | None
) -> realtime.Visitor:
    keys = {f"sender:{person.id}"}
    if person.known and contact is not None:
        keys.add(f"contact:{contact.id}")
    return realtime.Visitor(
        contact_id=contact.id if contact else person.id,
        name=contact.name if contact else "",
        keys=frozenset(keys),
        conversation_id=conversation_id,
        person=person,
    )
