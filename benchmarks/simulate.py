"""The simulator against exact values: every row of Erlang C and Erlang A that it is to reproduce,
the four service levels, and the chat chain, one continuous run each on the very engine that serves.

Passed when each figure is within three standard errors of the exact value, at a standard error of
at most 0.5 % of it. Estimates use control variates (see `wasl.routing.simulation.controls`); the
plain averages, whose errors are larger, are held to three of theirs as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks import Result
from wasl.routing.simulation import figures, read_scenario, reference, simulate

INTERACTIONS = 100_000  # of each system
STRETCHES = 120
REACH_PERCENT = 0.5
MOST_ERRORS = 3.0
SEED = 3
# calls an hour, handling s, patience s, agents; at most this many chats each
ROWS = (
    (200, 180, 120, 14, 1),
    (60, 180, 120, 4, 1),
    (100, 180, 120, 7, 1),
    (200, 300, 180, 20, 1),
    (1000, 180, 60, 55, 1),
    (2880, 60, 120, 50, 1),
    (240, 240, 60, 15, 1),
    (60, 600, 180, 6, 3),
)
_CHECKED = ("waited", "abandoned", "wait_all_s", "asa_s")  # and all service levels


async def run(progress: Callable[[str], None]) -> Result:
    worst_z = worst_raw_z = worst_percent = 0.0
    checked = simulated = 0
    began = time.perf_counter()
    for row in ROWS:
        for endless in (True, False):
            scenario = read_scenario(_scenario(row, endless=endless))
            exact = reference(scenario)
            if exact is None or (endless and row[4] > 1):  # no steady state, or not in the table
                continue
            told = figures(scenario, simulate(scenario, SEED))
            simulated += told.interactions
            for measure, value in exact.items():
                if value == 0 or not (measure in _CHECKED or measure.startswith("service_level")):
                    continue
                figure = told.everybody[measure]
                checked += 1
                worst_z = max(worst_z, abs(figure.value - value) / figure.error)
                worst_raw_z = max(worst_raw_z, abs(figure.raw - value) / figure.raw_error)
                worst_percent = max(worst_percent, 100 * figure.error / value)
            progress(
                f"{row} {'endless' if endless else 'patient'}: so far worst |z| {worst_z:.2f}, "
                f"error {worst_percent:.3f} %"
            )
    rate = simulated / (time.perf_counter() - began)
    return Result(
        id="simulate",
        measured=worst_percent,
        unit="% standard error, the worst",
        reach=REACH_PERCENT,
        ok=worst_percent <= REACH_PERCENT and max(worst_z, worst_raw_z) <= MOST_ERRORS,
        against=f"{checked} exact values; worst |z| {worst_z:.2f} (without controls "
        f"{worst_raw_z:.2f}) of {MOST_ERRORS:g}; {rate:,.0f} interactions/s",
    )


def _scenario(row: tuple[int, int, int, int, int], *, endless: bool) -> str:
    per_hour, handling_s, patience_s, agents, chats = row
    hours = INTERACTIONS / per_hour / STRETCHES
    return f"""
run = {{continuous = true, hours = {hours}, times = {STRETCHES}, warm_up_hours = {max(3, hours)}}}
service_level = {{target_s = 20, short_abandon_s = 20}}
concurrency = {{slowed_by = {0.25 if chats > 1 else 0}, spread = "even"}}
[[queues]]
name = "calls"
[[arrivals]]
name = "calls"
queue = "calls"
per_hour = {per_hour}
handling = {{mean_s = {handling_s}}}
{"" if endless else f"patience = {{mean_s = {patience_s}}}"}
[[agents]]
count = {agents}
queues = {{calls = 3}}
capacity = {{call = {chats}}}
"""
