"""An agent's own day, and their place among those who are free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import routing
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Invalid
from wasl.reporting.day import day_of
from wasl.routing import By


@pytest.fixture
def centre(clock: TurnedClock) -> Centre:
    return Centre(clock)


async def test_a_day(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn, wrap_up_s=0)
    midnight = centre.now
    centre.clock.turn(100)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    centre.clock.turn(50)
    await routing.pick(conn, found, by=By(lina), now=centre.now)
    centre.clock.turn(200)
    await routing.set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    await routing.set_presence(conn, lina, "away", now=centre.now)
    centre.clock.turn(30)
    day = await day_of(conn, lina, since=midnight, now=centre.now)
    assert day["presence_s"] == {"available": 250.0, "away": 30.0, "offline": 100.0}
    assert (day["engaged_s"], day["handled"]) == (200.0, 1)
    assert [(q["id"], q["place"]) for q in day["queues"]] == [(centre.queue_id, None)]
    later = await day_of(conn, lina, since=centre.now - timedelta(seconds=10), now=centre.now)
    assert later["presence_s"] == {"available": 0.0, "away": 10.0, "offline": 0.0}
    assert later["handled"] == 0


async def test_the_place_of_those_who_are_free(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    first = await centre.agent(conn, "First")
    centre.clock.turn(10)
    second = await centre.agent(conn, "Second")

    async def place(user_id: UUID) -> Any:
        day = await day_of(conn, user_id, since=centre.now, now=centre.now)
        return day["queues"][0]["place"]

    assert (await place(first), await place(second)) == (1, 2)
    found = await centre.contact_writes(conn)
    await routing.pick(conn, found, by=By(first), now=centre.now)
    assert (await place(first), await place(second)) == (None, 1)


async def test_not_for_ever(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    for since in (centre.now - timedelta(days=3), centre.now + timedelta(seconds=1)):
        with pytest.raises(Invalid):
            await day_of(conn, lina, since=since, now=centre.now)
