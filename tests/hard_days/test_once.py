"""One effect of what comes twice, and no answer before the commit.

Two agents who take the same interaction at once: tests/routing/test_router.py.
"""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

import psycopg
import pytest

from tests.hard_days.conftest import HOOK_SECRET, Centre
from wasl.adapters.api import wire

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _conversation(centre: Centre) -> str:
    async with centre.contact() as contact:
        body = {"client_id": str(uuid4()), "text": "Where is it?"}
        status, answer = await contact.ask("POST", f"{centre.door}/messages", body)
    assert status == 201, answer
    return str(answer["conversation"]["id"])


def _written(centre: Centre, words: str) -> int:
    """How many messages have this text."""
    with psycopg.connect(centre.dsn) as conn:
        row = conn.execute("SELECT count(*) FROM messages WHERE text = %s", [words]).fetchone()
        return int(row[0]) if row else 0


async def test_a_webhook_delivered_five_times_at_once_is_one_message(centre: Centre) -> None:
    words = f"delivered five times {uuid4()}"
    event = {"type": "message", "id": str(uuid4()), "from": {"id": "cust-1"}, "text": words}
    body = json.dumps(event).encode()
    stamp = str(int(time.time()))
    signed = (
        f"X-Wasl-Timestamp: {stamp}\r\nX-Wasl-Signature: {wire.sign(HOOK_SECRET, stamp, body)}\r\n"
    )

    async def deliver() -> int:
        async with centre.agent() as http:
            path = f"/hooks/api/{centre.company.public_keys[2]}"
            status, answer = await http.ask("POST", path, body, headers=signed)
            assert status < 300, answer
            return status

    await asyncio.gather(*(deliver() for _ in range(5)))
    assert await asyncio.to_thread(_written, centre, words) == 1


async def test_the_first_byte_of_an_answer_leaves_after_the_commit(centre: Centre) -> None:
    conversation = await _conversation(centre)
    with psycopg.connect(centre.dsn, autocommit=True) as other:
        for turn in range(20):
            words = f"note {turn} {uuid4()}"
            async with centre.agent() as agent:
                path = f"/api/v1/conversations/{conversation}/notes"
                await agent.first_byte("POST", path, {"text": words})
                row = other.execute("SELECT FROM messages WHERE text = %s", [words]).fetchone()
                assert row is not None
            async with centre.contact() as contact:
                body = {"client_id": str(uuid4()), "text": words + " of the contact"}
                await contact.first_byte("POST", f"{centre.door}/messages", body)
                row = other.execute(
                    "SELECT FROM messages WHERE text = %s", [body["text"]]
                ).fetchone()
                assert row is not None


async def test_an_idempotency_key_is_one_effect_and_one_answer(centre: Centre) -> None:
    conversation = await _conversation(centre)
    path, key = f"/api/v1/conversations/{conversation}/notes", f"Idempotency-Key: {uuid4()}\r\n"
    note = {"text": f"once {uuid4()}"}
    async with centre.agent() as one, centre.agent() as two:
        twins = await asyncio.gather(
            one.ask("POST", path, note, headers=key), two.ask("POST", path, note, headers=key)
        )
        assert twins[0] == twins[1] and twins[0][0] == 201
        assert await one.ask("POST", path, note, headers=key) == twins[0]
        status, answer = await one.ask("POST", path, {"text": "other"}, headers=key)
        assert (status, answer["code"]) == (409, "idempotency_key_reused")
    assert await asyncio.to_thread(_written, centre, note["text"]) == 1
