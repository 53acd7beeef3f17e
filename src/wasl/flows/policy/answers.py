"""What an answer is worth: numbers, dates in three calendars' digits, addresses, cards, choices."""

from __future__ import annotations

import re
from typing import Any

from wasl.flows.policy.counting import number_meant
from wasl.flows.policy.dates import date_of
from wasl.flows.policy.steps import Ask
from wasl.flows.policy.words import chosen, number_in, western

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
        number = number_meant(said)
        return number if number is not None and _within(step, number) else None
    if step.accept == "choice":
        place = chosen(said, [[*o.label.values(), o.value] for o in step.options])
        return None if place is None else step.options[place].value
    if step.accept == "text":
        return said if _within(step, len(said)) else None
    read = {
        "email": _email,
        "phone": phone_in,
        "date": _date,
        "card": _card,
        "national_id": _national_id,
        "file": _no_words,
    }[step.accept]
    return read(said)


def _within(step: Ask, size: float) -> bool:
    return (step.least is None or size >= step.least) and (step.most is None or size <= step.most)


def _email(said: str) -> str | None:
    found = _EMAIL.fullmatch(said.strip("<>.,؛،; "))
    return found[0].lower() if found and len(found[0]) <= 254 else None


def phone_in(said: str) -> str | None:
    """The digits of a phone number, with its + if it had one."""
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
        return date_of(y, m, d).isoformat()
    except ValueError:
        return None


def _card(said: str) -> str | None:
    """A card number, which is masked by now: only one that passes Luhn is."""
    found = _MASKED.search(western(said))
    return None if found is None else f"•••• {found[0].replace(' ', '').replace('-', '')[-4:]}"


def _no_words(said: str) -> str | None:
    """Words are no file."""
    return None


def _national_id(said: str) -> str | None:
    """A number that is well-formed in Iran (10 digits), Saudi Arabia (10, from 1 or 2) or the
    Emirates (784 and 12 digits): all three have a check digit."""
    plain = re.sub(r"[\s\u200e\u200f-]", "", western(said))
    if not plain.isascii() or not plain.isdigit():
        return None
    if len(plain) == 15 and plain.startswith("784"):
        return plain if _luhn(plain) else None
    if len(plain) != 10 or len(set(plain)) == 1:
        return None
    return plain if _iranian(plain) or (plain[0] in "12" and _luhn(plain)) else None


def _iranian(plain: str) -> bool:
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(plain[:9])) % 11
    return int(plain[9]) == (rest if rest < 2 else 11 - rest)


def _luhn(plain: str) -> bool:
    doubled = (int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(plain)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


_SCORE = re.compile(r"([0-9]{1,2})(?:\s*/\s*([0-9]{1,2}))?(?![0-9])\s*[-–:،,.!]*\s*(.*)", re.DOTALL)


def score_in(text: str, scale: int) -> tuple[int, str] | None:
    """The rating that an answer begins with ("4", «۵ عالی بود», "3/5", «★★★»), and what else it
    says."""
    said = western(text[:LONGEST_ANSWER]).strip()
    stars = re.match(r"(?:[★⭐]\ufe0f?){1,10}", said)
    if stars is not None:
        score, rest = sum(c in "★⭐" for c in stars[0]), said[stars.end() :]
    elif found := _SCORE.match(said):
        if found[2] is not None and int(found[2]) != scale:
            return None
        score, rest = int(found[1]), found[3]
    else:
        score, rest = number_in(said) or 0, ""
    return (score, rest.strip()) if 1 <= score <= scale else None
