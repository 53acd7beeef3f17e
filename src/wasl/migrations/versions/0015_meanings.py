"""Flows understand: how a way was found, and who answers what a run waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("flow_run_steps", sa.Column("detail", postgresql.JSONB(), nullable=True))
    kind = sa.Column("kind", sa.Text(), nullable=False, server_default="flow_requests")
    op.add_column("flow_requests", kind)
