"""Which runs wait for which events: rows that the automations' subscriber looks up by what an
event is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts, conversations
from wasl.flows.effects import Here
from wasl.flows.policy import CONTACT_EVENTS
from wasl.infra.events import Event
from wasl.infra.statements import Statement, run_together


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits for an event that has come."""

    run_id: UUID
    conversation_id: UUID
    event: Event

    @property
    def seq(self) -> int:
        return self.event.seq


async def changed(here: Here, event: str | None) -> list[Statement]:
    """Statements by which a run waits for an event from now on, or (None) for none any more."""
    if event is None:
        return [(_FORGET, {"run": here.run_id})]
    conversation = await conversations.lock(here.conn, here.conversation_id)
    about, since = conversation.id, conversation.version
    if event in CONTACT_EVENTS:
        about = conversation.contact_id
        since = (await contacts.view(here.conn, about))["version"]
    return [(_WAIT, {"run": here.run_id, "about": about, "type": event, "since": since})]


_FORGET = "DELETE FROM flow_waits WHERE run_id = %(run)s"
_WAIT = """
INSERT INTO flow_waits (run_id, about, type, since)
VALUES (%(run)s, %(about)s, %(type)s, %(since)s)
ON CONFLICT (run_id) DO UPDATE SET about = excluded.about, type = excluded.type,
  since = excluded.since
"""
_WAITING = """
SELECT w.run_id, w.about, w.type, w.since, r.conversation_id
FROM flow_waits w JOIN flow_runs r ON r.id = w.run_id
WHERE w.about = ANY (%(about)s) AND w.type = ANY (%(types)s)
"""


def asking(happened: Sequence[Event]) -> Statement:
    """The statement whose rows `waiting` reads."""
    return _WAITING, {
        "about": list({e.aggregate_id for e in happened}),
        "types": list({e.type for e in happened}),
    }


def waiting(rows: Sequence[Any], happened: Sequence[Event]) -> list[Waiting]:
    """The runs that wait for one of these events, each with each that came since it waits."""
    return [
        Waiting(row.run_id, row.conversation_id, e)
        for row in rows
        for e in happened
        if (e.aggregate_id, e.type) == (row.about, row.type) and e.aggregate_version > row.since
    ]


async def still_waits(conn: AsyncConnection, one: Waiting) -> bool:
    """Whether the run waits for this event now: another one may have moved it meanwhile."""
    (rows,) = await run_together(conn, (_STILL, {"run": one.run_id}))
    return bool(waiting(rows, [one.event]))


_STILL = """
SELECT w.run_id, w.about, w.type, w.since, r.conversation_id
FROM flow_waits w JOIN flow_runs r ON r.id = w.run_id WHERE w.run_id = %(run)s
"""
