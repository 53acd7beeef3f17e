"""The team that looks after a contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("team_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_contacts_team_id"),
        "contacts",
        "teams",
        ["team_id"],
        ["id"],
        ondelete="SET NULL",
    )
