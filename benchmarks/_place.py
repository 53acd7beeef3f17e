"""A place to measure in: a folder of its own, a PostgreSQL that flushes, a small company."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from wasl import channels, routing
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.events import SYSTEM
from wasl.infra.postgres import EmbeddedPostgres
from wasl.migrations import upgrade

SECRET = "only for measurements, and long enough"  # opens nothing
QUEUE = {"names": {"en": "Orders", "fa": "سفارش‌ها", "ar": "الطلبات"}}


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder that the database's own user can pass through, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="wasl-bench-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """The DSN of a new migrated database on a server with its usual settings: fsync is on."""
    with folder() as place:
        server = EmbeddedPostgres(place)
        try:
            dsn = await asyncio.to_thread(server.start, lambda line: None)
            await asyncio.to_thread(upgrade, dsn)
            yield dsn
        finally:
            await asyncio.to_thread(server.stop)


@dataclass(frozen=True, slots=True)
class Company:
    """What `set_up` has made."""

    queue_id: UUID
    channel_ids: list[UUID]


async def set_up(dsn: str, *configured: tuple[str, dict[str, Any]]) -> Company:
    """One queue, and a channel of each (kind, settings) that leads to it."""
    now, sealer = SystemClock().now(), Sealer(SECRET)
    engine = make_engine(dsn, pool_size=1)
    try:
        async with Database(engine).transaction() as conn:
            await routing.add_defaults(conn)
            queue_id = await routing.add_queue(conn, QUEUE, actor=SYSTEM, now=now)
            made = []
            for number, (kind, config) in enumerate(configured):
                channel_id = await channels.add(
                    conn,
                    sealer,
                    kind=kind,
                    name=f"{kind} {number}",
                    config=channels.configured(kind, config),
                    enabled=True,
                    actor=SYSTEM,
                    now=now,
                )
                await routing.set_entry_queue(conn, channel_id, queue_id)
                made.append(channel_id)
        return Company(queue_id, made)
    finally:
        await engine.dispose()
