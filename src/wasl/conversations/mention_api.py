"""The routes on one's own mentions."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from wasl.accounts import Permission, Principal, requires
from wasl.conversations import mentions
from wasl.conversations.views import public
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("conversations")

Reader = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ))]


@router.get("/mentions")
async def list_mentions(who: Reader, conn: Conn) -> Any:
    """One's own unread mentions, newest first."""
    return [public(one) for one in await mentions.unread_of(conn, who.user_id)]


@router.post("/mentions/{mention_id}/read", status_code=204)
async def read_mention(mention_id: UUID, who: Reader, conn: Conn, clock: TheClock) -> None:
    """One has seen the note."""
    await mentions.read_one(conn, mention_id, who.user_id, now=clock.now())
