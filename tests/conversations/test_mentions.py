"""Mentions over HTTP: who has them, until when, and who never gets one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter

from tests.conversations.conftest import make_world
from tests.signed_in import signed_in
from wasl import conversations, routing
from wasl.conversations.api import router as conversations_router
from wasl.conversations.mention_api import router as mentions_router
from wasl.infra.clock import TurnedClock
from wasl.infra.events import Actor

Clients = dict[str, httpx.AsyncClient]


@dataclass
class Desk:
    """Signed-in colleagues by role, and a conversation that only those who see all may see."""

    clients: Clients
    users: dict[str, str]
    conversation: str

    async def note(self, *mentioned: str, by: str = "administrator") -> dict[str, Any]:
        answer = await self.clients[by].post(
            f"/conversations/{self.conversation}/notes",
            json={"text": "look", "mentions": [self.users.get(one, one) for one in mentioned]},
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def mentions(self, who: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.clients[who].get("/mentions")).json()
        return found


@pytest.fixture
async def desk(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Desk]:
    kept = conversations.hooks.queues_of
    conversations.hooks.queues_of = routing.queues_of
    router = APIRouter()
    for one in (conversations_router, mentions_router):
        router.include_router(one)
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            world = await make_world(conn, clock)
            taken = await world.take("email", "sara@example.com")
            rows = await conn.exec_driver_sql("SELECT role, id FROM users")
            users = {row.role: str(row.id) for row in rows}
            # held by somebody else: an agent may not see it
            await conversations.change(
                conn, UUID(str(taken.conversation_id)), event="ConversationAssigned",
                actor=Actor("agent", UUID(users["supervisor"])), now=clock.now(),
                values={"assignee_id": UUID(users["supervisor"])},
            )  # fmt: skip
        yield Desk(clients, users, str(taken.conversation_id))
    conversations.hooks.queues_of = kept


async def test_the_mentioned_find_it_until_they_have_seen_it(desk: Desk) -> None:
    note = await desk.note("supervisor")
    (mention,) = await desk.mentions("supervisor")
    assert mention["conversation"]["id"] == desk.conversation
    assert mention["conversation"]["number"].startswith("W-")
    assert mention["message_id"] == note["id"]
    assert mention["by"]["name"] == "administrator"
    assert await desk.mentions("administrator") == []
    for _ in range(2):  # again changes nothing
        path = f"/mentions/{mention['id']}/read"
        assert (await desk.clients["supervisor"].post(path)).status_code == 204
    assert await desk.mentions("supervisor") == []


async def test_opening_the_conversation_reads_up_to_there(desk: Desk) -> None:
    first, second = await desk.note("supervisor"), await desk.note("supervisor")
    body = {"seq": first["seq"]}
    path = f"/conversations/{desk.conversation}/read"
    assert (await desk.clients["supervisor"].post(path, json=body)).status_code == 204
    assert [m["message_id"] for m in await desk.mentions("supervisor")] == [second["id"]]


async def test_oneself_strangers_and_who_may_not_see_it_get_none(desk: Desk) -> None:
    await desk.note("administrator", "agent", "01a200ae-b201-7003-afcd-0e9a1b2544aa", "supervisor")
    assert await desk.mentions("administrator") == []
    assert await desk.mentions("agent") == []
    assert len(await desk.mentions("supervisor")) == 1


async def test_only_ones_own_can_be_read(desk: Desk) -> None:
    await desk.note("supervisor")
    (mention,) = await desk.mentions("supervisor")
    answer = await desk.clients["agent"].post(f"/mentions/{mention['id']}/read")
    assert (answer.status_code, answer.json()["code"]) == (404, "mention_not_found")
    assert (await desk.clients["nobody"].get("/mentions")).status_code == 401
    assert len(await desk.mentions("supervisor")) == 1
