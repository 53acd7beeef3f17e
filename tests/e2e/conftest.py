from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.chromium import Rooms, chromium
from tests.e2e.demo_server import DemoServer, build_frontend
from tests.e2e.floor import Floor

# The server and the browser live as long as the run, and so does their tests' event loop.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[DemoServer]:
    """The demo company, running; filled in once and shared."""
    build_frontend()
    running = DemoServer()
    try:
        await running.start()
        yield running
    finally:
        await running.remove()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def floor(server: DemoServer) -> AsyncIterator[Floor]:
    watched = Floor(server.url)
    await watched.clear()
    yield watched
    await watched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def rooms(server: DemoServer, floor: Floor, browser: Browser) -> AsyncIterator[Rooms]:
    """Pages of people who know nothing of one another. An error in any of them fails the test."""
    opened = Rooms(browser, server.url)
    yield opened
    await opened.close()
    await floor.park_what_came()
    assert opened.errors == []
