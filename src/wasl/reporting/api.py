"""The wallboard by HTTP, what a queue is to reach, and what a supervisor does with others' work."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wasl import accounts
from wasl.accounts import Permission, Principal, requires
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor
from wasl.infra.web import Conn, Route, TheClock
from wasl.reporting.boards import boards_view, set_target
from wasl.reporting.day import day_of
from wasl.reporting.floor import floor_view
from wasl.reporting.policy import Target, Variant
from wasl.reporting.supervising import reassign, set_presence_of
from wasl.routing import By

router = APIRouter(route_class=Route, tags=["reporting"])

Supervises = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ_ALL))]
Manages = Annotated[Principal, Depends(requires(Permission.ROUTING_MANAGE))]

Self = Annotated[Principal, Depends(requires(Permission.SELF))]
TakesOver = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_MANAGE))]

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


class Place(BaseModel):
    """To whom, or to which queue."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID | None = None
    queue_id: UUID | None = None


class Presence(BaseModel):
    """What is declared for another one."""

    model_config = ConfigDict(extra="forbid")

    presence: Literal["available", "away", "offline"]
    reason: Annotated[str, Field(max_length=60)] | None = None


@router.post("/conversations/{conversation_id}/reassign")
async def reassign_conversation(
    conversation_id: UUID, body: Place, who: TakesOver, conn: Conn, clock: TheClock
) -> Any:
    """Takes a conversation from whoever has it, to an agent or a queue; answers where it was."""
    by = By(who.user_id, manages=True)
    return await reassign(
        conn,
        conversation_id,
        user_id=body.user_id,
        queue_id=body.queue_id,
        by=by,
        now=clock.now(),
    )


@router.put("/agents/{user_id}/presence")
async def put_presence(
    user_id: UUID, body: Presence, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Declares another agent available, away or offline; answers what they were."""
    by = By(who.user_id, manages=True)
    return await set_presence_of(
        conn, user_id, body.presence, reason=body.reason, by=by, now=clock.now()
    )


@router.get("/me/day")
async def my_day(since: AwareDatetime, who: Self, conn: Conn, clock: TheClock) -> Any:
    """One's own day since a moment, such as midnight where one is."""
    return await day_of(conn, who.user_id, since=since, now=clock.now())
