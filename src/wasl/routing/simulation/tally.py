"""What is counted of one stretch, while it runs."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


@dataclass(slots=True)
class ClassTally:
    """One class in one stretch, by arrival. Waits are seconds, `waits` those of the answered and
    `left` those of who abandoned; `met` are answered within the target, `short` abandoned before
    short abandons end, `soon` abandoned within the target. Who is turned away outside the hours is
    not offered. By hour of arrival: how many were offered and how many were met."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    met: int = 0
    short: int = 0
    soon: int = 0
    waited: int = 0
    wait_answered_s: float = 0.0
    wait_all_s: float = 0.0
    known: int = 0
    hits: int = 0
    overflowed: int = 0
    turned_away: int = 0
    declined: int = 0
    missed: int = 0
    waits: array[float] = field(default_factory=lambda: array("d"))
    left: array[float] = field(default_factory=lambda: array("d"))
    offered_by_hour: list[int] = field(default_factory=list)
    met_by_hour: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Stretch:
    """One stretch: its classes by index, and each agent's seconds at work and present."""

    classes: list[ClassTally]
    busy_s: list[float]
    present_s: list[float]
    controls: list[float] = field(default_factory=list)
