"""What flows did in a conversation: its runs with the steps that each took and what moved them. A
trace holds no words: those of a message are read from where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import conversations
from wasl.conversations import Glimpse
from wasl.flows.libraries import libraries_of
from wasl.flows.policy import (
    Found,
    Happened,
    Heard,
    Input,
    Library,
    Moment,
    Taken,
    names_of,
    told_of,
)
from wasl.infra.errors import NotFound
from wasl.infra.statements import Statement, run_together

MOST_RUNS = 20
MOST_STEPS = 500
LONGEST_SAID = 200

# Several ways may bear one number: the trace has a count of its own.
_NOTE = """
INSERT INTO flow_run_steps (run_id, n, flow, step, kind, way, detail, input, at)
SELECT %(run)s, t.n + (SELECT coalesce(max(n), 0) FROM flow_run_steps WHERE run_id = %(run)s),
  t.flow, t.step, t.kind, t.way, t.detail, t.input, %(now)s
FROM jsonb_to_recordset(%(steps)s)
  AS t (n int, flow text, step text, kind text, way text, detail jsonb, input jsonb)
"""


def came_in(given: Input, starts: str | None) -> dict[str, str]:
    """What moved a run, as its trace keeps it; `starts` is what an automation begins with."""
    if starts is not None:
        return {"kind": "event", "event": starts}
    match given:
        case Heard():
            return {"kind": "message", "id": given.id}
        case Happened():
            return {"kind": "event", "event": given.type}
        case Moment():
            return {"kind": "moment"}
        case Found():
            return {"kind": "found"}


def noting(
    run_id: UUID, trace: Sequence[Taken], came: Mapping[str, str], now: datetime
) -> Statement:
    """The statement that adds the steps of a move to a run's trace."""
    steps = [{**msgspec.to_builtins(taken), "n": n} for n, taken in enumerate(trace, 1)]
    steps[0]["input"] = came
    return _NOTE, {"run": run_id, "steps": Jsonb(steps), "now": now}


# One more than is shown of each, so that it is known when something is left out. What was merged
# into the conversation stands on its timeline, so its runs are here too.
_RUNS = """
WITH shown AS (
  SELECT r.id, r.version_id, r.holds, r.status, r.reason, r.chain, r.started_at, r.ended_at,
    r.state ->> 'waiting' AS waiting, r.state ->> 'moment' AS moment, r.state ->> 'event' AS event,
    v.number AS version, v.flow_id, f.key AS flow_key
  FROM flow_runs r
  JOIN flow_versions v ON v.id = r.version_id
  JOIN flows f ON f.id = v.flow_id
  WHERE r.conversation_id IN (
      SELECT %(conversation)s::uuid UNION ALL
      SELECT m.id FROM conversations c JOIN conversations m ON m.contact_id = c.contact_id
      WHERE c.id = %(conversation)s AND m.merged_into = c.id)
    AND (%(run)s::uuid IS NULL OR r.id = %(run)s)
  ORDER BY r.started_at DESC, r.id DESC LIMIT %(runs)s
)
SELECT shown.*, s.n, s.flow, s.step, s.kind, s.way, s.detail, s.input, s.at, s.lasted_s
FROM shown LEFT JOIN LATERAL (
  SELECT t.n, t.flow, t.step, t.kind, t.way, t.detail, t.input, t.at,
    extract(epoch FROM lead(t.at) OVER (ORDER BY t.n) - t.at)::float8 AS lasted_s
  FROM flow_run_steps t WHERE t.run_id = shown.id ORDER BY t.n DESC LIMIT %(steps)s) s ON true
ORDER BY shown.started_at DESC, shown.id DESC, s.n
"""


async def traces_in(
    conn: AsyncConnection, conversation_id: UUID, *, run_id: UUID | None = None
) -> dict[str, Any]:
    """The newest runs of flows in a conversation, or one of them: `items`, and whether there are
    `more`. Each has its last steps, and `cut` when it took more than those. A step's `duration_s`
    is how long it was until the next one, or until the run ended; None where it still lasts. Of the
    first step of a move `input` tells what came in. NotFound("run_not_found")."""
    asked = {
        "conversation": conversation_id,
        "run": run_id,
        "runs": MOST_RUNS + 1,
        "steps": MOST_STEPS + 1,
    }
    (rows,) = await run_together(conn, (_RUNS, asked))
    if run_id is not None and not rows:
        raise NotFound("run_not_found")
    runs = [list(steps) for _, steps in groupby(rows, key=lambda row: row.id)]
    libraries = await libraries_of(conn, {run[0].version_id for run in runs[:MOST_RUNS]})
    heard = {UUID(row.input["id"]) for row in rows if row.input and "id" in row.input}
    said = await conversations.glimpses(conn, conversation_id, heard, longest=LONGEST_SAID)
    items = [_run(run, libraries.get(run[0].version_id, {}), said) for run in runs[:MOST_RUNS]]
    return {"items": items, "more": len(runs) > MOST_RUNS}


def _run(rows: Sequence[Any], library: Library, said: Mapping[UUID, Glimpse]) -> dict[str, Any]:
    first = rows[0]
    steps = [] if first.n is None else list(rows)
    own = library.get("")
    return {
        "id": first.id,
        "flow": {"id": first.flow_id, "key": first.flow_key},
        "names": names_of(library),
        "languages": own.languages if own else [],
        "version": first.version,
        "kind": "dialogue" if first.holds else "automation",
        "started_by": own.trigger.on if own and own.trigger else None,
        "chain": first.chain,
        "status": first.status,
        "reason": first.reason,
        "waiting": {"for": first.waiting, "until": first.moment, "event": first.event}
        if first.status == "running" and first.waiting
        else None,
        "started_at": first.started_at,
        "ended_at": first.ended_at,
        "steps": [_step(row, library, said) for row in steps[-MOST_STEPS:]],
        "cut": len(steps) > MOST_STEPS,
    }


def _step(row: Any, library: Library, said: Mapping[UUID, Glimpse]) -> dict[str, Any]:
    lasted = row.lasted_s
    if lasted is None and row.ended_at is not None:
        lasted = (row.ended_at - row.at).total_seconds()
    told = ("n", "flow", "step", "kind", "way", "detail", "at")
    return {
        **{name: getattr(row, name) for name in told},
        "input": _input(row.input, said),
        "duration_s": None if lasted is None else max(0.0, lasted),
        **asdict(told_of(library, row.flow, row.step, row.way)),
    }


def _input(kept: Mapping[str, str] | None, said: Mapping[UUID, Glimpse]) -> dict[str, Any] | None:
    """{kind, event}, or of a message {kind, text, files}: the kind alone when it is gone."""
    if kept is None or "id" not in kept:
        return None if kept is None else dict(kept)
    found = said.get(UUID(kept["id"]))
    return {"kind": kept["kind"], **({} if found is None else asdict(found))}
