"""Plays a flow that is being drawn: nothing is kept and nothing is sent.

What was is given with each move and what is comes back, so that a play needs no place of its own.
Look-ups are the real ones, which only read; the rest of what a flow does is told instead of done.
What happens meanwhile is told by whoever plays: an automation begins with it, a wait ends with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.policy import (
    Asked,
    AskPartner,
    BookThis,
    CancelThis,
    CheckNumber,
    Conditions,
    FindTimes,
    Finish,
    Found,
    GiveToPeople,
    Happened,
    Heard,
    Library,
    LookThisUp,
    Moment,
    Moved,
    MoveOrder,
    NoteThis,
    Output,
    Rate,
    RateThis,
    SayThis,
    SendThis,
    SetStatus,
    State,
    TagThis,
    Taken,
    TriggerOn,
    UnderstandThis,
    WriteContact,
    WriteRecord,
    advance,
    begin,
    facts_of,
)
from wasl.flows.pretending import Fact, pretended, scope_of
from wasl.infra.errors import Invalid
from wasl.infra.ids import new_id

_MOST_ASKED = 100
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Playing:
    """A play: who plays the contact, in which language, and when."""

    library: Library
    language: str
    now: datetime
    contact_id: UUID | None


@dataclass(frozen=True, slots=True)
class Given:
    """What comes in: the contact says `text`, time passes until what is waited for, or something
    happens (`on`), of which and of whose place `facts` are known ("event.added")."""

    kind: Literal["words", "silence", "event"]
    text: str = ""
    on: TriggerOn | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """How far a move has come; no state before an automation began. `asks` is what an engine is to
    say before it goes on."""

    state: State | None
    outputs: list[Output]
    trace: list[Taken]
    now: datetime
    asks: UnderstandThis | None = None

    def told(self) -> dict[str, Any]:
        """{state, outputs: [{does, …}], trace: [{flow, step, kind, way, detail}], waiting, moment,
        event, language, values, now, changed}; `changed` is whether what came in moved anything."""
        state = self.state
        return {
            "state": None if state is None else msgspec.to_builtins(state),
            "outputs": [
                {"does": _DOES[type(o)], **asdict(o)}
                for o in self.outputs
                if not isinstance(o, UnderstandThis)
            ],
            "trace": [asdict(taken) for taken in self.trace],
            "waiting": None if state is None else state.waiting,
            "moment": None if state is None else state.moment,
            "event": None if state is None else state.event,
            "language": None if state is None else state.language,
            "values": {} if state is None else state.frames[-1].values,
            "now": self.now,
            "changed": bool(self.trace),
        }


async def play(
    conn: AsyncConnection, playing: Playing, state: Mapping[str, Any] | None, given: Given
) -> Played:
    """Makes one move. Invalid("play_unreadable") for a state that is none, and for facts that
    nobody can know of what happens."""
    if given.kind == "event":
        return await _happens(conn, playing, None if state is None else _state_of(state), given)
    now = playing.now
    if state is None:
        moved = begin(playing.library, _said(given.text), language=playing.language, now=now)
        return await _until_it_waits(conn, playing, moved, now)
    before = _state_of(state)
    if given.kind == "silence":
        # it lasts until the moment that is waited for
        now = max(now, before.moment) if before.moment else now
        moved = advance(playing.library, before, Moment(), now)
    elif _hears(playing.library, before):
        moved = advance(playing.library, before, _said(given.text), now)
    else:
        return Played(before, [], [], now)
    return await _until_it_waits(conn, playing, moved, now)


def _hears(library: Library, state: State) -> bool:
    """Whether the run hears the contact: an automation does only while it asks for a rating."""
    here = state.frames[-1]
    flow = library.get(here.flow)
    asks = isinstance(flow.steps.get(here.step) if flow else None, Rate)
    return library[""].trigger is None or asks


async def _happens(
    conn: AsyncConnection, playing: Playing, before: State | None, given: Given
) -> Played:
    """An automation begins, or a run goes on that waits for this; else nothing changes."""
    on, now = given.on, playing.now
    if on is None or not given.facts.keys() <= _known_of(on):
        raise Invalid("play_unreadable", field="facts")
    scope = await scope_of(
        conn,
        on,
        given.facts,
        said=given.text,
        contact_id=playing.contact_id,
        language=playing.language,
        now=now,
    )
    if before is not None:
        moved = advance(playing.library, before, Happened(str(new_id()), on, scope), now)
        return await _until_it_waits(conn, playing, moved, now)
    trigger = playing.library[""].trigger
    if trigger is None or trigger.on != on:
        return Played(None, [], [], now)
    later = now + timedelta(seconds=0 if on == "schedule" else trigger.after_s or 0)
    if not Conditions([(trigger.filter, True)]).true_of(scope):
        return Played(None, [], [], now)
    values = {name: scope[name] for name in ("event", "conversation", "contact", "page")}
    moved = begin(
        playing.library, _said(given.text), language=playing.language, now=later, values=values
    )
    return await _until_it_waits(conn, playing, moved, later)


def _known_of(on: str) -> set[str]:
    return {f"{whole}.{part}" for whole, parts in facts_of(on).items() for part in parts}


async def go_on(
    conn: AsyncConnection, playing: Playing, played: Played, understood: Mapping[str, Any] | None
) -> Played:
    """Goes on with what the engine has said."""
    if played.state is None or played.asks is None:
        return played
    found = Found(understood, of=played.asks.n)
    moved = advance(playing.library, played.state, found, played.now)
    following = await _until_it_waits(conn, playing, moved, played.now)
    return replace(
        following,
        outputs=played.outputs + following.outputs,
        trace=played.trace + following.trace,
    )


async def _until_it_waits(
    conn: AsyncConnection, playing: Playing, moved: Moved, now: datetime
) -> Played:
    outputs: list[Output] = []
    trace: list[Taken] = []
    for _ in range(_MOST_ASKED):
        outputs += moved.outputs
        trace += moved.trace
        question = next((o for o in moved.outputs if isinstance(o, Asked)), None)
        if question is None or isinstance(question, UnderstandThis):
            return Played(moved.state, outputs, trace, now, question)
        found = await pretended(
            conn,
            question,
            contact_id=playing.contact_id,
            language=moved.state.language,
            now=now,
        )
        moved = advance(playing.library, moved.state, found, now)
    return Played(moved.state, outputs + moved.outputs, trace + moved.trace, now)


_DOES: Mapping[type, str] = {
    SayThis: "say",
    NoteThis: "note",
    TagThis: "tag",
    LookThisUp: "look_up",
    GiveToPeople: "give",
    Finish: "finish",
    RateThis: "rate",
    FindTimes: "look_up",
    BookThis: "book",
    CancelThis: "cancel_booking",
    AskPartner: "http",
    WriteContact: "contact",
    MoveOrder: "order",
    WriteRecord: "record",
    SendThis: "send",
    SetStatus: "status",
    CheckNumber: "look_up",
}


def _said(text: str) -> Heard:
    return Heard(str(new_id()), text)


def _state_of(data: Mapping[str, Any]) -> State:
    try:
        state = msgspec.convert(data, State)
    except (msgspec.ValidationError, RecursionError):
        raise Invalid("play_unreadable", field="state") from None
    times = [state.started_at, *([state.moment] if state.moment else [])]
    if not 0 < len(state.frames) <= 20 or not all(_is_playable(at) for at in times):
        raise Invalid("play_unreadable", field="state")
    return state


def _is_playable(at: datetime) -> bool:
    return at.tzinfo is not None and EARLIEST <= at <= LATEST
