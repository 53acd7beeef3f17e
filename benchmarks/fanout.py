"""Fan-out: 1,000 sockets, each entitled to a tenth of all events, against a bare broadcast.

A real server in a child process; the log, the reader, permissions, entities and the way to the
socket are the real ones, the entities' table is a small one of the measurement's own. The peer is
Starlette's own `send_text` with frames of the same size to the same number of sockets of the same
server, in turns with ours. What each socket got is compared with a fresh query of what its user
may see.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from benchmarks import Result
from wasl.infra.clock import SystemClock
from wasl.infra.database import make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.events import TOPIC, Event, append
from wasl.infra.ids import new_id
from wasl.infra.postgres import EmbeddedPostgres
from wasl.migrations import upgrade

SOCKETS = 1_000
QUEUES = 10
ROWS = 1_000  # all of them change once in a round
ROUNDS = 8  # the first warms up; the others count
PER_TRANSACTION = 20
MAX_KB = 60.0

_tables = MetaData()
rows = Table(
    "fanout_rows",
    _tables,
    Column("id", Uuid, primary_key=True),
    Column("queue", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)
members = Table(
    "fanout_members",
    _tables,
    Column("user_id", Uuid, primary_key=True),
    Column("queue", Integer, nullable=False),
)


def shown(row: Any) -> dict[str, Any]:
    """About what a conversation's row is on the wire."""
    return {
        "id": row.id,
        "number": "W-4187",
        "contact": {"id": row.id, "name": "مریم احمدی", "verified": True},
        "subject": "سفارش من هنوز نرسیده است",
        "status": "open",
        "channel": {"id": row.id, "kind": "web_chat", "name": "shop"},
        "preview": {
            "text": "سلام، سفارشی که هفتهٔ پیش دادم هنوز به دستم نرسیده؛ ممکن است پیگیری کنید؟",
            "kind": "message",
            "direction": "in",
            "attachments": 0,
        },
        "last_message_at": "2026-11-21T09:00:00Z",
        "unread": 2,
        "assignee": None,
        "queue": {"id": row.id, "name": "orders"},
        "state": "queued",
        "due_at": "2026-11-21T09:05:00Z",
        "due_total_s": 300,
        "priority": 1,
        "tags": ["delivery"],
        "locale": "fa",
        "spam": False,
        "version": row.version,
    }


# ── the measurement ──────────────────────────────────────────────────────────────────────────


async def run(progress: Callable[[str], None]) -> Result:
    folder = await asyncio.to_thread(_folder)
    server = EmbeddedPostgres(folder)
    try:
        dsn = await asyncio.to_thread(server.start, lambda line: None)
        await asyncio.to_thread(upgrade, dsn)
        async with _child(dsn) as (port, ask):
            return await _measure(dsn, port, ask, progress)
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="wasl-bench-"))
    made.chmod(0o711)  # the server's own user passes through
    return made


Ask = Callable[[str], Any]


async def _measure(dsn: str, port: int, ask: Ask, progress: Callable[[str], None]) -> Result:
    engine = make_engine(dsn, pool_size=2)
    users = await _fill(engine)
    empty = await ask("stats")
    clients = [_Client(f"/socket?user={user}") for user in users]
    await _connect(clients, port)
    held = await ask("stats")
    kb = (held["rss"] - empty["rss"]) / SOCKETS / 1024
    progress(f"{SOCKETS} sockets subscribed, {kb:.1f} KB each")
    bare = [_Client("/bare") for _ in range(SOCKETS)]
    await _connect(bare, port)
    expected = ROWS * SOCKETS // QUEUES

    async def measured(some: Sequence[_Client], number: int, work: Awaitable[Any]) -> _Round:
        for client in some:
            client.ping()
        before = (await ask("stats"))["cpu"]
        began = time.perf_counter()
        await work
        await _until(some, expected * (number + 1))
        took = time.perf_counter() - began
        cpu = (await ask("stats"))["cpu"] - before
        return _Round(expected / took, cpu / expected * 1e6)

    pairs: list[tuple[_Round, _Round]] = []
    for number in range(ROUNDS):
        ours = await measured(clients, number, _change_all(engine, ask))
        theirs = await measured(bare, number, ask(f"broadcast {expected // SOCKETS}"))
        pairs.append((ours, theirs))
        progress(
            f"entitled {ours.rate:,.0f} frames/s, {ours.cpu_us:.1f} µs of CPU a frame;"
            f" bare {theirs.rate:,.0f}, {theirs.cpu_us:.1f}"
        )
    equal = await _equal(engine, clients)
    for client in [*clients, *bare]:
        client.close()
    await engine.dispose()
    ratios = sorted(pairs[1:], key=lambda pair: pair[0].rate / pair[1].rate)
    ours, theirs = ratios[len(ratios) // 2]
    ratio = ours.rate / theirs.rate
    return Result(
        id="fanout",
        measured=round(ratio, 2),
        unit="of a bare broadcast's frames/s",
        reach=0.8,
        ok=ratio >= 0.8 and kb <= MAX_KB and equal,
        against=(
            f"{ours.rate:,.0f} of {theirs.rate:,.0f} frames/s, the middle of {len(ratios)} pairs; "
            f"{ours.cpu_us:.1f} of {theirs.cpu_us:.1f} µs CPU a frame; "
            f"{kb:.1f} KB a socket (≤ {MAX_KB:.0f}); "
            f"delivered {'equals' if equal else 'DIFFERS FROM'} a fresh query"
        ),
    )


class _Round(NamedTuple):
    rate: float
    cpu_us: float


async def _fill(engine: AsyncEngine) -> list[UUID]:
    users = [new_id() for _ in range(SOCKETS)]
    async with engine.begin() as conn:
        await conn.run_sync(_tables.create_all)
        await conn.execute(
            insert(members),
            [{"user_id": user, "queue": n % QUEUES} for n, user in enumerate(users)],
        )
        await conn.execute(
            insert(rows), [{"id": new_id(), "queue": n % QUEUES, "version": 1} for n in range(ROWS)]
        )
    return users


async def _change_all(engine: AsyncEngine, ask: Ask) -> None:
    """Every row once, in transactions as they come in life; the server is woken after each."""
    clock = SystemClock()
    async with engine.connect() as conn:
        ids = [row.id for row in await conn.execute(select(rows.c.id).order_by(rows.c.id))]
        await conn.rollback()
        for first in range(0, ROWS, PER_TRANSACTION):
            some = ids[first : first + PER_TRANSACTION]
            changed = await conn.execute(
                update(rows)
                .where(rows.c.id.in_(some))
                .values(version=rows.c.version + 1)
                .returning(rows)
            )
            await append(conn, *(_event(row, clock) for row in changed))
            await conn.commit()
            await ask("wake")


def _event(row: Any, clock: SystemClock) -> Event:
    keys = frozenset({f"queue:{row.queue}", "all"})
    return Event("RowChanged", "row", row.id, row.version, keys, clock.now())


async def _equal(engine: AsyncEngine, clients: Sequence[_Client]) -> bool:
    """Whether every socket got exactly what its user may see, in its newest version."""
    async with engine.connect() as conn:
        found = await conn.execute(
            select(members.c.user_id, rows.c.id, rows.c.version).join(
                rows, rows.c.queue == members.c.queue
            )
        )
        may_see: dict[str, dict[str, int]] = {}
        for user, id_, version in found:
            may_see.setdefault(f"/socket?user={user}", {})[str(id_)] = version
    return all(client.delivered() == may_see[client.path] for client in clients)


# ── clients without a library between ────────────────────────────────────────────────────────


class _Client(asyncio.Protocol):
    """Counts the `put` frames of one socket and keeps them for later."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.puts = 0
        self.subscribed = asyncio.Event()
        self._kept: list[bytes] = []
        self._buffer = b""
        self._open = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nAuthorization: bench\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self._open:
            head, found, rest = buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = buffer
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._open, buffer = True, rest
            self._say(b'{"t":"sub","scope":"list:all"}')
        at, end = 0, len(buffer)
        while end - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if start + size > end:
                break
            opcode, at = buffer[at] & 15, start + size
            if opcode == 9:
                self._say(buffer[start:at], opcode=10)
            elif buffer.startswith(b'{"t":"put"', start):
                self.puts += 1
                self._kept.append(buffer[start:at])
            elif buffer.startswith((b'{"t":"snapshot"', b'{"t":"ready-bare"'), start):
                self.subscribed.set()
        self._buffer = buffer[at:]

    def _say(self, text: bytes, opcode: int = 1) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text))
        assert self._transport is not None
        self._transport.write(bytes([0x80 | opcode, 0x80 | len(text)]) + mask + masked)

    def ping(self) -> None:
        """A silent client would be closed."""
        self._say(b'{"t":"ping"}')

    def delivered(self) -> dict[str, int]:
        """id → newest version, of everything that came."""
        newest: dict[str, int] = {}
        for frame in self._kept:
            put = msgspec.json.decode(frame)
            newest[put["id"]] = max(put["v"], newest.get(put["id"], 0))
        return newest

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _itself(client: _Client) -> _Client:
    return client


async def _connect(clients: Sequence[_Client], port: int) -> None:
    loop = asyncio.get_running_loop()
    for first in range(0, len(clients), 50):
        some = clients[first : first + 50]
        for client in some:
            await loop.create_connection(partial(_itself, client), "127.0.0.1", port)
        async with asyncio.timeout(60):
            for client in some:
                await client.subscribed.wait()


async def _until(clients: Sequence[_Client], count: int) -> None:
    async with asyncio.timeout(120):
        while sum(client.puts for client in clients) < count:  # noqa: ASYNC110  # many sources
            await asyncio.sleep(0.005)


# ── the server, in a process of its own ──────────────────────────────────────────────────────


@asynccontextmanager
async def _child(dsn: str) -> AsyncIterator[tuple[int, Ask]]:
    """The server's port, and a way to ask it one line and get one back."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.fanout",
        str(listening.fileno()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=[listening.fileno()],
        env={**os.environ, "FANOUT_DSN": dsn, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    answers, questions = child.stdout, child.stdin

    async def ask(question: str) -> Any:
        questions.write(f"{question}\n".encode())
        return json.loads(await answers.readline())

    try:
        await ask("stats")
        yield listening.getsockname()[1], ask
    finally:
        child.terminate()
        await child.wait()
        listening.close()


async def serve(fd: int, dsn: str) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket, WebSocketDisconnect

    from wasl.infra.bus import LocalBus
    from wasl.infra.web import HotDoors
    from wasl.realtime import (
        Caller,
        Connected,
        Entity,
        Ephemeral,
        Family,
        Hub,
        Part,
        Viewer,
        desk_endpoint,
    )
    from wasl.realtime.wire import put, put_tail

    def entity(row: Any) -> Entity:
        return Entity(row.id, row.version, shown(row), frozenset({f"queue:{row.queue}", "all"}))

    async def fetch(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
        found = await conn.execute(select(rows).where(rows.c.id.in_(list(ids))))
        return {row.id: entity(row) for row in found}

    async def snapshot(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
        own = rows.c.queue.in_([int(k[6:]) for k in viewer.keys if k.startswith("queue:")])
        found = await conn.execute(select(rows).where(own).order_by(rows.c.id).limit(100))
        return [entity(row) for row in found]

    async def allows(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
        return True

    async def viewers_of(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Viewer]:
        found = await conn.execute(select(members).where(members.c.user_id.in_(list(ids))))
        return {
            row.user_id: Viewer(
                row.user_id, "", frozenset({f"user:{row.user_id}", f"queue:{row.queue}"})
            )
            for row in found
        }

    async def authenticate(request: Any) -> Caller:
        return Caller(UUID(request.query_params["user"]), "bench")

    async def on_presence(user_id: UUID, connected: bool) -> None:
        return None

    bus, engine = LocalBus(), make_engine(dsn, pool_size=10)
    family = Family("list", (Part("row", "row", fetch, snapshot, limit=100),), allows)
    hub = Hub(engine, bus, EventFeed(engine, bus), [family], viewers_of)
    everybody: set[WebSocket] = set()

    async def bare(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text('{"t":"ready-bare"}')
        everybody.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            everybody.discard(websocket)

    async def broadcast(count: int) -> None:
        async with engine.connect() as conn:
            row = (await conn.execute(select(rows).limit(1))).one()
        text: str = put("list:all", put_tail(hub._cursor, "row", row.id, 1, shown(row)))["text"]
        for _ in range(count):
            for websocket in list(everybody):
                await websocket.send_text(text)
            await asyncio.sleep(0)

    ephemeral = Ephemeral(hub, bus)
    connected = Connected(bus, SystemClock(), on_presence)
    desk = desk_endpoint(hub, ephemeral, connected, authenticate, ())
    app = HotDoors(
        [WebSocketRoute("/socket", desk)], Starlette(routes=[WebSocketRoute("/bare", bare)])
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
        )
    )
    await hub.start()
    serving = asyncio.create_task(server.serve(sockets=[socket.socket(fileno=fd)]))
    questions = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(questions), sys.stdin
    )
    while line := (await questions.readline()).decode().strip():
        if line == "wake":
            bus.wake(TOPIC)
        elif line.startswith("broadcast"):
            await broadcast(int(line.split()[1]))
        print(json.dumps({"rss": _rss(), "cpu": time.process_time()}), flush=True)
    server.should_exit = True
    await serving


def _rss() -> int:
    """Resident bytes of this process."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), os.environ["FANOUT_DSN"]))
