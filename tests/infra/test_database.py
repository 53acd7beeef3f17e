"""Statements that run together, and what becomes of them when they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from psycopg import waiting
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from wasl.infra.database import make_engine, reading
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
