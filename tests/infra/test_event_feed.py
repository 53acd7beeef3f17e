"""One reading of the log shared by several readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.infra.test_event_reader import happened, own_engine
from wasl.infra import event_feed
from wasl.infra.bus import LocalBus
from wasl.infra.database import Database
from wasl.infra.event_feed import EventFeed, FeedReader, FellBehind
from wasl.infra.events import Event, append

__all__ = ["own_engine"]


class Place:
    """A feed and something to read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.bus = LocalBus()
        self.database = Database(engine, self.bus.wake)
        self.feed = EventFeed(engine, self.bus)

    async def write(self) -> Event:
        event = happened()
        async with self.database.transaction() as conn:
            await append(conn, event)
        return event


@pytest.fixture
async def place(own_engine: AsyncEngine) -> AsyncIterator[Place]:
    made = Place(own_engine)
    yield made
    await made.bus.stop()


async def read_until(reader: FeedReader, last: Event) -> list[Event]:
    """All up to this event."""
    got: list[Event] = []
    async with asyncio.timeout(20), aclosing(reader.batches()) as batches:
        async for batch in batches:
            got += batch
            if last.id in {e.id for e in got}:
                break
    return got


async def test_each_reader_gets_all_from_its_opening(place: Place) -> None:
    first, second = place.feed.reader(), place.feed.reader()
    await first.open()
    one = await place.write()
    await second.open()
    two = await place.write()
    of_first, of_second = await asyncio.gather(read_until(first, two), read_until(second, two))
    assert [e.id for e in of_first] == [one.id, two.id]
    # it may see what was on its way when it came, and misses nothing after
    assert [e.id for e in of_second] in ([two.id], [one.id, two.id])
    assert first.cursor is not None


async def test_a_reader_that_comes_after_all_have_left_reads_on(place: Place) -> None:
    first = place.feed.reader()
    await first.open()
    one = await place.write()
    assert [e.id for e in await read_until(first, one)] == [one.id]
    later = place.feed.reader()
    await later.open()
    two = await place.write()
    assert [e.id for e in await read_until(later, two)] == [two.id]


async def test_the_bus_ends_all(place: Place) -> None:
    reader = place.feed.reader()
    await reader.open()
    await place.bus.stop()
    async with asyncio.timeout(20):
        assert [batch async for batch in reader.batches()] == []


async def test_who_falls_behind_is_told_and_disturbs_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "MAX_BEHIND", 2)
    slow, quick = place.feed.reader(), place.feed.reader()
    await slow.open()
    await quick.open()
    taking = quick.batches()
    for _ in range(3):
        event = await place.write()
        async with asyncio.timeout(20):
            assert [e.id for e in await anext(taking)] == [event.id]
    await taking.aclose()
    with pytest.raises(FellBehind):
        await anext(slow.batches())
