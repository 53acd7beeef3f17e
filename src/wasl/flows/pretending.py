"""What stands for the world where a flow is only played: look-ups are real, for they only read;
everything else is taken for done, and what happens is as whoever plays tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts, conversations
from wasl.flows import bookings, records
from wasl.flows.effects import booking_shown, plain_order
from wasl.flows.policy import (
    Asked,
    AskPartner,
    BookThis,
    CheckNumber,
    FindTimes,
    Found,
    LookThisUp,
)

Fact = str | int | float | bool

# what starts an automation by another name than the event's
_EVENT_OF = {"arrival": "ConversationOpened", "keyword": "MessageReceived"}
_BY_CONTACTS = frozenset(
    {"ConversationOpened", "ConversationReopened", "ConversationContinued", "MessageReceived",
     "ConversationRated"}
)  # fmt: skip
_BY_ITSELF = frozenset(
    {"schedule", "SlaWarned", "SlaBreached", "ConversationOverflowed", "ConversationWoke"}
)
_NEW: Mapping[str, Any] = {
    "number": 1, "status": "open", "state": "created", "priority": 1, "tags": "", "subject": "",
    "channel": "", "kind": "", "queue": None, "agent": None, "contact": "", "owed": True,
    "unread": 1, "spam": False, "answered": False, "idle_s": 0, "age_s": 0,
}  # fmt: skip


async def scope_of(
    conn: AsyncConnection,
    on: str,
    told: Mapping[str, Fact],
    *,
    said: str,
    contact_id: UUID | None,
    language: str,
    now: datetime,
) -> dict[str, Any]:
    """What filters read when this happens: of the contact's last conversation where a contact is
    chosen, else of one that has just begun, with what is `told` ("event.added") in place of it."""
    event = _EVENT_OF.get(on, on)
    actor = "contact" if event in _BY_CONTACTS else "system" if event in _BY_ITSELF else "agent"
    conversation, contact = await _of_contact(conn, contact_id, now)
    scope: dict[str, Any] = {
        "event": {"type": event, "actor": actor},
        "conversation": {**_NEW, "locale": language, **conversation},
        "contact": contact,
        "page": None,
        "said": said,
    }
    for name, value in told.items():
        whole, _, part = name.partition(".")
        scope[whole] = {**(scope[whole] or {}), part: value}
    return scope


async def _of_contact(
    conn: AsyncConnection, contact_id: UUID | None, now: datetime
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The contact's last conversation and their fields, as far as there are any."""
    nobody = dict.fromkeys(("name", "locale", "company", "city"), "")
    if contact_id is None:
        return {}, nobody
    person = await contacts.view(conn, contact_id)
    contact = {name: person[name] for name in nobody}
    last = (await conversations.last_of(conn, [person["id"]])).values()
    standing = await conversations.conditions(conn, last, now=now)
    return next(iter(standing.values()), {}), contact


async def pretended(
    conn: AsyncConnection, asked: Asked, *, contact_id: UUID | None, language: str, now: datetime
) -> Found:
    """The answer to what a played flow asks; a partner is not asked and answers with dots."""
    match asked:
        case LookThisUp(what="order"):
            order = await contacts.order_shown_to(conn, asked.number, asked.proof)
            return Found(None if order is None else plain_order(order))
        case LookThisUp(what="booking"):
            known = [] if contact_id is None else await contacts.also_known(conn, contact_id)
            coming = await bookings.coming(conn, known, now=now)
            return Found(booking_shown(coming[0], language) if coming else None)
        case LookThisUp(what="record"):
            return Found(await records.find(conn, asked.kind, asked.number))
        case LookThisUp():
            if contact_id is None:
                return Found(None)
            person = await contacts.view(conn, contact_id)
            shown = ("name", "locale", "company", "city")
            return Found({name: person[name] for name in shown if person[name]} or None)
        case FindTimes():
            found = await bookings.free_times(
                conn,
                asked.calendar,
                days=asked.days,
                now=now,
                after=None if asked.after is None else datetime.fromisoformat(asked.after),
                day=None if asked.day is None else date.fromisoformat(asked.day),
            )
            if found is None:
                return Found(None)
            return Found({"zone": found[0], "times": [at.isoformat() for at in found[1]]})
        case CheckNumber():
            return Found({"number": asked.number, "shown": asked.number})
        case BookThis():
            return Found({"id": ""})
        case AskPartner():
            return Found(dict.fromkeys(asked.save, "…"), of=asked.n)
        case _:
            return Found({})
