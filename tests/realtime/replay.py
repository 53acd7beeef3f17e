"""Old state + events == fresh snapshot: a client's reducer and clients of a hub without a network.

Any source can be put through it: change it by its own services, let `Replay.settle`, and compare
each client's state with what a newcomer is given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.events import Event, append
from wasl.infra.ids import new_id
from wasl.realtime.following import Socket
from wasl.realtime.hub import Hub
from wasl.realtime.wire import Frame

Scope = dict[tuple[str, str], tuple[int, Any]]
"""(kind, id) → (version, data)."""


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not reached():  # noqa: ASYNC110  # of things that have no event to wait for
            await asyncio.sleep(0)


class ClientState:
    """What a client that obeys the contract knows, frame by frame."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}
        self.cursors: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.resyncs: list[str] = []
        self.bye: str | None = None

    def apply(self, frame: dict[str, Any]) -> None:
        t, scope = frame["t"], frame.get("scope", "")
        if t in ("snapshot", "put", "drop"):
            self.cursors[scope] = frame["cursor"]
        if t == "snapshot":
            self.errors.pop(scope, None)
            self.scopes[scope] = {
                (item["kind"], item["id"]): (item["v"], item["data"]) for item in frame["items"]
            }
        elif t == "put":
            key = (frame["kind"], frame["id"])
            state = self.scopes.setdefault(scope, {})
            if frame["v"] >= state.get(key, (0, None))[0]:
                state[key] = (frame["v"], frame["data"])
        elif t == "drop":
            self.scopes.setdefault(scope, {}).pop((frame["kind"], frame["id"]), None)
        elif t == "error":
            self.errors[scope] = frame["code"]
            self.scopes.pop(scope, None)
            self.cursors.pop(scope, None)
        elif t == "resync":
            self.resyncs.append(scope)
        elif t == "bye":
            self.bye = frame["code"]


class DirectClient:
    """A client on a hub, without a network between; keeps its state over reconnections."""

    def __init__(self, hub: Hub, user_id: UUID) -> None:
        self.hub = hub
        self.user_id = user_id
        self.state = ClientState()
        self.frames: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.socket: Socket | None = None
        self._sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        viewer = await self.hub.viewer(self.user_id)
        assert viewer is not None
        self.socket = Socket(viewer, f"sign-in of {self.user_id}", self._arrived)
        self.hub.join(self.socket)
        self._sending = asyncio.create_task(self.socket.wire.run())

    async def disconnect(self) -> None:
        if self.socket is not None and self._sending is not None:
            self.hub.leave(self.socket)
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
            self.socket = self._sending = None

    async def subscribe(self, scope: str, *, resume: bool = False) -> None:
        assert self.socket is not None
        cursor = self.state.cursors.get(scope) if resume else None
        await self.hub.subscribe(self.socket, scope, cursor)

    async def _arrived(self, sent: Frame) -> None:
        frame = msgspec.json.decode(sent["text"])
        self.frames.append(frame)
        self.texts.append(sent["text"])
        self.state.apply(frame)

    async def drain(self) -> None:
        """Until everything that was pushed has arrived."""
        await until(
            lambda: self.socket is None or not self.socket.wire.waiting or bool(self.state.bye)
        )


class Replay:
    """A running hub, and a way to know that it has pushed everything that has happened."""

    def __init__(self, hub: Hub, database: Database, clock: Clock) -> None:
        self.hub = hub
        self._database = database
        self._clock = clock
        self._awaited: dict[UUID, asyncio.Event] = {}
        self.changed: set[UUID] = set()  # what events were about; whoever compares forgets them
        hub.listeners.append(self)

    async def happened(self, batch: Sequence[Event]) -> None:
        for e in batch:
            self.changed.add(e.aggregate_id)
            if e.aggregate_id in self._awaited:
                self._awaited.pop(e.aggregate_id).set()

    def lost(self) -> None:
        raise AssertionError("the hub could not read")

    async def settle(self, *clients: DirectClient) -> None:
        """Until all that has been committed is with the clients."""
        mark = new_id()
        arrived = self._awaited[mark] = asyncio.Event()
        async with self._database.transaction() as conn:
            await append(conn, Event("Marked", "mark", mark, 1, frozenset(), self._clock.now()))
        async with asyncio.timeout(20):
            await arrived.wait()
            for client in clients:
                await client.drain()

    async def fresh(self, user_id: UUID, scope: str) -> Scope | str:
        """What a newcomer is given: the scope's state, or the error's code."""
        return (await self.all_fresh(user_id, [scope]))[scope]

    async def all_fresh(self, user_id: UUID, scopes: Sequence[str]) -> dict[str, Scope | str]:
        """What a newcomer is given of each scope."""
        newcomer = DirectClient(self.hub, user_id)
        await newcomer.connect()
        for scope in scopes:
            await newcomer.subscribe(scope)
        await newcomer.drain()
        await newcomer.disconnect()
        state = newcomer.state
        return {scope: state.errors.get(scope) or state.scopes[scope] for scope in scopes}
