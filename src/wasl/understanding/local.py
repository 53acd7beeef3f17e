"""Understanding on this machine: a child process, started on demand, gone when idle or closed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from wasl.infra.errors import Unavailable
from wasl.understanding.contract import LONGEST_SENTENCE, MOST_SENTENCES, Answers, Understood

_LONGEST_S = 60.0  # learning a thousand sentences included
_LARGEST_LINE = 64 * 1024


class Local:
    """One child, asked one question after another. `folder` keeps what examples come to, so that a
    child that starts again knows it; without `meaning` only letters are looked at."""

    def __init__(self, folder: Path | None = None, *, meaning: bool = True) -> None:
        self._arguments = [*([str(folder)] if folder else []), *([] if meaning else ["--letters"])]
        self._child: asyncio.subprocess.Process | None = None
        self._asking = asyncio.Lock()

    async def understand(self, text: str, answers: Answers) -> Understood:
        """Which answer a text means."""
        if not text.strip() or not answers:
            return Understood(None, None, "tfidf")
        if sum(len(some) for some in answers) > MOST_SENTENCES:
            raise Unavailable("understanding_failed")
        text = text[:LONGEST_SENTENCE].encode(errors="replace").decode()
        question = {"text": text, "answers": [list(some) for some in answers]}
        async with self._asking:
            try:
                async with asyncio.timeout(_LONGEST_S):
                    return await self._asked(json.dumps(question).encode() + b"\n")
            except BaseException as error:
                await self._end()  # its next line may be the answer to this question
                if isinstance(error, (TimeoutError, OSError, ValueError, KeyError)):
                    raise Unavailable("understanding_failed") from None
                raise

    async def close(self) -> None:
        """Ends the child."""
        async with self._asking:
            await self._end()

    async def _asked(self, line: bytes) -> Understood:
        for is_last in (False, True):
            child = self._child or await self._start()
            try:
                return await _exchange(child, line)
            except OSError:  # idle for long, or killed
                await self._end()
                if is_last:
                    raise
        raise AssertionError  # unreachable: the second one returns or raises

    async def _start(self) -> asyncio.subprocess.Process:
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        paths = os.pathsep.join(path for path in sys.path if path)
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from wasl.understanding.apart import serve; serve()",
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us
            env={**os.environ, **one_thread, "PYTHONPATH": paths},
            limit=_LARGEST_LINE,
        )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await asyncio.shield(asyncio.ensure_future(child.communicate()))


async def _exchange(child: asyncio.subprocess.Process, line: bytes) -> Understood:
    if child.stdin is None or child.stdout is None:
        raise OSError
    try:
        child.stdin.write(line)
        await child.stdin.drain()
    except RuntimeError:  # uvloop's way to say that the pipe is closed
        raise BrokenPipeError from None
    told = await child.stdout.readline()
    if not told.endswith(b"\n"):
        raise BrokenPipeError
    answer: dict[str, Any] = json.loads(told)
    return Understood(answer["answer"], answer["confidence"], answer["engine"], answer["model"])
