"""`wasl doctor`: what would keep the server from working, one line each."""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import nats
import nats.errors
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from wasl.channels import KINDS, adapter_of, enabled_of_kind
from wasl.infra.blobs import blobs_from
from wasl.infra.crypto import Sealer
from wasl.infra.database import make_engine
from wasl.infra.errors import AppError
from wasl.infra.postgres import EmbeddedPostgres, PostgresFailed
from wasl.infra.postgres_binaries import OLDEST_MAJOR
from wasl.infra.settings import Settings, SettingsWrong, load_settings

_SPACE_WANTED = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do when it is not well."""

    subject: str
    ok: bool
    state: str
    hint: str = ""

    def __str__(self) -> str:
        line = f"{'ok' if self.ok else '!!'}  {self.subject}: {self.state}"
        return f"{line} → {self.hint}" if self.hint and not self.ok else line


def examine(say: Callable[[str], None] = print) -> int:
    """Says every finding; 1 when something is not well, else 0."""
    well = True
    for finding in _findings():
        say(str(finding))
        well = well and finding.ok
    return 0 if well else 1


def _findings() -> Iterator[Finding]:
    yield _versions()
    try:
        settings = load_settings()
    except SettingsWrong as error:
        yield from (Finding("settings", False, line) for line in str(error).splitlines())
        return
    yield Finding("settings", True, f"data in {settings.data_dir}")
    yield _space(settings)
    yield _door(settings)
    with ExitStack() as stack:
        dsn = settings.database_url
        if dsn is None:
            server = EmbeddedPostgres(settings.data_dir)
            stack.callback(server.stop)
            try:
                dsn = server.start(lambda line: None)
            except PostgresFailed as error:
                yield Finding("database", False, str(error))
                return
        yield from _database(dsn)
        yield from asyncio.run(_outside(settings, dsn))


def _versions() -> Finding:
    try:
        ours = version("wasl")
    except PackageNotFoundError:
        ours = "from a checkout"
    return Finding("versions", True, f"Wasl {ours}, Python {platform.python_version()}")


def _space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    return Finding(
        "disk", free >= _SPACE_WANTED, f"{free >> 20} MB free", "make room; 1 GB is the least"
    )


def _door(settings: Settings) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as trial:
        trial.settimeout(2)
        taken = trial.connect_ex((settings.host, settings.port)) == 0
    state = "answers: a server runs there" if taken else "free"
    return Finding("port", True, f"{settings.host}:{settings.port} {state}")


def _database(dsn: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(dsn, connect_timeout=10, autocommit=True) as connection:
            number = connection.info.server_version // 10000
            yield Finding(
                "database", number >= OLDEST_MAJOR, f"PostgreSQL {number}",
                f"move to PostgreSQL {OLDEST_MAJOR} or newer",
            )  # fmt: skip
            encoding = connection.info.parameter_status("server_encoding")
            yield Finding("encoding", encoding == "UTF8", str(encoding), "make a UTF8 database")
            yield _trigrams(connection)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding("database", False, reason, "see DATABASE_URL")


def _trigrams(connection: psycopg.Connection[tuple[object, ...]]) -> Finding:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            row = connection.execute("SELECT cardinality(show_trgm('سلام'))").fetchone()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        return Finding("pg_trgm", False, reason, "install PostgreSQL's contrib package")
    return Finding(
        "locale",
        bool(row and row[0]),
        "Arabic and Persian can be searched" if row and row[0] else "no trigrams of Arabic",
        "make the database with LC_CTYPE C.UTF-8",
    )


async def _outside(settings: Settings, dsn: str) -> list[Finding]:
    findings = [finding async for finding in _stores(settings)]
    try:
        return findings + [finding async for finding in _channels(settings, dsn)]
    except SQLAlchemyError:
        return findings  # the database has been found ill already, or has no tables yet


async def _channels(settings: Settings, dsn: str) -> AsyncIterator[Finding]:
    """Each enabled channel, tested as it would be used."""
    engine = make_engine(dsn, pool_size=1)
    sealer = Sealer(settings.secret_key.get_secret_value())
    try:
        for kind in KINDS:
            async with engine.connect() as connection:
                channels = await enabled_of_kind(connection, sealer, kind)
            for channel in channels:
                steps = await adapter_of(kind).check(channel)
                bad = next((step for step in steps if not (step.ok or step.warning)), None)
                state = f"{bad.code} {bad.detail}".rstrip() if bad else "reached"
                cure = bad.cure if bad else ""
                yield Finding(f"channel {channel.name}", bad is None, state, cure)
    finally:
        await engine.dispose()


async def _stores(settings: Settings) -> AsyncIterator[Finding]:
    """Where files are kept and what wakes other processes."""

    async def probe() -> AsyncIterator[bytes]:
        yield b"probe"

    blobs = blobs_from(settings)
    try:
        await blobs.put("doctor/probe", probe(), limit=5)
        await blobs.delete("doctor/probe")
        yield Finding("blobs", True, settings.blobs)
    except AppError as error:
        yield Finding("blobs", False, f"{settings.blobs}: {error.code}", "see WASL_BLOBS")
    if settings.bus != "postgres":
        yield await _bus(settings.bus)


async def _bus(url: str) -> Finding:
    try:
        client = await nats.connect(url, connect_timeout=3, max_reconnect_attempts=0)
        await client.close()
    except (OSError, nats.errors.Error) as error:
        return Finding("bus", False, f"{url}: {error or type(error).__name__}", "see WASL_BUS")
    return Finding("bus", True, url)
