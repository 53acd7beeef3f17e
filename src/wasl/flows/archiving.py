"""Flows that are put away: no list has them and nothing starts them; they can be had back.

The caller commits. Runs that are under way go on to their end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels
from wasl.flows import arming, service
from wasl.flows.service import PUBLISH
from wasl.flows.tables import flow_channels, flow_versions, flows
from wasl.infra.errors import Conflict
from wasl.infra.timers import cancel_timer

_MOST_NAMED = 3


async def set_archived(
    conn: AsyncConnection, flow_id: UUID, archived: bool, *, now: datetime
) -> bool:
    """Puts a flow away, or takes it back as it was; whether that changed anything.

    What was to go live later does not any more. Conflict("flow_leads", channels),
    Conflict("flow_run_by", flows): by their live versions.
    """
    row = await service.locked(conn, flow_id)
    if (row.archived_at is not None) == archived:
        return False
    if archived:
        await _refuse_while_needed(conn, row)
        await cancel_timer(conn, PUBLISH, str(flow_id))
    await conn.execute(
        update(flows).where(flows.c.id == flow_id).values(archived_at=now if archived else None)
    )
    await arming.set_archived(conn, flow_id, archived, now=now)
    return True


async def _refuse_while_needed(conn: AsyncConnection, row: Any) -> None:
    led = await conn.scalars(
        select(flow_channels.c.channel_id).where(flow_channels.c.flow_id == row.id)
    )
    leading = await channels.summaries(conn, led)
    if leading:
        raise Conflict("flow_leads", channels=_some(one["name"] for one in leading.values()))
    running = await conn.scalars(
        select(flows.c.key)
        .join(
            flow_versions,
            (flow_versions.c.flow_id == flows.c.id) & (flow_versions.c.number == flows.c.published),
        )
        .where(
            flows.c.id != row.id,
            flows.c.archived_at.is_(None),
            flow_versions.c.library.has_key(row.key),
        )
    )
    keys = running.all()
    if keys:
        raise Conflict("flow_run_by", flows=_some(keys))


def _some(names: Iterable[str]) -> str:
    """The first few of them, in one line."""
    in_order = sorted(names)
    return " · ".join([*in_order[:_MOST_NAMED], *(["…"] if len(in_order) > _MOST_NAMED else [])])
