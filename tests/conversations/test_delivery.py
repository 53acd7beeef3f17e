"""Sending: order, back-off by the kind of error, visible failure, and what a killed worker leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conversations.conftest import World, make_world
from wasl.channels import Channels, adapter_of
from wasl.channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    CheckStep,
    ErrorKind,
    Outbound,
    Sent,
)
from wasl.conversations import receipts, timeline
from wasl.conversations.delivery import Delivery, wait_before
from wasl.conversations.speaking import Reply, send_message
from wasl.infra.blobs import LocalBlobs
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.errors import Conflict
from wasl.infra.events import Actor, events

AUTHOR = Actor("system")


class NoConfig(BaseModel):
    """Nothing to set."""


@dataclass
class Provider:
    """A provider that answers as the test says: an error for each of the next sends, or None."""

    kind: str
    capabilities: Capabilities
    answers: list[ChannelError | None] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    Config: type[BaseModel] = NoConfig

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        return []

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.got.append(message.text)
        return Sent([f"p-{message.message_id}"])


@dataclass
class Post:
    """A conversation on chat and mail, what delivers, and the two providers."""

    world: World
    database: Database
    delivery: Delivery
    providers: dict[str, Provider]
    conversation_id: UUID

    async def say(self, kind: str, words: str) -> UUID:
        async with self.database.transaction() as conn:
            return await send_message(
                conn,
                self.conversation_id,
                Reply(
                    channel_id=self.world.channel_ids[kind],
                    channel_kind=kind,
                    capabilities=self.providers[kind].capabilities,
                    identity_id=None,
                    text=words,
                ),
                author=AUTHOR,
                now=self.world.clock.now(),
            )

    async def states(self) -> dict[str, str]:
        async with self.database.transaction() as conn:
            shown = await timeline(conn, self.conversation_id)
        return {m["text"]: m["state"] for m in shown if m["direction"] == "out"}

    async def run(self, sql: str, **params: Any) -> None:
        async with self.database.transaction() as conn:
            await conn.execute(text(sql), params)


@pytest.fixture
async def post(fresh_dsn: str, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[Post]:
    engine: AsyncEngine = make_engine(fresh_dsn, pool_size=12)
    database = Database(engine)
    chat = replace(adapter_of("web_chat").capabilities, client_api=False)  # one with a provider
    providers = {
        "web_chat": Provider("web_chat", chat),
        "email": Provider("email", adapter_of("email").capabilities),
    }
    sealer = Sealer("k" * 40)
    delivery = Delivery(
        database,
        Channels(engine, sealer),
        LocalBlobs(tmp_path),
        sealer,
        clock,
        lambda conversation_id, now: "",
        providers.__getitem__,
    )
    async with database.transaction() as conn:
        world = await make_world(conn, clock)
        mail = await world.take("email", "sara@example.com", "Hello", proven=True)
        assert mail.conversation_id is not None
        await conn.execute(
            text(
                "INSERT INTO identities (id, contact_id, kind, value, display, verified)"
                " SELECT gen_random_uuid(), contact_id, 'web_visitor', :v, 'v', true"
                " FROM conversations"
            ),
            {"v": str(uuid4())},
        )
    yield Post(world, database, delivery, providers, mail.conversation_id)
    await engine.dispose()


async def drain(post: Post) -> None:
    """Sends until nothing is due."""
    while await post.delivery.send_due():
        pass


async def test_what_a_client_shows_is_read_before_its_delivery_is_told(post: Post) -> None:
    chat = post.world.channel_ids["web_chat"]
    await post.say("web_chat", "by chat")
    await post.say("email", "by mail")
    async with post.database.transaction() as conn:
        await receipts.contact_read(
            conn, post.conversation_id, 100, now=post.world.clock.now(), seen_on=chat
        )
    assert await post.states() == {"by chat": "read", "by mail": "queued"}
    await drain(post)
    assert await post.states() == {"by chat": "read", "by mail": "sent"}


async def test_messages_leave_in_order_and_are_sent(post: Post) -> None:
    for n in range(5):
        await post.say("email", f"m{n}")
    await drain(post)
    assert post.providers["email"].got == [f"m{n}" for n in range(5)]
    assert set((await post.states()).values()) == {"sent"}


async def test_what_waits_holds_up_its_own_channel_only(post: Post) -> None:
    post.providers["email"].answers = [ChannelError(ErrorKind.TEMPORARY, "greylisted")]
    await post.say("email", "first")
    await post.say("email", "second")
    await post.say("web_chat", "by chat")
    await drain(post)
    assert post.providers["email"].got == []
    assert post.providers["web_chat"].got == ["by chat"]
    due = await post.delivery.next_due()
    assert due is not None and due > post.world.clock.now()
    post.world.clock.turn((due - post.world.clock.now()).total_seconds())
    await drain(post)
    assert post.providers["email"].got == ["first", "second"]


async def test_what_the_contacts_own_client_reads_is_sent_at_once(post: Post) -> None:
    chat = post.providers["web_chat"]
    chat.capabilities = adapter_of("web_chat").capabilities
    await post.say("web_chat", "here")
    assert await post.states() == {"here": "sent"}
    assert await post.delivery.next_due() is None
    await drain(post)
    assert chat.got == []


async def test_what_clients_were_given_is_delivered_once(post: Post) -> None:
    post.providers["web_chat"].capabilities = adapter_of("web_chat").capabilities
    given = [await post.say("web_chat", words) for words in ("one", "two")]
    given.append(await post.say("email", "by mail"))  # still on its way
    for _ in range(2):
        async with post.database.transaction() as conn:
            await receipts.note_delivered(conn, given, now=post.world.clock.now())
    assert await post.states() == {"one": "delivered", "two": "delivered", "by mail": "queued"}
    async with post.database.transaction() as conn:
        rows = await conn.execute(
            select(events.c.data).where(events.c.type == "MessageStateChanged")
        )
        (told,) = [row.data for row in rows]
    assert sorted(told["message_ids"]) == sorted(map(str, given[:2]))
    assert not told["moved"]


async def test_a_providers_wish_decides_when(post: Post) -> None:
    post.providers["email"].answers = [
        ChannelError(ErrorKind.RATE_LIMITED, "slow down", retry_after_s=90)
    ]
    await post.say("email", "later")
    await drain(post)
    due = await post.delivery.next_due()
    assert due is not None and (due - post.world.clock.now()).total_seconds() == 90


@pytest.mark.parametrize(
    "kind", [ErrorKind.RECIPIENT, ErrorKind.CONTENT, ErrorKind.CREDENTIALS, ErrorKind.UNREACHABLE]
)
async def test_a_refusal_is_visible_and_can_be_retried(post: Post, kind: ErrorKind) -> None:
    post.providers["email"].answers = [ChannelError(kind, "550 no such user")]
    message_id = await post.say("email", "hello?")
    await drain(post)
    async with post.database.transaction() as conn:
        shown = (await timeline(conn, post.conversation_id))[-1]
    assert (shown["state"], shown["error"]) == (
        "failed",
        {"code": kind.value, "detail": "550 no such user"},
    )
    async with post.database.transaction() as conn:
        await receipts.retry(conn, message_id, now=post.world.clock.now())
    await drain(post)
    assert await post.states() == {"hello?": "sent"}
    async with post.database.transaction() as conn:
        with pytest.raises(Conflict, match="message_not_failed"):
            await receipts.retry(conn, message_id, now=post.world.clock.now())


async def test_what_may_have_been_sent_is_never_repeated_by_itself(post: Post) -> None:
    post.providers["email"].answers = [ChannelError(ErrorKind.UNKNOWN, "lost after the dot")]
    message_id = await post.say("email", "once")
    await drain(post)
    assert await post.states() == {"once": "unknown"}
    assert await post.delivery.next_due() is None
    async with post.database.transaction() as conn:
        await receipts.discard(conn, message_id, by=AUTHOR, now=post.world.clock.now())
        assert (await timeline(conn, post.conversation_id))[-1]["deleted_at"] is not None


async def test_a_killed_worker_leaves_unknown_where_repeating_harms(post: Post) -> None:
    await post.say("email", "mail")
    await post.say("web_chat", "chat")
    await post.run(
        "UPDATE deliveries SET state = 'sending', attempts = 1, claimed_until = :until",
        until=post.world.clock.now(),
    )
    post.world.clock.turn(1)
    await drain(post)
    assert await post.states() == {"mail": "unknown", "chat": "sent"}
    assert post.providers["email"].got == []


async def test_a_channel_that_was_switched_off_sends_nothing(post: Post) -> None:
    await post.say("email", "too late")
    await post.run("UPDATE channels SET enabled = false WHERE kind = 'email'")
    await drain(post)
    assert await post.states() == {"too late": "failed"}


async def test_one_broken_adapter_does_not_stop_the_others(post: Post) -> None:
    broken = post.providers["email"]
    broken.answers = [ZeroDivisionError()]  # type: ignore[list-item]  # a defect, not a refusal
    await post.say("email", "mail")
    await post.say("web_chat", "chat")
    await drain(post)
    assert await post.states() == {"mail": "failed", "chat": "sent"}


async def test_a_receipt_finds_its_message_and_never_goes_back(post: Post) -> None:
    message_id = await post.say("email", "hello")
    await drain(post)
    now = post.world.clock.now()
    async with post.database.transaction() as conn:
        assert await receipts.set_message_state(conn, message_id, "read", now=now)
        assert not await receipts.set_message_state(conn, message_id, "delivered", now=now)
        found = (
            await conn.execute(
                text("SELECT message_id FROM provider_ids WHERE provider_id LIKE 'p-%'")
            )
        ).scalars()
        assert list(found) == [message_id]
    assert await post.states() == {"hello": "read"}


@given(st.integers(1, 40), st.floats(0, 1))
def test_waiting_grows_and_is_bounded(attempt: int, jitter: float) -> None:
    error = ChannelError(ErrorKind.TEMPORARY)
    wait = wait_before(attempt, error, jitter=jitter)
    assert 1.5 <= wait <= 2250
    assert wait_before(attempt + 1, error, jitter=jitter) >= wait


def test_capabilities_decide_about_repeating() -> None:
    assert adapter_of("web_chat").capabilities.repeatable
    assert not replace(adapter_of("email").capabilities).repeatable
