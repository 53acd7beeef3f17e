"""One contact with all that was said, and merging two, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert, select

from tests.signed_in import signed_in
from wasl import contacts
from wasl.channels import adapter_of
from wasl.channels.contract import Address, InboundMessage
from wasl.channels.tables import channels
from wasl.contacts.tables import orders
from wasl.conversations.contact_api import router
from wasl.conversations.facts import Source
from wasl.conversations.ingest import take_message
from wasl.conversations.tables import conversations
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id


@dataclass
class Shop:
    """A running app with a mail and a chat channel, an agent and a supervisor."""

    database: Database
    clock: TurnedClock
    clients: dict[str, httpx.AsyncClient]
    channel_ids: dict[str, UUID]

    async def writes(self, kind: str, sender: str, *, proven: bool = True) -> UUID:
        """Somebody writes; the conversation."""
        capabilities = adapter_of(kind).capabilities
        address = contacts.normalise(capabilities.identity_kind, sender)
        source = Source(
            self.channel_ids[kind],
            kind,
            capabilities,
            capabilities.identity_kind,
            address.value,
            address.display,
        )
        self.clock.turn(60)
        message = InboundMessage(
            provider_id=str(uuid4()),
            sender=Address(capabilities.identity_kind, sender),
            text="Hello",
            subject="Where is it?",
            proven=proven,
        )
        async with self.database.transaction() as conn:
            taken = await take_message(conn, source, message, now=self.clock.now())
        assert taken.conversation_id is not None
        return taken.conversation_id

    async def contact_of(self, conversation_id: UUID) -> UUID:
        async with self.database.transaction() as conn:
            found: UUID = (
                await conn.execute(
                    select(conversations.c.contact_id).where(conversations.c.id == conversation_id)
                )
            ).scalar_one()
        return found

    async def get(self, path: str, who: str = "supervisor") -> Any:
        answer = await self.clients[who].get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def shop(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Shop]:
    ids = {"web_chat": new_id(), "email": new_id()}
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            for kind, channel_id in ids.items():
                values = {"id": channel_id, "kind": kind, "name": kind, "public_key": kind}
                await conn.execute(insert(channels).values(**values))
        yield Shop(database, clock, clients, ids)


async def _order(shop: Shop, contact_id: UUID) -> None:
    async with shop.database.transaction() as conn:
        await conn.execute(
            insert(orders).values(
                id=new_id(),
                contact_id=contact_id,
                code="A-20418",
                status="shipped",
                total_minor=900,
                currency="IRR",
                placed_at=shop.clock.now(),
            )
        )


async def test_a_contact_page_has_everything_that_was_said(shop: Shop) -> None:
    conversation = await shop.writes("email", "sara@example.com")
    contact = await shop.contact_of(conversation)
    await _order(shop, contact)
    page = await shop.get(f"/contacts/{contact}")
    assert page["stats"] == {
        "conversations": 1,
        "open": 1,
        "lifetime_minor": 900,
        "currency": "IRR",
    }
    (recent,) = page["recent"]
    assert recent["conversation_id"] == str(conversation)
    assert (recent["subject"], recent["channel_kind"]) == ("Where is it?", "email")
    assert (recent["preview"]["text"], recent["preview"]["direction"]) == ("Hello", "in")
    assert [one["value"] for one in page["identities"]] == ["sara@example.com"]

    way = (await shop.get(f"/contacts/{contact}/journey"))["points"]
    assert [(p["kind"], p["channel_kind"], p["order_code"], p["open"]) for p in way] == [
        ("message", "email", None, True),
        ("order", None, "A-20418", True),
    ]
    assert way[0]["number"] == recent["number"]


async def test_an_agent_sees_only_what_is_theirs(shop: Shop) -> None:
    contact = await shop.contact_of(await shop.writes("email", "sara@example.com"))
    page = await shop.get(f"/contacts/{contact}", "agent")
    assert (page["recent"], page["stats"]["conversations"]) == ([], 1)
    assert (await shop.get(f"/contacts/{contact}/journey", "agent"))["points"] == []


async def test_merging_brings_the_conversations_and_undoing_takes_them_back(shop: Shop) -> None:
    mailed = await shop.writes("email", "sara@example.com")
    chatted = await shop.writes("web_chat", "visitor-1")
    base, other = await shop.contact_of(mailed), await shop.contact_of(chatted)
    agent = shop.clients["agent"]
    merged = await agent.post(f"/contacts/{base}/merge", json={"other_id": str(other)})
    assert merged.status_code == 200
    assert merged.json()["stats"]["conversations"] == 2
    assert await shop.contact_of(chatted) == base
    assert (await shop.get(f"/contacts/{other}"))["id"] == str(base)
    way = (await shop.get(f"/contacts/{base}/journey"))["points"]
    assert [point["channel_kind"] for point in way] == ["email", "web_chat"]

    again = await agent.post(f"/contacts/{base}/merge", json={"other_id": str(other)})
    assert (again.status_code, again.json()["code"]) == (409, "contact_merged")

    parted = await agent.post(f"/contacts/{base}/unmerge", json={"other_id": str(other)})
    assert parted.json()["stats"]["conversations"] == 1
    assert await shop.contact_of(chatted) == other
    assert (await shop.get(f"/contacts/{other}"))["stats"]["conversations"] == 1


async def test_who_is_merged_still_writes_as_the_one_person(shop: Shop) -> None:
    mailed = await shop.writes("email", "sara@example.com")
    chatted = await shop.writes("web_chat", "visitor-1")
    base, other = await shop.contact_of(mailed), await shop.contact_of(chatted)
    await shop.clients["agent"].post(f"/contacts/{base}/merge", json={"other_id": str(other)})
    assert await shop.contact_of(await shop.writes("web_chat", "visitor-1")) == base


async def test_a_claim_of_both_leads_to_the_one_they_became(shop: Shop) -> None:
    ids = []
    async with shop.database.transaction() as conn:
        for _ in range(2):
            now = shop.clock.now()
            contact = await contacts.add(conn, {"name": "Sara"}, actor=SYSTEM, now=now)
            await contacts.add_identity(
                conn, contact, "email", "sara@example.com", actor=SYSTEM, now=now
            )
            shop.clock.turn(60)
            ids.append(contact)
    older, newer = ids
    body = {"other_id": str(older)}
    await shop.clients["agent"].post(f"/contacts/{newer}/merge", json=body)
    unproven = await shop.writes("email", "sara@example.com", proven=False)
    assert await shop.contact_of(unproven) == newer


async def test_what_is_wrong_is_refused(shop: Shop) -> None:
    contact = await shop.contact_of(await shop.writes("email", "sara@example.com"))
    agent = shop.clients["agent"]
    for other, status, code in (
        (str(contact), 422, "merge_with_itself"),
        (str(new_id()), 404, "contact_not_found"),
        ("x", 422, "request_invalid"),
    ):
        answer = await agent.post(f"/contacts/{contact}/merge", json={"other_id": other})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answer = await agent.post(f"/contacts/{contact}/unmerge", json={"other_id": str(new_id())})
    assert answer.status_code == 404
    assert (await agent.get(f"/contacts/{new_id()}")).status_code == 404
