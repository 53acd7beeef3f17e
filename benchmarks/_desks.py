"""Who is in the centre during a recorded day: contacts who write and agents at their desks, with
the ends of the line where our replies arrive."""

from __future__ import annotations

import asyncio
import smtplib
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from random import Random
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks._day import ACCEPT_S, DECLINES, WRAP_UP_S, Agent, Came, Day
from benchmarks._place import SECRET, Http, pause
from wasl.adapters.api import wire
from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id

HOOK_SECRET = "a-secret-of-the-app"  # opens nothing
SUPPORT = "support@shop.example"
_IDLE_S = 2.0  # a server closes connections that are idle for longer
_SAYS_S = 10.0
_LATE_S = 0.5
_STALE = 0.05  # of all offers are first accepted with the epoch of another one


class Doors:
    """Connections to the server, kept for whoever asks next."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._idle: list[tuple[float, Http]] = []

    async def ask(
        self, token: str, method: str, path: str, body: Any = None, headers: str = ""
    ) -> tuple[int, Any]:
        """Asks as whose token it is (none: nobody's); see `Http.ask`."""
        while self._idle and time.monotonic() - self._idle[0][0] > _IDLE_S:
            await self._idle.pop(0)[1].__aexit__()
        http = self._idle.pop()[1] if self._idle else await Http(self.port).__aenter__()
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        try:
            answer = await http.ask(method, path, body, headers=authorization + headers)
        except BaseException:
            await http.__aexit__()
            raise
        self._idle.append((time.monotonic(), http))
        return answer

    async def close(self) -> None:
        for _, http in self._idle:
            await http.__aexit__()


class Place:
    """What is known of the set-up: ids and keys in the order of the day's classes and agents."""

    def __init__(
        self,
        dsn: str,
        channel_ids: Sequence[UUID],
        public_keys: Sequence[str],
        agent_ids: Sequence[UUID],
        tokens: Sequence[str],
        closing: str,
        smtp_port: int,
    ) -> None:
        self.dsn = dsn
        self.channel_ids = channel_ids
        self.public_keys = public_keys
        self.agent_ids = agent_ids
        self.tokens = tokens
        self.closing = closing
        self.smtp_port = smtp_port


class People:
    """Plays the day against a server. `counted` says what happened at the desks and the doors."""

    def __init__(self, day: Day, place: Place, port: int) -> None:
        self._day = day
        self._place = place
        self._doors = Doors(port)
        self._dice = Random(f"{day.seed}:desks")  # not a secret
        self._sealer = Sealer(SECRET)
        self._began = 0.0
        self._seen: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.counted: Counter[str] = Counter()
        self.wrong: list[str] = []

    # ── the day ──────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def at_their_desks(self) -> AsyncIterator[None]:
        """All agents' sockets are open; whoever begins the day is available."""
        hearing: list[asyncio.Task[None]] = []
        desks: list[ClientConnection] = []
        try:
            for n, token in enumerate(self._place.tokens):
                desk = await connect(
                    f"ws://127.0.0.1:{self._doors.port}/api/v1/socket",
                    additional_headers={"Authorization": f"Bearer {token}"},
                )
                desks.append(desk)
                await desk.send('{"t":"sub","scope":"me"}')
                while msgspec.json.decode(await desk.recv())["t"] != "snapshot":
                    pass
                hearing.append(asyncio.create_task(self._hear(desk, n)))
                if self._day.agents[n].shifts[0][0] == 0:
                    await self._declare(n, "available")
            yield
        finally:
            for task in hearing:
                task.cancel()
            await asyncio.gather(*hearing, return_exceptions=True)
            await asyncio.gather(*(desk.close() for desk in desks), return_exceptions=True)
            await self._doors.close()

    async def live(self, begins_at: datetime | None) -> None:
        """The whole day from then (None: from now), until everybody who is to come has come.
        RuntimeError when it should have begun before."""
        now = datetime.now(UTC)
        ahead_s = ((begins_at or now) - now).total_seconds()
        if ahead_s < -_LATE_S:
            raise RuntimeError(f"the desks are open {-ahead_s:.0f} s too late")
        self._began = time.perf_counter() + ahead_s
        await self._until(0)
        for n, agent in enumerate(self._day.agents):
            self._do(self._works(n, agent))
        for n, came in enumerate(self._day.came):
            await self._until(came.at_s)
            self._do(self._writes(n, came))

    async def rest(self, within_s: float) -> None:
        """Returns once nobody is doing anything any more."""
        async with asyncio.timeout(within_s):
            while self._tasks:
                await asyncio.wait(set(self._tasks))

    def now_s(self) -> float:
        return time.perf_counter() - self._began

    async def _until(self, at_s: float) -> None:
        await pause(max(0.0, at_s - self.now_s()))

    def _do(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.counted["failed"] += 1
            self.wrong.append(f"{type(error).__name__}: {error}"[:300])

    async def _ask(
        self,
        token: str,
        method: str,
        path: str,
        body: Any,
        among: tuple[int, ...],
        headers: str = "",
    ) -> tuple[int, Any]:
        status, answer = await self._doors.ask(token, method, path, body, headers)
        if status not in among:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return status, answer

    # ── contacts ─────────────────────────────────────────────────────────────────────────────

    async def _writes(self, n: int, came: Came) -> None:
        one, key = self._day.classes[came.of], self._place.public_keys[came.of]
        words = f"#{n} سلام، سفارشم هنوز نرسیده است"
        conversation_id = ""
        if one.kind == "web_chat":
            visitor = Visitor(self._place.channel_ids[came.of], new_id())
            token = token_for(self._sealer, visitor, SystemClock().now())
            body = {"client_id": str(uuid4()), "text": words, "locale": "fa"}
            path = f"/client/v1/{key}/messages"
            _, answer = await self._ask(token, "POST", path, body, (201,))
            conversation_id = answer["conversation"]["id"]
        elif one.kind == "api":
            sender = {"id": f"contact-{n}", "name": f"Contact {n}"}
            told = {"type": "message", "id": f"day-{n}", "from": sender, "text": words}
            raw, stamp = msgspec.json.encode(told), str(int(time.time()))
            signature = wire.sign(HOOK_SECRET, stamp, raw)
            signed = f"X-Wasl-Timestamp: {stamp}\r\nX-Wasl-Signature: {signature}\r\n"
            await self._ask("", "POST", f"/hooks/api/{key}", raw, (200,), signed)
        else:
            await asyncio.to_thread(self._mail, n, words)
        self.counted["written"] += 1
        if came.patience_s is None:
            return
        await self._until(came.at_s + came.patience_s)
        if not conversation_id:
            conversation_id = await self._conversation_of(came.of, f"day-{n}")
        status, _ = await self._ask(
            self._place.closing,
            "POST",
            f"/api/v1/conversations/{conversation_id}/status",
            {"status": "resolved"},
            (200, 409),  # somebody has it, or has had it
        )
        self.counted["gave up"] += status == 200

    def _mail(self, n: int, words: str) -> None:
        message = EmailMessage()
        message["From"] = f"Contact {n} <contact{n}@example.com>"
        message["To"] = SUPPORT
        message["Subject"] = f"Order {n}"
        message["Message-ID"] = f"<day-{n}@example.com>"
        message.set_content(words)
        with smtplib.SMTP("127.0.0.1", self._place.smtp_port, timeout=30) as smtp:
            smtp.send_message(message)

    async def _conversation_of(self, of: int, provider_id: str) -> str:
        """Which conversation a message went to that was brought without an answer."""
        async with await psycopg.AsyncConnection.connect(self._place.dsn) as conn:
            found = await conn.execute(
                "SELECT conversation_id FROM provider_ids WHERE channel_id = %s"
                " AND provider_id = %s",
                [self._place.channel_ids[of], provider_id],
            )
            row = await found.fetchone()
        if row is None:
            raise RuntimeError(f"{provider_id} was acknowledged and is not there")
        return str(row[0])

    # ── agents ───────────────────────────────────────────────────────────────────────────────

    async def _declare(self, n: int, presence: str) -> None:
        path, body = "/api/v1/presence", {"presence": presence}
        await self._ask(self._place.tokens[n], "PUT", path, body, (200,))

    async def _works(self, n: int, agent: Agent) -> None:
        for number, (begins_s, ends_s) in enumerate(agent.shifts, 1):
            if begins_s > 0:
                await self._until(begins_s)
                await self._declare(n, "available")
            await self._until(ends_s)
            await self._declare(n, "offline" if number == len(agent.shifts) else "away")

    async def _hear(self, desk: ClientConnection, n: int) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                silent = tasks.create_task(_keep_open(desk))
                await self._hear_on(desk, n)
                silent.cancel()
            self.wrong.append(f"the desk of agent {n} was closed")
        except* ConnectionClosed as errors:
            self.wrong.append(f"the desk of agent {n} was closed: {errors.exceptions[0]}")

    async def _hear_on(self, desk: ClientConnection, n: int) -> None:
        async for frame in desk:
            heard = msgspec.json.decode(frame)
            shown = [heard] if heard["t"] == "put" else heard.get("items", ())
            for item in shown:
                if item.get("kind") == "offer" and item["id"] not in self._seen:
                    self._seen.add(item["id"])
                    self._do(self._answers(n, item["data"]))

    async def _answers(self, n: int, offer: Mapping[str, Any]) -> None:
        """Accepts what was offered, replies, works at it and resolves it; or declines."""
        self.counted["shown"] += 1
        token, path = self._place.tokens[n], f"/api/v1/offers/{offer['id']}"
        await pause(ACCEPT_S)
        if self._dice.random() < DECLINES:
            body = {"epoch": offer["epoch"]}
            await self._ask(token, "POST", f"{path}/decline", body, (204, 409))
            self.counted["declined"] += 1
            return
        if self._dice.random() < _STALE:
            body = {"epoch": offer["epoch"] - 1}
            status, _ = await self._ask(token, "POST", f"{path}/accept", body, (200, 409, 422))
            self.counted["stale refused" if status != 200 else "stale taken"] += 1
        body = {"epoch": offer["epoch"]}
        status, _ = await self._ask(token, "POST", f"{path}/accept", body, (200, 409))
        if status == 409:  # its contact has given up, or the agent has gone
            self.counted["too late"] += 1
            return
        took_s = self.now_s()
        self.counted["accepted"] += 1
        came = self._day.came[int(offer["preview"].split()[0][1:])]
        conversation = f"/api/v1/conversations/{offer['conversation_id']}"
        reply = {
            "channel_id": str(self._place.channel_ids[came.of]),
            "client_id": str(uuid4()),
            "text": "سلام، همین حالا پیگیری می‌کنم.",
        }
        await self._ask(token, "POST", f"{conversation}/messages", reply, (202,))
        await self._until(took_s + max(0.0, came.work_s - WRAP_UP_S))
        await self._ask(token, "POST", f"{conversation}/status", {"status": "resolved"}, (200,))
        self.counted["resolved"] += 1


async def _keep_open(desk: ClientConnection) -> None:
    """A silent desk would be closed."""
    while True:
        await pause(_SAYS_S)
        await desk.send('{"t":"ping"}')


# ── where our replies arrive ─────────────────────────────────────────────────────────────────


@asynccontextmanager
async def far_ends() -> AsyncIterator[tuple[int, int]]:
    """The app's own system and a mail server, which take everything: their ports."""
    app = await asyncio.start_server(_app, "127.0.0.1", 0)
    mail = await asyncio.start_server(_mail_server, "127.0.0.1", 0)
    try:
        yield app.sockets[0].getsockname()[1], mail.sockets[0].getsockname()[1]
    finally:
        app.close()
        mail.close()


async def _app(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            size = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
            await reader.readexactly(size)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _mail_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        writer.write(b"220 mail.example ESMTP\r\n")
        while line := await reader.readline():
            command = line[:4].upper().strip()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            elif command == b"EHLO":
                writer.write(b"250-mail.example\r\n250 SMTPUTF8\r\n")
            else:
                writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            if command == b"QUIT":
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
