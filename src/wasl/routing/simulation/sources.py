"""What chance decides: when interactions come, how long they wait and how long they last.

Every class has streams of its own, one for arrivals and one for what an interaction is like, which
is drawn in the order of arrival. So whoever comes is the same in two scenarios with the same seed
however they are served, and the difference between the two is not luck.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import log, log1p, sqrt
from random import Random
from typing import NamedTuple, Protocol

from wasl.routing.simulation.scenario import Arrivals


class Draw(NamedTuple):
    """One interaction: its patience (None: for ever), the work in it, and whom it knows as a
    number in [0, 1) (None: nobody)."""

    patience_s: float | None
    work_s: float
    known: float | None


class Coming(Protocol):
    """The interactions of one class in one run, in the order in which they come."""

    def slot(self, n: int, begins_s: float) -> tuple[float, list[float]]:
        """The rate per second of the n-th slot (0: not known), and the moments of its arrivals."""

    def draw(self) -> Draw:
        """What the next one is like."""


class Source:
    """The interactions of one class in one run, by chance."""

    def __init__(self, arrivals: Arrivals, seed: int, run: int) -> None:
        self.arrivals = arrivals
        self._more = Random(f"{seed}:{run}:{arrivals.name}:more")  # noqa: S311 not a secret
        self._coming = Random(f"{seed}:{run}:{arrivals.name}:coming")  # noqa: S311 not a secret
        self._being = Random(f"{seed}:{run}:{arrivals.name}:being")  # noqa: S311 not a secret
        # one day for all classes: when many call, many write
        day = Random(f"{seed}:{run}:day").random()  # noqa: S311 not a secret
        self._day = arrivals.history[int(day * len(arrivals.history))] if arrivals.history else ()
        handling = arrivals.handling
        self._sigma = sqrt(log1p(handling.cv**2))
        self._mu = log(handling.mean_s) - self._sigma**2 / 2

    def slot(self, n: int, begins_s: float) -> tuple[float, list[float]]:
        """The rate per second of the n-th slot, and the moments of its arrivals, in order. The
        rate is 0 when the counts come from history."""
        arrivals, dice = self.arrivals, self._coming
        if self._day:
            return 0.0, self._of_history(self._day[n], begins_s)
        rate = arrivals.rates[n % len(arrivals.rates)] * arrivals.volume
        if arrivals.process == "gamma_poisson" and arrivals.variance_to_mean > 1 and rate > 0:
            # a rate with variance = (ratio - 1)·mean count gives counts with variance ratio·mean
            over = arrivals.variance_to_mean - 1
            rate = dice.gammavariate(rate * arrivals.slot_s / over, over) / arrivals.slot_s
        moments: list[float] = []
        if rate > 0:
            at, end = begins_s + dice.expovariate(rate), begins_s + arrivals.slot_s
            while at < end:
                moments.append(at)
                at += dice.expovariate(rate)
        return rate, moments

    def _of_history(self, count: int, begins_s: float) -> list[float]:
        """The moments of a slot. At another volume some stay away or come besides: the others
        come when they came."""
        slot_s, volume = self.arrivals.slot_s, self.arrivals.volume
        moments = [begins_s + self._coming.random() * slot_s for _ in range(count)]
        wanted = int(count * volume + self._more.random()) if volume != 1 else count
        moments += [begins_s + self._more.random() * slot_s for _ in range(wanted - count)]
        return sorted(moments[:wanted])

    def draw(self) -> Draw:
        """The next interaction."""
        arrivals, dice = self.arrivals, self._being
        handling = arrivals.handling
        work_s = handling.mean_s
        if handling.distribution == "exponential":
            work_s = dice.expovariate(1 / handling.mean_s)
        elif handling.distribution == "lognormal":
            work_s = dice.lognormvariate(self._mu, self._sigma)
        patience_s = None
        if arrivals.patience_s is not None:
            patience_s = dice.expovariate(1 / arrivals.patience_s)
        known = None
        if arrivals.knows_agent and dice.random() < arrivals.knows_agent:
            known = dice.random()
        return Draw(patience_s, work_s, known)


SourceOf = Callable[[Arrivals, int], Coming]
"""Whence the interactions of a class come in a run."""


class Recorded:
    """Interactions as they were written down: when each comes, in order, and what it is like."""

    def __init__(self, arrivals: Arrivals, came: Sequence[tuple[float, Draw]]) -> None:
        self._slot_s = arrivals.slot_s
        self._moments = [at_s for at_s, _ in came]
        self._draws = iter([draw for _, draw in came])

    def slot(self, n: int, begins_s: float) -> tuple[float, list[float]]:
        """The moments that lie in the n-th slot; by what rate they came nobody knows."""
        first = bisect_left(self._moments, begins_s)
        return 0.0, self._moments[first : bisect_left(self._moments, begins_s + self._slot_s)]

    def draw(self) -> Draw:
        """The next interaction."""
        return next(self._draws)
