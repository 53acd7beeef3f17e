"""Callbacks: who waits leaves and keeps the place; the agent calls, and says who answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.conversations.tables import messages
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import SYSTEM, Actor
from wasl.routing import (
    By,
    ask_callback,
    offers_of,
    pick,
    queue_standing,
    set_status,
    take_back_callback,
    transfer,
)
from wasl.routing.callbacks import end_callback, miss_callback, reach_callback
from wasl.routing.policy import CALL_AGAIN, MOST_CALLS, call_again_at
from wasl.routing.tables import segments

PHONE = "+98 912 345 6789"


async def asked(conn: AsyncConnection, centre: Centre, found: UUID, **more: Any) -> Any:
    return await ask_callback(
        conn,
        found,
        **{"kind": "phone", "address": PHONE, "actor": SYSTEM, "now": centre.now, **more},
    )


async def said(conn: AsyncConnection, conversation_id: UUID) -> list[str]:
    """The codes of what the timeline tells, in order."""
    found = await conn.execute(
        select(messages.c.activity)
        .where(messages.c.conversation_id == conversation_id, messages.c.kind == "activity")
        .order_by(messages.c.seq)
    )
    return [row.activity["code"] for row in found]


@given(
    st.integers(0, 10),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC)),  # noqa: DTZ001  # made aware
)
def test_calls_end_and_each_comes_later_than_the_one_before(tries: int, now: datetime) -> None:
    again_at = call_again_at(tries, now)
    assert (again_at is None) == (tries >= MOST_CALLS)
    assert again_at is None or again_at == now + CALL_AGAIN


async def test_who_leaves_keeps_the_place_and_the_clock(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    first = await centre.contact_writes(conn)
    centre.clock.turn(60)
    await centre.contact_writes(conn)
    before = await centre.assignment(conn, first)
    standing = await asked(conn, centre, first)
    a = await centre.assignment(conn, first)
    assert (standing.place, standing.callback["address"]) == (1, "+98 912 345 6789")
    assert (a.state, a.enqueued_at, a.due_at) == ("queued", before.enqueued_at, before.due_at)
    assert a.callback["value"] == "+989123456789"
    assert await said(conn, first) == ["callback_asked"]


async def test_who_is_called_later_is_passed_but_keeps_the_place(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    first = await centre.contact_writes(conn)
    centre.clock.turn(60)
    second = await centre.contact_writes(conn)
    later = centre.now + timedelta(hours=1)
    await asked(conn, centre, first, not_before=later)

    async def place(found: UUID) -> int | None:
        a = await centre.assignment(conn, found)
        return (await queue_standing(conn, a.interaction_id, centre.now)).place

    assert await place(second) == 1
    centre.clock.turn(3600)
    assert (await place(first), await place(second)) == (1, 2)


@pytest.mark.parametrize("wrong", ["", "12", "call me maybe", "+1" * 60])
async def test_what_is_no_number_is_refused(
    conn: AsyncConnection, centre: Centre, wrong: str
) -> None:
    await centre.open(conn)
    found = await centre.contact_writes(conn)
    with pytest.raises(Invalid, match="identity_invalid"):
        await asked(conn, centre, found, address=wrong)
    assert (await centre.assignment(conn, found)).callback is None


async def test_only_what_waits_can_be_called_back_and_not_in_the_past(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    for moment in (centre.now, centre.now + timedelta(days=31)):
        with pytest.raises(Invalid, match="callback_time_invalid"):
            await asked(conn, centre, found, not_before=moment)
    await pick(conn, found, by=By(lina), now=centre.now)
    with pytest.raises(Conflict, match="not_waiting"):
        await asked(conn, centre, found)
    with pytest.raises(Conflict, match="no_callback"):
        await reach_callback(conn, found, by=By(lina), now=centre.now)


async def test_a_call_that_was_answered_is_our_reply(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn, reply_target_s=600)
    lina = await centre.agent(conn, "Lina")
    reza = await centre.agent(conn, "Reza")
    found = await centre.contact_writes(conn)
    await asked(conn, centre, found, actor=Actor("agent", lina))
    await pick(conn, found, by=By(lina), now=centre.now)
    with pytest.raises(Conflict, match="not_holder"):
        await reach_callback(conn, found, by=By(reza), now=centre.now)
    centre.clock.turn(30)
    await reach_callback(conn, found, by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.due_at, a.callback["reached_at"]) == (None, centre.now.isoformat())
    (segment,) = await centre.segments(conn, found)
    assert segment.first_reply_at == centre.now
    await end_callback(conn, found, by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.state, a.callback) == ("active", None)
    assert await said(conn, found) == [
        "callback_asked", "assigned", "callback_reached", "callback_ended",
    ]  # fmt: skip


async def test_who_takes_it_back_goes_on_waiting_also_while_an_agent_calls(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    contact = Actor("contact", (await centre.conversation(conn, found)).contact_id)
    with pytest.raises(Conflict, match="no_callback"):
        await take_back_callback(conn, found, actor=contact, now=centre.now)
    began = (await centre.assignment(conn, found)).enqueued_at
    await asked(conn, centre, found, not_before=centre.now + timedelta(hours=1))
    await take_back_callback(conn, found, actor=contact, now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.state, a.enqueued_at, a.callback, a.not_before) == ("queued", began, None, None)
    await asked(conn, centre, found)
    await pick(conn, found, by=By(lina), now=centre.now)
    await take_back_callback(conn, found, actor=contact, now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.state, a.holder_id, a.callback) == ("active", lina, None)
    assert await said(conn, found) == [
        "callback_asked", "callback_taken_back", "callback_asked", "assigned",
        "callback_taken_back",
    ]  # fmt: skip


async def test_nobody_answers_three_times(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    began = (await centre.assignment(conn, found)).enqueued_at
    await asked(conn, centre, found)
    for tries in range(1, MOST_CALLS):
        await pick(conn, found, by=By(lina), now=centre.now)
        centre.clock.turn(40)
        await miss_callback(conn, found, by=By(lina), now=centre.now)
        a = await centre.assignment(conn, found)
        assert (a.state, a.holder_id, a.callback["tries"]) == ("queued", None, tries)
        assert (a.enqueued_at, a.not_before) == (began, centre.now + CALL_AGAIN)
    await pick(conn, found, by=By(lina), now=centre.now)
    await miss_callback(conn, found, by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.state, a.callback, a.not_before) == ("parked", None, None)
    assert (await centre.conversation(conn, found)).status == "pending"
    ended = await conn.execute(select(segments.c.end_reason).order_by(segments.c.id))
    assert [row.end_reason for row in ended] == ["unanswered", "unanswered", "parked"]
    assert (await said(conn, found))[-2:] == ["callback_given_up", "status"]


async def test_whom_it_is_passed_to_is_to_call_and_who_resolves_it_ends_it(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    await asked(conn, centre, found)
    await pick(conn, found, by=By(lina), now=centre.now)
    await transfer(conn, found, queue_id=centre.queue_id, by=By(lina), now=centre.now)
    assert (await centre.assignment(conn, found)).callback["address"] == PHONE
    await pick(conn, found, by=By(lina), now=centre.now)
    await set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    assert (await centre.assignment(conn, found)).callback is None
    assert await offers_of(conn, [lina]) == {lina: []}
