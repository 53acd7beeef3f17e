"""When to look at whom again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasl.routing.policy.lines import Item, Place

Wake = tuple[datetime, int, "Item | Place"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_SLACK = 64  # entries left behind that may be kept besides as many as are alive


class Wakes:
    """When to look at whom again, soonest first; each has one wake at most.

    Offers mostly end in the order in which they are made: those that do stand in a row, where
    setting their end sorts nothing and dropping it does nothing. All else is in a heap. Whoever
    has no wake any more is passed over when their moment comes.
    """

    def __init__(self) -> None:
        self._heap: list[Wake] = []
        self._row: deque[Item] = deque()
        self._row_ends = datetime.min.replace(tzinfo=UTC)
        self.soonest = _NEVER  # nobody is to be looked at before; may be better than the truth
        self._count = 0  # of what is alive in the heap

    def put(self, whom: Item | Place, at: datetime) -> None:
        """Looks at them then, and not at the moment that was set before."""
        if whom.wake is None:
            self._count += 1
        whom.wake = (at, whom.id.int, whom)
        if at < self.soonest:
            self.soonest = at
        heappush(self._heap, whom.wake)
        if len(self._heap) > 2 * self._count + _SLACK:
            self._heap = [entry for entry in self._heap if entry[2].wake is entry]
            heapify(self._heap)

    def put_offered(self, item: Item, expires_at: datetime) -> None:
        """Looks at an item when its offer ends, as long as it is offered."""
        if item.wake is not None:
            self.drop(item)
        if expires_at < self._row_ends:
            self.put(item, expires_at)
            return
        self._row_ends = expires_at
        if expires_at < self.soonest:
            self.soonest = expires_at
        row = self._row
        while row and row[0].expires_at is None:  # what is kept for long is garbage for long
            row.popleft()
        row.append(item)

    def drop(self, whom: Item | Place) -> None:
        if whom.wake is not None:
            whom.wake = None
            self._count -= 1

    def first(self) -> datetime | None:
        """The soonest moment."""
        ends, heap = self._first_end(), self._heap
        while heap and heap[0][2].wake is not heap[0]:
            heappop(heap)
        if heap and (ends is None or heap[0][0] <= ends):
            return heap[0][0]
        return ends

    def due(self, now: datetime) -> Sequence[Item | Place]:
        """Takes out whom to look at by now, in the order of their moments and then ids."""
        found: list[Wake] = []
        while (first := self.first()) is not None and first <= now:
            if first == self._first_end():
                item = self._row.popleft()
                found.append((first, item.id.int, item))
            else:
                wake = heappop(self._heap)
                self.drop(wake[2])
                found.append(wake)
        self.soonest = first or _NEVER
        found.sort(key=lambda wake: wake[:2])
        return [whom for _, _, whom in found]

    def _first_end(self) -> datetime | None:
        """When the first offer of the row ends."""
        row = self._row
        while row:
            ends = row[0].expires_at
            if ends is not None:
                return ends
            row.popleft()
        return None
