"""From a contact's answer to the flow's next message on the contact's own socket, durable: 100
conversations, 100 answers a second for half a minute, after five seconds of the same.

A real server in a child process on an embedded PostgreSQL that flushes; the contacts and their
sockets are in this process. The flow computes, branches and asks again after each answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import Result
from benchmarks._place import SECRET, Company, Http, Server, folder, postgres, set_up
from wasl import flows
from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.ids import new_id

VISITORS = 100
PER_SECOND = 100
SECONDS = 30
_WARM_UP_S = 5
P99_MS = 60.0
_OPEN_PER_SECOND = 10
_SETTLES_S = 3
_LATEST_S = 10.0

_FLOW: dict[str, Any] = {
    "schema": "wasl.flow/1",
    "name": {"fa": "سنجش"},
    "languages": ["fa"],
    "start": "ask",
    "steps": {
        "ask": {"type": "ask", "text": {"fa": "بعدی؟"}, "save": "answer", "next": "count"},
        "count": {"type": "set", "values": {"long": "len(answer)"}, "next": "which"},
        "which": {
            "type": "branch",
            "cases": [{"when": "answer == 'پایان'", "next": "bye"}],
            "otherwise": "ask",
        },
        "bye": {"type": "end"},
    },
}


@dataclass
class _Measured:
    took_s: list[float] = field(default_factory=list)
    unanswered: int = 0
    refused: int = 0


async def run(progress: Callable[[str], None]) -> Result:
    async with postgres() as dsn:
        company = await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}))
        await _lead(dsn, company)
        with folder() as place:
            server = Server(place, database_url=dsn)
            try:
                await server.start()
                return await _measure(server.port, company, progress)
            finally:
                await server.stop()


async def _lead(dsn: str, company: Company) -> None:
    engine, now = make_engine(dsn, pool_size=1), SystemClock().now()
    try:
        async with Database(engine).transaction() as conn:
            flow_id = await flows.add_flow(conn, "step", flows.definition_of(_FLOW), now=now)
            await flows.publish(conn, flow_id, version=1, by=None, now=now)
            await flows.lead_channel(conn, company.channel_ids[0], flow_id)
    finally:
        await engine.dispose()


async def _measure(port: int, company: Company, progress: Callable[[str], None]) -> Result:
    measured = _Measured()
    open_at = asyncio.Event()
    visitors = [
        asyncio.create_task(_visitor(port, company, n, open_at, measured)) for n in range(VISITORS)
    ]
    progress(f"{VISITORS} contacts open their chats")
    await asyncio.sleep(VISITORS / _OPEN_PER_SECOND + _SETTLES_S)
    open_at.set()
    await asyncio.gather(*visitors)
    waits = sorted(took_s * 1_000 for took_s in measured.took_s)
    expected = PER_SECOND * SECONDS
    p99 = waits[len(waits) * 99 // 100]
    return Result(
        id="flow_step",
        measured=round(p99, 1),
        unit="ms at the 99th percentile",
        reach=P99_MS,
        ok=p99 <= P99_MS and len(waits) == expected,
        against=(
            f"median {waits[len(waits) // 2]:.1f} ms, longest {waits[-1]:.0f} ms;"
            f" {len(waits)} of {expected} answered, {measured.refused} refused,"
            f" {measured.unanswered} without a next message"
        ),
    )


async def _visitor(
    port: int, company: Company, number: int, open_at: asyncio.Event, measured: _Measured
) -> None:
    """Answers at fixed moments, each time the flow has asked."""
    visitor = Visitor(company.channel_ids[0], new_id())
    token = token_for(Sealer(SECRET), visitor, SystemClock().now())
    base = f"/client/v1/{company.public_keys[0]}"
    url = f"ws://127.0.0.1:{port}{base}/socket?token={token}"
    await asyncio.sleep(number / _OPEN_PER_SECOND)
    async with Http(port, token) as http, connect(url, ping_interval=None) as socket:
        await socket.send(msgspec.json.encode({"t": "hello", "token": token}).decode())
        heard = _Heard()
        hearing = asyncio.create_task(heard.listen(socket))
        await http.ask("POST", f"{base}/messages", _says("سلام"))
        await open_at.wait()
        began = time.perf_counter() + number / PER_SECOND
        warm = PER_SECOND * _WARM_UP_S // VISITORS
        for turn in range(warm + PER_SECOND * SECONDS // VISITORS):
            due = began + turn * VISITORS / PER_SECOND
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            status, answer = await http.ask("POST", f"{base}/messages", _says(f"پاسخ {turn}"))
            if status != 201:
                measured.refused += 1
                continue
            try:
                async with asyncio.timeout(_LATEST_S):
                    at = await heard.after(answer["message"]["seq"])
                if turn >= warm:
                    measured.took_s.append(at - due)
            except TimeoutError:
                measured.unanswered += 1
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


class _Heard:
    """What the flow has said on a contact's socket, and when."""

    def __init__(self) -> None:
        self._at: dict[int, float] = {}
        self._more = asyncio.Event()

    async def listen(self, socket: ClientConnection) -> None:
        async for frame in socket:
            told = msgspec.json.decode(frame)
            items = told["items"] if told["t"] == "snapshot" else [told.get("message")]
            for item in items:
                if item and item["author"]["kind"] == "flow":
                    self._at.setdefault(item["seq"], time.perf_counter())
            self._more.set()

    async def after(self, seq: int) -> float:
        """When the message after this position was heard."""
        while seq + 1 not in self._at:
            self._more.clear()
            await self._more.wait()
        return self._at[seq + 1]


def _says(text: str) -> dict[str, str]:
    return {"client_id": str(uuid4()), "text": text, "locale": "fa"}
