"""A place to measure in: a folder of its own, a PostgreSQL that flushes, a small company, and the
real server as a child process with a plain HTTP client for it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks._ports import free_port
from wasl import accounts, channels, routing
from wasl.accounts.service import add_api_token
from wasl.demo import SIGN_INS
from wasl.demo.seed import seed
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.events import SYSTEM
from wasl.infra.postgres import EmbeddedPostgres
from wasl.main import register_hooks
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
    """What `set_up` has made; `token` signs an agent of the queue in."""

    queue_id: UUID
    agent_id: UUID
    token: str
    channel_ids: list[UUID]
    public_keys: list[str]


async def set_up(dsn: str, *configured: tuple[str, dict[str, Any]]) -> Company:
    """One queue, and a channel of each (kind, settings) that leads to it."""
    now, sealer = SystemClock().now(), Sealer(SECRET)
    engine = make_engine(dsn, pool_size=1)
    try:
        async with Database(engine).transaction() as conn:
            await routing.add_defaults(conn)
            queue_id = await routing.add_queue(conn, QUEUE, actor=SYSTEM, now=now)
            agent_id = await accounts.add_user(
                conn,
                email="agent@example.com",
                name="Agent",
                role=accounts.Role.AGENT,
                password=SECRET,
                now=now,
            )
            _, token = await add_api_token(conn, agent_id, "measuring", expires_at=None, now=now)
            await routing.set_members(conn, queue_id, {agent_id: 3}, actor=SYSTEM, now=now)
            made, keys = [], []
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
                keys.append((await channels.load(conn, sealer, channel_id)).public_key)
        return Company(queue_id, agent_id, token, made, keys)
    finally:
        await engine.dispose()


@dataclass(frozen=True, slots=True)
class Seeded:
    """A way into the demo company: a supervisor's token, its shop's web chat."""

    token: str
    channel_id: UUID
    public_key: str


async def seeded(place: Path) -> Seeded:
    """Fills a data folder with the demo company; its PostgreSQL has stopped afterwards."""
    server = EmbeddedPostgres(place)
    try:
        dsn = await asyncio.to_thread(server.start, lambda line: None)
        await asyncio.to_thread(upgrade, dsn)
        register_hooks()
        engine, sealer, now = make_engine(dsn, pool_size=2), Sealer(SECRET), SystemClock().now()
        try:
            database = Database(engine)
            await seed(database, sealer, now=now, say=lambda line: None)
            async with database.transaction() as conn:
                email = next(email for email, _, role in SIGN_INS if role == "supervisor")
                user_id = await accounts.user_by_email(conn, email)
                assert user_id is not None
                _, token = await add_api_token(conn, user_id, "bench", expires_at=None, now=now)
                (chat,) = await channels.enabled_of_kind(conn, sealer, "web_chat")
        finally:
            await engine.dispose()
    finally:
        await asyncio.to_thread(server.stop)
    return Seeded(token, chat.id, chat.public_key)


# ── the server, in a process of its own ──────────────────────────────────────────────────────


async def pause(seconds: float) -> None:
    """Paces load, and looking again at another process, which tells us nothing by itself."""
    await asyncio.sleep(seconds)


class Server:
    """`wasl serve` (or another command) on a data folder."""

    def __init__(self, data_dir: Path, command: str = "serve", **settings: str) -> None:
        self.port = free_port()
        self.data_dir = data_dir
        self._command = command
        self._env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "WASL_DATA_DIR": str(data_dir),
            "WASL_SECRET_KEY": SECRET,
            "WASL_PORT": str(self.port),
            "WASL_LOG_LEVEL": "warning",
            **{f"WASL_{name.upper()}": value for name, value in settings.items()},
        }
        self._env.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody runs a server so
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, within_s: float = 60.0) -> None:
        """Starts it and returns once `/readyz` says so."""
        with (self.data_dir / "output.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "wasl.cli", self._command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
            )
        async with asyncio.timeout(within_s):
            while not await self.is_ready():
                if self.process.returncode is not None:
                    raise RuntimeError((self.data_dir / "output.log").read_text()[-2000:])
                await asyncio.sleep(0.005)

    async def is_ready(self) -> bool:
        try:
            async with Http(self.port) as http:
                return (await http.ask("GET", "/readyz"))[0] == 200
        except (OSError, EOFError):
            return False

    async def stop(self) -> None:
        """Ends it in order."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


class Http:
    """One kept-alive connection to a port of this machine, with nothing between."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._authorization = f"Authorization: Bearer {token}\r\n" if token else ""

    async def __aenter__(self) -> Http:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._writer.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: str = "",
        content_type: str = "application/json",
    ) -> tuple[int, Any]:
        """The status and the decoded JSON of the answer; OSError or EOFError when it is cut off.

        `body` is bytes as they are, or something to encode as JSON; `headers` are whole lines.
        """
        status, _, answer = await self.ask_raw(
            method, path, body, headers=headers, content_type=content_type
        )
        return status, json.loads(answer) if answer.startswith((b"{", b"[")) else answer

    async def ask_raw(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: str = "",
        content_type: str = "application/json",
    ) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers by lower-case name, and the body as it came."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        if self._reader.at_eof():  # the server has let go of what was idle
            self._writer.close()
            await self.__aenter__()
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self._authorization}{headers}"
            f"Content-Type: {content_type}\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        return await self._answer()

    async def upload(self, path: str, size: int, *, told: bool) -> tuple[int, Any]:
        """Sends zeros, in chunks unless their number is told, until all or an answer is there."""
        length = f"Content-Length: {size}" if told else "Transfer-Encoding: chunked"
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{self._authorization}"
            f"{length}\r\n\r\n".encode()
        )
        answering = asyncio.ensure_future(self._answer())
        step = bytes(256 * 1024)
        for _ in range(size // len(step)):
            if answering.done():
                break
            self._writer.write(step if told else b"%x\r\n%b\r\n" % (len(step), step))
            with suppress(ConnectionError):  # it has answered and gone
                await self._writer.drain()
        status, _, answer = await answering
        return status, json.loads(answer)

    async def first_byte(self, method: str, path: str, body: Any) -> None:
        """Asks and returns with the first byte of the answer; the connection is done then."""
        raw = json.dumps(body).encode()
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self._authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        await self._reader.readexactly(1)

    async def _answer(self) -> tuple[int, dict[str, str], bytes]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in map(_parted, lines[1:])}
        return (
            int(lines[0][9:12]),
            headers,
            await self._reader.readexactly(int(headers.get("content-length", 0))),
        )


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")
