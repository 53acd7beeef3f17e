"""One leads, another takes over, and what the first one does afterwards is not written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.database import Database, make_engine
from wasl.infra.leader import Fence, Leader, LostLeadership, fence
from wasl.infra.statements import run_together


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn, pool_size=4)
    yield Database(engine)
    await engine.dispose()


def until_told(terms: asyncio.Queue[int], told: asyncio.Event) -> Callable[[int], Awaitable[None]]:
    async def work(term: int) -> None:
        terms.put_nowait(term)
        await told.wait()

    return work


def a_leader(dsn: str) -> Leader:
    return Leader(dsn, "router", beat_s=0.02, lapse_s=0.3)


async def in_time(coming: Awaitable[int]) -> int:
    async with asyncio.timeout(30):
        return await coming


async def test_a_stand_by_leads_after_the_leader_has_finished(fresh_dsn: str) -> None:
    first_terms: asyncio.Queue[int] = asyncio.Queue()
    second_terms: asyncio.Queue[int] = asyncio.Queue()
    done, never = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(a_leader(fresh_dsn).lead(until_told(first_terms, done)))
    assert await in_time(first_terms.get()) == 1
    second = asyncio.create_task(a_leader(fresh_dsn).lead(until_told(second_terms, never)))
    assert second_terms.empty()
    done.set()
    await first
    assert await in_time(second_terms.get()) == 2
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_a_dead_connection_cancels_the_work_and_another_takes_over(fresh_dsn: str) -> None:
    terms: asyncio.Queue[int] = asyncio.Queue()
    leading = asyncio.create_task(a_leader(fresh_dsn).lead(until_told(terms, asyncio.Event())))
    assert await in_time(terms.get()) == 1
    async with await psycopg.AsyncConnection.connect(fresh_dsn, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(backend) FROM leaders")
    with pytest.raises(LostLeadership):
        await leading
    running = asyncio.create_task(a_leader(fresh_dsn).run(until_told(terms, asyncio.Event())))
    assert await in_time(terms.get()) == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_leader_that_stopped_beating_is_replaced_and_writes_nothing(
    fresh_dsn: str, database: Database
) -> None:
    """The paused one still has its connection and its transaction."""
    paused = await psycopg.AsyncConnection.connect(fresh_dsn, autocommit=True)
    await paused.execute("SELECT pg_advisory_lock(hashtextextended('router', 0))")
    await paused.execute(
        "INSERT INTO leaders VALUES ('router', 7, 'paused', pg_backend_pid(),"
        " clock_timestamp() - interval '1 minute')"
    )
    terms: asyncio.Queue[int] = asyncio.Queue()
    running = asyncio.create_task(a_leader(fresh_dsn).run(until_told(terms, asyncio.Event())))
    assert await in_time(terms.get()) == 8

    async def write(term: int) -> None:
        async with database.transaction() as conn:
            await conn.execute(text("CREATE TABLE written ()"))
            await fence(conn, "router", term)

    with pytest.raises(LostLeadership):
        await write(7)
    async with database.transaction() as conn:
        await fence(conn, "router", 8)
        assert await conn.scalar(text("SELECT to_regclass('written')")) is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await paused.close()


_WRITES = "CREATE TABLE written ()"


async def _together(conn: AsyncConnection) -> None:
    await run_together(conn, ("SELECT 1", {}), (_WRITES, {}))


async def _to_the_end(conn: AsyncConnection) -> None:
    await run_together(conn, (_WRITES, {}), commits=True)


async def _by_other_means(conn: AsyncConnection) -> None:
    await conn.execute(text(_WRITES))


@pytest.mark.parametrize("write", [_together, _to_the_end, _by_other_means])
async def test_what_opens_with_a_fence_is_written_in_its_term_alone(
    database: Database, write: Callable[[AsyncConnection], Awaitable[None]]
) -> None:
    written = text("SELECT to_regclass('written')")
    async with database.transaction() as conn:
        await conn.execute(
            text("INSERT INTO leaders VALUES ('router', 8, 'here', 0, clock_timestamp())")
        )
    with pytest.raises(LostLeadership):
        async with database.transaction(opening=Fence("router", 7)) as conn:
            await write(conn)
    async with database.transaction() as conn:
        assert await conn.scalar(written) is None
    ours = Fence("router", 8)
    async with database.transaction(opening=ours) as conn:
        await write(conn)
    assert ours.xid > 0
    async with database.transaction() as conn:
        assert await conn.scalar(written) == "written"


async def test_no_new_term_begins_while_fenced_work_is_in_flight(
    fresh_dsn: str, database: Database
) -> None:
    async with database.transaction() as conn:
        await conn.execute(
            text("INSERT INTO leaders VALUES ('router', 3, 'gone', 0, clock_timestamp())")
        )
    terms: asyncio.Queue[int] = asyncio.Queue()
    async with database.transaction() as conn:
        await fence(conn, "router", 3)
        running = asyncio.create_task(a_leader(fresh_dsn).run(until_told(terms, asyncio.Event())))
        blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        async with asyncio.timeout(30):
            while not await conn.scalar(blocked):
                await conn.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert terms.empty()
    assert await in_time(terms.get()) == 4
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_work_that_fails_is_tried_again_under_a_new_term(fresh_dsn: str) -> None:
    terms: asyncio.Queue[int] = asyncio.Queue()

    async def fails(term: int) -> None:
        terms.put_nowait(term)
        raise ValueError("once more")

    running = asyncio.create_task(a_leader(fresh_dsn).run(fails))
    assert [await in_time(terms.get()), await in_time(terms.get())] == [1, 2]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
