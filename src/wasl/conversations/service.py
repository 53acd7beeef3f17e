"""Verbs on conversations for colleagues: change, speak, note, read, receipts. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels import Capabilities, ErrorKind
from wasl.conversations.hooks import Placement, Speaking, hooks
from wasl.conversations.policy import (
    Standing,
    audience,
    clean_text,
    count_changes,
    next_state,
    preview_of,
)
from wasl.conversations.tables import (
    attachments,
    conversations,
    counters,
    deliveries,
    interactions,
    legs,
    messages,
    provider_ids,
)
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import Actor, Event, append
from wasl.infra.ids import new_id

DELIVERIES = "deliveries"
MAX_NOTE = 20_000


@dataclass(frozen=True, slots=True)
class ConversationState:
    """A locked conversation's row."""

    id: UUID
    number: int
    contact_id: UUID
    interaction_id: UUID
    interactions: int
    leg_id: UUID | None
    channel_id: UUID
    status: str
    spam: bool
    priority: int
    assignee_id: UUID | None
    queue_id: UUID | None
    state: str
    due_at: datetime | None
    due_total_s: int | None
    seq: int
    unread: int
    last_message_at: datetime
    locale: str
    version: int

    @property
    def standing(self) -> Standing:
        return Standing(self.status, self.spam, self.assignee_id, self.queue_id, self.state)

    @property
    def placement(self) -> Placement:
        return Placement(self.assignee_id, self.queue_id, self.state, self.due_at, self.due_total_s)

    @property
    def audience(self) -> frozenset[str]:
        return audience(self.assignee_id, self.queue_id)


_STATE_COLUMNS = [conversations.c[name] for name in ConversationState.__slots__]


def _state(row: RowMapping) -> ConversationState:
    return ConversationState(**row)


async def lock(conn: AsyncConnection, conversation_id: UUID) -> ConversationState:
    """Locks a conversation's row until the end of the transaction."""
    row = (
        (
            await conn.execute(
                select(*_STATE_COLUMNS)
                .where(conversations.c.id == conversation_id)
                .with_for_update()
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("conversation_not_found")
    return _state(row)


async def change(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    event: str,
    actor: Actor,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    placement: Placement | None = None,
    activity: tuple[str, Mapping[str, Any]] | None = None,
    data: Mapping[str, Any] | None = None,
) -> ConversationState:
    """Changes a conversation under its lock: the row, the counters, an activity on the timeline
    and one event with the audience before and after. Returns what it is now."""
    before = await lock(conn, conversation_id)
    written: dict[str, Any] = dict(values or {})
    if placement is not None:
        written.update(
            assignee_id=placement.assignee_id,
            queue_id=placement.queue_id,
            state=placement.state,
            due_at=placement.due_at,
            due_total_s=placement.due_total_s,
        )
    if written.get("status") == "resolved":
        written["resolved_at"] = now
    elif "status" in written:
        written["resolved_at"] = None
    message_ids: list[str] = []
    if activity is not None:
        message_id = new_id()
        message_ids.append(str(message_id))
        written["seq"] = before.seq + 1
        await conn.execute(
            insert(messages).values(
                id=message_id,
                conversation_id=conversation_id,
                interaction_id=written.get("interaction_id", before.interaction_id),
                seq=before.seq + 1,
                kind="activity",
                author_kind=actor.kind,
                author_id=actor.id,
                activity={"code": activity[0], "params": dict(activity[1])},
                created_at=now,
            )
        )
    return await _written(
        conn, before, written, event, actor, now, {"message_ids": message_ids, **(data or {})}
    )


async def _written(
    conn: AsyncConnection,
    before: ConversationState,
    written: Mapping[str, Any],
    event: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
) -> ConversationState:
    row = (
        (
            await conn.execute(
                update(conversations)
                .where(conversations.c.id == before.id)
                .values(**written, version=conversations.c.version + 1)
                .returning(*_STATE_COLUMNS)
            )
        )
        .mappings()
        .one()
    )
    after = _state(row)
    await _count(conn, count_changes(before.standing, after.standing))
    await append(
        conn,
        Event(
            type=event,
            aggregate_kind="conversation",
            aggregate_id=after.id,
            aggregate_version=after.version,
            actor=actor,
            audience=after.audience,
            audience_before=before.audience,
            at=now,
            data={
                "interaction_id": str(after.interaction_id),
                "leg_id": str(after.leg_id) if after.leg_id else None,
                "state": after.state,
                **data,
            },
        ),
    )
    return after


async def _count(conn: AsyncConnection, changes: Mapping[str, int]) -> None:
    if changes:
        await conn.execute(
            insert(counters), [{"key": key, "n": by} for key, by in sorted(changes.items())]
        )


async def close_interaction(
    conn: AsyncConnection, interaction_id: UUID, *, disposition: str = "", now: datetime
) -> None:
    """Ends an interaction and its legs; a later disposition replaces an empty one."""
    values: dict[str, Any] = {"closed_at": now}
    if disposition:
        values["disposition"] = disposition
    await conn.execute(
        update(interactions).where(interactions.c.id == interaction_id).values(**values)
    )
    await conn.execute(
        update(legs)
        .where(legs.c.interaction_id == interaction_id, legs.c.closed_at.is_(None))
        .values(closed_at=now)
    )


async def add_note(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    author: Actor,
    text: str,
    now: datetime,
    mentions: Sequence[UUID] = (),
    attachment_ids: Sequence[UUID] = (),
) -> UUID:
    """Writes a private note; its id."""
    words = clean_text(text, limit=MAX_NOTE).strip()
    if not words and not attachment_ids:
        raise Invalid("text_empty", field="text")
    before = await lock(conn, conversation_id)
    message_id = new_id()
    await conn.execute(
        insert(messages).values(
            id=message_id,
            conversation_id=conversation_id,
            interaction_id=before.interaction_id,
            leg_id=before.leg_id,
            seq=before.seq + 1,
            kind="note",
            author_kind=author.kind,
            author_id=author.id,
            text=words,
            attributes={"mentions": [str(m) for m in mentions]} if mentions else {},
            created_at=now,
        )
    )
    attached = await _attach(conn, message_id, attachment_ids, author)
    await _written(
        conn,
        before,
        {
            "seq": before.seq + 1,
            "preview": preview_of(words),
            "preview_kind": "note",
            "preview_direction": None,
            "preview_attachments": attached,
            "last_message_at": now,
        },
        "NoteAdded",
        author,
        now,
        {"message_ids": [str(message_id)], "mentions": [str(m) for m in mentions]},
    )
    return message_id


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
            state="queued",
            created_at=now,
        )
    )
    attached = await _attach(conn, message_id, reply.attachment_ids, author)
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
        "unread": 0,
        "agent_read_seq": seq,
        "leg_id": leg_id,
        "channel_id": reply.channel_id,
        "interaction_id": interaction_id,
        "preview": preview_of(words),
        "preview_kind": "message",
        "preview_direction": "out",
        "preview_attachments": attached,
        "last_message_at": now,
    }
    if subject and not before.interactions > 1:
        written["subject"] = subject if switched and before.seq == 0 else conversations.c.subject
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
        )
    event = "ConversationContinued" if switched else "MessageQueued"
    await _written(conn, before, written, event, author, now, {"message_ids": [str(message_id)]})
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
    await _count(conn, count_changes(None, Standing("open", False, None, None, "created")))
    return conversation_id


async def _leg_for(
    conn: AsyncConnection,
    before: ConversationState,
    interaction_id: UUID,
    reply: Reply,
    now: datetime,
) -> UUID:
    """The current leg when it is on this channel, else a new one; the earlier one ends."""
    same = (
        before.leg_id is not None
        and before.channel_id == reply.channel_id
        and before.interaction_id == interaction_id
    )
    if same:
        await conn.execute(
            update(legs).where(legs.c.id == before.leg_id).values(messages=legs.c.messages + 1)
        )
        assert before.leg_id is not None
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


async def _attach(
    conn: AsyncConnection, message_id: UUID, attachment_ids: Sequence[UUID], author: Actor
) -> int:
    """Ties uploads of the author to a message; Invalid when one is somebody else's or used."""
    if not attachment_ids:
        return 0
    tied = await conn.execute(
        update(attachments)
        .where(
            attachments.c.id.in_(list(attachment_ids)),
            attachments.c.message_id.is_(None),
            attachments.c.owner == owner_of(author),
        )
        .values(message_id=message_id)
    )
    if tied.rowcount != len(set(attachment_ids)):
        raise Invalid("attachment_not_found", field="attachment_ids")
    return int(tied.rowcount)


def owner_of(author: Actor) -> str:
    """Whose upload it is."""
    return f"{author.kind}:{author.id}"


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
    await _written(conn, before, written, "ConversationRead", by, now, {"message_ids": []})


async def contact_read(
    conn: AsyncConnection, conversation_id: UUID, seq: int, *, now: datetime
) -> None:
    """The contact has read up to `seq`: our messages up to there become read."""
    before = await lock(conn, conversation_id)
    rows = await conn.execute(
        update(messages)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.seq <= seq,
            messages.c.direction == "out",
            messages.c.state.in_(["sent", "delivered", "unknown"]),
        )
        .values(state="read", version=messages.c.version + 1)
        .returning(messages.c.id)
    )
    changed = [str(row.id) for row in rows]
    if not changed:
        return
    await _written(
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
    row = (
        await conn.execute(
            select(messages.c.conversation_id, messages.c.state).where(
                messages.c.id == message_id, messages.c.direction == "out"
            )
        )
    ).first()
    if row is None:
        return False
    await lock(conn, row.conversation_id)
    known = (
        await conn.execute(select(messages.c.state).where(messages.c.id == message_id))
    ).scalar_one()
    state = told if told in ("queued", "sending", "unknown") else next_state(known, told)
    if state == known:
        return False
    failed = state in ("failed", "unknown")
    await conn.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            state=state,
            error_code=error.value if failed and error else None,
            error_detail=clean_text(detail, limit=500) if failed else None,
            version=messages.c.version + 1,
        )
    )
    await change(
        conn,
        row.conversation_id,
        event="MessageStateChanged",
        actor=Actor("system"),
        now=now,
        activity=activity,
        data={"changed": str(message_id), "message_state": state},
    )
    return True


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
        data={"changed": str(message_id)},
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
        data={"changed": str(row.message_id)},
    )
    return True


async def merge(
    conn: AsyncConnection, conversation_id: UUID, into: UUID, *, by: Actor, now: datetime
) -> ConversationState:
    """Moves a conversation's timeline into another one of the same contact.

    The messages follow in their own order after what is there; the emptied one is resolved and
    leads to the other from then on.
    """
    if conversation_id == into:
        raise Invalid("merge_with_itself", field="into")
    first, second = sorted((conversation_id, into))
    locked = {first: await lock(conn, first), second: await lock(conn, second)}
    source, target = locked[conversation_id], locked[into]
    if source.contact_id != target.contact_id:
        raise Conflict("merge_needs_one_contact")
    moved = {"from": conversation_id, "to": into, "by": target.seq, "i": target.interaction_id}
    for statement in (
        "UPDATE messages SET conversation_id = :to, interaction_id = :i, seq = seq + :by"
        " WHERE conversation_id = :from",
        "UPDATE legs SET conversation_id = :to, interaction_id = :i WHERE conversation_id = :from",
        "UPDATE provider_ids SET conversation_id = :to WHERE conversation_id = :from",
        "UPDATE deliveries SET conversation_id = :to, seq = seq + :by WHERE conversation_id = :from",
        "UPDATE conversations SET merged_into = :to WHERE merged_into = :from",
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
    )
    return await change(
        conn,
        into,
        event="ConversationMerged",
        actor=by,
        now=now,
        values={"seq": target.seq + source.seq, "unread": target.unread + source.unread},
        activity=None,
        data={"whole": True},
    )
