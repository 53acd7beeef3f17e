"""A day of a contact centre, drawn by seed and written down: who comes when, how long they wait,
how long they take, who works from when to when. The server and the simulator play the same one.

A minute of the centre passes in three seconds, so that its day, short as it is, takes four minutes
and a chat of half an hour lasts a minute and a half. Everything below is in seconds of the run.
What the product has as a constant (an agent who declined is passed over for 60 s, ten minutes of
waiting for a step of priority) is not compressed, on either side.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log, log1p, sqrt
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace as replace_struct

from wasl.routing.simulation import (
    Draw,
    Recorded,
    Scenario,
    Stretch,
    scenario_of,
    simulate,
)

ACCEPT_S = 0.2  # an agent's own time to accept an offer
WRAP_UP_S = 1
OFFER_TIMEOUT_S = 20
TARGET_S = 2
SHORT_S = 0.2
OVERFLOW_S = 4
DECLINES = 0.02
# how busy each eighth of the day is
PROFILE = (0.55, 0.9, 1.2, 1.25, 1.05, 1.15, 1.0, 0.6)


class Size(msgspec.Struct, frozen=True):
    """`share` of 200 agents, for so long; `speed`: what is handled takes as much less time, and so
    many times as many come."""

    length_s: float = 240.0
    share: float = 1.0
    speed: float = 1.0


class Queue(msgspec.Struct, frozen=True):
    """`opens`: from and until in whole minutes of the run; None: always open."""

    name: str
    overflow_to: str | None = None
    opens: tuple[int, int] | None = None
    steps: list[dict[str, Any]] = []


class Class(msgspec.Struct, frozen=True):
    """Who comes by one channel: `per_s` at the mean, a lognormal `handling_s`."""

    name: str
    kind: str
    queue: str
    per_s: float
    handling_s: float
    patience_s: float | None = None


class Agent(msgspec.Struct, frozen=True):
    name: str
    queues: dict[str, int]
    skills: dict[str, int]
    capacity: dict[str, int]
    shifts: list[tuple[float, float]]


class Came(msgspec.Struct, frozen=True):
    """One interaction: when, by which class (its index), the work in it, the patience."""

    at_s: float
    of: int
    work_s: float
    patience_s: float | None


class Day(msgspec.Struct, frozen=True):
    seed: int
    size: Size
    queues: list[Queue]
    classes: list[Class]
    agents: list[Agent]
    came: list[Came]

    def keep(self, file: Path) -> None:
        file.write_bytes(msgspec.json.encode(self))


def kept(file: Path) -> Day:
    return msgspec.json.decode(file.read_bytes(), type=Day)


PERSIAN = "language:fa"
MAIL = "mail"  # closed in the first and the last minute
QUEUES = [
    Queue("shop", overflow_to="second line"),
    Queue(
        "support",
        overflow_to="second line",
        steps=[
            {"requirement": {"language": "fa", "least": 3}, "expires_after_s": 2},
            {"requirement": {"language": "fa", "least": 1}},
        ],
    ),
    Queue("app"),
    Queue(MAIL),
    Queue("second line"),
]
CLASSES = [
    Class("shop chat", "web_chat", "shop", 1.05, 96, 6),
    Class("support chat", "web_chat", "support", 0.65, 78, 8),
    Class("app", "api", "app", 0.5, 42, 12),
    Class("mail", "email", "mail", 0.425, 90),
]
# how many, queues, capacity, whether they speak Persian
_TEAMS: list[tuple[int, dict[str, int], dict[str, int], bool]] = [
    (70, {"shop": 4}, {"web_chat": 2, "api": 0, "email": 0}, False),
    (50, {"support": 4, "shop": 2}, {"web_chat": 2, "api": 0, "email": 0}, True),
    (40, {"app": 4, "mail": 2}, {"web_chat": 0, "api": 1, "email": 1}, False),
    (25, {"mail": 4, "shop": 1}, {"web_chat": 1, "api": 0, "email": 2}, False),
    (15, {"second line": 5}, {"web_chat": 2, "api": 0, "email": 0}, False),
]
# from and until as shares of the day; a third of each team takes each
_SHIFTS = ((0.0, 0.65), (0.15, 0.85), (0.35, 1.1))
_BREAK = 0.06
_CV = 0.7  # of handling times, which take this many times the mean at most
_MOST = 2.5


def draw(seed: int, size: Size = Size()) -> Day:  # noqa: B008  # immutable
    """The day of this seed."""
    came = []
    slot_s = size.length_s / len(PROFILE)
    for n, one in enumerate(CLASSES):
        dice = Random(f"{seed}:{one.name}")  # not a secret
        spread = sqrt(log1p(_CV**2))
        mean_s = one.handling_s / size.speed
        middle = log(mean_s) - spread**2 / 2
        for slot, busy in enumerate(PROFILE):
            mean = one.per_s * size.share * size.speed * busy * slot_s
            # a rate of its own for each eighth: counts vary by twice what chance alone gives
            rate = dice.gammavariate(mean, 1.0) / slot_s
            at_s = slot * slot_s + dice.expovariate(rate)
            while at_s < (slot + 1) * slot_s:
                drawn_s = dice.lognormvariate(middle, spread)
                work_s = max(min(drawn_s, _MOST * mean_s), WRAP_UP_S + 0.5)
                patience_s = dice.expovariate(1 / one.patience_s) if one.patience_s else None
                came.append(Came(at_s, n, work_s, patience_s))
                at_s += dice.expovariate(rate)
    came.sort(key=lambda one: one.at_s)
    minutes = int(size.length_s // 60)
    queues = [
        replace_struct(one, opens=(1, minutes - 1)) if one.name == MAIL and minutes > 2 else one
        for one in QUEUES
    ]
    return Day(seed, size, queues, CLASSES, _agents(seed, size), came)


def _agents(seed: int, size: Size) -> list[Agent]:
    dice = Random(f"{seed}:agents")  # not a secret
    agents: list[Agent] = []
    for count, queues, capacity, persian in _TEAMS:
        for n in range(max(1, ceil(count * size.share))):
            begins, ends = _SHIFTS[n % len(_SHIFTS)]
            pause = dice.uniform(begins + 0.15, min(ends, 1.0) - 0.15 - _BREAK)
            shifts = [(begins, pause), (pause + _BREAK, ends)]
            agents.append(
                Agent(
                    name=f"agent {len(agents)}",
                    queues=queues,
                    skills={PERSIAN: 2 + n % 4} if persian else {},
                    capacity=capacity,
                    shifts=[(a * size.length_s, b * size.length_s) for a, b in shifts],
                )
            )
    return agents


# ── as the simulator plays it ────────────────────────────────────────────────────────────────


def play(day: Day, *, accept_s: float = ACCEPT_S) -> Stretch:
    """The simulator's play of the day, by the very engine that serves."""
    came: list[list[tuple[float, Draw]]] = [[] for _ in day.classes]
    for one in day.came:
        came[one.of].append((one.at_s, Draw(one.patience_s, one.work_s, None)))
    index = {one.name: n for n, one in enumerate(day.classes)}
    scenario = scenario_for(day, accept_s=accept_s)
    (stretch,) = simulate(
        scenario,
        day.seed,
        source_of=lambda arrivals, run: Recorded(arrivals, came[index[arrivals.name]]),
    )
    return stretch


def scenario_for(day: Day, *, accept_s: float) -> Scenario:
    """Who serves by which rules. Times stand finer in it than a file has them."""
    document: dict[str, Any] = {
        "name": "A recorded day",
        "run": {"hours": 1, "times": 2},
        "service_level": {"target_s": TARGET_S, "short_abandon_s": SHORT_S},
        "queues": [
            {
                "name": one.name,
                "accept_after_s": accept_s,
                "declines": DECLINES,
                "offer_timeout_s": OFFER_TIMEOUT_S,
                "reply_target_s": TARGET_S,
                "steps": one.steps,
                "opens": [f"00:{one.opens[0]:02}-00:{one.opens[1]:02}"] if one.opens else [],
                **(
                    {"overflow": {"queue": one.overflow_to, "after_s": OVERFLOW_S}}
                    if one.overflow_to
                    else {}
                ),
            }
            for one in day.queues
        ],
        "arrivals": [
            {
                "name": one.name,
                "queue": one.queue,
                "kind": one.kind,
                "per_hour": [1],
                "handling": {"mean_s": one.handling_s},
                **({"patience": {"mean_s": one.patience_s}} if one.patience_s else {}),
            }
            for one in day.classes
        ],
        "agents": [
            {
                "name": one.name,
                "count": 1,
                "queues": one.queues,
                "skills": one.skills,
                "capacity": one.capacity,
            }
            for one in day.agents
        ],
    }
    scenario = scenario_of(document)
    length_s = day.size.length_s
    counts = [sum(one.of == n for one in day.came) for n in range(len(day.classes))]
    return replace(
        scenario,
        run=replace(scenario.run, stretch_s=length_s, times=1),
        arrivals=tuple(
            replace(one, process="history", history=((count,),), rates=(), slot_s=length_s)
            for one, count in zip(scenario.arrivals, counts, strict=True)
        ),
        teams=tuple(
            replace(team, shifts=tuple(one.shifts))
            for team, one in zip(scenario.teams, day.agents, strict=True)
        ),
    )
