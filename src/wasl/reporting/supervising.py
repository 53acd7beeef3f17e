"""What a supervisor does from the wallboard and the monitor: each step is audited, and what can be
undone answers how it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, conversations, routing
from wasl.infra.errors import Conflict, NotFound
from wasl.routing import By

# Where it stands, under its lock: what one supervisor undoes, another one may have moved on.
_STANDS = text("SELECT assignee_id, queue_id, state FROM conversations WHERE id = :id FOR UPDATE")
# What an agent has in hand and a queue can take back.
_HELD_BY = text(
    "SELECT conversation_id FROM assignments WHERE holder_kind = 'agent' AND holder_id = :id"
    " AND state = 'active' AND queue_id IS NOT NULL ORDER BY conversation_id"
)
_LOCKED = text("SELECT id FROM conversations WHERE id = ANY (:ids) ORDER BY id FOR UPDATE")
_QUEUE_OF = text("SELECT queue_id FROM conversations WHERE id = :id")


async def reassign(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    user_id: UUID | None = None,
    queue_id: UUID | None = None,
    by: By,
    now: datetime,
) -> dict[str, Any]:
    """Gives a conversation to an agent (whoever does it takes it over at once, anybody else is
    offered it first) or to a queue; `{user_id, queue_id}` of where it was."""
    row = (await conn.execute(_STANDS, {"id": conversation_id})).first()
    if row is None:
        raise NotFound("conversation_not_found")
    was = _place(row.assignee_id if row.state == "active" else None, row.queue_id)
    await routing.transfer(
        conn, conversation_id, user_id=user_id, queue_id=queue_id, by=by, now=now
    )
    await accounts.audit(
        conn,
        by.actor,
        "conversation.reassign",
        "conversation",
        conversation_id,
        before=_plain(was),
        after=_plain(_place(user_id, queue_id)),
    )
    return was


def _place(user_id: UUID | None, queue_id: UUID | None) -> dict[str, UUID | None]:
    """One of both: to whom, else where."""
    return {"user_id": user_id, "queue_id": None if user_id is not None else queue_id}


def _plain(place: dict[str, UUID | None]) -> dict[str, str]:
    return {key: str(id_) for key, id_ in place.items() if id_ is not None}


async def set_presence_of(
    conn: AsyncConnection,
    user_id: UUID,
    presence: str,
    *,
    reason: str | None = None,
    by: By,
    now: datetime,
) -> dict[str, Any]:
    """Declares another agent available, away or offline; `{presence, reason}` as it was.
    NotFound("user_not_found")."""
    found = await routing.agents_view(conn, [user_id])
    if not found:
        raise NotFound("user_not_found")
    # an offer that was missed is no reason that can be declared
    reason_was = None if found[0]["missed_offer"] else found[0]["reason"]
    was = {"presence": found[0]["presence"], "reason": reason_was}
    await routing.set_presence(conn, user_id, presence, reason=reason, now=now, actor=by.actor)
    await accounts.audit(
        conn,
        by.actor,
        "agent.presence",
        "user",
        user_id,
        before=was,
        after={"presence": presence, "reason": reason},
    )
    return was


async def look_along(conn: AsyncConnection, conversation_id: UUID, *, by: By) -> None:
    """Writes down that somebody reads a live conversation along; NotFound when there is none."""
    if (await conn.execute(_STANDS, {"id": conversation_id})).first() is None:
        raise NotFound("conversation_not_found")
    await accounts.audit(conn, by.actor, "conversation.look", "conversation", conversation_id)


async def whisper(
    conn: AsyncConnection, conversation_id: UUID, text: str, *, by: By, now: datetime
) -> UUID:
    """A private word to the agent who has the conversation, who is told at once; the note's id.
    Conflict("nobody_has_it") when no other agent has it."""
    row = (await conn.execute(_STANDS, {"id": conversation_id})).first()
    if row is None:
        raise NotFound("conversation_not_found")
    if row.state != "active" or row.assignee_id in (None, by.user_id):
        raise Conflict("nobody_has_it")
    note_id = await conversations.add_note(
        conn,
        conversation_id,
        author=by.actor,
        text=text,
        now=now,
        mentions=[row.assignee_id],
        whispered=True,
    )
    await accounts.audit(
        conn,
        by.actor,
        "conversation.whisper",
        "conversation",
        conversation_id,
        after={"user_id": str(row.assignee_id)},
    )
    return note_id


async def join(conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime) -> None:
    """Whoever supervises stands beside the holder, who is told, and may answer the contact too.
    Conflict("not_active") when no agent has it."""
    await routing.join(conn, conversation_id, by=by, now=now)
    await accounts.audit(conn, by.actor, "conversation.join", "conversation", conversation_id)


async def prioritise(
    conn: AsyncConnection, conversation_id: UUID, priority: int, *, by: By, now: datetime
) -> int:
    """Sets a conversation's priority, which moves it in its queue; what it was. 0 is normal, 3
    urgent. Conflict("conversation_resolved")."""
    before = await conversations.lock(conn, conversation_id)
    if before.status == "resolved":
        raise Conflict("conversation_resolved")
    if before.priority != priority:
        await conversations.set_priority(conn, conversation_id, priority, actor=by.actor, now=now)
    await accounts.audit(
        conn,
        by.actor,
        "conversation.prioritise",
        "conversation",
        conversation_id,
        before={"priority": before.priority},
        after={"priority": priority},
    )
    return before.priority


async def log_out(conn: AsyncConnection, user_id: UUID, *, by: By, now: datetime) -> int:
    """Sends an agent home: offline, signed out of every browser, and what they had in hand waits
    in its queue again at its age; how many those were. Wrap-up ends by its own time.
    NotFound("user_not_found")."""
    if user_id not in await accounts.names_of(conn, [user_id]):
        raise NotFound("user_not_found")
    held = list((await conn.execute(_HELD_BY, {"id": user_id})).scalars())
    await conn.execute(_LOCKED, {"ids": held})  # conversations are locked before agents
    again = (await conn.execute(_HELD_BY, {"id": user_id})).scalars()
    requeued = [id_ for id_ in again if id_ in held]
    await routing.set_presence(conn, user_id, "offline", now=now, actor=by.actor)
    for conversation_id in requeued:
        queue_id = await conn.scalar(_QUEUE_OF, {"id": conversation_id})
        await routing.transfer(conn, conversation_id, queue_id=queue_id, by=by, now=now)
    await accounts.sign_out_everywhere(conn, user_id, now=now)
    await accounts.audit(
        conn, by.actor, "agent.log_out", "user", user_id, after={"requeued": len(requeued)}
    )
    return len(requeued)
