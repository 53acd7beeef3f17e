"""A real PostgreSQL for the tests: one cluster per test process, gone afterwards.

Not one for all processes: an open transaction in any database of a cluster holds the event log's
horizon back, so that tests side by side would disturb one another.
`WASL_TEST_PG=system` takes the machine's own PostgreSQL instead of the wheel's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from wasl.conversations import hooks
from wasl.infra.clock import TurnedClock
from wasl.infra.database import make_engine
from wasl.infra.postgres import EmbeddedPostgres, PostgresFailed
from wasl.infra.postgres_binaries import machine_binaries, wheel_binaries
from wasl.migrations import upgrade

_TEMPLATE = "template_wasl"
_numbers = count(1)
# after the first, in which two demos are filled in, those that a real server and its times are in
_LONG = (
    "tests/routing/test_engine.py",
    "tests/realtime/test_replay_services.py",
    "tests/hard_days/test_kills.py",
    "tests/hard_days/test_day.py",
    "tests/reporting/whatif/",
    "tests/understanding/test_quality.py",
)
_ONE_SERVER = ("tests/hard_days/test_hostile.py", "tests/hard_days/test_once.py")
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


# timings never fail a test
hypothesis.settings.register_profile("wasl", deadline=None)
hypothesis.settings.load_profile("wasl")


class _Grouped(LoadScopeScheduling):
    """Tests that share what is long in the making stay on one worker; the rest spread.

    The journeys are two groups, each with a demo and a browser of its own; they come first.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/e2e/"):
            return "journeys a-l" if nodeid < "tests/e2e/test_m" else "journeys m-z"
        return next(filter(nodeid.startswith, _ONE_SERVER), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _Grouped:
    return _Grouped(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones come early, so that no worker is left alone with one at the end."""
    at = {path: place for place, path in enumerate(_LONG)}
    items.sort(
        key=lambda item: next(
            (at[path] for path in _LONG if item.nodeid.startswith(path)), len(_LONG)
        )
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under continuous integration nothing is skipped: a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """The DSN of the test process's own server; its user may do everything."""
    _sweep()
    # not pytest's own temporary folder: that one is closed to the server's user
    folder = Path(tempfile.mkdtemp(prefix="wasl-test-"))
    folder.chmod(0o711)
    system = os.environ.get("WASL_TEST_PG") == "system"
    binaries = (machine_binaries() if system else wheel_binaries())[0]
    server = EmbeddedPostgres(folder, binaries=binaries, server_settings=_QUICK)
    try:
        yield server.start(print)
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server_dsn: str) -> str:
    """The name of a migrated database that others are cloned from."""
    _administer(server_dsn, "CREATE DATABASE {}", _TEMPLATE)
    _migrate(_named(server_dsn, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def dsn(server_dsn: str, template: str) -> str:
    """A migrated database for tests that roll back."""
    _administer(server_dsn, "CREATE DATABASE {} TEMPLATE {}", "rolled_back", template)
    return _named(server_dsn, "rolled_back")


@pytest.fixture
def fresh_dsn(server_dsn: str, template: str) -> Iterator[str]:
    """A migrated database of one's own, for tests that commit."""
    name = f"fresh_{next(_numbers)}"
    _administer(server_dsn, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield _named(server_dsn, name)
    _administer(server_dsn, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
async def engine(dsn: str) -> AsyncIterator[AsyncEngine]:
    """An engine on `dsn`, as the product makes it."""
    made = make_engine(dsn)
    yield made
    await made.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that is rolled back."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture(autouse=True)
def _hooks_as_before() -> Iterator[None]:
    """What a test registers, as `main` does, is no other test's."""
    before = [(field.name, getattr(hooks, field.name)) for field in fields(hooks)]
    yield
    for name, registered in before:
        setattr(hooks, name, registered)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))


def _sweep() -> None:
    """Stops servers of earlier test runs that were killed before they could."""
    for attached in Path(tempfile.gettempdir()).glob("wasl-test-*/postgres/attached"):
        folder = attached.parents[1]
        with suppress(OSError), attached.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_UN)
            if (folder / "postgres/data/postmaster.pid").exists():
                server = EmbeddedPostgres(folder)
                with suppress(PostgresFailed):
                    server.start(print)
                    server.stop()
                shutil.rmtree(folder, ignore_errors=True)


def _administer(server_dsn: str, command: str, *names: str) -> None:
    with psycopg.connect(server_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]  # literals of this file


def _named(server_dsn: str, database: str) -> str:
    parts = urlsplit(server_dsn)
    return urlunsplit(parts._replace(path=f"/{database}"))


def _migrate(dsn: str) -> None:
    upgrade(dsn)
