"""Configured channels."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from wasl.infra.database import metadata

_NOW = text("now()")

channels = Table(
    "channels",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("public_key", Text, nullable=False, unique=True),
    Column("config", JSONB, nullable=False, server_default="{}"),  # without secrets
    Column("secrets", LargeBinary),  # sealed JSON: path → value
    Column("secrets_set_at", JSONB, nullable=False, server_default="{}"),
    Column("state", JSONB, nullable=False, server_default="{}"),  # the adapter's own cursor
    Column("health_state", Text, nullable=False, server_default="unknown"),
    Column("health_code", Text, nullable=False, server_default=""),
    Column("health_detail", Text, nullable=False, server_default=""),
    Column("health_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("version", BigInteger, nullable=False, server_default="1"),
)
