"""Whoever is signed out hears nothing more: the whole application with its real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.journeys.centre import SECRET
from tests.realtime.serving import hear, hear_until, say, serving
from wasl.accounts import Role, add_user
from wasl.infra.settings import Settings
from wasl.main import Wasl, web

PASSWORD = "long enough"


@dataclass
class Signed:
    """A signed-in browser, and whose it is."""

    address: str
    http: httpx.AsyncClient
    user: dict[str, Any]

    def socket(self) -> connect:
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        return connect(
            f"ws://{self.address}/api/v1/socket",
            origin=f"http://{self.address}",  # type: ignore[arg-type]  # NewType of the client
            additional_headers={"Cookie": cookies},
        )


class Desks:
    def __init__(self, address: str) -> None:
        self.address = address
        self.clients: list[httpx.AsyncClient] = []

    async def sign_in(self, name: str, password: str = PASSWORD) -> Signed:
        http = httpx.AsyncClient(base_url=f"http://{self.address}/api/v1")
        self.clients.append(http)
        body = {"email": f"{name}@shop.example", "password": password}
        answer = await http.post("/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        http.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return Signed(self.address, http, answer.json()["user"])


@pytest.fixture
async def desks(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Desks]:
    wasl = Wasl(
        Settings.model_validate(
            {"data_dir": tmp_path, "secret_key": SECRET, "database_url": fresh_dsn}
        )
    )
    await wasl.bus.start()
    async with wasl.database.transaction() as conn:
        for name, role in (("noor", Role.ADMINISTRATOR), ("maryam", Role.AGENT)):
            await add_user(
                conn, email=f"{name}@shop.example", name=name, role=role, password=PASSWORD,
                now=wasl.clock.now(),
            )  # fmt: skip
    async with web(wasl) as app, serving(app) as address:
        made = Desks(address)
        yield made
        for client in made.clients:
            await client.aclose()
    await wasl.close()


async def is_told_to_go(client: ClientConnection) -> None:
    assert (await hear_until(client, "bye"))["code"] == "signed_out"
    with pytest.raises(ConnectionClosed):
        await client.recv()


async def lives(client: ClientConnection) -> None:
    await say(client, t="ping")
    await hear_until(client, "pong")


async def test_a_new_password_closes_every_open_socket_of_that_person(desks: Desks) -> None:
    noor, one, other = [await desks.sign_in(name) for name in ("noor", "maryam", "maryam")]
    async with noor.socket() as boss, one.socket() as here, other.socket() as there:
        for client in (boss, here, there):
            assert (await hear(client))["t"] == "ready"
        body = {"password": "quite another"}
        answer = await noor.http.post(f"/users/{one.user['id']}/password", json=body)
        assert answer.status_code == 204
        await is_told_to_go(here)
        await is_told_to_go(there)
        await lives(boss)
    # the old cookie opens nothing, the new password does
    async with one.socket() as again:
        assert (await hear(again)) == {"t": "bye", "code": "signed_out"}
    async with (await desks.sign_in("maryam", "quite another")).socket() as again:
        assert (await hear(again))["t"] == "ready"


async def test_ones_own_new_password_signs_out_everywhere(desks: Desks) -> None:
    maryam = await desks.sign_in("maryam")
    async with maryam.socket() as client:
        assert (await hear(client))["t"] == "ready"
        body = {"old": PASSWORD, "new": "quite another"}
        assert (await maryam.http.post("/me/password", json=body)).status_code == 204
        await is_told_to_go(client)


async def test_who_is_disabled_is_out_at_once_with_cookie_and_token(desks: Desks) -> None:
    noor, maryam = await desks.sign_in("noor"), await desks.sign_in("maryam")
    token = (await maryam.http.post("/api-tokens", json={"name": "till"})).json()["token"]
    program = connect(
        f"ws://{desks.address}/api/v1/socket",
        additional_headers={"Authorization": f"Bearer {token}"},
    )
    async with maryam.socket() as browser, program as till:
        for client in (browser, till):
            assert (await hear(client))["t"] == "ready"
        path = f"/users/{maryam.user['id']}"
        assert (await noor.http.patch(path, json={"disabled": True})).status_code == 200
        await is_told_to_go(browser)
        await is_told_to_go(till)


async def test_another_role_is_felt_in_the_open_socket(desks: Desks) -> None:
    """What the new role may see comes as a new snapshot; nobody has to sign in again."""
    noor, maryam = await desks.sign_in("noor"), await desks.sign_in("maryam")
    async with maryam.socket() as client:
        await say(client, t="sub", scope="list:all")
        assert (await hear_until(client, "snapshot"))["items"] == []
        path = f"/users/{maryam.user['id']}"
        assert (await noor.http.patch(path, json={"role": "supervisor"})).status_code == 200
        assert (await hear_until(client, "snapshot"))["scope"] == "list:all"
        await lives(client)


async def test_signing_out_and_a_token_taken_back_close_theirs_only(desks: Desks) -> None:
    one, other = await desks.sign_in("maryam"), await desks.sign_in("maryam")
    made = (await one.http.post("/api-tokens", json={"name": "till"})).json()
    program = connect(
        f"ws://{desks.address}/api/v1/socket",
        additional_headers={"Authorization": f"Bearer {made['token']}"},
    )
    async with one.socket() as here, other.socket() as there, program as till:
        for client in (here, there, till):
            assert (await hear(client))["t"] == "ready"
        assert (await one.http.post("/sign-out")).status_code == 204
        await is_told_to_go(here)
        await lives(till)
        assert (await other.http.delete(f"/api-tokens/{made['id']}")).status_code == 204
        await is_told_to_go(till)
        await lives(there)
