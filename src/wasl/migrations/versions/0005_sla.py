"""SLA: policies, clocks of interactions, and how many are late on the wallboard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_JSONB = postgresql.JSONB(astext_type=sa.Text())
_WHEN = sa.DateTime(timezone=True)

# What runs already gets its clock: by the targets it had, with a warning at 80 %. What is over its
# time is late, without being told as new.
_CLOCK = """
  jsonb_strip_nulls(jsonb_build_object('target', '{target}', 'total_s', {total},
    'warn_percent', 80, 'used_s', 0, 'since', {due} - {total} * interval '1 s',
    'due_at', {due}, 'warn_at', {due} - {total} * interval '0.2 s',
    'warned', CASE WHEN {due} - {total} * interval '0.2 s' <= now() THEN true END,
    'breached_at', CASE WHEN {due} <= now() THEN {due} END))
"""
_REPLY = _CLOCK.format(target="first_response", total="a.due_total_s", due="a.due_at")
_RESOLUTION = _CLOCK.format(
    target="resolution", total="q.resolution_target_s", due="a.resolution_due_at"
)
_FILL = f"""
UPDATE assignments a SET
  clocks = jsonb_strip_nulls(jsonb_build_object(
    'reply', CASE WHEN a.due_at IS NOT NULL THEN {_REPLY} END,
    'resolution', CASE WHEN a.resolution_due_at IS NOT NULL THEN {_RESOLUTION} END)),
  due_warn_at = a.due_at - a.due_total_s * interval '0.2 s',
  breached_at = nullif(least(a.due_at, a.resolution_due_at),
    greatest(least(a.due_at, a.resolution_due_at), now()))
FROM queues q, conversations c
WHERE q.id = a.queue_id AND c.interaction_id = a.interaction_id AND c.status = 'open'
  AND a.state IN ('queued', 'offered', 'active')
"""  # noqa: S608  # our constants
_TIMERS = """
INSERT INTO timers (id, kind, key, due_at)
SELECT gen_random_uuid(), 'routing.sla', interaction_id::text, min(at) FROM (
  SELECT a.interaction_id, moment.at::timestamptz AS at
  FROM assignments a, unnest(ARRAY['reply', 'resolution']) AS name,
    unnest(ARRAY[a.clocks->name->>'warn_at', a.clocks->name->>'due_at']) AS moment (at)
  WHERE a.clocks <> '{}') AS all_moments
WHERE at > now() GROUP BY interaction_id
"""


def upgrade() -> None:
    texts = postgresql.ARRAY(sa.Text())
    op.create_table(
        "sla_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("names", _JSONB, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "priorities", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False
        ),
        sa.Column("kinds", texts, server_default="{}", nullable=False),
        sa.Column("tags", texts, server_default="{}", nullable=False),
        sa.Column("first_response_s", sa.Integer(), nullable=True),
        sa.Column("next_response_s", sa.Integer(), nullable=True),
        sa.Column("resolution_s", sa.Integer(), nullable=True),
        sa.Column("warn_percent", sa.SmallInteger(), server_default="80", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policies")),
    )
    op.add_column("assignments", sa.Column("clocks", _JSONB, server_default="{}", nullable=False))
    op.add_column("assignments", sa.Column("due_warn_at", _WHEN, nullable=True))
    op.add_column("assignments", sa.Column("breached_at", _WHEN, nullable=True))
    op.add_column("conversations", sa.Column("due_warn_at", _WHEN, nullable=True))
    op.add_column(
        "queue_boards", sa.Column("late", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "turns", sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(_FILL)
    op.execute(_TIMERS)
    op.execute(
        "UPDATE conversations SET due_warn_at = due_at - due_total_s * interval '0.2 s'"
        " WHERE due_at IS NOT NULL"
    )
    op.execute(
        "UPDATE turns t SET late = true FROM assignments a"
        " WHERE a.interaction_id = t.interaction_id AND a.breached_at IS NOT NULL"
    )
    op.execute(
        "UPDATE queue_boards b SET late = t.n FROM"
        " (SELECT queue_id, count(*) AS n FROM turns WHERE late GROUP BY queue_id) AS t"
        " WHERE t.queue_id = b.queue_id"
    )
