"""A contact centre at work on its real services: every verb that changes what a desk shows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.realtime.replay import DirectClient, Replay
from wasl import accounts, channels, conversations, reporting, routing
from wasl.accounts import Principal, Role
from wasl.channels import adapter_of
from wasl.channels.contract import (
    Address,
    InboundMessage,
)
from wasl.conversations.facts import Source
from wasl.conversations.ingest import take_message
from wasl.desk_scopes import desk_families, viewers_of
from wasl.infra.blobs import LocalBlobs
from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.events import SYSTEM, events, from_row
from wasl.infra.ids import new_id
from wasl.infra.subscribers import Subscriber
from wasl.realtime import Hub
from wasl.routing import By, Router

PASSWORD = "a long enough password"  # of nobody
QUEUES = ({"en": "Orders", "fa": "سفارش‌ها", "ar": "الطلبات"},
          {"en": "Billing", "fa": "صورت‌حساب", "ar": "الفواتير"})  # fmt: skip
NOBODY = "http://127.0.0.1:1/"
SENDERS = ("sara", "omid", "layla")


class Floor:
    """Two queues, two channels, colleagues in different queues, a supervisor, a hub, a router."""

    def __init__(self, dsn: str, folder: Path, clock: TurnedClock, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # the same history every time
        self.clock = clock
        self.bus = LocalBus()
        self.engine = make_engine(dsn, pool_size=12)
        self.database = Database(self.engine, self.bus.wake)
        self.sealer = Sealer("x" * 40)
        self.blobs = LocalBlobs(folder)
        self.kept = channels.Channels(self.engine, self.sealer)
        feed = EventFeed(self.engine, self.bus)
        self.hub = Hub(self.engine, self.bus, feed, desk_families(), viewers_of)
        self.replay = Replay(self.hub, self.database, clock)
        self.router = Router(self.database, clock, feed.reader)
        self.boards = Subscriber(
            self.database, self.bus, clock, reporting.SUBSCRIBER, reporting.follow
        )
        self.users: dict[str, UUID] = {}
        self.queues: list[UUID] = []
        self.channels: dict[str, UUID] = {}
        self.clients: dict[str, DirectClient] = {}
        self._routed = 0

    async def open(self) -> None:
        async with self.database.transaction() as conn:
            await routing.add_defaults(conn)
            await conn.execute(text("INSERT INTO leaders VALUES ('router', 1, 'test', 0, now())"))
            for name, role in (
                ("maryam", Role.AGENT),
                ("daniel", Role.AGENT),
                ("noor", Role.SUPERVISOR),
                ("guest", Role.AGENT),
            ):
                self.users[name] = await accounts.add_user(
                    conn, email=f"{name}@shop.test", name=name, role=role, password=PASSWORD,
                    now=self.clock.now(),
                )  # fmt: skip
            for names in QUEUES:
                values = {"names": names, "wrap_up_s": 20, "offer_timeout_s": 15}
                self.queues.append(
                    await routing.add_queue(conn, values, actor=SYSTEM, now=self.clock.now())
                )
            for kind, queue in (("web_chat", 0), ("email", 1), ("api", 0)):
                await self._add_channel(conn, kind, self.queues[queue])
            await self.set_members(conn, 0, "maryam", "daniel")
            await self.set_members(conn, 1, "daniel")
            for name in ("maryam", "daniel"):
                await routing.set_capacity(
                    conn, self.users[name], {"web_chat": 3, "email": 3}, actor=SYSTEM,
                    now=self.clock.now(),
                )  # fmt: skip
        await self.hub.start()
        await self.router.rebuild(1)

    async def close(self) -> None:
        for client in self.clients.values():
            await client.disconnect()
        await self.hub.stop()
        await self.bus.stop()
        await self.engine.dispose()

    async def _add_channel(self, conn: AsyncConnection, kind: str, queue_id: UUID) -> None:
        configs: dict[str, dict[str, Any]] = {
            "web_chat": {"allowed_origins": ["*"]},
            "email": {
                "receive": "smtp",
                "address": "support@shop.test",
                "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
            },
            "api": {"deliver_url": NOBODY, "secret": "s" * 40},
        }
        self.channels[kind] = await channels.add(
            conn, self.sealer, kind=kind, name=kind, config=channels.configured(kind, configs[kind]),
            enabled=True, actor=SYSTEM, now=self.clock.now(),
        )  # fmt: skip
        await routing.set_entry_queue(conn, self.channels[kind], queue_id)

    async def set_members(self, conn: AsyncConnection, queue: int, *names: str) -> None:
        levels = {self.users[name]: 3 for name in names}
        await routing.set_members(
            conn, self.queues[queue], levels, actor=SYSTEM, now=self.clock.now()
        )

    # ── who follows ──────────────────────────────────────────────────────────────────────────

    async def connect(self, name: str) -> None:
        client = self.clients[name] = DirectClient(self.hub, self.users[name])
        await client.connect()

    def scopes(self) -> list[str]:
        """Everything that a desk follows, but the conversations."""
        lists = [f"list:{view}" for view in conversations.VIEWS]
        lists += [f"list:queue:{queue_id}" for queue_id in self.queues]
        return ["me", "agents", "wallboard", *lists]

    async def conversation_ids(self) -> list[UUID]:
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT id FROM conversations ORDER BY id LIMIT 15"))
            return [row.id for row in rows]

    async def contact_ids(self) -> list[UUID]:
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT id FROM contacts ORDER BY id LIMIT 3"))
            return [row.id for row in rows]

    async def event_types(self) -> set[str]:
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT DISTINCT type FROM events"))
            return {row.type for row in rows}

    # ── what is there to act on ──────────────────────────────────────────────────────────────

    async def some(self, conn: AsyncConnection, what: str) -> Any:
        """Any id of a query, the same with the same seed; None where there is none."""
        found = [row[0] for row in await conn.execute(text(what))]
        return self.chance.choice(found) if found else None

    async def some_conversation(self, conn: AsyncConnection, which: str = "true") -> UUID:
        query = "SELECT id FROM conversations WHERE merged_into IS NULL AND (%s) ORDER BY id"
        found: UUID | None = await self.some(conn, query % which)
        if found is None:
            raise NothingThere
        return found

    async def some_message(self, conn: AsyncConnection, which: str) -> UUID:
        query = "SELECT id FROM messages WHERE %s ORDER BY id"
        found: UUID | None = await self.some(conn, query % which)
        if found is None:
            raise NothingThere
        return found

    def someone(self) -> str:
        return self.chance.choice(["maryam", "daniel", "noor"])

    async def holder(self, conn: AsyncConnection, conversation_id: UUID) -> UUID:
        found: UUID | None = await conn.scalar(
            text("SELECT assignee_id FROM conversations WHERE id = :id"), {"id": conversation_id}
        )
        return found or self.users[self.someone()]

    def by(self, user_id: UUID) -> By:
        return By(user_id, manages=True)

    async def principal(self, conn: AsyncConnection, name: str) -> Principal:
        (found,) = await accounts.principals(conn, [self.users[name]])
        return found

    # ── contacts ─────────────────────────────────────────────────────────────────────────────

    async def take(self, conn: AsyncConnection, kind: str, sender: str, **more: Any) -> Any:
        capabilities = adapter_of(kind).capabilities
        address = f"{sender}@example.com" if kind == "email" else sender
        return await take_message(
            conn,
            Source(
                self.channels[kind], kind, capabilities, capabilities.identity_kind, address,
                address,
            ),
            InboundMessage(
                provider_id=str(new_id()),
                sender=Address(capabilities.identity_kind, address),
                text=f"words {self.chance.randrange(1000)}",
                proven=True,
                **{key: more.pop(key) for key in ("profile", "spam", "conversation_id")
                   if key in more},
            ),
            now=self.clock.now(),
            **more,
        )  # fmt: skip

    async def route(self) -> None:
        """The router takes what happened and decides, and the boards follow, until nothing new
        happens."""
        while True:
            while await self.boards.handle_chunk():
                pass
            async with self.engine.connect() as conn:
                rows = await conn.execute(
                    events.select().where(events.c.seq > self._routed).order_by(events.c.seq)
                )
                happened = [from_row(row) for row in rows]
            if not happened:
                return
            self._routed = happened[-1].seq
            await self.router.take(happened, 1)
            await self.router.decide(1)


class NothingThere(Exception):
    """There is nothing that the verb could act on."""
