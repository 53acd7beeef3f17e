"""Where routing puts many conversations at once: a statement for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations.hooks import Placement
from wasl.conversations.policy import audience, count_changes
from wasl.conversations.service import ConversationState
from wasl.infra.events import Actor, Event
from wasl.infra.statements import Statement, run_together

_COUNT = """
INSERT INTO counters (key, n)
SELECT * FROM jsonb_to_recordset(%(changes)s::jsonb) AS x(key text, n integer)
"""
_PLACE_ALL = """
UPDATE conversations c SET assignee_id = x.assignee_id, queue_id = x.queue_id, state = x.state,
  due_at = x.due_at, due_total_s = x.due_total_s, due_warn_at = x.due_warn_at,
  version = c.version + 1
FROM jsonb_to_recordset(%(placed)s::jsonb) AS x(id uuid, assignee_id uuid, queue_id uuid,
  state text, due_at timestamptz, due_total_s integer, due_warn_at timestamptz)
WHERE c.id = x.id
"""


async def lock_all(
    conn: AsyncConnection, conversation_ids: Collection[UUID]
) -> dict[UUID, ConversationState]:
    """Locks conversations' rows in the order of their ids, so that two batches can't wait for
    each other."""
    (rows,) = await run_together(conn, (_LOCK_ALL, {"conversations": list(conversation_ids)}))
    return locked(rows)


def locking(ids: str) -> str:
    """The SQL that locks, like `lock_all`, the conversations whose ids a query finds; `locked`
    reads its rows."""
    columns = ", ".join(ConversationState.__slots__)
    return (
        f"SELECT {columns} FROM conversations"  # noqa: S608  # our constants
        f" WHERE id = ANY(ARRAY({ids})) ORDER BY id FOR UPDATE"
    )


def locked(rows: Sequence[Any]) -> dict[UUID, ConversationState]:
    """The conversations that `locking` has locked."""
    return {row.id: ConversationState(*row) for row in rows}


_LOCK_ALL = locking("SELECT unnest(%(conversations)s::uuid[])")


def placing(
    placed: Sequence[tuple[ConversationState, Placement, str]],
    *,
    actor: Actor,
    now: datetime,
) -> tuple[list[Statement], list[Event]]:
    """What puts locked conversations, each once, where they stand now: statements to run, and an
    event each, of the type named, to append."""
    rows, happened = [], []
    counted: Counter[str] = Counter()
    for before, to, event in placed:
        rows.append({"id": before.id, **asdict(to)})
        after = replace(
            before.standing, assignee_id=to.assignee_id, queue_id=to.queue_id, state=to.state
        )
        for key, by in count_changes(before.standing, after).items():
            counted[key] += by
        happened.append(
            Event(
                type=event,
                aggregate_kind="conversation",
                aggregate_id=before.id,
                aggregate_version=before.version + 1,
                actor=actor,
                audience=audience(to.assignee_id, to.queue_id, before.joined),
                audience_before=before.audience,
                at=now,
                data={
                    "interaction_id": str(before.interaction_id),
                    "leg_id": str(before.leg_id) if before.leg_id else None,
                    "state": to.state,
                    "message_ids": [],
                },
            )
        )
    statements: list[Statement] = [(_PLACE_ALL, {"placed": msgspec.json.encode(rows).decode()})]
    if changes := [{"key": key, "n": by} for key, by in sorted(counted.items()) if by]:
        statements.append((_COUNT, {"changes": msgspec.json.encode(changes).decode()}))
    return statements, happened
