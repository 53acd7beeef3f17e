"""The figures of a queue: formulas with numbers put in, and points that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wasl.reporting import policy
from wasl.reporting.policy import Board, Target, Today

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = date(2026, 11, 21)
TARGET = Target(within_s=20, longest_wait_s=60)


def begun(waiting: int = 0) -> Board:
    board = policy.at_time(Board(), NOON, DAY)
    return policy.entered(board, waiting) if waiting else board


def seconds(s: float) -> timedelta:
    return timedelta(seconds=s)


def test_all_four_service_levels_and_the_abandon_rate() -> None:
    board = begun(10)
    for waited in (5, 10, 20, 21, 90):
        board = policy.answered(board, seconds(waited), TARGET)
    for waited in (3, 15, 40):
        board = policy.abandoned(board, seconds(waited), TARGET)
    assert policy.service_levels(board.today) == {
        "offered": 0.375,  # 3 of 8
        "without_short": 0.4286,  # 3 of 7
        "short_met": 0.625,  # 3 + 2 of 8
        "answered": 0.6,  # 3 of 5
    }
    assert policy.abandon_rate(board.today) == 0.2857  # 2 of 7
    assert policy.mean(board.today.wait_s, board.today.answered) == 29.2
    assert board.waiting == 2


def test_nothing_came_is_no_figure() -> None:
    assert set(policy.service_levels(Today()).values()) == {None}
    assert policy.abandon_rate(Today()) is None


def test_points_end_every_five_minutes_and_keep_two_hours() -> None:
    board = policy.answered(begun(3), seconds(1), TARGET)
    board = policy.at_time(board, NOON + timedelta(minutes=14), DAY)
    assert [(p.at.minute, p.waiting, p.answered) for p in board.points] == [
        (0, 2, 1),
        (5, 2, 0),
        (10, 2, 0),
    ]
    later = policy.at_time(board, NOON + timedelta(days=3), DAY + timedelta(days=3))
    assert len(later.points) == policy.POINTS
    assert later.points[-1].at == NOON + timedelta(days=3)
    assert {p.waiting for p in later.points} == {2}


def test_a_new_day_counts_from_nothing_but_who_waits_still_waits() -> None:
    board = policy.handled(policy.answered(begun(2), seconds(1), TARGET), seconds(60))
    tomorrow = policy.at_time(board, NOON + timedelta(days=1), DAY + timedelta(days=1))
    assert (tomorrow.today, tomorrow.waiting) == (Today(), 1)
    # an event of yesterday that comes late changes no day
    assert policy.at_time(tomorrow, NOON, DAY).day == tomorrow.day


def test_the_pace_is_of_the_last_minutes() -> None:
    board = begun(9)
    for minute in (0, 6, 12, 18):
        board = policy.at_time(board, NOON + timedelta(minutes=minute), DAY)
        board = policy.answered(board, seconds(1), TARGET)
    assert policy.pace(board, NOON + timedelta(minutes=18)) == (3, timedelta(minutes=13))


def test_an_agents_times_add_up_to_the_day() -> None:
    def at(minute: int) -> datetime:
        return NOON + timedelta(minutes=minute)

    declared = [(at(-60), "available"), (at(30), "away"), (at(40), "available")]
    assert policy.presence_times(declared, at(0), at(60)) == {
        "available": 3000.0,
        "away": 600.0,
        "offline": 0.0,
    }
    assert policy.presence_times([], at(0), at(60))["offline"] == 3600.0


def test_work_that_overlaps_counts_once() -> None:
    def span(start: int, end: int) -> tuple[datetime, datetime]:
        return NOON + timedelta(seconds=start), NOON + timedelta(seconds=end)

    assert policy.union_s([span(50, 60), span(0, 10), span(5, 20), span(6, 7)]) == 30.0
    assert policy.union_s([]) == 0.0


steps = st.lists(
    st.tuples(st.sampled_from(["enter", "leave", "answer", "abandon"]), st.floats(0, 4000))
)


@given(steps)
def test_shares_stay_shares_and_a_board_survives_being_stored(
    happened: list[tuple[str, float]],
) -> None:
    board = begun()
    for minute, (what, waited) in enumerate(happened):
        board = policy.at_time(board, NOON + timedelta(minutes=minute), DAY)
        if what == "enter":
            board = policy.entered(board)
        elif what == "leave":
            board = policy.entered(board, -1)
        elif what == "answer":
            board = policy.answered(board, seconds(waited), TARGET)
        else:
            board = policy.abandoned(board, seconds(waited), TARGET)
        for share in (
            *policy.service_levels(board.today).values(),
            policy.abandon_rate(board.today),
        ):
            assert share is None or 0 <= share <= 1
        assert board.waiting >= 0
        assert board.points[-1].waiting == board.waiting
    assert sum(p.answered for p in board.points) <= board.today.answered
    stored = policy.stored(board)
    assert policy.read(**stored) == board
    assert replace(board, waiting=board.waiting + 1) != board
