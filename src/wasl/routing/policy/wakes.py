"""When to look at whom again."""

from __future__ import annotations

from collections import deque
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
    setting and dropping their end compares nothing. All else is in a heap.
    """

    def __init__(self) -> None:
        self._heap: list[Wake] = []
        self._row: deque[Wake] = deque()
        self._count = 0

    def put(self, whom: Item | Place, at: datetime) -> None:
        """Looks at them then, and not at the moment that was set before."""
        if whom.wake is None:
            self._count += 1
        whom.wake = (at, whom.id.int, whom)
        heappush(self._heap, whom.wake)
        if len(self._heap) > 2 * self._count + _SLACK:
            self._heap = [entry for entry in self._heap if entry[2].wake is entry]
            heapify(self._heap)

    def put_last(self, whom: Item, at: datetime) -> None:
        """As `put`, for what most likely comes after all that was put so before."""
        row = self._row
        if row and at < row[-1][0]:
            self.put(whom, at)
            return
        if whom.wake is None:
            self._count += 1
        whom.wake = (at, whom.id.int, whom)
        row.append(whom.wake)
        if len(row) > 2 * self._count + _SLACK:
            self._row = deque(entry for entry in row if entry[2].wake is entry)

    def drop(self, whom: Item | Place) -> None:
        if whom.wake is not None:
            whom.wake = None
            self._count -= 1

    def first(self) -> datetime | None:
        """The soonest moment."""
        row, heap = self._row, self._heap
        while row and row[0][2].wake is not row[0]:
            row.popleft()
        while heap and heap[0][2].wake is not heap[0]:
            heappop(heap)
        if not row:
            return heap[0][0] if heap else None
        return min(row[0][0], heap[0][0]) if heap else row[0][0]

    def due(self, now: datetime) -> list[Item | Place]:
        """Takes out whom to look at by now, in the order of their moments and then ids."""
        found: list[Wake] = []
        while (first := self.first()) is not None and first <= now:
            row = self._row
            wake = row.popleft() if row and row[0][0] == first else heappop(self._heap)
            self.drop(wake[2])
            found.append(wake)
        found.sort(key=lambda wake: wake[:2])
        return [whom for _, _, whom in found]
