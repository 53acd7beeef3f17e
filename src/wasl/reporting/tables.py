"""What the wallboard shows of each queue, and where each interaction in work stands."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from wasl.infra.database import metadata

queue_boards = Table(
    "queue_boards",
    metadata,
    Column("queue_id", Uuid, primary_key=True),
    Column("day", Date),  # of which `today` counts, in the queue's time zone
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("late", Integer, nullable=False, server_default="0"),  # over a target, waiting or taken
    Column("today", JSONB, nullable=False, server_default="{}"),  # the shapes are in `policy`
    Column("points", JSONB, nullable=False, server_default="[]"),
    Column("expected_wait_s", Integer),
    Column("target", JSONB, nullable=False, server_default="{}"),
    Column("version", BigInteger, nullable=False, server_default="0"),
)

# One row for each interaction that waits or is handled; gone afterwards.
turns = Table(
    "turns",
    metadata,
    Column("interaction_id", Uuid, primary_key=True),
    Column("queue_id", Uuid, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),  # waiting, or taken
    Column("taken", Boolean, nullable=False),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("version", BigInteger, nullable=False),  # of the conversation
    Index("ix_turns_waiting", "queue_id", "since", postgresql_where=text("NOT taken")),
)
