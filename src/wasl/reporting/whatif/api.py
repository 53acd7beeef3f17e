"""What if, by HTTP: today as the last weeks were, and a comparison that tells how far it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from wasl.accounts import Permission, Principal, requires
from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.web import Conn, TheClock, api_router
from wasl.reporting.policy import VARIANTS, Variant
from wasl.reporting.whatif.expected import (
    LONGEST_HANDLING_S,
    LONGEST_PATIENCE_S,
    MOST_A_DAY,
    Expected,
    Shape,
    assumed,
    day_of,
)
from wasl.reporting.whatif.history import MOST_WEEKS, read_past
from wasl.reporting.whatif.past import Past, PastQueue, level_of, margin
from wasl.reporting.whatif.proposals import keep, proposals_view, propose
from wasl.reporting.whatif.running import as_lines, outcomes, runs_for
from wasl.reporting.whatif.today import names_of, today_of
from wasl.routing import simulation

router = api_router("simulation")

Manages = Annotated[Principal, Depends(requires(Permission.ROUTING_MANAGE))]
Weeks = Annotated[int, Field(ge=1, le=MOST_WEEKS)]

_SEED = 1
_MOST_TARGET_S = 31 * 86_400


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SkillBody(_Body):
    """A skill that so many more agents would have."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    level: Annotated[int, Field(ge=1, le=5)] = 3
    agents: Annotated[int, Field(ge=1, le=500)]


class AgentsBody(_Body):
    """How many agents more, or fewer, a queue would have."""

    queue_id: UUID
    by: Annotated[int, Field(ge=-500, le=500)]


class ExpectedBody(_Body):
    """What is expected of a queue in a day; means of handling (wrap-up comes on top) and patience
    in seconds."""

    queue_id: UUID
    per_day: Annotated[int, Field(ge=0, le=MOST_A_DAY)]
    shape: Shape
    handling_s: Annotated[int, Field(ge=1, le=LONGEST_HANDLING_S)]
    patience_s: Annotated[int, Field(ge=1, le=LONGEST_PATIENCE_S)]


class WhatIf(_Body):
    """What would be other, in a queue or in all of them; with `expected` than on such a day, else
    than in the last weeks."""

    weeks: Weeks = 4
    queue_id: UUID | None = None
    target_s: Annotated[int, Field(ge=1, le=_MOST_TARGET_S)] | None = None
    volume_percent: Annotated[int, Field(ge=-90, le=300)] = 0
    priority: Annotated[int, Field(ge=0, le=10)] | None = None
    skill: SkillBody | None = None
    agents: Annotated[list[AgentsBody], Field(max_length=200)] = []
    expected: Annotated[list[ExpectedBody], Field(max_length=200)] | None = None


@router.get("/simulation/today")
async def today(
    who: Manages, conn: Conn, clock: TheClock, weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS)] = 4
) -> Any:
    """What a scenario starts from: each queue as it is, and how it did in the last weeks. With
    too little history `enough` is false, and `expected` says what may be assumed instead."""
    past = await read_past(conn, weeks=weeks, now=clock.now())
    days, names = past.days, names_of(past)
    expected = None if past.enough else assumed(past)
    document = today_of(past) if expected is None else day_of(past, expected)
    counted = set(days)
    came = [one for one in past.came if one.day in counted]
    return {
        "weeks": weeks,
        "zone": past.zone,
        "days": len(days),
        "from": days[0] if days else None,
        "until": days[-1] if days else None,
        "interactions": sum(one.came for one in came),
        "enough": past.enough and simulation.agents_in(document, None) > 0,
        "agents": simulation.agents_in(document, None),
        "skills": sorted({skill for agent in past.agents for skill in agent.skills}),
        "queues": [
            {
                "id": queue.id,
                "name": names[queue.id],
                "names": queue.names,
                "target": {
                    "within_s": queue.target.within_s,
                    "percent": queue.target.percent,
                    "variant": queue.target.variant,
                },
                "priority": queue.rules["priority"],
                "agents": simulation.agents_in(document, names[queue.id]),
                "interactions": sum(one.came for one in came if one.queue_id == queue.id),
                "wrap_up_s": queue.rules["wrap_up_s"],
                "levels": _levels(past, queue.id),
            }
            for queue in past.queues
        ],
        "expected": expected,
    }


def _levels(past: Past, queue_id: UUID) -> dict[str, float | None]:
    levels = {variant: level_of(past, queue_id, variant) for variant in VARIANTS}
    return {name: level.value if level is not None else None for name, level in levels.items()}


@router.post("/simulation/run")
async def run(
    body: WhatIf, request: Request, who: Manages, conn: Conn, clock: TheClock
) -> StreamingResponse:
    """Compares the scenario with today. The answer is lines of JSON: `{"done": share}` as it goes
    on, then `{"result": …}`, or `{"error": code, params}`. Hanging up ends the simulation."""
    if "idempotency-key" in request.headers:  # an answer in pieces can't be kept
        raise Invalid("request_invalid", field="idempotency-key")
    past = await read_past(conn, weeks=body.weeks, now=clock.now())
    before, after = documents(past, body)
    queue = _queue_of(past, body.queue_id)
    variant: Variant = queue.target.variant if queue is not None else "offered"
    answers = outcomes(
        before,
        after,
        queue=names_of(past)[queue.id] if queue is not None else None,
        level=simulation.LEVELS[variant],
        seed=_SEED,
    )
    told = _kept(
        _with_past(answers, past if body.expected is None else None, queue, variant),
        request.app.state.database,
        who.user_id,
        body,
        clock,
    )
    return StreamingResponse(
        as_lines(told),
        media_type="application/x-ndjson",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


class Remark(_Body):
    """Why one proposes it."""

    remark: Annotated[str, Field(max_length=2_000)] = ""


@router.get("/simulation/proposals")
async def proposals(who: Manages, conn: Conn) -> Any:
    """What supervisors propose to change, newest first; nothing of it is live."""
    return await proposals_view(conn)


@router.post("/simulation/runs/{run_id}/propose", status_code=204)
async def propose_run(
    run_id: UUID, body: Remark, who: Manages, conn: Conn, clock: TheClock
) -> None:
    """Proposes what a simulation of one's own changed, with its result."""
    await propose(conn, run_id, who.user_id, body.remark.strip(), now=clock.now())


def documents(past: Past, body: WhatIf) -> tuple[simulation.Document, simulation.Document]:
    """Today, and what it would be; Conflict("history_too_short" or "queues_without_agents"),
    Invalid("nobody_expected"), TooLarge, NotFound."""
    names = names_of(past)
    document = _today(past, body) if body.expected is None else _expected(past, body)
    by: dict[str, int] = {}
    for one in body.agents:
        queue = _queue_of(past, one.queue_id)
        if queue is not None:
            by[names[queue.id]] = by.get(names[queue.id], 0) + one.by
    skill = body.skill
    changes = simulation.Changes(
        queue=names[body.queue_id] if body.queue_id is not None else None,
        target_s=body.target_s,
        volume=1 + body.volume_percent / 100,
        priority=body.priority,
        skill=simulation.Skill(skill.name, skill.level, skill.agents)
        if skill is not None
        else None,
        agents=by,
    )
    return document, simulation.changed(document, changes)


def _today(past: Past, body: WhatIf) -> simulation.Document:
    document = today_of(past, _runs(body, sum(one.came for one in past.came), len(past.days)))
    queue = _queue_of(past, body.queue_id)
    came = queue is None or any(one.queue_id == queue.id for one in past.came)
    if not (past.enough and document["agents"] and came):
        raise Conflict("history_too_short")
    return document


def _expected(past: Past, body: WhatIf) -> simulation.Document:
    expected = [Expected(**one.model_dump()) for one in body.expected or ()]
    per_day: dict[UUID | None, int] = {None: sum(one.per_day for one in expected)}
    for one in expected:
        if one.queue_id in per_day:
            raise Invalid("value_invalid", field="expected")
        _queue_of(past, one.queue_id)
        per_day[one.queue_id] = one.per_day
    _queue_of(past, body.queue_id)
    if not past.agents:
        raise Conflict("queues_without_agents")
    if not per_day.get(body.queue_id):
        raise Invalid("nobody_expected", field="expected")
    return day_of(past, expected, _runs(body, per_day[None], 1))


def _runs(body: WhatIf, came: int, days: int) -> int:
    return runs_for(came / max(1, days) * (1 + max(0, body.volume_percent) / 200))


def _queue_of(past: Past, queue_id: UUID | None) -> PastQueue | None:
    if queue_id is None:
        return None
    found = next((queue for queue in past.queues if queue.id == queue_id), None)
    if found is None:
        raise NotFound("queue_not_found")
    return found


async def _with_past(
    answers: AsyncGenerator[dict[str, Any], None],
    past: Past | None,
    queue: PastQueue | None,
    variant: Variant,
) -> AsyncGenerator[dict[str, Any], None]:
    """The answers, and with the result whether the model of today says what really happened; an
    expected day has no past."""
    async with aclosing(answers):
        async for answer in answers:
            result = answer.get("result")
            if result is not None:
                level = result["measures"].get(simulation.LEVELS[variant])
                result["variant"] = variant
                result["percent"] = queue.target.percent if queue is not None else None
                result["history"] = _history(past) if past is not None else None
                result["fit"] = _fit(level, past, queue, variant) if past is not None else None
            yield answer


def _history(past: Past) -> dict[str, Any]:
    days = past.days
    return {"from": str(days[0]), "until": str(days[-1]), "days": len(days)}


async def _kept(
    answers: AsyncGenerator[dict[str, Any], None],
    database: Database,
    by_id: UUID,
    asked: WhatIf,
    clock: Clock,
) -> AsyncGenerator[dict[str, Any], None]:
    """The answers; the result is kept and carries its `id`."""
    async with aclosing(answers):
        async for answer in answers:
            result = answer.get("result")
            if result is not None:
                async with database.transaction() as conn:
                    body = asked.model_dump(mode="json")
                    kept = await keep(conn, by_id, body, result, now=clock.now())
                result["id"] = str(kept)
            yield answer


def _fit(
    measure: dict[str, Any] | None, past: Past, queue: PastQueue | None, variant: Variant
) -> dict[str, Any] | None:
    was = level_of(past, queue.id if queue is not None else None, variant)
    if measure is None or was is None:
        return None
    model = measure["today"]
    half = model["high"] - model["value"] if model["high"] is not None else None
    allowed = margin(half, was)
    return {
        "model": model["value"],
        "past": was.value,
        "margin": allowed,
        "inside": abs(model["value"] - was.value) <= allowed,
    }
