"""Conversations, interactions, legs, messages, attachments, deliveries and counters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from wasl.infra.database import metadata

_NOW = text("now()")

number_sequence = Sequence("conversation_numbers", start=1001, metadata=metadata)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "number",
        BigInteger,
        number_sequence,
        nullable=False,
        unique=True,
        server_default=number_sequence.next_value(),
    ),
    Column("contact_id", Uuid, nullable=False, index=True),
    Column("subject", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="open"),
    Column("snoozed_until", DateTime(timezone=True)),
    Column("spam", Boolean, nullable=False, server_default=text("false")),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("locale", Text, nullable=False, server_default=""),
    # counters under the row's lock
    Column("seq", BigInteger, nullable=False, server_default="0"),  # newest timeline position
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("interactions", Integer, nullable=False, server_default="0"),
    # what the list shows, kept with each message
    Column("channel_id", Uuid, nullable=False),
    Column("interaction_id", Uuid, nullable=False),  # the current one
    Column("leg_id", Uuid),  # the current one; its channel is `channel_id`
    Column("preview", Text, nullable=False, server_default=""),
    Column("preview_kind", Text, nullable=False, server_default="message"),
    Column("preview_direction", Text),
    Column("preview_attachments", SmallInteger, nullable=False, server_default="0"),
    Column("last_message_at", DateTime(timezone=True), nullable=False),
    # what a contact's or an agent's client has read
    Column("contact_read_seq", BigInteger, nullable=False, server_default="0"),
    Column("agent_read_seq", BigInteger, nullable=False, server_default="0"),
    # where routing has put it (see `service.place`)
    Column("assignee_id", Uuid),
    Column("queue_id", Uuid),
    Column("state", Text, nullable=False, server_default="created"),
    # colleagues beside the assignee: they see it, until it is parked or resolved
    Column("joined", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("due_at", DateTime(timezone=True)),
    Column("due_total_s", Integer),
    Column("due_warn_at", DateTime(timezone=True)),
    Column("merge_suggestion", Uuid),
    Column("contact_suggestion", Uuid),
    Column("merged_into", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Index("ix_conversations_all", "last_message_at", "id", postgresql_where=text("not spam")),
    Index(
        "ix_conversations_assignee",
        "assignee_id",
        "last_message_at",
        "id",
        postgresql_where=text("status <> 'resolved'"),
    ),
    Index(
        "ix_conversations_queue",
        "queue_id",
        "last_message_at",
        "id",
        postgresql_where=text("assignee_id is null and status <> 'resolved'"),
    ),
    Index(
        "ix_conversations_joined",
        "joined",
        postgresql_using="gin",
        postgresql_where=text("joined <> '{}'"),
    ),
    Index("ix_conversations_status", "status", "last_message_at", "id"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("disposition", Text, nullable=False, server_default=""),
)

legs = Table(
    "legs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("interaction_id", Uuid, nullable=False),
    Column("channel_id", Uuid, nullable=False),
    Column("identity_id", Uuid),
    Column("thread_key", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("expects_sensitive", Boolean, nullable=False, server_default=text("false")),
    Column("messages", Integer, nullable=False, server_default="0"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Index("ix_legs_channel_identity", "channel_id", "identity_id"),
    Index("ix_legs_thread", "channel_id", "thread_key", postgresql_where=text("thread_key <> ''")),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False),
    Column("interaction_id", Uuid, nullable=False),
    Column("leg_id", Uuid),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # message, note, activity
    Column("direction", Text),  # in, out
    Column("author_kind", Text, nullable=False),  # contact, agent, flow, system
    Column("author_id", Uuid),
    Column("text", Text, nullable=False, server_default=""),
    Column("folded_text", Text, nullable=False, server_default=""),
    Column("html", Text, nullable=False, server_default=""),  # sanitised
    Column("subject", Text, nullable=False, server_default=""),
    Column("mail", JSONB),  # from, to, cc, bcc as shown
    Column("quick_replies", JSONB, nullable=False, server_default="[]"),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    Column("activity", JSONB),  # code, params
    Column("client_id", Text),  # the client's own id: makes a repeated post harmless
    Column("state", Text),  # of outgoing ones: queued … read, failed, unknown
    Column("error_code", Text),
    Column("error_detail", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("edited_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Index("uq_messages_conversation_seq", "conversation_id", "seq", unique=True),
    Index(
        "uq_messages_client",
        "conversation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id is not null"),
    ),
)

# A message's ids at the provider, both ways: idempotency of what comes in, threads, receipts.
provider_ids = Table(
    "provider_ids",
    metadata,
    Column("channel_id", Uuid, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    Column("message_id", Uuid, nullable=False, index=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("leg_id", Uuid),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("message_id", Uuid, index=True),  # null: uploaded, not yet sent
    Column(
        "owner", Text, nullable=False
    ),  # who uploaded: "user:<id>", "visitor:<id>", "channel:<id>"
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("sha256", Text, nullable=False, server_default=""),
    Column("content_id", Text, nullable=False, server_default=""),
    Column("inline", Boolean, nullable=False, server_default=text("false")),
    Column("blob_key", Text),
    Column("state", Text, nullable=False),  # pending, ready, failed
    Column("channel_id", Uuid),
    Column("reference", JSONB),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("ix_attachments_pending", "next_attempt_at", postgresql_where=text("state = 'pending'")),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("channel_id", Uuid, nullable=False),
    Column("leg_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),  # order within the conversation
    Column("state", Text, nullable=False),  # queued, sending, done, failed, unknown
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Index(
        "ix_deliveries_due",
        "next_attempt_at",
        postgresql_where=text("state in ('queued','sending')"),
    ),
    Index(
        "ix_deliveries_conversation",
        "conversation_id",
        "seq",
        postgresql_where=text("state in ('queued','sending')"),
    ),
)

# Counts kept with each change: changes are only ever added, and folded together now and then, so
# that a busy count is never a hot row.
counters = Table(
    "counters",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Index("ix_counters_key", "key", postgresql_include=["n"]),
)

canned_responses = Table(
    "canned_responses",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("short", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("text", JSONB, nullable=False),  # {en, fa, ar}
)

# One colleague whom a note names; unread until they have seen it.
mentions = Table(
    "mentions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column(
        "message_id",
        Uuid,
        ForeignKey("messages.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("by_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Index("ix_mentions_message_id", "message_id"),
    Index("ix_mentions_unread", "user_id", "id", postgresql_where=text("read_at is null")),
)
