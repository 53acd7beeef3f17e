"""One contact with everything that was said, and two contacts who turn out to be one person."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.accounts import Permission, Principal, requires
from wasl.conversations import journey as history
from wasl.conversations.service import change
from wasl.conversations.tables import conversations
from wasl.conversations.views import viewer_of
from wasl.infra.errors import Invalid
from wasl.infra.events import Actor
from wasl.infra.web import Conn, Route, TheClock

router = APIRouter(route_class=Route, tags=["contacts"])

Reader = Annotated[Principal, Depends(requires(Permission.CONTACTS_READ))]
Writer = Annotated[Principal, Depends(requires(Permission.CONTACTS_WRITE))]

# all of them move in one transaction
_MOST_MOVED = 500


class Other(BaseModel):
    """The contact who is merged into this one, or parted from it again."""

    model_config = ConfigDict(extra="forbid")

    other_id: UUID


@router.get("/contacts/{contact_id}")
async def get_contact(contact_id: UUID, who: Reader, conn: Conn) -> Any:
    """A contact; one that was merged shows the one it was merged into."""
    return await history.contact_page(conn, contact_id, await viewer_of(conn, who))


@router.get("/contacts/{contact_id}/journey")
async def get_journey(contact_id: UUID, who: Reader, conn: Conn) -> Any:
    """A contact's way over all channels, with their orders."""
    return await history.journey(conn, contact_id, await viewer_of(conn, who))


@router.post("/contacts/{contact_id}/merge")
async def merge(contact_id: UUID, body: Other, who: Writer, conn: Conn, clock: TheClock) -> Any:
    """Merges another contact into this one, with everything that was said."""
    actor, now = Actor("agent", who.user_id), clock.now()
    # conversations are locked before contacts, as where a message comes in
    moved = await _locked(conn, conversations.c.contact_id == body.other_id)
    suggesting = await _locked(
        conn,
        conversations.c.contact_id == contact_id,
        conversations.c.contact_suggestion == body.other_id,
    )
    await contacts.merge(
        conn, contact_id, body.other_id, actor=actor, now=now, conversation_ids=moved
    )
    settled: dict[str, Any] = {"contact_suggestion": None}
    moves = dict.fromkeys(suggesting, settled)
    moves |= {one: {**settled, "contact_id": contact_id} for one in moved}
    for conversation_id, values in moves.items():
        await change(
            conn,
            conversation_id,
            event="ConversationContactChanged",
            actor=actor,
            now=now,
            values=values,
        )
    return await get_contact(contact_id, who, conn)


@router.post("/contacts/{contact_id}/unmerge")
async def unmerge(contact_id: UUID, body: Other, who: Writer, conn: Conn, clock: TheClock) -> Any:
    """Undoes a merge: what came from the other goes back, and what came since stays."""
    actor, now = Actor("agent", who.user_id), clock.now()
    held = set(await _locked(conn, conversations.c.contact_id == contact_id))
    back = await contacts.unmerge(conn, contact_id, body.other_id, actor=actor, now=now)
    for conversation_id in back:
        if conversation_id in held:
            await change(
                conn,
                conversation_id,
                event="ConversationContactChanged",
                actor=actor,
                now=now,
                values={"contact_id": body.other_id},
            )
    return await get_contact(contact_id, who, conn)


async def _locked(conn: AsyncConnection, *which: Any) -> list[UUID]:
    rows = await conn.execute(
        select(conversations.c.id)
        .where(*which)
        .order_by(conversations.c.id)
        .limit(_MOST_MOVED + 1)
        .with_for_update()
    )
    ids = [row.id for row in rows]
    if len(ids) > _MOST_MOVED:
        raise Invalid("contact_large", field="other_id", limit=_MOST_MOVED)
    return ids
