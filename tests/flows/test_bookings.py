"""Bookings on a real database: offered, taken, moved, given back; one place, one booking."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from wasl.contacts import also_known
from wasl.flows import bookings
from wasl.flows.policy import Calendar, slots_of
from wasl.flows.templates import BOOKING
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.ids import new_id

DAILY = [[("09:00", "12:00")]] * 7
NAMES = {"en": "Visits", "fa": "بازدید", "ar": "الزيارات"}


def calendar(**more: Any) -> Calendar:
    given: dict[str, Any] = {"zone": "Asia/Tehran", "weekly": DAILY, "holidays": [],
                             "slot_min": 30, "places": 1}  # fmt: skip
    return Calendar(**(given | more))


async def opened(conn: AsyncConnection, clock: TurnedClock) -> FlowCentre:
    await bookings.put_calendar(conn, "appointments", calendar(), NAMES)
    return await open_centre(conn, clock, BOOKING)


async def chosen(centre: FlowCentre) -> list[str]:
    """The entries that were offered last."""
    return list(
        await centre.world.scalar(
            "SELECT quick_replies FROM messages WHERE conversation_id = :id"
            " AND quick_replies <> '[]' ORDER BY seq DESC LIMIT 1",
            id=centre.conversation_id,
        )
    )


async def test_a_visit_is_booked_moved_and_given_back(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("سلام", locale="fa")
    first = await chosen(centre)
    assert len(first) == 8 and first[-2:] == ["وقت‌های بعدی", "هیچ‌کدام"]
    await centre.says(first[0])
    told = [said for _, said in await centre.heard()]
    assert told[-2].startswith("نوبت شما") and told[-2].endswith("ثبت شد.")
    row = await centre.world.one("SELECT * FROM bookings")
    assert row.place == 1 and row.cancelled_at is None

    other = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await other.says("hi", locale="en")
    offered = await chosen(other)
    await other.says("Later times")
    assert not set(await chosen(other)) & set(offered[:-2])

    await centre.says("سلام", locale="fa", named=(centre.conversation_id,))
    assert "نوبت دارید" in (await centre.heard())[-1][1]
    await centre.says("جابه‌جا شود")
    again = await chosen(centre)
    assert again[0] != first[0]
    await centre.says("1")
    assert (
        await centre.world.scalar(
            "SELECT count(*) FILTER (WHERE cancelled_at IS NULL) FROM bookings"
        )
        == 1
    )
    assert await centre.world.scalar("SELECT count(*) FROM bookings") == 2
    await centre.says("سلام", locale="fa", named=(centre.conversation_id,))
    await centre.says("لغو")
    assert (await centre.heard())[-1][1] == "نوبت شما لغو شد."
    left = "SELECT count(*) FROM bookings WHERE cancelled_at IS NULL"
    assert await centre.world.scalar(left) == 0


async def test_a_time_that_was_taken_meanwhile_is_told(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    other = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await centre.says("hi", locale="en")
    await other.says("hi", locale="en")
    times = await chosen(centre)
    await other.says("1")
    await centre.says("1")
    assert (await centre.heard())[-1][1] == ("That time has just been taken. These are still free:")
    assert (await chosen(centre))[0] == times[1]
    await centre.says("1")
    assert await centre.world.scalar("SELECT count(*) FROM bookings") == 2


async def test_nobody_gives_back_what_is_anothers(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("1")
    row = await centre.world.one("SELECT * FROM bookings")
    assert not await bookings.cancel(conn, row.id, known_as=[new_id()], now=clock.now())
    late = row.starts_at + timedelta(minutes=1)
    assert not await bookings.cancel(conn, row.id, known_as=[row.contact_id], now=late)
    assert await bookings.cancel(conn, row.id, known_as=[row.contact_id], now=clock.now())


async def test_nobody_books_a_calendar_full(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    contact_id = (await centre.stands()).contact_id
    found = await bookings.free_times(conn, "appointments", days=7, now=clock.now())
    assert found is not None
    for at in found[1][: bookings.MOST_COMING]:
        assert await bookings.book(
            conn, "appointments", at, contact_id=contact_id,
            conversation_id=centre.conversation_id, now=clock.now(),
        )  # fmt: skip
    await centre.says("later times")
    assert (await centre.stands()).state == "queued"  # people decide


async def test_a_booking_follows_a_contact_who_is_merged(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("1")
    before = (await centre.stands()).contact_id
    await conn.execute(
        text(
            "INSERT INTO contacts (id, name, created_at) VALUES (:new, 'Sara', now());"
        ).bindparams(new=(base := new_id()))
    )
    await conn.execute(
        text("UPDATE contacts SET merged_into = :base WHERE id = :id"),
        {"base": base, "id": before},
    )
    await conn.execute(
        text("UPDATE conversations SET contact_id = :base WHERE id = :id"),
        {"base": base, "id": centre.conversation_id},
    )
    known = await also_known(conn, base)
    assert set(known) == {base, before}
    (row,) = await bookings.coming(conn, known, now=clock.now())
    assert await bookings.cancel(conn, row["id"], known_as=known, now=clock.now())


RACERS = 50


async def test_fifty_want_one_place_and_one_has_it(database: Database, clock: TurnedClock) -> None:
    async with database.transaction() as conn:
        await bookings.put_calendar(conn, "appointments", calendar(), NAMES)
        found = await bookings.free_times(conn, "appointments", days=7, now=clock.now())
    assert found is not None
    at = found[1][0]

    async def wants() -> bool:
        async with database.transaction() as conn:
            booked = await bookings.book(
                conn, "appointments", at, contact_id=new_id(), conversation_id=new_id(),
                now=clock.now(),
            )  # fmt: skip
            return booked is not None

    assert sum(await asyncio.gather(*(wants() for _ in range(RACERS)))) == 1
    async with database.transaction() as conn:
        await bookings.put_calendar(conn, "appointments", calendar(places=3), NAMES)
    assert sum(await asyncio.gather(*(wants() for _ in range(RACERS)))) == 2
    async with database.transaction() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM bookings")) == 3
        found = await bookings.free_times(conn, "appointments", days=7, now=clock.now())
        assert found is not None and at not in found[1]
        assert await bookings.book(
            conn, "appointments", at + timedelta(minutes=7), contact_id=new_id(),
            conversation_id=new_id(), now=clock.now(),
        ) is None  # fmt: skip


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@given(
    st.sampled_from(["Asia/Tehran", "Europe/Berlin", "America/New_York", "UTC"]),
    st.lists(st.tuples(st.integers(0, 22), st.integers(1, 23)), max_size=3),
    st.integers(5, 480),
    st.integers(1, 60),
)
def test_slots_are_in_order_within_hours_and_never_overlap(
    zone: str, spans: list[tuple[int, int]], slot_min: int, days: int
) -> None:
    day = [(f"{a:02}:00", f"{b:02}:00") for a, b in spans if a < b]
    made = calendar(zone=zone, weekly=[day] * 7, slot_min=slot_min)
    found = slots_of(made, now=NOW, days=days)
    assert found == sorted(set(found)) and all(at > NOW for at in found)
    assert all(at < NOW + timedelta(days=days + 2) for at in found)


def test_holidays_and_clock_changes() -> None:
    free = slots_of(calendar(holidays=["2026-11-23"]), now=NOW, days=2)
    assert {at.astimezone(UTC).date().isoformat() for at in free} == {"2026-11-24"}
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)  # the night before clocks go forward in Berlin
    spring = calendar(zone="Europe/Berlin", weekly=[[("01:00", "05:00")]] * 7, slot_min=60)
    day = slots_of(spring, now=before, days=1)
    assert len(day) == 3  # that night has an hour less


async def test_a_colleague_cancels_and_takes_it_back(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("1")
    row = await centre.world.one("SELECT * FROM bookings")
    now = clock.now()
    (seen,) = await bookings.calendar_views(conn, now=now)
    assert seen["to_come"] == 1 and [used["key"] for used in seen["flows"]] == ["shop"]
    await bookings.give_back(conn, "appointments", row.id, now=now)
    assert (await bookings.calendar_views(conn, now=now))[0]["to_come"] == 0
    await bookings.put_back(conn, "appointments", row.id, now=now)
    assert (await centre.world.one("SELECT * FROM bookings")).cancelled_at is None
    with pytest.raises(NotFound, match="booking_not_found"):
        await bookings.give_back(conn, "other", row.id, now=now)
    with pytest.raises(Conflict, match="booking_over"):
        await bookings.give_back(conn, "appointments", row.id, now=row.starts_at)


async def test_what_was_cancelled_comes_back_only_while_there_is_a_place(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    now = clock.now()
    await bookings.put_calendar(conn, "twice", calendar(places=2), NAMES)
    found = await bookings.free_times(conn, "twice", days=2, now=now)
    assert found is not None
    at = found[1][0]

    async def book() -> Any:
        return await bookings.book(
            conn, "twice", at, contact_id=new_id(), conversation_id=new_id(), now=now
        )

    first, second = await book(), await book()
    assert first and second and await book() is None
    await bookings.give_back(conn, "twice", first, now=now)
    third = await book()
    with pytest.raises(Conflict, match="booking_taken"):
        await bookings.put_back(conn, "twice", first, now=now)
    await bookings.give_back(conn, "twice", second, now=now)
    await bookings.put_back(conn, "twice", first, now=now)
    shown = await bookings.booked_on(conn, "twice", start=at, end=at + timedelta(hours=1))
    assert {one["id"]: one["place"] for one in shown} == {third: 1, first: 2}
