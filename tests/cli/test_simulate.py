"""`wasl simulate` on files."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from tests.reporting.whatif.weeks import centre
from tests.routing.simulation.plain import ROWS, plain
from wasl import cli
from wasl.routing.simulation import read_scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "centre.toml"
    path.write_text(plain(ROWS[1], interactions=300, stretches=20))
    return path


def test_a_table(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", str(scenario)]) == 0
    shown = capsys.readouterr()
    assert "Service level, of all offered (within 20 s)" in shown.out
    assert "73.7 %" in shown.out  # the formula's
    assert shown.err == ""


def test_json_against_another_with_a_page(
    scenario: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other, page = tmp_path / "other.toml", tmp_path / "page.html"
    other.write_text(scenario.read_text().replace("count = 4", "count = 5"))
    arguments = ["simulate", str(other), "--against", str(scenario), "--json", "--seed", "7"]
    assert cli.main([*arguments, "--html", str(page), "--language", "ar"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["seed"] == 7
    assert told["changes"]["abandoned"]["value"] < 0
    assert 'lang="ar" dir="rtl"' in page.read_text(encoding="utf-8")


def test_what_is_wrong_is_said(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario.write_text(scenario.read_text().replace("count = 4", "count = 0"))
    assert cli.main(["simulate", str(scenario)]) == 2
    assert (
        capsys.readouterr().err == f"wasl: {scenario}: agents[0].count: not between 1 and 10000\n"
    )
    assert cli.main(["simulate", str(scenario.parent / "none.toml")]) == 2
    assert "none.toml: No such file" in capsys.readouterr().err


def test_the_past_as_a_file(
    fresh_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", fresh_dsn)
    assert cli.main(["simulate", "--from-history"]) == 2
    assert capsys.readouterr().err == "wasl: history_too_short\n"
    assert cli.main(["simulate", "--from-history", "--weeks", "0"]) == 2
    assert "number_invalid" in capsys.readouterr().err
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    asyncio.run(_have_weeks(fresh_dsn, midnight))
    assert cli.main(["simulate", "--from-history"]) == 0
    written = capsys.readouterr().out
    assert written.startswith("# The days from ")
    scenario = read_scenario(written)
    assert [queue.name for queue in scenario.queues] == ["Orders"]
    assert scenario.expected > 1_000


async def _have_weeks(dsn: str, midnight: datetime) -> None:
    engine = create_async_engine(
        dsn.replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool
    )
    async with engine.begin() as conn:
        await centre(conn, days=3, until=midnight)
    await engine.dispose()


def test_a_file_or_the_past(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], [str(scenario), "--from-history"]):
        assert cli.main(["simulate", *arguments]) == 2
        assert "give a scenario's file, or --from-history" in capsys.readouterr().err
