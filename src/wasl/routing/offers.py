"""Offers: made by the router's decision, answered by the agent, or over.

The router's steps answer False when things are no longer as it thought; nothing has changed then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import change, lock
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id
from wasl.routing import agents, assignments, sla
from wasl.routing.assignments import Assignment, placement_of
from wasl.routing.entry import name_of
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


async def lock_for(conn: AsyncConnection, decisions: Iterable[Decision]) -> None:
    """Locks everything that a batch of decisions may touch, in the common order."""
    decided = list(decisions)
    found = {
        decision.interaction_id: await assignments.find(conn, decision.interaction_id)
        for decision in decided
    }
    for conversation_id in sorted({a.conversation_id for a in found.values() if a is not None}):
        await lock(conn, conversation_id)
    await agents.lock_agents(
        conn, [None if isinstance(decision, Move) else decision.agent_id for decision in decided]
    )


async def apply(conn: AsyncConnection, decision: Decision, *, now: datetime) -> bool:
    """Makes a decision of the engine true, under the locks of `lock_for`, and keeps its reasons."""
    done = await _apply(conn, decision, now=now)
    if done:
        await _keep(conn, decision, now=now)
    return done


async def _keep(conn: AsyncConnection, decision: Decision, *, now: datetime) -> None:
    why = decision.why if isinstance(decision, Offer | Move) else ()
    kinds = {Offer: "offered", TimeOut: "timed_out", Rescind: "rescinded", Move: "moved"}
    await conn.execute(
        insert(routing_decisions).values(
            id=new_id(),
            interaction_id=decision.interaction_id,
            kind=kinds[type(decision)],
            user_id=None if isinstance(decision, Move) else decision.agent_id,
            queue_id=decision.queue_id if isinstance(decision, Offer | Move) else None,
            epoch=decision.epoch,
            why=[{"code": one.code, "params": dict(one.params)} for one in why],
            at=now,
        )
    )


async def _apply(conn: AsyncConnection, decision: Decision, *, now: datetime) -> bool:
    a = await assignments.find(conn, decision.interaction_id)
    if a is None:
        return False
    if isinstance(decision, Offer):
        return await _make_offer(conn, a, decision, now=now)
    if isinstance(decision, Move):
        return await _move(conn, a, decision, now=now)
    live = await _live_offer(conn, decision)
    if live is None:
        return False
    if isinstance(decision, Rescind):
        await assignments.end_offer(conn, a, "rescinded", now=now)
        await _requeue(conn, a, now=now, event="OfferRescinded")
        return True
    await _time_out(conn, a, decision, now=now)
    return True


async def _make_offer(
    conn: AsyncConnection, a: Assignment, decision: Offer, *, now: datetime
) -> bool:
    if (a.state, a.epoch, a.queue_id) != ("queued", decision.epoch, decision.queue_id):
        return False
    agent = await agents.lock_agent(conn, decision.agent_id)
    if agent.presence != "available":
        return False
    held = await agents.units_in_hand(conn, decision.agent_id)
    waiting = await agents.units_offered(conn, decision.agent_id)
    if not agents.has_room(agent, a.channel_kind, a.units, held, waiting):
        return False
    offer_id = new_id()
    await conn.execute(
        insert(offers).values(
            id=offer_id,
            interaction_id=a.interaction_id,
            conversation_id=a.conversation_id,
            user_id=decision.agent_id,
            queue_id=decision.queue_id,
            epoch=decision.epoch + 1,
            state="offered",
            why=[{"code": why.code, "params": dict(why.params)} for why in decision.why],
            offered_at=now,
            expires_at=decision.expires_at,
        )
    )
    offered = await assignments.set_values(conn, a, state="offered", epoch=decision.epoch + 1)
    if decision.accepted:
        await accept_offer(conn, offer_id, decision.epoch + 1, agent_id=decision.agent_id, now=now)
        return True
    await assignments.tell_offer(conn, offer_id, decision.agent_id, "offered", version=1, now=now)
    await agents.load_changed(conn, decision.agent_id, now=now)
    await change(
        conn,
        a.conversation_id,
        event="ConversationOffered",
        actor=SYSTEM,
        now=now,
        placement=placement_of(offered),
    )
    return True


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
