"""Understanding on this machine: ten matters in three languages by eight examples each, 600 other
sentences and 90 that are about none; accuracy by language, and the time of one sentence with the
child process and its pipes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.understanding.told import LANGUAGES, counted, examples

from benchmarks import Result
from wasl.understanding import Answers, Understood
from wasl.understanding.local import Local

REACH_MS = 25.0


class Timed:
    """An engine that takes the time of each sentence."""

    def __init__(self, engine: Local) -> None:
        self._engine = engine
        self.took_ms: list[float] = []

    async def understand(self, text: str, answers: Answers) -> Understood:
        began = time.perf_counter()
        found = await self._engine.understand(text, answers)
        self.took_ms.append(1000 * (time.perf_counter() - began))
        return found

    async def close(self) -> None:
        await self._engine.close()


async def run(progress: Callable[[str], None]) -> Result:
    shown: list[str] = []
    took = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for meaning in (False, True):  # the default last: its time is the row's
            engine = Timed(Local(Path(folder), meaning=meaning))
            try:
                name = (await engine.understand("?", examples())).engine
                learned_s = engine.took_ms.pop() / 1000
                figures = []
                for language in LANGUAGES:
                    found = await counted(engine, language)
                    figures.append(
                        f"{language} {found['right']:.1%} right, {found['wrong']:.1%} wrong,"
                        f" {found['other']:.0%} of the others told apart"
                    )
                    progress(f"{name}: {figures[-1]}")
            finally:
                await engine.close()
            took = median(engine.took_ms)
            figures.append(f"{took:.1f} ms a sentence, learned in {learned_s:.1f} s")
            shown.append(f"{name}: {'; '.join(figures)}")
    return Result(
        id="intents",
        measured=round(took, 1),
        unit="ms a sentence (median)",
        reach=REACH_MS,
        ok=took <= REACH_MS,
        against=" | ".join(shown),
    )
