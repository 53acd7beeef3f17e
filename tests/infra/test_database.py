"""Statements that run together, and what becomes of them when they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from psycopg import IsolationLevel, waiting
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from wasl.infra.database import Database, make_engine, reading
from wasl.infra.statements import run_together

SLOW: tuple[str, dict[str, Any]] = ("SELECT pg_sleep(30)", {})


@pytest.fixture
async def own_engine(fresh_dsn: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_dsn, pool_size=2)
    yield made
    await made.dispose()


async def test_each_gives_its_rows(own_engine: AsyncEngine) -> None:
    async with own_engine.connect() as conn:
        one, none, two = await run_together(
            conn,
            ("SELECT %(n)s::int AS n, %(n)s::int + 1 AS next", {"n": 1}),
            ("CREATE TEMPORARY TABLE things (id int)", {}),
            ("SELECT unnest(%(ids)s::int[]) AS id", {"ids": [3, 4]}),
        )
    assert [(row.n, row.next) for row in one] == [(1, 2)]
    assert none == []
    assert [row.id for row in two] == [3, 4]


async def test_much_goes_in_both_directions_at_once(own_engine: AsyncEngine) -> None:
    """Neither waits for the other to read first."""
    many = list(range(200_000))
    async with own_engine.connect() as conn, asyncio.timeout(30):
        found = await run_together(
            conn, *[("SELECT unnest(%(many)s::int[]) AS n", {"many": many})] * 3
        )
    assert [len(rows) for rows in found] == [200_000] * 3


async def test_errors_are_sqlalchemys(own_engine: AsyncEngine) -> None:
    async with own_engine.connect() as conn:
        with pytest.raises(DBAPIError, match="no_such_table"):
            await run_together(conn, ("SELECT 1 FROM no_such_table", {}))


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("alone", [True, False])
async def test_who_is_cancelled_hears_of_it(
    own_engine: AsyncEngine, count: int, alone: bool
) -> None:
    started = asyncio.Event()

    async def run() -> None:
        async with reading(own_engine) if alone else own_engine.connect() as conn:
            await conn.execute(text("SELECT 1"))
            started.set()
            await run_together(conn, *[SLOW] * count)

    running = asyncio.create_task(run())
    await started.wait()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with own_engine.connect() as conn:  # and the pool is well
        assert await conn.scalar(text("SELECT 2")) == 2


async def test_who_is_cancelled_while_it_begins_to_read_leaves_no_connection_behind(
    own_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """psycopg lets others run for a moment now and then, also where it has nothing to wait for."""
    async with reading(own_engine) as conn:
        await conn.execute(text("SELECT 1"))
    pool = own_engine.pool
    assert isinstance(pool, QueuePool)
    monkeypatch.setattr(waiting, "MAX_BUSY_TIME", 0.0)

    async def read() -> None:
        async with reading(own_engine):
            await asyncio.Event().wait()

    for turns in range(6):
        running = asyncio.create_task(read())
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert pool.checkedout() == 0


async def test_statements_stay_prepared_whatever_else_runs(own_engine: AsyncEngine) -> None:
    """psycopg prepares what runs with many values, and drops all there is at a ROLLBACK."""
    async with own_engine.connect() as conn:
        for _ in range(3):
            await run_together(conn, ("SELECT %(n)s::int AS n", {"n": 1}))
            await conn.execute(text("SELECT :n"), [{"n": 1}, {"n": 2}])
            await conn.rollback()
            assert await _prepared(conn) == 2  # with `BY_INDEX`


@pytest.mark.parametrize(
    "refused",
    [("SELECT 1/0", {}), ("SELECT %(text)s::text", {"text": "NUL \x00"}), ("SELEC", {})],
)
async def test_a_refused_statement_leaves_the_connection_well(
    own_engine: AsyncEngine, refused: Any
) -> None:
    async with own_engine.connect() as conn:
        for _ in range(2):
            with pytest.raises(DBAPIError):
                async with conn.begin():
                    await run_together(conn, ("SELECT %(n)s::int AS n", {"n": 1}), refused)
        ((row,), _) = await run_together(
            conn, ("SELECT %(n)s::int AS n", {"n": 7}), ("SELECT 2", {}), prepare=False
        )
        assert row.n == 7


async def test_a_transaction_is_of_its_isolation(own_engine: AsyncEngine) -> None:
    async with own_engine.connect() as conn:
        await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        ((row,),) = await run_together(
            conn,
            (
                "SELECT current_setting('transaction_isolation') AS level,"
                " current_setting('transaction_read_only') AS closed",
                {},
            ),
        )
        assert (row.level, row.closed) == ("repeatable read", "on")
    async with own_engine.connect() as conn:
        async with conn.begin() as transaction:
            await run_together(conn, ("CREATE TABLE made (id int)", {}))
            await transaction.rollback()
        assert await conn.scalar(text("SELECT to_regclass('made')")) is None


async def _prepared(conn: AsyncConnection) -> int:
    found = await conn.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    return int(found or 0)


LEVEL = ("SELECT current_setting('transaction_isolation') AS level", {})
KEEP = ("INSERT INTO kept VALUES (%(n)s)", {"n": 1})


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    """With a table that things are kept in, and one connection for everybody."""
    engine = make_engine(fresh_dsn, pool_size=1)
    made = Database(engine)
    async with made.transaction() as conn:
        await conn.execute(text("CREATE TABLE kept (n int)"))
    yield made
    await engine.dispose()


async def kept(database: Database) -> int:
    async with reading(database.engine) as conn:
        ((found,),) = await run_together(conn, ("SELECT count(*) AS n FROM kept", {}))
    return int(found.n)


@pytest.mark.parametrize("plain_first", [True, False])
@pytest.mark.parametrize("plain_last", [True, False])
async def test_a_transaction_commits_whatever_it_was_written_by(
    database: Database, plain_first: bool, plain_last: bool
) -> None:
    plain = text("INSERT INTO kept VALUES (1)")
    async with database.transaction() as conn:
        if plain_first:
            await conn.execute(plain)
        await run_together(conn, KEEP)
        if plain_last:
            await conn.execute(plain)
    assert await kept(database) == 1 + plain_first + plain_last


@pytest.mark.parametrize("isolation", [None, IsolationLevel.REPEATABLE_READ])
async def test_an_error_undoes_all_of_it(
    database: Database, isolation: IsolationLevel | None
) -> None:
    async def fails() -> None:
        async with database.transaction(isolation=isolation) as conn:
            await run_together(conn, KEEP)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await kept(database) == 0


async def test_each_use_of_a_connection_is_of_its_own_kind(database: Database) -> None:
    """Also after one that failed: all of them use the same."""

    async def fails_while_reading() -> None:
        async with reading(database.engine) as conn:
            await run_together(conn, LEVEL)
            raise ZeroDivisionError

    async def fails() -> None:
        async with database.transaction() as conn:
            await run_together(conn, KEEP)
            ((found,),) = await run_together(conn, LEVEL)
            assert found.level == "read committed"
            raise ZeroDivisionError

    assert await kept(database) == 0
    with pytest.raises(ZeroDivisionError):
        await fails_while_reading()
    async with database.transaction(isolation=IsolationLevel.REPEATABLE_READ) as conn:
        ((found,),) = await run_together(conn, LEVEL)
        assert found.level == "repeatable read"
    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await kept(database) == 0


@pytest.mark.parametrize("then", ["hot", "plain", "nothing"])
async def test_who_goes_on_past_a_broken_connection_has_written_nothing(
    database: Database, then: str
) -> None:
    async def goes_on() -> None:
        async with database.transaction() as conn:
            await run_together(conn, KEEP)
            with suppress(DBAPIError):
                await run_together(conn, ("SELECT pg_terminate_backend(pg_backend_pid())", {}))
            with suppress(SQLAlchemyError):
                if then == "hot":
                    await run_together(conn, KEEP)
                elif then == "plain":
                    await conn.execute(text("INSERT INTO kept VALUES (1)"))

    with pytest.raises(SQLAlchemyError):
        await goes_on()
    assert await kept(database) == 0
