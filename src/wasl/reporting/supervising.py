"""What a supervisor does from the wallboard: each step is audited and tells how to undo it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, routing
from wasl.infra.errors import NotFound
from wasl.routing import By

# Where it stands, under its lock: what one supervisor undoes, another one may have moved on.
_STANDS = text("SELECT assignee_id, queue_id, state FROM conversations WHERE id = :id FOR UPDATE")


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
