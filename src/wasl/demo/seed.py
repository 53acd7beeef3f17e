"""Makes the demo company's weeks of history by the same verbs that make real ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, channels, routing
from wasl.accounts import Role
from wasl.accounts.tables import users
from wasl.channels import adapter_of
from wasl.channels.contract import Address, InboundMessage
from wasl.contacts import fold, normalise
from wasl.contacts.tables import consents, contacts, identities, orders
from wasl.conversations import add_note, service
from wasl.conversations.facts import Source
from wasl.conversations.ingest import take_message
from wasl.conversations.speaking import Reply, send_message
from wasl.conversations.tables import canned_responses
from wasl.demo.assistant import lead_to_assistant
from wasl.demo.company import (
    CANNED,
    COLLEAGUES,
    GUESTS,
    MAIL_DOMAIN,
    MAIL_SERVER,
    MEMBERS,
    OPEN,
    PASSWORD,
    QUEUES,
    STORIES,
    Guest,
    Story,
)
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id
from wasl.infra.timers import fire_until
from wasl.routing import By

WEEKS = 4
MATTERS_A_DAY = 3
CAPACITY = {"web_chat": 4, "email": 6, "api": 6}
Say = Callable[[str], None]


@dataclass
class _Company:
    """The ids of what was made."""

    agents: dict[str, UUID] = field(default_factory=dict)
    queues: dict[str, UUID] = field(default_factory=dict)
    channels: dict[tuple[str, str], UUID] = field(default_factory=dict)  # (kind, queue)
    guests: dict[str, Guest] = field(default_factory=dict)


def identity_secret(sealer: Sealer) -> str:
    """The secret with which the demo shop signs who is signed in there."""
    return sealer.sign("demo", b"shop")


async def seed(database: Database, sealer: Sealer, *, now: datetime, say: Say) -> bool:
    """Fills an empty database; False when somebody is there already."""
    async with database.transaction() as conn:
        if (await conn.execute(select(users.c.id).limit(1))).first() is not None:
            return False
        say("Making the demo company: people, queues, channels")
        company = await _make_company(conn, sealer, now)
    chance = random.Random(4187)  # noqa: S311  # the same history every time
    days = WEEKS * 7
    for day in range(days, 0, -1):
        if day % 7 == 0:
            say(f"Making the demo company: history, week {WEEKS + 1 - day // 7} of {WEEKS}")
        async with database.transaction() as conn:
            for _ in range(MATTERS_A_DAY):
                await _past_matter(conn, company, chance, now - timedelta(days=day))
    say("Making the demo company: what waits now")
    async with database.transaction() as conn:
        await _sara(conn, company, now)
        for guest, kind, queue, subject, words, minutes, holder in OPEN:
            await _open_matter(
                conn,
                company,
                company.guests[guest],
                (kind, queue),
                subject,
                words,
                now - timedelta(minutes=minutes),
                holder,
            )
        await _time_passes(conn, now)
        await _nothing_leaves(conn, now)
        await lead_to_assistant(
            conn,
            company.channels["web_chat", "sales"],
            deliveries=company.queues["deliveries"],
            returns=company.queues["returns"],
            now=now,
        )
    return True


async def _make_company(conn: AsyncConnection, sealer: Sealer, now: datetime) -> _Company:
    company = _Company(guests={guest.key: guest for guest in GUESTS})
    await routing.add_defaults(conn)
    for person in COLLEAGUES:
        company.agents[person.key] = await accounts.add_user(
            conn,
            email=person.email,
            name=person.name,
            role=Role(person.role),
            password=PASSWORD,
            now=now,
            locale=person.locale,
            calendar=person.calendar,
            digits=person.digits,
        )
        await routing.set_capacity(
            conn, company.agents[person.key], CAPACITY, actor=SYSTEM, now=now
        )
    for key, values in QUEUES.items():
        queue_id = await routing.add_queue(conn, values, actor=SYSTEM, now=now)
        company.queues[key] = queue_id
        levels = {company.agents[name]: level for name, level in MEMBERS[key].items()}
        await routing.set_members(conn, queue_id, levels, actor=SYSTEM, now=now)
    await _make_channels(conn, company, sealer, now)
    for guest in GUESTS:
        await _make_guest(conn, guest, now)
    await conn.execute(
        insert(canned_responses),
        [{"id": new_id(), "short": s, "title": t, "text": words} for s, t, words in CANNED],
    )
    return company


async def _make_channels(
    conn: AsyncConnection, company: _Company, sealer: Sealer, now: datetime
) -> None:
    async def add(kind: str, name: str, queue: str, config: dict[str, Any]) -> UUID:
        channel_id = await channels.add(
            conn,
            sealer,
            kind=kind,
            name=name,
            config=channels.configured(kind, config),
            enabled=True,
            actor=SYSTEM,
            now=now,
        )
        await routing.set_entry_queue(conn, channel_id, company.queues[queue])
        await channels.report_health(conn, channel_id, "ok", now=now)
        company.channels[kind, queue] = channel_id
        return channel_id

    mail: dict[str, Any] = {
        "receive": "smtp",
        "trusted_authserv_ids": [MAIL_SERVER],
        # the demo's own mail server tells its port when it starts
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
    }
    support = await add(
        "email", "Support", "deliveries",
        mail | {"address": f"support@{MAIL_DOMAIN}", "display_name": "Naranj"},
    )  # fmt: skip
    await add(
        "email", "Invoices", "billing",
        mail | {"address": f"invoices@{MAIL_DOMAIN}", "display_name": "Naranj Billing"},
    )  # fmt: skip
    await add(
        "web_chat", "Naranj shop", "sales",
        {
            "allowed_origins": ["*"],
            "identity_secret": identity_secret(sealer),
            "greeting": {
                "en": "Hello! How can we help?",
                "fa": "سلام! چه کمکی از ما برمی‌آید؟",
                "ar": "أهلًا! كيف نساعدك؟",
            },
            "pre_chat": [
                {"field": "name", "required": True},
                {"field": "email", "required": False},
            ],
            "quick_start": [
                {"en": "Where is my order?", "fa": "سفارشم کجاست؟", "ar": "أين طلبي؟"},
                {"en": "I want to return something", "fa": "می‌خواهم کالایی را مرجوع کنم",
                 "ar": "أريد إرجاع منتج"},
            ],
            "email_channel_id": str(support),
        },
    )  # fmt: skip


async def _make_guest(conn: AsyncConnection, guest: Guest, now: datetime) -> None:
    contact_id = new_id()
    joined = now - timedelta(days=200)
    await conn.execute(
        insert(contacts).values(
            id=contact_id,
            name=guest.name,
            folded=fold(guest.name),
            locale=guest.locale,
            city=guest.city,
            time_zone=guest.zone,
            tags=list(guest.tags),
            created_at=joined,
        )
    )
    addresses = [
        (kind, known.value, known.display)
        for kind, given in (("email", guest.email), ("phone", guest.phone))
        for known in [normalise(kind, given)]
    ]
    await conn.execute(
        insert(identities),
        [
            {
                "id": new_id(),
                "contact_id": contact_id,
                "kind": kind,
                "value": value,
                "display": display,
                "verified": True,
                "verified_by": "order",
                "created_at": joined,
            }
            for kind, value, display in addresses
        ],
    )
    await conn.execute(
        insert(consents),
        [
            {"contact_id": contact_id, "kind": kind, "purpose": purpose, "allowed": allowed,
             "source": "checkout", "at": joined}
            for kind, purpose, allowed in (
                ("email", "service", True),
                ("email", "marketing", "newsletter" in guest.tags),
                ("phone", "service", True),
            )
        ],
    )  # fmt: skip
    if guest.orders:
        await conn.execute(
            insert(orders), [_order(contact_id, order, now) for order in guest.orders]
        )


def _order(
    contact_id: UUID, order: tuple[str, int, str, int, str], now: datetime
) -> dict[str, Any]:
    code, total, status, days, items = order
    placed = now - timedelta(days=days)
    return {
        "id": new_id(),
        "contact_id": contact_id,
        "code": code,
        "status": status,
        "total_minor": total,
        "currency": "EUR",
        "items": [{"name": items, "quantity": 1}],
        "placed_at": placed,
        "expected_at": now + timedelta(hours=4) if status == "out_for_delivery" else None,
        "delivered_at": placed + timedelta(days=3) if status in ("delivered", "returned") else None,
    }


# ── what was said ────────────────────────────────────────────────────────────────────────────


async def _past_matter(
    conn: AsyncConnection, company: _Company, chance: random.Random, day: datetime
) -> None:
    guest = chance.choice(GUESTS)
    story = chance.choice(STORIES[guest.locale])
    at = day.replace(hour=chance.randrange(6, 16), minute=chance.randrange(60))
    able = [name for name in MEMBERS[story.queue] if name in company.agents]
    await _tell(conn, company, guest, story, chance.choice(able), at, chance)


async def _tell(
    conn: AsyncConnection,
    company: _Company,
    guest: Guest,
    story: Story,
    agent: str,
    at: datetime,
    chance: random.Random,
) -> None:
    kind = story.channel
    channel_id = _channel(company, kind, story.queue)
    author = Actor("agent", company.agents[agent])
    conversation_id: UUID | None = None
    for who, words in story.lines:
        if who == "c":
            conversation_id = await _contact_says(
                conn, channel_id, kind, guest, words, story.subject, at, conversation_id
            )
        elif conversation_id is not None and who == "n":
            await add_note(conn, conversation_id, author=author, text=words, now=at)
        elif conversation_id is not None:
            await _agent_says(conn, conversation_id, channel_id, kind, words, author, at)
        fast = adapter_of(kind).capabilities.client_api
        at += timedelta(seconds=chance.randrange(20, 240) if fast else chance.randrange(600, 9000))
    if conversation_id is None:
        return
    if story.tags:
        await service.change(
            conn, conversation_id, event="ConversationTagged", actor=author, now=at,
            values={"tags": list(story.tags)},
        )  # fmt: skip
    by = By(company.agents[agent], manages=True)
    await _time_passes(conn, at)
    await routing.set_status(
        conn, conversation_id, "resolved", disposition=story.disposition, by=by, now=at
    )
    await routing.wrap_up(conn, conversation_id, by=by, now=at + timedelta(seconds=10))


async def _open_matter(
    conn: AsyncConnection,
    company: _Company,
    guest: Guest,
    where: tuple[str, str],
    subject: str,
    words: str,
    at: datetime,
    holder: str,
) -> UUID:
    kind, queue = where
    channel_id = _channel(company, kind, queue)
    conversation_id = await _contact_says(conn, channel_id, kind, guest, words, subject, at, None)
    if holder:
        by = By(company.agents[holder], manages=False)
        await routing.pick(conn, conversation_id, by=by, now=at + timedelta(minutes=1))
    return conversation_id


async def _sara(conn: AsyncConnection, company: _Company, now: datetime) -> None:
    """The one matter that moved from mail to chat, held by Daniel."""
    sara = company.guests["sara"]
    daniel = Actor("agent", company.agents["daniel"])
    mail = _channel(company, "email", "deliveries")
    chat = _channel(company, "web_chat", "deliveries")
    yesterday = now - timedelta(hours=17)
    conversation_id = await _contact_says(
        conn, mail, "email", sara,
        "سلام\n\nرهگیری سفارش A-20418 می‌گوید ساعت ۱۴:۰۵ تحویل شده، ولی نگهبانی بسته‌ای نگرفته"
        " است. بسته کجاست و کی می‌رسد؟\n\nسارا منصوری",
        "سفارش A-20418 — تحویل‌شده اعلام شده، ولی نرسیده", yesterday, None,
    )  # fmt: skip
    await routing.pick(
        conn, conversation_id, by=By(company.agents["daniel"], manages=False),
        now=yesterday + timedelta(minutes=4),
    )  # fmt: skip
    await _agent_says(
        conn, conversation_id, mail, "email",
        "سلام سارا جان\n\nایمیلتان رسید و متأسفم که بسته به دستتان نرسیده است."
        " از پیک پیگیری می‌کنم و فردا خبرتان می‌کنم.",
        daniel, yesterday + timedelta(minutes=9),
    )  # fmt: skip
    for at, who, words in (
        (42, "c", "سلام، دیروز دربارهٔ A-20418 ایمیل زدم. خبری شد؟"),
        (40, "a", "ایمیلتان پیش من است، لازم نیست دوباره بگویید. از انبار می‌پرسم."),
        (31, "n", "Courier admits the mis-scan. Re-delivery free, ref. RX-7781."),
        (30, "a", "سارا جان، بسته در انبار بود. تحویل دوباره امروز بین ۱۶:۰۰ تا ۱۸:۰۰."),
        (6, "c", "عالی، از چهار به بعد خانه‌ام."),
        (5, "c", "راننده قبلش زنگ می‌زند؟"),
    ):
        when = now - timedelta(minutes=at)
        if who == "c":
            await _contact_says(conn, chat, "web_chat", sara, words, "", when, conversation_id)
        elif who == "n":
            await add_note(conn, conversation_id, author=daniel, text=words, now=when)
        else:
            await _agent_says(conn, conversation_id, chat, "web_chat", words, daniel, when)


def _channel(company: _Company, kind: str, queue: str) -> UUID:
    """The channel of a kind that leads to the queue, or the kind's first one."""
    found = company.channels.get((kind, queue))
    return found or next(c for (k, _), c in company.channels.items() if k == kind)


async def _contact_says(
    conn: AsyncConnection,
    channel_id: UUID,
    kind: str,
    guest: Guest,
    words: str,
    subject: str,
    at: datetime,
    conversation_id: UUID | None,
) -> UUID:
    await _time_passes(conn, at)
    capabilities = adapter_of(kind).capabilities
    if capabilities.client_api:
        sender = str(uuid5(channel_id, f"host:{guest.key}"))
        await _know_visitor(conn, guest, sender, at)
    else:
        sender = guest.email
    taken = await take_message(
        conn,
        Source(channel_id, kind, capabilities, capabilities.identity_kind, sender, sender[-40:]),
        InboundMessage(
            provider_id=f"{new_id()}@example.com",
            sender=Address(capabilities.identity_kind, sender, guest.name),
            text=words,
            subject=subject,
            proven=True,
            conversation_id=conversation_id,
            locale=guest.locale,
        ),
        now=at,
    )
    if taken.conversation_id is None:
        raise RuntimeError("a demo message was not taken")
    return taken.conversation_id


async def _time_passes(conn: AsyncConnection, at: datetime) -> None:
    """What was to happen by then has happened."""
    await fire_until(conn, routing.timer_handlers(), at)


async def _know_visitor(conn: AsyncConnection, guest: Guest, visitor: str, at: datetime) -> None:
    """The shop has said who the visitor is, as it does when somebody is signed in there."""
    from wasl.contacts import vouched_contact

    await vouched_contact(
        conn,
        [("web_visitor", visitor), ("email", guest.email)],
        name=guest.name,
        region="",
        verified_by="host",
        now=at,
    )


async def _agent_says(
    conn: AsyncConnection,
    conversation_id: UUID,
    channel_id: UUID,
    kind: str,
    words: str,
    author: Actor,
    at: datetime,
) -> None:
    await _time_passes(conn, at)
    await send_message(
        conn,
        conversation_id,
        Reply(
            channel_id=channel_id,
            channel_kind=kind,
            capabilities=adapter_of(kind).capabilities,
            identity_id=None,
            text=words,
        ),
        author=author,
        now=at,
    )


_DELIVERED: Sequence[str] = (
    "UPDATE deliveries SET state = 'done'",
    "UPDATE messages SET state = 'read' WHERE direction = 'out'",
    # people sign in for the first time now
    "UPDATE agents SET presence = 'offline'",
)


async def _nothing_leaves(conn: AsyncConnection, now: datetime) -> None:
    """What was said in the made-up past is delivered; nothing of it is sent."""
    for statement in _DELIVERED:
        await conn.execute(text(statement))
