"""A small contact centre on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts.tables import users
from wasl.channels.tables import channels
from wasl.contacts.tables import contacts
from wasl.conversations import Entered, Placement, Speaking, change
from wasl.conversations.tables import conversations, interactions
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id
from wasl.routing import (
    add_defaults,
    add_queue,
    check_holder,
    entry_rule,
    set_members,
    set_presence,
)
from wasl.routing.tables import agents, assignments, offers, queue_members, segments

NAMES = {"en": "Sales", "fa": "فروش", "ar": "المبيعات"}


class Centre:
    """What tests do from outside: contacts write, agents speak. `conn` is a caller's transaction."""

    def __init__(self, clock: TurnedClock) -> None:
        self.clock = clock
        self.channel_id = new_id()
        self.queue_id: UUID = new_id()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def open(self, conn: AsyncConnection, **queue: Any) -> None:
        await add_defaults(conn)
        await conn.execute(
            insert(channels).values(
                id=self.channel_id, kind="web_chat", name="Shop", public_key=str(self.channel_id)
            )
        )
        self.queue_id = await add_queue(conn, {"names": NAMES, **queue}, actor=SYSTEM, now=self.now)

    async def agent(
        self, conn: AsyncConnection, name: str, *, available: bool = True, member: bool = True,
        capacity: int = 2,
    ) -> UUID:  # fmt: skip
        user_id = new_id()
        await conn.execute(
            insert(users).values(id=user_id, email=f"{user_id}@shop.test", name=name, role="agent")
        )
        await conn.execute(
            insert(agents).values(user_id=user_id, capacity={"web_chat": capacity}, since=self.now)
        )
        if available:
            await set_presence(conn, user_id, "available", now=self.now)
        if member:
            known = {row.user_id: 3 for row in await self._members(conn)}
            await set_members(
                conn, self.queue_id, {**known, user_id: 3}, actor=SYSTEM, now=self.now
            )
        return user_id

    async def _members(self, conn: AsyncConnection) -> Any:
        return await conn.execute(
            select(queue_members).where(queue_members.c.queue_id == self.queue_id)
        )

    async def contact_writes(self, conn: AsyncConnection, **entered: Any) -> UUID:
        """A new conversation, as ingest would make it; its id."""
        contact_id, conversation_id, interaction_id = new_id(), new_id(), new_id()
        await conn.execute(insert(contacts).values(id=contact_id, name="Sara"))
        placement = await entry_rule(
            conn, self.entered(conversation_id, interaction_id, born=True, **entered)
        )
        assert placement is not None
        await conn.execute(
            insert(conversations).values(
                id=conversation_id,
                contact_id=contact_id,
                channel_id=self.channel_id,
                interaction_id=interaction_id,
                interactions=1,
                last_message_at=self.now,
                created_at=self.now,
            )
        )
        await conn.execute(
            insert(interactions).values(
                id=interaction_id, conversation_id=conversation_id, ordinal=1, opened_at=self.now
            )
        )
        await self._written(conn, conversation_id, placement)
        return conversation_id

    async def _written(
        self, conn: AsyncConnection, conversation_id: UUID, placement: Placement
    ) -> None:
        await change(
            conn,
            conversation_id,
            event="MessageReceived",
            actor=SYSTEM,
            now=self.now,
            values={"status": "open"},
            placement=placement,
        )

    def entered(self, conversation_id: UUID, interaction_id: UUID, **values: Any) -> Entered:
        return Entered(
            **{
                "conversation_id": conversation_id,
                "interaction_id": interaction_id,
                "contact_id": conversation_id,
                "channel_id": self.channel_id,
                "channel_kind": "web_chat",
                "units": 1,
                "priority": 1,
                "born": False,
                "switched": False,
                "state": "created",
                "owed": False,
                "last_agent_id": None,
                "now": self.now,
                **values,
            }
        )

    async def writes_again(
        self, conn: AsyncConnection, conversation_id: UUID, **entered: Any
    ) -> Placement | None:
        a = await self.assignment(conn, conversation_id)
        placement = await entry_rule(
            conn, self.entered(conversation_id, a.interaction_id, held=a, **entered)
        )
        if placement is not None:
            await self._written(conn, conversation_id, placement)
        return placement

    async def speaks(
        self, conn: AsyncConnection, conversation_id: UUID, author_id: UUID, **speaking: Any
    ) -> Placement | None:
        a = await self.assignment(conn, conversation_id)
        placement = await check_holder(
            conn,
            Speaking(
                **{
                    "conversation_id": conversation_id,
                    "interaction_id": a.interaction_id,
                    "author_kind": "agent",
                    "author_id": author_id,
                    "channel_kind": "web_chat",
                    "units": 1,
                    "switched": False,
                    "now": self.now,
                    "held": a,
                    **speaking,
                }
            ),
        )
        if placement is not None:
            await self._written(conn, conversation_id, placement)
        return placement

    async def assignment(self, conn: AsyncConnection, conversation_id: UUID) -> Any:
        return (
            await conn.execute(
                select(assignments)
                .where(assignments.c.conversation_id == conversation_id)
                .order_by(assignments.c.interaction_id.desc())
            )
        ).first()

    async def conversation(self, conn: AsyncConnection, conversation_id: UUID) -> Any:
        return (
            await conn.execute(select(conversations).where(conversations.c.id == conversation_id))
        ).one()

    async def segments(self, conn: AsyncConnection, conversation_id: UUID) -> list[Any]:
        return list(
            await conn.execute(
                select(segments)
                .where(segments.c.conversation_id == conversation_id)
                .order_by(segments.c.id)
            )
        )

    async def live_offers(self, conn: AsyncConnection) -> list[Any]:
        return list(
            await conn.execute(
                select(offers).where(offers.c.state == "offered").order_by(offers.c.id)
            )
        )


@pytest.fixture
async def centre(clock: TurnedClock) -> Centre:
    return Centre(clock)


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn, pool_size=6)
    yield Database(engine)
    await engine.dispose()
