"""The contact routes over HTTP, as an agent's browser calls them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from tests.signed_in import signed_in
from wasl.accounts.service import drop_team, put_team
from wasl.accounts.tables import audit_log
from wasl.contacts.api import router
from wasl.infra.clock import TurnedClock
from wasl.infra.events import events

Client = httpx.AsyncClient


@pytest.fixture
async def people(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[dict[str, Client]]:
    """A client for each role and for nobody."""
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        yield clients


async def test_a_contact_is_made_found_and_changed(people: dict[str, Client]) -> None:
    agent = people["agent"]
    made = await agent.post(
        "/contacts",
        json={
            "name": " سارا \u202eکریمی ",
            "locale": "fa",
            "attributes": {"size": 42},
            "identities": [{"kind": "phone", "value": "۰۹۱۲۱۲۳۴۵۶۷", "region": "ir"}],
        },
    )
    assert made.status_code == 201
    contact: dict[str, Any] = made.json()
    assert (contact["name"], contact["version"]) == ("سارا کریمی", 2)
    assert contact["identities"][0]["value"] == "+989121234567"
    assert contact["identities"][0]["verified"] is False

    changed = await agent.patch(f"/contacts/{contact['id']}", json={"city": "یزد", "tags": ["vip"]})
    assert (changed.json()["city"], changed.json()["tags"]) == ("یزد", ["vip"])
    found = (await agent.get("/contacts", params={"q": "كريمي"})).json()
    assert [one["id"] for one in found["items"]] == [contact["id"]]
    assert found["next"] is None


async def test_a_team_looks_after_a_contact(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, people):
        team_id = uuid4()
        async with database.transaction() as conn:
            await put_team(conn, team_id, "Gold", [])
        agent, team = people["agent"], {"id": str(team_id), "name": "Gold"}
        await _is_looked_after(agent, team)
        async with database.transaction() as conn:
            await drop_team(conn, team_id)
        (contact,) = (await agent.get("/contacts")).json()["items"]
        left = (await agent.patch(f"/contacts/{contact['id']}", json={"city": "Qom"})).json()
        assert (left["team"], left["city"]) == (None, "Qom")


async def _is_looked_after(agent: Client, team: dict[str, str]) -> None:
    contact = (await agent.post("/contacts", json={"name": "Sara", "team_id": team["id"]})).json()
    path = f"/contacts/{contact['id']}"
    assert contact["team"] == team
    kept = (await agent.patch(path, json={"city": "Yazd"})).json()
    assert kept["team_id"] == team["id"]  # what is not said stays
    refused = await agent.patch(path, json={"team_id": str(uuid4())})
    assert (refused.status_code, refused.json()["code"]) == (404, "team_not_found")
    gone = (await agent.patch(path, json={"team_id": None})).json()
    assert (gone["team_id"], gone["team"]) == (None, None)
    again = (await agent.patch(path, json={"team_id": team["id"]})).json()
    assert again["team"] == team


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x" * 500}, "request_invalid"),
        ({"colour": "red"}, "request_invalid"),
        ({"locale": "xx"}, "request_invalid"),
        ({"company": "a\u0000b"}, "request_invalid"),
        ({"attributes": {"a": {"b": ["\u0000"]}}}, "request_invalid"),
        ({"attributes": {"a": "x" * 20_000}}, "request_invalid"),
        ({"tags": [""]}, "request_invalid"),
        ({"name": "n", "identities": [{"kind": "email", "value": "no"}]}, "identity_invalid"),
        ({"name": "n", "identities": [{"kind": "phone", "value": "0912"}]}, "identity_invalid"),
    ],
)
async def test_what_is_wrong_is_refused_whole(
    people: dict[str, Client], body: dict[str, Any], code: str
) -> None:
    answer = await people["agent"].post("/contacts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await people["agent"].get("/contacts")).json()["items"] == []


async def test_only_a_supervisor_says_that_an_identity_is_verified(
    people: dict[str, Client],
) -> None:
    contact = (await people["agent"].post("/contacts", json={"name": "n"})).json()
    path = f"/contacts/{contact['id']}/identities"
    body = {"kind": "email", "value": "n@example.com", "verified": True}
    assert (await people["agent"].post(path, json=body)).status_code == 403
    answer = await people["supervisor"].post(path, json=body)
    assert [one["verified_by"] for one in answer.json()["identities"]] == ["agent"]
    other = (await people["agent"].post("/contacts", json={"name": "o"})).json()
    taken = await people["agent"].post(
        f"/contacts/{other['id']}/identities", json={"kind": "email", "value": "N@example.com"}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_taken")


async def test_nobody_reads_contacts(people: dict[str, Client]) -> None:
    assert (await people["nobody"].get("/contacts")).status_code == 401


async def _consent(who: Client, contact_id: str, **body: Any) -> httpx.Response:
    return await who.put(f"/contacts/{contact_id}/consents", json=body)


async def test_a_consent_is_noted_changed_and_taken_back(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        agent = clients["agent"]
        body = {"name": "n", "identities": [{"kind": "email", "value": "n@example.com"}]}
        contact_id = (await agent.post("/contacts", json=body)).json()["id"]
        about = {"kind": "email", "purpose": "marketing"}

        allowed = (await _consent(agent, contact_id, **about, allowed=True)).json()
        assert allowed["consents"] == [
            {**about, "allowed": True, "source": "agent", "at": allowed["consents"][0]["at"]}
        ]
        refused = (await _consent(agent, contact_id, **about, allowed=False)).json()
        assert [one["allowed"] for one in refused["consents"]] == [False]
        assert refused["version"] == allowed["version"] + 1
        forgotten = (await _consent(agent, contact_id, **about, allowed=None)).json()
        assert forgotten["consents"] == []

        async with database.transaction() as conn:
            kept = (
                await conn.execute(
                    select(audit_log.c.before, audit_log.c.after)
                    .where(audit_log.c.action == "consent.change")
                    .order_by(audit_log.c.seq)
                )
            ).all()
            happened = await conn.scalar(
                select(func.count()).select_from(events).where(events.c.type == "ConsentChanged")
            )
        assert [(row.before["allowed"], row.after["allowed"]) for row in kept] == [
            (None, True),
            (True, False),
            (False, None),
        ]
        assert happened == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "phone", "purpose": "service", "allowed": True}, 422, "consent_kind_unknown"),
        ({"kind": "EMAIL", "purpose": "service", "allowed": True}, 422, "request_invalid"),
        ({"kind": "email", "purpose": "spying", "allowed": True}, 422, "request_invalid"),
        ({"kind": "email", "purpose": "service"}, 422, "request_invalid"),
    ],
)
async def test_a_wrong_consent_is_refused(
    people: dict[str, Client], body: dict[str, Any], status: int, code: str
) -> None:
    made = {"name": "n", "identities": [{"kind": "email", "value": "n@example.com"}]}
    contact_id = (await people["agent"].post("/contacts", json=made)).json()["id"]
    answer = await _consent(people["agent"], contact_id, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await _consent(people["nobody"], contact_id, **body)).status_code == 401


async def test_a_consent_of_nobody_is_not_found(people: dict[str, Client]) -> None:
    answer = await _consent(
        people["agent"], str(uuid4()), kind="email", purpose="service", allowed=True
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "contact_not_found")
