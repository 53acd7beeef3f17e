"""Decodes large mails in a child process, so that everybody else goes on meanwhile.

The child starts with the first large mail and ends when there has been none for a while. Work and
answers are pickles on its standard input and output.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

_T = TypeVar("_T")

LARGE_BYTES = 512 * 1024
LONGEST_S = 60.0  # for one mail; one of 25 MB takes less than a second
IDLE_S = 60.0


class Undecodable(Exception):
    """The child died of a mail, or did not come to an end with it."""


class Apart:
    """A child process on demand; use as a context, which ends it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Apart:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    @property
    def runs(self) -> bool:
        """Whether there is a child at the moment."""
        return self._child is not None

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """What `work`, a function of a module, answers. Raises Undecodable, and OSError when no
        child can be started."""
        async with self._one_at_a_time:
            if self._idle is not None:
                self._idle.cancel()
            try:
                async with asyncio.timeout(LONGEST_S):
                    found: _T = await self._ask((work, arguments))
                    return found
            except (EOFError, BrokenPipeError, TimeoutError, pickle.UnpicklingError) as error:
                self._kill()
                raise Undecodable(type(error).__name__) from None
            except BaseException:  # an answer may still come: it is not the next one's
                self._kill()
                raise
            finally:
                if self._child is not None:
                    self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._end_idle)

    async def _ask(self, job: Any) -> Any:
        if self._child is None:
            self._child = _started()
        return await asyncio.to_thread(_exchange, self._child, job)

    def _kill(self) -> None:
        """Ends the child at once, which also lets go of the thread that waits for it."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            Thread(target=_close, args=(child,)).start()

    def _end_idle(self) -> None:
        self._ending = asyncio.ensure_future(self.end())

    async def end(self) -> None:
        """Ends the child, if there is one, after what it is at."""
        async with self._one_at_a_time:
            if self._idle is not None:
                self._idle.cancel()
            child, self._child = self._child, None
            if child is not None:
                await asyncio.to_thread(_close, child)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; it ends when its input does
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def _exchange(child: subprocess.Popen[bytes], job: Any) -> Any:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    # straight to and from the pipes: a copy of a large mail would hold the interpreter
    pickle.dump(job, child.stdin, 5)
    child.stdin.flush()
    return pickle.load(child.stdout)  # noqa: S301  # from our own child


def _close(child: subprocess.Popen[bytes]) -> None:
    """The end of its input ends the child."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # it was dead already
                continue
    child.wait()


def serve() -> None:
    """The child: does what it is asked for until its input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write among the answers
    while True:
        try:
            work, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own parent
        except EOFError:
            return
        pickle.dump(work(*arguments), answers, 5)
        answers.flush()
