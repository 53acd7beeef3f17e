"""SLA policies as they are set up: in order, the first one that covers an interaction counts.

A change holds for clocks that begin afterwards, and for those whose priority or channel changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels import KINDS
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.ids import new_id
from wasl.routing.tables import sla_policies

MOST_POLICIES = 100  # all are looked at when an interaction begins

_TARGETS = ("first_response_s", "next_response_s", "resolution_s")
_ONE_WRITER = text("LOCK TABLE sla_policies IN SHARE ROW EXCLUSIVE MODE")


async def policies_view(conn: AsyncConnection) -> list[dict[str, Any]]:
    """SlaPolicy of all, in order."""
    rows = await conn.execute(
        select(sla_policies).order_by(sla_policies.c.position, sla_policies.c.id)
    )
    return [_shown(row) for row in rows]


async def policy_view(conn: AsyncConnection, policy_id: UUID) -> dict[str, Any]:
    """SlaPolicy of an id; NotFound("sla_policy_not_found")."""
    row = (await conn.execute(select(sla_policies).where(sla_policies.c.id == policy_id))).first()
    if row is None:
        raise NotFound("sla_policy_not_found")
    return _shown(row)


async def policy_names(
    conn: AsyncConnection, policy_ids: Collection[UUID]
) -> dict[UUID, dict[str, str]]:
    """The names of policies, by language."""
    rows = await conn.execute(
        select(sla_policies.c.id, sla_policies.c.names).where(sla_policies.c.id.in_(policy_ids))
    )
    return {row.id: row.names for row in rows}


def _shown(row: Any) -> dict[str, Any]:
    return {key: value for key, value in row._asdict().items() if key != "position"}


async def add_policy(conn: AsyncConnection, values: Mapping[str, Any]) -> UUID:
    """Adds a policy after the others; its id."""
    _check(values)
    await conn.execute(_ONE_WRITER)
    found = select(func.count(), func.coalesce(func.max(sla_policies.c.position), 0))
    count, last = (await conn.execute(found.select_from(sla_policies))).one()
    if count >= MOST_POLICIES:
        raise Conflict("too_many_sla_policies", most=MOST_POLICIES)
    policy_id = new_id()
    await conn.execute(
        insert(sla_policies).values(id=policy_id, position=last + 1, **_kept(values))
    )
    return policy_id


async def change_policy(conn: AsyncConnection, policy_id: UUID, values: Mapping[str, Any]) -> None:
    """Changes all of a policy but its place; NotFound("sla_policy_not_found")."""
    _check(values)
    changed = await conn.execute(
        update(sla_policies).where(sla_policies.c.id == policy_id).values(**_kept(values))
    )
    if not changed.rowcount:
        raise NotFound("sla_policy_not_found")


async def drop_policy(conn: AsyncConnection, policy_id: UUID) -> None:
    """Removes a policy; clocks that run by it run on."""
    gone = await conn.execute(delete(sla_policies).where(sla_policies.c.id == policy_id))
    if not gone.rowcount:
        raise NotFound("sla_policy_not_found")


async def order_policies(conn: AsyncConnection, policy_ids: Sequence[UUID]) -> None:
    """Puts the policies in this order; Conflict("sla_policies_changed") when these are not all."""
    await conn.execute(_ONE_WRITER)
    known = set((await conn.execute(select(sla_policies.c.id))).scalars())
    if known != set(policy_ids) or len(known) != len(policy_ids):
        raise Conflict("sla_policies_changed")
    for position, policy_id in enumerate(policy_ids, 1):
        await conn.execute(
            update(sla_policies).where(sla_policies.c.id == policy_id).values(position=position)
        )


def _check(values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values["kinds"]) - set(KINDS))
    if unknown:
        raise Invalid("channel_kind_unknown", field="kinds", kind=unknown[0])
    if all(values[name] is None for name in _TARGETS):
        raise Invalid("sla_target_missing", field="first_response_s")


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Each choice once, in order."""
    return {
        **values,
        **{name: sorted(set(values[name])) for name in ("priorities", "kinds", "tags")},
    }
