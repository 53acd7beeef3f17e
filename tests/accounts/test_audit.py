"""The audit log over HTTP: what leaves a record, and that records name who and what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from tests.signed_in import signed_in
from wasl.accounts.api import router as accounts_router
from wasl.contacts.api import router as contacts_router
from wasl.infra.clock import TurnedClock
from wasl.main import register_hooks
from wasl.routing.api import router as routing_router

Clients = dict[str, httpx.AsyncClient]
NAMES = {"en": "Orders", "fa": "سفارش‌ها", "ar": "الطلبات"}


@pytest.fixture
async def people(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Clients]:
    register_hooks()
    router = APIRouter()
    for one in (accounts_router, contacts_router, routing_router):
        router.include_router(one)
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        yield clients


async def records(people: Clients) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = (await people["administrator"].get("/audit")).json()["items"]
    return found


async def user_id(people: Clients, name: str) -> str:
    users = (await people["administrator"].get("/users")).json()
    return next(user["id"] for user in users if user["name"] == name)


async def good(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def test_a_change_that_changes_nothing_leaves_no_record(people: Clients) -> None:
    admin, agent = people["administrator"], await user_id(people, "agent")
    queue = await good(await admin.post("/queues", json={"names": NAMES, "priority": 3}))
    contact = await good(await admin.post("/contacts", json={"name": "Sara", "tags": ["vip"]}))
    changes: list[tuple[str, str, Any]] = [
        ("PATCH", f"/queues/{queue['id']}", {"priority": 3, "names": NAMES}),
        ("PUT", f"/queues/{queue['id']}/members", []),
        ("PUT", f"/agents/{agent}/capacity", {"capacity": {}}),
        ("PATCH", f"/users/{agent}", {"role": "agent", "disabled": False, "name": "agent"}),
        ("PATCH", f"/contacts/{contact['id']}", {"name": "Sara", "tags": ["vip"]}),
    ]
    before = await records(people)
    for method, path, body in changes:
        await good(await admin.request(method, path, json=body))
    assert await records(people) == before


async def test_of_several_fields_only_those_that_changed_are_told(people: Clients) -> None:
    admin, agent = people["administrator"], await user_id(people, "agent")
    queue = await good(await admin.post("/queues", json={"names": NAMES, "priority": 3}))
    body = {"names": NAMES, "priority": 2}
    await good(await admin.patch(f"/queues/{queue['id']}", json=body))
    (newest, *_) = await records(people)
    assert (newest["before"], newest["after"]) == ({"priority": 3}, {"priority": 2})
    body = {"name": "Maryam", "role": "supervisor", "disabled": False}
    await good(await admin.patch(f"/users/{agent}", json=body))
    (newest, *_) = await records(people)
    assert newest["before"] == {"role": "agent"}
    assert newest["after"] == {"role": "supervisor", "fields": ["name", "role"]}


async def test_a_record_says_who_and_what_by_name(people: Clients) -> None:
    admin, agent = people["administrator"], await user_id(people, "agent")
    queue = await good(await admin.post("/queues", json={"names": NAMES}))
    members = [{"user_id": agent, "level": 4}]
    await good(await admin.put(f"/queues/{queue['id']}/members", json=members))
    (newest, *_) = await records(people)
    assert (newest["actor_name"], newest["object_name"]) == ("administrator", NAMES)
    assert (newest["before"], newest["after"]) == ({}, {agent: 4})
    assert newest["names"] == {agent: "agent"}

    await good(await admin.post(f"/users/{agent}/password", json={"password": "another one"}))
    assert (await records(people))[0]["object_name"] == "agent"
    contact = await good(await admin.post("/contacts", json={"name": "Sara"}))
    await good(await admin.patch(f"/contacts/{contact['id']}", json={"city": "یزد"}))
    assert (await records(people))[0]["object_name"] == "Sara"
    token = await good(await people["agent"].post("/api-tokens", json={"name": "the till"}))
    (newest, *_) = await records(people)
    assert (newest["actor_name"], newest["object_name"]) == ("agent", "the till")
    # of a token that was taken back there is no name left to tell
    await good(await people["agent"].delete(f"/api-tokens/{token['id']}"))
    assert (await records(people))[0]["object_name"] is None


async def test_what_was_deleted_has_the_name_that_it_had(people: Clients) -> None:
    admin = people["administrator"]
    queue = await good(await admin.post("/queues", json={"names": NAMES}))
    await good(await admin.delete(f"/queues/{queue['id']}"))
    (newest, *_) = await records(people)
    assert (newest["action"], newest["object_name"]) == ("queue.drop", NAMES)


async def test_the_log_is_read_in_pages_by_administrators_only(people: Clients) -> None:
    admin = people["administrator"]
    for _ in range(3):
        await good(await admin.post("/queues", json={"names": NAMES}))
    first = (await admin.get("/audit", params={"limit": 2})).json()
    rest = (await admin.get("/audit", params={"limit": 2, "after": first["next"]})).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert first["items"][-1]["seq"] > rest["items"][0]["seq"]
    for role in ("agent", "supervisor"):
        assert (await people[role].get("/audit")).status_code == 403
