"""What became of messages: read, delivered, failed, tried again, edited, taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import ErrorKind
from wasl.conversations.placing import locked, locking
from wasl.conversations.policy import clean_text, next_state
from wasl.conversations.service import change, lock, write, writing
from wasl.conversations.speaking import DELIVERIES
from wasl.conversations.tables import deliveries, legs, messages, provider_ids
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import Actor
from wasl.infra.statements import Statement, run_together


async def mark_read(
    conn: AsyncConnection, conversation_id: UUID, seq: int, *, by: Actor, now: datetime
) -> None:
    """An agent has read up to `seq`; nothing happens when nothing is unread."""
    before = await lock(conn, conversation_id)
    seen = min(seq, before.seq)
    if before.unread == 0:
        return
    left = (
        await conn.execute(
            text(
                "SELECT count(*) FROM (SELECT 1 FROM messages WHERE conversation_id = :id"
                " AND seq > :seen AND direction = 'in' LIMIT 1000) AS m"
            ),
            {"id": conversation_id, "seen": seen},
        )
    ).scalar_one()
    if left == before.unread:
        return
    written = {"unread": left, "agent_read_seq": seen}
    await write(conn, before, written, "ConversationRead", by, now, {"message_ids": []})


async def contact_read(
    conn: AsyncConnection,
    conversation_id: UUID,
    seq: int,
    *,
    now: datetime,
    seen_on: UUID | None = None,
) -> None:
    """The contact has read up to `seq`: our messages up to there become read.

    `seen_on` is the channel whose client shows our timeline: there a message may be read before
    its delivery is told.
    """
    before = await lock(conn, conversation_id)
    there = select(legs.c.id).where(
        legs.c.conversation_id == conversation_id, legs.c.channel_id == seen_on
    )
    on_its_way = messages.c.state.in_(["queued", "sending"]) & messages.c.leg_id.in_(there)
    rows = await conn.execute(
        update(messages)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.seq <= seq,
            messages.c.direction == "out",
            messages.c.state.in_(["sent", "delivered", "unknown"]) | on_its_way,
        )
        .values(state="read", version=messages.c.version + 1)
        .returning(messages.c.id)
    )
    changed = [str(row.id) for row in rows]
    if not changed:
        return
    await write(
        conn,
        before,
        {"contact_read_seq": min(seq, before.seq)},
        "MessagesRead",
        Actor("contact", before.contact_id),
        now,
        {"message_ids": changed},
    )


async def set_message_state(
    conn: AsyncConnection,
    message_id: UUID,
    told: str,
    *,
    now: datetime,
    error: ErrorKind | None = None,
    detail: str = "",
    activity: tuple[str, Mapping[str, Any]] | None = None,
) -> bool:
    """Applies what became of an outgoing message; False when that changes nothing."""
    of = {"message": message_id}
    (found,) = await run_together(conn, (_OURS, of))
    if not found:
        return False
    before = await lock(conn, found[0].conversation_id)
    ((row,),) = await run_together(conn, (_OURS, of))  # as it is under the lock
    state = told if told in ("queued", "sending", "unknown") else next_state(row.state, told)
    if state == row.state:
        return False
    failed = state in ("failed", "unknown")
    changed = {
        **of,
        "state": state,
        "error_code": error.value if failed and error else None,
        "error_detail": clean_text(detail, limit=500) if failed else None,
    }
    await change(
        conn,
        before.id,
        event="MessageStateChanged",
        actor=Actor("system"),
        now=now,
        activity=activity,
        data={"message_ids": [str(message_id)]},
        before=before,
        added=[(_SET_STATE, changed)],
    )
    return True


_OURS = """
SELECT conversation_id, state FROM messages WHERE id = %(message)s AND direction = 'out'
"""
_SET_STATE = """
UPDATE messages SET state = %(state)s, error_code = %(error_code)s,
  error_detail = %(error_detail)s, version = version + 1
WHERE id = %(message)s
"""


async def note_delivered(
    conn: AsyncConnection, message_ids: Collection[UUID], *, now: datetime
) -> None:
    """Contacts' clients have been given these: those that were only sent are delivered. The
    caller's transaction ends with it."""
    given = {"messages": list(message_ids)}
    conversations, messages = await run_together(conn, (_LOCK_GIVEN, given), (_DELIVER, given))
    ids = defaultdict[UUID, list[str]](list)
    for row in messages:
        ids[row.conversation_id].append(str(row.id))
    steps: list[Statement] = []
    for before in locked(conversations).values():
        if changed := ids[before.id]:
            told = {"message_ids": changed}
            event = "MessageStateChanged"
            steps += writing(conn, before, {}, event, Actor("system"), now, told)[1]
    await run_together(conn, *steps, commits=True)


_GIVEN = "id = ANY (%(messages)s) AND direction = 'out' AND state = 'sent'"
_LOCK_GIVEN = locking(f"SELECT conversation_id FROM messages WHERE {_GIVEN}")  # noqa: S608
_DELIVER = f"""
UPDATE messages SET state = 'delivered', version = version + 1 WHERE {_GIVEN}
RETURNING id, conversation_id
"""  # noqa: S608  # our constant


async def remember_provider_ids(
    conn: AsyncConnection,
    ids: Sequence[str],
    *,
    channel_id: UUID,
    message_id: UUID,
    conversation_id: UUID,
    leg_id: UUID,
) -> None:
    """Keeps what the provider calls a message of ours, for receipts and threads."""
    rows = [
        {
            "channel_id": channel_id,
            "provider_id": provider_id,
            "message_id": message_id,
            "conversation_id": conversation_id,
            "leg_id": leg_id,
        }
        for provider_id in dict.fromkeys(ids)
    ]
    if rows:
        await conn.execute(upsert(provider_ids).on_conflict_do_nothing(), rows)


async def retry(conn: AsyncConnection, message_id: UUID, *, now: datetime) -> UUID:
    """Sends a failed message once more; the conversation's id."""
    conversation_id = await _of_failed(conn, message_id)
    await conn.execute(
        update(deliveries)
        .where(deliveries.c.message_id == message_id)
        .values(state="queued", attempts=0, next_attempt_at=now, claimed_until=None)
    )
    await set_message_state(conn, message_id, "queued", now=now)
    wake_after_commit(conn, DELIVERIES)
    return conversation_id


async def discard(conn: AsyncConnection, message_id: UUID, *, by: Actor, now: datetime) -> UUID:
    """Takes a failed message off: it stays on the timeline as deleted."""
    conversation_id = await _of_failed(conn, message_id)
    await conn.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(deleted_at=now, text="", html="", version=messages.c.version + 1)
    )
    await change(
        conn,
        conversation_id,
        event="MessageDeleted",
        actor=by,
        now=now,
        data={"message_ids": [str(message_id)]},
    )
    return conversation_id


async def _of_failed(conn: AsyncConnection, message_id: UUID) -> UUID:
    row = (
        await conn.execute(select(messages.c.conversation_id).where(messages.c.id == message_id))
    ).first()
    if row is None:
        raise NotFound("message_not_found")
    await lock(conn, row.conversation_id)
    state = (
        await conn.execute(select(messages.c.state).where(messages.c.id == message_id))
    ).scalar_one()
    if state not in ("failed", "unknown"):
        raise Conflict("message_not_failed", state=state)
    return UUID(str(row.conversation_id))


async def change_inbound(
    conn: AsyncConnection,
    channel_id: UUID,
    provider_id: str,
    *,
    text: str | None,
    now: datetime,
) -> bool:
    """The contact edited (`text`) or took back (None) a message; False when it is unknown."""
    row = (
        await conn.execute(
            select(provider_ids.c.message_id, provider_ids.c.conversation_id).where(
                provider_ids.c.channel_id == channel_id,
                provider_ids.c.provider_id == provider_id,
            )
        )
    ).first()
    if row is None:
        return False
    before = await lock(conn, row.conversation_id)
    values: dict[str, Any] = (
        {"deleted_at": now, "text": "", "html": ""}
        if text is None
        else {"edited_at": now, "text": clean_text(text, limit=100_000)}
    )
    changed = await conn.execute(
        update(messages)
        .where(messages.c.id == row.message_id, messages.c.direction == "in")
        .values(**values, version=messages.c.version + 1)
    )
    if changed.rowcount == 0:
        return False
    await change(
        conn,
        row.conversation_id,
        event="MessageDeleted" if text is None else "MessageEdited",
        actor=Actor("contact", before.contact_id),
        now=now,
        data={"message_ids": [str(row.message_id)]},
    )
    return True


async def react(
    conn: AsyncConnection, channel_id: UUID, provider_id: str, emoji: str, *, now: datetime
) -> bool:
    """The contact reacted to a message, or took that back (""); False when it is unknown."""
    row = (
        await conn.execute(
            select(provider_ids.c.message_id, provider_ids.c.conversation_id).where(
                provider_ids.c.channel_id == channel_id,
                provider_ids.c.provider_id == provider_id,
            )
        )
    ).first()
    if row is None:
        return False
    before = await lock(conn, row.conversation_id)
    await conn.execute(
        text(
            "UPDATE messages SET version = version + 1, attributes = CASE WHEN :emoji = ''"
            " THEN attributes - 'reaction'"
            " ELSE attributes || jsonb_build_object('reaction', cast(:emoji AS text)) END"
            " WHERE id = :id"
        ),
        {"id": row.message_id, "emoji": emoji},
    )
    await change(
        conn,
        row.conversation_id,
        event="MessageEdited",
        actor=Actor("contact", before.contact_id),
        now=now,
        data={"message_ids": [str(row.message_id)]},
    )
    return True
