"""A contact's whole history over all channels, as one colleague may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts
from wasl.conversations.policy import audience, code_of
from wasl.conversations.tables import conversations, interactions, legs
from wasl.conversations.views import Viewer

_MOST_CONVERSATIONS = 500
_MOST_POINTS = 200
_RECENT = 10


async def contact_page(conn: AsyncConnection, contact_id: UUID, viewer: Viewer) -> dict[str, Any]:
    """Contact with its statistics and its newest conversations. Raises NotFound."""
    contact = await contacts.view(conn, contact_id)
    counted = (
        await conn.execute(
            select(
                func.count().label("all"),
                func.count().filter(conversations.c.status != "resolved").label("open"),
            ).where(*_of(contact["id"]))
        )
    ).one()
    lifetime_minor, currency = await contacts.lifetime(conn, contact["id"])
    recent = (await _visible(conn, contact["id"], viewer))[:_RECENT]
    known = await channels.summaries(conn, (row.channel_id for row in recent))
    return {
        **contact,
        "stats": {
            "conversations": counted.all,
            "open": counted.open,
            "lifetime_minor": lifetime_minor,
            "currency": currency,
        },
        "recent": [
            {
                "conversation_id": row.id,
                "number": code_of(row.number, 1),
                "subject": row.subject,
                "preview": {
                    "text": row.preview,
                    "kind": row.preview_kind,
                    "direction": row.preview_direction,
                    "attachments": row.preview_attachments,
                },
                "status": row.status,
                "channel_kind": _kind(known, row.channel_id),
                "last_message_at": row.last_message_at,
            }
            for row in recent
        ],
    }


async def journey(conn: AsyncConnection, contact_id: UUID, viewer: Viewer) -> dict[str, Any]:
    """The contact's way: each leg of each conversation and each order, oldest first; the newest
    200 of both. Raises NotFound."""
    contact_id = await contacts.current_id(conn, contact_id)
    seen = [row.id for row in await _visible(conn, contact_id, viewer)]
    found = (
        await conn.execute(
            select(
                legs.c.opened_at,
                legs.c.channel_id,
                legs.c.conversation_id,
                legs.c.interaction_id,
                conversations.c.number,
                interactions.c.ordinal,
                interactions.c.closed_at,
            )
            .join(conversations, conversations.c.id == legs.c.conversation_id)
            .join(interactions, interactions.c.id == legs.c.interaction_id)
            .where(legs.c.conversation_id.in_(seen))
            .order_by(legs.c.opened_at.desc(), legs.c.id.desc())
            .limit(_MOST_POINTS)
        )
    ).all()
    known = await channels.summaries(conn, (row.channel_id for row in found))
    points = [
        {
            "at": row.opened_at,
            "kind": "message",
            "channel_kind": _kind(known, row.channel_id),
            "conversation_id": row.conversation_id,
            "number": code_of(row.number, row.ordinal),
            "interaction_id": row.interaction_id,
            "order_code": None,
            "open": row.closed_at is None,
        }
        for row in found
    ]
    points += [
        {
            "at": at,
            "kind": "order",
            "channel_kind": None,
            "conversation_id": None,
            "number": None,
            "interaction_id": None,
            "order_code": code,
            "open": on_its_way,
        }
        for at, code, on_its_way in await contacts.order_dates(conn, contact_id, limit=_MOST_POINTS)
    ]
    points.sort(key=lambda point: point["at"])
    return {"points": points[-_MOST_POINTS:]}


async def has_conversations(conn: AsyncConnection, channel_id: UUID) -> bool:
    """Whether anything was ever said on a channel."""
    found = await conn.execute(select(legs.c.id).where(legs.c.channel_id == channel_id).limit(1))
    return found.first() is not None


def _of(contact_id: UUID) -> list[Any]:
    return [
        conversations.c.contact_id == contact_id,
        conversations.c.merged_into.is_(None),
        ~conversations.c.spam,
    ]


async def _visible(conn: AsyncConnection, contact_id: UUID, viewer: Viewer) -> Sequence[Any]:
    """The contact's conversations that the viewer may see, newest first."""
    rows = await conn.execute(
        select(conversations)
        .where(*_of(contact_id))
        .order_by(conversations.c.last_message_at.desc(), conversations.c.id.desc())
        .limit(_MOST_CONVERSATIONS)
    )
    return [
        row for row in rows if viewer.keys & audience(row.assignee_id, row.queue_id, row.joined)
    ]


def _kind(known: dict[UUID, dict[str, Any]], channel_id: UUID) -> str | None:
    channel = known.get(channel_id)
    return channel["kind"] if channel else None
