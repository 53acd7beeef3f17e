"""A small world for the services: two channels and the words to write on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels import adapter_of
from wasl.channels.contract import Address, InboundMessage, Taken
from wasl.channels.tables import channels
from wasl.contacts import normalise
from wasl.conversations.facts import Source
from wasl.conversations.ingest import take_message
from wasl.infra.clock import TurnedClock
from wasl.infra.ids import new_id


@dataclass
class World:
    """A database with a chat channel and a mail channel, and a clock."""

    conn: AsyncConnection
    clock: TurnedClock
    channel_ids: dict[str, UUID]

    async def take(
        self,
        kind: str,
        sender: str,
        words: str = "Hello",
        *,
        provider_id: str = "",
        named: tuple[UUID, ...] = (),
        name: str = "",
        **more: Any,
    ) -> Taken:
        """Ingests one message as a channel of the kind would."""
        capabilities = adapter_of(kind).capabilities
        address = normalise(capabilities.identity_kind, sender)
        return await take_message(
            self.conn,
            Source(
                self.channel_ids[kind],
                kind,
                capabilities,
                capabilities.identity_kind,
                address.value,
                address.display,
            ),
            InboundMessage(
                provider_id=provider_id or str(uuid4()),
                sender=Address(capabilities.identity_kind, sender, name),
                text=words,
                **more,
            ),
            now=self.clock.now(),
            named=named,
        )

    async def one(self, sql: str, **params: Any) -> Any:
        """The one row of a query."""
        return (await self.conn.execute(text(sql), params)).one()

    async def scalar(self, sql: str, **params: Any) -> Any:
        """The one value of a query."""
        return (await self.conn.execute(text(sql), params)).scalar()


async def make_world(conn: AsyncConnection, clock: TurnedClock) -> World:
    """A chat channel and a mail channel."""
    ids = {}
    for kind, config in (("web_chat", {}), ("email", {"address": "us@naranj.example"})):
        ids[kind] = new_id()
        await conn.execute(
            insert(channels).values(
                id=ids[kind],
                kind=kind,
                name=kind,
                public_key=f"key-{kind}",
                config=config | ({"receive": "none"} if config else {}),
            )
        )
    return World(conn, clock, ids)


@pytest.fixture
async def world(conn: AsyncConnection, clock: TurnedClock) -> World:
    return await make_world(conn, clock)
