"""The database that the other tests stand on."""

from __future__ import annotations

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def test_a_rolled_back_connection_works(conn: AsyncConnection) -> None:
    await conn.execute(text("CREATE TABLE left_behind ()"))
    assert (await conn.execute(text("SELECT 1"))).scalar_one() == 1


async def test_nothing_of_it_is_left(conn: AsyncConnection) -> None:
    assert (await conn.execute(text("SELECT to_regclass('left_behind')"))).scalar_one() is None


def test_a_fresh_database_is_ones_own(fresh_dsn: str, dsn: str) -> None:
    with psycopg.connect(fresh_dsn) as connection:
        connection.execute("CREATE TABLE mine ()")
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)
