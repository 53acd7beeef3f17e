"""The wallboard: figures of each queue kept as things happen, its targets, who waits since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_JSONB = postgresql.JSONB(astext_type=sa.Text())
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "queue_boards",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("today", _JSONB, server_default="{}", nullable=False),
        sa.Column("points", _JSONB, server_default="[]", nullable=False),
        sa.Column("expected_wait_s", sa.Integer(), nullable=True),
        sa.Column("target", _JSONB, server_default="{}", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("queue_id", name=op.f("pk_queue_boards")),
    )
    op.create_table(
        "turns",
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("since", _WHEN, nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_turns")),
    )
    op.create_index(
        "ix_turns_waiting", "turns", ["queue_id", "since"], postgresql_where=sa.text("NOT taken")
    )
    op.create_index("ix_segments_holder_opened", "segments", ["holder_id", "opened_at"])
