"""Setting channels up over HTTP: tests before saving, secrets, queues, permissions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, text

from tests.signed_in import signed_in
from wasl.channels import registry
from wasl.conversations.tables import counters, legs
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.ids import new_id
from wasl.routing.channels_api import router
from wasl.routing.tables import queues

GOOD = {"kind": "fake", "name": "Shop", "config": {"token": "t0p-secret"}}
FAILS, WARNS = {"size": 7}, {"size": 6}


@dataclass
class Desk:
    """A running app, a client for each role, and a queue."""

    database: Database
    clock: TurnedClock
    clients: dict[str, httpx.AsyncClient]
    queue_id: UUID

    async def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, who: str = ""
    ) -> Any:
        client = self.clients[who or "administrator"]
        answer = await client.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
async def desk(
    fresh_dsn: str, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setitem(registry.KINDS, "fake", "tests.channels.fake_kind")
    sealer, queue_id = Sealer("x" * 40), new_id()
    async with signed_in(fresh_dsn, clock, router, sealer=sealer) as (database, clients):
        async with database.transaction() as conn:
            names = {"en": "Orders", "fa": "سفارش‌ها", "ar": "الطلبات"}
            await conn.execute(insert(queues).values(id=queue_id, names=names))
        yield Desk(database, clock, clients, queue_id)


async def test_a_channel_is_tested_and_added(desk: Desk) -> None:
    body = {**GOOD, "queue_id": str(desk.queue_id)}
    made = await desk.call("POST", "/channels", body, status=201)
    assert made["enabled"] is True
    assert made["health"]["state"] == "ok"
    assert (made["queue"]["id"], made["queue"]["name"]) == (str(desk.queue_id), "Orders")
    assert made["messages_24h"] == 0
    assert set(made["config"]["token"]) == {"set_at"}
    (listed,) = await desk.call("GET", "/channels", who="agent")
    assert listed == made == await desk.call("GET", f"/channels/{made['id']}", who="agent")
    async with desk.database.transaction() as conn:
        kept = (await conn.execute(text("SELECT audit_log::text FROM audit_log"))).scalars().all()
    assert any("channel.add" in row for row in kept)
    assert not any("t0p-secret" in row for row in kept)


async def test_a_failed_test_saves_nothing_unless_unchecked(desk: Desk) -> None:
    body = {**GOOD, "config": {**GOOD["config"], **FAILS}}  # type: ignore[dict-item]  # a dict by construction
    refused = await desk.call("POST", "/channels", body, status=422)
    assert refused["code"] == "channel_check_failed"
    assert [step["ok"] for step in refused["params"]["steps"]] == [False, False]
    assert await desk.call("GET", "/channels") == []
    made = await desk.call("POST", "/channels", {**body, "unchecked": True}, status=201)
    assert (made["enabled"], made["health"]["state"]) == (False, "off")
    # enabling it is tested
    path = f"/channels/{made['id']}"
    refused = await desk.call("PATCH", path, {"enabled": True}, status=422)
    assert refused["code"] == "channel_check_failed"
    changed = await desk.call("PATCH", path, {"enabled": True, "config": WARNS})
    assert (changed["enabled"], changed["health"]["state"]) == (True, "warning")


async def test_a_change_keeps_what_it_leaves_out(desk: Desk) -> None:
    made = await desk.call("POST", "/channels", GOOD, status=201)
    path = f"/channels/{made['id']}"
    desk.clock.turn(60)
    changed = await desk.call(
        "PATCH", path, {"name": "Store", "config": made["config"], "queue_id": str(desk.queue_id)}
    )
    assert (changed["name"], changed["queue"]["name"]) == ("Store", "Orders")
    assert changed["config"] == made["config"]
    renamed = await desk.call("PATCH", path, {"name": "Shop"})
    assert renamed["queue"]["name"] == "Orders"
    assert renamed["version"] > changed["version"]
    cleared = await desk.call("PATCH", path, {"queue_id": None})
    assert cleared["queue"] is None
    off = await desk.call("PATCH", path, {"config": FAILS, "unchecked": True})
    assert (off["enabled"], off["config"]["size"]) == (False, 7)


async def test_settings_are_tried_with_the_secrets_that_are_kept(desk: Desk) -> None:
    body = {"kind": "fake", "config": {"token": "x", **WARNS}}
    tried = await desk.call("POST", "/channels/check", body)
    assert (tried["ok"], tried["warnings"]) == (True, 1)
    made = await desk.call("POST", "/channels", GOOD, status=201)
    body = {"kind": "fake", "config": FAILS, "channel_id": made["id"]}
    assert (await desk.call("POST", "/channels/check", body))["ok"] is False
    other = {**body, "kind": "api"}
    refused = await desk.call("POST", "/channels/check", other, status=422)
    assert refused["code"] == "channel_kind_fixed"
    assert await desk.call("GET", f"/channels/{made['id']}") == made


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "pigeon"}, 404, "channel_kind_unknown"),
        ({"config": {}}, 422, "channel_config_invalid"),
        ({"config": {"token": "t", "size": "big"}}, 422, "channel_config_invalid"),
        ({"config": {"token": "t\u0000"}}, 422, "channel_config_invalid"),
        ({"name": "\u202e "}, 422, "request_invalid"),
        ({"colour": "red"}, 422, "request_invalid"),
        ({"queue_id": str(UUID(int=7))}, 422, "queue_not_found"),
    ],
)
async def test_what_is_wrong_is_refused_whole(
    desk: Desk, change: dict[str, Any], status: int, code: str
) -> None:
    refused = await desk.call("POST", "/channels", {**GOOD, **change}, status=status)
    assert refused["code"] == code
    assert await desk.call("GET", "/channels") == []


async def test_a_channel_with_conversations_is_only_disabled(desk: Desk) -> None:
    used = await desk.call("POST", "/channels", GOOD, status=201)
    unused = await desk.call("POST", "/channels", GOOD, status=201)
    async with desk.database.transaction() as conn:
        await conn.execute(text("SET session_replication_role = replica"))  # a leg by itself
        await conn.execute(
            insert(legs).values(
                id=new_id(),
                conversation_id=new_id(),
                interaction_id=new_id(),
                channel_id=UUID(used["id"]),
                opened_at=desk.clock.now(),
            )
        )
    for one in (used, unused):
        await desk.call("DELETE", f"/channels/{one['id']}", status=204)
    (left,) = await desk.call("GET", "/channels")
    assert (left["id"], left["enabled"]) == (used["id"], False)
    await desk.call("DELETE", f"/channels/{unused['id']}", status=404)


async def test_it_says_how_busy_a_channel_is(desk: Desk) -> None:
    made = await desk.call("POST", "/channels", GOOD, status=201)
    async with desk.database.transaction() as conn:
        for hours, n in ((0, 2), (3, 3), (30, 100)):
            hour = (desk.clock.now() - timedelta(hours=hours)).strftime("%Y%m%d%H")
            await conn.execute(insert(counters).values(key=f"channel:{made['id']}:{hour}", n=n))
    assert (await desk.call("GET", f"/channels/{made['id']}"))["messages_24h"] == 5


async def test_kinds_say_what_they_can_and_how_they_are_set_up(desk: Desk) -> None:
    kinds = {kind["kind"]: kind for kind in await desk.call("GET", "/channel-kinds")}
    assert {"web_chat", "email", "api"} <= set(kinds)
    secret = kinds["api"]["schema"]["properties"]["secret"]
    assert (secret["format"], secret["title"]) == ("password", "channel.api.secret")
    assert kinds["email"]["capabilities"]["threads"] is True


async def test_only_administrators_set_channels_up(desk: Desk) -> None:
    made = await desk.call("POST", "/channels", GOOD, status=201)
    path = f"/channels/{made['id']}"
    for who, status in (("agent", 403), ("supervisor", 403), ("nobody", 401)):
        await desk.call("POST", "/channels", GOOD, status=status, who=who)
        await desk.call("PATCH", path, {"name": "x"}, status=status, who=who)
        await desk.call("DELETE", path, status=status, who=who)
        await desk.call(
            "POST", "/channels/check", {"kind": "fake", "config": {}}, status=status, who=who
        )
    await desk.call("GET", "/channels", status=401, who="nobody")
