"""The pure interpreter on one core: a flow of 30 steps, played again and again from its first words
to its end, with its state through JSON before each input as a stored run's is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from benchmarks import Result
from wasl.flows.policy import Heard, Moved, SayThis, State, advance, begin, read

REACH_PER_S = 20_000
RUNS = 3_000
_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_ANSWERS = ("سلام", "۱", "12", "sara@example.com", "دو", "بله")


async def run(progress: Callable[[str], None]) -> Result:
    library = {"": read(_flow())}
    _play(library, "0")  # reads every expression once
    gc.collect()
    began, steps, ended = time.perf_counter(), 0, 0
    for n in range(RUNS):
        state, taken = _play(library, str(n))
        steps += taken
        ended += state.waiting == "over"
        if (n + 1) % (RUNS // 3) == 0:
            progress(f"{n + 1:,} runs, {steps / (time.perf_counter() - began):,.0f} steps/s")
    rate = steps / (time.perf_counter() - began)
    return Result(
        id="flow_interpret",
        measured=round(rate),
        unit="steps/s",
        reach=REACH_PER_S,
        ok=rate >= REACH_PER_S and ended == RUNS,
        against=f"{ended:,} of {RUNS:,} runs came to their end; {len(_ANSWERS)} inputs a run",
    )


def _play(library: Any, name: str) -> tuple[State, int]:
    """The run's last state and how many steps it took; what is said is not counted as a step."""
    moved = begin(library, Heard(f"{name}-0", _ANSWERS[0]), language="fa", now=_NOW)
    said = _said(moved)
    for n, words in enumerate(_ANSWERS[1:], 1):
        state = msgspec.json.decode(msgspec.json.encode(moved.state), type=State)
        moved = advance(library, state, Heard(f"{name}-{n}", words), _NOW)
        said += _said(moved)
    return moved.state, moved.state.steps - said


def _said(moved: Moved) -> int:
    return sum(isinstance(output, SayThis) for output in moved.outputs)


def _flow() -> dict[str, Any]:
    """Two menus, three questions and 25 steps of computing, branching and speaking."""

    def t(text: str) -> dict[str, str]:
        return {"fa": text}

    def work(name: str, count: int, then: str) -> dict[str, Any]:
        steps: dict[str, Any] = {}
        for n in range(count):
            following = f"{name}{n + 1}" if n + 1 < count else then
            steps[f"{name}{n}"] = (
                {"type": "set", "values": {"x": f"len(said) * {n} + 1"}, "next": following},
                {
                    "type": "branch",
                    "cases": [{"when": f"x > {n} and said == 'نه'", "next": following}],
                    "otherwise": following,
                },
                {"type": "say", "text": t("مقدار {{x + 1}} است"), "next": following},
            )[n % 3]
        return steps

    return {
        "schema": "wasl.flow/1",
        "name": t("سنجش"),
        "languages": ["fa"],
        "start": "menu",
        "steps": {
            "menu": {
                "type": "menu",
                "text": t("چه کمکی؟"),
                "entries": [{"label": t(label), "next": "a0"} for label in ("سفارش", "مرجوعی")],
            },
            **work("a", 8, "number"),
            "number": {
                "type": "ask", "accept": "number", "text": t("چند؟"), "save": "n", "next": "b0",
            },
            **work("b", 8, "mail"),
            "mail": {
                "type": "ask", "accept": "email", "text": t("ایمیل؟"), "save": "m", "next": "sure",
            },
            "sure": {
                "type": "menu",
                "text": t("کدام؟"),
                "entries": [{"label": t(label), "next": "c0"} for label in ("این", "آن")],
            },
            **work("c", 8, "last"),
            "last": {"type": "ask", "text": t("دیگر؟"), "save": "l", "next": "bye"},
            "bye": {"type": "end", "text": t("خدانگهدار")},
        },
    }  # fmt: skip
