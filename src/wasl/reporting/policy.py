"""How a queue is doing, kept without looking back: what one step changes, and the formulas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

POINT = timedelta(minutes=5)
POINTS = 24  # two hours
_PACE_POINTS = 3  # the pace of the expected wait: the last 10 to 15 minutes

Variant = Literal["offered", "without_short", "short_met", "answered"]
VARIANTS: tuple[Variant, ...] = ("offered", "without_short", "short_met", "answered")


@dataclass(frozen=True, slots=True)
class Target:
    """What a queue is to reach, and from where on somebody has to look.

    percent          of those that came are to be answered within `within_s`
    short_s          who leaves sooner is a short abandon
    longest_wait_s   nobody is to wait longer
    abandon_percent  no more are to leave unanswered
    """

    within_s: int
    longest_wait_s: int
    variant: Variant = "offered"
    percent: int = 80
    short_s: int = 5
    abandon_percent: int = 5


@dataclass(frozen=True, slots=True)
class Today:
    """Counts since midnight; seconds are sums. Who asked to be called back has left, but has been
    neither answered nor abandoned: they are counted by themselves."""

    answered: int = 0
    in_target: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    abandoned_in_target: int = 0
    wait_s: float = 0.0  # of those answered
    handled: int = 0
    handling_s: float = 0.0
    called_back: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """Five minutes: how many waited at their end, and what happened in them."""

    at: datetime
    waiting: int = 0
    answered: int = 0
    in_target: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """One queue now. `callbacks` of those that wait are to be called. `late` are those that wait or
    are in hand and are over one of their targets; the last of `points` is not over yet."""

    day: date | None = None
    waiting: int = 0
    callbacks: int = 0
    late: int = 0
    today: Today = field(default_factory=Today)
    points: tuple[Point, ...] = ()


def at_time(board: Board, at: datetime, day: date) -> Board:
    """The board once it is `at`: a new day counts from nothing, and points end. `day` is the date
    then, where the queue is."""
    if board.day is None or day > board.day:
        board = replace(board, day=day, today=Today())
    start = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % POINT
    if not board.points:
        return replace(board, points=(Point(start, waiting=board.waiting),))
    points = list(board.points)
    missing = min(max((start - points[-1].at) // POINT, 0), POINTS)
    points += [
        Point(start - POINT * back, waiting=board.waiting) for back in range(missing - 1, -1, -1)
    ]
    return replace(board, points=tuple(points[-POINTS:]))


def entered(board: Board, count: int = 1) -> Board:
    """One more waits; with `count` -1, one less."""
    waiting = max(board.waiting + count, 0)
    return _happened(replace(board, waiting=waiting), waiting=waiting)


def to_call(board: Board, count: int) -> Board:
    """So many more of those that wait are to be called back, or less."""
    return replace(board, callbacks=max(board.callbacks + count, 0))


def called_back(board: Board) -> Board:
    """An agent took one that was to be called back."""
    today = replace(board.today, called_back=board.today.called_back + 1)
    return entered(replace(board, today=today), -1)


def lateness(board: Board, count: int) -> Board:
    """So many more are over one of their targets, or less."""
    return replace(board, late=max(board.late + count, 0))


def answered(board: Board, waited: timedelta, target: Target) -> Board:
    """An agent took one that waited in the queue."""
    wait_s = max(waited.total_seconds(), 0.0)
    in_target = int(wait_s <= target.within_s)
    before = board.today
    today = replace(
        before,
        answered=before.answered + 1,
        in_target=before.in_target + in_target,
        wait_s=before.wait_s + wait_s,
    )
    return _happened(entered(replace(board, today=today), -1), answered=1, in_target=in_target)


def abandoned(board: Board, waited: timedelta, target: Target) -> Board:
    """One that waited was over before anybody answered."""
    wait_s = waited.total_seconds()
    before = board.today
    today = replace(
        before,
        abandoned=before.abandoned + 1,
        abandoned_short=before.abandoned_short + int(wait_s <= target.short_s),
        abandoned_in_target=before.abandoned_in_target + int(wait_s <= target.within_s),
    )
    return _happened(entered(replace(board, today=today), -1), abandoned=1)


def handled(board: Board, lasted: timedelta) -> Board:
    """An agent's turn is over."""
    before = board.today
    lasted_s = max(lasted.total_seconds(), 0.0)
    today = replace(before, handled=before.handled + 1, handling_s=before.handling_s + lasted_s)
    return replace(board, today=today)


def _happened(board: Board, *, waiting: int | None = None, **counts: int) -> Board:
    """The same in the running point."""
    last = board.points[-1]
    values = {name: getattr(last, name) + by for name, by in counts.items()}
    if waiting is not None:
        values["waiting"] = waiting
    return replace(board, points=(*board.points[:-1], replace(last, **values)))


def service_levels(today: Today) -> dict[Variant, float | None]:
    """The share answered in time, 0 to 1, by how those count who left; None when nothing counts."""
    a, ok, left = today.answered, today.in_target, today.abandoned
    return {
        "offered": _share(ok, a + left),
        "without_short": _share(ok, a + left - today.abandoned_short),
        "short_met": _share(ok + today.abandoned_in_target, a + left),
        "answered": _share(ok, a),
    }


def abandon_rate(today: Today) -> float | None:
    """Those who left, without the short abandons, of those who came, without them."""
    left = today.abandoned - today.abandoned_short
    return _share(left, today.answered + left)


def _share(part: float, of: float) -> float | None:
    return round(part / of, 4) if of > 0 else None


def mean(total: float, count: int) -> float | None:
    return round(total / count, 1) if count else None


def pace(board: Board, at: datetime) -> tuple[int, timedelta]:
    """How many were taken up lately, and during how long."""
    recent = board.points[-_PACE_POINTS:]
    return sum(point.answered for point in recent), max(at - recent[0].at, timedelta(0))


# ── as JSON ──────────────────────────────────────────────────────────────────────────────────


def stored(board: Board) -> dict[str, Any]:
    """The columns of a board."""
    return {
        "day": board.day,
        "waiting": board.waiting,
        "callbacks": board.callbacks,
        "late": board.late,
        "today": asdict(board.today),
        "points": [
            [p.at.isoformat(), p.waiting, p.answered, p.in_target, p.abandoned]
            for p in board.points
        ],
    }


def read(
    day: date | None, waiting: int, callbacks: int, late: int, today: Any, points: Any
) -> Board:
    """The board of such columns."""
    return Board(
        day,
        waiting,
        callbacks,
        late,
        Today(**today),
        tuple(Point(datetime.fromisoformat(at), *counts) for at, *counts in points),
    )


# ── an agent's day ───────────────────────────────────────────────────────────────────────────


def presence_times(
    declared: Iterable[tuple[datetime, str]], since: datetime, now: datetime
) -> dict[str, float]:
    """Seconds in each presence between two moments; before the first one declared is "offline"."""
    times: dict[str, float] = {"available": 0.0, "away": 0.0, "offline": 0.0}
    presence, began = "offline", since
    for at, declared_now in (*declared, (now, "")):
        moment = min(max(at, since), now)
        times[presence] = times.get(presence, 0.0) + (moment - began).total_seconds()
        presence, began = declared_now, moment
    return times


def union_s(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds covered by spans; where they overlap, once."""
    total, end = timedelta(0), None
    for start, until in sorted(spans):
        begin = start if end is None else max(start, end)
        if until > begin:
            total += until - begin
        end = until if end is None else max(end, until)
    return total.total_seconds()
