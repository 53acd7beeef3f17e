"""What an asked thing comes to where a flow is only played: look-ups are real, for they only read;
everything else is taken for done."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.flows import bookings
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
