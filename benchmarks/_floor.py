"""A floor to measure routing on: agents and arrivals by the thousand, written as rows with the
events that a real one leaves, and the router in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from benchmarks._place import QUEUE, SECRET, pause
from wasl import channels, routing
from wasl.infra.bus import PostgresBus
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.events import SYSTEM, TOPIC
from wasl.infra.ids import new_id
from wasl.infra.leader import Leader
from wasl.main import register_hooks

KIND = "web_chat"
LONG_S = 3_600  # for what is not to time out while it is measured


@dataclass(frozen=True, slots=True)
class Floor:
    """One queue that a channel leads to, and its agents, all of them available."""

    dsn: str
    queue_id: UUID
    channel_id: UUID
    agent_ids: Sequence[UUID]


async def fill(dsn: str, *, agents: int, capacity: int) -> Floor:
    """Agents in the queue, each with room for so many chats; offers wait for an hour."""
    now, sealer = SystemClock().now(), Sealer(SECRET)
    engine = make_engine(dsn, pool_size=1)
    try:
        async with Database(engine).transaction() as conn:
            await routing.add_defaults(conn)
            queue = {**QUEUE, "offer_timeout_s": LONG_S}
            queue_id = await routing.add_queue(conn, queue, actor=SYSTEM, now=now)
            channel_id = await channels.add(
                conn,
                sealer,
                kind=KIND,
                name="Shop",
                config=channels.configured(KIND, {"allowed_origins": ["*"]}),
                enabled=True,
                actor=SYSTEM,
                now=now,
            )
            await routing.set_entry_queue(conn, channel_id, queue_id)
    finally:
        await engine.dispose()
    ids = [new_id() for _ in range(agents)]
    async with await psycopg.AsyncConnection.connect(dsn) as raw:
        await raw.execute(
            "INSERT INTO users (id, email, name, role)"
            " SELECT id, id || '@example.com', 'Agent', 'agent' FROM unnest(%s::uuid[]) id",
            [ids],
        )
        await raw.execute(
            "INSERT INTO agents (user_id, presence, capacity)"
            " SELECT id, 'available', jsonb_build_object(%s::text, %s::int)"
            " FROM unnest(%s::uuid[]) id",
            [KIND, capacity, ids],
        )
        await raw.execute(
            "INSERT INTO queue_members (queue_id, user_id) SELECT %s, unnest(%s::uuid[])",
            [queue_id, ids],
        )
        await raw.commit()
    return Floor(dsn, queue_id, channel_id, ids)


async def analyse(dsn: str) -> None:
    """Lets PostgreSQL know how much there is of everything."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("ANALYZE")


# What ingest leaves of a new contact's first message, as far as routing reads it.
_ARRIVE = """
WITH arriving AS (
  SELECT * FROM unnest(%(contacts)s::uuid[], %(conversations)s::uuid[], %(interactions)s::uuid[],
    %(events)s::uuid[], %(at)s::timestamptz[]) AS t(contact, conversation, interaction, event, at)
), contact AS (
  INSERT INTO contacts (id, name) SELECT contact, 'Sara' FROM arriving
), conversation AS (
  INSERT INTO conversations (id, contact_id, channel_id, interaction_id, interactions, queue_id,
    state, last_message_at, created_at, due_at, due_total_s, priority)
  SELECT conversation, contact, %(channel)s, interaction, 1, %(queue)s, 'queued', at, at,
    at + interval '300 s', 300, 1 FROM arriving
), interaction AS (
  INSERT INTO interactions (id, conversation_id, ordinal, opened_at)
  SELECT interaction, conversation, 1, at FROM arriving
), assignment AS (
  INSERT INTO assignments (interaction_id, conversation_id, queue_id, state, channel_kind, units,
    priority, enqueued_at, queued_at, due_at, due_total_s)
  SELECT interaction, conversation, %(queue)s, 'queued', %(kind)s, 1, 1, at, at,
    at + interval '300 s', 300 FROM arriving
)
INSERT INTO events (id, type, aggregate_kind, aggregate_id, aggregate_version, actor_kind,
  audience, audience_before, at, data)
SELECT event, 'MessageReceived', 'conversation', conversation, 1, 'contact', %(audience)s,
  %(audience)s, at, jsonb_build_object('interaction_id', interaction, 'state', 'queued',
  'message_ids', '[]'::jsonb) FROM arriving
"""


async def arrive(conn: psycopg.AsyncConnection[Any], floor: Floor, count: int) -> list[UUID]:
    """So many new contacts' interactions are queued; the caller commits. Their ids, in order."""
    interactions = [new_id() for _ in range(count)]
    await conn.execute(
        _ARRIVE,
        {
            "contacts": [new_id() for _ in range(count)],
            "conversations": [new_id() for _ in range(count)],
            "interactions": interactions,
            "events": [new_id() for _ in range(count)],
            "at": [datetime.now(UTC) for _ in range(count)],
            "channel": floor.channel_id,
            "queue": floor.queue_id,
            "kind": KIND,
            "audience": ["all", f"queue:{floor.queue_id}"],
        },
    )
    return interactions


@asynccontextmanager
async def waking(dsn: str) -> AsyncIterator[PostgresBus]:
    """A bus on which to say that something has happened (`wake(TOPIC)`)."""
    bus = PostgresBus(dsn)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


def cpu_s(pid: int) -> float:
    """CPU time of a process, user and system."""
    rest = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(rest[11]) + int(rest[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_postgres_s(pid: int) -> float:
    """CPU time of a postmaster with its living and its ended children."""
    own = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    total = sum(map(int, own[11:15])) / os.sysconf("SC_CLK_TCK")
    for task in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        total += cpu_s(int(task))
    return total


# ── the router, in a process of its own ──────────────────────────────────────────────────────


@asynccontextmanager
async def routing_process(dsn: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The router as `wasl serve` runs it, with nothing beside it; it leads already."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks._floor",
        stdin=asyncio.subprocess.PIPE,
        env={**os.environ, "FLOOR_DSN": dsn, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
            async with asyncio.timeout(60):
                while not (await (await conn.execute(_LEADS)).fetchone() or (0,))[0]:
                    await pause(0.05)
        yield child
    finally:
        if child.stdin is not None:
            child.stdin.close()
        await child.wait()


_LEADS = "SELECT count(*) FROM leaders WHERE name = 'router'"


async def route(dsn: str) -> None:
    """Routes until the standard input ends."""
    register_hooks()
    bus = PostgresBus(dsn)
    engine = make_engine(dsn)
    await bus.start()
    feed = EventFeed(engine, bus)
    router = routing.Router(Database(engine, bus.wake), SystemClock(), feed.reader)
    leading = asyncio.create_task(Leader(dsn, routing.LEADER).run(router.lead))
    await asyncio.to_thread(sys.stdin.read)
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
    await bus.stop()
    await engine.dispose()


def told(bus: PostgresBus) -> None:
    """Says that the log has grown."""
    bus.wake(TOPIC)


if __name__ == "__main__":
    import uvloop

    uvloop.run(route(os.environ["FLOOR_DSN"]))
