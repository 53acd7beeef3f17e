"""All runs of a scenario, one after another."""

from __future__ import annotations

from collections.abc import Callable

from wasl.routing.simulation.centre import Centre
from wasl.routing.simulation.controls import Basis
from wasl.routing.simulation.scenario import Scenario
from wasl.routing.simulation.tally import Stretch


def simulate(
    scenario: Scenario, seed: int, progress: Callable[[int], None] = lambda done: None
) -> list[Stretch]:
    """Runs the scenario; `progress` gets how many stretches are done, each time one is."""
    basis = Basis(scenario)
    stretches: list[Stretch] = []
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done)

    for run in range(1 if scenario.run.continuous else scenario.run.times):
        centre = Centre(scenario, basis, seed, run)
        centre.run(one_more)
        stretches += centre.stretches
    return stretches
