"""What formulas say of the plainest scenarios, to show beside the simulation.

One Poisson class with exponential handling and exponential patience or none, agents who are all
alike and there all the time, offers accepted at once: the number n in the system is a birth-death
chain. With one place each it is Erlang C (no patience) or Erlang A (Garnett, Mandelbaum & Reiman
2002); with more it is the chain of chats that are spread evenly over the agents.
"""

from __future__ import annotations

from math import exp, factorial

from wasl.routing.simulation.scenario import Scenario

_NEGLIGIBLE = 1e-15
_MOST_STATES = 1_000_000


def reference(scenario: Scenario) -> dict[str, float] | None:
    """The exact long-run values of the measures that a formula gives, by measure; None when the
    scenario is not plain or has no steady state."""
    if not _is_plain(scenario):
        return None
    (arrivals,), (team,), (queue,) = scenario.arrivals, scenario.teams, scenario.queues
    rate, patience_s = arrivals.rates[0] * arrivals.volume, arrivals.patience_s
    each = team.capacity.get(arrivals.kind, 4) // arrivals.units
    places = team.count * each
    if each < 1 or rate <= 0 or queue.name not in team.queues:
        return None
    if scenario.slowed_by and each > 1 and scenario.spread != "even":
        return None
    ends = [_rate(n, team.count, scenario) for n in range(places + 1)]
    leaves = 1 / patience_s if patience_s else 0.0
    if not leaves and rate >= ends[places]:
        return None
    chances = _chances(rate, ends, leaves)
    in_queue = sum((n - places) * chance for n, chance in enumerate(chances) if n > places)
    values = {
        "waited": sum(chances[places:]),
        "wait_all_s": in_queue / rate,
        "abandoned": in_queue * leaves / rate,
    }
    times = (arrivals.target_s, scenario.short_abandon_s)
    if not leaves:
        gap = ends[places] - rate
        met = 1 - values["waited"] * exp(-gap * times[0])
        values["asa_s"] = values["wait_all_s"]
        for name in ("offered", "excluding_short", "short_met", "answered"):
            values[f"service_level_{name}"] = met
        return values
    met, soon = _outcomes(chances, ends[places], leaves, times[0], places)
    _, short = _outcomes(chances, ends[places], leaves, times[1], places)
    values["service_level_offered"] = met
    values["service_level_excluding_short"] = met / (1 - short)
    values["service_level_short_met"] = met + soon
    values["service_level_answered"] = met / (1 - values["abandoned"])
    return values


def _is_plain(scenario: Scenario) -> bool:
    if len(scenario.arrivals) != 1 or len(scenario.teams) != 1 or len(scenario.queues) != 1:
        return False
    (arrivals,), (team,), (queue,) = scenario.arrivals, scenario.teams, scenario.queues
    return (
        arrivals.process == "poisson"
        and len(arrivals.rates) == 1
        and arrivals.requirement is None
        and not arrivals.knows_agent
        and arrivals.handling.distribution == "exponential"
        and not team.shifts
        and not (queue.accept_after_s or queue.declines or queue.misses)
        and not queue.steps
        and scenario.run.continuous
    )


def _rate(n: int, agents: int, scenario: Scenario) -> float:
    """Completions per second with n in hand, spread evenly."""
    each, more = divmod(n, agents)
    slowed = scenario.slowed_by

    def pace(j: int) -> float:
        return j / (1 + slowed * (j - 1)) if j else 0.0

    mean_s = scenario.arrivals[0].handling.mean_s
    return ((agents - more) * pace(each) + more * pace(each + 1)) / mean_s


def _chances(rate: float, ends: list[float], leaves: float) -> list[float]:
    """The stationary chances of n in the system, as far as they matter."""
    places = len(ends) - 1
    weights = [1.0]
    total = 1.0
    while len(weights) < _MOST_STATES:
        n = len(weights)
        out = ends[min(n, places)] + max(0, n - places) * leaves
        weights.append(weights[-1] * rate / out)
        total += weights[-1]
        if n > places and weights[-1] < total * _NEGLIGIBLE:
            break
        if weights[-1] > 1e200:  # stays within floating point
            weights = [weight / 1e200 for weight in weights]
            total /= 1e200
    return [weight / total for weight in weights]


def _outcomes(
    chances: list[float], all_busy: float, leaves: float, within_s: float, places: int
) -> tuple[float, float]:
    """The chances to be answered, and to have left, within so many seconds.

    With j waiting before it, an interaction moves up at `all_busy` + j·`leaves`, is answered from
    the head at `all_busy`, and leaves at `leaves`: a small chain, made uniform.
    """
    ahead = chances[places:]
    fastest = all_busy + len(ahead) * leaves
    steps = fastest * within_s
    answered, left = [0.0] * len(ahead), [0.0] * len(ahead)
    met = soon = 0.0
    pieces = max(1, int(steps / 300) + 1)  # short enough for exp
    weights = [_poisson(steps / pieces, n) for n in range(int(steps / pieces) * 2 + 120)]
    for _ in range(pieces):
        answered, left = _a_while(answered, left, weights, (all_busy, leaves, fastest))
    for chance, yes, no in zip(ahead, answered, left, strict=True):
        met += chance * yes
        soon += chance * no
    return sum(chances[:places]) + met, soon


def _a_while(
    answered: list[float],
    left: list[float],
    weights: list[float],
    rates: tuple[float, float, float],
) -> tuple[list[float], list[float]]:
    """The outcomes by place when that much more time is given."""
    all_busy, leaves, fastest = rates
    yes, no = [0.0] * len(answered), [0.0] * len(answered)
    a, b = answered, left
    for weight in weights:
        for j in range(len(a)):
            yes[j] += weight * a[j]
            no[j] += weight * b[j]
        moved_a, moved_b = [], []
        for j in range(len(a)):
            up = (all_busy + j * leaves) / fastest
            go = leaves / fastest
            stay = 1 - up - go
            moved_a.append(stay * a[j] + up * (a[j - 1] if j else 1.0))
            moved_b.append(stay * b[j] + up * (b[j - 1] if j else 0.0) + go)
        a, b = moved_a, moved_b
    return yes, no


def _poisson(mean: float, n: int) -> float:
    if n < 150:
        return exp(-mean) * mean**n / factorial(n)
    chance = _poisson(mean, 149)
    for k in range(150, n + 1):
        chance *= mean / k
    return chance
