"""Timers fire at their moment, once, in the transaction of their effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.leader import LostLeadership
from wasl.infra.timers import Alarm, Timer, TimerLoop, cancel_timer, set_timer, timers


class Bell:
    """Wakes by hand."""

    def __init__(self) -> None:
        self.rings: asyncio.Queue[bytes] = asyncio.Queue()

    def wake(self, topic: str) -> None:
        self.rings.put_nowait(topic.encode())

    async def subscribe(self, topic: str) -> AsyncIterator[bytes]:
        while True:
            yield await self.rings.get()


class Bench:
    """A loop whose handler keeps what fired."""

    def __init__(self, dsn: str, clock: TurnedClock) -> None:
        self.bell = Bell()
        self.engine = make_engine(dsn, pool_size=3)
        self.database = Database(self.engine, self.bell.wake)
        self.clock = clock
        self.fired: asyncio.Queue[tuple[str, datetime]] = asyncio.Queue()
        self.failures = 0
        self.leads = True
        self.loop = TimerLoop(self.database, clock, self.bell, {"wrap_up": self.handle}, self.fence)

    async def handle(self, conn: AsyncConnection, timer: Timer, now: datetime) -> None:
        await conn.execute(text("CREATE TABLE IF NOT EXISTS written ()"))
        if self.failures:
            self.failures -= 1
            raise ValueError("not yet")
        self.fired.put_nowait((timer.key, now))

    async def fence(self, conn: AsyncConnection) -> None:
        if not self.leads:
            raise LostLeadership("router")

    async def set(self, key: str, in_s: float, kind: str = "wrap_up") -> None:
        async with self.database.transaction() as conn:
            await set_timer(conn, kind, key, self.clock.now() + timedelta(seconds=in_s))

    def keys(self) -> list[str]:
        keys = []
        while not self.fired.empty():
            keys.append(self.fired.get_nowait()[0])
        return keys


@pytest.fixture
async def bench(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Bench]:
    bench = Bench(fresh_dsn, clock)
    yield bench
    await bench.engine.dispose()


async def test_they_fire_in_order_and_not_before_their_moment(bench: Bench) -> None:
    start = bench.clock.now()
    await bench.set("later", 30)
    await bench.set("sooner", 10)
    assert await bench.loop.fire_due() == start + timedelta(seconds=10)
    bench.clock.turn(30)
    assert await bench.loop.fire_due() is None
    assert bench.keys() == ["sooner", "later"]


async def test_a_cancelled_one_does_not_fire_and_a_newer_one_replaces(bench: Bench) -> None:
    await bench.set("cancelled", 10)
    await bench.set("moved", 10)
    async with bench.database.transaction() as conn:
        await cancel_timer(conn, "wrap_up", "cancelled")
    await bench.set("moved", 60)
    bench.clock.turn(59)
    await bench.loop.fire_due()
    assert bench.keys() == []
    bench.clock.turn(1)
    await bench.loop.fire_due()
    assert bench.keys() == ["moved"]


async def test_a_failing_one_leaves_nothing_is_visible_and_comes_again(bench: Bench) -> None:
    bench.failures = 2
    await bench.set("hard", 0)
    await bench.set("easy", 0, kind="unheard_of")
    await bench.loop.fire_due()
    async with bench.database.transaction() as conn:
        assert await conn.scalar(text("SELECT to_regclass('written')")) is None
        rows = (await conn.execute(select(timers).order_by(timers.c.key))).all()
    assert [(row.key, row.attempts, row.error) for row in rows] == [
        ("easy", 1, "KeyError: 'unheard_of'"),
        ("hard", 1, "ValueError: not yet"),
    ]
    bench.clock.turn(5)
    retry = await bench.loop.fire_due()
    assert retry == bench.clock.now() + timedelta(seconds=10)
    bench.clock.turn(10)
    await bench.loop.fire_due()
    assert bench.keys() == ["hard"]


async def test_without_leadership_nothing_fires(bench: Bench) -> None:
    await bench.set("mine", 0)
    bench.leads = False
    with pytest.raises(LostLeadership):
        await bench.loop.fire_due()
    bench.leads = True
    await bench.loop.fire_due()
    assert bench.keys() == ["mine"]


async def test_the_loop_is_woken_by_the_bus_and_sleeps_until_the_moment(bench: Bench) -> None:
    running = asyncio.create_task(bench.loop.run())
    async with asyncio.timeout(30):
        await bench.set("now", 0)
        assert (await bench.fired.get())[0] == "now"
        due = bench.clock.now() + timedelta(seconds=2)
        await bench.set("soon", 2)
        bench.clock.turn(2)
        assert await bench.fired.get() == ("soon", due)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_loop_whose_leadership_is_lost_ends(bench: Bench) -> None:
    bench.leads = False
    await bench.set("mine", 0)
    with pytest.raises(LostLeadership):
        await bench.loop.run()


@pytest.mark.parametrize("steps", range(8))
async def test_who_waits_can_be_cancelled_at_any_moment(clock: TurnedClock, steps: int) -> None:
    alarm = Alarm(clock)

    async def wait_for_ever() -> None:
        while True:
            await alarm.wait(clock.now() + timedelta(hours=1))

    waiting = asyncio.create_task(wait_for_ever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    alarm.ring()
    for _ in range(steps):
        await asyncio.sleep(0)
    waiting.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert waiting.cancelled()
