"""Plays a flow that is being drawn: nothing is kept and nothing is sent.

What was is given with each move and what is comes back, so that a play needs no place of its own.
Look-ups are the real ones, which only read; the rest of what a flow does is told instead of done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
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
    FindTimes,
    Finish,
    Found,
    GiveToPeople,
    Heard,
    Input,
    Library,
    LookThisUp,
    Moment,
    Moved,
    NoteThis,
    Output,
    RateThis,
    SayThis,
    SendThis,
    SetStatus,
    State,
    TagThis,
    Taken,
    UnderstandThis,
    WriteContact,
    advance,
    begin,
)
from wasl.flows.pretending import pretended
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
class Played:
    """How far a move has come. `asks` is what an engine is to say before it goes on."""

    moved: Moved
    outputs: list[Output]
    trace: list[Taken]
    now: datetime
    asks: UnderstandThis | None = None

    def told(self) -> dict[str, Any]:
        """{state, outputs: [{does, …}], trace: [{flow, step, kind, way, detail}], waiting, moment,
        values, now}."""
        return _told(self)


async def play(
    conn: AsyncConnection,
    playing: Playing,
    state: Mapping[str, Any] | None,
    given: Literal["words", "silence"],
    text: str,
) -> Played:
    """Makes one move: `words` are said, or nothing is until the moment the run waits for.
    Invalid("play_unreadable") for a state that is none."""
    now = playing.now
    if state is None:
        moved = begin(playing.library, _said(text), language=playing.language, now=now)
    else:
        before = _state_of(state)
        # silence lasts until the moment that is waited for
        now = max(now, before.moment) if given == "silence" and before.moment else now
        asked: Input = Moment() if given == "silence" else _said(text)
        moved = advance(playing.library, before, asked, now)
    return await _until_it_waits(conn, playing, Played(moved, [], [], now))


async def go_on(
    conn: AsyncConnection, playing: Playing, played: Played, understood: Mapping[str, Any] | None
) -> Played:
    """Goes on with what the engine has said."""
    n = played.asks.n if played.asks else 0
    moved = advance(playing.library, played.moved.state, Found(understood, of=n), played.now)
    following = Played(moved, played.outputs, played.trace, played.now)
    return await _until_it_waits(conn, playing, following)


async def _until_it_waits(conn: AsyncConnection, playing: Playing, played: Played) -> Played:
    moved, outputs, trace = played.moved, list(played.outputs), list(played.trace)
    for _ in range(_MOST_ASKED):
        outputs += moved.outputs
        trace += moved.trace
        question = next((o for o in moved.outputs if isinstance(o, Asked)), None)
        if question is None or isinstance(question, UnderstandThis):
            return Played(moved, outputs, trace, played.now, question)
        found = await pretended(
            conn,
            question,
            contact_id=playing.contact_id,
            language=moved.state.language,
            now=played.now,
        )
        moved = advance(playing.library, moved.state, found, played.now)
    return Played(moved, outputs + moved.outputs, trace + moved.trace, played.now)


def _told(played: Played) -> dict[str, Any]:
    state = played.moved.state
    return {
        "state": msgspec.to_builtins(state),
        "outputs": [
            {"does": _DOES[type(o)], **asdict(o)}
            for o in played.outputs
            if not isinstance(o, UnderstandThis)
        ],
        "trace": [asdict(taken) for taken in played.trace],
        "waiting": state.waiting,
        "moment": state.moment,
        "language": state.language,
        "values": state.frames[-1].values,
        "now": played.now,
    }


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
