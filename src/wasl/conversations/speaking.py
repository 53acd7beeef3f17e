"""Speaking to a contact: a message together with its delivery; the caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import Capabilities
from wasl.conversations import sql
from wasl.conversations.hooks import Speaking, hooks
from wasl.conversations.policy import Standing, clean_text, count_changes, preview_of
from wasl.conversations.service import (
    ConversationState,
    attach,
    columns_of,
    counting,
    lock_and_read,
    ours,
    writing,
)
from wasl.conversations.tables import conversations, interactions
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import Actor
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_together

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
    # said beside whoever serves, by an automation: not while an agent does, and it reopens nothing
    aside: bool = False
    # only this message goes by that channel: the conversation stays where it is
    elsewhere: bool = False


async def send_message(
    conn: AsyncConnection, conversation_id: UUID, reply: Reply, *, author: Actor, now: datetime
) -> UUID:
    """Puts a message on the timeline together with its delivery; the message's id. Where the
    contact's own client reads the timeline there is nothing more to deliver: it is sent.

    Conflict("not_holder") when somebody else speaks for us now. The same `client_id` again
    returns the same message. A resolved conversation begins a new interaction.
    """
    message_id, statements = await saying(conn, conversation_id, reply, author=author, now=now)
    if statements:
        await run_together(conn, *statements)
    return message_id


async def saying(
    conn: AsyncConnection, conversation_id: UUID, reply: Reply, *, author: Actor, now: datetime
) -> tuple[UUID, list[Statement]]:
    """What `send_message` answers, and the statements that it runs, which are the caller's then:
    nothing else may be done to the conversation before; none when it was said already."""
    sent = {"conversation": conversation_id, "client_id": reply.client_id}
    before, (sent_before, holding) = await lock_and_read(
        conn, conversation_id, (_SENT, sent), (hooks.held, sent)
    )
    if sent_before:
        return UUID(str(sent_before[0].id)), []
    words = clean_text(reply.text, limit=reply.capabilities.max_text_chars + 1).strip()
    if len(words) > reply.capabilities.max_text_chars:
        raise Invalid("text_too_long", field="text", limit=reply.capabilities.max_text_chars)
    if not words and not reply.attachment_ids:
        raise Invalid("text_empty", field="text")
    away = reply.elsewhere and before.channel_id != reply.channel_id
    switched = before.channel_id != reply.channel_id and not away
    added: list[Statement] = []
    written: dict[str, Any] = {}
    interaction_id = before.interaction_id
    held = holding[0] if holding else None
    if reply.aside and before.state == "active":
        raise Conflict("not_holder", by=None)
    if before.status == "resolved" and not reply.aside:
        interaction_id, ordinal, held = new_id(), before.interactions + 1, None
        begun = {"interaction": interaction_id, "conversation": conversation_id}
        added.append((sql.ADD_INTERACTION, {**begun, "ordinal": ordinal, "now": now}))
        written["interactions"] = ordinal
    placement = None
    if not reply.aside:
        speaking = Speaking(
            conversation_id=conversation_id,
            interaction_id=interaction_id,
            author_kind=author.kind,
            author_id=author.id,
            channel_kind=reply.channel_kind,
            units=reply.capabilities.capacity_units,
            switched=switched,
            now=now,
            held=held,
        )
        placement = await hooks.holder(conn, speaking)
    leg_id, leg_steps = _leg_for(before, interaction_id, reply, now)
    message_id, seq = new_id(), before.seq + 1
    subject = ""
    if reply.capabilities.subject:
        subject = clean_text(reply.subject, limit=500).replace("\n", " ")
    copies = {"cc": list(reply.cc), "bcc": list(reply.bcc)} if reply.capabilities.cc else None
    choices = list(reply.quick_replies) if reply.capabilities.quick_replies else []
    message = ours(
        before,
        message_id,
        "message",
        author=author,
        now=now,
        interaction=interaction_id,
        leg=leg_id,
        direction="out",
        text=words,
        html=reply.html,
        subject=subject,
        mail=Jsonb(copies) if copies is not None else None,
        quick_replies=Jsonb(choices),
        attributes=Jsonb({"sender": reply.author_name} if reply.author_name else {}),
        client_id=reply.client_id,
        state="sent" if reply.capabilities.client_api else "queued",
    )
    added += [*leg_steps, message]
    if not reply.capabilities.client_api:
        delivery = {
            "message": message_id,
            "conversation": conversation_id,
            "channel": reply.channel_id,
            "leg": leg_id,
            "seq": seq,
            "now": now,
        }
        added.append((sql.ADD_DELIVERY, delivery))
        wake_after_commit(conn, DELIVERIES)
    attached = await attach(conn, message_id, reply.attachment_ids, author)
    written |= {
        "seq": seq,
        "leg_id": before.leg_id if away else leg_id,
        "channel_id": before.channel_id if away else reply.channel_id,
        "interaction_id": interaction_id,
        "preview": preview_of(words),
        "preview_kind": "message",
        "preview_direction": "out",
        "preview_attachments": attached,
        "last_message_at": now,
    }
    if author.kind != "flow":  # what a flow answered nobody has read
        written.update(unread=0, agent_read_seq=seq)
    if before.status != "open" and not reply.aside:
        written.update(status="open", snoozed_until=None, resolved_at=None)
    if placement is not None:
        written.update(columns_of(placement))
        added += placement.steps
    event = "ConversationContinued" if switched else "MessageQueued"
    told = {"message_ids": [str(message_id)]}
    _, steps = writing(conn, before, written, event, author, now, told)
    return message_id, [*added, *steps]


_SENT = """
SELECT id FROM messages WHERE conversation_id = %(conversation)s AND client_id = %(client_id)s
"""


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
    born = count_changes(None, Standing("open", False, None, None, "created"))
    await run_together(conn, *counting(born))
    return conversation_id


def _leg_for(
    before: ConversationState, interaction_id: UUID, reply: Reply, now: datetime
) -> tuple[UUID, list[Statement]]:
    """The current leg when it is on this channel, else a new one, and the earlier one ends; with
    the statements that do so."""
    goes_on = before.channel_id == reply.channel_id and before.interaction_id == interaction_id
    if before.leg_id is not None and goes_on:
        return before.leg_id, [(sql.COUNT_ON_LEG, {"leg": before.leg_id})]
    leg_id = new_id()
    leg = {
        "leg": leg_id,
        "conversation": before.id,
        "interaction": interaction_id,
        "channel": reply.channel_id,
        "identity": reply.identity_id,
        "thread": "",
        "subject": clean_text(reply.subject, limit=500),
        "now": now,
    }
    ended = [] if reply.elsewhere else [(sql.END_LEGS, leg)]
    return leg_id, [*ended, (sql.ADD_LEG, leg)]
