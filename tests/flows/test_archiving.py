"""Flows that are put away, and had back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conversations.conftest import make_world
from tests.flows.conftest import FlowCentre
from tests.flows.test_automations import automate, everything, queued, tags, tags_of, time_passes
from tests.flows.words import flow, texts
from tests.signed_in import signed_in
from wasl import flows
from wasl.flows import arming
from wasl.flows.api import router
from wasl.flows.archiving import set_archived
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import NotFound

PLAIN = flow({"a": {"type": "end", "text": texts("bye")}})


async def _published(who: AsyncClient, key: str, definition: dict[str, Any]) -> str:
    added = (await who.post("/flows", json={"key": key, "definition": definition})).json()
    published = await who.post(f"/flows/{added['id']}/publish", json={"version": 1})
    assert published.status_code == 200
    return str(added["id"])


async def _keys(who: AsyncClient, *, archived: bool = False) -> list[str]:
    items = (await who.get("/flows", params={"archived": archived})).json()["items"]
    assert all((one["archived_at"] is not None) == archived for one in items)
    return [one["key"] for one in items]


async def test_what_is_put_away_is_in_no_list_and_comes_back(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        who = clients["supervisor"]
        id_ = await _published(who, "old", PLAIN)
        await _published(who, "new", PLAIN)
        at = (clock.now() + timedelta(hours=1)).isoformat()
        assert (
            await who.put(f"/flows/{id_}/schedule", json={"version": 2, "at": at})
        ).status_code == 200
        assert (await who.put(f"/flows/{id_}/archived", json={"archived": True})).status_code == 204
        assert (await _keys(who), await _keys(who, archived=True)) == (["new"], ["old"])
        shown = (await who.get(f"/flows/{id_}")).json()
        assert (shown["archived_at"] is not None, shown["publish_at"]) == (True, None)
        for method, path, body in (
            ("PUT", "draft", {"definition": PLAIN, "version": shown["version"]}),
            ("POST", "publish", {"version": shown["version"]}),
            ("PUT", "schedule", {"version": shown["version"], "at": at}),
        ):
            refused = await who.request(method, f"/flows/{id_}/{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "flow_archived")
        runs_it = flow({"a": {"type": "flow", "flow": "old", "next": "b"}, "b": {"type": "end"}})
        found = await who.post("/flows/problems", json={"definition": runs_it})
        assert [one["code"] for one in found.json()["items"]] == ["flow_missing"]

        for archived in (False, False):  # the second time changes nothing
            answer = await who.put(f"/flows/{id_}/archived", json={"archived": archived})
            assert answer.status_code == 204
        assert (await _keys(who), await _keys(who, archived=True)) == (["new", "old"], [])
        async with database.transaction() as conn:
            rows = await conn.execute(
                text("SELECT action FROM audit_log WHERE action IN ('flow.archive','flow.restore')")
            )
            assert rows.scalars().all() == ["flow.archive", "flow.restore"]


async def test_what_is_needed_is_not_put_away(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            world = await make_world(conn, clock)
            channel_id = world.channel_ids["web_chat"]
            name = await conn.scalar(
                text("SELECT name FROM channels WHERE id = :id"), {"id": channel_id}
            )
        who = clients["supervisor"]
        inner = await _published(who, "inner", PLAIN)
        runs_it = flow({"a": {"type": "flow", "flow": "inner", "next": "b"}, "b": {"type": "end"}})
        outer = await _published(who, "outer", runs_it)

        async def put_away(id_: str) -> Any:
            answer = await who.put(f"/flows/{id_}/archived", json={"archived": True})
            return answer.status_code if answer.status_code == 204 else answer.json()

        rows = {row["key"]: row for row in (await who.get("/flows")).json()["items"]}
        assert [by["id"] for by in rows["inner"]["run_by"]] == [outer]
        assert rows["outer"]["run_by"] == []
        refused = await put_away(inner)
        assert (refused["status"], refused["code"]) == (409, "flow_run_by")
        assert refused["params"] == {"flows": "outer"}
        await who.put(f"/channels/{channel_id}/flow", json={"flow_id": outer})
        refused = await put_away(outer)
        assert (refused["status"], refused["code"]) == (409, "flow_leads")
        assert refused["params"] == {"channels": name}

        await who.put(f"/channels/{channel_id}/flow", json={"flow_id": None})
        assert (await put_away(outer), await put_away(inner)) == (204, 204)
        led = await who.put(f"/channels/{channel_id}/flow", json={"flow_id": outer})
        assert (led.status_code, led.json()["code"]) == (409, "flow_archived")
        assert (await clients["agent"].put(f"/flows/{inner}/archived", json={})).status_code == 403


async def test_a_run_goes_on_when_its_flow_is_put_away(
    centre: FlowCentre, conn: AsyncConnection, clock: TurnedClock
) -> None:
    await centre.says("hello")
    await flows.lead_channel(conn, centre.world.channel_ids["web_chat"], None)
    await set_archived(conn, centre.flow_id, True, now=clock.now())
    await centre.says("Goodbye", named=(centre.conversation_id,))
    assert (await centre.run()).status == "finished"


async def test_what_is_put_away_starts_nothing(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    hears = await automate(centre, "hears", tags("heard"), {"on": "MessageReceived"})
    ticks = await automate(centre, "ticks", tags("ticked"), {"on": "schedule", "after_s": 3_600})

    async def put_away(archived: bool) -> None:
        for id_ in (hears, ticks):
            assert await set_archived(conn, id_, archived, now=clock.now())

    async def tagged() -> list[str]:
        await everything(centre)
        await time_passes(centre, 3_601)
        return sorted(await tags_of(centre))

    await put_away(True)
    assert await arming.views(conn) == []
    with pytest.raises(NotFound):
        await arming.set_active(conn, hears, True, now=clock.now())
    await centre.says("hello")
    assert await tagged() == []
    await put_away(False)
    assert [one["key"] for one in await arming.views(conn)] == ["hears", "ticks"]
    assert await tagged() == ["ticked"]  # what was said before starts nothing
    await centre.says("hello again", named=(centre.conversation_id,))
    assert await tagged() == ["heard", "ticked"]


async def test_an_automation_that_rested_rests_when_it_is_had_back(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    id_: UUID = await automate(centre, "hears", tags("heard"), {"on": "MessageReceived"})
    await arming.set_active(conn, id_, False, now=clock.now())
    for archived in (True, False):
        await set_archived(conn, id_, archived, now=clock.now())
    (one,) = await arming.views(conn)
    assert one["active"] is False
