"""Callbacks that keep their place in the queue; colleagues beside the holder."""

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
    op.add_column("segments", sa.Column("role", sa.Text(), nullable=False, server_default="holder"))
    op.add_column(
        "conversations",
        sa.Column("joined", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"),
    )
    op.create_index(
        "ix_conversations_joined",
        "conversations",
        ["joined"],
        postgresql_using="gin",
        postgresql_where=sa.text("joined <> '{}'"),
    )
