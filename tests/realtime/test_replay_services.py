"""Old state + events == fresh snapshot over the real services: whatever colleagues and contacts
do, a desk that follows everything shows what a newcomer is given."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import wasl
from tests.realtime.floor import Floor
from tests.realtime.replay import DirectClient, Scope, until
from tests.realtime.scenes import SCENES, everyone_is_available, newcomer_writes
from tests.realtime.verbs import VERBS, Verb, run
from wasl.infra.clock import TurnedClock
from wasl.main import register_hooks

DESKS = ("maryam", "daniel", "noor")
OWNERS = ("accounts", "contacts", "channels", "conversations", "routing", "reporting", "flows")
SOURCES = Path(wasl.__file__).parent
EVENT = re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)+")
QUOTED = re.compile(r"'(\w+)'")


@pytest.fixture(autouse=True)
def routing_hooks() -> None:
    register_hooks()


MakeFloor = Callable[[int], Any]


@pytest.fixture
async def new_floor(fresh_dsn: str, tmp_path: Path, clock: TurnedClock) -> AsyncIterator[MakeFloor]:
    made: list[Floor] = []

    async def make(seed: int) -> Floor:
        floor = Floor(fresh_dsn, tmp_path, clock, seed)
        made.append(floor)
        await floor.open()
        for name in DESKS:
            await floor.connect(name)
        return floor

    yield make
    for floor in made:
        await floor.close()


async def test_every_event_of_the_code_leaves_desks_as_fresh_ones(new_floor: MakeFloor) -> None:
    floor = await new_floor(1)
    for scene in SCENES:
        await play(floor, scene)
    await all_show_the_same(floor, [], everything=True)
    assert events_of_the_code() - await floor.event_types() == set()
    await counts_are_right(floor)


async def test_an_offer_is_put_on_the_desk_once(new_floor: MakeFloor) -> None:
    floor = await new_floor(1)
    await play(floor, [everyone_is_available])
    await run(floor, newcomer_writes, refusable=False)
    # a desk that reads of the newcomer only now would find the offer by them, and then by itself
    await floor.replay.settle(*floor.clients.values())
    await all_show_the_same(floor, [newcomer_writes])
    offers = [
        frame["id"]
        for client in floor.clients.values()
        for frame in client.frames
        if frame["t"] == "put" and frame.get("kind") == "offer"
    ]
    assert len(offers) == 1, offers


def events_of_the_code() -> set[str]:
    """The types that the services name, also inside of statements."""
    found: set[str] = set()
    for owner in OWNERS:
        for path in (SOURCES / owner).rglob("*.py"):
            if path.name == "__init__.py":  # there it is the name of a class
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words = (node.value, *QUOTED.findall(node.value))
                    found |= {word for word in words if EVENT.fullmatch(word)}
    assert len(found) > 50  # we look in the right place
    return found


async def play(floor: Floor, scene: list[Verb]) -> None:
    """A scene in which nothing is refused and nothing is left to chance."""
    for verb in scene:
        await run(floor, verb, refusable=False)
    await all_show_the_same(floor, scene)


@pytest.mark.parametrize("seed", range(2, 6))
async def test_random_histories_leave_desks_as_fresh_ones(new_floor: MakeFloor, seed: int) -> None:
    floor = await new_floor(seed)
    for _ in range(10):
        await burst(floor, floor.chance.choices(VERBS, k=floor.chance.randrange(1, 7)))
    await all_show_the_same(floor, [], everything=True)
    await counts_are_right(floor)


async def burst(floor: Floor, verbs: list[Verb]) -> None:
    """Verbs in a row, with the router between them now and then; then all desks are compared."""
    for verb in verbs:
        await run(floor, verb)
        if floor.chance.random() < 0.5:
            await floor.route()
    await all_show_the_same(floor, verbs)


async def all_show_the_same(floor: Floor, verbs: list[Verb], *, everything: bool = False) -> None:
    """Every desk shows what a newcomer is given: everywhere, or on all lists and in those
    conversations that something has happened to."""
    await floor.route()
    clients = floor.clients.values()
    await floor.replay.settle(*clients)
    await filled(floor)
    changed = {f"conversation:{id_}" for id_ in floor.replay.changed}
    floor.replay.changed.clear()
    done = [verb.__name__ for verb in verbs]
    for name, client in floor.clients.items():
        shown = {
            scope: state
            for scope, state in client.state.scopes.items()
            if everything or scope in changed or not scope.startswith("conversation:")
        }
        fresh = await floor.replay.all_fresh(client.user_id, list(shown))
        for scope, state in shown.items():
            assert differences(state, fresh[scope]) == {}, (name, scope, done)
        await follow_what_is_new(floor, client)


async def follow_what_is_new(floor: Floor, client: DirectClient) -> None:
    scopes = [f"conversation:{id_}" for id_ in await floor.conversation_ids()]
    for scope in floor.scopes() + scopes:
        if scope not in client.state.scopes:
            await client.subscribe(scope)
    await client.drain()


async def filled(floor: Floor) -> None:
    """Until no scope waits for a snapshot."""
    await until(
        lambda: (
            not any(
                subscription.waiting is not None
                for client in floor.clients.values()
                if client.socket
                for subscription in client.socket.subscriptions.values()
            )
        )
    )
    for client in floor.clients.values():
        await client.drain()


def differences(state: Scope, fresh: Scope | str) -> dict[str, Any]:
    """What differs, field by field. Counts come a moment later; their version is a time."""
    if isinstance(fresh, str):
        return {"instead": fresh}
    found: dict[str, Any] = {}
    for key in sorted(state.keys() | fresh.keys()):
        if key[0] == "counts" or state.get(key) == fresh.get(key):
            continue
        mine, theirs = ((one or (0, {})) for one in (state.get(key), fresh.get(key)))
        fields_ = {
            name: (mine[1].get(name), theirs[1].get(name))
            for name in mine[1].keys() | theirs[1].keys()
            if mine[1].get(name) != theirs[1].get(name)
        }
        found[" ".join(key)] = (mine[0], theirs[0], fields_)
    return found


async def counts_are_right(floor: Floor) -> None:
    for client in floor.clients.values():
        fresh = await floor.replay.fresh(client.user_id, "me")
        assert not isinstance(fresh, str)
        key = ("counts", str(client.user_id))
        await until(lambda: client.state.scopes["me"][key][1] == fresh[key][1])  # noqa: B023
