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


async def play(
    conn: AsyncConnection,
    playing: Playing,
    state: Mapping[str, Any] | None,
    given: Literal["words", "silence"],
    text: str,
) -> dict[str, Any]:
    """Makes one move: `words` are said, or nothing is until the moment the run waits for.

    Gives {state, outputs: [{does, …}], trace: [{flow, step, kind, way}], waiting, moment, values,
    now}. Invalid("play_unreadable") for a state that is none.
    """
    now = playing.now
    if state is None:
        moved = begin(playing.library, _said(text), language=playing.language, now=now)
    else:
        before = _state_of(state)
        # silence lasts until the moment that is waited for
        now = max(now, before.moment) if given == "silence" and before.moment else now
        asked: Input = Moment() if given == "silence" else _said(text)
        moved = advance(playing.library, before, asked, now)
    outputs, trace = list(moved.outputs), list(moved.trace)
    for _ in range(_MOST_ASKED):
        question = next((o for o in moved.outputs if isinstance(o, Asked)), None)
        if question is None:
            break
        found = await pretended(
            conn,
            question,
            contact_id=playing.contact_id,
            language=moved.state.language,
            now=now,
        )
        moved = advance(playing.library, moved.state, found, now)
        outputs += moved.outputs
        trace += moved.trace
    return _told(moved, outputs, trace, now)


def _told(moved: Moved, outputs: list[Output], trace: list[Taken], now: datetime) -> dict[str, Any]:
    state = moved.state
    return {
        "state": msgspec.to_builtins(state),
        "outputs": [{"does": _DOES[type(o)], **asdict(o)} for o in outputs],
        "trace": [asdict(taken) for taken in trace],
        "waiting": state.waiting,
        "moment": state.moment,
        "language": state.language,
        "values": state.frames[-1].values,
        "now": now,
    }


_DOES: Mapping[type[Output], str] = {
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
