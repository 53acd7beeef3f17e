"""Brings a database to the newest schema: Alembic, one line of history.

A database that is already there is recognised without importing Alembic, so that starting stays
fast.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import psycopg

from wasl.infra.database import metadata

HERE = Path(__file__).parent
# whoever owns tables; the order does not matter
OWNERS = (
    "infra.events",
    "infra.leader",
    "infra.timers",
    "infra.web",
    "accounts.tables",
    "channels.tables",
    "contacts.tables",
    "conversations.tables",
    "routing.tables",
    "flows.tables",
    "reporting.tables",
    "reporting.whatif.tables",
)
_LOCK = 1_463_897_932  # an advisory lock, so that two starts do not migrate at once


def newest() -> str:
    """The newest revision: the last file by name, which begins with it ("0001_first_schema.py")."""
    return max(path.stem for path in (HERE / "versions").glob("[0-9]*.py"))[:4]


def upgrade(dsn: str) -> None:
    """Migrates a database, if it needs it."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if _revision(conn) != newest():
            _migrate(dsn)


def load_metadata() -> None:
    """Imports everything that owns tables."""
    for owner in OWNERS:
        import_module(f"wasl.{owner}")


def _revision(conn: psycopg.Connection[tuple[object, ...]]) -> str | None:
    if conn.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        return None
    row = conn.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _migrate(dsn: str) -> None:
    from alembic import command
    from alembic.config import Config

    load_metadata()
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = dsn.replace("postgresql", "postgresql+psycopg", 1)
    config.attributes["metadata"] = metadata
    command.upgrade(config, "head")
