"""The contact's own socket over a real server, on a small source: toys with labels as messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.realtime import toys
from tests.realtime.serving import hear, hear_until, say, serving
from wasl.infra.bus import LocalBus
from wasl.infra.database import Database, make_engine
from wasl.infra.event_feed import EventFeed
from wasl.infra.events import Event, append
from wasl.infra.ids import new_id
from wasl.realtime import ClientChanges, Ephemeral, Hub, News, Visitor, client_endpoint
from wasl.realtime.ephemeral import Who


@dataclass
class Side:
    """Labels of one toy are the contact's messages; one with a "#" is private."""

    contact_id: UUID = field(default_factory=new_id)
    conversation_id: UUID | None = None
    tokens: set[str] = field(default_factory=lambda: {"good"})
    read_up_to: list[int] = field(default_factory=list)
    agent_read_seq: int = 0

    async def verify(self, conn: AsyncConnection, public_key: str, token: str) -> Visitor | None:
        if token == "crowd":
            raise PoolTimeoutError
        if public_key != "shop" or token not in self.tokens:
            return None
        keys = frozenset({f"contact:{self.contact_id}"})
        return Visitor(self.contact_id, "Sara", keys, self.conversation_id)

    async def timeline(
        self, conn: AsyncConnection, visitor: Visitor, last_seq: int
    ) -> Mapping[str, Any]:
        found = [m for m in await self._messages(conn) if m["seq"] > last_seq]
        return {
            "items": found,
            "next": None,
            "conversation": await self._conversation(conn),
        }

    async def news(
        self,
        conn: AsyncConnection,
        public_key: str,
        token: str,
        shown: UUID | None,
        ids: Collection[UUID],
    ) -> News | None:
        visitor = await self.verify(conn, public_key, token)
        if visitor is None:
            return None
        messages = [m for m in await self._messages(conn) if m["id"] in ids]
        return News(visitor, messages, await self._conversation(conn))

    async def _conversation(self, conn: AsyncConnection) -> Mapping[str, Any] | None:
        if self.conversation_id is None:
            return None
        toy = await toys.fetch_toys(conn, [self.conversation_id])
        return {
            "id": self.conversation_id,
            "status": toy[self.conversation_id].data["state"],
            "agent_read_seq": self.agent_read_seq,
        }

    async def read(self, visitor: Visitor, seq: int) -> None:
        self.read_up_to.append(seq)

    async def origin_may(self, public_key: str, origin: str | None) -> bool:
        return origin in (None, "https://shop.example")

    async def _messages(self, conn: AsyncConnection) -> list[dict[str, Any]]:
        rows = select(toys.labels).where(toys.labels.c.toy_id == self.conversation_id)
        found = (await conn.execute(rows.order_by(toys.labels.c.id))).all()
        return [
            {"id": row.id, "seq": seq, "text": row.text}
            for seq, row in enumerate(found, start=1)
            if "#" not in row.text
        ]


@dataclass
class Shop:
    address: str
    database: Database
    side: Side
    ephemeral: Ephemeral
    bus: LocalBus

    def connect(self, **options: Any) -> connect:
        return connect(f"ws://{self.address}/client/v1/shop/socket", **options)

    async def begin(self) -> UUID:
        """A conversation begins."""
        async with self.database.transaction() as conn:
            self.side.conversation_id = await toys.make(conn, "a")
        return self.side.conversation_id

    async def write(self, text: str) -> None:
        """A message of the conversation, or its first one anew when it ends with "!"."""
        async with self.database.transaction() as conn:
            assert self.side.conversation_id is not None
            await toys.stick_label(conn, self.side.conversation_id, text)


@pytest.fixture
async def shop(fresh_dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    bus = LocalBus()
    engine = make_engine(fresh_dsn)
    database = Database(engine, bus.wake)
    async with database.transaction() as conn:
        await conn.run_sync(toys.create_tables)
    side = Side()

    # the toys' events as a conversation's, with the contact among those who may know
    async def tell(conn: AsyncConnection, *happened: Event) -> None:
        for e in happened:
            data = {"message_ids": e.data["label_ids"]}
            audience = e.audience | {f"contact:{side.contact_id}"}
            await append(
                conn,
                Event(
                    "Changed",
                    "conversation",
                    e.aggregate_id,
                    e.aggregate_version,
                    audience,
                    e.at,
                    data=data,
                ),
            )

    monkeypatch.setattr(toys, "append", tell)
    hub = Hub(engine, bus, EventFeed(engine, bus), (), toys.viewers_of)
    chatter = Ephemeral(hub, bus)
    await hub.start()
    hub.spawn(chatter.run())
    endpoint = client_endpoint(ClientChanges(hub, chatter, side))
    app = Starlette(routes=[WebSocketRoute("/client/v1/{public_key}/socket", endpoint)])
    async with serving(app) as address:
        yield Shop(address, database, side, chatter, bus)
        await hub.stop()
    await bus.stop()
    await engine.dispose()


async def test_what_is_newer_and_then_what_happens(shop: Shop) -> None:
    toy = await shop.begin()
    for text in ("one", "two"):
        await shop.write(text)
    async with shop.connect() as client:
        await say(client, t="hello", token="good", last_seq=1)
        snapshot = await hear(client)
        assert [item["text"] for item in snapshot["items"]] == ["two"]
        assert snapshot["conversation"]["id"] == str(toy)
        await shop.write("# private")
        await shop.write("three")
        assert (await hear_until(client, "message"))["message"]["text"] == "three"
        await shop.write("one anew!")
        update = await hear_until(client, "update")
        assert (update["message"]["seq"], update["message"]["text"]) == (1, "one anew!")
        shop.side.agent_read_seq = 4
        async with shop.database.transaction() as conn:
            await toys.change(conn, toy, state="worn")
        conversation = await hear_until(client, "conversation")
        assert conversation["conversation"]["status"] == "worn"
        assert await hear_until(client, "read") == {"t": "read", "seq": 4}


async def test_what_becomes_of_our_message_on_its_way_brings_no_frame(shop: Shop) -> None:
    toy = await shop.begin()
    await shop.write("one")
    async with shop.connect() as client:
        await say(client, t="hello", token="good")
        (one,) = (await hear(client))["items"]
        await shop.write("and")
        await hear_until(client, "message")  # so that nothing of the first one is still to come
        told = Event(
            "MessageStateChanged",
            "conversation",
            toy,
            99,
            frozenset({f"contact:{shop.side.contact_id}"}),
            toys.NOON,
            data={"message_ids": [one["id"]]},
        )
        async with shop.database.transaction() as conn:
            await append(conn, told)
        await shop.write("two")
        heard = [await hear(client)]
        while heard[-1]["t"] != "message":
            heard.append(await hear(client))
        assert "update" not in [frame["t"] for frame in heard]


async def test_a_conversation_that_begins_later_is_found_by_the_contact(shop: Shop) -> None:
    async with shop.connect() as client:
        await say(client, t="hello", token="good")
        assert (await hear(client))["conversation"] is None
        toy = await shop.begin()
        await shop.write("first")
        assert (await hear_until(client, "conversation"))["conversation"]["id"] == str(toy)
        await shop.write("second")
        while (await hear_until(client, "message"))["message"]["text"] != "second":
            pass


async def test_what_the_client_says(shop: Shop) -> None:
    toy = await shop.begin()
    heard = shop.bus.subscribe("typing")
    async with shop.connect() as client:
        await say(client, t="hello", token="good")
        await hear_until(client, "snapshot")
        await say(client, t="read", seq=3)
        await say(client, t="typing", on=True)
        await client.send("nonsense")
        assert (await hear_until(client, "error"))["code"] == "frame_invalid"
        await say(client, t="ping")
        await hear_until(client, "pong")
        assert shop.side.read_up_to == [3]
        typing = await anext(heard)
        assert str(toy).encode() in typing
        assert b'"contact"' in typing
        shop.ephemeral.typing(toy, Who("agent", new_id(), "Maryam"), True)
        assert await hear_until(client, "typing") == {"t": "typing", "on": True, "name": "Maryam"}


@pytest.mark.parametrize("hello", ['{"t":"hello","token":"bad"}', '{"t":"ping"}', "nonsense"])
async def test_without_a_good_token_it_is_over(shop: Shop, hello: str) -> None:
    async with shop.connect() as client:
        await client.send(hello)
        assert await hear(client) == {"t": "bye", "code": "signed_out"}


async def test_whoever_comes_when_there_are_too_many_is_told_to_come_again(shop: Shop) -> None:
    async with shop.connect() as client:
        await say(client, t="hello", token="crowd")
        assert await hear(client) == {"t": "bye", "code": "going_away"}


async def test_a_token_that_is_revoked_is_felt_at_the_next_event(shop: Shop) -> None:
    await shop.begin()
    async with shop.connect() as client:
        await say(client, t="hello", token="good")
        await hear_until(client, "snapshot")
        shop.side.tokens.clear()
        await shop.write("not for you")
        assert await hear_until(client, "bye") == {"t": "bye", "code": "signed_out"}


async def test_another_page_may_not_open_it(shop: Shop) -> None:
    with pytest.raises(InvalidStatus):
        await shop.connect(origin="https://evil.example")
    async with shop.connect(origin="https://shop.example") as client:
        await say(client, t="hello", token="good")
        await hear_until(client, "snapshot")
