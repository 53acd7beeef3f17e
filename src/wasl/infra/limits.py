"""Rate limits in memory: a bucket per key, bounded in number."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from wasl.infra.errors import TooMany

_MOST_KEYS = 50_000


class RateLimit:
    """At most `burst` at once and `per_s` a second for each key (a token bucket)."""

    def __init__(self, *, burst: int, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, key: str, now: datetime) -> None:
        """Takes one; TooMany("too_many_requests") when there is none."""
        left, at = self._left.pop(key, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - at).total_seconds()) * self._per_s)
        if left < 1:
            self._left[key] = (left, now)
            raise TooMany("too_many_requests", after_s=int((1 - left) / self._per_s) + 1)
        self._left[key] = (left - 1, now)
        if len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)
