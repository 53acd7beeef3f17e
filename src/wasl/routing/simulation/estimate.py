"""From stretches to figures with their 95 % intervals.

A figure is a ratio of two sums over stretches (a mean is one whose divisor is 1). What each stretch
adds to its error is linear in those sums, up to terms that vanish with their number; the
controls' multiples that leave least of it are found by least squares, and the interval comes from
what is left, by Student's t. A stretch that alone decides a control's weight leaves little of
itself, so what is left counts divided by 1 - leverage (HC3, MacKinnon & White 1985).

Stretches that follow one another in a continuous run are not independent: their errors are added up
in groups as well, and whichever spread is the wider counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from statistics import NormalDist

_GROUPS = 20
_LEAST_LEFT = 1e-3  # of 1 - leverage
_ALMOST_NONE = 1e-9  # of a control's variance left, when it says what others say


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate; `half` is half the width of its 95 % interval, infinite when there is too
    little to tell; `raw` and `raw_error` are without controls."""

    value: float
    error: float
    half: float
    raw: float
    raw_error: float


class Fit:
    """The controls of all stretches, made orthogonal once for every figure."""

    def __init__(self, controls: Sequence[Sequence[float]], *, continuous: bool) -> None:
        self._continuous = continuous
        self._number = len(controls)
        self._columns: list[tuple[list[float], float]] = []  # centred and of length 1; its mean
        for column in zip(*controls, strict=True):
            self._add(list(column))
        self._weights = self._weigh()

    def _add(self, column: list[float]) -> None:
        mean = sum(column) / self._number
        centred = [value - mean for value in column]
        whole = sum(value * value for value in centred)
        for _ in range(2):  # twice is enough for orthogonality in floating point
            for other, other_mean in self._columns:
                share = _dot(centred, other)
                centred = [a - share * b for a, b in zip(centred, other, strict=True)]
                mean -= share * other_mean
        left = sum(value * value for value in centred)
        if left > whole * _ALMOST_NONE and left > 0:
            length = sqrt(left)
            self._columns.append(([value / length for value in centred], mean / length))

    def ratio(self, above: Sequence[float], below: Sequence[float]) -> Figure | None:
        """The ratio of two sums; None when the lower one is 0."""
        number, whole = self._number, sum(below)
        if whole <= 0:
            return None
        raw = sum(above) / whole
        errors = _errors(above, below, raw)
        raw_error = _error([error / number for error in errors], 1, continuous=self._continuous)
        value, left = raw, errors
        for column, mean in self._columns:
            share = _dot(left, column)
            value -= share * mean
            left = [a - share * b for a, b in zip(left, column, strict=True)]
        counting = [error * weight for error, weight in zip(left, self._weights, strict=True)]
        used = 1 + len(self._columns)
        error = _error(counting, used, continuous=self._continuous)
        return Figure(value, error, error * _student(number - used), raw, raw_error)

    def _weigh(self) -> list[float]:
        """How much each stretch's error moves the estimate, divided by 1 - its leverage."""
        weights = []
        for n in range(self._number):
            leverage = 1 / self._number + sum(column[n] ** 2 for column, _ in self._columns)
            moves = 1 / self._number - sum(column[n] * mean for column, mean in self._columns)
            weights.append(moves / max(_LEAST_LEFT, 1 - leverage))
        return weights


def difference(
    ours: tuple[Sequence[float], Sequence[float]],
    theirs: tuple[Sequence[float], Sequence[float]],
    *,
    continuous: bool,
) -> Figure | None:
    """Our ratio minus theirs, over stretches that had the same chance."""
    if sum(ours[1]) <= 0 or sum(theirs[1]) <= 0:
        return None
    ratios = [sum(above) / sum(below) for above, below in (ours, theirs)]
    errors = [
        one - other
        for one, other in zip(_errors(*ours, ratios[0]), _errors(*theirs, ratios[1]), strict=True)
    ]
    number, value = len(errors), ratios[0] - ratios[1]
    error = _error([error / number for error in errors], 1, continuous=continuous)
    return Figure(value, error, error * _student(len(errors) - 1), value, error)


def share_of_days(above: Sequence[float], below: Sequence[float]) -> Figure | None:
    """What was counted day by day, as a share with the interval that as many other days like them
    would give; None when nothing was."""
    return Fit([[] for _ in above], continuous=False).ratio(above, below)


def _errors(above: Sequence[float], below: Sequence[float], ratio: float) -> list[float]:
    mean = sum(below) / len(below)
    return [(a - ratio * b) / mean for a, b in zip(above, below, strict=True)]


def _error(errors: Sequence[float], used: int, *, continuous: bool) -> float:
    """The standard error of the sum of these when so many parameters were fitted."""
    number = len(errors)
    if number <= used:
        return inf
    squares = _dot(errors, errors) * number / (number - 1)
    if continuous and number >= 2 * _GROUPS:
        cuts = [number * n // _GROUPS for n in range(_GROUPS + 1)]
        sums = [sum(errors[begin:end]) for begin, end in pairwise(cuts)]
        squares = max(squares, _dot(sums, sums) * _GROUPS / (_GROUPS - 1))
    return sqrt(squares)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _student(free: int) -> float:
    """The 97.5 % point of Student's t, by its expansion (Hill 1970); below 0.2 % off from 3."""
    if free <= 0:
        return inf
    if free <= 2:
        return (12.706, 4.303)[free - 1]
    z = NormalDist().inv_cdf(0.975)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / free**power for power, term in enumerate(terms)))
