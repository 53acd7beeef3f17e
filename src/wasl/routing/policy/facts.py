"""What the engine is told and what it answers. Times are aware UTC, durations seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from uuid import UUID

from wasl.routing.policy.hours import Hours
from wasl.routing.policy.requirement import LANGUAGE, Requirement

DEFAULT_CAPACITY = 4  # units of a channel kind that an agent takes when nobody has set it
PRIORITY_STEP = timedelta(seconds=600)  # each step of priority counts as ten minutes of waiting
_DEADLINE_BITS = 64
ID_BITS = 128
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_PRIORITY_STEP_US = PRIORITY_STEP // timedelta(microseconds=1)
EXCLUSION = timedelta(seconds=60)  # how long an agent who missed or declined is passed over
AFFINITY = timedelta(seconds=120)  # how long an interaction waits for the agent it knows
CALL_AGAIN = timedelta(minutes=10)  # after a callback that nobody answered
MOST_CALLS = 3  # of one callback that nobody answers
NORMAL_PRIORITY = 1
MOST_STEPS = 6

Strategy = Literal["longest_idle", "spare_capacity", "proficiency", "idleness_ratio"]
Delivery = Literal["push", "auto_accept", "pick"]


def capacity_of(capacity: Mapping[str, int], kind: str) -> int:
    """Units of `kind` that an agent takes at the same time."""
    return capacity.get(kind, DEFAULT_CAPACITY)


def shuts_out(
    interruptible_by: Mapping[str, Iterable[str]], had: str, exclusive: bool, kind: str
) -> bool:
    """Whether what an agent has in hand, of the kind `had`, shuts out offers of another kind. Where
    nothing is said of it, an exclusive one (a call) shuts out all, and others none; more of its own
    kind is otherwise a matter of capacity."""
    may_come = interruptible_by.get(had)
    if may_come is None:
        return exclusive
    return kind not in may_come and (exclusive or kind != had)


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked of the agent for `expires_after_s`; then the next step counts, and after the
    last one anybody of the queue will do. None: the step stays."""

    requirement: Requirement
    expires_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where an interaction goes on when the queue hasn't served it within `after_s`, or is
    closed."""

    queue_id: UUID
    after_s: int | None = None
    when_closed: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, as far as choosing goes.

    `strict_priority` makes each step of priority a band of its own: whoever is in a higher one
    goes first, however long the others wait (so they may starve). `no_answer_limit` is the number
    of offers missed in a row that makes an agent away.
    """

    id: UUID
    offer_timeout_s: int
    reply_target_s: int
    priority: int = NORMAL_PRIORITY
    strategy: Strategy = "longest_idle"
    delivery: Delivery = "push"
    strict_priority: bool = False
    steps: tuple[Step, ...] = ()
    hours: Hours | None = None
    overflow: Overflow | None = None
    no_answer_limit: int = 1


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent: `levels` are the queues they belong to, `idle_since` the last moment at which
    they were released from work or declared themselves available.

    `interruptible_by` names, per channel kind in hand, the kinds that may come meanwhile (see
    `shuts_out`). `busy_share` is handled ÷ present time of the shift as of
    `idle_since`; `missed` counts offers missed in a row. Who is not `signed_in` is not coming back
    by themselves.
    """

    id: UUID
    available: bool
    idle_since: datetime
    levels: Mapping[UUID, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, float] = field(default_factory=dict)
    interruptible_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    busy_share: float = 0.0
    missed: int = 0
    signed_in: bool = True


@dataclass(frozen=True, slots=True)
class Affinity:
    """Agents whom the interaction waits for until then; `code` says why: last_agent, named_agent
    or team."""

    agents: frozenset[UUID]
    until: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An interaction in a queue.

    `enqueued_at` is its original age, kept over every re-queue; `queued_at` is when it entered
    this queue (steps and overflow count from there). `preferred_id` is the agent it knows; further
    `affinity` follows in order. Its own `steps` count instead of the queue's. `visited` are the
    queues it has overflowed from. An `exclusive` one (a call) shuts out everything new while it is
    in hand. A `callback` is called when its turn comes; `not_before` holds it back, in its place.
    """

    interaction_id: UUID
    queue_id: UUID
    kind: str
    units: int
    enqueued_at: datetime
    epoch: int
    priority: int = NORMAL_PRIORITY
    preferred_id: UUID | None = None
    affinity_until: datetime | None = None
    excluded: Mapping[UUID, datetime] = field(default_factory=dict)
    queued_at: datetime | None = None
    contact: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    affinity: tuple[Affinity, ...] = ()
    visited: frozenset[UUID] = frozenset()
    exclusive: bool = False
    callback: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An interaction that is presented to an agent; `waiting.epoch` is the offer's epoch."""

    waiting: Waiting
    agent_id: UUID
    expires_at: datetime

    @property
    def interaction_id(self) -> UUID:
        return self.waiting.interaction_id

    @property
    def kind(self) -> str:
        return self.waiting.kind

    @property
    def units(self) -> int:
        return self.waiting.units

    @property
    def exclusive(self) -> bool:
        return self.waiting.exclusive


@dataclass(frozen=True, slots=True)
class Held:
    """An interaction in an agent's hands, wrap-up included."""

    interaction_id: UUID
    agent_id: UUID
    kind: str
    units: int
    exclusive: bool = False


Work = Waiting | Offered | Held


class Why(NamedTuple):
    """One reason of a choice; `code` is translated at the edge."""

    code: str
    params: Mapping[str, Any] = MappingProxyType({})


class Chosen(NamedTuple):
    """What a choice was made from, for telling its reasons: the facts as they were."""

    waiting: Waiting
    agent: Agent
    asked: Requirement | frozenset[UUID]
    step: int
    queue: Queue
    at: datetime

    def why(self) -> tuple[Why, ...]:
        """Why this agent was offered this interaction."""
        waiting, agent, asked = self.waiting, self.agent, self.asked
        if isinstance(asked, frozenset):
            return (Why(next(one.code for one in affinities(waiting) if one.agents == asked)),)
        idle_s = max(0, int((self.at - agent.idle_since).total_seconds()))
        why = [Why("idle", {"s": idle_s}), Why("member", {"queue": str(self.queue.id)})]
        if waiting.priority > NORMAL_PRIORITY:
            why.append(Why("priority", {"n": waiting.priority}))
        why += [
            skill_why("skill", "language", name, agent.skills[name])
            for name in asked.names
            if agent.skills.get(name, 0) > 0
        ]
        if self.step:
            why.append(Why("relaxed", {"n": self.step}))
        if self.queue.strategy != "longest_idle":
            why.append(Why("strategy", {"name": self.queue.strategy}))
        if waiting.callback:
            why.append(Why("callback"))
        return tuple(why)


class Offer(NamedTuple):
    """Present the interaction to the agent, if it still waits at `epoch`; the offer's own epoch
    is the next one. `accepted`: the agent has it at once, without being asked. `reasons` are told,
    or are what to tell them from."""

    interaction_id: UUID
    agent_id: UUID
    queue_id: UUID
    epoch: int
    expires_at: datetime
    reasons: Chosen | tuple[Why, ...]
    accepted: bool = False

    @property
    def why(self) -> tuple[Why, ...]:
        """The reasons of the choice."""
        return self.reasons.why() if isinstance(self.reasons, Chosen) else self.reasons


@dataclass(frozen=True, slots=True)
class TimeOut:
    """The offer at `epoch` was not answered: queue again, pass the agent over until
    `excluded_until`; when `away`, the agent is away until they say otherwise."""

    interaction_id: UUID
    agent_id: UUID
    epoch: int
    excluded_until: datetime
    away: bool = True


@dataclass(frozen=True, slots=True)
class Rescind:
    """The agent can no longer take the offer at `epoch`: queue again."""

    interaction_id: UUID
    agent_id: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class Move:
    """The interaction, if it still waits at `epoch`, goes on in another queue at its age."""

    interaction_id: UUID
    from_queue_id: UUID
    queue_id: UUID
    epoch: int
    why: tuple[Why, ...]


def skill_why(code: str, language_code: str, name: str, level: float) -> Why:
    """A reason that speaks of a skill, or of a language, at a level."""
    if name.startswith(LANGUAGE):
        return Why(language_code, {"name": name.removeprefix(LANGUAGE), "level": level})
    return Why(code, {"name": name, "level": level})


Decision = Offer | TimeOut | Rescind | Move


def waiting_key(waiting: Waiting, queue: Queue) -> int:
    """Smaller goes first: the band, the deadline (in µs) brought forward by each step of priority,
    the older id; all in one number, which is compared in one step. It doesn't change while waiting,
    so ageing is built in and nothing starves, except below a strict band."""
    since = waiting.enqueued_at - _EPOCH  # its parts add up faster than `timestamp` does
    deadline_s = since.days * _DAY_S + since.seconds + queue.reply_target_s
    deadline_us = deadline_s * 1_000_000 + since.microseconds
    steps = waiting.priority + queue.priority
    deadline_us -= steps << _DEADLINE_BITS if queue.strict_priority else steps * _PRIORITY_STEP_US
    return (deadline_us << ID_BITS) + waiting.interaction_id.int


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


def moved(waiting: Waiting, queue_id: UUID, now: datetime) -> Waiting:
    """The interaction after it overflowed: at its age, the new queue's steps from the start."""
    visited = waiting.visited | {waiting.queue_id}
    return replace(waiting, queue_id=queue_id, queued_at=now, visited=visited)


def call_again_at(tries: int, now: datetime) -> datetime | None:
    """When a contact who has not answered `tries` calls is called again, at their old place; None:
    no more."""
    return now + CALL_AGAIN if tries < MOST_CALLS else None


def affinities(waiting: Waiting) -> tuple[Affinity, ...]:
    """Whom the interaction waits for, in order."""
    if waiting.preferred_id is not None and waiting.affinity_until is not None:
        known = frozenset((waiting.preferred_id,))
        return (Affinity(known, waiting.affinity_until, "last_agent"), *waiting.affinity)
    return waiting.affinity


def shrinking_step(steps: Iterable[Step]) -> int | None:
    """The index of the first step that some agent of the step before wouldn't meet; None when
    every step only widens the choice. Raises RequirementInvalid when that is too much to tell."""
    before: Requirement | None = None
    for n, step in enumerate(steps):
        if before is not None and not before.implies(step.requirement):
            return n
        before = step.requirement
    return None
