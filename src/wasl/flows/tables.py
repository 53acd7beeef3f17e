"""Flows, their published versions, their runs and the trace of each."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
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

_NOW = text("now()")

flows = Table(
    "flows",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # what other flows call it
    Column("draft", JSONB, nullable=False),
    Column("published", Integer),  # the number of the version that new runs take
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("version", BigInteger, nullable=False, server_default="1"),
)

# What runs run: never changed, so that a run survives a new version of its flow.
flow_versions = Table(
    "flow_versions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("flow_id", Uuid, ForeignKey("flows.id", ondelete="RESTRICT"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("library", JSONB, nullable=False),  # {"": the flow, key: each flow that it runs}
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", Uuid),
    Index("uq_flow_versions_number", "flow_id", "number", unique=True),
)

# Which channels lead to a flow instead of a queue.
flow_channels = Table(
    "flow_channels",
    metadata,
    Column("channel_id", Uuid, primary_key=True),
    Column("flow_id", Uuid, ForeignKey("flows.id", ondelete="RESTRICT"), nullable=False),
)

flow_runs = Table(
    "flow_runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version_id", Uuid, ForeignKey("flow_versions.id", ondelete="RESTRICT"), nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("interaction_id", Uuid, nullable=False),
    # running, handed_over, finished, taken_over (by an agent), failed
    Column("status", Text, nullable=False, server_default="running"),
    Column("reason", Text, nullable=False, server_default=""),  # of a hand-over
    # policy.State; null before the first words and after the end: nothing told stays in it
    Column("state", JSONB(none_as_null=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_flow_runs_version", "version_id", "started_at"),
    Index("ix_flow_runs_conversation", "conversation_id"),
)

# The trace: steps and ways, never what was said.
flow_run_steps = Table(
    "flow_run_steps",
    metadata,
    Column("run_id", Uuid, ForeignKey("flow_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
