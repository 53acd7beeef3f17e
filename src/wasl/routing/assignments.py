"""The steps of an assignment: queued, held, parked, wrapped up, completed.

Every step runs under the conversation's row lock, held by the caller, and answers with the new
row. Whoever gains or loses units hears of it (`agents.load_changed`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import ConversationState, Placement, lock
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together
from wasl.infra.timers import SET_OR_CANCEL, put_timer
from wasl.routing import agents, sla
from wasl.routing.policy import AFFINITY
from wasl.routing.tables import assignments, offers, segments

WRAP_UP = "routing.wrap_up"  # timer kind; its key is the interaction

Assignment = Any  # a row of `assignments`


def placement_of(a: Assignment) -> Placement:
    """What the conversation shows of it. A parked or finished one still shows who had it."""
    if a.state in ("queued", "offered", "created"):
        assignee_id = None
    else:
        assignee_id = a.holder_id or a.preferred_id
    return Placement(assignee_id, a.queue_id, a.state, a.due_at, a.due_total_s, a.due_warn_at)


async def find(conn: AsyncConnection, interaction_id: UUID) -> Assignment | None:
    """The interaction's assignment, if routing knows it."""
    sql = "SELECT * FROM assignments WHERE interaction_id = %(id)s"
    (found,) = await run_together(conn, (sql, {"id": interaction_id}))
    return found[0] if found else None


async def locked(
    conn: AsyncConnection, interaction_id: UUID
) -> tuple[ConversationState, Assignment] | None:
    """An interaction's assignment as it is once its conversation is locked."""
    seen = await find(conn, interaction_id)
    if seen is None:
        return None
    conversation = await lock(conn, seen.conversation_id)
    return conversation, await find(conn, interaction_id)


async def begin(
    conn: AsyncConnection,
    *,
    interaction_id: UUID,
    conversation_id: UUID,
    channel_kind: str,
    units: int,
    priority: int,
) -> Assignment:
    """A new interaction's assignment, created and placed nowhere."""
    return (
        await conn.execute(
            plain_insert(assignments)
            .values(
                interaction_id=interaction_id,
                conversation_id=conversation_id,
                state="created",
                channel_kind=channel_kind,
                units=units,
                priority=priority,
            )
            .returning(assignments)
        )
    ).one()


# The hot path of what comes in.
_BEGIN_IN_QUEUE = f"""
WITH {SET_OR_CANCEL}
INSERT INTO assignments (interaction_id, conversation_id, channel_kind, units, priority, state,
  queue_id, enqueued_at, queued_at, clocks, due_at, due_warn_at, due_total_s, resolution_due_at,
  breached_at, preferred_id, affinity_until)
VALUES (%(interaction)s, %(conversation)s, %(kind)s, %(units)s, %(priority)s, %(state)s,
  %(queue)s, %(since)s, %(since)s, %(clocks)s, %(due_at)s, %(due_warn_at)s, %(due_total_s)s,
  %(resolution_due_at)s, %(breached_at)s, %(preferred)s, %(affinity_until)s)
"""  # noqa: S608  # our constants


def begin_in_queue(
    conn: AsyncConnection,
    terms: sla.Terms,
    *,
    interaction_id: UUID,
    conversation_id: UUID,
    channel_kind: str,
    units: int,
    priority: int,
    preferred_id: UUID | None,
    now: datetime,
) -> Placement:
    """A new interaction in the queue of these terms, where a reply is owed; "created" without.
    Its assignment is among what the placement has the caller write."""
    clocks, queue_id = sla.begun(terms, now), terms.queue_id
    placed = queue_id is not None
    known = preferred_id if placed else None
    state = "queued" if placed else "created"
    owed = sla.columns(clocks)
    values = {
        **owed,
        **sla.timer(conn, interaction_id, clocks, now),
        "interaction": interaction_id,
        "conversation": conversation_id,
        "kind": channel_kind,
        "units": units,
        "priority": priority,
        "state": state,
        "queue": queue_id,
        "since": now if placed else None,
        "preferred": known,
        "affinity_until": now + AFFINITY if known else None,
    }
    return Placement(
        None,
        queue_id,
        state,
        owed["due_at"],
        owed["due_total_s"],
        owed["due_warn_at"],
        steps=((_BEGIN_IN_QUEUE, values),),
    )


async def set_values(conn: AsyncConnection, a: Assignment, **values: Any) -> Assignment:
    """Writes columns of the assignment."""
    return (
        await conn.execute(
            update(assignments)
            .where(assignments.c.interaction_id == a.interaction_id)
            .values(**values)
            .returning(assignments)
        )
    ).one()


async def enqueue(
    conn: AsyncConnection,
    a: Assignment,
    queue_id: UUID,
    *,
    now: datetime,
    preferred_id: UUID | None = None,
    affinity: timedelta = AFFINITY,
    excluded: dict[str, str] | None = None,
    steps: list[Any] | None = None,
    not_before: datetime | None = None,
) -> Assignment:
    """Puts it in a queue, at its original age. `preferred_id` gets it first for `affinity`; `steps`
    say what is asked of the agent instead of what the queue asks; nobody is offered it sooner than
    `not_before`.

    Its segment and its offer must have ended before.
    """
    return await set_values(
        conn,
        a,
        state="queued",
        queue_id=queue_id,
        holder_kind=None,
        holder_id=None,
        enqueued_at=a.enqueued_at or now,
        queued_at=now,
        visited=[],
        steps=steps or [],
        preferred_id=preferred_id,
        affinity_until=now + affinity if preferred_id else None,
        excluded=excluded or {},
        not_before=not_before,
    )


async def hold(
    conn: AsyncConnection, a: Assignment, agent_id: UUID, *, now: datetime
) -> Assignment:
    """Gives it to an agent and opens their segment; Conflict("at_capacity") without room.

    An offer to somebody else is rescinded.
    """
    await agents.lock_agents(conn, [agent_id, await offered_to(conn, a)])
    if not (a.state == "wrap_up" and a.holder_id == agent_id):  # their units are in use already
        await agents.take_room(conn, agent_id, a.channel_kind, a.units)
    await end_offer(conn, a, "rescinded", now=now)
    await put_timer(conn, WRAP_UP, str(a.interaction_id), None, now)
    segment_id = new_id()
    turn = {
        "segment": segment_id,
        "interaction": a.interaction_id,
        "conversation": a.conversation_id,
        "agent": agent_id,
        "queue": a.queue_id,
        "units": a.units,
        "now": now,
    }
    await run_together(conn, (_TAKE_OVER, turn), (_OPEN_SEGMENT, turn))
    held = await set_values(
        conn,
        a,
        state="active",
        holder_kind="agent",
        holder_id=agent_id,
        epoch=a.epoch + 1,
        enqueued_at=a.enqueued_at or now,
        preferred_id=None,
        affinity_until=None,
        excluded={},
        segment_id=segment_id,
        wrap_up_ends_at=None,
        not_before=None,
    )
    await agents.load_changed(conn, agent_id, now=now, taken=True)
    return held


# Whoever stood beside the holder before has a turn of their own now.
_TAKE_OVER = """
UPDATE segments SET ended_at = %(now)s, end_reason = 'took_over'
WHERE interaction_id = %(interaction)s AND holder_id = %(agent)s AND role <> 'holder'
  AND ended_at IS NULL
"""
_OPEN_SEGMENT = """
INSERT INTO segments (id, interaction_id, conversation_id, holder_kind, holder_id, queue_id, units,
  opened_at)
VALUES (%(segment)s, %(interaction)s, %(conversation)s, 'agent', %(agent)s, %(queue)s, %(units)s,
  %(now)s)
"""
_END_SEGMENTS = """
UPDATE segments SET ended_at = %(now)s, end_reason = %(reason)s,
  disposition = CASE WHEN role = 'holder' AND %(disposition)s <> '' THEN %(disposition)s
    ELSE disposition END
WHERE interaction_id = %(interaction)s AND ended_at IS NULL
  AND (id = %(segment)s OR (%(everybody)s AND role <> 'holder'))
"""


async def end_segment(
    conn: AsyncConnection,
    a: Assignment,
    reason: str,
    *,
    now: datetime,
    disposition: str = "",
    everybody: bool = True,
) -> None:
    """Ends the present holder's turn, once, and those of `everybody` beside them; the caller frees
    or keeps the holder's units."""
    values = {
        "segment": a.segment_id,
        "interaction": a.interaction_id,
        "reason": reason,
        "disposition": disposition,
        "everybody": everybody,
        "now": now,
    }
    await run_together(conn, (_END_SEGMENTS, values))


async def put_down(
    conn: AsyncConnection, a: Assignment, state: str, reason: str, *, now: datetime
) -> Assignment:
    """Takes it from its holder or out of its queue: segment and offer end, units are free. Nobody
    is to be called back any more unless it is queued again."""
    await end_segment(conn, a, reason, now=now, everybody=state != "queued")
    await end_offer(conn, a, "rescinded", now=now)
    put = await set_values(
        conn,
        a,
        state=state,
        holder_kind=None,
        holder_id=None,
        preferred_id=(a.holder_id if a.holder_kind == "agent" else None) or a.preferred_id,
        affinity_until=None,
        segment_id=None,
        callback=a.callback if state == "queued" else None,
        not_before=None,
    )
    if a.holder_kind == "agent" and a.state in agents.HANDLED:
        await agents.load_changed(conn, a.holder_id, now=now, released=True)
    return put


async def begin_wrap_up(
    conn: AsyncConnection, a: Assignment, wrap_up_s: int, *, now: datetime, disposition: str
) -> Assignment:
    """Ends the segment and leaves the units in use until the agent has wrapped up."""
    await end_segment(conn, a, "resolved", now=now, disposition=disposition)
    ends_at = now + timedelta(seconds=wrap_up_s)
    await put_timer(conn, WRAP_UP, str(a.interaction_id), ends_at, now)
    wrapping = await set_values(
        conn, a, state="wrap_up", wrap_up_ends_at=ends_at, callback=None, not_before=None
    )
    await agents.load_changed(conn, a.holder_id, now=now)
    return wrapping


async def complete(
    conn: AsyncConnection, a: Assignment, *, now: datetime, disposition: str = ""
) -> Assignment:
    """Ends wrap-up: the units are free."""
    values: dict[str, Any] = {"wrap_up_ended_at": now}
    if disposition:
        values["disposition"] = disposition
    await conn.execute(update(segments).where(segments.c.id == a.segment_id).values(**values))
    await put_timer(conn, WRAP_UP, str(a.interaction_id), None, now)
    completed = await set_values(conn, a, state="completed", wrap_up_ends_at=None)
    await agents.load_changed(conn, a.holder_id, now=now, released=True)
    return completed


async def offered_to(conn: AsyncConnection, a: Assignment) -> UUID | None:
    """Who has it offered just now."""
    found: UUID | None = await conn.scalar(
        select(offers.c.user_id).where(
            offers.c.interaction_id == a.interaction_id, offers.c.state == "offered"
        )
    )
    return found


async def end_offer(
    conn: AsyncConnection,
    a: Assignment,
    state: str,
    *,
    now: datetime,
    actor: Actor = SYSTEM,
    reason: str | None = None,
) -> UUID | None:
    """Ends the live offer of the interaction, if there is one; the agent who had it."""
    row = (
        await conn.execute(
            update(offers)
            .where(offers.c.interaction_id == a.interaction_id, offers.c.state == "offered")
            .values(state=state, decided_at=now, reason=reason)
            .returning(offers.c.id, offers.c.user_id)
        )
    ).first()
    if row is None:
        return None
    await tell_offer(conn, row.id, row.user_id, state, version=2, now=now, actor=actor)
    await agents.load_changed(conn, row.user_id, now=now)
    return UUID(str(row.user_id))


async def tell_offer(
    conn: AsyncConnection,
    offer_id: UUID,
    user_id: UUID,
    state: str,
    *,
    version: int,
    now: datetime,
    actor: Actor = SYSTEM,
) -> None:
    """Tells of an offer: that it was made (version 1) or decided (version 2)."""
    await append(conn, offer_event(offer_id, user_id, state, version=version, now=now, actor=actor))


_OFFER_EVENTS = {
    "offered": "OfferMade",
    "accepted": "OfferAccepted",
    "declined": "OfferDeclined",
    "timed_out": "OfferTimedOut",
    "rescinded": "OfferRescinded",
}


def offer_event(
    offer_id: UUID,
    user_id: UUID,
    state: str,
    *,
    version: int,
    now: datetime,
    actor: Actor = SYSTEM,
) -> Event:
    """The event of an offer that has come to this state."""
    return Event(
        type=_OFFER_EVENTS[state],
        aggregate_kind="offer",
        aggregate_id=offer_id,
        aggregate_version=version,
        audience=frozenset({f"user:{user_id}"}),
        at=now,
        actor=actor,
        data={"state": state},
    )
