"""The desk's websocket over a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.realtime import toys
from tests.realtime.serving import hear, hear_until, say, serving
from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.ids import new_id
from wasl.realtime import Caller, Connected, Ephemeral, Hub, desk_endpoint, desk_socket, ephemeral
from wasl.realtime.scopes import Family, Part


@dataclass
class Desk:
    address: str
    database: Database
    hub: Hub
    users: list[UUID]
    presence: list[tuple[UUID, bool]]

    def connect(self, number: int) -> connect:
        """As a program with a token, where the token is the user's id."""
        return connect(
            f"ws://{self.address}/api/v1/socket",
            additional_headers={"Authorization": str(self.users[number])},
        )


async def authenticate(request: HTTPConnection) -> Caller | None:
    token = request.headers.get("authorization") or request.cookies.get("user")
    if token == "crowd":
        raise PoolTimeoutError
    return Caller(UUID(token), f"sign-in of {token}") if token else None


# the toys' one-aggregate family under the name that typing and viewing go by
CONVERSATION = Family(
    "conversation",
    (Part("toy", "toy", toys.fetch_toys, toys.FAMILIES[1].parts[0].snapshot),),
    toys.FAMILIES[1].allows,
    by_aggregate=True,
)


@pytest.fixture
async def desk(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Desk]:
    bus = LocalBus()
    engine = make_engine(fresh_dsn)
    database = Database(engine, bus.wake)
    users = [new_id() for _ in range(3)]
    async with database.transaction() as conn:
        await conn.run_sync(toys.create_tables)
        for user in users:
            await toys.set_shelves(conn, user, ["a"], 1)
    hub = Hub(engine, bus, EventFeed(engine, bus), [*toys.FAMILIES, CONVERSATION], toys.viewers_of)
    presence: list[tuple[UUID, bool]] = []

    async def on_presence(user_id: UUID, connected: bool) -> None:
        if user_id == users[2]:
            raise PoolTimeoutError
        presence.append((user_id, connected))

    chatter = Ephemeral(hub, bus)
    await hub.start()
    hub._spawn(chatter.run())
    endpoint = desk_endpoint(
        hub, chatter, Connected(bus, clock, on_presence), authenticate, ["https://desk.example"]
    )
    app = Starlette(routes=[WebSocketRoute("/api/v1/socket", endpoint)])
    async with serving(app) as address:
        yield Desk(address, database, hub, users, presence)
        await hub.stop()
    await bus.stop()
    await engine.dispose()


async def make(desk: Desk) -> UUID:
    async with desk.database.transaction() as conn:
        return await toys.make(conn, "a")


async def test_a_snapshot_and_what_follows(desk: Desk) -> None:
    async with desk.connect(0) as client:
        assert await hear(client) == {"t": "ready", "user": str(desk.users[0])}
        await say(client, t="sub", scope="list:new")
        snapshot = await hear_until(client, "snapshot")
        assert snapshot["items"] == []
        toy = await make(desk)
        put = await hear_until(client, "put")
        assert (put["scope"], put["kind"], put["id"], put["v"]) == ("list:new", "toy", str(toy), 1)
        assert put["data"] == {"id": str(toy), "shelf": "a", "state": "new"}
        await say(client, t="unsub", scope="list:new")
        await say(client, t="ping")
        await hear_until(client, "pong")
        assert not desk.hub.following("list:new")
    assert desk.presence == [(desk.users[0], True)]


async def test_nobody_is_told_to_sign_in(desk: Desk) -> None:
    async with connect(f"ws://{desk.address}/api/v1/socket", origin=f"http://{desk.address}") as c:  # type: ignore[arg-type]  # NewType of the client
        assert await hear(c) == {"t": "bye", "code": "signed_out"}
        with pytest.raises(ConnectionClosed) as closed:
            await c.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_whoever_comes_when_there_are_too_many_is_told_to_come_again(desk: Desk) -> None:
    crowd = {"Authorization": "crowd"}
    async with connect(f"ws://{desk.address}/api/v1/socket", additional_headers=crowd) as client:
        assert await hear(client) == {"t": "bye", "code": "going_away"}
    async with desk.connect(2) as client:
        assert await hear_until(client, "bye") == {"t": "bye", "code": "going_away"}
    assert not desk.hub.sockets


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_another_page_may_not_open_it_with_a_cookie(desk: Desk, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            f"ws://{desk.address}/api/v1/socket",
            origin=origin,  # type: ignore[arg-type]  # NewType of the client
            additional_headers={"Cookie": f"user={desk.users[0]}"},
        )
    assert refused.value.response.status_code == 403


async def test_pages_that_are_named_may(desk: Desk) -> None:
    async with connect(
        f"ws://{desk.address}/api/v1/socket",
        origin="https://desk.example",  # type: ignore[arg-type]  # NewType of the client
        additional_headers={"Cookie": f"user={desk.users[0]}"},
    ) as client:
        assert (await hear(client))["t"] == "ready"


@pytest.mark.parametrize(
    "wrong", ["", "{", "[]", '{"t":"nothing"}', '{"t":"sub"}', '{"t":"sub","scope":1}', "\x00"]
)
async def test_a_wrong_frame_is_an_error_and_no_more(desk: Desk, wrong: str) -> None:
    async with desk.connect(0) as client:
        await client.send(wrong)
        assert (await hear_until(client, "error"))["code"] == "frame_invalid"
        await say(client, t="ping")
        await hear_until(client, "pong")


async def closing_code(client: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await hear_until(client, "no such frame")
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_what_is_too_much_closes(desk: Desk) -> None:
    async with desk.connect(0) as client:
        await client.send("x" * 70_000)
        assert await closing_code(client) == 1009
    async with desk.connect(0) as client:
        await client.send(b"binary")
        assert await closing_code(client) == 1003
    async with desk.connect(0) as client:
        for _ in range(200):
            await say(client, t="ping")
        assert await closing_code(client) == 1008


async def test_silence_closes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_socket, "IDLE_S", 0.05)
    async with desk.connect(0) as client:
        assert await closing_code(client) == 1001


async def test_signing_out_says_bye(desk: Desk) -> None:
    async with desk.connect(0) as client:
        await hear_until(client, "ready")
        async with desk.database.transaction() as conn:
            await toys.sign_out(conn, desk.users[0], f"sign-in of {desk.users[0]}")
        assert await hear_until(client, "bye") == {"t": "bye", "code": "signed_out"}
        assert await closing_code(client) == 1000


async def test_typing_reaches_colleagues_and_ends_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ephemeral, "TYPING_S", 0.05)
    toy = await make(desk)
    scope = f"conversation:{toy}"
    async with desk.connect(0) as one, desk.connect(1) as two:
        # not of a conversation that one does not follow
        await say(one, t="typing", conversation=str(toy), on=True)
        for client in (one, two):
            await say(client, t="sub", scope=scope)
            await hear_until(client, "snapshot")
        await say(one, t="typing", conversation=str(toy), on=True)
        typing = await hear_until(two, "typing")
        assert typing == {
            "t": "typing",
            "scope": scope,
            "who": {"kind": "agent", "id": str(desk.users[0]), "name": f"user {desk.users[0]}"},
            "on": True,
            "text": "",
        }
        assert (await hear_until(two, "typing"))["on"] is False
        # the typist hears nothing of it
        await say(one, t="ping")
        assert (await hear_until(one, "pong"))["t"] == "pong"


async def test_viewing_shows_who_looks_and_ends_with_the_socket(desk: Desk) -> None:
    toy = await make(desk)
    scope = f"conversation:{toy}"
    async with desk.connect(0) as one:
        await say(one, t="sub", scope=scope)
        await say(one, t="viewing", conversation=str(toy))
        seen = await hear_until(one, "viewing")
        assert [user["id"] for user in seen["users"]] == [str(desk.users[0])]
        async with desk.connect(1) as two:
            await say(two, t="sub", scope=scope)
            assert await hear_until(two, "viewing") == seen
            await say(two, t="viewing", conversation=str(toy))
            assert len((await hear_until(one, "viewing"))["users"]) == 2
        assert await hear_until(one, "viewing") == seen
        await say(one, t="viewing", conversation=None)
        assert (await hear_until(one, "viewing"))["users"] == []
