"""The engine against a model that knows only facts and checks every decision by full scans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from wasl.routing.policy import (
    AFFINITY,
    EXCLUSION,
    Affinity,
    Agent,
    Decision,
    Engine,
    Held,
    Move,
    Offer,
    Offered,
    Overflow,
    Queue,
    Rescind,
    TimeOut,
    Waiting,
    Why,
    Work,
    capacity_of,
    excludes,
    passed_over,
    waiting_key,
)

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
KINDS = ("chat", "mail")


def uid(n: int) -> UUID:
    return UUID(int=n)


@dataclass
class Facts:
    """What the database would hold."""

    agents: dict[UUID, Agent]
    queues: dict[UUID, Queue]
    works: dict[UUID, Work]

    def load(self, agent_id: UUID, kind: str) -> int:
        return sum(
            work.units
            for work in self.works.values()
            if not isinstance(work, Waiting) and work.agent_id == agent_id and work.kind == kind
        )

    def has_room(self, agent: Agent, kind: str, units: int) -> bool:
        return self.load(agent.id, kind) + units <= capacity_of(agent.capacity, kind)

    def waits_for(self, waiting: Waiting, now: datetime) -> Agent | None:
        """The one agent whom affinity makes it wait for."""
        agent = self.agents.get(waiting.preferred_id) if waiting.preferred_id else None
        if agent is None or waiting.affinity_until is None or now >= waiting.affinity_until:
            return None
        return agent if agent.available and not excludes(waiting, agent.id, now) else None

    def may_take(self, agent: Agent, waiting: Waiting, now: datetime) -> bool:
        if not agent.available or excludes(waiting, agent.id, now):
            return False
        if not self.has_room(agent, waiting.kind, waiting.units):
            return False
        known = self.waits_for(waiting, now)
        return known == agent if known else waiting.queue_id in agent.levels

    def waiting(self) -> list[Waiting]:
        return [work for work in self.works.values() if isinstance(work, Waiting)]

    def idle_key(self, agent: Agent, queue_id: UUID) -> tuple[int, datetime, int, UUID]:
        load = sum(
            work.units
            for work in self.works.values()
            if not isinstance(work, Waiting) and work.agent_id == agent.id
        )
        return load, agent.idle_since, -agent.levels[queue_id], agent.id


def engine_of(facts: Facts) -> Engine:
    engine = Engine()
    for work in facts.works.values():
        engine.work_changed(work)
    for agent in facts.agents.values():
        engine.agent_changed(agent)
    for queue in facts.queues.values():
        engine.queue_changed(queue)
    return engine


def apply(facts: Facts, decision: Decision, now: datetime) -> None:
    """Makes a decision true, refusing what the database would refuse."""
    work = facts.works[decision.interaction_id]
    if isinstance(decision, Offer):
        assert isinstance(work, Waiting)
        assert work.epoch == decision.epoch
        agent = facts.agents[decision.agent_id]
        assert facts.may_take(agent, work, now)
        if decision.why != (Why("last_agent"),):
            check_order(facts, agent, work, now)
        facts.works[work.interaction_id] = Offered(
            replace(work, epoch=work.epoch + 1), agent.id, decision.expires_at
        )
        return
    assert isinstance(work, Offered)
    assert work.agent_id == decision.agent_id
    assert work.waiting.epoch == decision.epoch
    if isinstance(decision, Rescind):
        facts.works[work.interaction_id] = work.waiting
        return
    assert isinstance(decision, TimeOut)
    assert work.expires_at <= now
    facts.works[work.interaction_id] = passed_over(
        work.waiting, work.agent_id, decision.excluded_until
    )
    agent = facts.agents[decision.agent_id]
    facts.agents[agent.id] = replace(agent, available=False)


def check_order(facts: Facts, agent: Agent, chosen: Waiting, now: datetime) -> None:
    key = waiting_key(chosen, facts.queues[chosen.queue_id])
    for other in facts.waiting():
        if facts.may_take(agent, other, now) and facts.waits_for(other, now) is None:
            assert key <= waiting_key(other, facts.queues[other.queue_id])
    idle = facts.idle_key(agent, chosen.queue_id)
    for colleague in facts.agents.values():
        if facts.may_take(colleague, chosen, now):
            assert idle <= facts.idle_key(colleague, chosen.queue_id)


class RoutingMachine(RuleBasedStateMachine):
    """Random days of a small contact centre."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.facts = Facts({}, {}, {})
        self.engine = Engine()
        self.parked: dict[UUID, Waiting] = {}
        self.last_id = 1000

    @initialize(
        agents=st.lists(
            st.tuples(st.booleans(), st.sets(st.integers(1, 3)), st.integers(0, 3)),
            min_size=1,
            max_size=4,
        )
    )
    def open_doors(self, agents: list[tuple[bool, set[int], int]]) -> None:
        for n in range(1, 4):
            self.queue(Queue(uid(n), offer_timeout_s=20, reply_target_s=60 * n, priority=n % 2 + 1))
        for n, (available, queues, capacity) in enumerate(agents, start=10):
            levels = {uid(q): q for q in queues}
            self.agent(Agent(uid(n), available, self.now, levels, {"chat": capacity, "mail": 2}))
        self.decide()

    def queue(self, queue: Queue) -> None:
        self.facts.queues[queue.id] = queue
        self.engine.queue_changed(queue)

    def agent(self, agent: Agent) -> None:
        self.facts.agents[agent.id] = agent
        self.engine.agent_changed(agent)

    def work(self, work: Work) -> None:
        self.facts.works[work.interaction_id] = work
        self.engine.work_changed(work)

    def gone(self, interaction_id: UUID) -> None:
        del self.facts.works[interaction_id]
        self.engine.work_gone(interaction_id)

    def decide(self) -> None:
        for decision in self.engine.decide(self.now):
            apply(self.facts, decision, self.now)

    def some(self, kind: type[Work], pick: int) -> Work:
        works = [work for work in self.facts.works.values() if isinstance(work, kind)]
        return works[pick % len(works)]

    def have(self, kind: type[Work]) -> bool:
        return any(isinstance(work, kind) for work in self.facts.works.values())

    @rule(
        queue=st.integers(1, 3),
        kind=st.sampled_from(KINDS),
        units=st.integers(1, 2),
        priority=st.integers(0, 3),
        age=st.integers(0, 300),
        preferred=st.none() | st.integers(10, 14),
    )
    def contact_writes(
        self, queue: int, kind: str, units: int, priority: int, age: int, preferred: int | None
    ) -> None:
        self.last_id += 1
        waiting = Waiting(
            uid(self.last_id),
            uid(queue),
            kind,
            units,
            self.now - timedelta(seconds=age),
            0,
            priority,
        )
        waiting = replace(waiting, priority=priority)
        if preferred is not None:
            waiting = replace(
                waiting, preferred_id=uid(preferred), affinity_until=self.now + AFFINITY
            )
        self.work(waiting)
        self.decide()

    @rule(pick=st.integers(0, 9), available=st.booleans())
    def presence_changes(self, pick: int, available: bool) -> None:
        agent = self.some_agent(pick)
        self.agent(replace(agent, available=available, idle_since=self.now))
        self.decide()

    @rule(pick=st.integers(0, 9), queues=st.sets(st.integers(1, 3)), chats=st.integers(0, 4))
    def skills_change(self, pick: int, queues: set[int], chats: int) -> None:
        levels = {uid(q): q for q in queues}
        agent = self.some_agent(pick)
        self.agent(replace(agent, levels=levels, capacity={**agent.capacity, "chat": chats}))
        self.decide()

    @rule(queue=st.integers(1, 3), priority=st.integers(0, 3))
    def queue_priority_changes(self, queue: int, priority: int) -> None:
        self.queue(replace(self.facts.queues[uid(queue)], priority=priority))
        self.decide()

    @precondition(lambda self: self.have(Offered))
    @rule(pick=st.integers(0, 99))
    def offer_is_accepted(self, pick: int) -> None:
        offered = self.some(Offered, pick)
        assert isinstance(offered, Offered)
        self.work(Held(offered.interaction_id, offered.agent_id, offered.kind, offered.units))
        self.decide()

    @precondition(lambda self: self.have(Offered))
    @rule(pick=st.integers(0, 99))
    def offer_is_declined(self, pick: int) -> None:
        offered = self.some(Offered, pick)
        assert isinstance(offered, Offered)
        self.work(passed_over(offered.waiting, offered.agent_id, self.now + EXCLUSION))
        self.decide()

    @precondition(lambda self: self.have(Waiting))
    @rule(pick=st.integers(0, 99), agent=st.integers(0, 9))
    def agent_picks(self, pick: int, agent: int) -> None:
        waiting = self.some(Waiting, pick)
        picker = self.some_agent(agent)
        if self.facts.has_room(picker, waiting.kind, waiting.units):
            self.work(Held(waiting.interaction_id, picker.id, waiting.kind, waiting.units))
            self.decide()

    @precondition(lambda self: self.have(Held))
    @rule(pick=st.integers(0, 99))
    def work_ends(self, pick: int) -> None:
        held = self.some(Held, pick)
        assert isinstance(held, Held)
        self.gone(held.interaction_id)
        self.agent(replace(self.facts.agents[held.agent_id], idle_since=self.now))
        self.decide()

    @precondition(lambda self: self.have(Held))
    @rule(pick=st.integers(0, 99), queue=st.integers(1, 3), agent=st.integers(10, 14))
    def held_is_transferred(self, pick: int, queue: int, agent: int) -> None:
        held = self.some(Held, pick)
        until = self.now + AFFINITY
        self.work(
            Waiting(
                held.interaction_id, uid(queue), held.kind, held.units, START, 7,
                preferred_id=uid(agent), affinity_until=until,
            )
        )  # fmt: skip
        self.decide()

    @precondition(lambda self: self.have(Held))
    @rule(pick=st.integers(0, 99), kind=st.sampled_from(KINDS), units=st.integers(1, 2))
    def contact_switches_channel(self, pick: int, kind: str, units: int) -> None:
        held = self.some(Held, pick)
        assert isinstance(held, Held)
        self.work(replace(held, kind=kind, units=units))
        self.decide()

    @rule(seconds=st.integers(1, 180))
    def time_passes(self, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        while (wake := self.engine.next_wake()) and wake <= until:
            self.now = wake
            self.decide()
        self.now = until
        self.decide()

    def some_agent(self, pick: int) -> Agent:
        agents = list(self.facts.agents.values())
        return agents[pick % len(agents)]

    @invariant()
    def work_is_conserved(self) -> None:
        for waiting in self.facts.waiting():
            for agent in self.facts.agents.values():
                assert not self.facts.may_take(agent, waiting, self.now)

    @invariant()
    def only_the_contact_over_fills(self) -> None:
        """Over-filled agents have nothing offered in that kind."""
        for agent in self.facts.agents.values():
            for kind in KINDS:
                if self.facts.load(agent.id, kind) > capacity_of(agent.capacity, kind):
                    assert not any(
                        isinstance(work, Offered) and (work.agent_id, work.kind) == (agent.id, kind)
                        for work in self.facts.works.values()
                    )

    @invariant()
    def no_offer_outlives_its_time(self) -> None:
        for work in self.facts.works.values():
            if isinstance(work, Offered):
                assert work.expires_at > self.now
                assert self.facts.agents[work.agent_id].available

    @invariant()
    def the_engine_knows_what_is(self) -> None:
        assert self.engine.picture()["works"] == self.facts.works
        assert self.engine.picture()["agents"] == self.facts.agents

    @invariant()
    def a_rebuilt_engine_is_the_same_engine(self) -> None:
        rebuilt = engine_of(self.facts)
        assert rebuilt.decide(self.now) == []
        assert rebuilt.picture() == self.engine.picture()


RoutingMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRouting = RoutingMachine.TestCase


def a_queue(n: int = 1, **values: int) -> Queue:
    return Queue(uid(n), **{"offer_timeout_s": 20, "reply_target_s": 300, **values})


def an_agent(n: int, idle_s: int = 0, level: int = 3, **capacity: int) -> Agent:
    return Agent(uid(n), True, START - timedelta(seconds=idle_s), {uid(1): level}, capacity)


def a_waiting(n: int, age_s: int = 0, **values: object) -> Waiting:
    waiting = Waiting(uid(n), uid(1), "chat", 1, START - timedelta(seconds=age_s), 0)
    return replace(waiting, **values)  # type: ignore[arg-type]  # test values by field name


def engine_with(*facts: Queue | Agent | Work) -> Engine:
    engine = Engine()
    for fact in facts:
        if isinstance(fact, Queue):
            engine.queue_changed(fact)
        elif isinstance(fact, Agent):
            engine.agent_changed(fact)
        else:
            engine.work_changed(fact)
    return engine


def offers(engine: Engine, now: datetime = START) -> list[tuple[int, int]]:
    return [
        (decision.interaction_id.int, decision.agent_id.int)
        for decision in engine.decide(now)
        if isinstance(decision, Offer)
    ]


def test_longest_idle_first_then_level() -> None:
    engine = engine_with(
        a_queue(), an_agent(10, idle_s=5), an_agent(11, idle_s=50), an_agent(12, 5, level=5),
        a_waiting(100, 3), a_waiting(101, 2), a_waiting(102, 1),
    )  # fmt: skip
    assert offers(engine) == [(100, 11), (101, 12), (102, 10)]


def test_a_step_of_priority_counts_as_ten_minutes() -> None:
    engine = engine_with(
        a_queue(), a_waiting(100, 599), a_waiting(101, 0, priority=2), an_agent(10, chat=1)
    )
    assert offers(engine) == [(101, 10)]
    engine = engine_with(
        a_queue(), a_waiting(100, 601), a_waiting(101, 0, priority=2), an_agent(10, chat=1)
    )
    assert offers(engine) == [(100, 10)]


def test_the_reasons_of_an_offer() -> None:
    engine = engine_with(a_queue(), a_waiting(100, priority=3), an_agent(10, idle_s=312))
    (offer,) = engine.decide(START)
    assert isinstance(offer, Offer)
    assert offer.why == (
        Why("idle", {"s": 312}),
        Why("member", {"queue": str(uid(1))}),
        Why("priority", {"n": 3}),
    )
    assert offer.expires_at == START + timedelta(seconds=20)


def test_a_missed_offer_goes_on_and_the_agent_is_away() -> None:
    engine = engine_with(a_queue(), an_agent(10, 9), an_agent(11, 1), a_waiting(100, 5))
    assert offers(engine) == [(100, 10)]
    missed = engine.next_wake()
    assert missed == START + timedelta(seconds=20)
    timed_out, offer = engine.decide(missed)
    assert isinstance(timed_out, TimeOut)
    assert timed_out.agent_id == uid(10)
    assert isinstance(offer, Offer)
    assert offer.agent_id == uid(11)
    assert (timed_out.epoch, offer.epoch) == (1, 1)


def test_affinity_waits_for_a_full_agent_only_until_its_window_ends() -> None:
    until = START + AFFINITY
    engine = engine_with(
        a_queue(), an_agent(10, chat=1), an_agent(11), Held(uid(99), uid(10), "chat", 1),
        a_waiting(100, preferred_id=uid(10), affinity_until=until),
    )  # fmt: skip
    assert offers(engine) == []
    assert engine.next_wake() == until
    assert offers(engine, until) == [(100, 11)]


def test_affinity_does_not_wait_for_an_agent_who_is_away() -> None:
    away = replace(an_agent(10), available=False)
    waiting = a_waiting(100, preferred_id=uid(10), affinity_until=START + AFFINITY)
    assert offers(engine_with(a_queue(), away, an_agent(11), waiting)) == [(100, 11)]


def test_the_contact_over_fills_and_the_offer_is_taken_back() -> None:
    engine = engine_with(
        a_queue(), an_agent(10, chat=1, mail=1), Held(uid(99), uid(10), "mail", 1), a_waiting(100)
    )
    assert offers(engine) == [(100, 10)]
    engine.work_changed(Held(uid(99), uid(10), "chat", 1))
    (rescind,) = engine.decide(START)
    assert isinstance(rescind, Rescind)
    assert rescind.interaction_id == uid(100)
    engine.work_gone(uid(99))
    assert offers(engine) == [(100, 10)]


def test_an_agent_who_is_no_agent_any_more_loses_the_offer() -> None:
    engine = engine_with(a_queue(), an_agent(10), a_waiting(100))
    assert offers(engine) == [(100, 10)]
    engine.agent_gone(uid(10))
    assert engine.decide(START) == [Rescind(uid(100), uid(10), 1)]
    engine.work_gone(uid(100))
    engine.queue_gone(uid(1))
    assert engine.decide(START) == []


def test_whoever_is_passed_over_stays_in_line_when_the_next_one_is_taken() -> None:
    team = (Affinity(frozenset((uid(10), uid(11))), START + AFFINITY, "team"),)
    engine = engine_with(
        a_queue(), an_agent(10, chat=1), an_agent(11, chat=1), an_agent(12, chat=1),
        *(Held(uid(900 + n), uid(n), "chat", 1) for n in (10, 11, 12)),
        a_waiting(100, 50, affinity=team, excluded={uid(10): START + EXCLUSION}),
        a_waiting(101, 40, affinity=team),
    )  # fmt: skip
    assert offers(engine) == []
    engine.work_gone(uid(910))
    assert offers(engine) == [(101, 10)]
    engine.work_gone(uid(911))
    assert offers(engine) == [(100, 11)]


def test_whoever_is_to_go_on_does_so_at_the_decision_and_not_while_all_are_put_in_line() -> None:
    engine = engine_with(
        replace(a_queue(1), overflow=Overflow(uid(2), after_s=10)),
        a_queue(2),
        a_waiting(100, 50),
        a_waiting(101, 5),
    )
    for _ in range(2):
        engine.settle(START)
        assert engine.place_in_queue(uid(101)) == 2
    (move,) = engine.decide(START)
    assert isinstance(move, Move)
    assert (move.interaction_id, move.queue_id) == (uid(100), uid(2))
    assert engine.place_in_queue(uid(101)) == 1
    assert engine.decide(START) == []
