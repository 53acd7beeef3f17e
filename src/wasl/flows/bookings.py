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

from wasl.flows.policy import Calendar, slots_of
from wasl.flows.tables import bookings, calendars
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.ids import new_id

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


async def calendar_views(conn: AsyncConnection) -> list[dict[str, Any]]:
    """All calendars, by key."""
    rows = await conn.execute(select(calendars).order_by(calendars.c.key))
    return [row._asdict() for row in rows]


async def calendar_keys(conn: AsyncConnection) -> set[str]:
    return set((await conn.execute(select(calendars.c.key))).scalars())


async def _calendar(conn: AsyncConnection, key: str) -> Calendar | None:
    row = (await conn.execute(select(calendars).where(calendars.c.key == key))).first()
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
    calendar = await _calendar(conn, key)
    if calendar is None or at not in slots_of(calendar, now=now, days=366, day=None, at=at):
        return None
    for place in range(1, calendar.places + 1):
        made = await conn.execute(
            upsert(bookings)
            .values(
                id=new_id(),
                calendar=key,
                starts_at=at,
                place=place,
                contact_id=contact_id,
                conversation_id=conversation_id,
                booked_at=now,
            )
            .on_conflict_do_nothing()
            .returning(bookings.c.id)
        )
        booking_id: UUID | None = made.scalar()
        if booking_id is not None:
            if instead is not None:
                await cancel(conn, instead, known_as=[contact_id, *known_as], now=now)
            return booking_id
    return None


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
    """The bookings of a calendar in a span, at most 1,000."""
    rows = await conn.execute(
        select(
            bookings.c.id,
            bookings.c.starts_at,
            bookings.c.place,
            bookings.c.contact_id,
            bookings.c.conversation_id,
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
    return [row._asdict() for row in rows]
