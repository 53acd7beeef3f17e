"""Presence, agents, offers and queues."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from wasl import accounts
from wasl.accounts import Permission, Principal
from wasl.accounts.web import requires
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor
from wasl.infra.limits import RateLimit
from wasl.infra.web import Conn, TheClock, api_router
from wasl.routing import agents, offers, queues, rules, views
from wasl.routing.policy import Delivery, Strategy
from wasl.routing.tables import dispositions, presence_reasons

router = api_router("routing")

Self = Annotated[Principal, Depends(requires(Permission.SELF))]
Colleague = Annotated[Principal, Depends(requires(Permission.AGENTS_READ))]
Speaker = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_REPLY))]
Manages = Annotated[Principal, Depends(requires(Permission.ROUTING_MANAGE))]

Code = Annotated[str, Field(max_length=60)]
Note = Annotated[str, Field(max_length=20_000)]
QueueName = Annotated[str, Field(min_length=1, max_length=80)]
Priority = Annotated[int, Field(ge=0, le=3)]
OfferTimeout = Annotated[int, Field(ge=5, le=600)]
WrapUp = Annotated[int, Field(ge=0, le=3600)]
NoAnswers = Annotated[int, Field(ge=1, le=20)]
Target = Annotated[int, Field(ge=1, le=31 * 86_400)]

MOST_QUEUES = 500  # changed at once


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PresenceChange(Body):
    presence: Literal["available", "away", "offline"]
    reason: Code | None = None


class Capacity(Body):
    capacity: Annotated[dict[str, int], Field(max_length=agents.MOST_KINDS)]


class Interruptions(Body):
    interruptible_by: Annotated[
        dict[str, Annotated[list[str], Field(max_length=agents.MOST_KINDS)]],
        Field(max_length=agents.MOST_KINDS),
    ]


class Skills(Body):
    skills: Annotated[dict[str, int], Field(max_length=rules.MOST_SKILLS)]


class Memberships(Body):
    queues: Annotated[
        dict[UUID, Annotated[int, Field(ge=1, le=5)] | None], Field(max_length=MOST_QUEUES)
    ]  # null: out of it


class Acceptance(Body):
    epoch: Annotated[int, Field(ge=0, lt=2**63)]


class Refusal(Acceptance):
    reason: Code | None = None


class Names(Body):
    en: QueueName
    fa: QueueName
    ar: QueueName


class NewQueue(Body):
    names: Names
    offer_timeout_s: OfferTimeout = 20
    wrap_up_s: WrapUp = 30
    reply_target_s: Target = 300
    resolution_target_s: Target = 86_400
    priority: Priority = 1
    strategy: Strategy = "longest_idle"
    delivery: Delivery = "push"
    strict_priority: bool = False
    steps: list[JsonValue] = []
    hours: JsonValue = None
    overflow: JsonValue = None
    no_answer_limit: NoAnswers = 1


class QueueChange(Body):
    names: Names | None = None
    offer_timeout_s: OfferTimeout | None = None
    wrap_up_s: WrapUp | None = None
    reply_target_s: Target | None = None
    resolution_target_s: Target | None = None
    priority: Priority | None = None
    strategy: Strategy | None = None
    delivery: Delivery | None = None
    strict_priority: bool | None = None
    steps: list[JsonValue] | None = None
    hours: JsonValue = None  # null: always open
    overflow: JsonValue = None  # null: none
    no_answer_limit: NoAnswers | None = None

    def values(self) -> dict[str, Any]:
        """What is to change. Only hours and overflow can be taken away."""
        given = self.model_dump(exclude_unset=True)
        return {
            key: value
            for key, value in given.items()
            if value is not None or key in ("hours", "overflow")
        }


class Member(Body):
    user_id: UUID
    level: Annotated[int, Field(ge=1, le=5)] = 3


# ── agents ───────────────────────────────────────────────────────────────────────────────────


_PRESENCE_CHANGES = RateLimit(burst=20, per_s=1)  # every colleague's desk shows each of them


@router.put("/presence")
async def set_presence(body: PresenceChange, who: Self, conn: Conn, clock: TheClock) -> Any:
    """Declares one's own presence, 429 for who changes it all the time."""
    _PRESENCE_CHANGES.take(str(who.user_id), clock.now())
    await agents.set_presence(
        conn,
        who.user_id,
        body.presence,
        reason=body.reason,
        now=clock.now(),
        actor=Actor("agent", who.user_id),
    )
    return (await views.agents_view(conn, [who.user_id]))[0]


@router.get("/presence-reasons")
async def list_presence_reasons(who: Self, conn: Conn) -> Any:
    """Why an agent may be away."""
    return await queues.codes(conn, presence_reasons)


@router.get("/dispositions")
async def list_dispositions(who: Self, conn: Conn) -> Any:
    """How an interaction may end."""
    return await queues.codes(conn, dispositions)


@router.get("/agents")
async def list_agents(who: Colleague, conn: Conn) -> Any:
    """Every colleague with presence, state, load and queues."""
    return await views.agents_view(conn)


@router.put("/agents/{user_id}/capacity")
async def set_capacity(
    user_id: UUID, body: Capacity, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Sets how many units of each channel kind an agent takes at the same time."""
    actor = Actor("agent", who.user_id)
    before = await agents.set_capacity(conn, user_id, body.capacity, actor=actor, now=clock.now())
    await accounts.audit(
        conn, actor, "agent.capacity", "user", user_id, before=before, after=body.capacity
    )
    return (await views.agents_view(conn, [user_id]))[0]


@router.put("/agents/{user_id}/interruptions")
async def set_interruptions(
    user_id: UUID, body: Interruptions, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Sets which channel kinds may come while an agent has one in hand; all, where nothing is said
    of it."""
    actor = Actor("agent", who.user_id)
    rules = body.interruptible_by
    before = await agents.set_interruptible_by(conn, user_id, rules, actor=actor, now=clock.now())
    await accounts.audit(
        conn, actor, "agent.interruptions", "user", user_id, before=before, after=rules
    )
    return (await views.agents_view(conn, [user_id]))[0]


@router.put("/agents/{user_id}/skills")
async def set_skills(user_id: UUID, body: Skills, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Sets what an agent can, with levels 1–5; languages are named `language:fa`."""
    actor = Actor("agent", who.user_id)
    await agents.set_skills(conn, user_id, body.skills, actor=actor, now=clock.now())
    await accounts.audit(conn, actor, "agent.skills", "user", user_id, after=body.skills)
    return (await views.agents_view(conn, [user_id]))[0]


@router.patch("/agents/{user_id}/queues")
async def change_queues_of(
    user_id: UUID, body: Memberships, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Puts an agent into queues or takes them out; answers what they were in each."""
    actor = Actor("agent", who.user_id)
    was = await queues.change_memberships(conn, user_id, body.queues, actor=actor, now=clock.now())
    await accounts.audit(
        conn,
        actor,
        "agent.queues",
        "user",
        user_id,
        before={str(queue_id): level for queue_id, level in was.items() if level},
        after={str(queue_id): level for queue_id, level in body.queues.items() if level},
    )
    return {"queues": was}


# ── offers ───────────────────────────────────────────────────────────────────────────────────


@router.post("/offers/{offer_id}/accept")
async def accept_offer(
    offer_id: UUID, body: Acceptance, who: Speaker, conn: Conn, clock: TheClock
) -> Any:
    """Takes what one was offered."""
    conversation_id = await offers.accept_offer(
        conn, offer_id, body.epoch, agent_id=who.user_id, now=clock.now()
    )
    return {"conversation_id": conversation_id}


@router.post("/offers/{offer_id}/decline", status_code=204)
async def decline_offer(
    offer_id: UUID, body: Refusal, who: Speaker, conn: Conn, clock: TheClock
) -> None:
    """Leaves what one was offered to the next agent."""
    await offers.decline_offer(
        conn, offer_id, body.epoch, agent_id=who.user_id, reason=body.reason, now=clock.now()
    )


# ── queues ───────────────────────────────────────────────────────────────────────────────────


async def _queue(conn: Conn, queue_id: UUID) -> dict[str, Any]:
    found = await views.queues_view(conn, [queue_id])
    if not found:
        raise NotFound("queue_not_found")
    return found[0]


@router.get("/queues")
async def list_queues(who: Colleague, conn: Conn) -> Any:
    """All queues with their members and how many wait."""
    return await views.queues_view(conn)


@router.post("/queues", status_code=201)
async def add_queue(body: NewQueue, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Adds a queue."""
    actor = Actor("agent", who.user_id)
    values = body.model_dump()
    queue_id = await queues.add_queue(conn, values, actor=actor, now=clock.now())
    await accounts.audit(conn, actor, "queue.add", "queue", queue_id, after=values)
    return await _queue(conn, queue_id)


@router.patch("/queues/{queue_id}")
async def change_queue(
    queue_id: UUID, body: QueueChange, who: Manages, conn: Conn, clock: TheClock
) -> Any:
    """Changes a queue's names, times or priority."""
    actor = Actor("agent", who.user_id)
    before = await _queue(conn, queue_id)
    given = body.values()
    values = {key: value for key, value in given.items() if value != before[key]}
    if values:
        await queues.change_queue(conn, queue_id, values, actor=actor, now=clock.now())
        was = {key: before[key] for key in values}
        await accounts.audit(
            conn, actor, "queue.change", "queue", queue_id, before=was, after=values
        )
    return await _queue(conn, queue_id)


@router.delete("/queues/{queue_id}", status_code=204)
async def drop_queue(queue_id: UUID, who: Manages, conn: Conn, clock: TheClock) -> None:
    """Deletes a queue that nothing uses."""
    actor = Actor("agent", who.user_id)
    was = {"names": (await _queue(conn, queue_id))["names"]}
    await queues.drop_queue(conn, queue_id, actor=actor, now=clock.now())
    await accounts.audit(conn, actor, "queue.drop", "queue", queue_id, before=was)


@router.put("/queues/{queue_id}/members")
async def set_members(
    queue_id: UUID,
    body: Annotated[list[Member], Field(max_length=5000)],
    who: Manages,
    conn: Conn,
    clock: TheClock,
) -> Any:
    """Makes these users the members of a queue."""
    actor = Actor("agent", who.user_id)
    levels = {member.user_id: member.level for member in body}
    members = (await _queue(conn, queue_id))["members"]
    before = {str(member["user"]["id"]): member["level"] for member in members}
    await queues.set_members(conn, queue_id, levels, actor=actor, now=clock.now())
    after = {str(user_id): level for user_id, level in levels.items()}
    await accounts.audit(
        conn, actor, "queue.members", "queue", queue_id, before=before, after=after
    )
    return await _queue(conn, queue_id)
