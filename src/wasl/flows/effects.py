"""What a move asks of the database, of the contact's record and of other channels, answered with
`Found`; ratings and statuses, which are only told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts, conversations, routing
from wasl.conversations import Reply
from wasl.flows import bookings, meanings, partners, ratings, records
from wasl.flows.policy import (
    Asked,
    AskedOutside,
    AskPartner,
    BookThis,
    CallThem,
    CancelThis,
    CheckNumber,
    FindTimes,
    LookThisUp,
    MoveOrder,
    RateThis,
    SendThis,
    UnderstandThis,
    WriteContact,
    WriteRecord,
    shown_moment,
)
from wasl.infra.errors import AppError, Conflict, Invalid
from wasl.infra.events import Actor

_LONGEST_FIELD = 200


@dataclass(frozen=True, slots=True)
class Here:
    """Whose run it is and where; `language` is the one spoken."""

    conn: AsyncConnection
    run_id: UUID
    conversation_id: UUID
    holds: bool
    language: str
    name: str  # of the flow
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor("flow", self.run_id)

    async def contact_id(self) -> UUID:
        return (await conversations.lock(self.conn, self.conversation_id)).contact_id

    async def known_as(self) -> list[UUID]:
        """The contact's id, and those that it had before it was merged."""
        return await contacts.also_known(self.conn, await self.contact_id())


async def found_for(here: Here, asked: Asked) -> Mapping[str, Any] | None:
    """What something that was asked comes to, except for answers from outside."""
    match asked:
        case LookThisUp():
            return await _look_up(here, asked)
        case FindTimes():
            return await _find_times(here, asked)
        case BookThis():
            return await _book(here, asked)
        case CancelThis():
            booking_id = _id(asked.booking)
            done = booking_id is not None and await bookings.cancel(
                here.conn, booking_id, known_as=await here.known_as(), now=here.now
            )
            return {} if done else None
        case WriteContact():
            return await _write_contact(here, asked)
        case MoveOrder():
            return await _move_order(here, asked)
        case WriteRecord():
            return await _write_record(here, asked)
        case SendThis():
            return await _send(here, asked)
        case CheckNumber():
            return await _check_number(here, asked)
        case AskPartner() | UnderstandThis():
            raise TypeError("this is asked by `ask_outside`")


async def ask_outside(here: Here, asked: AskedOutside) -> None:
    """Leaves the run waiting for a partner or an engine."""
    if isinstance(asked, AskPartner):
        await partners.ask(here.conn, here.run_id, asked, now=here.now)
    else:
        await meanings.ask(here.conn, here.run_id, asked, now=here.now)


async def take_rating(here: Here, rated: RateThis) -> None:
    """Keeps a rating; the first of an interaction stands."""
    await ratings.rate(
        here.conn, here.run_id, rated.score, rated.scale, rated.comment, now=here.now
    )


async def set_status(here: Here, to: str) -> None:
    """Sets the conversation's status for an automation."""
    await routing.set_status_by_automation(
        here.conn, here.conversation_id, here.run_id, to, now=here.now
    )


async def _look_up(here: Here, asked: LookThisUp) -> Mapping[str, Any] | None:
    if asked.what == "order":
        found = await contacts.order_shown_to(here.conn, asked.number, asked.proof)
        return None if found is None else plain_order(found)
    if asked.what == "booking":
        return await _booking(here)
    if asked.what == "record":
        return await records.find(here.conn, asked.kind, asked.number)
    person = await contacts.view(here.conn, await here.contact_id())
    known = {key: person[key] for key in ("name", "locale", "company", "city") if person[key]}
    return known or None


def plain_order(order: Mapping[str, Any]) -> dict[str, Any]:
    """An order as expressions see it."""
    items = ", ".join(str(item.get("name", "")) for item in order["items"] or ())
    days = {name: order[name] for name in ("placed_at", "expected_at", "delivered_at")}
    return {
        "code": order["code"],
        "status": order["status"],
        "total": order["total_minor"] / 100,
        "currency": order["currency"],
        "items": items[:500],
        **{name: at.date().isoformat() if at else None for name, at in days.items()},
    }


async def _booking(here: Here) -> Mapping[str, Any] | None:
    rows = await bookings.coming(here.conn, await here.known_as(), now=here.now)
    return booking_shown(rows[0], here.language) if rows else None


def booking_shown(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A booking as expressions see it."""
    at = row["starts_at"].astimezone(UTC).isoformat()
    day, time = shown_moment(at, row["zone"], language)
    return {
        "id": str(row["id"]),
        "calendar": row["calendar"],
        "at": at,
        "date": day,
        "time": time,
    }


async def _find_times(here: Here, asked: FindTimes) -> Mapping[str, Any] | None:
    found = await bookings.free_times(
        here.conn,
        asked.calendar,
        days=asked.days,
        now=here.now,
        after=None if asked.after is None else datetime.fromisoformat(asked.after),
        day=None if asked.day is None else date.fromisoformat(asked.day),
    )
    if found is None:
        return None
    zone, times = found
    coming = await bookings.coming(here.conn, await here.known_as(), now=here.now)
    if len(coming) >= bookings.MOST_COMING:
        times = []  # nobody books a calendar full
    return {"zone": zone, "times": [at.isoformat() for at in times]}


async def _book(here: Here, asked: BookThis) -> Mapping[str, Any] | None:
    booking_id = await bookings.book(
        here.conn,
        asked.calendar,
        datetime.fromisoformat(asked.at),
        contact_id=await here.contact_id(),
        conversation_id=here.conversation_id,
        instead=_id(asked.instead),
        known_as=await here.known_as(),
        now=here.now,
    )
    return None if booking_id is None else {"id": str(booking_id)}


async def _write_contact(here: Here, asked: WriteContact) -> Mapping[str, Any] | None:
    values = {
        name: conversations.clean_text(value, limit=_LONGEST_FIELD).replace("\n", " ").strip()
        for name, value in asked.values.items()
    }
    if values.get("locale", "en") not in ("en", "fa", "ar") or values.get("name") == "":
        return None
    try:
        async with here.conn.begin_nested():
            await contacts.change(
                here.conn, await here.contact_id(), values, actor=here.actor, now=here.now
            )
    except AppError:
        return None
    return {}


async def _move_order(here: Here, asked: MoveOrder) -> Mapping[str, Any] | None:
    try:
        async with here.conn.begin_nested():
            await contacts.change_order(
                here.conn, asked.number, asked.proof, asked.to, actor=here.actor, now=here.now
            )
    except AppError:
        return None
    return {}


async def _write_record(here: Here, asked: WriteRecord) -> Mapping[str, Any] | None:
    row = records.Row(asked.key, asked.values)
    try:
        async with here.conn.begin_nested():
            await records.write(here.conn, asked.kind, row, now=here.now)
    except AppError:
        return None
    return {}


async def _check_number(here: Here, asked: CheckNumber) -> Mapping[str, Any] | None:
    """The number as the country of the conversation's channel reads it."""
    conversation = await conversations.lock(here.conn, here.conversation_id)
    channel = (await channels.views(here.conn, [conversation.channel_id]))[0]
    region = str(channel["config"].get("region") or "")
    try:
        read = contacts.normalise("phone", asked.number, region=region)
    except Invalid:
        return None
    return {"number": read.value, "shown": read.display}


async def call_back(here: Here, call: CallThem) -> None:
    """The contact, who waits in a queue by now, is to be called. Where that is impossible the wish
    is a note."""
    try:
        async with here.conn.begin_nested():
            await routing.ask_callback(
                here.conn,
                here.conversation_id,
                kind="phone",
                address=call.number,
                not_before=call.not_before,
                actor=here.actor,
                now=here.now,
            )
    except AppError:
        await conversations.add_note(
            here.conn,
            here.conversation_id,
            author=here.actor,
            text=f"☎ {call.number}",
            now=here.now,
            author_name=here.name,
        )


async def _send(here: Here, asked: SendThis) -> Mapping[str, Any] | None:
    """Says it on another channel, where the contact can be reached and nobody else serves. The
    dialogue goes on where the contact writes."""
    options = await conversations.reply_options(here.conn, here.conversation_id)
    option = next((o for o in options if o["channel"]["id"] == asked.channel), None)
    if option is None or not option["allowed"] or not asked.text:
        return None
    kind = option["channel"]["kind"]
    capabilities = channels.adapter_of(kind).capabilities
    identity = option["identity"]
    try:
        async with here.conn.begin_nested():
            await conversations.send_message(
                here.conn,
                here.conversation_id,
                Reply(
                    channel_id=asked.channel,
                    channel_kind=kind,
                    capabilities=capabilities,
                    identity_id=identity["id"] if identity else None,
                    text=asked.text[: capabilities.max_text_chars],
                    subject=here.name if capabilities.subject else "",
                    client_id=f"{here.run_id}:{asked.n}",
                    author_name=here.name,
                    aside=not here.holds,
                    elsewhere=True,
                ),
                author=here.actor,
                now=here.now,
            )
    except Conflict:
        return None
    return {}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
