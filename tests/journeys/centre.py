"""A small company on a real running server, in this process, with its people around it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from benchmarks._ports import free_port
from psycopg.rows import dict_row

from wasl import accounts, channels, routing
from wasl.accounts import Role
from wasl.accounts.service import add_api_token
from wasl.conversations.client import HostIdentity, signature_of
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.events import SYSTEM
from wasl.infra.settings import Settings
from wasl.main import serve

ROLES = frozenset({"web", "worker", "router"})
SECRET = "a secret key for tests, long enough"
SHOP_SECRET = "what the shop signs with"
LINK = re.compile(r"/c/([A-Za-z0-9_.-]+)")
Row = dict[str, Any]


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The server with all roles; gives a client of it."""
    serving = asyncio.create_task(serve(settings, ROLES))
    client = httpx.AsyncClient(base_url=settings.public_url, timeout=30)
    try:
        async with client, asyncio.timeout(120):
            while not await _ready(client):
                if serving.done():
                    serving.result()
                await asyncio.sleep(0)
            yield client
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def settings_for(dsn: str, data_dir: Path) -> Settings:
    """Settings of a demo on a free port; the database direct and by its pool is the same."""
    return Settings.model_validate(
        {
            "data_dir": data_dir,
            "secret_key": SECRET,
            "database_url": dsn,
            "port": free_port(),
            "demo": True,
        }
    )


@dataclass
class Centre:
    """What was set up, and everybody's way in."""

    http: httpx.AsyncClient
    dsn: str
    chat_key: str
    ids: dict[str, UUID]
    tokens: dict[str, str]

    async def agent(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """What the desk of an agent does; the answer has to be a good one."""
        answer = await self.http.request(
            method,
            f"/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[name]}"},
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def reply(self, name: str, conversation: str, channel: str, text: str) -> Any:
        """The composer: says something on a channel of one's choice."""
        return await self.agent(
            name,
            "POST",
            f"/conversations/{conversation}/messages",
            {"channel_id": str(self.ids[channel]), "text": text, "client_id": str(uuid4())},
        )

    async def mails(self, who: str, folder: str = "inbox") -> list[Row]:
        """A contact's mailbox, newest first."""
        answer = await self.http.get("/demo/mail", params={"who": who})
        assert answer.status_code == 200, answer.text
        return [mail for mail in answer.json()["items"] if mail["folder"] == folder]

    async def writes_mail(self, who: str, to: str, text: str, **more: Any) -> Row:
        """A contact's mail program sends; returns once we have taken it."""
        answer = await self.http.post(
            "/demo/mail", json={"who": who, "to": to, "text": text, **more}
        )
        assert answer.status_code == 201, answer.text
        sent: Row = answer.json()
        return sent

    @asynccontextmanager
    async def next_mail(self, who: str) -> AsyncIterator[asyncio.Future[Row]]:
        """The next mail that arrives at a contact after the block was entered."""
        found: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        watching = asyncio.Event()

        async def watch() -> None:
            async with self.http.stream("GET", "/demo/mail/events", params={"who": who}) as stream:
                async for line in stream.aiter_lines():
                    watching.set()
                    told = json.loads(line[6:]) if line.startswith("data: ") else {}
                    if told.get("folder") == "inbox":
                        found.set_result(
                            next(m for m in await self.mails(who) if m["id"] == told["id"])
                        )
                        return

        watcher = asyncio.create_task(watch())
        try:
            async with asyncio.timeout(20):
                await watching.wait()
            yield found
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def rows(self, query: str, **params: Any) -> list[Row]:
        """What stands in the tables."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as conn:
            return conn.execute(query, params).fetchall()  # type: ignore[arg-type]  # literals of the tests

    async def chat(self, **who: Any) -> Chat:
        """A contact's widget: `identity` (signed by the shop) or `link` (signed by us)."""
        answer = await self.http.post(f"/client/v1/{self.chat_key}/visitor", json=who)
        assert answer.status_code == 200, answer.text
        return Chat(self, answer.json())

    def signed(self, who: str, name: str) -> Row:
        """What the shop's server says of who is signed in there."""
        exp = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
        email = f"{who}@example.com"
        identity = HostIdentity(id=who, exp=exp, signature="", name=name, email=email)
        signature = signature_of(SHOP_SECRET, identity)
        return {"id": who, "exp": exp, "name": name, "email": email, "signature": signature}


@dataclass
class Chat:
    """The widget of one contact."""

    centre: Centre
    who: Row

    async def _answer(self, method: str, path: str, body: Any) -> httpx.Response:
        return await self.centre.http.request(
            method,
            f"/client/v1/{self.centre.chat_key}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.who['token']}"},
        )

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._answer(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, body: Any = None) -> Row:
        """What the server says instead."""
        answer = await self._answer(method, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        problem: Row = answer.json()
        return problem

    async def say(self, text: str) -> Row:
        said: Row = await self.call("POST", "/messages", {"client_id": str(uuid4()), "text": text})
        return said

    async def texts(self) -> list[str]:
        return [m["text"] for m in (await self.call("GET", "/timeline"))["items"]]


@asynccontextmanager
async def open_centre(dsn: str, data_dir: Path) -> AsyncIterator[Centre]:
    """One queue, two agents, two addresses and a web chat; running."""
    settings = settings_for(dsn, data_dir)
    ids, tokens, chat_key = await _set_up(settings)
    async with running(settings) as http:
        yield Centre(http, dsn, chat_key, ids, tokens)


async def _set_up(settings: Settings) -> tuple[dict[str, UUID], dict[str, str], str]:
    assert settings.database_url is not None
    engine = make_engine(settings.database_url)
    sealer = Sealer(SECRET)
    now = datetime.now(UTC)
    ids: dict[str, UUID] = {}
    tokens: dict[str, str] = {}
    mail = {
        "receive": "smtp",
        "trusted_authserv_ids": ["mx.naranj.example"],
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
    }
    async with Database(engine).transaction() as conn:
        await routing.add_defaults(conn)
        for name in ("daniel", "maryam"):
            ids[name] = await accounts.add_user(
                conn,
                email=f"{name}@naranj.example",
                name=name.title(),
                role=Role.AGENT,
                password="long enough",
                now=now,
            )
            _, tokens[name] = await add_api_token(conn, ids[name], "desk", expires_at=None, now=now)
            await routing.set_capacity(
                conn, ids[name], {"web_chat": 2, "email": 3}, actor=SYSTEM, now=now
            )
        ids["queue"] = await routing.add_queue(
            conn, {"names": {"en": "Orders"}, "reply_target_s": 600}, actor=SYSTEM, now=now
        )
        members = {ids["daniel"]: 5, ids["maryam"]: 5}
        await routing.set_members(conn, ids["queue"], members, actor=SYSTEM, now=now)
        for name, kind, config in (
            ("support", "email", {**mail, "address": "support@naranj.example"}),
            ("invoices", "email", {**mail, "address": "invoices@naranj.example"}),
            ("chat", "web_chat", {"allowed_origins": ["*"], "identity_secret": SHOP_SECRET}),
        ):
            ids[name] = await channels.add(
                conn,
                sealer,
                kind=kind,
                name=name,
                config=channels.configured(kind, config),
                enabled=True,
                actor=SYSTEM,
                now=now,
            )
        chat_key = (await channels.views(conn, [ids["chat"]]))[0]["public_key"]
    await engine.dispose()
    return ids, tokens, chat_key
