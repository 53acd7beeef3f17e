"""Verbs on conversations that everything else is made of; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations.hooks import Placement, hooks
from wasl.conversations.mentions import note_mentions
from wasl.conversations.policy import Standing, audience, clean_text, count_changes, preview_of
from wasl.conversations.tables import (
    attachments,
    conversations,
    counters,
    interactions,
    legs,
    messages,
)
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.events import Actor, Event, append
from wasl.infra.ids import new_id

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
    due_warn_at: datetime | None
    seq: int
    unread: int
    last_message_at: datetime
    merged_into: UUID | None
    locale: str
    version: int

    @property
    def standing(self) -> Standing:
        return Standing(self.status, self.spam, self.assignee_id, self.queue_id, self.state)

    @property
    def placement(self) -> Placement:
        return Placement(
            self.assignee_id,
            self.queue_id,
            self.state,
            self.due_at,
            self.due_total_s,
            self.due_warn_at,
        )

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
            due_warn_at=placement.due_warn_at,
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
    told = dict(data or {})
    told["message_ids"] = [*told.get("message_ids", ()), *message_ids]
    return await write(conn, before, written, event, actor, now, told)


async def set_priority(
    conn: AsyncConnection, conversation_id: UUID, priority: int, *, actor: Actor, now: datetime
) -> None:
    """Makes it more or less urgent, which may move what is due."""
    before = await lock(conn, conversation_id)
    placement = await hooks.prioritise(conn, before.interaction_id, priority, now)
    await change(
        conn,
        conversation_id,
        event="ConversationPrioritised",
        actor=actor,
        now=now,
        values={"priority": priority},
        placement=placement,
    )


async def write(
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
    await count(conn, count_changes(before.standing, after.standing))
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


async def count(conn: AsyncConnection, changes: Mapping[str, int]) -> None:
    if changes:
        await conn.execute(
            insert(counters), [{"key": key, "n": by} for key, by in sorted(changes.items())]
        )


async def begin_interaction(
    conn: AsyncConnection, before: ConversationState, now: datetime
) -> dict[str, Any]:
    """The next interaction of a locked conversation: what the caller writes into its row. The next
    message opens a leg of it."""
    values = {
        "interaction_id": new_id(),
        "interactions": before.interactions + 1,
        "leg_id": None,
    }
    await conn.execute(
        insert(interactions).values(
            id=values["interaction_id"],
            conversation_id=before.id,
            ordinal=values["interactions"],
            opened_at=now,
        )
    )
    await conn.execute(
        update(legs)
        .where(legs.c.conversation_id == before.id, legs.c.closed_at.is_(None))
        .values(closed_at=now)
    )
    return values


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
    author_name: str = "",
    whispered: bool = False,
) -> UUID:
    """Writes a private note; its id. A whispered one is a supervisor's word to whom it names;
    `author_name` is a flow's, for agents have names of their own."""
    words = clean_text(text, limit=MAX_NOTE).strip()
    if not words and not attachment_ids:
        raise Invalid("text_empty", field="text")
    before = await lock(conn, conversation_id)
    message_id = new_id()
    attributes: dict[str, Any] = {"mentions": [str(m) for m in mentions]} if mentions else {}
    if whispered:
        attributes["whisper"] = True
    if author_name:
        attributes["sender"] = author_name
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
            attributes=attributes,
            created_at=now,
        )
    )
    attached = await attach(conn, message_id, attachment_ids, author)
    await write(
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
    if mentions:
        seen_by = audience(before.assignee_id, before.queue_id)
        await note_mentions(conn, message_id, mentions, seen_by, author=author, now=now)
    return message_id


async def add_tags(
    conn: AsyncConnection,
    conversation_id: UUID,
    tags: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Adds those tags that it does not have yet."""
    await lock(conn, conversation_id)
    known: list[str] = list(
        await conn.scalar(select(conversations.c.tags).where(conversations.c.id == conversation_id))
        or ()
    )
    added = [*known, *dict.fromkeys(tag for tag in tags if tag not in known)]
    if added != known:
        values = {"tags": added}
        await change(
            conn, conversation_id, event="ConversationTagged", actor=actor, now=now, values=values
        )


async def attach(
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
