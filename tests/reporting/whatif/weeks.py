"""Weeks of a queue as its rows tell them: one line, so many agents, whoever waits too long leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.conversations.tables import conversations, interactions
from wasl.infra.events import Event, append
from wasl.infra.ids import new_id
from wasl.routing.tables import agents as agent_rows
from wasl.routing.tables import assignments, offers, queue_members, queues, segments

OPEN_H, CLOSED_H = 8, 16
PER_HOUR, HANDLING_S, PATIENCE_S = 20, 480.0, 240.0
ACCEPT_S = 4.0
_ALL = frozenset({"all"})


MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)


async def centre(
    conn: AsyncConnection, days: int = 12, members: int = 3, until: datetime = MIDNIGHT
) -> UUID:
    """A queue with its agents and its weeks."""
    queue_id, ids = await beginning(conn, members)
    await fill(conn, queue_id, ids, until=until, days=days)
    return queue_id


async def beginning(conn: AsyncConnection, members: int = 3) -> tuple[UUID, list[UUID]]:
    """A queue with its agents, to which nobody came yet."""
    queue_id, ids = new_id(), [new_id() for _ in range(members)]
    names = {"en": "Orders", "fa": "سفارش‌ها", "ar": "الطلبات"}
    await conn.execute(
        insert(queues).values(id=queue_id, names=names, reply_target_s=30, priority=1)
    )
    await conn.execute(
        insert(agent_rows), [{"user_id": id_, "capacity": {"web_chat": 1}} for id_ in ids]
    )
    rows = [{"queue_id": queue_id, "user_id": id_, "level": 4} for id_ in ids]
    await conn.execute(insert(queue_members), rows)
    return queue_id, ids


async def fill(
    conn: AsyncConnection,
    queue_id: UUID,
    agents: Sequence[UUID],
    *,
    until: datetime,
    days: int,
    seed: int = 1,
) -> None:
    """Fills the days before `until`, a midnight; the agents are there from 8 to 16."""
    dice, rows = Random(seed), Rows()  # noqa: S311 not a secret
    for n in range(days):
        midnight = until - timedelta(days=days - n)
        begins, ends = (midnight + timedelta(hours=h) for h in (OPEN_H, CLOSED_H))
        for agent_id in agents:
            for version, at, presence in ((0, begins, "available"), (1, ends, "offline")):
                said = {"presence": presence}
                number = 2 * n + version + 1
                await append(
                    conn,
                    Event("PresenceChanged", "agent", agent_id, number, _ALL, at, data=said),
                )
        free = [(begins, agent_id.int, agent_id) for agent_id in agents]
        heapify(free)
        at = begins
        while (at := at + timedelta(seconds=dice.expovariate(PER_HOUR / 3600))) < ends:
            patience = timedelta(seconds=dice.expovariate(1 / PATIENCE_S))
            work = timedelta(seconds=dice.lognormvariate(0, 0.6) / 1.197 * HANDLING_S)
            idle_at, _, agent_id = free[0]
            answered = max(at, idle_at) + timedelta(seconds=ACCEPT_S)
            if answered > at + patience:
                rows.abandoned(queue_id, at, at + patience)
                continue
            over = answered + work
            heapreplace(free, (over, agent_id.int, agent_id))
            rows.handled(queue_id, agent_id, at, answered, over)
    await rows.write(conn)


class Rows:
    """Rows to be written."""

    def __init__(self) -> None:
        self._of: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (conversations, interactions, assignments, segments, offers)
        }

    def abandoned(self, queue_id: UUID, at: datetime, over: datetime) -> None:
        self._add(queue_id, at, over)

    def handled(
        self, queue_id: UUID, agent_id: UUID, at: datetime, answered: datetime, over: datetime
    ) -> None:
        conversation_id, interaction_id = self._add(queue_id, at, over)
        both = {"interaction_id": interaction_id, "conversation_id": conversation_id}
        self._of[segments].append(
            {
                **both,
                "id": new_id(),
                "holder_kind": "agent",
                "holder_id": agent_id,
                "queue_id": queue_id,
                "units": 1,
                "opened_at": answered,
                "ended_at": over,
                "end_reason": "resolved",
            }
        )
        self._of[offers].append(
            {
                **both,
                "id": new_id(),
                "user_id": agent_id,
                "queue_id": queue_id,
                "epoch": 1,
                "state": "accepted",
                "offered_at": answered - timedelta(seconds=ACCEPT_S),
                "expires_at": answered + timedelta(seconds=20),
                "decided_at": answered,
            }
        )

    def _add(self, queue_id: UUID, at: datetime, over: datetime) -> tuple[UUID, UUID]:
        conversation_id, interaction_id = new_id(), new_id()
        self._of[conversations].append(
            {
                "id": conversation_id,
                "contact_id": new_id(),
                "status": "resolved",
                "state": "completed",
                "channel_id": new_id(),
                "interaction_id": interaction_id,
                "last_message_at": over,
                "created_at": at,
                "resolved_at": over,
            }
        )
        self._of[interactions].append(
            {
                "id": interaction_id,
                "conversation_id": conversation_id,
                "ordinal": 1,
                "opened_at": at,
                "closed_at": over,
            }
        )
        self._of[assignments].append(
            {
                "interaction_id": interaction_id,
                "conversation_id": conversation_id,
                "queue_id": queue_id,
                "state": "completed",
                "channel_kind": "web_chat",
                "units": 1,
                "priority": 1,
                "enqueued_at": at,
                "queued_at": at,
            }
        )
        return conversation_id, interaction_id

    async def write(self, conn: AsyncConnection) -> None:
        for table, rows in self._of.items():
            await conn.execute(insert(table), rows)
