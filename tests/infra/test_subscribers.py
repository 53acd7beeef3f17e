"""Durable subscribers: effect and cursor together, what fails is set aside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.events import Event, append, cursors, set_aside
from wasl.infra.ids import new_id
from wasl.infra.subscribers import Subscriber

effects = Table(
    "test_effects",
    MetaData(),
    Column("number", Integer, nullable=False),
    Column("subscriber", Text, nullable=False),
)


@pytest.fixture
def bus() -> LocalBus:
    return LocalBus()


@pytest.fixture
async def database(fresh_dsn: str, bus: LocalBus) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn)
    async with engine.begin() as conn:
        await conn.run_sync(effects.create)
    yield Database(engine, bus.wake)
    await engine.dispose()


async def write(database: Database, clock: TurnedClock, *numbers: int) -> None:
    async with database.transaction() as conn:
        for number in numbers:
            await append(
                conn,
                Event(
                    "Counted", "counter", new_id(), 1, frozenset(), clock.now(), data={"n": number}
                ),
            )


async def record(conn: AsyncConnection, happened: Sequence[Event]) -> None:
    for e in happened:
        if e.data["n"] == 13:
            await conn.execute(insert(effects).values(number=-1, subscriber="s"))
            raise ValueError("unlucky")
        await conn.execute(insert(effects).values(number=e.data["n"], subscriber="s"))


async def numbers(database: Database) -> list[int]:
    async with database.transaction() as conn:
        return list((await conn.execute(select(effects.c.number))).scalars())


async def test_every_event_has_its_effect_once(
    database: Database, bus: LocalBus, clock: TurnedClock
) -> None:
    await write(database, clock, *range(100, 350))
    one, other = (Subscriber(database, bus, clock, "s", record) for _ in range(2))
    while sum(await asyncio.gather(one.handle_chunk(), other.handle_chunk())):
        pass
    assert await numbers(database) == list(range(100, 350))
    # a restart goes on from the cursor
    assert await Subscriber(database, bus, clock, "s", record).handle_chunk() == 0


async def test_what_cannot_be_handled_is_set_aside_and_the_rest_goes_on(
    database: Database, bus: LocalBus, clock: TurnedClock
) -> None:
    await write(database, clock, 1, 13, 2)
    running = asyncio.create_task(Subscriber(database, bus, clock, "s", record).run())
    async with asyncio.timeout(20):
        while await numbers(database) != [1, 2]:
            pass
        await write(database, clock, 3)
        while 3 not in await numbers(database):
            pass
    await bus.stop()
    await running
    assert await numbers(database) == [1, 2, 3]
    async with database.transaction() as conn:
        left = (await conn.execute(select(set_aside))).one()
    assert (left.subscriber, left.error, left.at) == ("s", "ValueError: unlucky", clock.now())


async def test_a_failing_chunk_leaves_no_effect_and_no_moved_cursor(
    database: Database, bus: LocalBus, clock: TurnedClock
) -> None:
    await write(database, clock, 1, 13)
    with pytest.raises(Exception, match="unlucky"):
        await Subscriber(database, bus, clock, "s", record).handle_chunk()
    assert await numbers(database) == []
    async with database.transaction() as conn:
        assert (await conn.execute(select(cursors))).all() == []


async def test_an_event_waits_for_the_horizon(
    database: Database, bus: LocalBus, clock: TurnedClock
) -> None:
    subscriber = Subscriber(database, bus, clock, "s", record)
    async with database.engine.connect() as slow:
        await slow.begin()
        await append(
            slow, Event("Counted", "counter", new_id(), 1, frozenset(), clock.now(), data={"n": 1})
        )
        await write(database, clock, 2)
        assert await subscriber.handle_chunk() == 0
        await slow.commit()
    assert await subscriber.handle_chunk() == 2
    assert await numbers(database) == [1, 2]
