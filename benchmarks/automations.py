"""How far automations lag behind the log: 200 active, 500 events a second for half a minute.

A real server in a child process on an embedded PostgreSQL that flushes; this process writes the
events, with their conversations' versions, and looks how far the automations' cursor has come. Each
automation hears every event and computes its filter; one event in a hundred starts a run that tags
its conversation and is waited for by its trace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks import Result
from benchmarks._place import Company, Server, folder, pause, postgres, set_up
from wasl import flows
from wasl.channels import adapter_of
from wasl.channels.contract import Address, InboundMessage
from wasl.conversations.facts import Source
from wasl.conversations.ingest import take_message
from wasl.flows import automations
from wasl.infra.bus import PostgresBus
from wasl.infra.clock import SystemClock
from wasl.infra.database import Database, make_engine
from wasl.infra.events import Event, append
from wasl.infra.ids import new_id
from wasl.main import register_hooks

AUTOMATIONS = 200
CONVERSATIONS = 500
PER_SECOND = 500
AT_ONCE = 10  # events a transaction
SECONDS = 30
P99_MS = 200.0
_STARTS_EVERY = 100


async def run(progress: Callable[[str], None]) -> Result:
    register_hooks()
    async with postgres() as dsn:
        company = await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}))
        engine = make_engine(dsn, pool_size=4)
        bus = PostgresBus(dsn)
        await bus.start()
        database = Database(engine, bus.wake)
        try:
            progress(f"{CONVERSATIONS} conversations and {AUTOMATIONS} automations are made")
            ids = await _conversations(database, company)
            await _automate(database)
            with folder() as place:
                server = Server(place, database_url=dsn)
                try:
                    await server.start()
                    return await _measure(database, ids, progress)
                finally:
                    await server.stop()
        finally:
            await bus.stop()
            await engine.dispose()


async def _conversations(database: Database, company: Company) -> list[UUID]:
    kind, channel_id, ids = "web_chat", company.channel_ids[0], []
    capabilities = adapter_of(kind).capabilities
    for _ in range(CONVERSATIONS):
        visitor = str(new_id())
        async with database.transaction() as conn:
            taken = await take_message(
                conn,
                Source(channel_id, kind, capabilities, capabilities.identity_kind, visitor, ""),
                InboundMessage(
                    provider_id=visitor,
                    sender=Address(capabilities.identity_kind, visitor),
                    text="سلام",
                    proven=True,
                ),
                now=SystemClock().now(),
            )
            assert taken.conversation_id is not None
            ids.append(taken.conversation_id)
    return ids


async def _automate(database: Database) -> None:
    now = SystemClock().now()
    for number in range(AUTOMATIONS):
        half = "conversation.kind == 'email' and" if number % 2 else ""
        every = f"{half} conversation.owed and contains(conversation.tags, 'vip {number}')"
        every = f"event.n % {_STARTS_EVERY} == 0" if number == 0 else every
        definition: dict[str, Any] = {
            "schema": "wasl.flow/1",
            "name": {"en": f"Automation {number}"},
            "languages": ["en"],
            "start": "tag",
            "trigger": {"on": "NoteAdded", "filter": every},
            "steps": {
                "tag": {"type": "tag", "tags": ["seen"], "next": "end"},
                "end": {"type": "end"},
            },
        }
        async with database.transaction() as conn:
            flow_id = await flows.add_flow(
                conn, f"automation_{number}", flows.definition_of(definition), now=now
            )
            await flows.publish(conn, flow_id, version=1, by=None, now=now)


async def _measure(database: Database, ids: list[UUID], progress: Callable[[str], None]) -> Result:
    await _caught_up(database)
    progress(f"{PER_SECOND} events a second for {SECONDS} s")
    written: list[tuple[int, float]] = []  # the log's number and when it was committed
    lags: list[float] = []
    done = asyncio.Event()
    watching = asyncio.create_task(_watch(database, written, lags, done))
    began = time.perf_counter()
    for n in range(0, PER_SECOND * SECONDS, AT_ONCE):
        await pause(max(began + n / PER_SECOND - time.perf_counter(), 0))
        written.append(await _write(database, ids, n))
    took = time.perf_counter() - began
    done.set()
    async with asyncio.timeout(60):
        await watching
    async with database.transaction() as conn:
        started = await conn.scalar(text("SELECT count(*) FROM flow_runs WHERE NOT holds"))
    waits = sorted(lag * 1_000 for lag in lags)
    p99 = waits[len(waits) * 99 // 100]
    expected = PER_SECOND * SECONDS // _STARTS_EVERY
    return Result(
        id="automations",
        measured=round(p99, 1),
        unit="ms at the 99th percentile",
        reach=P99_MS,
        ok=p99 <= P99_MS and started == expected and took <= SECONDS * 1.1,
        against=(
            f"median {waits[len(waits) // 2]:.1f} ms, longest {waits[-1]:.0f} ms;"
            f" {started} of {expected} runs; {PER_SECOND * SECONDS / took:.0f} events/s written"
        ),
    )


async def _write(database: Database, ids: list[UUID], n: int) -> tuple[int, float]:
    """Writes the next events in one transaction; the last one's number and when it stood."""
    now = SystemClock().now()
    happened = [
        Event(
            type="NoteAdded",
            aggregate_kind="conversation",
            aggregate_id=ids[number % len(ids)],
            aggregate_version=1_000 + number,
            audience=frozenset({"all"}),
            at=now,
            data={"n": number},
        )
        for number in range(n, n + AT_ONCE)
    ]
    async with database.transaction() as conn:
        await append(conn, *happened)
        seq = await conn.scalar(
            text("SELECT max(seq) FROM events WHERE id = ANY(:ids)"), {"ids": [happened[-1].id]}
        )
    return int(seq or 0), time.perf_counter()


async def _cursor(database: Database) -> int:
    async with database.transaction() as conn:
        found = await conn.scalar(
            text("SELECT seq FROM cursors WHERE subscriber = :name"),
            {"name": automations.SUBSCRIBER},
        )
    return int(found or 0)


async def _caught_up(database: Database) -> None:
    """Returns when the automations have read what was there before."""
    async with database.transaction() as conn:
        newest = int(await conn.scalar(text("SELECT max(seq) FROM events")) or 0)
    async with asyncio.timeout(60):
        while await _cursor(database) < newest:
            await pause(0.05)


async def _watch(
    database: Database, written: list[tuple[int, float]], lags: list[float], done: asyncio.Event
) -> None:
    """Notes how long after its commit each transaction's events had been read."""
    at = 0
    while not (done.is_set() and at == len(written)):
        reached, now = await _cursor(database), time.perf_counter()
        while at < len(written) and written[at][0] <= reached:
            lags.append(now - written[at][1])
            at += 1
        await pause(0.005)
