"""One leader per name: an advisory lock, a lease, and a fencing term that durable work checks.

The lock is held by a direct connection (a pooler would break it). The leader beats on that
connection; a stand-by that finds the last beat too old ends the leader's connection and takes
over under a new term. A leader that was paused meanwhile fails at its next `fence`, inside its
own transaction, and so writes nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString

import psycopg
import structlog
from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.database import metadata
from wasl.infra.statements import Statement, run_together

log = structlog.get_logger(__name__)

leaders = Table(
    "leaders",
    metadata,
    Column("name", Text, primary_key=True),
    Column("term", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("backend", Integer, nullable=False),  # the server process that holds the lock
    Column("at", DateTime(timezone=True), nullable=False),  # the last beat
)

# A vanished machine is noticed by the server within two or three seconds.
_KEEPALIVE = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
_ENDING_S = 0.01  # what an ended connection takes to let go of the lock
_OPTIONS = f"-c timezone=UTC -c lock_timeout=5s {_KEEPALIVE}"

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_STANDING = "SELECT term FROM leaders WHERE name = %s FOR UPDATE"  # waits for fenced work to end
_TAKE_TERM = """
INSERT INTO leaders (name, term, holder, backend, at)
VALUES (%s, 1, %s, pg_backend_pid(), clock_timestamp())
ON CONFLICT (name) DO UPDATE SET term = leaders.term + 1, holder = excluded.holder,
    backend = excluded.backend, at = excluded.at
RETURNING term
"""
_BEAT = "UPDATE leaders SET at = clock_timestamp() WHERE name = %s AND term = %s"
_END_LAPSED = """
SELECT pg_terminate_backend(l.pid) FROM leaders JOIN pg_locks l ON l.pid = leaders.backend
WHERE leaders.name = %s AND leaders.at < clock_timestamp() - make_interval(secs => %s)
  AND l.locktype = 'advisory' AND l.granted
"""
_FENCE = """
SELECT set_config('idle_in_transaction_session_timeout', '1000', true),
  pg_current_xact_id()::text::bigint AS xid
FROM leaders WHERE name = %(name)s AND term = %(term)s FOR KEY SHARE
"""


class LostLeadership(Exception):
    """Somebody else leads, or nobody; what was being done must not be written."""


class Fence:
    """Makes a transaction that opens with it count only while `term` is the newest; else it ends
    in LostLeadership. `xid` is then the transaction's number, as its events have it.

    No new term can begin before the transaction has ended, and the server ends it when it stands
    idle for a second, so that a paused leader does not hold up its successor.
    """

    def __init__(self, name: str, term: int) -> None:
        self.statement: Statement = (_FENCE, {"name": name, "term": term})
        self.xid = 0
        self._name = name

    def check(self, rows: list[Any]) -> None:
        if not rows:
            raise LostLeadership(self._name)
        self.xid = int(rows[0].xid)


async def fence(conn: AsyncConnection, name: str, term: int) -> None:
    """Puts a `Fence` before what is written from here on."""
    made = Fence(name, term)
    made.check(*await run_together(conn, made.statement))


class Leader:
    """A candidate for leading `name`.

    `dsn` must reach the server directly. A leader beats every `beat_s`; it is held to be gone
    when it has not for `lapse_s`.
    """

    def __init__(self, dsn: str, name: str, *, beat_s: float = 0.5, lapse_s: float = 1.5) -> None:
        self._dsn = dsn
        self.name = name
        self._beat_s = beat_s
        self._lapse_s = lapse_s
        self._holder = f"{socket.gethostname()}:{os.getpid()}"

    async def run(self, work: Callable[[int], Awaitable[None]]) -> None:
        """Leads whenever it can, for ever. When the work fails, somebody else may have a try."""
        while True:
            try:
                await self.lead(work)
            except LostLeadership:
                log.warning("leadership_lost", leader=self.name)
            except (psycopg.OperationalError, OSError) as error:
                log.warning("leadership_unreachable", leader=self.name, error=str(error))
            except Exception:
                log.exception("led_work_failed", leader=self.name)
            await asyncio.sleep(self._beat_s)

    async def lead(self, work: Callable[[int], Awaitable[None]]) -> None:
        """Waits as a stand-by, then does `work(term)` as the leader, until it returns.

        When leadership is lost the work is cancelled and LostLeadership is raised.
        """
        async with await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, options=_OPTIONS, connect_timeout=5
        ) as connection:
            term = await self._take(connection)
            log.info("leading", leader=self.name, term=term)
            working = asyncio.ensure_future(work(term))
            beating = asyncio.create_task(self._beat_until_lost(connection, term))
            try:
                await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
                if not working.done():
                    raise LostLeadership(self.name)
                working.result()
            finally:
                for task in (working, beating):
                    task.cancel()
                await asyncio.gather(working, beating, return_exceptions=True)

    async def _take(self, connection: psycopg.AsyncConnection[Any]) -> int:
        while not await _value(connection, _LOCK, self.name):
            ended = await _value(connection, _END_LAPSED, self.name, self._lapse_s)
            await asyncio.sleep(_ENDING_S if ended else self._beat_s / 5)
        async with connection.transaction():
            await connection.execute(_STANDING, (self.name,))
            return int(await _value(connection, _TAKE_TERM, self.name, self._holder))

    async def _beat_until_lost(self, connection: psycopg.AsyncConnection[Any], term: int) -> None:
        try:
            while True:
                await asyncio.sleep(self._beat_s)
                async with asyncio.timeout(self._lapse_s):
                    cursor = await connection.execute(_BEAT, (self.name, term))
                if cursor.rowcount != 1:
                    return
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("beat_failed", leader=self.name, error=str(error))


async def _value(
    connection: psycopg.AsyncConnection[Any], query: LiteralString, *values: Any
) -> Any:
    cursor = await connection.execute(query, values)
    row = await cursor.fetchone()
    return row[0] if row else None
