"""Two readings of the event log: at once (`LiveReader`) and durably (`durable`).

A transaction that began early may commit late, so that "everything after the last seq" loses
events. The live reader therefore remembers its last *snapshot* of the database and takes exactly
what has become visible since; the durable reading stops at the horizon, below which every
transaction has ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from sqlalchemy import select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wasl.infra.bus import Bus
from wasl.infra.database import reading
from wasl.infra.events import TOPIC, Event, events, from_row, log_epoch
from wasl.infra.statements import BY_INDEX, run_together

_CHUNK = 1_000
_SAFETY_S = 1.0
_FIRST_LOOK_AGAIN_S = 0.02

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the log: everything up to (xid, seq) has been read, in one life of the cluster.

    It is only ever taken below the horizon. `str` gives "epoch.xid.seq".
    """

    epoch: int
    xid: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.xid}.{self.seq}"

    @classmethod
    def parse(cls, written: str) -> Cursor:
        """The cursor that `str` wrote; ValueError for anything else."""
        parts = written.split(".")
        if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts):
            raise ValueError("a cursor is epoch.xid.seq")
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What PostgreSQL calls a snapshot: which transactions had ended when it was taken."""

    xmin: int  # the horizon: every transaction below it has ended
    xmax: int  # no transaction from here on had begun
    in_progress: tuple[int, ...] = ()

    @classmethod
    def parse(cls, written: str) -> Snapshot:
        xmin, xmax, in_progress = written.split(":")
        return cls(int(xmin), int(xmax), tuple(map(int, filter(None, in_progress.split(",")))))

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.in_progress))}"


async def current_epoch(conn: AsyncConnection) -> int:
    """The log's present epoch; 0 before `open_epoch` has ever run."""
    newest = select(log_epoch.c.epoch).order_by(log_epoch.c.epoch.desc()).limit(1)
    return (await conn.execute(newest)).scalar() or 0


async def horizon(conn: AsyncConnection) -> Cursor:
    """The newest durable place of this statement's (or transaction's) snapshot."""
    xmin = select(text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return Cursor(await current_epoch(conn), (await conn.execute(xmin)).scalar_one(), 0)


async def open_epoch(conn: AsyncConnection) -> int:
    """The epoch of this cluster, a new one when the log came here by a restore. At start-up.

    Transaction ids mean nothing in another cluster or on another timeline. In a new epoch the
    events that came along all lie below every horizon, and subscribers' cursors are put where
    nothing is skipped (what was handled out of seq order comes again).
    """
    await conn.execute(text("LOCK TABLE log_epoch IN SHARE ROW EXCLUSIVE MODE"))
    here = (
        await conn.execute(
            text(
                "SELECT system_identifier::text || '/' ||"
                " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()"
            )
        )
    ).scalar_one()
    newest = (
        await conn.execute(select(log_epoch).order_by(log_epoch.c.epoch.desc()).limit(1))
    ).one_or_none()
    if newest is not None and newest.system_identifier == here:
        return int(newest.epoch)
    epoch = 1 if newest is None else int(newest.epoch) + 1
    if newest is not None:
        await _rebase(conn, epoch)
    await conn.execute(log_epoch.insert().values(epoch=epoch, system_identifier=here))
    return epoch


async def _rebase(conn: AsyncConnection, epoch: int) -> None:
    await conn.execute(
        text(
            "UPDATE cursors c SET epoch = :epoch, xid = 0, seq = coalesce("
            " (SELECT min(e.seq) - 1 FROM events e WHERE (e.xid, e.seq) > (c.xid, c.seq)),"
            " (SELECT max(e.seq) FROM events e), 0)"
        ),
        {"epoch": epoch},
    )
    await conn.execute(update(events).values(xid=0))


async def read_since(conn: AsyncConnection, cursor: Cursor, *, limit: int = _CHUNK) -> list[Event]:
    """What there is after `cursor`, in (xid, seq) order; the cursor's epoch must be the present.

    (xid, seq) is not the order of an aggregate's versions: sort by seq, and compare versions across
    two readings. Others may still appear before it (see `durable`).
    """
    place = {"xid": cursor.xid, "seq": cursor.seq, "most": limit}
    (rows,) = await run_together(conn, (_SINCE, place))
    return [from_row(row) for row in rows]


_SINCE = """
SELECT * FROM events WHERE (xid, seq) > (%(xid)s, %(seq)s) ORDER BY xid, seq LIMIT %(most)s
"""


def durable(xid: str, seq: str) -> str:
    """The SQL that reads the next `%(most)s` events below the horizon after a place (SQL, too):
    nothing ever appears behind a place once read."""
    return f"""
SELECT * FROM events WHERE (xid, seq) > ({xid}, {seq})
  AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY xid, seq LIMIT %(most)s
"""  # noqa: S608  # our constants


# One statement, so that the rows and the snapshot that goes with them are of the same instant.
# By seq the versions of an aggregate are in order: they are written under its row lock.
# The values stand in it (numbers, and a snapshot made of them): the plan for unknown ones walks
# the whole log. So do, while nothing is known of a young log, a sequential scan and the key of
# `seq`: neither is to be had (`seq + 0`).
_LOOK = """
    SELECT taken.snapshot, e.*
    FROM (SELECT pg_current_snapshot()::text AS snapshot) taken
    LEFT JOIN LATERAL (
        SELECT * FROM events
        WHERE (xid >= {xmax} OR xid = ANY('{{{in_progress}}}'::bigint[])) AND seq + 0 > {after}
          AND {visible}
        ORDER BY seq + 0 LIMIT {chunk}
    ) e ON true
    ORDER BY e.seq
"""


def look_statement(seen: Snapshot, until: Snapshot | None, after: int, chunk: int) -> str:
    """What has become visible since `seen` (and not later than `until`), after a seq."""
    return _LOOK.format(
        xmax=seen.xmax,
        in_progress=",".join(map(str, seen.in_progress)),
        after=after,
        visible=f"pg_visible_in_snapshot(xid::text::xid8, '{until}')" if until else "true",
        chunk=chunk,
    )


class LiveReader:
    """Takes whatever has been committed, as soon as it is, each event once.

    Starts at `start` (which must be of the present epoch), or at the moment of `open`.
    """

    def __init__(
        self, engine: AsyncEngine, bus: Bus, *, start: Cursor | None = None, chunk: int = _CHUNK
    ) -> None:
        self._engine = engine
        self._wakes = bus.subscribe(TOPIC)
        self._start = start
        self._chunk = chunk
        self._epoch = 0
        self._seen: Snapshot | None = None
        # a look that takes several chunks: up to which snapshot, and after which seq
        self._until: Snapshot | None = None
        self._after = 0

    @property
    def cursor(self) -> Cursor:
        """The durable place: all below it has been given out. Only after `open`."""
        if self._seen is None:
            raise RuntimeError("the reader has not been opened")
        return Cursor(self._epoch, self._seen.xmin, 0)

    async def open(self) -> Cursor:
        """Fixes where reading begins: what commits after this is read, whoever takes how long."""
        if self._seen is None:
            async with reading(self._engine) as conn:
                self._epoch = await current_epoch(conn)
                if self._start is not None and self._start.epoch != self._epoch:
                    raise ValueError("the cursor is of another epoch")
                if self._start is None:
                    self._seen = await _snapshot(conn)
                else:
                    # as if taken when all below the cursor's xid had ended, and nothing else had
                    self._seen = Snapshot(self._start.xid, self._start.xid)
        return self.cursor

    async def batches(self) -> AsyncGenerator[list[Event], None]:
        """Lists of at most `chunk` new events in seq order, which keeps an aggregate's versions
        in order. Never ends but with the bus; goes on by itself when the database comes back.
        Holds a connection: close it when it is left."""
        pause_s = _SAFETY_S
        going_on = True
        while going_on:
            try:
                await self.open()
                async with reading(self._engine) as conn:
                    while going_on:
                        found = False
                        async for batch in self._look(conn):
                            found = True
                            yield batch
                        pause_s = self._next_pause_s(pause_s, found)
                        going_on = await self._wait(pause_s)
            except (OperationalError, InterfaceError, PoolTimeoutError) as error:
                log.warning("the event log can't be read: %s", type(error).__name__)
                pause_s = self._next_pause_s(pause_s, False)
                going_on = await self._wait(pause_s)

    def _next_pause_s(self, before_s: float, found: bool) -> float:
        """How long to wait for a wake: soon again for what was still being written."""
        if found:
            return _FIRST_LOOK_AGAIN_S if self._seen and self._seen.in_progress else _SAFETY_S
        return min(2 * before_s, _SAFETY_S)

    async def _look(self, conn: AsyncConnection) -> AsyncGenerator[list[Event], None]:
        """All that has become visible since the last look, in chunks."""
        assert self._seen is not None  # noqa: S101  # `batches` has opened
        while True:
            statement = look_statement(self._seen, self._until, self._after, self._chunk)
            _, rows = await run_together(conn, (BY_INDEX, {}), (statement, {}), prepare=False)
            self._until = self._until or Snapshot.parse(rows[0].snapshot)
            found = [from_row(row) for row in rows if row.seq is not None]
            last = len(found) < self._chunk
            if last:
                self._seen, self._until, self._after = self._until, None, 0
            else:
                self._after = found[-1].seq
            if batch := [e for e in found if not self._before_start(e)]:
                yield batch
            if last:
                return

    def _before_start(self, e: Event) -> bool:
        return self._start is not None and (e.xid, e.seq) <= (self._start.xid, self._start.seq)

    async def _wait(self, seconds: float) -> bool:
        """Until a wake, at most `seconds`; False when the bus has stopped."""
        try:
            async with asyncio.timeout(seconds):
                await anext(self._wakes)
        except TimeoutError:
            return True
        except StopAsyncIteration:
            return False
        self._wakes.drain()
        return True


async def _snapshot(conn: AsyncConnection) -> Snapshot:
    written = await conn.execute(text("SELECT pg_current_snapshot()::text"))
    return Snapshot.parse(written.scalar_one())
