"""A real uvicorn in the test's loop, and a client of its sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection

from tests.realtime.replay import until


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Gives "127.0.0.1:port"."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        log_level="error",
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await until(lambda: server.started)
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await running
    listening.close()


async def say(client: ClientConnection, **frame: Any) -> None:
    await client.send(msgspec.json.encode(frame).decode())


async def hear(client: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        heard: dict[str, Any] = msgspec.json.decode(await client.recv())
    return heard


async def hear_until(client: ClientConnection, t: str) -> dict[str, Any]:
    """The next frame of a type; others before it are passed over."""
    while (heard := await hear(client))["t"] != t:
        pass
    return heard
