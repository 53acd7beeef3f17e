"""Work side by side that nobody leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def all_ended(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs all side by side; the first one's error, or the cancellation, once every one has ended.

    `asyncio.gather` goes on at the first error, and the others keep their connections behind its
    back; a task group would break off what is half sent.
    """
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
