"""Offers: made by the router's decision, answered by the agent, or over.

The router's steps answer False when things are no longer as it thought; nothing has changed then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import change, lock, lock_all
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.statements import run_together
from wasl.routing import agents, assignments, batches
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
from wasl.routing.tables import offers


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
    conn: AsyncConnection, decisions: Sequence[Decision], *, now: datetime, commits: bool = False
) -> list[Decision]:
    """Makes decisions of the engine true and keeps their reasons; those that are no longer right,
    which have changed nothing. With `commits` the transaction may have ended with them.

    Of one interaction they come in this order: its offer ends, it moves, it is offered again.
    """
    ends = [each for each in decisions if isinstance(each, TimeOut | Rescind)]
    moves = [each for each in decisions if isinstance(each, Move)]
    made = [each for each in decisions if isinstance(each, Offer)]
    if ends or moves:
        await _lock_for(conn, decisions)  # all at once, in the common order
    refused: list[Decision] = []
    if ends:
        refused += await batches.end_offers(conn, ends, now=now)
    if moves:
        refused += await batches.move(conn, moves, now=now)
    refused += await _make_offers(conn, made, now=now, commits=commits)
    return refused


async def _make_offers(
    conn: AsyncConnection, decided: Sequence[Offer], *, now: datetime, commits: bool
) -> Sequence[Decision]:
    if not decided:
        return ()
    follows = any(decision.accepted for decision in decided)
    made, refused = await make_offers(conn, decided, now=now, commits=commits and not follows)
    for offer_id, decision in made:
        if decision.accepted:
            epoch, agent_id = decision.epoch + 1, decision.agent_id
            await accept_offer(conn, offer_id, epoch, agent_id=agent_id, now=now)
    return refused


async def _lock_for(conn: AsyncConnection, decided: Sequence[Decision]) -> None:
    """Locks everything that decisions may touch, in the common order."""
    interactions = {"interactions": [decision.interaction_id for decision in decided]}
    (found,) = await run_together(conn, (batches.CONVERSATIONS_OF, interactions))
    await lock_all(conn, {row.conversation_id for row in found})
    await agents.lock_known(
        conn, {decision.agent_id for decision in decided if not isinstance(decision, Move)}
    )
