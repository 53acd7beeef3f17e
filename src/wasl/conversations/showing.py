"""Which conversations and messages show something of a contact, a colleague, a queue, a channel."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OF_CONTACTS = text(
    "SELECT id FROM conversations WHERE contact_id = ANY (:ids) OR contact_suggestion = ANY (:ids)"
    " ORDER BY last_message_at DESC LIMIT 500"
)
# of what many conversations show, those near the top of a list: nobody looks at older ones
_NEWEST = (
    "SELECT newest.id FROM (VALUES ('open'), ('pending'), ('snoozed'), ('resolved')) AS s(status),"
    " LATERAL (SELECT id, assignee_id, joined, queue_id, channel_id FROM conversations c"
    " WHERE c.status = s.status ORDER BY last_message_at DESC, id DESC LIMIT 500) AS newest"
    " WHERE newest.{column} = ANY (:ids)"
)
_ROWS = {
    "contact": _OF_CONTACTS,
    "user": text(
        _NEWEST.format(column="assignee_id").replace(
            "newest.assignee_id = ANY (:ids)",
            "newest.assignee_id = ANY (:ids) OR newest.joined && CAST(:ids AS uuid[])",
        )
    ),
    "queue": text(_NEWEST.format(column="queue_id")),
    "channel": text(_NEWEST.format(column="channel_id")),
}

_FOLLOWED = {
    "contact": text(
        "SELECT c.id FROM conversations c WHERE c.id = ANY (:followed)"
        " AND (c.contact_id = ANY (:ids) OR c.contact_suggestion = ANY (:ids) OR EXISTS ("
        "  SELECT 1 FROM legs l JOIN identities i ON i.id = l.identity_id"
        "  WHERE l.conversation_id = c.id AND i.contact_id = ANY (:ids)))"
    ),
    "user": text(
        "SELECT id FROM conversations WHERE id = ANY (:followed)"
        " AND (assignee_id = ANY (:ids) OR joined && CAST(:ids AS uuid[]))"
    ),
    "queue": text(
        "SELECT id FROM conversations WHERE id = ANY (:followed) AND queue_id = ANY (:ids)"
    ),
    "channel": text(
        "SELECT c.id FROM conversations c WHERE c.id = ANY (:followed)"
        " AND (c.channel_id = ANY (:ids) OR EXISTS (SELECT 1 FROM legs l"
        "  WHERE l.conversation_id = c.id AND l.channel_id = ANY (:ids)))"
    ),
    # a suggestion names another conversation
    "conversation": text(
        "SELECT id FROM conversations WHERE id = ANY (:followed) AND merge_suggestion = ANY (:ids)"
    ),
}

_NEWEST_OF_EACH = (
    "SELECT m.id, m.conversation_id FROM unnest(CAST(:followed AS uuid[])) AS f(id),"
    " LATERAL (SELECT * FROM messages WHERE conversation_id = f.id ORDER BY seq DESC LIMIT :newest)"
    " AS m WHERE {condition}"
)
_BY_AUTHOR = text(_NEWEST_OF_EACH.format(condition="m.author_id = ANY (:ids)"))
_MESSAGES = {
    "contact": _BY_AUTHOR,
    "user": _BY_AUTHOR,
    "channel": text(
        _NEWEST_OF_EACH.format(
            condition="m.leg_id IN (SELECT id FROM legs WHERE channel_id = ANY (:ids)"
            " AND conversation_id = ANY (:followed))"
        )
    ),
}


async def rows_showing(conn: AsyncConnection, kind: str, ids: Collection[UUID]) -> list[UUID]:
    """The conversations whose row in a list shows one of these; `kind` is contact, user, queue or
    channel. At most 500 of a contact, else those among the 500 newest of each status."""
    return [row.id for row in await conn.execute(_ROWS[kind], {"ids": list(ids)})]


async def followed_showing(
    conn: AsyncConnection, kind: str, ids: Collection[UUID], followed: Collection[UUID]
) -> list[UUID]:
    """Which of the followed conversations show one of these when open; `kind` may also be
    conversation."""
    found = await conn.execute(_FOLLOWED[kind], {"ids": list(ids), "followed": list(followed)})
    return [row.id for row in found]


async def messages_showing(
    conn: AsyncConnection,
    kind: str,
    ids: Collection[UUID],
    followed: Collection[UUID],
    *,
    newest: int,
) -> dict[UUID, UUID]:
    """Message → conversation, of the newest messages in the followed conversations that show one
    of these; `kind` is contact, user or channel."""
    values = {"ids": list(ids), "followed": list(followed), "newest": newest}
    return {row.id: row.conversation_id for row in await conn.execute(_MESSAGES[kind], values)}
