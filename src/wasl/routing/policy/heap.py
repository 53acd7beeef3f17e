"""A heap whose items can be moved and taken out."""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class KeyedHeap(Generic[Item]):
    """Items by key, smallest first; each item stands once.

    Keys must be comparable and different for different items (end them with the item's id).
    Entries left behind by a move are skipped when they come up, and swept when they outnumber
    the living, so that every operation is amortised O(log n).
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Any, int, Item]] = []
        self._living: dict[Item, tuple[Any, int]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._living)

    def __contains__(self, item: object) -> bool:
        return item in self._living

    def put(self, item: Item, key: Any) -> None:
        """Adds the item, or moves it to its new key."""
        known = self._living.get(item)
        if known is not None and known[0] == key:
            return
        self._count += 1
        self._living[item] = (key, self._count)
        heappush(self._entries, (key, self._count, item))
        if len(self._entries) > 2 * len(self._living) + 64:
            self._sweep()

    def drop(self, item: Item) -> None:
        """Takes the item out, if it is there."""
        self._living.pop(item, None)

    def first(self) -> tuple[Any, Item] | None:
        """The smallest key with its item, left in place."""
        while self._entries:
            key, count, item = self._entries[0]
            if self._living.get(item) == (key, count):
                return key, item
            heappop(self._entries)
        return None

    def pop(self) -> tuple[Any, Item] | None:
        """The smallest key with its item, taken out."""
        first = self.first()
        if first is not None:
            heappop(self._entries)
            del self._living[first[1]]
        return first

    def _sweep(self) -> None:
        self._entries = [(key, count, item) for item, (key, count) in self._living.items()]
        heapify(self._entries)
