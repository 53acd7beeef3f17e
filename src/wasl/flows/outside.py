"""What runs need of the world around them, registered by `main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wasl.flows.rating_links import Asked


def _no_link(asked: Asked, now: datetime) -> str:
    return ""


@dataclass
class Outside:
    """Without `main` there are no links."""

    rating_link: Callable[[Asked, datetime], str] = _no_link  # signed; "" when there is none


outside = Outside()
