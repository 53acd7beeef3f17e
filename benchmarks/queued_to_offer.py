"""From an interaction's being queued to the offer on the agent's socket: 20 a second for a minute.

A real server in a child process; this one takes messages with the host's own ingest, as another
process of ours would, and holds 50 agents' sockets. The time runs from the commit of what the
contact wrote to the frame that shows the offer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import Result
from benchmarks._floor import Floor, analyse, cpu_s, fill
from benchmarks._place import SECRET, Server, folder, pause, postgres
from wasl.accounts.service import add_api_token
from wasl.channels import Channels
from wasl.channels.contract import Address, Channel, InboundMessage
from wasl.conversations.host import Ingest
from wasl.infra.blobs import LocalBlobs
from wasl.infra.bus import PostgresBus
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.main import register_hooks

AGENTS = 50
WARM_UP = 60
PER_SECOND = 20
SECONDS = 60
P99_MS = 20.0
_LATEST_S = 10.0
WORDS = "سلام، سفارشی که هفتهٔ پیش دادم هنوز به دستم نرسیده؛ ممکن است پیگیری کنید؟"


async def run(progress: Callable[[str], None]) -> Result:
    register_hooks()
    total = WARM_UP + PER_SECOND * SECONDS
    async with postgres() as dsn:
        floor = await fill(dsn, agents=AGENTS, capacity=-(-total // AGENTS))
        with folder() as place:
            server = Server(place, database_url=dsn)
            try:
                await server.start()
                return await _measure(floor, server, progress)
            finally:
                await server.stop()


async def _measure(floor: Floor, server: Server, progress: Callable[[str], None]) -> Result:
    assert server.process is not None
    queued: dict[UUID, float] = {}  # conversation → when it was committed
    offered: dict[UUID, float] = {}
    async with AsyncExitStack() as stack:
        for token in await _tokens(floor):
            await stack.enter_async_context(_agent(server.port, token, offered))
        progress(f"{AGENTS} agents' sockets are open")
        host = await stack.enter_async_context(_host(floor.dsn))
        channel = await host.channel(floor.channel_id)
        for number in range(WARM_UP):
            await host.take(channel)
            await pause(1 / PER_SECOND)
            if number == WARM_UP // 2:
                await analyse(floor.dsn)
        spent = cpu_s(server.process.pid)
        began = time.perf_counter()
        for number in range(PER_SECOND * SECONDS):
            await pause(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            conversation_id, at = await host.take(channel)
            queued[conversation_id] = at
        until = time.perf_counter() + _LATEST_S
        while queued.keys() - offered.keys() and time.perf_counter() < until:
            await pause(0.05)
        spent = cpu_s(server.process.pid) - spent
    ended = time.perf_counter()  # what was not offered counts as offered now
    waits = sorted((offered.get(id_, ended) - at) * 1_000 for id_, at in queued.items())
    missing = len(queued.keys() - offered.keys())
    p99 = waits[len(waits) * 99 // 100]
    total = PER_SECOND * SECONDS
    return Result(
        id="queued_to_offer",
        measured=round(p99, 1),
        unit="ms at the 99th percentile",
        reach=P99_MS,
        ok=p99 <= P99_MS and not missing and len(waits) == total,
        against=(
            f"median {waits[len(waits) // 2]:.1f} ms, longest {waits[-1]:.0f} ms;"
            f" {total - missing} of {total} shown to one of {AGENTS} agents;"
            f" {spent / total * 1_000:.1f} ms of the server's CPU each"
        ),
    )


async def _tokens(floor: Floor) -> list[str]:
    engine, now = make_engine(floor.dsn, pool_size=1), SystemClock().now()
    try:
        async with Database(engine).transaction() as conn:
            return [
                (await add_api_token(conn, id_, "measuring", expires_at=None, now=now))[1]
                for id_ in floor.agent_ids
            ]
    finally:
        await engine.dispose()


@asynccontextmanager
async def _agent(port: int, token: str, offered: dict[UUID, float]) -> AsyncIterator[None]:
    """An agent's desk, which notes each offer that it is shown."""
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(f"ws://127.0.0.1:{port}/api/v1/socket", additional_headers=headers) as desk:
        await desk.send('{"t":"sub","scope":"me"}')
        while msgspec.json.decode(await desk.recv())["t"] != "snapshot":
            pass
        hearing = asyncio.create_task(_hear(desk, offered))
        try:
            yield
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


async def _hear(desk: ClientConnection, offered: dict[UUID, float]) -> None:
    async for frame in desk:
        at = time.perf_counter()
        heard = msgspec.json.decode(frame)
        if heard["t"] == "put" and heard["kind"] == "offer":
            offered.setdefault(UUID(heard["data"]["conversation_id"]), at)
        elif heard["t"] == "ping":
            await desk.send('{"t":"ping"}')


class _Host:
    """Takes contacts' messages; knows when each was committed."""

    def __init__(self, dsn: str) -> None:
        self.bus = PostgresBus(dsn)
        self.engine = make_engine(dsn, pool_size=2)
        sealer = Sealer(SECRET)
        self._channels = Channels(self.engine, sealer)
        self._committed_at = 0.0
        self._ingest = Ingest(
            Database(self.engine, self._wake),
            self._channels,
            LocalBlobs(Path("/dev/null")),
            sealer,
            SystemClock(),
            lambda conversation_id, contact_id, on: None,
        )

    def _wake(self, topic: str) -> None:
        self._committed_at = time.perf_counter()
        self.bus.wake(topic)

    async def channel(self, channel_id: UUID) -> Channel:
        return await self._channels.by_id(channel_id)

    async def take(self, channel: Channel) -> tuple[UUID, float]:
        """A new contact writes: their conversation, and when it was committed."""
        sender = Address("web_visitor", str(uuid4()), "مریم احمدی")
        message = InboundMessage(str(uuid4()), sender, WORDS, proven=True, locale="fa")
        (taken,) = await self._ingest.take(channel, [message])
        assert taken.conversation_id is not None
        return taken.conversation_id, self._committed_at


@asynccontextmanager
async def _host(dsn: str) -> AsyncIterator[_Host]:
    host = _Host(dsn)
    await host.bus.start()
    try:
        yield host
    finally:
        await host.bus.stop()
        await host.engine.dispose()
