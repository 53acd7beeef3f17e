"""What the engine is told: events say what to look at, PostgreSQL says how it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.infra.events import Event
from wasl.routing.agents import is_exclusive
from wasl.routing.policy import Affinity, Agent, Engine, Held, Offered, Queue, Waiting, Work
from wasl.routing.rules import hours_of, overflow_of, steps_of
from wasl.routing.tables import agents, assignments, offers, queue_members, queues, segments


@dataclass
class Touched:
    """What may be other than before."""

    conversations: set[UUID] = field(default_factory=set)
    interactions: set[UUID] = field(default_factory=set)
    agents: set[UUID] = field(default_factory=set)
    queues: set[UUID] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.conversations or self.interactions or self.agents or self.queues)


@dataclass
class Facts:
    """How things are: of what was asked for, None is what is no more."""

    interactions: dict[UUID, Work | None] = field(default_factory=dict)
    agents: dict[UUID, Agent | None] = field(default_factory=dict)
    queues: dict[UUID, Queue | None] = field(default_factory=dict)
    ended: dict[UUID, str] = field(default_factory=dict)  # to be put down: "merged" or "spam"
    unplaced: set[UUID] = field(default_factory=set)  # conversations that wait nowhere yet

    def tell(self, engine: Engine) -> None:
        """Tells the engine."""
        for queue_id, queue in self.queues.items():
            if queue is not None:
                engine.queue_changed(queue)
            else:
                engine.queue_gone(queue_id)
        for interaction_id, work in self.interactions.items():
            if work is not None:
                engine.work_changed(work)
            else:
                engine.work_gone(interaction_id)
        for agent_id, agent in self.agents.items():
            if agent is not None:
                engine.agent_changed(agent)
            else:
                engine.agent_gone(agent_id)


def touched_by(happened: Iterable[Event]) -> Touched:
    """What events speak of. Offers come with the events of their conversation and agent."""
    touched = Touched()
    for event in happened:
        if event.aggregate_kind == "conversation" and event.data.get("moved", True):
            touched.conversations.add(event.aggregate_id)
            interaction_id = event.data.get("interaction_id")
            if interaction_id is not None:
                touched.interactions.add(UUID(interaction_id))
        elif event.aggregate_kind in ("agent", "user"):
            touched.agents.add(event.aggregate_id)
        elif event.aggregate_kind == "queue":
            touched.queues.add(event.aggregate_id)
            touched.agents.update(UUID(user_id) for user_id in event.data.get("user_ids", ()))
    return touched


async def read_all(conn: AsyncConnection) -> Facts:
    """Everything live; read it at one snapshot."""
    facts = Facts()
    await _read_queues(conn, facts, None)
    await _read_agents(conn, facts, None)
    await _read_works(conn, facts, assignments.c.state.in_(("queued", "offered", *_HELD)))
    await _read_unplaced(conn, facts, set(), whole=True)
    return facts


async def read(conn: AsyncConnection, touched: Touched, engine: Engine) -> Facts:
    """How the touched things are now, with everything that the touched agents have in hand."""
    facts = Facts()
    if touched.queues:
        facts.queues = dict.fromkeys(touched.queues)
        await _read_queues(conn, facts, touched.queues)
    interactions = set(touched.interactions)
    for agent_id in touched.agents:
        interactions |= engine.works_of(agent_id)
    offered = select(offers.c.interaction_id).where(
        offers.c.state == "offered", offers.c.user_id.in_(touched.agents)
    )
    held = assignments.c.holder_id.in_(touched.agents) & assignments.c.state.in_(_HELD)
    facts.interactions = dict.fromkeys(interactions)
    await _read_works(
        conn,
        facts,
        or_(
            assignments.c.interaction_id.in_(interactions),
            held,
            assignments.c.interaction_id.in_(offered),
        ),
    )
    if touched.agents:
        facts.agents = dict.fromkeys(touched.agents)
        await _read_agents(conn, facts, touched.agents)
    await _read_unplaced(conn, facts, touched.conversations, whole=bool(touched.queues))
    return facts


async def read_around(conn: AsyncConnection, interaction_id: UUID, queue_id: UUID) -> Facts:
    """One interaction with its queue, and the queue's agents with what they have in hand."""
    facts = Facts()
    await _read_queues(conn, facts, {queue_id})
    members = await conn.execute(
        select(queue_members.c.user_id).where(queue_members.c.queue_id == queue_id)
    )
    ids = {row.user_id for row in members}
    known = select(assignments.c.preferred_id).where(assignments.c.interaction_id == interaction_id)
    if (preferred_id := await conn.scalar(known)) is not None:
        ids.add(preferred_id)
    await _read_agents(conn, facts, ids)
    offered = select(offers.c.interaction_id).where(
        offers.c.state == "offered", offers.c.user_id.in_(ids)
    )
    held = assignments.c.holder_id.in_(ids) & assignments.c.state.in_(_HELD)
    this = assignments.c.interaction_id == interaction_id
    await _read_works(conn, facts, or_(this, held, assignments.c.interaction_id.in_(offered)))
    return facts


_HELD = ("active", "wrap_up")

# Whether the agent whom it waits for was named by whoever transferred it to them.
_was_named = (
    assignments.c.preferred_id.is_not(None)
    & (
        select(segments.c.end_reason)
        .where(segments.c.interaction_id == assignments.c.interaction_id)
        .order_by(segments.c.id.desc())
        .limit(1)
        .scalar_subquery()
        == "transferred"
    )
).label("was_named")

# Came in as spam that is none, or while there was no queue.
_UNPLACED = text(
    "SELECT c.id FROM conversations c WHERE c.id IN (SELECT unnest(CAST(:ids AS uuid[]))"
    " UNION SELECT conversation_id FROM assignments WHERE :whole AND state = 'created')"
    " AND c.state = 'created' AND c.status = 'open' AND NOT c.spam"
    " AND NOT EXISTS (SELECT FROM assignments a"
    " WHERE a.interaction_id = c.interaction_id AND a.holder_kind = 'flow')"
)


async def _read_unplaced(
    conn: AsyncConnection, facts: Facts, conversation_ids: set[UUID], *, whole: bool
) -> None:
    rows = await conn.execute(_UNPLACED, {"ids": list(conversation_ids), "whole": whole})
    facts.unplaced = {row.id for row in rows}


async def _read_queues(conn: AsyncConnection, facts: Facts, ids: set[UUID] | None) -> None:
    query = select(queues)
    if ids is not None:
        query = query.where(queues.c.id.in_(ids))
    for row in await conn.execute(query):
        facts.queues[row.id] = queue_from(row)


async def _read_agents(conn: AsyncConnection, facts: Facts, ids: set[UUID] | None) -> None:
    query, members = select(agents), select(queue_members)
    if ids is not None:
        query = query.where(agents.c.user_id.in_(ids))
        members = members.where(queue_members.c.user_id.in_(ids))
    levels: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in await conn.execute(members):
        levels[row.user_id][row.queue_id] = row.level
    users = await accounts.users_view(conn, None if ids is None else list(ids))
    working = {user["id"] for user in users if not user["disabled"]}
    for row in await conn.execute(query):
        if row.user_id in working:
            facts.agents[row.user_id] = agent_from(row, levels[row.user_id])


async def _read_works(conn: AsyncConnection, facts: Facts, which: ColumnElement[bool]) -> None:
    live_offer = (offers.c.interaction_id == assignments.c.interaction_id) & (
        offers.c.state == "offered"
    )
    rows = await conn.execute(
        select(
            assignments,
            offers.c.user_id.label("offered_to"),
            offers.c.expires_at,
            text("c.priority AS wanted_priority"),
            text("c.spam"),
            text("c.merged_into"),
            text("k.attributes, k.tags, k.city, k.locale"),
            _was_named,
        )
        .select_from(
            assignments.outerjoin(offers, live_offer)
            .join(text("conversations c"), text("c.id = assignments.conversation_id"))
            .join(text("contacts k"), text("k.id = c.contact_id"))
        )
        .where(which)
    )
    for row in rows:
        facts.interactions[row.interaction_id] = work_from(row)
        if row.merged_into is not None and row.state != "completed":
            facts.ended[row.interaction_id] = "merged"
        elif row.spam and row.state in ("queued", "offered", "active"):
            facts.ended[row.interaction_id] = "spam"


def queue_from(row: Any) -> Queue:
    """The engine's queue of a row of `queues`."""
    return Queue(
        id=row.id,
        offer_timeout_s=row.offer_timeout_s,
        reply_target_s=row.reply_target_s,
        priority=row.priority,
        strategy=row.strategy,
        delivery=row.delivery,
        strict_priority=row.strict_priority,
        steps=steps_of(row.steps),
        hours=hours_of(row.hours),
        overflow=overflow_of(row.overflow),
        no_answer_limit=row.no_answer_limit,
    )


def agent_from(row: Any, levels: Mapping[UUID, int]) -> Agent:
    """The engine's agent of a row of `agents`."""
    idle_since = max(row.since, row.last_released_at or row.since)
    return Agent(
        id=row.user_id,
        available=row.presence == "available",
        idle_since=idle_since,
        levels=dict(levels),
        capacity=row.capacity,
        skills=row.skills,
        interruptible_by={kind: frozenset(by) for kind, by in row.interruptible_by.items()},
        missed=row.missed,
    )


def work_from(row: Any) -> Work | None:
    """The engine's work of a row of `assignments` with its live offer; None when there is nothing
    to match: parked, completed, nowhere, spam or merged away."""
    if row.state in _HELD:
        if row.holder_kind != "agent":
            return None
        return Held(
            row.interaction_id,
            row.holder_id,
            row.channel_kind,
            row.units,
            is_exclusive(row.channel_kind),
        )
    if row.state not in ("queued", "offered") or row.spam or row.merged_into is not None:
        return None
    known: UUID | None = row.preferred_id
    named: tuple[Affinity, ...] = ()
    if known is not None and row.was_named and row.affinity_until is not None:
        named = (Affinity(frozenset({known}), row.affinity_until, "named_agent"),)
        known = None
    waiting = Waiting(
        interaction_id=row.interaction_id,
        queue_id=row.queue_id,
        kind=row.channel_kind,
        units=row.units,
        enqueued_at=row.enqueued_at,
        epoch=row.epoch,
        priority=row.wanted_priority,
        preferred_id=known,
        affinity_until=row.affinity_until,
        excluded={
            UUID(agent_id): datetime.fromisoformat(until)
            for agent_id, until in row.excluded.items()
        },
        queued_at=row.queued_at,
        contact={**row.attributes, "tag": row.tags, "city": row.city, "locale": row.locale},
        steps=steps_of(row.steps),
        visited=frozenset(map(UUID, row.visited)),
        affinity=named,
        exclusive=is_exclusive(row.channel_kind),
    )
    if row.state == "queued":
        return waiting
    return Offered(waiting, row.offered_to, row.expires_at)
