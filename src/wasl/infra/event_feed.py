"""One live reading of the event log for everybody in a process who follows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from sqlalchemy.ext.asyncio import AsyncEngine

from wasl.infra.bus import Bus
from wasl.infra.event_reader import Cursor, LiveReader
from wasl.infra.events import Event

MAX_BEHIND = 50_000
"""Events that a reader may be behind."""


class FellBehind(Exception):
    """The reader took too long and has missed events: open another one and begin anew."""


class EventFeed:
    """Reads the log while somebody follows it; each reader takes at its own pace."""

    def __init__(self, engine: AsyncEngine, bus: Bus) -> None:
        self._engine = engine
        self._bus = bus
        self._readers: set[FeedReader] = set()
        self._joining = asyncio.Lock()
        self._source: LiveReader | None = None
        self._reading: asyncio.Task[None] | None = None

    def reader(self) -> FeedReader:
        """A new reader; it begins when it is opened."""
        return FeedReader(self)

    async def join(self, reader: FeedReader) -> Cursor:
        async with self._joining:
            source = self._source
            if source is None:
                source = LiveReader(self._engine, self._bus)
                await source.open()
                self._source = source
                self._reading = asyncio.create_task(self._read(source))
            self._readers.add(reader)
            return source.cursor

    async def leave(self, reader: FeedReader) -> None:
        """Returns once nobody reads, when it was the last one."""
        self.drop(reader)
        if not self._readers and self._reading is not None:
            reading, self._reading, self._source = self._reading, None, None
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def drop(self, reader: FeedReader) -> None:
        self._readers.discard(reader)

    async def _read(self, source: LiveReader) -> None:
        try:
            async with aclosing(source.batches()) as batches:
                async for batch in batches:
                    for reader in list(self._readers):
                        reader.take(batch, source.cursor)
        finally:
            if self._source is source:
                self._reading = self._source = None
                for reader in list(self._readers):
                    reader.end()
                self._readers.clear()


class FeedReader:
    """Takes whatever is committed after `open`, as soon as it is, in an aggregate's order.

    `cursor` is the durable place of what `batches` has given out.
    """

    def __init__(self, feed: EventFeed) -> None:
        self._feed = feed
        self._waiting: list[Event] = []
        self._arrived = asyncio.Event()
        self._newest: Cursor | None = None
        self._behind = False
        self._ended = False
        self.cursor: Cursor | None = None

    async def open(self) -> Cursor:
        """Fixes where reading begins: what commits after this is read."""
        self.cursor = self._newest = await self._feed.join(self)
        return self.cursor

    async def batches(self) -> AsyncGenerator[list[Event], None]:
        """All that has come since the last batch; ends with the bus. Raises FellBehind."""
        try:
            while not self._ended:
                await self._arrived.wait()
                self._arrived.clear()
                if self._behind:
                    raise FellBehind
                batch, self._waiting = self._waiting, []
                self.cursor = self._newest
                if batch:
                    yield batch
        finally:
            await self._feed.leave(self)

    def take(self, batch: list[Event], cursor: Cursor) -> None:
        self._newest = cursor
        if len(self._waiting) + len(batch) > MAX_BEHIND:
            self._behind = True
            self._waiting.clear()
            self._feed.drop(self)
        else:
            self._waiting += batch
        self._arrived.set()

    def end(self) -> None:
        self._ended = True
        self._arrived.set()
