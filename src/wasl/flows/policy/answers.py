"""What an answer is worth: numbers, dates in three calendars' digits, addresses, cards, choices."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from wasl.flows.policy.definition import Ask
from wasl.flows.policy.expressions import number_of
from wasl.flows.policy.words import chosen, western

LONGEST_ANSWER = 2_000
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\s@.<>,;:/]{1,63}\.)+[^\s@.<>,;:/]{2,63}")
_PHONE = re.compile(r"\+?[0-9]{6,15}", re.ASCII)
_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII)
_DATE_TURNED = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", re.ASCII)
_MASKED = re.compile(r"(?:•[ \u00a0-]?){9,15}(?:[0-9][ \u00a0-]?){3}[0-9]")


def answer_to(step: Ask, text: str) -> Any | None:
    """The value of an answer, None when it is not of the kind that is asked for."""
    said = text.strip()
    if not said or len(said) > LONGEST_ANSWER:
        return None
    if step.accept == "number":
        number = number_of(said)
        return number if number is not None and _within(step, number) else None
    if step.accept == "choice":
        place = chosen(said, [[*o.label.values(), o.value] for o in step.options])
        return None if place is None else step.options[place].value
    if step.accept == "text":
        return said if _within(step, len(said)) else None
    return {"email": _email, "phone": _phone, "date": _date, "card": _card}[step.accept](said)


def _within(step: Ask, size: float) -> bool:
    return (step.least is None or size >= step.least) and (step.most is None or size <= step.most)


def _email(said: str) -> str | None:
    found = _EMAIL.fullmatch(said.strip("<>.,؛،; "))
    return found[0].lower() if found and len(found[0]) <= 254 else None


def _phone(said: str) -> str | None:
    plain = re.sub(r"[\s().\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069-]", "", western(said))
    plain = "+" + plain[2:] if plain.startswith("00") else plain
    return plain if _PHONE.fullmatch(plain) else None


def _date(said: str) -> str | None:
    """A date as ISO 8601; a year before 1700 is one of the solar calendar of Iran."""
    plain = western(said)
    found = _DATE.fullmatch(plain)
    year_month_day = found.groups() if found else None
    if year_month_day is None and (found := _DATE_TURNED.fullmatch(plain)):
        day, month, year = found.groups()
        year_month_day = (year, month, day)
    if year_month_day is None:
        return None
    y, m, d = map(int, year_month_day)
    try:
        return (_from_solar(y, m, d) if 1200 <= y < 1700 else date(y, m, d)).isoformat()
    except ValueError:
        return None


def _from_solar(year: int, month: int, day: int) -> date:
    """A date of the solar Hijri calendar, by the 33-year cycle (right from 1178 to 1633)."""
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):
        raise ValueError
    days = _solar_days(year) + sum(31 if m <= 6 else 30 for m in range(1, month)) + day - 1
    if days >= _solar_days(year + 1):  # Esfand has 30 days in leap years only
        raise ValueError
    return date.fromordinal(date(1600, 3, 20).toordinal() + days)


def _solar_days(year: int) -> int:
    """Days from the first of Farvardin 979 to that of the year."""
    before = year - 979
    return 365 * before + before // 33 * 8 + (before % 33 + 3) // 4


def _card(said: str) -> str | None:
    """A card number, which is masked by now: only one that passes Luhn is."""
    found = _MASKED.search(western(said))
    return None if found is None else f"•••• {found[0].replace(' ', '').replace('-', '')[-4:]}"
