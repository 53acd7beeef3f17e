"""The small language of conditions and values: no code, no loops, bounded in every way.

    order.status == "shipped" and tries + 1 < 3
    len(name) > 0 and not contains(answer, "لا")

Values are numbers, texts, true/false, null and what a look-up found. Texts are compared folded, so
that «۱» equals "1" and "ي" equals "ی". What can't be computed raises `Failed` with a code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from wasl.flows.policy.words import western
from wasl.letters import fold

LONGEST_SOURCE = 1_000
LONGEST_TEXT = 4_000
LARGEST = 10**15
_DEEPEST = 24
_MOST_NODES = 200

Value = Any  # float, int, str, bool, None, or a mapping of these
Scope = Mapping[str, Value]


class Unreadable(ValueError):
    """This is no expression; `at` is where it stops making sense, from 0."""

    def __init__(self, code: str, at: int) -> None:
        super().__init__(f"{code} at {at}")
        self.code = code
        self.at = at


class Failed(ValueError):
    """An expression that can't be computed with these values."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression and the names (first parts only) that it uses."""

    root: Any
    names: frozenset[str]

    def value(self, scope: Scope) -> Value:
        """Its value; raises `Failed`."""
        return _value(self.root, scope)


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>==|!=|<=|>=|[-+*/%<>().,])
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMPARED = ("==", "!=", "<", "<=", ">", ">=")
_LITERALS = {"true": True, "false": False, "null": None}
_WORDS = frozenset({"and", "or", "not", *_LITERALS})
_NULL = ("is", None)


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression:
    """Reads an expression; raises `Unreadable`."""
    if len(source) > LONGEST_SOURCE:
        raise Unreadable("expression_too_long", LONGEST_SOURCE)
    reader = _Reader(_tokens(source))
    root = reader.disjunction()
    reader.end()
    return Expression(root, frozenset(reader.names))


def _tokens(source: str) -> list[tuple[str, str, int]]:
    found, at = [], 0
    while source[at:].strip():
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise Unreadable("expression_unreadable", at)
        found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return [*found, ("end", "", len(source))]


class _Reader:
    """Recursive descent; `and` binds tighter than `or`, `not` tighter than both."""

    def __init__(self, tokens: list[tuple[str, str, int]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._deep = 0
        self._nodes = 0
        self.names: set[str] = set()

    def end(self) -> None:
        if self._tokens[self._at][0] != "end":
            raise self._wrong()

    def disjunction(self) -> Any:
        return self._row(self._conjunction, ("or",))

    def _conjunction(self) -> Any:
        return self._row(self._negation, ("and",))

    def _negation(self) -> Any:
        if self._takes("not"):
            return self._node("not", self._nested(self._negation))
        return self._comparison()

    def _comparison(self) -> Any:
        left = self._sum()
        for sign in _COMPARED:
            if self._takes(sign):
                return self._node(sign, left, self._sum())
        return left

    def _sum(self) -> Any:
        return self._row(self._product, ("+", "-"))

    def _product(self) -> Any:
        return self._row(self._signed, ("*", "/", "%"))

    def _signed(self) -> Any:
        if self._takes("-"):
            return self._node("negative", self._nested(self._signed))
        return self._single()

    def _single(self) -> Any:
        kind, word, _ = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            number = number_of(word)
            if number is None:
                raise Unreadable("expression_unreadable", self._tokens[self._at - 1][2])
            return self._node("is", number)
        if kind == "text":
            self._at += 1
            return self._node("is", re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL))
        if word in _LITERALS and kind == "name":
            self._at += 1
            return self._node("is", _LITERALS[word])
        if kind == "name" and word not in _WORDS:
            self._at += 1
            return self._call(word) if self._takes("(") else self._name(word)
        if self._takes("("):
            inside = self._nested(self.disjunction)
            self._must(")")
            return inside
        raise self._wrong()

    def _name(self, word: str) -> Any:
        self.names.add(word)
        path = [word]
        while self._takes("."):
            kind, part, _ = self._tokens[self._at]
            if kind != "name":
                raise self._wrong()
            path.append(part)
            self._at += 1
        return self._node("name", tuple(path))

    def _call(self, word: str) -> Any:
        if word not in _FUNCTIONS:
            raise self._wrong()
        given: list[Any] = []
        if not self._takes(")"):
            given.append(self._nested(self.disjunction))
            while self._takes(","):
                given.append(self._nested(self.disjunction))
            self._must(")")
        if len(given) != _FUNCTIONS[word][0]:
            raise self._wrong()
        return self._node("call", word, tuple(given))

    def _row(self, part: Callable[[], Any], signs: tuple[str, ...]) -> Any:
        left = part()
        while True:
            sign = next((s for s in signs if self._takes(s)), None)
            if sign is None:
                return left
            left = self._node(sign, left, part())

    def _nested(self, part: Callable[[], Any]) -> Any:
        self._deep += 1
        if self._deep > _DEEPEST:
            raise Unreadable("expression_too_deep", self._tokens[self._at][2])
        inside = part()
        self._deep -= 1
        return inside

    def _node(self, *node: Any) -> Any:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise Unreadable("expression_too_long", self._tokens[self._at][2])
        return node

    def _takes(self, word: str) -> bool:
        kind, found, _ = self._tokens[self._at]
        if kind in ("name", "sign") and found == word:
            self._at += 1
            return True
        return False

    def _must(self, word: str) -> None:
        if not self._takes(word):
            raise self._wrong()

    def _wrong(self) -> Unreadable:
        return Unreadable("expression_unreadable", self._tokens[self._at][2])


def truth(value: Value) -> bool:
    """Whether a value counts as true: null, false, 0 and "" do not."""
    return bool(value)


def shown(value: Value) -> str:
    """A value as it stands in a text; null is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}"
    if isinstance(value, Mapping):
        return ""
    return str(value)[:LONGEST_TEXT]


def number_of(text: str) -> int | float | None:
    """The number that a text is, with the digits of three languages."""
    plain = western(text).replace("٫", ".").replace("٬", "").replace(",", "").strip()
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,10})?", plain, re.ASCII):
        return None
    return float(plain) if "." in plain else int(plain)


def _value(node: Any, scope: Scope) -> Value:
    kind = node[0]
    if kind == "is":
        return node[1]
    if kind == "name":
        return named_value(node[1], scope)
    if kind == "call":
        count, function = _FUNCTIONS[node[1]]
        return _bounded(function(*(_value(part, scope) for part in node[2][:count])))
    if kind == "not":
        return not truth(_value(node[1], scope))
    if kind == "negative":
        return -_number(_value(node[1], scope))
    if kind == "and":
        left = _value(node[1], scope)
        return _value(node[2], scope) if truth(left) else left
    if kind == "or":
        left = _value(node[1], scope)
        return left if truth(left) else _value(node[2], scope)
    if kind in ("==", "!=") and _NULL in node[1:]:  # a name without a value yet is null too
        left, right = (_value_or_null(part, scope) for part in node[1:])
        return (left is right) == (kind == "==")
    left, right = _value(node[1], scope), _value(node[2], scope)
    if kind in _COMPARED:
        return _compared(kind, left, right)
    return _bounded(_computed(kind, left, right))


def _value_or_null(node: Any, scope: Scope) -> Value:
    return None if node[0] == "name" and node[1][0] not in scope else _value(node, scope)


def named_value(path: tuple[str, ...], scope: Scope) -> Value:
    """The value of a name with its parts; raises `Failed`."""
    if path[0] not in scope:
        raise Failed("name_unknown")
    found = scope[path[0]]
    for part in path[1:]:
        if found is None:
            return None  # nothing was found: it has no parts
        if not isinstance(found, Mapping):
            raise Failed("name_unknown")
        found = found.get(part)
    return found


def _compared(sign: str, left: Value, right: Value) -> bool:
    if sign in ("==", "!="):
        return _equal(left, right) == (sign == "==")
    if isinstance(left, str) and isinstance(right, str):
        a: Any = fold(left)
        b: Any = fold(right)
    else:
        a, b = _number(left), _number(right)
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return _folded(left) == _folded(right)
    if isinstance(left, str) != isinstance(right, str) and None not in (left, right):
        text, other = (left, right) if isinstance(left, str) else (right, left)
        if isinstance(other, bool | Mapping):
            return False
        return bool(number_of(text) == other)
    return bool(left == right)


def _computed(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return shown(left) + shown(right)
    a, b = _number(left), _number(right)
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if b == 0:
        raise Failed("divided_by_zero")
    return a / b if sign == "/" else a % b


def _number(value: Value) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    found = number_of(value) if isinstance(value, str) else None
    if found is None:
        raise Failed("not_a_number")
    return found


def _bounded(value: Value) -> Value:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Failed("too_large")
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and not (math.isfinite(value) and abs(value) <= LARGEST):
        raise Failed("too_large")
    return value


_fold_short = lru_cache(maxsize=4096)(fold)  # of flows' own words and of short values


def _folded(text: str) -> str:
    return _fold_short(text) if len(text) <= 64 else fold(text)


def moment_of(value: Value) -> datetime:
    """The moment that a text tells (ISO 8601; without a zone it is UTC); Failed("not_a_moment")."""
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        raise Failed("not_a_moment") from None


def _later(at: Value, seconds: float) -> str:
    try:
        return (moment_of(at) + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        raise Failed("not_a_moment") from None


# name: how many values it takes, and what it does with them
_FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
    "len": (1, lambda value: len(shown(value))),
    "lower": (1, lambda value: shown(value).lower()),
    "trim": (1, lambda value: shown(value).strip()),
    "text": (1, shown),
    "number": (1, lambda value: _number(value)),
    "round": (1, lambda value: round(_number(value))),
    "min": (2, lambda a, b: min(_number(a), _number(b))),
    "max": (2, lambda a, b: max(_number(a), _number(b))),
    "contains": (2, lambda text, part: _folded(shown(part)) in _folded(shown(text))),
    "later": (2, lambda at, seconds: _later(at, _number(seconds))),
    "starts": (2, lambda text, part: _folded(shown(text)).startswith(_folded(shown(part)))),
}
