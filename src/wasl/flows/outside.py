"""What runs need of the world around them, registered by `main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from wasl.flows.rating_links import Asked
from wasl.understanding import Engine, Off


def _no_link(asked: Asked, now: datetime) -> str:
    return ""


@dataclass
class Outside:
    """Without `main` there are no links, and nothing is understood."""

    rating_link: Callable[[Asked, datetime], str] = _no_link  # signed; "" when there is none
    understanding: Engine = field(default_factory=Off)


outside = Outside()
