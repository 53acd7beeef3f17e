"""The last weeks as a scenario, for weeks of every kind."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasl.reporting.policy import VARIANTS, Target, Variant
from wasl.reporting.whatif.past import (
    Asked,
    Came,
    Level,
    Past,
    PastAgent,
    PastQueue,
    level_of,
    margin,
)
from wasl.reporting.whatif.today import as_file, names_of, today_of
from wasl.routing.simulation import agents_in, scenario_of

MONDAY = date(2026, 11, 2)
QUEUES = [UUID(int=n + 1) for n in range(3)]
RULES = {
    "strategy": "longest_idle",
    "priority": 1,
    "strict_priority": False,
    "reply_target_s": 300,
    "offer_timeout_s": 20,
    "no_answer_limit": 1,
    "steps": [],
    "hours": None,
    "overflow": None,
}


@st.composite
def came(draw: st.DrawFn) -> Came:
    answered, left, waiting = (draw(st.integers(0, 40)) for _ in range(3))
    short = draw(st.integers(0, left))
    handled = draw(st.integers(0, answered))
    worked_s = handled * draw(st.floats(0, 5_000))
    return Came(
        draw(st.sampled_from(QUEUES)),
        draw(st.sampled_from(["web_chat", "email"])),
        MONDAY + timedelta(days=draw(st.integers(0, 12))),
        draw(st.integers(0, 47)),
        answered + left + waiting,
        answered,
        left,
        draw(st.integers(0, answered)),
        short,
        draw(st.integers(short, left)),
        draw(st.floats(0, 1e6)),
        handled,
        worked_s,
        worked_s**2 / max(1, handled) * draw(st.floats(1, 20)),
        draw(st.integers(1, 3)),
        draw(st.integers(0, 4)),
    )


@st.composite
def agents(draw: st.DrawFn) -> PastAgent:
    slots = draw(st.dictionaries(st.integers(0, 47), st.integers(1, 13), max_size=20))
    return PastAgent(
        UUID(int=draw(st.integers(100, 200))),
        draw(st.dictionaries(st.sampled_from(QUEUES), st.integers(1, 5), min_size=1)),
        draw(st.dictionaries(st.sampled_from(["x", "language:fa"]), st.integers(1, 5))),
        draw(st.dictionaries(st.sampled_from(["web_chat", "email"]), st.integers(1, 5))),
        {},
        slots,
        max(slots.values(), default=0),
    )


@st.composite
def queue(draw: st.DrawFn, id_: UUID) -> PastQueue:
    hours = {"zone": "UTC", "weekly": [[["08:00", "12:00"], ["13:00", "02:00"]]] * 7}
    rules = {
        **RULES,
        "hours": draw(st.sampled_from([None, hours])),
        "overflow": draw(
            st.sampled_from(
                [
                    None,
                    {"queue_id": str(QUEUES[0]), "after_s": 90},
                    {"queue_id": str(QUEUES[0]), "when_closed": True},
                    {"queue_id": str(UUID(int=9)), "after_s": 90},
                ]
            )
        ),
        "steps": draw(
            st.sampled_from([[], [{"requirement": {"skill": "x"}, "expires_after_s": 200_000}]])
        ),
    }
    asked = Asked(*(draw(st.integers(0, 60)) for _ in range(3)), draw(st.floats(0, 40)))
    return PastQueue(id_, {"en": "Orders", "fa": "سفارش"}, Target(30, 60), rules, asked)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    return Past(
        2,
        "UTC",
        tuple(draw(queue(id_)) for id_ in QUEUES),
        tuple(draw(st.lists(agents(), max_size=6))),
        tuple(draw(st.lists(came(), max_size=40, unique_by=lambda c: (c.queue_id, c.day, c.slot)))),
    )


@settings(max_examples=50)
@given(pasts())
def test_every_past_is_a_scenario(past: Past) -> None:
    document = today_of(past)
    if not past.enough or not document["agents"]:
        return
    scenario = scenario_of(document)
    counted = set(past.days)
    whole = sum(one.came for one in past.came if one.day in counted)
    assert sum(sum(map(sum, one.history)) for one in scenario.arrivals) == whole
    assert sum(team.count for team in scenario.teams) == agents_in(document, None)
    assert tomllib.loads(as_file(past)) == document
    for team in scenario.teams:
        assert all(begins < ends for begins, ends in team.shifts)


@settings(max_examples=50)
@given(pasts(), st.sampled_from(VARIANTS))
def test_a_level_is_a_share(past: Past, variant: Variant) -> None:
    for queue_id in (None, *QUEUES):
        level = level_of(past, queue_id, variant)
        assert level is None or -1e-9 <= level.value <= 1 + 1e-9


@given(st.none() | st.floats(0, 1), st.floats(0, 1))
def test_two_points_are_always_allowed(half: float | None, error: float) -> None:
    allowed = margin(half, Level(0.8, error))
    assert allowed >= max(0.02, half or 0, 1.96 * error) - 1e-12


def past_of(*came: Came, agents: tuple[PastAgent, ...] = ()) -> Past:
    queue = PastQueue(QUEUES[0], {"en": "Orders"}, Target(30, 60), RULES)
    return Past(2, "UTC", (queue,), agents, came)


def test_days_off_are_left_out() -> None:
    days = [Came(QUEUES[0], "email", MONDAY + timedelta(days=n), 20, 100) for n in range(5)]
    sunday = Came(QUEUES[0], "email", MONDAY + timedelta(days=6), 20, 3)
    assert past_of(*days, sunday).days == [one.day for one in days]


@pytest.mark.parametrize(
    ("days", "per_day", "enough"), [(28, 3, False), (4, 12, False), (5, 10, True), (1, 90, False)]
)
def test_few_interactions_are_no_history(days: int, per_day: int, enough: bool) -> None:
    came = [Came(QUEUES[0], "email", MONDAY + timedelta(days=n), 20, per_day) for n in range(days)]
    assert past_of(*came).enough is enough


def test_two_queues_of_one_name_are_told_apart() -> None:
    past = past_of()
    twice = replace(past, queues=(past.queues[0], replace(past.queues[0], id=QUEUES[1])))
    assert list(names_of(twice).values()) == ["Orders", "Orders 2"]


@pytest.mark.parametrize(("days", "count"), [(10, 4), (5, 2), (3, 1)])
def test_who_comes_on_some_days_counts_in_part(days: int, count: int) -> None:
    came = [Came(QUEUES[0], "email", MONDAY + timedelta(days=n), 20, 100) for n in range(10)]
    made = tuple(
        PastAgent(UUID(int=n), {QUEUES[0]: 3}, {}, {}, {}, {20: days}, days) for n in range(4)
    )
    assert agents_in(today_of(past_of(*came, agents=made)), None) == count


def test_a_lunch_break_is_no_shift() -> None:
    came = [Came(QUEUES[0], "email", MONDAY + timedelta(days=n), 16, 100) for n in range(4)]
    there = dict.fromkeys([*range(16, 24), *range(25, 33)], 4) | {24: 1}
    agent = PastAgent(UUID(int=1), {QUEUES[0]: 3}, {}, {}, {}, there, 4)
    (team,) = today_of(past_of(*came, agents=(agent,)))["agents"]
    assert team["shifts"] == ["08:00-12:00", "12:30-16:30"]
