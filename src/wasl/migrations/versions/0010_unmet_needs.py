"""What is waited for in a queue that nobody there can do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "unmet_needs",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("needs", _JSONB, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", name=op.f("pk_unmet_needs")),
    )
