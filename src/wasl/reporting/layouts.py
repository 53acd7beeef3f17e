"""Layouts of the wallboard: which queues in which order and which columns, one's own or shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.errors import Conflict, NotFound
from wasl.infra.ids import new_id
from wasl.reporting.tables import wallboard_layouts as layouts

MOST_LAYOUTS = 50  # of one person


async def layouts_of(conn: AsyncConnection, user_id: UUID) -> list[dict[str, Any]]:
    """One's own and those that are shared, by name."""
    rows = await conn.execute(
        select(layouts)
        .where(or_(layouts.c.owner_id == user_id, layouts.c.shared))
        .order_by(layouts.c.name, layouts.c.id)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "shared": row.shared,
            "own": row.owner_id == user_id,
            "queue_ids": row.queue_ids,
            "columns": row.columns,
        }
        for row in rows
    ]


async def add_layout(
    conn: AsyncConnection,
    user_id: UUID,
    *,
    name: str,
    shared: bool,
    queue_ids: Sequence[UUID] | None,
    columns: Sequence[str],
) -> UUID:
    """Keeps a layout under a name; Conflict("too_many_layouts")."""
    count = select(func.count()).select_from(layouts).where(layouts.c.owner_id == user_id)
    if int(await conn.scalar(count) or 0) >= MOST_LAYOUTS:
        raise Conflict("too_many_layouts", most=MOST_LAYOUTS)
    layout_id = new_id()
    await conn.execute(
        insert(layouts).values(
            id=layout_id, owner_id=user_id, **_values(name, shared, queue_ids, columns)
        )
    )
    return layout_id


async def change_layout(
    conn: AsyncConnection,
    layout_id: UUID,
    user_id: UUID,
    *,
    name: str,
    shared: bool,
    queue_ids: Sequence[UUID] | None,
    columns: Sequence[str],
) -> None:
    """Changes one's own; NotFound("layout_not_found")."""
    done = await conn.execute(
        update(layouts)
        .where(layouts.c.id == layout_id, layouts.c.owner_id == user_id)
        .values(**_values(name, shared, queue_ids, columns))
    )
    if not done.rowcount:
        raise NotFound("layout_not_found")


async def drop_layout(conn: AsyncConnection, layout_id: UUID, user_id: UUID) -> None:
    """Forgets one's own; NotFound("layout_not_found")."""
    done = await conn.execute(
        delete(layouts).where(layouts.c.id == layout_id, layouts.c.owner_id == user_id)
    )
    if not done.rowcount:
        raise NotFound("layout_not_found")


def _values(
    name: str, shared: bool, queue_ids: Sequence[UUID] | None, columns: Sequence[str]
) -> dict[str, Any]:
    return {
        "name": name,
        "shared": shared,
        "queue_ids": null() if queue_ids is None else [str(queue_id) for queue_id in queue_ids],
        "columns": list(columns),
    }
