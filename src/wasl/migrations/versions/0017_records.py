"""Records: rows of small tables of the company's own, which flows look up and write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "record_kinds",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("names", _JSONB, nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_record_kinds")),
    )
    op.create_table(
        "records",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("values", _JSONB, nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind"],
            ["record_kinds.key"],
            name=op.f("fk_records_kind"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("kind", "folded", name=op.f("pk_records")),
    )
