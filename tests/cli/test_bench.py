"""`wasl bench` over measurements of its own making."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks._host import taken

from wasl import cli

_MEASUREMENT = """
from benchmarks import Result

async def run(progress):
    progress("measuring")
    {body}
"""
_REPOSITORY = Path(cli.__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    for name in ("__init__.py", "_host.py"):
        shutil.copy(_REPOSITORY / "benchmarks" / name, folder)
    bodies = {
        "fast": 'return Result("fast", 12345.6, "messages/s", 1000, True, "a peer")',
        "slow": 'return Result("slow", 0.5, "messages/s", 1000, False)',
        "broken": 'raise RuntimeError("no server")',
    }
    for name, body in bodies.items():
        (folder / f"{name}.py").write_text(_MEASUREMENT.format(body=body))
    return tmp_path


def bench(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wasl.cli", "bench", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(_REPOSITORY / "src")},
    )


def test_one_that_reaches(checkout: Path) -> None:
    done = bench(checkout, "fast")
    assert done.returncode == 0
    assert "fast: measuring" in done.stderr
    head, _, row = done.stdout.splitlines()
    assert head.split() == ["id", "measured", "to", "reach", "unit", "against"]
    assert row.split() == ["fast", "12,346", "1,000", "messages/s", "ok", "a", "peer"]


def test_one_that_does_not(checkout: Path) -> None:
    done = bench(checkout, "slow")
    assert done.returncode == 1
    assert "!!" in done.stdout


def test_all_of_them_as_json(checkout: Path) -> None:
    done = bench(checkout, "--json")
    assert done.returncode == 1
    shown = json.loads(done.stdout)
    assert [result["id"] for result in shown["results"]] == ["fast", "slow"]
    assert shown["failed"] == {"broken": "RuntimeError: no server"}


def test_an_unknown_one(checkout: Path) -> None:
    done = bench(checkout, "faster")
    assert done.returncode == 2
    assert "no measurement faster" in done.stderr


def test_away_from_a_checkout(tmp_path: Path) -> None:
    done = bench(tmp_path)
    assert done.returncode == 2
    assert done.stderr == "wasl: there is no folder benchmarks here; run this in a checkout\n"


def test_what_the_host_gave_to_others_is_a_share_of_what_was_wanted() -> None:
    before = [100, 0, 50, 900, 10, 0, 0, 5]
    after = [700, 0, 150, 980, 20, 0, 0, 305]  # 600 + 100 used, 300 given to others
    short = [101, 0, 50, 900, 10, 0, 0, 9]
    assert taken(before, after) == 0.3
    assert taken(before, short) == taken([], []) == 0.0
