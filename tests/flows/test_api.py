"""Flows by HTTP, from a first draft to a channel that leads to it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from tests.conversations.conftest import make_world
from tests.flows.words import SHOP, flow, texts
from tests.signed_in import signed_in
from wasl.flows import timer_handlers
from wasl.flows.api import router
from wasl.infra.clock import TurnedClock
from wasl.infra.ids import new_id
from wasl.infra.timers import fire_until

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


async def test_an_old_version_goes_live_again(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["supervisor"]
        first = flow({"a": {"type": "end", "text": texts("one")}})
        second = flow({"a": {"type": "end", "text": texts("two")}})
        added = (await who.post("/flows", json={"key": "shop", "definition": first})).json()
        there = f"/flows/{added['id']}"
        await who.post(f"{there}/publish", json={"version": 1})
        await who.put(f"{there}/draft", json={"definition": second, "version": 2})
        await who.post(f"{there}/publish", json={"version": 3})
        back = (await who.post(f"{there}/publish", json={"version": 4, "restore": 1})).json()
        assert back["published"] == 3
        assert [one["number"] for one in back["versions"]] == [3, 2, 1]
        assert [one["restored"] for one in back["versions"]] == [1, None, None]
        assert back["versions"][0]["published_by_name"] == "supervisor"
        assert back["draft"]["steps"]["a"]["text"]["en"] == "two"
        live = (await who.get(f"{there}/versions/3")).json()
        assert live["definition"]["steps"]["a"]["text"]["en"] == "one"
        gone = await who.post(f"{there}/publish", json={"version": 5, "restore": 9})
        assert gone.status_code == 404
        (listed,) = (await who.get("/flows")).json()["items"]
        assert (listed["errors"], listed["warnings"]) == (0, 0)
        assert listed["live"] == listed["totals"] == {"runs": 0, "ended": 0, "contained": 0}
        assert listed["trigger"] is None


async def test_a_draft_goes_live_later_as_it_was(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        who = clients["supervisor"]
        planned = flow({"a": {"type": "end", "text": texts("planned")}})
        added = (await who.post("/flows", json={"key": "shop", "definition": planned})).json()
        there = f"/flows/{added['id']}"
        at = clock.now() + timedelta(hours=3)
        when = {"version": 1, "at": at.isoformat()}
        early = {"version": 1, "at": clock.now().isoformat()}
        refused = await who.put(f"{there}/schedule", json=early)
        assert (refused.status_code, refused.json()["code"]) == (422, "time_past")
        shown = (await who.put(f"{there}/schedule", json=when)).json()
        assert datetime.fromisoformat(shown["publish_at"]) == at
        assert (await who.put(f"{there}/schedule", json={"version": 1, "at": None})).json()[
            "publish_at"
        ] is None
        await who.put(f"{there}/schedule", json=when)
        await who.put(f"{there}/draft", json={"definition": BROKEN, "version": 1})
        late = await who.put(f"{there}/schedule", json=when)
        assert (late.status_code, late.json()["code"]) == (409, "flow_changed")
        async with database.transaction() as conn:
            await fire_until(conn, timer_handlers(), at)
        shown = (await who.get(there)).json()
        assert (shown["published"], shown["publish_at"]) == (1, None)
        live = (await who.get(f"{there}/versions/1")).json()["definition"]
        assert live["steps"]["a"]["text"]["en"] == "planned"


async def test_what_became_impossible_is_not_published(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        who = clients["supervisor"]
        inner = flow({"a": {"type": "end"}})
        outer = flow({"a": {"type": "flow", "flow": "inner", "next": "b"}, "b": {"type": "end"}})
        one = (await who.post("/flows", json={"key": "inner", "definition": inner})).json()
        await who.post(f"/flows/{one['id']}/publish", json={"version": 1})
        two = (await who.post("/flows", json={"key": "outer", "definition": outer})).json()
        at = clock.now() + timedelta(hours=3)
        when = {"version": 1, "at": at.isoformat()}
        await who.put(f"/flows/{two['id']}/schedule", json=when)
        round_ = flow({"a": {"type": "flow", "flow": "outer", "next": "b"}, "b": {"type": "end"}})
        async with database.transaction() as conn:
            await conn.execute(
                text(
                    "UPDATE flow_versions SET library = jsonb_build_object('', CAST(:f AS jsonb))"
                ),
                {"f": json.dumps(round_)},
            )
            await fire_until(conn, timer_handlers(), at)
            rows = await conn.execute(text("SELECT action FROM audit_log ORDER BY seq DESC"))
            assert rows.scalars().first() == "flow.not_published"
        assert (await who.get(f"/flows/{two['id']}")).json()["published"] is None
