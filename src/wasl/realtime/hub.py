"""The hub of a process: reads the log at once and pushes changes to the sockets that may see them.

Each entity is read once per batch and encoded once; a frame is built once per scope and shared by
its sockets. A subscription knows the ids that its client holds, so that leaving sends a drop.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wasl.infra.bus import Bus
from wasl.infra.database import reading
from wasl.infra.event_feed import EventFeed, FeedReader, FellBehind
from wasl.infra.event_reader import Cursor, horizon, read_since
from wasl.infra.events import Event
from wasl.realtime.following import Change, Socket, Subscription
from wasl.realtime.reading import elsewhere, personal_items, read_entities, shown_by
from wasl.realtime.scopes import Family, Viewer, ViewersOf
from wasl.realtime.wire import Frame, encode, frame

MAX_SCOPES = 30
_MAX_RESUME = 500  # events; a longer absence ends in a snapshot
_PERSONAL_S = 0.5
_PERSONAL_AT_ONCE = 50  # in one transaction
_SNAPSHOTS_AT_ONCE = 4
_VIEWER_AGGREGATES = frozenset({"user", "queue", "team"})
_ENDED_KEPT = 10_000  # sign-ins that ended, for sockets that are being opened

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told of whole batches, after the desk's sockets (the contact's sockets)."""

    async def happened(self, batch: Sequence[Event]) -> None: ...

    def lost(self) -> None:
        """Something could not be read: begin anew."""


class Hub:
    """Scopes, sockets and one live reader. `start` before the first socket."""

    def __init__(
        self,
        engine: AsyncEngine,
        bus: Bus,
        feed: EventFeed,
        families: Iterable[Family],
        viewers_of: ViewersOf,
    ) -> None:
        self.engine = engine
        self.bus = bus
        self.sockets: set[Socket] = set()
        self.listeners: list[Listener] = []
        self._families = {family.name: family for family in families}
        self._viewers_of = viewers_of
        self._feed = feed
        self._cursor = ""
        # family → scope → audience key → who follows
        self._index: dict[str, dict[str, dict[str, set[Subscription]]]] = defaultdict(dict)
        self._snapshots = asyncio.Semaphore(_SNAPSHOTS_AT_ONCE)
        self._turn = 0  # grows with each refresh of the viewers
        self._dirty: set[Subscription] = set()
        self._some_dirty = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended_sign_ins: dict[str, None] = {}  # the newest ones, oldest first

    async def start(self) -> None:
        reader = self._feed.reader()
        self._cursor = str(await reader.open())
        for work in (self._follow_log(reader), self._refresh_personal()):
            self.spawn(work)

    async def stop(self) -> None:
        for socket in list(self.sockets):
            self.close(socket, "going_away")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ── sockets ──────────────────────────────────────────────────────────────────────────────

    async def viewer(self, user_id: UUID) -> Viewer | None:
        """The colleague as they stand now. Join at once: a refresh asks only those who are here."""
        while True:
            turn = self._turn
            async with reading(self.engine) as conn:
                found = (await self._viewers_of(conn, [user_id])).get(user_id)
            if turn == self._turn:
                return found

    def join(self, socket: Socket) -> None:
        if socket.sign_in in self._ended_sign_ins:  # between its looking and its coming
            return self.close(socket, "signed_out")
        self.sockets.add(socket)
        return socket.wire.push(frame("ready", user=socket.viewer.user_id))

    def leave(self, socket: Socket) -> None:
        socket.gone = True
        self.sockets.discard(socket)
        for subscription in list(socket.subscriptions.values()):
            self.remove(subscription)

    def close(self, socket: Socket, code: str) -> None:
        self.leave(socket)
        socket.wire.close(last=frame("bye", code=code))

    # ── scopes ───────────────────────────────────────────────────────────────────────────────

    async def subscribe(self, socket: Socket, scope: str, cursor: str | None = None) -> None:
        """Sends the scope's snapshot, or what changed since `cursor`, and then follows it."""
        name, _, argument = scope.partition(":")
        family = self._families.get(name)
        if family is None or len(scope) > 100 or not _well_named(family, argument):
            return socket.wire.push(frame("error", scope=scope[:100], code="scope_unknown"))
        if scope in socket.subscriptions:
            self.remove(socket.subscriptions[scope])
        elif len(socket.subscriptions) >= MAX_SCOPES:
            return socket.wire.push(frame("error", scope=scope, code="too_many_scopes"))
        subscription = Subscription(self, socket, scope, family, argument)
        self._add(subscription)
        await self._fill(subscription, _parsed(cursor))
        return None

    def unsubscribe(self, socket: Socket, scope: str) -> None:
        if subscription := socket.subscriptions.get(scope):
            self.remove(subscription)

    def following(self, scope: str) -> set[Subscription]:
        """Everybody who follows a scope."""
        by_key = self._index[scope.partition(":")[0]].get(scope, {})
        return set().union(*by_key.values())

    def _add(self, subscription: Subscription) -> None:
        subscription.socket.subscriptions[subscription.scope] = subscription
        by_key = self._index[subscription.family.name].setdefault(subscription.scope, {})
        for key in subscription.socket.viewer.keys:
            by_key.setdefault(key, set()).add(subscription)

    def remove(self, subscription: Subscription) -> None:
        if subscription.socket.subscriptions.get(subscription.scope) is subscription:
            del subscription.socket.subscriptions[subscription.scope]
        self._dirty.discard(subscription)
        scopes = self._index[subscription.family.name]
        by_key = scopes.get(subscription.scope, {})
        for key in subscription.socket.viewer.keys:
            if key in by_key:
                by_key[key].discard(subscription)
                if not by_key[key]:
                    del by_key[key]
        if not by_key:
            scopes.pop(subscription.scope, None)

    async def _fill(self, subscription: Subscription, cursor: Cursor | None) -> None:
        """Brings the client to a state of one instant; what happens meanwhile waits for it."""
        socket, scope = subscription.socket, subscription.scope
        try:
            while True:
                viewer = socket.viewer
                subscription.waiting = []
                async with self._snapshots, self._one_instant() as conn:
                    if not await subscription.family.allows(conn, viewer, subscription.argument):
                        if socket.subscriptions.get(scope) is subscription:
                            subscription.end("not_found")
                        return
                    frames = None
                    if cursor is not None:
                        frames = await self._resumed(conn, subscription, viewer, cursor)
                    if frames is None:
                        frames = [await self._snapshot(conn, subscription, viewer)]
                if socket.subscriptions.get(scope) is not subscription:
                    return
                if viewer is socket.viewer:
                    break
                cursor = None  # what they may see has changed in between
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("a scope can't be read: %s", type(error).__name__)
            if socket.subscriptions.get(scope) is subscription:
                subscription.end("database_unavailable")
            return
        for one in frames:
            socket.wire.push(one)
        waiting, subscription.waiting = subscription.waiting, None
        for change in waiting or ():
            if socket.subscriptions.get(scope) is subscription:
                subscription.deliver(change)

    @asynccontextmanager
    async def _one_instant(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as conn:
            await conn.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            async with conn.begin():
                yield conn

    async def _snapshot(
        self, conn: AsyncConnection, subscription: Subscription, viewer: Viewer
    ) -> Frame:
        cursor = str(await horizon(conn))
        items: list[dict[str, Any]] = []
        subscription.known = {}
        subscription.complete = True
        for part in subscription.family.parts:
            found = await part.snapshot(conn, viewer, subscription.argument)
            if part.limit is not None and len(found) >= part.limit:
                subscription.complete = False  # the client reads older ones by HTTP
            for e in found:
                subscription.known[e.id.int] = e.v
                data = part.shown(viewer, e) if part.shown else e.data
                items.append({"kind": part.kind, "id": e.id, "v": e.v, "data": data})
        for personal in subscription.family.personal:
            item = (await personal_items(conn, personal, [viewer]))[viewer.user_id]
            subscription.personal[personal.kind] = encode(item["data"])
            items.append(item)
        return frame("snapshot", scope=subscription.scope, cursor=cursor, items=items)

    async def _resumed(
        self, conn: AsyncConnection, subscription: Subscription, viewer: Viewer, cursor: Cursor
    ) -> list[Frame] | None:
        """The frames that were missed since a cursor; None when a snapshot is the better answer."""
        now = await horizon(conn)
        if cursor.epoch != now.epoch or cursor > now:
            return None
        missed = await read_since(conn, cursor, limit=_MAX_RESUME)
        if len(missed) >= _MAX_RESUME or any(
            e.aggregate_kind in _VIEWER_AGGREGATES for e in missed
        ):
            return None
        family, followed = subscription.family, [subscription.argument]
        changes = self._changes(sorted(missed, key=lambda e: e.seq), str(now), {subscription})
        changes += await elsewhere(conn, family, missed, followed, str(now), read=changes)
        frames: list[Frame] = []
        subscription.known, subscription.complete = {}, False
        read = [change async for some in read_entities(conn, changes) for change in some]
        for change in read:
            e = change.entity
            if (
                e is not None
                and not viewer.keys.isdisjoint(e.audience)
                and change.part.belongs(viewer, subscription.argument, e)
            ):
                subscription.known[e.id.int] = e.v
                frames.append(change.put(subscription.scope, viewer))
            else:
                frames.append(change.drop(subscription.scope))
        for personal in subscription.family.personal:
            item = (await personal_items(conn, personal, [viewer]))[viewer.user_id]
            subscription.personal[personal.kind] = encode(item["data"])
            frames.append(frame("put", scope=subscription.scope, cursor=str(now), **item))
        return frames

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    async def _follow_log(self, reader: FeedReader) -> None:
        while True:
            try:
                async for batch in reader.batches():
                    await self._push_batch(batch, str(reader.cursor))
                return
            except FellBehind:
                log.warning("the event log is read too slowly; all sockets begin anew")
                reader = self._feed.reader()
                self._cursor = str(await reader.open())
                self._lost()

    async def _push_batch(self, batch: list[Event], cursor: str) -> None:
        try:
            await self._dispatch(batch)
            self._cursor = cursor
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("changes can't be read: %s", type(error).__name__)
            self._lost()
        except Exception:
            log.exception("a batch of events can't be pushed")
            self._lost()

    def _lost(self) -> None:
        """Changes could not be read, so that nobody's state is certain."""
        for socket in self.sockets:
            for subscription in list(socket.subscriptions.values()):
                subscription.resync()
        for listener in self.listeners:
            listener.lost()

    async def _dispatch(self, batch: list[Event]) -> None:
        self._close_ended(batch)
        if any(e.aggregate_kind in _VIEWER_AGGREGATES for e in batch):
            await self._refresh_viewers()
        # a frame's cursor promises the batches before it, not the frames beside it
        changes = self._changes(batch, self._cursor)
        families = [self._families[name] for name, scopes in self._index.items() if scopes]
        if changes or shown_by(families, batch):
            async with reading(self.engine) as conn:
                await self._deliver(conn, changes)
                for family in families:
                    followed = self._followed(family)
                    of = (conn, family, batch, followed, self._cursor)
                    await self._deliver(conn, await elsewhere(*of, read=changes))
        self._mark_personal(batch)
        for listener in self.listeners:
            await listener.happened(batch)

    async def _deliver(self, conn: AsyncConnection, changes: Sequence[Change]) -> None:
        async for some in read_entities(conn, changes):
            for change in some:
                concerned = self._concerned(change.family, change.aggregate_id, change.keys)
                for subscription in concerned:
                    subscription.deliver(change)

    def _changes(
        self,
        batch: Iterable[Event],
        cursor: str,
        only: Collection[Subscription] | None = None,
    ) -> list[Change]:
        """What a batch changes in scopes that somebody concerned follows, in log order."""
        followed = [self._families[name] for name, scopes in self._index.items() if scopes]
        families = followed if only is None else [s.family for s in only]
        changes: dict[tuple[str, str, UUID, UUID], Change] = {}
        for e in batch:
            keys = e.audience | e.audience_before
            for family in families:
                parts = [part for part in family.parts if part.aggregate == e.aggregate_kind]
                if not parts:
                    continue
                if only is None:
                    concerned = any(True for _ in self._concerned(family, e.aggregate_id, keys))
                else:
                    concerned = any(_concerns(e, keys, s) for s in only)
                if not concerned:
                    continue
                for part in parts:
                    for id_ in part.ids(e):
                        key = (family.name, part.kind, e.aggregate_id, id_)
                        change = changes.get(key)
                        if change is None:
                            change = Change(family, part, e.aggregate_id, id_, 0, cursor)
                            changes[key] = change
                        change.v = e.aggregate_version
                        change.keys |= keys
        return list(changes.values())

    def _concerned(
        self, family: Family, aggregate_id: UUID, keys: Collection[str]
    ) -> Iterator[Subscription]:
        """Who follows a scope of the family and may, or might, see the aggregate; each once."""
        scopes = self._index[family.name]
        if family.by_aggregate:
            named = scopes.get(f"{family.name}:{aggregate_id}")
            candidates: Iterable[dict[str, set[Subscription]]] = (named,) if named else ()
        else:
            candidates = tuple(scopes.values())
        for by_key in candidates:
            found = [by_key[key] for key in keys if key in by_key]
            if found:
                yield from found[0].copy() if len(found) == 1 else set().union(*found)

    def _followed(self, family: Family) -> list[str]:
        """The arguments with which a family is followed."""
        return [scope.partition(":")[2] for scope in self._index[family.name]]

    async def _refresh_viewers(self) -> None:
        """Role and membership changes are felt at once: new keys, new snapshots."""
        asked: set[Socket] = set()
        while sockets := self.sockets - asked:  # some join while others are asked
            asked |= sockets
            self._turn += 1
            async with reading(self.engine) as conn:
                now = await self._viewers_of(conn, {s.viewer.user_id for s in sockets})
            for socket in sockets & self.sockets:
                viewer = now.get(socket.viewer.user_id)
                if viewer is None:
                    self.close(socket, "signed_out")
                elif viewer != socket.viewer:
                    self._change_viewer(socket, viewer)

    def _change_viewer(self, socket: Socket, viewer: Viewer) -> None:
        followed = list(socket.subscriptions.values())
        for subscription in followed:
            self.remove(subscription)
        socket.viewer = viewer
        for subscription in followed:
            self._add(subscription)
            if subscription.waiting is None:  # one that is being filled sees it by itself
                subscription.waiting = []
                self.spawn(self._fill(subscription, None))

    # ── what is computed for each viewer ─────────────────────────────────────────────────────

    def _mark_personal(self, batch: Sequence[Event]) -> None:
        for name, family in self._families.items():
            for personal in family.personal:
                keys: set[str] = set()
                for e in batch:
                    if e.aggregate_kind in personal.aggregates:
                        keys |= e.audience | e.audience_before
                for by_key in self._index[name].values():
                    for key in keys & by_key.keys():
                        self._dirty |= by_key[key]
        if self._dirty:
            self._some_dirty.set()

    async def _refresh_personal(self) -> None:
        while True:
            await self._some_dirty.wait()
            await asyncio.sleep(_PERSONAL_S)
            self._some_dirty.clear()
            dirty, self._dirty = list(self._dirty), set()
            try:
                while dirty:
                    async with self._one_instant() as conn:
                        await self._send_personal(conn, dirty[-_PERSONAL_AT_ONCE:])
                    del dirty[-_PERSONAL_AT_ONCE:]
            except (DBAPIError, PoolTimeoutError) as error:
                log.warning("counts can't be read: %s", type(error).__name__)
                self._dirty.update(s for s in dirty if not s.socket.gone)
                self._some_dirty.set()

    async def _send_personal(
        self, conn: AsyncConnection, subscriptions: Sequence[Subscription]
    ) -> None:
        by_family: dict[str, list[Subscription]] = defaultdict(list)
        for subscription in subscriptions:
            by_family[subscription.family.name].append(subscription)
        for name, some in by_family.items():
            for personal in self._families[name].personal:
                viewers = {s: s.socket.viewer for s in some}
                items = await personal_items(conn, personal, set(viewers.values()))
                for subscription, viewer in viewers.items():
                    self._push_personal(subscription, items[viewer.user_id])
                    await asyncio.sleep(0)  # whatever has more haste goes before

    def _push_personal(self, subscription: Subscription, item: dict[str, Any]) -> None:
        socket = subscription.socket
        if socket.subscriptions.get(subscription.scope) is not subscription:
            return
        if subscription.waiting is not None:
            return  # its snapshot brings it
        data = encode(item["data"])
        if subscription.personal.get(item["kind"]) != data:
            subscription.personal[item["kind"]] = data
            socket.wire.push(frame("put", scope=subscription.scope, cursor=self._cursor, **item))

    # ── the rest ─────────────────────────────────────────────────────────────────────────────

    def _close_ended(self, batch: Iterable[Event]) -> None:
        """Closes the sockets of sign-ins that have ended."""
        ended = {one: None for e in batch for one in e.data.get("ended_sign_ins", ())}
        if not ended:
            return
        self._ended_sign_ins.update(ended)
        while len(self._ended_sign_ins) > _ENDED_KEPT:
            del self._ended_sign_ins[next(iter(self._ended_sign_ins))]
        for socket in [s for s in self.sockets if s.sign_in in ended]:
            self.close(socket, "signed_out")

    def spawn(self, work: Any) -> None:
        """Runs it beside until it ends or the hub stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a task of the hub ended", exc_info=error)


def _well_named(family: Family, argument: str) -> bool:
    """An aggregate's id has one spelling, by which its changes are found."""
    if not family.by_aggregate:
        return True
    with suppress(ValueError):
        return str(UUID(argument)) == argument
    return False


def _concerns(e: Event, keys: Collection[str], subscription: Subscription) -> bool:
    if subscription.socket.viewer.keys.isdisjoint(keys):
        return False
    return not subscription.family.by_aggregate or subscription.argument == str(e.aggregate_id)


def _parsed(cursor: str | None) -> Cursor | None:
    if cursor is not None:
        with suppress(ValueError):
            return Cursor.parse(cursor)
    return None
