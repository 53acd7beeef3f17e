"""What every engine does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Answers = Sequence[Sequence[str]]
"""For each answer, sentences that mean it, in any languages."""

LONGEST_SENTENCE = 2_000  # characters of what is looked at
MOST_SENTENCES = 1_000  # of all answers together


@dataclass(frozen=True, slots=True)
class Understood:
    """The answer's place, from 0, or None when it is none of them. `confidence` is from 0 to 1,
    None where the engine has none. `engine` and `model` say who found it."""

    answer: int | None
    confidence: float | None
    engine: str
    model: str = ""


class Engine(Protocol):
    """One way to understand."""

    async def understand(self, text: str, answers: Answers) -> Understood:
        """Which answer a text means. Unavailable("understanding_failed") when it can't tell now."""

    async def close(self) -> None:
        """Ends what it has begun."""


class Off:
    """Understands nothing."""

    async def understand(self, text: str, answers: Answers) -> Understood:
        """None of them."""
        return Understood(None, None, "off")

    async def close(self) -> None:
        """Nothing was begun."""
