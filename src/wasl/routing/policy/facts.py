"""What the engine is told and what it answers. Times are aware UTC, durations seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

DEFAULT_CAPACITY = 4  # units of a channel kind that an agent takes when nobody has set it
PRIORITY_STEP = timedelta(seconds=600)  # each step of priority counts as ten minutes of waiting
EXCLUSION = timedelta(seconds=60)  # how long an agent who missed or declined is passed over
AFFINITY = timedelta(seconds=120)  # how long an interaction waits for the agent it knows
NORMAL_PRIORITY = 1


def capacity_of(capacity: Mapping[str, int], kind: str) -> int:
    """Units of `kind` that an agent takes at the same time."""
    return capacity.get(kind, DEFAULT_CAPACITY)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, as far as choosing goes."""

    id: UUID
    offer_timeout_s: int
    reply_target_s: int
    priority: int = NORMAL_PRIORITY


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent: `levels` are the queues they belong to, `idle_since` the last moment at which
    they were released from work or declared themselves available."""

    id: UUID
    available: bool
    idle_since: datetime
    levels: Mapping[UUID, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An interaction in a queue. `enqueued_at` is its original age, kept over every re-queue."""

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


@dataclass(frozen=True, slots=True)
class Held:
    """An interaction in an agent's hands, wrap-up included."""

    interaction_id: UUID
    agent_id: UUID
    kind: str
    units: int


Work = Waiting | Offered | Held


@dataclass(frozen=True, slots=True)
class Why:
    """One reason of a choice; `code` is translated at the edge."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """Present the interaction to the agent, if it still waits at `epoch`; the offer's own epoch
    is the next one."""

    interaction_id: UUID
    agent_id: UUID
    queue_id: UUID
    epoch: int
    expires_at: datetime
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class TimeOut:
    """The offer at `epoch` was not answered: queue again, pass the agent over until
    `excluded_until`, and the agent is away until they say otherwise."""

    interaction_id: UUID
    agent_id: UUID
    epoch: int
    excluded_until: datetime


@dataclass(frozen=True, slots=True)
class Rescind:
    """The agent can no longer take the offer at `epoch`: queue again."""

    interaction_id: UUID
    agent_id: UUID
    epoch: int


Decision = Offer | TimeOut | Rescind
