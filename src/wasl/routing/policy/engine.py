"""The matching engine: facts in, decisions out.

Order of selection: agents that the interaction knows, while an affinity window lasts; then the
requirement step that counts at its age; then the interaction with the smallest
`deadline − priority bonus` (static, so ageing is built in and nothing starves); then, among the
agents of its queue with room, the first by the queue's strategy (see `strategy`).

Those who ask for the same thing stand in one line, and each agent knows the lines they may take
from, so that a decision looks at a few heads and not at everybody. The state is a function of the
facts and of `now` alone, so that an engine rebuilt from the database continues exactly where
another one stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import Any
from uuid import UUID

from wasl.routing.policy.explaining import (
    Explanation,
    Need,
    explain_item,
    first_items,
    needs_of,
    place_of,
    why_not,
)
from wasl.routing.policy.facts import (
    EXCLUSION,
    Agent,
    Chosen,
    Decision,
    Held,
    Offer,
    Offered,
    Queue,
    Rescind,
    TimeOut,
    Waiting,
    Why,
    Work,
    excludes,
    passed_over,
)
from wasl.routing.policy.floor import Floor
from wasl.routing.policy.lines import (
    ID_MASK,
    NOBODY,
    Entry,
    Item,
    Line,
    Place,
    Seat,
    item_of,
    number_of,
)

_made = tuple.__new__  # what a named tuple is made with, without the call in between


class Engine(Floor):
    """All agents, queues and live interactions in memory.

    Tell it facts (`agent_changed`, `queue_changed`, `work_changed`, `work_gone`), then ask
    `decide(now)`; ask again at `next_wake()` at the latest. What it decides it takes as done: when
    the database refuses a decision, tell it the facts as they are.
    """

    # ── facts ────────────────────────────────────────────────────────────────────────────────

    def agent_changed(self, agent: Agent) -> None:
        """An agent is there, or their presence, capacity, skills or queues are other than
        before."""
        seat = self._seats.get(agent.id.int) or self._seat(agent.id)
        known = seat.agent
        if known is not None and known.idle_since == agent.idle_since and known == agent:
            return
        seat.agent = agent
        seat.version += 1
        self._touched_seats[seat] = None
        if known is None or (known.levels, known.skills) != (agent.levels, agent.skills):
            self._choose_lines(seat, agent)
        if known is None or known.signed_in != agent.signed_in:
            self._restaffed.update(dict.fromkeys(seat.lines()))
        if known is None or known.available != agent.available:
            self._touched_items.update(seat.known_by)

    def agent_gone(self, agent_id: UUID) -> None:
        """The agent is no agent any more."""
        seat = self._seats.get(agent_id.int)
        if seat is None or seat.agent is None:
            return
        for queue_id in seat.agent.levels:
            self._place(queue_id).dismiss(seat)
        seat.agent = None
        seat.version += 1
        for line in seat.lines():
            if not isinstance(line.asked, frozenset):
                line.drop_seat(seat)
            self._restaffed[line] = None
        self._touched_seats[seat] = None
        self._touched_items.update(seat.known_by)

    def queue_changed(self, queue: Queue) -> None:
        """A queue is there, or its rules, times or priority are other than before."""
        place = self._place(queue.id)
        if place.queue == queue:
            return
        place.queue = queue
        self._touched_places[place] = True

    def queue_gone(self, queue_id: UUID) -> None:
        """The queue is no more; nothing waits in it (the service refuses to delete a used one)."""
        place = self._places.get(queue_id.int)
        if place is None:
            return
        place.queue = None
        self._touched_places[place] = True

    def work_changed(self, work: Work) -> None:
        """An interaction waits, is offered, or is held."""
        if isinstance(work, Held) and self._accepted(work):
            return
        number = work.interaction_id.int
        item = self._items.get(number)
        if item is not None:
            if _as_work(item) == work:
                return
            self._forget(item)
        key = (work.kind, work.units, work.exclusive)
        item = self._items[number] = item_of(work, self._groups.get(key) or self._group(key))
        if item.affinities:
            self._know(item)
        if isinstance(work, Waiting):
            if not self._stand_at_once(item, work):
                self._touched_items[item] = None
            return
        if item.expires_at is not None:
            self._wakes.put(item, item.expires_at)
        seat = self._seat(work.agent_id)
        seat.take(item)
        self._touched_seats[seat] = None

    def _accepted(self, held: Held) -> bool:
        """Whether the agent holds just what they were offered."""
        item = self._items.get(held.interaction_id.int)
        if item is None or item.expires_at is None:
            return False
        seat, group = item.seat, item.group
        if (
            seat is None
            or seat.id.int != held.agent_id.int
            or group.kind != held.kind
            or group.units != held.units
            or group.exclusive != held.exclusive
        ):
            return False
        if item.affinities:
            self._unknow(item)
        if item.wake is not None:
            self._wakes.drop(item)
        seat.offers -= 1
        item.waiting = item.expires_at = None
        agent = seat.agent
        if agent is not None:
            for wanted in seat.groups:  # what may not come beside an offer may come now
                if wanted.exclusive or wanted.kind in agent.interruptible_by:
                    seat.version += 1
                    self._touched_seats[seat] = None
                    break
        return True

    def work_gone(self, interaction_id: UUID) -> None:
        """The interaction is parked, completed, or not routed."""
        item = self._items.pop(interaction_id.int, None)
        if item is not None:
            self._forget(item)

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    def works_of(self, agent_id: UUID) -> frozenset[UUID]:
        """What the agent holds or has offered."""
        seat = self._seats.get(agent_id.int)
        return frozenset(item.id for item in seat.works) if seat is not None else frozenset()

    def picture(self) -> dict[str, Any]:
        """Everything known, for comparing two engines."""
        places, seats = self._places.values(), self._seats.values()
        return {
            "agents": {seat.id: seat.agent for seat in seats if seat.agent is not None},
            "queues": {place.id: place.queue for place in places if place.queue is not None},
            "works": {item.id: _as_work(item) for item in self._items.values()},
            "load": {
                seat.id: {kind: units for kind, units in seat.used.items() if units}
                for seat in seats
                if seat.load
            },
        }

    def explain(self, interaction_id: UUID, now: datetime) -> Explanation | None:
        """Why the interaction is where it is, and why each agent has it not; None when it is not
        routed."""
        item = self._items.get(interaction_id.int)
        if item is None:
            return None
        return explain_item(item, self._neighbours(item), self._seats, now)

    def explain_agent(
        self, agent_id: UUID, now: datetime, most: int = 20
    ) -> list[tuple[UUID, Why]]:
        """The first who wait in the agent's queues, each with why the agent has it not."""
        seat = self._seats.get(agent_id.int)
        if seat is None or seat.agent is None:
            return []
        places = [self._places[queue_id.int] for queue_id in seat.agent.levels]
        waiting = chain.from_iterable(map(self._waiting_in, places))
        return [(item.id, why_not(seat, item, now)) for item in first_items(waiting, most)]

    def place_in_queue(self, interaction_id: UUID) -> int | None:
        """How many stand in the interaction's queue up to and with it; None when it waits not."""
        item = self._items.get(interaction_id.int)
        return place_of(item, self._neighbours(item)) if item is not None else None

    def _neighbours(self, item: Item) -> Iterable[Item]:
        """Everybody who waits in the item's queue."""
        return self._waiting_in(item.place) if item.place is not None else ()

    def needs(self) -> dict[UUID, tuple[Need, ...]]:
        """What is waited for in each open queue, as of the last decision, that nobody there
        meets: what most wait for first. Only agents who came, went or changed are looked at."""
        for line in self._restaffed:
            if line.is_staffed():
                self._unstaffed.pop(line, None)
            else:
                self._unstaffed[line] = None
        self._restaffed.clear()
        return needs_of(line for line in self._unstaffed if line.head is not NOBODY)

    def next_wake(self) -> datetime | None:
        """When `decide` must be asked again, if nothing happens before."""
        return self._wakes.first()

    # ── deciding ─────────────────────────────────────────────────────────────────────────────

    def decide(self, now: datetime) -> list[Decision]:
        """What is to be done now. Afterwards no eligible agent with room stands beside a
        compatible waiting interaction."""
        decisions: list[Decision] = []
        if now >= self._wakes.soonest:
            for whom in self._wakes.due(now):
                self._wake(whom, now, decisions)
        seats = self._touched_seats
        for seat in seats:
            if seat.offers:
                self._rescind(decisions)
                break
        if self._touched_items or self._touched_places:
            self._put_all(now, decisions)
        self._touched_seats = {}
        if len(seats) == 1 and not (self._touched_lines and self._is_anybody_ready()):
            for seat in seats:
                self._serve(seat, now, decisions)
        else:
            for seat in seats:
                self._be_ready(seat, look=True)
            self._match(now, decisions)
        for seat in seats:
            if seat.agent is None and seat.forgotten:
                self._seats.pop(seat.id.int, None)
        return decisions

    def settle(self, now: datetime) -> None:
        """Puts everybody where they stand, without deciding anything: for explaining, and so that
        the first `decide` after many facts has less to do."""
        self._put_all(now, None)

    def _put_all(self, now: datetime, decisions: list[Decision] | None) -> None:
        for place in list(self._touched_places):
            self._arrange(place, now)
        items, self._touched_items = self._touched_items, {}
        for item in items:
            self._stand(item, now, decisions)

    def _wake(self, whom: Item | Place, now: datetime, decisions: list[Decision]) -> None:
        if isinstance(whom, Place):
            self._touched_places.setdefault(whom, False)
        elif whom.expires_at is None:
            self._touched_items[whom] = None
        elif whom.seat is not None:
            decisions.append(self._time_out(whom, whom.seat, now))

    def _time_out(self, item: Item, seat: Seat, now: datetime) -> TimeOut:
        until = now + EXCLUSION
        waiting = _offered(item)
        agent = seat.agent
        queue = self._place(waiting.queue_id).queue
        missed = agent.missed + 1 if agent is not None else 1
        away = missed >= (queue.no_answer_limit if queue is not None else 1)
        if agent is not None and away:
            self.agent_changed(replace(agent, available=False, missed=0))
        elif agent is not None:
            self.agent_changed(replace(agent, missed=missed))
        self.work_changed(passed_over(waiting, seat.id, until))
        return TimeOut(item.id, seat.id, item.epoch, until, away)

    def _rescind(self, decisions: list[Decision]) -> None:
        """Takes back what the agent can't take any more, the newest offer first."""
        offering = [seat for seat in self._touched_seats if seat.offers]
        for seat in sorted(offering, key=lambda seat: seat.id.int):
            for item in sorted(_offers(seat), key=_offer_order, reverse=True):
                agent = seat.agent
                if (
                    agent is None
                    or not agent.available
                    or seat.is_over(item.group.kind)
                    or seat.shut_out(item.group.kind, but=item)
                ):
                    self.work_changed(_offered(item))
                    decisions.append(Rescind(item.id, seat.id, item.epoch))

    def _is_anybody_ready(self) -> bool:
        """Whether somebody could take from a line that has changed."""
        if any(map(Line.is_served, self._touched_lines)):
            return True
        self._touched_lines.clear()
        return False

    def _serve(self, seat: Seat, now: datetime, decisions: list[Decision]) -> None:
        """One agent has changed and nobody else is ready where anything has: they take the first
        of those whom they may take. Whoever else had room would have taken one before."""
        groups = seat.groups
        is_one_group = len(groups) == 1
        while True:
            has_room = False
            first = NOBODY
            for group, lines in groups.items():
                if seat.has_room(group):
                    has_room = True
                    for line in lines:
                        if line.head < first:
                            first = line.head
            if first is NOBODY:
                if has_room:
                    self._be_ready(seat, look=False)
                return
            item = self._items[first & ID_MASK]
            waiting = item.waiting
            if waiting is None:
                raise AssertionError("somebody in a line who doesn't wait")
            if waiting.excluded and excludes(waiting, seat.id, now):
                self._be_ready(seat, look=True)
                self._match(now, decisions)
                return
            decisions.append(self._offer(item, waiting, seat, now))
            if is_one_group and seat.is_full(item.group):
                return  # as the next round would find

    def _match(self, now: datetime, decisions: list[Decision]) -> None:
        """The first who waits in the touched lines goes to the first who is ready, and so on."""
        heads = [(line.head, line) for line in self._touched_lines if line.head is not NOBODY]
        self._touched_lines.clear()
        heapify(heads)
        aside: list[tuple[Line, Entry]] = []
        while heads:
            entry, line = heappop(heads)
            if not line.has_ready():
                continue
            item = self._items[number_of(entry)]
            seat = line.first_ready(item, now)
            if seat is None:  # it excludes everybody who is ready: the next one may not
                aside.append((line, entry))
                line.pass_first()
            else:
                decisions.append(self._offer(item, _waiting(item), seat, now))
            if line.head is not NOBODY:
                heappush(heads, (line.head, line))
        for line, entry in aside:
            line.put_back(entry)

    def _offer(self, item: Item, waiting: Waiting, seat: Seat, now: datetime) -> Offer:
        """The first of a line goes to the agent."""
        line, agent = item.line, seat.agent
        if line is None or agent is None:
            raise AssertionError("an offer of nothing, or to nobody")
        place = line.place
        queue = place.queue
        if queue is None:
            raise AssertionError("an offer without queue")
        item.line = None
        line.take_first()
        if line.head is NOBODY and not line.count:
            self._empty(line)
        epoch = item.epoch
        item.epoch = epoch + 1
        expires_at = now + place.offer_timeout
        accepted = queue.delivery == "auto_accept"
        if accepted:
            self._unknow(item)
            item.waiting = None
            self._wakes.drop(item)
        else:
            item.expires_at = expires_at
            self._wakes.put_offered(item, expires_at)
        seat.take(item)
        chosen = _made(Chosen, (waiting, agent, line.asked, item.step, queue, now))
        return _made(Offer, (item.id, seat.id, place.id, epoch, expires_at, chosen, accepted))

    def _be_ready(self, seat: Seat, *, look: bool) -> None:
        """The agent is ready in every line that they have room for; `look` at those lines."""
        for group, lines in seat.groups.items():
            if seat.has_room(group):
                for line in lines:
                    line.put_ready(seat)
                if look:
                    self._touched_lines.update(dict.fromkeys(lines))


def _as_work(item: Item) -> Work:
    """The item as the fact that it stands for."""
    seat = item.seat
    if seat is None:
        return _offered(item)
    if item.expires_at is not None:
        return Offered(_offered(item), seat.id, item.expires_at)
    group = item.group
    return Held(item.id, seat.id, group.kind, group.units, group.exclusive)


def _offered(item: Item) -> Waiting:
    """The waiting interaction at the item's epoch."""
    waiting = _waiting(item)
    return waiting if waiting.epoch == item.epoch else replace(waiting, epoch=item.epoch)


def _waiting(item: Item) -> Waiting:
    if item.waiting is None:
        raise AssertionError("an item that is held does not wait")
    return item.waiting


def _offers(seat: Seat) -> list[Item]:
    return [item for item in seat.works if item.expires_at is not None]


def _offer_order(item: Item) -> tuple[datetime, int]:
    if item.expires_at is None:
        raise AssertionError("an item that is not offered has no end")
    return item.expires_at, item.id.int
