"""What an interaction asks of its agent, as an expression that compiles to a comparable value.

An expression is JSON: `{"all": […]}`, `{"any": […]}`, `{"not": …}`, `{"skill": "returns",
"least": 3}`, `{"language": "fa", "least": 4}`, `{"contact": "tier", "is": "gold"}`,
`{"contact": "value", "least": 1000}`. `least` is a level 1–5 (1 when left out), for a contact's
field any number. It compiles to boxes: alternatives, each of them one interval per dimension. Equal
requirements are equal values, so that those who ask for the same thing stand in one line, and
"whoever meets A meets B" is decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from math import inf, isfinite
from typing import Any, ClassVar
from weakref import WeakValueDictionary

MOST_ATOMS = 32
MOST_DEPTH = 8
MOST_BOXES = 64
MOST_PIECES = 20_000
MOST_NAME = 80

Bound = tuple[str, float, float]  # dimension, from (included), to (excluded)
Box = tuple[Bound, ...]  # sorted by dimension; all bounds hold

_EVERYTHING = (-inf, inf)
_CONTACT = "contact:"
LANGUAGE = "language:"


class RequirementInvalid(ValueError):
    """An expression that is none; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Requirement:
    """Alternatives, of which one must hold. Without bounds anybody will do.

    Equal ones are one object, so that they are compared and found by it.
    """

    __slots__ = ("__weakref__", "asks_contact", "boxes", "names")
    _known: ClassVar[WeakValueDictionary[tuple[Box, ...], Requirement]] = WeakValueDictionary()

    boxes: tuple[Box, ...]
    asks_contact: bool
    names: tuple[str, ...]  # the skills that are wanted

    def __new__(cls, boxes: tuple[Box, ...]) -> Requirement:
        known = cls._known.get(boxes)
        if known is not None:
            return known
        made = super().__new__(cls)
        made.boxes = boxes
        made.asks_contact = any(bound[0].startswith(_CONTACT) for box in boxes for bound in box)
        made.names = tuple(sorted({name for box in boxes for name, least, _ in box if least > 0}))
        return cls._known.setdefault(boxes, made)

    def __reduce__(self) -> tuple[type[Requirement], tuple[tuple[Box, ...]]]:
        return Requirement, (self.boxes,)

    def __repr__(self) -> str:
        return f"Requirement({self.boxes!r})"

    def met_by(self, skills: Mapping[str, float]) -> bool:
        """Whether skills {name: level} suffice; languages are skills named `language:fa`."""
        for box in self.boxes:
            for name, least, below in box:
                if not least <= skills.get(name, 0) < below:
                    break
            else:
                return True
        return False

    def for_contact(self, contact: Mapping[str, Any]) -> Requirement:
        """What remains to be asked of the agent when the contact's fields are known."""
        if not self.asks_contact:
            return self
        left: list[Box] = []
        for box in self.boxes:
            asked = [bound for bound in box if bound[0].startswith(_CONTACT)]
            if all(least <= _value(contact, name) < below for name, least, below in asked):
                left.append(tuple(bound for bound in box if not bound[0].startswith(_CONTACT)))
        return Requirement(_canonical(left))

    def implies(self, other: Requirement) -> bool:
        """Whether whoever meets this one meets the other, whatever the skills and the contact."""
        pieces = _Pieces()
        return all(_covered(_spread(box), other.boxes, pieces) for box in self.boxes)

    def fit(self, skills: Mapping[str, float]) -> float:
        """The levels of the required skills, added up, in the alternative that fits best."""
        return max(
            (
                sum(skills.get(name, 0) for name, least, _ in box if least > 0)
                for box in self.boxes
                if all(least <= skills.get(name, 0) < below for name, least, below in box)
            ),
            default=0,
        )

    def lacking(self, skills: Mapping[str, float]) -> tuple[Bound, ...]:
        """What fails in the alternative that is nearest; empty when it is met or nothing can
        meet it."""
        missing = (
            tuple(bound for bound in box if not bound[1] <= skills.get(bound[0], 0) < bound[2])
            for box in self.boxes
        )
        return min(missing, key=lambda bounds: (len(bounds), bounds), default=())


ANYONE = Requirement(((),))


def compile_requirement(expression: object) -> Requirement:
    """The requirement of an expression; raises RequirementInvalid."""
    return Requirement(_canonical(_Reader().read(expression, wanted=True, depth=0)))


class _Reader:
    """Reads one expression, counting what is in it."""

    def __init__(self) -> None:
        self._atoms = 0

    def read(self, expression: object, *, wanted: bool, depth: int) -> list[Box]:
        """The boxes in which the expression is as wanted."""
        if not isinstance(expression, Mapping) or depth > MOST_DEPTH:
            raise RequirementInvalid("requirement_invalid")
        keys = set(expression)
        if keys == {"not"}:
            return self.read(expression["not"], wanted=not wanted, depth=depth + 1)
        if keys in ({"all"}, {"any"}):
            (word,) = keys
            parts = expression[word]
            if not isinstance(parts, list) or len(parts) > MOST_ATOMS:
                raise RequirementInvalid("requirement_invalid")
            read = [self.read(part, wanted=wanted, depth=depth + 1) for part in parts]
            return _meet(read) if (word == "all") == wanted else _join(read)
        self._atoms += 1
        if self._atoms > MOST_ATOMS:
            raise RequirementInvalid("requirement_too_large")
        name, least = _atom(expression, keys)
        return [((name, least, inf) if wanted else (name, -inf, least),)]


def _atom(expression: Mapping[str, Any], keys: set[str]) -> tuple[str, float]:
    if "skill" in keys and keys <= {"skill", "least"}:
        name = _name(expression["skill"])
        if ":" in name:
            raise RequirementInvalid("requirement_invalid")
        return name, _level(expression)
    if "language" in keys and keys <= {"language", "least"}:
        return LANGUAGE + _name(expression["language"]), _level(expression)
    if keys == {"contact", "is"}:
        field, value = _name(expression["contact"]), _name(expression["is"])
        return f"{_CONTACT}{field}={value}", 1
    if keys == {"contact", "least"}:
        least = expression["least"]
        number = isinstance(least, int | float) and not isinstance(least, bool)
        if number and isfinite(least) and "=" not in _name(expression["contact"]):
            return _CONTACT + expression["contact"], float(least)
    raise RequirementInvalid("requirement_invalid")


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MOST_NAME:
        raise RequirementInvalid("requirement_invalid")
    return value.strip()


def _level(expression: Mapping[str, Any]) -> int:
    least = expression.get("least", 1)
    if not isinstance(least, int) or isinstance(least, bool) or not 1 <= least <= 5:
        raise RequirementInvalid("level_invalid")
    return least


def _value(contact: Mapping[str, Any], dimension: str) -> float:
    """Where the contact stands on a dimension; an unknown number is below every other."""
    field, is_equality, wanted = dimension.removeprefix(_CONTACT).partition("=")
    value = contact.get(field)
    if is_equality:
        many = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        return float(any(str(one) == wanted for one in many if one is not None))
    if isinstance(value, int | float) and isfinite(value):
        return float(value)
    return -inf


def _join(parts: list[list[Box]]) -> list[Box]:
    return list(_canonical(box for boxes in parts for box in boxes))


def _meet(parts: list[list[Box]]) -> list[Box]:
    met: list[Box] = [()]
    for boxes in parts:
        both = (_both(one, other) for one, other in product(met, boxes))
        met = list(_canonical(box for box in both if box is not None))
    return met


def _both(one: Box, other: Box) -> Box | None:
    bounds = _spread(one)
    for name, least, below in other:
        known = bounds.get(name, _EVERYTHING)
        least, below = max(least, known[0]), min(below, known[1])
        if least >= below:
            return None
        bounds[name] = (least, below)
    return tuple(sorted((name, *bound) for name, bound in bounds.items()))


def _canonical(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The boxes in order, without those that lie in another one."""
    kept: list[Box] = []
    for box in sorted(set(boxes), key=lambda box: (len(box), box)):
        spread = _spread(box)
        if not any(_inside(spread, other) for other in kept):
            kept.append(box)
    outer = [
        box
        for box in kept
        if not any(other is not box and _inside(_spread(box), other) for other in kept)
    ]
    if len(outer) > MOST_BOXES:
        raise RequirementInvalid("requirement_too_large")
    return tuple(sorted(outer))


def _spread(box: Box) -> dict[str, tuple[float, float]]:
    return {name: (least, below) for name, least, below in box}


def _inside(spread: Mapping[str, tuple[float, float]], other: Box) -> bool:
    for name, least, below in other:
        known = spread.get(name, _EVERYTHING)
        if known[0] < least or known[1] > below:
            return False
    return True


class _Pieces:
    """Counts the pieces that a comparison cuts, so that a hostile one ends."""

    def __init__(self) -> None:
        self._left = MOST_PIECES

    def cut(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise RequirementInvalid("requirement_too_large")


def _covered(
    spread: dict[str, tuple[float, float]], boxes: tuple[Box, ...], pieces: _Pieces
) -> bool:
    """Whether every point of the box lies in one of the boxes: what sticks out of the first one
    that it meets must lie in the rest."""
    pieces.cut()
    for n, other in enumerate(boxes):
        if _both(tuple((name, *bound) for name, bound in spread.items()), other) is None:
            continue
        inside = dict(spread)
        for name, least, below in other:
            known = inside.get(name, _EVERYTHING)
            if known[0] < least and not _covered(
                {**inside, name: (known[0], least)}, boxes[n + 1 :], pieces
            ):
                return False
            if known[1] > below and not _covered(
                {**inside, name: (below, known[1])}, boxes[n + 1 :], pieces
            ):
                return False
            inside[name] = (max(known[0], least), min(known[1], below))
        return True
    return False
