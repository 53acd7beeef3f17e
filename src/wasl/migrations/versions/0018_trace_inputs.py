"""A trace says what came in: which message, a moment, an event or an answer from outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("flow_run_steps", sa.Column("input", postgresql.JSONB(), nullable=True))
