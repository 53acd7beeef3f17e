"""Routing rules: steps, hours and overflow of queues, skills of agents, decisions with reasons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

_JSONB = postgresql.JSONB(astext_type=sa.Text())


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _false(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, _JSONB, server_default=default, nullable=False)


def upgrade() -> None:
    op.add_column("queues", _text("strategy", "longest_idle"))
    op.add_column("queues", _text("delivery", "push"))
    op.add_column("queues", _false("strict_priority"))
    op.add_column("queues", _json("steps", "[]"))
    op.add_column("queues", sa.Column("hours", _JSONB, nullable=True))
    op.add_column("queues", sa.Column("overflow", _JSONB, nullable=True))
    op.add_column(
        "queues",
        sa.Column("no_answer_limit", sa.SmallInteger(), server_default="1", nullable=False),
    )
    op.add_column("agents", _json("skills", "{}"))
    op.add_column("agents", _json("interruptible_by", "{}"))
    op.add_column(
        "agents", sa.Column("missed", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("assignments", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assignments", _json("visited", "[]"))
    op.add_column("assignments", _json("steps", "[]"))
    op.create_index("ix_segments_queue_opened", "segments", ["queue_id", "opened_at"])
    op.create_table(
        "routing_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("why", _JSONB, server_default="[]", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_decisions")),
    )
    op.create_index(
        op.f("ix_routing_decisions_interaction_id"), "routing_decisions", ["interaction_id"]
    )
