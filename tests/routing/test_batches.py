"""Many decisions of all kinds at once, as the router makes them when it is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.infra.events import SYSTEM, events
from wasl.infra.ids import new_id
from wasl.routing import add_queue
from wasl.routing.offers import apply_all
from wasl.routing.policy import Decision, Move, Offer, Rescind, TimeOut, Why
from wasl.routing.tables import agents, offers, routing_decisions

OTHER = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}
WHY = (Why("idle", {"s": 3}),)


async def offered(conn: AsyncConnection, centre: Centre, agent_id: UUID) -> Any:
    """An assignment that the agent has on offer."""
    a = await centre.assignment(conn, await centre.contact_writes(conn))
    assert await apply_all(conn, [offer_of(a, agent_id, centre)], now=centre.now) == []
    return await centre.assignment(conn, a.conversation_id)


def offer_of(a: Any, agent_id: UUID, centre: Centre, *, queue_id: UUID | None = None) -> Offer:
    until = centre.now + timedelta(seconds=20)
    return Offer(a.interaction_id, agent_id, queue_id or a.queue_id, a.epoch, until, WHY)


async def agent(conn: AsyncConnection, user_id: UUID) -> Any:
    return (await conn.execute(select(agents).where(agents.c.user_id == user_id))).one()


async def test_all_kinds_in_one_batch(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    other = await add_queue(conn, {"names": OTHER}, actor=SYSTEM, now=centre.now)
    third = await add_queue(conn, {"names": OTHER}, actor=SYSTEM, now=centre.now)
    lina, reza = await centre.agent(conn, "Lina"), await centre.agent(conn, "Reza", capacity=5)
    missed = [await offered(conn, centre, lina), await offered(conn, centre, lina)]
    gone = await offered(conn, centre, reza)
    waits = await centre.assignment(conn, await centre.contact_writes(conn))
    wanders = await centre.assignment(conn, await centre.contact_writes(conn))
    before = await agent(conn, lina)
    last = (await conn.execute(select(events.c.seq).order_by(events.c.seq.desc()))).scalar() or 0
    centre.clock.turn(20)
    until = centre.now + timedelta(seconds=60)
    wrong: list[Decision] = [
        TimeOut(gone.interaction_id, lina, gone.epoch, until),  # hers it never was
        Rescind(gone.interaction_id, reza, gone.epoch + 1),
        Move(waits.interaction_id, other, third, waits.epoch, WHY),
        Offer(new_id(), reza, centre.queue_id, 0, until, WHY),
    ]
    right: list[Decision] = [
        TimeOut(missed[0].interaction_id, lina, missed[0].epoch, until, away=False),
        TimeOut(missed[1].interaction_id, lina, missed[1].epoch, until, away=True),
        Rescind(gone.interaction_id, reza, gone.epoch),
        Move(wanders.interaction_id, centre.queue_id, other, wanders.epoch, WHY),
        Move(wanders.interaction_id, other, third, wanders.epoch, WHY),
        offer_of(missed[0], reza, centre),
        offer_of(wanders, reza, centre, queue_id=third),
    ]
    refused = await apply_all(conn, [*wrong, *right], now=centre.now)
    assert sorted(map(repr, refused)) == sorted(map(repr, wrong))

    for a in missed:
        (state,) = await conn.scalars(
            select(offers.c.state).where(
                offers.c.interaction_id == a.interaction_id, offers.c.user_id == lina
            )
        )
        assert state == "timed_out"
    again = await centre.assignment(conn, missed[1].conversation_id)
    assert (again.state, again.excluded) == ("queued", {str(lina): until.isoformat()})
    assert (await centre.conversation(conn, again.conversation_id)).state == "queued"
    taken_back = await centre.assignment(conn, gone.conversation_id)
    assert (taken_back.state, taken_back.excluded) == ("queued", {})
    moved = await centre.assignment(conn, wanders.conversation_id)
    assert (moved.state, moved.queue_id) == ("offered", third)
    assert set(moved.visited) == {str(centre.queue_id), str(other)}
    assert (await centre.conversation(conn, moved.conversation_id)).queue_id == third

    after = await agent(conn, lina)
    assert (after.presence, after.reason, after.missed) == ("away", "missed_offer", 0)
    assert after.since == centre.now
    told = (await conn.execute(select(events).where(events.c.seq > last))).all()
    hers = [e.aggregate_version for e in told if e.aggregate_id == lina]
    assert hers == list(range(before.version + 1, after.version + 1))
    for kind, aggregate in (("ConversationOverflowed", 2), ("OfferTimedOut", 4)):
        assert len([e for e in told if e.type == kind]) == aggregate
    kept = (await conn.scalars(select(routing_decisions.c.kind))).all()
    assert sorted(kept) == ["moved"] * 2 + ["offered"] * 5 + ["rescinded"] + ["timed_out"] * 2


async def test_a_missed_offer_that_makes_nobody_away_is_counted(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    a = await offered(conn, centre, lina)
    before = await agent(conn, lina)
    out = TimeOut(a.interaction_id, lina, a.epoch, centre.now, away=False)
    assert await apply_all(conn, [out], now=centre.now) == []
    after = await agent(conn, lina)
    assert (after.presence, after.missed, after.since) == ("available", 1, before.since)
    assert await apply_all(conn, [out], now=centre.now) == [out]
