"""SLA clocks in a centre: what moves them, what is told when, and what lists show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.contacts.tables import contacts
from wasl.conversations import hooks
from wasl.conversations.service import set_priority
from wasl.conversations.tables import conversations, messages
from wasl.infra.database import Database
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, events
from wasl.infra.timers import Timer, fire_until, timers
from wasl.routing import (
    By,
    add_queue,
    change_queue,
    pick,
    prioritise,
    set_status,
    timer_handlers,
    transfer,
)
from wasl.routing import offers as offer_steps
from wasl.routing.policy import Move, Offer
from wasl.routing.sla_policies import (
    add_policy,
    change_policy,
    drop_policy,
    order_policies,
    policies_view,
)

POLICY: dict[str, Any] = {
    "names": {"en": "VIP", "fa": "ویژه", "ar": "كبار العملاء"},
    "priorities": [],
    "kinds": [],
    "tags": [],
    "first_response_s": None,
    "next_response_s": None,
    "resolution_s": None,
    "warn_percent": 80,
}
ALWAYS = [["00:00", "24:00"]]
NINE_TO_FIVE = [["09:00", "17:00"]]


async def fire_due(conn: AsyncConnection, centre: Centre) -> None:
    """What the leader's loop would have fired by now."""
    await fire_until(conn, timer_handlers(), centre.now)


async def next_moment(conn: AsyncConnection, interaction_id: UUID) -> datetime | None:
    found: datetime | None = await conn.scalar(
        select(timers.c.due_at).where(
            timers.c.kind == "routing.sla", timers.c.key == str(interaction_id)
        )
    )
    return found


async def told(conn: AsyncConnection, conversation_id: UUID) -> list[tuple[str, str]]:
    """The warnings and breaches of a conversation's log."""
    rows = await conn.execute(
        select(events.c.type, events.c.data)
        .where(events.c.aggregate_id == conversation_id, events.c.type.startswith("Sla"))
        .order_by(events.c.seq)
    )
    return [(row.type, row.data["target"]) for row in rows]


async def said_on_timeline(conn: AsyncConnection, conversation_id: UUID) -> list[Any]:
    rows = await conn.execute(
        select(messages.c.activity)
        .where(messages.c.conversation_id == conversation_id, messages.c.kind == "activity")
        .order_by(messages.c.seq)
    )
    return [row.activity for row in rows if row.activity["code"].startswith("sla_")]


@pytest.fixture
def centre(centre: Centre) -> Centre:
    hooks.prioritise = prioritise
    return centre


async def test_a_warning_and_a_breach_at_their_moments(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100, resolution_target_s=1000)
    began = centre.now
    found = await centre.contact_writes(conn)
    a = await centre.assignment(conn, found)
    assert await next_moment(conn, a.interaction_id) == began + timedelta(seconds=80)
    shown = await centre.conversation(conn, found)
    assert shown.due_warn_at == began + timedelta(seconds=80)

    centre.clock.turn(79)
    await fire_due(conn, centre)
    assert await told(conn, found) == []
    centre.clock.turn(1)
    await fire_due(conn, centre)
    assert await told(conn, found) == [("SlaWarned", "first_response")]
    assert await next_moment(conn, a.interaction_id) == began + timedelta(seconds=100)

    centre.clock.turn(20)
    await fire_due(conn, centre)
    due = began + timedelta(seconds=100)
    assert (await told(conn, found))[1:] == [("SlaBreached", "first_response")]
    (e,) = (await conn.execute(select(events).where(events.c.type == "SlaBreached"))).all()
    assert e.data["interaction_id"] == str(a.interaction_id)
    assert (e.aggregate_id, e.data["due_at"], e.at) == (found, due.isoformat(), due)
    assert [line["code"] for line in await said_on_timeline(conn, found)] == [
        "sla_warned", "sla_breached",
    ]  # fmt: skip
    a = await centre.assignment(conn, found)
    assert (a.breached_at, a.due_at) == (due, due)
    # the resolution goes on
    assert await next_moment(conn, a.interaction_id) == began + timedelta(seconds=800)


async def test_an_answer_stops_the_clock_and_the_next_message_starts_the_next_one(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100, resolution_target_s=10_000)
    await add_policy(conn, {**POLICY, "next_response_s": 30})
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    centre.clock.turn(150)
    await fire_due(conn, centre)
    assert (await centre.assignment(conn, found)).breached_at is not None
    await pick(conn, found, by=By(lina), now=centre.now)
    await centre.speaks(conn, found, lina)
    a = await centre.assignment(conn, found)
    assert (a.due_at, a.due_warn_at, a.due_total_s, a.breached_at) == (None, None, None, None)
    assert a.resolution_due_at is not None
    centre.clock.turn(60)
    await centre.writes_again(conn, found, state="active")
    a = await centre.assignment(conn, found)
    assert a.due_at == centre.now + timedelta(seconds=30)
    centre.clock.turn(30)
    await fire_due(conn, centre)
    assert await told(conn, found) == [
        ("SlaWarned", "first_response"),
        ("SlaBreached", "first_response"),
        ("SlaWarned", "next_response"),
        ("SlaBreached", "next_response"),
    ]


async def test_pending_pauses_and_snoozed_does_not(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn, reply_target_s=100, resolution_target_s=1000)
    lina = await centre.agent(conn, "Lina")
    by = By(lina)
    found = await centre.contact_writes(conn)
    centre.clock.turn(40)
    await set_status(conn, found, "pending", by=by, now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.due_at, a.resolution_due_at) == (None, None)
    assert await next_moment(conn, a.interaction_id) is None
    centre.clock.turn(100_000)
    await centre.writes_again(conn, found)
    a = await centre.assignment(conn, found)
    assert a.due_at == centre.now + timedelta(seconds=60)
    assert a.resolution_due_at == centre.now + timedelta(seconds=960)

    due = a.due_at
    until = centre.now + timedelta(seconds=600)
    await set_status(conn, found, "snoozed", snoozed_until=until, by=by, now=centre.now)
    assert (await centre.conversation(conn, found)).due_at == due
    centre.clock.turn(60)
    await fire_due(conn, centre)
    assert (await told(conn, found))[1:] == [("SlaBreached", "first_response")]
    # pending after snoozed pauses what is left
    await set_status(conn, found, "pending", by=by, now=centre.now)
    assert (await centre.assignment(conn, found)).breached_at is None
    centre.clock.turn(5000)
    await set_status(conn, found, "open", by=by, now=centre.now)
    a = await centre.assignment(conn, found)
    assert a.resolution_due_at == centre.now + timedelta(seconds=900)
    assert a.breached_at == due  # the answer is still owed, and late


async def test_the_same_clock_over_a_switch_and_a_transfer(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100, resolution_target_s=1000)
    names = {"en": "Help", "fa": "کمک", "ar": "مساعدة"}
    other = await add_queue(
        conn, {"names": names, "reply_target_s": 5, "resolution_target_s": 6},
        actor=SYSTEM, now=centre.now,
    )  # fmt: skip
    lina = await centre.agent(conn, "Lina")
    began = centre.now
    found = await centre.contact_writes(conn)
    clocks = (await centre.assignment(conn, found)).clocks
    centre.clock.turn(10)
    await centre.writes_again(conn, found, switched=True, channel_kind="email", units=2)
    assert (await centre.assignment(conn, found)).clocks == clocks
    await pick(conn, found, by=By(lina), now=centre.now)
    centre.clock.turn(10)
    await transfer(conn, found, queue_id=other, by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.queue_id, a.clocks) == (other, clocks)
    assert a.due_at == began + timedelta(seconds=100)
    assert await next_moment(conn, a.interaction_id) == began + timedelta(seconds=80)


async def test_a_policy_of_the_channel_moves_the_deadline_and_keeps_what_is_used(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100)
    await add_policy(conn, {**POLICY, "kinds": ["email"], "first_response_s": 3600})
    began = centre.now
    found = await centre.contact_writes(conn)
    centre.clock.turn(90)
    await fire_due(conn, centre)
    await centre.writes_again(conn, found, switched=True, channel_kind="email", units=2)
    a = await centre.assignment(conn, found)
    assert a.due_at == began + timedelta(hours=1)
    assert (a.due_total_s, a.due_warn_at) == (3600, began + timedelta(seconds=2880))
    centre.clock.turn(10)  # the moment of the earlier target
    await fire_due(conn, centre)
    assert await told(conn, found) == [("SlaWarned", "first_response")]


async def test_priority_and_segment_choose_the_policy(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=1000)
    urgent = {**POLICY, "priorities": [3], "first_response_s": 60, "warn_percent": 50}
    await add_policy(conn, urgent)
    await add_policy(conn, {**POLICY, "tags": ["vip"], "first_response_s": 300})
    began = centre.now
    found = await centre.contact_writes(conn)
    assert (await centre.assignment(conn, found)).due_total_s == 1000
    row = await centre.conversation(conn, found)
    tagged = contacts.update().where(contacts.c.id == row.contact_id).values(tags=["new", "vip"])
    await conn.execute(tagged)
    centre.clock.turn(20)
    await set_priority(conn, found, 1, actor=SYSTEM, now=centre.now)
    assert (await centre.conversation(conn, found)).due_at == began + timedelta(seconds=300)
    await set_priority(conn, found, 3, actor=SYSTEM, now=centre.now)
    row = await centre.conversation(conn, found)
    assert (row.priority, row.due_at) == (3, began + timedelta(seconds=60))
    assert row.due_warn_at == began + timedelta(seconds=30)
    centre.clock.turn(100)
    await fire_due(conn, centre)
    assert (await centre.assignment(conn, found)).breached_at is not None
    await set_priority(conn, found, 0, actor=SYSTEM, now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.breached_at, a.due_at) == (None, began + timedelta(seconds=300))


async def test_only_opening_hours_count_and_new_hours_move_what_is_due(
    conn: AsyncConnection, centre: Centre
) -> None:
    hours = {"zone": "UTC", "weekly": [NINE_TO_FIVE] * 7, "holidays": []}
    await centre.open(conn, reply_target_s=3600, hours=hours)
    centre.clock.turn(7.5 * 3600)  # 16:30
    began = centre.now
    found = await centre.contact_writes(conn)
    a = await centre.assignment(conn, found)
    assert a.due_at == began + timedelta(hours=17)  # 9:30 tomorrow
    assert a.due_total_s == 3600
    closed = {**hours, "holidays": [{"date": "2026-11-22", "spans": []}]}
    await change_queue(conn, centre.queue_id, {"hours": closed}, actor=SYSTEM, now=centre.now)
    await fire_due(conn, centre)
    assert (await centre.conversation(conn, found)).due_at == began + timedelta(hours=41)
    await change_queue(conn, centre.queue_id, {"hours": None}, actor=SYSTEM, now=centre.now)
    await fire_due(conn, centre)
    assert (await centre.assignment(conn, found)).due_at == began + timedelta(hours=1)


async def test_an_overflow_goes_on_by_the_hours_of_the_other_queue(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=3600)
    hours = {"zone": "UTC", "weekly": [[["10:00", "17:00"]]] * 7, "holidays": []}
    names = {"en": "Help", "fa": "کمک", "ar": "مساعدة"}
    other = await add_queue(conn, {"names": names, "hours": hours}, actor=SYSTEM, now=centre.now)
    began = centre.now  # 9:00
    found = await centre.contact_writes(conn)
    centre.clock.turn(600)
    a = await centre.assignment(conn, found)
    move = Move(a.interaction_id, centre.queue_id, other, a.epoch, ())
    assert await offer_steps.apply_all(conn, [move], now=centre.now) == []
    a = await centre.assignment(conn, found)
    assert a.due_at == began + timedelta(hours=1, minutes=50)


async def test_a_breach_that_the_answer_overtakes_is_told_all_the_same(
    conn: AsyncConnection, centre: Centre
) -> None:
    """The leader was away when the time was up."""
    await centre.open(conn, reply_target_s=100)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    centre.clock.turn(130)
    await centre.speaks(conn, found, lina)
    await set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    centre.clock.turn(1)
    await fire_due(conn, centre)
    assert await told(conn, found) == [("SlaBreached", "first_response")]
    a = await centre.assignment(conn, found)
    assert (a.breached_at, a.due_at, a.resolution_due_at) == (None, None, None)
    assert await next_moment(conn, a.interaction_id) is None


async def test_what_is_resolved_or_taken_aside_is_not_due(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    await pick(conn, found, by=By(lina), now=centre.now)
    await set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert a.clocks == {}
    assert await next_moment(conn, a.interaction_id) is None
    centre.clock.turn(100_000)
    await fire_due(conn, centre)
    assert await told(conn, found) == []
    # a new interaction begins with new clocks
    await set_status(conn, found, "open", by=By(lina), now=centre.now)
    again = await centre.assignment(conn, found)
    assert again.interaction_id != a.interaction_id
    assert (again.due_at, again.resolution_due_at) == (None, centre.now + timedelta(days=1))


async def test_the_breach_of_an_interaction_before_moves_nothing_of_the_present_one(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    before = await centre.assignment(conn, found)
    centre.clock.turn(200)
    await set_status(conn, found, "resolved", by=By(lina, manages=True), now=centre.now)
    await set_status(conn, found, "open", by=By(lina), now=centre.now)
    now = await centre.conversation(conn, found)
    await fire_due(conn, centre)
    e = (await conn.execute(select(events).where(events.c.type == "SlaBreached"))).one()
    assert (e.data["interaction_id"], e.data["moved"]) == (str(before.interaction_id), False)
    after = await centre.conversation(conn, found)
    assert (after.state, after.due_at) == (now.state, now.due_at)


async def test_who_answers_at_the_very_moment_does_not_wait_for_the_timer(
    database: Database, centre: Centre
) -> None:
    async with database.transaction() as conn:
        await centre.open(conn, reply_target_s=100, resolution_target_s=1000)
        lina = await centre.agent(conn, "Lina")
        found = await centre.contact_writes(conn)
        a = await centre.assignment(conn, found)
    began = centre.now
    centre.clock.turn(80)
    async with database.transaction() as firing:
        row = (await firing.execute(select(timers).where(timers.c.kind == "routing.sla"))).one()
        await firing.execute(timers.delete().where(timers.c.id == row.id))
        async with database.transaction() as answering:
            await centre.speaks(answering, found, lina)
        timer = Timer(row.id, row.kind, row.key, row.due_at, row.payload, row.attempts)
        await timer_handlers()[row.kind](firing, timer, centre.now)
    async with database.transaction() as conn:
        assert await next_moment(conn, a.interaction_id) == began + timedelta(seconds=800)
        assert await told(conn, found) == [("SlaWarned", "first_response")]  # it was that late


# ── policies ─────────────────────────────────────────────────────────────────────────────────


async def test_policies_are_asked_in_their_order(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    first = await add_policy(conn, {**POLICY, "first_response_s": 10})
    second = await add_policy(conn, {**POLICY, "first_response_s": 20})
    a = await centre.assignment(conn, await centre.contact_writes(conn))
    assert a.due_total_s == 10
    await order_policies(conn, [second, first])
    assert [each["id"] for each in await policies_view(conn)] == [second, first]
    a = await centre.assignment(conn, await centre.contact_writes(conn))
    assert a.due_total_s == 20
    await drop_policy(conn, second)
    await change_policy(conn, first, {**POLICY, "resolution_s": 50})
    a = await centre.assignment(conn, await centre.contact_writes(conn))
    assert (a.due_total_s, a.resolution_due_at) == (300, centre.now + timedelta(seconds=50))
    with pytest.raises(Conflict, match="sla_policies_changed"):
        await order_policies(conn, [first, second])
    with pytest.raises(NotFound, match="sla_policy_not_found"):
        await drop_policy(conn, second)
    with pytest.raises(Invalid, match="sla_target_missing"):
        await add_policy(conn, POLICY)
    with pytest.raises(Invalid, match="channel_kind_unknown"):
        await add_policy(conn, {**POLICY, "first_response_s": 1, "kinds": ["telepathy"]})


async def test_every_message_still_finds_its_way_without_a_queue(
    conn: AsyncConnection, centre: Centre
) -> None:
    found = await centre.contact_writes(conn)
    a = await centre.assignment(conn, found)
    assert (a.state, a.queue_id, a.clocks, a.due_at) == ("created", None, {}, None)
    assert (await conn.execute(select(conversations.c.due_at))).scalars().all() == [None]


async def test_an_offer_leaves_the_moments_of_the_clock(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=100)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    before = await centre.assignment(conn, found)
    queue_id, until = centre.queue_id, centre.now + timedelta(seconds=20)
    offer = Offer(before.interaction_id, lina, queue_id, before.epoch, until, ())
    assert await offer_steps.apply_all(conn, [offer], now=centre.now) == []
    shown = (await conn.execute(select(conversations).where(conversations.c.id == found))).one()
    assert shown.state == "offered"
    assert shown.due_warn_at == before.due_warn_at == centre.now + timedelta(seconds=80)
    assert shown.due_at == before.due_at
