"""What happens by itself: a target warns or is breached, and a queue's new hours move deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import ConversationState, change
from wasl.infra.events import SYSTEM
from wasl.infra.timers import Handler, Timer, set_timer
from wasl.routing import assignments as steps
from wasl.routing import sla as clocks_of
from wasl.routing.policy import sla
from wasl.routing.policy.sla import Passed
from wasl.routing.tables import assignments

HOURS = "routing.sla_hours"  # timer kind; its key is the queue

_AT_ONCE = 50  # in one transaction


def timer_handlers() -> Mapping[str, Handler]:
    """The timers of the clocks, for the leader's loop."""
    return {clocks_of.TIMER: _moment_is_reached, HOURS: _hours_have_changed}


async def _moment_is_reached(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """Tells what has passed, also of an interaction that has ended since."""
    locked = await steps.locked(conn, UUID(timer.key))
    if locked is None:
        return
    conversation, a = locked
    noticed = sla.noticed(sla.read(a.clocks), now)
    # also when nothing has passed: who moved the clocks meanwhile has left the timer to us
    a = await clocks_of.keep(conn, a, replace(noticed, untold=()), now)
    for passed in noticed.untold:
        await _tell(conn, conversation, a, passed, now)


async def _tell(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: steps.Assignment,
    passed: Passed,
    now: datetime,
) -> None:
    code = "sla_breached" if passed.breached else "sla_warned"
    current = conversation.interaction_id == a.interaction_id
    await change(
        conn,
        a.conversation_id,
        event="SlaBreached" if passed.breached else "SlaWarned",
        actor=SYSTEM,
        now=now,
        placement=steps.placement_of(a) if current and a.state != "completed" else None,
        activity=(code, {"target": passed.target, "due_at": passed.due_at.isoformat()}),
        data={
            "interaction_id": str(a.interaction_id),
            "target": passed.target,
            "due_at": passed.due_at.isoformat(),
            "moved": current and passed.breached,
        },
    )


async def hours_changed(conn: AsyncConnection, queue_id: UUID, *, now: datetime) -> None:
    """Has the deadlines in a queue counted by its new hours, a few at a time."""
    await set_timer(conn, HOURS, str(queue_id), now)


async def _hours_have_changed(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    queue_id = UUID(timer.key)
    query = (
        select(assignments.c.interaction_id, assignments.c.conversation_id)
        .where(
            assignments.c.queue_id == queue_id,
            assignments.c.state.not_in(("created", "completed", "wrap_up")),
        )
        .order_by(assignments.c.interaction_id)
        .limit(_AT_ONCE)
    )
    if "after" in timer.payload:
        query = query.where(assignments.c.interaction_id > UUID(timer.payload["after"]))
    rows = (await conn.execute(query)).all()
    hours = await clocks_of.hours_in(conn, queue_id)
    for row in sorted(rows, key=lambda row: row.conversation_id):
        locked = await steps.locked(conn, row.interaction_id)
        if locked is None:
            continue
        conversation, a = locked
        if a.queue_id != queue_id or conversation.interaction_id != a.interaction_id:
            continue
        counted = await clocks_of.write(conn, a, sla.recounted(sla.read(a.clocks), now, hours), now)
        if counted is not a:
            await change(
                conn,
                a.conversation_id,
                event="DeadlineMoved",
                actor=SYSTEM,
                now=now,
                placement=steps.placement_of(counted),
                data={"moved": False},
            )
    if len(rows) == _AT_ONCE:
        after = {"after": str(rows[-1].interaction_id)}
        await set_timer(conn, HOURS, timer.key, now, after)
