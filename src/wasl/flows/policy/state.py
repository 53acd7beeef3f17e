"""What is known of a run between two inputs, what comes in and what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec


class Frame(msgspec.Struct):
    """One flow of the run: the step it stands at and its values."""

    flow: str  # its key in the library; "" is the run's own
    step: str
    values: dict[str, Any] = {}


class State(msgspec.Struct):
    """A run between two inputs; goes to JSON and back unchanged.

    `waiting` says for what: an answer, a moment, what a look-up finds, or nothing more ("over").
    `moment` is when it goes on without an answer. `steps` counts all that were taken and numbers
    what is said, so that nothing is said twice. `collected` are answers by flow and step.
    """

    frames: list[Frame]
    language: str
    started_at: datetime
    waiting: Literal["answer", "moment", "look_up", "over"] = "answer"
    moment: datetime | None = None
    tries: int = 0
    steps: int = 0
    taken: int = 0  # of them for the last words or moment, look-ups included
    said: str = ""  # the contact's last words
    first: bool = True  # they are the first ones, which a menu may answer at once
    wished: bool = False  # a person was asked for before
    heard: list[str] = []  # ids of the inputs that were taken
    collected: dict[str, str] = {}


# ── what comes in ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Heard:
    """The contact said something; `id` is the message's."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment that was waited for may have come."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found; None when nothing."""

    record: Mapping[str, Any] | None


Input = Heard | Moment | Found


# ── what goes out ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SayThis:
    """To be said to the contact; `choices` are to be offered with it. `n` numbers it in the run."""

    n: int
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteThis:
    """A private note."""

    text: str


@dataclass(frozen=True, slots=True)
class TagThis:
    """Tags for the conversation."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookThisUp:
    """To be looked up and given back as `Found`."""

    what: str
    number: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class GiveToPeople:
    """The flow is over and a person goes on. `reason`: step, person (asked for), or what went
    wrong. `summary` is a note for whoever takes it."""

    reason: str
    queue: UUID | None = None
    priority: int | None = None
    requirements: list[dict[str, Any]] = field(default_factory=list)
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """The flow is over and nothing is left to do."""


Output = SayThis | NoteThis | TagThis | LookThisUp | GiveToPeople | Finish


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken, for the trace; `way` is the exit or what it waits for."""

    n: int
    flow: str
    step: str
    kind: str
    way: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What an input came to."""

    state: State
    outputs: list[Output]
    trace: list[Taken]
