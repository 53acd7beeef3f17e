"""What a client can follow: families of scopes, the entities in them, and who looks at them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import Event


@dataclass(frozen=True, slots=True)
class Viewer:
    """A colleague who is connected. `keys` are the audience keys they hold ("user:<id>",
    "queue:<id>", "all" …); `person` is whatever the reader functions know them by."""

    user_id: UUID
    name: str
    keys: frozenset[str]
    person: Any = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing in a scope, as its row is now. `audience` are the keys of those who may see it;
    `data` is what JSON can hold, with UUIDs and aware datetimes; `of` is the
    aggregate that it is part of, where `belongs` asks for that."""

    id: UUID
    v: int
    data: Mapping[str, Any]
    audience: frozenset[str]
    of: UUID | None = None


Fetch = Callable[[AsyncConnection, Collection[UUID]], Awaitable[Mapping[UUID, Entity]]]
"""Reads entities by id with as many statements for a thousand as for one; what is gone is left
out. Parts that share a Fetch share its reading."""

Shows = Callable[[AsyncConnection, Sequence[Event], Sequence[str]], Awaitable[Mapping[UUID, UUID]]]
"""Entities (id → the aggregate that each belongs to) that show something of other aggregates, to
which these events happened, when their family is followed with these arguments; a bounded number
of them."""


def _of_aggregate(e: Event) -> Iterable[UUID]:
    return (e.aggregate_id,)


def _anything(viewer: Viewer, argument: str, entity: Entity) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """Entities of one kind within a family of scopes.

    aggregate   whose events change them; `ids` says which ones an event changes
    snapshot    those a viewer has in the scope, newest `limit` of them when there is a limit
    belongs     whether an entity that the viewer may see stands in the scope
    shown       the data for one viewer, where that differs between viewers
    shows       aggregate kind → which entities show something of those (a contact's name)
    """

    kind: str
    aggregate: str
    fetch: Fetch
    snapshot: Callable[[AsyncConnection, Viewer, str], Awaitable[Sequence[Entity]]]
    limit: int | None = None
    belongs: Callable[[Viewer, str, Entity], bool] = _anything
    ids: Callable[[Event], Iterable[UUID]] = _of_aggregate
    shown: Callable[[Viewer, Entity], Mapping[str, Any]] | None = None
    shows: Mapping[str, Shows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Personal:
    """Something computed for each viewer (counts), read anew soon after events that they may see;
    `read` answers for many viewers at once, by user id.

    On the wire its id is the viewer's and its version grows with time.
    """

    kind: str
    aggregates: frozenset[str]
    read: Callable[
        [AsyncConnection, Collection[Viewer]], Awaitable[Mapping[UUID, Mapping[str, Any]]]
    ]


@dataclass(frozen=True, slots=True)
class Family:
    """Scopes of one name: "me", or "list:<argument>".

    `allows` says whether a viewer may follow an argument. `by_aggregate`: the argument is the id
    of the aggregate whose events change the scope, and a viewer who may no longer see that
    aggregate loses the scope.
    """

    name: str
    parts: tuple[Part, ...]
    allows: Callable[[AsyncConnection, Viewer, str], Awaitable[bool]]
    personal: tuple[Personal, ...] = ()
    by_aggregate: bool = False


ViewersOf = Callable[[AsyncConnection, Collection[UUID]], Awaitable[Mapping[UUID, Viewer]]]
"""The viewers of user ids as they are now; who may no longer sign in is left out."""
