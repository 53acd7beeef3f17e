"""SLA policies over HTTP, as the settings call them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.signed_in import signed_in
from wasl.accounts import Role
from wasl.infra.clock import TurnedClock
from wasl.routing.sla_api import router

BODY: dict[str, Any] = {
    "names": {"en": "VIP", "fa": "ویژه", "ar": "كبار العملاء"},
    "priorities": [3, 2, 3],
    "kinds": ["web_chat"],
    "tags": ["vip", "gold"],
    "first_response_s": 60,
    "next_response_s": None,
    "resolution_s": 3600,
    "warn_percent": 75,
}


async def test_the_life_of_a_policy(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        boss, agent = clients[Role.ADMINISTRATOR], clients[Role.AGENT]
        made = await boss.post("/sla-policies", json=BODY)
        assert made.status_code == 201
        first = made.json()
        kept = {"priorities": [2, 3], "tags": ["gold", "vip"]}
        assert first == {**BODY, **kept, "id": first["id"]}
        other = (await boss.post("/sla-policies", json={**BODY, "tags": []})).json()
        assert (await agent.get("/sla-policies")).json() == [first, other]
        order = [other["id"], first["id"]]
        assert (await boss.put("/sla-policies/order", json=order)).json() == [other, first]
        path = f"/sla-policies/{first['id']}"
        changed = await boss.put(path, json={**BODY, "priorities": [], "resolution_s": None})
        assert (changed.json()["priorities"], changed.json()["resolution_s"]) == ([], None)
        assert (await boss.delete(path)).status_code == 204
        assert (await boss.get("/sla-policies")).json() == [other]
        gone = await boss.put(path, json=BODY)
        assert (gone.status_code, gone.json()["code"]) == (404, "sla_policy_not_found")
        assert (await boss.put("/sla-policies/order", json=order)).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": ["telepathy"]},
        {"first_response_s": None, "resolution_s": None},
        {"first_response_s": 0},
        {"resolution_s": 31 * 86_400 + 1},
        {"warn_percent": 100},
        {"priorities": [4]},
        {"tags": [""]},
        {"tags": ["x"] * 51},
        {"names": {"en": "VIP"}},
        {"queue_id": "7"},
    ],
)
async def test_what_is_no_policy_is_refused(
    fresh_dsn: str, clock: TurnedClock, wrong: dict[str, Any]
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        boss = clients[Role.ADMINISTRATOR]
        answer = await boss.post("/sla-policies", json={**BODY, **wrong})
        assert 400 <= answer.status_code < 500
        assert (await boss.get("/sla-policies")).json() == []
