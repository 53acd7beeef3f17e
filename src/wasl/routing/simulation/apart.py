"""A comparison in a process of its own: the job comes as JSON on its standard input, and on its
standard output a line of JSON for each step of progress, and one with the result."""

from __future__ import annotations

import os
import resource
import sys
from json import dumps, loads
from typing import Any

from wasl.routing.simulation.compare import compare
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.scenario import scenario_of

MOST_MEMORY = 2 << 30  # bytes of address space
MOST_CPU_S = 600
_NICE = 10  # whoever is served goes first
_STEPS = 100


def serve() -> None:
    """Does the one job `{today, scenario, seed, queue, level}`, where the two are documents."""
    _bound(resource.RLIMIT_AS, MOST_MEMORY)
    _bound(resource.RLIMIT_CPU, MOST_CPU_S)
    os.nice(_NICE)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing else may write among the answers
    shown = -1

    def say(answer: dict[str, Any]) -> None:
        answers.write(dumps(answer) + "\n")
        answers.flush()

    def progress(share: float) -> None:
        nonlocal shown
        if int(share * _STEPS) != shown:
            shown = int(share * _STEPS)
            say({"done": shown / _STEPS})

    job = loads(sys.stdin.buffer.read())
    try:
        today, scenario = (scenario_of(job[side]) for side in ("today", "scenario"))
        progress(0)
        result = compare(today, scenario, job["seed"], job["queue"], job["level"], progress)
    except ScenarioInvalid as error:
        say({"invalid": str(error)})
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)
    else:
        say({"result": result})


def _bound(what: int, most: int) -> None:
    """No more than that, or than we may have anyway."""
    _, hard = resource.getrlimit(what)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (limit, limit))
