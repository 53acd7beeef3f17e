"""The desk's websocket: who is it, may this page open it, and what it asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import msgspec
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from wasl.realtime.connected import Connected
from wasl.realtime.ephemeral import Allowance, Ephemeral, Who
from wasl.realtime.following import Socket
from wasl.realtime.hub import Hub
from wasl.realtime.wire import (
    FromDesk,
    Ping,
    SendFrame,
    Subscribe,
    Typing,
    Unsubscribe,
    Wire,
    frame,
    from_desk,
)

MAX_FRAME = 65_536
IDLE_S = 90.0  # a client pings at least once a minute
_PONG = frame("pong")
_OPENING_AT_ONCE = 4  # the others wait here and not in the pool, where the wait is limited

_LAST_WORD_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who opens a socket; `sign_in` names the sign-in or token it comes with (never a secret)."""

    user_id: UUID
    sign_in: str


Authenticate = Callable[[HTTPConnection], Awaitable[Caller | None]]


class Endpoint:
    """A websocket's ASGI endpoint whose frames go straight to the server: Starlette's checks of
    each frame would cost a tenth of it."""

    def __init__(self, talk: Callable[[WebSocket, SendFrame], Awaitable[None]]) -> None:
        self._talk = talk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI speaks of awaitables; every server's are coroutines, which the wire needs
        await self._talk(WebSocket(scope, receive, send), cast(SendFrame, send))


def desk_endpoint(
    hub: Hub,
    ephemeral: Ephemeral,
    connected: Connected,
    authenticate: Authenticate,
    origins: Collection[str],
) -> Endpoint:
    """The endpoint of the desk socket. `origins` are the pages that may open it by cookie
    besides those of the same host."""

    opening = asyncio.Semaphore(_OPENING_AT_ONCE)

    async def talk(websocket: WebSocket, send: SendFrame) -> None:
        if not _origin_may(websocket, origins):
            await websocket.close(1008)  # not accepted: HTTP 403
            return
        await websocket.accept()
        try:
            async with opening:
                caller = await authenticate(websocket)
                viewer = await hub.viewer(caller.user_id) if caller else None
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("a desk can't be let in: %s", type(error).__name__)
            await websocket.send(frame("bye", code="going_away"))
            await websocket.close(1001)
            return
        if caller is None or viewer is None:
            await websocket.send(frame("bye", code="signed_out"))
            await websocket.close(4401)
            return
        socket = Socket(viewer, caller.sign_in, send)
        sending = asyncio.create_task(send_all(websocket, socket.wire))
        hub.join(socket)
        try:
            await connected.came(viewer.user_id)
            await _receive(websocket, socket, hub, ephemeral)
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("a desk can't be served: %s", type(error).__name__)
            await send_away(socket.wire, sending)
        finally:
            hub.leave(socket)
            ephemeral.viewing(socket, None)
            connected.went(viewer.user_id)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    return Endpoint(talk)


async def _receive(websocket: WebSocket, socket: Socket, hub: Hub, ephemeral: Ephemeral) -> None:
    allowance = Allowance(burst=100, per_s=20)
    chatter = Allowance(burst=10, per_s=2)
    while (text := await receive_text(websocket)) is not None:
        if not allowance.take():
            await close(websocket, 1008)
            return
        try:
            asked = from_desk.decode(text)
        except msgspec.DecodeError:
            socket.wire.push(frame("error", scope="", code="frame_invalid"))
            continue
        if isinstance(asked, Ping):
            socket.wire.push(_PONG)
        elif isinstance(asked, Subscribe):
            await hub.subscribe(socket, asked.scope, asked.cursor)
            _tell_viewers(socket, asked.scope, ephemeral)
        elif isinstance(asked, Unsubscribe):
            hub.unsubscribe(socket, asked.scope)
        elif chatter.take():
            _chat(socket, asked, ephemeral)


def _tell_viewers(socket: Socket, scope: str, ephemeral: Ephemeral) -> None:
    subscription = socket.subscriptions.get(scope)
    if subscription is not None and subscription.family.name == "conversation":
        ephemeral.tell(socket, UUID(subscription.argument))


def _chat(socket: Socket, asked: FromDesk, ephemeral: Ephemeral) -> None:
    """Typing and viewing, of conversations that the socket follows."""
    if isinstance(asked, Typing):
        if f"conversation:{asked.conversation}" in socket.subscriptions:
            viewer = socket.viewer
            ephemeral.typing(
                asked.conversation, Who("agent", viewer.user_id, viewer.name), asked.on
            )
    elif not isinstance(asked, (Ping, Subscribe, Unsubscribe)) and (
        asked.conversation is None or f"conversation:{asked.conversation}" in socket.subscriptions
    ):
        ephemeral.viewing(socket, asked.conversation)


# ── what both sockets share ──────────────────────────────────────────────────────────────────


async def send_all(websocket: WebSocket, wire: Wire) -> None:
    """Sends what is pushed until the wire is closed, then closes the socket."""
    try:
        await wire.run()
        await close(websocket, 1000)
    except (WebSocketDisconnect, OSError, RuntimeError):
        return  # the client has gone: the receiving half hears of it


async def send_away(wire: Wire, sending: asyncio.Task[None]) -> None:
    """Tells the client to come again, if it still listens."""
    wire.close(last=frame("bye", code="going_away"))
    await asyncio.wait({sending}, timeout=_LAST_WORD_S)


async def receive_text(websocket: WebSocket) -> str | None:
    """The next text frame; None when the client has gone, is silent or breaks the rules."""
    try:
        async with asyncio.timeout(IDLE_S):
            text = await websocket.receive_text()
    except WebSocketDisconnect:
        return None
    except TimeoutError:
        await close(websocket, 1001)
        return None
    except KeyError:  # a binary frame
        await close(websocket, 1003)
        return None
    if len(text) > MAX_FRAME:
        await close(websocket, 1009)
        return None
    return text


async def close(websocket: WebSocket, code: int) -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        await websocket.close(code)


def _origin_may(websocket: WebSocket, origins: Collection[str]) -> bool:
    """A browser names the page's origin; one without is a program, which brings a token."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return "authorization" in websocket.headers
    return origin in origins or origin.partition("://")[2] == websocket.headers.get("host")
