"""A watcher of the event log: rebuilds from events alone who waits, who has what, and checks after
each transaction what must always hold. Pure: it is told events and the facts that never change.

A transaction counts as a whole, in the order in which transactions had the locks that they share:
that of their last events. What the router did rightly by what it could know counts as right: it is
given a bound to see what has happened.

By the numbers of the eleven invariants: 1 one offer or holder; 2 capacity; 3 nobody able and free
stands idle beside whoever waits; 4 order, and who declined is passed over; 6 steps only widen;
8 epochs rise; 9 events come in order, and at the end tell what the tables hold; 10 each is worked
at once; 11 nothing is offered in closed hours. 5, that nobody starves, follows from 3 and 4. 7 is
not met with here: nobody waits for an agent they know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from wasl.infra.events import Event
from wasl.routing.policy import EXCLUSION, Requirement

BOUND_S = 3.0
_MOST_TOLD = 20  # of each kind


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What does not change of an agent during the day."""

    queues: frozenset[UUID]
    skills: Mapping[str, int]
    capacity: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The steps are requirements with the seconds after which each expires (None: never). It is
    open from `opens_at` until `closes_at`, or always."""

    reply_target_s: int
    steps: Sequence[tuple[Requirement, float | None]] = ()
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        return (self.opens_at is None or self.opens_at <= at) and (
            self.closes_at is None or at < self.closes_at
        )


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """An interaction as it came."""

    kind: str
    units: int
    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class OfferFacts:
    interaction_id: UUID
    user_id: UUID
    epoch: int


@dataclass(slots=True)
class _Work:
    """Where an interaction stands. `since`: waits unoffered; `idle_beside`: since when there has
    been somebody who could take it."""

    facts: WorkFacts
    queue_id: UUID
    queued_at: datetime
    state: str = "queued"
    agent_id: UUID | None = None
    since: datetime | None = None
    idle_beside: datetime | None = None
    epoch: int = -1
    excluded: dict[UUID, datetime] = field(default_factory=dict)


class Watch:
    """`violations` are sentences; `conserved_s` says how long each one waited beside somebody who
    was free for it, until the offer."""

    def __init__(
        self,
        agents: Mapping[UUID, AgentFacts],
        queues: Mapping[UUID, QueueFacts],
        bound_s: float = BOUND_S,
    ) -> None:
        self._bound_s = bound_s
        self._agents = agents
        self._queues = queues
        self.works: dict[UUID, _Work] = {}
        self.ended: Counter[UUID] = Counter()
        self.came: set[UUID] = set()
        self.available: dict[UUID, datetime] = {}
        self._gone: dict[UUID, datetime] = {}
        self._load: Counter[tuple[UUID, str]] = Counter()
        self._offers: dict[UUID, OfferFacts] = {}
        self._versions: dict[tuple[str, UUID], int] = {}
        self._kinds = {kind for agent in agents.values() for kind in agent.capacity}
        self._free: dict[str, set[UUID]] = {kind: set() for kind in self._kinds}
        self._able = {
            (queue_id, n): self._able_for(queue_id, n)
            for queue_id, queue in queues.items()
            for n in range(len(queue.steps) + 1)
        }
        self.violations: list[str] = []
        self.broken: Counter[int] = Counter()
        self.conserved_s: list[float] = []
        self.events = self.transactions = self.offers = 0
        for queue_id, queue in queues.items():
            for n in range(len(queue.steps)):
                if not self._able[queue_id, n] <= self._able[queue_id, n + 1]:
                    self._violated(6, f"step {n + 1} of queue {queue_id} asks for other agents")

    def _able_for(self, queue_id: UUID, step: int) -> frozenset[UUID]:
        """Members who meet the step; the one after the last asks nothing more."""
        steps = self._queues[queue_id].steps
        return frozenset(
            id_
            for id_, agent in self._agents.items()
            if queue_id in agent.queues
            and (step >= len(steps) or steps[step][0].met_by(agent.skills))
        )

    def _violated(self, invariant: int, what: str) -> None:
        self.broken[invariant] += 1
        if self.broken[invariant] <= _MOST_TOLD:
            self.violations.append(f"invariant {invariant}: {what}")

    # ── being told ───────────────────────────────────────────────────────────────────────────

    def take(
        self,
        happened: Iterable[Event],
        works: Mapping[UUID, WorkFacts],
        offers: Mapping[UUID, OfferFacts],
    ) -> None:
        """Events that have become visible together, with the facts of what they speak of."""
        self._offers.update(offers)
        together: defaultdict[int, list[Event]] = defaultdict(list)
        for e in happened:
            together[e.xid].append(e)
        for transaction in sorted(together.values(), key=lambda events: events[-1].seq):
            self._transaction(transaction, works)

    def _transaction(self, events: Sequence[Event], works: Mapping[UUID, WorkFacts]) -> None:
        self.transactions += 1
        touched: set[UUID] = set()
        offered = {
            self._offers[e.aggregate_id].interaction_id: self._offers[e.aggregate_id]
            for e in events
            if e.type == "OfferMade" and e.aggregate_id in self._offers
        }
        passed = {
            self._offers[e.aggregate_id].interaction_id: self._offers[e.aggregate_id].user_id
            for e in events
            if e.aggregate_kind == "offer" and e.type in ("OfferDeclined", "OfferTimedOut")
        }
        for e in events:
            self.events += 1
            self._check_version(e)
            if e.aggregate_kind == "agent":
                touched.add(e.aggregate_id)
                if e.type == "PresenceChanged":
                    self._declared(e)
            elif e.aggregate_kind == "conversation" and e.data.get("moved", True):
                id_ = UUID(e.data["interaction_id"]) if e.data.get("interaction_id") else None
                if id_ is not None and (id_ in works or id_ in self.works):
                    self._moved(e, id_, works, offered.get(id_), touched)
                    if id_ in passed and id_ in self.works:
                        self.works[id_].excluded[passed[id_]] = e.at + EXCLUSION
        at = max(e.at for e in events)
        for id_, offer in offered.items():
            self._check_order(id_, offer, at)
        for agent_id in touched:
            self._count_room(agent_id)
        self._check_conserved(at)

    def _check_version(self, e: Event) -> None:
        """Versions of an aggregate go up, so that nothing is doubled or comes in another order."""
        key = e.aggregate_kind, e.aggregate_id
        last = self._versions.get(key, 0)
        if e.aggregate_kind in ("agent", "conversation", "offer"):
            if e.aggregate_version < last:
                self._violated(9, f"{e.type} of {key} has version {e.aggregate_version} < {last}")
            self._versions[key] = e.aggregate_version

    def _declared(self, e: Event) -> None:
        if e.data.get("presence") == "available":
            self.available[e.aggregate_id] = e.at
        elif self.available.pop(e.aggregate_id, None) is not None:
            self._gone[e.aggregate_id] = e.at

    def _moved(
        self,
        e: Event,
        id_: UUID,
        facts: Mapping[UUID, WorkFacts],
        offer: OfferFacts | None,
        touched: set[UUID],
    ) -> None:
        state = e.data.get("state")
        queue_id = _named("queue:", e)
        work = self.works.get(id_)
        if work is None:
            if state in ("completed", "parked", "created"):
                return
            if id_ in self.came:
                self._violated(10, f"interaction {id_} is back after its end")
            if queue_id is None:
                return
            self.came.add(id_)
            work = self.works[id_] = _Work(facts[id_], queue_id, e.at)
        if queue_id is not None and queue_id != work.queue_id:
            work.queue_id, work.queued_at = queue_id, e.at
        if state == "offered" and e.type == "ConversationOffered":
            self.offers += 1
            if offer is None:
                self._violated(9, f"{id_} is shown as offered and there is no offer")
                return
            if work.state != "queued":
                self._violated(1, f"{id_} is offered while it is {work.state}")
            if offer.epoch <= work.epoch:
                self._violated(8, f"{id_}: epoch {offer.epoch} after {work.epoch}")
            work.epoch = offer.epoch
            self._hold(work, "offered", offer.user_id, touched)
        elif state == "active":
            holder = _named("user:", e)
            if work.state == "active" and work.agent_id != holder:
                self._violated(1, f"{id_} has two holders")
            elif work.state == "offered" and work.agent_id != holder:
                self._violated(1, f"{id_} was offered to another one than has it")
            if holder is not None:
                self._hold(work, "active", holder, touched)
        elif state == "wrap_up":
            work.state = "wrap_up"
        elif state == "queued":
            self._let_go(work, touched)
            work.state = "queued"
            work.since = work.since or e.at
        elif state in ("completed", "parked"):
            self._let_go(work, touched)
            self._conserved(work, e.at)
            self.ended[id_] += 1
            del self.works[id_]

    def _hold(self, work: _Work, state: str, agent_id: UUID, touched: set[UUID]) -> None:
        if work.agent_id != agent_id:
            self._let_go(work, touched)
            self._load[agent_id, work.facts.kind] += work.facts.units
            touched.add(agent_id)
        work.state, work.agent_id, work.since = state, agent_id, None

    def _let_go(self, work: _Work, touched: set[UUID]) -> None:
        if work.agent_id is not None:
            self._load[work.agent_id, work.facts.kind] -= work.facts.units
            touched.add(work.agent_id)
            work.agent_id = None

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    def _count_room(self, agent_id: UUID) -> None:
        agent = self._agents.get(agent_id)
        if agent is None:
            return
        for kind, capacity in agent.capacity.items():
            load = self._load[agent_id, kind]
            if load > capacity:
                self._violated(2, f"agent {agent_id} has {load} of {capacity} units of {kind}")
            free = agent_id in self.available and load < capacity
            (self._free[kind].add if free else self._free[kind].discard)(agent_id)

    def _step(self, work: _Work, at: datetime) -> int:
        age_s = (at - work.queued_at).total_seconds()
        steps = self._queues[work.queue_id].steps
        for n, (_, expires_after_s) in enumerate(steps):
            if expires_after_s is None or age_s < expires_after_s:
                return n
            age_s -= expires_after_s
        return len(steps)

    def _check_conserved(self, at: datetime) -> None:
        """Nobody who could take it stands idle beside whoever waits, but for a moment."""
        for id_, work in self.works.items():
            if work.state != "queued":
                if work.idle_beside is not None:
                    self._conserved(work, at)
                continue
            able = self._able[work.queue_id, self._step(work, at)]
            free = self._free[work.facts.kind] & able
            is_open = self._queues[work.queue_id].is_open(at)
            if is_open and free and any(work.excluded.get(agent_id, at) <= at for agent_id in free):
                if work.idle_beside is None:
                    work.idle_beside = at
                elif (at - work.idle_beside).total_seconds() > self._bound_s:
                    self._violated(3, f"{id_} waited {self._bound_s:g} s beside somebody free")
                    work.idle_beside = at
            else:
                work.idle_beside = None

    def _conserved(self, work: _Work, at: datetime) -> None:
        if work.idle_beside is not None:
            self.conserved_s.append((at - work.idle_beside).total_seconds())
            work.idle_beside = None

    def _check_order(self, id_: UUID, offer: OfferFacts, at: datetime) -> None:
        """The agent was there and able, and nobody was before it in line whom they could take."""
        work, agent = self.works.get(id_), self._agents[offer.user_id]
        if work is None:
            return
        bound = timedelta(seconds=self._bound_s)
        queue = self._queues[work.queue_id]
        if not queue.is_open(at) and not queue.is_open(at - bound):
            self._violated(11, f"{id_} is offered while its queue is closed")
        if offer.user_id not in self.available and (
            at - self._gone.get(offer.user_id, datetime.min.replace(tzinfo=at.tzinfo)) > bound
        ):
            self._violated(3, f"{id_} is offered to somebody who is not there")
        if offer.user_id not in self._able[work.queue_id, self._step(work, at + bound)]:
            self._violated(6, f"{id_} is offered to somebody who does not meet its step")
        if work.excluded.get(offer.user_id, at) > at:
            self._violated(4, f"{id_} is offered again to who declined it")
        key = self._key(work, id_)
        for other_id, other in self.works.items():
            if (
                other.state == "queued"
                and other.since is not None
                and at - other.since > bound
                and other.facts.kind == work.facts.kind
                and self._queues[other.queue_id].is_open(at - bound)
                and other.queue_id in agent.queues
                and offer.user_id in self._able[other.queue_id, self._step(other, at - bound)]
                and other.excluded.get(offer.user_id, at) <= at
                and self._key(other, other_id) < key
            ):
                self._violated(4, f"{id_} is offered before {other_id}, which waited longer")

    def _key(self, work: _Work, id_: UUID) -> tuple[float, int]:
        target_s = self._queues[work.queue_id].reply_target_s
        return work.facts.enqueued_at.timestamp() + target_s, id_.int


def _named(prefix: str, e: Event) -> UUID | None:
    return next((UUID(k[len(prefix) :]) for k in e.audience if k.startswith(prefix)), None)
