"""A call in hand shuts out what is new, in the transactions that make an offer or a hold durable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.channels import registry
from wasl.infra.errors import Conflict
from wasl.infra.events import SYSTEM
from wasl.routing import By, accept_offer, offers, pick
from wasl.routing.agents import set_interruptible_by
from wasl.routing.policy import Offer
from wasl.routing.tables import agents


@pytest.fixture(autouse=True)
def _phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(registry.KINDS, "phone", "tests.routing.live_kind")
    yield
    registry.adapter_of.cache_clear()


async def offered(
    conn: AsyncConnection, centre: Centre, conversation_id: UUID, agent_id: UUID
) -> bool:
    """Whether the router's offer was made durable."""
    a = await centre.assignment(conn, conversation_id)
    ends_at = centre.now + timedelta(seconds=20)
    decision = Offer(a.interaction_id, agent_id, a.queue_id, a.epoch, ends_at, ())
    return await offers.apply_all(conn, [decision], now=centre.now) == []


async def call(conn: AsyncConnection, centre: Centre) -> UUID:
    return await centre.contact_writes(conn, channel_kind="phone", units=1)


async def maryam_on_a_call(conn: AsyncConnection, centre: Centre) -> UUID:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    await pick(conn, await call(conn, centre), by=By(maryam), now=centre.now)
    return maryam


async def test_nothing_is_offered_to_who_is_on_a_call(
    conn: AsyncConnection, centre: Centre
) -> None:
    maryam = await maryam_on_a_call(conn, centre)
    assert not await offered(conn, centre, await centre.contact_writes(conn), maryam)
    assert not await offered(conn, centre, await call(conn, centre), maryam)
    assert await centre.live_offers(conn) == []


async def test_an_agent_may_be_interruptible_by_a_kind(
    conn: AsyncConnection, centre: Centre
) -> None:
    maryam = await maryam_on_a_call(conn, centre)
    interruptible: dict[str, Any] = {"interruptible_by": {"phone": ["web_chat"]}}
    await conn.execute(update(agents).where(agents.c.user_id == maryam).values(**interruptible))
    assert await offered(conn, centre, await centre.contact_writes(conn), maryam)
    assert not await offered(conn, centre, await call(conn, centre), maryam)


async def test_chats_may_be_let_nothing_else_come_but_what_the_agent_takes(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    await set_interruptible_by(conn, maryam, {"web_chat": []}, actor=SYSTEM, now=centre.now)
    mail = await centre.contact_writes(conn, channel_kind="email", units=1)
    assert await offered(conn, centre, mail, maryam)
    assert not await offered(conn, centre, await centre.contact_writes(conn), maryam)
    ((offer,),) = [await centre.live_offers(conn)]
    await accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
    assert await offered(conn, centre, await centre.contact_writes(conn), maryam)
    another = await centre.contact_writes(conn, channel_kind="email", units=1)
    assert not await offered(conn, centre, another, maryam)
    await pick(conn, another, by=By(maryam), now=centre.now)
    assert (await centre.assignment(conn, another)).holder_id == maryam


async def test_a_call_is_not_offered_beside_another_offer(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    assert await offered(conn, centre, await centre.contact_writes(conn), maryam)
    assert not await offered(conn, centre, await call(conn, centre), maryam)


async def test_what_was_offered_before_the_call_can_not_be_accepted_during_it(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    chat = await centre.contact_writes(conn)
    assert await offered(conn, centre, chat, maryam)
    await pick(conn, await call(conn, centre), by=By(maryam), now=centre.now)
    (offer,) = await centre.live_offers(conn)
    with pytest.raises(Conflict, match="on_a_call"):
        await accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
    with pytest.raises(Conflict, match="on_a_call"):
        await pick(conn, chat, by=By(maryam), now=centre.now)
