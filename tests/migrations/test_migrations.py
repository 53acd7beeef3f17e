"""The migrations make exactly the tables that the code speaks of."""

from __future__ import annotations

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from wasl.infra.database import metadata
from wasl.migrations import load_metadata, newest, upgrade


def test_a_migrated_database_has_the_tables_of_the_code(dsn: str) -> None:
    load_metadata()
    engine = create_engine(dsn.replace("postgresql", "postgresql+psycopg", 1))
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_migrating_again_changes_nothing(fresh_dsn: str) -> None:
    upgrade(fresh_dsn)
    with psycopg.connect(fresh_dsn) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]


def test_arabic_has_trigrams(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        row = conn.execute("SELECT show_trgm('سلام')").fetchone()
    assert row is not None and len(row[0]) > 0
