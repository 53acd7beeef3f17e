"""What runs wait for from outside: a row for each, written with the run's state, claimed by a
worker for a minute, and gone in the transaction that gives the run its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.tables import flow_requests
from wasl.infra.database import wake_after_commit

_CLAIMED_FOR = timedelta(seconds=60)

Answer = Callable[[AsyncConnection, UUID, int, Mapping[str, Any] | None, datetime], Awaitable[None]]
"""Gives a run what it asked for, None when that is of no use: run, number, values, now."""


async def put(
    conn: AsyncConnection, kind: str, run_id: UUID, n: int, request: Any, *, now: datetime
) -> None:
    """Has it asked after the commit, by the workers of the topic `kind`; what the run asked before
    is forgotten."""
    values = {
        "kind": kind,
        "n": n,
        "request": request,
        "attempts": 0,
        "next_attempt_at": now,
        "claimed_until": None,
    }
    await conn.execute(
        upsert(flow_requests)
        .values(run_id=run_id, **values)
        .on_conflict_do_update(index_elements=["run_id"], set_=values)
    )
    wake_after_commit(conn, kind)


# somebody else serves by now: nobody waits for the answer
_FORGET = text("""
DELETE FROM flow_requests q USING flow_runs r
WHERE r.id = q.run_id AND r.status <> 'running' AND q.kind = :kind
""")
_CLAIM = text("""
UPDATE flow_requests SET claimed_until = :until, attempts = attempts + 1
WHERE run_id IN (
  SELECT run_id FROM flow_requests
  WHERE kind = :kind AND next_attempt_at <= :now
    AND (claimed_until IS NULL OR claimed_until <= :now)
  ORDER BY next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING run_id, n, request, attempts
""")


async def claim(conn: AsyncConnection, kind: str, *, most: int, now: datetime) -> list[Any]:
    """Up to `most` that are due, as rows of run_id, n, request, attempts."""
    await conn.execute(_FORGET, {"kind": kind})
    given = {"kind": kind, "now": now, "until": now + _CLAIMED_FOR, "most": most}
    return list((await conn.execute(_CLAIM, given)).all())


async def next_due(conn: AsyncConnection, kind: str) -> datetime | None:
    """When the next one is to be asked."""
    moment = func.greatest(flow_requests.c.next_attempt_at, flow_requests.c.claimed_until)
    of_kind = select(func.min(moment)).where(flow_requests.c.kind == kind)
    found: datetime | None = await conn.scalar(of_kind)
    return found


async def done(conn: AsyncConnection, run_id: UUID, n: int) -> None:
    """It was answered."""
    await conn.execute(
        delete(flow_requests).where(flow_requests.c.run_id == run_id, flow_requests.c.n == n)
    )
