"""The bus: tells other processes that something happened; the data itself stays in PostgreSQL.

Nothing on it is durable. A wake is a hint to look; an ephemeral message (typing, viewing) may be
lost. Whoever needs every fact reads the event log.

- LocalBus: one process
- PostgresBus: LISTEN on one direct connection, coalesced NOTIFY on another
- NatsBus: NATS core
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4
from weakref import WeakSet

import msgspec
import psycopg

if TYPE_CHECKING:
    from nats.aio.msg import Msg

MAX_PAYLOAD = 4_000
"""The longest payload or hint in bytes."""

_COALESCE_S = 0.002
_MAX_PENDING = 1_024  # of one subscription
_MAX_OUTGOING = 8_192  # while the network is away
_START_S = 10.0
_FIRST_RETRY_S = 0.1
_LONGEST_RETRY_S = 5.0

log = logging.getLogger(__name__)


class Subscription(AsyncIterator[bytes]):
    """What arrives on one topic from the moment of subscribing; ends when the bus stops.

    Equal payloads that wait are one, at the newer one's place. When too many wait they become a
    single b"", which means: something was lost, look for yourself. It lasts as long as somebody
    holds it.
    """

    def __init__(self) -> None:
        self._pending: dict[bytes, None] = {}
        self._arrived = asyncio.Event()
        self._ended = False

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> bytes:
        while not self._pending:
            if self._ended:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        payload = next(iter(self._pending))
        del self._pending[payload]
        return payload

    def drain(self) -> list[bytes]:
        """Everything that waits, at once."""
        waiting = list(self._pending)
        self._pending.clear()
        return waiting

    def deliver(self, payload: bytes) -> None:
        self._pending.pop(payload, None)
        if len(self._pending) >= _MAX_PENDING:
            self._pending = {b"": None}
        self._pending[payload] = None
        self._arrived.set()

    def end(self) -> None:
        self._ended = True
        self._arrived.set()


class Bus(Protocol):
    """How processes wake one another."""

    async def start(self) -> None:
        """Returns once what others send is heard; TimeoutError when that takes too long."""

    async def stop(self) -> None:
        """Ends every subscription."""

    def wake(self, topic: str, hint: str = "") -> None:
        """Says at once here, and within milliseconds elsewhere, that something changed."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends something ephemeral to every subscriber; it may be lost."""

    def subscribe(self, topic: str) -> Subscription:
        """Hints and payloads of a topic, from now on."""


class LocalBus:
    """A bus within one process."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, WeakSet[Subscription]] = {}

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        for subscriptions in self._subscriptions.values():
            for subscription in list(subscriptions):
                subscription.end()

    def wake(self, topic: str, hint: str = "") -> None:
        self.publish(topic, hint.encode())

    def publish(self, topic: str, payload: bytes) -> None:
        if len(payload) > MAX_PAYLOAD or len(topic) > 100:
            raise ValueError(f"a payload is at most {MAX_PAYLOAD} bytes, a topic 100 characters")
        self._deliver(topic, payload)

    def subscribe(self, topic: str) -> Subscription:
        subscription = Subscription()
        self._subscriptions.setdefault(topic, WeakSet()).add(subscription)
        return subscription

    def _deliver(self, topic: str, payload: bytes) -> None:
        for subscription in list(self._subscriptions.get(topic, ())):
            subscription.deliver(payload)

    def _wake_everybody(self) -> None:
        """After an interruption: what was missed in it is unknown, so that all look."""
        for topic in list(self._subscriptions):
            self._deliver(topic, b"")


class _NetworkBus(LocalBus):
    """Local delivery at once; what goes out is sent in order, at most once in a moment."""

    def __init__(self) -> None:
        super().__init__()
        self._outgoing: dict[tuple[str, bytes], None] = {}
        self._something_out = asyncio.Event()
        self._sent_at = 0.0  # on the loop's clock
        self._tasks: list[asyncio.Task[None]] = []

    def publish(self, topic: str, payload: bytes) -> None:
        super().publish(topic, payload)
        self._outgoing.pop((topic, payload), None)
        self._outgoing[(topic, payload)] = None
        if len(self._outgoing) > _MAX_OUTGOING:
            del self._outgoing[next(iter(self._outgoing))]
        self._something_out.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await super().stop()

    async def _coalesced(self) -> list[tuple[str, bytes]]:
        """What has gathered since the last time, a moment after that at the earliest."""
        await self._something_out.wait()
        clock = asyncio.get_running_loop().time
        if (early_s := self._sent_at + _COALESCE_S - clock()) > 0:
            await asyncio.sleep(early_s)
        self._sent_at = clock()
        self._something_out.clear()
        gathered = list(self._outgoing)
        self._outgoing.clear()
        return gathered

    def _put_back(self, unsent: list[tuple[str, bytes]]) -> None:
        self._outgoing = dict.fromkeys(unsent) | self._outgoing
        self._something_out.set()


class PostgresBus(_NetworkBus):
    """LISTEN/NOTIFY, on two connections that must not pass through a transaction pooler.

    `dsn` is direct. A lost connection is made again with back-off, and then everybody is woken.
    """

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self._dsn = dsn
        self._origin = uuid4().hex
        self._listening = asyncio.Event()

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]
        try:
            async with asyncio.timeout(_START_S):
                await self._listening.wait()
        except TimeoutError:
            await self.stop()
            raise

    async def _listen(self) -> None:
        retry = _Retry()
        while True:
            try:
                async with await self._connect() as conn:
                    await conn.execute("LISTEN wasl_bus")
                    retry.succeeded()
                    if self._listening.is_set():
                        self._wake_everybody()
                    self._listening.set()
                    async for notification in conn.notifies():
                        self._receive(notification.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("the bus lost its listening connection: %s", type(error).__name__)
            await retry.wait()

    def _receive(self, text: str) -> None:
        try:
            origin, items = msgspec.json.decode(text, type=tuple[str, list[tuple[str, bytes]]])
        except msgspec.DecodeError:
            log.warning("the bus heard a notification that is not ours")
            return
        if origin != self._origin:
            for topic, payload in items:
                self._deliver(topic, payload)

    async def _send(self) -> None:
        retry = _Retry()
        while True:
            unsent: list[tuple[str, bytes]] = []
            try:
                async with await self._connect() as conn:
                    # a lost hint costs less than a disk flush
                    await conn.execute("SET synchronous_commit = off")
                    while True:
                        unsent += await self._coalesced()
                        while unsent:
                            chunk = _fitting(unsent)
                            text = msgspec.json.encode((self._origin, chunk)).decode()
                            await conn.execute("SELECT pg_notify('wasl_bus', %s)", [text])
                            del unsent[: len(chunk)]
                        retry.succeeded()
            except (psycopg.Error, OSError) as error:
                log.warning("the bus lost its sending connection: %s", type(error).__name__)
                self._put_back(unsent)
            await retry.wait()

    async def _connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            self._dsn,
            autocommit=True,
            connect_timeout=5,
            application_name="wasl bus",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )


def _fitting(items: list[tuple[str, bytes]], limit: int = 7_900) -> list[tuple[str, bytes]]:
    """The first of `items` that fit into one NOTIFY; at least one."""
    size = 60  # the frame around them, with the origin
    for number, (topic, payload) in enumerate(items):
        # quotes in a topic are escaped and payloads are in base 64
        size += 2 * len(topic.encode()) + 4 * (len(payload) + 2) // 3 + 10
        if size > limit and number:
            return items[:number]
    return items[:]


class NatsBus(_NetworkBus):
    """NATS core: `url` is nats://[user:password@]host:port."""

    def __init__(self, url: str) -> None:
        from nats.aio.client import Client  # only here: most installations have no NATS

        super().__init__()
        self._url = url
        self._client = Client()

    async def start(self) -> None:
        try:
            async with asyncio.timeout(_START_S):
                await self._connect()
        except TimeoutError:
            await self._client.close()
            raise
        await self._client.subscribe("wasl.bus.>", cb=self._receive)
        await self._client.flush()
        self._tasks = [asyncio.create_task(self._send())]

    async def stop(self) -> None:
        await super().stop()
        await self._client.close()

    async def _connect(self) -> None:
        # no_echo: what this process says reaches its own subscribers directly
        await self._client.connect(
            self._url,
            no_echo=True,
            connect_timeout=5,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            reconnected_cb=self._reconnected,
            error_cb=self._failed,
        )

    async def _receive(self, message: Msg) -> None:
        topic = bytes.fromhex(message.subject.removeprefix("wasl.bus.")).decode()
        self._deliver(topic, message.data)

    async def _send(self) -> None:
        from nats.errors import Error as NatsError

        retry = _Retry()
        while True:
            unsent = await self._coalesced()
            try:
                while unsent:
                    topic, payload = unsent[0]
                    # a topic may hold what a subject must not
                    await self._client.publish(f"wasl.bus.{topic.encode().hex()}", payload)
                    del unsent[0]
                await self._client.flush()
                retry.succeeded()
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("the bus could not send: %s", type(error).__name__)
                self._put_back(unsent)
                await retry.wait()

    async def _reconnected(self) -> None:
        self._wake_everybody()

    async def _failed(self, error: Exception) -> None:
        log.warning("the bus has trouble with NATS: %s", type(error).__name__)


class _Retry:
    """Waits longer with each failure, up to a bound."""

    def __init__(self) -> None:
        self._next_s = _FIRST_RETRY_S

    def succeeded(self) -> None:
        self._next_s = _FIRST_RETRY_S

    async def wait(self) -> None:
        await asyncio.sleep(self._next_s)
        self._next_s = min(self._next_s * 2, _LONGEST_RETRY_S)
