"""Why a conversation is where it is, for people who ask: from PostgreSQL as it is now."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts import names_of
from wasl.conversations import Standing
from wasl.routing import assignments
from wasl.routing.policy import PRIORITY_STEP, Engine, Queue, Why, expected_wait
from wasl.routing.reading import read_around
from wasl.routing.tables import agents, queue_members, routing_decisions, segments

MOST_DECISIONS = 50

_PACE = timedelta(minutes=15)
_HANDLING = timedelta(days=1)

_CONVERSATION = text("SELECT interaction_id, priority FROM conversations WHERE id = :id")

# Everybody of the queue who goes first, as `waiting_key` orders them; not those held back.
_PLACE = text(
    "WITH waiting AS ("
    " SELECT a.interaction_id, CASE WHEN q.strict_priority THEN -c.priority ELSE 0 END AS band,"
    " a.enqueued_at - CASE WHEN q.strict_priority THEN 0 ELSE c.priority END * interval '600 s'"
    " AS due FROM assignments a JOIN conversations c ON c.id = a.conversation_id"
    " JOIN queues q ON q.id = a.queue_id WHERE a.queue_id = :queue_id AND a.state = 'queued'"
    " AND (a.not_before IS NULL OR a.not_before <= :now OR a.interaction_id = :id))"
    " SELECT count(*) FROM waiting, (SELECT * FROM waiting WHERE interaction_id = :id) AS this"
    " WHERE (waiting.band, waiting.due, waiting.interaction_id)"
    " <= (this.band, this.due, this.interaction_id)"
)


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
    a = await assignments.find(conn, interaction_id)
    if a is None or a.state != "queued" or a.queue_id is None:
        return Standing()
    this = {"queue_id": a.queue_id, "id": interaction_id, "now": now}
    place = int(await conn.scalar(_PLACE, this) or 1)
    starts = await conn.scalar(
        select(func.count())
        .select_from(segments)
        .where(segments.c.queue_id == a.queue_id, segments.c.opened_at > now - _PACE)
    )
    handling = await conn.scalar(
        select(func.avg(segments.c.ended_at - segments.c.opened_at)).where(
            segments.c.queue_id == a.queue_id, segments.c.opened_at > now - _HANDLING
        )
    )
    there = await conn.scalar(
        select(func.count())
        .select_from(queue_members.join(agents, agents.c.user_id == queue_members.c.user_id))
        .where(queue_members.c.queue_id == a.queue_id, agents.c.presence == "available")
    )
    wait = expected_wait(place, starts or 0, _PACE, agents=there or 0, handling=handling)
    callback = a.callback and {"address": a.callback["address"], "not_before": a.not_before}
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
