"""The clock as a port, so that tests can turn it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; always aware UTC."""

    def now(self) -> datetime: ...

    async def sleep_until(self, at: datetime) -> None:
        """Returns once `now()` has reached `at`."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        # in stretches, because the machine's clock may be set meanwhile
        while self.now() < at:  # noqa: ASYNC110 (nobody tells us that time has passed)
            await asyncio.sleep(min((at - self.now()).total_seconds(), 60))


class TurnedClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._at

    def turn(self, by_s: float) -> None:
        """Moves on by `by_s` seconds (negative turns it back)."""
        self._at += timedelta(seconds=by_s)
        for at, woken in self._sleepers:
            if at <= self._at and not woken.done():
                woken.set_result(None)
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].done()]

    async def sleep_until(self, at: datetime) -> None:
        if at > self._at:
            woken = asyncio.get_running_loop().create_future()
            self._sleepers.append((at, woken))
            await woken
