"""Simulations that came to an end; those that are proposed stay."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from wasl.infra.database import metadata

simulations = Table(
    "simulations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("by_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("asked", JSONB, nullable=False),  # see `api.WhatIf`
    Column("result", JSONB, nullable=False),  # see `simulation.compare`
    Column("proposed_at", DateTime(timezone=True)),
    Column("remark", Text, nullable=False, server_default=""),
    Index("ix_simulations_by_at", "by_id", "at"),
)
