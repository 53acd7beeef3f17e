"""Calendars with places in slots, and who has booked them. The database keeps two from having the
same place: `uq_bookings_place`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.flows.policy import Calendar, slots_of
from wasl.flows.tables import bookings, calendars
from wasl.flows.uses import used_in
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together

MOST_CALENDARS = 200
MOST_COMING = 10  # of one contact
_MOST_TIMES = 100  # of one look


async def put_calendar(
    conn: AsyncConnection, key: str, calendar: Calendar, names: Mapping[str, str]
) -> None:
    """Makes or changes a calendar; what is booked stays booked."""
    if (await conn.scalar(select(func.count()).select_from(calendars)) or 0) >= MOST_CALENDARS:
        raise Conflict("too_many_calendars", limit=MOST_CALENDARS)
    values = {
        "names": dict(names),
        "zone": calendar.zone,
        "weekly": calendar.weekly,
        "holidays": calendar.holidays,
        "slot_min": calendar.slot_min,
        "places": calendar.places,
    }
    await conn.execute(
        upsert(calendars)
        .values(key=key, **values)
        .on_conflict_do_update(
            index_elements=["key"], set_={**values, "version": calendars.c.version + 1}
        )
    )


async def drop_calendar(conn: AsyncConnection, key: str) -> None:
    """Drops a calendar that nobody ever booked; Conflict("calendar_in_use")."""
    try:
        async with conn.begin_nested():
            gone = await conn.execute(delete(calendars).where(calendars.c.key == key))
    except IntegrityError:
        raise Conflict("calendar_in_use") from None
    if not gone.rowcount:
        raise NotFound("calendar_not_found")


async def calendar_views(conn: AsyncConnection, *, now: datetime) -> list[dict[str, Any]]:
    """All calendars, by key, each with how many bookings are to `come` and which flows book in
    it."""
    to_come = (
        select(func.count())
        .where(
            bookings.c.calendar == calendars.c.key,
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at > now,
        )
        .scalar_subquery()
    )
    rows = await conn.execute(select(calendars, to_come.label("to_come")).order_by(calendars.c.key))
    using = await used_in(conn, "calendar")
    return [{**row._asdict(), "flows": using.get(row.key, [])} for row in rows]


async def calendar_keys(conn: AsyncConnection) -> set[str]:
    return set((await conn.execute(select(calendars.c.key))).scalars())


async def _calendar(conn: AsyncConnection, key: str, *, to_book: bool = False) -> Calendar | None:
    """A calendar; those who book in it go one after another, so that each sees what is free."""
    query = select(calendars).where(calendars.c.key == key)
    if to_book:
        query = query.with_for_update(key_share=True)
    row = (await conn.execute(query)).first()
    if row is None:
        return None
    weekly = [[tuple(span) for span in day] for day in row.weekly]
    return Calendar(row.zone, weekly, row.holidays, row.slot_min, row.places)


async def free_times(
    conn: AsyncConnection,
    key: str,
    *,
    days: int,
    now: datetime,
    after: datetime | None = None,
    day: date | None = None,
) -> tuple[str, list[datetime]] | None:
    """The zone and the free times of the next days, from `after` on or of one day; None when there
    is no such calendar."""
    calendar = await _calendar(conn, key)
    if calendar is None:
        return None
    slots = slots_of(calendar, now=now, days=days, after=after, day=day)
    if not slots:
        return calendar.zone, []
    taken = await conn.execute(
        select(bookings.c.starts_at)
        .where(
            bookings.c.calendar == key,
            bookings.c.starts_at >= slots[0],
            bookings.c.starts_at <= slots[-1],
            bookings.c.cancelled_at.is_(None),
        )
        .group_by(bookings.c.starts_at)
        .having(func.count() >= calendar.places)
    )
    full = {at.astimezone(UTC) for at in taken.scalars()}
    return calendar.zone, [slot for slot in slots if slot not in full][:_MOST_TIMES]


async def book(
    conn: AsyncConnection,
    key: str,
    at: datetime,
    *,
    contact_id: UUID,
    conversation_id: UUID,
    instead: UUID | None = None,
    known_as: Collection[UUID] = (),
    now: datetime,
) -> UUID | None:
    """Books a place at a time of the calendar, giving back `instead`; None when none is free any
    more, or it never was a time of the calendar. `known_as` are the contact's earlier ids."""
    calendar = await _calendar(conn, key, to_book=True)
    if calendar is None or at not in slots_of(calendar, now=now, days=366, day=None, at=at):
        return None
    wanted = {
        "id": new_id(),
        "calendar": key,
        "at": at,
        "places": calendar.places,
        "contact": contact_id,
        "conversation": conversation_id,
        "now": now,
    }
    (made,) = await run_together(conn, (_BOOK, wanted))
    if not made:
        return None
    if instead is not None:
        await cancel(conn, instead, known_as=[contact_id, *known_as], now=now)
    booking_id: UUID = made[0].id
    return booking_id


_FREE = """
SELECT free FROM generate_series(1, %(places)s) AS free
WHERE free NOT IN (SELECT place FROM bookings
  WHERE calendar = %(calendar)s AND starts_at = %(at)s AND cancelled_at IS NULL)
ORDER BY free LIMIT 1
"""
_BOOK = f"""
INSERT INTO bookings (id, calendar, starts_at, place, contact_id, conversation_id, booked_at)
SELECT %(id)s, %(calendar)s, %(at)s, free, %(contact)s, %(conversation)s, %(now)s
FROM ({_FREE}) AS places ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608  # our constants
_PUT_BACK = f"""
UPDATE bookings SET cancelled_at = NULL, place = free FROM ({_FREE}) AS places
WHERE id = %(id)s RETURNING id
"""  # noqa: S608  # our constants


async def give_back(
    conn: AsyncConnection, key: str, booking_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """A colleague cancels a booking of the calendar that is still to come; its row.
    NotFound("booking_not_found"), Conflict("booking_over")."""
    row = await _booked(conn, key, booking_id)
    if row.cancelled_at is None:
        if row.starts_at <= now:
            raise Conflict("booking_over")
        await conn.execute(
            update(bookings).where(bookings.c.id == booking_id).values(cancelled_at=now)
        )
    shown: dict[str, Any] = row._asdict()
    return shown


async def put_back(
    conn: AsyncConnection, key: str, booking_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """A cancelled booking stands again, at its time; its row. Conflict("booking_taken") when
    somebody has the last place by now, Conflict("booking_over")."""
    calendar = await _calendar(conn, key, to_book=True)
    row = await _booked(conn, key, booking_id)
    if row.cancelled_at is not None:
        if row.starts_at <= now:
            raise Conflict("booking_over")
        places = calendar.places if calendar else 0
        wanted = {"id": booking_id, "calendar": key, "at": row.starts_at, "places": places}
        (done,) = await run_together(conn, (_PUT_BACK, wanted))
        if not done:
            raise Conflict("booking_taken")
    shown: dict[str, Any] = row._asdict()
    return shown


async def _booked(conn: AsyncConnection, key: str, booking_id: UUID) -> Any:
    row = (
        await conn.execute(
            select(bookings)
            .where(bookings.c.id == booking_id, bookings.c.calendar == key)
            .with_for_update()
        )
    ).first()
    if row is None:
        raise NotFound("booking_not_found")
    return row


async def cancel(
    conn: AsyncConnection, booking_id: UUID, *, known_as: Collection[UUID], now: datetime
) -> bool:
    """Gives back a booking of this contact that is still to come; False when there is none."""
    done = await conn.execute(
        update(bookings)
        .where(
            bookings.c.id == booking_id,
            bookings.c.contact_id.in_(known_as),
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at > now,
        )
        .values(cancelled_at=now)
        .returning(bookings.c.id)
    )
    return done.first() is not None


async def coming(
    conn: AsyncConnection, known_as: Collection[UUID], *, now: datetime
) -> list[dict[str, Any]]:
    """The contact's bookings that are still to come, with their calendars' zones, the next first;
    at most as many as a contact may have."""
    rows = await conn.execute(
        select(bookings.c.id, bookings.c.calendar, bookings.c.starts_at, calendars.c.zone)
        .join(calendars, calendars.c.key == bookings.c.calendar)
        .where(
            bookings.c.contact_id.in_(known_as),
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at > now,
        )
        .order_by(bookings.c.starts_at)
        .limit(MOST_COMING)
    )
    return [row._asdict() for row in rows]


async def booked_on(
    conn: AsyncConnection, key: str, *, start: datetime, end: datetime
) -> Sequence[dict[str, Any]]:
    """The bookings of a calendar in a span, at most 1,000, with their contacts' names."""
    rows = await conn.execute(
        select(
            bookings.c.id,
            bookings.c.starts_at,
            bookings.c.place,
            bookings.c.contact_id,
            bookings.c.conversation_id,
            bookings.c.booked_at,
        )
        .where(
            bookings.c.calendar == key,
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at >= start,
            bookings.c.starts_at < end,
        )
        .order_by(bookings.c.starts_at, bookings.c.place)
        .limit(1_000)
    )
    found = [row._asdict() for row in rows]
    names = await contacts.plain_names(conn, [one["contact_id"] for one in found])
    return [{**one, "contact_name": names.get(one["contact_id"], "")} for one in found]
