"""Flows, their published versions, their runs and the trace of each."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("archived_at", DateTime(timezone=True)),  # put away: no list has it, nothing starts it
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
    Column("restored", Integer),  # the number of the old version that this one is again
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
    # … or stopped (it would have gone round)
    Column("status", Text, nullable=False, server_default="running"),
    Column("reason", Text, nullable=False, server_default=""),  # of a hand-over
    # policy.State; null before the first words and after the end: nothing told stays in it
    Column("state", JSONB(none_as_null=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    # an automation's run holds nothing: the event that caused it, and the automations before it
    Column("holds", Boolean, nullable=False, server_default=text("true")),
    Column("cause", Uuid),
    Column("chain", ARRAY(Text), nullable=False, server_default="{}"),
    Index("ix_flow_runs_version", "version_id", "started_at"),
    Index("ix_flow_runs_conversation", "conversation_id"),
)

# The trace: steps, ways and what came in, never what was said.
flow_run_steps = Table(
    "flow_run_steps",
    metadata,
    Column("run_id", Uuid, ForeignKey("flow_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("detail", JSONB(none_as_null=True)),  # how it was found: engine, model, confidence
    # of the first step of a move, what moved the run: {kind: message, moment, event or found}, a
    # message by its `id` only, an event by its type (`event`)
    Column("input", JSONB(none_as_null=True)),
    Column("at", DateTime(timezone=True), nullable=False),
)

# The runs that wait for an event: of what it is, its type, and the version of the thing when the
# waiting began, so that only what happened since counts.
flow_waits = Table(
    "flow_waits",
    metadata,
    Column("run_id", Uuid, ForeignKey("flow_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("about", Uuid, nullable=False),  # a conversation or a contact
    Column("type", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Index("ix_flow_waits_about", "about", "type"),
)

# Which published flows are automations: what starts them.
flow_triggers = Table(
    "flow_triggers",
    metadata,
    Column("flow_id", Uuid, ForeignKey("flows.id", ondelete="CASCADE"), primary_key=True),
    Column("version_id", Uuid, ForeignKey("flow_versions.id", ondelete="RESTRICT"), nullable=False),
    Column("key", Text, nullable=False),  # the flow's
    Column("on", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("after_s", Integer),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("armed_at", DateTime(timezone=True), nullable=False),
    Column("archived", Boolean, nullable=False, server_default=text("false")),  # as its flow is
)

# What contacts thought of an interaction: one rating each.
ratings = Table(
    "ratings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("interaction_id", Uuid, nullable=False, unique=True),
    Column("conversation_id", Uuid, nullable=False, index=True),
    Column("contact_id", Uuid, nullable=False),
    Column("run_id", Uuid),  # that asked
    Column("version_id", Uuid),  # of the flow that served without an agent
    Column("agent_id", Uuid),  # who served last
    Column("score", SmallInteger, nullable=False),
    Column("scale", SmallInteger, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_ratings_at", "at"),
    Index("ix_ratings_version", "version_id", postgresql_where=text("version_id is not null")),
)

calendars = Table(
    "calendars",
    metadata,
    Column("key", Text, primary_key=True),
    Column("names", JSONB, nullable=False),
    Column("zone", Text, nullable=False),
    Column("weekly", JSONB, nullable=False),  # spans of Monday to Sunday on the zone's wall clock
    Column("holidays", JSONB, nullable=False, server_default="[]"),
    Column("slot_min", SmallInteger, nullable=False),
    Column("places", SmallInteger, nullable=False),  # per slot
    Column("version", BigInteger, nullable=False, server_default="1"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("calendar", Text, ForeignKey("calendars.key", ondelete="RESTRICT"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("contact_id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("booked_at", DateTime(timezone=True), nullable=False),
    Column("cancelled_at", DateTime(timezone=True)),
    CheckConstraint("place > 0", name="place_positive"),
    Index(
        "uq_bookings_place",
        "calendar",
        "starts_at",
        "place",
        unique=True,
        postgresql_where=text("cancelled_at is null"),
    ),
    Index("ix_bookings_contact", "contact_id", "starts_at"),
)

# What runs wait for from outside: one request a run. `kind` is the topic of those who answer.
flow_requests = Table(
    "flow_requests",
    metadata,
    Column("run_id", Uuid, ForeignKey("flow_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("kind", Text, nullable=False, server_default="flow_requests"),
    Column("request", JSONB, nullable=False),  # policy.AskedOutside; secrets by name
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Index("ix_flow_requests_due", "next_attempt_at"),
)

flow_secrets = Table(
    "flow_secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

# Small tables of the company's own: a kind has named fields, a record is one row.
record_kinds = Table(
    "record_kinds",
    metadata,
    Column("key", Text, primary_key=True),
    Column("names", JSONB, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
)

records = Table(
    "records",
    metadata,
    Column("kind", Text, ForeignKey("record_kinds.key", ondelete="CASCADE"), primary_key=True),
    Column("folded", Text, primary_key=True),  # the key, as it is found
    Column("key", Text, nullable=False),  # as it was written
    Column("values", JSONB, nullable=False),  # texts by field
    Column("searched", Text, nullable=False),  # the key and what is shown, folded
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
