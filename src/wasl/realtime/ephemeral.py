"""Typing and viewing: told over the bus, kept nowhere, gone by themselves."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID, uuid4

import msgspec

from wasl.infra.bus import Bus
from wasl.realtime.following import Socket
from wasl.realtime.hub import Hub
from wasl.realtime.wire import Frame, encode, frame

TYPING_S = 6.0
VIEWING_S = 45.0
_RENEW_S = 15.0
_TYPING, _VIEWING = "typing", "viewing"
_MAX_VIEWERS = 20  # shown of one conversation


class Who(msgspec.Struct, frozen=True):
    """Who types: kind is contact or agent."""

    kind: str
    id: UUID
    name: str


class _Typing(msgspec.Struct, frozen=True):
    conversation: UUID
    who: Who
    on: bool
    text: str = ""


class _Ref(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class _Viewing(msgspec.Struct, frozen=True):
    """All who look at a conversation through one process."""

    process: str
    conversation: UUID
    users: list[_Ref]


class Allowance:
    """A rate: `burst` at once, `per_s` on and on."""

    __slots__ = ("_at", "_burst", "_left", "_per_s")

    def __init__(self, *, burst: int, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more is within the rate."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Ephemeral:
    """Who is typing in and who is looking at each conversation, in all processes."""

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self.on_typing: list[Callable[[UUID, Who, bool], None]] = []
        self._hub = hub
        self._bus = bus
        self._process = uuid4().hex
        self._expiring: dict[tuple[UUID, UUID], asyncio.TimerHandle] = {}
        self._looking: dict[Socket, UUID] = {}
        # conversation → process → (when it fades, who looks)
        self._views: dict[UUID, dict[str, tuple[float, list[_Ref]]]] = defaultdict(dict)
        self._heard_typing = bus.subscribe(_TYPING)
        self._heard_viewing = bus.subscribe(_VIEWING)

    def typing(self, conversation: UUID, who: Who, on: bool) -> None:
        self._bus.publish(_TYPING, encode(_Typing(conversation, who, on)))

    def viewing(self, socket: Socket, conversation: UUID | None) -> None:
        """A socket looks at a conversation, or (None) at none."""
        before = self._looking.pop(socket, None)
        if conversation is not None:
            self._looking[socket] = conversation
        for changed in {before, conversation}:
            if changed is not None:
                self._tell_viewing(changed)

    def tell(self, socket: Socket, conversation: UUID) -> None:
        """Who looks, to one that has begun to follow a conversation."""
        if users := self._viewers(conversation):
            socket.wire.push(_viewing_frame(conversation, users))

    async def run(self) -> None:
        """Passes on what is heard, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_typing())
            tasks.create_task(self._follow_viewing())
            tasks.create_task(self._renew())

    async def _follow_typing(self) -> None:
        async for payload in self._heard_typing:
            if payload:
                self._pass_on(msgspec.json.decode(payload, type=_Typing))

    def _pass_on(self, heard: _Typing) -> None:
        key = (heard.conversation, heard.who.id)
        if handle := self._expiring.pop(key, None):
            handle.cancel()
        if heard.on:
            stopped = _Typing(heard.conversation, heard.who, on=False)
            loop = asyncio.get_running_loop()
            self._expiring[key] = loop.call_later(TYPING_S, self._pass_on, stopped)
        scope = f"conversation:{heard.conversation}"
        told = frame("typing", scope=scope, who=heard.who, on=heard.on, text=heard.text)
        for subscription in self._hub.following(scope):
            if subscription.socket.viewer.user_id != heard.who.id:
                subscription.socket.wire.push(told)
        for listener in self.on_typing:
            listener(heard.conversation, heard.who, heard.on)

    async def _follow_viewing(self) -> None:
        async for payload in self._heard_viewing:
            if payload:
                heard = msgspec.json.decode(payload, type=_Viewing)
                before = self._viewers(heard.conversation)
                fades = time.monotonic() + VIEWING_S
                self._views[heard.conversation][heard.process] = (fades, heard.users)
                self._tell_change(heard.conversation, before)

    def _tell_viewing(self, conversation: UUID) -> None:
        here = {
            socket.viewer.user_id: _Ref(socket.viewer.user_id, socket.viewer.name)
            for socket, looked_at in self._looking.items()
            if looked_at == conversation
        }
        users = sorted(here.values(), key=lambda user: user.id)[:_MAX_VIEWERS]
        self._bus.publish(_VIEWING, encode(_Viewing(self._process, conversation, users)))

    def _viewers(self, conversation: UUID) -> list[_Ref]:
        now = time.monotonic()
        views = self._views.get(conversation, {})
        for process in [p for p, (fades, users) in views.items() if fades < now or not users]:
            del views[process]
        if not views:
            self._views.pop(conversation, None)
        found = {user.id: user for _, users in views.values() for user in users}
        return sorted(found.values(), key=lambda user: user.id)[:_MAX_VIEWERS]

    def _tell_change(self, conversation: UUID, before: list[_Ref]) -> None:
        users = self._viewers(conversation)
        if users != before:
            told = _viewing_frame(conversation, users)
            for subscription in self._hub.following(f"conversation:{conversation}"):
                subscription.socket.wire.push(told)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            for conversation in set(self._looking.values()):
                self._tell_viewing(conversation)
            for conversation, views in list(self._views.items()):
                before = [user for _, users in views.values() for user in users]
                self._tell_change(conversation, sorted(before, key=lambda user: user.id))


def _viewing_frame(conversation: UUID, users: list[_Ref]) -> Frame:
    return frame("viewing", scope=f"conversation:{conversation}", users=users)
