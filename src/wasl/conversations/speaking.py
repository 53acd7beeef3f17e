"""Speaking to a contact: a message together with its delivery; the caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import Capabilities
from wasl.conversations.hooks import Speaking, hooks
from wasl.conversations.policy import Standing, clean_text, count_changes, preview_of
from wasl.conversations.service import ConversationState, attach, count, lock, write
from wasl.conversations.tables import conversations, deliveries, interactions, legs, messages
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Invalid
from wasl.infra.events import Actor
from wasl.infra.ids import new_id

DELIVERIES = "deliveries"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said on which channel, and how."""

    channel_id: UUID
    channel_kind: str
    capabilities: Capabilities
    identity_id: UUID | None
    text: str
    html: str = ""
    subject: str = ""
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    attachment_ids: Sequence[UUID] = ()
    quick_replies: Sequence[str] = ()
    client_id: str | None = None
    author_name: str = ""  # of a flow: agents have names of their own


async def send_message(
    conn: AsyncConnection, conversation_id: UUID, reply: Reply, *, author: Actor, now: datetime
) -> UUID:
    """Puts a message on the timeline together with its delivery; the message's id.

    Conflict("not_holder") when somebody else speaks for us now. The same `client_id` again
    returns the same message. A resolved conversation begins a new interaction.
    """
    before = await lock(conn, conversation_id)
    if reply.client_id is not None:
        known = (
            await conn.execute(
                select(messages.c.id).where(
                    messages.c.conversation_id == conversation_id,
                    messages.c.client_id == reply.client_id,
                )
            )
        ).scalar()
        if known is not None:
            return UUID(str(known))
    words = clean_text(reply.text, limit=reply.capabilities.max_text_chars + 1).strip()
    if len(words) > reply.capabilities.max_text_chars:
        raise Invalid("text_too_long", field="text", limit=reply.capabilities.max_text_chars)
    if not words and not reply.attachment_ids:
        raise Invalid("text_empty", field="text")
    switched = before.channel_id != reply.channel_id
    reopens = before.status == "resolved"
    interaction_id = before.interaction_id
    if reopens:
        interaction_id = new_id()
        await conn.execute(
            insert(interactions).values(
                id=interaction_id,
                conversation_id=conversation_id,
                ordinal=before.interactions + 1,
                opened_at=now,
            )
        )
    placement = await hooks.holder(
        conn,
        Speaking(
            conversation_id=conversation_id,
            interaction_id=interaction_id,
            author_kind=author.kind,
            author_id=author.id,
            channel_kind=reply.channel_kind,
            units=reply.capabilities.capacity_units,
            switched=switched,
            now=now,
        ),
    )
    leg_id = await _leg_for(conn, before, interaction_id, reply, now)
    message_id, seq = new_id(), before.seq + 1
    subject = ""
    if reply.capabilities.subject:
        subject = clean_text(reply.subject, limit=500).replace("\n", " ")
    await conn.execute(
        insert(messages).values(
            id=message_id,
            conversation_id=conversation_id,
            interaction_id=interaction_id,
            leg_id=leg_id,
            seq=seq,
            kind="message",
            direction="out",
            author_kind=author.kind,
            author_id=author.id,
            text=words,
            html=reply.html,
            subject=subject,
            mail={"cc": list(reply.cc), "bcc": list(reply.bcc)} if reply.capabilities.cc else None,
            quick_replies=list(reply.quick_replies) if reply.capabilities.quick_replies else [],
            client_id=reply.client_id,
            attributes={"sender": reply.author_name} if reply.author_name else {},
            state="queued",
            created_at=now,
        )
    )
    attached = await attach(conn, message_id, reply.attachment_ids, author)
    await conn.execute(
        insert(deliveries).values(
            message_id=message_id,
            conversation_id=conversation_id,
            channel_id=reply.channel_id,
            leg_id=leg_id,
            seq=seq,
            state="queued",
            next_attempt_at=now,
        )
    )
    written: dict[str, Any] = {
        "seq": seq,
        "leg_id": leg_id,
        "channel_id": reply.channel_id,
        "interaction_id": interaction_id,
        "preview": preview_of(words),
        "preview_kind": "message",
        "preview_direction": "out",
        "preview_attachments": attached,
        "last_message_at": now,
    }
    if author.kind != "flow":  # what a flow answered nobody has read
        written.update(unread=0, agent_read_seq=seq)
    if before.status != "open":
        written.update(status="open", snoozed_until=None, resolved_at=None)
    if reopens:
        written["interactions"] = before.interactions + 1
    if placement is not None:
        written.update(
            assignee_id=placement.assignee_id,
            queue_id=placement.queue_id,
            state=placement.state,
            due_at=placement.due_at,
            due_total_s=placement.due_total_s,
            due_warn_at=placement.due_warn_at,
        )
    event = "ConversationContinued" if switched else "MessageQueued"
    await write(conn, before, written, event, author, now, {"message_ids": [str(message_id)]})
    wake_after_commit(conn, DELIVERIES)
    return message_id


async def open_conversation(
    conn: AsyncConnection,
    *,
    contact_id: UUID,
    channel_id: UUID,
    subject: str,
    locale: str,
    now: datetime,
) -> UUID:
    """Makes a conversation that we begin; the first `send_message` opens its leg."""
    conversation_id, interaction_id = new_id(), new_id()
    await conn.execute(
        insert(conversations).values(
            id=conversation_id,
            contact_id=contact_id,
            subject=clean_text(subject, limit=500).replace("\n", " "),
            locale=locale,
            interactions=1,
            channel_id=channel_id,
            interaction_id=interaction_id,
            last_message_at=now,
            created_at=now,
        )
    )
    await conn.execute(
        insert(interactions).values(
            id=interaction_id, conversation_id=conversation_id, ordinal=1, opened_at=now
        )
    )
    await count(conn, count_changes(None, Standing("open", False, None, None, "created")))
    return conversation_id


async def _leg_for(
    conn: AsyncConnection,
    before: ConversationState,
    interaction_id: UUID,
    reply: Reply,
    now: datetime,
) -> UUID:
    """The current leg when it is on this channel, else a new one; the earlier one ends."""
    goes_on = before.channel_id == reply.channel_id and before.interaction_id == interaction_id
    if before.leg_id is not None and goes_on:
        await conn.execute(
            update(legs).where(legs.c.id == before.leg_id).values(messages=legs.c.messages + 1)
        )
        return before.leg_id
    await conn.execute(
        update(legs)
        .where(legs.c.conversation_id == before.id, legs.c.closed_at.is_(None))
        .values(closed_at=now)
    )
    leg_id = new_id()
    await conn.execute(
        insert(legs).values(
            id=leg_id,
            conversation_id=before.id,
            interaction_id=interaction_id,
            channel_id=reply.channel_id,
            identity_id=reply.identity_id,
            subject=clean_text(reply.subject, limit=500),
            messages=1,
            opened_at=now,
        )
    )
    return leg_id
