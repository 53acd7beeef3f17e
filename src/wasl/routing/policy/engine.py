"""The matching engine: facts in, decisions out.

Order of selection: an agent that the interaction knows, while the affinity window lasts; then
the interaction with the smallest `deadline − priority bonus` (static, so ageing is built in and
nothing starves), the older id first; then, among the agents of its queue with room, the least
loaded, and of those the one idle for longest (fair, see Atar 2008 and Armony & Ward 2010),
the higher level first.

The state is a function of the facts and of `now` alone, so that an engine rebuilt from the
database continues exactly where another one stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from wasl.routing.policy.facts import (
    EXCLUSION,
    NORMAL_PRIORITY,
    PRIORITY_STEP,
    Agent,
    Decision,
    Offer,
    Offered,
    Queue,
    Rescind,
    TimeOut,
    Waiting,
    Why,
    Work,
    capacity_of,
)
from wasl.routing.policy.heap import KeyedHeap


class Line(NamedTuple):
    """A requirement class: those who wait for the same thing stand in one line."""

    queue_id: UUID
    kind: str
    units: int


def line_of(waiting: Waiting) -> Line:
    """The line in which the interaction stands."""
    return Line(waiting.queue_id, waiting.kind, waiting.units)


def waiting_key(waiting: Waiting, queue: Queue) -> tuple[datetime, UUID]:
    """Smaller goes first: the deadline, brought forward by each step of priority."""
    steps = (waiting.priority - NORMAL_PRIORITY) + (queue.priority - NORMAL_PRIORITY)
    deadline = waiting.enqueued_at + timedelta(seconds=queue.reply_target_s)
    return deadline - steps * PRIORITY_STEP, waiting.interaction_id


class Engine:
    """All agents, queues and live interactions in memory.

    Tell it facts (`agent_changed`, `queue_changed`, `work_changed`, `work_gone`), then ask
    `decide(now)`; ask again at `next_wake()` at the latest. What it decides it takes as done: when
    the database refuses a decision, tell it the facts as they are.
    """

    def __init__(self) -> None:
        self._agents: dict[UUID, Agent] = {}
        self._queues: dict[UUID, Queue] = {}
        self._works: dict[UUID, Work] = {}
        self._works_of: defaultdict[UUID, set[UUID]] = defaultdict(set)  # offered or held
        self._load: defaultdict[UUID, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._preferring: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._members: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._lines: defaultdict[UUID, set[Line]] = defaultdict(set)
        self._waiting: dict[Line, KeyedHeap[UUID]] = {}
        self._ready: dict[Line, KeyedHeap[UUID]] = {}
        self._wakes: KeyedHeap[UUID] = KeyedHeap()
        # what has changed since the last decision
        self._touched_agents: set[UUID] = set()
        self._touched_works: set[UUID] = set()
        self._touched_lines: set[Line] = set()

    # ── facts ────────────────────────────────────────────────────────────────────────────────

    def agent_changed(self, agent: Agent) -> None:
        """An agent is there, or their presence, capacity or queues are other than before."""
        if self._agents.get(agent.id) == agent:
            return
        self._leave_queues(agent.id)
        self._agents[agent.id] = agent
        for queue_id in agent.levels:
            self._members[queue_id].add(agent.id)
        self._touched_agents.add(agent.id)

    def agent_gone(self, agent_id: UUID) -> None:
        """The agent is no agent any more."""
        self._leave_queues(agent_id)
        self._agents.pop(agent_id, None)
        self._touched_agents.add(agent_id)

    def queue_changed(self, queue: Queue) -> None:
        """A queue is there, or its times or priority are other than before."""
        if self._queues.get(queue.id) == queue:
            return
        self._queues[queue.id] = queue
        for work in self._works.values():
            if isinstance(work, Waiting) and work.queue_id == queue.id:
                self._touched_works.add(work.interaction_id)

    def queue_gone(self, queue_id: UUID) -> None:
        """The queue is no more; nothing waits in it (the service refuses to delete a used one)."""
        self._queues.pop(queue_id, None)
        for line in self._lines.pop(queue_id, ()):
            del self._waiting[line], self._ready[line]
            self._touched_lines.discard(line)

    def work_changed(self, work: Work) -> None:
        """An interaction waits, is offered, or is held."""
        if self._works.get(work.interaction_id) == work:
            return
        self.work_gone(work.interaction_id)
        self._works[work.interaction_id] = work
        if isinstance(work, Waiting):
            if work.preferred_id is not None:
                self._preferring[work.preferred_id].add(work.interaction_id)
            self._touched_works.add(work.interaction_id)
            return
        if isinstance(work, Offered):
            self._wakes.put(work.interaction_id, (work.expires_at, work.interaction_id))
        self._works_of[work.agent_id].add(work.interaction_id)
        self._load[work.agent_id][work.kind] += work.units
        self._touched_agents.add(work.agent_id)

    def work_gone(self, interaction_id: UUID) -> None:
        """The interaction is parked, completed, or not routed."""
        work = self._works.pop(interaction_id, None)
        if work is None:
            return
        self._wakes.drop(interaction_id)
        if isinstance(work, Waiting):
            if work.preferred_id is not None:
                self._preferring[work.preferred_id].discard(interaction_id)
            self._leave_line(work)
            return
        self._works_of[work.agent_id].discard(interaction_id)
        self._load[work.agent_id][work.kind] -= work.units
        self._touched_agents.add(work.agent_id)

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    def works_of(self, agent_id: UUID) -> frozenset[UUID]:
        """What the agent holds or has offered."""
        return frozenset(self._works_of.get(agent_id, ()))

    def picture(self) -> dict[str, Any]:
        """Everything known, for comparing two engines."""
        load = {
            agent_id: {kind: units for kind, units in used.items() if units}
            for agent_id, used in self._load.items()
        }
        return {
            "agents": dict(self._agents),
            "queues": dict(self._queues),
            "works": dict(self._works),
            "load": {agent_id: used for agent_id, used in load.items() if used},
        }

    def next_wake(self) -> datetime | None:
        """When `decide` must be asked again, if nothing happens before."""
        first = self._wakes.first()
        return first[0][0] if first else None

    # ── deciding ─────────────────────────────────────────────────────────────────────────────

    def decide(self, now: datetime) -> list[Decision]:
        """What is to be done now. Afterwards no eligible agent with room stands beside a
        compatible waiting interaction."""
        decisions: list[Decision] = [*self._due(now), *self._rescinds()]
        for agent_id in self._touched_agents:
            self._touched_works |= self._preferring[agent_id]
            self._seat(agent_id)
        self._touched_agents.clear()
        known = self._place_touched(now)
        decisions += self._offers_by_affinity(known, now)
        decisions += self._offers_by_line(now)
        self._touched_agents.clear()  # those just offered to are seated already
        return decisions

    def _due(self, now: datetime) -> Iterator[Decision]:
        while (first := self._wakes.first()) and first[0][0] <= now:
            self._wakes.pop()
            work = self._works[first[1]]
            if isinstance(work, Offered):
                yield self._time_out(work, now)
            else:
                self._touched_works.add(work.interaction_id)

    def _time_out(self, offered: Offered, now: datetime) -> TimeOut:
        until = now + EXCLUSION
        agent = self._agents.get(offered.agent_id)
        if agent is not None:
            self.agent_changed(replace(agent, available=False))
        self.work_changed(passed_over(offered.waiting, offered.agent_id, until))
        return TimeOut(offered.interaction_id, offered.agent_id, offered.waiting.epoch, until)

    def _rescinds(self) -> Iterator[Decision]:
        for agent_id in sorted(self._touched_agents):
            agent = self._agents.get(agent_id)
            works = [self._works[interaction_id] for interaction_id in self._works_of[agent_id]]
            offers = [work for work in works if isinstance(work, Offered)]
            for offered in sorted(offers, key=_offer_order, reverse=True):
                if agent is None or not agent.available or self._over(agent, offered.kind):
                    self.work_changed(offered.waiting)
                    yield Rescind(offered.interaction_id, agent_id, offered.waiting.epoch)

    def _place_touched(self, now: datetime) -> list[Waiting]:
        """Puts those who wait where they belong; answers with those who wait for one agent."""
        known: list[Waiting] = []
        for interaction_id in self._touched_works:
            work = self._works.get(interaction_id)
            if not isinstance(work, Waiting) or work.queue_id not in self._queues:
                continue
            if self._affinity_holds(work, now):
                self._leave_line(work)
                known.append(work)
            else:
                self._join_line(work)
            self._wake_for(work, now)
        self._touched_works.clear()
        return sorted(known, key=self._key)

    def _offers_by_affinity(self, known: list[Waiting], now: datetime) -> Iterator[Offer]:
        for waiting in known:
            agent = self._agents[cast(UUID, waiting.preferred_id)]
            if self._has_room(agent, line_of(waiting)):
                yield self._offer(waiting, agent, now, (Why("last_agent"),))

    def _offers_by_line(self, now: datetime) -> Iterator[Offer]:
        heads: KeyedHeap[Line] = KeyedHeap()
        unmatched: list[Waiting] = []
        for line in self._touched_lines:
            self._put_head(heads, line)
        while first := heads.pop():
            line = first[1]
            if not len(self._ready[line]):
                continue
            waiting = cast(Waiting, self._works[first[0][1]])  # only those who wait stand in line
            self._waiting[line].drop(waiting.interaction_id)
            agent = self._first_ready(line, waiting, now)
            if agent is None:  # excludes everybody who is ready: the next one may not
                unmatched.append(waiting)
            else:
                yield self._offer(waiting, agent, now, _reasons(waiting, agent, now))
            self._put_head(heads, line)
        for waiting in unmatched:
            self._waiting[line_of(waiting)].put(waiting.interaction_id, self._key(waiting))
        self._touched_lines.clear()

    def _put_head(self, heads: KeyedHeap[Line], line: Line) -> None:
        head = self._waiting[line].first()
        if head is not None:
            heads.put(line, head[0])

    def _first_ready(self, line: Line, waiting: Waiting, now: datetime) -> Agent | None:
        """The first agent of the line whom the interaction doesn't exclude."""
        ready = self._ready[line]
        passed: list[tuple[Any, UUID]] = []
        found: Agent | None = None
        while found is None and (first := ready.pop()):
            passed.append(first)
            if not excludes(waiting, first[1], now):
                found = self._agents[first[1]]
        for key, agent_id in passed:
            ready.put(agent_id, key)
        return found

    def _offer(self, waiting: Waiting, agent: Agent, now: datetime, why: tuple[Why, ...]) -> Offer:
        queue_id = waiting.queue_id
        expires_at = now + timedelta(seconds=self._queues[queue_id].offer_timeout_s)
        self.work_changed(Offered(replace(waiting, epoch=waiting.epoch + 1), agent.id, expires_at))
        self._seat(agent.id)
        return Offer(waiting.interaction_id, agent.id, queue_id, waiting.epoch, expires_at, why)

    # ── where everybody stands ───────────────────────────────────────────────────────────────

    def _key(self, waiting: Waiting) -> tuple[datetime, UUID]:
        return waiting_key(waiting, self._queues[waiting.queue_id])

    def _affinity_holds(self, waiting: Waiting, now: datetime) -> bool:
        """Whether the interaction waits for the agent it knows, and for no other."""
        if waiting.preferred_id is None or waiting.affinity_until is None:
            return False
        agent = self._agents.get(waiting.preferred_id)
        return (
            now < waiting.affinity_until
            and agent is not None
            and agent.available
            and not excludes(waiting, agent.id, now)
        )

    def _wake_for(self, waiting: Waiting, now: datetime) -> None:
        """Looks again when affinity ends or an agent is excluded no longer."""
        moments = [until for until in waiting.excluded.values() if until > now]
        if self._affinity_holds(waiting, now) and waiting.affinity_until is not None:
            moments.append(waiting.affinity_until)
        if moments:
            self._wakes.put(waiting.interaction_id, (min(moments), waiting.interaction_id))

    def _join_line(self, waiting: Waiting) -> None:
        line = line_of(waiting)
        if line not in self._waiting:
            self._open_line(line)
        self._waiting[line].put(waiting.interaction_id, self._key(waiting))
        self._touched_lines.add(line)

    def _leave_line(self, waiting: Waiting) -> None:
        if (heap := self._waiting.get(line_of(waiting))) is not None:
            heap.drop(waiting.interaction_id)

    def _open_line(self, line: Line) -> None:
        self._waiting[line], self._ready[line] = KeyedHeap(), KeyedHeap()
        self._lines[line.queue_id].add(line)
        for agent_id in self._members[line.queue_id]:
            self._seat_in(line, self._agents[agent_id])

    def _seat(self, agent_id: UUID) -> None:
        """Puts the agent among the ready ones of every line they have room for."""
        agent = self._agents.get(agent_id)
        if agent is not None:
            for queue_id in agent.levels:
                for line in self._lines[queue_id]:
                    self._seat_in(line, agent)

    def _seat_in(self, line: Line, agent: Agent) -> None:
        if not agent.available or not self._has_room(agent, line):
            self._ready[line].drop(agent.id)
            return
        load = sum(self._load[agent.id].values())
        key = (load, agent.idle_since, -agent.levels[line.queue_id], agent.id)
        self._ready[line].put(agent.id, key)
        self._touched_lines.add(line)

    def _leave_queues(self, agent_id: UUID) -> None:
        known = self._agents.get(agent_id)
        for queue_id in known.levels if known else ():
            self._members[queue_id].discard(agent_id)
            for line in self._lines[queue_id]:
                self._ready[line].drop(agent_id)

    def _has_room(self, agent: Agent, line: Line) -> bool:
        used = self._load[agent.id][line.kind]
        return used + line.units <= capacity_of(agent.capacity, line.kind)

    def _over(self, agent: Agent, kind: str) -> bool:
        return self._load[agent.id][kind] > capacity_of(agent.capacity, kind)


def excludes(waiting: Waiting, agent_id: UUID, now: datetime) -> bool:
    """Whether the agent is passed over just now."""
    until = waiting.excluded.get(agent_id)
    return until is not None and now < until


def passed_over(waiting: Waiting, agent_id: UUID, until: datetime) -> Waiting:
    """The interaction after the agent missed or declined it: it keeps its place, it no longer
    waits for them, and it is not offered to them before `until`."""
    excluded = {**waiting.excluded, agent_id: until}
    if waiting.preferred_id != agent_id:
        return replace(waiting, excluded=excluded)
    return replace(waiting, excluded=excluded, preferred_id=None, affinity_until=None)


def _offer_order(offered: Offered) -> tuple[datetime, UUID]:
    return offered.expires_at, offered.interaction_id


def _reasons(waiting: Waiting, agent: Agent, now: datetime) -> tuple[Why, ...]:
    idle_s = max(0, int((now - agent.idle_since).total_seconds()))
    why = [Why("idle", {"s": idle_s}), Why("member", {"queue": str(waiting.queue_id)})]
    if waiting.priority > NORMAL_PRIORITY:
        why.append(Why("priority", {"n": waiting.priority}))
    return tuple(why)
