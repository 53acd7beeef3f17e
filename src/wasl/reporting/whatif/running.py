"""A comparison apart: a child process for each, started on demand, few at a time, and gone as soon
as nobody listens any more."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from wasl.infra.errors import AppError, Invalid, TooLarge, Unavailable
from wasl.routing import simulation

MOST_AT_ONCE = 2
LONGEST_S = 300.0
LARGEST_LINE = 4 * 1024 * 1024
MOST_INTERACTIONS = 400_000  # of both sides
_RUNS_FROM, _RUNS_TO = 20, 200
_WORTH = 60_000  # interactions of one side that give a narrow interval soon

_running: set[asyncio.subprocess.Process] = set()
_ending: set[asyncio.Task[Any]] = set()


def runs_for(per_day: float) -> int:
    """How many days of so many interactions each are simulated; TooLarge when too few could be."""
    if per_day * _RUNS_FROM * 2 > MOST_INTERACTIONS:
        raise TooLarge("simulation_too_large", limit=MOST_INTERACTIONS // (_RUNS_FROM * 2))
    return min(max(round(_WORTH / max(1.0, per_day)), _RUNS_FROM), _RUNS_TO)


def running() -> int:
    """How many comparisons run at the moment."""
    return len(_running)


async def outcomes(
    today: simulation.Document,
    scenario: simulation.Document,
    *,
    queue: str | None,
    level: str,
    seed: int,
) -> AsyncGenerator[dict[str, Any], None]:
    """`{"done": share}` again and again, then `{"result": …}` (see `compare`). Closing the iterator
    ends the process. Raises Unavailable("simulation_busy"), and Unavailable("simulation_failed")
    for one that dies or takes too long."""
    if len(_running) >= MOST_AT_ONCE:
        raise Unavailable("simulation_busy", after_s=10)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from wasl.routing.simulation.apart import serve; serve()",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        limit=LARGEST_LINE,
    )
    _running.add(child)
    try:
        async with asyncio.timeout(LONGEST_S):
            job = {"today": today, "scenario": scenario, "seed": seed}
            answers = _exchange(child, {**job, "queue": queue, "level": level})
            async with aclosing(answers):
                async for answer in answers:
                    yield answer
    except (TimeoutError, OSError, ValueError):
        raise Unavailable("simulation_failed") from None
    finally:
        _running.discard(child)
        await _end(child)


async def _exchange(
    child: asyncio.subprocess.Process, job: dict[str, Any]
) -> AsyncGenerator[dict[str, Any], None]:
    if child.stdin is None or child.stdout is None:
        raise OSError
    child.stdin.write(json.dumps(job).encode())
    await child.stdin.drain()
    child.stdin.close()
    result = False
    async for line in child.stdout:
        answer: dict[str, Any] = json.loads(line)
        if "invalid" in answer:
            raise Invalid("simulation_invalid", reason=answer["invalid"][:300])
        result = "result" in answer
        yield answer
    if not result:
        raise OSError


async def _end(child: asyncio.subprocess.Process) -> None:
    """At once; when we are being cancelled, it is seen off without us."""
    if child.returncode is None:
        child.kill()
    task = asyncio.ensure_future(child.communicate())
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.shield(task)


async def as_lines(answers: AsyncGenerator[dict[str, Any], None]) -> AsyncIterator[bytes]:
    """The answers as lines of JSON; what goes wrong on the way is the last one, `{"error": code}`,
    as the status of the answer has left long ago."""
    try:
        async with aclosing(answers):
            async for answer in answers:
                yield json.dumps(answer).encode() + b"\n"
    except AppError as error:
        problem = {"error": error.code, "params": error.params, "retryable": error.retryable}
        yield json.dumps(problem).encode() + b"\n"
