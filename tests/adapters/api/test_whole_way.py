"""A message of a company's own system through the whole of Wasl, and its answer back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.adapters.api.case import SECRET
from tests.adapters.api.loopback import ADAPTER
from tests.adapters.api.peer import Answer, http_peer
from wasl import channels
from wasl.adapters.api import wire
from wasl.channels import registry
from wasl.channels.contract import Channel, HttpRequest, Received
from wasl.conversations.delivery import Delivery
from wasl.conversations.host import Ingest
from wasl.conversations.speaking import Reply, send_message
from wasl.infra.blobs import LocalBlobs
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id

KIND = "api_on_loopback"


async def test_what_comes_in_is_answered_where_it_came_from(
    fresh_dsn: str, clock: TurnedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.KINDS, KIND, "tests.adapters.api.loopback")
    engine = create_async_engine(
        fresh_dsn.replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool
    )
    database, sealer, blobs = Database(engine), Sealer("x" * 40), LocalBlobs(tmp_path)
    kept = channels.Channels(engine, sealer)
    async with http_peer() as peer:
        given = {"deliver_url": peer.url, "secret": SECRET, "identity_kind": "crm"}
        async with database.transaction() as conn:
            channel_id = await channels.add(
                conn,
                sealer,
                kind=KIND,
                name="CRM",
                config=channels.configured(KIND, given),
                enabled=True,
                actor=SYSTEM,
                now=clock.now(),
            )
        channel = await kept.by_id(channel_id)
        host = Ingest(database, kept, blobs, sealer, clock, types=lambda *_: None)
        (taken,) = await host.take(channel, (await _received(channel, clock)).items)
        (again,) = await host.take(channel, (await _received(channel, clock)).items)
        assert again.duplicate
        assert again.message_id == taken.message_id
        assert taken.conversation_id is not None

        peer.answer = lambda request: Answer(200, b'{"id": "crm-answer-1"}')
        await _reply(database, taken.conversation_id, channel_id, clock)
        delivery = Delivery(database, kept, blobs, sealer, clock, lambda *_: "")
        assert await delivery.send_due() == 1

        (request,) = peer.requests
        sent_at = datetime.fromtimestamp(int(request.headers["x-wasl-timestamp"]), UTC)
        wire.verify(SECRET, request.headers, request.body, sent_at)
        body = json.loads(request.body)
        assert body["to"] == {"kind": "crm", "id": "cust-8812", "name": "سارا کریمی"}
        assert (body["text"], body["in_reply_to"]) == ("فردا می‌رسد.", "crm-8812-17")
        async with database.transaction() as conn:
            rows = await conn.execute(text("SELECT provider_id FROM provider_ids ORDER BY 1"))
            assert rows.scalars().all() == ["crm-8812-17", "crm-answer-1"]
    await engine.dispose()


async def _received(channel: Channel, clock: TurnedClock) -> Received:
    body = (Path(__file__).parent / "payloads" / "message.json").read_bytes()
    stamp = str(int(clock.now().timestamp()))
    headers = {"x-wasl-timestamp": stamp, "x-wasl-signature": wire.sign(SECRET, stamp, body)}
    request = HttpRequest("POST", "/hooks/api/key", headers, {}, body, clock.now())
    return await ADAPTER.receive(channel, request)


async def _reply(
    database: Database, conversation_id: UUID, channel_id: UUID, clock: TurnedClock
) -> None:
    async with database.transaction() as conn:
        await send_message(
            conn,
            conversation_id,
            Reply(channel_id, KIND, ADAPTER.capabilities, None, "فردا می‌رسد."),
            author=Actor("flow", new_id()),
            now=clock.now(),
        )
