"""Where everybody stands: who waits in which line, and which agents are ready to take from it."""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from uuid import UUID

from wasl.routing.policy.facts import (
    DEFAULT_CAPACITY,
    ID_BITS,
    Affinity,
    Agent,
    Held,
    Offered,
    Queue,
    Waiting,
    Work,
    affinities,
    capacity_of,
    excludes,
    shuts_out,
)
from wasl.routing.policy.requirement import ANYONE, Requirement
from wasl.routing.policy.strategy import agent_key
from wasl.routing.policy.wakes import Wake

Asked = Requirement | frozenset[UUID]  # what is asked of the agent, or the agents waited for
Entry = int  # where somebody stands: the smaller goes first

KNOWN = 1 << 256  # whoever waits for agents they know stands this far before all others
NOBODY: Entry = 1 << 258  # stands at the end of every line; always this very object
ID_MASK = (1 << ID_BITS) - 1
_NONE_PUT = -1
_SLACK = 64  # entries left behind that a heap may hold besides as many as are alive


def number_of(entry: Entry) -> int:
    """Whose entry it is: the number of their id."""
    return entry & ID_MASK


class Group:
    """What room depends on. The floor has one object for each, so that they compare by it."""

    __slots__ = ("exclusive", "kind", "units")

    def __init__(self, kind: str, units: int, exclusive: bool) -> None:
        self.kind = kind
        self.units = units
        self.exclusive = exclusive


class Seat:
    """An agent's place: what they have in hand and offered, and the lines they may take from."""

    __slots__ = (
        "agent", "exclusives", "groups", "id", "known_by", "offers", "used", "version", "works",
    )  # fmt: skip

    def __init__(self, id: UUID) -> None:
        self.id = id
        self.agent: Agent | None = None
        self.works: list[Item] = []  # offered or held; a few
        self.offers = 0  # how many of the works are offered
        self.exclusives = 0  # how many of them shut out others
        self.used: dict[str, int] = {}  # units by channel kind
        self.version = 0  # of everything that room and order depend on
        self.groups: dict[Group, list[Line]] = {}
        self.known_by: dict[Item, None] = {}  # those who wait, or would wait, for this agent

    def __lt__(self, other: Seat) -> bool:
        """Heaps compare seats only when one is what the other was: the order says nothing."""
        return False

    def has_room(self, group: Group) -> bool:
        """Whether the agent could be offered this just now."""
        agent = self.agent
        if agent is None or not agent.available:
            return False
        kind = group.kind
        if self.used.get(kind, 0) + group.units > agent.capacity.get(kind, DEFAULT_CAPACITY):
            return False
        rules = agent.interruptible_by
        if (self.exclusives or rules) and self.shut_out(kind):
            return False
        return not (self.offers and (group.exclusive or (kind in rules and self._upset(group))))

    def _upset(self, group: Group) -> bool:
        """Whether something on offer would be shut out by one of these."""
        rules = self.agent.interruptible_by if self.agent is not None else {}
        return any(
            item.expires_at is not None
            and shuts_out(rules, group.kind, group.exclusive, item.group.kind)
            for item in self.works
        )

    def shut_out(self, kind: str, but: Item | None = None) -> bool:
        """Whether something in hand, other than `but`, shuts out the kind."""
        rules = self.agent.interruptible_by if self.agent is not None else {}
        return any(
            item is not but and shuts_out(rules, item.group.kind, item.group.exclusive, kind)
            for item in self.works
        )

    def is_full(self, group: Group) -> bool:
        """Whether the agent has in hand as many units as they take, short of one more of these."""
        agent, kind = self.agent, group.kind
        return agent is None or (
            self.used[kind] + group.units > agent.capacity.get(kind, DEFAULT_CAPACITY)
        )

    def is_over(self, kind: str) -> bool:
        """Whether more units are in use than the agent takes."""
        agent = self.agent
        return agent is None or self.used.get(kind, 0) > capacity_of(agent.capacity, kind)

    def take(self, item: Item) -> None:
        """The item counts as theirs, offered or held."""
        item.seat = self
        self.works.append(item)
        self.version += 1
        group, used = item.group, self.used
        kind = group.kind
        used[kind] = used.get(kind, 0) + group.units
        if item.expires_at is not None:
            self.offers += 1
        if group.exclusive:
            self.exclusives += 1

    def leave(self, item: Item) -> None:
        """The item, of which nothing speaks any more, is theirs no longer."""
        self.works.remove(item)
        self.version += 1
        group = item.group
        self.used[group.kind] -= group.units
        if item.expires_at is not None:
            self.offers -= 1
            item.expires_at = None
        if group.exclusive:
            self.exclusives -= 1

    @property
    def forgotten(self) -> bool:
        """Nothing speaks of them any more."""
        return self.agent is None and not (self.works or self.known_by or self.groups)

    @property
    def load(self) -> int:
        """Units of all kinds."""
        return sum(self.used.values())

    def lines(self) -> list[Line]:
        """The lines that the agent may take from, if they have room."""
        return [line for lines in self.groups.values() for line in lines]


class Item:
    """A live interaction: waiting (no seat), offered (seat and `expires_at`), or held."""

    __slots__ = (
        "affinities", "entry", "epoch", "expires_at", "group", "id", "line", "place", "seat",
        "step", "waiting", "wake",
    )  # fmt: skip

    id: UUID
    group: Group
    seat: Seat | None
    place: Place | None
    line: Line | None
    entry: Entry  # in its line
    step: int  # index of the step that counts in its line
    wake: Wake | None
    waiting: Waiting | None  # None when it is held
    epoch: int
    affinities: tuple[Affinity, ...]  # whom it waits, or would wait, for
    expires_at: datetime | None

    def __lt__(self, other: Item) -> bool:
        """Wakes compare items only when one is what the other was: the order says nothing."""
        return False


def item_of(work: Work, group: Group) -> Item:
    """The item of a fact. Not an `__init__`: to call one costs more than all that is done here."""
    item = Item()
    item.id = work.interaction_id
    item.group = group
    item.seat = item.place = item.line = item.wake = item.expires_at = None
    item.affinities = ()
    if isinstance(work, Held):
        item.waiting = None
        item.epoch = 0
        return item
    if isinstance(work, Offered):
        item.expires_at = work.expires_at
        work = work.waiting
    item.waiting = work
    item.epoch = work.epoch
    if work.affinity or work.preferred_id is not None:
        item.affinities = affinities(work)
    return item


class Place:
    """A queue as it stands: its facts, whether it is open, its lines and those who wait."""

    __slots__ = (
        "apart", "id", "lines", "members", "offer_timeout", "open", "queue", "skilled", "wake",
    )  # fmt: skip

    def __init__(self, id: UUID) -> None:
        self.id = id
        self.queue: Queue | None = None
        self.wake: Wake | None = None
        self.open = True
        self.offer_timeout = timedelta()
        self.apart: dict[Item, None] = {}  # those who wait in no line
        self.lines: dict[tuple[Group, Asked], Line] = {}
        self.members: dict[Seat, None] = {}
        self.skilled: dict[str, dict[Seat, None]] = {}  # members by skill, at whatever level

    def admit(self, seat: Seat, agent: Agent) -> None:
        """The agent is a member, with the skills they have now."""
        self.dismiss(seat)
        self.members[seat] = None
        for name in agent.skills:
            self.skilled.setdefault(name, {})[seat] = None

    def dismiss(self, seat: Seat) -> None:
        """The agent is no member any more."""
        if seat in self.members:
            del self.members[seat]
            for having in self.skilled.values():
                having.pop(seat, None)

    def able(self, asked: Requirement) -> list[Seat]:
        """The members who meet a requirement, found by the skills of each alternative, the rarest
        first."""
        found: dict[Seat, None] = {}
        for box in asked.boxes:
            having = [self.skilled.get(name, {}) for name, least, _ in box if least > 0]
            having.sort(key=len)
            seats = list(having[0] if having else self.members)
            for others in having[1:]:
                seats = [seat for seat in seats if seat in others]
            found.update(dict.fromkeys(seats))
        return [seat for seat in found if seat.agent and asked.met_by(seat.agent.skills)]


class Line:
    """A requirement class: those who wait for the same thing stand in one line, in order.

    The agents who are ready are in a heap, by the queue's strategy. Entries left behind are
    skipped when they come up. An agent's entry may be better than the truth (their load has grown
    since) and is put right then; it is never worse.
    """

    __slots__ = (
        "_gone", "_passed", "_waiting", "asked", "group", "head", "place", "ready", "seats",
    )  # fmt: skip

    def __init__(self, place: Place, group: Group, asked: Asked) -> None:
        self.place = place
        self.group = group
        self.asked = asked
        self.head = NOBODY  # who is next; nobody when it is closed
        self.seats: dict[Seat, int] = {}  # who may take, with the version of their newest entry
        self.ready: list[tuple[tuple[float, ...], int, Seat]] = []
        self._waiting = [NOBODY]  # sorted, from `_gone` on; whoever was before has left
        self._gone = 0
        self._passed = 0  # how many are passed over just now

    # ── who waits ────────────────────────────────────────────────────────────────────────────

    @property
    def count(self) -> int:
        """How many wait, with those who are passed over just now."""
        return len(self._waiting) - 1 - self._gone + self._passed

    def join(self, item: Item, entry: Entry) -> None:
        """The item stands where its entry belongs."""
        item.line = self
        item.entry = entry
        insort(self._waiting, entry, self._gone)
        if entry < self.head and self.place.open:
            self.head = entry

    def part(self, item: Item) -> None:
        """The item leaves the line."""
        item.line = None
        waiting, first = self._waiting, self._gone
        if waiting[first] == item.entry:
            self.take_first()
        else:
            del waiting[bisect_left(waiting, item.entry, first)]
        self.look()

    def take_first(self) -> None:
        """The first one of an open line leaves it."""
        waiting = self._waiting
        first = self._gone = self._gone + 1
        self.head = waiting[first]
        if first > _SLACK and first * 2 > len(waiting):
            del waiting[:first]
            self._gone = 0

    def pass_first(self) -> None:
        """The first one of an open line is passed over until it is put back."""
        self._passed += 1
        self.take_first()

    def put_back(self, entry: Entry) -> None:
        """Whoever was passed stands in the line again."""
        self._passed -= 1
        insort(self._waiting, entry, self._gone)
        self.look()

    def look(self) -> None:
        """Finds out who is next."""
        self.head = self._waiting[self._gone] if self.place.open else NOBODY

    def entries(self) -> list[Entry]:
        """Everybody in the line, in order."""
        return self._waiting[self._gone : -1]

    # ── who is ready ─────────────────────────────────────────────────────────────────────────

    def admits(self, agent: Agent) -> bool:
        """Whether the agent may take from this line, as far as skills and queues go."""
        if isinstance(self.asked, frozenset):
            return agent.id in self.asked
        return self.place.id in agent.levels and self.asked.met_by(agent.skills)

    def add_seat(self, seat: Seat) -> None:
        if seat not in self.seats:
            self.seats[seat] = _NONE_PUT
            seat.groups.setdefault(self.group, []).append(self)

    def drop_seat(self, seat: Seat) -> None:
        if self.seats.pop(seat, None) is not None:
            lines = seat.groups[self.group]
            lines.remove(self)
            if not lines:
                del seat.groups[self.group]

    def put_ready(self, seat: Seat) -> None:
        """The agent, who has room, is ready to take."""
        agent, queue = seat.agent, self.place.queue
        if self.seats[seat] == seat.version or agent is None or queue is None:
            return
        self.seats[seat] = seat.version
        ready = self.ready
        key = agent_key(queue.strategy, agent, seat.load, self.place.id, self.group.kind,
                        self.asked, seat.used)  # fmt: skip
        heappush(ready, (key, seat.version, seat))
        if len(ready) > 2 * len(self.seats) + _SLACK:
            self.ready = [entry for entry in ready if self.seats.get(entry[2]) == entry[1]]
            heapify(self.ready)

    def first_ready(self, item: Item, now: datetime) -> Seat | None:
        """The first agent whom the item doesn't exclude."""
        waiting = item.waiting
        passed: list[tuple[tuple[float, ...], int, Seat]] = []
        found: Seat | None = None
        while (seat := self._next_ready()) is not None:
            if waiting is None or not waiting.excluded or not excludes(waiting, seat.id, now):
                found = seat
                break
            passed.append(heappop(self.ready))
        for entry in passed:
            heappush(self.ready, entry)
        return found

    def has_ready(self) -> bool:
        return bool(self.ready) and self._next_ready() is not None

    def is_staffed(self) -> bool:
        """Whether what is asked of the agent is met by somebody who is there, busy or not; nothing
        is asked of whoever belongs to the queue, and nobody else is waited for by name."""
        return (
            isinstance(self.asked, frozenset)
            or self.asked == ANYONE
            or any(seat.agent is not None and seat.agent.signed_in for seat in self.seats)
        )

    def is_served(self) -> bool:
        """Whether somebody waits whom somebody could take."""
        return self.head is not NOBODY and bool(self.ready) and self.has_ready()

    def sort_ready(self) -> None:
        """Orders the agents anew, by the strategy as it is now."""
        self.ready.clear()
        for seat in self.seats:
            self.seats[seat] = _NONE_PUT
            if seat.has_room(self.group):
                self.put_ready(seat)

    def _next_ready(self) -> Seat | None:
        while self.ready:
            _, version, seat = self.ready[0]
            if self.seats.get(seat) == version:
                if seat.version == version:
                    return seat
                self.seats[seat] = _NONE_PUT
                heappop(self.ready)
                if seat.has_room(self.group):
                    self.put_ready(seat)
            else:
                heappop(self.ready)
        return None
