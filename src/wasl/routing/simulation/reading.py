"""Reading one section of a scenario file: each value bounded, each error with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from wasl.routing.policy import Requirement, RequirementInvalid, compile_requirement

_T = TypeVar("_T", bound=str)
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_LONGEST_NAME = 200
_MOST_ENTRIES = 500


class ScenarioInvalid(ValueError):
    """A scenario that cannot be run, in words for whoever wrote it."""


class Section:
    """One table of the file. Take what it holds, then `done()`: what is left over is a mistake.

    `given` is False for a table that is not in the file and so is empty.
    """

    def __init__(self, values: Any, where: str, *, given: bool = True) -> None:
        if not isinstance(values, dict):
            raise ScenarioInvalid(f"{where}: a table is needed")
        self._left = dict(values)
        self.where = where
        self.given = given

    def done(self) -> None:
        if self._left:
            raise ScenarioInvalid(f"{self.where}: {next(iter(self._left))!r} means nothing here")

    def section(self, key: str) -> Section:
        given = key in self._left
        return Section(self._left.pop(key, {}), self._at(key), given=given)

    def sections(self, key: str, *, most: int, least: int = 1) -> list[Section]:
        values = self._left.pop(key, [])
        if not isinstance(values, list) or not least <= len(values) <= most:
            raise ScenarioInvalid(f"{self._at(key)}: {least} to {most} tables are needed")
        return [Section(one, f"{self._at(key)}[{n}]") for n, one in enumerate(values)]

    def text(self, key: str, default: str | None = None) -> str:
        value = self._left.pop(key, default)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_NAME:
            raise ScenarioInvalid(f"{self._at(key)}: a text is needed")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self._left else None

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise ScenarioInvalid(f"{self._at(key)}: true or false is needed")
        return value

    def choice(self, key: str, among: Sequence[_T], default: _T) -> _T:
        value = self._left.pop(key, default)
        if value not in among:
            raise ScenarioInvalid(f"{self._at(key)}: one of {', '.join(among)} is needed")
        return cast("_T", value)

    def number(self, key: str, default: float | None, *, least: float, most: float) -> float:
        return _number(self._left.pop(key, default), self._at(key), least, most)

    def whole(self, key: str, default: int | None, *, least: int, most: int) -> int:
        value = self._left.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ScenarioInvalid(f"{self._at(key)}: a whole number is needed")
        return int(_number(value, self._at(key), least, most))

    def optional_whole(self, key: str, *, least: int, most: int) -> int | None:
        return self.whole(key, None, least=least, most=most) if key in self._left else None

    def numbers(self, key: str, *, least: float, most: float, most_items: int) -> tuple[float, ...]:
        """One number or a list of them; none when the key is not there."""
        value = self._left.pop(key, [])
        values = value if isinstance(value, list) else [value]
        if len(values) > most_items:
            raise ScenarioInvalid(f"{self._at(key)}: at most {most_items}")
        return tuple(_number(one, self._at(key), least, most) for one in values)

    def counts(
        self,
        key: str,
        read_file: Callable[[str], str] | None,
        *,
        most_rows: int,
        most_columns: int,
    ) -> tuple[tuple[int, ...], ...]:
        """Rows of counts, all of them equally long; or the name of a file that has them, one row
        a line with commas between."""
        rows = self._left.pop(key, [])
        where = self._at(key)
        if isinstance(rows, str):
            if read_file is None:
                raise ScenarioInvalid(f"{where}: no file can be read here")
            rows = _rows(read_file(rows), where)
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise ScenarioInvalid(f"{where}: a list of days is needed, each a list of counts")
        lengths = {len(row) for row in rows}
        if len(rows) > most_rows or len(lengths) > 1 or max(lengths, default=1) > most_columns:
            raise ScenarioInvalid(f"{where}: days of the same length, up to {most_columns} slots")
        if lengths == {0} or not all(isinstance(count, int) for row in rows for count in row):
            raise ScenarioInvalid(f"{where}: whole numbers are needed")
        return tuple(
            tuple(int(_number(count, where, 0, 1_000_000)) for count in row) for row in rows
        )

    def requirement(self, key: str) -> Requirement:
        try:
            return compile_requirement(self._left.pop(key, None))
        except RequirementInvalid as error:
            raise ScenarioInvalid(f"{self._at(key)}: {error.code}") from None

    def optional_requirement(self, key: str) -> Requirement | None:
        return self.requirement(key) if key in self._left else None

    def levels(self, key: str, most: int = 5) -> Mapping[str, int]:
        """Names with whole numbers from 0 (levels: up to 5)."""
        section = self._entries(key)
        return {name: section.whole(name, None, least=0, most=most) for name in [*section._left]}

    def names(self, key: str) -> Mapping[str, frozenset[str]]:
        """Names, each with a list of names."""
        section = self._entries(key)
        for name, value in section._left.items():
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise ScenarioInvalid(f"{section._at(name)}: a list of texts is needed")
        return {name: frozenset(value) for name, value in section._left.items()}

    def clock(self, key: str, default_s: float) -> float:
        """A time of day ("08:30") in seconds after midnight."""
        value = self._left.pop(key, None)
        return default_s if value is None else _clock(value, self._at(key))

    def shifts(self, key: str, most: int = _MOST_ENTRIES) -> tuple[tuple[float, float], ...]:
        """Spans of the day ("08:00-12:00") in order; each ends before the next begins."""
        values = self._left.pop(key, [])
        where = self._at(key)
        if not isinstance(values, list) or len(values) > most:
            raise ScenarioInvalid(f"{where}: a list of up to {most} spans is needed")
        shifts: list[tuple[float, float]] = []
        for value in values:
            begin, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
            if not dash:
                raise ScenarioInvalid(f'{where}: spans look like "08:00-12:00"')
            shift = (_clock(begin.strip(), where), _clock(end.strip(), where))
            if shift[0] >= shift[1] or (shifts and shift[0] < shifts[-1][1]):
                raise ScenarioInvalid(f"{where}: {value!r} ends before it begins, or overlaps")
            shifts.append(shift)
        return tuple(shifts)

    def _entries(self, key: str) -> Section:
        section = self.section(key)
        if len(section._left) > _MOST_ENTRIES:
            raise ScenarioInvalid(f"{section.where}: at most {_MOST_ENTRIES}")
        return section

    def _at(self, key: str) -> str:
        return key if self.where == "the file" else f"{self.where}.{key}"


def _rows(text: str, where: str) -> list[list[int]]:
    """The counts of a text of comma-separated lines; what stands behind a # is not read."""
    rows = []
    for n, line in enumerate(text.splitlines(), 1):
        values = line.partition("#")[0].strip()
        if not values:
            continue
        try:
            rows.append([int(value) for value in values.split(",")])
        except ValueError:
            raise ScenarioInvalid(f"{where}: line {n}: whole numbers are needed") from None
    if not rows:
        raise ScenarioInvalid(f"{where}: the file has no counts")
    return rows


def _number(value: Any, where: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioInvalid(f"{where}: a number is needed")
    if not least <= value <= most:
        raise ScenarioInvalid(f"{where}: not between {least:g} and {most:g}")
    return float(value)


def _clock(value: Any, where: str) -> float:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ScenarioInvalid(f'{where}: a time of day like "08:30" is needed')
    return int(match[1]) * 3600.0 + int(match[2]) * 60.0
