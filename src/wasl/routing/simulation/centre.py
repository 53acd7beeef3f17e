"""One run: the engine that serves, told what chance brings, on a clock that jumps from event to
event.

Whatever the engine decides is done at once; an offer is accepted after its queue's delay, or
declined then, or never answered. Each change ends with `decide`, as in the router.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from math import ceil
from random import Random
from typing import Any
from uuid import UUID

from wasl.routing.policy import (
    EXCLUSION,
    Agent,
    Engine,
    Held,
    Hours,
    Move,
    Offer,
    Overflow,
    Queue,
    Step,
    TimeOut,
    Waiting,
    passed_over,
)
from wasl.routing.policy.facts import Chosen
from wasl.routing.simulation.controls import ABANDONED, ARRIVED, ENDED, Basis, Counted
from wasl.routing.simulation.people import Interaction, InteractionClass, Pace, SimulatedAgent
from wasl.routing.simulation.scenario import DAY_S, QueueRule, Scenario, Team
from wasl.routing.simulation.sources import SourceOf
from wasl.routing.simulation.tally import ClassTally, Stretch

_MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
_AGENT_IDS = 1 << 40
_INTERACTION_IDS = 1 << 64
_DAYS_LEFT = 2  # how long whoever is left waits for a queue to open again


class Centre:
    """A centre that is simulated once; `stretches` holds what came of it."""

    def __init__(
        self, scenario: Scenario, basis: Basis, seed: int, run: int, source_of: SourceOf
    ) -> None:
        self.stretches: list[Stretch] = []
        self._scenario = scenario
        self._basis = basis
        self._engine = Engine()
        self._seed, self._run = seed, run
        self._events: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._event_numbers = count()
        self._interaction_numbers = count(_INTERACTION_IDS)
        self._now_s = 0.0
        self._now = self._begin = _MIDNIGHT + timedelta(seconds=scenario.run.start_s)
        times = scenario.run.times if scenario.run.continuous else 1
        self._last_s = scenario.run.warm_up_s + times * scenario.run.stretch_s
        self._classes = [
            InteractionClass(n, one, source_of(one, run)) for n, one in enumerate(scenario.arrivals)
        ]
        self._everybody = Pace(scenario.slowed_by, 0)
        self._queue_ids = {queue.name: UUID(int=n + 1) for n, queue in enumerate(scenario.queues)}
        self._rules = {self._queue_ids[queue.name]: queue for queue in scenario.queues}
        self._hours: dict[UUID, Hours] = {}
        self._live: dict[UUID, Interaction] = {}
        self._agents: dict[UUID, SimulatedAgent] = {}
        self._level = 0  # live interactions minus the places of those who are there
        for rule in scenario.queues:
            self._engine.queue_changed(self._queue(rule))
        for team in scenario.teams:
            for n in range(team.count):
                self._add_agent(team, n)
        for one in self._classes:
            queue_id = self._queue_ids[one.arrivals.queue]
            one.knows = [agent for agent in self._agents.values() if queue_id in agent.facts.levels]
        self._begin_stretch()

    def run(self, progress: Callable[[], None]) -> None:
        """Simulates all of it; calls `progress` at the end of each stretch."""
        run = self._scenario.run
        for one in self._classes:
            self._open_slot((one, 0))

        def cut(warm: bool) -> None:
            self._count_agents()
            if warm:
                done = self._stretch
                done.controls = self._basis.controls(self._counted)
                self.stretches.append(done)
                progress()
            self._begin_stretch()

        if run.continuous:
            if run.warm_up_s:
                self._at(run.warm_up_s, cut, False)
            for n in range(run.times):
                self._at(run.warm_up_s + (n + 1) * run.stretch_s, cut, True)
        self._at(self._last_s, self._close, None)
        self._go_on()
        if not run.continuous:
            cut(warm=True)

    def _close(self, _: None) -> None:
        """Nobody comes any more."""
        for one in self._classes:
            one.rate = 0.0

    # ── the clock ────────────────────────────────────────────────────────────────────────────

    def _at(self, when_s: float, do: Callable[[Any], None], whom: Any) -> None:
        heappush(self._events, (when_s, next(self._event_numbers), do, whom))

    def _go_on(self) -> None:
        """Event after event, until everybody who came is gone or nothing can happen any more."""
        events, engine = self._events, self._engine
        while self._live or self._now_s < self._last_s:
            wake = engine.next_wake()
            wake_s = (wake - self._begin).total_seconds() if wake is not None else None
            if events and (wake_s is None or events[0][0] <= wake_s):
                when_s, _, do, whom = heappop(events)
                self._pass(when_s)
                do(whom)
            elif not events and self._now_s > self._last_s + _DAYS_LEFT * DAY_S:
                return  # a queue opens day after day and there is nobody to serve it
            elif wake is not None and wake_s is not None:
                self._pass(wake_s)
                self._now = max(self._now, wake)
                self._decide()
            else:
                return

    def _pass(self, now_s: float) -> None:
        """Time passes: what was due meanwhile, by the level (see `controls`)."""
        passed_s = now_s - self._now_s
        if passed_s <= 0:
            return
        here = self._basis.index(self._level)
        below = self._basis.index(self._level - 1)
        for one, controls in zip(self._classes, self._counted, strict=True):
            due = controls.due
            due[ARRIVED][here] += one.rate * passed_s
            if one.ends_rate:
                due[ENDED][below] += one.progress * one.ends_rate * passed_s
            if one.leaves_rate and one.waiting:
                due[ABANDONED][below] += one.waiting * one.leaves_rate * passed_s
        self._now_s = now_s
        self._now = self._begin + timedelta(seconds=now_s)

    # ── contacts ─────────────────────────────────────────────────────────────────────────────

    def _open_slot(self, slot: tuple[InteractionClass, int]) -> None:
        one, n = slot
        begins_s = n * one.arrivals.slot_s
        if begins_s > self._last_s - 1:  # a slot that the end cuts off to nothing
            return
        one.rate, moments = one.source.slot(n, begins_s)
        self._at(begins_s + one.arrivals.slot_s, self._open_slot, (one, n + 1))
        moments.reverse()
        self._await_next(one, moments)

    def _await_next(self, one: InteractionClass, moments: list[float]) -> None:
        if moments and moments[-1] < self._last_s:
            self._at(moments.pop(), self._arrive, (one, moments))

    def _arrive(self, coming: tuple[InteractionClass, list[float]]) -> None:
        one, moments = coming
        self._await_next(one, moments)
        arrivals, now = one.arrivals, self._now
        tally = self._stretch.classes[one.index]
        draw = one.source.draw()
        self._counted[one.index].happened[ARRIVED][self._basis.index(self._level)] += 1
        if self._turns_away(self._queue_ids[arrivals.queue]):
            tally.turned_away += 1
            return
        id_ = UUID(int=next(self._interaction_numbers))
        interaction = Interaction(id_, one, self._now_s, draw, tally)
        known_id = until = None
        if draw.known is not None and one.knows:
            interaction.known = one.knows[int(draw.known * len(one.knows))]
            known_id = interaction.known.facts.id
            until = now + timedelta(seconds=arrivals.affinity_s)
            tally.known += 1
        tally.offered += 1
        if tally.offered_by_hour:
            tally.offered_by_hour[int(self._now_s // 3600)] += 1
        self._level += 1
        one.waiting += 1
        self._live[id_] = interaction
        waiting = Waiting(
            id_,
            self._queue_ids[arrivals.queue],
            arrivals.kind,
            arrivals.units,
            now,
            0,
            arrivals.priority,
            known_id,
            until,
            steps=one.steps,
            exclusive=arrivals.exclusive,
        )
        self._engine.work_changed(waiting)
        self._decide()
        if interaction.agent is None and draw.patience_s is not None:
            self._at(self._now_s + draw.patience_s, self._abandon, interaction)

    def _turns_away(self, queue_id: UUID) -> bool:
        hours = self._hours.get(queue_id)
        return (
            hours is not None
            and self._rules[queue_id].outside == "turned_away"
            and not hours.is_open(self._now)
        )

    def _abandon(self, interaction: Interaction) -> None:
        """Their patience is at its end; nothing happens when somebody has answered."""
        one, tally = interaction.of, interaction.tally
        if interaction.agent is not None or interaction.id not in self._live:
            return
        wait_s = self._now_s - interaction.arrived_s
        tally.abandoned += 1
        tally.waited += 1
        tally.short += wait_s <= self._scenario.short_abandon_s
        tally.soon += wait_s <= one.arrivals.target_s
        tally.wait_all_s += wait_s
        tally.left.append(wait_s)
        one.waiting -= 1
        self._leave(interaction, ABANDONED)
        self._decide()

    def _leave(self, interaction: Interaction, how: int) -> None:
        self._level -= 1
        happened = self._counted[interaction.of.index].happened
        happened[how][self._basis.index(self._level)] += 1
        del self._live[interaction.id]
        self._engine.work_gone(interaction.id)

    # ── agents ───────────────────────────────────────────────────────────────────────────────

    def _decide(self) -> None:
        for decision in self._engine.decide(self._now):
            interaction = self._live[decision.interaction_id]
            if isinstance(decision, Offer):
                if decision.accepted:
                    self._begin_handling(interaction, self._agents[decision.agent_id])
                else:
                    self._present(interaction, decision)
            elif isinstance(decision, Move):
                interaction.tally.overflowed += 1
            else:  # it is taken back, or not answered in time
                interaction.epoch = None
                if isinstance(decision, TimeOut):
                    self._missed(interaction, decision)

    def _present(self, interaction: Interaction, offer: Offer) -> None:
        """The agent is asked: they will accept, decline, or never answer."""
        interaction.epoch, interaction.queue_id = offer.epoch, offer.queue_id
        rule = self._rules[offer.queue_id]
        answer = self._accept
        if rule.declines or rule.misses:
            dice = self._agents[offer.agent_id].dice.random()
            if dice < rule.misses:
                return  # the engine takes it back in time
            if dice < rule.misses + rule.declines:
                answer = self._decline
        self._at(self._now_s + rule.accept_after_s, answer, (interaction, offer))

    def _missed(self, interaction: Interaction, missed: TimeOut) -> None:
        """Nobody answered; whom that made away comes back after a while."""
        interaction.tally.missed += 1
        agent = self._agents[missed.agent_id]
        if not missed.away:
            agent.facts = replace(agent.facts, missed=agent.facts.missed + 1)
            return
        self._turned(agent, available=False)
        if interaction.queue_id is not None:
            back_after_s = self._rules[interaction.queue_id].back_after_s
            self._at(self._now_s + back_after_s, self._be_back, agent)

    def _be_back(self, agent: SimulatedAgent) -> None:
        if agent.on_shift and not agent.facts.available:
            self._turn(agent, available=True)

    def _decline(self, answer: tuple[Interaction, Offer]) -> None:
        """The agent says no: it keeps its place, and somebody else is asked."""
        interaction, offer = answer
        if interaction.epoch != offer.epoch or interaction.id not in self._live:
            return
        interaction.epoch = None
        interaction.tally.declined += 1
        waiting = offer.reasons.waiting if isinstance(offer.reasons, Chosen) else None
        if waiting is None:
            raise AssertionError("a fresh offer knows what it was chosen from")
        asked_again = replace(waiting, epoch=offer.epoch + 1)
        until = self._now + EXCLUSION
        self._engine.work_changed(passed_over(asked_again, offer.agent_id, until))
        self._decide()

    def _accept(self, answer: tuple[Interaction, Offer]) -> None:
        interaction, offer = answer
        if interaction.epoch != offer.epoch or interaction.id not in self._live:
            return
        arrivals = interaction.of.arrivals
        held = Held(
            interaction.id, offer.agent_id, arrivals.kind, arrivals.units, arrivals.exclusive
        )
        self._engine.work_changed(held)
        self._begin_handling(interaction, self._agents[offer.agent_id])
        self._decide()

    def _begin_handling(self, interaction: Interaction, agent: SimulatedAgent) -> None:
        wait_s = self._now_s - interaction.arrived_s
        tally = interaction.tally
        tally.answered += 1
        tally.waited += wait_s > 0
        met = wait_s <= interaction.of.arrivals.target_s
        tally.met += met
        tally.wait_all_s += wait_s
        tally.wait_answered_s += wait_s
        tally.hits += interaction.known is agent
        tally.waits.append(wait_s)
        if met and tally.met_by_hour:
            tally.met_by_hour[int(interaction.arrived_s // 3600)] += 1
        interaction.of.waiting -= 1
        interaction.agent = agent
        self._count(agent)
        if agent.facts.missed:
            agent.facts = replace(agent.facts, missed=0)
            self._engine.agent_changed(agent.facts)
        agent.in_hand += 1
        agent.pace.begin(interaction, self._now_s)
        self._await_end(agent.pace)

    def _await_end(self, pace: Pace) -> None:
        if pace.ends:
            self._at(pace.next_end_s(), self._end_handling, (pace, pace.version))

    def _end_handling(self, due: tuple[Pace, int]) -> None:
        pace, version = due
        if pace.version != version:
            return
        interaction = pace.end_first(self._now_s)
        self._await_end(pace)
        agent = interaction.agent
        if agent is None:
            raise AssertionError("what nobody has in hand can't end")
        self._count(agent)
        agent.in_hand -= 1
        self._leave(interaction, ENDED)
        busy_s, present_s = agent.worked_s
        agent.facts = replace(
            agent.facts, idle_since=self._now, busy_share=busy_s / present_s if present_s else 0.0
        )
        self._engine.agent_changed(agent.facts)
        self._decide()

    def _count(self, agent: SimulatedAgent) -> None:
        """Counts the agent's time up to now."""
        passed_s = self._now_s - agent.since_s
        agent.since_s = self._now_s
        busy = agent.in_hand > 0
        if busy:
            self._stretch.busy_s[agent.index] += passed_s
            agent.worked_s[0] += passed_s
        if busy or agent.facts.available:
            self._stretch.present_s[agent.index] += passed_s
            agent.worked_s[1] += passed_s

    def _count_agents(self) -> None:
        for agent in self._agents.values():
            self._count(agent)

    def _come(self, agent: SimulatedAgent) -> None:
        agent.on_shift = True
        self._turn(agent, available=True)

    def _go(self, agent: SimulatedAgent) -> None:
        """Nothing new for them; what they have in hand they finish."""
        agent.on_shift = False
        if agent.facts.available:
            self._turn(agent, available=False)

    def _turn(self, agent: SimulatedAgent, *, available: bool) -> None:
        self._turned(agent, available=available)
        self._engine.agent_changed(agent.facts)
        self._decide()

    def _turned(self, agent: SimulatedAgent, *, available: bool) -> None:
        """Counts the agent as there or not from now on; the engine knows, or will be told."""
        self._count(agent)
        agent.facts = replace(agent.facts, available=available, idle_since=self._now, missed=0)
        sign = 1 if available else -1
        self._level -= sign * agent.places
        self._everybody.agents_changed(sign, self._now_s)
        self._await_end(self._everybody)

    # ── setting up ───────────────────────────────────────────────────────────────────────────

    def _queue(self, rule: QueueRule) -> Queue:
        overflow = None
        if rule.overflow_to is not None:
            overflow = Overflow(
                self._queue_ids[rule.overflow_to], rule.overflow_after_s, rule.overflow_closed
            )
        id_ = self._queue_ids[rule.name]
        asks = rule.accept_after_s or rule.declines or rule.misses
        if rule.opens:
            self._hours[id_] = Hours("UTC", (rule.opens,) * 7)
        return Queue(
            id_,
            offer_timeout_s=rule.offer_timeout_s,
            reply_target_s=rule.reply_target_s,
            priority=rule.priority,
            strategy=rule.strategy,
            delivery="push" if asks else "auto_accept",
            strict_priority=rule.strict_priority,
            steps=tuple(Step(step.requirement, step.expires_after_s) for step in rule.steps),
            overflow=overflow,
            hours=self._hours.get(id_),
            no_answer_limit=rule.no_answer_limit,
        )

    def _add_agent(self, team: Team, n: int) -> None:
        index = len(self._agents)
        own = Pace(self._scenario.slowed_by, 1)
        even = self._scenario.spread == "even"
        facts = Agent(
            UUID(int=_AGENT_IDS + index),
            not team.shifts,
            self._now,
            {self._queue_ids[name]: level for name, level in team.queues.items()},
            team.capacity,
            team.skills,
            team.interruptible_by,
        )
        places = self._basis.places_of(team)
        pace = self._everybody if even else own
        dice = Random(f"{self._seed}:{self._run}:{team.name}:{n}")  # noqa: S311 not a secret
        agent = SimulatedAgent(index, facts, team, pace, places, dice)
        self._agents[facts.id] = agent
        self._engine.agent_changed(facts)
        if not team.shifts:
            self._everybody.agents += 1
            self._level -= places
        for begins_s, ends_s in team.shifts:
            begins_s, ends_s = (at - self._scenario.run.start_s for at in (begins_s, ends_s))
            if ends_s <= 0:  # the next day
                begins_s, ends_s = begins_s + DAY_S, ends_s + DAY_S
            self._at(max(0.0, begins_s), self._come, agent)
            self._at(ends_s, self._go, agent)

    def _begin_stretch(self) -> None:
        run, agents = self._scenario.run, len(self._agents)
        hours = 0 if run.continuous else ceil(run.stretch_s / 3600)
        self._counted = [Counted(self._basis.size) for _ in self._classes]
        self._stretch = Stretch(
            [
                ClassTally(offered_by_hour=[0] * hours, met_by_hour=[0] * hours)
                for _ in self._classes
            ],
            [0.0] * agents,
            [0.0] * agents,
        )
