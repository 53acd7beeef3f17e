"""PostgreSQL through SQLAlchemy Core and psycopg 3: one metadata, short transactions."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import msgspec
import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from sqlalchemy import MetaData, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool

from wasl.infra.statements import OPENING, Opening, broken, run_together

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_WAKES = "wasl_wakes"
_TELL_AGAIN_S = 60.0

log = logging.getLogger(__name__)


def make_engine(dsn: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for a libpq DSN ("postgresql://…"); waits at most 10 s for a connection."""
    url = dsn.replace("postgresql://", "postgresql+psycopg://", 1)
    url = url.replace("postgres://", "postgresql+psycopg://", 1)
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,
        pool_pre_ping=False,
        hide_parameters=True,
        connect_args={
            # `run_together` prepares the hot statements, each planned once for a connection. All
            # others have their values written into them by psycopg, and are planned with those;
            # none of them is prepared, or a ROLLBACK would drop ours too
            "cursor_factory": psycopg.AsyncClientCursor,
            "options": "-c timezone=UTC -c lock_timeout=5s -c plan_cache_mode=force_generic_plan",
            "prepare_threshold": None,
            "connect_timeout": 5,
        },
    )


@asynccontextmanager
async def _connected(
    engine: AsyncEngine, *, autocommit: bool = False, isolation: IsolationLevel | None = None
) -> AsyncIterator[AsyncConnection]:
    """A connection of the pool. It goes back by itself where nothing is left to roll back, and so
    nothing to wait for; else in a task of its own, as SQLAlchemy's does each time, so that nobody
    who is cancelled meanwhile loses it.

    How it commits is set on psycopg's connection itself, where that only notes it: by SQLAlchemy's
    options it takes three times as long as a look-up.
    """
    conn = await engine.connect()
    raw = _raw(conn)
    try:
        if autocommit:
            await raw.set_autocommit(True)
        if isolation is not None:
            await raw.set_isolation_level(isolation)
        yield conn
    finally:
        as_it_was, idle = not autocommit and isolation is None, False
        try:
            if _status(conn) == TransactionStatus.IDLE:
                if autocommit:
                    await raw.set_autocommit(False)
                if isolation is not None:
                    await raw.set_isolation_level(None)
                as_it_was = idle = True
        finally:
            if idle:
                await conn.close()
            else:
                giving = _give_back(conn, as_it_was=as_it_was)
                await asyncio.shield(asyncio.create_task(giving))


async def _give_back(conn: AsyncConnection, *, as_it_was: bool) -> None:
    if not as_it_was and not conn.closed and not conn.invalidated:
        await conn.invalidate()  # nobody else may have it
    await conn.close()


def _raw(conn: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    if conn.sync_connection is None:
        raise AssertionError("a connection that is not open")
    return cast(psycopg.AsyncConnection[Any], conn.sync_connection.connection.driver_connection)


def _status(conn: AsyncConnection) -> TransactionStatus | None:
    """Where the server stands with a connection; None when it is no use any more."""
    if conn.closed or conn.invalidated:
        return None
    return TransactionStatus(_raw(conn).pgconn.transaction_status)


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for reads that need no transaction: no BEGIN, and no ROLLBACK, after which
    psycopg forgets all prepared statements of the connection."""
    async with _connected(engine, autocommit=True) as conn:
        yield conn


def wake_after_commit(conn: AsyncConnection, topic: str) -> None:
    """Asks for a wake on the bus once the caller's transaction has committed."""
    conn.info.setdefault(_WAKES, set()).add(topic)


def _loads(raw: bytes | str) -> Any:
    """JSON of the database, three times as fast as by the standard library, which is left what is
    too large for a float."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        return json.loads(raw)


set_json_loads(_loads)


class Database:
    """The engine together with what happens after each commit."""

    def __init__(
        self, engine: AsyncEngine, wake: Callable[[str], None] = lambda topic: None
    ) -> None:
        self.engine = engine
        self.wake = wake
        self._told_of_full_disk = -_TELL_AGAIN_S

        # A connection that died with the server must not fail the next caller as well.
        @event.listens_for(engine.sync_engine, "handle_error")
        def _drop_all_when_server_is_gone(context: Any) -> None:
            if context.is_disconnect:
                context.invalidate_pool_on_disconnect = True
            if isinstance(context.original_exception, psycopg.errors.DiskFull):
                self._tell_of_full_disk()

    def _tell_of_full_disk(self) -> None:
        """Callers only hear that they should come again: the operator has to make room."""
        if time.monotonic() - self._told_of_full_disk > _TELL_AGAIN_S:
            self._told_of_full_disk = time.monotonic()
            log.error("no space left on the disk of the database: nothing is taken until there is")

    @property
    def pool(self) -> Pool:
        return self.engine.sync_engine.pool

    @asynccontextmanager
    async def transaction(
        self, *, isolation: IsolationLevel | None = None, opening: Opening | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """One short transaction: commits on leaving, rolls back on errors, then wakes the bus."""
        async with _connected(self.engine, isolation=isolation) as conn:
            raw = _raw(conn)
            conn.info.pop(_WAKES, None)
            conn.info[OPENING] = opening
            try:
                yield conn
                if conn.invalidated or _raw(conn) is not raw:
                    raise broken()
                if conn.info[OPENING] is not None:
                    await run_together(conn)  # it was written by other means
                if conn.in_transaction():
                    await conn.commit()
                elif _status(conn) != TransactionStatus.IDLE:  # of hot statements only
                    await run_together(conn, commits=True)
            finally:
                if not conn.invalidated:
                    conn.info.pop(OPENING, None)
            topics: set[str] = conn.info.pop(_WAKES, set())
        for topic in topics:
            self.wake(topic)
