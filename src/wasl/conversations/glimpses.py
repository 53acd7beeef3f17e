"""The beginnings of messages, as they stand on a timeline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.statements import run_together

_GLIMPSES = """
SELECT m.id, left(m.text, %(longest)s) AS text, (
  SELECT count(*) FROM attachments a WHERE a.message_id = m.id AND NOT a.inline) AS files
FROM messages m
WHERE m.id = ANY (%(ids)s) AND m.conversation_id = %(conversation)s AND m.deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The first characters of a message, and how many files came with it."""

    text: str
    files: int


async def glimpses(
    conn: AsyncConnection, conversation_id: UUID, ids: Collection[UUID], *, longest: int
) -> dict[UUID, Glimpse]:
    """The beginnings of those of these messages that stand on the conversation's timeline."""
    if not ids:
        return {}
    asked = {"ids": list(ids), "conversation": conversation_id, "longest": longest}
    (rows,) = await run_together(conn, (_GLIMPSES, asked))
    return {row.id: Glimpse(row.text, row.files) for row in rows}
