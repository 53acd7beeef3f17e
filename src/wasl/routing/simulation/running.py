"""All runs of a scenario, one after another."""

from __future__ import annotations

from collections.abc import Callable

from wasl.routing.simulation.centre import Centre
from wasl.routing.simulation.controls import Basis
from wasl.routing.simulation.scenario import Arrivals, Scenario
from wasl.routing.simulation.sources import Source, SourceOf
from wasl.routing.simulation.tally import Stretch


def simulate(
    scenario: Scenario,
    seed: int,
    progress: Callable[[int], None] = lambda done: None,
    source_of: SourceOf | None = None,
) -> list[Stretch]:
    """Runs the scenario; `progress` gets how many stretches are done, each time one is. Who comes
    is drawn by `seed`, unless `source_of` says otherwise."""
    basis = Basis(scenario)
    stretches: list[Stretch] = []
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done)

    def drawn(arrivals: Arrivals, run: int) -> Source:
        return Source(arrivals, seed, run)

    for run in range(1 if scenario.run.continuous else scenario.run.times):
        centre = Centre(scenario, basis, seed, run, source_of or drawn)
        centre.run(one_more)
        stretches += centre.stretches
    return stretches
