"""The simulation against exact values, quickly: the same check at a smaller error is the benchmark
`simulate`. The seed is fixed, so that a pass today is a pass tomorrow."""

from __future__ import annotations

from heapq import heapreplace

import pytest

from tests.routing.simulation.plain import CHAT, ROWS, Row, plain
from wasl.routing.simulation import Scenario, figures, read_scenario, reference, simulate
from wasl.routing.simulation.sources import Source

_State = tuple[tuple[int, ...], int]  # agents by chats in hand; waiting

SEED = 11
WIDEST = 0.1  # standard error ÷ value


def hold(scenario: Scenario, seed: int = SEED) -> None:
    exact = reference(scenario)
    assert exact is not None
    told = figures(scenario, simulate(scenario, seed)).everybody
    for measure, value in exact.items():
        figure = told[measure]
        if value == 0:
            assert figure.value == 0
            continue
        assert abs(figure.value - value) <= 3 * figure.error, (measure, figure, value)
        assert figure.error <= WIDEST * value, (measure, figure, value)


@pytest.mark.parametrize("row", ROWS[:6], ids=str)
def test_erlang_c(row: Row) -> None:
    hold(read_scenario(plain(row, endless=True, interactions=12_000, stretches=90)))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_erlang_a(row: Row) -> None:
    hold(read_scenario(plain(row, interactions=12_000, stretches=90)))


def test_chats_spread_evenly() -> None:
    hold(read_scenario(plain(CHAT, chats=True, interactions=12_000, stretches=90)))


def test_chats_as_they_fall_are_slower_than_the_formula_says() -> None:
    """Nobody moves a chat to another agent when one ends: the least loaded get the new ones, but
    the spread is not even. The exact value is that of the chain of all (agents with 0, 1, 2, 3
    chats; waiting)."""
    exact = waiting_share_of_the_least_loaded()
    assert exact > 0.1245  # the even spread has 0.1203
    text = plain(CHAT, chats=True, interactions=12_000, stretches=90).replace('spread = "even"', "")
    told = figures((one := read_scenario(text)), simulate(one, SEED)).everybody["waited"]
    assert abs(told.value - exact) <= 3 * told.error
    assert told.error <= WIDEST * exact


def test_wait_by_wait_as_in_the_recursion() -> None:
    """Kiefer & Wolfowitz: the next one begins when the first agent is free. Same chance, same
    waits, one by one."""
    scenario = read_scenario(plain(ROWS[1], endless=True, interactions=2_000, stretches=2))
    source = Source(scenario.arrivals[0], SEED, 0)
    last_s = scenario.run.warm_up_s + 2 * scenario.run.stretch_s
    moments: list[float] = []
    n = 0
    while n * scenario.arrivals[0].slot_s < last_s:
        moments += source.slot(n, n * scenario.arrivals[0].slot_s)[1]
        n += 1
    free = [0.0] * 4
    waits: list[float] = []
    for at_s in moments:
        begins_s = max(at_s, free[0])
        heapreplace(free, begins_s + source.draw().work_s)
        if scenario.run.warm_up_s <= at_s < last_s:
            waits.append(begins_s - at_s)
    stretches = simulate(scenario, SEED)
    simulated = sorted(wait for one in stretches for wait in one.classes[0].waits)
    assert len(simulated) > 1_500
    assert simulated == pytest.approx(sorted(waits), abs=1e-3)  # the engine's clock has µs


def test_controls_do_not_hide_what_the_engine_does() -> None:
    """Offers that take long to accept: no formula holds, and the estimate with controls agrees
    with the plain average, far from the formula."""
    text = plain(ROWS[6], interactions=12_000, stretches=90)
    formula = reference(read_scenario(text))
    slow = read_scenario(text.replace('name = "q"', 'name = "q"\naccept_after_s = 8'))
    told = figures(slow, simulate(slow, SEED)).everybody
    assert formula is not None
    for measure in ("abandoned", "service_level_offered"):
        figure = told[measure]
        assert abs(figure.value - figure.raw) <= 3 * figure.raw_error
        assert abs(figure.value - formula[measure]) > 10 * figure.error
        assert figure.error < figure.raw_error


def waiting_share_of_the_least_loaded() -> float:
    arrive, leave = 60 / 3600, 1 / 180
    ends = [0.0] + [j / (600 * (1 + 0.25 * (j - 1))) for j in (1, 2, 3)]

    def moved(loads: tuple[int, ...], down: int, up: int) -> tuple[int, ...]:
        return tuple(n - (j == down) + (j == up) for j, n in enumerate(loads))

    def next_of(state: _State) -> list[tuple[_State, float]]:
        loads, waiting = state
        after: list[tuple[_State, float]] = []
        least = next(j for j in range(4) if loads[j])
        if least < 3:
            after.append(((moved(loads, least, least + 1), 0), arrive))
        elif waiting < 50:
            after.append(((loads, waiting + 1), arrive))
        for j in (1, 2, 3):
            if loads[j] and waiting:
                after.append(((loads, waiting - 1), loads[j] * ends[j]))
            elif loads[j]:
                after.append(((moved(loads, j, j - 1), 0), loads[j] * ends[j]))
        if waiting:
            after.append(((loads, waiting - 1), waiting * leave))
        return after

    chain: dict[_State, list[tuple[_State, float]]] = {}
    found: list[_State] = [((6, 0, 0, 0), 0)]
    while found:
        state = found.pop()
        if state not in chain:
            chain[state] = next_of(state)
            found += [after for after, _ in chain[state]]
    fastest = 1.05 * max(sum(rate for _, rate in after) for after in chain.values())
    at = {state: n for n, state in enumerate(chain)}
    flows = [
        (at[state], at[after], rate / fastest) for state in chain for after, rate in chain[state]
    ]
    chances = [1 / len(chain)] * len(chain)
    for _ in range(4_000):
        before = chances[:]
        for begin, end, share in flows:
            chances[begin] -= before[begin] * share
            chances[end] += before[begin] * share
    return sum(chances[n] for (loads, _), n in at.items() if loads == (0, 0, 0, 6))
