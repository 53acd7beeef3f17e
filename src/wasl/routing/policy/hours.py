"""When a queue is open: weekly hours on the wall clock of a time zone, and holidays.

Everything is computed from the time zone's rules, so that daylight saving is right: an hour that
the clock skips is not worked, one that it repeats is worked twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_LOOK_AHEAD_DAYS = 400

Span = tuple[int, int]  # minutes from local midnight; the end may lie in the next day


@dataclass(frozen=True, slots=True)
class Hours:
    """`weekly` are the spans of Monday to Sunday; `holidays` replaces those of a date, and no
    spans mean closed. A span that began the day before runs on into a holiday."""

    zone: str
    weekly: tuple[tuple[Span, ...], ...]
    holidays: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        return self.holidays.get(day, self.weekly[day.weekday()])

    def is_open(self, now: datetime) -> bool:
        return any(start <= now < end for start, end in self._around(now))

    def flips_at(self, now: datetime) -> datetime | None:
        """The next moment after `now` at which open turns to closed or closed to open; None when
        there is none within 400 days."""
        end: datetime | None = None
        for start, until in self.open_from(now):
            if end is None and start > now:
                return start
            if end is not None and start > end:
                return end
            end = until if end is None else max(end, until)
            if end > now + timedelta(days=_LOOK_AHEAD_DAYS):
                return None
        return end

    def open_from(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open intervals in UTC that end after `now`, in order, for 401 days ahead; neighbours
        may touch or overlap, and count as one."""
        zone = ZoneInfo(self.zone)
        day = now.astimezone(zone).date() - timedelta(days=2)
        for n in range(_LOOK_AHEAD_DAYS + 3):
            for start, end in self._on(day + timedelta(days=n), zone):
                if end > now:
                    yield start, end

    def _around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        for n in (-2, -1, 0):
            yield from self._on(today + timedelta(days=n), zone)

    def _on(self, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for start_min, end_min in sorted(self.spans_on(day)):
            start = _instant(day, start_min, zone, fold=0)
            end = _instant(day, end_min, zone, fold=1)
            if start < end:
                yield start, end


@lru_cache(maxsize=4096)
def _instant(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """The moment at which the wall clock shows that time. A time that the clock skips is the
    moment of the skip; of one that it shows twice, `fold` says which."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 the zone comes next
    local = wall.replace(tzinfo=zone, fold=fold)
    before, after = (wall.replace(tzinfo=zone, fold=n).utcoffset() for n in (0, 1))
    if before is not None and after is not None and after > before:  # skipped
        return _skip(wall, before, after, zone)
    return local.astimezone(UTC)


def _skip(wall: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> datetime:
    """The moment at which the clock jumps over `wall`."""
    low = (wall - after).replace(tzinfo=UTC)  # not yet jumped
    high = (wall - before).replace(tzinfo=UTC)  # has jumped
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        jumped = middle.astimezone(zone).utcoffset() == after
        low, high = (low, middle) if jumped else (middle, high)
    return high.replace(microsecond=0)
