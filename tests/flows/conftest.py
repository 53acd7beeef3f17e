"""A contact centre whose chat leads to a flow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conversations.conftest import World, make_world
from tests.flows.words import SHOP
from wasl import flows
from wasl.accounts.tables import users
from wasl.contacts.tables import contacts, identities, orders
from wasl.flows.runs import MOMENT, time_is_up
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id
from wasl.infra.timers import Timer
from wasl.main import register_hooks
from wasl.routing import By, add_defaults, add_queue, pick, set_capacity, set_presence

NAMES = {"en": "Sales", "fa": "فروش", "ar": "المبيعات"}


class FlowCentre:
    """What contacts, agents and the clock do. `conn` is a caller's transaction."""

    def __init__(self, world: World, queue_id: UUID, flow_id: UUID) -> None:
        self.world = world
        self.queue_id = queue_id
        self.flow_id = flow_id
        self.visitor = str(uuid4())
        self.conversation_id = new_id()

    @property
    def conn(self) -> AsyncConnection:
        return self.world.conn

    async def says(self, words: str, **more: Any) -> None:
        """The visitor writes on the chat."""
        taken = await self.world.take("web_chat", self.visitor, words, proven=True, **more)
        assert taken.conversation_id is not None
        self.conversation_id = taken.conversation_id

    async def heard(self) -> list[tuple[str, str]]:
        """Kind and text of what the run wrote, in order."""
        rows = await self.conn.execute(
            text(
                "SELECT kind, text FROM messages WHERE conversation_id = :id"
                " AND author_kind = 'flow' AND kind <> 'activity' ORDER BY seq"
            ),
            {"id": self.conversation_id},
        )
        return [(row.kind, row.text) for row in rows]

    async def stands(self) -> Any:
        """The conversation's row."""
        return await self.world.one(
            "SELECT * FROM conversations WHERE id = :id", id=self.conversation_id
        )

    async def run(self) -> Any:
        """The newest run's row."""
        return await self.world.one(
            "SELECT * FROM flow_runs WHERE conversation_id = :id ORDER BY id DESC LIMIT 1",
            id=self.conversation_id,
        )

    async def agent(self) -> UUID:
        """An agent with room for chats."""
        user_id = new_id()
        await self.conn.execute(
            insert(users).values(
                id=user_id, email=f"{user_id}@shop.test", name="Maryam", role="agent"
            )
        )
        now = self.world.clock.now()
        await set_capacity(self.conn, user_id, {"web_chat": 9}, actor=SYSTEM, now=now)
        await set_presence(self.conn, user_id, "available", now=now)
        return user_id

    async def picks(self, user_id: UUID) -> None:
        await pick(self.conn, self.conversation_id, by=By(user_id), now=self.world.clock.now())

    async def timer_fires(self) -> None:
        """The run's timer fires now, as the loop would call it."""
        run = await self.run()
        now = self.world.clock.now()
        timer = Timer(new_id(), MOMENT, str(run.id), now, {}, 0)
        await time_is_up(self.conn, timer, now)

    async def order(self, code: str, email: str) -> None:
        """An order of a contact with a verified address."""
        contact_id, now = new_id(), self.world.clock.now()
        await self.conn.execute(insert(contacts).values(id=contact_id, name="Sara"))
        await self.conn.execute(
            insert(identities).values(
                id=new_id(),
                contact_id=contact_id,
                kind="email",
                value=email,
                display=email,
                verified=True,
                verified_by="order",
                created_at=now,
            )
        )
        await self.conn.execute(
            insert(orders).values(
                id=new_id(),
                contact_id=contact_id,
                code=code,
                status="shipped",
                total_minor=4200,
                currency="EUR",
                placed_at=now - timedelta(days=2),
            )
        )


async def open_centre(
    conn: AsyncConnection, clock: TurnedClock, definition: dict[str, Any] | None = None
) -> FlowCentre:
    """The centre, as `main` puts it together."""
    register_hooks()
    world = await make_world(conn, clock)
    await add_defaults(conn)
    queue_id = await add_queue(conn, {"names": NAMES}, actor=SYSTEM, now=clock.now())
    flow_id = await flows.add_flow(
        conn, "shop", flows.definition_of(definition or SHOP), now=clock.now()
    )
    await flows.publish(conn, flow_id, version=1, by=None, now=clock.now())
    await flows.lead_channel(conn, world.channel_ids["web_chat"], flow_id)
    return FlowCentre(world, queue_id, flow_id)


@pytest.fixture
async def centre(conn: AsyncConnection, clock: TurnedClock) -> FlowCentre:
    return await open_centre(conn, clock)


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn, pool_size=6)
    yield Database(engine)
    await engine.dispose()
