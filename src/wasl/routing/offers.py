"""Offers: made by the router's decision, answered by the agent, or over.

The router's steps answer False when things are no longer as it thought; nothing has changed then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import change, lock, lock_all
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id
from wasl.routing import agents, assignments, sla
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.entry import name_of
from wasl.routing.offering import make_offers
from wasl.routing.policy import (
    EXCLUSION,
    Decision,
    Move,
    Offer,
    Rescind,
    TimeOut,
)
from wasl.routing.tables import offers, routing_decisions


async def accept_offer(
    conn: AsyncConnection, offer_id: UUID, epoch: int, *, agent_id: UUID, now: datetime
) -> UUID:
    """The agent takes what they were offered; the conversation's id.

    Conflict("offer_gone", by) when it is over or another epoch's, Conflict("at_capacity") or
    Conflict("on_a_call") when they have no room any more.
    """
    actor = Actor("agent", agent_id)
    a = await _answer(conn, offer_id, epoch, "accepted", agent_id=agent_id, now=now)
    await agents.answered_offer(conn, agent_id)
    held = await assignments.hold(conn, a, agent_id, now=now)
    name = await name_of(conn, agent_id)
    await change(
        conn,
        a.conversation_id,
        event="ConversationAssigned",
        actor=actor,
        now=now,
        placement=placement_of(held),
        activity=("assigned", {"to": name, "by": name}),
    )
    return UUID(str(a.conversation_id))


async def decline_offer(
    conn: AsyncConnection,
    offer_id: UUID,
    epoch: int,
    *,
    agent_id: UUID,
    reason: str | None = None,
    now: datetime,
) -> None:
    """The agent does not take it: it keeps its place, and they are passed over for a while."""
    a = await _answer(conn, offer_id, epoch, "declined", agent_id=agent_id, now=now, reason=reason)
    await agents.load_changed(conn, agent_id, now=now)
    await _requeue(conn, a, now=now, passed=(agent_id, now + EXCLUSION), event="OfferDeclined")


async def _answer(
    conn: AsyncConnection,
    offer_id: UUID,
    epoch: int,
    state: str,
    *,
    agent_id: UUID,
    now: datetime,
    reason: str | None = None,
) -> Assignment:
    offer = (await conn.execute(select(offers).where(offers.c.id == offer_id))).first()
    if offer is None or offer.user_id != agent_id:
        raise NotFound("offer_not_found")
    await lock(conn, offer.conversation_id)
    answered = await conn.execute(
        update(offers)
        .where(offers.c.id == offer_id, offers.c.epoch == epoch, offers.c.state == "offered")
        .values(state=state, decided_at=now, reason=reason)
    )
    a = await assignments.find(conn, offer.interaction_id)
    if answered.rowcount != 1 or a is None:
        holder_id = a.holder_id if a is not None and a.state == "active" else None
        raise Conflict("offer_gone", by=await name_of(conn, holder_id))
    await assignments.tell_offer(
        conn, offer_id, agent_id, state, version=2, now=now, actor=Actor("agent", agent_id)
    )
    return a


async def _requeue(
    conn: AsyncConnection,
    a: Assignment,
    *,
    now: datetime,
    event: str,
    passed: tuple[UUID, datetime] | None = None,
) -> None:
    """Back to the queue, at its place; `passed` is not offered it again until then."""
    values: dict[str, Any] = {"state": "queued"}
    if passed is not None:
        agent_id, until = passed
        still = {k: v for k, v in a.excluded.items() if datetime.fromisoformat(v) > now}
        values["excluded"] = {**still, str(agent_id): until.isoformat()}
        if a.preferred_id == agent_id:
            values.update(preferred_id=None, affinity_until=None)
    queued = await assignments.set_values(conn, a, **values)
    await change(
        conn,
        a.conversation_id,
        event=event,
        actor=SYSTEM,
        now=now,
        placement=placement_of(queued),
    )


async def apply_all(
    conn: AsyncConnection, decisions: Sequence[Decision], *, now: datetime
) -> list[Decision]:
    """Makes decisions of the engine true, in their order, and keeps their reasons; those that are
    no longer right, which have changed nothing."""
    if not all(isinstance(decision, Offer) for decision in decisions):
        await _lock_for(conn, decisions)  # all at once, in the common order
    refused: list[Decision] = []
    together: list[Offer] = []
    for decision in decisions:
        if isinstance(decision, Offer):
            together.append(decision)
            continue
        refused += await _make_offers(conn, together, now=now)
        together = []
        if not await _apply(conn, decision, now=now):
            refused.append(decision)
    refused += await _make_offers(conn, together, now=now)
    return refused


async def _make_offers(
    conn: AsyncConnection, decided: Sequence[Offer], *, now: datetime
) -> Sequence[Decision]:
    if not decided:
        return ()
    made, refused = await make_offers(conn, decided, now=now)
    for offer_id, decision in made:
        if decision.accepted:
            epoch, agent_id = decision.epoch + 1, decision.agent_id
            await accept_offer(conn, offer_id, epoch, agent_id=agent_id, now=now)
    return refused


async def _lock_for(conn: AsyncConnection, decided: Sequence[Decision]) -> None:
    """Locks everything that decisions may touch, in the common order."""
    found = [await assignments.find(conn, decision.interaction_id) for decision in decided]
    await lock_all(conn, {a.conversation_id for a in found if a is not None})
    await agents.lock_known(
        conn, {decision.agent_id for decision in decided if not isinstance(decision, Move)}
    )


async def _apply(
    conn: AsyncConnection, decision: Move | Rescind | TimeOut, *, now: datetime
) -> bool:
    a = await assignments.find(conn, decision.interaction_id)
    if a is None:
        return False
    if isinstance(decision, Move):
        if not await _move(conn, a, decision, now=now):
            return False
    elif await _live_offer(conn, decision) is None:
        return False
    elif isinstance(decision, Rescind):
        await assignments.end_offer(conn, a, "rescinded", now=now)
        await _requeue(conn, a, now=now, event="OfferRescinded")
    else:
        await _time_out(conn, a, decision, now=now)
    await _keep(conn, decision, now=now)
    return True


async def _keep(
    conn: AsyncConnection, decision: Move | Rescind | TimeOut, *, now: datetime
) -> None:
    why = decision.why if isinstance(decision, Move) else ()
    kinds = {TimeOut: "timed_out", Rescind: "rescinded", Move: "moved"}
    await conn.execute(
        insert(routing_decisions).values(
            id=new_id(),
            interaction_id=decision.interaction_id,
            kind=kinds[type(decision)],
            user_id=None if isinstance(decision, Move) else decision.agent_id,
            queue_id=decision.queue_id if isinstance(decision, Move) else None,
            epoch=decision.epoch,
            why=[{"code": one.code, "params": dict(one.params)} for one in why],
            at=now,
        )
    )


async def _move(conn: AsyncConnection, a: Assignment, decision: Move, *, now: datetime) -> bool:
    """The interaction overflows to another queue, at its age."""
    if (a.state, a.epoch, a.queue_id) != ("queued", decision.epoch, decision.from_queue_id):
        return False
    moved = await assignments.set_values(
        conn,
        a,
        queue_id=decision.queue_id,
        queued_at=now,
        visited=sorted({*a.visited, str(decision.from_queue_id)}),
    )
    moved = await sla.move(conn, moved, decision.from_queue_id, now=now)
    await change(
        conn,
        a.conversation_id,
        event="ConversationOverflowed",
        actor=SYSTEM,
        now=now,
        placement=placement_of(moved),
    )
    return True


async def _live_offer(conn: AsyncConnection, decision: Rescind | TimeOut) -> Row[Any] | None:
    return (
        await conn.execute(
            select(offers.c.id).where(
                offers.c.interaction_id == decision.interaction_id,
                offers.c.user_id == decision.agent_id,
                offers.c.epoch == decision.epoch,
                offers.c.state == "offered",
            )
        )
    ).first()


async def _time_out(
    conn: AsyncConnection, a: Assignment, decision: TimeOut, *, now: datetime
) -> None:
    await assignments.end_offer(conn, a, "timed_out", now=now)
    await agents.miss_offer(conn, decision.agent_id, away=decision.away, now=now)
    await _requeue(
        conn,
        a,
        now=now,
        passed=(decision.agent_id, decision.excluded_until),
        event="OfferTimedOut",
    )
