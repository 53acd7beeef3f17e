"""A day that was written down is played as it was."""

from __future__ import annotations

from tests.routing.simulation.test_centre import day
from wasl.routing.simulation import Draw, Recorded, read_scenario, simulate
from wasl.routing.simulation.scenario import Arrivals
from wasl.routing.simulation.sources import Source

SEED = 11
SLOTS = 4  # of half an hour


def _came(arrivals: Arrivals, run: int) -> list[tuple[float, Draw]]:
    source = Source(arrivals, SEED, run)
    moments = [at for n in range(SLOTS) for at in source.slot(n, n * arrivals.slot_s)[1]]
    return [(at, source.draw()) for at in moments]


def test_what_was_drawn_and_written_down_is_played_the_same() -> None:
    scenario = read_scenario(day(times=3, arrivals="per_hour = 90"))
    drawn = simulate(scenario, SEED)
    played = simulate(
        scenario, SEED, source_of=lambda arrivals, run: Recorded(arrivals, _came(arrivals, run))
    )
    assert [one.classes for one in played] == [one.classes for one in drawn]
    assert [one.busy_s for one in played] == [one.busy_s for one in drawn]
    assert sum(one.classes[0].abandoned for one in played) > 0


def test_another_record_is_another_day() -> None:
    scenario = read_scenario(day(times=2, patience=""))
    came = [(60.0 * n, Draw(None, 30.0, None)) for n in range(5)]
    one, other = simulate(scenario, SEED, source_of=lambda arrivals, run: Recorded(arrivals, came))
    assert one.classes == other.classes
    assert (one.classes[0].offered, one.classes[0].answered) == (5, 5)
    assert sum(one.busy_s) == 150.0
