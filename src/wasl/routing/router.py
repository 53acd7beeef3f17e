"""The router: the engine kept by one leader, told by the event log, its decisions made durable.

Things are done strictly in turn: look at what events touched, tell the engine, decide, write. So
what is read is never older than what was decided.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from psycopg import IsolationLevel

from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.events import Event
from wasl.infra.leader import Fence
from wasl.infra.timers import Alarm
from wasl.routing import offers
from wasl.routing.entry import enter_late
from wasl.routing.needs import Needs, change_needs, read_needs, stored
from wasl.routing.policy import Decision, Engine, Move, Offer
from wasl.routing.reading import Facts, Touched, read, read_all, touched_by
from wasl.routing.service import end_aside

log = structlog.get_logger(__name__)

LEADER = "router"

_AT_ONE_MOMENT = IsolationLevel.REPEATABLE_READ

_BATCH = 100  # decisions in one transaction
_OWN_KEPT = 10_000  # what is forgotten is only looked at once more
_CLOCK_SLACK = timedelta(seconds=1)  # by which a clock may go back unnoticed
_LOOK_AGAIN = timedelta(seconds=60)


class Reader(Protocol):
    """Reads the event log at once (see `wasl.infra.event_reader`)."""

    async def open(self) -> object: ...

    def batches(self) -> AsyncIterator[Sequence[Event]]: ...


class Router:
    """Matches interactions with agents while it leads. `new_reader` opens the event log anew."""

    def __init__(self, database: Database, clock: Clock, new_reader: Callable[[], Reader]) -> None:
        self._database = database
        self._clock = clock
        self._new_reader = new_reader
        self._alarm = Alarm(clock)
        self.engine = Engine()
        self._happened: list[Event] = []
        self._needs: Needs = {}  # as they are stored
        self._latest = clock.now()  # when it decided last
        self._own: dict[int, None] = {}  # transactions that say nothing new to the engine

    async def lead(self, term: int) -> None:
        """Routes under this term until cancelled; raises LostLeadership when another one leads."""
        self._happened.clear()
        reader = self._new_reader()
        await reader.open()  # before the snapshot, so that nothing is missed between
        reading = asyncio.create_task(self._read(reader))
        try:
            await self.rebuild(term)
            while True:
                await self.decide(term)
                wake = self.engine.next_wake()
                latest = self._clock.now() + _LOOK_AGAIN
                await self._alarm.wait(min(wake, latest) if wake else latest)
                if reading.done():
                    reading.result()
                    return
                happened, self._happened = self._happened, []
                await self.take(happened, term)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def rebuild(self, term: int) -> None:
        """Makes the engine anew from PostgreSQL."""
        self.engine = Engine()
        with _nothing_is_garbage():
            async with self._database.transaction(isolation=_AT_ONE_MOMENT) as conn:
                facts = await read_all(conn)
                self._needs = await read_needs(conn)
            await self._tell(facts, term)
        log.info("router_rebuilt", agents=len(facts.agents), interactions=len(facts.interactions))

    async def take(self, happened: Sequence[Event], term: int) -> None:
        """Tells the engine how the things are now that events speak of."""
        touched = touched_by(event for event in happened if event.xid not in self._own)
        if touched:
            await self._look(touched, term)

    async def decide(self, term: int) -> None:
        """Decides and writes; what PostgreSQL refuses is looked at and decided again."""
        if (now := self._clock.now()) < self._latest - _CLOCK_SLACK:
            log.warning("clock_went_back", by_s=(self._latest - now).total_seconds())
            self._latest = now
            await self.rebuild(term)  # what had its time may have it again
        self._latest = max(self._latest, now)
        refused_before: set[tuple[UUID, UUID | None, int]] = set()
        while decisions := self.engine.decide(now):
            refused: list[Decision] = []
            for start in range(0, len(decisions), _BATCH):
                refused += await self._write(decisions[start : start + _BATCH], term)
            keys = {(no.interaction_id, _agent_of(no), no.epoch) for no in refused}
            if not refused:
                break
            if not keys.isdisjoint(refused_before):  # the engine sees what isn't: start anew
                raise RuntimeError(f"refused twice: {refused}")
            refused_before |= keys
            again = Touched()
            for decision in refused:
                again.interactions.add(decision.interaction_id)
                if (agent_id := _agent_of(decision)) is not None:
                    again.agents.add(agent_id)
            await self._look(again, term)
            now = self._clock.now()
        await self._tell_needs(term)

    async def _tell_needs(self, term: int) -> None:
        """Makes durable what is waited for and nobody there can do, when it has changed."""
        needs = stored(self.engine.needs())
        if needs != self._needs:
            async with self._database.transaction(opening=Fence(LEADER, term)) as conn:
                await change_needs(conn, self._needs, needs, self._clock.now())
            self._needs = needs

    async def _write(self, decisions: Sequence[Decision], term: int) -> list[Decision]:
        now = self._clock.now()
        fence = Fence(LEADER, term)
        async with self._database.transaction(opening=fence) as conn:
            refused = await offers.apply_all(conn, decisions, now=now, commits=True)
        if all(isinstance(decision, Offer) and not decision.accepted for decision in decisions):
            self._own[fence.xid] = None  # all that it changed was decided here
            if len(self._own) > _OWN_KEPT:
                del self._own[next(iter(self._own))]
        return refused

    async def _look(self, touched: Touched, term: int) -> None:
        async with self._database.transaction(isolation=_AT_ONE_MOMENT) as conn:
            facts = await read(conn, touched, self.engine)
        await self._tell(facts, term)

    async def _tell(self, facts: Facts, term: int) -> None:
        for _ in facts.tell(self.engine):
            self.engine.settle(self._clock.now())  # so that `decide` has not all of it to do
            await asyncio.sleep(0)
        now = self._clock.now()
        for interaction_id, reason in facts.ended.items():
            async with self._database.transaction(opening=Fence(LEADER, term)) as conn:
                await end_aside(conn, interaction_id, reason, now=now)
            self.engine.work_gone(interaction_id)
        for conversation_id in sorted(facts.unplaced):
            async with self._database.transaction(opening=Fence(LEADER, term)) as conn:
                await enter_late(conn, conversation_id, now=now)

    async def _read(self, reader: Reader) -> None:
        try:
            async for batch in reader.batches():
                self._happened.extend(batch)
                self._alarm.ring()
        finally:
            self._alarm.ring()


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """All that is made here stays: looking for garbage meanwhile takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _agent_of(decision: Decision) -> UUID | None:
    return None if isinstance(decision, Move) else decision.agent_id
