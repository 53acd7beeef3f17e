"""How conversations stand, in the words of conditions that people write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.statements import run_together

_CONDITIONS = """
SELECT c.id, c.number, c.contact_id, c.status, c.state, c.priority, c.tags, c.subject, c.locale,
  c.channel_id, h.kind, c.queue_id, c.assignee_id, c.due_at, c.unread, c.spam, c.last_message_at,
  c.created_at, c.preview_direction
FROM conversations c LEFT JOIN channels h ON h.id = c.channel_id
WHERE c.id = ANY (%(ids)s) AND c.merged_into IS NULL
"""
# those in which something happened lately and that are not over, the longest untouched first
_LIVELY = """
SELECT id FROM conversations
WHERE status <> 'resolved' AND NOT spam AND merged_into IS NULL AND last_message_at > %(since)s
ORDER BY last_message_at LIMIT %(most)s
"""
_LAST = """
SELECT DISTINCT ON (contact_id) contact_id, id FROM conversations
WHERE contact_id = ANY (%(contacts)s) AND NOT spam AND merged_into IS NULL
ORDER BY contact_id, last_message_at DESC, id DESC
"""
_SAID = """
SELECT id, text, attributes -> 'page' AS page FROM messages
WHERE id = ANY (%(ids)s) AND author_kind = 'contact'
"""


async def conditions(
    conn: AsyncConnection, ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Mapping[str, Any]]:
    """Each conversation as conditions see it; `owed` is whether our reply is due, `idle_s` and
    `age_s` are seconds since the last message and since it began."""
    if not ids:
        return {}
    (rows,) = await run_together(conn, (_CONDITIONS, {"ids": list(ids)}))
    return {
        row.id: {
            "number": row.number,
            "status": row.status,
            "state": row.state,
            "priority": row.priority,
            "tags": ", ".join(row.tags),
            "subject": row.subject,
            "locale": row.locale,
            "channel": str(row.channel_id),
            "kind": row.kind,
            "queue": str(row.queue_id) if row.queue_id else None,
            "agent": str(row.assignee_id) if row.assignee_id else None,
            "contact": str(row.contact_id),
            "owed": row.due_at is not None,
            "unread": row.unread,
            "spam": row.spam,
            "answered": row.preview_direction == "out",
            "idle_s": int((now - row.last_message_at).total_seconds()),
            "age_s": int((now - row.created_at).total_seconds()),
        }
        for row in rows
    }


async def lively(conn: AsyncConnection, *, since: datetime, most: int) -> list[UUID]:
    """Conversations that are not resolved and in which something was said since then."""
    (rows,) = await run_together(conn, (_LIVELY, {"since": since, "most": most}))
    return [row.id for row in rows]


async def said_by_contacts(
    conn: AsyncConnection, ids: Collection[UUID]
) -> dict[UUID, tuple[str, dict[str, str] | None]]:
    """Of those messages that contacts wrote: the text, and the page (`url`, `title`) it was written
    from, where that is known."""
    if not ids:
        return {}
    (rows,) = await run_together(conn, (_SAID, {"ids": list(ids)}))
    return {row.id: (row.text, row.page) for row in rows}


async def last_of(conn: AsyncConnection, contact_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The conversation in which each contact said or heard something last."""
    if not contact_ids:
        return {}
    (rows,) = await run_together(conn, (_LAST, {"contacts": list(contact_ids)}))
    return {row.contact_id: row.id for row in rows}
