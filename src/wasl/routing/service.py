"""What people do with a conversation's place: pick, transfer, park, resolve, wrap up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels
from wasl.conversations import (
    ConversationState,
    add_note,
    begin_interaction,
    change,
    close_interaction,
    lock,
)
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.timers import Handler, Timer, put_timer
from wasl.routing import agents, assignments, sla, sla_timers
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.entry import name_of, queue_of_channel
from wasl.routing.policy import AFFINITY
from wasl.routing.rules import steps_of
from wasl.routing.tables import dispositions, queue_members, queues

SNOOZE = "routing.snooze"  # timer kind; its key is the conversation
LONGEST_SNOOZE = timedelta(days=366)
TRANSFER_EXCLUSION = timedelta(seconds=600)  # so that it does not come straight back


@dataclass(frozen=True, slots=True)
class By:
    """The agent who does it, or another `kind` of actor; `manages` may also do it with what another
    one holds."""

    user_id: UUID
    manages: bool = False
    kind: str = "agent"

    @property
    def actor(self) -> Actor:
        return Actor(self.kind, self.user_id)


async def pick(conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime) -> None:
    """Takes a conversation that nobody holds.

    Conflict("already_taken", by), Conflict("conversation_resolved"), Conflict("at_capacity").
    """
    conversation, a = await open_(conn, conversation_id)
    if a.state == "active":
        if a.holder_id == by.user_id:
            return
        raise Conflict("already_taken", by=await name_of(conn, a.holder_id))
    await _give(conn, conversation, a, by.user_id, by=by, now=now)


async def _give(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    agent_id: UUID,
    *,
    by: By,
    now: datetime,
) -> None:
    held = await assignments.hold(conn, a, agent_id, now=now)
    held = await sla.resume(conn, held, now=now)
    await put_timer(conn, SNOOZE, str(conversation.id), None, now)
    await change(
        conn,
        conversation.id,
        event="ConversationAssigned",
        actor=by.actor,
        now=now,
        values={"status": "open", "snoozed_until": None},
        placement=placement_of(held),
        activity=(
            "assigned",
            {"to": await name_of(conn, agent_id), "by": await name_of(conn, by.user_id)},
        ),
    )


async def transfer(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    user_id: UUID | None = None,
    queue_id: UUID | None = None,
    note: str = "",
    steps: list[Any] | None = None,
    wait_s: int | None = None,
    by: By,
    now: datetime,
) -> None:
    """Passes a conversation on, at its age, with a note for whoever takes it.

    To a queue, or to an agent: offered to them first, and to the queue when they don't take it
    within `wait_s` (two minutes when left out). Who stands beside the holder has it at once.
    `steps` ask for skills, instead of what the queue asks for.
    """
    if steps:
        steps_of(steps)
    if (user_id is None) == (queue_id is None):
        raise Invalid("transfer_target_invalid", field="user_id")
    conversation, a = await open_(conn, conversation_id)
    await check_may_place(conn, a, by)
    if note.strip():
        await add_note(conn, conversation_id, author=by.actor, text=note, now=now)
    await agents.lock_agents(conn, [a.holder_id, user_id])
    target = await _queue_for(conn, conversation, a, user_id, queue_id)
    put = await assignments.put_down(conn, a, "queued", "transferred", now=now)
    if user_id is not None and (user_id == by.user_id or user_id in conversation.joined):
        await _give(conn, conversation, put, user_id, by=by, now=now)
        return
    passed = {str(by.user_id): (now + TRANSFER_EXCLUSION).isoformat()}
    queued = await assignments.enqueue(
        conn,
        put,
        target,
        now=now,
        preferred_id=user_id,
        affinity=AFFINITY if wait_s is None else timedelta(seconds=wait_s),
        excluded=passed,
        steps=steps,
    )
    queued = await sla.resume(conn, queued, now=now)
    queued = await sla.move(conn, queued, a.queue_id, now=now)
    await put_timer(conn, SNOOZE, str(conversation_id), None, now)
    await change(
        conn,
        conversation_id,
        event="ConversationTransferred",
        actor=by.actor,
        now=now,
        values={"status": "open", "snoozed_until": None},
        placement=placement_of(queued),
        activity=(
            "transferred",
            {
                "to": await name_of(conn, user_id),
                "to_queue": await _queue_name(conn, target),
                "by": await name_of(conn, by.user_id),
            },
        ),
    )


async def _queue_for(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    user_id: UUID | None,
    queue_id: UUID | None,
) -> UUID:
    """Where it waits: the queue named, else its own, else one of the agent's, else any."""
    if queue_id is not None:
        if await conn.scalar(select(queues.c.id).where(queues.c.id == queue_id)) is None:
            raise NotFound("queue_not_found")
        return queue_id
    found: UUID | None = a.queue_id
    if found is None:
        found = await conn.scalar(
            select(queue_members.c.queue_id)
            .where(queue_members.c.user_id == user_id)
            .order_by(queue_members.c.queue_id)
            .limit(1)
        )
    if found is None:
        found = await queue_of_channel(conn, conversation.channel_id)
    if found is None:
        raise Conflict("no_queue")
    return found


async def set_status(
    conn: AsyncConnection,
    conversation_id: UUID,
    status: str,
    *,
    snoozed_until: datetime | None = None,
    disposition: str = "",
    by: By,
    now: datetime,
) -> None:
    """Parks (pending, snoozed), resolves or takes up again (open)."""
    conversation = await lock(conn, conversation_id)
    if status == "open":
        if conversation.status in ("pending", "snoozed"):
            await pick(conn, conversation_id, by=by, now=now)
        elif conversation.status == "resolved":
            await _begin_again(conn, conversation, by=by, now=now)
        return
    if status == "snoozed":
        if snoozed_until is None or not now < snoozed_until <= now + LONGEST_SNOOZE:
            raise Invalid("snooze_time_invalid", field="snoozed_until")
    elif status not in ("pending", "resolved"):
        raise Invalid("status_unknown", field="status")
    conversation, a = await open_(conn, conversation_id)
    await check_may_place(conn, a, by)
    if status == "resolved":
        await _resolve(conn, conversation, a, disposition, by=by, now=now)
    else:
        await _park(conn, conversation, a, status, snoozed_until, by=by, now=now)


async def _begin_again(
    conn: AsyncConnection, conversation: ConversationState, *, by: By, now: datetime
) -> None:
    """Takes a resolved conversation up again: its next interaction is begun by who does it.

    The wrap-up of the one before is over with that. Conflict("at_capacity"),
    Conflict("conversation_resolved") when its messages are another one's now.
    """
    if conversation.merged_into is not None:
        raise Conflict("conversation_resolved")
    before = await assignments.find(conn, conversation.interaction_id)
    if before is not None and before.state == "wrap_up":
        await check_may_place(conn, before, by)
        await assignments.complete(conn, before, now=now)
    channel = (await channels.summaries(conn, [conversation.channel_id]))[conversation.channel_id]
    begun = await begin_interaction(conn, conversation, now)
    a = await assignments.begin(
        conn,
        interaction_id=begun["interaction_id"],
        conversation_id=conversation.id,
        channel_kind=channel["kind"],
        units=channels.adapter_of(channel["kind"]).capabilities.capacity_units,
        priority=conversation.priority,
    )
    queue_id = conversation.queue_id or await queue_of_channel(conn, conversation.channel_id)
    a = await assignments.set_values(conn, a, queue_id=queue_id)
    a = await sla.open_(conn, a, now=now)
    held = await assignments.hold(conn, a, by.user_id, now=now)
    await change(
        conn,
        conversation.id,
        event="ConversationReopened",
        actor=by.actor,
        now=now,
        values={"status": "open", "snoozed_until": None, **begun},
        placement=placement_of(held),
        activity=(
            "status",
            {"status": "open", "by": await name_of(conn, by.user_id), "until": None},
        ),
    )


async def _park(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    status: str,
    snoozed_until: datetime | None,
    *,
    by: By,
    now: datetime,
) -> None:
    until = snoozed_until if status == "snoozed" else None
    await put_timer(conn, SNOOZE, str(conversation.id), until, now)
    parked = await assignments.put_down(conn, a, "parked", "parked", now=now)
    # the contact is waited for while pending; nobody is while snoozed, so that time runs on
    step = sla.pause if status == "pending" else sla.resume
    parked = await step(conn, parked, now=now)
    await change(
        conn,
        conversation.id,
        event="ConversationParked",
        actor=by.actor,
        now=now,
        values={"status": status, "snoozed_until": until},
        placement=placement_of(parked),
        activity=(
            "status",
            {
                "status": status,
                "by": await name_of(conn, by.user_id),
                "until": until.isoformat() if until else None,
            },
        ),
    )


async def _resolve(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    disposition: str,
    *,
    by: By,
    now: datetime,
) -> None:
    await _check_disposition(conn, disposition)
    await put_timer(conn, SNOOZE, str(conversation.id), None, now)
    wrap_up_s = await conn.scalar(select(queues.c.wrap_up_s).where(queues.c.id == a.queue_id))
    if a.state == "active" and a.holder_id == by.user_id and wrap_up_s:
        done = await assignments.begin_wrap_up(conn, a, wrap_up_s, now=now, disposition=disposition)
    else:
        await assignments.end_segment(conn, a, "resolved", now=now, disposition=disposition)
        done = await assignments.put_down(conn, a, "completed", "resolved", now=now)
    done = await sla.end(conn, done, now=now)
    await close_interaction(conn, a.interaction_id, disposition=disposition, now=now)
    await change(
        conn,
        conversation.id,
        event="ConversationResolved",
        actor=by.actor,
        now=now,
        values={"status": "resolved", "snoozed_until": None},
        placement=placement_of(done),
        activity=(
            "status",
            {"status": "resolved", "by": await name_of(conn, by.user_id), "until": None},
        ),
    )


async def wrap_up(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    disposition: str = "",
    note: str = "",
    by: By,
    now: datetime,
) -> None:
    """Ends wrap-up with an outcome and a note. When its time is over already, both still count."""
    conversation = await lock(conn, conversation_id)
    a = await assignments.find(conn, conversation.interaction_id)
    if a is None or a.state not in ("wrap_up", "completed"):
        raise Conflict("not_in_wrap_up")
    await check_may_place(conn, a, by)
    await _check_disposition(conn, disposition)
    if note.strip():
        await add_note(conn, conversation_id, author=by.actor, text=note, now=now)
    if disposition:
        await close_interaction(conn, a.interaction_id, disposition=disposition, now=now)
    if a.state == "wrap_up":
        a = await assignments.complete(conn, a, now=now, disposition=disposition)
    elif not disposition:
        return
    params = {"disposition": disposition, "by": await name_of(conn, by.user_id)}
    await change(
        conn,
        conversation_id,
        event="ConversationWrappedUp",
        actor=by.actor,
        now=now,
        placement=placement_of(a),
        activity=("wrap_up", params) if disposition else None,
    )


async def _check_disposition(conn: AsyncConnection, disposition: str) -> None:
    known = select(dispositions.c.code).where(dispositions.c.code == disposition)
    if disposition and await conn.scalar(known) is None:
        raise Invalid("disposition_unknown", field="disposition")


async def open_(
    conn: AsyncConnection, conversation_id: UUID
) -> tuple[ConversationState, Assignment]:
    """The locked conversation and its open interaction's assignment; Conflict("not_routed") for
    one that has none, such as spam."""
    conversation = await lock(conn, conversation_id)
    if conversation.status == "resolved":
        raise Conflict("conversation_resolved")
    a = await assignments.find(conn, conversation.interaction_id)
    if a is None:
        raise Conflict("not_routed")
    return conversation, a


async def check_may_place(conn: AsyncConnection, a: Assignment, by: By) -> None:
    """Conflict("not_holder", by) when another one has it, unless they manage."""
    if a.holder_id is not None and a.holder_id != by.user_id and not by.manages:
        raise Conflict("not_holder", by=await name_of(conn, a.holder_id))


async def _queue_name(conn: AsyncConnection, queue_id: UUID) -> str:
    names = await conn.scalar(select(queues.c.names).where(queues.c.id == queue_id))
    return str((names or {}).get("en", ""))


# ── what happens by itself ───────────────────────────────────────────────────────────────────


async def _wrap_up_is_over(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """The time for wrapping up is over."""
    locked = await assignments.locked(conn, UUID(timer.key))
    if locked is None:
        return
    conversation, a = locked
    if a.state != "wrap_up":
        return
    if a.wrap_up_ends_at > now:  # begun anew while this one fired
        await put_timer(conn, assignments.WRAP_UP, timer.key, a.wrap_up_ends_at, now)
        return
    completed = await assignments.complete(conn, a, now=now)
    if conversation.interaction_id == a.interaction_id:
        await change(
            conn,
            conversation.id,
            event="ConversationWrappedUp",
            actor=SYSTEM,
            now=now,
            placement=placement_of(completed),
        )


_SNOOZED_UNTIL = text("SELECT snoozed_until FROM conversations WHERE id = :id")


async def _snooze_is_over(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """A snoozed conversation wakes up: queued at its age, first for whoever snoozed it."""
    conversation = await lock(conn, UUID(timer.key))
    a = await assignments.find(conn, conversation.interaction_id)
    if conversation.status != "snoozed" or a is None or a.queue_id is None:
        return
    until = await conn.scalar(_SNOOZED_UNTIL, {"id": conversation.id})
    if until > now:  # snoozed anew while this one fired
        await put_timer(conn, SNOOZE, timer.key, until, now)
        return
    known = a.preferred_id
    if known is not None and not await agents.available_with_room(
        conn, known, a.channel_kind, a.units
    ):
        known = None
    queued = await assignments.enqueue(conn, a, a.queue_id, now=now, preferred_id=known)
    await change(
        conn,
        conversation.id,
        event="ConversationWoke",
        actor=SYSTEM,
        now=now,
        values={"status": "open", "snoozed_until": None},
        placement=placement_of(queued),
        activity=("status", {"status": "open", "by": None, "until": None}),
    )


def timer_handlers() -> Mapping[str, Handler]:
    """The timers that routing sets, for the leader's loop."""
    return {
        assignments.WRAP_UP: _wrap_up_is_over,
        SNOOZE: _snooze_is_over,
        **sla_timers.timer_handlers(),
    }


async def end_aside(
    conn: AsyncConnection, interaction_id: UUID, reason: str, *, now: datetime
) -> None:
    """Takes an interaction from its holder or queue whose conversation was "merged" into another
    one, or is "spam" (it is queued again when that is taken back). Neither once it is undone."""
    locked = await assignments.locked(conn, interaction_id)
    if locked is None or locked[1].state == "completed":
        return
    conversation, a = locked
    if reason == "merged":
        if conversation.merged_into is None:
            return
        put = await assignments.put_down(conn, a, "completed", reason, now=now)
        await sla.end(conn, put, now=now)
    elif conversation.spam:
        put = await assignments.put_down(conn, a, "created", reason, now=now)
        put = await sla.end(conn, put, now=now)
        await change(
            conn,
            conversation.id,
            event="ConversationUnassigned",
            actor=SYSTEM,
            now=now,
            placement=placement_of(put),
        )
