"""Scenes that must happen for the rarer events: each leaves what the next step needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.realtime.floor import Floor
from tests.realtime.verbs import BESIDE, Verb, live_offer, offer_is_accepted, offer_is_declined
from wasl import routing
from wasl.contacts.service import set_consent
from wasl.conversations import api
from wasl.infra.events import Actor
from wasl.infra.ids import new_id


async def everyone_is_available(floor: Floor, conn: AsyncConnection) -> None:
    for name in ("maryam", "daniel"):
        await routing.set_presence(conn, floor.users[name], "available", now=floor.clock.now())


async def newcomer_writes(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"newcomer-{new_id()}")


async def routed(floor: Floor, conn: Any) -> None:
    await floor.route()


async def offered_agent_leaves(floor: Floor, conn: AsyncConnection) -> None:
    offer = await live_offer(conn)
    await routing.set_presence(conn, offer.user_id, "offline", now=floor.clock.now())


async def taken_for_spam(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"newcomer-{new_id()}", spam=True)


async def spam_was_none(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    found = await conn.scalar(
        text("SELECT id FROM conversations WHERE spam ORDER BY id DESC LIMIT 1")
    )
    await api.mark_spam(found, api.SpamBody(spam=False), conn, who, floor.clock)


async def consent_is_given(floor: Floor, conn: AsyncConnection) -> None:
    contact = await conn.scalar(
        text("SELECT contact_id FROM identities WHERE kind = 'email' ORDER BY id LIMIT 1")
    )
    await set_consent(
        conn,
        contact,
        "email",
        "marketing",
        True,
        source="agent",
        actor=Actor("agent", floor.users["noor"]),
        now=floor.clock.now(),
    )


BESIDE.add(routed)
_OFFERED: list[Verb] = [everyone_is_available, newcomer_writes, routed]
SCENES: list[list[Verb]] = [
    [*_OFFERED, offer_is_accepted],
    [*_OFFERED, offer_is_declined],
    [*_OFFERED, offered_agent_leaves, routed],
    [taken_for_spam, routed, spam_was_none, routed],
    [consent_is_given],
]
