"""A contact centre at work on its real services: every verb that changes what a desk shows."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.realtime.replay import DirectClient, Replay
from wasl import accounts, channels, contacts, conversations, routing
from wasl.accounts import Principal, Role
from wasl.accounts import service as accounts_service
from wasl.channels import adapter_of
from wasl.channels.contract import (
    Address,
    ErrorKind,
    InboundMessage,
)
from wasl.conversations import api, contact_api, receipts
from wasl.conversations.attachments import fetch_due
from wasl.conversations.continuing import continue_by_mail
from wasl.conversations.delivery import Delivery
from wasl.conversations.ingest import Source, StoredAttachment, take_message
from wasl.conversations.merging import merge
from wasl.conversations.speaking import Reply, open_conversation, send_message
from wasl.desk_scopes import desk_families, viewers_of
from wasl.infra.blobs import LocalBlobs
from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.errors import AppError
from wasl.infra.event_reader import LiveReader
from wasl.infra.events import SYSTEM, Actor, events, from_row
from wasl.infra.ids import new_id
from wasl.infra.timers import TimerLoop
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
        self.hub = Hub(self.engine, self.bus, desk_families(), viewers_of)
        self.replay = Replay(self.hub, self.database, clock)
        self.router = Router(self.database, clock, lambda: LiveReader(self.engine, self.bus))
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
            await self._members(conn, 0, "maryam", "daniel")
            await self._members(conn, 1, "daniel")
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

    async def _members(self, conn: AsyncConnection, queue: int, *names: str) -> None:
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
        return ["me", "agents", *lists]

    async def conversation_ids(self) -> list[UUID]:
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT id FROM conversations ORDER BY id LIMIT 15"))
            return [row.id for row in rows]

    async def event_types(self) -> set[str]:
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT DISTINCT type FROM events"))
            return {row.type for row in rows}

    # ── what is there to act on ──────────────────────────────────────────────────────────────

    async def _some(self, conn: AsyncConnection, what: str) -> Any:
        """Any id of a query, the same with the same seed; None where there is none."""
        found = [row[0] for row in await conn.execute(text(what))]
        return self.chance.choice(found) if found else None

    async def some_conversation(self, conn: AsyncConnection, which: str = "true") -> UUID:
        found: UUID | None = await self._some(
            conn,
            f"SELECT id FROM conversations WHERE merged_into IS NULL AND ({which}) ORDER BY id",
        )
        if found is None:
            raise NothingThere
        return found

    async def some_message(self, conn: AsyncConnection, which: str) -> UUID:
        found: UUID | None = await self._some(
            conn, f"SELECT id FROM messages WHERE {which} ORDER BY id"
        )
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

    async def run(self, verb: Verb) -> None:
        """One verb in its own transaction; what the services refuse changes nothing."""
        self.clock.turn(1.0)
        try:
            if verb in BESIDE:
                await verb(self, None)
            else:
                async with self.database.transaction() as conn:
                    await verb(self, conn)
        except (AppError, NothingThere):
            return

    async def route(self) -> None:
        """The router takes what happened and decides, until nothing new happens."""
        while True:
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


Verb = Callable[[Floor, Any], Awaitable[None]]
VERBS: list[Verb] = []
BESIDE: set[Verb] = set()  # verbs that make their own transactions


def verb(do: Verb) -> Verb:
    VERBS.append(do)
    return do


def beside(do: Verb) -> Verb:
    BESIDE.add(do)
    return verb(do)


# ── contacts write ───────────────────────────────────────────────────────────────────────────


@verb
async def chat_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "web_chat", floor.chance.choice(SENDERS))


@verb
async def mail_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", floor.chance.choice(SENDERS))


@verb
async def contact_names_themself(floor: Floor, conn: AsyncConnection) -> None:
    sender = floor.chance.choice(SENDERS)
    profile = {"name": sender.title(), "email": f"{sender}@example.org"}
    await floor.take(conn, "web_chat", sender, profile=profile)


@verb
async def spam_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"spammer{floor.chance.randrange(3)}", spam=True)


@verb
async def contact_goes_on_by_other_channel(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status <> 'resolved'")
    kind = floor.chance.choice(["web_chat", "email"])
    await floor.take(conn, kind, floor.chance.choice(SENDERS), conversation_id=conversation_id)


@verb
async def contact_comes_back(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'resolved'")
    await floor.take(conn, "web_chat", "sara", conversation_id=conversation_id)


@verb
async def file_comes_by_reference(floor: Floor, conn: AsyncConnection) -> None:
    file = StoredAttachment(
        new_id(), "invoice.pdf", "application/pdf", 10, "", None, reference={"url": NOBODY}
    )
    await floor.take(conn, "api", floor.chance.choice(SENDERS), attachments=[file])


@verb
async def contact_edits(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.change_inbound(
        conn, channel_id, provider_id, text="other words", now=floor.clock.now()
    )


@verb
async def contact_takes_back(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.change_inbound(conn, channel_id, provider_id, text=None, now=floor.clock.now())


@verb
async def contact_reacts(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.react(conn, channel_id, provider_id, "👍", now=floor.clock.now())


async def _provider_id(floor: Floor, conn: AsyncConnection) -> tuple[UUID, str]:
    rows = (
        await conn.execute(
            text("SELECT channel_id, provider_id FROM provider_ids ORDER BY message_id")
        )
    ).all()
    if not rows:
        raise NothingThere
    row = floor.chance.choice(rows)
    return row.channel_id, row.provider_id


@verb
async def contact_reads(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn)
    await receipts.contact_read(conn, conversation_id, 10_000, now=floor.clock.now())


@verb
async def contact_goes_on_by_mail(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'open'")
    channel = await floor.kept.by_id(floor.channels["web_chat"])
    await continue_by_mail(
        conn, channel, conversation_id, f"new{floor.chance.randrange(9)}@example.net",
        now=floor.clock.now(),
    )  # fmt: skip


@beside
async def files_are_fetched(floor: Floor, conn: None) -> None:
    await fetch_due(floor.database, floor.kept, floor.blobs, floor.clock)


# ── colleagues speak ─────────────────────────────────────────────────────────────────────────


async def _say(floor: Floor, conn: AsyncConnection, conversation_id: UUID, kind: str) -> None:
    await send_message(
        conn,
        conversation_id,
        Reply(floor.channels[kind], kind, adapter_of(kind).capabilities, None, "an answer"),
        author=Actor("agent", await floor.holder(conn, conversation_id)),
        now=floor.clock.now(),
    )


@verb
async def agent_replies(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "NOT spam")
    await _say(floor, conn, conversation_id, floor.chance.choice(["web_chat", "email"]))


@verb
async def agent_begins(floor: Floor, conn: AsyncConnection) -> None:
    contact_id = await floor._some(conn, "SELECT contact_id FROM conversations ORDER BY 1")
    if contact_id is None:
        raise NothingThere
    conversation_id = await open_conversation(
        conn, contact_id=contact_id, channel_id=floor.channels["email"], subject="About it",
        locale="fa", now=floor.clock.now(),
    )  # fmt: skip
    await _say(floor, conn, conversation_id, "email")


@verb
async def agent_notes(floor: Floor, conn: AsyncConnection) -> None:
    await conversations.add_note(
        conn,
        await floor.some_conversation(conn),
        author=Actor("agent", floor.users[floor.someone()]),
        text="between us",
        now=floor.clock.now(),
    )


@beside
async def replies_are_sent(floor: Floor, conn: None) -> None:
    delivery = Delivery(
        floor.database, floor.kept, floor.blobs, floor.sealer, floor.clock, lambda *_: ""
    )
    await delivery.send_due()


@verb
async def receipt_comes(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "direction = 'out'")
    state = floor.chance.choice(["sent", "delivered", "read"])
    await receipts.set_message_state(conn, message_id, state, now=floor.clock.now())


@verb
async def delivery_fails(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "direction = 'out'")
    await receipts.set_message_state(
        conn, message_id, "failed", now=floor.clock.now(), error=ErrorKind.RECIPIENT,
        detail="no such mailbox", activity=("bounced", {"detail": "no such mailbox"}),
    )  # fmt: skip


@verb
async def failed_is_sent_again(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "state = 'failed'")
    await receipts.retry(conn, message_id, now=floor.clock.now())


@verb
async def failed_is_discarded(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "state = 'failed' AND deleted_at IS NULL")
    actor = Actor("agent", floor.users[floor.someone()])
    await receipts.discard(conn, message_id, by=actor, now=floor.clock.now())


@verb
async def agent_reads(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "unread > 0")
    actor = Actor("agent", await floor.holder(conn, conversation_id))
    await receipts.mark_read(conn, conversation_id, 10_000, by=actor, now=floor.clock.now())


# ── where it stands ──────────────────────────────────────────────────────────────────────────


@verb
async def agent_picks(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status <> 'resolved'")
    by = floor.by(floor.users[floor.someone()])
    await routing.pick(conn, conversation_id, by=by, now=floor.clock.now())


@verb
async def agent_transfers(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'open'")
    to: dict[str, Any] = {"queue_id": floor.chance.choice(floor.queues)}
    if floor.chance.random() < 0.4:
        to = {"user_id": floor.users[floor.chance.choice(["maryam", "daniel", "guest"])]}
    await routing.transfer(
        conn, conversation_id, **to, note="please look", now=floor.clock.now(),
        by=floor.by(await floor.holder(conn, conversation_id)),
    )  # fmt: skip


async def _put(floor: Floor, conn: AsyncConnection, which: str, status: str, **more: Any) -> None:
    conversation_id = await floor.some_conversation(conn, which)
    by = floor.by(await floor.holder(conn, conversation_id))
    await routing.set_status(conn, conversation_id, status, by=by, now=floor.clock.now(), **more)


@verb
async def agent_resolves(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status = 'open'", "resolved", disposition="solved")


@verb
async def agent_waits_for_contact(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status = 'open'", "pending")


@verb
async def agent_snoozes(floor: Floor, conn: AsyncConnection) -> None:
    until = floor.clock.now() + timedelta(seconds=floor.chance.randrange(5, 60))
    await _put(floor, conn, "status = 'open'", "snoozed", snoozed_until=until)


@verb
async def agent_takes_up_again(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status IN ('pending', 'snoozed')", "open")


@verb
async def agent_wraps_up(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "state IN ('wrap_up', 'completed')")
    by = floor.by(await floor.holder(conn, conversation_id))
    await routing.wrap_up(
        conn, conversation_id, disposition="answered", note="done", by=by, now=floor.clock.now()
    )


@verb
async def tags_are_set(floor: Floor, conn: AsyncConnection) -> None:
    who, tags = await floor.principal(conn, "noor"), api.Tags(tags=[floor.chance.choice("abc")])
    await api.tag(await floor.some_conversation(conn), tags, conn, who, floor.clock)


@verb
async def priority_is_set(floor: Floor, conn: AsyncConnection) -> None:
    who, body = await floor.principal(conn, "noor"), api.PriorityBody(priority=2)
    await api.prioritise(await floor.some_conversation(conn), body, conn, who, floor.clock)


@verb
async def spam_is_marked(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    body = api.SpamBody(spam=floor.chance.random() < 0.5)
    await api.mark_spam(await floor.some_conversation(conn), body, conn, who, floor.clock)


@verb
async def conversations_are_merged(floor: Floor, conn: AsyncConnection) -> None:
    pair = (
        await conn.execute(
            text(
                "SELECT a.id, b.id AS into_id FROM conversations a JOIN conversations b"
                " ON a.contact_id = b.contact_id AND a.id <> b.id"
                " WHERE a.merged_into IS NULL AND b.merged_into IS NULL ORDER BY 1, 2 LIMIT 1"
            )
        )
    ).first()
    if pair is None:
        raise NothingThere
    actor = Actor("agent", floor.users["noor"])
    await merge(conn, pair.id, pair.into_id, by=actor, now=floor.clock.now())


# ── offers, presence, time ───────────────────────────────────────────────────────────────────


async def _offer(conn: AsyncConnection) -> Any:
    found = (
        await conn.execute(text("SELECT * FROM offers WHERE state = 'offered' ORDER BY id LIMIT 1"))
    ).first()
    if found is None:
        raise NothingThere
    return found


@verb
async def offer_is_accepted(floor: Floor, conn: AsyncConnection) -> None:
    offer = await _offer(conn)
    await routing.accept_offer(
        conn, offer.id, offer.epoch, agent_id=offer.user_id, now=floor.clock.now()
    )


@verb
async def offer_is_declined(floor: Floor, conn: AsyncConnection) -> None:
    offer = await _offer(conn)
    await routing.decline_offer(
        conn, offer.id, offer.epoch, agent_id=offer.user_id, now=floor.clock.now()
    )


@verb
async def presence_changes(floor: Floor, conn: AsyncConnection) -> None:
    presence = floor.chance.choice(["available", "available", "away", "offline"])
    await routing.set_presence(
        conn, floor.users[floor.someone()], presence, now=floor.clock.now(),
        reason="lunch" if presence == "away" else None,
    )  # fmt: skip


@verb
async def capacity_changes(floor: Floor, conn: AsyncConnection) -> None:
    capacity = {"web_chat": floor.chance.randrange(1, 5), "email": 3}
    await routing.set_capacity(
        conn, floor.users[floor.someone()], capacity, actor=SYSTEM, now=floor.clock.now()
    )


@beside
async def time_passes(floor: Floor, conn: None) -> None:
    """Offers time out, snoozes and wrap-ups end."""
    floor.clock.turn(float(floor.chance.choice([5, 16, 30])))

    async def led(conn: AsyncConnection) -> None:
        return None

    timers = TimerLoop(floor.database, floor.clock, floor.bus, routing.timer_handlers(), led)
    await timers.fire_due()
    await floor.router.decide(1)


# ── what others show: contacts, colleagues, queues, channels ─────────────────────────────────


async def _contacts(floor: Floor, conn: AsyncConnection, most: int) -> list[UUID]:
    rows = await conn.execute(
        text("SELECT id FROM contacts WHERE merged_into IS NULL ORDER BY created_at, id")
    )
    found = [row.id for row in rows]
    if len(found) < most:
        raise NothingThere
    return floor.chance.sample(found, most)


@verb
async def contact_is_added(floor: Floor, conn: AsyncConnection) -> None:
    await contacts.add(conn, {"name": "Nadia"}, actor=SYSTEM, now=floor.clock.now())


@verb
async def contact_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    name = f"Name {floor.chance.randrange(100)}"
    await contacts.change(conn, contact_id, {"name": name}, actor=SYSTEM, now=floor.clock.now())


@verb
async def identity_is_added(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    await contacts.add_identity(
        conn, contact_id, "email", f"a{floor.chance.randrange(99)}@example.net", actor=SYSTEM,
        verified_by="agent", now=floor.clock.now(),
    )  # fmt: skip


@verb
async def host_vouches(floor: Floor, conn: AsyncConnection) -> None:
    sender = floor.chance.choice(SENDERS)
    await contacts.vouched_contact(
        conn, [("web_visitor", sender), ("email", f"{sender}@example.com")], name=sender.title(),
        region="", verified_by="host", now=floor.clock.now(),
    )  # fmt: skip


@verb
async def link_is_opened(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    await contacts.claim_identity(
        conn, contact_id, "web_visitor", str(new_id()), verified_by="link", now=floor.clock.now()
    )


@verb
async def contacts_are_merged(floor: Floor, conn: AsyncConnection) -> None:
    base_id, other_id = await _contacts(floor, conn, 2)
    who, body = await floor.principal(conn, "noor"), contact_api.Other(other_id=other_id)
    await contact_api.merge(base_id, body, who, conn, floor.clock)


@verb
async def contacts_are_parted(floor: Floor, conn: AsyncConnection) -> None:
    row = (
        await conn.execute(
            text("SELECT id, merged_into FROM contacts WHERE merged_into IS NOT NULL LIMIT 1")
        )
    ).first()
    if row is None:
        raise NothingThere
    who, body = await floor.principal(conn, "noor"), contact_api.Other(other_id=row.id)
    await contact_api.unmerge(row.merged_into, body, who, conn, floor.clock)


@verb
async def colleague_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    user_id = floor.users[floor.chance.choice(list(floor.users))]
    name = f"Colleague {floor.chance.randrange(100)}"
    await accounts_service.change_user(conn, user_id, {"name": name}, now=floor.clock.now())


@verb
async def colleague_is_disabled_or_back(floor: Floor, conn: AsyncConnection) -> None:
    disabled = floor.chance.random() < 0.5
    await accounts_service.change_user(
        conn, floor.users["guest"], {"disabled": disabled}, now=floor.clock.now()
    )


@verb
async def colleague_comes(floor: Floor, conn: AsyncConnection) -> None:
    await accounts.add_user(
        conn, email=f"{new_id()}@shop.test", name="New one", role=Role.AGENT, password=PASSWORD,
        now=floor.clock.now(),
    )  # fmt: skip


@verb
async def colleague_signs_in_and_out(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    signed_in = await accounts_service.sign_in(conn, floor.users["guest"], now=now)
    await accounts_service.sign_out(conn, signed_in.token, now=now)


@verb
async def members_change(floor: Floor, conn: AsyncConnection) -> None:
    names = floor.chance.sample(["maryam", "daniel", "guest"], floor.chance.randrange(1, 4))
    await floor._members(conn, floor.chance.randrange(2), *names)


@verb
async def queue_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    names = {"en": f"Queue {floor.chance.randrange(100)}", "fa": "صف", "ar": "طابور"}
    await routing.change_queue(
        conn, floor.chance.choice(floor.queues), {"names": names}, actor=SYSTEM,
        now=floor.clock.now(),
    )  # fmt: skip


@verb
async def queue_comes_and_goes(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    queue_id = await routing.add_queue(conn, {"names": QUEUES[0]}, actor=SYSTEM, now=now)
    levels = {floor.users["guest"]: 1}
    await routing.set_members(conn, queue_id, levels, actor=SYSTEM, now=now)
    await routing.drop_queue(conn, queue_id, actor=SYSTEM, now=now)


@verb
async def channel_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    channel_id = floor.channels[floor.chance.choice(["web_chat", "email"])]
    name = f"Channel {floor.chance.randrange(100)}"
    now = floor.clock.now()
    await channels.change(conn, floor.sealer, channel_id, name=name, actor=SYSTEM, now=now)


@verb
async def channel_falls_ill_or_recovers(floor: Floor, conn: AsyncConnection) -> None:
    channel_id = floor.channels[floor.chance.choice(["web_chat", "email"])]
    state: Any = floor.chance.choice(["ok", "failed"])
    await channels.report_health(conn, channel_id, state, now=floor.clock.now())


@verb
async def channel_comes_and_goes(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    channel_id = await channels.add(
        conn, floor.sealer, kind="web_chat", name="short", actor=SYSTEM, now=now,
        config=channels.configured("web_chat", {}), enabled=False,
    )  # fmt: skip
    await channels.drop(conn, channel_id, in_use=False, actor=SYSTEM, now=now)
