"""Drafts that go live later: a timer per flow keeps what is to be published, as it was."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.flows import service
from wasl.flows.policy import NotAFlow, read
from wasl.flows.service import PUBLISH
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.timers import Handler, Timer, cancel_timer, set_timer

log = logging.getLogger(__name__)


async def schedule(
    conn: AsyncConnection,
    flow_id: UUID,
    *,
    version: int,
    at: datetime | None,
    by: UUID | None,
    now: datetime,
) -> None:
    """Lets the draft that was read as `version` go live at `at`, whatever becomes of the draft
    until then; None takes that back. Conflict("flow_changed"), Conflict("flow_has_problems"),
    Invalid("time_past")."""
    if at is None:
        await cancel_timer(conn, PUBLISH, str(flow_id))
        return
    if at <= now:
        raise Invalid("time_past", field="at")
    row = await service.in_use(conn, flow_id)
    if row.version != version:
        raise Conflict("flow_changed", version=row.version)
    await service.publishable(conn, row.key, read(row.draft))
    payload = {"definition": row.draft, "by": str(by) if by else None}
    await set_timer(conn, PUBLISH, str(flow_id), at, payload)


async def time_is_up(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """Publishes what was scheduled. What has become impossible (a queue is gone) is in the audit
    log and nothing else changes."""
    flow_id = UUID(timer.key)
    by: Any = timer.payload["by"]
    actor = Actor("agent", UUID(by)) if by else SYSTEM
    try:
        number = await service.publish_this(
            conn, flow_id, timer.payload["definition"], by=UUID(by) if by else None, now=now
        )
    except (Conflict, NotFound, NotAFlow) as error:
        log.warning("flow %s was not published as scheduled: %s", flow_id, error)
        await accounts.audit(conn, actor, "flow.not_published", "flow", flow_id)
        return
    after = {"number": number, "scheduled": True}
    await accounts.audit(conn, actor, "flow.publish", "flow", flow_id, after=after)


def timer_handlers() -> Mapping[str, Handler]:
    """What the timer loop calls for our timers."""
    return {PUBLISH: time_is_up}
