"""Conversations that become one, and two again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.conversations.conftest import World
from wasl.conversations import add_note, change
from wasl.conversations.merging import merge, unmerge
from wasl.infra.errors import Conflict
from wasl.infra.events import SYSTEM

TABLES = {
    "messages": "id, conversation_id, interaction_id, leg_id, seq",
    "legs": "id, conversation_id, interaction_id",
    "provider_ids": "provider_id, conversation_id, message_id",
    "conversations": "id, status, seq, unread, merged_into, agent_read_seq, contact_read_seq",
}


async def _standing(world: World) -> dict[str, list[Any]]:
    found = {}
    for table, columns in TABLES.items():
        rows = await world.conn.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))
        found[table] = [tuple(row) for row in rows]
    counted = await world.conn.execute(
        text("SELECT key, sum(n)::int FROM counters GROUP BY key HAVING sum(n) <> 0 ORDER BY key")
    )
    return found | {"counters": [tuple(row) for row in counted]}


async def _two(world: World) -> tuple[UUID, UUID]:
    """Two matters of one contact by mail; the first one is in its second interaction."""
    first = await world.take("email", "sara@example.com", "Where is it?")
    assert first.conversation_id is not None
    await change(
        world.conn,
        first.conversation_id,
        event="ConversationResolved",
        actor=SYSTEM,
        now=world.clock.now(),
        values={"status": "resolved"},
        activity=("status", {"status": "resolved"}),
    )
    again = await world.take(
        "email", "sara@example.com", "Still not here", named=(first.conversation_id,)
    )
    assert again.conversation_id == first.conversation_id
    other = await world.take("email", "sara@example.com", "And my refund?")
    assert other.conversation_id not in (None, first.conversation_id)
    assert other.conversation_id is not None
    return first.conversation_id, other.conversation_id


async def test_an_undone_merge_leaves_both_as_they_were(world: World) -> None:
    source, target = await _two(world)
    assert await world.scalar("SELECT count(DISTINCT interaction_id) FROM messages") == 3
    before = await _standing(world)
    now = world.clock.now()
    await merge(world.conn, source, target, by=SYSTEM, now=now)
    assert await world.scalar("SELECT count(DISTINCT conversation_id) FROM messages") == 1
    after = await unmerge(world.conn, source, by=SYSTEM, now=now)
    assert await _standing(world) == before
    # nobody had routed it: it is open again as the next interaction, and its thread is its own
    assert (after.status, after.interactions, after.merged_into) == ("open", 3, None)
    told = await world.conn.execute(
        text("SELECT aggregate_id FROM events WHERE type = 'ConversationUnmerged'")
    )
    assert {row.aggregate_id for row in told} == {source, target}
    reply = await world.take("email", "sara@example.com", "Thanks", named=(source,))
    assert reply.conversation_id == source
    leg = await world.one("SELECT * FROM legs WHERE id = :id", id=(await _leg(world, source)))
    assert leg.interaction_id == after.interaction_id


async def _leg(world: World, conversation_id: UUID) -> UUID:
    found: UUID = await world.scalar(
        "SELECT leg_id FROM conversations WHERE id = :id", id=conversation_id
    )
    return found


async def test_what_was_merged_before_leads_to_it_again(world: World) -> None:
    source, target = await _two(world)
    earliest = await world.take("email", "sara@example.com", "Hello?")
    assert earliest.conversation_id is not None
    now = world.clock.now()
    await merge(world.conn, earliest.conversation_id, source, by=SYSTEM, now=now)
    before = await _standing(world)
    await merge(world.conn, source, target, by=SYSTEM, now=now)
    await unmerge(world.conn, source, by=SYSTEM, now=now)
    assert await _standing(world) == before
    # then the earlier merge is no longer the newest thing that was said there
    reply = await world.take("email", "sara@example.com", "Anyone?", named=(source,))
    assert reply.conversation_id == source
    with pytest.raises(Conflict, match="not_merged"):
        await unmerge(world.conn, earliest.conversation_id, by=SYSTEM, now=now)


async def test_a_resolved_one_stays_resolved(world: World) -> None:
    source, target = await _two(world)
    now = world.clock.now()
    values = {"status": "resolved"}
    await change(
        world.conn, source, event="ConversationResolved", actor=SYSTEM, now=now, values=values
    )
    await merge(world.conn, source, target, by=SYSTEM, now=now)
    after = await unmerge(world.conn, source, by=SYSTEM, now=now)
    assert (after.status, after.interactions) == ("resolved", 2)


async def test_nothing_is_taken_apart_once_something_was_said(world: World) -> None:
    source, target = await _two(world)
    now = world.clock.now()
    with pytest.raises(Conflict, match="not_merged"):
        await unmerge(world.conn, source, by=SYSTEM, now=now)
    await merge(world.conn, source, target, by=SYSTEM, now=now)
    await add_note(world.conn, target, author=SYSTEM, text="One matter", now=now)
    before = await _standing(world)
    with pytest.raises(Conflict, match="not_merged"):
        await unmerge(world.conn, source, by=SYSTEM, now=now)
    assert await _standing(world) == before
