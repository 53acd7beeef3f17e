"""A small source on real tables: toys that stand on shelves and carry labels.

A toy's shelf decides who may see it, its state in which list it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import Event, append
from wasl.infra.ids import new_id
from wasl.realtime import Entity, Family, Part, Personal, Viewer

_tables = MetaData()
toys = Table(
    "toys",
    _tables,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("shelf", Text, nullable=False),
    Column("state", Text, nullable=False),
)
labels = Table(
    "labels",
    _tables,
    Column("id", Uuid, primary_key=True),
    Column("toy_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
)
shelf_members = Table(
    "shelf_members",
    _tables,
    Column("user_id", Uuid, primary_key=True),
    Column("shelf", Text, primary_key=True),
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def create_tables(conn: Any) -> None:
    _tables.create_all(conn)


async def clear(conn: AsyncConnection) -> None:
    for table in (toys, labels, shelf_members):
        await conn.execute(delete(table))


# ── services ─────────────────────────────────────────────────────────────────────────────────


async def make(conn: AsyncConnection, shelf: str, state: str = "new") -> UUID:
    toy_id = new_id()
    await conn.execute(insert(toys).values(id=toy_id, version=1, shelf=shelf, state=state))
    await _tell(conn, toy_id, 1, shelf, shelf)
    return toy_id


async def change(conn: AsyncConnection, toy_id: UUID, **values: Any) -> None:
    before = await _lock(conn, toy_id)
    if before is None:
        return
    version = before.version + 1
    await conn.execute(update(toys).where(toys.c.id == toy_id).values(version=version, **values))
    await _tell(conn, toy_id, version, before.shelf, values.get("shelf", before.shelf))


async def stick_label(conn: AsyncConnection, toy_id: UUID, text: str) -> None:
    """A new label, or the toy's first one written anew when the text ends with "!"."""
    before = await _lock(conn, toy_id)
    if before is None:
        return
    of_toy = select(labels).where(labels.c.toy_id == toy_id).order_by(labels.c.id).limit(1)
    first = (await conn.execute(of_toy)).one_or_none()
    if first is not None and text.endswith("!"):
        label_id = first.id
        await conn.execute(
            update(labels)
            .where(labels.c.id == label_id)
            .values(text=text, version=labels.c.version + 1)
        )
    else:
        label_id = new_id()
        await conn.execute(insert(labels).values(id=label_id, toy_id=toy_id, version=1, text=text))
    await conn.execute(update(toys).where(toys.c.id == toy_id).values(version=before.version + 1))
    await _tell(conn, toy_id, before.version + 1, before.shelf, before.shelf, [label_id])


async def throw_away(conn: AsyncConnection, toy_id: UUID) -> None:
    before = await _lock(conn, toy_id)
    if before is None:
        return
    gone = select(labels.c.id).where(labels.c.toy_id == toy_id)
    label_ids = list((await conn.execute(gone)).scalars())
    await conn.execute(delete(labels).where(labels.c.toy_id == toy_id))
    await conn.execute(delete(toys).where(toys.c.id == toy_id))
    await _tell(conn, toy_id, before.version + 1, before.shelf, before.shelf, label_ids)


async def set_shelves(
    conn: AsyncConnection, user_id: UUID, shelves: Collection[str], version: int
) -> None:
    await conn.execute(delete(shelf_members).where(shelf_members.c.user_id == user_id))
    for shelf in shelves:
        await conn.execute(insert(shelf_members).values(user_id=user_id, shelf=shelf))
    await append(conn, Event("UserChanged", "user", user_id, version, frozenset({"all"}), NOON))


async def sign_out(conn: AsyncConnection, user_id: UUID, sign_in: str) -> None:
    data = {"ended_sign_ins": [sign_in]}
    await append(
        conn, Event("UserSignedOut", "user", user_id, 1, frozenset({"all"}), NOON, data=data)
    )


async def _lock(conn: AsyncConnection, toy_id: UUID) -> Any:
    return (
        await conn.execute(select(toys).where(toys.c.id == toy_id).with_for_update())
    ).one_or_none()


async def _tell(
    conn: AsyncConnection,
    toy_id: UUID,
    version: int,
    before: str,
    after: str,
    label_ids: Sequence[UUID] = (),
) -> None:
    await append(
        conn,
        Event(
            "ToyChanged",
            "toy",
            toy_id,
            version,
            frozenset({f"shelf:{after}", "all"}),
            NOON,
            audience_before=frozenset({f"shelf:{before}", "all"}),
            data={"label_ids": [str(label_id) for label_id in label_ids]},
        ),
    )


# ── what the hub is given ────────────────────────────────────────────────────────────────────


async def viewers_of(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Viewer]:
    """Everybody who has a shelf; "*" stands for all of them. Nobody else may sign in."""
    found: dict[UUID, set[str]] = {}
    rows = select(shelf_members).where(shelf_members.c.user_id.in_(list(ids)))
    for row in await conn.execute(rows):
        key = "all" if row.shelf == "*" else f"shelf:{row.shelf}"
        found.setdefault(row.user_id, {f"user:{row.user_id}"}).add(key)
    return {id_: Viewer(id_, f"user {id_}", frozenset(keys)) for id_, keys in found.items()}


def _entity(row: Any) -> Entity:
    return Entity(
        row.id,
        row.version,
        {"id": row.id, "shelf": row.shelf, "state": row.state},
        frozenset({f"shelf:{row.shelf}", "all"}),
    )


async def fetch_toys(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    rows = await conn.execute(select(toys).where(toys.c.id.in_(list(ids))))
    return {row.id: _entity(row) for row in rows}


async def fetch_labels(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {e.id: e for e in await _labels(conn, labels.c.id.in_(list(ids)))}


async def _labels(conn: AsyncConnection, which: Any) -> list[Entity]:
    found = select(labels, toys.c.shelf).join(toys, toys.c.id == labels.c.toy_id).where(which)
    return [
        Entity(row.id, row.version, {"text": row.text}, frozenset({f"shelf:{row.shelf}", "all"}))
        for row in await conn.execute(found)
    ]


async def _list(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    rows = await conn.execute(select(toys).where(toys.c.state == argument))
    return [e for e in map(_entity, rows) if not viewer.keys.isdisjoint(e.audience)]


async def _list_allows(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    return argument in ("new", "worn")


async def _one(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return list((await fetch_toys(conn, [UUID(argument)])).values())


async def _labels_of(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return await _labels(conn, labels.c.toy_id == UUID(argument))


async def _may_see(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    try:
        found = await _one(conn, viewer, argument)
    except ValueError:
        return False
    return any(not viewer.keys.isdisjoint(e.audience) for e in found)


async def _count(
    conn: AsyncConnection, viewers: Collection[Viewer]
) -> Mapping[UUID, Mapping[str, Any]]:
    return {viewer.user_id: await _count_of(conn, viewer) for viewer in viewers}


async def _count_of(conn: AsyncConnection, viewer: Viewer) -> Mapping[str, Any]:
    shelves = [key.removeprefix("shelf:") for key in viewer.keys if key.startswith("shelf:")]
    counted = select(func.count()).select_from(toys)
    if "all" not in viewer.keys:
        counted = counted.where(toys.c.shelf.in_(shelves))
    return {"toys": (await conn.execute(counted)).scalar_one()}


async def _anybody(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    return True


def _label_ids(e: Event) -> Iterable[UUID]:
    return map(UUID, e.data["label_ids"])


def _shown(viewer: Viewer, e: Entity) -> Mapping[str, Any]:
    return {**e.data, "seen_by": viewer.user_id}


FAMILIES = (
    Family(
        "list",
        (Part("toy", "toy", fetch_toys, _list, belongs=lambda v, a, e: e.data["state"] == a),),
        _list_allows,
    ),
    Family(
        "toy",
        (
            Part("toy", "toy", fetch_toys, _one, shown=_shown),
            Part("label", "toy", fetch_labels, _labels_of, ids=_label_ids),
        ),
        _may_see,
        by_aggregate=True,
    ),
    Family("me", (), _anybody, personal=(Personal("counts", frozenset({"toy"}), _count),)),
)
