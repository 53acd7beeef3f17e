"""The wallboard by HTTP, what a queue is to reach, and what a supervisor does with others' work."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wasl import accounts, conversations
from wasl.accounts import Permission, Principal, requires
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router
from wasl.reporting import broadcasts, layouts
from wasl.reporting.boards import boards_view, set_target
from wasl.reporting.day import day_of
from wasl.reporting.floor import floor_view
from wasl.reporting.policy import Target, Variant
from wasl.reporting.supervising import (
    join,
    log_out,
    look_along,
    prioritise,
    reassign,
    set_presence_of,
    whisper,
)
from wasl.routing import By

router = api_router("reporting")

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


@router.post("/agents/{user_id}/log-out")
async def log_agent_out(user_id: UUID, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Sends an agent home: offline, signed out, their live work back in its queues."""
    by = By(who.user_id, manages=True)
    return {"requeued": await log_out(conn, user_id, by=by, now=clock.now())}


# ── live conversations ───────────────────────────────────────────────────────────────────────


class Whisper(BaseModel):
    """A private word to the agent."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=20_000)]


class PriorityBody(BaseModel):
    """0 is normal, 3 urgent."""

    model_config = ConfigDict(extra="forbid")

    priority: Annotated[int, Field(ge=0, le=3)]


@router.post("/conversations/{conversation_id}/look", status_code=204)
async def look(conversation_id: UUID, who: TakesOver, conn: Conn) -> None:
    """Tells, before it is shown, that one reads a live conversation along."""
    await look_along(conn, conversation_id, by=By(who.user_id, manages=True))


@router.post("/conversations/{conversation_id}/whisper", status_code=201)
async def whisper_to_agent(
    conversation_id: UUID, body: Whisper, who: TakesOver, conn: Conn, clock: TheClock
) -> Any:
    """A private word to the agent who has it; the note."""
    by = By(who.user_id, manages=True)
    note_id = await whisper(conn, conversation_id, body.text, by=by, now=clock.now())
    return conversations.public((await conversations.messages_by_ids(conn, [note_id]))[note_id])


@router.post("/conversations/{conversation_id}/join", status_code=204)
async def join_conversation(
    conversation_id: UUID, who: TakesOver, conn: Conn, clock: TheClock
) -> None:
    """Stands beside the agent who has it, and may answer the contact as well."""
    await join(conn, conversation_id, by=By(who.user_id, manages=True), now=clock.now())


@router.post("/conversations/{conversation_id}/prioritise")
async def prioritise_conversation(
    conversation_id: UUID, body: PriorityBody, who: TakesOver, conn: Conn, clock: TheClock
) -> Any:
    """Sets a conversation's priority; answers what it was."""
    by = By(who.user_id, manages=True)
    was = await prioritise(conn, conversation_id, body.priority, by=by, now=clock.now())
    return {"priority": was}


# ── broadcasts ───────────────────────────────────────────────────────────────────────────────


class To(BaseModel):
    """To whom: everybody, or a team's or a queue's people."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["everybody", "team", "queue"]
    id: UUID | None = None


class NewBroadcast(BaseModel):
    """What is told, to whom, and how long it stays on the desks of those who haven't read it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=broadcasts.MOST_TEXT)]
    to: To
    lasts_s: Annotated[int, Field(ge=60, le=int(broadcasts.LONGEST.total_seconds()))]


@router.get("/broadcasts")
async def list_broadcasts(who: Manages, conn: Conn) -> Any:
    """One's own, newest first, with who has read them."""
    return await broadcasts.broadcasts_of(conn, who.user_id)


@router.post("/broadcasts", status_code=201)
async def send_broadcast(body: NewBroadcast, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Puts a notice on the desks of all to whom it goes, at once."""
    return await broadcasts.broadcast(
        conn,
        body.text,
        to_kind=body.to.kind,
        to_id=body.to.id,
        lasts=timedelta(seconds=body.lasts_s),
        by=By(who.user_id),
        now=clock.now(),
    )


@router.post("/notices/{notice_id}/read", status_code=204)
async def read_notice(notice_id: UUID, who: Self, conn: Conn, clock: TheClock) -> None:
    """One has read what one was told."""
    await broadcasts.read_notice(conn, notice_id, who.user_id, now=clock.now())


# ── layouts ──────────────────────────────────────────────────────────────────────────────────


class Layout(BaseModel):
    """Which queues in which order (null: all of them) and which columns."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    shared: bool = False
    queue_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None
    columns: Annotated[
        list[Literal["longest", "late", "expected", "level", "abandon", "trend", "staff"]],
        Field(max_length=7),
    ]


@router.get("/wallboard/layouts")
async def list_layouts(who: Supervises, conn: Conn) -> Any:
    """One's own and those that are shared."""
    return await layouts.layouts_of(conn, who.user_id)


@router.post("/wallboard/layouts", status_code=201)
async def add_layout(body: Layout, who: Supervises, conn: Conn) -> Any:
    """Keeps a layout under a name."""
    return {"id": await layouts.add_layout(conn, who.user_id, **body.model_dump())}


@router.put("/wallboard/layouts/{layout_id}", status_code=204)
async def change_layout(layout_id: UUID, body: Layout, who: Supervises, conn: Conn) -> None:
    """Changes one's own."""
    await layouts.change_layout(conn, layout_id, who.user_id, **body.model_dump())


@router.delete("/wallboard/layouts/{layout_id}", status_code=204)
async def drop_layout(layout_id: UUID, who: Supervises, conn: Conn) -> None:
    """Forgets one's own."""
    await layouts.drop_layout(conn, layout_id, who.user_id)


@router.get("/me/day")
async def my_day(since: AwareDatetime, who: Self, conn: Conn, clock: TheClock) -> Any:
    """One's own day since a moment, such as midnight where one is."""
    return await day_of(conn, who.user_id, since=since, now=clock.now())
