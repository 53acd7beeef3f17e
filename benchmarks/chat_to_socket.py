"""From a contact's web-chat post to another person's desk: 50 posts a second for a minute.

A real server in a child process on an embedded PostgreSQL that flushes; the contacts and the
agent's socket are in this process. Beside them a writer holds transactions of 500 ms in the same
log, which must delay nobody. Every acknowledged message is looked for on the socket and in the
database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import msgspec
import psycopg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import Result
from benchmarks._place import SECRET, Company, Http, Server, folder, postgres, set_up
from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id

VISITORS = 25
PER_SECOND = 50
SECONDS = 60
HELD_S = 0.5
P99_MS = 50.0
_LATEST_S = 10.0
WORDS = "سلام، سفارشی که هفتهٔ پیش دادم هنوز به دستم نرسیده؛ ممکن است پیگیری کنید؟"


@dataclass
class _Measured:
    posted: dict[str, float] = field(default_factory=dict)  # message id → when it was sent
    arrived: dict[str, float] = field(default_factory=dict)
    refused: int = 0

    def unheard(self) -> set[str]:
        """Acknowledged messages that the socket has not been told of."""
        return self.posted.keys() - self.arrived.keys()


async def run(progress: Callable[[str], None]) -> Result:
    async with postgres() as dsn:
        company = await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}))
        with folder() as place:
            server = Server(place, database_url=dsn)
            try:
                await server.start()
                return await _measure(dsn, server.port, company, progress)
            finally:
                await server.stop()


async def _measure(
    dsn: str, port: int, company: Company, progress: Callable[[str], None]
) -> Result:
    tokens = [_token(company.channel_ids[0]) for _ in range(VISITORS)]
    path = f"/client/v1/{company.public_keys[0]}/messages"
    measured = _Measured()
    origin = {"Authorization": f"Bearer {company.token}"}
    async with connect(f"ws://127.0.0.1:{port}/api/v1/socket", additional_headers=origin) as desk:
        for token in tokens:
            async with Http(port, token) as http:
                status, answer = await http.ask("POST", path, _message())
                assert status == 201, answer
            scope = f"conversation:{answer['conversation']['id']}"
            await desk.send(msgspec.json.encode({"t": "sub", "scope": scope}).decode())
            while msgspec.json.decode(await desk.recv())["t"] != "snapshot":
                pass
        hearing = asyncio.create_task(_hear(desk, measured))
        holding = asyncio.create_task(_hold(dsn))
        progress(f"{VISITORS} conversations are open")
        try:
            visitors = [_visitor(port, path, token, n, measured) for n, token in enumerate(tokens)]
            await asyncio.gather(*visitors)
            progress(f"{len(measured.posted)} posts were acknowledged")
            until = time.perf_counter() + _LATEST_S
            while measured.unheard() and time.perf_counter() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        finally:
            holding.cancel()
            hearing.cancel()
            await asyncio.gather(holding, hearing, return_exceptions=True)
    kept = await _kept(dsn)
    lost = measured.posted.keys() - kept
    ended = time.perf_counter()  # what was not heard counts as heard now
    waits = sorted(
        (measured.arrived.get(id_, ended) - began) * 1_000 for id_, began in measured.posted.items()
    )
    complete = not lost and not measured.unheard() and not measured.refused
    p99 = waits[len(waits) * 99 // 100]
    expected = PER_SECOND * SECONDS
    return Result(
        id="chat_to_socket",
        measured=round(p99, 1),
        unit="ms at the 99th percentile",
        reach=P99_MS,
        ok=p99 <= P99_MS and complete and len(waits) == expected,
        against=(
            f"median {waits[len(waits) // 2]:.1f} ms, longest {waits[-1]:.0f} ms;"
            f" {len(waits)} of {expected} acknowledged, {len(lost)} lost,"
            f" {len(measured.unheard())} unheard;"
            f" beside transactions of {HELD_S * 1_000:.0f} ms"
        ),
    )


def _token(channel_id: UUID) -> str:
    return token_for(Sealer(SECRET), Visitor(channel_id, new_id()), SystemClock().now())


def _message() -> dict[str, str]:
    return {"client_id": str(uuid4()), "text": WORDS, "locale": "fa"}


async def _visitor(port: int, path: str, token: str, number: int, measured: _Measured) -> None:
    """Posts at fixed moments, whether or not the earlier answer was slow."""
    began = time.perf_counter() + number / PER_SECOND
    async with Http(port, token) as http:
        for turn in range(PER_SECOND * SECONDS // VISITORS):
            due = began + turn * VISITORS / PER_SECOND
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            sent = time.perf_counter()
            status, answer = await http.ask("POST", path, _message())
            if status == 201:
                measured.posted[answer["message"]["id"]] = min(sent, due)
            else:
                measured.refused += 1


async def _hear(desk: ClientConnection, measured: _Measured) -> None:
    async for frame in desk:
        heard = msgspec.json.decode(frame)
        if heard["t"] == "put" and heard["kind"] == "message":
            measured.arrived.setdefault(heard["id"], time.perf_counter())
        elif heard["t"] == "snapshot":  # a slow socket begins anew
            for item in heard["items"]:
                measured.arrived.setdefault(item["id"], time.perf_counter())


async def _hold(dsn: str) -> None:
    """One transaction after another that writes to the log and takes its time to commit."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        while True:
            await conn.execute(
                "INSERT INTO events (id, type, aggregate_kind, aggregate_id, aggregate_version,"
                " actor_kind, audience, audience_before, at, data)"
                " VALUES (%s, 'Measured', 'measurement', %s, 1, 'system', '{}', '{}', now(), '{}')",
                [new_id(), new_id()],
            )
            await asyncio.sleep(HELD_S)
            await conn.commit()


async def _kept(dsn: str) -> set[str]:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        rows = await conn.execute("SELECT id::text FROM messages")
        return {id_ for (id_,) in await rows.fetchall()}
