"""When to look at whom again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasl.routing.policy.lines import Item, Place

Wake = tuple[datetime, int, "Item | Place"]

_SLACK = 64  # entries left behind that may be kept besides as many as are alive


class Wakes:
    """When to look at whom again, soonest first; each has one wake at most.

    Offers mostly end in the order in which they are made: those that do stand in a row, where
    setting their end sorts nothing and dropping it does nothing. All else is in a heap. Whoever
    has no wake any more is passed over when their moment comes.
    """

    def __init__(self) -> None:
        self._heap: list[Wake] = []
        self._row: deque[tuple[datetime, Item]] = deque()
        self._count = 0  # of what is alive in the heap

    def put(self, whom: Item | Place, at: datetime) -> None:
        """Looks at them then, and not at the moment that was set before."""
        if whom.wake is None:
            self._count += 1
        whom.wake = (at, whom.id.int, whom)
        heappush(self._heap, whom.wake)
        if len(self._heap) > 2 * self._count + _SLACK:
            self._heap = [entry for entry in self._heap if entry[2].wake is entry]
            heapify(self._heap)

    def put_offered(self, item: Item, expires_at: datetime) -> None:
        """Looks at an item when its offer ends, as long as it is offered."""
        if item.wake is not None:
            self.drop(item)
        row = self._row
        if row and expires_at < row[-1][0]:
            self.put(item, expires_at)
        else:
            row.append((expires_at, item))

    def drop(self, whom: Item | Place) -> None:
        if whom.wake is not None:
            whom.wake = None
            self._count -= 1

    def first(self) -> datetime | None:
        """The soonest moment."""
        row, heap = self._row, self._heap
        while row and row[0][1].expires_at is None:
            row.popleft()
        while heap and heap[0][2].wake is not heap[0]:
            heappop(heap)
        if row and (not heap or row[0][0] < heap[0][0]):
            return row[0][0]
        return heap[0][0] if heap else None

    def due(self, now: datetime) -> Sequence[Item | Place]:
        """Takes out whom to look at by now, in the order of their moments and then ids."""
        row, heap = self._row, self._heap
        while row and row[0][1].expires_at is None:  # what is kept for long is garbage for long
            row.popleft()
        if (not row or row[0][0] > now) and (not heap or heap[0][0] > now):
            return ()
        found: list[Wake] = []
        while (first := self.first()) is not None and first <= now:
            if row and row[0][0] == first:
                at, item = row.popleft()
                found.append((at, item.id.int, item))
            else:
                wake = heappop(heap)
                self.drop(wake[2])
                found.append(wake)
        found.sort(key=lambda wake: wake[:2])
        return [whom for _, _, whom in found]
