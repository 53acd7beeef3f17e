"""Whom and which live offers a change elsewhere concerns: a queue, a conversation, a contact."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.statements import run_together
from wasl.routing.tables import queue_members

_OF_CONVERSATIONS = (
    "SELECT o.id FROM offers o JOIN conversations c ON c.id = o.conversation_id"
    " WHERE o.state = 'offered' AND {condition}"
)
_OFFERS = {
    # it also shows when the contact was last with us, by any of their conversations
    "conversation": _OF_CONVERSATIONS.format(
        condition="c.contact_id IN (SELECT contact_id FROM conversations WHERE id = ANY (%(ids)s))"
    ),
    "contact": _OF_CONVERSATIONS.format(condition="c.contact_id = ANY (%(ids)s)"),
    "channel": _OF_CONVERSATIONS.format(condition="c.channel_id = ANY (%(ids)s)"),
    "queue": "SELECT id FROM offers WHERE state = 'offered' AND queue_id = ANY (%(ids)s)",
}


async def members_of(conn: AsyncConnection, queue_ids: Collection[UUID]) -> set[UUID]:
    """The members of any of these queues."""
    rows = await conn.execute(
        select(queue_members.c.user_id).where(queue_members.c.queue_id.in_(queue_ids))
    )
    return {row.user_id for row in rows}


async def offers_showing(conn: AsyncConnection, kind: str, ids: Collection[UUID]) -> list[UUID]:
    """The live offers that show one of these; `kind` is conversation, contact, channel or queue."""
    (rows,) = await run_together(conn, (_OFFERS[kind], {"ids": list(ids)}))
    return [row.id for row in rows]
