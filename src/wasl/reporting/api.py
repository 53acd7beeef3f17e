"""The wallboard by HTTP, and what a queue is to reach."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from wasl import accounts
from wasl.accounts import Permission, Principal, requires
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor
from wasl.infra.web import Conn, Route, TheClock
from wasl.reporting.boards import boards_view, set_target
from wasl.reporting.floor import floor_view
from wasl.reporting.policy import Target, Variant

router = APIRouter(route_class=Route, tags=["reporting"])

Supervises = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ_ALL))]
Manages = Annotated[Principal, Depends(requires(Permission.ROUTING_MANAGE))]

Seconds = Annotated[int, Field(ge=1, le=31 * 86_400)]


class TargetBody(BaseModel):
    """What a queue is to reach; see `Target`."""

    model_config = ConfigDict(extra="forbid")

    variant: Variant
    percent: Annotated[int, Field(ge=1, le=100)]
    within_s: Seconds
    short_s: Annotated[int, Field(ge=0, le=600)]
    longest_wait_s: Seconds
    abandon_percent: Annotated[int, Field(ge=1, le=100)]


@router.get("/wallboard")
async def wallboard(who: Supervises, conn: Conn) -> Any:
    """Every queue's figures of today, and every agent on the floor."""
    return {"queues": await boards_view(conn), "agents": await floor_view(conn)}


@router.put("/queues/{queue_id}/target")
async def put_target(
    queue_id: UUID, body: TargetBody, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Sets a queue's service level, how it counts those who leave, and its limits."""
    actor = Actor("agent", who.user_id)
    target = Target(**body.model_dump())
    before = await set_target(conn, queue_id, target, actor=actor, now=clock.now())
    await accounts.audit(
        conn, actor, "queue.target", "queue", queue_id, before=before, after=body.model_dump()
    )
    found = await boards_view(conn, [queue_id])
    if not found:
        raise NotFound("queue_not_found")
    return found[0]
