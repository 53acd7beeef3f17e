"""The contact's own socket: their conversation as they may see it, live."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.websockets import WebSocket

from wasl.infra.database import reading
from wasl.infra.events import Event
from wasl.realtime.desk_socket import Endpoint, close, receive_text, send_all, send_away
from wasl.realtime.ephemeral import Allowance, Ephemeral, Who
from wasl.realtime.hub import Hub
from wasl.realtime.wire import Ping, SendFrame, Wire, encode, frame

_PONG = frame("pong")
# what becomes of our own messages on their way is for colleagues
_TELLS_THEM_NOTHING = frozenset({"MessageStateChanged"})
# Clients that open or are told at the same time wait here and not in the pool, where the wait is
# limited and those who write would wait behind them.
_OPENING_AT_ONCE = 4
_TOLD_AT_ONCE = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A contact's client. `keys` are audience keys of its events ("contact:<id>"); besides, it
    hears of every event of its conversation. `person` is what `ContactSide` knows it by."""

    contact_id: UUID
    name: str
    keys: frozenset[str]
    conversation_id: UUID | None
    person: Any = None


@dataclass(frozen=True, slots=True)
class News:
    """The visitor as they stand now: a conversation may have begun. Those of the messages that
    they may see, as ClientMessage, by seq, and the timeline's `conversation`."""

    visitor: Visitor
    messages: Sequence[Mapping[str, Any]]
    conversation: Mapping[str, Any] | None


class ContactSide(Protocol):
    """What a contact may see; given by the owner of the conversations."""

    async def verify(self, conn: AsyncConnection, public_key: str, token: str) -> Visitor | None:
        """The visitor as they stand now; None when the token or the channel is not good."""

    async def timeline(
        self, conn: AsyncConnection, visitor: Visitor, last_seq: int
    ) -> Mapping[str, Any]:
        """{items, next, conversation} as the timeline route gives it: what is newer than
        `last_seq`, or the newest page when that is too much."""

    async def news(
        self,
        conn: AsyncConnection,
        public_key: str,
        token: str,
        shown: UUID | None,
        ids: Collection[UUID],
    ) -> News | None:
        """What has become of these messages; `shown` is the conversation that the client shows.
        None when the token or the channel is no longer good."""

    async def read(self, visitor: Visitor, seq: int) -> None:
        """The contact has read up to `seq`; in a transaction of its own."""

    def origin_may(self, public_key: str, origin: str | None) -> Awaitable[bool]:
        """Whether a page of this origin may carry the channel's client."""


class Hello(msgspec.Struct, tag_field="t", tag="hello"):
    token: str
    last_seq: int = 0


class ClientTyping(msgspec.Struct, tag_field="t", tag="typing"):
    on: bool


class Read(msgspec.Struct, tag_field="t", tag="read"):
    seq: int


_from_client: msgspec.json.Decoder[Hello | ClientTyping | Read | Ping] = msgspec.json.Decoder(
    Hello | ClientTyping | Read | Ping
)


class _Client:
    """One contact's connected client."""

    def __init__(self, visitor: Visitor, public_key: str, hello: Hello, wire: Wire) -> None:
        self.visitor = visitor
        self.public_key = public_key
        self.token = hello.token
        self.newest = hello.last_seq
        self.wire = wire
        self.conversation: bytes = b"null"
        self.agent_read_seq = 0
        self.open = True
        self.busy = True  # it begins, or is being told
        self.changed = False  # since then
        self.missed: set[UUID] = set()  # the messages that did

    def found_by(self) -> frozenset[str]:
        """What it is found by: audience keys, and its conversation's id."""
        if self.visitor.conversation_id is None:
            return self.visitor.keys
        return self.visitor.keys | {str(self.visitor.conversation_id)}


class ClientChanges:
    """Tells connected contacts what happens in their conversation; a listener of the hub."""

    def __init__(self, hub: Hub, ephemeral: Ephemeral, side: ContactSide) -> None:
        self.hub = hub
        self.ephemeral = ephemeral
        self.side = side
        self._by_key: dict[str, set[_Client]] = defaultdict(set)
        self._opening = asyncio.Semaphore(_OPENING_AT_ONCE)
        self._telling = asyncio.Semaphore(_TOLD_AT_ONCE)
        hub.listeners.append(self)
        ephemeral.on_typing.append(self._typing)

    def add(self, client: _Client) -> None:
        for key in client.found_by():
            self._by_key[key].add(client)

    def remove(self, client: _Client) -> None:
        """It is told nothing more."""
        client.open = False
        self._forget(client)

    def _forget(self, client: _Client) -> None:
        for key in client.found_by():
            self._by_key[key].discard(client)
            if not self._by_key[key]:
                del self._by_key[key]

    async def verify(self, public_key: str, token: str) -> Visitor | None:
        """The visitor of a client that opens."""
        async with self._opening, reading(self.hub.engine) as conn:
            return await self.side.verify(conn, public_key, token)

    async def begin(self, client: _Client) -> None:
        """Sends what is newer than the client's last message, then what changed meanwhile."""
        async with self._opening, reading(self.hub.engine) as conn:
            self._renew(client, await self.side.verify(conn, client.public_key, client.token))
            shown = await self.side.timeline(conn, client.visitor, client.newest)
        self._note(client, shown["items"], shown["conversation"])
        client.wire.push(frame("snapshot", **shown))
        await self._catch_up(client)

    async def happened(self, batch: Sequence[Event]) -> None:
        if not self._by_key:
            return
        for e in batch:
            if e.aggregate_kind != "conversation" or e.type in _TELLS_THEM_NOTHING:
                continue
            ids = {UUID(id_) for id_ in e.data.get("message_ids", ())}
            for key in (e.audience | e.audience_before | {str(e.aggregate_id)}) & (
                self._by_key.keys()
            ):
                for client in self._by_key[key]:
                    client.missed |= ids
                    client.changed = True
                    if not client.busy:
                        client.busy = True
                        self.hub.spawn(self._catch_up(client))

    async def _catch_up(self, client: _Client) -> None:
        """Tells it what has changed; all that changes meanwhile is told together."""
        try:
            while client.changed and client.open:
                async with self._telling, reading(self.hub.engine) as conn:
                    missed, client.missed, client.changed = client.missed, set(), False
                    await self._push(conn, client, missed)
        except Exception as error:  # whatever it is: who comes again has everything
            away = isinstance(error, DBAPIError | PoolTimeoutError)
            said = "a contact's client can't be told: %s"
            log.warning(said, type(error).__name__, exc_info=None if away else error)
            client.wire.close(last=frame("bye", code="going_away"))
        finally:
            client.busy = False

    def lost(self) -> None:
        for client in {client for clients in self._by_key.values() for client in clients}:
            client.wire.close(last=frame("bye", code="going_away"))

    async def _push(self, conn: AsyncConnection, client: _Client, ids: set[UUID]) -> None:
        shown = client.visitor.conversation_id
        news = await self.side.news(conn, client.public_key, client.token, shown, ids)
        if not self._renew(client, news.visitor if news else None) or news is None:
            return
        newest = client.newest
        for message in news.messages:
            kind = "message" if message["seq"] > newest else "update"
            client.wire.push(frame(kind, message=message))
        known, read = client.conversation, client.agent_read_seq
        self._note(client, news.messages, news.conversation)
        if client.conversation != known:
            client.wire.push(frame("conversation", conversation=news.conversation))
        if client.agent_read_seq > read:
            client.wire.push(frame("read", seq=client.agent_read_seq))

    def _renew(self, client: _Client, visitor: Visitor | None) -> bool:
        """Takes the visitor as they stand now; False when the token is no longer good."""
        if visitor is None:
            client.wire.close(last=frame("bye", code="signed_out"))
            return False
        if visitor != client.visitor and client.open:
            self._forget(client)
            client.visitor = visitor
            self.add(client)
        return True

    def _note(
        self,
        client: _Client,
        messages: Sequence[Mapping[str, Any]],
        conversation: Mapping[str, Any] | None,
    ) -> None:
        client.newest = max([client.newest, *(message["seq"] for message in messages)])
        client.conversation = encode(conversation)
        if conversation is not None:
            client.agent_read_seq = max(
                client.agent_read_seq, conversation.get("agent_read_seq") or 0
            )

    def _typing(self, conversation: UUID, who: Who, on: bool) -> None:
        if who.kind == "contact":
            return
        told = frame("typing", on=on, name=who.name)
        for client in self._by_key.get(str(conversation), ()):
            client.wire.push(told)


def client_endpoint(changes: ClientChanges) -> Endpoint:
    """The endpoint of `/client/v1/{public_key}/socket`; the first frame is the hello."""

    async def talk(websocket: WebSocket, send: SendFrame) -> None:
        public_key = websocket.path_params["public_key"]
        if not await changes.side.origin_may(public_key, websocket.headers.get("origin")):
            await websocket.close(1008)
            return
        await websocket.accept()
        hello = _decoded(await receive_text(websocket))
        visitor = None
        if isinstance(hello, Hello):
            try:
                visitor = await changes.verify(public_key, hello.token)
            except (DBAPIError, PoolTimeoutError) as error:
                log.warning("a contact's client can't be verified: %s", type(error).__name__)
                await websocket.send(frame("bye", code="going_away"))
                await close(websocket, 1001)
                return
        if visitor is None or not isinstance(hello, Hello):
            await websocket.send(frame("bye", code="signed_out"))
            await close(websocket, 4401)
            return
        wire = Wire(send, lambda: wire.close(last=frame("bye", code="going_away")))
        client = _Client(visitor, public_key, hello, wire)
        sending = asyncio.create_task(send_all(websocket, wire))
        changes.add(client)
        try:
            await changes.begin(client)
            await _receive(websocket, client, changes)
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("a contact's client can't be served: %s", type(error).__name__)
            await send_away(wire, sending)
        finally:
            changes.remove(client)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    return Endpoint(talk)


async def _receive(websocket: WebSocket, client: _Client, changes: ClientChanges) -> None:
    allowance = Allowance(burst=30, per_s=5)
    while (text := await receive_text(websocket)) is not None:
        if not allowance.take():
            await close(websocket, 1008)
            return
        asked = _decoded(text)
        if isinstance(asked, Ping):
            client.wire.push(_PONG)
        elif isinstance(asked, Read):
            await changes.side.read(client.visitor, asked.seq)
        elif isinstance(asked, ClientTyping) and client.visitor.conversation_id is not None:
            who = Who("contact", client.visitor.contact_id, client.visitor.name)
            changes.ephemeral.typing(client.visitor.conversation_id, who, asked.on)
        elif asked is None:
            client.wire.push(frame("error", code="frame_invalid"))


def _decoded(text: str | None) -> Hello | ClientTyping | Read | Ping | None:
    if text is None:
        return None
    try:
        return _from_client.decode(text)
    except msgspec.DecodeError:
        return None
