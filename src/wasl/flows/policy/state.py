"""What is known of a run between two inputs, what comes in and what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from wasl.flows.policy.happenings import Happened


class Frame(msgspec.Struct):
    """One flow of the run: the step it stands at and its values."""

    flow: str  # its key in the library; "" is the run's own
    step: str
    values: dict[str, Any] = {}


class Choosing(msgspec.Struct):
    """Where a booking stands: the times on offer, on the wall clock of `zone`."""

    zone: str = "UTC"
    times: list[str] = []  # ISO 8601, UTC
    after: str | None = None  # later times are asked for from here on
    day: str | None = None  # the day that was asked for
    time: str | None = None  # … at this wall clock's time; "none" when nothing is free then
    wanted: str | None = None  # the time that is being booked


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
    score: int | None = None  # a rating that is given while its comment is waited for
    choosing: Choosing | None = None
    event: str | None = None  # the type of the event that is waited for until `moment`
    call: str = ""  # the number at which a call is offered
    asking: int = 0  # the number of what somebody outside is asked: a late answer moves nothing


# ── what comes in ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Heard:
    """The contact said something; `id` is the message's."""

    id: str
    text: str
    files: tuple[str, ...] = ()  # names of what came with it


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment that was waited for may have come."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found or an action came to; None when nothing. `of` is the number of what a
    partner or an engine was asked."""

    record: Mapping[str, Any] | None
    of: int = 0


Input = Heard | Moment | Found | Happened


# ── what goes out ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card with everything filled in; `links` are labels and addresses."""

    title: str = ""
    text: str = ""
    picture: str = ""
    alt: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SayThis:
    """To be said to the contact; `choices` are to be offered with it. `n` numbers it in the run.
    `scale` is that of a rating that it asks for."""

    n: int
    text: str
    choices: tuple[str, ...] = ()
    scale: int = 0
    card: ShownCard | None = None


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
    """To be looked up and given back as `Found`; `number` is the number or the key."""

    what: str
    number: str = ""
    proof: str = ""
    kind: str = ""  # of a record


@dataclass(frozen=True, slots=True)
class RateThis:
    """A rating, or the comment on the one before."""

    score: int
    scale: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FindTimes:
    """Free times of a calendar from `after` on, or of one `day`; given back as `Found` with `zone`
    and `times` (ISO 8601, UTC), None when there is no such calendar."""

    calendar: str
    days: int
    after: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class BookThis:
    """To be booked in place of `instead`; given back as `Found` with the booking's `id`, None when
    somebody was faster."""

    calendar: str
    at: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class CancelThis:
    """A booking to be given back; `Found(None)` when it is not the contact's or is over."""

    booking: str


@dataclass(frozen=True, slots=True)
class AskPartner:
    """An HTTP request. A value of `headers` is a list of texts and {"secret": name}; what is to be
    saved are paths in the JSON answer by name."""

    n: int
    method: str
    url: str
    headers: Mapping[str, list[str | dict[str, str]]]
    body: Mapping[str, Any]
    timeout_s: int
    retries: int
    save: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnderstandThis:
    """Which of the answers, each known by sentences in any languages, a text means; given back as
    `Found` with `answer` (its place, or None), `confidence`, `engine` and `model`.

    A question may be answered from `elsewhere` too, in this language: `Found` with `text`, plain,
    and its `source`."""

    n: int
    text: str
    answers: list[list[str]]
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class WriteContact:
    """Fields of the contact to be written; `Found(None)` when they can't be."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """An order to be cancelled or returned; `Found(None)` when it is not theirs or can't be."""

    number: str
    proof: str
    to: str


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """Fields of a record to be written; `Found(None)` when they can't be."""

    kind: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SendThis:
    """A text for another channel; `Found(None)` when the contact can't be reached there."""

    n: int
    channel: UUID
    text: str


@dataclass(frozen=True, slots=True)
class CheckNumber:
    """A phone number to be read as the channel's country reads it; given back as `Found` with the
    `number` and how it is `shown`, None when it can't be called."""

    number: str


@dataclass(frozen=True, slots=True)
class CallThem:
    """The contact is to be called, not before a moment."""

    number: str
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The conversation's new status."""

    to: str


@dataclass(frozen=True, slots=True)
class GiveToPeople:
    """The flow is over and a person goes on. `reason`: step, callback, person (asked for), or what
    went wrong. `summary` is a note for whoever takes it."""

    reason: str
    queue: UUID | None = None
    priority: int | None = None
    requirements: list[dict[str, Any]] = field(default_factory=list)
    summary: str = ""
    agent: UUID | None = None
    call: CallThem | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The flow is over and nothing is left to do."""


AskedOutside = AskPartner | UnderstandThis
"""What is asked beside the transaction; the answer is an input of its own."""

Asked = (
    LookThisUp
    | FindTimes
    | BookThis
    | CancelThis
    | AskedOutside
    | WriteContact
    | MoveOrder
    | WriteRecord
    | SendThis
    | CheckNumber
)
"""What is answered with `Found`."""

Output = SayThis | NoteThis | TagThis | RateThis | SetStatus | Asked | GiveToPeople | Finish


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken, for the trace; `way` is the exit or what it waits for, `detail` how
    it was found."""

    n: int
    flow: str
    step: str
    kind: str
    way: str
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What an input came to."""

    state: State
    outputs: list[Output]
    trace: list[Taken]
