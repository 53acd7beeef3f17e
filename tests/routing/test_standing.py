"""What a contact is told of their place in the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import routing
from wasl.conversations import client, hooks
from wasl.routing import By, pick, set_status


async def test_place_and_wait_are_told_while_it_is_queued(
    conn: AsyncConnection, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "standing", routing.queue_standing)
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam", capacity=5)
    served = await centre.contact_writes(conn)
    await pick(conn, served, by=By(maryam), now=centre.now)
    first, second = await centre.contact_writes(conn), await centre.contact_writes(conn)
    told = await client.standing_view(conn, second, now=centre.now)
    assert (told["place"], told["expected_wait_s"]) == (2, None)
    centre.clock.turn(90)
    await set_status(conn, served, "resolved", by=By(maryam), now=centre.now)
    told = await client.standing_view(conn, second, now=centre.now)
    # two places, each as long as the one turn so far took, with one agent there
    assert (told["place"], told["expected_wait_s"]) == (2, 180)
    await pick(conn, first, by=By(maryam), now=centre.now + timedelta(seconds=1))
    assert (await client.standing_view(conn, second, now=centre.now))["place"] == 1
    told = await client.standing_view(conn, first, now=centre.now)
    assert (told["place"], told["expected_wait_s"], told["agent"]) == (
        None, None, {"name": "Maryam"},
    )  # fmt: skip
