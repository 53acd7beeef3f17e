"""Who is in the centre: interactions, their classes, agents, and the pace at which work goes on."""

from __future__ import annotations

from heapq import heappop, heappush
from random import Random
from uuid import UUID

from wasl.routing.policy import Agent, Step
from wasl.routing.simulation.scenario import Arrivals, Team
from wasl.routing.simulation.sources import Coming, Draw
from wasl.routing.simulation.tally import ClassTally


class InteractionClass:
    """A class of interactions in one run, with what it is about to do just now."""

    def __init__(self, index: int, arrivals: Arrivals, source: Coming) -> None:
        self.index = index
        self.arrivals = arrivals
        self.source = source
        self.steps = (Step(arrivals.requirement),) if arrivals.requirement is not None else ()
        handling = arrivals.handling
        # what ends at a known rate whatever its age; 0 when it does not
        self.ends_rate = 1 / handling.mean_s if handling.distribution == "exponential" else 0.0
        self.leaves_rate = 1 / arrivals.patience_s if arrivals.patience_s else 0.0
        self.rate = 0.0  # arrivals per second in this slot
        self.waiting = 0
        self.progress = 0.0  # those in hand, each counted by its speed
        self.knows: list[SimulatedAgent] = []


class Interaction:
    """An interaction from its arrival to its end. `epoch` is that of its offer, if it has one,
    `queue_id` the queue that made the last one."""

    __slots__ = ("agent", "arrived_s", "draw", "epoch", "id", "known", "of", "queue_id", "tally")

    def __init__(
        self, id: UUID, of: InteractionClass, arrived_s: float, draw: Draw, tally: ClassTally
    ) -> None:
        self.id = id
        self.of = of
        self.arrived_s = arrived_s
        self.draw = draw
        self.tally = tally
        self.epoch: int | None = None
        self.queue_id: UUID | None = None
        self.agent: SimulatedAgent | None = None  # who has it in hand
        self.known: SimulatedAgent | None = None


class SimulatedAgent:
    """An agent: the engine's facts, and what they do; `places` is how much they take at once,
    `dice` is what decides how they answer offers, `on_shift` whether they ought to be there."""

    __slots__ = (
        "dice", "facts", "in_hand", "index", "on_shift", "pace", "places", "since_s", "team",
        "worked_s",
    )  # fmt: skip

    def __init__(
        self, index: int, facts: Agent, team: Team, pace: Pace, places: int, dice: Random
    ) -> None:
        self.index = index
        self.facts = facts
        self.team = team
        self.pace = pace
        self.places = places
        self.dice = dice
        self.on_shift = facts.available
        self.in_hand = 0
        self.since_s = 0.0  # up to when their time is counted
        self.worked_s = [0.0, 0.0]  # in all: at work, present


class Pace:
    """Those in hand who slow one another down: one agent's, or everybody's when spread evenly.

    All of them progress at one speed, so a clock that runs at that speed tells who ends first,
    and a change of the speed changes nobody's place.
    """

    __slots__ = ("agents", "at_s", "clock", "ends", "slowed_by", "speed", "version")

    def __init__(self, slowed_by: float, agents: int) -> None:
        self.slowed_by = slowed_by
        self.agents = agents
        self.ends: list[tuple[float, int, Interaction]] = []  # by the clock
        self.clock = 0.0
        self.at_s = 0.0
        self.speed = 1.0
        self.version = 0

    def begin(self, interaction: Interaction, now_s: float) -> None:
        self._run_to(now_s)
        heappush(self.ends, (self.clock + interaction.draw.work_s, interaction.id.int, interaction))
        interaction.of.progress += self.speed
        self.change_speed()

    def end_first(self, now_s: float) -> Interaction:
        self._run_to(now_s)
        interaction = heappop(self.ends)[2]
        interaction.of.progress -= self.speed
        self.change_speed()
        return interaction

    def next_end_s(self) -> float:
        """When the first one ends, if nothing changes; somebody must be in hand."""
        return self.at_s + max(0.0, self.ends[0][0] - self.clock) / self.speed

    def agents_changed(self, by: int, now_s: float) -> None:
        self._run_to(now_s)
        self.agents += by
        self.change_speed()

    def change_speed(self) -> None:
        self.version += 1
        speed = self._speed_now()
        if speed != self.speed:
            for _, _, interaction in self.ends:
                interaction.of.progress += speed - self.speed
            self.speed = speed

    def _run_to(self, now_s: float) -> None:
        self.clock += (now_s - self.at_s) * self.speed
        self.at_s = now_s

    def _speed_now(self) -> float:
        number, agents = len(self.ends), max(1, self.agents)
        if not self.slowed_by or not number:
            return 1.0
        each, more = divmod(number, agents)
        less_loaded = (agents - more) * each / (1 + self.slowed_by * max(0, each - 1))
        return (less_loaded + more * (each + 1) / (1 + self.slowed_by * each)) / number
