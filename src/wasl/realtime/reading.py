"""How things are now that have changed: a batch is read with as many statements as one event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import Event
from wasl.realtime.following import Change
from wasl.realtime.scopes import Family, Fetch, Personal, Viewer

_XMAX = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


def shown_by(families: Iterable[Family], batch: Sequence[Event]) -> bool:
    kinds = {e.aggregate_kind for e in batch}
    return any(kinds & part.shows.keys() for family in families for part in family.parts)


async def elsewhere(
    conn: AsyncConnection,
    family: Family,
    batch: Sequence[Event],
    followed: Sequence[str],
    cursor: str,
    read: Iterable[Change],
) -> list[Change]:
    """Entities that show something of other aggregates, which have changed in a batch; not those
    that are `read` anyway."""
    known = {(change.part.kind, change.id) for change in read if change.family is family}
    happened: dict[str, list[Event]] = defaultdict(list)
    for e in batch:
        happened[e.aggregate_kind].append(e)
    changes: dict[tuple[str, UUID], Change] = {}
    for part in family.parts:
        for aggregate in part.shows.keys() & happened.keys():
            some = happened[aggregate]
            keys = set[str]().union(*(e.audience | e.audience_before for e in some))
            for id_, aggregate_id in (await part.shows[aggregate](conn, some, followed)).items():
                if (part.kind, id_) in known:
                    continue
                change = Change(family, part, aggregate_id, id_, 0, cursor)
                changes.setdefault((part.kind, id_), change).keys |= keys
    return list(changes.values())


async def read_entities(
    conn: AsyncConnection, changes: Iterable[Change]
) -> AsyncIterator[Sequence[Change]]:
    """Each entity as it is now, read once for all parts that read it alike: the changes of one
    kind after another, as soon as they are read."""
    alike: dict[Fetch, list[Change]] = defaultdict(list)
    for change in changes:
        alike[change.part.fetch].append(change)
    for fetch, some in alike.items():
        found = await fetch(conn, {change.id for change in some})
        for change in some:
            change.entity = found.get(change.id)
            if change.entity is not None:
                change.keys |= change.entity.audience
        yield some


async def personal_items(
    conn: AsyncConnection, personal: Personal, viewers: Collection[Viewer]
) -> dict[UUID, dict[str, Any]]:
    found = await personal.read(conn, viewers)
    v = (await conn.execute(_XMAX)).scalar_one()
    return {
        user_id: {"kind": personal.kind, "id": user_id, "v": v, "data": data}
        for user_id, data in found.items()
    }
