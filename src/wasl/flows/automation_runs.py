"""The runs of automations as people look at them: what started each, what it came to, once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import conversations
from wasl.flows import automations
from wasl.flows.tables import flow_runs, flow_versions
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.statements import run_together

Status = Literal["running", "finished", "handed_over", "failed", "stopped"]
_PAGE = 50

# The step where a run stands or ended is the last of its trace; what started it is its version's
# trigger.
_RUNS = """
SELECT r.id, r.conversation_id, r.status, r.reason, r.chain, r.started_at, r.ended_at,
  v.number AS version, v.library -> '' -> 'trigger' ->> 'on' AS started_by, last.step
FROM flow_runs r JOIN flow_versions v ON v.id = r.version_id
LEFT JOIN LATERAL (
  SELECT s.step FROM flow_run_steps s WHERE s.run_id = r.id ORDER BY s.n DESC LIMIT 1) last ON true
WHERE v.flow_id = %(flow)s AND NOT r.holds
  AND (%(status)s::text IS NULL OR r.status = %(status)s)
  AND (%(before)s::uuid IS NULL OR (r.started_at, r.id) < (
    SELECT b.started_at, b.id FROM flow_runs b WHERE b.id = %(before)s))
ORDER BY r.started_at DESC, r.id DESC LIMIT %(most)s
"""
_COUNTS = """
SELECT r.status, count(*) AS n FROM flow_runs r JOIN flow_versions v ON v.id = r.version_id
WHERE v.flow_id = %(flow)s AND NOT r.holds GROUP BY r.status
"""


async def runs_of(
    conn: AsyncConnection,
    flow_id: UUID,
    *,
    status: Status | None = None,
    before: UUID | None = None,
) -> list[dict[str, Any]]:
    """Runs of an automation, the newest first, at most 50: what started them (`started_by`, and
    the automations of `chain` before it), how they ended, where (`step`), and the conversation."""
    asked = {"flow": flow_id, "status": status, "before": before, "most": _PAGE}
    (rows,) = await run_together(conn, (_RUNS, asked))
    there = await conversations.rows(conn, [row.conversation_id for row in rows])
    return [
        {**row._asdict(), "conversation": _named(there.get(row.conversation_id))} for row in rows
    ]


def _named(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"id": row["id"], "number": row["number"], "contact_name": row["contact"]["name"]}


async def counts_of(conn: AsyncConnection, flow_id: UUID) -> dict[str, int]:
    """How many runs of an automation there are of each status."""
    (rows,) = await run_together(conn, (_COUNTS, {"flow": flow_id}))
    return {row.status: row.n for row in rows}


async def retry(conn: AsyncConnection, flow_id: UUID, run_id: UUID, *, now: datetime) -> None:
    """Starts once more what failed, by the live version and with what is known now; once for each
    run. NotFound("run_not_found"), Conflict("run_not_failed"), Conflict("run_unfit") when the
    automation rests or its filter is no longer true."""
    row = (
        await conn.execute(
            select(flow_runs)
            .join(flow_versions, flow_versions.c.id == flow_runs.c.version_id)
            .where(flow_runs.c.id == run_id, flow_versions.c.flow_id == flow_id)
            .where(~flow_runs.c.holds)
            .with_for_update(of=flow_runs)
        )
    ).first()
    if row is None:
        raise NotFound("run_not_found")
    if row.status != "failed" or row.reason == "retried":
        raise Conflict("run_not_failed")
    if not await automations.start_again(
        conn, flow_id, row.conversation_id, (row.cause, tuple(row.chain[:-1])), now=now
    ):
        raise Conflict("run_unfit")
    await conn.execute(update(flow_runs).where(flow_runs.c.id == run_id).values(reason="retried"))
