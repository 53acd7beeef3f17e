"""What the last weeks were like, as counts: who came when, how long they waited and took, who was
there to serve them. Pure; `history` reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from typing import Any
from uuid import UUID

from wasl.reporting.policy import Target, Variant
from wasl.routing import simulation

SLOTS = 48  # half-hours of a day
LEAST_DAYS = 2
LEAST_CAME = 50
LEAST_A_DAY = 10  # fewer hardly ever meet, and any number of agents will do
_FEW = 0.2  # of a usual day's: a day off
_LEAST_MARGIN = 0.02  # two points change no decision


@dataclass(frozen=True, slots=True)
class Came:
    """Who came to a queue on a channel kind in one half-hour of one day.

    Waits and work are sums in seconds; `worked_2` sums the squares. `met`, `short` and `soon` are
    by the queue's target, as on the wallboard.
    """

    queue_id: UUID
    kind: str
    day: date
    slot: int
    came: int
    answered: int = 0
    abandoned: int = 0
    met: int = 0
    short: int = 0
    soon: int = 0
    waited_s: float = 0.0
    handled: int = 0
    worked_s: float = 0.0
    worked_2: float = 0.0
    units: int = 1
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """How a queue's offers were answered: counts, and seconds until they were accepted."""

    accepted: int = 0
    declined: int = 0
    missed: int = 0
    accept_after_s: float = 0.0

    @property
    def all(self) -> int:
        return self.accepted + self.declined + self.missed


@dataclass(frozen=True, slots=True)
class PastQueue:
    """A queue as it is set up; the shapes are those of routing's rules. `kind` is the channel kind
    by which most come, of which one interaction takes `units`."""

    id: UUID
    names: Mapping[str, str]
    target: Target
    rules: Mapping[str, Any]
    asked: Asked = Asked()
    kind: str = ""
    units: int = 1


@dataclass(frozen=True, slots=True)
class PastAgent:
    """An agent, and on how many days they were there in each half-hour (`slots`) and at all."""

    id: UUID
    levels: Mapping[UUID, int]
    skills: Mapping[str, int]
    capacity: Mapping[str, int]
    interruptible_by: Mapping[str, Sequence[str]]
    slots: Mapping[int, int] = field(default_factory=dict)
    days: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """The last weeks of a centre, on the clock of `zone`."""

    weeks: int
    zone: str
    queues: tuple[PastQueue, ...]
    agents: tuple[PastAgent, ...]
    came: tuple[Came, ...]
    exclusive: frozenset[str] = frozenset()  # kinds that shut out others

    @property
    def days(self) -> list[date]:
        """The days that count: those on which hardly anybody came are days off."""
        of: dict[date, int] = {}
        for one in self.came:
            of[one.day] = of.get(one.day, 0) + one.came
        usual = sorted(of.values())[len(of) // 2] if of else 0
        return sorted(day for day, came in of.items() if came >= usual * _FEW)

    @property
    def enough(self) -> bool:
        """Whether it says anything."""
        days = set(self.days)
        came = sum(one.came for one in self.came if one.day in days)
        return len(days) >= LEAST_DAYS and came >= max(LEAST_CAME, LEAST_A_DAY * len(days))


@dataclass(frozen=True, slots=True)
class Level:
    """A service level that was; `error` is its standard error from day to day."""

    value: float
    error: float


def level_of(past: Past, queue_id: UUID | None, variant: Variant) -> Level | None:
    """The service level of a queue, or of all, on the days that count; None when nobody came."""
    days = past.days
    above, below = [0.0] * len(days), [0.0] * len(days)
    place = {day: n for n, day in enumerate(days)}
    for one in past.came:
        n = place.get(one.day)
        if n is None or queue_id not in (None, one.queue_id):
            continue
        above[n] += one.met + (one.soon if variant == "short_met" else 0)
        below[n] += one.answered
        if variant != "answered":
            below[n] += one.abandoned - (one.short if variant == "without_short" else 0)
    figure = simulation.share_of_days(above, below)
    return Level(figure.raw, figure.raw_error) if figure is not None else None


def margin(model_half: float | None, past: Level) -> float:
    """How far the model may be from the past before it is not believed: both have their chance."""
    half = model_half if model_half is not None else 0.0
    return max(_LEAST_MARGIN, sqrt(half**2 + (1.96 * past.error) ** 2))
