"""Reads the last weeks: from routing's rows who came, waited and was served, from the event log who
was there."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels import KINDS, adapter_of
from wasl.infra.errors import Invalid
from wasl.reporting.boards import boards_view
from wasl.reporting.policy import Target
from wasl.reporting.whatif.past import Asked, Came, Past, PastAgent, PastQueue
from wasl.reporting.whatif.today import as_file

MOST_WEEKS = 12
MOST_CAME = 2_000_000  # interactions that are looked at

# Of each interaction its arrival in a queue, when an agent first had it, and how long agents worked
# at it. What was merged or spam is nobody's work.
_CAME = text(
    "WITH came AS ("
    " SELECT a.queue_id, a.channel_kind AS kind, a.units, a.priority, i.closed_at,"
    "  a.enqueued_at AS at, a.enqueued_at AT TIME ZONE :zone AS wall,"
    "  (SELECT min(s.opened_at) FROM segments s WHERE s.interaction_id = a.interaction_id"
    "   AND s.holder_kind = 'agent' AND s.role = 'holder') AS answered_at,"
    "  (SELECT sum(extract(epoch FROM coalesce(s.wrap_up_ended_at, s.ended_at) - s.opened_at))"
    "   FROM segments s WHERE s.interaction_id = a.interaction_id AND s.holder_kind = 'agent'"
    "   AND s.ended_at IS NOT NULL)::float8 AS worked_s"
    " FROM assignments a JOIN interactions i ON i.id = a.interaction_id"
    " JOIN conversations c ON c.id = a.conversation_id"
    " WHERE a.enqueued_at >= :since AND a.enqueued_at < :until AND a.queue_id = ANY (:queues)"
    " AND NOT c.spam AND c.merged_into IS NULL LIMIT :most"
    "), timed AS ("
    " SELECT came.*, t.within_s, t.short_s, answered_at IS NOT NULL AS answered,"
    "  answered_at IS NULL AND closed_at IS NOT NULL AS left_it,"
    "  greatest(extract(epoch FROM coalesce(answered_at, closed_at) - at), 0)::float8 AS waited_s"
    " FROM came JOIN unnest(CAST(:queues AS uuid[]), CAST(:within AS int[]), CAST(:short AS int[]))"
    "  AS t (queue_id, within_s, short_s) ON t.queue_id = came.queue_id"
    ") SELECT queue_id, kind, wall::date AS day,"
    " (extract(hour FROM wall) * 2 + floor(extract(minute FROM wall) / 30))::int AS slot,"
    " count(*) AS came,"
    " count(*) FILTER (WHERE answered) AS answered,"
    " count(*) FILTER (WHERE left_it) AS abandoned,"
    " count(*) FILTER (WHERE answered AND waited_s <= within_s) AS met,"
    " count(*) FILTER (WHERE left_it AND waited_s <= short_s) AS short,"
    " count(*) FILTER (WHERE left_it AND waited_s <= within_s) AS soon,"
    " coalesce(sum(waited_s), 0) AS waited_s,"
    " count(worked_s) AS handled,"
    " coalesce(sum(worked_s), 0) AS worked_s,"
    " coalesce(sum(worked_s * worked_s), 0) AS worked_2,"
    " max(units)::int AS units, max(priority)::int AS priority"
    " FROM timed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
_QUEUES = text(
    "SELECT q.id, q.names, q.strategy, q.priority, q.strict_priority, q.reply_target_s,"
    " q.offer_timeout_s, q.no_answer_limit, q.steps, q.hours, q.overflow, q.wrap_up_s,"
    " (SELECT c.kind FROM channels c LEFT JOIN entry_rules e ON e.channel_id = c.id"
    "  WHERE c.enabled GROUP BY c.kind"
    "  ORDER BY count(*) FILTER (WHERE e.queue_id = q.id) DESC, count(*) DESC, c.kind LIMIT 1"
    " ) AS kind"
    " FROM queues q ORDER BY q.id"
)
_ASKED = text(
    "SELECT queue_id, count(*) FILTER (WHERE state = 'accepted') AS accepted,"
    " count(*) FILTER (WHERE state = 'declined') AS declined,"
    " count(*) FILTER (WHERE state = 'timed_out') AS missed,"
    " coalesce(avg(extract(epoch FROM decided_at - offered_at))"
    "  FILTER (WHERE state = 'accepted'), 0)::float8 AS accept_after_s"
    " FROM offers WHERE offered_at >= :since AND offered_at < :until GROUP BY queue_id"
)
_AGENTS = text(
    "SELECT g.user_id, g.skills, g.capacity, g.interruptible_by, m.queue_id, m.level"
    " FROM agents g JOIN queue_members m ON m.user_id = g.user_id ORDER BY g.user_id, m.queue_id"
)
# On how many days each agent was available in each half-hour. Whoever forgot to say that they left
# was not there for longer than a day's work.
_THERE = text(
    "WITH said AS ("
    " SELECT aggregate_id AS id, at, data->>'presence' AS presence,"
    "  lead(at) OVER (PARTITION BY aggregate_id ORDER BY at, aggregate_version) AS until"
    " FROM events WHERE aggregate_kind = 'agent' AND type = 'PresenceChanged'"
    " AND aggregate_id = ANY (:agents) AND at >= :since AND at < :until"
    "), slots AS ("
    " SELECT said.id, moment AT TIME ZONE :zone AS wall FROM said, generate_series("
    "  date_bin('30 minutes', at, 'epoch') + interval '15 minutes',"
    "  least(coalesce(said.until, :until), at + interval '14 hours'),"
    "  interval '30 minutes') AS moment"
    " WHERE presence = 'available' AND moment >= at"
    "), halves AS ("
    " SELECT DISTINCT id, wall::date AS day,"
    "  (extract(hour FROM wall) * 2 + floor(extract(minute FROM wall) / 30))::int AS slot"
    " FROM slots"
    ") SELECT id, slot, count(*) AS days,"
    " (SELECT count(DISTINCT day) FROM halves h WHERE h.id = halves.id) AS days_there"
    " FROM halves GROUP BY id, slot ORDER BY id, slot"
)


async def read_past(conn: AsyncConnection, *, weeks: int, now: datetime) -> Past:
    """The whole days of the last weeks, up to last midnight where the queues are."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise Invalid("number_invalid", field="weeks", least=1, most=MOST_WEEKS)
    rows = (await conn.execute(_QUEUES)).all()
    targets = {board["id"]: Target(**board["target"]) for board in await boards_view(conn)}
    zone = next((row.hours["zone"] for row in rows if row.hours), "UTC")
    until = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    window = {"since": until - timedelta(weeks=weeks), "until": until}
    asked = {
        row.queue_id: Asked(row.accepted, row.declined, row.missed, row.accept_after_s)
        for row in await conn.execute(_ASKED, window)
    }
    came = await conn.execute(
        _CAME,
        {
            **window,
            "zone": zone,
            "queues": [row.id for row in rows],
            "within": [targets[row.id].within_s for row in rows],
            "short": [targets[row.id].short_s for row in rows],
            "most": MOST_CAME,
        },
    )
    counted = tuple(Came(**row._mapping) for row in came)
    return Past(
        weeks,
        zone,
        tuple(_queue(row, targets[row.id], asked.get(row.id, Asked())) for row in rows),
        await _agents(conn, {**window, "zone": zone}),
        counted,
        frozenset(kind for kind in KINDS if adapter_of(kind).capabilities.live),
    )


def _queue(row: Row[Any], target: Target, asked: Asked) -> PastQueue:
    kind = row.kind or next(iter(KINDS))
    units = adapter_of(kind).capabilities.capacity_units
    return PastQueue(row.id, row.names, target, dict(row._mapping), asked, kind, units)


async def past_as_file(conn: AsyncConnection, *, weeks: int, now: datetime) -> str:
    """The last weeks as a scenario in TOML; Conflict("history_too_short")."""
    return as_file(await read_past(conn, weeks=weeks, now=now))


async def _agents(conn: AsyncConnection, window: dict[str, Any]) -> tuple[PastAgent, ...]:
    levels: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    rows = {}
    for row in await conn.execute(_AGENTS):
        rows[row.user_id] = row
        levels[row.user_id][row.queue_id] = row.level
    slots: dict[UUID, dict[int, int]] = defaultdict(dict)
    days: dict[UUID, int] = {}
    for row in await conn.execute(_THERE, {**window, "agents": list(rows)}):
        slots[row.id][row.slot] = row.days
        days[row.id] = row.days_there
    return tuple(
        PastAgent(
            id_,
            levels[id_],
            row.skills,
            row.capacity,
            row.interruptible_by,
            slots.get(id_, {}),
            days.get(id_, 0),
        )
        for id_, row in rows.items()
    )
