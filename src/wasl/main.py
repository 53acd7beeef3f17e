"""The composition root: settings, features, adapters and roles become one running process."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from wasl import accounts, contacts, conversations, flows, reporting, routing, understanding
from wasl import channels as configured
from wasl.channels import KINDS, SET_UP, Channels, adapter_of
from wasl.channels.contract import Host
from wasl.contact_side import WidgetSide
from wasl.conversations import client
from wasl.conversations.attachments import fetch_due
from wasl.conversations.delivery import Delivery
from wasl.conversations.host import Ingest
from wasl.conversations.views import fold_counters
from wasl.desk_scopes import desk_families, viewers_of
from wasl.infra.blobs import blobs_from
from wasl.infra.bus import Bus, NatsBus, PostgresBus
from wasl.infra.certificates import keep_renewed, server_context
from wasl.infra.clock import Clock, SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.event_reader import open_epoch
from wasl.infra.leader import Leader, fence
from wasl.infra.settings import Settings, host_and_port
from wasl.infra.subscribers import GATHER_S, Handler, Subscriber
from wasl.infra.timers import Alarm, TimerLoop
from wasl.realtime import ClientChanges, Connected, Ephemeral, Hub, Mentions
from wasl.realtime.ephemeral import Who

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from wasl.simulators.mail_world import MailWorld

log = structlog.get_logger()

TIMERS = "timers"
_FOLD_EVERY_S = 30.0
_LOOK_AGAIN = timedelta(seconds=15)


class Wasl:
    """One process: what its roles share."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        dsn, direct = settings.database_url, settings.database_url_direct
        if dsn is None or direct is None:
            raise ValueError("a running database is needed")
        self.settings = settings
        self.direct_dsn = direct
        self.clock = clock or SystemClock()
        self.engine = make_engine(dsn, pool_size=settings.pool_size)
        self.bus: Bus = PostgresBus(direct) if settings.bus == "postgres" else NatsBus(settings.bus)
        self.database = Database(self.engine, self.bus.wake)
        self.sealer = Sealer(settings.secret_key.get_secret_value())
        self.blobs = blobs_from(settings)
        self.channels = Channels(self.engine, self.sealer)
        self.feed = EventFeed(self.engine, self.bus)
        self.hub = Hub(self.engine, self.bus, self.feed, desk_families(), viewers_of)
        self.ephemeral = Ephemeral(self.hub, self.bus)
        self.connected = Connected(self.bus, self.clock, self._seen)
        self.ingest = Ingest(
            self.database, self.channels, self.blobs, self.sealer, self.clock, self._types
        )
        self.mail_arrives_at: tuple[str, int] | None = None  # our own SMTP server, while it listens
        self.mail_world: MailWorld | None = None  # of the demo
        self._chat_channel_id: UUID | None = None
        self._beside: set[asyncio.Task[None]] = set()
        parts = urlsplit(settings.public_url)
        self.public_origin = f"{parts.scheme}://{parts.netloc}"
        register_hooks()
        flows.outside.rating_link = self.rating_link
        flows.outside.understanding = understanding.engine_from(settings)
        for kind in KINDS:
            adapter: Any = adapter_of(kind)
            if hasattr(adapter, "private_urls"):
                adapter.private_urls = settings.private_urls

    @property
    def host(self) -> Host:
        """The host of the adapters."""
        return self.ingest

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs small work beside; its failure is logged."""

        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("beside_failed")

        task = asyncio.create_task(guarded())
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _seen(self, user_id: UUID, connected: bool) -> None:
        """An agent whose last socket is gone is offline; coming back is their own choice."""
        if connected:
            return
        async with self.database.transaction() as conn:
            await routing.set_presence(conn, user_id, "offline", now=self.clock.now())

    def _types(self, conversation_id: UUID, contact_id: UUID, on: bool) -> None:
        self.ephemeral.typing(conversation_id, Who("contact", contact_id, ""), on)

    async def find_chat_channel(self) -> None:
        """Looks for the channel on which contacts go on by signed link."""
        async with self.database.transaction() as conn:
            self._chat_channel_id = next(
                (
                    shown["id"]
                    for shown in await configured.views(conn)
                    if shown["enabled"] and adapter_of(shown["kind"]).capabilities.client_api
                ),
                None,
            )

    def continue_url(self, conversation_id: UUID, now: datetime) -> str:
        """A signed link on which a contact goes on by chat; "" while no channel has clients."""
        if self._chat_channel_id is None:
            return ""
        link = client.Link(self._chat_channel_id, conversation_id)
        return f"{self.settings.public_url}/c/{client.link_token(self.sealer, link, now)}"

    def rating_link(self, asked: flows.rating_links.Asked, now: datetime) -> str:
        """A signed link that takes a rating."""
        token = flows.rating_links.link_token(self.sealer, asked, now)
        return f"{self.settings.public_url}/r/{token}"

    async def close(self) -> None:
        """Ends what was begun; the database itself goes on."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        await flows.outside.understanding.close()
        await self.bus.stop()
        await self.engine.dispose()


async def _somebody_answers(conn: AsyncConnection, channel_id: UUID) -> bool:
    """Whether a flow or a person answers on a channel now."""
    return await flows.answers_on(conn, channel_id) or await routing.anyone_available(conn)


def register_hooks() -> None:
    """Routing acts in the transactions of conversations; each feature names its own to the audit
    log."""
    hooks = conversations.hooks
    hooks.entry, hooks.leads_to = flows.entry, flows.LEADS_TO
    hooks.held, hooks.hearing, hooks.hear = flows.HELD, flows.hearing, flows.hear
    hooks.awaits = flows.awaits
    hooks.holder = routing.check_holder
    hooks.prioritise = routing.prioritise
    hooks.queues_of = routing.queues_of
    hooks.queues, hooks.standings = routing.NAMED, routing.STANDINGS
    hooks.is_staffed = _somebody_answers
    hooks.standing = routing.queue_standing
    hooks.ask_callback, hooks.take_back_callback = routing.ask_callback, routing.take_back_callback
    for naming in (
        routing.queue_names,
        routing.sla_policy_names,
        configured.names,
        contacts.plain_names,
        flows.names,
    ):
        if naming not in accounts.namings:
            accounts.namings.append(naming)


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Runs the roles ("web", "worker", "router") until cancelled."""
    wasl = Wasl(settings)
    await wasl.bus.start()
    async with wasl.database.transaction() as conn:
        await open_epoch(conn)
    try:
        async with _demo(wasl), asyncio.TaskGroup() as tasks:
            tasks.create_task(_follow_channels(wasl, listening="worker" in roles))
            if "worker" in roles:
                tasks.create_task(_deliver(wasl))
                tasks.create_task(_fetch_attachments(wasl))
                tasks.create_task(_fold_counters(wasl))
                tasks.create_task(_follow(wasl, reporting.SUBSCRIBER, reporting.follow))
                tasks.create_task(_follow(wasl, flows.SUBSCRIBER, flows.follow))
                starting = flows.automations
                tasks.create_task(
                    _follow(wasl, starting.SUBSCRIBER, starting.follow, starting.GATHER_S)
                )
                private = settings.private_urls
                for asking in flows.workers(
                    wasl.database, wasl.sealer, wasl.clock, private=private
                ):
                    tasks.create_task(_when_due(wasl, *asking))
                tasks.create_task(_end_points(wasl))
            if "router" in roles:
                tasks.create_task(_route(wasl))
                tasks.create_task(_time(wasl))
            if "web" in roles:
                tasks.create_task(_serve_web(wasl))
    finally:
        await wasl.close()


@asynccontextmanager
async def _demo(wasl: Wasl) -> AsyncIterator[None]:
    """The demo's company and the world around it, where that is asked for."""
    if not wasl.settings.demo:
        yield
        return
    from wasl.demo.starting import demo_world

    async with demo_world(wasl) as wasl.mail_world:
        yield


# ── web ──────────────────────────────────────────────────────────────────────────────────────


async def _serve_web(wasl: Wasl) -> None:
    async with web(wasl) as app:
        await _uvicorn(app, wasl.settings)


@asynccontextmanager
async def web(wasl: Wasl) -> AsyncIterator[Any]:
    """The application with its sockets' loops running."""
    from wasl.web_app import web_app

    side = WidgetSide(
        wasl.database, wasl.channels, wasl.sealer, wasl.clock, wasl.public_origin, wasl.spawn
    )
    changes = ClientChanges(wasl.hub, wasl.ephemeral, side)
    Mentions(wasl.hub)
    await wasl.hub.start()
    loops = [
        asyncio.create_task(wasl.ephemeral.run()),
        asyncio.create_task(wasl.connected.run()),
    ]
    try:
        yield web_app(wasl, changes)
    finally:
        await wasl.hub.stop()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _uvicorn(app: Any, settings: Settings) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """uvicorn without its own signal handling: `cli` decides when to stop."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    server = Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="none",
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=64 * 1024,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


# ── worker ───────────────────────────────────────────────────────────────────────────────────


async def _deliver(wasl: Wasl) -> None:
    """Sends when something is queued, and when a retry's moment has come."""
    delivery = Delivery(
        wasl.database, wasl.channels, wasl.blobs, wasl.sealer, wasl.clock, wasl.continue_url
    )
    await _when_due(wasl, "deliveries", delivery.send_due, delivery.next_due)


async def _fetch_attachments(wasl: Wasl) -> None:
    async def fetch() -> int:
        return await fetch_due(wasl.database, wasl.channels, wasl.blobs, wasl.clock)

    async def next_due() -> None:
        return None

    await _when_due(wasl, "attachments", fetch, next_due)


async def _when_due(
    wasl: Wasl,
    topic: str,
    work: Callable[[], Awaitable[int]],
    next_due: Callable[[], Awaitable[Any]],
) -> None:
    """Works until there is nothing due, then waits for the bus or the next moment.

    A database that is away is waited for; the work is in the database and is not lost.
    """
    alarm = Alarm(wasl.clock)
    wakes = wasl.bus.subscribe(topic)

    async def listen() -> None:
        async for _ in wakes:
            alarm.ring()

    listening = asyncio.create_task(listen())
    try:
        while True:
            until = wasl.clock.now() + _LOOK_AGAIN
            try:
                while await work():
                    pass
                due = await next_due()
                until = min(until, due) if due else until
            except Exception as error:  # tried again: nothing is lost
                log.warning("work_interrupted", topic=topic, error=type(error).__name__)
                until = wasl.clock.now() + timedelta(seconds=1)
            await alarm.wait(until)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _fold_counters(wasl: Wasl) -> None:
    while True:
        await wasl.clock.sleep_until(wasl.clock.now() + timedelta(seconds=_FOLD_EVERY_S))
        try:
            async with wasl.database.transaction() as conn:
                await fold_counters(conn)
        except Exception as error:  # the next round does it
            log.warning("counters_not_folded", error=type(error).__name__)


async def _follow(wasl: Wasl, name: str, handler: Handler, gather_s: float = GATHER_S) -> None:
    """Gives a subscriber what happens."""
    await Subscriber(wasl.database, wasl.bus, wasl.clock, name, handler, gather_s).run()


async def _end_points(wasl: Wasl) -> None:
    while True:
        await wasl.clock.sleep_until(reporting.next_point(wasl.clock.now()))
        try:
            after: UUID | None = None
            while True:
                async with wasl.database.transaction() as conn:
                    after = await reporting.end_points(conn, wasl.clock.now(), after=after)
                if after is None:
                    break
        except Exception as error:  # the next round does it
            log.warning("points_not_ended", error=type(error).__name__)


# ── channels ─────────────────────────────────────────────────────────────────────────────────


async def _follow_channels(wasl: Wasl, *, listening: bool) -> None:
    """Forgets channels that were set up anew; with `listening`, also holds the adapters' own
    connections and starts them again when channels change."""
    async with contextlib.AsyncExitStack() as stack:
        if listening:
            await _open_mail_servers(wasl, stack)
        while True:
            try:
                await _follow_set_up(wasl, listening=listening)
            except Exception as error:  # the database may be away
                log.warning("channels_not_followed", error=type(error).__name__)
                await asyncio.sleep(1)


async def _follow_set_up(wasl: Wasl, *, listening: bool) -> None:
    listeners: asyncio.Task[None] | None = None
    reader = wasl.feed.reader()
    await reader.open()
    wasl.channels.forget_all()
    try:
        await wasl.find_chat_channel()
        if listening:
            listeners = asyncio.create_task(_listen(wasl))
        async for batch in reader.batches():
            wasl.channels.apply(batch)
            if any(e.aggregate_kind == "channel" and e.type in SET_UP for e in batch):
                await wasl.find_chat_channel()
                if listening:
                    await _end(listeners)
                    listeners = asyncio.create_task(_listen(wasl))
    finally:
        await _end(listeners)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _listen(wasl: Wasl) -> None:
    """Holds the connections of the adapters that have their own."""

    async def keep(kind: str) -> None:
        adapter: Any = adapter_of(kind)
        while True:
            try:
                async with wasl.database.transaction() as conn:
                    channels = await configured.enabled_of_kind(conn, wasl.sealer, kind)
                await adapter.listen(channels, wasl.host)
                return
            except Exception:
                log.exception("listening_failed", kind=kind)
                await asyncio.sleep(5)

    async with asyncio.TaskGroup() as tasks:
        for kind in KINDS:
            if hasattr(adapter_of(kind), "listen"):
                tasks.create_task(keep(kind))


async def _open_mail_servers(wasl: Wasl, stack: contextlib.AsyncExitStack) -> None:
    smtp, lmtp = wasl.settings.smtp_listen, wasl.settings.lmtp_listen
    if wasl.settings.demo and not smtp:
        smtp = "127.0.0.1:0"
    if not smtp and not lmtp:
        return
    for kind in KINDS:
        receive_mail = getattr(adapter_of(kind), "receive_mail", None)
        if receive_mail is not None:
            listening = await stack.enter_async_context(
                receive_mail(
                    wasl.host,
                    smtp=host_and_port(smtp) if smtp else None,
                    lmtp=host_and_port(lmtp) if lmtp else None,
                    hostname=wasl.settings.mail_domain,
                    certificate=_mail_certificate(wasl),
                )
            )
            wasl.mail_arrives_at = listening.smtp


def _mail_certificate(wasl: Wasl) -> ssl.SSLContext | None:
    """What STARTTLS shows to those who bring mail, kept up with its renewals."""
    certificate, key = wasl.settings.smtp_certificate, wasl.settings.smtp_key
    if certificate is None:
        return None
    context = server_context(certificate, key)
    wasl.spawn(keep_renewed(context, certificate, key, wasl.clock))
    return context


# ── router ───────────────────────────────────────────────────────────────────────────────────


async def _route(wasl: Wasl) -> None:
    router = routing.Router(wasl.database, wasl.clock, wasl.feed.reader)
    await Leader(wasl.direct_dsn, routing.LEADER).run(router.lead)


async def _time(wasl: Wasl) -> None:
    async def lead(term: int) -> None:
        async def fenced(conn: Any) -> None:
            await fence(conn, TIMERS, term)

        handlers = {
            **routing.timer_handlers(),
            **flows.timer_handlers(),
            **flows.automations.timer_handlers(),
            **reporting.timer_handlers(),
        }
        await TimerLoop(wasl.database, wasl.clock, wasl.bus, handlers, fenced).run()

    await Leader(wasl.direct_dsn, TIMERS).run(lead)
