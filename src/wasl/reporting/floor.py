"""The agents on the floor: in which state since when, and what they have in hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import routing

_HELD = (
    "SELECT a.holder_id, a.conversation_id, a.queue_id, a.channel_kind, a.state,"
    " CASE a.state WHEN 'wrap_up' THEN s.ended_at ELSE s.opened_at END AS since,"
    " a.wrap_up_ends_at FROM assignments a LEFT JOIN segments s ON s.id = a.segment_id"
    " WHERE a.holder_kind = 'agent' AND a.state IN ('active', 'wrap_up')"
)
_OFFERED = "SELECT user_id, min(offered_at) AS since FROM offers WHERE state = 'offered'"
_RELEASED = "SELECT user_id, last_released_at FROM agents WHERE last_released_at IS NOT NULL"


async def floor_view(
    conn: AsyncConnection, user_ids: Collection[UUID] | None = None
) -> list[dict[str, Any]]:
    """Agent of each user, or every agent, for the wallboard; nobody who is disabled."""
    ids = None if user_ids is None else list(user_ids)

    async def rows(query: str, column: str, tail: str = "") -> list[Any]:
        if ids is None:
            return list(await conn.execute(text(f"{query} {tail}")))
        named = text(f"{query} AND {column} = ANY (:ids) {tail}")
        return list(await conn.execute(named, {"ids": ids}))

    held: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in await rows(_HELD, "a.holder_id", "ORDER BY since, a.interaction_id"):
        held[row.holder_id].append(row)
    offered = {
        row.user_id: row.since for row in await rows(_OFFERED, "user_id", "GROUP BY user_id")
    }
    released = {row.user_id: row.last_released_at for row in await rows(_RELEASED, "user_id")}
    return [
        _agent(agent, held[agent["id"]], offered.get(agent["id"]), released.get(agent["id"]))
        for agent in await routing.agents_view(conn, ids, working=True)
    ]


def _agent(
    agent: dict[str, Any], held: list[Any], offered: datetime | None, released: datetime | None
) -> dict[str, Any]:
    since = {
        "offered": offered,
        "handling": min((r.since for r in held if r.state == "active" and r.since), default=None),
        "wrap_up": min((r.since for r in held if r.state == "wrap_up" and r.since), default=None),
        "idle": max((at for at in (agent["since"], released) if at is not None), default=None),
    }[agent["state"]]
    wraps_up = [r.wrap_up_ends_at for r in held if r.state == "wrap_up" and r.wrap_up_ends_at]
    return {
        "id": agent["id"],
        "name": agent["name"],
        "presence": agent["presence"],
        "reason": agent["reason"],
        "presence_since": agent["since"],
        "state": agent["state"],
        "since": since,
        "wrap_up_ends_at": min(wraps_up, default=None),
        "held": [
            {
                "conversation_id": r.conversation_id,
                "queue_id": r.queue_id,
                "kind": r.channel_kind,
                "state": r.state,
                "since": r.since,
            }
            for r in held
        ],
        "queue_ids": [queue["id"] for queue in agent["queues"]],
        "skills": agent["skills"],
        "version": agent["version"],
    }
