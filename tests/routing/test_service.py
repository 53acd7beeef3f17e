"""Placing, holding and passing on, on a real database that is rolled back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.conversations.tables import messages
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, events
from wasl.infra.timers import Timer, timers
from wasl.routing import (
    By,
    accept_offer,
    add_queue,
    agents_view,
    decline_offer,
    drop_queue,
    pick,
    queues_view,
    set_capacity,
    set_entry_queue,
    set_members,
    set_presence,
    set_status,
    timer_handlers,
    transfer,
    wrap_up,
)
from wasl.routing import offers as offer_steps
from wasl.routing.policy import Offer, Rescind, TimeOut, Why


async def offer_to(
    conn: AsyncConnection, centre: Centre, conversation_id: UUID, agent_id: UUID
) -> UUID:
    """Makes the router's offer; its id."""
    a = await centre.assignment(conn, conversation_id)
    decision = Offer(
        a.interaction_id, agent_id, a.queue_id, a.epoch,
        centre.now + timedelta(seconds=20), (Why("idle", {"s": 1}),),
    )  # fmt: skip
    assert await offer_steps.apply_all(conn, [decision], now=centre.now) == []
    (offer,) = [o for o in await centre.live_offers(conn) if o.conversation_id == conversation_id]
    return UUID(str(offer.id))


async def fire(conn: AsyncConnection, kind: str, now: datetime) -> None:
    row = (await conn.execute(select(timers).where(timers.c.kind == kind))).one()
    timer = Timer(row.id, row.kind, row.key, row.due_at, row.payload, row.attempts)
    assert row.due_at <= now
    await timer_handlers()[kind](conn, timer, now)


# ── entry ────────────────────────────────────────────────────────────────────────────────────


async def test_what_a_contact_writes_is_queued_and_a_reply_is_due(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, reply_target_s=120)
    conversation = await centre.conversation(conn, await centre.contact_writes(conn))
    assert (conversation.state, conversation.queue_id) == ("queued", centre.queue_id)
    assert conversation.assignee_id is None
    assert conversation.due_at == centre.now + timedelta(seconds=120)
    assert conversation.due_total_s == 120


async def test_the_entry_rule_of_the_channel_names_the_queue(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    names = {"en": "Help", "fa": "کمک", "ar": "مساعدة"}
    help_id = await add_queue(conn, {"names": names}, actor=SYSTEM, now=centre.now)
    await set_entry_queue(conn, centre.channel_id, help_id)
    conversation = await centre.conversation(conn, await centre.contact_writes(conn))
    assert conversation.queue_id == help_id
    with pytest.raises(Conflict, match="queue_in_use"):
        await drop_queue(conn, help_id, actor=SYSTEM, now=centre.now)
    with pytest.raises(Invalid, match="queue_not_found"):
        await set_entry_queue(conn, centre.channel_id, centre.channel_id)


async def test_further_messages_and_a_switch_do_not_restart_the_clock(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    conversation_id = await centre.contact_writes(conn)
    due_at = (await centre.assignment(conn, conversation_id)).due_at
    centre.clock.turn(60)
    placement = await centre.writes_again(
        conn, conversation_id, switched=True, channel_kind="email", units=2
    )
    assert placement is not None
    assert placement.due_at == due_at
    a = await centre.assignment(conn, conversation_id)
    assert (a.channel_kind, a.units, a.enqueued_at) == (
        "email", 2, centre.now - timedelta(seconds=60),
    )  # fmt: skip


async def test_without_any_queue_it_waits_nowhere_and_an_agent_can_take_it(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    await drop_queue(conn, centre.queue_id, actor=SYSTEM, now=centre.now)
    conversation_id = await centre.contact_writes(conn)
    assert (await centre.assignment(conn, conversation_id)).state == "created"
    maryam = await centre.agent(conn, "Maryam", member=False)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    assert (await centre.conversation(conn, conversation_id)).assignee_id == maryam


# ── offers ───────────────────────────────────────────────────────────────────────────────────


async def test_an_accepted_offer_makes_the_agent_the_holder(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    conversation_id = await centre.contact_writes(conn)
    offer_id = await offer_to(conn, centre, conversation_id, maryam)
    assert (await agents_view(conn, [maryam]))[0]["state"] == "offered"
    assert await accept_offer(conn, offer_id, 1, agent_id=maryam, now=centre.now) == conversation_id
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.state, conversation.assignee_id) == ("active", maryam)
    (segment,) = await centre.segments(conn, conversation_id)
    assert (segment.holder_id, segment.ended_at) == (maryam, None)
    (agent,) = await agents_view(conn, [maryam])
    assert agent["state"] == "handling"
    assert {"kind": "web_chat", "used": 1, "capacity": 2} in agent["load"]
    with pytest.raises(Conflict, match="offer_gone"):
        await accept_offer(conn, offer_id, 1, agent_id=maryam, now=centre.now)


async def test_a_stale_epoch_and_a_stranger_are_refused(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    conversation_id = await centre.contact_writes(conn)
    offer_id = await offer_to(conn, centre, conversation_id, maryam)
    with pytest.raises(Conflict, match="offer_gone"):
        await accept_offer(conn, offer_id, 0, agent_id=maryam, now=centre.now)
    with pytest.raises(NotFound, match="offer_not_found"):
        await accept_offer(conn, offer_id, 1, agent_id=reza, now=centre.now)


async def test_who_was_slower_is_told_who_was_faster(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    conversation_id = await centre.contact_writes(conn)
    offer_id = await offer_to(conn, centre, conversation_id, maryam)
    await pick(conn, conversation_id, by=By(reza), now=centre.now)
    with pytest.raises(Conflict, match="offer_gone") as refused:
        await accept_offer(conn, offer_id, 1, agent_id=maryam, now=centre.now)
    assert refused.value.params == {"by": "Reza"}
    with pytest.raises(Conflict, match="already_taken") as taken:
        await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    assert taken.value.params == {"by": "Reza"}


async def test_a_declined_offer_keeps_its_place_and_passes_the_agent_over(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    conversation_id = await centre.contact_writes(conn)
    entered_at = centre.now
    offer_id = await offer_to(conn, centre, conversation_id, maryam)
    centre.clock.turn(5)
    await decline_offer(conn, offer_id, 1, agent_id=maryam, now=centre.now)
    a = await centre.assignment(conn, conversation_id)
    assert (a.state, a.enqueued_at, a.epoch) == ("queued", entered_at, 1)
    assert a.excluded == {str(maryam): (centre.now + timedelta(seconds=60)).isoformat()}
    (agent,) = await agents_view(conn, [maryam])
    assert (agent["state"], agent["presence"]) == ("idle", "available")


async def test_a_missed_offer_makes_the_agent_away_and_one_click_brings_them_back(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    conversation_id = await centre.contact_writes(conn)
    offer_id = await offer_to(conn, centre, conversation_id, maryam)
    centre.clock.turn(20)
    a = await centre.assignment(conn, conversation_id)
    missed = TimeOut(a.interaction_id, maryam, 1, centre.now + timedelta(seconds=60))
    assert await offer_steps.apply_all(conn, [missed], now=centre.now) == []
    (agent,) = await agents_view(conn, [maryam])
    assert (agent["presence"], agent["reason"], agent["missed_offer"]) == (
        "away", "missed_offer", True,
    )  # fmt: skip
    with pytest.raises(Conflict, match="offer_gone"):
        await accept_offer(conn, offer_id, 1, agent_id=maryam, now=centre.now)
    await set_presence(conn, maryam, "available", now=centre.now)
    assert (await agents_view(conn, [maryam]))[0]["missed_offer"] is False
    assert await offer_steps.apply_all(conn, [missed], now=centre.now) == [missed]


async def test_decisions_that_came_too_late_change_nothing(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam", capacity=1)
    reza = await centre.agent(conn, "Reza", available=False)
    first, second = await centre.contact_writes(conn), await centre.contact_writes(conn)
    await pick(conn, first, by=By(maryam), now=centre.now)

    async def refused(conversation_id: UUID, agent_id: UUID) -> bool:
        a = await centre.assignment(conn, conversation_id)
        offer = Offer(a.interaction_id, agent_id, a.queue_id, a.epoch, centre.now, ())
        return await offer_steps.apply_all(conn, [offer], now=centre.now) == [offer]

    assert await refused(second, maryam)  # full
    assert await refused(second, reza)  # away
    assert await refused(first, reza)  # held
    a = await centre.assignment(conn, second)
    rescind = Rescind(a.interaction_id, maryam, a.epoch)
    assert await offer_steps.apply_all(conn, [rescind], now=centre.now) == [rescind]
    assert await centre.live_offers(conn) == []


# ── holding ──────────────────────────────────────────────────────────────────────────────────


async def test_picking_does_not_lift_an_agent_above_their_capacity(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam", capacity=1)
    first, second = await centre.contact_writes(conn), await centre.contact_writes(conn)
    await pick(conn, first, by=By(maryam), now=centre.now)
    with pytest.raises(Conflict, match="at_capacity") as full:
        await pick(conn, second, by=By(maryam), now=centre.now)
    assert full.value.params == {"kind": "web_chat", "capacity": 1}
    with pytest.raises(Conflict, match="at_capacity"):
        await centre.speaks(conn, second, maryam)
    await set_capacity(conn, maryam, {"web_chat": 2}, actor=SYSTEM, now=centre.now)
    await pick(conn, second, by=By(maryam), now=centre.now)


async def test_answering_picks_up_what_nobody_holds_and_clears_what_is_due(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    conversation_id = await centre.contact_writes(conn)
    centre.clock.turn(30)
    placement = await centre.speaks(conn, conversation_id, maryam)
    assert placement is not None
    assert (placement.state, placement.assignee_id, placement.due_at) == ("active", maryam, None)
    replied_at = centre.now
    centre.clock.turn(30)
    await centre.speaks(conn, conversation_id, maryam)
    (segment,) = await centre.segments(conn, conversation_id)
    assert segment.first_reply_at == replied_at
    with pytest.raises(Conflict, match="not_holder") as refused:
        await centre.speaks(conn, conversation_id, reza)
    assert refused.value.params == {"by": "Maryam"}
    with pytest.raises(Conflict, match="not_holder"):
        await centre.speaks(conn, conversation_id, maryam, author_kind="flow")
    assert await centre.speaks(conn, conversation_id, maryam, author_kind="system") is None


async def test_a_contact_may_over_fill_by_switching_and_an_agent_may_not(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    await set_capacity(conn, maryam, {"web_chat": 2, "email": 0}, actor=SYSTEM, now=centre.now)
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    with pytest.raises(Conflict, match="at_capacity"):
        await centre.speaks(conn, conversation_id, maryam, switched=True, channel_kind="email")
    placement = await centre.writes_again(
        conn, conversation_id, switched=True, channel_kind="email"
    )
    assert placement is not None
    assert placement.assignee_id == maryam
    (agent,) = await agents_view(conn, [maryam])
    assert {"kind": "email", "used": 1, "capacity": 0} in agent["load"]
    assert {"kind": "web_chat", "used": 0, "capacity": 2} in agent["load"]


# ── parking, resolving ───────────────────────────────────────────────────────────────────────


async def test_parking_frees_units_and_the_contact_comes_back_at_their_age(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam", capacity=1)
    entered_at = centre.now
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    centre.clock.turn(60)
    await set_status(conn, conversation_id, "pending", by=By(maryam), now=centre.now)
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.status, conversation.state) == ("pending", "parked")
    assert conversation.assignee_id == maryam
    (segment,) = await centre.segments(conn, conversation_id)
    assert (segment.end_reason, segment.ended_at) == ("parked", centre.now)
    assert (await agents_view(conn, [maryam]))[0]["state"] == "idle"

    centre.clock.turn(3600)
    await centre.writes_again(conn, conversation_id)
    a = await centre.assignment(conn, conversation_id)
    assert (a.state, a.enqueued_at, a.preferred_id) == ("queued", entered_at, maryam)
    assert a.affinity_until == centre.now + timedelta(seconds=120)
    # the minute before the pause counts: it was not answered then
    assert a.due_at == centre.now + timedelta(seconds=240)


async def test_affinity_only_to_an_agent_who_is_available_with_room(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    await set_status(conn, conversation_id, "pending", by=By(maryam), now=centre.now)
    await set_presence(conn, maryam, "away", reason="lunch", now=centre.now)
    await centre.writes_again(conn, conversation_id)
    assert (await centre.assignment(conn, conversation_id)).preferred_id is None
    born = await centre.contact_writes(conn, last_agent_id=maryam)
    assert (await centre.assignment(conn, born)).preferred_id is None


async def test_a_snooze_ends_by_itself(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    conversation_id = await centre.contact_writes(conn)
    by = By(maryam)
    await pick(conn, conversation_id, by=by, now=centre.now)
    with pytest.raises(Invalid, match="snooze_time_invalid"):
        await set_status(
            conn, conversation_id, "snoozed", snoozed_until=centre.now, by=by, now=centre.now
        )
    until = centre.now + timedelta(hours=2)
    await set_status(conn, conversation_id, "snoozed", snoozed_until=until, by=by, now=centre.now)
    centre.clock.turn(7200)
    await fire(conn, "routing.snooze", centre.now)
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.status, conversation.state) == ("open", "queued")
    assert (await centre.assignment(conn, conversation_id)).preferred_id == maryam


async def test_a_parked_conversation_taken_up_again_is_not_woken(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    by = By(await centre.agent(conn, "Maryam"))
    conversation_id = await centre.contact_writes(conn)
    until = centre.now + timedelta(hours=2)
    await set_status(conn, conversation_id, "snoozed", snoozed_until=until, by=by, now=centre.now)
    await set_status(conn, conversation_id, "open", by=by, now=centre.now)
    assert (await conn.execute(select(timers).where(timers.c.kind != "routing.sla"))).all() == []
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.status, conversation.state) == ("open", "active")


async def test_resolving_leads_to_wrap_up_which_holds_units_until_its_time_is_over(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, wrap_up_s=30)
    maryam = await centre.agent(conn, "Maryam", capacity=1)
    conversation_id = await centre.contact_writes(conn)
    by = By(maryam)
    await pick(conn, conversation_id, by=by, now=centre.now)
    with pytest.raises(Invalid, match="disposition_unknown"):
        await set_status(
            conn, conversation_id, "resolved", disposition="no such", by=by, now=centre.now
        )
    await set_status(conn, conversation_id, "resolved", by=by, now=centre.now)
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.status, conversation.state) == ("resolved", "wrap_up")
    (agent,) = await agents_view(conn, [maryam])
    assert (agent["state"], sum(part["used"] for part in agent["load"])) == ("wrap_up", 1)
    centre.clock.turn(30)
    await fire(conn, "routing.wrap_up", centre.now)
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.state, conversation.assignee_id) == ("completed", maryam)
    (agent,) = await agents_view(conn, [maryam])
    assert (agent["state"], sum(part["used"] for part in agent["load"])) == ("idle", 0)
    (segment,) = await centre.segments(conn, conversation_id)
    assert segment.wrap_up_ended_at == centre.now
    # said a moment too late, the outcome still counts
    await wrap_up(conn, conversation_id, disposition="solved", by=by, now=centre.now)
    activity = await conn.scalar(
        select(messages.c.activity)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    assert activity == {
        "code": "wrap_up", "params": {"disposition": "solved", "by": "Maryam"}
    }  # fmt: skip


async def test_what_was_resolved_is_taken_up_again(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam", capacity=1)
    by = By(maryam)
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=by, now=centre.now)
    first = await centre.assignment(conn, conversation_id)
    await set_status(conn, conversation_id, "resolved", by=by, now=centre.now)
    # its wrap-up takes no room from what follows it
    await set_status(conn, conversation_id, "open", by=by, now=centre.now)
    again = await centre.assignment(conn, conversation_id)
    assert again.interaction_id != first.interaction_id
    assert (again.state, again.holder_id, again.queue_id) == ("active", maryam, first.queue_id)
    shown = await centre.conversation(conn, conversation_id)
    assert (shown.status, shown.interactions, shown.assignee_id) == ("open", 2, maryam)
    assert (shown.interaction_id, shown.resolved_at) == (again.interaction_id, None)
    assert (await conn.execute(select(timers).where(timers.c.kind != "routing.sla"))).all() == []
    activity = await conn.scalar(
        select(messages.c.activity)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    assert activity == {
        "code": "status", "params": {"status": "open", "by": "Maryam", "until": None}
    }  # fmt: skip
    other = await centre.contact_writes(conn)
    await set_status(conn, conversation_id, "resolved", by=by, now=centre.now)
    await wrap_up(conn, conversation_id, by=by, now=centre.now)
    await pick(conn, other, by=by, now=centre.now)
    with pytest.raises(Conflict, match="at_capacity"):
        await set_status(conn, conversation_id, "open", by=by, now=centre.now)


async def test_wrap_up_ends_early_with_an_outcome_and_a_note(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    by = By(await centre.agent(conn, "Maryam"))
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=by, now=centre.now)
    with pytest.raises(Conflict, match="not_in_wrap_up"):
        await wrap_up(conn, conversation_id, by=by, now=centre.now)
    await set_status(conn, conversation_id, "resolved", by=by, now=centre.now)
    await wrap_up(
        conn, conversation_id, disposition="refunded", note="Paid back", by=by, now=centre.now
    )
    assert (await centre.conversation(conn, conversation_id)).state == "completed"
    (segment,) = await centre.segments(conn, conversation_id)
    assert segment.disposition == "refunded"
    assert (await conn.execute(select(timers).where(timers.c.kind != "routing.sla"))).all() == []
    with pytest.raises(Conflict, match="conversation_resolved"):
        await pick(conn, conversation_id, by=by, now=centre.now)


async def test_without_wrap_up_time_the_units_are_free_at_once(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn, wrap_up_s=0)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    with pytest.raises(Conflict, match="not_holder"):
        await set_status(conn, conversation_id, "resolved", by=By(reza), now=centre.now)
    supervisor = By(reza, manages=True)
    await set_status(
        conn, conversation_id, "resolved", disposition="solved", by=supervisor, now=centre.now
    )
    assert (await centre.conversation(conn, conversation_id)).state == "completed"
    assert (await agents_view(conn, [maryam]))[0]["state"] == "idle"
    (segment,) = await centre.segments(conn, conversation_id)
    assert (segment.end_reason, segment.disposition) == ("resolved", "solved")


# ── transfer ─────────────────────────────────────────────────────────────────────────────────


async def test_a_transfer_to_an_agent_inherits_age_and_falls_back_to_the_queue(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    entered_at = centre.now
    conversation_id = await centre.contact_writes(conn)
    due_at = (await centre.assignment(conn, conversation_id)).due_at
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    centre.clock.turn(90)
    await transfer(
        conn, conversation_id, user_id=reza, note="Knows the courier", by=By(maryam), now=centre.now
    )
    a = await centre.assignment(conn, conversation_id)
    assert (a.state, a.queue_id, a.enqueued_at) == ("queued", centre.queue_id, entered_at)
    assert (a.preferred_id, a.due_at) == (reza, due_at)
    assert list(a.excluded) == [str(maryam)]
    (segment,) = await centre.segments(conn, conversation_id)
    assert segment.end_reason == "transferred"
    offer_id = await offer_to(conn, centre, conversation_id, reza)
    await accept_offer(conn, offer_id, a.epoch + 1, agent_id=reza, now=centre.now)
    assert [s.holder_id for s in await centre.segments(conn, conversation_id)] == [maryam, reza]
    kinds = [
        row.kind
        for row in await conn.execute(
            select(messages.c.kind)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.seq)
        )
    ]
    assert kinds == ["activity", "note", "activity", "activity"]


async def test_who_may_transfer_and_whereto(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam, reza = await centre.agent(conn, "Maryam"), await centre.agent(conn, "Reza")
    conversation_id = await centre.contact_writes(conn)
    await pick(conn, conversation_id, by=By(maryam), now=centre.now)
    with pytest.raises(Conflict, match="not_holder"):
        await transfer(conn, conversation_id, user_id=reza, by=By(reza), now=centre.now)
    with pytest.raises(Invalid, match="transfer_target_invalid"):
        await transfer(conn, conversation_id, by=By(maryam), now=centre.now)
    with pytest.raises(NotFound, match="queue_not_found"):
        await transfer(
            conn, conversation_id, queue_id=centre.channel_id, by=By(maryam), now=centre.now
        )
    with pytest.raises(NotFound, match="user_not_found"):
        await transfer(
            conn, conversation_id, user_id=centre.channel_id, by=By(maryam), now=centre.now
        )
    # whoever manages takes over by transferring to themself
    take_over = By(reza, manages=True)
    await transfer(conn, conversation_id, user_id=reza, by=take_over, now=centre.now)
    conversation = await centre.conversation(conn, conversation_id)
    assert (conversation.state, conversation.assignee_id) == ("active", reza)
    assert (await agents_view(conn, [maryam]))[0]["state"] == "idle"


# ── queues, presence, events ─────────────────────────────────────────────────────────────────


async def test_queues_show_members_and_how_many_wait(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    await centre.contact_writes(conn)
    (queue,) = await queues_view(conn)
    assert queue["names"]["fa"] == "فروش"
    assert queue["members"] == [{"user": {"id": maryam, "name": "Maryam"}, "level": 3}]
    assert queue["waiting"] == 1
    with pytest.raises(Invalid, match="user_not_found"):
        await set_members(
            conn, centre.queue_id, {centre.channel_id: 3}, actor=SYSTEM, now=centre.now
        )
    with pytest.raises(Invalid, match="level_invalid"):
        await set_members(conn, centre.queue_id, {maryam: 6}, actor=SYSTEM, now=centre.now)


async def test_presence_takes_reasons_from_the_list(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    for presence, reason in (("away", "no such"), ("available", "lunch"), ("busy", None)):
        with pytest.raises(Invalid):
            await set_presence(conn, maryam, presence, reason=reason, now=centre.now)
    with pytest.raises(NotFound, match="user_not_found"):
        await set_presence(conn, centre.channel_id, "away", now=centre.now)
    with pytest.raises(Invalid, match="capacity_invalid"):
        await set_capacity(conn, maryam, {"web_chat": 101}, actor=SYSTEM, now=centre.now)


async def test_every_change_of_an_agent_is_one_version_and_one_event(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    maryam = await centre.agent(conn, "Maryam")
    actor = Actor("agent", maryam)
    await set_presence(conn, maryam, "away", reason="lunch", now=centre.now, actor=actor)
    await set_presence(conn, maryam, "away", reason="lunch", now=centre.now, actor=actor)
    await set_presence(conn, maryam, "available", now=centre.now, actor=actor)
    told = (
        await conn.execute(
            select(events.c.type, events.c.aggregate_version, events.c.audience)
            .where(events.c.aggregate_id == maryam)
            .order_by(events.c.aggregate_version)
        )
    ).all()
    assert [row.aggregate_version for row in told] == [2, 3, 4]
    assert {row.type for row in told} == {"PresenceChanged"}
    assert f"user:{maryam}" in told[0].audience
    assert (await agents_view(conn, [maryam]))[0]["version"] == 4
