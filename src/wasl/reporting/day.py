"""An agent's own day: how long in which state, what they handled, their place in their queues."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import routing
from wasl.infra.errors import Invalid
from wasl.reporting import policy

LONGEST = timedelta(days=2)

# What was declared since then, and the last thing before.
_DECLARED = text(
    "SELECT at, data->>'presence' AS presence FROM events WHERE aggregate_kind = 'agent'"
    " AND aggregate_id = :id AND type = 'PresenceChanged' AND at <= :now"
    " AND aggregate_version >= coalesce((SELECT max(aggregate_version) FROM events"
    "  WHERE aggregate_kind = 'agent' AND aggregate_id = :id AND type = 'PresenceChanged'"
    "  AND at <= :since), 0)"
    " ORDER BY aggregate_version"
)
_HANDLED = text(
    "SELECT s.opened_at, coalesce(s.wrap_up_ended_at, CASE WHEN a.state = 'wrap_up'"
    "  AND a.segment_id = s.id THEN :now ELSE s.ended_at END, :now) AS ended_at,"
    " s.ended_at IS NOT NULL AND s.role = 'holder' AS over"
    " FROM segments s LEFT JOIN assignments a ON a.interaction_id = s.interaction_id"
    " WHERE s.holder_kind = 'agent' AND s.holder_id = :id AND s.opened_at <= :now"
    " AND s.opened_at >= :since - interval '7 days'"  # longer turns are left out
    " AND (s.ended_at IS NULL OR s.ended_at >= :since)"
)
# Who is free is served by who has been so for longest.
_PLACES = text(
    "WITH free AS ("
    " SELECT g.user_id, greatest(g.since, g.last_released_at) AS since FROM agents g"
    " WHERE g.presence = 'available'"
    " AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.holder_id = g.user_id"
    "  AND a.holder_kind = 'agent' AND a.state IN ('active', 'wrap_up'))"
    " AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.user_id = g.user_id AND o.state = 'offered'))"
    " SELECT q.id, q.names, coalesce(b.waiting, 0) AS waiting,"
    " (SELECT count(*) FROM queue_members others JOIN free ON free.user_id = others.user_id"
    "  WHERE others.queue_id = q.id AND (free.since, free.user_id) <= (me.since, me.user_id))"
    " AS place FROM queue_members m JOIN queues q ON q.id = m.queue_id"
    " LEFT JOIN queue_boards b ON b.queue_id = q.id LEFT JOIN free me ON me.user_id = m.user_id"
    " WHERE m.user_id = :id ORDER BY q.id"
)


async def day_of(
    conn: AsyncConnection, user_id: UUID, *, since: datetime, now: datetime
) -> dict[str, Any]:
    """Seconds in each presence and at work (`engaged_s`, what overlaps counts once), how many turns
    ended (`handled`), and for each queue who waits and the agent's place among those free, from 1;
    None while they are not free. Invalid("value_invalid") for more than two days."""
    if not now - LONGEST <= since <= now:
        raise Invalid("value_invalid", field="since")
    values = {"id": user_id, "since": since, "now": now}
    declared = [(row.at, row.presence) for row in await conn.execute(_DECLARED, values)]
    turns = (await conn.execute(_HANDLED, values)).all()
    spans = [(max(t.opened_at, since), min(t.ended_at, now)) for t in turns]
    places = (await conn.execute(_PLACES, {"id": user_id})).all()
    return {
        "since": since,
        "presence_s": policy.presence_times(declared, since, now),
        "engaged_s": policy.union_s(spans),
        "handled": sum(t.over for t in turns),
        "queues": [
            {
                **routing.queue_ref(row.id, row.names),
                "waiting": row.waiting,
                "place": row.place or None,
            }
            for row in places
        ],
    }
