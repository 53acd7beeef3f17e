"""The two readings of the event log, with transactions that commit late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wasl.infra.bus import LocalBus
from wasl.infra.database import Database, make_engine, reading
from wasl.infra.event_reader import (
    Cursor,
    LiveReader,
    Snapshot,
    current_epoch,
    durable,
    horizon,
    look_statement,
    open_epoch,
    read_since,
)
from wasl.infra.events import Event, append, cursors, events, from_row, log_epoch
from wasl.infra.ids import new_id
from wasl.infra.statements import BY_INDEX, run_together

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def happened(version: int = 1, aggregate: UUID | None = None) -> Event:
    return Event(
        type="ThingChanged",
        aggregate_kind="thing",
        aggregate_id=aggregate or new_id(),
        aggregate_version=version,
        audience=frozenset({"all"}),
        at=NOON,
    )


@pytest.fixture
async def own_engine(fresh_dsn: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_dsn, pool_size=20)
    yield made
    await made.dispose()


async def read_durably(conn: AsyncConnection, after: Cursor, *, limit: int = 100) -> list[Event]:
    place = {"xid": after.xid, "seq": after.seq, "most": limit}
    (rows,) = await run_together(conn, (durable("%(xid)s", "%(seq)s"), place))
    return [from_row(row) for row in rows]


async def taken(reader: LiveReader, count: int) -> list[Event]:
    """At least `count` events, as they come."""
    got: list[Event] = []
    async with asyncio.timeout(20), aclosing(reader.batches()) as batches:
        async for batch in batches:
            got += batch
            if len(got) >= count:
                break
    return got


async def test_an_event_is_taken_at_once_beside_an_open_transaction(
    own_engine: AsyncEngine,
) -> None:
    bus = LocalBus()
    database = Database(own_engine, bus.wake)
    late, early = happened(), happened()
    async with own_engine.connect() as slow:
        transaction = await slow.begin()
        await append(slow, late)
        reader = LiveReader(own_engine, bus)
        before = await reader.open()
        async with database.transaction() as conn:
            await append(conn, early)
        assert [e.id for e in await taken(reader, 1)] == [early.id]
        # the durable place may not pass the one that is still open
        assert reader.cursor == before
        await transaction.commit()
    assert [e.id for e in await taken(reader, 1)] == [late.id]


async def test_a_lost_wake_only_delays(own_engine: AsyncEngine) -> None:
    reader = LiveReader(own_engine, LocalBus())
    await reader.open()
    e = happened()
    async with own_engine.begin() as conn:
        await append(conn, e)
    assert [got.id for got in await taken(reader, 1)] == [e.id]


async def test_a_long_backlog_comes_in_chunks_and_order(own_engine: AsyncEngine) -> None:
    bus = LocalBus()
    reader = LiveReader(own_engine, bus, chunk=7)
    await reader.open()
    aggregate = new_id()
    async with own_engine.begin() as conn:
        await append(conn, *(happened(version, aggregate) for version in range(1, 51)))
    got = await taken(reader, 50)
    assert [e.aggregate_version for e in got] == list(range(1, 51))


async def test_reading_starts_at_a_cursor(own_engine: AsyncEngine) -> None:
    written = [happened() for _ in range(4)]
    for e in written:
        async with own_engine.begin() as conn:
            await append(conn, e)
    async with own_engine.connect() as conn:
        epoch = await current_epoch(conn)
        all_of_them = await read_durably(conn, Cursor(epoch, 0, 0))
    start = Cursor(epoch, all_of_them[1].xid, all_of_them[1].seq)
    reader = LiveReader(own_engine, LocalBus(), start=start)
    assert [e.id for e in await taken(reader, 2)] == [e.id for e in written[2:]]


async def test_a_cursor_of_another_epoch_is_no_place_to_start(own_engine: AsyncEngine) -> None:
    with pytest.raises(ValueError, match="epoch"):
        await LiveReader(own_engine, LocalBus(), start=Cursor(99, 1, 1)).open()


async def test_reading_ends_with_the_bus(own_engine: AsyncEngine) -> None:
    bus = LocalBus()
    reader = LiveReader(own_engine, bus)
    await reader.open()
    await bus.stop()
    assert [batch async for batch in reader.batches()] == []


# One step of an interleaving: which of four writers acts, and what it does.
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["write", "write", "commit", "abort", "look"])),
    max_size=40,
)


@given(steps=STEPS, chunk=st.integers(1, 4))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_is_skipped_and_nothing_comes_twice(
    fresh_dsn: str, steps: list[tuple[int, str]], chunk: int
) -> None:
    asyncio.run(_interleave(fresh_dsn, steps, chunk))


async def _interleave(dsn: str, steps: list[tuple[int, str]], chunk: int) -> None:
    engine = make_engine(dsn, pool_size=10)
    bus = LocalBus()
    live = LiveReader(engine, bus, chunk=chunk)
    place = await live.open()
    live_ids: list[UUID] = []
    durable_ids: list[UUID] = []
    committed: set[UUID] = set()
    open_ones: dict[int, tuple[AsyncConnection, list[UUID]]] = {}

    async def look() -> None:
        nonlocal place
        async with reading(engine) as conn:
            async for batch in live._look(conn):  # where `batches` would wait for the next one
                live_ids.extend(e.id for e in batch)
        async with engine.connect() as conn:
            for e in await read_durably(conn, place, limit=chunk):
                durable_ids.append(e.id)
                place = Cursor(place.epoch, e.xid, e.seq)

    for writer, action in [*steps, *((w, "commit") for w in range(4))]:
        if action == "look":
            await look()
            assert set(live_ids) == committed  # at once, whoever else is still open
        elif action == "write":
            if writer not in open_ones:
                conn = await engine.connect()
                await conn.begin()
                open_ones[writer] = (conn, [])
            conn, ids = open_ones[writer]
            e = happened()
            await append(conn, e)
            ids.append(e.id)
        elif writer in open_ones:
            conn, ids = open_ones.pop(writer)
            await (conn.commit() if action == "commit" else conn.rollback())
            await conn.close()
            if action == "commit":
                committed.update(ids)
    for _ in range(len(committed) + 1):
        await look()
    assert sorted(live_ids) == sorted(committed)
    assert sorted(durable_ids) == sorted(committed)
    await engine.dispose()


async def test_the_durable_reading_stops_below_an_open_transaction(
    own_engine: AsyncEngine,
) -> None:
    async with own_engine.connect() as conn:
        start = await horizon(conn)
    async with own_engine.connect() as slow:
        await slow.begin()
        await append(slow, happened())
        async with own_engine.begin() as conn:
            await append(conn, happened())
        async with own_engine.connect() as conn:
            assert await read_durably(conn, start) == []
            assert len(await read_since(conn, start)) == 1
        await slow.commit()
    async with own_engine.connect() as conn:
        assert len(await read_durably(conn, start)) == 2
        assert len(await read_durably(conn, start, limit=1)) == 1


async def test_an_epoch_lasts_as_long_as_the_cluster(own_engine: AsyncEngine) -> None:
    async with own_engine.begin() as conn:
        epoch = await open_epoch(conn)
    async with own_engine.begin() as conn:
        assert await open_epoch(conn) == epoch
    async with own_engine.connect() as conn:
        assert await current_epoch(conn) == epoch


async def test_a_restore_opens_an_epoch_and_skips_nothing(own_engine: AsyncEngine) -> None:
    async with own_engine.begin() as conn:
        epoch = await open_epoch(conn)
        await append(conn, *(happened() for _ in range(3)))
    async with own_engine.begin() as conn:
        # as restored from a cluster whose transaction ids were far ahead
        await conn.execute(update(events).values(xid=2**40 + events.c.seq))
        await conn.execute(update(log_epoch).values(system_identifier="another/00000001"))
        first = (await conn.execute(select(events).order_by(events.c.seq).limit(1))).one()
        await conn.execute(
            insert(cursors).values(subscriber="s", epoch=epoch, xid=first.xid, seq=first.seq)
        )
    async with own_engine.begin() as conn:
        assert await open_epoch(conn) == epoch + 1
    async with own_engine.connect() as conn:
        moved = (await conn.execute(select(cursors))).one()
        cursor = Cursor(moved.epoch, moved.xid, moved.seq)
        assert cursor == Cursor(epoch + 1, 0, first.seq)
        assert [e.seq for e in await read_durably(conn, cursor)] == [first.seq + 1, first.seq + 2]


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert Cursor.parse(str(Cursor(3, 12345678901, 17))) == Cursor(3, 12345678901, 17)


@pytest.mark.parametrize("wrong", ["", "1.2.3.4", "a.b.c", "-1.2.3", "1.2.٣", "1.2." + "9" * 30])
def test_a_wrong_cursor_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="epoch"):
        Cursor.parse(wrong)


async def test_a_snapshot_is_read_as_postgresql_writes_it(conn: AsyncConnection) -> None:
    written = (await conn.execute(text("SELECT pg_current_snapshot()::text"))).scalar_one()
    assert str(Snapshot.parse(written)) == written
    assert Snapshot.parse("10:20:10,14") == Snapshot(10, 20, (10, 14))


@pytest.mark.parametrize("known", [True, False])
async def test_a_look_reads_what_is_new_and_not_the_whole_log(
    own_engine: AsyncEngine, known: bool
) -> None:
    """However connections plan by default, and whether or not the log has been analysed."""
    async with own_engine.begin() as conn:
        await append(conn, *(happened() for _ in range(3_000)))
    async with own_engine.connect() as conn:
        await conn.execute(text("ANALYZE events" if known else "SELECT"))
        await conn.commit()
        await conn.execute(text(BY_INDEX))
        now = await conn.scalar(text("SELECT pg_current_snapshot()::text"))
        look = look_statement(Snapshot.parse(str(now)), None, 0, 1_000)
        plan = "\n".join((await conn.execute(text(f"EXPLAIN {look}"))).scalars())
    assert "ix_events_xid_seq" in plan
    assert "pk_events" not in plan
