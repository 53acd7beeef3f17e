"""Whom a note names, and who hears of it."""

from __future__ import annotations

from uuid import UUID

from tests.realtime.test_hub import World, types
from wasl.infra.clock import SystemClock
from wasl.infra.events import Actor, Event, append
from wasl.infra.ids import new_id
from wasl.realtime import Mentions


async def note(world: World, author: UUID, mentioned: list[UUID], audience: str) -> UUID:
    conversation = new_id()
    async with world.database.transaction() as conn:
        await append(
            conn,
            Event(
                "NoteAdded",
                "conversation",
                conversation,
                1,
                frozenset({audience}),
                SystemClock().now(),
                actor=Actor("agent", author),
                data={"mentions": [str(one) for one in mentioned]},
            ),
        )
    return conversation


async def test_the_mentioned_who_may_see_it_are_told(fresh_dsn: str) -> None:
    async with World(fresh_dsn) as world:
        Mentions(world.hub)
        world.hub.listeners.reverse()  # before the one that says that all is settled
        clients = [await world.client(n) for n in range(3)]
        one, two, three = world.users
        # the first colleague sees shelf a only; the third wrote it
        conversation = await note(world, three, [one, two, three], "shelf:b")
        await world.settle()
        assert [types(client) for client in clients] == [["ready"], ["ready", "mention"], ["ready"]]
        assert clients[1].frames[-1] == {
            "t": "mention",
            "conversation": str(conversation),
            "by": str(three),
        }
        await note(world, three, [], "shelf:b")
        await world.settle()
        assert types(clients[1]) == ["ready", "mention"]
