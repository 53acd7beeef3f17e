"""What runs side by side ends together."""

from __future__ import annotations

import asyncio

import pytest

from wasl.infra.tasks import all_ended


async def test_an_error_is_told_when_the_others_have_ended() -> None:
    told: list[str] = []
    may_end = asyncio.Event()

    async def fails() -> None:
        raise ConnectionError

    async def lasts() -> None:
        await may_end.wait()
        told.append("ended")

    running = asyncio.create_task(all_ended([fails(), lasts()]))
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(ConnectionError):
        await running
    assert told == ["ended"]


async def test_whoever_is_cancelled_puts_away_its_things_first() -> None:
    put_away: list[int] = []

    async def lasts(turns: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(turns):
                await asyncio.sleep(0)
            put_away.append(turns)

    running = asyncio.create_task(all_ended([lasts(0), lasts(5)]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert put_away == [0, 5]
