"""Queues, agents, assignments, offers, segments and entry rules."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from wasl.infra.database import metadata

_NOW = text("now()")

queues = Table(
    "queues",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("names", JSONB, nullable=False),  # {en, fa, ar}
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("offer_timeout_s", Integer, nullable=False, server_default="20"),
    Column("wrap_up_s", Integer, nullable=False, server_default="30"),
    Column("reply_target_s", Integer, nullable=False, server_default="300"),
    Column("resolution_target_s", Integer, nullable=False, server_default="86400"),
    # longest_idle, spare_capacity, proficiency, idleness_ratio
    Column("strategy", Text, nullable=False, server_default="longest_idle"),
    Column("delivery", Text, nullable=False, server_default="push"),  # push, auto_accept, pick
    Column("strict_priority", Boolean, nullable=False, server_default=text("false")),
    Column("steps", JSONB, nullable=False, server_default="[]"),  # the shapes are in `rules`
    Column("hours", JSONB(none_as_null=True)),
    Column("overflow", JSONB(none_as_null=True)),
    Column("no_answer_limit", SmallInteger, nullable=False, server_default="1"),
    Column("version", BigInteger, nullable=False, server_default="1"),
)

# The first one by position that covers an interaction sets its targets; see `policy.sla.Policy`.
sla_policies = Table(
    "sla_policies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("names", JSONB, nullable=False),  # {en, fa, ar}
    Column("position", Integer, nullable=False),
    Column("priorities", ARRAY(SmallInteger), nullable=False, server_default="{}"),
    Column("kinds", ARRAY(Text), nullable=False, server_default="{}"),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("first_response_s", Integer),
    Column("next_response_s", Integer),
    Column("resolution_s", Integer),
    Column("warn_percent", SmallInteger, nullable=False, server_default="80"),
)

queue_members = Table(
    "queue_members",
    metadata,
    Column("queue_id", Uuid, ForeignKey("queues.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Uuid, primary_key=True, index=True),
    Column("level", SmallInteger, nullable=False, server_default="3"),
)

# Which queue an interaction enters that is born on a channel.
entry_rules = Table(
    "entry_rules",
    metadata,
    Column("channel_id", Uuid, primary_key=True),
    Column("queue_id", Uuid, ForeignKey("queues.id", ondelete="RESTRICT"), nullable=False),
)

# What is waited for that nobody there can do (the shapes are in `needs`); kept by the router.
unmet_needs = Table(
    "unmet_needs",
    metadata,
    Column("queue_id", Uuid, primary_key=True),
    Column("needs", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("presence", Text, nullable=False, server_default="offline"),
    Column("reason", Text),
    Column("since", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("missed_offer", Boolean, nullable=False, server_default=text("false")),
    Column("capacity", JSONB, nullable=False, server_default="{}"),  # {channel kind: units}
    Column("skills", JSONB, nullable=False, server_default="{}"),  # {name: level 1–5}
    # {channel kind in hand: kinds that may come nevertheless}
    Column("interruptible_by", JSONB, nullable=False, server_default="{}"),
    Column("missed", SmallInteger, nullable=False, server_default="0"),  # offers in a row
    Column("last_released_at", DateTime(timezone=True)),
    # seconds of the shift, see `policy.shift`; the share is as of the last release or declaration
    Column("busy_s", Double, nullable=False, server_default="0"),
    Column("present_s", Double, nullable=False, server_default="0"),
    Column("counted_at", DateTime(timezone=True)),
    Column("in_hand", Boolean, nullable=False, server_default=text("false")),
    Column("busy_share", Double, nullable=False, server_default="0"),
    Column("version", BigInteger, nullable=False, server_default="1"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("interaction_id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, nullable=False, index=True),
    Column("queue_id", Uuid),
    # created, queued, offered, active, parked, wrap_up, completed
    Column("state", Text, nullable=False),
    Column("holder_kind", Text),  # agent, flow, or nobody
    Column("holder_id", Uuid),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("channel_kind", Text, nullable=False),
    Column("units", SmallInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("enqueued_at", DateTime(timezone=True)),  # the original age: a re-queue keeps it
    # the SLA clocks (the shapes are in `policy.sla`), and what is read of them elsewhere
    Column("clocks", JSONB, nullable=False, server_default="{}"),
    Column("due_at", DateTime(timezone=True)),  # first or next reply
    Column("due_warn_at", DateTime(timezone=True)),
    Column("due_total_s", Integer),
    Column("resolution_due_at", DateTime(timezone=True)),
    Column("breached_at", DateTime(timezone=True)),  # since when a running clock is over its target
    Column("preferred_id", Uuid),  # affinity: offered to this agent first …
    Column("affinity_until", DateTime(timezone=True)),  # … until then
    Column("excluded", JSONB, nullable=False, server_default="{}"),  # {agent: until}
    Column("queued_at", DateTime(timezone=True)),  # in this queue: its steps count from there
    Column("visited", JSONB, nullable=False, server_default="[]"),  # queues it overflowed from
    Column("steps", JSONB, nullable=False, server_default="[]"),  # its own, instead of the queue's
    Column("segment_id", Uuid),
    Column("wrap_up_ends_at", DateTime(timezone=True)),
    # the contact is to be called back (the shape is in `callbacks`), not sooner than then
    Column("callback", JSONB(none_as_null=True)),
    Column("not_before", DateTime(timezone=True)),
    Index("ix_assignments_live", "state", postgresql_where=text("state <> 'completed'")),
    Index(
        "ix_assignments_holder", "holder_id", postgresql_where=text("state in ('active','wrap_up')")
    ),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("interaction_id", Uuid, nullable=False, index=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("queue_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # offered, accepted, declined, timed_out, rescinded
    Column("why", JSONB, nullable=False, server_default="[]"),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Index(
        "uq_offers_live", "interaction_id", unique=True, postgresql_where=text("state = 'offered'")
    ),
    Index("ix_offers_user_live", "user_id", postgresql_where=text("state = 'offered'")),
)

segments = Table(
    "segments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("interaction_id", Uuid, nullable=False, index=True),
    Column("conversation_id", Uuid, nullable=False),
    # holder, or a colleague beside them: consult (may write notes), conference (may answer as well)
    Column("role", Text, nullable=False, server_default="holder"),
    Column("holder_kind", Text, nullable=False),
    Column("holder_id", Uuid),
    Column("queue_id", Uuid),  # none for a colleague's: their turn is no answer of the queue
    Column("units", SmallInteger, nullable=False),  # none for a colleague's
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("first_reply_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    # resolved, transferred, parked, merged, spam, unanswered, left, took_over
    Column("end_reason", Text),
    Column("wrap_up_ended_at", DateTime(timezone=True)),
    Column("disposition", Text, nullable=False, server_default=""),
    Index("ix_segments_queue_opened", "queue_id", "opened_at"),
    Index("ix_segments_holder_opened", "holder_id", "opened_at"),
)

# What the engine decided about an interaction, and why; for people who ask.
routing_decisions = Table(
    "routing_decisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("interaction_id", Uuid, nullable=False, index=True),
    Column("kind", Text, nullable=False),  # offered, timed_out, rescinded, moved
    Column("user_id", Uuid),
    Column("queue_id", Uuid),
    Column("epoch", BigInteger, nullable=False),
    Column("why", JSONB, nullable=False, server_default="[]"),
    Column("at", DateTime(timezone=True), nullable=False),
)

presence_reasons = Table(
    "presence_reasons",
    metadata,
    Column("code", Text, primary_key=True),
    Column("names", JSONB, nullable=False),
    Column("position", SmallInteger, nullable=False, server_default="0"),
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("code", Text, primary_key=True),
    Column("names", JSONB, nullable=False),
    Column("position", SmallInteger, nullable=False, server_default="0"),
)
