"""Which of many conditions may be true, without computing them all.

A condition of the form `a == "x" and …` is only looked at where `a` has that value, and one of the
form `contains(a, "x") and …` where `a` has that part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from wasl.flows.policy.expressions import (
    Expression,
    Failed,
    Scope,
    Unreadable,
    named_value,
    number_of,
    parse,
    shown,
    truth,
)
from wasl.letters import fold

T = TypeVar("T")
Path = tuple[str, ...]


class Conditions(Generic[T]):
    """Things that each have a condition, an empty one being always true."""

    def __init__(self, conditions: Iterable[tuple[str, T]]) -> None:
        self._always: list[tuple[Expression | None, T]] = []
        self._texts: dict[Path, dict[str, list[tuple[Expression, T]]]] = {}
        self._numbers: dict[Path, dict[float, list[tuple[Expression, T]]]] = {}
        self._parts: dict[Path, dict[str, list[tuple[Expression, T]]]] = {}
        self.names: set[str] = set()
        for source, thing in conditions:
            self._add(source, thing)

    def _add(self, source: str, thing: T) -> None:
        if not source:
            self._always.append((None, thing))
            return
        try:
            expression = parse(source)
        except Unreadable:
            return  # nobody can say that it is true
        self.names |= expression.names
        for sign, path, value in _required(expression.root):
            if sign == "contains":
                place = self._parts.setdefault(path, {}).setdefault(fold(shown(value)), [])
            elif isinstance(value, str) and any(c.isalpha() for c in value):
                place = self._texts.setdefault(path, {}).setdefault(fold(value), [])
            elif isinstance(value, int | float) and not isinstance(value, bool):
                place = self._numbers.setdefault(path, {}).setdefault(value, [])
            else:
                continue
            place.append((expression, thing))
            return
        self._always.append((expression, thing))

    def true_of(self, scope: Scope) -> list[T]:
        """The things whose condition is true; one that can't be computed is not."""
        return [thing for expression, thing in self._maybe(scope) if _is_true(expression, scope)]

    def _maybe(self, scope: Scope) -> Iterator[tuple[Expression | None, T]]:
        yield from self._always
        for path, texts in self._texts.items():
            value = _value(path, scope)
            if isinstance(value, str):
                yield from texts.get(fold(value), ())
        for path, parts in self._parts.items():
            whole = fold(shown(_value(path, scope)))
            for part, several in parts.items():
                if part in whole:
                    yield from several
        for path, numbers in self._numbers.items():
            value = _value(path, scope)
            if isinstance(value, str):
                value = number_of(value)
            if isinstance(value, int | float):
                yield from numbers.get(value, ())


def _required(node: Any) -> Iterator[tuple[str, Path, Any]]:
    """What must be equal to what, or contain it, for a condition to be true."""
    if node[0] == "and":
        yield from _required(node[1])
        yield from _required(node[2])
    elif node[0] == "==":
        for left, right in ((node[1], node[2]), (node[2], node[1])):
            if left[0] == "name" and right[0] == "is":
                yield "==", left[1], right[1]
    elif node[0] == "call" and node[1] == "contains":
        whole, part = node[2]
        if whole[0] == "name" and part[0] == "is":
            yield "contains", whole[1], part[1]


def _value(path: Path, scope: Scope) -> Any:
    try:
        return named_value(path, scope)
    except Failed:
        return None


def _is_true(expression: Expression | None, scope: Scope) -> bool:
    try:
        return expression is None or truth(expression.value(scope))
    except Failed:
        return False
