"""How busy agents are in their shift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("busy_s", "present_s", "busy_share"):
        op.add_column("agents", sa.Column(name, sa.Double(), server_default="0", nullable=False))
    op.add_column("agents", sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "agents",
        sa.Column("in_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
