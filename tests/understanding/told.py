"""The sentences that engines are measured by: ten matters of a shop in three languages, and what no
shop answers. `examples` are learned; bounds were chosen on `dev`; `test` is only counted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from wasl.understanding import Engine, Understood

LANGUAGES = ("en", "fa", "ar")
MATTERS = (
    *("order", "hours", "return", "visit", "cancel"),
    *("payment", "address", "invoice", "repair", "stock"),
)
Part = Literal["examples", "dev", "test"]
_FOLDER = Path(__file__).parent / "sentences"


def sentences(language: str, matter: str, part: Part) -> list[str]:
    """Those of a matter, or of "other"."""
    found: list[str] = []
    taken = False
    for line in (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            taken = line == f"= {matter} {part}"
        elif taken:
            found.append(line)
    return found


def examples() -> list[list[str]]:
    """Of each matter, in three languages."""
    return [
        [sentence for language in LANGUAGES for sentence in sentences(language, matter, "examples")]
        for matter in MATTERS
    ]


async def counted(engine: Engine, language: str) -> dict[str, float]:
    """Shares of the test part: `right` and `wrong` of what is about a matter (the rest is asked
    again), `other` of what is about none and is taken for that."""
    taught = examples()

    async def means(sentence: str) -> Understood:
        return await engine.understand(sentence, taught)

    right = wrong = count = 0
    for place, matter in enumerate(MATTERS):
        for sentence in sentences(language, matter, "test"):
            answer = (await means(sentence)).answer
            count += 1
            right += answer == place
            wrong += answer not in (place, None)
    elsewhere = sentences(language, "other", "test")
    other = [(await means(sentence)).answer is None for sentence in elsewhere]
    return {
        "right": right / count,
        "wrong": wrong / count,
        "other": sum(other) / len(elsewhere),
    }
