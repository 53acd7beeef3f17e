"""Flows by HTTP, from a first draft to a channel that leads to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tests.conversations.conftest import make_world
from tests.flows.words import SHOP, flow, texts
from tests.signed_in import signed_in
from wasl.flows.api import router
from wasl.infra.clock import TurnedClock
from wasl.infra.ids import new_id

BROKEN = flow({"a": {"type": "say", "text": texts("x"), "next": "gone"}})


async def test_from_a_draft_to_a_channel(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            channel_id = (await make_world(conn, clock)).channel_ids["web_chat"]
        who = clients["supervisor"]
        added = await who.post("/flows", json={"key": "shop", "definition": BROKEN})
        assert added.status_code == 201
        shown = added.json()
        there = f"/flows/{shown['id']}"
        assert [p["code"] for p in shown["problems"]] == ["exit_dead"]
        twice = await who.post("/flows", json={"key": "shop", "definition": BROKEN})
        assert (twice.status_code, twice.json()["code"]) == (409, "flow_key_taken")
        refused = await who.post(f"{there}/publish", json={"version": 1})
        assert (refused.status_code, refused.json()["code"]) == (409, "flow_has_problems")
        leads = {"flow_id": shown["id"]}
        early = await who.put(f"/channels/{channel_id}/flow", json=leads)
        assert (early.status_code, early.json()["code"]) == (409, "flow_not_published")

        put = await who.put(f"{there}/draft", json={"definition": SHOP, "version": 1})
        assert put.status_code == 200 and put.json()["version"] == 2
        late = await who.put(f"{there}/draft", json={"definition": SHOP, "version": 1})
        assert (late.status_code, late.json()["code"]) == (409, "flow_changed")
        published = (await who.post(f"{there}/publish", json={"version": 2})).json()
        assert published["published"] == 1
        assert [one["number"] for one in published["versions"]] == [1]
        version: Any = (await who.get(f"{there}/versions/1")).json()
        assert version["definition"] == published["draft"]
        assert (await who.get(f"{there}/versions/2")).status_code == 404

        assert (await who.put(f"/channels/{channel_id}/flow", json=leads)).status_code == 204
        (one,) = (await who.get("/flows")).json()["items"]
        assert one["channel_ids"] == [str(channel_id)]
        found = (await who.get(f"{there}/versions/1/statistics")).json()
        assert (found["runs"], found["steps"]) == (0, [])
        off = await who.put(f"/channels/{channel_id}/flow", json={"flow_id": None})
        assert off.status_code == 204
        async with database.transaction() as conn:
            rows = await conn.execute(text("SELECT action FROM audit_log ORDER BY seq"))
            assert [row.action for row in rows] == [
                "flow.add",
                "flow.draft",
                "flow.publish",
                "channel.flow",
                "channel.flow",
            ]


async def test_what_is_no_flow_or_too_large_is_refused(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["administrator"]
        answer = await who.post("/flows/problems", json={"definition": {"schema": "x"}})
        assert (answer.status_code, answer.json()["code"]) == (422, "flow_unreadable")
        large = SHOP | {"name": {"en": "x" * 300_000}}
        answer = await who.post("/flows/problems", json={"definition": large})
        assert (answer.status_code, answer.json()["code"]) == (413, "flow_too_large")
        answer = await who.post("/flows/problems", json={"definition": BROKEN})
        assert answer.json()["items"][0]["params"] == {"to": "gone"}
        missing = flow({"a": {"type": "handover", "queue": str(new_id())}})
        answer = await who.post("/flows/problems", json={"definition": missing})
        assert answer.status_code == 200
        assert [p["code"] for p in answer.json()["items"]] == ["queue_missing"]
        schema = (await who.get("/flows/schema")).json()
        assert "Definition" in schema["$defs"]
        assert (await clients["agent"].get("/flows")).status_code == 403
