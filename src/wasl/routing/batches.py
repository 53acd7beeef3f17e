"""What the router decides besides offers, many at once: offers that end, and moves to other queues.

Each is checked under the locks as if it were alone; all are then written in a few statements, so
that the locks are held as shortly for a hundred as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import ConversationState, Placement, lock_all, placing
from wasl.infra.events import SYSTEM, appending
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_as_one, run_together
from wasl.routing import agents, sla
from wasl.routing.assignments import Assignment, offer_event, placement_of
from wasl.routing.policy import Move, Rescind, TimeOut

CONVERSATIONS_OF = """
SELECT conversation_id FROM assignments WHERE interaction_id = ANY(%(interactions)s::uuid[])
"""
_ASSIGNMENTS = "SELECT * FROM assignments WHERE interaction_id = ANY(%(interactions)s::uuid[])"
_LIVE_OFFERS = """
SELECT id, interaction_id, user_id, epoch FROM offers
WHERE interaction_id = ANY(%(interactions)s::uuid[]) AND state = 'offered'
"""
_END_OFFERS = """
UPDATE offers o SET state = x.state, decided_at = %(now)s::timestamptz
FROM jsonb_to_recordset(%(ended)s::jsonb) AS x(id uuid, state text) WHERE o.id = x.id
"""
_QUEUE_AGAIN = """
UPDATE assignments a SET state = 'queued', excluded = x.excluded,
  preferred_id = CASE WHEN x.unknown THEN NULL ELSE a.preferred_id END,
  affinity_until = CASE WHEN x.unknown THEN NULL ELSE a.affinity_until END
FROM jsonb_to_recordset(%(again)s::jsonb) AS x(interaction_id uuid, excluded jsonb, unknown boolean)
WHERE a.interaction_id = x.interaction_id
"""
_MOVE = """
UPDATE assignments a SET queue_id = x.queue_id, queued_at = %(now)s::timestamptz,
  visited = x.visited
FROM jsonb_to_recordset(%(moved)s::jsonb) AS x(interaction_id uuid, queue_id uuid, visited jsonb)
WHERE a.interaction_id = x.interaction_id
"""
_KEEP = """
INSERT INTO routing_decisions (id, interaction_id, kind, user_id, queue_id, epoch, why, at)
SELECT id, interaction_id, kind, user_id, queue_id, epoch, why, %(now)s::timestamptz
FROM jsonb_to_recordset(%(kept)s::jsonb) AS x(id uuid, interaction_id uuid, kind text,
  user_id uuid, queue_id uuid, epoch bigint, why jsonb)
"""

Placed = tuple[ConversationState, Placement, str]


async def end_offers(
    conn: AsyncConnection, decided: Sequence[TimeOut | Rescind], *, now: datetime
) -> list[TimeOut | Rescind]:
    """Ends offers that nobody answered or that are no longer right: queued again, at their place.
    Those that are no longer live are refused; they have changed nothing."""
    conversations, found = await _locked(conn, decided)
    known = await agents.lock_known(conn, {decision.agent_id for decision in decided})
    interactions = {"interactions": list(found)}
    (rows,) = await run_together(conn, (_LIVE_OFFERS, interactions))
    live = {(row.interaction_id, row.user_id, row.epoch): row for row in rows}
    ended: list[tuple[TimeOut | Rescind, Any]] = []
    refused = []
    for decision in decided:
        offer = live.pop((decision.interaction_id, decision.agent_id, decision.epoch), None)
        if offer is None or decision.agent_id not in known:
            refused.append(decision)
        else:
            ended.append((decision, offer))
    if ended:
        await _write_ended(conn, ended, conversations, found, known, now=now)
    return refused


async def _write_ended(
    conn: AsyncConnection,
    ended: Sequence[tuple[TimeOut | Rescind, Any]],
    conversations: Mapping[UUID, ConversationState],
    found: Mapping[UUID, Assignment],
    known: Mapping[UUID, Any],
    *,
    now: datetime,
) -> None:
    states = []
    again = []
    happened = []
    placed: list[Placed] = []
    missed: defaultdict[UUID, list[bool]] = defaultdict(list)
    for decision, offer in ended:
        a = found[decision.interaction_id]
        timed_out = isinstance(decision, TimeOut)
        state = "timed_out" if timed_out else "rescinded"
        event = "OfferTimedOut" if timed_out else "OfferRescinded"
        states.append({"id": offer.id, "state": state})
        again.append({"interaction_id": a.interaction_id, **_passed(a, decision, now)})
        happened.append(offer_event(offer.id, offer.user_id, state, version=2, now=now))
        placed.append((conversations[a.conversation_id], _as(a, queue_id=a.queue_id), event))
        missed[decision.agent_id] += [decision.away] if isinstance(decision, TimeOut) else []
    whom = [(known[agent_id], flags) for agent_id, flags in missed.items()]
    loads, told = agents.offers_ended(whom, now=now)
    places, moved = placing(placed, actor=SYSTEM, now=now)
    await run_as_one(
        conn,
        (_END_OFFERS, {"ended": _json(states), "now": now}),
        (_QUEUE_AGAIN, {"again": _json(again)}),
        _keeping([decision for decision, _ in ended], now),
        loads,
        *places,
        appending(conn, [*happened, *told, *moved]),
    )


def _passed(a: Assignment, decision: TimeOut | Rescind, now: datetime) -> dict[str, Any]:
    """Whoever let the offer pass is not asked again for a while, nor waited for."""
    if isinstance(decision, Rescind):
        return {"excluded": a.excluded, "unknown": False}
    still = {who: until for who, until in a.excluded.items() if datetime.fromisoformat(until) > now}
    passed = {str(decision.agent_id): decision.excluded_until.isoformat()}
    return {"excluded": still | passed, "unknown": a.preferred_id == decision.agent_id}


async def move(conn: AsyncConnection, decided: Sequence[Move], *, now: datetime) -> list[Move]:
    """Interactions go on in other queues, at their age; those that no longer wait where they were
    seen are refused. One that goes on twice does so in its order."""
    refused: list[Move] = []
    left = list(decided)
    while left:
        first = {decision.interaction_id: decision for decision in reversed(left)}
        refused += await _move_once(conn, list(first.values()), now=now)
        left = [decision for decision in left if first[decision.interaction_id] is not decision]
    return refused


async def _move_once(
    conn: AsyncConnection, decided: Sequence[Move], *, now: datetime
) -> list[Move]:
    conversations, found = await _locked(conn, decided)
    hours = await sla.hours_of_each(
        conn, {id_ for decision in decided for id_ in (decision.from_queue_id, decision.queue_id)}
    )
    moved: list[Move] = []
    refused: list[Move] = []
    clocks: list[Statement] = []
    rows = []
    placed: list[Placed] = []
    for decision in decided:
        a = found.get(decision.interaction_id)
        stood = (decision.epoch, decision.from_queue_id)
        if a is None or a.state != "queued" or (a.epoch, a.queue_id) != stood:
            refused.append(decision)
            continue
        moved.append(decision)
        visited = sorted({*a.visited, str(decision.from_queue_id)})
        rows.append({"interaction_id": a.interaction_id, "queue_id": decision.queue_id,
                     "visited": visited})  # fmt: skip
        before, after = hours.get(decision.from_queue_id), hours.get(decision.queue_id)
        due, written = sla.moving(conn, a, before, after, now)
        clocks += written
        to = _as(a, queue_id=decision.queue_id, **due)
        placed.append((conversations[a.conversation_id], to, "ConversationOverflowed"))
    if moved:
        places, happened = placing(placed, actor=SYSTEM, now=now)
        if clocks:
            await run_together(conn, *clocks)
        await run_as_one(
            conn,
            (_MOVE, {"moved": _json(rows), "now": now}),
            _keeping(moved, now),
            *places,
            appending(conn, happened),
        )
    return refused


async def _locked(
    conn: AsyncConnection, decided: Iterable[TimeOut | Rescind | Move]
) -> tuple[dict[UUID, ConversationState], dict[UUID, Assignment]]:
    """The conversations, locked in the common order, and the assignments as they are then."""
    interactions = {"interactions": [decision.interaction_id for decision in decided]}
    (known,) = await run_together(conn, (CONVERSATIONS_OF, interactions))
    conversations = await lock_all(conn, {row.conversation_id for row in known})
    (found,) = await run_together(conn, (_ASSIGNMENTS, interactions))
    return conversations, {row.interaction_id: row for row in found}


def _as(a: Assignment, *, queue_id: UUID, **due: Any) -> Placement:
    """Where the conversation stands once the interaction waits in a queue."""
    stood = placement_of(a)
    values = {"due_at": stood.due_at, "due_total_s": stood.due_total_s,
              "due_warn_at": stood.due_warn_at, **due}  # fmt: skip
    return Placement(None, queue_id, "queued", **values)


def _keeping(decided: Iterable[TimeOut | Rescind | Move], now: datetime) -> Statement:
    kinds = {TimeOut: "timed_out", Rescind: "rescinded", Move: "moved"}
    kept = [
        {
            "id": new_id(),
            "interaction_id": decision.interaction_id,
            "kind": kinds[type(decision)],
            "user_id": None if isinstance(decision, Move) else decision.agent_id,
            "queue_id": decision.queue_id if isinstance(decision, Move) else None,
            "epoch": decision.epoch,
            "why": [
                {"code": why.code, "params": why.params}
                for why in (decision.why if isinstance(decision, Move) else ())
            ],
        }
        for decision in decided
    ]
    return _KEEP, {"kept": _json(kept), "now": now}


def _json(rows: Any) -> str:
    return msgspec.json.encode(rows, enc_hook=dict).decode()
