"""Two contacts become one while somebody writes: nothing stays with the one who is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.conversations.conftest import World, make_world
from wasl.conversations import hooks
from wasl.conversations.hooks import Entered, Placement
from wasl.conversations.joining import join_contacts
from wasl.infra.clock import TurnedClock
from wasl.infra.database import make_engine
from wasl.infra.events import SYSTEM

SARA, WORK = "sara@example.com", "sara@work.example"


class Two:
    """A database with two contacts, one conversation each."""

    def __init__(self, engine: AsyncEngine, clock: TurnedClock) -> None:
        self.engine = engine
        self.clock = clock
        self.channel_ids: dict[str, UUID] = {}
        self.base = self.other = UUID(int=0)

    async def open(self) -> None:
        async with self.engine.begin() as conn:
            world = await make_world(conn, self.clock)
            self.channel_ids = world.channel_ids
            for address in (SARA, WORK):
                await world.take("email", address, proven=True)
            query = "SELECT contact_id FROM identities WHERE value = :value"
            self.base = await world.scalar(query, value=SARA)
            self.other = await world.scalar(query, value=WORK)

    @asynccontextmanager
    async def world(self) -> AsyncIterator[World]:
        async with self.engine.begin() as conn:
            yield World(conn, self.clock, self.channel_ids)

    async def merge(self) -> None:
        async with self.engine.begin() as conn:
            await join_contacts(conn, self.base, self.other, actor=SYSTEM, now=self.clock.now())

    async def owners(self) -> list[UUID]:
        async with self.engine.begin() as conn:
            rows = await conn.execute(text("SELECT contact_id FROM conversations"))
            return [row.contact_id for row in rows]

    async def until_somebody_waits(self, task: asyncio.Task[None]) -> None:
        """Until the task is done or waits for a lock."""
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(20):
            while not task.done():
                async with self.engine.begin() as conn:
                    if await conn.scalar(query):
                        return


@pytest.fixture
async def two(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Two]:
    engine = make_engine(fresh_dsn)
    made = Two(engine, clock)
    await made.open()
    yield made
    await engine.dispose()


@pytest.fixture
def entry() -> Iterator[None]:
    """The entry rule is put back as it was."""
    kept = hooks.entry
    yield
    hooks.entry = kept


async def test_what_is_being_taken_when_the_merge_begins_moves_along(two: Two) -> None:
    async with two.world() as world:
        await world.take("email", WORK, "One more thing", proven=True)
        merging = asyncio.create_task(two.merge())
        await two.until_somebody_waits(merging)
    await merging
    assert await two.owners() == [two.base] * 3


async def test_what_was_begun_before_the_merge_goes_to_the_one_who_stays(
    two: Two, entry: None
) -> None:
    async def merged_meanwhile(conn: AsyncConnection, entered: Entered) -> Placement | None:
        await two.merge()
        return None

    async with two.world() as world:
        hooks.entry = merged_meanwhile
        await world.take("email", WORK, "One more thing", proven=True)
    assert await two.owners() == [two.base] * 3


async def test_an_answer_on_a_conversation_that_moves_is_kept(two: Two) -> None:
    async with two.world() as world:
        query = "SELECT id FROM conversations WHERE contact_id = :id"
        named = (await world.scalar(query, id=two.other),)
        await world.take("email", WORK, "And this", named=named, proven=True)
        merging = asyncio.create_task(two.merge())
        await two.until_somebody_waits(merging)
    await merging
    assert await two.owners() == [two.base] * 2
