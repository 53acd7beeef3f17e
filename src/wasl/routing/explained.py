"""Why a conversation is where it is, for people who ask: from PostgreSQL as it is now."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts import names_of
from wasl.conversations import Standing
from wasl.infra.statements import run_together
from wasl.routing import assignments
from wasl.routing.policy import PRIORITY_STEP, Engine, Queue, Why, expected_wait
from wasl.routing.reading import read_around
from wasl.routing.tables import routing_decisions

MOST_DECISIONS = 50

_PACE = timedelta(minutes=15)
_HANDLING = timedelta(days=1)

_CONVERSATION = text("SELECT interaction_id, priority FROM conversations WHERE id = :id")

# Everybody of the queue who goes first, as `waiting_key` orders them, but not those held back; how
# many turns began lately, how long they last, and who is there. In one statement, because a rush
# of contacts asks for it all at once. What is offered waits still, but is not counted as queued.
_STANDING = """
SELECT a.callback, a.not_before,
  (SELECT count(*) FROM assignments w JOIN conversations c ON c.id = w.conversation_id
   WHERE w.queue_id = q.id AND w.state = 'queued'
     AND (w.not_before IS NULL OR w.not_before <= %(now)s::timestamptz
       OR w.interaction_id = a.interaction_id)
     AND (CASE WHEN q.strict_priority THEN -c.priority ELSE 0 END,
       w.enqueued_at - CASE WHEN q.strict_priority THEN 0 ELSE c.priority END * interval '600 s',
       w.interaction_id)
     <= (CASE WHEN q.strict_priority THEN -k.priority ELSE 0 END,
       a.enqueued_at - CASE WHEN q.strict_priority THEN 0 ELSE k.priority END * interval '600 s',
       a.interaction_id)) + CASE a.state WHEN 'offered' THEN 1 ELSE 0 END AS place,
  (SELECT count(*) FROM segments s
   WHERE s.queue_id = q.id AND s.opened_at > %(lately)s::timestamptz) AS starts,
  (SELECT avg(s.ended_at - s.opened_at) FROM segments s
   WHERE s.queue_id = q.id AND s.opened_at > %(a_day_ago)s::timestamptz) AS handling,
  (SELECT count(*) FROM queue_members m JOIN agents g ON g.user_id = m.user_id
   WHERE m.queue_id = q.id AND g.presence = 'available') AS there
FROM assignments a JOIN conversations k ON k.id = a.conversation_id
  JOIN queues q ON q.id = a.queue_id
WHERE a.interaction_id = %(id)s AND a.state IN ('queued', 'offered')
"""


async def explained(
    conn: AsyncConnection, conversation_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """Where the conversation's interaction stands and why, why each agent of its queue has it
    not, and what was decided so far, newest first."""
    row = (await conn.execute(_CONVERSATION, {"id": conversation_id})).first()
    a = await assignments.find(conn, row.interaction_id) if row is not None else None
    if row is None or a is None:
        return _answer("created", [Why("not_routed")], decisions=[])
    decisions = await _decisions(conn, a.interaction_id)
    if a.state not in ("queued", "offered", "active") or a.queue_id is None:
        return _answer(a.state, [], decisions=decisions, waiting_since=a.enqueued_at)
    facts = await read_around(conn, a.interaction_id, a.queue_id)
    engine = Engine()
    for _ in facts.tell(engine):
        await asyncio.sleep(0)
    engine.settle(now)
    told = engine.explain(a.interaction_id, now)
    names = await names_of(conn, [agent_id for agent_id, _ in told.agents] if told else [])
    standing = await queue_standing(conn, a.interaction_id, now)
    return _answer(
        a.state,
        list(told.why) if told else [],
        agents=[
            {"user": {"id": agent_id, "name": names.get(agent_id, "")}, "why": _why(why)}
            for agent_id, why in (told.agents if told else ())
        ],
        decisions=decisions,
        waiting_since=a.enqueued_at,
        priority=_priority(row.priority, facts.queues.get(a.queue_id)),
        **asdict(standing),
    )


def _priority(level: int, queue: Queue | None) -> dict[str, int | None]:
    """The conversation's own priority, and how much waiting it counts as; None for that where a
    higher one always goes first."""
    strict = queue is not None and queue.strict_priority
    return {
        "level": level,
        "ahead_s": None if strict else level * int(PRIORITY_STEP.total_seconds()),
    }


async def queue_standing(conn: AsyncConnection, interaction_id: UUID, now: datetime) -> Standing:
    """Place in the queue and the wait to be expected (see `expected_wait`)."""
    asked = {"id": interaction_id, "now": now, "lately": now - _PACE, "a_day_ago": now - _HANDLING}
    (rows,) = await run_together(conn, (_STANDING, asked))
    if not rows:
        return Standing()
    row = rows[0]
    place = row.place or 1
    wait = expected_wait(place, row.starts, _PACE, agents=row.there, handling=row.handling)
    callback = row.callback and {
        "address": row.callback["address"],
        "not_before": row.not_before,
    }
    return Standing(place, round(wait.total_seconds()) if wait else None, callback)


async def _decisions(conn: AsyncConnection, interaction_id: UUID) -> list[dict[str, Any]]:
    rows = (
        await conn.execute(
            select(routing_decisions)
            .where(routing_decisions.c.interaction_id == interaction_id)
            .order_by(routing_decisions.c.id.desc())
            .limit(MOST_DECISIONS)
        )
    ).all()
    names = await names_of(conn, [row.user_id for row in rows if row.user_id is not None])
    return [
        {
            "kind": row.kind,
            "user": None
            if row.user_id is None
            else {"id": row.user_id, "name": names.get(row.user_id, "")},
            "queue_id": row.queue_id,
            "why": row.why,
            "at": row.at,
        }
        for row in rows
    ]


def _answer(state: str, why: list[Why], **values: Any) -> dict[str, Any]:
    return {
        "state": state,
        "place": None,
        "expected_wait_s": None,
        "callback": None,
        "waiting_since": None,
        "priority": None,
        "agents": [],
        **values,
        "why": [_why(one) for one in why],
    }


def _why(why: Why) -> dict[str, Any]:
    return {"code": why.code, "params": dict(why.params)}
