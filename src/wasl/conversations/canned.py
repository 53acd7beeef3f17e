"""Canned responses: what is answered often, by a short name, in three languages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations.tables import canned_responses
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.ids import new_id


async def canned_views(conn: AsyncConnection) -> list[dict[str, Any]]:
    """All of them, by their short name."""
    rows = await conn.execute(select(canned_responses).order_by(canned_responses.c.short))
    return [row._asdict() for row in rows]


async def canned_texts(
    conn: AsyncConnection, shorts: Collection[str]
) -> dict[str, Mapping[str, str]]:
    """What those of these short names say, by language; without those that are not there."""
    rows = await conn.execute(
        select(canned_responses.c.short, canned_responses.c.text).where(
            canned_responses.c.short.in_(shorts)
        )
    )
    return {row.short: row.text for row in rows}


async def add_canned(conn: AsyncConnection, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new one; Conflict("short_name_taken")."""
    row = (
        await conn.execute(
            upsert(canned_responses)
            .values(id=new_id(), **values)
            .on_conflict_do_nothing()
            .returning(canned_responses)
        )
    ).first()
    if row is None:
        raise Conflict("short_name_taken", short=values["short"])
    return dict(row._mapping)


async def change_canned(
    conn: AsyncConnection, canned_id: UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    """One as it is from now on; Conflict("short_name_taken"),
    NotFound("canned_response_not_found")."""
    taken = await conn.execute(
        select(canned_responses.c.id).where(
            canned_responses.c.short == values["short"], canned_responses.c.id != canned_id
        )
    )
    if taken.first() is not None:
        raise Conflict("short_name_taken", short=values["short"])
    row = (
        await conn.execute(
            update(canned_responses)
            .where(canned_responses.c.id == canned_id)
            .values(**values)
            .returning(canned_responses)
        )
    ).first()
    if row is None:
        raise NotFound("canned_response_not_found")
    return dict(row._mapping)


async def drop_canned(conn: AsyncConnection, canned_id: UUID) -> None:
    """Removes one, if it is there."""
    await conn.execute(delete(canned_responses).where(canned_responses.c.id == canned_id))
