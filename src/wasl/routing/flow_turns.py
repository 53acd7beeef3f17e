"""A flow run's turn with an interaction: it begins before any queue, and ends in one or for good.

While it lasts the assignment is `created` and held by the run, so that an agent may pick it up at
any moment; from then on the run no longer speaks. The caller holds the conversation's row lock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels
from wasl.conversations import Entered, change, close_interaction, lock, set_priority
from wasl.infra.errors import Conflict
from wasl.infra.events import Actor
from wasl.infra.statements import run_together
from wasl.routing import assignments, sla
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.entry import queue_of_channel
from wasl.routing.rules import steps_of
from wasl.routing.service import By, set_status, transfer


async def give_to_flow(conn: AsyncConnection, entered: Entered, run_id: UUID) -> None:
    """Begins a new interaction in the hands of a flow run."""
    a = await assignments.begin(
        conn,
        interaction_id=entered.interaction_id,
        conversation_id=entered.conversation_id,
        channel_kind=entered.channel_kind,
        units=entered.units,
        priority=entered.priority,
    )
    await assignments.set_values(conn, a, holder_kind="flow", holder_id=run_id)


# Who has the interaction of `%(conversation)s`, for the hooks of conversations.
HELD = """
SELECT a.* FROM conversations c JOIN assignments a ON a.interaction_id = c.interaction_id
WHERE c.id = %(conversation)s
"""
_FLOW_HOLDING = """
SELECT holder_id FROM assignments WHERE interaction_id = %(interaction)s AND holder_kind = 'flow'
"""


async def flow_holding(conn: AsyncConnection, interaction_id: UUID) -> UUID | None:
    """The flow run that holds an interaction now."""
    (found,) = await run_together(conn, (_FLOW_HOLDING, {"interaction": interaction_id}))
    return found[0].holder_id if found else None


async def end_flow_in_queue(
    conn: AsyncConnection,
    conversation_id: UUID,
    run_id: UUID,
    *,
    queue_id: UUID | None,
    priority: int | None = None,
    steps: list[Any] | None = None,
    agent_id: UUID | None = None,
    now: datetime,
) -> None:
    """Gives what the run holds to a queue, the channel's own when none is named, and there first to
    an agent; a reply is due from now. Conflict("not_holder") when the run no longer holds it."""
    if steps:
        steps_of(steps)
    conversation = await lock(conn, conversation_id)
    a = await _held(conn, conversation.interaction_id, run_id)
    actor = Actor("flow", run_id)
    if priority is not None and priority != conversation.priority:
        await set_priority(conn, conversation_id, priority, actor=actor, now=now)
    kind = (await channels.summaries(conn, [conversation.channel_id]))[conversation.channel_id][
        "kind"
    ]
    put = await assignments.set_values(
        conn,
        a,
        holder_kind=None,
        holder_id=None,
        channel_kind=kind,
        units=channels.adapter_of(kind).capabilities.capacity_units,
    )
    queue_id = queue_id or await queue_of_channel(conn, conversation.channel_id)
    if queue_id is not None:
        put = await assignments.enqueue(
            conn, put, queue_id, now=now, steps=steps, preferred_id=agent_id
        )
        put = await sla.owe_reply(conn, put, now=now)
    await change(
        conn,
        conversation_id,
        event="ConversationQueued",
        actor=actor,
        now=now,
        placement=placement_of(put),
    )


async def end_flow_for_good(
    conn: AsyncConnection, conversation_id: UUID, run_id: UUID, *, name: str, now: datetime
) -> None:
    """Resolves what the run holds: nobody else is needed. Conflict("not_holder")."""
    conversation = await lock(conn, conversation_id)
    a = await _held(conn, conversation.interaction_id, run_id)
    put = await assignments.put_down(conn, a, "completed", "resolved", now=now)
    put = await sla.end(conn, put, now=now)
    await close_interaction(conn, a.interaction_id, now=now)
    await change(
        conn,
        conversation_id,
        event="ConversationResolved",
        actor=Actor("flow", run_id),
        now=now,
        values={"status": "resolved", "snoozed_until": None},
        placement=placement_of(put),
        activity=("status", {"status": "resolved", "by": name, "until": None}),
    )


async def put_by_automation(
    conn: AsyncConnection,
    conversation_id: UUID,
    run_id: UUID,
    *,
    queue_id: UUID | None = None,
    agent_id: UUID | None = None,
    now: datetime,
) -> None:
    """Passes an open conversation on for an automation: to an agent, else to a queue, its own or
    the channel's when none is named. Conflict("no_queue"), Conflict("conversation_resolved"),
    Conflict("not_routed") when a flow holds it."""
    conversation = await lock(conn, conversation_id)
    a = await assignments.find(conn, conversation.interaction_id)
    if a is None or a.holder_kind == "flow":
        raise Conflict("not_routed")
    by = By(run_id, manages=True, kind="flow")
    if agent_id is not None:
        await transfer(conn, conversation_id, user_id=agent_id, by=by, now=now)
        return
    target = queue_id or conversation.queue_id
    target = target or await queue_of_channel(conn, conversation.channel_id)
    if target is None:
        raise Conflict("no_queue")
    await transfer(conn, conversation_id, queue_id=target, by=by, now=now)


async def set_status_by_automation(
    conn: AsyncConnection, conversation_id: UUID, run_id: UUID, status: str, *, now: datetime
) -> None:
    """Parks, resolves or (one that is parked) queues a conversation again for an automation; what
    stands so already stays."""
    conversation = await lock(conn, conversation_id)
    if conversation.status in (status, "resolved"):
        return
    if status == "open":
        await put_by_automation(conn, conversation_id, run_id, now=now)
        return
    a = await assignments.find(conn, conversation.interaction_id)
    if a is None or a.holder_kind == "flow":
        raise Conflict("not_routed")
    by = By(run_id, manages=True, kind="flow")
    await set_status(conn, conversation_id, status, by=by, now=now)


async def _held(conn: AsyncConnection, interaction_id: UUID, run_id: UUID) -> Assignment:
    a = await assignments.find(conn, interaction_id)
    if a is None or (a.holder_kind, a.holder_id) != ("flow", run_id):
        raise Conflict("not_holder", by=None)
    return a
