"""Callbacks that keep their place in the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

_JSONB = postgresql.JSONB(astext_type=sa.Text(), none_as_null=True)


def upgrade() -> None:
    op.add_column("assignments", sa.Column("callback", _JSONB))
    op.add_column("assignments", sa.Column("not_before", sa.DateTime(timezone=True)))
    op.add_column(
        "queue_boards", sa.Column("callbacks", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "turns",
        sa.Column("callback", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
