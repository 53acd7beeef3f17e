"""The event log: what happened, to which aggregate, at which version, and who may know.

No bodies, names or addresses: readers fetch those, so that erasing a person stays possible.
Two readings of one log (see docs/decisions): at once, and durably below the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.database import metadata, wake_after_commit
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_together

TOPIC = "events"

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    # the writer's transaction: rows below pg_snapshot_xmin are complete
    Column(
        "xid",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text::bigint)"),
    ),
    Column("id", UuidType, nullable=False),
    Column("type", Text, nullable=False),
    Column("aggregate_kind", Text, nullable=False),
    Column("aggregate_id", UuidType, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", UuidType),
    Column("cause", UuidType),
    Column("depth", Integer, nullable=False, server_default="0"),
    Column("audience", ARRAY(Text), nullable=False),
    Column("audience_before", ARRAY(Text), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Index("ix_events_xid_seq", "xid", "seq"),
    Index("ix_events_aggregate", "aggregate_kind", "aggregate_id", "aggregate_version"),
)

# One row: a restore opens a new epoch, because xids do not survive dump and restore.
log_epoch = Table(
    "log_epoch",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("system_identifier", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

# A durable subscriber's place; moved in the transaction of its effect.
cursors = Table(
    "cursors",
    metadata,
    Column("subscriber", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("xid", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

# Events that a subscriber could not process: set aside visibly, and the rest go on.
set_aside = Table(
    "set_aside",
    metadata,
    Column("subscriber", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("error", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: kind is contact, agent, flow or system."""

    kind: str
    id: UUID | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that an automation answers, and the automations by name that led to it, the one
    that acts now last."""

    event_id: UUID
    chain: tuple[str, ...]


_cause: ContextVar[Cause | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(cause: Cause | None) -> Iterator[None]:
    """What is appended within bears this cause: `cause`, `depth` and `chain` in its data."""
    before = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(before)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `audience` are keys such as "user:<id>", "queue:<id>", "all"."""

    type: str
    aggregate_kind: str
    aggregate_id: UUID
    aggregate_version: int
    audience: frozenset[str]
    at: datetime
    actor: Actor = SYSTEM
    audience_before: frozenset[str] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict)
    cause: UUID | None = None
    depth: int = 0
    id: UUID = field(default_factory=new_id)
    seq: int = 0
    xid: int = 0


async def append(conn: AsyncConnection, *happened: Event) -> None:
    """Writes events in the caller's transaction; readers are woken after its commit."""
    if happened:
        await run_together(conn, appending(conn, happened))


def appending(conn: AsyncConnection, happened: Iterable[Event]) -> Statement:
    """The statement of `append`, for those who run others with it."""
    wake_after_commit(conn, TOPIC)
    rows = msgspec.json.encode([_row(e) for e in happened]).decode()
    return _APPEND, {"rows": rows}


# However many they are, they are one statement; they get their numbers in their order.
_APPEND = """
INSERT INTO events (id, type, aggregate_kind, aggregate_id, aggregate_version, actor_kind,
  actor_id, cause, depth, audience, audience_before, at, data)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS happened(id uuid, type text,
  aggregate_kind text, aggregate_id uuid, aggregate_version bigint, actor_kind text,
  actor_id uuid, cause uuid, depth integer, audience text[], audience_before text[],
  at timestamptz, data jsonb)
"""


def _row(e: Event) -> dict[str, Any]:
    cause = _cause.get()
    if cause is not None:
        data = {**e.data, "chain": list(cause.chain)}
        e = replace(e, cause=cause.event_id, depth=len(cause.chain), data=data)
    return {
        "id": e.id,
        "type": e.type,
        "aggregate_kind": e.aggregate_kind,
        "aggregate_id": e.aggregate_id,
        "aggregate_version": e.aggregate_version,
        "actor_kind": e.actor.kind,
        "actor_id": e.actor.id,
        "cause": e.cause,
        "depth": e.depth,
        "audience": sorted(e.audience),
        "audience_before": sorted(e.audience_before or e.audience),
        "at": e.at,
        "data": dict(e.data),
    }


def from_row(row: Any) -> Event:
    """The event of a row of `events`."""
    return Event(
        type=row.type,
        aggregate_kind=row.aggregate_kind,
        aggregate_id=row.aggregate_id,
        aggregate_version=row.aggregate_version,
        audience=frozenset(row.audience),
        audience_before=frozenset(row.audience_before),
        at=row.at,
        actor=Actor(row.actor_kind, row.actor_id),
        data=row.data,
        cause=row.cause,
        depth=row.depth,
        id=row.id,
        seq=row.seq,
        xid=row.xid,
    )
