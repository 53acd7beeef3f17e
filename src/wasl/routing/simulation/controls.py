"""Control variates: what is known beforehand about chance, to take its luck out of the result.

Arrivals come at a known rate; with exponential handling each one in hand ends at a known rate times
its speed; with exponential patience each one who waits leaves at a known rate. So what happened
minus what was due (the rates, integrated over the simulated time, with the *simulated* numbers in
hand and waiting) is a martingale, and so is every sum of it with weights that depend on the state
just before (Henderson & Glynn 2002 call it an approximating martingale). Its mean is zero however
agents are chosen, wrongly too, so that subtracting a multiple of it changes the estimate's variance
and not its mean: a mistake of the engine stays in full view. The weights are a step and ramps of
the level, which is the number of live interactions minus the places of the agents who are there:
what luck does depends on how near the centre is to being full.

In a continuous run, which is stationary, the flow upwards over a level is as large as the flow
downwards, so that what was due in both directions has equal means as well (rate conservation).

A rate that is not known (lognormal handling, counts from history) gives no control.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from wasl.routing.simulation.scenario import Scenario, Team

ARRIVED, ENDED, ABANDONED = range(3)
_KNOTS = (0.0, 0.5, 1.0, 2.0, 4.0, -0.5, -1.0, -2.0, -3.0)  # in square roots of all places
_LEAST_RUNS_EACH = 6  # stretches for each control, or its weight is guessed rather than estimated


class Counted:
    """Of one class in one stretch, by level: what happened and what was due."""

    __slots__ = ("due", "happened")

    def __init__(self, levels: int) -> None:
        self.happened = [[0.0] * levels for _ in range(3)]
        self.due = [[0.0] * levels for _ in range(3)]


class Basis:
    """The weights, and which controls a scenario allows."""

    def __init__(self, scenario: Scenario) -> None:
        self._needs = {(one.kind, one.units) for one in scenario.arrivals}
        places = max(1, sum(team.count * self.places_of(team) for team in scenario.teams))
        away = max(200, round(20 * sqrt(places)))  # further from full is all the same
        self._offset = min(places + 1, away)
        self.size = self._offset + away
        levels = [(index - self._offset) / sqrt(places) for index in range(self.size)]
        self._weights = [
            [float(level >= 0) for level in levels],
            *([max(0.0, level - knot) for level in levels] for knot in _KNOTS),
            levels,
        ]
        self._known = [
            (
                one.process != "history",
                one.handling.distribution == "exponential",
                one.patience_s is not None,
            )
            for one in scenario.arrivals
        ]
        self._conserves = scenario.run.continuous and all(
            arrives and ends for arrives, ends, _ in self._known
        )
        self._most = scenario.run.times // _LEAST_RUNS_EACH

    def places_of(self, team: Team) -> int:
        """How many interactions an agent of the team takes at once."""
        return max(
            (team.capacity.get(kind, 4) // units for kind, units in self._needs),
            default=1,
        )

    def index(self, level: int) -> int:
        return min(max(level + self._offset, 0), self.size - 1)

    def controls(self, counted: list[Counted]) -> list[float]:
        """The controls of a stretch, those that usually help most first, and not too many."""
        values: list[float] = []
        for value in self._in_order(counted):
            values.append(value)
            if len(values) >= self._most:
                break
        return values[: self._most]

    def _in_order(self, counted: list[Counted]) -> Iterator[float]:
        for one, known in zip(counted, self._known, strict=True):
            for what in (ARRIVED, ENDED, ABANDONED):
                if known[what]:
                    yield sum(one.happened[what]) - sum(one.due[what])
        if self._conserves:
            for weight in self._weights:
                yield sum(
                    _weighted(weight, one.due[ARRIVED])
                    - _weighted(weight, one.due[ENDED])
                    - _weighted(weight, one.due[ABANDONED])
                    for one in counted
                )
        for weight in self._weights:
            for one, known in zip(counted, self._known, strict=True):
                for what in (ARRIVED, ENDED, ABANDONED):
                    if known[what]:
                        yield _weighted(weight, one.happened[what]) - _weighted(
                            weight, one.due[what]
                        )


def _weighted(weights: list[float], values: list[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True) if value)
