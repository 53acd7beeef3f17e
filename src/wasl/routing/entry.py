"""The hooks of conversations: where an interaction goes when a contact writes, whether an author
may speak for us, and what another priority changes. All run in the caller's transaction, under the
conversation's lock.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels
from wasl.accounts import names_of
from wasl.conversations import Entered, Placement, Speaking, change, lock
from wasl.infra.errors import Conflict
from wasl.infra.events import SYSTEM
from wasl.routing import agents, assignments, sla
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.policy import capacity_of
from wasl.routing.tables import entry_rules, queues, segments

_WAITED_FOR = ("queued", "offered", "active")


async def entry_rule(conn: AsyncConnection, entered: Entered) -> Placement | None:
    """Places what a contact wrote: a new or parked interaction is queued, and a reply is due.

    What stands elsewhere stays there; on another channel it weighs what that channel weighs, even
    above the holder's capacity.
    """
    if entered.state in _WAITED_FOR and entered.owed and not entered.born and not entered.switched:
        return None  # one more message of a matter that somebody has or will have
    a: Assignment | None = entered.held
    if a is None:
        return await _begin_in_queue(conn, entered)
    if a.state in ("wrap_up", "completed"):
        return None
    if entered.switched:
        a = await _weigh(conn, a, entered.channel_kind, entered.units, now=entered.now)
    if a.state in ("created", "parked"):
        a = await _enter_queue(conn, a, entered.channel_id, a.preferred_id, now=entered.now)
    return placement_of(await sla.owe_reply(conn, a, now=entered.now))


async def _begin_in_queue(conn: AsyncConnection, entered: Entered) -> Placement:
    known = await _room_of(conn, entered.last_agent_id, entered.channel_kind, entered.units)
    terms = await sla.terms_for(
        conn,
        conversation_id=entered.conversation_id,
        kind=entered.channel_kind,
        channel_id=entered.channel_id,
        contact_id=entered.contact_id,
        priority=entered.priority,
    )
    return assignments.begin_in_queue(
        conn,
        terms,
        interaction_id=entered.interaction_id,
        conversation_id=entered.conversation_id,
        channel_kind=entered.channel_kind,
        units=entered.units,
        priority=entered.priority,
        preferred_id=known,
        now=entered.now,
    )


async def _enter_queue(
    conn: AsyncConnection,
    a: Assignment,
    channel_id: UUID,
    known: UUID | None,
    *,
    now: datetime,
) -> Assignment:
    queue_id = a.queue_id or await queue_of_channel(conn, channel_id)
    if queue_id is None:
        return a
    known = await _room_of(conn, known, a.channel_kind, a.units)
    return await assignments.enqueue(conn, a, queue_id, now=now, preferred_id=known)


async def _room_of(
    conn: AsyncConnection, known: UUID | None, channel_kind: str, units: int
) -> UUID | None:
    """The agent who knows the matter; one who couldn't take it now is not waited for."""
    if known is None or not await agents.available_with_room(conn, known, channel_kind, units):
        return None
    return known


async def enter_late(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> None:
    """Queues a conversation that could not be queued when it came in: there was no queue, or it
    was taken for spam."""
    conversation = await lock(conn, conversation_id)
    if conversation.state != "created" or conversation.status != "open" or conversation.spam:
        return
    if await queue_of_channel(conn, conversation.channel_id) is None:
        return
    a = await assignments.find(conn, conversation.interaction_id)
    if a is not None and a.holder_kind == "flow":
        return
    if a is None:
        channel = (await channels.summaries(conn, [conversation.channel_id]))[
            conversation.channel_id
        ]
        a = await assignments.begin(
            conn,
            interaction_id=conversation.interaction_id,
            conversation_id=conversation_id,
            channel_kind=channel["kind"],
            units=channels.adapter_of(channel["kind"]).capabilities.capacity_units,
            priority=conversation.priority,
        )
    a = await _enter_queue(conn, a, conversation.channel_id, None, now=now)
    a = await sla.owe_reply(conn, a, now=now)
    await change(
        conn,
        conversation_id,
        event="ConversationQueued",
        actor=SYSTEM,
        now=now,
        placement=placement_of(a),
    )


async def queue_of_channel(conn: AsyncConnection, channel_id: UUID) -> UUID | None:
    """The queue by the channel's entry rule, else the first one; None when there is none."""
    ruled = select(entry_rules.c.queue_id).where(entry_rules.c.channel_id == channel_id)
    found: UUID | None = await conn.scalar(ruled)
    if found is None:
        found = await conn.scalar(select(queues.c.id).order_by(queues.c.id).limit(1))
    return found


async def check_holder(conn: AsyncConnection, speaking: Speaking) -> Placement | None:
    """Lets the holder speak, with whom they confer, and an agent pick up what nobody holds by
    answering it.

    Conflict("not_holder", by) when another one holds it, Conflict("at_capacity") when picking it
    up or the agent's own change of channel would lift them above their capacity.
    """
    a: Assignment | None = speaking.held
    if speaking.author_kind == "system":
        # the contact has asked to go on elsewhere: it weighs what that channel weighs
        if a is not None and speaking.switched and a.state not in ("wrap_up", "completed"):
            await _weigh(conn, a, speaking.channel_kind, speaking.units, now=speaking.now)
        return None
    if speaking.author_kind != "agent" or speaking.author_id is None:
        if a is None or (a.holder_kind, a.holder_id) != (speaking.author_kind, speaking.author_id):
            raise Conflict("not_holder", by=None)
        return None
    if a is None:
        a = await _begin_by_agent(conn, speaking)
    another_has_it = a.state == "active" and a.holder_id != speaking.author_id
    if another_has_it and await role_of(conn, a, speaking.author_id) != "conference":
        raise Conflict("not_holder", by=await name_of(conn, a.holder_id))
    if speaking.switched and a.channel_kind != speaking.channel_kind:
        if a.state == "active":
            await _check_switch(conn, a, speaking)
        a = await _weigh(conn, a, speaking.channel_kind, speaking.units, now=speaking.now)
    if a.state != "active":
        a = await assignments.hold(conn, a, speaking.author_id, now=speaking.now)
        a = await sla.resume(conn, a, now=speaking.now)
    await conn.execute(
        update(segments)
        .where(segments.c.id == a.segment_id, segments.c.first_reply_at.is_(None))
        .values(first_reply_at=speaking.now)
    )
    return placement_of(await sla.answer(conn, a, now=speaking.now))


async def role_of(conn: AsyncConnection, a: Assignment, user_id: UUID) -> str | None:
    """In what role somebody stands beside the holder, if they do."""
    role: str | None = await conn.scalar(
        select(segments.c.role).where(
            segments.c.interaction_id == a.interaction_id,
            segments.c.holder_id == user_id,
            segments.c.role != "holder",
            segments.c.ended_at.is_(None),
        )
    )
    return role


async def _begin_by_agent(conn: AsyncConnection, speaking: Speaking) -> Assignment:
    """An agent begins an interaction; its queue is the one that the channel leads to."""
    conversation = await lock(conn, speaking.conversation_id)
    a = await assignments.begin(
        conn,
        interaction_id=speaking.interaction_id,
        conversation_id=speaking.conversation_id,
        channel_kind=speaking.channel_kind,
        units=speaking.units,
        priority=conversation.priority,
    )
    queue_id = conversation.queue_id or await queue_of_channel(conn, conversation.channel_id)
    placed = await assignments.set_values(conn, a, queue_id=queue_id)
    return await sla.open_(conn, placed, now=speaking.now)


async def _check_switch(conn: AsyncConnection, a: Assignment, speaking: Speaking) -> None:
    agent = await agents.lock_agent(conn, a.holder_id)
    capacity = capacity_of(agent.capacity, speaking.channel_kind)
    held = await agents.units_in_hand(conn, a.holder_id)
    if held.get(speaking.channel_kind, 0) + speaking.units > capacity:
        raise Conflict("at_capacity", kind=speaking.channel_kind, capacity=capacity)


async def _weigh(
    conn: AsyncConnection, a: Assignment, channel_kind: str, units: int, *, now: datetime
) -> Assignment:
    """Counts the interaction as one of the channel kind it goes on by."""
    if (a.channel_kind, a.units) == (channel_kind, units):
        return a
    weighed = await assignments.set_values(conn, a, channel_kind=channel_kind, units=units)
    if a.state == "active" and a.holder_kind == "agent":
        await conn.execute(
            update(segments).where(segments.c.id == a.segment_id).values(units=units)
        )
        await agents.load_changed(conn, a.holder_id, now=now)
    return await sla.aim(conn, weighed, now=now)


async def prioritise(
    conn: AsyncConnection, interaction_id: UUID, priority: int, now: datetime
) -> Placement | None:
    """The conversation's priority is to be another one: so may be what is due when."""
    a = await assignments.find(conn, interaction_id)
    if a is None:
        return None
    aimed = await sla.aim(conn, a, now=now, priority=priority)
    return None if aimed is a else placement_of(aimed)


async def name_of(conn: AsyncConnection, user_id: UUID | None) -> str | None:
    """The name of a colleague, for telling who was faster."""
    return (await names_of(conn, [user_id])).get(user_id) if user_id is not None else None
