"""The floor: who there is, and where those who wait stand, by the rules that count now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from wasl.routing.policy.facts import (
    Agent,
    Decision,
    Move,
    Overflow,
    Queue,
    Waiting,
    Why,
    excludes,
    moved,
    waiting_key,
)
from wasl.routing.policy.lines import (
    KNOWN,
    NOBODY,
    Asked,
    Entry,
    Group,
    Item,
    Line,
    Place,
    Seat,
    number_of,
)
from wasl.routing.policy.requirement import ANYONE, Requirement
from wasl.routing.policy.wakes import Wakes

_EMPTY_LINES_KEPT = 1000  # of requirement classes that nobody waits in at the moment


class Floor:
    """All agents, queues and live interactions, and what has changed since the last decision.

    They are found by `UUID.int`: numbers are hashed and compared seven times as fast as ids.
    """

    def __init__(self) -> None:
        self._seats: dict[int, Seat] = {}
        self._places: dict[int, Place] = {}
        self._items: dict[int, Item] = {}
        self._groups: dict[tuple[str, int, bool], Group] = {}
        self._wakes = Wakes()
        self._empty_lines: dict[Line, None] = {}
        self._restaffed: dict[Line, None] = {}  # may be staffed now, or no more
        self._unstaffed: dict[Line, None] = {}  # by what was known before that
        # what has changed since the last decision, of the lines only those where somebody is
        # ready; dicts, for their order
        self._touched_seats: dict[Seat, None] = {}
        self._touched_items: dict[Item, None] = {}
        self._touched_lines: dict[Line, None] = {}
        self._touched_places: dict[Place, bool] = {}  # whether its rules have changed

    # ── where everybody stands ───────────────────────────────────────────────────────────────

    def _arrange(self, place: Place, now: datetime) -> None:
        """Puts a queue in order whose rules have changed, or which opens or closes."""
        changed = self._touched_places.pop(place)
        queue = place.queue
        self._wakes.drop(place)
        place.open = queue is not None and (queue.hours is None or queue.hours.is_open(now))
        if queue is not None and queue.hours is not None:
            flips_at = queue.hours.flips_at(now)
            if flips_at is not None:
                self._wakes.put(place, flips_at)
        for line in place.lines.values():
            line.look()
            self._touched_lines[line] = None
        if queue is not None and queue.overflow is not None and queue.overflow.when_closed:
            changed = True
        if changed:
            self._touched_items.update(dict.fromkeys(self._waiting_in(place)))
            for line in place.lines.values():
                line.sort_ready()
            if queue is not None:
                place.offer_timeout = timedelta(seconds=queue.offer_timeout_s)
        for other in self._places.values():  # those who may overflow into it
            if other.queue and other.queue.overflow and other.queue.overflow.queue_id == place.id:
                self._touched_items.update(dict.fromkeys(self._waiting_in(other)))

    def _waiting_in(self, place: Place) -> Iterator[Item]:
        """Everybody who waits in a queue, in no order."""
        yield from place.apart
        for line in place.lines.values():
            for entry in line.entries():
                yield self._items[number_of(entry)]

    def _stand_at_once(self, item: Item, waiting: Waiting) -> bool:
        """Puts an item that has come where it belongs, if that is the same at every moment."""
        place = self._places.get(waiting.queue_id.int)
        if place is None or self._touched_places:
            return False
        queue = place.queue
        if (
            queue is None
            or queue.overflow is not None
            or queue.delivery == "pick"
            or item.affinities
            or waiting.excluded
            or waiting.not_before is not None
        ):
            return False
        asked = ANYONE
        steps = waiting.steps or queue.steps
        if steps:
            step = steps[0]
            if step.expires_after_s is not None:
                return False
            asked = step.requirement
            if asked.asks_contact:
                asked = asked.for_contact(waiting.contact)
        item.place = place
        item.step = 0
        self._join(item, place, asked, waiting_key(waiting, queue))
        return True

    def _stand(self, item: Item, now: datetime, decisions: list[Decision] | None) -> None:
        """Puts an item that waits where it belongs now, and looks again when that may change.
        Without `decisions` it stays in its queue until they are asked for."""
        waiting = item.waiting
        if waiting is None or item.seat is not None:
            return
        place = item.place
        if place is None:
            queue_id = waiting.queue_id
            place = item.place = self._places.get(queue_id.int) or self._place(queue_id)
        elif item.line is not None:
            self._part(item, item.line)
        else:
            place.apart.pop(item, None)
        moments: list[datetime] = []
        queue = place.queue
        if queue is not None and queue.overflow is not None:
            place, waiting = self._overflow(item, place, waiting, now, decisions)
            queue = place.queue
            if queue is not None and queue.overflow and queue.overflow.after_s is not None:
                moments.append(_since(waiting) + timedelta(seconds=queue.overflow.after_s))
        if queue is None:
            place.apart[item] = None
            return
        if waiting.excluded:
            moments += [until for until in waiting.excluded.values() if until > now]
        if waiting.not_before is not None and now < waiting.not_before:
            moments.append(waiting.not_before)
            place.apart[item] = None
        elif queue.delivery == "pick":
            place.apart[item] = None
        else:
            item.step = 0
            known = self._waits_for(item, waiting, now, moments) if item.affinities else None
            entry = waiting_key(waiting, queue)
            if known:
                self._join(item, place, known, entry - KNOWN)
            else:
                self._join(item, place, self._asked(item, waiting, queue, now, moments), entry)
        if moments and (later := [moment for moment in moments if moment > now]):
            self._wakes.put(item, min(later))
        elif item.wake is not None:
            self._wakes.drop(item)

    def _join(self, item: Item, place: Place, asked: Asked, entry: Entry) -> None:
        """The item stands in the line of those who ask for the same."""
        line = place.lines.get((item.group, asked))
        if line is None:
            line = self._new_line(place, item.group, asked)
        elif line.head is NOBODY:
            self._empty_lines.pop(line, None)
        line.join(item, entry)
        if line.ready:
            self._touched_lines[line] = None

    def _overflow(
        self,
        item: Item,
        place: Place,
        waiting: Waiting,
        now: datetime,
        decisions: list[Decision] | None,
    ) -> tuple[Place, Waiting]:
        """Moves an item on while its queue's rules say so: where it is then, and what it is."""
        while place.queue is not None and place.queue.overflow is not None:
            overflow = self._overflow_due(waiting, place, place.queue.overflow, now)
            if overflow is None:
                break
            if decisions is None:
                self._touched_items[item] = None
                break
            decisions.append(
                Move(item.id, place.id, overflow.queue_id, item.epoch, _move_reasons(place))
            )
            item.waiting = waiting = moved(waiting, overflow.queue_id, now)
            place = item.place = self._place(overflow.queue_id)
        return place, waiting

    def _overflow_due(
        self, waiting: Waiting, place: Place, overflow: Overflow, now: datetime
    ) -> Overflow | None:
        """The way on of an item's queue, if it shall go on. Never to a queue that it came from,
        nor to one that is closed."""
        if overflow.queue_id == place.id:
            return None
        target = self._places.get(overflow.queue_id.int)
        if target is None or target.queue is None or target.id in waiting.visited:
            return None
        if target in self._touched_places:
            self._arrange(target, now)
        late = overflow.after_s is not None and now >= _since(waiting) + timedelta(
            seconds=overflow.after_s
        )
        closed = overflow.when_closed and not place.open
        return overflow if target.open and (late or closed) else None

    def _waits_for(
        self, item: Item, waiting: Waiting, now: datetime, moments: list[datetime]
    ) -> frozenset[UUID] | None:
        """The agents whom the item knows and waits for now; `moments` gets when that ends."""
        is_over = True
        for affinity in item.affinities:
            if now < affinity.until:
                is_over = False
                for agent_id in affinity.agents:
                    seat = self._seats.get(agent_id.int)
                    if seat is None or seat.agent is None or not seat.agent.available:
                        continue
                    if not (waiting.excluded and excludes(waiting, agent_id, now)):
                        moments.append(affinity.until)
                        return affinity.agents
        if is_over:
            self._unknow(item)  # nobody is waited for any more: their changes mean nothing
        return None

    def _asked(
        self, item: Item, waiting: Waiting, queue: Queue, now: datetime, moments: list[datetime]
    ) -> Requirement:
        """What is asked of the agent now; `moments` gets when that ends."""
        ends: datetime | None = None
        for step in waiting.steps or queue.steps:
            if step.expires_after_s is not None:
                ends = (ends or _since(waiting)) + timedelta(seconds=step.expires_after_s)
                if now >= ends:
                    item.step += 1
                    continue
                moments.append(ends)
            asked = step.requirement
            return asked.for_contact(waiting.contact) if asked.asks_contact else asked
        return ANYONE

    def _new_line(self, place: Place, group: Group, asked: Asked) -> Line:
        line = place.lines[group, asked] = Line(place, group, asked)
        if isinstance(asked, frozenset):
            seats = [self._seat(agent_id) for agent_id in asked]
        else:
            seats = place.able(asked)
            self._restaffed[line] = None
        for seat in seats:
            line.add_seat(seat)
            if seat.has_room(group):
                line.put_ready(seat)
        return line

    def _part(self, item: Item, line: Line) -> None:
        """The item leaves its line."""
        line.part(item)
        if line.head is NOBODY and not line.count:
            self._empty(line)

    def _empty(self, line: Line) -> None:
        """Nobody waits in the line any more; of such lines a few are kept."""
        self._empty_lines[line] = None
        if isinstance(line.asked, frozenset):
            self._close(line)
        elif len(self._empty_lines) > _EMPTY_LINES_KEPT:
            self._close(next(iter(self._empty_lines)))

    def _close(self, line: Line) -> None:
        del self._empty_lines[line]
        for kept in (self._touched_lines, self._restaffed, self._unstaffed):
            kept.pop(line, None)
        line.place.lines.pop((line.group, line.asked), None)
        for seat in list(line.seats):
            line.drop_seat(seat)
            if seat.agent is None and seat.forgotten:
                self._seats.pop(seat.id.int, None)

    def _choose_lines(self, seat: Seat, agent: Agent) -> None:
        """Finds the lines that the agent may take from."""
        for place in self._places.values():
            if place.id not in agent.levels:
                place.dismiss(seat)
        for line in seat.lines():
            if not line.admits(agent):
                line.drop_seat(seat)
                self._restaffed[line] = None
        for queue_id in agent.levels:
            place = self._place(queue_id)
            place.admit(seat, agent)
            for line in place.lines.values():
                if line.admits(agent):
                    line.add_seat(seat)
                    self._restaffed[line] = None

    # ── who there is ─────────────────────────────────────────────────────────────────────────

    def _seat(self, agent_id: UUID) -> Seat:
        seat = self._seats.get(agent_id.int)
        if seat is None:
            seat = self._seats[agent_id.int] = Seat(agent_id)
        return seat

    def _place(self, queue_id: UUID) -> Place:
        place = self._places.get(queue_id.int)
        if place is None:
            place = self._places[queue_id.int] = Place(queue_id)
        return place

    def _group(self, key: tuple[str, int, bool]) -> Group:
        group = self._groups[key] = Group(*key)
        return group

    def _know(self, item: Item) -> None:
        """Whoever the item waits for, or would wait for, stands beside it."""
        for affinity in item.affinities:
            for agent_id in affinity.agents:
                self._seat(agent_id).known_by[item] = None

    def _unknow(self, item: Item) -> None:
        for affinity in item.affinities:
            for agent_id in affinity.agents:
                seat = self._seats.get(agent_id.int)
                if seat is not None:
                    seat.known_by.pop(item, None)
                    if seat.agent is None and seat.forgotten:
                        del self._seats[agent_id.int]
        item.affinities = ()

    def _forget(self, item: Item) -> None:
        """Nothing speaks of the item any more."""
        if item.waiting is not None:
            self._touched_items.pop(item, None)
            if item.affinities:
                self._unknow(item)
            if item.wake is not None:
                self._wakes.drop(item)
        seat = item.seat
        if seat is not None:
            seat.leave(item)
            self._touched_seats[seat] = None
        elif item.line is not None:
            self._part(item, item.line)
        elif item.place is not None:
            item.place.apart.pop(item, None)


def _since(waiting: Waiting) -> datetime:
    """When it entered its queue."""
    return waiting.queued_at or waiting.enqueued_at


def _move_reasons(place: Place) -> tuple[Why, ...]:
    overflow = place.queue.overflow if place.queue is not None else None
    closed = not place.open and overflow is not None and overflow.when_closed
    return (Why("closed" if closed else "overflow", {"queue": str(place.id)}),)
