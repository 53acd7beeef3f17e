"""The SLA clocks of an assignment: each verb takes the step that `policy.sla` describes, writes
what is read of the clocks elsewhere, and sets the one timer of the interaction to its next moment.

All run under the conversation's row lock, held by the caller, and answer with the new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.statements import Statement, run_together
from wasl.infra.timers import SET_OR_CANCEL, set_or_cancel
from wasl.routing.policy import Hours, sla
from wasl.routing.policy.sla import Clocks, Policy, Targets
from wasl.routing.rules import hours_of

TIMER = "routing.sla"  # timer kind; its key is the interaction

_NEVER = Targets(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for an interaction now: its queue, with its hours, and its targets."""

    queue_id: UUID | None = None
    hours: Hours | None = None
    targets: Targets = field(default=_NEVER)


# The queue is the one named, or the one that the channel leads to as by `entry.queue_of_channel`.
_TERMS = """
SELECT q.id, q.reply_target_s, q.resolution_target_s, q.hours::text AS hours, k.tags,
  coalesce(%(priority)s::smallint, c.priority, 0) AS priority,
  (SELECT json_agg(p ORDER BY p.position, p.id) FROM sla_policies p) AS policies
FROM queues q
  LEFT JOIN conversations c ON c.id = %(conversation)s
  LEFT JOIN contacts k ON k.id = coalesce(c.contact_id, %(contact)s)
WHERE q.id = coalesce(%(queue)s::uuid,
  (SELECT queue_id FROM entry_rules WHERE channel_id = %(channel)s::uuid),
  (SELECT id FROM queues ORDER BY id LIMIT 1))
"""


async def terms_for(
    conn: AsyncConnection,
    *,
    conversation_id: UUID,
    kind: str,
    queue_id: UUID | None = None,
    channel_id: UUID | None = None,
    contact_id: UUID | None = None,
    priority: int | None = None,
) -> Terms:
    """The terms in a queue, or in the one that the channel leads to; priority and contact are the
    conversation's when left out. Without any queue there are none."""
    wanted = {
        "conversation": conversation_id,
        "queue": queue_id,
        "channel": channel_id,
        "contact": contact_id,
        "priority": priority,
    }
    (rows,) = await run_together(conn, (_TERMS, wanted))
    if not rows:
        return Terms()
    row = rows[0]
    usual = Targets(row.reply_target_s, row.reply_target_s, row.resolution_target_s)
    targets = sla.targets_for(
        (policy_of(each) for each in row.policies or ()),
        usual,
        priority=row.priority,
        kind=kind,
        tags=row.tags or (),
    )
    return Terms(row.id, _hours(row.hours), targets)


@lru_cache(256)
def _hours(stored: str | None) -> Hours | None:
    return hours_of(msgspec.json.decode(stored)) if stored else None


def policy_of(row: Mapping[str, Any]) -> Policy:
    """The policy of a row of `sla_policies`."""
    return Policy(
        frozenset(row["priorities"]),
        frozenset(row["kinds"]),
        frozenset(row["tags"]),
        row["first_response_s"],
        row["next_response_s"],
        row["resolution_s"],
        row["warn_percent"],
    )


async def _terms_of(conn: AsyncConnection, a: Any, *, priority: int | None = None) -> Terms:
    if a.queue_id is None:
        return Terms()
    return await terms_for(
        conn,
        conversation_id=a.conversation_id,
        kind=a.channel_kind,
        queue_id=a.queue_id,
        priority=priority,
    )


async def hours_in(conn: AsyncConnection, queue_id: UUID | None) -> Hours | None:
    """The opening hours of a queue."""
    sql = "SELECT hours::text AS hours FROM queues WHERE id = %(id)s"
    (rows,) = await run_together(conn, (sql, {"id": queue_id}))
    return _hours(rows[0].hours) if rows else None


# ── steps ────────────────────────────────────────────────────────────────────────────────────


def begun(terms: Terms, now: datetime) -> Clocks:
    """The clocks of an interaction that a contact begins by writing."""
    return (
        Clocks() if terms.queue_id is None else sla.owed(Clocks(), terms.targets, now, terms.hours)
    )


async def open_(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """An agent has begun it: its resolution is due."""
    if a.queue_id is None:
        return a
    terms = await _terms_of(conn, a)
    return await write(
        conn, a, sla.opened(sla.read(a.clocks), terms.targets, now, terms.hours), now
    )


async def owe_reply(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """The contact waits for an answer; one that is owed already keeps its clock."""
    if a.queue_id is None:
        return a
    terms = await _terms_of(conn, a)
    return await write(conn, a, sla.owed(sla.read(a.clocks), terms.targets, now, terms.hours), now)


async def answer(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """An agent has answered."""
    return await write(conn, a, sla.answered(sla.read(a.clocks), now), now)


async def pause(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """It is the contact's turn."""
    hours = await hours_in(conn, a.queue_id)
    return await write(conn, a, sla.paused(sla.read(a.clocks), now, hours), now)


async def resume(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """It is our turn again."""
    clocks = sla.read(a.clocks)
    if all(clock.since is not None for clock in clocks):
        return a
    hours = await hours_in(conn, a.queue_id)
    return await write(conn, a, sla.resumed(clocks, now, hours), now)


async def aim(conn: AsyncConnection, a: Any, *, now: datetime, priority: int | None = None) -> Any:
    """Its channel has changed, or its priority is to be another one: so may be its targets."""
    clocks = sla.read(a.clocks)
    if not any(clocks):
        return a
    terms = await _terms_of(conn, a, priority=priority)
    return await write(conn, a, sla.aimed(clocks, terms.targets, now, terms.hours), now)


async def move(conn: AsyncConnection, a: Any, from_queue_id: UUID | None, *, now: datetime) -> Any:
    """It goes on in another queue, with the same targets and the hours of that one."""
    if from_queue_id == a.queue_id:
        return a
    before, after = await hours_in(conn, from_queue_id), await hours_in(conn, a.queue_id)
    return await write(conn, a, sla.moved(sla.read(a.clocks), now, before, after), now)


async def hours_of_each(
    conn: AsyncConnection, queue_ids: Iterable[UUID]
) -> dict[UUID, Hours | None]:
    """The opening hours of queues."""
    sql = "SELECT id, hours::text AS hours FROM queues WHERE id = ANY(%(ids)s::uuid[])"
    (rows,) = await run_together(conn, (sql, {"ids": list(queue_ids)}))
    return {row.id: _hours(row.hours) for row in rows}


def moving(
    conn: AsyncConnection, a: Any, before: Hours | None, after: Hours | None, now: datetime
) -> tuple[dict[str, Any], list[Statement]]:
    """What is due once it has gone on from a queue with some hours to one with others, and what
    writes that; see `move`."""
    clocks = sla.read(a.clocks)
    changed = sla.moved(clocks, now, before, after)
    shown = columns(changed)
    due = {name: shown[name] for name in ("due_at", "due_total_s", "due_warn_at")}
    return due, [] if changed == clocks else [_writing(conn, a, changed, now)]


async def end(conn: AsyncConnection, a: Any, *, now: datetime) -> Any:
    """The interaction is over, or taken out of work: nothing is due any more."""
    return await write(conn, a, sla.ended(sla.read(a.clocks), now), now)


# ── writing ──────────────────────────────────────────────────────────────────────────────────

_WRITE = f"""
WITH {SET_OR_CANCEL}
UPDATE assignments SET clocks = %(clocks)s, due_at = %(due_at)s, due_warn_at = %(due_warn_at)s,
  due_total_s = %(due_total_s)s, resolution_due_at = %(resolution_due_at)s,
  breached_at = %(breached_at)s
WHERE interaction_id = %(interaction)s RETURNING *
"""  # noqa: S608  # our constants


def columns(clocks: Clocks) -> dict[str, Any]:
    """What an assignment keeps of its clocks."""
    reply, resolution = clocks.reply, clocks.resolution
    due_at = reply.due_at if reply is not None else None
    return {
        "clocks": Jsonb(sla.stored(clocks)),
        "due_at": due_at,
        "due_warn_at": reply.warn_at if reply is not None else None,
        "due_total_s": round(reply.total.total_seconds()) if reply and due_at else None,
        "resolution_due_at": resolution.due_at if resolution is not None else None,
        "breached_at": sla.late_since(clocks),
    }


def timer(conn: AsyncConnection, interaction_id: UUID, clocks: Clocks, now: datetime) -> Any:
    """The values of SET_OR_CANCEL for the next moment of these clocks."""
    return set_or_cancel(conn, TIMER, str(interaction_id), sla.next_at(clocks), now)


async def write(conn: AsyncConnection, a: Any, clocks: Clocks, now: datetime) -> Any:
    """Keeps the clocks, if they have changed, and sets the timer to their next moment."""
    return a if clocks == sla.read(a.clocks) else await keep(conn, a, clocks, now)


async def keep(conn: AsyncConnection, a: Any, clocks: Clocks, now: datetime) -> Any:
    """Keeps the clocks and sets the timer, whether they have changed or not."""
    (rows,) = await run_together(conn, _writing(conn, a, clocks, now))
    return rows[0]


def _writing(conn: AsyncConnection, a: Any, clocks: Clocks, now: datetime) -> Statement:
    values = {
        **columns(clocks),
        **timer(conn, a.interaction_id, clocks, now),
        "interaction": a.interaction_id,
    }
    return _WRITE, values
