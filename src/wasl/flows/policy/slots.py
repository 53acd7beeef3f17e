"""The times of a calendar that can be booked, by its hours on the wall clock of its zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_LONGEST_LOOK = 62  # days at once


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekly` are the spans of Monday to Sunday, such as ("09:00", "17:00"); slots of `slot_min`
    minutes with `places` each. Nothing is open on `holidays` (ISO dates)."""

    zone: str
    weekly: list[list[tuple[str, str]]]
    holidays: list[str]
    slot_min: int
    places: int


def slots_of(
    calendar: Calendar,
    *,
    now: datetime,
    days: int,
    after: datetime | None = None,
    day: date | None = None,
    at: datetime | None = None,
) -> list[datetime]:
    """The slots that begin after `now` within `days`, in order: from `after` on, of one day, or
    (`at`) of that moment's own day."""
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    last = today + timedelta(days=days)
    if at is not None:
        day = at.astimezone(zone).date()
    first = day or max(today, after.astimezone(zone).date() if after else today)
    looked = [first] if day else [first + timedelta(days=n) for n in range(_LONGEST_LOOK)]
    begins = max(now, after) if after else now
    found: set[datetime] = set()
    for one in looked:
        if today <= one <= last and one.isoformat() not in calendar.holidays:
            found.update(_slots_on(calendar, one, zone))
    return sorted(slot for slot in found if slot > begins)


def _slots_on(calendar: Calendar, day: date, zone: ZoneInfo) -> list[datetime]:
    length = timedelta(minutes=calendar.slot_min)
    slots: list[datetime] = []
    for start, end in calendar.weekly[day.weekday()]:
        at, until = _moment(day, start, zone), _moment(day, end, zone)
        while at + length <= until:  # counted in real time, so that a clock change moves nothing
            slots.append(at)
            at += length
    return slots


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the zone is given below
    wall = midnight + timedelta(hours=hours, minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)
