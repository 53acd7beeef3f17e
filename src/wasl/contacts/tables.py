"""Contacts, their identities, consents and orders."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from wasl.infra.database import metadata

_NOW = text("now()")

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("locale", Text, nullable=False, server_default=""),
    Column("time_zone", Text, nullable=False, server_default=""),
    Column("company", Text, nullable=False, server_default=""),
    Column("city", Text, nullable=False, server_default=""),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    Column("preferred_channel", Text, nullable=False, server_default=""),
    Column("folded", Text, nullable=False, server_default=""),  # name, folded for search
    # who looks after them: waited for a while before others of the queue
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="SET NULL")),
    Column("merged_into", Uuid, ForeignKey("contacts.id")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Index(
        "ix_contacts_folded",
        "folded",
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    ),
)

identities = Table(
    "identities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),  # normalised
    Column("display", Text, nullable=False),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("verified_by", Text, nullable=False, server_default=""),
    Column("last_seen_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    # one verified owner of an address; unverified claims may be many
    Index(
        "uq_identities_verified",
        "kind",
        "value",
        unique=True,
        postgresql_where=text("verified"),
    ),
    Index("uq_identities_claim", "kind", "value", "contact_id", unique=True),
    Index(
        "ix_identities_value",
        "value",
        postgresql_using="gin",
        postgresql_ops={"value": "gin_trgm_ops"},
    ),
)

consents = Table(
    "consents",
    metadata,
    Column("contact_id", Uuid, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),  # the identity kind it speaks of
    Column("purpose", Text, primary_key=True),  # service, marketing
    Column("allowed", Boolean, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, ForeignKey("contacts.id"), nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("items", JSONB, nullable=False, server_default="[]"),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("expected_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Index("ix_orders_contact_placed", "contact_id", "placed_at"),
)
