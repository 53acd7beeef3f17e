"""Callbacks that keep their place: who waits may leave, and is called when their turn comes.

The call itself is the agent's own: they say whether somebody answered. An assignment's `callback`:
{kind, value, address, asked_at, tries, reached_at}; `value` is the one form of the address (E.164
for a phone), `address` as people read it, `tries` the calls that nobody answered. It is None again
once there is nobody to call any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.conversations import ConversationState, Standing, change
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import Actor
from wasl.routing import assignments, sla
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.entry import name_of
from wasl.routing.explained import queue_standing
from wasl.routing.policy import call_again_at
from wasl.routing.service import By, check_may_place, open_, set_status
from wasl.routing.tables import segments

LONGEST_WAY_OFF = timedelta(days=30)


async def ask_callback(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    kind: str,
    address: str,
    region: str = "",
    not_before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Standing:
    """The contact of a conversation that waits in a queue is to be called there, not before then;
    where it waits. Asked once more, the newer address and moment count.

    Invalid("identity_invalid"), Invalid("callback_time_invalid"), Conflict("not_waiting").
    """
    reached_at = contacts.normalise(kind, address, region=region)
    if not_before is not None and not now < not_before <= now + LONGEST_WAY_OFF:
        raise Invalid("callback_time_invalid", field="not_before")
    conversation, a = await open_(conn, conversation_id)
    if a.state not in ("queued", "offered"):
        raise Conflict("not_waiting")
    values: dict[str, Any] = {"not_before": not_before}
    if not_before is not None:
        await assignments.end_offer(conn, a, "rescinded", now=now)
        values["state"] = "queued"
    values["callback"] = {
        "kind": kind,
        "value": reached_at.value,
        "address": reached_at.display,
        "asked_at": (a.callback or {}).get("asked_at") or now.isoformat(),
        "tries": 0,
        "reached_at": None,
    }
    asked = await assignments.set_values(conn, a, **values)
    by = await name_of(conn, actor.id) if actor.kind == "agent" else None
    until = not_before.isoformat() if not_before is not None else None
    await change(
        conn,
        conversation_id,
        event="CallbackAsked",
        actor=actor,
        now=now,
        placement=placement_of(asked),
        activity=("callback_asked", {"to": reached_at.display, "by": by, "until": until}),
        data={"callback": True},
        before=conversation,
    )
    return await queue_standing(conn, a.interaction_id, now)


async def reach_callback(
    conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime
) -> None:
    """The contact has answered the call: that is our reply. Conflict("no_callback")."""
    conversation, a = await _held(conn, conversation_id, by)
    if a.callback["reached_at"] is not None:
        return
    reached = await assignments.set_values(
        conn, a, callback={**a.callback, "reached_at": now.isoformat()}
    )
    await conn.execute(
        update(segments)
        .where(segments.c.id == a.segment_id, segments.c.first_reply_at.is_(None))
        .values(first_reply_at=now)
    )
    reached = await sla.answer(conn, reached, now=now)
    await change(
        conn,
        conversation_id,
        event="CallbackReached",
        actor=by.actor,
        now=now,
        placement=placement_of(reached),
        activity=("callback_reached", {"by": await name_of(conn, by.user_id)}),
        before=conversation,
    )


async def miss_callback(
    conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime
) -> None:
    """Nobody answered the call: it waits again at its place and is called later. After the last
    call it is pending, until the contact writes. Conflict("no_callback")."""
    conversation, a = await _held(conn, conversation_id, by)
    tries = a.callback["tries"] + 1
    again_at = call_again_at(tries, now)
    params = {"by": await name_of(conn, by.user_id), "n": tries}
    if again_at is None or a.queue_id is None:
        await change(
            conn,
            conversation_id,
            event="CallbackEnded",
            actor=by.actor,
            now=now,
            activity=("callback_given_up", params),
            data={"callback": False},
            before=conversation,
        )
        await set_status(conn, conversation_id, "pending", by=by, now=now)
        return
    put = await assignments.put_down(conn, a, "queued", "unanswered", now=now)
    put = await assignments.set_values(
        conn, put, callback={**a.callback, "tries": tries, "reached_at": None}
    )
    queued = await assignments.enqueue(conn, put, a.queue_id, now=now, not_before=again_at)
    await change(
        conn,
        conversation_id,
        event="CallbackUnanswered",
        actor=by.actor,
        now=now,
        placement=placement_of(queued),
        activity=("callback_unanswered", {**params, "until": again_at.isoformat()}),
        before=conversation,
    )


async def end_callback(
    conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime
) -> None:
    """Nobody is to be called any more: it was done, or is no longer wanted; what waits goes on
    waiting. Conflict("no_callback")."""
    conversation, a = await _asked(conn, conversation_id)
    await check_may_place(conn, a, by)
    activity = ("callback_ended", {"by": await name_of(conn, by.user_id)})
    await _end(conn, conversation, a, actor=by.actor, activity=activity, now=now)


async def take_back_callback(
    conn: AsyncConnection, conversation_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """The contact no longer wants to be called, and goes on waiting. Conflict("no_callback")."""
    conversation, a = await _asked(conn, conversation_id)
    activity: tuple[str, dict[str, Any]] = ("callback_taken_back", {})
    await _end(conn, conversation, a, actor=actor, activity=activity, now=now)


async def _end(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    *,
    actor: Actor,
    activity: tuple[str, dict[str, Any]],
    now: datetime,
) -> None:
    ended = await assignments.set_values(conn, a, callback=None, not_before=None)
    await change(
        conn,
        a.conversation_id,
        event="CallbackEnded",
        actor=actor,
        now=now,
        placement=placement_of(ended),
        activity=activity,
        data={"callback": False},
        before=conversation,
    )


async def _asked(
    conn: AsyncConnection, conversation_id: UUID
) -> tuple[ConversationState, Assignment]:
    """A conversation whose contact is to be called back."""
    conversation, a = await open_(conn, conversation_id)
    if a.callback is None:
        raise Conflict("no_callback")
    return conversation, a


async def _held(
    conn: AsyncConnection, conversation_id: UUID, by: By
) -> tuple[ConversationState, Assignment]:
    """A conversation whose contact somebody is calling back."""
    conversation, a = await _asked(conn, conversation_id)
    if a.state != "active":
        raise Conflict("no_callback")
    await check_may_place(conn, a, by)
    return conversation, a
