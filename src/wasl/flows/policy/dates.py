"""Days and times as contacts read and type them: the solar calendar of Iran for Persian, the
Gregorian one for Arabic and English, in the digits of the language."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wasl.flows.policy.rendering import digits
from wasl.flows.policy.words import western
from wasl.letters import fold

_SOLAR_MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
    "ar": ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر",
           "أكتوبر", "نوفمبر", "ديسمبر"),
}  # fmt: skip
_WEEKDAYS = {  # from Monday on
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}
_FROM_TODAY = {
    **dict.fromkeys(map(fold, ("today", "امروز", "اليوم")), 0),
    **dict.fromkeys(map(fold, ("tomorrow", "فردا", "غدا", "غدًا")), 1),
    **dict.fromkeys(map(fold, ("پس‌فردا", "بعد غد")), 2),
}
_EPOCH = date(1600, 3, 20)  # the first of Farvardin 979

# ── the solar calendar ───────────────────────────────────────────────────────────────────────


def from_solar(year: int, month: int, day: int) -> date:
    """A date of the solar Hijri calendar, by the 33-year cycle (right from 1178 to 1633)."""
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):
        raise ValueError
    days = _solar_days(year) + sum(31 if m <= 6 else 30 for m in range(1, month)) + day - 1
    if days >= _solar_days(year + 1):  # Esfand has 30 days in leap years only
        raise ValueError
    return date.fromordinal(_EPOCH.toordinal() + days)


def to_solar(day: date) -> tuple[int, int, int]:
    """Year, month and day of the solar Hijri calendar."""
    days = day.toordinal() - _EPOCH.toordinal()
    year = 979 + days // 366
    while _solar_days(year + 1) <= days:
        year += 1
    left = days - _solar_days(year)
    month = left // 31 if left < 186 else 6 + (left - 186) // 30
    first = month * 31 if month <= 6 else 186 + (month - 6) * 30
    return year, month + 1, left - first + 1


def _solar_days(year: int) -> int:
    """Days from the first of Farvardin 979 to that of the year."""
    before = year - 979
    return 365 * before + before // 33 * 8 + (before % 33 + 3) // 4


# ── shown ────────────────────────────────────────────────────────────────────────────────────


def shown_day(day: date, language: str) -> str:
    """ "Wednesday 25 November", «چهارشنبه ۴ آذر», «الأربعاء ٢٥ نوفمبر»."""
    weekday = _WEEKDAYS.get(language, _WEEKDAYS["en"])[day.weekday()]
    if language == "fa":
        _, month, number = to_solar(day)
        return f"{weekday} {digits(number, language)} {_SOLAR_MONTHS[month - 1]}"
    names = _MONTHS.get(language, _MONTHS["en"])
    return f"{weekday} {digits(day.day, language)} {names[day.month - 1]}"


def shown_time(at: datetime, language: str) -> str:
    """ "10:30", «۱۰:۳۰»."""
    return digits(f"{at.hour:02}:{at.minute:02}", language)


def local(at: str, zone: str) -> datetime:
    """A moment of ISO 8601 on the wall clock of a zone."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone))


def shown_moment(at: str, zone: str, language: str) -> tuple[str, str]:
    """Day and time of a moment of ISO 8601."""
    there = local(at, zone)
    return shown_day(there.date(), language), shown_time(there, language)


# ── typed ────────────────────────────────────────────────────────────────────────────────────

_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", re.ASCII)
_DATE_TURNED = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)", re.ASCII)
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:٫.h]([0-5]\d)(?!\d)", re.ASCII)
_HOUR = re.compile(r"(?:ساعت|الساعة|at)\s*([01]?\d|2[0-3])(?![\d:/.])", re.ASCII)
_NUMBERED_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s+(\w+)")


def date_of(year: int, month: int, day: int) -> date:
    """The date; a year before 1700 is one of the solar calendar. Raises ValueError."""
    return from_solar(year, month, day) if 1200 <= year < 1700 else date(year, month, day)


def day_and_time(text: str, today: date) -> tuple[date | None, time | None]:
    """The day and the time that a text names, in any of the three languages."""
    plain = western(text[:200])
    day: date | None = None
    try:
        if found := _DATE.search(plain):
            day = date_of(int(found[1]), int(found[2]), int(found[3]))
        elif found := _DATE_TURNED.search(plain):
            day = date_of(int(found[3]), int(found[2]), int(found[1]))
        if found:
            plain = plain.replace(found[0], " ")
    except ValueError:
        return None, None
    clock = _TIME.search(plain)
    if clock is not None:
        plain = plain.replace(clock[0], " ")
    hour = _HOUR.search(plain) if clock is None else None
    if day is None:
        day = _named_day(plain, today)
    if clock is not None:
        return day, time(int(clock[1]), int(clock[2]))
    return day, None if hour is None else time(int(hour[1]))


def _named_day(plain: str, today: date) -> date | None:
    words = fold(plain).split()
    for word, later in _FROM_TODAY.items():
        if f" {word} " in f" {' '.join(words)} ":
            return today + timedelta(days=later)
    for found in _NUMBERED_MONTH.finditer(plain):
        day = _in_month(int(found[1]), fold(found[2]), today)
        if day is not None:
            return day
    return None


def _in_month(number: int, name: str, today: date) -> date | None:
    """The next day of this number in the month of this name."""
    year, _, _ = to_solar(today)
    candidates: list[date] = []
    for months, years in (
        (_SOLAR_MONTHS, (year, year + 1)),
        *((names, (today.year, today.year + 1)) for names in _MONTHS.values()),
    ):
        for month, called in enumerate(months, 1):
            if fold(called) == name:
                for one in years:
                    try:
                        candidates.append(date_of(one, month, number))
                    except ValueError:
                        continue
    return min((day for day in candidates if day >= today), default=None)
