"""What is to happen later: durable rows that fire at their moment, each in one transaction.

A timer is set and cancelled in the caller's transaction; there is one per kind and key. The
leader's `TimerLoop` sleeps until the earliest (the table's index is the heap, so that what it
knows is never stale) and is woken when another one is set.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.clock import Clock
from wasl.infra.database import Database, metadata, wake_after_commit
from wasl.infra.ids import new_id
from wasl.infra.leader import LostLeadership
from wasl.infra.statements import run_together

log = structlog.get_logger(__name__)

TOPIC = "timers"

timers = Table(
    "timers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("payload", JSONB, nullable=False, server_default="{}"),
    # a timer whose handler failed stays, says why, and is tried again
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", DateTime(timezone=True)),
    Column("error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("uq_timers_kind_key", "kind", "key", unique=True),
    Index("ix_timers_next", text("coalesce(retry_at, due_at)")),
)

_SAFETY = timedelta(seconds=5)  # looks again at the latest after this, should a wake be lost
_BACK_OFF_S = 5
_BACK_OFF_MOST_S = 600


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that fires; `attempts` counts the failures before."""

    id: UUID
    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int


Handler = Callable[[AsyncConnection, Timer, datetime], Awaitable[None]]
Fence = Callable[[AsyncConnection], Awaitable[None]]


class Wakes(Protocol):
    """The part of the bus that wakes loops."""

    def subscribe(self, topic: str) -> AsyncIterator[bytes]: ...


async def set_timer(
    conn: AsyncConnection,
    kind: str,
    key: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Sets the timer of this kind and key, replacing an earlier one."""
    values = {"due_at": due_at, "payload": dict(payload or {})}
    await conn.execute(
        insert(timers)
        .values(id=new_id(), kind=kind, key=key, **values)
        .on_conflict_do_update(
            index_elements=["kind", "key"],
            set_={**values, "attempts": 0, "retry_at": None, "error": None},
        )
    )
    wake_after_commit(conn, TOPIC)


# For a statement of another feature to join: sets the timer, or cancels it when the moment is null.
# One that fires just now is left alone, so that nobody waits for its handler, which may wait for
# them: the handler has to set it anew by what it finds.
SET_OR_CANCEL = """
known AS (
  SELECT id FROM timers WHERE kind = %(timer_kind)s AND key = %(timer_key)s
  FOR UPDATE SKIP LOCKED),
cancelled AS (
  DELETE FROM timers WHERE id IN (SELECT id FROM known) AND %(timer_at)s::timestamptz IS NULL),
moved AS (
  UPDATE timers SET due_at = %(timer_at)s, payload = '{}', attempts = 0, retry_at = NULL,
    error = NULL
  WHERE id IN (SELECT id FROM known) AND %(timer_at)s::timestamptz IS NOT NULL),
added AS (
  INSERT INTO timers (id, kind, key, due_at)
  SELECT %(timer_id)s, %(timer_kind)s, %(timer_key)s, %(timer_at)s
  WHERE %(timer_at)s::timestamptz IS NOT NULL AND NOT EXISTS (
    SELECT FROM timers WHERE kind = %(timer_kind)s AND key = %(timer_key)s))
"""


def set_or_cancel(
    conn: AsyncConnection, kind: str, key: str, at: datetime | None, now: datetime
) -> dict[str, Any]:
    """The values for SET_OR_CANCEL. The loop is only woken for what it would see too late."""
    if at is not None and at < now + 2 * _SAFETY:
        wake_after_commit(conn, TOPIC)
    return {"timer_id": new_id(), "timer_kind": kind, "timer_key": key, "timer_at": at}


async def put_timer(
    conn: AsyncConnection, kind: str, key: str, at: datetime | None, now: datetime
) -> None:
    """Sets the timer, or cancels it when the moment is None, where its handler waits for what the
    caller has locked (see SET_OR_CANCEL)."""
    await run_together(conn, (_PUT, set_or_cancel(conn, kind, key, at, now)))


_PUT = f"WITH {SET_OR_CANCEL} SELECT"


async def cancel_timer(conn: AsyncConnection, kind: str, key: str) -> None:
    """Cancels the timer, if it is set."""
    await conn.execute(delete(timers).where(timers.c.kind == kind, timers.c.key == key))


async def fire_until(
    conn: AsyncConnection, handlers: Mapping[str, Handler], until: datetime
) -> None:
    """Fires what is due by then, in order, each at its own moment: for who tells at once what
    took its time."""
    while True:
        row = (
            await conn.execute(
                select(timers).where(timers.c.due_at <= until).order_by(timers.c.due_at).limit(1)
            )
        ).first()
        if row is None:
            return
        await conn.execute(delete(timers).where(timers.c.id == row.id))
        await handlers[row.kind](conn, _timer(row), row.due_at)


def _timer(row: Any) -> Timer:
    return Timer(row.id, row.kind, row.key, row.due_at, row.payload, row.attempts)


_EARLIEST = "SELECT * FROM timers ORDER BY coalesce(retry_at, due_at) LIMIT 1"


class Alarm:
    """Waits for a ring or for a moment of the clock, whichever is first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Ends the present wait, or the next one."""
        self._rung.set()

    async def wait(self, until: datetime) -> None:
        """Returns when it rings or at `until`."""
        if not self._rung.is_set():
            sleeping = asyncio.create_task(self._clock.sleep_until(until))
            sleeping.add_done_callback(self._slept)
            try:
                await self._rung.wait()
            finally:
                sleeping.cancel()
        self._rung.clear()

    def _slept(self, sleeping: asyncio.Task[None]) -> None:
        if not sleeping.cancelled():
            self.ring()


class TimerLoop:
    """Fires timers at their moment; run by the leader. `fence` is checked in each transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wakes: Wakes,
        handlers: Mapping[str, Handler],
        fence: Fence,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wakes = wakes
        self._handlers = handlers
        self._fence = fence
        self._alarm = Alarm(clock)

    async def run(self) -> None:
        """Runs until cancelled; raises LostLeadership when the fence is closed."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                due = await self.fire_due()
                latest = self._clock.now() + _SAFETY
                await self._alarm.wait(min(due, latest) if due else latest)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def fire_due(self) -> datetime | None:
        """Fires everything that is due, in order, and says when the next one is."""
        while True:
            async with self._database.transaction() as conn:
                (rows,) = await run_together(conn, (_EARLIEST, {}))
            if not rows:
                return None
            row = rows[0]
            moment: datetime = row.retry_at or row.due_at
            if moment > self._clock.now():
                return moment
            await self._fire(_timer(row))

    async def _fire(self, timer: Timer) -> None:
        try:
            async with self._database.transaction() as conn:
                await self._fence(conn)
                taken = await conn.execute(
                    delete(timers).where(timers.c.id == timer.id, timers.c.due_at == timer.due_at)
                )
                if taken.rowcount:  # else cancelled or set anew meanwhile
                    await self._handlers[timer.kind](conn, timer, self._clock.now())
        except LostLeadership:
            raise
        except Exception as error:
            log.exception("timer_failed", kind=timer.kind, key=timer.key)
            await self._try_again(timer, error)

    async def _try_again(self, timer: Timer, error: Exception) -> None:
        wait_s = min(_BACK_OFF_S * 2**timer.attempts, _BACK_OFF_MOST_S)
        retry_at = self._clock.now() + timedelta(seconds=wait_s)
        async with self._database.transaction() as conn:
            await self._fence(conn)
            await conn.execute(
                update(timers)
                .where(timers.c.id == timer.id, timers.c.due_at == timer.due_at)
                .values(
                    attempts=timer.attempts + 1,
                    retry_at=retry_at,
                    error=f"{type(error).__name__}: {error}"[:500],
                )
            )

    async def _listen(self) -> None:
        async for _ in self._wakes.subscribe(TOPIC):
            self._alarm.ring()
