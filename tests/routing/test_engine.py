"""Random days of a contact centre with every rule in force, against `World`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.routing.world import World, step, uid
from wasl.routing.policy import (
    AFFINITY,
    EXCLUSION,
    Affinity,
    Agent,
    Held,
    Hours,
    Offered,
    Overflow,
    Queue,
    Step,
    Waiting,
    passed_over,
)

KINDS = ("chat", "mail", "call")
SKILLS = ("returns", "sales", "language:fa", "language:ar")
STEPS: tuple[tuple[Step, ...], ...] = (
    (),
    (
        step({"skill": "returns", "least": 4}, 30),
        step({"skill": "returns", "least": 2}, 60),
        step({"all": []}),
    ),
    (
        step({"all": [{"language": "fa", "least": 3}, {"not": {"skill": "sales"}}]}, 45),
        step({"language": "fa"}, 45),
    ),
    (
        step(
            {
                "any": [
                    {"all": [{"contact": "tier", "is": "gold"}, {"skill": "sales", "least": 3}]},
                    {"not": {"contact": "tier", "is": "gold"}},
                ]
            },
            40,
        ),
        step({"all": []}),
    ),
    (step({"any": [{"skill": "sales", "least": 5}, {"language": "ar", "least": 2}]}),),
)
ALWAYS = ((0, 1440),)
HOURS = (
    None,
    Hours("UTC", (ALWAYS,) * 7),
    Hours("UTC", (((540, 545), (550, 570)),) * 7),
    Hours("Asia/Tehran", (((740, 760), (765, 1000)),) * 7),
)


class Centre:
    """A world and what may happen in it, each event chosen by numbers."""

    def __init__(self, agents: int, queues: int, most_waiting: int) -> None:
        self.world = World()
        self.most_agents, self.queues, self.most_waiting = agents, queues, most_waiting
        self.check_order = True

    def open(self, dice: random.Random) -> None:
        for n in range(1, self.queues + 1):
            self.world.queue(self.some_queue(n, dice))
        for n in range(self.most_agents):
            self.world.agent(self.some_agent(uid(1000 + n), dice))
        self.decide()

    def decide(self) -> None:
        self.world.decide(check_order=self.check_order)

    def some_queue(self, n: int, dice: random.Random) -> Queue:
        overflow = None
        if dice.random() < 0.5:
            to = uid(dice.randint(1, self.queues))
            overflow = Overflow(to, dice.choice((None, 60, 200)), dice.random() < 0.5)
        return Queue(
            uid(n),
            offer_timeout_s=dice.choice((10, 20)),
            reply_target_s=60 * n,
            priority=dice.randint(0, 2),
            strategy=dice.choice(
                ("longest_idle", "spare_capacity", "proficiency", "idleness_ratio")
            ),
            delivery=dice.choice(("push", "push", "push", "auto_accept", "pick")),
            strict_priority=dice.random() < 0.2,
            steps=dice.choice(STEPS),
            hours=dice.choice((None, None, *HOURS)),
            overflow=overflow,
            no_answer_limit=dice.randint(1, 2),
        )

    def some_agent(self, id_: UUID, dice: random.Random) -> Agent:
        in_queues = dice.sample(range(1, self.queues + 1), dice.randint(0, min(3, self.queues)))
        return Agent(
            id_,
            dice.random() < 0.9,
            self.world.now,
            {uid(n): dice.randint(1, 5) for n in in_queues},
            {"chat": dice.randint(0, 3), "mail": dice.randint(0, 2), "call": 1},
            {name: dice.randint(1, 5) for name in SKILLS if dice.random() < 0.5},
            {
                kind: frozenset(dice.sample(KINDS, dice.randint(0, 2)))
                for kind in KINDS
                if dice.random() < 0.15
            },
            dice.randint(0, 4) / 4,
            signed_in=dice.random() < 0.8,
        )

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    def contact_writes(self, dice: random.Random) -> None:
        world = self.world
        world.last_id += 1
        kind = dice.choice(KINDS)
        affinity: tuple[Affinity, ...] = ()
        if dice.random() < 0.1:
            team = frozenset(dice.sample(range(1000, 1000 + self.most_agents), 2))
            until = world.now + timedelta(seconds=dice.randint(0, 90))
            affinity = (Affinity(frozenset(map(uid, team)), until, "team"),)
        known = uid(1000 + dice.randrange(self.most_agents)) if dice.random() < 0.2 else None
        world.work(
            Waiting(
                uid(world.last_id),
                uid(dice.randint(1, self.queues)),
                kind,
                dice.randint(1, 2) if kind == "chat" else 1,
                world.now - timedelta(seconds=dice.randint(0, 300)),
                0,
                priority=dice.randint(0, 3),
                preferred_id=known,
                affinity_until=world.now + AFFINITY if known else None,
                queued_at=world.now,
                contact={"tier": dice.choice(("gold", "silver"))},
                steps=dice.choice(STEPS) if dice.random() < 0.2 else (),
                affinity=affinity,
                exclusive=kind == "call",
                callback=kind == "call" and dice.random() < 0.3,
            )
        )
        self.decide()

    def presence_changes(self, dice: random.Random) -> None:
        if agent := self.an_agent(dice):
            self.world.agent(
                replace(agent, available=dice.random() < 0.9, idle_since=self.world.now)
            )
            self.decide()

    def agent_is_changed(self, dice: random.Random) -> None:
        if agent := self.an_agent(dice):
            self.world.agent(self.some_agent(agent.id, dice))
            self.decide()

    def agent_goes_or_comes(self, dice: random.Random) -> None:
        id_ = uid(1000 + dice.randrange(self.most_agents))
        if id_ in self.world.agents:
            self.world.agent_gone(id_)
        else:
            self.world.agent(self.some_agent(id_, dice))
        self.decide()

    def queue_is_changed(self, dice: random.Random) -> None:
        self.world.queue(self.some_queue(dice.randint(1, self.queues), dice))
        self.decide()

    def offer_is_accepted(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Offered, dice), Offered):
            self.world.work(
                Held(work.interaction_id, work.agent_id, work.kind, work.units, work.exclusive)
            )
            if (agent := self.world.agents.get(work.agent_id)) and agent.missed:
                self.world.agent(replace(agent, missed=0))
            self.decide()

    def offer_is_declined(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Offered, dice), Offered):
            until = self.world.now + EXCLUSION
            self.world.work(passed_over(work.waiting, work.agent_id, until))
            self.decide()

    def agent_picks(self, dice: random.Random) -> None:
        work, agent = self.a_work(Waiting, dice), self.an_agent(dice)
        if isinstance(work, Waiting) and agent and self.world.may_pick(agent, work):
            self.world.work(
                Held(work.interaction_id, agent.id, work.kind, work.units, work.exclusive)
            )
            self.decide()

    def work_ends(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Held, dice), Held):
            self.world.gone(work.interaction_id)
            if agent := self.world.agents.get(work.agent_id):
                self.world.agent(replace(agent, idle_since=self.world.now))
            self.decide()

    def contact_leaves(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Waiting, dice), Waiting):
            self.world.gone(work.interaction_id)
            self.decide()

    def held_is_transferred(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Held, dice), Held):
            world = self.world
            world.work(
                Waiting(
                    work.interaction_id,
                    uid(dice.randint(1, self.queues)),
                    work.kind,
                    work.units,
                    world.now - timedelta(seconds=600),
                    world.offered_epochs.get(work.interaction_id, 0) + 1,
                    preferred_id=self.a_known(dice),
                    affinity_until=world.now + AFFINITY,
                    excluded={work.agent_id: world.now + timedelta(seconds=600)},
                    queued_at=world.now,
                    exclusive=work.exclusive,
                )
            )
            self.decide()

    def contact_switches_channel(self, dice: random.Random) -> None:
        if isinstance(work := self.a_work(Held, dice), Held):
            kind = dice.choice(("chat", "mail"))
            self.world.work(replace(work, kind=kind, units=dice.randint(1, 2), exclusive=False))
            self.decide()

    def nobody_answers_the_callback(self, dice: random.Random) -> None:
        work = self.a_work(Waiting, dice)
        if isinstance(work, Waiting) and work.callback:
            again_at = self.world.now + timedelta(seconds=dice.randint(1, 100))
            self.world.work(replace(work, not_before=again_at))
            self.decide()

    def several_at_once(self, dice: random.Random) -> None:
        """Everything that happened while the router was busy."""
        world = self.world
        for work in list(world.works.values())[: dice.randint(0, 5)]:
            if isinstance(work, Held):
                world.gone(work.interaction_id)
        for _ in range(dice.randint(1, 4)):
            if agent := self.an_agent(dice):
                world.agent(replace(agent, available=True, idle_since=world.now))
        self.contact_writes(dice)

    def time_passes(self, dice: random.Random) -> int:
        return self.world.pass_time(
            dice.choice((0.1, 0.1, 1, 1, 5, 30)), check_order=self.check_order
        )

    # ── choosing ─────────────────────────────────────────────────────────────────────────────

    def an_agent(self, dice: random.Random) -> Agent | None:
        return self.world.agents.get(uid(1000 + dice.randrange(self.most_agents)))

    def a_known(self, dice: random.Random) -> UUID:
        return uid(1000 + dice.randrange(self.most_agents))

    def a_work(self, kind: type, dice: random.Random) -> Any:
        works = [work for work in self.world.works.values() if isinstance(work, kind)]
        return dice.choice(works) if works else None


OFTEN: dict[str, int] = {
    "contact_writes": 26,
    "presence_changes": 10,
    "agent_is_changed": 2,
    "agent_goes_or_comes": 1,
    "offer_is_accepted": 22,
    "offer_is_declined": 4,
    "agent_picks": 3,
    "work_ends": 16,
    "contact_leaves": 6,
    "held_is_transferred": 2,
    "contact_switches_channel": 2,
    "nobody_answers_the_callback": 1,
    "several_at_once": 1,
    "time_passes": 14,
}


class CentreMachine(RuleBasedStateMachine):
    """Small centres, so that a failure is told by few events."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre(agents=4, queues=3, most_waiting=100)

    @initialize(seed=st.integers(0, 10**6))
    def open_doors(self, seed: int) -> None:
        self.centre.open(random.Random(seed))  # noqa: S311 not for secrets

    @rule(what=st.sampled_from([*OFTEN, "queue_is_changed"]), seed=st.integers(0, 10**6))
    def something_happens(self, what: str, seed: int) -> None:
        getattr(self.centre, what)(random.Random(seed))  # noqa: S311 not for secrets

    @rule()
    def the_router_crashes(self) -> None:
        """Another engine goes on, beside the one that went before."""
        world = self.centre.world
        world.shadow, world.engine = world.engine, world.check_rebuilt_is_the_same()

    @invariant()
    def work_is_conserved(self) -> None:
        self.centre.world.check_work_is_conserved()

    @invariant()
    def offers_are_good(self) -> None:
        self.centre.world.check_offers_are_good()

    @invariant()
    def affinity_ends(self) -> None:
        self.centre.world.check_windows_wake()

    @invariant()
    def each_turn_is_counted_once(self) -> None:
        self.centre.world.check_segments()

    @invariant()
    def the_engine_knows_what_is(self) -> None:
        self.centre.world.check_engine_knows()

    @invariant()
    def a_rebuilt_engine_is_the_same(self) -> None:
        self.centre.world.check_rebuilt_is_the_same()


CentreMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestCentre = CentreMachine.TestCase

PARTS = 8
EVENTS = 1_000_000 // PARTS
FULL_CHECK_EVERY = 2_000


@pytest.mark.parametrize("seed", range(PARTS))
def test_a_million_random_events(seed: int) -> None:
    """Each offer is checked as it is made, everything now and then."""
    dice = random.Random(seed)  # noqa: S311 not for secrets
    centre = Centre(
        agents=24, queues=6, most_waiting=60 if seed % 2 else 15
    )  # short of agents, or not
    centre.check_order = False
    centre.open(dice)
    world = centre.world
    steps: list[Callable[[random.Random], Any]] = [
        getattr(centre, what) for what, often in OFTEN.items() for _ in range(often)
    ]
    done, next_check = 0, FULL_CHECK_EVERY
    while done < EVENTS:
        what = dice.choice(steps)
        if what == centre.contact_writes and len(world.works) > centre.most_waiting:
            what = centre.contact_leaves
        happened = what(dice)
        done += 1 + (happened or 0)
        centre.check_order = done % 50 == 0
        if done >= next_check:
            next_check += FULL_CHECK_EVERY
            world.check()
            world.shadow = world.check_rebuilt_is_the_same()
            centre.queue_is_changed(dice)
        elif world.shadow is not None and done >= next_check - FULL_CHECK_EVERY * 0.8:
            world.engine, world.shadow = world.shadow, None  # the rebuilt one goes on alone
    world.check()
    assert world.offers_made > EVENTS // 20
