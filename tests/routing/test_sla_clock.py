"""SLA clocks: what is used of a target, over opening hours, pauses and new targets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from wasl.routing.policy import Hours, sla
from wasl.routing.policy.sla import Clock, Clocks, Passed, Policy, Targets

CLOSED: tuple[tuple[int, int], ...] = ()
OFFICE = Hours("Asia/Tehran", (((540, 1020),),) * 5 + (CLOSED,) * 2)
HOUR = timedelta(hours=1)
HALF = timedelta(minutes=30)
TARGETS = Targets(first_response_s=3600, next_response_s=7200, resolution_s=4 * 3600)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ── opening time ─────────────────────────────────────────────────────────────────────────────


def test_only_opening_time_counts() -> None:
    friday = at("2026-11-20T12:00")  # 15:30 in Tehran, closed from 17:00 to Monday 9:00
    assert sla.reached(OFFICE, friday, 2 * HOUR) is not None
    monday = Hours("Asia/Tehran", (((540, 1020),), *[CLOSED] * 6))
    assert sla.reached(monday, friday, HOUR) == at("2026-11-23T06:30")
    assert sla.worked(monday, friday, at("2026-11-23T06:30")) == HOUR
    assert sla.worked(None, friday, friday + HOUR) == HOUR


def test_holidays_do_not_count() -> None:
    closed = Hours("UTC", (((540, 1020),),) * 7, {date(2026, 11, 22): CLOSED})
    start = at("2026-11-21T16:00")
    assert sla.reached(closed, start, 2 * HOUR) == at("2026-11-23T10:00")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # the night of 2026-03-29 has no 02:00–03:00, that of 2026-10-25 has it twice
        ("2026-03-29T00:00", "2026-03-29T02:00"),
        ("2026-10-24T23:00", "2026-10-25T01:00"),
    ],
)
def test_time_is_never_that_of_the_wall_clock(start: str, expected: str) -> None:
    night = Hours("Europe/Berlin", (((60, 300),),) * 7)
    assert sla.reached(night, at(start), 2 * HOUR) == at(expected)


def test_a_queue_that_never_opens_has_no_deadline() -> None:
    never = Hours("UTC", (CLOSED,) * 7)
    clocks = sla.owed(Clocks(), TARGETS, at("2026-11-21T09:00"), never)
    assert sla.next_at(clocks) is None
    assert sla.noticed(clocks, at("2027-11-21T09:00")).untold == ()


# ── which targets ────────────────────────────────────────────────────────────────────────────


def test_the_first_policy_that_covers_it_counts() -> None:
    vip = Policy(tags=frozenset({"vip", "gold"}), first_response_s=60)
    urgent = Policy(priorities=frozenset({2, 3}), next_response_s=120, warn_percent=50)
    chat = Policy(kinds=frozenset({"chat"}), resolution_s=600)

    def of(priority: int = 0, kind: str = "mail", tags: tuple[str, ...] = ()) -> Targets:
        return sla.targets_for(
            [vip, urgent, chat], TARGETS, priority=priority, kind=kind, tags=tags
        )

    assert of() == TARGETS
    assert of(priority=3, kind="chat", tags=("gold",)) == Targets(60, 7200, 14400)
    assert of(priority=2, kind="chat") == Targets(3600, 120, 14400, 50)
    assert of(kind="chat", tags=("new",)) == Targets(3600, 7200, 600)


# ── the steps ────────────────────────────────────────────────────────────────────────────────

NINE = at("2026-11-21T09:00")


def test_first_and_next_response_have_their_own_targets() -> None:
    first = sla.owed(Clocks(), TARGETS, NINE, None)
    assert first.reply is not None and first.resolution is not None
    assert (first.reply.target, first.reply.due_at) == ("first_response", NINE + HOUR)
    assert first.reply.warn_at == NINE + 0.8 * HOUR
    assert first.resolution.due_at == NINE + 4 * HOUR
    assert sla.owed(first, TARGETS, NINE + HALF, None) == first
    said = sla.answered(first, NINE + HALF)
    assert (said.reply, said.resolution, said.untold) == (None, first.resolution, ())
    again = sla.owed(said, TARGETS, NINE + HOUR, None)
    assert again.reply is not None
    assert (again.reply.target, again.reply.due_at) == ("next_response", NINE + 3 * HOUR)
    assert again.resolution == first.resolution


def test_warning_then_breach_each_once() -> None:
    clocks = sla.owed(Clocks(), TARGETS, NINE, None)
    assert sla.next_at(clocks) == NINE + 0.8 * HOUR
    warned = sla.noticed(clocks, NINE + 0.8 * HOUR)
    assert warned.untold == (Passed("first_response", False, NINE + HOUR),)
    assert sla.noticed(warned, NINE + 0.9 * HOUR) == warned
    told = sla.Clocks(warned.reply, warned.resolution)
    assert sla.next_at(told) == NINE + HOUR
    late = sla.noticed(told, NINE + HOUR)
    assert late.untold == (Passed("first_response", True, NINE + HOUR),)
    assert sla.late_since(late) == NINE + HOUR


def test_what_nobody_noticed_in_time_is_told_even_when_it_is_over() -> None:
    clocks = sla.owed(Clocks(), TARGETS, NINE, None)
    said = sla.answered(clocks, NINE + 2 * HOUR)
    assert said.untold == (Passed("first_response", True, NINE + HOUR),)
    assert sla.next_at(said) == NINE + HOUR
    assert sla.late_since(said) is None
    assert sla.ended(clocks, NINE + 9 * HOUR).untold[1:] == (
        Passed("resolution", True, NINE + 4 * HOUR),
    )


def test_another_target_keeps_what_is_used() -> None:
    urgent = Targets(1800, 1800, 4 * 3600)
    clocks = sla.owed(Clocks(), TARGETS, NINE, None)
    sooner = sla.aimed(clocks, urgent, NINE + HALF / 2, None)
    assert sooner.reply is not None
    assert sooner.reply.due_at == NINE + HALF
    assert sooner.resolution == clocks.resolution
    at_once = sla.aimed(clocks, urgent, NINE + 1.5 * HALF, None)
    assert at_once.reply is not None
    assert at_once.reply.due_at == NINE + 1.5 * HALF  # it is late from then on, not before
    late = sla.noticed(at_once, NINE + 1.5 * HALF)
    assert sla.late_since(late) == NINE + 1.5 * HALF
    back = sla.aimed(late, TARGETS, NINE + 1.6 * HALF, None)
    assert sla.late_since(back) is None
    assert back.reply is not None and back.reply.due_at == NINE + HOUR


def test_another_queue_counts_by_its_own_hours_from_then_on() -> None:
    office = Hours("UTC", (((540, 720),),) * 7)  # 9 to 12
    clocks = sla.owed(Clocks(), TARGETS, NINE - HALF, None)  # half an hour passes before nine
    moved = sla.moved(clocks, at("2026-11-21T13:00") - 3 * HOUR, None, office)
    assert moved.reply is not None and moved.resolution is not None
    assert moved.reply.used == 1.5 * HOUR
    assert moved.resolution.due_at == at("2026-11-22T09:30")


# ── no time is lost, none is counted twice ───────────────────────────────────────────────────

_spans = st.lists(
    st.tuples(st.integers(0, 47), st.integers(1, 30)).map(
        lambda one: (one[0] * 30, (one[0] + one[1]) * 30)
    ),
    max_size=2,
).map(tuple)
_hours = st.none() | st.builds(
    Hours,
    st.sampled_from(["UTC", "Asia/Tehran", "Europe/Berlin", "America/New_York"]),
    st.tuples(*[_spans] * 7),
    st.dictionaries(
        st.integers(0, 9).map(lambda n: date(2026, 10, 20) + timedelta(days=n)), _spans, max_size=2
    ),
)
_targets = st.builds(
    Targets,
    *[st.integers(1, 40).map(lambda n: n * 1800)] * 3,
    st.sampled_from([50, 80]),
)


class Life(RuleBasedStateMachine):
    """An interaction beside a plain count of the half hours that were open while it ran."""

    @initialize(hours=_hours, wanted=_targets, start=st.integers(0, 48 * 12))
    def begin(self, hours: Hours | None, wanted: Targets, start: int) -> None:
        self.now = at("2026-10-18T00:00") + start * HALF  # a week around the end of summer time
        self.hours, self.targets = hours, wanted
        self.clocks = sla.owed(Clocks(), wanted, self.now, hours)
        self.runs = True
        self.used = {"reply": timedelta(0), "resolution": timedelta(0)}
        self.late: dict[str, datetime | None] = {"reply": None, "resolution": None}

    @rule(halves=st.integers(1, 60))
    def time_passes(self, halves: int) -> None:
        for _ in range(halves):
            is_open = self.hours is None or self.hours.is_open(self.now)
            self.now += HALF
            for name in self.used:
                clock = self._clock(name)
                if clock is None or not self.runs or not is_open:
                    continue
                self.used[name] += HALF
                if self.used[name] >= clock.total and self.late[name] is None:
                    self.late[name] = self.now

    @rule()
    def pending(self) -> None:
        self.clocks, self.runs = sla.paused(self.clocks, self.now, self.hours), False

    @rule()
    def taken_up(self) -> None:
        self.clocks, self.runs = sla.resumed(self.clocks, self.now, self.hours), True
        self._late_at_once()

    @rule()
    def contact_writes(self) -> None:
        if self.clocks.reply is None:
            self.used["reply"], self.late["reply"] = timedelta(0), None
        self.clocks = sla.owed(self.clocks, self.targets, self.now, self.hours)
        self.runs = True
        self._late_at_once()

    @rule()
    def agent_answers(self) -> None:
        self.clocks = sla.answered(self.clocks, self.now)

    @rule(wanted=_targets)
    def prioritised(self, wanted: Targets) -> None:
        self.targets = wanted
        self.clocks = sla.aimed(self.clocks, wanted, self.now, self.hours)
        for name in self.used:
            clock = self._clock(name)
            if clock is not None and self.used[name] < clock.total:
                self.late[name] = None
        self._late_at_once()

    def _late_at_once(self) -> None:
        """What is over its target already when it runs (on) is late from then."""
        for name in self.used:
            clock = self._clock(name)
            over = clock is not None and self.used[name] >= clock.total
            if over and self.runs and self.late[name] is None:
                self.late[name] = self.now

    @rule(hours=_hours)
    def transferred(self, hours: Hours | None) -> None:
        self.clocks = sla.moved(self.clocks, self.now, self.hours, hours)
        self.hours = hours

    @rule()
    def kept_and_read(self) -> None:
        assert sla.read(sla.stored(self.clocks)) == self.clocks

    @rule()
    def timer_fires(self) -> None:
        noticed = sla.noticed(self.clocks, self.now)
        self.clocks = Clocks(noticed.reply, noticed.resolution, noticed.answered)
        upcoming = sla.next_at(self.clocks)
        assert upcoming is None or upcoming > self.now

    @invariant()
    def used_is_what_was_open(self) -> None:
        for name in getattr(self, "used", ()):
            clock = self._clock(name)
            if clock is None:
                continue
            assert (clock.since is not None) == self.runs
            running = sla.stop(clock, self.now, self.hours)
            assert running.used == self.used[name]

    @invariant()
    def late_at_the_very_moment(self) -> None:
        for name in getattr(self, "late", ()):
            noticed = sla.noticed(self.clocks, self.now)
            clock = noticed.reply if name == "reply" else noticed.resolution
            if clock is not None and (self.runs or self.late[name] is None):
                assert clock.breached_at == self.late[name]

    def _clock(self, name: str) -> Clock | None:
        return self.clocks.reply if name == "reply" else self.clocks.resolution


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


@given(_hours, st.integers(0, 48 * 12), st.integers(0, 48 * 20))
def test_what_is_needed_is_reached_when_it_was_worked(
    hours: Hours | None, start: int, need: int
) -> None:
    begin = at("2026-10-18T00:00") + start * HALF
    end = sla.reached(hours, begin, need * HALF)
    if end is not None:
        assert sla.worked(hours, begin, end) == need * HALF
