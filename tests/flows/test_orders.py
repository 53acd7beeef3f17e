"""Flows that cancel and take back orders, and automations that hear of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_automations import END as OVER
from tests.flows.test_automations import automate, everything, queued, tags_of
from tests.flows.words import flow, texts
from wasl import contacts
from wasl.infra.clock import TurnedClock
from wasl.infra.events import SYSTEM

MAIL = "sara@example.com"


def changing(to: str) -> dict[str, Any]:
    return flow(
        {
            "order": {"type": "order", "number": "said", "proof": f"'{MAIL}'", "to": to,
                      "next": "done", "failed": "not"},
            "done": {"type": "say", "text": texts("Done"), "next": "end"},
            "not": {"type": "say", "text": texts("No"), "next": "end"},
            "end": {"type": "end"},
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("was", "to", "said", "becomes"),
    [
        ("placed", "cancelled", "Done", "cancelled"),
        ("cancelled", "cancelled", "Done", "cancelled"),
        ("shipped", "cancelled", "No", "shipped"),
        ("delivered", "returned", "Done", "returned"),
        ("paid", "returned", "No", "paid"),
    ],
)
async def test_a_flow_changes_an_order(
    conn: AsyncConnection, clock: TurnedClock, was: str, to: str, said: str, becomes: str
) -> None:
    centre = await open_centre(conn, clock, changing(to))
    await centre.order("A-1", MAIL)
    await conn.execute(text("UPDATE orders SET status = :was"), {"was": was})
    await centre.says("a-۱", locale="fa")
    assert await centre.heard() == [("message", said)]
    assert await conn.scalar(text("SELECT status FROM orders")) == becomes
    actors = "SELECT actor_kind FROM events WHERE type = 'OrderChanged'"
    moved = list((await conn.execute(text(actors))).scalars())
    assert moved == (["flow"] if was != becomes else [])


async def test_an_order_that_is_not_theirs_stays(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await open_centre(conn, clock, changing("returned"))
    await centre.order("A-1", "other@example.com")
    await centre.says("A-1", locale="en")
    assert await centre.heard() == [("message", "No")]


async def buyer(centre: FlowCentre, status: str) -> None:
    """The visitor proves an address and has bought A-1."""
    known = {"contact": (await centre.stands()).contact_id, "status": status}
    await centre.order("A-1", MAIL)
    for statement in (
        "UPDATE orders SET contact_id = :contact, status = :status",
        "UPDATE identities SET contact_id = :contact WHERE kind = 'email'",
    ):
        await centre.conn.execute(text(statement), known)


async def test_an_automation_hears_of_it(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    note = {"type": "note", "text": texts("{{event.was}} → {{event.status}}"), "next": "end"}
    on = {"on": "OrderChanged", "filter": "event.status == 'returned'"}
    await automate(centre, "returns", {"note": note, "end": OVER}, on)
    await centre.says("hi", locale="en")
    await buyer(centre, "delivered")
    await contacts.change_order(conn, "A-1", MAIL, "returned", actor=SYSTEM, now=clock.now())
    await everything(centre)
    assert await centre.heard() == [("note", "delivered → returned")]


async def test_a_run_waits_for_it(conn: AsyncConnection, clock: TurnedClock) -> None:
    steps = {
        "wait": {"type": "wait", "event": "OrderChanged", "filter": "event.status == 'cancelled'",
                 "next": "came"},
        "came": {"type": "tag", "tags": ["cancelled"], "next": "end"},
        "end": OVER,
    }  # fmt: skip
    centre = await queued(conn, clock)
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    await buyer(centre, "paid")
    seq = await everything(centre)
    assert await tags_of(centre) == []
    await contacts.change_order(conn, "A-1", MAIL, "cancelled", actor=SYSTEM, now=clock.now())
    await everything(centre, seq)
    assert await tags_of(centre) == ["cancelled"]
