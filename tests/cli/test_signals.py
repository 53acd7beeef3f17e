"""Starting and stopping the whole command, with a server that only answers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks._ports import free_port

from wasl import cli

_COMMAND = """
import asyncio, sys, types

async def serve(settings, roles):
    def connected(reader, writer):
        writer.close()
    async with await asyncio.start_server(connected, settings.host, settings.port):
        print("serving", *sorted(roles), flush=True)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if "stubborn" in sys.argv:
                print("holding on", flush=True)
                await asyncio.Event().wait()
            print("ended in order", flush=True)
            raise

sys.modules["wasl.main"] = types.SimpleNamespace(serve=serve)
sys.modules["wasl.demo"] = types.SimpleNamespace(SIGN_INS=[("maryam@shop.example", "pw", "agent")])
from wasl.cli import main
sys.exit(main(sys.argv[1:2]))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wasl-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def start(place: Path, *arguments: str) -> subprocess.Popen[str]:
    port = free_port()
    return subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(cli.__file__).parents[1]),
            "WASL_DATA_DIR": str(place),
            "WASL_PORT": str(port),
        },
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"ended without saying {words!r}: {seen}")


def test_the_welcome_and_an_orderly_end(place: Path) -> None:
    with start(place, "demo") as process:
        welcome = read_until(process, "Ctrl-C stops it")
        assert "Making a PostgreSQL" in welcome
        assert "Wasl is at http://127.0.0.1:" in welcome
        assert "maryam@shop.example  pw  agent" in welcome
        assert (place / "postgres/data/postmaster.pid").exists()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal's Ctrl-C does
        assert "ended in order" in process.communicate()[0]
        assert process.returncode == 0
    assert not (place / "postgres/data/postmaster.pid").exists()


def test_a_second_signal_ends_it_at_once(place: Path) -> None:
    with start(place, "serve", "stubborn") as process:
        read_until(process, "serving router web worker")
        process.send_signal(signal.SIGTERM)
        read_until(process, "holding on")
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
    assert not (place / "postgres/data/postmaster.pid").exists()


def test_it_ends_also_when_nobody_reads_what_it_says(place: Path) -> None:
    with start(place, "serve") as process:
        read_until(process, "serving router web worker")
        assert process.stdout is not None
        process.stdout.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
    assert not (place / "postgres/data/postmaster.pid").exists()
