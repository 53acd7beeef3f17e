"""A client that writes until it is acknowledged, whatever happens to the server."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks._place import Http, pause


async def until_taken(port: int, token: str, path: str, body: dict[str, Any]) -> None:
    while True:
        try:
            async with asyncio.timeout(5), Http(port, token) as http:
                status, answer = await http.ask("POST", path, body)
        except (OSError, EOFError, TimeoutError):
            status, answer = 0, None
        if status == 201:
            return
        assert status in (0, 429, 503), answer
        await pause(0.05)
