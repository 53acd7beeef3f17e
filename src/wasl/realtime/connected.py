"""Who is connected: a colleague is gone when none of their sockets has been open for a minute."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from wasl.infra.bus import Bus
from wasl.infra.clock import Clock

GRACE_S = 60.0
_LOOK_S = 5.0
_ASK, _HERE = "connected_ask", "connected_here"

log = logging.getLogger(__name__)


class Connected:
    """Counts the sockets of each colleague in this process and asks the others before it tells
    `on_presence(user_id, False)`; `True` is told at the first socket."""

    def __init__(
        self, bus: Bus, clock: Clock, on_presence: Callable[[UUID, bool], Awaitable[None]]
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._on_presence = on_presence
        self._sockets: Counter[UUID] = Counter()
        self._left_at: dict[UUID, datetime] = {}
        self._asked_at: dict[UUID, datetime] = {}
        self._me = uuid4().hex
        self._questions = bus.subscribe(_ASK)
        self._answers = bus.subscribe(_HERE)

    async def came(self, user_id: UUID) -> None:
        self._sockets[user_id] += 1
        self._forget(user_id)
        if self._sockets[user_id] == 1:
            await self._on_presence(user_id, True)

    def went(self, user_id: UUID) -> None:
        self._sockets[user_id] -= 1
        if self._sockets[user_id] <= 0:
            del self._sockets[user_id]
            self._left_at[user_id] = self._clock.now()

    async def run(self) -> None:
        """Looks every few seconds, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("presence can't be told")
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Answers other processes, asks about those who left, and tells of those gone."""
        now = self._clock.now()
        for question in self._questions.drain():
            asker, _, user = question.decode().partition(" ")
            if asker != self._me and user and UUID(user) in self._sockets:
                self._bus.publish(_HERE, user.encode())
        for answer in self._answers.drain():
            if answer:
                self._forget(UUID(answer.decode()))
        for user_id, left_at in list(self._left_at.items()):
            if now - left_at < timedelta(seconds=GRACE_S):
                continue
            asked_at = self._asked_at.get(user_id)
            if asked_at is None:
                self._asked_at[user_id] = now
                self._bus.publish(_ASK, f"{self._me} {user_id}".encode())
            elif now - asked_at >= timedelta(seconds=2 * _LOOK_S):
                self._forget(user_id)
                await self._on_presence(user_id, False)

    def _forget(self, user_id: UUID) -> None:
        self._left_at.pop(user_id, None)
        self._asked_at.pop(user_id, None)
