"""The whole product as `make run` starts it: a child process with a folder and a port of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path

from benchmarks._ports import free_port
from tools import bootstrap

START_WITHIN_S = 180
STOP_WITHIN_S = 30


def build_frontend() -> None:
    """Builds the pages, unless these sources are what was built last."""
    built = bootstrap.STATIC / ".built"
    wanted = bootstrap.digest(bootstrap.sources())
    if bootstrap.read(built) == wanted:
        return
    path = f"{bootstrap.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = shutil.which("npm", path=path)
    assert npm is not None, "the pages can't be built: npm is missing; `make test` brings it"
    done = subprocess.run(
        [npm, "run", "build", "--silent"],
        cwd=bootstrap.FRONTEND,
        env={**os.environ, "PATH": path, "NODE_ENV": ""},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"the front end does not build:\n{done.stdout}"
    built.write_text(wanted)


class DemoServer:
    """`wasl demo`, to be stopped and started again: data, port and address stay."""

    def __init__(self) -> None:
        # named so that the next test run clears away what a killed one left behind
        self.folder = Path(tempfile.mkdtemp(prefix="wasl-test-"))
        self.folder.chmod(0o711)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._said: deque[str] = deque(maxlen=60)

    async def start(self) -> None:
        """Returns when the server answers; the first start fills in the company."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "wasl.cli", "demo"),
            env=_environment(WASL_DATA_DIR=str(self.folder), WASL_PORT=str(self._port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        answers = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._process, answers))
        waiting = asyncio.create_task(answers.wait())
        async with asyncio.timeout(START_WITHIN_S):
            await asyncio.wait((waiting, self._reading), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert answers.is_set(), "the server ended:\n" + "\n".join(self._said)

    async def stop(self) -> None:
        """Ends it in order, database included."""
        process, self._process = self._process, None
        if process is None or self._reading is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            raise
        await self._reading

    async def remove(self) -> None:
        """Stops it for good."""
        await self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _read(self, process: asyncio.subprocess.Process, answers: asyncio.Event) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            self._said.append(text)
            if "Wasl is at" in text:
                answers.set()


def _environment(**more: str) -> dict[str, str]:
    """Ours without the settings of another server."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WASL_", "DATABASE_URL"))
    }
    source = str(bootstrap.ROOT / "src")
    return {**kept, **more, "PYTHONPATH": source, "PYTHONUNBUFFERED": "1"}
