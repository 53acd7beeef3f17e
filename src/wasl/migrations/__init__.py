"""Brings a database to the newest schema."""

from __future__ import annotations

from importlib import import_module

import psycopg
from sqlalchemy import create_engine

from wasl.infra.database import metadata

FEATURES = (
    "infra.events",
    "infra.timers",
    "infra.leader",
    "accounts.tables",
    "contacts.tables",
    "channels.tables",
    "conversations.tables",
    "routing.tables",
)


def upgrade(dsn: str) -> None:
    """Makes what is missing."""
    for feature in FEATURES:
        try:
            import_module(f"wasl.{feature}")
        except ModuleNotFoundError:
            continue
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    engine = create_engine(dsn.replace("postgresql", "postgresql+psycopg", 1))
    metadata.create_all(engine)
    with engine.begin() as conn2:
        conn2.exec_driver_sql(
            "INSERT INTO log_epoch (epoch, system_identifier) SELECT 1, system_identifier::text"
            " FROM pg_control_system() ON CONFLICT DO NOTHING"
        )
    engine.dispose()
