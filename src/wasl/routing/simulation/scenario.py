"""A scenario as its file says it: who comes, who serves them, and for how long we look.

Read from TOML and bounded: whatever is wrong is named with its place in the file, and nothing of a
wrong scenario runs. Durations are seconds unless a name says otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from wasl.routing.policy import Requirement, Strategy
from wasl.routing.simulation.reading import ScenarioInvalid, Section

Distribution = Literal["exponential", "lognormal", "constant"]
Spread = Literal["own", "even"]
Process = Literal["poisson", "gamma_poisson", "history"]
Outside = Literal["wait", "turned_away"]
ReadFile = Callable[[str], str]

MOST_BYTES = 1_000_000
MOST_AGENTS = 10_000
MOST_INTERACTIONS = 20_000_000  # their waits are kept: 8 bytes each
MOST_RECORDS = 5_000_000  # of agents and hours, one for each stretch
MOST_SLOTS = 1_000
MOST_CLASSES = 200
MOST_SPANS = 8  # of a queue's day
MOST_UNTAKEN = 0.95  # of all offers
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Run:
    """What is simulated: `times` stretches of `stretch_s`.

    Each begins anew with nobody there, on a clock that shows `start_s` after midnight, and ends
    when whoever came in it is served or gone. `continuous`: they are cut from one run instead, of
    which the first `warm_up_s` do not count.
    """

    stretch_s: float
    times: int
    start_s: float = 0.0
    continuous: bool = False
    warm_up_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Handling:
    """How long an agent works at one interaction that they have alone; `cv` is the standard
    deviation ÷ the mean of a lognormal one."""

    distribution: Distribution
    mean_s: float
    cv: float = 1.0


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A class of interactions: how they come, what they ask for, how long they wait and last.

    Poisson: `rates` per second, one per slot. Gamma-Poisson: each slot's rate is drawn anew so that
    counts have `variance_to_mean` (the higher, the more days differ). History: each run takes one
    day of `history` (counts per slot), the same one for all classes that have as many days, its
    interactions anywhere in their slot. `volume` times as many come as all that says.
    `patience_s` is the mean of an exponential patience; None: they wait for ever. `target_s` is
    their own limit of the service level.
    """

    name: str
    queue: str
    kind: str
    units: int
    exclusive: bool
    priority: int
    requirement: Requirement | None
    knows_agent: float
    affinity_s: float
    process: Process
    slot_s: float
    rates: tuple[float, ...]
    variance_to_mean: float
    history: tuple[tuple[int, ...], ...]
    volume: float
    target_s: float
    patience_s: float | None
    handling: Handling

    def expected(self, seconds: float) -> float:
        """The mean number of arrivals in a stretch."""
        if self.process == "history":
            return self.volume * sum(map(sum, self.history)) / len(self.history)
        if len(self.rates) == 1:
            return self.volume * self.rates[0] * seconds
        return self.volume * sum(self.rates) * self.slot_s


@dataclass(frozen=True, slots=True)
class StepRule:
    """What is asked of the agent until the step expires."""

    requirement: Requirement
    expires_after_s: int | None


@dataclass(frozen=True, slots=True)
class QueueRule:
    """A queue's rules, in the engine's words.

    An offer is accepted after `accept_after_s`, declined then by the share `declines`, and by the
    share `misses` never answered; whoever is made away by that is back `back_after_s` later.
    `opens` are the hours of each day as (from, until) in minutes after midnight, none: always open;
    who comes outside of them waits (or goes where `overflow_closed` sends them) or is turned away.
    """

    name: str
    strategy: Strategy
    priority: int
    strict_priority: bool
    reply_target_s: int
    accept_after_s: float
    declines: float
    misses: float
    back_after_s: float
    no_answer_limit: int
    offer_timeout_s: int
    opens: tuple[tuple[int, int], ...]
    outside: Outside
    overflow_to: str | None
    overflow_after_s: int | None
    overflow_closed: bool
    steps: tuple[StepRule, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """`count` agents who are alike. `shifts` are (from, until) in seconds after midnight; none:
    they are there all the time."""

    name: str
    count: int
    queues: Mapping[str, int]
    skills: Mapping[str, float]
    capacity: Mapping[str, int]
    interruptible_by: Mapping[str, frozenset[str]]
    shifts: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything of a file. With j in hand at once each takes 1 + `slowed_by`·(j - 1) times as
    long. `spread` says whose j: the agent's own, or as if all in hand were spread evenly over
    whoever is there, as the birth-death chain of staffing formulas has it.
    """

    name: str
    run: Run
    target_s: float
    short_abandon_s: float
    slowed_by: float
    spread: Spread
    queues: tuple[QueueRule, ...]
    arrivals: tuple[Arrivals, ...]
    teams: tuple[Team, ...]

    @property
    def common_target_s(self) -> float | None:
        """The limit of the service level; None when classes have different ones."""
        targets = {one.target_s for one in self.arrivals}
        return targets.pop() if len(targets) == 1 else None

    @property
    def expected(self) -> float:
        """The mean number of interactions of all stretches and the warm-up."""
        seconds = self.run.stretch_s * self.run.times + self.run.warm_up_s
        if self.run.continuous:
            return sum(one.expected(seconds) for one in self.arrivals)
        return self.run.times * sum(one.expected(self.run.stretch_s) for one in self.arrivals)


def read_scenario(text: str, read_file: ReadFile | None = None) -> Scenario:
    """The scenario of a TOML text; raises ScenarioInvalid. `read_file` answers what stands in a
    file that it names; without it none may be named."""
    if len(text) > MOST_BYTES:
        raise ScenarioInvalid(f"the file is larger than {MOST_BYTES:,} characters")
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        raise ScenarioInvalid(f"not TOML: {error}") from None
    except RecursionError:
        raise ScenarioInvalid("not TOML: too deeply nested") from None
    return scenario_of(document, read_file)


def scenario_of(document: Mapping[str, Any], read_file: ReadFile | None = None) -> Scenario:
    """The scenario of a document as TOML reads it; raises ScenarioInvalid."""
    top = Section(document, "the file")
    run = _run(top.section("run"))
    service = top.section("service_level")
    concurrency = top.section("concurrency")
    target_s = service.number("target_s", 20, least=0, most=DAY_S * 30)
    scenario = Scenario(
        name=top.text("name", "Scenario"),
        run=run,
        target_s=target_s,
        short_abandon_s=service.number("short_abandon_s", 5, least=0, most=DAY_S * 30),
        slowed_by=concurrency.number("slowed_by", 0, least=0, most=10),
        spread=concurrency.choice("spread", get_args(Spread), "own"),
        queues=tuple(map(_queue, top.sections("queues", most=500))),
        arrivals=tuple(
            _arrivals(one, run, target_s, read_file)
            for one in top.sections("arrivals", most=MOST_CLASSES)
        ),
        teams=tuple(map(_team, top.sections("agents", most=MOST_AGENTS))),
    )
    for section in (service, concurrency, top):
        section.done()
    _check(scenario)
    return scenario


def _run(section: Section) -> Run:
    run = Run(
        stretch_s=section.number("hours", 8, least=0.01, most=24 * 366) * 3600,
        times=section.whole("times", 40, least=2, most=100_000),
        start_s=section.clock("start", 0),
        continuous=section.flag("continuous", default=False),
        warm_up_s=section.number("warm_up_hours", 0, least=0, most=24 * 366) * 3600,
    )
    section.done()
    if run.warm_up_s and not run.continuous:
        raise ScenarioInvalid("run.warm_up_hours: only a continuous run warms up")
    return run


def _queue(section: Section) -> QueueRule:
    overflow = section.section("overflow")
    steps = []
    for step in section.sections("steps", most=6, least=0):
        steps.append(
            StepRule(
                step.requirement("requirement"),
                step.optional_whole("expires_after_s", least=1, most=DAY_S),
            )
        )
        step.done()
    queue = QueueRule(
        name=section.text("name"),
        strategy=section.choice("strategy", get_args(Strategy), "longest_idle"),
        priority=section.whole("priority", 1, least=0, most=10),
        strict_priority=section.flag("strict_priority", default=False),
        reply_target_s=section.whole("reply_target_s", 60, least=0, most=DAY_S * 30),
        accept_after_s=section.number("accept_after_s", 0, least=0, most=3600),
        declines=section.number("declines", 0, least=0, most=0.95),
        misses=section.number("misses", 0, least=0, most=0.95),
        back_after_s=section.number("back_after_s", 60, least=1, most=DAY_S),
        no_answer_limit=section.whole("no_answer_limit", 1, least=1, most=100),
        offer_timeout_s=section.whole("offer_timeout_s", 30, least=1, most=7200),
        opens=tuple(
            (round(begins / 60), round(ends / 60))
            for begins, ends in section.shifts("opens", most=MOST_SPANS)
        ),
        outside=section.choice("outside", get_args(Outside), "wait"),
        overflow_to=overflow.optional_text("queue"),
        overflow_after_s=overflow.optional_whole("after_s", least=1, most=DAY_S * 31),
        overflow_closed=overflow.flag("when_closed", default=False),
        steps=tuple(steps),
    )
    overflow.done()
    section.done()
    if queue.accept_after_s >= queue.offer_timeout_s:
        raise ScenarioInvalid(
            f"{section.where}.accept_after_s: every offer would time out before; it must be below "
            "offer_timeout_s"
        )
    when = queue.overflow_after_s is not None or queue.overflow_closed
    if (queue.overflow_to is not None) != when:
        raise ScenarioInvalid(
            f"{section.where}.overflow: give both queue and after_s, or when_closed"
        )
    if queue.declines + queue.misses > MOST_UNTAKEN:
        raise ScenarioInvalid(f"{section.where}: hardly an offer would be accepted")
    if (queue.outside == "turned_away" or queue.overflow_closed) and not queue.opens:
        raise ScenarioInvalid(f"{section.where}.opens: a queue without hours is never closed")
    return queue


def _arrivals(section: Section, run: Run, target_s: float, read_file: ReadFile | None) -> Arrivals:
    slot_s = section.number("slot_minutes", 30, least=1, most=1440) * 60
    history = section.counts("history", read_file, most_rows=1_000, most_columns=MOST_SLOTS)
    process: Process = section.choice(
        "process", get_args(Process), "history" if history else "poisson"
    )
    rates = section.numbers("per_hour", least=0, most=10_000_000, most_items=MOST_SLOTS)
    if bool(history) != (process == "history") or bool(rates) == (process == "history"):
        raise ScenarioInvalid(f"{section.where}: give per_hour, or history with counts per slot")
    arrivals = Arrivals(
        name=section.text("name"),
        queue=section.text("queue"),
        kind=section.text("kind", "call"),
        units=section.whole("units", 1, least=1, most=1_000),
        exclusive=section.flag("exclusive", default=False),
        priority=section.whole("priority", 1, least=0, most=10),
        requirement=section.optional_requirement("requirement"),
        knows_agent=section.number("knows_agent", 0, least=0, most=1),
        affinity_s=section.number("affinity_s", 120, least=0, most=DAY_S),
        process=process,
        slot_s=slot_s,
        rates=tuple(rate / 3600 for rate in rates),
        variance_to_mean=section.number("variance_to_mean", 1, least=1, most=10_000),
        history=history,
        volume=section.number("volume", 1, least=0, most=100),
        target_s=section.number("target_s", target_s, least=0, most=DAY_S * 31),
        patience_s=_patience(section.section("patience")),
        handling=_handling(section.section("handling")),
    )
    section.done()
    if len(arrivals.rates) > 1 or history:
        slots = len(arrivals.rates) or len(history[0])
        if run.continuous:
            raise ScenarioInvalid(f"{section.where}: a continuous run has one rate, no slots")
        if abs(slots * slot_s - run.stretch_s) > 1:
            raise ScenarioInvalid(
                f"{section.where}: {slots} slots of {slot_s / 60:g} minutes are not "
                f"{run.stretch_s / 3600:g} hours"
            )
    return arrivals


def _patience(section: Section) -> float | None:
    if not section.given:
        return None
    section.choice("distribution", ("exponential",), "exponential")
    mean_s = section.number("mean_s", None, least=0.1, most=DAY_S * 30)
    section.done()
    return mean_s


def _handling(section: Section) -> Handling:
    handling = Handling(
        section.choice("distribution", get_args(Distribution), "exponential"),
        section.number("mean_s", None, least=0.1, most=DAY_S * 30),
        section.number("cv", 1, least=0.01, most=20),
    )
    section.done()
    return handling


def _team(section: Section) -> Team:
    team = Team(
        name=section.text("name", section.where),
        count=section.whole("count", None, least=1, most=MOST_AGENTS),
        queues=section.levels("queues"),
        skills=section.levels("skills"),
        capacity=section.levels("capacity", most=1_000),
        interruptible_by=section.names("interruptible_by"),
        shifts=section.shifts("shifts"),
    )
    section.done()
    return team


@dataclass(slots=True)
class _Names:
    """Names that must be one of a kind."""

    what: str
    seen: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        if name in self.seen:
            raise ScenarioInvalid(f"two {self.what} are called {name!r}")
        self.seen.add(name)


def _check(scenario: Scenario) -> None:
    """What only the whole file can tell."""
    queues, classes = _Names("queues"), _Names("arrivals")
    for queue in scenario.queues:
        queues.add(queue.name)
    for one in scenario.arrivals:
        classes.add(one.name)
    asked: list[tuple[str, Any]] = [("arrivals", one.queue) for one in scenario.arrivals]
    asked += [("overflow", queue.overflow_to) for queue in scenario.queues if queue.overflow_to]
    asked += [("agents", name) for team in scenario.teams for name in team.queues]
    for where, name in asked:
        if name not in queues.seen:
            raise ScenarioInvalid(f"{where}: no queue is called {name!r}")
    agents, run = sum(team.count for team in scenario.teams), scenario.run
    if agents > MOST_AGENTS:
        raise ScenarioInvalid(f"agents: more than {MOST_AGENTS:,}")
    if run.times * (agents + run.stretch_s / 3600) > MOST_RECORDS:
        raise ScenarioInvalid("run.times: too many for so many agents and hours")
    if scenario.run.continuous and any(team.shifts for team in scenario.teams):
        raise ScenarioInvalid("agents: a continuous run has no shifts")
    if scenario.run.continuous and any(queue.opens for queue in scenario.queues):
        raise ScenarioInvalid("queues: a continuous run has no hours")
    if scenario.expected > MOST_INTERACTIONS:
        raise ScenarioInvalid(f"more than {MOST_INTERACTIONS:,} interactions; make it shorter")
    if scenario.expected < 1:
        raise ScenarioInvalid("arrivals: nobody comes")
