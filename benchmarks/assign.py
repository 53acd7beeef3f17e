"""Durable assignments: interactions are queued, the router hears of them, decides, and each one's
offer to an agent is committed, with its reasons, its place in the conversation and three events.

What counts is an offer that PostgreSQL has flushed. The router runs in a process of its own, as
`wasl serve` runs it, and hears of everything by the event log. What comes in is written as rows,
100 a transaction, at the same time and on the same PostgreSQL. The peer is a plain loop that
claims as many interactions by SKIP LOCKED in as many commits, and decides nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks import Result
from benchmarks._floor import (
    Floor,
    analyse,
    arrive,
    cpu_of_postgres_s,
    cpu_s,
    fill,
    routing_process,
    told,
    waking,
)
from benchmarks._place import pause, postgres

AGENTS = 2_000
ROUNDS = 4  # the first warms up; the others count
ARRIVALS = 3_000  # in a round
TOGETHER = 100  # in one of the transactions in which they arrive
AHEAD = 1_000  # that may wait while more arrive
REACH_PER_S = 1_000


async def run(progress: Callable[[str], None]) -> Result:
    async with postgres() as dsn:
        floor = await fill(dsn, agents=AGENTS, capacity=-(-ARRIVALS * ROUNDS // AGENTS))
        rates, cpu, commits = [], [], []
        async with routing_process(dsn) as router:
            for _ in range(ROUNDS):
                rate, ms, pg_ms = await _round(floor, router.pid)
                rates.append(rate)
                cpu.append((ms, pg_ms))
                commits.append(await _commits(dsn))
                progress(f"{rate:,.0f}/s, {ms:.2f} ms CPU each, PostgreSQL {pg_ms:.2f} ms")
                await analyse(dsn)  # as PostgreSQL does by itself within a minute
        once = await _each_once(dsn)
        together = ARRIVALS * (ROUNDS - 1) / (commits[-1] - commits[0])
        claimed = await _claim_all(floor, round(together))
    rate = max(rates[1:])
    ms, pg_ms = min(cpu[1:])
    return Result(
        id="assign",
        measured=round(rate),
        unit="assignments/s",
        reach=REACH_PER_S,
        ok=rate >= REACH_PER_S and once,
        against=(
            f"{rate / claimed:.2f} of bare claims with as many commits ({claimed:,.0f}/s,"
            f" {together:.0f} a commit); {ms:.2f} ms CPU each, PostgreSQL {pg_ms:.2f} ms with"
            f" what arrives; {'each once' if once else 'LOST OR DOUBLED'}"
        ),
    )


async def _round(floor: Floor, pid: int) -> tuple[float, float, float]:
    """Assignments a second, and the CPU that one costs in ms, the router's and PostgreSQL's."""
    postmaster = await _postmaster(floor.dsn)
    async with (
        waking(floor.dsn) as bus,
        await psycopg.AsyncConnection.connect(floor.dsn) as conn,
        await psycopg.AsyncConnection.connect(floor.dsn, autocommit=True) as looking,
    ):
        before = await _offered(looking)
        cpu, pg_cpu = cpu_s(pid), cpu_of_postgres_s(postmaster)
        began, arrived, offered = time.perf_counter(), 0, 0
        async with asyncio.timeout(120):
            while offered < ARRIVALS:
                if arrived < ARRIVALS and arrived - offered < AHEAD:
                    await arrive(conn, floor, TOGETHER)
                    await conn.commit()
                    arrived += TOGETHER
                    told(bus)
                else:
                    await pause(0.02)
                offered = await _offered(looking) - before
        took = time.perf_counter() - began
        cpu, pg_cpu = cpu_s(pid) - cpu, cpu_of_postgres_s(postmaster) - pg_cpu
    return ARRIVALS / took, cpu / ARRIVALS * 1_000, pg_cpu / ARRIVALS * 1_000


async def _offered(conn: psycopg.AsyncConnection[tuple[int]]) -> int:
    row = await (await conn.execute("SELECT count(*) FROM offers")).fetchone()
    return row[0] if row else 0


async def _commits(dsn: str) -> int:
    """How many transactions have made offers."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        rows = await conn.execute("SELECT count(DISTINCT xmin::text) FROM offers")
        row = await rows.fetchone()
        return int(row[0]) if row else 0


async def _each_once(dsn: str) -> bool:
    """Whether each interaction is offered to one agent, and nobody has more than they take."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        rows = await conn.execute(
            "SELECT (SELECT count(*) FROM offers WHERE state = 'offered'),"
            " (SELECT count(DISTINCT interaction_id) FROM offers),"
            " (SELECT count(*) FROM assignments WHERE state = 'offered' AND epoch = 1),"
            " (SELECT count(*) FROM events WHERE type = 'OfferMade'),"
            " (SELECT max(n) FROM (SELECT count(*) n FROM offers GROUP BY user_id) each)"
        )
        offers, interactions, assigned, told_of, most = (await rows.fetchone()) or (0,) * 5
        total = ARRIVALS * ROUNDS
        room = -(-total // AGENTS)
        return {offers, interactions, assigned, told_of} == {total} and int(most) <= room


async def _postmaster(dsn: str) -> int:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        rows = await conn.execute("SELECT current_setting('data_directory')")
        (folder,) = (await rows.fetchone()) or ("",)
    return int((Path(folder) / "postmaster.pid").read_text(encoding="ascii").split()[0])


# ── the peer ─────────────────────────────────────────────────────────────────────────────────

_CLAIM = """
WITH next AS (
  SELECT interaction_id FROM assignments WHERE state = 'queued' ORDER BY enqueued_at
  LIMIT %(many)s FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE assignments a SET state = 'offered', epoch = epoch + 1 FROM next
  WHERE a.interaction_id = next.interaction_id RETURNING a.*
)
INSERT INTO offers (id, interaction_id, conversation_id, user_id, queue_id, epoch, state,
  offered_at, expires_at)
SELECT gen_random_uuid(), interaction_id, conversation_id, %(agent)s, queue_id, epoch, 'offered',
  now(), now() + interval '1 h' FROM claimed
"""


async def _claim_all(floor: Floor, many: int) -> float:
    """Interactions a second that a loop without any choice claims, so many in a commit."""
    async with await psycopg.AsyncConnection.connect(floor.dsn) as conn:
        for _ in range(ARRIVALS // TOGETHER):
            await arrive(conn, floor, TOGETHER)
        await conn.commit()
        began = time.perf_counter()
        claimed = 0
        for turn in range(-(-ARRIVALS // many)):
            agent = floor.agent_ids[turn % AGENTS]
            claimed += (await conn.execute(_CLAIM, {"many": many, "agent": agent})).rowcount
            await conn.commit()
        assert claimed == ARRIVALS
        return ARRIVALS / (time.perf_counter() - began)
