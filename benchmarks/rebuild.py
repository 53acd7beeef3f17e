"""The engine made anew from PostgreSQL: 50,000 waiting, 500 agents whose hands are full.

The one it is compared with has lived: it has heard of every arrival by the event log, has decided,
and knows what agents have accepted and declined since. Both must know exactly the same, and
neither may want to decide anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import select

from benchmarks import Result
from benchmarks._floor import Floor, analyse, arrive, fill
from benchmarks._place import postgres
from wasl.infra.bus import LocalBus
from wasl.infra.clock import SystemClock
from wasl.infra.database import Database, make_engine
from wasl.infra.event_reader import LiveReader
from wasl.infra.events import Event, events, from_row
from wasl.main import register_hooks
from wasl.routing import Router, accept_offer, decline_offer
from wasl.routing.policy import Waiting
from wasl.routing.tables import offers

AGENTS = 500
CAPACITY = 3
WAITING = 50_000
TOGETHER = 500
ROUNDS = 3
REACH_S = 5.0
_TERM = 1


async def run(progress: Callable[[str], None]) -> Result:
    register_hooks()
    async with postgres() as dsn:
        floor = await fill(dsn, agents=AGENTS, capacity=CAPACITY)
        engine = make_engine(dsn, pool_size=4)
        try:
            database = Database(engine)
            lived = _Lived(database)
            await _lead(dsn)
            await lived.router.rebuild(_TERM)
            await _live(dsn, floor, lived, progress)
            await analyse(dsn)
            took, cpu = [], []
            equal = True
            for _ in range(ROUNDS):
                again = lived.another()
                began, spent = time.perf_counter(), time.process_time()
                await again.rebuild(_TERM)
                decided = again.engine.decide(SystemClock().now())
                took.append(time.perf_counter() - began)
                cpu.append(time.process_time() - spent)
                equal &= not decided and again.engine.picture() == lived.router.engine.picture()
                progress(f"{took[-1]:.2f} s, {cpu[-1]:.2f} s of CPU")
            works = lived.router.engine.picture()["works"].values()
            waiting = sum(isinstance(work, Waiting) for work in works)
        finally:
            await engine.dispose()
    return Result(
        id="rebuild",
        measured=round(min(took), 2),
        unit="s",
        reach=REACH_S,
        ok=min(took) <= REACH_S and equal and waiting == WAITING,
        against=(
            f"{waiting:,} waiting; {min(cpu):.2f} s of CPU;"
            f" {'equal to' if equal else 'DIFFERENT FROM'} the engine that has lived"
        ),
    )


class _Lived:
    """A router that hears of everything, stepped by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._seq = 0
        self.router = self.another()

    def another(self) -> Router:
        return Router(
            self.database,
            SystemClock(),
            lambda: LiveReader(self.database.engine, LocalBus()),
        )

    async def catch_up(self) -> None:
        """Until nothing new happens."""
        while happened := await self._happened():
            await self.router.take(happened, _TERM)
            await self.router.decide(_TERM)

    async def _happened(self) -> list[Event]:
        async with self.database.transaction() as conn:
            rows = await conn.execute(
                select(events).where(events.c.seq > self._seq).order_by(events.c.seq).limit(1_000)
            )
            found = [from_row(row) for row in rows]
        self._seq = max((event.seq for event in found), default=self._seq)
        return found


async def _lead(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        await conn.execute("INSERT INTO leaders VALUES ('router', %s, 'bench', 0, now())", [_TERM])


async def _live(dsn: str, floor: Floor, lived: _Lived, progress: Callable[[str], None]) -> None:
    """Everybody has arrived; of what was offered a third is accepted and a third declined."""
    total = WAITING + AGENTS * CAPACITY
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        for first in range(0, total, TOGETHER):
            await arrive(conn, floor, min(TOGETHER, total - first))
            await conn.commit()
            await lived.catch_up()
            if first == TOGETHER * 4:
                await analyse(dsn)
    async with lived.database.transaction() as conn:
        live = (await conn.execute(select(offers).where(offers.c.state == "offered"))).all()
    for number, offer in enumerate(live):
        await _answer(lived.database, offer, number % 3)
        if number % 50 == 0:
            await lived.catch_up()
    await lived.catch_up()
    progress(f"{total:,} have arrived, {len(live):,} were offered")


async def _answer(database: Database, offer: Any, how: int) -> None:
    now = SystemClock().now()
    async with database.transaction() as conn:
        if how == 0:
            await accept_offer(conn, offer.id, offer.epoch, agent_id=offer.user_id, now=now)
        elif how == 1:
            await decline_offer(conn, offer.id, offer.epoch, agent_id=offer.user_id, now=now)
