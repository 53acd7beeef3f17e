from __future__ import annotations

import asyncio
import errno
import io
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from wasl import cli, doctor
from wasl.infra.crypto import verify_password


@pytest.fixture
def _own_folder(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", dsn)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = cli.main(arguments)
    shown = capsys.readouterr()
    return status, shown.out + shown.err


def test_it_imports_nothing_heavy() -> None:
    heavy = "sqlalchemy fastapi pydantic psycopg asyncio uvicorn structlog alembic"
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import wasl.cli, sys; print([m for m in '{heavy}'.split() if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.usefixtures("_own_folder")
def test_migrate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "migrate") == (0, "The database is at this version.\n")


@pytest.mark.usefixtures("_own_folder")
def test_a_database_that_is_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/wasl")
    status, shown = run(capsys, "migrate")
    assert status == 2
    assert shown.startswith("wasl: DATABASE_URL: the database does not answer: ")
    assert shown.count("\n") == 1
    assert "secret" not in shown


@pytest.mark.usefixtures("_own_folder")
def test_a_wrong_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASL_PORT", "many")
    status, shown = run(capsys, "migrate")
    assert status == 2
    assert shown.startswith("wasl: WASL_PORT=many is wrong")
    assert shown.count("\n") == 1


@pytest.mark.usefixtures("_own_folder")
def test_accounts(
    fresh_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", fresh_dsn)

    def typed(password: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return run(capsys, "user", *arguments)

    added = typed("correct horse battery", "add", "Maryam@shop.example", "--name", "مریم")
    assert added == (0, "Maryam@shop.example can sign in now.\n")
    assert run(capsys, "user", "list")[1] == "maryam@shop.example\tadministrator\tمریم\n"
    assert typed("another horse battery", "passwd", "maryam@shop.example")[0] == 0
    with psycopg.connect(fresh_dsn) as connection:
        row = connection.execute("SELECT password_hash FROM users").fetchone()
    assert row is not None
    assert asyncio.run(verify_password(row[0], "another horse battery"))

    assert typed("correct horse battery", "add", "maryam@shop.example")[0] == 2
    assert typed("short", "add", "reza@shop.example")[0] == 2
    assert typed("correct horse battery", "add", "r@shop.example", "--role", "pilot") == (
        2,
        "wasl: 'pilot' is not one of agent, supervisor, administrator\n",
    )
    assert typed("correct horse battery", "passwd", "nobody@shop.example") == (
        2,
        "wasl: no account has the address nobody@shop.example\n",
    )


def a_full_disk(caught: bool) -> Exception:
    """As it reaches us out of a task group and SQLAlchemy."""
    cause = psycopg.errors.DiskFull("could not extend file: No space left on device\nHINT: none")
    error = OperationalError("INSERT", {}, cause)
    error.__cause__ = cause
    return ExceptionGroup("of tasks", [ValueError("another"), error]) if caught else error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (a_full_disk(False), "no space left on the disk of the database: could not extend file"),
        (a_full_disk(True), "no space left on the disk of the database: could not extend file"),
        (psycopg.OperationalError("server closed\nthe connection"), "does not answer any more"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "no space left on the disk of /x"),
    ],
)
def test_a_database_that_cannot_go_on_is_one_line_and_a_failure(
    error: Exception,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(chosen: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_migrate", failing)
    status, shown = run(capsys, "migrate")
    assert (status, shown.count("\n")) == (2, 1)
    assert told in shown


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(chosen: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "_migrate", failing)
    with pytest.raises(ZeroDivisionError):
        cli.main(["migrate"])


def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(cli.Refusal, match=f"port {port} on 127.0.0.1 is taken"):
            cli._check_port("127.0.0.1", port)


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--role", "pilot"]])
def test_a_wrong_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: wasl" in capsys.readouterr().err


@pytest.mark.usefixtures("_own_folder")
def test_the_doctor_finds_a_healthy_house(capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = run(capsys, "doctor")
    lines = shown.splitlines()
    assert all(line.startswith("ok  ") for line in lines), shown
    assert status == 0
    assert any("Arabic and Persian can be searched" in line for line in lines)


@pytest.mark.usefixtures("_own_folder")
def test_the_doctor_looks_at_each_channel(
    fresh_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", fresh_dsn)
    with psycopg.connect(fresh_dsn) as connection:
        connection.execute(
            "INSERT INTO channels (id, kind, name, public_key, config) VALUES"
            " (gen_random_uuid(), 'web_chat', 'فروشگاه', 'shop', '{}')"
        )
    status, shown = run(capsys, "doctor")
    assert "ok  channel فروشگاه: reached\n" in shown
    assert status == 0


@pytest.mark.usefixtures("_own_folder")
def test_the_doctor_finds_what_is_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/wasl")
    said: list[str] = []
    assert doctor.examine(said.append) == 1
    assert [line[:13] for line in said if line.startswith("!!")] == ["!!  database:"]
    monkeypatch.setenv("WASL_BUS", "redis://x")
    assert doctor.examine(said.append) == 1
    assert "WASL_BUS=redis://x is wrong" in said[-1]
