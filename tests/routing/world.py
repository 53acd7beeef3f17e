"""A contact centre as plain facts, which checks every decision of the engine by looking at
everything, and by rules written anew here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from wasl.routing.policy import (
    EXCLUSION,
    Affinity,
    Agent,
    Decision,
    Engine,
    Held,
    Move,
    Offer,
    Offered,
    Queue,
    Rescind,
    Step,
    TimeOut,
    Waiting,
    Work,
    capacity_of,
    compile_requirement,
    excludes,
    moved,
    passed_over,
    waiting_key,
)

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


def uid(n: int) -> UUID:
    return UUID(int=n)


def step(expression: object, expires_after_s: int | None = None) -> Step:
    return Step(compile_requirement(expression), expires_after_s)


def _order(decision: Decision) -> tuple[UUID, str]:
    return decision.interaction_id, type(decision).__name__


class World:
    """What the database would hold, with an engine that is told of it."""

    def __init__(self) -> None:
        self.now = START
        self.agents: dict[UUID, Agent] = {}
        self.queues: dict[UUID, Queue] = {}
        self.works: dict[UUID, Work] = {}
        self.in_hand: defaultdict[UUID, dict[UUID, Offered | Held]] = defaultdict(dict)
        self.engine = Engine()
        self.shadow: Engine | None = None  # told and asked the same, and must answer the same
        self.offered_epochs: dict[UUID, int] = {}
        self.segments: dict[tuple[UUID, int], bool] = {}  # whether it is open
        self.turns: defaultdict[UUID, int] = defaultdict(int)
        self.offers_made = 0
        self.last_id = 1_000_000

    # ── facts ────────────────────────────────────────────────────────────────────────────────

    @property
    def engines(self) -> Iterator[Engine]:
        yield self.engine
        if self.shadow is not None:
            yield self.shadow

    def agent(self, agent: Agent) -> None:
        self.agents[agent.id] = agent
        for engine in self.engines:
            engine.agent_changed(agent)

    def agent_gone(self, agent_id: UUID) -> None:
        del self.agents[agent_id]
        for engine in self.engines:
            engine.agent_gone(agent_id)

    def queue(self, queue: Queue) -> None:
        self.queues[queue.id] = queue
        for engine in self.engines:
            engine.queue_changed(queue)

    def work(self, work: Work) -> None:
        self._set(work)
        for engine in self.engines:
            engine.work_changed(work)

    def gone(self, interaction_id: UUID) -> None:
        self._set(None, interaction_id)
        for engine in self.engines:
            engine.work_gone(interaction_id)

    def _set(self, work: Work | None, interaction_id: UUID | None = None) -> None:
        id_ = work.interaction_id if work is not None else interaction_id
        assert id_ is not None
        before = self.works.pop(id_, None)
        if before is not None and not isinstance(before, Waiting):
            del self.in_hand[before.agent_id][id_]
        if isinstance(before, Held) and not isinstance(work, Held):
            assert self.segments[id_, self.turns[id_]]
            self.segments[id_, self.turns[id_]] = False
        if work is None:
            return
        self.works[id_] = work
        if not isinstance(work, Waiting):
            self.in_hand[work.agent_id][id_] = work
        if isinstance(work, Held) and not isinstance(before, Held):
            self.turns[id_] += 1
            assert (id_, self.turns[id_]) not in self.segments
            self.segments[id_, self.turns[id_]] = True

    # ── what may be ──────────────────────────────────────────────────────────────────────────

    def load(self, agent_id: UUID, kind: str | None = None) -> int:
        in_hand = self.in_hand[agent_id].values()
        return sum(work.units for work in in_hand if kind is None or work.kind == kind)

    def shut_out(self, agent: Agent, kind: str, but: UUID | None = None) -> bool:
        return any(
            work.exclusive and kind not in agent.interruptible_by.get(work.kind, ())
            for id_, work in self.in_hand[agent.id].items()
            if id_ != but
        )

    def has_room(self, agent: Agent, waiting: Waiting) -> bool:
        units = self.load(agent.id, waiting.kind) + waiting.units
        if units > capacity_of(agent.capacity, waiting.kind) or self.shut_out(agent, waiting.kind):
            return False
        in_hand = self.in_hand[agent.id].values()
        return not (waiting.exclusive and any(isinstance(work, Offered) for work in in_hand))

    def may_pick(self, agent: Agent, waiting: Waiting) -> bool:
        """By hand an agent may take what they have units for, whatever is offered to them."""
        units = self.load(agent.id, waiting.kind) + waiting.units
        return units <= capacity_of(agent.capacity, waiting.kind) and not self.shut_out(
            agent, waiting.kind
        )

    def is_open(self, queue: Queue) -> bool:
        return queue.hours is None or queue.hours.is_open(self.now)

    def known_agents(self, waiting: Waiting) -> Affinity | None:
        """Those whom affinity makes it wait for."""
        windows = list(waiting.affinity)
        if waiting.preferred_id is not None and waiting.affinity_until is not None:
            known = frozenset((waiting.preferred_id,))
            windows.insert(0, Affinity(known, waiting.affinity_until, "last_agent"))
        for window in windows:
            there = [self.agents[id_] for id_ in window.agents if id_ in self.agents]
            if self.now < window.until and any(
                agent.available and not excludes(waiting, agent.id, self.now) for agent in there
            ):
                return window
        return None

    def step_of(self, waiting: Waiting) -> Step | None:
        """The relaxation step that counts now; None when all have expired."""
        age = self.now - (waiting.queued_at or waiting.enqueued_at)
        for one in waiting.steps or self.queues[waiting.queue_id].steps:
            if one.expires_after_s is None or age < timedelta(seconds=one.expires_after_s):
                return one
            age -= timedelta(seconds=one.expires_after_s)
        return None

    def meets(self, agent: Agent, waiting: Waiting) -> bool:
        """Queue and skills, at the step that counts now."""
        current = self.step_of(waiting)
        return waiting.queue_id in agent.levels and (
            current is None or current.requirement.for_contact(waiting.contact).met_by(agent.skills)
        )

    def is_held_back(self, waiting: Waiting) -> bool:
        queue = self.queues[waiting.queue_id]
        late = waiting.not_before is not None and self.now < waiting.not_before
        return late or queue.delivery == "pick" or not self.is_open(queue)

    def may_take(self, agent: Agent, waiting: Waiting) -> bool:
        if not agent.available or excludes(waiting, agent.id, self.now):
            return False
        if not self.has_room(agent, waiting) or self.is_held_back(waiting):
            return False
        known = self.known_agents(waiting)
        return agent.id in known.agents if known else self.meets(agent, waiting)

    def overflows_to(self, waiting: Waiting) -> UUID | None:
        queue = self.queues[waiting.queue_id]
        target = self.queues.get(queue.overflow.queue_id) if queue.overflow else None
        if queue.overflow is None or target is None or target.id == queue.id:
            return None
        if target.id in waiting.visited or not self.is_open(target):
            return None
        waited = self.now - (waiting.queued_at or waiting.enqueued_at)
        late = queue.overflow.after_s is not None and waited.total_seconds() >= (
            queue.overflow.after_s
        )
        return (
            target.id if late or (queue.overflow.when_closed and not self.is_open(queue)) else None
        )

    def waiting(self) -> list[Waiting]:
        return [work for work in self.works.values() if isinstance(work, Waiting)]

    def rank(self, waiting: Waiting) -> tuple[Any, ...]:
        known = self.known_agents(waiting)
        return 0 if known else 1, waiting_key(waiting, self.queues[waiting.queue_id])

    def agent_rank(self, agent: Agent, waiting: Waiting) -> tuple[Any, ...]:
        load, level = self.load(agent.id), agent.levels.get(waiting.queue_id, 0)
        strategy = self.queues[waiting.queue_id].strategy
        if strategy == "longest_idle":
            return load, agent.idle_since, -level, agent.id
        if strategy == "spare_capacity":
            capacity = max(1, capacity_of(agent.capacity, waiting.kind))
            share = self.load(agent.id, waiting.kind) / capacity
            return share, load, agent.idle_since, agent.id
        if strategy == "proficiency":
            fit: float = level
            current = self.step_of(waiting)
            if current is not None and self.known_agents(waiting) is None:
                fit += current.requirement.for_contact(waiting.contact).fit(agent.skills)
            return -fit, load, agent.idle_since, agent.id
        return agent.busy_share, load, agent.idle_since, agent.id

    # ── deciding ─────────────────────────────────────────────────────────────────────────────

    def decide(self, *, check_order: bool = True) -> list[Decision]:
        decisions = self.engine.decide(self.now)
        if self.shadow is not None:
            again = self.shadow.decide(self.now)
            assert sorted(again, key=_order) == sorted(decisions, key=_order)
        for decision in decisions:
            self._apply(decision, check_order=check_order)
        return decisions

    def _apply(self, decision: Decision, *, check_order: bool) -> None:
        """Makes a decision true, refusing what the database would refuse."""
        work = self.works[decision.interaction_id]
        if isinstance(decision, Offer):
            assert isinstance(work, Waiting)
            assert work.epoch == decision.epoch
            # late answers to older offers are told apart by epoch
            assert decision.epoch >= self.offered_epochs.get(work.interaction_id, 0)
            self.offered_epochs[work.interaction_id] = decision.epoch + 1
            agent = self.agents[decision.agent_id]
            assert self.may_take(agent, work)
            if check_order:
                self._check_order(agent, work)
            assert decision.why
            self.offers_made += 1
            offered = replace(work, epoch=work.epoch + 1)
            if decision.accepted:
                assert self.queues[work.queue_id].delivery == "auto_accept"
                self._set(
                    Held(work.interaction_id, agent.id, work.kind, work.units, work.exclusive)
                )
            else:
                self._set(Offered(offered, agent.id, decision.expires_at))
            return
        if isinstance(decision, Move):
            assert isinstance(work, Waiting)
            assert (work.epoch, work.queue_id) == (decision.epoch, decision.from_queue_id)
            assert self.overflows_to(work) == decision.queue_id
            self._set(moved(work, decision.queue_id, self.now))
            return
        assert isinstance(work, Offered)
        assert work.agent_id == decision.agent_id
        assert work.waiting.epoch == decision.epoch
        if isinstance(decision, Rescind):
            self._set(work.waiting)
            return
        assert isinstance(decision, TimeOut)
        assert work.expires_at <= self.now
        self._set(passed_over(work.waiting, work.agent_id, self.now + EXCLUSION))
        missed = self.agents[decision.agent_id]
        limit = self.queues[work.waiting.queue_id].no_answer_limit
        assert decision.away == (missed.missed + 1 >= limit)
        self.agents[missed.id] = (
            replace(missed, available=False, missed=0)
            if decision.away
            else replace(missed, missed=missed.missed + 1)
        )

    def _check_order(self, agent: Agent, chosen: Waiting) -> None:
        rank = self.rank(chosen)
        for other in self.waiting():
            if self.may_take(agent, other):
                assert rank <= self.rank(other)
        first = self.agent_rank(agent, chosen)
        for colleague in self.agents.values():
            if self.may_take(colleague, chosen):
                assert first <= self.agent_rank(colleague, chosen)

    def pass_time(self, seconds: float, *, check_order: bool = True) -> int:
        """Goes on, deciding at every wake; how many there were."""
        until, wakes = self.now + timedelta(seconds=seconds), 0
        while (wake := self.engine.next_wake()) and wake <= until:
            self.now = max(self.now, wake)
            self.decide(check_order=check_order)
            wakes += 1
        self.now = until
        self.decide(check_order=check_order)
        return wakes

    def rebuilt(self) -> Engine:
        """An engine that is told the facts as they are."""
        engine = Engine()
        for work in self.works.values():
            engine.work_changed(work)
        for agent in self.agents.values():
            engine.agent_changed(agent)
        for queue in self.queues.values():
            engine.queue_changed(queue)
        return engine

    # ── what always holds ────────────────────────────────────────────────────────────────────

    def check_work_is_conserved(self) -> None:
        for waiting in self.waiting():
            assert self.overflows_to(waiting) is None
            for agent in self.agents.values():
                assert not self.may_take(agent, waiting)

    def check_offers_are_good(self) -> None:
        for work in self.works.values():
            if isinstance(work, Offered):
                agent = self.agents[work.agent_id]
                assert agent.available
                assert work.expires_at > self.now
                assert self.load(agent.id, work.kind) <= capacity_of(agent.capacity, work.kind)
                assert not self.shut_out(agent, work.kind, but=work.interaction_id)

    def check_windows_wake(self) -> None:
        """Affinity never delays past its window, as the engine wakes when it ends."""
        wake = self.engine.next_wake()
        for waiting in self.waiting():
            known = self.known_agents(waiting)
            if known is not None and not self.is_held_back(waiting):
                assert wake is not None
                assert wake <= known.until

    def check_segments(self) -> None:
        """Each turn is counted once: open exactly while it is held."""
        open_now = {id_ for (id_, _), is_open in self.segments.items() if is_open}
        held = {id_ for id_, work in self.works.items() if isinstance(work, Held)}
        assert open_now == held

    def check_engine_knows(self) -> None:
        picture = self.engine.picture()
        assert picture["works"] == self.works
        assert picture["agents"] == self.agents
        assert picture["queues"] == self.queues

    def check_rebuilt_is_the_same(self) -> Engine:
        rebuilt = self.rebuilt()
        assert rebuilt.decide(self.now) == []
        assert rebuilt.picture() == self.engine.picture()
        return rebuilt

    def check(self) -> None:
        self.check_work_is_conserved()
        self.check_offers_are_good()
        self.check_windows_wake()
        self.check_segments()
        self.check_engine_knows()
