"""Whether it is open at a moment, on the wall clock of a time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wasl.flows.policy.steps import Hours

_DAY_MIN = 24 * 60


def is_open(step: Hours, now: datetime) -> bool:
    """Whether one of the spans of today, or yesterday's over midnight, holds this moment."""
    local = now.astimezone(ZoneInfo(step.zone))
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    closed = set(step.holidays)
    for day, at in ((today, minute), (yesterday, minute + _DAY_MIN)):
        if day.isoformat() in closed:
            continue
        for start, end in step.weekly[day.weekday()]:
            begins, ends = _minutes(start), _minutes(end)
            if begins <= at < (ends if ends > begins else ends + _DAY_MIN):
                return True
    return False


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
