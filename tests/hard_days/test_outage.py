"""The database goes away and comes back."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import msgspec
import pytest
from benchmarks._place import pause
from websockets.asyncio.client import ClientConnection, connect

from tests.hard_days.conftest import Centre

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _heard(desk: ClientConnection, message_id: str) -> None:
    async with asyncio.timeout(60):
        async for text in desk:
            frame = msgspec.json.decode(text)
            found = [frame.get("id"), *(item["id"] for item in frame.get("items", ()))]
            if message_id in found:
                return


async def test_it_refuses_clearly_heals_and_goes_on(centre: Centre) -> None:
    port, path = centre.server.port, f"{centre.door}/messages"
    authorization = {"Authorization": f"Bearer {centre.company.token}"}
    desk_url = f"ws://127.0.0.1:{port}/api/v1/socket"
    async with centre.contact() as contact, centre.agent() as agent:
        status, said = await contact.ask("POST", path, {"client_id": str(uuid4()), "text": "one"})
        assert status == 201
        at = f"/api/v1/conversations/{said['conversation']['id']}"
        async with connect(desk_url, additional_headers=authorization) as desk:
            scope = f"conversation:{said['conversation']['id']}"
            await desk.send(msgspec.json.encode({"t": "sub", "scope": scope}).decode())
            await _heard(desk, said["message"]["id"])

            await asyncio.to_thread(centre.postgres.stop)
            for method, where in (("GET", "/readyz"), ("GET", at), ("GET", "/api/v1/counts")):
                status, answer = await agent.ask(method, where)
                assert (status, answer["code"]) == (503, "database_unavailable"), where
                assert answer["retryable"]
            body = {"client_id": str(uuid4()), "text": "two"}
            for _ in range(3):
                status, answer = await contact.ask("POST", path, body)
                assert (status, answer["code"]) == (503, "database_unavailable")
            assert (await agent.ask("GET", "/healthz"))[0] == 200

            await asyncio.to_thread(centre.postgres.start, print)
            async with asyncio.timeout(60):
                while (await contact.ask("POST", path, body))[0] != 201:
                    await pause(0.05)
            _, again = await contact.ask("POST", path, body)
            await _heard(desk, again["message"]["id"])

        reply = {"client_id": str(uuid4()), "channel_id": str(centre.chat_id), "text": "three"}
        status, sent = await agent.ask("POST", f"{at}/messages", reply)
        assert status == 202, sent
        state = "queued"
        async with asyncio.timeout(60):
            while state not in ("sent", "delivered", "read"):
                _, page = await agent.ask("GET", f"{at}/timeline")
                state = next(m["state"] for m in page["items"] if m["text"] == "three")
        spoken = [m["text"] for m in page["items"] if m["kind"] == "message"]
        assert spoken == ["one", "two", "three"]
