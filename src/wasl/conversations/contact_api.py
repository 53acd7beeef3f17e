"""One contact with everything that was said, and two contacts who turn out to be one person."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from wasl.accounts import Permission, Principal, requires
from wasl.conversations import journey as history
from wasl.conversations.joining import join_contacts, part_contacts
from wasl.conversations.views import viewer_of
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("contacts")

Reader = Annotated[Principal, Depends(requires(Permission.CONTACTS_READ))]
Writer = Annotated[Principal, Depends(requires(Permission.CONTACTS_WRITE))]


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
    actor = Actor("agent", who.user_id)
    await join_contacts(conn, contact_id, body.other_id, actor=actor, now=clock.now())
    return await get_contact(contact_id, who, conn)


@router.post("/contacts/{contact_id}/unmerge")
async def unmerge(contact_id: UUID, body: Other, who: Writer, conn: Conn, clock: TheClock) -> Any:
    """Undoes a merge."""
    actor = Actor("agent", who.user_id)
    await part_contacts(conn, contact_id, body.other_id, actor=actor, now=clock.now())
    return await get_contact(contact_id, who, conn)
