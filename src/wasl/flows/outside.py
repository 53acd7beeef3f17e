"""What runs need of the world around them, registered by `main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wasl.flows.rating_links import Asked
from wasl.understanding import Engine, Off


def _no_link(asked: Asked, now: datetime) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What answers a question: plain text in the language that was asked for, where it stands
    (an address or a title), and how sure that is, from 0 to 1."""

    text: str
    source: str
    confidence: float | None = None


class Knowledge(Protocol):
    """Where `find` looks for what none of its own answers says."""

    name: str  # stands in the trace

    async def find(self, question: str, language: str) -> KnownAnswer | None:
        """The best answer, or None. Unavailable when it can't tell now."""


@dataclass
class Outside:
    """Without `main` there are no links, nothing is understood, and nothing is known but what
    stands in the flows."""

    rating_link: Callable[[Asked, datetime], str] = _no_link  # signed; "" when there is none
    understanding: Engine = field(default_factory=Off)
    knowledge: Knowledge | None = None


outside = Outside()
