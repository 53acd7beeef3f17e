"""What is done with a conversation's place: picked, passed on, parked, resolved; callbacks, and
colleagues beside the holder."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from pydantic import AwareDatetime, Field, JsonValue

from wasl import conversations
from wasl.accounts import Permission, Principal
from wasl.accounts.web import requires
from wasl.infra.web import Conn, TheClock, api_router
from wasl.routing import callbacks, colleagues, service
from wasl.routing.api import Body, Code, Note
from wasl.routing.explained import explained

router = api_router("routing")

Speaker = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_REPLY))]


class Transfer(Body):
    user_id: UUID | None = None
    queue_id: UUID | None = None
    note: Note = ""
    wait_s: Annotated[int, Field(ge=5, le=3600)] | None = None  # for the agent, before the queue
    # what is asked of the agent, instead of what the queue asks
    steps: Annotated[list[JsonValue], Field(default_factory=list)]


class StatusChange(Body):
    status: Literal["open", "pending", "snoozed", "resolved"]
    snoozed_until: AwareDatetime | None = None
    disposition: Code = ""


class AskedIn(Body):
    user_id: UUID
    role: Literal["consult", "conference"] = "consult"
    note: Annotated[str, Field(min_length=1, max_length=20_000)]


class Callback(Body):
    kind: Annotated[str, Field(max_length=32)] = "phone"
    address: Annotated[str, Field(min_length=1, max_length=254)]
    region: Annotated[str, Field(max_length=2)] = ""  # ISO 3166: whose national numbers are meant
    not_before: AwareDatetime | None = None


class WrappedUp(Body):
    disposition: Code = ""
    note: Note = ""


async def _seen(conn: Conn, conversation_id: UUID, who: Principal) -> service.By:
    """Who does it, if they may see the conversation; NotFound otherwise."""
    viewer = await conversations.viewer_of(conn, who)
    await conversations.visible(conn, conversation_id, viewer)
    return service.By(who.user_id, manages=who.may(Permission.CONVERSATIONS_MANAGE))


async def _answer(conn: Conn, conversation_id: UUID, who: Principal) -> dict[str, Any]:
    viewer = await conversations.viewer_of(conn, who)
    return conversations.for_viewer(await conversations.full(conn, conversation_id), viewer)


@router.post("/conversations/{conversation_id}/pick")
async def pick(conversation_id: UUID, who: Speaker, conn: Conn, clock: TheClock) -> Any:
    """Takes a conversation that nobody holds."""
    by = await _seen(conn, conversation_id, who)
    await service.pick(conn, conversation_id, by=by, now=clock.now())
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/transfer")
async def transfer(
    conversation_id: UUID, body: Transfer, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """Passes a conversation on to an agent or a queue."""
    by = await _seen(conn, conversation_id, who)
    await service.transfer(
        conn,
        conversation_id,
        user_id=body.user_id,
        queue_id=body.queue_id,
        note=body.note,
        steps=body.steps,
        wait_s=body.wait_s,
        by=by,
        now=clock.now(),
    )
    return await _answer(conn, conversation_id, who)


@router.get("/conversations/{conversation_id}/routing")
async def explain(conversation_id: UUID, who: Speaker, conn: Conn, clock: TheClock) -> Any:
    """Why a conversation is where it is: why whom, why not whom, why so long, and what was
    decided."""
    await _seen(conn, conversation_id, who)
    return await explained(conn, conversation_id, now=clock.now())


@router.post("/conversations/{conversation_id}/status")
async def set_status(
    conversation_id: UUID, body: StatusChange, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """Parks, resolves or takes up a conversation again."""
    by = await _seen(conn, conversation_id, who)
    await service.set_status(
        conn,
        conversation_id,
        body.status,
        snoozed_until=body.snoozed_until,
        disposition=body.disposition,
        by=by,
        now=clock.now(),
    )
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/wrap-up")
async def wrap_up(
    conversation_id: UUID, body: WrappedUp, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """Ends wrap-up with an outcome and a note."""
    by = await _seen(conn, conversation_id, who)
    await service.wrap_up(
        conn,
        conversation_id,
        disposition=body.disposition,
        note=body.note,
        by=by,
        now=clock.now(),
    )
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/colleagues")
async def ask_in(
    conversation_id: UUID, body: AskedIn, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """Puts a colleague beside the holder: to consult, or to confer with the contact as well."""
    by = await _seen(conn, conversation_id, who)
    await colleagues.ask_in(
        conn, conversation_id, body.user_id, body.role, note=body.note, by=by, now=clock.now()
    )
    return await _answer(conn, conversation_id, who)


@router.delete("/conversations/{conversation_id}/colleagues/{user_id}", status_code=204)
async def leave(
    conversation_id: UUID, user_id: UUID, who: Speaker, conn: Conn, clock: TheClock
) -> None:
    """Takes oneself, or a colleague, from beside the holder."""
    by = await _seen(conn, conversation_id, who)
    await colleagues.leave(conn, conversation_id, user_id, by=by, now=clock.now())


@router.post("/conversations/{conversation_id}/callback")
async def ask_callback(
    conversation_id: UUID, body: Callback, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """The contact, who waits in a queue, is to be called when their turn comes."""
    by = await _seen(conn, conversation_id, who)
    await callbacks.ask_callback(
        conn,
        conversation_id,
        kind=body.kind,
        address=body.address,
        region=body.region,
        not_before=body.not_before,
        actor=by.actor,
        now=clock.now(),
    )
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/callback/reached")
async def reach_callback(conversation_id: UUID, who: Speaker, conn: Conn, clock: TheClock) -> Any:
    """The contact has answered our call."""
    by = await _seen(conn, conversation_id, who)
    await callbacks.reach_callback(conn, conversation_id, by=by, now=clock.now())
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/callback/unanswered")
async def miss_callback(conversation_id: UUID, who: Speaker, conn: Conn, clock: TheClock) -> Any:
    """Nobody answered our call: it is made again later, and after the last one no more."""
    by = await _seen(conn, conversation_id, who)
    await callbacks.miss_callback(conn, conversation_id, by=by, now=clock.now())
    return await _answer(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/callback/done")
async def end_callback(conversation_id: UUID, who: Speaker, conn: Conn, clock: TheClock) -> Any:
    """Nobody is to be called back any more."""
    by = await _seen(conn, conversation_id, who)
    await callbacks.end_callback(conn, conversation_id, by=by, now=clock.now())
    return await _answer(conn, conversation_id, who)
