"""Flows may be put away, and versions know which old one they are again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("flows", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("flow_versions", sa.Column("restored", sa.Integer(), nullable=True))
    op.add_column(
        "flow_triggers",
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
