"""Another server takes the routing over: the leader is killed, and the leader is stopped and wakes.

Two real servers on one PostgreSQL that flushes; interactions are queued all the while. The time
runs from the signal to the commit of the next offer. PostgreSQL itself notes of each offer which
server wrote it and which term was the newest then, so that a word of a leader that had been
replaced would be found. Afterwards everything that was queued has been offered once, in its order.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from benchmarks import Result
from benchmarks._floor import Floor, analyse, arrive, fill, told, waking
from benchmarks._place import Server, folder, pause, postgres

AGENTS = 500
CAPACITY = 20
PER_SECOND = 50
KILLS = 3
STOPS = 4
STEADY_S = 2.0
REACH_S = 2.0
_LATEST_S = 30.0

# Beside each offer: who wrote it, under which term.
_NOTE = """
CREATE TABLE noted (
  n bigint GENERATED ALWAYS AS IDENTITY, interaction_id uuid, term bigint, server text,
  at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_offer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO noted (interaction_id, term, server)
  SELECT NEW.interaction_id, l.term, current_setting('application_name')
  FROM leaders l WHERE l.name = 'router';
  RETURN NEW; END $$;
CREATE TRIGGER note_offer AFTER INSERT ON offers FOR EACH ROW EXECUTE FUNCTION note_offer();
CREATE TABLE terms (term bigint, server text);
CREATE FUNCTION note_term() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.name = 'router' THEN
    INSERT INTO terms SELECT NEW.term, current_setting('application_name')
    WHERE NOT EXISTS (SELECT FROM terms WHERE term = NEW.term);
  END IF;
  RETURN NEW; END $$;
CREATE TRIGGER note_term AFTER INSERT OR UPDATE ON leaders
  FOR EACH ROW EXECUTE FUNCTION note_term();
"""
_UNOFFERED = "SELECT count(*) FROM assignments WHERE state = 'queued'"
_DOUBLED = """
SELECT count(*) FROM (SELECT FROM noted GROUP BY interaction_id HAVING count(*) > 1) twice
"""
_BY_OTHERS = """
SELECT count(*) FROM noted JOIN terms ON terms.term = noted.term
WHERE terms.server <> noted.server
"""
_REORDERED = """
SELECT count(*) FROM (
  SELECT a.enqueued_at < max(a.enqueued_at) OVER (ORDER BY n.n) AS is_late
  FROM noted n JOIN assignments a ON a.interaction_id = n.interaction_id) offered
WHERE is_late
"""


async def run(progress: Callable[[str], None]) -> Result:
    async with postgres() as dsn:
        floor = await fill(dsn, agents=AGENTS, capacity=CAPACITY)
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
            await conn.execute(_NOTE)
            with folder() as one, folder() as other:
                servers = [_server(dsn, one, "one"), _server(dsn, other, "other")]
                try:
                    async with _arrivals(floor):
                        killed, stopped = await _over_and_over(floor.dsn, conn, servers, progress)
                    await _until_all_are_offered(conn)
                finally:
                    for server in servers:
                        await server.kill()
            lost, doubled, strange, late = [
                await _number(conn, sql) for sql in (_UNOFFERED, _DOUBLED, _BY_OTHERS, _REORDERED)
            ]
            offers = await _number(conn, "SELECT count(*) FROM noted")
    worst = max(*killed, *stopped)
    return Result(
        id="failover",
        measured=round(worst, 2),
        unit="s, the longest",
        reach=REACH_S,
        ok=worst <= REACH_S and not (lost or doubled or strange or late) and bool(offers),
        against=(
            f"killed {_shown(killed)}; stopped {_shown(stopped)}; of {offers} offers {lost} lost,"
            f" {doubled} doubled, {late} out of order, {strange} by a leader of before"
        ),
    )


def _shown(took: list[float]) -> str:
    return "/".join(f"{one:.2f}" for one in took)


def _server(dsn: str, place: Path, name: str) -> Server:
    own = f"{dsn}{'&' if '?' in dsn else '?'}application_name={name}"
    return Server(place, database_url=own, pool_size="5")


async def _over_and_over(
    dsn: str,
    conn: psycopg.AsyncConnection[tuple[int]],
    servers: list[Server],
    progress: Callable[[str], None],
) -> tuple[list[float], list[float]]:
    """Kills and stops whoever leads, with the other one standing by; how long nobody routed."""
    leading, standing_by = servers
    await leading.start()
    await _next_offer(conn)
    await standing_by.start()
    killed: list[float] = []
    stopped: list[float] = []
    for turn in range(KILLS + STOPS):
        await pause(STEADY_S)
        if turn == 0:
            await analyse(dsn)
        process = leading.process
        assert process is not None
        kill = turn < KILLS
        began = time.perf_counter()
        process.send_signal(signal.SIGKILL if kill else signal.SIGSTOP)
        before = await _number(conn, "SELECT max(term) FROM leaders WHERE name = 'router'")
        await _next_offer(conn, term=before)
        took = time.perf_counter() - began
        (killed if kill else stopped).append(took)
        progress(f"{'killed' if kill else 'stopped'}: {took:.2f} s")
        if kill:
            await process.wait()
            await leading.start()
        else:
            process.send_signal(signal.SIGCONT)
        leading, standing_by = standing_by, leading
    await pause(STEADY_S)
    return killed, stopped


async def _next_offer(conn: psycopg.AsyncConnection[tuple[int]], term: int = 0) -> None:
    """Returns once an offer of a newer term is committed."""
    async with asyncio.timeout(_LATEST_S):
        while not await _number(conn, f"SELECT count(*) FROM noted WHERE term > {term}"):
            await pause(0.005)


async def _until_all_are_offered(conn: psycopg.AsyncConnection[tuple[int]]) -> None:
    until = time.perf_counter() + _LATEST_S
    while await _number(conn, _UNOFFERED) and time.perf_counter() < until:
        await pause(0.05)


async def _number(conn: psycopg.AsyncConnection[tuple[int]], sql: str) -> int:
    row = await (await conn.execute(sql.encode())).fetchone()
    return int(row[0] or 0) if row else 0


@asynccontextmanager
async def _arrivals(floor: Floor) -> AsyncIterator[None]:
    """One after another is queued, until the block ends."""
    ended = asyncio.Event()

    async def arriving() -> None:
        async with (
            waking(floor.dsn) as bus,
            await psycopg.AsyncConnection.connect(floor.dsn) as conn,
        ):
            while not ended.is_set():
                await arrive(conn, floor, 1)
                await conn.commit()
                told(bus)
                await pause(1 / PER_SECOND)

    task = asyncio.create_task(arriving())
    try:
        yield
    finally:
        ended.set()
        await task
