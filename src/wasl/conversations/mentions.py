"""Whom a note names: each of them finds it among their unread mentions until they have seen it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.conversations.policy import code_of
from wasl.conversations.tables import conversations, mentions, messages
from wasl.conversations.views import viewer_of
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor, Event, append
from wasl.infra.ids import new_id

MOST_SHOWN = 100
_MOST_CONCERNED = 1000  # whose name or number changed at once


async def note_mentions(
    conn: AsyncConnection,
    message_id: UUID,
    user_ids: Iterable[UUID],
    audience: Collection[str],
    *,
    author: Actor,
    now: datetime,
) -> None:
    """Keeps that a note names these colleagues; the author, and who may not see it, are left out.

    `audience` are the keys of those who may see the conversation.
    """
    for principal in await accounts.principals(conn, set(user_ids) - {author.id}):
        viewer = await viewer_of(conn, principal)
        if viewer.keys.isdisjoint(audience):
            continue
        mention_id = new_id()
        await conn.execute(
            insert(mentions).values(
                id=mention_id,
                user_id=principal.user_id,
                message_id=message_id,
                by_id=author.id,
                created_at=now,
            )
        )
        await _tell(conn, "Mentioned", mention_id, principal.user_id, 1, author, now)


async def unread_of(conn: AsyncConnection, user_id: UUID) -> list[dict[str, Any]]:
    """The newest unread mentions of a colleague, newest first."""
    return await _views(conn, mentions.c.user_id == user_id, limit=MOST_SHOWN)


async def unread_by_ids(conn: AsyncConnection, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Those of these mentions that are unread."""
    return await _views(conn, mentions.c.id.in_(ids), limit=len(ids))


async def read_in(
    conn: AsyncConnection, conversation_id: UUID, user_id: UUID, *, seq: int, now: datetime
) -> None:
    """A colleague has seen a conversation up to a position."""
    seen = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id, messages.c.seq <= seq
    )
    await _read(conn, user_id, mentions.c.message_id.in_(seen), now)


async def read_one(
    conn: AsyncConnection, mention_id: UUID, user_id: UUID, *, now: datetime
) -> None:
    """A colleague has seen one of theirs; NotFound("mention_not_found"). Again changes nothing."""
    own = select(mentions.c.id).where(mentions.c.id == mention_id, mentions.c.user_id == user_id)
    if (await conn.execute(own)).first() is None:
        raise NotFound("mention_not_found")
    await _read(conn, user_id, mentions.c.id == mention_id, now)


async def mentions_showing(conn: AsyncConnection, kind: str, ids: Collection[UUID]) -> list[UUID]:
    """Unread mentions that show one of these; `kind` is conversation or user."""
    shows = mentions.c.by_id.in_(ids)
    if kind == "conversation":
        of_these = select(messages.c.id).where(messages.c.conversation_id.in_(ids))
        shows = mentions.c.message_id.in_(of_these)
    query = select(mentions.c.id).where(shows, mentions.c.read_at.is_(None)).limit(_MOST_CONCERNED)
    return list((await conn.execute(query)).scalars())


async def _read(
    conn: AsyncConnection, user_id: UUID, which: ColumnElement[bool], now: datetime
) -> None:
    rows = await conn.execute(
        update(mentions)
        .where(mentions.c.user_id == user_id, mentions.c.read_at.is_(None), which)
        .values(read_at=now, version=mentions.c.version + 1)
        .returning(mentions.c.id, mentions.c.version)
    )
    for row in rows.all():
        reader = Actor("agent", user_id)
        await _tell(conn, "MentionRead", row.id, user_id, row.version, reader, now)


async def _views(
    conn: AsyncConnection, which: ColumnElement[bool], *, limit: int
) -> list[dict[str, Any]]:
    rows = (
        await conn.execute(
            select(mentions, messages.c.conversation_id, conversations.c.number)
            .join(messages, messages.c.id == mentions.c.message_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(which, mentions.c.read_at.is_(None))
            .order_by(mentions.c.id.desc())
            .limit(limit)
        )
    ).all()
    names = await accounts.names_of(conn, (row.by_id for row in rows if row.by_id))
    return [
        {
            "id": row.id,
            "conversation": {"id": row.conversation_id, "number": code_of(row.number, 1)},
            "message_id": row.message_id,
            "by": {"id": row.by_id, "name": names.get(row.by_id, "")},
            "at": row.created_at,
            "version": row.version,
            "_user_id": row.user_id,
        }
        for row in rows
    ]


async def _tell(
    conn: AsyncConnection,
    what: str,
    mention_id: UUID,
    user_id: UUID,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    await append(
        conn,
        Event(
            type=what,
            aggregate_kind="mention",
            aggregate_id=mention_id,
            aggregate_version=version,
            audience=frozenset({f"user:{user_id}"}),
            at=now,
            actor=actor,
        ),
    )
