"""The routes of routing over HTTP, as the desk calls them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import NAMES, Centre
from wasl.accounts import Role, add_user
from wasl.accounts.service import add_api_token
from wasl.conversations import hooks
from wasl.infra.database import Database
from wasl.infra.events import SYSTEM, events
from wasl.infra.web import install_problems, serve
from wasl.routing import (
    NAMED,
    STANDINGS,
    offers,
    queues_of,
    set_members,
    set_presence,
    views,
)
from wasl.routing.api import router
from wasl.routing.placing_api import router as placing_router
from wasl.routing.policy import Offer, Why


class Desk:
    """The app, and a signed-in client for each role."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self.database = database
        self.centre = centre
        self.app = FastAPI()
        serve(self.app, router)
        serve(self.app, placing_router)
        install_problems(self.app)
        self.app.state.database, self.app.state.clock = database, centre.clock
        self.ids: dict[str, UUID] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def sign_in(self, conn: AsyncConnection, name: str, role: Role) -> None:
        now = self.centre.now
        user_id = await add_user(
            conn, email=f"{name}@shop.test", name=name, role=role, password="long enough", now=now
        )
        _, token = await add_api_token(conn, user_id, "desk", expires_at=None, now=now)
        await set_presence(conn, user_id, "available", now=now)
        self.ids[name] = user_id
        self.clients[name] = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url="http://test/api/v1",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def call(self, name: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = await self.clients[name].request(method, path, json=body)
        return answer.status_code, answer.json() if answer.content else None

    async def writes(self) -> UUID:
        async with self.database.transaction() as conn:
            return await self.centre.contact_writes(conn)

    async def offer(self, conversation_id: UUID, name: str) -> Any:
        """What the router would do; the offer as the agent sees it."""
        async with self.database.transaction() as conn:
            a = await self.centre.assignment(conn, conversation_id)
            expires_at = self.centre.now + timedelta(seconds=20)
            why = (Why("idle", {"s": 3}), Why("member", {"queue": str(a.queue_id)}))
            decision = Offer(a.interaction_id, self.ids[name], a.queue_id, a.epoch, expires_at, why)
            assert await offers.apply_all(conn, [decision], now=self.centre.now) == []
            (offer,) = (await views.offers_of(conn, [self.ids[name]]))[self.ids[name]]
            assert await views.offers_by_ids(conn, [offer["id"]]) == {offer["id"]: offer}
        return offer


@pytest.fixture
async def desk(
    database: Database, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setattr(hooks, "queues_of", queues_of)
    monkeypatch.setattr(hooks, "queues", NAMED)
    monkeypatch.setattr(hooks, "standings", STANDINGS)
    desk = Desk(database, centre)
    async with database.transaction() as conn:
        await centre.open(conn)
        await desk.sign_in(conn, "maryam", Role.AGENT)
        await desk.sign_in(conn, "reza", Role.AGENT)
        await desk.sign_in(conn, "sima", Role.SUPERVISOR)
        members = {desk.ids["maryam"]: 5, desk.ids["reza"]: 3}
        await set_members(conn, centre.queue_id, members, actor=SYSTEM, now=centre.now)
    yield desk
    for client in desk.clients.values():
        await client.aclose()


async def test_an_offer_is_shown_and_accepted_once(desk: Desk) -> None:
    conversation_id = await desk.writes()
    offer = await desk.offer(conversation_id, "maryam")
    assert offer["contact"]["name"] == "Sara"
    assert offer["queue"]["name"] == "Sales"
    assert offer["why"][1] == {"code": "member", "params": {"queue": "Sales", "names": NAMES}}
    assert (offer["epoch"], offer["orders"], offer["last_interaction_at"]) == (1, [], None)
    path = f"/offers/{offer['id']}/accept"
    assert await desk.call("maryam", "POST", path, {"epoch": 1}) == (
        200, {"conversation_id": str(conversation_id)},
    )  # fmt: skip
    status, problem = await desk.call("maryam", "POST", path, {"epoch": 1})
    assert (status, problem["code"], problem["params"]) == (409, "offer_gone", {"by": "maryam"})
    assert (await desk.call("reza", "POST", path, {"epoch": 1}))[0] == 404


async def test_an_offer_is_declined(desk: Desk) -> None:
    offer = await desk.offer(await desk.writes(), "maryam")
    path = f"/offers/{offer['id']}/decline"
    assert await desk.call("maryam", "POST", path, {"epoch": 1, "reason": "busy"}) == (204, None)
    status, problem = await desk.call("maryam", "POST", path, {"epoch": 1})
    assert (status, problem["code"]) == (409, "offer_gone")


async def test_the_way_of_a_conversation_through_the_desk(desk: Desk) -> None:
    conversation_id = await desk.writes()
    at = f"/conversations/{conversation_id}"
    status, shown = await desk.call("maryam", "POST", f"{at}/pick")
    assert status == 200
    assert (shown["state"], shown["assignee"]["name"]) == ("active", "maryam")
    assert (shown["interaction"]["epoch"], shown["wrap_up_ends_at"]) == (1, None)
    status, problem = await desk.call("reza", "POST", f"{at}/pick")
    assert (status, problem["params"]) == (409, {"by": "maryam"})

    until = (desk.centre.now + timedelta(hours=1)).isoformat()
    status, shown = await desk.call(
        "maryam", "POST", f"{at}/status", {"status": "snoozed", "snoozed_until": until}
    )
    assert (status, shown["status"], shown["state"]) == (200, "snoozed", "parked")
    status, shown = await desk.call("maryam", "POST", f"{at}/status", {"status": "open"})
    assert (shown["status"], shown["state"]) == ("open", "active")

    body = {"user_id": str(desk.ids["reza"]), "note": "Yours"}
    status, shown = await desk.call("maryam", "POST", f"{at}/transfer", body)
    assert (status, shown["state"], shown["assignee"]) == (200, "queued", None)
    await desk.call("reza", "POST", f"{at}/pick")
    status, shown = await desk.call("reza", "POST", f"{at}/status", {"status": "resolved"})
    assert (shown["status"], shown["state"]) == ("resolved", "wrap_up")
    assert shown["wrap_up_ends_at"] is not None
    status, shown = await desk.call(
        "reza", "POST", f"{at}/wrap-up", {"disposition": "solved", "note": "Done"}
    )
    assert (status, shown["state"]) == (200, "completed")
    assert shown["interaction"]["disposition"] == "solved"


async def test_what_one_may_not_see_is_not_there(desk: Desk) -> None:
    conversation_id = await desk.writes()
    async with desk.database.transaction() as conn:
        await set_members(conn, desk.centre.queue_id, {}, actor=SYSTEM, now=desk.centre.now)
    for verb, body in (
        ("pick", None),
        ("transfer", {"user_id": str(desk.ids["maryam"])}),
        ("status", {"status": "resolved"}),
        ("wrap-up", {}),
    ):
        path = f"/conversations/{conversation_id}/{verb}"
        assert (await desk.call("maryam", "POST", path, body))[0] == 404
    status, _ = await desk.call("sima", "POST", f"/conversations/{conversation_id}/pick")
    assert status == 200


async def test_a_colleague_is_asked_in_answers_for_themselves_and_leaves(desk: Desk) -> None:
    at = f"/conversations/{await desk.writes()}"
    await desk.call("maryam", "POST", f"{at}/pick")
    body = {"user_id": str(desk.ids["reza"]), "role": "conference", "note": "Is it so?"}
    assert (await desk.call("reza", "POST", f"{at}/colleagues", body))[0] == 409
    status, shown = await desk.call("maryam", "POST", f"{at}/colleagues", body)
    assert (status, shown["joined"][0]["role"]) == (200, "conference")
    _, shown = await desk.call("reza", "POST", f"{at}/colleagues", body | {"role": "boss"})
    assert shown["code"] == "request_invalid"
    gone = f"{at}/colleagues/{desk.ids['reza']}"
    assert await desk.call("reza", "DELETE", gone) == (204, None)
    assert (await desk.call("maryam", "DELETE", gone))[1]["code"] == "not_joined"


async def test_presence_that_flaps_is_stopped(desk: Desk) -> None:
    """Fifty changes in a second: what gets through is bounded, and so is what others are told."""
    declared = []
    for n in range(50):
        body = {"presence": ("available", "away")[n % 2]}
        status, answer = await desk.call("maryam", "PUT", "/presence", body)
        if status == 200:
            declared.append(body["presence"])
        else:
            assert (status, answer["code"]) == (429, "too_many_requests")
            assert answer["params"] == {"after_s": 2}
    assert len(declared) == 20
    async with desk.database.transaction() as conn:
        changes = await conn.scalar(
            select(func.count())
            .select_from(events)
            .where(events.c.type == "PresenceChanged", events.c.aggregate_id == desk.ids["maryam"])
        )
    assert changes == len(declared)  # the first said nothing new, but signing in did
    desk.centre.clock.turn(2)
    status, agent = await desk.call("maryam", "PUT", "/presence", {"presence": "available"})
    assert (status, agent["presence"]) == (200, "available")


async def test_presence_and_the_colleagues(desk: Desk) -> None:
    status, agent = await desk.call(
        "maryam", "PUT", "/presence", {"presence": "away", "reason": "lunch"}
    )
    assert (status, agent["presence"], agent["reason"]) == (200, "away", "lunch")
    status, problem = await desk.call(
        "maryam", "PUT", "/presence", {"presence": "away", "reason": "no such"}
    )
    assert (status, problem["code"]) == (422, "presence_reason_unknown")
    _, colleagues = await desk.call("reza", "GET", "/agents")
    assert [agent["name"] for agent in colleagues] == ["maryam", "reza", "sima"]
    assert colleagues[0]["queues"] == [
        {"id": str(desk.centre.queue_id), "name": "Sales", "names": NAMES}
    ]
    for path in ("/presence-reasons", "/dispositions"):
        _, listed = await desk.call("reza", "GET", path)
        assert all(set(one["names"]) == {"en", "fa", "ar"} for one in listed)
        assert len(listed) >= 5


async def test_queues_and_capacity_are_for_those_who_manage_routing(desk: Desk) -> None:
    names = {"en": "Help", "fa": "کمک", "ar": "مساعدة"}
    maryam = desk.ids["maryam"]
    assert (await desk.call("maryam", "POST", "/queues", {"names": names}))[0] == 403
    status, queue = await desk.call("sima", "POST", "/queues", {"names": names, "wrap_up_s": 0})
    assert (status, queue["names"], queue["version"]) == (201, names, 1)
    path = f"/queues/{queue['id']}"
    status, queue = await desk.call("sima", "PATCH", path, {"priority": 3})
    assert (status, queue["priority"], queue["wrap_up_s"]) == (200, 3, 0)
    members = [{"user_id": str(maryam), "level": 5}]
    _, queue = await desk.call("sima", "PUT", f"{path}/members", members)
    assert queue["members"] == [{"user": {"id": str(maryam), "name": "maryam"}, "level": 5}]
    _, listed = await desk.call("maryam", "GET", "/queues")
    assert [one["name"] for one in listed] == ["Sales", "Help"]
    assert (await desk.call("sima", "DELETE", path))[0] == 204
    assert (await desk.call("sima", "DELETE", path))[0] == 404

    path = f"/agents/{maryam}/capacity"
    status, agent = await desk.call("sima", "PUT", path, {"capacity": {"web_chat": 3}})
    assert {"kind": "web_chat", "used": 0, "capacity": 3} in agent["load"]
    assert {"kind": "email", "used": 0, "capacity": 4} in agent["load"], "what nobody has set"
    assert (await desk.call("maryam", "PUT", path, {"capacity": {}}))[0] == 403
    assert (await desk.call("sima", "PUT", path, {"capacity": {"web_chat": -1}}))[0] == 422

    path = f"/agents/{maryam}/interruptions"
    rules = {"web_chat": ["api"], "email": []}
    status, agent = await desk.call("sima", "PUT", path, {"interruptible_by": rules})
    assert (status, agent["interruptible_by"]) == (200, rules)
    assert (await desk.call("maryam", "PUT", path, {"interruptible_by": {}}))[0] == 403
    status, refused = await desk.call("sima", "PUT", path, {"interruptible_by": {"email": ["pie"]}})
    assert (status, refused["code"]) == (422, "channel_kind_unknown")
    _, listed = await desk.call("sima", "GET", "/agents")
    assert rules in [one["interruptible_by"] for one in listed]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/presence", {"presence": "busy"}),
        ("POST", "/queues", {"names": {"en": "Only English"}}),
        ("POST", "/queues", {"names": NAMES, "offer_timeout_s": 1}),
        ("POST", f"/offers/{UUID(int=1)}/accept", {"epoch": 2**63}),
        ("POST", f"/conversations/{UUID(int=1)}/status", {"status": "closed"}),
        ("POST", f"/conversations/{UUID(int=1)}/transfer", {"note": "x" * 20_001}),
    ],
)
async def test_wrong_requests_are_refused(desk: Desk, method: str, path: str, body: Any) -> None:
    status, problem = await desk.call("sima", method, path, body)
    assert (status, problem["code"]) == (422, "request_invalid")
