"""The steps of a flow. Every exit (`next` and the like) names a step of the same flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from wasl.flows.policy.happenings import EventName
from wasl.flows.policy.parts import (
    Answer,
    Card,
    Case,
    Entry,
    Exit,
    HeaderName,
    Key,
    Language,
    Name,
    Option,
    Seconds,
    Source,
    Texts,
)


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """One step; `exits` are the fields that name the step that follows. `comment` is for whoever
    draws the flow."""

    exits: ClassVar[tuple[str, ...]] = ("next",)
    dialogue: ClassVar[bool] = False  # waits for the contact's answer

    comment: Annotated[str, Meta(max_length=1_000)] = ""

    def ways(self) -> Iterator[str]:
        """The steps that may follow."""
        for name in self.exits:
            found = getattr(self, name)
            if found is not None:
                yield found


class Say(Step, tag="say", frozen=True):
    """Says a text, and shows a card with it: as HTML where the channel has that, else as text with
    addresses."""

    text: Texts
    next: Exit
    card: Card | None = None


Accepted = Literal[
    "text", "number", "email", "phone", "date", "choice", "card", "national_id", "file"
]


class Ask(Step, tag="ask", frozen=True):
    """Asks and waits for an answer of a kind; asks again (`again`) while it is none.

    `least` and `most` bound a number, or a text's length. A card number is masked before it is
    stored anywhere: what is kept is its last four digits.
    """

    exits = ("next", "failed", "silent")
    dialogue = True

    text: Texts
    save: Name
    next: Exit
    accept: Accepted = "text"
    options: Annotated[list[Option], Meta(max_length=30)] = []
    least: float | None = None
    most: float | None = None
    again: Texts = {}
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    failed: Exit | None = None  # still no answer of that kind
    silent_s: Seconds | None = None
    silent: Exit | None = None  # no answer at all for `silent_s`
    label: Texts = {}  # what it is called in the summary


class Menu(Step, tag="menu", frozen=True):
    """Shows entries and goes on with the chosen one: by button, by its name or by its number, and
    where entries have examples, by what somebody means; `unsure` when they mean none of them (left
    out: asked again, as after any answer that is no entry)."""

    exits = ("failed", "silent", "unsure")
    dialogue = True

    text: Texts
    entries: Annotated[list[Entry], Meta(min_length=1, max_length=30)]
    again: Texts = {}
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    failed: Exit | None = None
    silent_s: Seconds | None = None
    silent: Exit | None = None
    unsure: Exit | None = None
    label: Texts = {}

    @property
    def learns(self) -> bool:
        """Whether it understands what is neither a name nor a number."""
        return any(entry.examples for entry in self.entries)

    def ways(self) -> Iterator[str]:
        yield from (entry.next for entry in self.entries)
        yield from Step.ways(self)


class Branch(Step, tag="branch", frozen=True):
    """Goes on with the first case that is true."""

    exits = ("otherwise", "failed")

    cases: Annotated[list[Case], Meta(min_length=1, max_length=50)]
    otherwise: Exit
    failed: Exit | None = None  # a case can't be computed

    def ways(self) -> Iterator[str]:
        yield from (case.next for case in self.cases)
        yield from Step.ways(self)


class Set(Step, tag="set", frozen=True):
    """Computes values, in order."""

    exits = ("next", "failed")

    values: dict[Name, Source]
    next: Exit
    failed: Exit | None = None


class Wait(Step, tag="wait", frozen=True):
    """Waits a while (`seconds`), until a moment (`until`, ISO 8601), or for an `event` whose
    `filter` is true, and then at most `within_s` (a day): `late`. What the contact says meanwhile
    goes on at `heard`, where that is given."""

    exits = ("next", "heard", "late", "failed")

    next: Exit
    seconds: Seconds | None = None
    until: Source | None = None
    event: EventName | None = None
    filter: Annotated[str, Meta(max_length=1_000)] = ""
    within_s: Seconds | None = None
    heard: Exit | None = None
    late: Exit | None = None
    failed: Exit | None = None  # the moment can't be computed


Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Hours(Step, tag="hours", frozen=True):
    """Whether it is open now: `weekly` are the spans of Monday to Sunday on the wall clock of
    `zone`; a span may end after midnight (22:00–02:00). Nothing is open on `holidays`."""

    exits = ("open", "closed")

    zone: Annotated[str, Meta(max_length=64)]
    weekly: Annotated[list[list[tuple[Clock, Clock]]], Meta(min_length=7, max_length=7)]
    open: Exit
    closed: Exit
    holidays: Annotated[list[Day], Meta(max_length=400)] = []


class Switch(Step, tag="language", frozen=True):
    """Goes on in the language `to`, or, when none is given, in that of the contact's last words."""

    next: Exit
    to: Language | None = None


class LookUp(Step, tag="lookup", frozen=True):
    """Looks something up and saves it; `missing` when there is none.

    `number` is the number or key by which it is found. An order is shown only when `proof`, an
    e-mail address or a phone number, is its contact's; a record is one of a `kind`, and what is
    saved are its `key` and each field of the kind. The contact is the one who is here, the booking
    their next one.
    """

    exits = ("found", "missing", "failed")

    what: Literal["order", "contact", "booking", "record"]
    save: Name
    found: Exit
    missing: Exit
    kind: Key | None = None
    number: Source | None = None
    proof: Source | None = None
    failed: Exit | None = None  # what to look up can't be computed


class Find(Step, tag="find", frozen=True):
    """Finds the answer to a question among `answers` and saves its text in the run's language."""

    exits = ("found", "missing", "failed")

    answers: Annotated[list[Answer], Meta(min_length=1, max_length=100)]
    save: Name
    found: Exit
    missing: Exit  # none of them answers it
    question: Source = "said"
    failed: Exit | None = None  # the question can't be computed


class Note(Step, tag="note", frozen=True):
    """Writes a private note for colleagues."""

    text: Texts
    next: Exit


class Tag(Step, tag="tag", frozen=True):
    """Adds tags to the conversation."""

    tags: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(min_length=1, max_length=10)
    ]
    next: Exit


class HandOver(Step, tag="handover", frozen=True):
    """Ends the flow and gives the conversation to a queue (the channel's own when none is named),
    with a note of what was collected. `requirements` are steps as a transfer's are."""

    exits = ()

    text: Texts = {}
    queue: UUID | None = None
    priority: Annotated[int, Meta(ge=0, le=3)] | None = None
    requirements: Annotated[list[dict[str, Any]], Meta(max_length=10)] = []
    summary: bool = True


class End(Step, tag="end", frozen=True):
    """Ends the flow. As the first flow it resolves the conversation; as another one's part it
    goes back there with `results`."""

    exits = ("failed",)

    text: Texts = {}
    results: dict[Name, Source] = {}
    failed: Exit | None = None


class SubFlow(Step, tag="flow", frozen=True):
    """Runs another flow, given its parameters, and saves its results under names of ours."""

    exits = ("next", "failed")

    flow: Key
    next: Exit
    given: dict[Name, Source] = {}
    save: dict[Name, Name] = {}  # our name: its result
    failed: Exit | None = None


class Rate(Step, tag="rate", frozen=True):
    """Asks for a rating from 1 to `scale`, and with `ask_comment` for a few words more. It stands
    even when the contact says nothing after it. On a channel without buttons a signed link is
    given with the question."""

    exits = ("next", "silent")
    dialogue = True

    text: Texts
    next: Exit
    thanks: Texts = {}
    scale: Annotated[int, Meta(ge=2, le=10)] = 5
    ask_comment: bool = False
    silent_s: Seconds | None = None
    silent: Exit | None = None


class Book(Step, tag="book", frozen=True):
    """Offers the free times of a calendar in the next `days` and books the chosen one, in place of
    the booking `instead` (its id) where that is given. Saved are `id`, `calendar`, `at` (ISO 8601),
    `date` and `time` as the contact reads them."""

    exits = ("booked", "none")
    dialogue = True

    calendar: Key
    save: Name
    booked: Exit
    none: Exit  # nothing is free, or nothing suits
    days: Annotated[int, Meta(ge=1, le=60)] = 14
    text: Texts = {}
    instead: Source | None = None


class CancelBooking(Step, tag="cancel_booking", frozen=True):
    """Gives a booking of the contact who is here back, by its id."""

    exits = ("next", "failed")

    booking: Source
    next: Exit
    failed: Exit | None = None  # there is none, or its time is over


class Http(Step, tag="http", frozen=True):
    """Asks a partner over HTTP and saves parts of the JSON that it answers ("data.items.0.price").

    `url` and `headers` may hold `{{expression}}` (not in the host), headers also
    `{{secret.name}}` of those in `secrets`.
    """

    exits = ("next", "failed")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: Annotated[str, Meta(min_length=8, max_length=2_000)]
    next: Exit
    headers: Annotated[
        dict[HeaderName, Annotated[str, Meta(max_length=1_000)]], Meta(max_length=20)
    ] = {}
    body: Annotated[dict[Name, Source], Meta(max_length=50)] = {}
    secrets: Annotated[list[Name], Meta(max_length=10)] = []
    timeout_s: Annotated[int, Meta(ge=1, le=30)] = 10
    retries: Annotated[int, Meta(ge=0, le=3)] = 1
    save: Annotated[dict[Name, Annotated[str, Meta(max_length=200)]], Meta(max_length=30)] = {}
    failed: Exit | None = None


class Status(Step, tag="status", frozen=True):
    """Sets the conversation's status; for automations, for a dialogue ends with `end`."""

    to: Literal["open", "pending", "resolved"]
    next: Exit


class Assign(Step, tag="assign", frozen=True):
    """Ends the flow and gives the conversation to an agent, else to a queue, else to the channel's
    own queue."""

    exits = ()

    agent: UUID | None = None
    queue: UUID | None = None


class ChangeContact(Step, tag="contact", frozen=True):
    """Writes fields of the contact who is here."""

    exits = ("next", "failed")

    values: Annotated[
        dict[Literal["name", "company", "city", "locale"], Source], Meta(min_length=1)
    ]
    next: Exit
    failed: Exit | None = None


class ChangeOrder(Step, tag="order", frozen=True):
    """Cancels an order that has not left yet, or notes that a delivered one comes back. It is found
    by its `number`, and changed only when `proof` is its contact's e-mail address or phone
    number."""

    exits = ("next", "failed")

    number: Source
    proof: Source
    to: Literal["cancelled", "returned"]
    next: Exit
    failed: Exit | None = None  # there is no such order, or it is too late or too early for that


class ChangeRecord(Step, tag="record", frozen=True):
    """Writes fields of the record of a kind that has this `key`, and makes it when there is none;
    its other fields stay. Without `values` it is only there."""

    exits = ("next", "failed")

    kind: Key
    key: Source
    next: Exit
    values: Annotated[dict[Name, Source], Meta(max_length=20)] = {}
    failed: Exit | None = None  # no such kind or field, no room, or it can't be computed


class Send(Step, tag="send", frozen=True):
    """Sends a text on another channel, where the contact can be reached there."""

    exits = ("next", "failed")

    channel: UUID
    text: Texts
    next: Exit
    failed: Exit | None = None


class Callback(Step, tag="callback", frozen=True):
    """Offers a call: at `number` where it is known, else at the one that the contact writes, not
    before the moment `at`. Who agrees keeps the place in the queue, is told `thanks`, and the flow
    is over; a note has what was collected."""

    exits = ("refused", "failed", "silent")
    dialogue = True

    text: Texts
    refused: Exit
    failed: Exit  # still no number that can be called, or the moment can't be computed
    number: Source | None = None
    at: Source | None = None
    thanks: Texts = {}
    again: Texts = {}
    queue: UUID | None = None
    priority: Annotated[int, Meta(ge=0, le=3)] | None = None
    silent_s: Seconds | None = None
    silent: Exit | None = None


AnyStep = (
    Say | Ask | Menu | Branch | Set | Wait | Hours | Switch | LookUp | Note | Tag | HandOver | End
    | SubFlow | Rate | Book | CancelBooking | Http | Status | Assign | ChangeContact | Send
    | Callback | Find | ChangeOrder | ChangeRecord
)  # fmt: skip
