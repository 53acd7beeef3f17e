"""The routes of SLA policies."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from wasl import accounts
from wasl.infra.events import Actor
from wasl.infra.web import Conn, api_router
from wasl.routing import sla_policies
from wasl.routing.api import Body, Colleague, Manages, Names, Priority, Target

router = api_router("routing")

Tag = Annotated[str, Field(min_length=1, max_length=80)]
Kind = Annotated[str, Field(min_length=1, max_length=32)]


class SlaPolicy(Body):
    """What it covers (an empty list: everything) and what is to be reached, in seconds of opening
    time; null is the queue's own target."""

    names: Names
    priorities: Annotated[list[Priority], Field(max_length=4)]
    kinds: Annotated[list[Kind], Field(max_length=50)]
    tags: Annotated[list[Tag], Field(max_length=50)]
    first_response_s: Target | None = None
    next_response_s: Target | None = None
    resolution_s: Target | None = None
    warn_percent: Annotated[int, Field(ge=1, le=99)] = 80


@router.get("/sla-policies")
async def list_policies(who: Colleague, conn: Conn) -> Any:
    """All policies, in the order in which they are asked."""
    return await sla_policies.policies_view(conn)


@router.post("/sla-policies", status_code=201)
async def add_policy(body: SlaPolicy, who: Manages, conn: Conn) -> Any:
    """Adds a policy after the others."""
    values = body.model_dump()
    policy_id = await sla_policies.add_policy(conn, values)
    await _audit(conn, who, "add", policy_id, after=values)
    return await sla_policies.policy_view(conn, policy_id)


@router.put("/sla-policies/order")
async def order_policies(
    body: Annotated[list[UUID], Field(max_length=sla_policies.MOST_POLICIES)],
    who: Manages,
    conn: Conn,
) -> Any:
    """Puts all policies in this order."""
    await sla_policies.order_policies(conn, body)
    order = {"order": [str(policy_id) for policy_id in body]}
    await accounts.audit(
        conn, Actor("agent", who.user_id), "sla_policy.order", "sla_policy", None, after=order
    )
    return await sla_policies.policies_view(conn)


@router.put("/sla-policies/{policy_id}")
async def change_policy(policy_id: UUID, body: SlaPolicy, who: Manages, conn: Conn) -> Any:
    """Changes a policy, which keeps its place."""
    before, values = await sla_policies.policy_view(conn, policy_id), body.model_dump()
    await sla_policies.change_policy(conn, policy_id, values)
    changed = {key for key, value in values.items() if value != before[key]}
    await _audit(
        conn,
        who,
        "change",
        policy_id,
        before={key: before[key] for key in changed},
        after={key: values[key] for key in changed},
    )
    return await sla_policies.policy_view(conn, policy_id)


@router.delete("/sla-policies/{policy_id}", status_code=204)
async def drop_policy(policy_id: UUID, who: Manages, conn: Conn) -> None:
    """Removes a policy."""
    before = await sla_policies.policy_view(conn, policy_id)
    await sla_policies.drop_policy(conn, policy_id)
    await _audit(conn, who, "drop", policy_id, before={"names": before["names"]})


async def _audit(
    conn: Conn,
    who: accounts.Principal,
    what: str,
    policy_id: UUID,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    actor = Actor("agent", who.user_id)
    await accounts.audit(
        conn, actor, f"sla_policy.{what}", "sla_policy", policy_id, before=before, after=after
    )
