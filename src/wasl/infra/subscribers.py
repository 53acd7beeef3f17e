"""Durable readers of the event log: each has a cursor that moves in the transaction of its effect.

A subscriber handles every event at least once and, as far as its effect is in the database,
exactly once. What it can't handle is set aside visibly after some tries, and the rest goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.bus import Bus
from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.event_reader import current_epoch, durable
from wasl.infra.events import TOPIC, Event, cursors, from_row, set_aside
from wasl.infra.statements import run_together

Handler = Callable[[AsyncConnection, Sequence[Event]], Awaitable[None]]

_CHUNK = 100  # handled in one transaction, which should not last over a second
_TRIES = 5
_FIRST_RETRY_S = 0.1
_LOOK_S = 1.0  # the horizon moves without a wake
_LEAST_GATHERED = 0.2  # of what is gathered: events seldom come alone
GATHER_S = 0.2  # a subscriber's effect needs no haste, and many events cost little more than one

_LOCK = "SELECT FROM cursors WHERE subscriber = %(name)s FOR UPDATE"
_NEXT = f"""
SELECT e.* FROM cursors c CROSS JOIN LATERAL (
  {durable("c.xid", "c.seq")}
) AS e WHERE c.subscriber = %(name)s ORDER BY e.xid, e.seq
"""  # noqa: S608  # our constants
_SET_APART = "SAVEPOINT chunk"
_UNDO = "ROLLBACK TO SAVEPOINT chunk"
_MOVE = "UPDATE cursors SET xid = %(xid)s, seq = %(seq)s WHERE subscriber = %(name)s"

log = logging.getLogger(__name__)


class Subscriber:
    """Gives `handler` every event from the beginning of the log on, in one process at a time, as
    many at once as there are.

    The handler works on the given connection, without committing; it sees the versions of an
    aggregate in order but for rare neighbours, so that one who cares compares versions.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        name: str,
        handler: Handler,
        gather_s: float = GATHER_S,
    ) -> None:
        self._database = database
        self._wakes = bus.subscribe(TOPIC)
        self._clock = clock
        self._name = name
        self._handler = handler
        self._gather_s = gather_s
        self._failures: Counter[int] = Counter()  # by seq; a restart tries anew
        self._began = 0.0  # when the last chunk was read, on the loop's clock

    async def run(self) -> None:
        """Handles what comes until the bus stops."""
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                self._began = asyncio.get_running_loop().time()
                handled = await self.handle_chunk()
                retry_s = _FIRST_RETRY_S
                if handled < _CHUNK:
                    await self._wait()
            except StopAsyncIteration:
                return
            except (_HandlerFailed, OperationalError, InterfaceError, PoolTimeoutError) as error:
                log.warning("subscriber %s tries again: %s", self._name, error)
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, _LOOK_S)

    async def handle_chunk(self) -> int:
        """Handles the next events below the horizon, all or none; gives their number."""
        async with self._database.transaction() as conn:
            chunk = await self._next(conn)
            if not chunk:
                return 0
            await self._handle(conn, sorted(chunk, key=lambda e: e.seq))
            moved = {"name": self._name, "xid": chunk[-1].xid, "seq": chunk[-1].seq}
            await run_together(conn, (_MOVE, moved), commits=True)
        for e in chunk:
            self._failures.pop(e.seq, None)
        return len(chunk)

    async def _next(self, conn: AsyncConnection) -> list[Event]:
        """What comes after this subscriber's place, whose row lock keeps other processes' copies
        out; what is done with it can be undone from here on."""
        name = {"name": self._name}
        place, rows, _ = await run_together(
            conn, (_LOCK, name), (_NEXT, {**name, "most": _CHUNK}), (_SET_APART, {})
        )
        if place:
            return [from_row(row) for row in rows]
        await conn.execute(
            insert(cursors)
            .values(subscriber=self._name, epoch=await current_epoch(conn), xid=0, seq=0)
            .on_conflict_do_nothing()
        )
        return await self._next(conn)

    async def _handle(self, conn: AsyncConnection, chunk: Sequence[Event]) -> None:
        try:
            await self._handler(conn, chunk)
        except (OperationalError, InterfaceError):
            raise  # the database's trouble, not an event's
        except Exception:
            await run_together(conn, (_UNDO, {}))
            for e in chunk:  # which of them is it?
                await self._handle_alone(conn, e)

    async def _handle_alone(self, conn: AsyncConnection, e: Event) -> None:
        try:
            async with conn.begin_nested():
                await self._handler(conn, [e])
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            self._failures[e.seq] += 1
            reason = f"{type(error).__name__}: {error}"[:2_000]
            if self._failures[e.seq] < _TRIES:
                raise _HandlerFailed(f"{e.type} {e.seq}: {reason}") from error
            log.exception("subscriber %s sets event %s aside", self._name, e.seq)
            await conn.execute(
                insert(set_aside)
                .values(subscriber=self._name, seq=e.seq, error=reason, at=self._clock.now())
                .on_conflict_do_nothing()
            )

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_S):
                await anext(self._wakes)
        except TimeoutError:
            return
        # counted from the last reading, so that the time that handling took is not lost twice
        gathered = asyncio.get_running_loop().time() - self._began
        await asyncio.sleep(max(self._gather_s - gathered, self._gather_s * _LEAST_GATHERED))
        self._wakes.drain()


class _HandlerFailed(Exception):
    """The chunk is rolled back and will be tried again."""
