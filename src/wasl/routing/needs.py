"""What is waited for and nobody there can do: kept by the router, shown to who supervises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import SYSTEM, Event, append
from wasl.infra.statements import run_together
from wasl.routing.policy import Need

MOST_NEEDS = 10  # of one queue; what most wait for

Needs = Mapping[UUID, list[dict[str, Any]]]
"""Of each queue that has any, as they are stored."""

_AUDIENCE = frozenset({"all"})

_STORED = "SELECT queue_id, needs FROM unmet_needs WHERE needs <> '[]'"
_STORE = """
INSERT INTO unmet_needs (queue_id, needs, version)
VALUES (%(queue)s, %(needs)s::jsonb, 1)
ON CONFLICT (queue_id) DO UPDATE SET needs = excluded.needs, version = unmet_needs.version + 1
RETURNING version
"""
_SHOWN = """
SELECT u.queue_id, need, c.id AS conversation_id, c.number, a.enqueued_at
FROM unmet_needs u CROSS JOIN jsonb_array_elements(u.needs) WITH ORDINALITY AS n (need, place)
JOIN assignments a ON a.interaction_id = (need->>'first')::uuid
JOIN conversations c ON c.id = a.conversation_id
WHERE %(queues)s::uuid[] IS NULL OR u.queue_id = ANY(%(queues)s::uuid[])
ORDER BY u.queue_id, n.place
"""


def stored(needs: Mapping[UUID, tuple[Need, ...]]) -> Needs:
    """What the engine says, as it is stored."""
    return {
        queue_id: [
            {
                "lacking": [{"name": name, "least": least} for name, least in need.lacking],
                "away": need.away,
                "waiting": need.waiting,
                "first": str(need.first),
            }
            for need in of_queue[:MOST_NEEDS]
        ]
        for queue_id, of_queue in needs.items()
    }


async def read_needs(conn: AsyncConnection) -> Needs:
    """What was stored."""
    (rows,) = await run_together(conn, (_STORED, {}))
    return {row.queue_id: row.needs for row in rows}


async def change_needs(conn: AsyncConnection, before: Needs, needs: Needs, now: datetime) -> None:
    """Stores what is other than before."""
    for queue_id in sorted({*before, *needs}):
        wanted = needs.get(queue_id, [])
        if wanted != before.get(queue_id, []):
            values = {"queue": queue_id, "needs": msgspec.json.encode(wanted).decode()}
            ((version,),) = (await run_together(conn, (_STORE, values)))[0]
            kind = "unmet_needs"
            await append(
                conn, Event("NeedsChanged", kind, queue_id, version, _AUDIENCE, now, SYSTEM)
            )


async def needs_view(
    conn: AsyncConnection, queue_ids: Collection[UUID] | None
) -> Mapping[UUID, list[dict[str, Any]]]:
    """What is waited for in each queue, or in all of them, that nobody there can do: `lacking`
    [{name, least}] would do, `away` agents would do who aren't signed in, how many wait, since when
    the first of them, and their conversation."""
    wanted = {"queues": None if queue_ids is None else list(queue_ids)}
    (rows,) = await run_together(conn, (_SHOWN, wanted))
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        shown = {name: row.need[name] for name in ("lacking", "away", "waiting")}
        conversation = {"id": row.conversation_id, "number": row.number}
        found[row.queue_id].append(
            {**shown, "waiting_since": row.enqueued_at, "conversation": conversation}
        )
    return found
