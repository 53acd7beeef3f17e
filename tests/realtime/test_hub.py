"""The hub: snapshots, changes, entitlement, resuming, and that nobody's state goes astray."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.realtime import toys
from tests.realtime.replay import DirectClient, Replay, until
from wasl.infra.bus import LocalBus
from wasl.infra.clock import SystemClock
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.events import log_epoch
from wasl.infra.ids import new_id
from wasl.realtime import Hub


class World:
    """Toys, a hub and three colleagues: one sees shelf a, one shelves a and b, one everything."""

    def __init__(self, dsn: str) -> None:
        self.bus = LocalBus()
        self.engine = make_engine(dsn, pool_size=20)
        self.database = Database(self.engine, self.bus.wake)
        self.users = [new_id() for _ in range(3)]
        self.hub = Hub(
            self.engine,
            self.bus,
            EventFeed(self.engine, self.bus),
            toys.FAMILIES,
            toys.viewers_of,
        )
        self.replay = Replay(self.hub, self.database, SystemClock())
        self.clients: list[DirectClient] = []

    async def __aenter__(self) -> World:
        async with self.database.transaction() as conn:
            await conn.run_sync(toys.create_tables)
            await toys.clear(conn)
            for user, shelves in zip(self.users, (["a"], ["a", "b"], ["*"]), strict=True):
                await toys.set_shelves(conn, user, shelves, 1)
        await self.hub.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self.clients:
            await client.disconnect()
        await self.hub.stop()
        await self.bus.stop()
        await self.engine.dispose()

    async def client(self, number: int, *scopes: str) -> DirectClient:
        client = DirectClient(self.hub, self.users[number])
        self.clients.append(client)
        await client.connect()
        for scope in scopes:
            await client.subscribe(scope)
        await client.drain()
        return client

    async def settle(self) -> None:
        await self.replay.settle(*self.clients)

    async def make(self, shelf: str, state: str = "new") -> UUID:
        async with self.database.transaction() as conn:
            return await toys.make(conn, shelf, state)

    async def change(self, toy: UUID, **values: Any) -> None:
        async with self.database.transaction() as conn:
            await toys.change(conn, toy, **values)


@pytest.fixture
async def world(fresh_dsn: str) -> AsyncIterator[World]:
    async with World(fresh_dsn) as made:
        yield made


def ids(client: DirectClient, scope: str) -> set[str]:
    return {id_ for _, id_ in client.state.scopes[scope]}


def types(client: DirectClient) -> list[str]:
    return [frame["t"] for frame in client.frames]


async def test_a_snapshot_then_puts_and_drops_for_those_who_may_see(world: World) -> None:
    first = await world.make("a")
    await world.settle()
    one, two, three = [await world.client(n, "list:new") for n in range(3)]
    await world.settle()
    assert [ids(c, "list:new") for c in (one, two, three)] == [{str(first)}] * 3
    second = await world.make("b")
    await world.settle()
    assert ids(one, "list:new") == {str(first)}
    assert ids(two, "list:new") == ids(three, "list:new") == {str(first), str(second)}
    assert types(one) == ["ready", "snapshot"]  # not even a hint of what is not theirs
    await world.change(first, shelf="b")
    await world.settle()
    assert types(one)[2:] == ["drop"]
    assert types(two)[2:] == ["put", "put"]
    await world.change(second, state="worn")
    await world.settle()
    assert ids(two, "list:new") == ids(three, "list:new") == {str(first)}


async def test_two_moves_in_one_batch_reach_everybody_on_the_way(world: World) -> None:
    toy = await world.make("a")
    one, two = await world.client(0, "list:new"), await world.client(1, "list:new")
    async with world.database.transaction() as conn:
        await toys.change(conn, toy, shelf="b")
        await toys.change(conn, toy, shelf="c")
    await world.settle()
    assert ids(one, "list:new") == ids(two, "list:new") == set()


async def test_a_frame_is_built_once_and_shared(world: World) -> None:
    clients = [await world.client(1, "list:new") for _ in range(3)]
    await world.make("b")
    await world.settle()
    assert types(clients[0])[-1] == "put"
    assert clients[0].texts[-1] is clients[1].texts[-1] is clients[2].texts[-1]


async def test_one_aggregate_with_its_parts(world: World) -> None:
    toy = await world.make("a")
    one = await world.client(0, f"toy:{toy}")
    async with world.database.transaction() as conn:
        await toys.stick_label(conn, toy, "سلام")
    await world.settle()
    kinds = {kind: data for (kind, _), (_, data) in one.state.scopes[f"toy:{toy}"].items()}
    assert kinds["label"] == {"text": "سلام"}
    assert kinds["toy"]["seen_by"] == str(world.users[0])
    await world.change(toy, shelf="b")
    await world.settle()
    assert one.state.errors == {f"toy:{toy}": "not_found"}
    assert one.socket is not None
    assert not one.socket.subscriptions
    # and not for those who never might
    await one.subscribe(f"toy:{toy}")
    await one.drain()
    assert types(one)[-1] == "error"


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("nothing", "scope_unknown"),
        ("list:none", "not_found"),
        ("toy:x", "scope_unknown"),
        ("toy:01A200AE-B201-7002-832D-342C52A77E5D", "scope_unknown"),
        ("toy:01a200ae-b201-7003-afcd-0e9a1b2544aa", "not_found"),
        ("x" * 500, "scope_unknown"),
    ],
)
async def test_a_wrong_scope_is_an_error(world: World, scope: str, code: str) -> None:
    one = await world.client(0, scope)
    await one.drain()
    assert one.state.errors == {scope[:100]: code}


async def test_scopes_are_bounded(world: World) -> None:
    one = await world.client(2)
    for _ in range(31):
        await one.subscribe(f"toy:{await world.make('a')}")
    await one.drain()
    assert list(one.state.errors.values()) == ["too_many_scopes"]
    assert len(one.state.scopes) == 30


async def test_membership_changes_are_felt_at_once(world: World) -> None:
    toy = await world.make("b")
    one = await world.client(0, "list:new")
    assert ids(one, "list:new") == set()
    async with world.database.transaction() as conn:
        await toys.set_shelves(conn, one.user_id, ["a", "b"], 2)
    await world.settle()
    await until(lambda: ids(one, "list:new") == {str(toy)})
    await world.change(toy, state="worn")
    await world.settle()
    assert ids(one, "list:new") == set()
    # nobody who may sign in any more
    async with world.database.transaction() as conn:
        await toys.set_shelves(conn, one.user_id, [], 3)
    await until(lambda: one.state.bye == "signed_out")


async def test_signing_out_closes_only_those_sockets(world: World) -> None:
    one, two = await world.client(0), await world.client(1)
    world.hub.sign_out(f"sign-in of {one.user_id}")
    await until(lambda: one.state.bye == "signed_out")
    assert two.state.bye is None


async def test_what_was_missed_comes_after_a_cursor(world: World) -> None:
    stays, leaves = await world.make("a"), await world.make("a")
    one = await world.client(0, "list:new")
    await world.make("a")
    await world.settle()
    await one.disconnect()
    await world.change(leaves, shelf="b")
    new = await world.make("a")
    await one.connect()
    one.frames.clear()
    await one.subscribe("list:new", resume=True)
    await one.drain()
    assert "snapshot" not in types(one)
    assert {str(stays), str(new)} <= ids(one, "list:new")
    assert str(leaves) not in ids(one, "list:new")
    assert one.state.scopes["list:new"] == await world.replay.fresh(one.user_id, "list:new")


@pytest.mark.parametrize("cursor", ["nonsense", "1.1", "99.1.1", "1.99999999999.0"])
async def test_a_cursor_that_is_no_use_ends_in_a_snapshot(world: World, cursor: str) -> None:
    toy = await world.make("a")
    await world.settle()
    one = await world.client(0)
    one.state.cursors["list:new"] = cursor
    await one.subscribe("list:new", resume=True)
    await one.drain()
    assert types(one)[-1] == "snapshot"
    assert ids(one, "list:new") == {str(toy)}


async def test_a_new_epoch_ends_in_a_snapshot(world: World) -> None:
    one = await world.client(0, "list:new")
    await world.settle()
    async with world.database.transaction() as conn:
        await conn.execute(update(log_epoch).values(epoch=log_epoch.c.epoch + 1))
    await one.subscribe("list:new", resume=True)
    await one.drain()
    assert types(one)[-1] == "snapshot"


async def test_a_long_absence_ends_in_a_snapshot(world: World) -> None:
    one = await world.client(0, "list:new")
    await world.settle()
    await one.disconnect()
    async with world.database.transaction() as conn:
        for _ in range(501):
            await toys.make(conn, "a", "worn")
    await world.settle()
    await one.connect()
    await one.subscribe("list:new", resume=True)
    await one.drain()
    assert types(one)[-1] == "snapshot"


async def test_counts_follow(world: World) -> None:
    one = await world.client(0, "me")
    await world.make("a")
    await world.make("b")
    key = ("counts", str(one.user_id))
    await until(lambda: one.state.scopes["me"][key][1] == {"toys": 1})
    assert one.state.scopes["me"][key][0] > 0


async def test_a_slow_client_is_told_to_begin_anew(world: World) -> None:
    one = await world.client(2, "list:new")
    assert one.socket is not None
    stuck = asyncio.Event()

    async def slow(text: str) -> None:
        await stuck.wait()
        await one._arrived(text)

    await one.drain()
    one.socket.wire._send = slow
    async with world.database.transaction() as conn:
        for _ in range(2_100):
            await toys.make(conn, "a")
    await world.replay.settle()
    assert one.socket.wire.waiting <= 2
    stuck.set()
    await one.drain()
    assert one.state.resyncs == ["list:new"]
    await one.subscribe("list:new")
    await one.drain()
    assert len(ids(one, "list:new")) == 2_100


# ── old state + events == fresh snapshot ─────────────────────────────────────────────────────

TOYS = st.integers(0, 3)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.sampled_from("abc"), st.sampled_from(["new", "worn"])),
        st.tuples(st.just("shelf"), TOYS, st.sampled_from("abc")),
        st.tuples(st.just("state"), TOYS, st.sampled_from(["new", "worn"])),
        st.tuples(st.just("label"), TOYS, st.sampled_from(["x", "y!"])),
        st.tuples(st.just("throw"), TOYS, st.none()),
        st.tuples(st.just("member"), st.integers(0, 2), st.sampled_from(["a", "b", "ab", "*"])),
        st.tuples(st.just("follow"), st.integers(0, 2), TOYS),
        st.tuples(st.just("resume"), st.integers(0, 2), st.none()),
        st.tuples(st.just("late"), st.sampled_from("abc"), st.none()),
        st.tuples(st.just("settle"), st.none(), st.none()),
    ),
    min_size=5,
    max_size=30,
)


@given(actions=ACTIONS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_old_state_and_events_are_a_fresh_snapshot(
    fresh_dsn: str, actions: list[tuple[str, Any, Any]]
) -> None:
    asyncio.run(_replay(fresh_dsn, actions))


async def _replay(dsn: str, actions: list[tuple[str, Any, Any]]) -> None:
    async with World(dsn) as world:
        made = [await world.make(shelf) for shelf in "aabc"]
        following: list[set[str]] = [{"list:new", "list:worn"} for _ in range(3)]
        for number in range(3):
            await world.client(number, *following[number])
        running: set[asyncio.Task[None]] = set()
        late: list[AsyncConnection] = []
        for version, (action, what, value) in enumerate(actions, start=2):
            if action == "follow":
                scope = f"toy:{made[value]}"
                following[what].add(scope)
                running.add(asyncio.create_task(world.clients[what].subscribe(scope)))
            elif action == "resume":
                await asyncio.gather(*running)
                running.clear()
                await world.clients[what].disconnect()
                await world.clients[what].connect()
                for scope in following[what]:
                    work = world.clients[what].subscribe(scope, resume=True)
                    running.add(asyncio.create_task(work))
            elif action == "late":
                conn = await world.engine.connect()
                await toys.make(conn, what)
                late.append(conn)
            elif action == "settle":
                await world.settle()
            else:
                async with world.database.transaction() as conn:
                    await _act(conn, world, made, version, (action, what, value))
        await asyncio.gather(*running)
        for conn in late:
            await conn.commit()
            await conn.close()
        await world.settle()
        await _settled_refills(world)
        for client, scopes in zip(world.clients, following, strict=True):
            for scope in scopes:
                fresh = await world.replay.fresh(client.user_id, scope)
                if scope in client.state.errors:
                    assert scope not in client.state.scopes
                else:
                    assert client.state.scopes[scope] == fresh, scope


async def _settled_refills(world: World) -> None:
    """Until scopes that are being filled anew after a membership change have been."""
    await until(
        lambda: (
            not any(
                subscription.waiting is not None
                for client in world.clients
                if client.socket
                for subscription in client.socket.subscriptions.values()
            )
        )
    )
    for client in world.clients:
        await client.drain()


async def _act(
    conn: AsyncConnection,
    world: World,
    made: list[UUID],
    version: int,
    action: tuple[str, Any, Any],
) -> None:
    match action:
        case ("make", shelf, state):
            await toys.make(conn, shelf, state)
        case ("shelf", number, shelf):
            await toys.change(conn, made[number], shelf=shelf)
        case ("state", number, state):
            await toys.change(conn, made[number], state=state)
        case ("label", number, text):
            await toys.stick_label(conn, made[number], text)
        case ("throw", number, _):
            await toys.throw_away(conn, made[number])
        case ("member", number, shelves):
            await toys.set_shelves(conn, world.users[number], list(shelves), version)
