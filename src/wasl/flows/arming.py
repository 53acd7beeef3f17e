"""Which published flows are automations, which of them rest, and when those of a schedule are due.

The caller commits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.policy import read
from wasl.flows.tables import flow_triggers, flow_versions, flows
from wasl.infra.errors import NotFound
from wasl.infra.timers import cancel_timer, set_timer

SCHEDULE = "flows.schedule"  # timer kind; its key is an automation


async def arm(conn: AsyncConnection, flow_id: UUID, *, now: datetime) -> None:
    """Makes a flow's published version an automation, or none where it has no trigger."""
    row = (
        await conn.execute(
            select(flows.c.key, flow_versions.c.id, flow_versions.c.library)
            .join(
                flow_versions,
                (flow_versions.c.flow_id == flows.c.id)
                & (flow_versions.c.number == flows.c.published),
            )
            .where(flows.c.id == flow_id)
        )
    ).one()
    trigger = read(row.library[""]).trigger
    await cancel_timer(conn, SCHEDULE, str(flow_id))
    if trigger is None:
        await conn.execute(delete(flow_triggers).where(flow_triggers.c.flow_id == flow_id))
        return
    values = {
        "version_id": row.id,
        "key": row.key,
        "on": trigger.on,
        "filter": trigger.filter,
        "after_s": trigger.after_s,
        "active": True,
        "armed_at": now,
    }
    await conn.execute(
        upsert(flow_triggers)
        .values(flow_id=flow_id, **values)
        .on_conflict_do_update(index_elements=["flow_id"], set_=values)
    )
    if trigger.on == "schedule" and trigger.after_s:
        due = now + timedelta(seconds=trigger.after_s)
        await set_timer(conn, SCHEDULE, str(flow_id), due)


async def set_active(conn: AsyncConnection, flow_id: UUID, active: bool, *, now: datetime) -> None:
    """Rests an automation or takes it up again, from now on; NotFound("automation_not_found")."""
    mine = (flow_triggers.c.flow_id == flow_id) & ~flow_triggers.c.archived
    if not await _set(conn, mine, now, active=active):
        raise NotFound("automation_not_found")


async def set_archived(
    conn: AsyncConnection, flow_id: UUID, archived: bool, *, now: datetime
) -> None:
    """Puts an automation away with its flow, or takes it back as it was, from now on; nothing for
    a flow that is none."""
    await _set(conn, flow_triggers.c.flow_id == flow_id, now, archived=archived)


async def _set(
    conn: AsyncConnection, which: ColumnElement[bool], now: datetime, **values: bool
) -> bool:
    """Sets what decides whether an automation is heard, and its schedule with it; whether it is
    there."""
    row = (
        await conn.execute(
            update(flow_triggers)
            .where(which)
            .values(armed_at=now, **values)
            .returning(flow_triggers)
        )
    ).first()
    if row is None:
        return False
    if row.on == "schedule":
        await cancel_timer(conn, SCHEDULE, str(row.flow_id))
        if row.active and not row.archived:
            due = now + timedelta(seconds=row.after_s)
            await set_timer(conn, SCHEDULE, str(row.flow_id), due)
    return True


async def is_one(conn: AsyncConnection, flow_id: UUID) -> bool:
    """Whether a flow's published version is an automation."""
    found = select(flow_triggers.c.flow_id).where(flow_triggers.c.flow_id == flow_id)
    return await conn.scalar(found) is not None


_VIEWS = (
    select(
        flow_triggers.c.flow_id,
        flow_triggers.c.key,
        flow_triggers.c.on,
        flow_triggers.c.filter,
        flow_triggers.c.after_s,
        flow_triggers.c.active,
        flow_triggers.c.armed_at,
        flows.c.draft["name"].label("names"),
    )
    .join(flows, flows.c.id == flow_triggers.c.flow_id)
    .where(~flow_triggers.c.archived)
    .order_by(flow_triggers.c.key)
)


async def views(conn: AsyncConnection) -> list[dict[str, Any]]:
    """All automations but those that are put away."""
    return [row._asdict() for row in await conn.execute(_VIEWS)]
