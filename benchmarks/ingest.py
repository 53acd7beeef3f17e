"""Durable ingest: a new contact's first message each, taken by the host as adapters call it.

A process of its own on an embedded PostgreSQL that flushes. The peer runs the very statements that
the host ran (recorded on a copy of the database), batched in psycopg's pipeline on as many
connections, with nothing to decide.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncRawCursor

from benchmarks import Result
from benchmarks._place import SECRET, postgres, set_up
from wasl.channels import Channels
from wasl.channels.contract import Address, Channel, InboundMessage
from wasl.conversations.host import Ingest
from wasl.infra import statements
from wasl.infra.blobs import LocalBlobs
from wasl.infra.bus import PostgresBus
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.main import register_hooks

CONNECTIONS = 16
MESSAGES = 1_000  # in a round
WARMING = 10 * CONNECTIONS  # before each round, so that its connections have prepared everything
ROUNDS = 3  # the first warms up; the others count
PER_SECOND = 500
WORDS = "سلام، سفارشی که هفتهٔ پیش دادم هنوز به دستم نرسیده؛ ممکن است پیگیری کنید؟"

Statements = list[tuple[Any, Any]]


async def run(progress: Callable[[str], None]) -> Result:
    async with postgres() as dsn:
        company = await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}))
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.ingest",
            str(company.channel_ids[0]),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "INGEST_DSN": dsn, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert child.stdout is not None
        async for line in child.stdout:
            said = json.loads(line)
            if "rates" not in said:
                progress(said["progress"])
        if await child.wait():
            raise RuntimeError("the measuring process failed")
    taken, raw = max(said["rates"][1:]), max(said["raw_rates"][1:])
    ratio = max(a / b for a, b in zip(said["rates"][1:], said["raw_rates"][1:], strict=True))
    return Result(
        id="ingest",
        measured=round(taken),
        unit="messages/s",
        reach=PER_SECOND,
        ok=taken >= PER_SECOND and ratio >= 0.5,
        against=(
            f"{ratio:.2f} (≥ 0.5) of the same statements batched raw, {raw:,.0f}/s; "
            f"{min(said['cpu'][1:]):.2f} of {min(said['raw_cpu'][1:]):.2f} ms CPU a message"
        ),
    )


# ── the measuring process ────────────────────────────────────────────────────────────────────


async def measure(dsn: str, channel_id: UUID) -> None:
    """Takes and replays in turns, and prints what it finds, a JSON document a line."""
    register_hooks()
    copy = _copied(dsn)
    rates, raw_rates, cpu, raw_cpu = [], [], [], []
    for _ in range(ROUNDS):
        async with _host(dsn) as host:
            channel = await host.channels.by_id(channel_id)
            await _take_all(host, channel, WARMING)
            rate, ms = await _measured(_take_all(host, channel, MESSAGES))
        rates.append(rate)
        cpu.append(ms)
        _say(progress=f"taken: {rate:,.0f}/s, {ms:.2f} ms CPU each")
        transactions = await _recorded(copy, channel_id)
        async with _connections(dsn) as connections:
            await _replay(connections, transactions[:WARMING])
            rate, ms = await _measured(_replay(connections, transactions[WARMING:]))
        raw_rates.append(rate)
        raw_cpu.append(ms)
        _say(progress=f"raw: {rate:,.0f}/s, {ms:.2f} ms CPU each")
    _say(rates=rates, raw_rates=raw_rates, cpu=cpu, raw_cpu=raw_cpu)


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


async def _measured(work: Coroutine[Any, Any, None]) -> tuple[float, float]:
    """Messages a second, and this process's CPU time a message in ms."""
    began, cpu = time.perf_counter(), time.process_time()
    await work
    spent = time.process_time() - cpu
    return MESSAGES / (time.perf_counter() - began), spent / MESSAGES * 1_000


@asynccontextmanager
async def _host(dsn: str) -> AsyncIterator[Ingest]:
    bus, sealer = PostgresBus(dsn), Sealer(SECRET)
    engine = make_engine(dsn, pool_size=CONNECTIONS)
    await bus.start()
    try:
        yield Ingest(
            Database(engine, bus.wake),
            Channels(engine, sealer),
            LocalBlobs(Path(os.devnull)),
            sealer,
            SystemClock(),
            lambda conversation_id, contact_id, on: None,
        )
    finally:
        await bus.stop()
        await engine.dispose()


async def _take_all(host: Ingest, channel: Channel, count: int) -> None:
    left = iter(range(count))

    async def take() -> None:
        for _ in left:
            sender = Address("web_visitor", str(uuid4()), "مریم احمدی")
            message = InboundMessage(str(uuid4()), sender, WORDS, proven=True, locale="fa")
            (taken,) = await host.take(channel, [message])
            assert taken.message_id is not None

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(take())


# ── the peer ─────────────────────────────────────────────────────────────────────────────────


def _copied(dsn: str) -> str:
    """A copy of the database on the same server, to record on."""
    parts = urlsplit(dsn)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as conn:
        conn.execute("CREATE DATABASE recorded TEMPLATE wasl")
    return urlunsplit(parts._replace(path="/recorded"))


async def _recorded(dsn: str, channel_id: UUID) -> list[Statements]:
    """The statements of as many messages, a list for each transaction."""
    transactions: list[Statements] = []
    running: dict[Any, Statements] = {}
    run = statements._run

    async def ran(prepared: Any, some: Any, prepare: bool, commits: bool) -> Any:
        for sql, params in some:
            query, places = statements._numbered(sql)
            values = [params[name] for name in places]
            running.setdefault(prepared.raw, []).append((query, values))
        rows = await run(prepared, some, prepare, commits)
        if commits:
            transactions.append(running.pop(prepared.raw))
        return rows

    async with _host(dsn) as host:
        channel = await host.channels.by_id(channel_id)
        with mock.patch.object(statements, "_run", ran):
            await _take_all(host, channel, WARMING + MESSAGES)
    assert len(transactions) == WARMING + MESSAGES
    return transactions


@asynccontextmanager
async def _connections(dsn: str) -> AsyncIterator[list[psycopg.AsyncConnection[Any]]]:
    opened = [await psycopg.AsyncConnection.connect(dsn) for _ in range(CONNECTIONS)]
    yield opened
    for conn in opened:
        await conn.close()


async def _replay(
    connections: Sequence[psycopg.AsyncConnection[Any]], transactions: Sequence[Statements]
) -> None:
    """Runs recorded transactions, each sent whole in one round trip."""
    waiting = iter(transactions)

    async def work(conn: psycopg.AsyncConnection[Any]) -> None:
        for transaction in waiting:
            async with conn.pipeline():
                for query, params in transaction:
                    await AsyncRawCursor(conn).execute(query, params)
                await conn.commit()

    async with asyncio.TaskGroup() as tasks:
        for conn in connections:
            tasks.create_task(work(conn))


if __name__ == "__main__":
    import uvloop

    uvloop.run(measure(os.environ["INGEST_DSN"], UUID(sys.argv[1])))
