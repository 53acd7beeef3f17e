"""Statements that run together, and what becomes of them when they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from wasl.infra.database import make_engine, reading, run_together

SLOW = ("SELECT pg_sleep(30)", {})


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
        async with (reading(own_engine) if alone else own_engine).connect() as conn:
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
