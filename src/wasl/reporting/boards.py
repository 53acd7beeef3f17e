"""The boards of the queues, kept by a durable reader of the event log: a few rows for each event
that moves an interaction, whatever the size of the centre."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import routing
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.reporting import policy
from wasl.reporting.policy import POINT, Board, Target
from wasl.reporting.tables import queue_boards, turns

SUBSCRIBER = "reporting.boards"

_AUDIENCE = frozenset({"all"})
_WAITS = ("queued", "offered")

Step = Callable[[Board, Target], Board]

# The queue as it is set up, with its board; the row is made by the first thing that happens.
_BOARD = text(
    "SELECT q.id, q.names, q.reply_target_s, q.hours, b.* FROM queues q"
    " LEFT JOIN queue_boards b ON b.queue_id = q.id WHERE q.id = :id"
)
# Not the event's own word: who reads later sees what is so now, and each change comes with an event
_LATE = text("SELECT breached_at IS NOT NULL FROM assignments WHERE interaction_id = :id")
_AVAILABLE = text(
    "SELECT count(*) FROM queue_members m JOIN agents a ON a.user_id = m.user_id"
    " WHERE m.queue_id = :id AND a.presence = 'available'"
)
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


async def follow(conn: AsyncConnection, e: Event) -> None:
    """Handles one event of the log."""
    if e.aggregate_kind == "conversation":
        if e.data.get("moved", True) and e.data.get("interaction_id"):
            await _moved(conn, e)
    elif e.type == "PresenceChanged":
        rows = await conn.execute(_WAITED_FOR, {"id": e.aggregate_id})
        for row in rows.all():
            await _change(conn, row.queue_id, e.at, lambda board, target: board)
    elif e.type == "QueueDropped":
        for table in (queue_boards, turns):
            await conn.execute(delete(table).where(table.c.queue_id == e.aggregate_id))


async def _moved(conn: AsyncConnection, e: Event) -> None:
    """An interaction waits, is taken, or neither any more."""
    id_, at = UUID(e.data["interaction_id"]), e.at
    turn = (await conn.execute(select(turns).where(turns.c.interaction_id == id_))).first()
    if turn is not None and turn.version >= e.aggregate_version:
        return
    queue_id, state = _queue_of(e.audience), e.data.get("state")
    waits, taken = state in _WAITS, state == "active"
    in_work = queue_id is not None and (waits or taken)
    late = in_work and bool(await conn.scalar(_LATE, {"id": id_}))
    await _count_late(conn, turn, queue_id if late else None, at)
    if queue_id is None or not in_work:
        if turn is not None:
            await conn.execute(delete(turns).where(turns.c.interaction_id == id_))
            await _ended(conn, turn, e)
        return
    if turn is not None and turn.taken == taken and turn.queue_id == queue_id:
        return
    overflows = turn is not None and waits and not turn.taken
    values = {
        "queue_id": queue_id,
        "since": turn.since if overflows and turn is not None else at,
        "taken": taken,
        "late": late,
        "version": e.aggregate_version,
    }
    await conn.execute(
        insert(turns)
        .values(interaction_id=id_, **values)
        .on_conflict_do_update(index_elements=[turns.c.interaction_id], set_=values)
    )
    if turn is not None and not turn.taken and taken:
        waited = at - turn.since
        await _change(conn, turn.queue_id, at, lambda b, t: policy.answered(b, waited, t))
    elif turn is not None and not turn.taken:
        await _change(conn, turn.queue_id, at, lambda b, t: policy.entered(b, -1))
    elif turn is not None and waits:
        await _ended(conn, turn, e)
    if waits:
        await _change(conn, queue_id, at, lambda b, t: policy.entered(b))


async def _count_late(conn: AsyncConnection, turn: Any, late_in: UUID | None, at: datetime) -> None:
    """It is over one of its targets in this queue now, or in none."""
    was_in = turn.queue_id if turn is not None and turn.late else None
    if was_in == late_in:
        return
    if turn is not None:
        kept = update(turns).where(turns.c.interaction_id == turn.interaction_id)
        await conn.execute(kept.values(late=late_in is not None))
    if was_in is not None:
        await _change(conn, was_in, at, lambda b, t: policy.lateness(b, -1))
    if late_in is not None:
        await _change(conn, late_in, at, lambda b, t: policy.lateness(b, 1))


async def _ended(conn: AsyncConnection, turn: Any, e: Event) -> None:
    """Neither waits nor is in hand. What was closed before anybody answered was abandoned; what
    was parked, merged or spam is not counted."""
    lasted = e.at - turn.since
    if turn.taken:
        await _change(conn, turn.queue_id, e.at, lambda b, t: policy.handled(b, lasted))
    elif e.type == "ConversationResolved":
        await _change(conn, turn.queue_id, e.at, lambda b, t: policy.abandoned(b, lasted, t))
    else:
        await _change(conn, turn.queue_id, e.at, lambda b, t: policy.entered(b, -1))


def _queue_of(audience: Iterable[str]) -> UUID | None:
    return next((UUID(key[6:]) for key in audience if key.startswith("queue:")), None)


async def _change(conn: AsyncConnection, queue_id: UUID, at: datetime, step: Step) -> None:
    """One step of a queue's board; nothing for a queue that is gone."""
    made = insert(queue_boards).values(queue_id=queue_id).on_conflict_do_nothing()
    await conn.execute(made)
    held = select(queue_boards.c.queue_id).where(queue_boards.c.queue_id == queue_id)
    await conn.execute(held.with_for_update())
    row = (await conn.execute(_BOARD, {"id": queue_id})).first()
    if row is None:
        return
    before, target = _board(row), _target(row)
    board = step(policy.at_time(before, at, _day(row, at)), target)
    expected_s = await _expected_s(conn, queue_id, board, at)
    if (board, expected_s) != (before, row.expected_wait_s):
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


async def _expected_s(
    conn: AsyncConnection, queue_id: UUID, board: Board, at: datetime
) -> int | None:
    """How long whoever comes now will wait, by the engine's estimate."""
    starts, over = policy.pace(board, at)
    mean_s = policy.mean(board.today.handling_s, board.today.handled)
    wait = routing.expected_wait(
        board.waiting + 1,
        starts,
        over,
        agents=int(await conn.scalar(_AVAILABLE, {"id": queue_id}) or 0),
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
        await _change(conn, row.id, now, lambda board, target: board)
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
    row = (await conn.execute(_BOARD, {"id": queue_id})).first()
    if row is None:
        raise NotFound("queue_not_found")
    values = {name: getattr(target, name) for name in Target.__slots__}
    made = insert(queue_boards).values(queue_id=queue_id).on_conflict_do_nothing()
    await conn.execute(made)
    await _write(conn, queue_id, {"target": values}, "TargetSet", now, actor)
    before = _target(row)
    return {name: getattr(before, name) for name in Target.__slots__}


# ── as it is shown ───────────────────────────────────────────────────────────────────────────


async def boards_view(
    conn: AsyncConnection, queue_ids: Collection[UUID] | None = None
) -> list[dict[str, Any]]:
    """Each queue's board, or those of all queues, in the queues' order."""
    query = f"{_SHOWN} {'' if queue_ids is None else 'WHERE q.id = ANY (:ids)'} ORDER BY q.id"
    rows = await conn.execute(text(query), {} if queue_ids is None else {"ids": list(queue_ids)})
    return [_shown(row) for row in rows]


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
    return policy.read(row.day, row.waiting or 0, row.late or 0, row.today or {}, row.points or [])


def _target(row: Any) -> Target:
    """The queue's own target; without one, a reply is due when the queue says."""
    usual = {"within_s": row.reply_target_s, "longest_wait_s": row.reply_target_s}
    return Target(**{**usual, **(row.target or {})})


def _zone(row: Any) -> ZoneInfo:
    return ZoneInfo((row.hours or {}).get("zone") or "UTC")


def _day(row: Any, at: datetime) -> date:
    return at.astimezone(_zone(row)).date()
