"""What the wallboard shows of each queue, where each interaction in work stands, what supervisors
tell everybody, and their layouts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
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
    Column("callbacks", Integer, nullable=False, server_default="0"),  # of those that wait
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
    Column("callback", Boolean, nullable=False, server_default=text("false")),
    Column("version", BigInteger, nullable=False),  # of the conversation
    Index("ix_turns_waiting", "queue_id", "since", postgresql_where=text("NOT taken")),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("by_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("to_kind", Text, nullable=False),  # everybody, team, queue
    Column("to_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Index("ix_broadcasts_by", "by_id", "id"),
)

# A broadcast as one of those has it to whom it went.
notices = Table(
    "notices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("broadcast_id", Uuid, ForeignKey("broadcasts.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Index("ix_notices_broadcast", "broadcast_id"),
    Index("ix_notices_unread", "user_id", postgresql_where=text("read_at IS NULL")),
)

# What somebody wants to see of the wallboard, under a name.
wallboard_layouts = Table(
    "wallboard_layouts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    Column("queue_ids", JSONB),  # in order; null: every queue, as they come
    Column("columns", JSONB, nullable=False),
    Index("ix_wallboard_layouts_owner", "owner_id"),
)
