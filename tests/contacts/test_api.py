"""The contact routes over HTTP, as an agent's browser calls them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.signed_in import signed_in
from wasl.contacts.api import router
from wasl.infra.clock import TurnedClock

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
