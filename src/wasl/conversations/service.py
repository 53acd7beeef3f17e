"""Verbs on conversations that everything else is made of; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations import sql
from wasl.conversations.hooks import Placement, hooks
from wasl.conversations.mentions import note_mentions
from wasl.conversations.policy import (
    Standing,
    audience,
    clean_text,
    count_changes,
    moves,
    preview_of,
)
from wasl.conversations.tables import attachments, conversations, interactions, legs
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.events import Actor, Event, appending
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_together

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
    joined: Sequence[UUID] = ()

    @property
    def standing(self) -> Standing:
        return Standing(
            self.status,
            self.spam,
            self.assignee_id,
            self.queue_id,
            self.state,
            frozenset(self.joined),
        )

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
        return audience(self.assignee_id, self.queue_id, self.joined)


_LOCK = (
    f"SELECT {', '.join(ConversationState.__slots__)} FROM conversations"  # noqa: S608  # ours
    " WHERE id = %(id)s FOR UPDATE"
)


async def lock(conn: AsyncConnection, conversation_id: UUID) -> ConversationState:
    """Locks a conversation's row until the end of the transaction."""
    return (await lock_and_read(conn, conversation_id))[0]


async def lock_and_read(
    conn: AsyncConnection, conversation_id: UUID, *then: Statement
) -> tuple[ConversationState, list[list[Any]]]:
    """Locks like `lock`, and reads what else there is under the lock; each statement's rows."""
    rows, *others = await run_together(conn, (_LOCK, {"id": conversation_id}), *then)
    if not rows:
        raise NotFound("conversation_not_found")
    return ConversationState(*rows[0]), others


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
    before: ConversationState | None = None,
    added: Sequence[Statement] = (),
) -> ConversationState:
    """Changes a conversation under its lock: the row, the counters, an activity on the timeline
    and one event with the audience before and after, and what is `added`. Returns what it is now.

    `before` is the row as the caller has locked it and not changed since.
    """
    before = before or await lock(conn, conversation_id)
    written: dict[str, Any] = dict(values or {})
    steps = list(added)
    if placement is not None:
        written.update(columns_of(placement))
        steps += placement.steps
    if written.get("status") == "resolved":
        written["resolved_at"] = now
    elif "status" in written:
        written["resolved_at"] = None
    message_ids: list[str] = []
    if activity is not None:
        message_id = new_id()
        message_ids.append(str(message_id))
        written["seq"] = before.seq + 1
        steps.append(
            ours(
                before,
                message_id,
                "activity",
                author=actor,
                now=now,
                interaction=written.get("interaction_id", before.interaction_id),
                leg=None,
                activity=Jsonb({"code": activity[0], "params": dict(activity[1])}),
            )
        )
    told = dict(data or {})
    told["message_ids"] = [*told.get("message_ids", ()), *message_ids]
    return await write(conn, before, written, event, actor, now, told, steps)


def columns_of(placement: Placement) -> dict[str, Any]:
    """What a conversation's row keeps of where routing has put it."""
    return {
        "assignee_id": placement.assignee_id,
        "queue_id": placement.queue_id,
        "state": placement.state,
        "due_at": placement.due_at,
        "due_total_s": placement.due_total_s,
        "due_warn_at": placement.due_warn_at,
    }


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


def ours(
    before: ConversationState,
    message_id: UUID,
    kind: str,
    *,
    author: Actor,
    now: datetime,
    **values: Any,
) -> Statement:
    """Adds what we write as the next thing on the timeline; `values` are named as ADD_OURS has
    them."""
    return sql.ADD_OURS, {
        "message": message_id,
        "conversation": before.id,
        "interaction": before.interaction_id,
        "leg": before.leg_id,
        "seq": before.seq + 1,
        "kind": kind,
        "direction": None,
        "author_kind": author.kind,
        "author": author.id,
        "text": "",
        "html": "",
        "subject": "",
        "mail": None,
        "quick_replies": Jsonb([]),
        "attributes": Jsonb({}),
        "activity": None,
        "client_id": None,
        "state": None,
        "now": now,
        **values,
    }


async def write(
    conn: AsyncConnection,
    before: ConversationState,
    written: Mapping[str, Any],
    event: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
    added: Sequence[Statement] = (),
) -> ConversationState:
    """Writes columns of a locked conversation, what comes with them, the counters and the event,
    in one round trip; returns what it is now."""
    after, steps = writing(conn, before, written, event, actor, now, data)
    await run_together(conn, *added, *steps)
    return after


def writing(
    conn: AsyncConnection,
    before: ConversationState,
    written: Mapping[str, Any],
    event: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
) -> tuple[ConversationState, list[Statement]]:
    """What a locked conversation will be, and the statements that `write` runs."""
    stays = _who_stays(before, written)
    if stays != list(before.joined):
        written = {**written, "joined": stays}
    known = {name: value for name, value in written.items() if name in _STATE}
    after = replace(before, **known, version=before.version + 1)
    # what is due to the contact may end with a word
    stands = (before.standing, before.placement) == (after.standing, after.placement)
    happened = Event(
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
            "moved": moves(event, stands=stands),
            **data,
        },
    )
    return after, [
        (_setting(tuple(written)), {**written, "id": before.id}),
        *counting(count_changes(before.standing, after.standing)),
        appending(conn, [happened]),
    ]


def _who_stays(before: ConversationState, written: Mapping[str, Any]) -> list[UUID]:
    """The colleagues beside the assignee afterwards: nobody once it is parked or resolved, and not
    who has it themselves."""
    if written.get("status", "open") != "open":
        return []
    assignee_id = written.get("assignee_id", before.assignee_id)
    return [user_id for user_id in written.get("joined", before.joined) if user_id != assignee_id]


_STATE = frozenset(ConversationState.__slots__)


@cache
def _setting(columns: tuple[str, ...]) -> str:
    places = "".join(f"{name} = %({name})s, " for name in columns)
    return f"UPDATE conversations SET {places}version = version + 1 WHERE id = %(id)s"  # noqa: S608  # our columns


def counting(changes: Mapping[str, int]) -> list[Statement]:
    """What moves the counters; nothing when they stay."""
    if not changes:
        return []
    keys = sorted(changes)
    return [(sql.COUNT, {"count_keys": keys, "count_by": [changes[key] for key in keys]})]


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
    note = ours(
        before, message_id, "note", author=author, now=now, text=words, attributes=Jsonb(attributes)
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
        [note],
    )
    if mentions:
        seen_by = before.audience
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
    before = await lock(conn, conversation_id)
    known = await _tags(conn, conversation_id)
    after = [*known, *dict.fromkeys(tag for tag in tags if tag not in known)]
    if after != known:
        await _retag(conn, before, known, after, actor, now)


async def set_tags(
    conn: AsyncConnection,
    conversation_id: UUID,
    tags: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Gives it these tags; the event says which came and which went."""
    before = await lock(conn, conversation_id)
    await _retag(conn, before, await _tags(conn, conversation_id), tags, actor, now)


async def _retag(
    conn: AsyncConnection,
    before: ConversationState,
    known: Sequence[str],
    after: Sequence[str],
    actor: Actor,
    now: datetime,
) -> None:
    await change(
        conn,
        before.id,
        event="ConversationTagged",
        actor=actor,
        now=now,
        values={"tags": list(after)},
        data={
            "added": [tag for tag in after if tag not in known],
            "removed": [tag for tag in known if tag not in after],
        },
        before=before,
    )


async def _tags(conn: AsyncConnection, conversation_id: UUID) -> list[str]:
    found = select(conversations.c.tags).where(conversations.c.id == conversation_id)
    return list(await conn.scalar(found) or ())


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
