"""What would happen if: a centre on a clock of its own, matched by the very engine that serves.

`read_scenario` reads a file, `simulate` runs it, `figures` and `differences` say what came of it.
Pure: no database, no network; the same scenario and seed give the same result.
"""

from collections.abc import Callable

from wasl.routing.simulation.centre import Centre
from wasl.routing.simulation.controls import Basis
from wasl.routing.simulation.measures import Result, differences, figures
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.scenario import Scenario, read_scenario
from wasl.routing.simulation.tally import Stretch
from wasl.routing.simulation.theory import reference

__all__ = [
    "Result",
    "Scenario",
    "ScenarioInvalid",
    "Stretch",
    "differences",
    "figures",
    "read_scenario",
    "reference",
    "simulate",
]


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
