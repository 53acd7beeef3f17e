"""What the engine is told: events say what to look at, PostgreSQL says how it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import Event
from wasl.infra.statements import run_together
from wasl.routing.agents import is_exclusive
from wasl.routing.policy import (
    AFFINITY,
    Affinity,
    Agent,
    Engine,
    Held,
    Offered,
    Queue,
    Waiting,
    Work,
)
from wasl.routing.rules import hours_of, overflow_of, steps_of

AT_A_TIME = 1_000  # interactions or agents that are read or told without a pause


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

    def tell(self, engine: Engine) -> Iterator[None]:
        """Tells the engine; pauses after every so many, for whoever shares the event loop. Agents
        come before whom they may take, so that each line finds its agents once."""
        for n, (queue_id, queue) in enumerate(self.queues.items(), 1):
            if queue is not None:
                engine.queue_changed(queue)
            else:
                engine.queue_gone(queue_id)
            if n % AT_A_TIME == 0:
                yield
        for n, (agent_id, agent) in enumerate(self.agents.items(), 1):
            if agent is not None:
                engine.agent_changed(agent)
            else:
                engine.agent_gone(agent_id)
            if n % AT_A_TIME == 0:
                yield
        for n, (interaction_id, work) in enumerate(self.interactions.items(), 1):
            if work is not None:
                engine.work_changed(work)
            else:
                engine.work_gone(interaction_id)
            if n % AT_A_TIME == 0:
                yield


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
    facts.queues = {row.id: queue_from(row) for row in await _run(conn, "SELECT * FROM queues")}
    after = _FIRST
    while rows := await _run(conn, _ALL_AGENTS, {"after": after, "most": AT_A_TIME}):
        facts.agents.update((row.user_id, agent_from(row)) for row in rows)
        after = rows[-1].user_id
    live = [row.interaction_id for row in await _run(conn, _LIVE)]
    for first in range(0, len(live), AT_A_TIME):
        some = {"interactions": live[first : first + AT_A_TIME], "agents": []}
        _add_works(facts, await _run(conn, _WORKS, some))
    waiting = await _run(conn, _ALL_UNPLACED, {"conversations": []}, prepare=False)
    facts.unplaced = {row.id for row in waiting}
    return facts


async def read(conn: AsyncConnection, touched: Touched, engine: Engine) -> Facts:
    """How the touched things are now, with everything that the touched agents have in hand; the
    caller's transaction, of one snapshot, ends with it."""
    facts = Facts()
    interactions = set(touched.interactions)
    for agent_id in touched.agents:
        interactions |= engine.works_of(agent_id)
    facts.interactions = dict.fromkeys(interactions)
    facts.agents = dict.fromkeys(touched.agents)
    facts.queues = dict.fromkeys(touched.queues)
    unplaced = _ALL_UNPLACED if touched.queues else _UNPLACED
    works, agents, queues, waiting = await run_together(
        conn,
        (_WORKS, {"interactions": list(interactions), "agents": list(touched.agents)}),
        (_AGENTS, {"agents": list(touched.agents)}),
        (_QUEUES, {"queues": list(touched.queues)}),
        (unplaced, {"conversations": list(touched.conversations)}),
        commits=True,
    )
    _add_works(facts, works)
    facts.agents.update((row.user_id, agent_from(row)) for row in agents)
    facts.queues.update((row.id, queue_from(row)) for row in queues)
    facts.unplaced = {row.id for row in waiting}
    return facts


async def read_around(conn: AsyncConnection, interaction_id: UUID, queue_id: UUID) -> Facts:
    """One interaction with its queue, and the queue's agents with what they have in hand."""
    facts = Facts()
    of_queue = {"queues": [queue_id]}
    facts.queues = {row.id: queue_from(row) for row in await _run(conn, _QUEUES, of_queue)}
    around = {"interaction": interaction_id, "queue": queue_id}
    ids = [row.user_id for row in await _run(conn, _AGENTS_AROUND, around)]
    for row in await _run(conn, _AGENTS, {"agents": ids}):
        facts.agents[row.user_id] = agent_from(row)
    _add_works(facts, await _run(conn, _WORKS, {"interactions": [interaction_id], "agents": ids}))
    return facts


_HELD = ("active", "wrap_up")
_FIRST = UUID(int=0)

# With whether the agent whom it waits for was named by whoever transferred it to them, and who of
# the contact's team is in the queue that it entered (it waits for nobody where it overflowed to).
_READ_WORKS = """
SELECT a.interaction_id, a.queue_id, a.state, a.holder_kind, a.holder_id, a.epoch, a.channel_kind,
  a.units, a.enqueued_at, a.queued_at, a.preferred_id, a.affinity_until, a.excluded, a.visited,
  a.steps, a.callback IS NOT NULL AS callback, a.not_before, o.user_id AS offered_to, o.expires_at,
  c.priority AS wanted_priority, c.spam,
  c.merged_into, k.attributes, k.tags, k.city, k.locale,
  CASE WHEN k.team_id IS NOT NULL AND a.state IN ('queued', 'offered') AND a.visited = '[]' THEN
    ARRAY(SELECT t.user_id FROM team_members t JOIN queue_members m
      ON m.user_id = t.user_id AND m.queue_id = a.queue_id WHERE t.team_id = k.team_id) END AS team,
  a.preferred_id IS NOT NULL AND (
    SELECT g.end_reason FROM segments g
    WHERE g.interaction_id = a.interaction_id AND g.role = 'holder'
    ORDER BY g.id DESC LIMIT 1) = 'transferred' AS was_named
FROM assignments a
LEFT JOIN offers o ON o.interaction_id = a.interaction_id AND o.state = 'offered'
JOIN conversations c ON c.id = a.conversation_id
JOIN contacts k ON k.id = c.contact_id
"""
_LIVE = """
SELECT interaction_id FROM assignments WHERE state IN ('queued', 'offered', 'active', 'wrap_up')
"""
# by key, whatever is asked for
_WORKS = f"""{_READ_WORKS} WHERE a.interaction_id = ANY(ARRAY(
  SELECT unnest(%(interactions)s::uuid[])
  UNION SELECT interaction_id FROM assignments
    WHERE holder_id = ANY(%(agents)s::uuid[]) AND state IN ('active', 'wrap_up')
  UNION SELECT interaction_id FROM offers
    WHERE user_id = ANY(%(agents)s::uuid[]) AND state = 'offered'))
"""  # noqa: S608  # constants

_READ_AGENTS = """
SELECT a.user_id, a.presence, a.since, a.last_released_at, a.capacity, a.skills,
  a.interruptible_by, a.missed, a.busy_share,
  ARRAY(SELECT m.queue_id FROM queue_members m WHERE m.user_id = a.user_id
    ORDER BY m.queue_id) AS queues,
  ARRAY(SELECT m.level FROM queue_members m WHERE m.user_id = a.user_id
    ORDER BY m.queue_id) AS levels
FROM agents a JOIN users u ON u.id = a.user_id AND NOT u.disabled
"""
_ALL_AGENTS = f"""{_READ_AGENTS} WHERE a.user_id > %(after)s
ORDER BY a.user_id LIMIT %(most)s"""
_AGENTS = f"{_READ_AGENTS} WHERE a.user_id = ANY(%(agents)s::uuid[])"
_AGENTS_AROUND = """
SELECT user_id FROM queue_members WHERE queue_id = %(queue)s
UNION SELECT preferred_id FROM assignments
  WHERE interaction_id = %(interaction)s AND preferred_id IS NOT NULL
"""

_QUEUES = "SELECT * FROM queues WHERE id = ANY(%(queues)s::uuid[])"

# Came in as spam that is none, or while there was no queue.
_UNPLACED = """
SELECT c.id FROM conversations c
WHERE c.id = ANY(%(conversations)s::uuid[])
  AND c.state = 'created' AND c.status = 'open' AND NOT c.spam
  AND NOT EXISTS (SELECT FROM assignments a
    WHERE a.interaction_id = c.interaction_id AND a.holder_kind = 'flow')
"""
_ALL_UNPLACED = """
SELECT c.id FROM conversations c
WHERE c.id IN (
    SELECT unnest(%(conversations)s::uuid[])
    UNION SELECT conversation_id FROM assignments WHERE state = 'created')
  AND c.state = 'created' AND c.status = 'open' AND NOT c.spam
  AND NOT EXISTS (SELECT FROM assignments a
    WHERE a.interaction_id = c.interaction_id AND a.holder_kind = 'flow')
"""


async def _run(
    conn: AsyncConnection, sql: str, values: Mapping[str, Any] = MappingProxyType({}), *,
    prepare: bool = True,
) -> list[Any]:  # fmt: skip
    (rows,) = await run_together(conn, (sql, values), prepare=prepare)
    return rows


def _add_works(facts: Facts, rows: Iterable[Any]) -> None:
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


def agent_from(row: Any) -> Agent:
    """The engine's agent of a row of `agents` with their queues and levels."""
    idle_since = max(row.since, row.last_released_at or row.since)
    return Agent(
        id=row.user_id,
        available=row.presence == "available",
        idle_since=idle_since,
        levels=dict(zip(row.queues, row.levels, strict=True)),
        capacity=row.capacity,
        skills=row.skills,
        interruptible_by={kind: frozenset(by) for kind, by in row.interruptible_by.items()},
        busy_share=row.busy_share,
        missed=row.missed,
        signed_in=row.presence != "offline",
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
    if row.team:
        until = (row.queued_at or row.enqueued_at) + AFFINITY
        named += (Affinity(frozenset(row.team), until, "team"),)
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
        callback=row.callback,
        not_before=row.not_before,
    )
    if row.state == "queued":
        return waiting
    return Offered(waiting, row.offered_to, row.expires_at)
