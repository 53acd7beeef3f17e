"""The boards of the queues, kept by a durable reader of the event log: a few rows for each event
that moves an interaction, whatever the size of the centre, and those of many events at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import routing
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.statements import run_together
from wasl.reporting import policy
from wasl.reporting.policy import POINT, Board, Target
from wasl.reporting.tables import queue_boards, turns
from wasl.reporting.turns import Step, Turns, is_move

SUBSCRIBER = "reporting.boards"

_AUDIENCE = frozenset({"all"})

# The queue as it is set up, with its board; the row is made by the first thing that happens.
_MAKE = "INSERT INTO queue_boards (queue_id) VALUES (%(id)s) ON CONFLICT DO NOTHING"
_HOLD = "SELECT FROM queue_boards WHERE queue_id = %(id)s FOR UPDATE"
_BOARD = """
SELECT q.id, q.names, q.reply_target_s, q.hours, b.* FROM queues q
LEFT JOIN queue_boards b ON b.queue_id = q.id WHERE q.id = %(id)s
"""
_AVAILABLE = """
SELECT count(*) FROM queue_members m JOIN agents a ON a.user_id = m.user_id
WHERE m.queue_id = %(id)s AND a.presence = 'available'
"""
_WAITED_FOR = text(
    "SELECT b.queue_id FROM queue_members m JOIN queue_boards b ON b.queue_id = m.queue_id"
    " WHERE m.user_id = :id AND b.waiting > 0 ORDER BY b.queue_id"
)
_NEXT = text(
    "SELECT id FROM queues WHERE CAST(:after AS uuid) IS NULL OR id > :after"
    " ORDER BY id LIMIT :most"
)
_AT_ONCE = 50  # in one transaction
_SHOWN = (
    "SELECT q.id, q.names, q.reply_target_s, q.hours, b.*,"
    " (SELECT min(t.since) FROM turns t WHERE t.queue_id = q.id AND NOT t.taken) AS waiting_since"
    " FROM queues q LEFT JOIN queue_boards b ON b.queue_id = q.id"
)


async def follow(conn: AsyncConnection, happened: Sequence[Event]) -> None:
    """Handles events of the log; what they do to a board is written once."""
    steps: defaultdict[UUID, list[tuple[datetime, Step]]] = defaultdict(list)
    moves = [e for e in happened if is_move(e)]
    turned = await Turns.of(
        conn, moves, lambda queue_id, at, step: steps[queue_id].append((at, step))
    )
    for e in happened:
        if is_move(e):
            turned.move(e)
        elif e.type == "PresenceChanged":
            for row in (await conn.execute(_WAITED_FOR, {"id": e.aggregate_id})).all():
                steps[row.queue_id].append((e.at, _as_it_is))
        elif e.type == "QueueDropped":
            turned.drop(e.aggregate_id)
            steps.pop(e.aggregate_id, None)
            for table in (queue_boards, turns):
                await conn.execute(delete(table).where(table.c.queue_id == e.aggregate_id))
    await turned.write(conn)
    for queue_id in sorted(steps):
        await _change(conn, queue_id, steps[queue_id])


def _as_it_is(board: Board, target: Target) -> Board:
    return board


async def _change(
    conn: AsyncConnection, queue_id: UUID, steps: Sequence[tuple[datetime, Step]]
) -> None:
    """Steps of a queue's board, in their order; nothing for a queue that is gone."""
    id_ = {"id": queue_id}
    *_, rows, ((available,),) = await run_together(
        conn, (_MAKE, id_), (_HOLD, id_), (_BOARD, id_), (_AVAILABLE, id_)
    )
    if not rows:
        return
    row = rows[0]
    board = before = _board(row)
    target, at = _target(row), steps[-1][0]
    for at, step in steps:  # the last one counts below
        board = step(policy.at_time(board, at, _day(row, at)), target)
    expected_s = _expected_s(board, at, available)
    # what waits may be another one though as many wait
    moved = any(step is not _as_it_is for _, step in steps)
    if moved or (board, expected_s) != (before, row.expected_wait_s):
        values = {**policy.stored(board), "expected_wait_s": expected_s}
        await _write(conn, queue_id, values, "BoardChanged", at)


async def _write(
    conn: AsyncConnection,
    queue_id: UUID,
    values: dict[str, Any],
    what: str,
    at: datetime,
    actor: Actor = SYSTEM,
) -> None:
    version = await conn.scalar(
        update(queue_boards)
        .where(queue_boards.c.queue_id == queue_id)
        .values(**values, version=queue_boards.c.version + 1)
        .returning(queue_boards.c.version)
    )
    await append(
        conn, Event(what, "queue_board", queue_id, int(version or 0), _AUDIENCE, at, actor)
    )


def _expected_s(board: Board, at: datetime, available: int) -> int | None:
    """How long whoever comes now will wait, by the engine's estimate."""
    starts, over = policy.pace(board, at)
    mean_s = policy.mean(board.today.handling_s, board.today.handled)
    wait = routing.expected_wait(
        board.waiting + 1,
        starts,
        over,
        agents=available,
        handling=timedelta(seconds=mean_s) if mean_s is not None else None,
    )
    return round(wait.total_seconds()) if wait is not None else None


async def end_points(
    conn: AsyncConnection, now: datetime, *, after: UUID | None = None
) -> UUID | None:
    """Ends the five minutes that are over and, at midnight, the day, on the next boards; the last
    one's queue, after which to go on, or None when all are done."""
    rows = (await conn.execute(_NEXT, {"after": after, "most": _AT_ONCE})).all()
    for row in rows:
        await _change(conn, row.id, [(now, _as_it_is)])
    return rows[-1].id if len(rows) == _AT_ONCE else None


def next_point(now: datetime) -> datetime:
    """When the running five minutes end."""
    return now + POINT - (now - datetime.min.replace(tzinfo=UTC)) % POINT


async def set_target(
    conn: AsyncConnection, queue_id: UUID, target: Target, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Sets what a queue is to reach from now on; what it was. NotFound("queue_not_found")."""
    if target.longest_wait_s < 1 or target.variant not in policy.VARIANTS:
        raise Invalid("value_invalid", field="variant")
    (rows,) = await run_together(conn, (_BOARD, {"id": queue_id}))
    if not rows:
        raise NotFound("queue_not_found")
    values = {name: getattr(target, name) for name in Target.__slots__}
    made = insert(queue_boards).values(queue_id=queue_id).on_conflict_do_nothing()
    await conn.execute(made)
    await _write(conn, queue_id, {"target": values}, "TargetSet", now, actor)
    before = _target(rows[0])
    return {name: getattr(before, name) for name in Target.__slots__}


# ── as it is shown ───────────────────────────────────────────────────────────────────────────


async def boards_view(
    conn: AsyncConnection, queue_ids: Collection[UUID] | None = None
) -> list[dict[str, Any]]:
    """Each queue's board, or those of all queues, in the queues' order."""
    query = f"{_SHOWN} {'' if queue_ids is None else 'WHERE q.id = ANY (:ids)'} ORDER BY q.id"
    rows = await conn.execute(text(query), {} if queue_ids is None else {"ids": list(queue_ids)})
    needs = await routing.needs_view(conn, queue_ids)
    return [{**_shown(row), "needs": needs.get(row.id, [])} for row in rows]


def _shown(row: Any) -> dict[str, Any]:
    board, target = _board(row), _target(row)
    today = board.today
    zone = _zone(row)
    return {
        "id": row.id,
        "name": row.names.get("en", ""),
        "names": row.names,
        "day_began_at": None
        if board.day is None
        else datetime(board.day.year, board.day.month, board.day.day, tzinfo=zone).astimezone(UTC),
        "waiting": board.waiting,
        "callbacks": board.callbacks,
        "late": board.late,
        "waiting_since": row.waiting_since,
        "expected_wait_s": row.expected_wait_s,
        "target": {name: getattr(target, name) for name in Target.__slots__},
        "service_levels": policy.service_levels(today),
        "answered": today.answered,
        "in_target": today.in_target,
        "abandoned": today.abandoned,
        "abandoned_short": today.abandoned_short,
        "abandon_rate": policy.abandon_rate(today),
        "mean_wait_s": policy.mean(today.wait_s, today.answered),
        "called_back": today.called_back,
        "handled": today.handled,
        "mean_handling_s": policy.mean(today.handling_s, today.handled),
        "points": [
            {
                "at": p.at,
                "waiting": p.waiting,
                "answered": p.answered,
                "in_target": p.in_target,
                "abandoned": p.abandoned,
            }
            for p in board.points
        ],
        "version": row.version or 0,
    }


def _board(row: Any) -> Board:
    return policy.read(
        row.day, row.waiting or 0, row.callbacks or 0, row.late or 0,
        row.today or {}, row.points or [],
    )  # fmt: skip


def _target(row: Any) -> Target:
    """The queue's own target; without one, a reply is due when the queue says."""
    usual = {"within_s": row.reply_target_s, "longest_wait_s": row.reply_target_s}
    return Target(**{**usual, **(row.target or {})})


def _zone(row: Any) -> ZoneInfo:
    return ZoneInfo((row.hours or {}).get("zone") or "UTC")


def _day(row: Any, at: datetime) -> date:
    return at.astimezone(_zone(row)).date()
