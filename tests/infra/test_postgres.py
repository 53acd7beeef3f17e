"""The embedded server's life, with real servers."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from wasl.infra import postgres
from wasl.infra.postgres import EmbeddedPostgres, PostgresFailed
from wasl.infra.postgres_binaries import machine_binaries, wheel_binaries

SRC = Path(postgres.__file__).parents[2]


class Pair:
    """Servers over one folder; all of them are stopped in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[EmbeddedPostgres] = []

    def server(self, binaries: Path | None = None) -> EmbeddedPostgres:
        made = EmbeddedPostgres(self.folder, binaries=binaries or wheel_binaries()[0])
        self.made.append(made)
        return made

    @property
    def pid_file(self) -> Path:
        return self.folder / "postgres/data/postmaster.pid"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="wasl-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def servers(place: Path) -> Iterator[Pair]:
    pair = Pair(place / "a place, with spaces")
    yield pair
    for server in pair.made:
        server.stop()


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def quiet(line: str) -> None:
    """Nobody listens."""


def test_a_life(servers: Pair) -> None:
    server = servers.server()
    said: list[str] = []
    dsn = server.start(said.append)
    assert len(said) == 1
    assert "Making a PostgreSQL" in said[0]
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (it text)")
        connection.execute("INSERT INTO kept VALUES ('سلام')")
    assert ask(dsn, "SELECT current_setting('listen_addresses')") == ""
    assert ask(dsn, "SELECT current_setting('fsync')") == "on"
    server.stop()
    assert not servers.pid_file.exists()
    said.clear()
    assert ask(server.start(said.append), "SELECT it FROM kept") == "سلام"
    assert said == []


def test_nobody_comes_in_without_the_password(servers: Pair) -> None:
    dsn = servers.server().start(quiet)
    password = servers.folder / "postgres/password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    wrong = dsn.replace(password.read_text().strip(), "wrong")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


def test_the_last_one_stops_it(servers: Pair) -> None:
    one, two = servers.server(), servers.server()
    assert one.start(quiet) == two.start(quiet)
    pid = servers.pid_file.read_text().splitlines()[0]
    one.stop()
    assert servers.pid_file.read_text().splitlines()[0] == pid
    assert ask(two.start(quiet), "SELECT 1") == 1
    two.stop()
    assert not servers.pid_file.exists()


def test_an_orphan_is_found_again_and_stopped(servers: Pair) -> None:
    starter = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys; from pathlib import Path\n"
            "from wasl.infra.postgres import EmbeddedPostgres\n"
            "from wasl.infra.postgres_binaries import wheel_binaries\n"
            "server = EmbeddedPostgres(Path(sys.argv[1]), binaries=wheel_binaries()[0])\n"
            "server.start(print); os.kill(os.getpid(), 9)",
            str(servers.folder),
        ],
        check=False,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert starter.returncode == -signal.SIGKILL
    pid = servers.pid_file.read_text().splitlines()[0]
    server = servers.server()
    assert ask(server.start(quiet), "SELECT 1") == 1
    assert servers.pid_file.read_text().splitlines()[0] == pid
    server.stop()
    assert not servers.pid_file.exists()


def test_a_killed_server_loses_nothing(servers: Pair) -> None:
    server = servers.server()
    with psycopg.connect(server.start(quiet)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    pid = int(servers.pid_file.read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    again = servers.server()
    assert ask(again.start(quiet), "SELECT count(*) FROM kept") == 1000


@pytest.mark.parametrize("owner_of_pid", [os.getpid, os.getppid, lambda: 999_999_999])
def test_a_stale_pid_file_harms_nobody(servers: Pair, owner_of_pid: Callable[[], int]) -> None:
    server = servers.server()
    server.start(quiet)
    lines = servers.pid_file.read_text().splitlines()
    server.stop()
    servers.pid_file.write_text("\n".join([str(owner_of_pid()), *lines[1:]]))
    again = servers.server()
    assert ask(again.start(quiet), "SELECT 1") == 1
    again.stop()


def test_an_interrupted_first_start_is_begun_anew(servers: Pair) -> None:
    unfinished = servers.folder / "postgres/data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert ask(servers.server().start(quiet), "SELECT 1") == 1
    assert not unfinished.exists()


def test_data_keeps_to_the_version_that_made_it(servers: Pair) -> None:
    servers.server().start(quiet)
    servers.made[0].stop()
    (servers.folder / "postgres/data/PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresFailed, match="PostgreSQL 16, which is not on this machine"):
        EmbeddedPostgres(servers.folder, binaries=wheel_binaries()[0]).start(quiet)


def test_a_broken_cluster_says_why(servers: Pair) -> None:
    servers.server().start(quiet)
    servers.made[0].stop()
    (servers.folder / "postgres/data/global/pg_control").unlink()
    with pytest.raises(PostgresFailed, match=r"PostgreSQL did not start: .*pg_control"):
        servers.server().start(quiet)


def test_a_deep_folder_has_a_short_socket(place: Path) -> None:
    server = EmbeddedPostgres(place / ("deep" * 30), binaries=wheel_binaries()[0])
    try:
        assert ask(server.start(quiet), "SELECT 1") == 1
    finally:
        server.stop()


def test_a_strict_umask_shuts_nobody_out(place: Path) -> None:
    before = os.umask(0o077)
    server = EmbeddedPostgres(place / "new/folder", binaries=wheel_binaries()[0])
    try:
        assert ask(server.start(quiet), "SELECT 1") == 1
    finally:
        server.stop()
        os.umask(before)


def test_a_closed_folder_is_named(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed, binaries=wheel_binaries()[0])
    try:
        if os.geteuid() == 0:
            with pytest.raises(PostgresFailed, match=r"who can't reach .*closed"):
                server.start(quiet)
        else:
            assert ask(server.start(quiet), "SELECT 1") == 1
    finally:
        server.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_programs_out_of_reach_are_copied(place: Path, tmp_path: Path, umask: int) -> None:
    # pytest's folder is closed to others: only for root does that make a difference
    installed = wheel_binaries()[0]
    package = installed.parents[1]
    site = tmp_path / "site"
    shutil.copytree(package, site / package.name)
    if (libraries := package.with_name(f"{package.name}.libs")).exists():
        shutil.copytree(libraries, site / libraries.name)
    before = os.umask(umask)
    server = EmbeddedPostgres(place, binaries=site / installed.relative_to(package.parent))
    try:
        assert ask(server.start(quiet), "SELECT 1") == 1
    finally:
        server.stop()
        os.umask(before)
    assert len(list(place.glob("postgres/server-*"))) == (os.geteuid() == 0)


def test_binaries_of_the_machine_are_complete() -> None:
    for folder in machine_binaries():
        assert (folder / "initdb").exists()
        assert (folder / "postgres").exists()
