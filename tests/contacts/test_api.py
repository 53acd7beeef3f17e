"""The contact routes over HTTP, as an agent's browser calls them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from wasl.accounts import Role, add_user
from wasl.accounts.service import add_api_token
from wasl.contacts.api import router
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.web import install_problems

Client = httpx.AsyncClient


@pytest.fixture
async def people(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[dict[str, Client]]:
    """A client for an agent, for a supervisor and for nobody."""
    engine = create_async_engine(
        fresh_dsn.replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool
    )
    app = FastAPI()
    app.include_router(router, prefix="/api/v1")
    install_problems(app)
    app.state.database, app.state.clock = Database(engine), clock
    clients = {}
    for role in (Role.AGENT, Role.SUPERVISOR):
        async with app.state.database.transaction() as conn:
            user = await add_user(
                conn,
                email=f"{role.value}@example.com",
                name=role.value,
                role=role,
                password="long enough",
                now=clock.now(),
            )
            _, token = await add_api_token(conn, user, "t", expires_at=None, now=clock.now())
        clients[role.value] = _client(app, {"Authorization": f"Bearer {token}"})
    clients["nobody"] = _client(app, {})
    yield clients
    for client in clients.values():
        await client.aclose()
    await engine.dispose()


def _client(app: FastAPI, headers: dict[str, str]) -> Client:
    transport = httpx.ASGITransport(app=app)
    return Client(transport=transport, base_url="http://test/api/v1", headers=headers)


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
