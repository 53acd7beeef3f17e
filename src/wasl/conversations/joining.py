"""Two contacts who turn out to be one person: what was said moves along."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.conversations.service import change
from wasl.conversations.tables import conversations
from wasl.infra.errors import Invalid, Unavailable
from wasl.infra.events import Actor

# all of them move in one transaction
_MOST_MOVED = 500
_TRIES = 10


async def join_contacts(
    conn: AsyncConnection, base_id: UUID, other_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Merges `other_id` into `base_id` with its conversations; see `contacts.merge`."""
    for _ in range(_TRIES):
        attempt = await conn.begin_nested()
        # conversations are locked before contacts, as where a message comes in
        moved = await _locked(conn, conversations.c.contact_id == other_id)
        suggesting = await _locked(
            conn,
            conversations.c.contact_id == base_id,
            conversations.c.contact_suggestion == other_id,
        )
        await contacts.hold(conn, (base_id, other_id))
        if moved == await _ids(conn, other_id):
            await attempt.commit()
            break
        await attempt.rollback()  # one was opened meanwhile: it is locked in its turn
    else:
        raise Unavailable("contact_busy", after_s=1)
    await contacts.merge(conn, base_id, other_id, actor=actor, now=now, conversation_ids=moved)
    settled: dict[str, Any] = {"contact_suggestion": None}
    moves = dict.fromkeys(suggesting, settled)
    moves |= {one: {**settled, "contact_id": base_id} for one in moved}
    await _change_all(conn, moves, actor, now)


async def part_contacts(
    conn: AsyncConnection, base_id: UUID, other_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Undoes `join_contacts`: what came from the other goes back, what came since stays."""
    held = set(await _locked(conn, conversations.c.contact_id == base_id))
    back = await contacts.unmerge(conn, base_id, other_id, actor=actor, now=now)
    moves = {one: {"contact_id": other_id} for one in back if one in held}
    await _change_all(conn, moves, actor, now)


async def _change_all(
    conn: AsyncConnection, moves: dict[UUID, dict[str, Any]], actor: Actor, now: datetime
) -> None:
    for conversation_id, values in moves.items():
        await change(
            conn,
            conversation_id,
            event="ConversationContactChanged",
            actor=actor,
            now=now,
            values=values,
        )


async def _ids(conn: AsyncConnection, contact_id: UUID) -> list[UUID]:
    rows = await conn.execute(
        select(conversations.c.id)
        .where(conversations.c.contact_id == contact_id)
        .order_by(conversations.c.id)
    )
    return [row.id for row in rows]


async def _locked(conn: AsyncConnection, *which: Any) -> list[UUID]:
    rows = await conn.execute(
        select(conversations.c.id)
        .where(*which)
        .order_by(conversations.c.id)
        .limit(_MOST_MOVED + 1)
        .with_for_update()
    )
    ids = [row.id for row in rows]
    if len(ids) > _MOST_MOVED:
        raise Invalid("contact_large", field="other_id", limit=_MOST_MOVED)
    return ids
