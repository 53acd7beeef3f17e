"""Two conversations become one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations.hooks import Placement
from wasl.conversations.service import ConversationState, change, close_interaction, lock
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import Actor

_MOST_TOLD = 200  # of the newest messages that move; clients read older ones by pages
_MERGED_BEFORE = text("SELECT id FROM conversations WHERE merged_into = :into")
_NEWEST = text(
    "SELECT id FROM messages WHERE conversation_id = :from ORDER BY seq DESC LIMIT :most"
)


async def merge(
    conn: AsyncConnection, conversation_id: UUID, into: UUID, *, by: Actor, now: datetime
) -> ConversationState:
    """Moves a conversation's timeline into another one of the same contact.

    The messages follow in their own order after what is there; the emptied one is resolved and
    leads to the other from then on.
    """
    if conversation_id == into:
        raise Invalid("merge_with_itself", field="into")
    earlier = (await conn.execute(_MERGED_BEFORE, {"into": conversation_id})).scalars().all()
    locked = {one: await lock(conn, one) for one in sorted({conversation_id, into, *earlier})}
    source, target = locked[conversation_id], locked[into]
    if source.contact_id != target.contact_id:
        raise Conflict("merge_needs_one_contact")
    newest = (await conn.execute(_NEWEST, {"from": conversation_id, "most": _MOST_TOLD})).scalars()
    told = {"message_ids": [str(message_id) for message_id in newest]}
    moved = {"from": conversation_id, "to": into, "by": target.seq, "i": target.interaction_id}
    for statement in (
        "UPDATE messages SET conversation_id = :to, interaction_id = :i, seq = seq + :by"
        " WHERE conversation_id = :from",
        "UPDATE legs SET conversation_id = :to, interaction_id = :i WHERE conversation_id = :from",
        "UPDATE provider_ids SET conversation_id = :to WHERE conversation_id = :from",
        "UPDATE deliveries SET conversation_id = :to, seq = seq + :by"
        " WHERE conversation_id = :from",
    ):
        await conn.execute(text(statement), moved)
    await close_interaction(conn, source.interaction_id, now=now)
    await change(
        conn,
        conversation_id,
        event="ConversationMerged",
        actor=by,
        now=now,
        values={"status": "resolved", "merged_into": into, "unread": 0},
        placement=Placement(None, source.queue_id, "completed"),
        data=told,
    )
    for one in earlier:
        await change(
            conn,
            one,
            event="ConversationMerged",
            actor=by,
            now=now,
            values={"merged_into": into},
        )
    return await change(
        conn,
        into,
        event="ConversationMerged",
        actor=by,
        now=now,
        values={"seq": target.seq + source.seq, "unread": target.unread + source.unread},
        activity=None,
        data=told,
    )
