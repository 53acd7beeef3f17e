"""A timer of routing fires while somebody does by hand what it would do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.conversations import lock
from wasl.infra.database import Database
from wasl.infra.timers import Timer, timers
from wasl.routing import By, pick, set_status, timer_handlers, wrap_up

Do = Callable[[AsyncConnection, Centre, UUID, UUID], Awaitable[Any]]


async def wraps_up(conn: AsyncConnection, centre: Centre, found: UUID, lina: UUID) -> None:
    await wrap_up(conn, found, by=By(lina), now=centre.now)


async def picks(conn: AsyncConnection, centre: Centre, found: UUID, lina: UUID) -> None:
    await pick(conn, found, by=By(lina), now=centre.now)


async def snoozes_longer(conn: AsyncConnection, centre: Centre, found: UUID, lina: UUID) -> None:
    until = centre.now + timedelta(hours=1)
    by = By(lina, manages=True)
    await set_status(conn, found, "snoozed", snoozed_until=until, by=by, now=centre.now)


@pytest.mark.parametrize(
    ("kind", "status", "by_hand", "state", "still_set"),
    [
        ("routing.wrap_up", "resolved", wraps_up, "completed", 0),
        ("routing.snooze", "snoozed", picks, "active", 0),
        ("routing.snooze", "snoozed", snoozes_longer, "parked", 1),
    ],
)
async def test_neither_waits_for_the_other(
    database: Database,
    centre: Centre,
    kind: str,
    status: str,
    by_hand: Do,
    state: str,
    still_set: int,
) -> None:
    """The timer has its row and waits for the conversation; who has that does not wait for it."""
    async with database.transaction() as conn:
        await centre.open(conn, wrap_up_s=30)
        lina = await centre.agent(conn, "Lina")
        found = await centre.contact_writes(conn)
        await pick(conn, found, by=By(lina), now=centre.now)
        until = centre.now + timedelta(seconds=30) if status == "snoozed" else None
        await set_status(conn, found, status, snoozed_until=until, by=By(lina), now=centre.now)
        row = (await conn.execute(select(timers).where(timers.c.kind == kind))).one()
    centre.clock.turn(30)
    timer = Timer(row.id, row.kind, row.key, row.due_at, row.payload, row.attempts)
    fires = asyncio.Event()

    async def fire() -> None:  # as the timers' loop does
        async with database.transaction() as conn:
            await conn.execute(delete(timers).where(timers.c.id == timer.id))
            fires.set()
            await timer_handlers()[kind](conn, timer, centre.now)

    async with database.transaction() as conn:
        await lock(conn, found)
        firing = asyncio.create_task(fire())
        await fires.wait()
        await by_hand(conn, centre, found, lina)
    await firing
    async with database.transaction() as conn:
        a = await centre.assignment(conn, found)
        assert (a.state, len(await centre.segments(conn, found))) == (
            state,
            1 + (state == "active"),
        )
        left = (await conn.execute(select(timers).where(timers.c.kind == kind))).all()
    assert len(left) == still_set
    assert all(one.due_at == centre.now + timedelta(hours=1) for one in left)
