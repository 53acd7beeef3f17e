"""A simulation's outcome, as text for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from wasl.routing.simulation import measures, theory
from wasl.routing.simulation.estimate import Figure
from wasl.routing.simulation.measures import SECONDS, SHARES, Result
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.running import simulate
from wasl.routing.simulation.scenario import Scenario
from wasl.routing.simulation.words import Words

_SHOWN_OF_CLASSES = ("offered", "service_level_offered", "asa_s", "wait_p90_s", "abandoned")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario with its result, what formulas say of it, and how it differs from another."""

    scenario: Scenario
    seed: int
    result: Result
    exact: Mapping[str, float]
    before: Outcome | None = None
    changes: Mapping[str, Figure] | None = None


def try_out(
    scenario: Scenario,
    seed: int,
    progress: Callable[[float], None],
    before: Scenario | None = None,
) -> Outcome:
    """Simulates the scenario, and with the same chance the one before it; `progress` gets the
    share that is done. Raises ScenarioInvalid when the two are not of the same stretches."""
    if before is not None and before.run != scenario.run:
        raise ScenarioInvalid("the two scenarios must have the same [run]")
    both = [scenario] if before is None else [before, scenario]
    outcomes: list[Outcome] = []
    stretches = []
    for n, one in enumerate(both):

        def tell(done: int, n: int = n) -> None:
            progress((n + done / scenario.run.times) / len(both))

        stretches.append(simulate(one, seed, tell))
        result = measures.figures(one, stretches[-1])
        outcomes.append(Outcome(one, seed, result, theory.reference(one) or {}))
    if before is None:
        return outcomes[0]
    changes = measures.differences(stretches[1], stretches[0], continuous=scenario.run.continuous)
    last = outcomes[1]
    return Outcome(scenario, seed, last.result, last.exact, outcomes[0], changes)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON: shares from 0 to 1, waits in seconds; a bound that can't be told is
    null."""
    result = outcome.result
    told: dict[str, Any] = {
        "scenario": outcome.scenario.name,
        "seed": outcome.seed,
        "interactions": result.interactions,
        "stretches": outcome.scenario.run.times,
        "everybody": _figures(result.everybody),
        "classes": {name: _figures(figures) for name, figures in result.classes.items()},
        "formula": dict(outcome.exact),
        "service_level_by_hour": [
            _figure(figure) if figure is not None else None for figure in result.hours
        ],
    }
    if outcome.before is not None and outcome.changes is not None:
        told["against"] = as_json(outcome.before)
        told["changes"] = _figures(outcome.changes)
    return told


def as_text(outcome: Outcome) -> str:
    """A table for a terminal."""
    words, scenario, result = Words("en"), outcome.scenario, outcome.result
    heads = ["", "value", "95 % interval"]
    if outcome.exact:
        heads.append("formula")
    if outcome.changes is not None:
        heads += ["change", "95 % interval"]
    rows = [heads]
    for name in measures.MEASURES:
        figure = result.everybody.get(name)
        if figure is None:
            continue
        label = words.measure(name, scenario.common_target_s, scenario.short_abandon_s)
        row = [label, shown(words, name, figure.value), interval(words, name, figure)]
        if outcome.exact:
            row.append(shown(words, name, outcome.exact[name]) if name in outcome.exact else "")
        if outcome.changes is not None:
            change = outcome.changes.get(name)
            row += _change(words, name, change)
        rows.append(row)
    lines = [f"{scenario.name}: {counted(words, outcome)}", "", *_aligned(rows)]
    if len(result.classes) > 1:
        targets = {one.name: one.target_s for one in scenario.arrivals}
        for class_name, figures in result.classes.items():
            labels = [
                words.measure(name, targets[class_name], scenario.short_abandon_s)
                for name in _SHOWN_OF_CLASSES
            ]
            rows = [
                [label, shown(words, name, figures[name].value),
                 interval(words, name, figures[name])]
                for name, label in zip(_SHOWN_OF_CLASSES, labels, strict=True)
                if name in figures
            ]  # fmt: skip
            lines += ["", f"{class_name}:", *_aligned(rows)]
    return "\n".join(lines)


def counted(words: Words, outcome: Outcome) -> str:
    """How much was simulated."""
    run = outcome.scenario.run
    return words.text(
        "counted",
        n=words.number(outcome.result.interactions),
        times=words.number(run.times),
        hours=words.number(run.stretch_s / 3600, 0 if run.stretch_s % 3600 == 0 else 2),
        seed=words.number(outcome.seed).replace(",", ""),
    )


def shown(words: Words, measure: str, value: float) -> str:
    """A value of the measure, with its unit."""
    if measure in SHARES:
        return words.percent(value, 1 if value >= 0.1 or value == 0 else 2)
    number = words.number(value, 1)
    return words.text("seconds", n=number) if measure in SECONDS else number


def interval(words: Words, measure: str, figure: Figure) -> str:
    """The interval from its low to its high end; shares stay between 0 and 1."""
    if not isfinite(figure.half):
        return "-"
    low, high = bounds(measure, figure)
    return words.span(shown(words, measure, low), shown(words, measure, high))


def bounds(measure: str, figure: Figure) -> tuple[float, float]:
    """The ends of the interval, as far as such a value can lie."""
    low = max(0.0, figure.value - figure.half)
    high = figure.value + figure.half
    return low, min(1.0, high) if measure in SHARES else high


def changed(words: Words, measure: str, change: Figure) -> list[str]:
    """A change with its unit, and the ends of its interval; shares change by points."""

    def told(value: float) -> str:
        if measure in SHARES:
            return words.text("points", n=words.signed(100 * value, 2))
        number = words.signed(value, 1)
        return words.text("seconds", n=number) if measure in SECONDS else number

    return [told(change.value + side * change.half) for side in (0, -1, 1)]


def _change(words: Words, measure: str, change: Figure | None) -> list[str]:
    if change is None or not isfinite(change.half):
        return ["", ""]
    texts = changed(words, measure, change)
    return [texts[0], words.span(texts[1], texts[2])]


def _figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: _figure(figure) for name, figure in figures.items()}


def _figure(figure: Figure) -> dict[str, float | None]:
    half = figure.half if isfinite(figure.half) else None
    return {
        "value": figure.value,
        "standard_error": figure.error if isfinite(figure.error) else None,
        "low": figure.value - half if half is not None else None,
        "high": figure.value + half if half is not None else None,
    }


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
