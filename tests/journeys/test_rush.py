"""A hundred contacts open the chat at the same instant, on a pool of ten connections."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import connect

from tests.journeys.centre import SECRET, Centre, Chat
from wasl.conversations.client import Visitor, token_for
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id

AT_ONCE = 100


async def opens_and_writes(centre: Centre, n: int, all_there: asyncio.Barrier) -> list[str]:
    """What a contact's client is told until it sees its own message: the frames' kinds."""
    # who asks for so many new visitors from one address is stopped: these have been here before
    known = Visitor(id=new_id(), channel_id=centre.ids["chat"])
    chat = Chat(centre, {"token": token_for(Sealer(SECRET), known, datetime.now(UTC))})
    at = f"{str(centre.http.base_url).replace('http', 'ws', 1)}/client/v1/{centre.chat_key}/socket"
    await all_there.wait()
    told: list[str] = []
    async with connect(at) as socket:
        hello: dict[str, Any] = {"t": "hello", "token": chat.who["token"], "last_seq": 0}
        await socket.send(json.dumps(hello))
        told.append(json.loads(await socket.recv())["t"])
        said = await chat.call(
            "POST", "/messages", {"client_id": str(uuid4()), "text": f"It is me, {n}."}
        )
        async for frame in socket:
            shown = json.loads(frame)
            told.append(shown["t"])
            if shown["t"] == "bye" or shown.get("message", {}).get("id") == said["message"]["id"]:
                return told
    return told


async def test_all_are_served(centre: Centre) -> None:
    all_there = asyncio.Barrier(AT_ONCE)
    async with asyncio.timeout(120):
        told = await asyncio.gather(
            *(opens_and_writes(centre, n, all_there) for n in range(AT_ONCE))
        )
    assert [t for t in told if t[0] != "snapshot" or "bye" in t or "message" not in t] == []
    assert centre.rows("SELECT count(*) FROM conversations")[0]["count"] == AT_ONCE
