"""Flows act: ratings, calendars and bookings, partners and their secrets, automations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

_JSONB = postgresql.JSONB(astext_type=sa.Text())
_WHEN = sa.DateTime(timezone=True)


def _column(
    name: str, kind: Any, *, nullable: bool = False, server_default: Any = None
) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)


def upgrade() -> None:
    op.add_column("flow_runs", _column("holds", sa.Boolean(), server_default=sa.text("true")))
    op.add_column("flow_runs", _column("cause", sa.Uuid(), nullable=True))
    op.add_column("flow_runs", _column("chain", postgresql.ARRAY(sa.Text()), server_default="{}"))
    op.create_table(
        "flow_triggers",
        _column("flow_id", sa.Uuid()),
        _column("version_id", sa.Uuid()),
        _column("key", sa.Text()),
        _column("on", sa.Text()),
        _column("filter", sa.Text()),
        _column("after_s", sa.Integer(), nullable=True),
        _column("active", sa.Boolean(), server_default=sa.text("true")),
        _column("armed_at", _WHEN),
        sa.ForeignKeyConstraint(
            ["flow_id"],
            ["flows.id"],
            name=op.f("fk_flow_triggers_flow_id_flows"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["flow_versions.id"],
            name=op.f("fk_flow_triggers_version_id_flow_versions"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("flow_id", name=op.f("pk_flow_triggers")),
    )
    op.create_table(
        "ratings",
        _column("id", sa.Uuid()),
        _column("interaction_id", sa.Uuid()),
        _column("conversation_id", sa.Uuid()),
        _column("contact_id", sa.Uuid()),
        _column("run_id", sa.Uuid(), nullable=True),
        _column("version_id", sa.Uuid(), nullable=True),
        _column("agent_id", sa.Uuid(), nullable=True),
        _column("score", sa.SmallInteger()),
        _column("scale", sa.SmallInteger()),
        _column("comment", sa.Text(), server_default=""),
        _column("at", _WHEN),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("interaction_id", name=op.f("uq_ratings_interaction_id")),
    )
    op.create_index(op.f("ix_ratings_conversation_id"), "ratings", ["conversation_id"])
    op.create_index("ix_ratings_at", "ratings", ["at"])
    op.create_index(
        "ix_ratings_version",
        "ratings",
        ["version_id"],
        postgresql_where=sa.text("version_id is not null"),
    )
    op.create_table(
        "calendars",
        _column("key", sa.Text()),
        _column("names", _JSONB),
        _column("zone", sa.Text()),
        _column("weekly", _JSONB),
        _column("holidays", _JSONB, server_default="[]"),
        _column("slot_min", sa.SmallInteger()),
        _column("places", sa.SmallInteger()),
        _column("version", sa.BigInteger(), server_default="1"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calendars")),
    )
    op.create_table(
        "bookings",
        _column("id", sa.Uuid()),
        _column("calendar", sa.Text()),
        _column("starts_at", _WHEN),
        _column("place", sa.SmallInteger()),
        _column("contact_id", sa.Uuid()),
        _column("conversation_id", sa.Uuid()),
        _column("booked_at", _WHEN),
        _column("cancelled_at", _WHEN, nullable=True),
        sa.CheckConstraint("place > 0", name=op.f("ck_bookings_place_positive")),
        sa.ForeignKeyConstraint(
            ["calendar"],
            ["calendars.key"],
            name=op.f("fk_bookings_calendar_calendars"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(
        "uq_bookings_place",
        "bookings",
        ["calendar", "starts_at", "place"],
        unique=True,
        postgresql_where=sa.text("cancelled_at is null"),
    )
    op.create_index("ix_bookings_contact", "bookings", ["contact_id", "starts_at"])
    op.create_table(
        "flow_requests",
        _column("run_id", sa.Uuid()),
        _column("n", sa.Integer()),
        _column("request", _JSONB),
        _column("attempts", sa.Integer(), server_default="0"),
        _column("next_attempt_at", _WHEN),
        _column("claimed_until", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["flow_runs.id"],
            name=op.f("fk_flow_requests_run_id_flow_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_flow_requests")),
    )
    op.create_index("ix_flow_requests_due", "flow_requests", ["next_attempt_at"])
    op.create_table(
        "flow_secrets",
        _column("name", sa.Text()),
        _column("sealed", sa.LargeBinary()),
        _column("changed_at", _WHEN),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flow_secrets")),
    )
