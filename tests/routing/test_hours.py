"""Opening hours over time zones, daylight saving and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.routing.policy import Hours

NINE_TO_FIVE = ((540, 1020),)
CLOSED: tuple[tuple[int, int], ...] = ()
WEEKDAYS = (NINE_TO_FIVE,) * 5 + (CLOSED,) * 2
ZONES = ("UTC", "Asia/Tehran", "Asia/Riyadh", "Europe/Berlin", "America/New_York", "Africa/Cairo")


def flips(hours: Hours, now: datetime, most: int) -> list[datetime]:
    found: list[datetime] = []
    while len(found) < most and (flip := hours.flips_at(found[-1] if found else now)) is not None:
        found.append(flip)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_week_in_tehran() -> None:
    hours = Hours("Asia/Tehran", WEEKDAYS)
    assert flips(hours, at("2026-11-20T00:00"), 4) == [  # a Friday; 3:30 h ahead
        at("2026-11-20T05:30"),
        at("2026-11-20T13:30"),
        at("2026-11-23T05:30"),
        at("2026-11-23T13:30"),
    ]


def test_the_clock_skips_and_repeats_in_the_middle_of_business_hours() -> None:
    night = Hours("Europe/Berlin", (((60, 240),),) * 7)
    assert flips(night, at("2026-03-28T12:00"), 2) == [
        at("2026-03-29T00:00"),
        at("2026-03-29T02:00"),
    ]
    assert flips(night, at("2026-10-24T12:00"), 2) == [
        at("2026-10-24T23:00"),
        at("2026-10-25T03:00"),
    ]


def test_an_end_that_the_clock_skips_or_shows_twice() -> None:
    night = Hours("Europe/Berlin", (((60, 150),),) * 7)  # 01:00 to 02:30
    assert flips(night, at("2026-03-28T12:00"), 2) == [
        at("2026-03-29T00:00"),
        at("2026-03-29T01:00"),
    ]
    assert flips(night, at("2026-10-24T12:00"), 2) == [
        at("2026-10-24T23:00"),
        at("2026-10-25T01:30"),
    ]


def test_holidays_replace_the_day_and_nights_run_on() -> None:
    hours = Hours("UTC", (((1200, 1560),),) * 7, {date(2026, 11, 22): CLOSED})  # 20:00 to 02:00
    assert flips(hours, at("2026-11-21T12:00"), 4) == [
        at("2026-11-21T20:00"),
        at("2026-11-22T02:00"),
        at("2026-11-23T20:00"),
        at("2026-11-24T02:00"),
    ]


def test_always_and_never_do_not_flip() -> None:
    assert Hours("Asia/Tehran", (((0, 1440),),) * 7).flips_at(at("2026-11-21T12:00")) is None
    assert Hours("Asia/Tehran", (CLOSED,) * 7).flips_at(at("2026-11-21T12:00")) is None


spans = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1000)).map(lambda one: (one[0], sum(one))),
    max_size=3,
).map(tuple)


@pytest.mark.parametrize("zone", ZONES)
@given(
    weekly=st.tuples(*[spans] * 7),
    holiday=st.integers(0, 6),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 UTC comes below
)
def test_between_two_flips_nothing_changes(
    zone: str, weekly: tuple[tuple[tuple[int, int], ...], ...], holiday: int, start: datetime
) -> None:
    now = start.replace(tzinfo=UTC, microsecond=0)
    hours = Hours(zone, weekly, {(now + timedelta(days=holiday)).date(): ((600, 700),)})
    moments = [now, *flips(hours, now, 6)]
    for before, after in pairwise(moments):
        between = [before + (after - before) * n / 7 for n in range(7)]
        assert len({hours.is_open(moment) for moment in between}) == 1
        assert hours.is_open(after) != hours.is_open(before)
