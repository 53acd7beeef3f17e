"""The rules of queues and agents as they are stored and sent: JSON, checked before it is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from wasl.infra.errors import Invalid
from wasl.routing.policy import (
    Hours,
    Overflow,
    RequirementInvalid,
    Step,
    compile_requirement,
    shrinking_step,
)

MOST_STEPS = 6
MOST_SPANS = 8  # in one day
MOST_HOLIDAYS = 400
MOST_SKILLS = 200
MOST_NAME = 80
LONGEST_S = 31 * 86_400

_DAY_MIN = 24 * 60
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def steps_of(stored: Any) -> tuple[Step, ...]:
    """Steps `[{requirement, expires_after_s}]`; raises Invalid when they are none, or one of them
    would shrink the choice of agents."""
    if not isinstance(stored, list) or len(stored) > MOST_STEPS:
        raise Invalid("steps_invalid", field="steps", most=MOST_STEPS)
    try:
        steps = tuple(_step(n, one) for n, one in enumerate(stored))
        shrinking = shrinking_step(steps)
    except RequirementInvalid as error:
        raise Invalid(error.code, field="steps") from error
    if shrinking is not None:
        raise Invalid("step_shrinks", field="steps", n=shrinking)
    if any(step.expires_after_s is None for step in steps[:-1]):
        raise Invalid("step_never_ends", field="steps")
    return steps


def _step(n: int, stored: Any) -> Step:
    if not isinstance(stored, Mapping) or not set(stored) <= {"requirement", "expires_after_s"}:
        raise Invalid("steps_invalid", field="steps", n=n)
    expires = stored.get("expires_after_s")
    return Step(
        compile_requirement(stored.get("requirement")),
        None if expires is None else _whole(expires, 1, LONGEST_S, "steps"),
    )


def hours_of(stored: Any) -> Hours | None:
    """Hours `{zone, weekly: seven lists of ["09:00", "17:00"] from Monday, holidays: [{date,
    spans}]}`; a span that ends at or before its start ends the next day."""
    if stored is None:
        return None
    if not isinstance(stored, Mapping) or not set(stored) <= {"zone", "weekly", "holidays"}:
        raise Invalid("hours_invalid", field="hours")
    weekly, holidays = stored.get("weekly"), stored.get("holidays", [])
    if not isinstance(weekly, list) or len(weekly) != 7:
        raise Invalid("hours_invalid", field="hours.weekly")
    if not isinstance(holidays, list) or len(holidays) > MOST_HOLIDAYS:
        raise Invalid("hours_invalid", field="hours.holidays", most=MOST_HOLIDAYS)
    return Hours(
        _zone(stored.get("zone")),
        tuple(_spans(day, "hours.weekly") for day in weekly),
        dict(_holiday(one) for one in holidays),
    )


def _zone(name: Any) -> str:
    if not isinstance(name, str) or name not in _zones():
        raise Invalid("zone_unknown", field="hours.zone")
    return ZoneInfo(name).key


@lru_cache(1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _holiday(stored: Any) -> tuple[date, tuple[tuple[int, int], ...]]:
    if not isinstance(stored, Mapping) or not set(stored) <= {"date", "spans"}:
        raise Invalid("hours_invalid", field="hours.holidays")
    try:
        day = date.fromisoformat(stored["date"])
    except (KeyError, TypeError, ValueError):
        raise Invalid("hours_invalid", field="hours.holidays") from None
    return day, _spans(stored.get("spans", []), "hours.holidays")


def _spans(stored: Any, field: str) -> tuple[tuple[int, int], ...]:
    if not isinstance(stored, list) or len(stored) > MOST_SPANS:
        raise Invalid("hours_invalid", field=field)
    spans = []
    for span in stored:
        if not isinstance(span, list) or len(span) != 2:
            raise Invalid("hours_invalid", field=field)
        start, end = (_minutes(time, field) for time in span)
        if start == _DAY_MIN:
            raise Invalid("hours_invalid", field=field)
        spans.append((start, end if end > start else end + _DAY_MIN))
    return tuple(sorted(spans))


def _minutes(time: Any, field: str) -> int:
    if not isinstance(time, str) or _TIME.fullmatch(time) is None:
        raise Invalid("hours_invalid", field=field)
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def overflow_of(stored: Any) -> Overflow | None:
    """Overflow `{queue_id, after_s, when_closed}`."""
    if stored is None:
        return None
    if not isinstance(stored, Mapping) or not set(stored) <= {"queue_id", "after_s", "when_closed"}:
        raise Invalid("overflow_invalid", field="overflow")
    after_s, when_closed = stored.get("after_s"), stored.get("when_closed", False)
    try:
        queue_id = UUID(stored["queue_id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Invalid("overflow_invalid", field="overflow") from None
    if not isinstance(when_closed, bool) or (after_s is None and not when_closed):
        raise Invalid("overflow_invalid", field="overflow")
    if after_s is not None:
        after_s = _whole(after_s, 1, LONGEST_S, "overflow")
    return Overflow(queue_id, after_s, when_closed)


def check_skills(skills: Mapping[str, Any]) -> None:
    """Skills {name: level 1–5}; a language is named `language:fa`. Raises Invalid."""
    if len(skills) > MOST_SKILLS:
        raise Invalid("skills_invalid", field="skills", most=MOST_SKILLS)
    for name, level in skills.items():
        kind, colon, rest = name.partition(":")
        bare = rest if colon else kind
        if (colon and kind != "language") or ":" in rest or not 0 < len(bare) <= MOST_NAME:
            raise Invalid("skills_invalid", field="skills")
        if bare != bare.strip():
            raise Invalid("skills_invalid", field="skills")
        _whole(level, 1, 5, "skills")


def _whole(value: Any, least: int, most: int, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid("number_invalid", field=field, least=least, most=most)
    return value
