"""Decisions in memory: 5,000 agents, 50,000 waiting, 465 requirement classes (30 skills, one or two
asked for; agents have three).

All agents are busy. Over and over the engine hears that the last offer was accepted, that another
contact has written and that an agent is released, and offers that agent the first who waits for
what they know. Each time counts in full: three facts told, one decision made. A tenth of the
contacts waits for the agent they know.

Before that the engine is told of everybody, as after a start: who waits is put in line in between,
a thousand at a time, so that nothing takes long, the first decision least of all.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

from benchmarks import Result
from wasl.routing.policy import (
    AFFINITY,
    Agent,
    Engine,
    Held,
    Offer,
    Queue,
    Requirement,
    Step,
    Waiting,
    compile_requirement,
)
from wasl.routing.reading import AT_A_TIME

AGENTS = 5_000
WAITING = 50_000
SKILLS = [f"skill{n}" for n in range(30)]
DECISIONS = 100_000
REACH_PER_S = 50_000
REACH_P99_MS = 1.0
_START = datetime(2026, 11, 21, 9, tzinfo=UTC)
_QUEUE = UUID(int=1)


async def run(progress: Callable[[str], None]) -> Result:
    day = _Day()
    progress(f"{len(day.classes)} classes, {WAITING:,} waiting, {AGENTS:,} agents busy")
    gc.collect()
    gc.freeze()
    for n in range(DECISIONS):
        day.release_one()
        if (n + 1) % (DECISIONS // 5) == 0:
            progress(f"{n + 1:,} decisions, {(n + 1) / sum(day.took_s):,.0f}/s")
    gc.unfreeze()
    rate = DECISIONS / sum(day.took_s)
    took_s = sorted(day.took_s)
    median_us, p99_ms = took_s[DECISIONS // 2] * 1e6, took_s[DECISIONS * 99 // 100] * 1000
    return Result(
        id="decide",
        measured=round(rate),
        unit="decisions/s",
        reach=REACH_PER_S,
        ok=rate >= REACH_PER_S and p99_ms <= REACH_P99_MS,
        against=(
            f"three facts told for each; median {median_us:.1f} µs, p99 {p99_ms:.3f} ms of"
            f" {REACH_P99_MS:g} ms; the first one after a start {day.first_s * 1000:.0f} ms"
        ),
    )


class _Day:
    """The busy centre; `took_s` is what the engine took for each event."""

    def __init__(self) -> None:
        self.random = random.Random(1)
        self.classes = [Step(_knowing(names)) for n in (1, 2) for names in combinations(SKILLS, n)]
        self.engine = Engine()
        self.now = _START
        self.last_id = 1_000_000
        self.took_s: list[float] = []
        self.accepted: Held | None = None
        self.engine.queue_changed(Queue(_QUEUE, offer_timeout_s=20, reply_target_s=300))
        self.agents = [self._agent(UUID(int=10_000 + n)) for n in range(AGENTS)]
        self.in_hand: dict[UUID, UUID] = {}
        for agent in self.agents:
            self.engine.agent_changed(agent)
            held = self._held(UUID(int=self._next_id()), agent.id)
            self.engine.work_changed(held)
        for n in range(WAITING):
            self.engine.work_changed(self._contact_writes())
            if (n + 1) % AT_A_TIME == 0:
                self.engine.settle(self.now)
        began = time.perf_counter()
        self.engine.decide(self.now)
        self.first_s = time.perf_counter() - began

    def release_one(self) -> None:
        """An agent is released and has something else in hand afterwards."""
        self.now += timedelta(milliseconds=1)
        at = self.random.randrange(AGENTS)
        agent = self.agents[at] = replace(self.agents[at], idle_since=self.now)
        ended = self.in_hand[agent.id]
        arrival = self._contact_writes()
        engine, now, clock = self.engine, self.now, time.perf_counter
        accepted = self.accepted

        began = clock()
        if accepted is not None:
            engine.work_changed(accepted)
        engine.work_changed(arrival)
        engine.work_gone(ended)
        engine.agent_changed(agent)
        decided = engine.decide(now)
        self.took_s.append(clock() - began)

        (offer,) = decided
        if not isinstance(offer, Offer):
            raise AssertionError(f"not an offer: {offer}")
        self.accepted = self._held(offer.interaction_id, offer.agent_id)

    def _agent(self, id: UUID) -> Agent:
        skills = {name: self.random.randint(1, 5) for name in self.random.sample(SKILLS, 3)}
        return Agent(id, True, _START, {_QUEUE: 3}, {"chat": 1}, skills)

    def _held(self, interaction_id: UUID, agent_id: UUID) -> Held:
        self.in_hand[agent_id] = interaction_id
        return Held(interaction_id, agent_id, "chat", 1)

    def _contact_writes(self) -> Waiting:
        age = timedelta(seconds=self.random.random() * 600)
        known = self.random.random() < 0.1
        return Waiting(
            UUID(int=self._next_id()),
            _QUEUE,
            "chat",
            1,
            self.now - age,
            0,
            priority=self.random.randint(0, 3),
            preferred_id=self.random.choice(self.agents).id if known else None,
            affinity_until=self.now + AFFINITY if known else None,
            steps=(self.random.choice(self.classes),),
        )

    def _next_id(self) -> int:
        self.last_id += 1
        return self.last_id


def _knowing(names: tuple[str, ...]) -> Requirement:
    return compile_requirement({"all": [{"skill": name} for name in names]})
