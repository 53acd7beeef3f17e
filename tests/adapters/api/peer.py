"""A small HTTP server of somebody else's: keeps what it is sent and answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the peer says. `silent`: it reads and says nothing; `hang_up`: it closes instead;
    `length`: what it claims to send."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    hang_up: bool = False
    length: int | None = None


@dataclass
class Peer:
    """The running server."""

    url: str
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Answer] = lambda request: Answer()


@asynccontextmanager
async def http_peer() -> AsyncIterator[Peer]:
    """Runs a peer on a free loopback port while the block lasts."""
    open_writers: set[asyncio.StreamWriter] = set()
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, path, _ = head[0].split(" ")
            pairs = (line.split(":", 1) for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(method, path, headers, body)
            peer.requests.append(request)
            answer = peer.answer(request)
            if answer.silent:
                await done.wait()
            elif not answer.hang_up:
                length = len(answer.body) if answer.length is None else answer.length
                lines = [f"HTTP/1.1 {answer.status} X", f"Content-Length: {length}"]
                lines += [f"{name}: {value}" for name, value in answer.headers.items()]
                writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
                writer.write(answer.body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            open_writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    peer = Peer(f"http://127.0.0.1:{port}/wasl")
    try:
        yield peer
    finally:
        done.set()
        server.close()
        for writer in list(open_writers):
            writer.close()
        await server.wait_closed()
