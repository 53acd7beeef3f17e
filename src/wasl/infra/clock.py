"""The clock as a port, so that tests can turn it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; always aware UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TurnedClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def turn(self, by_s: float) -> None:
        """Moves on by `by_s` seconds (negative turns it back)."""
        self._at += timedelta(seconds=by_s)
