"""Colleagues beside the holder: asked in to consult (they write notes) or to confer (they may
answer the contact as well), or joining as supervisors. Each has a segment of their own, which takes
no units: the interaction is counted once, with its holder, who keeps it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.conversations import ConversationState, add_note, change
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.ids import new_id
from wasl.routing.assignments import Assignment
from wasl.routing.entry import name_of, role_of
from wasl.routing.service import By, check_may_place, open_
from wasl.routing.tables import segments

ROLES = ("consult", "conference")
MOST_BESIDE = 10


async def ask_in(
    conn: AsyncConnection,
    conversation_id: UUID,
    user_id: UUID,
    role: str,
    *,
    note: str,
    by: By,
    now: datetime,
) -> None:
    """Puts a colleague beside the holder, with a note to them of what it is about. Whoever is there
    already is from now on in this role.

    NotFound("user_not_found"), Conflict("not_active"), Conflict("not_holder"),
    Invalid("text_empty").
    """
    if role not in ROLES:
        raise Invalid("value_invalid", field="role")
    if not note.strip():
        raise Invalid("text_empty", field="note")
    if not await accounts.principals(conn, [user_id]):
        raise NotFound("user_not_found")
    conversation, a = await _active(conn, conversation_id)
    await check_may_place(conn, a, by)
    await _stand_beside(conn, conversation, a, user_id, role, by=by, now=now)
    await add_note(conn, conversation_id, author=by.actor, text=note, now=now, mentions=[user_id])


async def join(conn: AsyncConnection, conversation_id: UUID, *, by: By, now: datetime) -> None:
    """Who supervises confers with the holder and the contact; Conflict("not_active")."""
    conversation, a = await _active(conn, conversation_id)
    await _stand_beside(conn, conversation, a, by.user_id, "conference", by=by, now=now)


async def leave(
    conn: AsyncConnection, conversation_id: UUID, user_id: UUID, *, by: By, now: datetime
) -> None:
    """Takes a colleague from beside the holder: themselves, the holder or a supervisor does.
    Conflict("not_joined"), Conflict("not_holder")."""
    conversation, a = await open_(conn, conversation_id)
    if user_id not in conversation.joined:
        raise Conflict("not_joined")
    if user_id != by.user_id:
        await check_may_place(conn, a, by)
    await _end(conn, a, user_id, now=now)
    await change(
        conn,
        conversation_id,
        event="ColleagueLeft",
        actor=by.actor,
        now=now,
        values={"joined": [each for each in conversation.joined if each != user_id]},
        activity=("left", await _named(conn, user_id, by)),
        before=conversation,
    )


async def _stand_beside(
    conn: AsyncConnection,
    conversation: ConversationState,
    a: Assignment,
    user_id: UUID,
    role: str,
    *,
    by: By,
    now: datetime,
) -> None:
    if a.holder_id == user_id:
        raise Conflict("already_taken", by=await name_of(conn, user_id))
    before = await role_of(conn, a, user_id)
    if before == role:
        return
    if before is None and len(conversation.joined) >= MOST_BESIDE:
        raise Conflict("too_many_joined", most=MOST_BESIDE)
    if before is not None:
        await _end(conn, a, user_id, now=now)
    await conn.execute(
        insert(segments).values(
            id=new_id(),
            interaction_id=a.interaction_id,
            conversation_id=a.conversation_id,
            role=role,
            holder_kind="agent",
            holder_id=user_id,
            units=0,
            opened_at=now,
        )
    )
    others = [each for each in conversation.joined if each != user_id]
    await change(
        conn,
        conversation.id,
        event="ColleagueJoined",
        actor=by.actor,
        now=now,
        values={"joined": [*others, user_id]},
        activity=("joined", {"role": role, **await _named(conn, user_id, by)}),
        before=conversation,
    )


async def _end(conn: AsyncConnection, a: Assignment, user_id: UUID, *, now: datetime) -> None:
    await conn.execute(
        update(segments)
        .where(
            segments.c.interaction_id == a.interaction_id,
            segments.c.holder_id == user_id,
            segments.c.role != "holder",
            segments.c.ended_at.is_(None),
        )
        .values(ended_at=now, end_reason="left")
    )


async def _active(
    conn: AsyncConnection, conversation_id: UUID
) -> tuple[ConversationState, Assignment]:
    conversation, a = await open_(conn, conversation_id)
    if a.state != "active" or a.holder_kind != "agent":
        raise Conflict("not_active")
    return conversation, a


async def _named(conn: AsyncConnection, user_id: UUID, by: By) -> dict[str, Any]:
    return {"to": await name_of(conn, user_id), "by": await name_of(conn, by.user_id)}
