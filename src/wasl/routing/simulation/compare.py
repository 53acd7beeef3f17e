"""Today and what if, side by side: the same chance on both sides, so that the difference and its
interval are not luck.

Nothing is taken out with control variates here: so the figures of both sides and their difference
agree with one another to the last digit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from wasl.routing.simulation.estimate import Figure, Fit, difference
from wasl.routing.simulation.measures import IF_ANY, Sums, hour_of, sums_of
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.running import simulate
from wasl.routing.simulation.scenario import Scenario
from wasl.routing.simulation.tally import ClassTally, Stretch
from wasl.routing.simulation.told import bounds

LEVELS = {
    "offered": "service_level_offered",
    "without_short": "service_level_excluding_short",
    "short_met": "service_level_short_met",
    "answered": "service_level_answered",
}
COMPARED = (
    *LEVELS.values(),
    "abandon_rate",
    "asa_s",
    "wait_p50_s",
    "wait_p90_s",
    "occupancy",
    "unserved",
    *IF_ANY,
)
_HARDLY_ANYBODY = 0.01  # of those who come in a day: such an hour says nothing
_RARE = ("unserved", *IF_ANY)  # told only where it happens

Side = Mapping[str, Any]


def compare(
    today: Scenario,
    scenario: Scenario,
    seed: int,
    queue: str | None,
    level: str,
    progress: Callable[[float], None],
) -> dict[str, Any]:
    """What would be other than today, for those who come to the queue (None: to all of them).

    `{runs, interactions, measures: {name: {today, scenario, change}}, looser, hours: {first, today,
    scenario}, runs_of: {today, scenario}}`. A figure is {value, low, high}, shares from 0 to 1,
    waits in seconds. `looser` is how much of the change of `level` (a measure) is only another
    target: today's waits counted by the scenario's; None when the targets are the same.
    """
    if today.run != scenario.run or today.run.continuous:
        raise ScenarioInvalid("the two scenarios must have the same [run], of stretches apart")
    sides: list[list[Stretch]] = []
    for n, one in enumerate((today, scenario)):

        def tell(done: int, n: int = n) -> None:
            progress((n + done / today.run.times) / 2)

        sides.append(scoped(one, simulate(one, seed, tell), queue))
    before, after = sides
    measures = {}
    for name in COMPARED:
        both = sums(name, before), sums(name, after)
        row = _row(name, *both)
        if row is not None and (name not in _RARE or any(both[0][0] + both[1][0])):
            measures[name] = row
    return {
        "runs": today.run.times,
        "interactions": sum(one.offered for side in sides for run in side for one in run.classes),
        "measures": measures,
        "looser": _looser(today, scenario, queue, level, before),
        "hours": {
            "first": int(today.run.start_s // 3600),
            "today": _hours(before),
            "scenario": _hours(after),
        },
        "runs_of": {"today": _each_run(level, before), "scenario": _each_run(level, after)},
    }


def sums(measure: str, stretches: Sequence[Stretch]) -> Sums:
    """The measure's two sums for everybody in the stretches."""
    return sums_of(measure, stretches, range(len(stretches[0].classes)))


def scoped(scenario: Scenario, stretches: Sequence[Stretch], queue: str | None) -> list[Stretch]:
    """The stretches with only those who came to the queue, and its agents."""
    if queue is None:
        return list(stretches)
    classes = [n for n, one in enumerate(scenario.arrivals) if one.queue == queue]
    members = [queue in team.queues for team in scenario.teams for _ in range(team.count)]
    agents = [n for n, member in enumerate(members) if member]
    return [
        Stretch(
            [one.classes[n] for n in classes],
            [one.busy_s[n] for n in agents],
            [one.present_s[n] for n in agents],
        )
        for one in stretches
    ]


def recounted(stretches: Sequence[Stretch], targets: Sequence[float]) -> list[Stretch]:
    """The same waits, held against other targets, one for each class."""
    return [
        replace(
            one,
            classes=[
                _held_against(tally, target)
                for tally, target in zip(one.classes, targets, strict=True)
            ],
        )
        for one in stretches
    ]


def _held_against(tally: ClassTally, target_s: float) -> ClassTally:
    return replace(
        tally,
        met=bisect_right(sorted(tally.waits), target_s),
        soon=bisect_right(sorted(tally.left), target_s),
    )


def _looser(
    today: Scenario, scenario: Scenario, queue: str | None, level: str, before: list[Stretch]
) -> dict[str, float | None] | None:
    def targets(one: Scenario) -> list[float]:
        return [a.target_s for a in one.arrivals if queue is None or a.queue == queue]

    if targets(today) == targets(scenario):
        return None
    again = recounted(before, targets(scenario))
    change = difference(sums(level, again), sums(level, before), continuous=False)
    return _change(change) if change is not None else None


def _row(name: str, before: Sums, after: Sums) -> dict[str, Any] | None:
    plain = Fit([[] for _ in before[0]], continuous=False)
    was, would = plain.ratio(*before), plain.ratio(*after)
    change = difference(after, before, continuous=False)
    if was is None or would is None or change is None:
        return None
    return {
        "today": _figure(name, was),
        "scenario": _figure(name, would),
        "change": _change(change),
    }


def _hours(stretches: list[Stretch]) -> list[dict[str, float | None] | None]:
    plain = Fit([[] for _ in stretches], continuous=False)
    classes = range(len(stretches[0].classes))
    hours = [
        hour_of(stretches, classes, hour)
        for hour in range(len(stretches[0].classes[0].offered_by_hour))
    ]
    enough = _HARDLY_ANYBODY * sum(sum(came) for _, came in hours)
    figures = [plain.ratio(*both) if sum(both[1]) > enough else None for both in hours]
    return [_figure("service_level_offered", one) if one is not None else None for one in figures]


def _each_run(level: str, stretches: list[Stretch]) -> list[float]:
    return [above / below for above, below in zip(*sums(level, stretches), strict=True) if below]


def _figure(name: str, figure: Figure) -> dict[str, float | None]:
    if not isfinite(figure.half):
        return {"value": figure.value, "low": None, "high": None}
    low, high = bounds(name, figure)
    return {"value": figure.value, "low": low, "high": high}


def _change(figure: Figure) -> dict[str, float | None]:
    half = figure.half if isfinite(figure.half) else None
    return {
        "value": figure.value,
        "low": figure.value - half if half is not None else None,
        "high": figure.value + half if half is not None else None,
    }
