"""The frames of the desk socket, and the bounded sending half of a socket."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

import msgspec
from starlette.types import Message

MAX_FRAMES = 2_000
MAX_CHARACTERS = 2_000_000


class Subscribe(msgspec.Struct, tag_field="t", tag="sub", forbid_unknown_fields=True):
    scope: str
    cursor: str | None = None


class Unsubscribe(msgspec.Struct, tag_field="t", tag="unsub", forbid_unknown_fields=True):
    scope: str


class Typing(msgspec.Struct, tag_field="t", tag="typing", forbid_unknown_fields=True):
    conversation: UUID
    on: bool


class Viewing(msgspec.Struct, tag_field="t", tag="viewing", forbid_unknown_fields=True):
    conversation: UUID | None


class Ping(msgspec.Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    pass


FromDesk = Subscribe | Unsubscribe | Typing | Viewing | Ping
from_desk: msgspec.json.Decoder[FromDesk] = msgspec.json.Decoder(FromDesk)

encode = msgspec.json.Encoder().encode


Frame = Message
"""A frame as ASGI sends it: {"type": "websocket.send", "text": …}; one may go to many sockets."""


def frame(t: str, **fields: Any) -> Frame:
    """A frame of any kind but `put`."""
    return _framed(encode({"t": t, **fields}).decode())


def _framed(text: str) -> Frame:
    return {"type": "websocket.send", "text": text}


def put_tail(cursor: str, kind: str, id_: UUID, v: int, data: Mapping[str, Any]) -> str:
    """What `put` frames of one entity have in common; `put` adds the scope."""
    body = encode({"cursor": cursor, "kind": kind, "id": id_, "v": v, "data": data})
    return body[1:].decode()


def put(scope: str, tail: str) -> Frame:
    return _framed(f'{{"t":"put","scope":{encode(scope).decode()},{tail}')


SendFrame = Callable[[Frame], Coroutine[Any, Any, None]]
"""Sends one frame: at once, or when it waits, then before it has sent anything."""


class Wire:
    """Frames on their way to one client, who may be slow.

    A frame leaves at once while the client takes frames; what it doesn't take waits for `run`.
    Over the bound everything that waits is forgotten and `on_overflow` says what comes instead.
    """

    __slots__ = (
        "_characters",
        "_closing",
        "_frames",
        "_on_overflow",
        "_send",
        "_sending",
        "_waiter",
    )

    def __init__(self, send: SendFrame, on_overflow: Callable[[], None]) -> None:
        self._send = send
        self._on_overflow = on_overflow
        self._frames: deque[Frame] = deque()
        self._characters = 0
        self._sending = False
        self._waiter: asyncio.Future[None] | None = None  # while `run` has nothing to do
        self._closing = False

    @property
    def waiting(self) -> int:
        """How many frames are not yet with the transport, including one on its way."""
        return len(self._frames) + self._sending

    def push(self, frame: Frame) -> None:
        if self._closing:
            return
        frames = self._frames
        if self._waiter is not None and self._sends_at_once(frame):
            return
        frames.append(frame)
        self._characters += len(frame["text"])
        # a single one, however long, is a snapshot
        if len(frames) > 1 and (len(frames) > MAX_FRAMES or self._characters > MAX_CHARACTERS):
            frames.clear()
            self._characters = 0
            self._on_overflow()
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.set_result(None)

    def _sends_at_once(self, frame: Frame) -> bool:
        sending = self._send(frame)
        try:
            sending.send(None)
        except StopIteration:
            return True
        except Exception:  # the client has gone: `run` hears of it
            return False
        sending.close()
        return False

    def close(self, *, last: Frame) -> None:
        """Sends `last` instead of what waits; `run` then returns."""
        if self._closing:
            return
        self._closing = True
        self._frames.clear()
        self._frames.append(last)
        self._wake()

    async def run(self) -> None:
        """Sends in order until closed; called once."""
        frames = self._frames
        while True:
            while frames:
                frame = frames.popleft()
                self._characters -= len(frame["text"])
                self._sending = True
                await self._send(frame)
                self._sending = False
                del frame  # a snapshot is large, and the next frame may be long in coming
            if self._closing:
                return
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            try:
                await waiter
            finally:
                self._waiter = None
