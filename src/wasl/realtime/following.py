"""One socket's following of one scope, and what a change means to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from wasl.realtime.scopes import Entity, Family, Part, Viewer
from wasl.realtime.wire import Frame, SendFrame, Wire, frame, put, put_tail

_MAX_KNOWN = 5_000  # ids that one subscription follows; then the client begins anew
_MAX_WAITING = 5_000  # changes kept while a snapshot is read


class Follows(Protocol):
    """Whoever keeps the index of subscriptions."""

    def remove(self, subscription: Subscription) -> None: ...


class Socket:
    """One connected desk client. `sign_in` names what it was opened with, for signing out."""

    def __init__(self, viewer: Viewer, sign_in: str, send: SendFrame) -> None:
        self.viewer = viewer
        self.sign_in = sign_in
        self.subscriptions: dict[str, Subscription] = {}
        self.wire = Wire(send, self._overflowed)
        self.gone = False

    def _overflowed(self) -> None:
        """Too slow: the client forgets its scopes and subscribes again."""
        for subscription in list(self.subscriptions.values()):
            subscription.resync()


class Subscription:
    """One socket's following of one scope."""

    __slots__ = (
        "argument",
        "complete",
        "family",
        "follows",
        "known",
        "personal",
        "scope",
        "socket",
        "waiting",
    )

    def __init__(
        self, follows: Follows, socket: Socket, scope: str, family: Family, argument: str
    ) -> None:
        self.follows = follows
        self.socket = socket
        self.scope = scope
        self.family = family
        self.argument = argument
        self.known: dict[int, int] = {}  # id → version, of what the client holds
        self.complete = False  # whether the client holds nothing but `known`
        self.personal: dict[str, bytes] = {}  # kind → last data
        self.waiting: list[Change] | None = []  # while the snapshot is read

    def deliver(self, change: Change) -> None:
        """Sends what the change means to this client."""
        if self.waiting is not None:
            self.waiting.append(change)
            if len(self.waiting) > _MAX_WAITING:
                self.resync()
            return
        entity, viewer = change.entity, self.socket.viewer
        key = change.id.int
        allowed = entity is not None and not viewer.keys.isdisjoint(entity.audience)
        if entity and allowed and change.part.belongs(viewer, self.argument, entity):
            known = self.known
            if entity.v >= known.get(key, 0):
                known[key] = entity.v
                self.socket.wire.push(change.put(self.scope, viewer))
                if len(known) > _MAX_KNOWN:
                    self.resync()
            return
        if self.known.pop(key, None) is not None or not self.complete:
            self.socket.wire.push(change.drop(self.scope))
        if self.family.by_aggregate and not allowed and change.id == change.aggregate_id:
            self.end("not_found")

    def resync(self) -> None:
        """Begins anew: the client subscribes again."""
        self.follows.remove(self)
        self.socket.wire.push(frame("resync", scope=self.scope))

    def end(self, code: str) -> None:
        self.follows.remove(self)
        self.socket.wire.push(frame("error", scope=self.scope, code=code))


@dataclass(slots=True, eq=False)
class Change:
    """One entity that changed, for all who are concerned. `entity` is None when it is gone."""

    family: Family
    part: Part
    aggregate_id: UUID
    id: UUID
    v: int
    cursor: str
    keys: set[str] = field(default_factory=set)  # of those who may see it, before and after
    entity: Entity | None = None
    _tail: str = ""
    _puts: dict[str, Frame] = field(default_factory=dict)
    _drops: dict[str, Frame] = field(default_factory=dict)

    def put(self, scope: str, viewer: Viewer) -> Frame:
        known = self._puts.get(scope)
        if known is not None:
            return known
        assert self.entity is not None  # noqa: S101  # the caller has looked
        e, kind = self.entity, self.part.kind
        if self.part.shown is not None:
            shown = self.part.shown(viewer, e)
            return put(scope, put_tail(self.cursor, kind, e.id, e.v, shown))
        self._tail = self._tail or put_tail(self.cursor, kind, e.id, e.v, e.data)
        made = self._puts[scope] = put(scope, self._tail)
        return made

    def drop(self, scope: str) -> Frame:
        known = self._drops.get(scope)
        if known is None:
            v = self.entity.v if self.entity else self.v
            known = self._drops[scope] = frame(
                "drop", scope=scope, cursor=self.cursor, kind=self.part.kind, id=self.id, v=v
            )
        return known
