"""Offers as the router makes them: a batch of decisions in a few statements.

Each is checked under the locks as if it were alone: that it still waits where it was seen, that
the agent is there and has room for it beside what the batch has given them already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import ConversationState, locked, locking, placing
from wasl.infra.events import SYSTEM, appending
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_as_one, run_together
from wasl.routing import agents
from wasl.routing.agents import Units
from wasl.routing.assignments import Assignment, offer_event, placement_of
from wasl.routing.policy import Offer

_LOCK = locking(
    "SELECT conversation_id FROM assignments WHERE interaction_id = ANY(%(interactions)s::uuid[])"
)
_ASSIGNMENTS = """
SELECT interaction_id, conversation_id, state, epoch, queue_id, channel_kind, units, due_at,
  due_total_s, due_warn_at
FROM assignments WHERE interaction_id = ANY(%(interactions)s::uuid[])
"""
_OFFER = """
INSERT INTO offers (id, interaction_id, conversation_id, user_id, queue_id, epoch, state, why,
  offered_at, expires_at)
SELECT id, interaction_id, conversation_id, user_id, queue_id, epoch, 'offered', why,
  %(now)s::timestamptz, expires_at
FROM jsonb_to_recordset(%(made)s::jsonb) AS made(id uuid, interaction_id uuid,
  conversation_id uuid, user_id uuid, queue_id uuid, epoch bigint, why jsonb,
  expires_at timestamptz)
"""
_ASSIGN = """
UPDATE assignments a SET state = 'offered', epoch = made.epoch
FROM jsonb_to_recordset(%(made)s::jsonb) AS made(interaction_id uuid, epoch bigint)
WHERE a.interaction_id = made.interaction_id
"""
_KEEP = """
INSERT INTO routing_decisions (id, interaction_id, kind, user_id, queue_id, epoch, why, at)
SELECT decision_id, interaction_id, 'offered', user_id, queue_id, epoch - 1, why,
  %(now)s::timestamptz
FROM jsonb_to_recordset(%(made)s::jsonb) AS made(decision_id uuid, interaction_id uuid,
  user_id uuid, queue_id uuid, epoch bigint, why jsonb)
"""

# Offers that leave for the server together with their commit: a leader that is paused between two
# pieces would hold its successor up (docs/decisions/0008).
_IN_ONE_PIECE = 10


@dataclass
class _Standing:
    """How things are under the locks, and what the batch has given to whom."""

    conversations: dict[UUID, ConversationState]
    assignments: dict[UUID, Assignment]
    agents: dict[UUID, Any]
    held: Units
    offered: Units
    taken: set[UUID] = field(default_factory=set)

    def take(self, decision: Offer) -> bool:
        """Counts the offer as made, if it is still right."""
        a = self.assignments.get(decision.interaction_id)
        agent = self.agents.get(decision.agent_id)
        if a is None or agent is None or a.interaction_id in self.taken:
            return False
        if (a.state, a.epoch, a.queue_id) != ("queued", decision.epoch, decision.queue_id):
            return False
        held, offered = self.held[agent.user_id], self.offered[agent.user_id]
        if agent.presence != "available" or not agents.has_room(
            agent, a.channel_kind, a.units, held, offered
        ):
            return False
        units = held if decision.accepted else offered
        units[a.channel_kind] = units.get(a.channel_kind, 0) + a.units
        self.taken.add(a.interaction_id)
        return True


async def make_offers(
    conn: AsyncConnection, decided: Sequence[Offer], *, now: datetime, commits: bool = False
) -> tuple[list[tuple[UUID, Offer]], list[Offer]]:
    """Makes offers, with their reasons kept: those made, each with its id, and those that are no
    longer right, which have changed nothing. With `commits` the transaction may have ended with
    them.

    Whom an `accepted` one is made to is to have it at once: nobody is told of the offer.
    """
    standing = await _locked(conn, decided)
    made: list[tuple[UUID, Offer]] = []
    refused: list[Offer] = []
    for decision in decided:
        if standing.take(decision):
            made.append((new_id(), decision))
        else:
            refused.append(decision)
    if made:
        commits = commits and len(made) <= _IN_ONE_PIECE
        await _write(conn, made, standing, now=now, commits=commits)
    return made, refused


async def _locked(conn: AsyncConnection, decided: Sequence[Offer]) -> _Standing:
    """Locks the conversations, then the agents, in their order, and reads what they are under the
    locks."""
    interactions = {"interactions": [decision.interaction_id for decision in decided]}
    conversations, known, units, found = await run_together(
        conn,
        (_LOCK, interactions),
        *agents.locking_with_units({decision.agent_id for decision in decided}),
        (_ASSIGNMENTS, interactions),
    )
    return _Standing(
        locked(conversations),
        {row.interaction_id: row for row in found},
        {row.user_id: row for row in known},
        *agents.units_of_each(units),
    )


async def _write(
    conn: AsyncConnection,
    made: Sequence[tuple[UUID, Offer]],
    standing: _Standing,
    *,
    now: datetime,
    commits: bool,
) -> None:
    rows = [
        {
            "id": offer_id,
            "decision_id": new_id(),
            "interaction_id": decision.interaction_id,
            "conversation_id": standing.assignments[decision.interaction_id].conversation_id,
            "user_id": decision.agent_id,
            "queue_id": decision.queue_id,
            "epoch": decision.epoch + 1,
            "why": [{"code": why.code, "params": why.params} for why in decision.why],
            "expires_at": decision.expires_at,
        }
        for offer_id, decision in made
    ]
    values = {"made": msgspec.json.encode(rows, enc_hook=dict).decode(), "now": now}
    writes: list[Statement] = [(_OFFER, values), (_ASSIGN, values), (_KEEP, values)]
    told = [(offer_id, decision) for offer_id, decision in made if not decision.accepted]
    if told:
        writes += _telling(conn, told, standing, now=now)
    await run_as_one(conn, *writes, commits=commits)


def _telling(
    conn: AsyncConnection,
    made: Sequence[tuple[UUID, Offer]],
    standing: _Standing,
    *,
    now: datetime,
) -> list[Statement]:
    """What puts offered conversations where they stand now, and tells everybody of it."""
    happened = [
        offer_event(offer_id, decision.agent_id, "offered", version=1, now=now)
        for offer_id, decision in made
    ]
    whom = {decision.agent_id: standing.agents[decision.agent_id] for _, decision in made}
    loads, told = agents.loads_changed(whom.values(), now=now)
    happened += told
    placed = []
    for _, decision in made:
        a = standing.assignments[decision.interaction_id]
        to = replace(placement_of(a), state="offered")
        placed.append((standing.conversations[a.conversation_id], to, "ConversationOffered"))
    places, told = placing(placed, actor=SYSTEM, now=now)
    return [loads, *places, appending(conn, happened + told)]
