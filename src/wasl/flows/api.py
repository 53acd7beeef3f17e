"""Flows by HTTP: drafts, problems, versions, the channels that lead to them, statistics."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wasl import accounts
from wasl.accounts import Permission, Principal, requires
from wasl.flows import archiving, checking, meanings, scheduling, service
from wasl.flows.outside import outside
from wasl.flows.play import EARLIEST, LATEST, Given, Playing, go_on, play
from wasl.flows.policy import TriggerOn, json_schema
from wasl.infra.errors import TooLarge
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router, end_transaction, transaction
from wasl.understanding import LONGEST_SENTENCE, MOST_SENTENCES

router = api_router("flows")
_MOST_UNDERSTOOD = 10  # in one move of a play

Manages = Annotated[Principal, Depends(requires(Permission.FLOWS_MANAGE))]

_ONE_SPELL = timedelta(minutes=10)  # of drawing by one person

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Json = dict[str, Any]
At = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]


Fact = (
    Annotated[str, Field(max_length=1_000)]
    | int
    | Annotated[float, Field(allow_inf_nan=False)]
    | bool
)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewFlow(Body):
    """A flow and its first draft; `key` is what other flows call it."""

    key: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
    definition: Json


class Draft(Body):
    """What replaces the draft that was read as `version`."""

    definition: Json
    version: Annotated[int, Field(ge=1)]


class Unsaved(Body):
    """A flow to be looked at; `key` when it is there already."""

    definition: Json
    key: Annotated[str, Field(max_length=40)] = ""


class Publishing(Body):
    """What goes live: the draft that was read as `version`, or (`restore`) an old version again."""

    version: Annotated[int, Field(ge=1)]
    restore: Number | None = None


class Scheduling(Body):
    """When the draft that was read as `version` goes live; null: not by itself any more."""

    version: Annotated[int, Field(ge=1)]
    at: At | None


class Archiving(Body):
    """Whether a flow is put away."""

    archived: bool


class Move(Body):
    """One move of a play. `state` is what the last one gave, null to begin; `given` is what comes
    in: the contact says `text`, time passes until what is waited for, or something happens (`on`),
    of which `facts` are known, such as {"event.added": "vip"}."""

    definition: Json
    key: Annotated[str, Field(max_length=40)] = ""
    state: Json | None = None
    given: Literal["words", "silence", "event"] = "words"
    text: Annotated[str, Field(max_length=4_000)] = ""
    on: TriggerOn | None = None
    facts: Annotated[dict[Annotated[str, Field(max_length=80)], Fact], Field(max_length=40)] = {}
    language: Literal["en", "fa", "ar"]
    now: At
    contact_id: UUID | None = None


class Sentence(Body):
    """A sentence to be understood: `answers` are sentences that mean each of several."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_SENTENCE)]
    answers: Annotated[
        list[Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=300)]],
        Field(min_length=1, max_length=100),
    ]


class Leading(Body):
    """The flow that a channel leads to; null: its queue."""

    flow_id: UUID | None


@router.get("/flows")
async def list_flows(who: Manages, conn: Conn, archived: bool = False) -> Any:
    """The flows that are in use, or those that are put away, without their drafts."""
    return {"items": await service.views(conn, archived=archived)}


@router.get("/flows/schema")
async def schema(who: Manages) -> Any:
    """The JSON Schema of definitions."""
    return json_schema()


@router.post("/flows/problems")
async def problems(body: Unsaved, who: Manages, conn: Conn) -> Any:
    """What is wrong with a definition, without keeping it."""
    flow = service.definition_of(body.definition)
    library = await service.library_for(conn, body.key, flow)
    found = await checking.problems_in(conn, body.key, flow, library)
    return {"items": [checking.shown_problem(p) for p in found]}


@router.post("/flows/play")
async def play_one(body: Move, request: Request, who: Manages, conn: Conn) -> Any:
    """Plays a definition by one move; nothing is kept and nothing is sent."""
    flow = service.definition_of(body.definition)
    library = await service.library_for(conn, body.key, flow)
    playing = Playing(library, body.language, body.now, body.contact_id)
    given = Given(body.given, body.text, body.on, body.facts)
    played = await play(conn, playing, body.state, given)
    for _ in range(_MOST_UNDERSTOOD):
        if played.asks is None:
            break
        await end_transaction(request)
        found = await meanings.understood(played.asks)
        played = await go_on(await transaction(request), playing, played, found)
    return played.told()


@router.post("/flows/understand")
async def understand(body: Sentence, request: Request, who: Manages) -> Any:
    """Which of the answers a sentence means: its place from 0, or null; nothing is kept."""
    await end_transaction(request)
    answers = [list(sentences) for sentences in body.answers]
    if sum(map(len, answers)) > MOST_SENTENCES:
        raise TooLarge("examples_too_many", limit=MOST_SENTENCES)
    return asdict(await outside.understanding.understand(body.text, answers))


@router.post("/flows", status_code=201)
async def add(body: NewFlow, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Adds a flow with its first draft."""
    flow = service.definition_of(body.definition)
    flow_id = await service.add_flow(conn, body.key, flow, now=clock.now())
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, "flow.add", "flow", flow_id, after={"key": body.key})
    return await service.view(conn, flow_id)


@router.get("/flows/{flow_id}")
async def one(flow_id: UUID, who: Manages, conn: Conn) -> Any:
    """A flow with its draft, the draft's problems and its versions."""
    return await service.view(conn, flow_id)


@router.put("/flows/{flow_id}/draft")
async def put_draft(flow_id: UUID, body: Draft, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Replaces the draft; it may have problems. It is saved while it is drawn: the audit log has
    one record of that for a while."""
    flow = service.definition_of(body.definition)
    now = clock.now()
    await service.put_draft(conn, flow_id, flow, version=body.version, now=now)
    actor = Actor("agent", who.user_id)
    if not await accounts.audited_since(conn, actor, "flow.draft", flow_id, now - _ONE_SPELL):
        after = {"version": body.version + 1}
        await accounts.audit(conn, actor, "flow.draft", "flow", flow_id, after=after)
    return await service.view(conn, flow_id)


@router.post("/flows/{flow_id}/publish")
async def publish(
    flow_id: UUID, body: Publishing, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Makes the draft, or an old version, the one that new conversations meet."""
    number = await service.publish(
        conn,
        flow_id,
        version=body.version,
        restore=body.restore,
        by=who.user_id,
        now=clock.now(),
    )
    actor = Actor("agent", who.user_id)
    after = {"number": number, **({"restored": body.restore} if body.restore else {})}
    await accounts.audit(conn, actor, "flow.publish", "flow", flow_id, after=after)
    return await service.view(conn, flow_id)


@router.put("/flows/{flow_id}/schedule")
async def schedule(
    flow_id: UUID, body: Scheduling, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Lets the draft as it is now go live later, or takes that back."""
    await scheduling.schedule(
        conn, flow_id, version=body.version, at=body.at, by=who.user_id, now=clock.now()
    )
    actor = Actor("agent", who.user_id)
    after = {"at": body.at.isoformat() if body.at else None}
    await accounts.audit(conn, actor, "flow.schedule", "flow", flow_id, after=after)
    return await service.view(conn, flow_id)


@router.put("/flows/{flow_id}/archived", status_code=204)
async def archive(
    flow_id: UUID, body: Archiving, who: Manages, conn: Conn, clock: TheClock
) -> Response:
    """Puts a flow away, or takes it back."""
    if await archiving.set_archived(conn, flow_id, body.archived, now=clock.now()):
        action = "flow.archive" if body.archived else "flow.restore"
        await accounts.audit(conn, Actor("agent", who.user_id), action, "flow", flow_id)
    return Response(status_code=204)


@router.get("/flows/{flow_id}/versions/{number}")
async def version(flow_id: UUID, number: Number, who: Manages, conn: Conn) -> Any:
    """A published version's definition."""
    return await service.version_view(conn, flow_id, number)


@router.get("/flows/{flow_id}/versions/{number}/statistics")
async def statistics(flow_id: UUID, number: Number, who: Manages, conn: Conn) -> Any:
    """How a version's runs went, and where people left."""
    return await service.statistics(conn, flow_id, number)


@router.put("/channels/{channel_id}/flow", status_code=204)
async def lead(channel_id: UUID, body: Leading, who: Manages, conn: Conn) -> Response:
    """Lets a channel lead to a flow, or to its queue again."""
    before = await service.lead_channel(conn, channel_id, body.flow_id)
    await accounts.audit(
        conn,
        Actor("agent", who.user_id),
        "channel.flow",
        "channel",
        channel_id,
        before={"flow_id": str(before) if before else None},
        after={"flow_id": str(body.flow_id) if body.flow_id else None},
    )
    return Response(status_code=204)
