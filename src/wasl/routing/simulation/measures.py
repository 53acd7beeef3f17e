"""What a simulation tells: each measure as two sums over stretches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from wasl.routing.simulation.estimate import Figure, Fit, difference
from wasl.routing.simulation.scenario import Scenario
from wasl.routing.simulation.tally import ClassTally, Stretch

Sums = tuple[list[float], list[float]]  # above and below the line, one of each per stretch
_Ratio = Callable[[ClassTally], tuple[float, float]]

# service level: four ways to count who abandons; never shown without saying which
_RATIOS: dict[str, _Ratio] = {
    "service_level_offered": lambda one: (one.met, one.answered + one.abandoned),
    "service_level_excluding_short": lambda one: (
        one.met,
        one.answered + one.abandoned - one.short,
    ),
    "service_level_short_met": lambda one: (one.met + one.soon, one.answered + one.abandoned),
    "service_level_answered": lambda one: (one.met, one.answered),
    "asa_s": lambda one: (one.wait_answered_s, one.answered),
    "wait_all_s": lambda one: (one.wait_all_s, one.answered + one.abandoned),
    "waited": lambda one: (one.waited, one.answered + one.abandoned),
    "abandoned": lambda one: (one.abandoned, one.answered + one.abandoned),
    "abandon_rate": lambda one: (one.abandoned - one.short, one.offered - one.short),
    "affinity_hits": lambda one: (one.hits, one.known),
    "overflowed": lambda one: (one.overflowed, one.offered),
    "turned_away": lambda one: (one.turned_away, one.offered + one.turned_away),
    "declined": lambda one: (one.declined, one.answered + one.declined + one.missed),
    "missed": lambda one: (one.missed, one.answered + one.declined + one.missed),
    "unserved": lambda one: (one.offered - one.answered - one.abandoned, one.offered),
}
PERCENTILES = {"wait_p50_s": 0.5, "wait_p90_s": 0.9}
SECONDS = frozenset(("asa_s", "wait_all_s", *PERCENTILES))
SHARES = frozenset(_RATIOS) - {"asa_s", "wait_all_s"} | {"occupancy", "occupancy_spread"}
IF_ANY = ("turned_away", "declined", "missed")  # told only where it happens
OF_AGENTS = ("occupancy", "occupancy_spread")
OF_CLASSES = (*_RATIOS, *PERCENTILES, "offered")
MEASURES = (*OF_CLASSES, *OF_AGENTS)


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of a scenario: of everybody, and of each class. `runs` are the service levels
    (offered) of each stretch, `hours` those by hour of arrival; None when nobody came."""

    everybody: dict[str, Figure]
    classes: dict[str, dict[str, Figure]]
    interactions: int
    runs: list[float]
    hours: list[Figure | None]


def sums_of(measure: str, stretches: Sequence[Stretch], classes: Sequence[int]) -> Sums:
    """The measure's two sums for the classes with these indices."""
    if measure in OF_AGENTS:
        return _occupancy(measure, stretches)
    if measure in PERCENTILES:
        return _percentiles(PERCENTILES[measure], stretches, classes)
    above, below = [], []
    for stretch in stretches:
        sums = (0.0, 0.0)
        for index in classes:
            a, b = _offered(stretch.classes[index], measure)
            sums = (sums[0] + a, sums[1] + b)
        above.append(sums[0])
        below.append(sums[1] if measure != "offered" else 1.0)
    return above, below


def figures(scenario: Scenario, stretches: Sequence[Stretch]) -> Result:
    """Every measure of everybody, and of each class."""
    names = [one.name for one in scenario.arrivals]
    controls = [stretch.controls for stretch in stretches]
    fit = Fit(controls, continuous=scenario.run.continuous)
    # how many came is told as it was: with controls it would be what was put in
    plain = Fit([[] for _ in stretches], continuous=scenario.run.continuous)

    def of(measures: Sequence[str], classes: Sequence[int]) -> dict[str, Figure]:
        told: dict[str, Figure] = {}
        for name in measures:
            above, below = sums_of(name, stretches, classes)
            figure = (plain if name == "offered" else fit).ratio(above, below)
            if figure is not None and (name not in IF_ANY or any(above)):
                told[name] = figure
        return told

    everybody = range(len(names))
    hours = range(len(stretches[0].classes[0].offered_by_hour))
    return Result(
        of(MEASURES, everybody),
        {name: of(OF_CLASSES, [index]) for index, name in enumerate(names)},
        sum(one.offered for stretch in stretches for one in stretch.classes),
        [
            above / below
            for above, below in zip(
                *sums_of("service_level_offered", stretches, everybody), strict=True
            )
            if below
        ],
        [fit.ratio(*hour_of(stretches, everybody, hour)) for hour in hours],
    )


def hour_of(stretches: Sequence[Stretch], classes: Sequence[int], hour: int) -> Sums:
    """How many who came in the hour were met, and how many came."""
    return (
        [float(sum(one.classes[n].met_by_hour[hour] for n in classes)) for one in stretches],
        [float(sum(one.classes[n].offered_by_hour[hour] for n in classes)) for one in stretches],
    )


def differences(
    ours: Sequence[Stretch], theirs: Sequence[Stretch], *, continuous: bool
) -> dict[str, Figure]:
    """Every measure of everybody, ours minus theirs."""

    def sums(measure: str, stretches: Sequence[Stretch]) -> Sums:
        return sums_of(measure, stretches, range(len(stretches[0].classes)))

    told: dict[str, Figure] = {}
    for name in MEASURES:
        both = sums(name, ours), sums(name, theirs)
        change = difference(*both, continuous=continuous)
        if change is not None and (name not in IF_ANY or any(both[0][0] + both[1][0])):
            told[name] = change
    return told


def _offered(one: ClassTally, measure: str) -> tuple[float, float]:
    return (one.offered, 1.0) if measure == "offered" else _RATIOS[measure](one)


def _occupancy(measure: str, stretches: Sequence[Stretch]) -> Sums:
    """At work ÷ present, of all together; or how far single agents are from one another (the
    standard deviation in a stretch)."""
    if measure == "occupancy":
        return [sum(one.busy_s) for one in stretches], [sum(one.present_s) for one in stretches]
    spreads = []
    for one in stretches:
        shares = [b / p for b, p in zip(one.busy_s, one.present_s, strict=True) if p > 0]
        mean = sum(shares) / max(1, len(shares))
        variance = sum((share - mean) ** 2 for share in shares) / max(1, len(shares) - 1)
        spreads.append(sqrt(variance))
    return spreads, [1.0] * len(stretches)


def _percentiles(share: float, stretches: Sequence[Stretch], classes: Sequence[int]) -> Sums:
    """The percentile of the waits of the answered, averaged over stretches that had some."""
    above, below = [], []
    for stretch in stretches:
        waits = sorted(wait for index in classes for wait in stretch.classes[index].waits)
        above.append(waits[int(share * (len(waits) - 1))] if waits else 0.0)
        below.append(float(bool(waits)))
    return above, below
