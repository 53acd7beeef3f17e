"""Scenes that must happen for the rarer events: each leaves what the next step needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.words import RATED, SHOP
from tests.realtime.floor import Floor
from tests.realtime.verbs import (
    BESIDE,
    Verb,
    capacity_changes,
    channel_comes_and_goes,
    channel_is_renamed,
    colleague_comes,
    colleague_is_renamed,
    colleague_signs_in_and_out,
    file_comes_by_reference,
    files_are_fetched,
    live_offer,
    offer_is_accepted,
    offer_is_declined,
    queue_comes_and_goes,
    queue_is_renamed,
)
from wasl import channels, contacts, conversations, flows, reporting, routing
from wasl.accounts.service import change_user
from wasl.channels import adapter_of
from wasl.contacts.service import set_consent
from wasl.conversations import api, contact_api, receipts
from wasl.conversations.merging import merge, unmerge
from wasl.conversations.speaking import Reply, send_message
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id
from wasl.infra.timers import TimerLoop
from wasl.reporting.broadcasts import broadcast, read_notice
from wasl.reporting.supervising import join, log_out, prioritise, whisper
from wasl.routing import By, callbacks, colleagues
from wasl.routing.agents import set_interruptible_by, set_skills
from wasl.routing.queues import change_memberships


async def everyone_is_available(floor: Floor, conn: AsyncConnection) -> None:
    for name in ("maryam", "daniel"):
        await routing.set_presence(conn, floor.users[name], "available", now=floor.clock.now())


async def newcomer_writes(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"newcomer-{new_id()}")


async def routed(floor: Floor, conn: Any) -> None:
    await floor.route()


async def offered_agent_leaves(floor: Floor, conn: AsyncConnection) -> None:
    offer = await live_offer(conn)
    await routing.set_presence(conn, offer.user_id, "offline", now=floor.clock.now())


async def taken_for_spam(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"newcomer-{new_id()}", spam=True)


async def spam_was_none(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    found = await conn.scalar(
        text("SELECT id FROM conversations WHERE spam ORDER BY id DESC LIMIT 1")
    )
    await api.mark_spam(found, api.SpamBody(spam=False), conn, who, floor.clock)


async def consent_is_given(floor: Floor, conn: AsyncConnection) -> None:
    contact = await conn.scalar(
        text("SELECT contact_id FROM identities WHERE kind = 'email' ORDER BY id LIMIT 1")
    )
    await set_consent(
        conn,
        contact,
        "email",
        "marketing",
        True,
        source="agent",
        actor=Actor("agent", floor.users["noor"]),
        now=floor.clock.now(),
    )


async def order_is_cancelled(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    owner, address = (
        await conn.execute(
            text(
                "UPDATE identities SET verified = true, verified_by = 'order' WHERE id ="
                " (SELECT id FROM identities WHERE kind = 'email' AND value LIKE '%@%'"
                "  ORDER BY id LIMIT 1) RETURNING contact_id, value"
            )
        )
    ).one()
    placed = {"id": new_id(), "contact": owner, "now": now}
    await conn.execute(
        text(
            "INSERT INTO orders (id, contact_id, code, status, total_minor, currency, placed_at)"
            " VALUES (:id, :contact, 'A-1', 'placed', 100, 'EUR', :now)"
        ),
        placed,
    )
    await contacts.change_order(conn, "A-1", address, "cancelled", actor=maryam(floor), now=now)


# ── the life of one conversation ─────────────────────────────────────────────────────────────


async def newest(conn: AsyncConnection) -> UUID:
    """The conversation that the scene is about."""
    found: UUID | None = await conn.scalar(
        text(
            "SELECT id FROM conversations WHERE merged_into IS NULL AND NOT spam"
            " ORDER BY id DESC LIMIT 1"
        )
    )
    assert found is not None
    return found


async def newest_id(conn: AsyncConnection, of: str) -> UUID:
    query = f"SELECT m.id FROM messages m WHERE m.conversation_id = :c AND {of}"
    found: UUID | None = await conn.scalar(
        text(f"{query} ORDER BY m.seq DESC LIMIT 1"), {"c": await newest(conn)}
    )
    assert found is not None
    return found


def maryam(floor: Floor) -> Actor:
    return Actor("agent", floor.users["maryam"])


async def visitor_writes(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "web_chat", f"visitor-{new_id()}")


async def visitor_writes_more(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await newest(conn)
    sender = await conn.scalar(
        text(
            "SELECT i.value FROM identities i JOIN conversations c ON c.contact_id = i.contact_id"
            " WHERE c.id = :id AND i.kind = 'web_visitor'"
        ),
        {"id": conversation_id},
    )
    await floor.take(conn, "web_chat", sender, conversation_id=conversation_id)


async def visitor_goes_on_by_mail(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"other-{new_id()}", conversation_id=await newest(conn))


async def _of_visitor(floor: Floor, conn: AsyncConnection, words: str | None) -> None:
    row = (
        await conn.execute(
            text("SELECT channel_id, provider_id FROM provider_ids WHERE message_id = :id"),
            {"id": await newest_id(conn, "direction = 'in' AND deleted_at IS NULL")},
        )
    ).one()
    await receipts.change_inbound(
        conn, row.channel_id, row.provider_id, text=words, now=floor.clock.now()
    )


async def visitor_edits(floor: Floor, conn: AsyncConnection) -> None:
    await _of_visitor(floor, conn, "other words")


async def visitor_takes_back(floor: Floor, conn: AsyncConnection) -> None:
    await _of_visitor(floor, conn, None)


async def visitor_reads(floor: Floor, conn: AsyncConnection) -> None:
    await receipts.contact_read(conn, await newest(conn), 10_000, now=floor.clock.now())


async def maryam_picks(floor: Floor, conn: AsyncConnection) -> None:
    by = floor.by(floor.users["maryam"])
    await routing.pick(conn, await newest(conn), by=by, now=floor.clock.now())


async def maryam_answers(floor: Floor, conn: AsyncConnection) -> None:
    capabilities = adapter_of("web_chat").capabilities
    reply = Reply(floor.channels["web_chat"], "web_chat", capabilities, None, "an answer")
    await send_message(conn, await newest(conn), reply, author=maryam(floor), now=floor.clock.now())


async def answer_arrives(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await newest_id(conn, "direction = 'out'")
    await receipts.set_message_state(conn, message_id, "delivered", now=floor.clock.now())


async def maryam_reads(floor: Floor, conn: AsyncConnection) -> None:
    await receipts.mark_read(
        conn, await newest(conn), 10_000, by=maryam(floor), now=floor.clock.now()
    )


async def maryam_names_noor(floor: Floor, conn: AsyncConnection) -> None:
    await conversations.add_note(
        conn, await newest(conn), author=maryam(floor), text="look", now=floor.clock.now(),
        mentions=[floor.users["noor"]],
    )  # fmt: skip


async def noor_looks(floor: Floor, conn: AsyncConnection) -> None:
    await conversations.mentions.read_in(
        conn, await newest(conn), floor.users["noor"], seq=10_000, now=floor.clock.now()
    )


async def noor_tags(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    await api.tag(await newest(conn), api.Tags(tags=["a"]), conn, who, floor.clock)
    await api.prioritise(await newest(conn), api.PriorityBody(priority=2), conn, who, floor.clock)


async def noor_marks_spam(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    await api.mark_spam(await newest(conn), api.SpamBody(spam=True), conn, who, floor.clock)


async def _put(floor: Floor, conn: AsyncConnection, status: str, **more: Any) -> None:
    by = floor.by(floor.users["maryam"])
    await routing.set_status(conn, await newest(conn), status, by=by, now=floor.clock.now(), **more)


async def maryam_waits(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "pending")


async def maryam_snoozes(floor: Floor, conn: AsyncConnection) -> None:
    until = floor.clock.now() + timedelta(seconds=30)
    await _put(floor, conn, "snoozed", snoozed_until=until)


async def maryam_resolves(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "resolved", disposition="solved")


async def maryam_wraps_up(floor: Floor, conn: AsyncConnection) -> None:
    by = floor.by(floor.users["maryam"])
    await routing.wrap_up(conn, await newest(conn), by=by, now=floor.clock.now())


async def maryam_passes_on(floor: Floor, conn: AsyncConnection) -> None:
    await routing.transfer(
        conn, await newest(conn), queue_id=floor.queues[1], note="please look",
        by=floor.by(floor.users["maryam"]), now=floor.clock.now(),
    )  # fmt: skip


async def a_minute_passes(floor: Floor, conn: None) -> None:
    """Offers time out, snoozes end."""
    floor.clock.turn(60.0)

    async def led(conn: AsyncConnection) -> None:
        return None

    handlers = {**routing.timer_handlers(), **reporting.timer_handlers()}
    await TimerLoop(floor.database, floor.clock, floor.bus, handlers, led).fire_due()


async def answer_is_nearly_late(floor: Floor, conn: None) -> None:
    floor.clock.turn(230.0)
    await a_minute_passes(floor, conn)


async def chats_close_at_noon(floor: Floor, conn: AsyncConnection) -> None:
    hours = {"zone": "UTC", "weekly": [[["00:00", "12:00"]]] * 7, "holidays": []}
    await routing.change_queue(
        conn, floor.queues[0], {"hours": hours}, actor=SYSTEM, now=floor.clock.now()
    )


# ── who and what stands around it ────────────────────────────────────────────────────────────


async def same_person_writes_twice(floor: Floor, conn: AsyncConnection) -> None:
    sender = f"newcomer-{new_id()}"
    first = await floor.take(conn, "email", sender)
    second = await floor.take(conn, "email", sender)
    into, source = first.conversation_id, second.conversation_id
    by, now = Actor("agent", floor.users["noor"]), floor.clock.now()
    await merge(conn, source, into, by=by, now=now)
    await unmerge(conn, source, by=by, now=now)


async def two_are_one_and_two_again(floor: Floor, conn: AsyncConnection) -> None:
    found = []
    for _ in range(2):
        taken = await floor.take(conn, "email", f"newcomer-{new_id()}")
        query = text("SELECT contact_id FROM conversations WHERE id = :id")
        found.append(await conn.scalar(query, {"id": taken.conversation_id}))
    who, body = await floor.principal(conn, "noor"), contact_api.Other(other_id=found[1])
    await contact_api.merge(found[0], body, who, conn, floor.clock)
    await contact_api.unmerge(found[0], body, who, conn, floor.clock)


async def contact_is_made_and_known(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    contact_id = await contacts.add(conn, {"name": "Nadia"}, actor=SYSTEM, now=now)
    await contacts.change(conn, contact_id, {"name": "Nadja"}, actor=SYSTEM, now=now)
    await contacts.add_identity(
        conn, contact_id, "email", f"{new_id()}@example.net", actor=SYSTEM, verified_by="agent",
        now=now,
    )  # fmt: skip


async def everyone_leaves(floor: Floor, conn: AsyncConnection) -> None:
    for name in ("maryam", "daniel"):
        await routing.set_presence(conn, floor.users[name], "offline", now=floor.clock.now())


async def mail_overflows_to_the_chat_queue(floor: Floor, conn: AsyncConnection) -> None:
    overflow = {"queue_id": str(floor.queues[0]), "after_s": 30, "when_closed": False}
    await routing.change_queue(
        conn, floor.queues[1], {"overflow": overflow}, actor=SYSTEM, now=floor.clock.now()
    )


async def mail_asks_for_what_nobody_can(floor: Floor, conn: AsyncConnection) -> None:
    steps = [{"requirement": {"skill": "welding", "least": 4}, "expires_after_s": 30}]
    await routing.change_queue(
        conn, floor.queues[1], {"steps": steps}, actor=SYSTEM, now=floor.clock.now()
    )


async def maryam_learns(floor: Floor, conn: AsyncConnection) -> None:
    skills = {"language:fa": 5, "returns": 3}
    by = Actor("agent", floor.users["noor"])
    await set_skills(conn, floor.users["maryam"], skills, actor=by, now=floor.clock.now())


async def maryam_answers_chats_undisturbed(floor: Floor, conn: AsyncConnection) -> None:
    await set_interruptible_by(
        conn, floor.users["maryam"], {"web_chat": []}, actor=SYSTEM, now=floor.clock.now()
    )


async def channel_falls_ill(floor: Floor, conn: AsyncConnection) -> None:
    await channels.report_health(conn, floor.channels["email"], "failed", now=floor.clock.now())


async def noor_sets_a_target(floor: Floor, conn: AsyncConnection) -> None:
    target = reporting.Target(within_s=60, longest_wait_s=90, variant="short_met")
    by = Actor("agent", floor.users["noor"])
    await reporting.set_target(conn, floor.queues[0], target, actor=by, now=floor.clock.now())


async def points_end(floor: Floor, conn: AsyncConnection) -> None:
    await reporting.end_points(conn, floor.clock.now())


async def noor_tells_everybody(floor: Floor, conn: AsyncConnection) -> None:
    for text_ in ("one", "two"):
        await broadcast(
            conn, text_, to_kind="everybody", to_id=None, lasts=timedelta(seconds=50),
            by=By(floor.users["noor"]), now=floor.clock.now(),
        )  # fmt: skip


async def maryam_reads_a_notice(floor: Floor, conn: AsyncConnection) -> None:
    who = floor.users["maryam"]
    newest_one, _ = await reporting.notices_of(conn, who)
    await read_notice(conn, newest_one["id"], who, now=floor.clock.now())


async def noor_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    await change_user(conn, floor.users["noor"], {"name": "Noor S."}, now=floor.clock.now())


async def noor_whispers_and_prioritises(floor: Floor, conn: AsyncConnection) -> None:
    by, found = By(floor.users["noor"], manages=True), await newest(conn)
    await whisper(conn, found, "be kind", by=by, now=floor.clock.now())
    await prioritise(conn, found, 3, by=by, now=floor.clock.now())


async def noor_changes_maryams_queues(floor: Floor, conn: AsyncConnection) -> None:
    await change_memberships(
        conn,
        floor.users["maryam"],
        {floor.queues[0]: None, floor.queues[1]: 4},
        actor=Actor("agent", floor.users["noor"]),
        now=floor.clock.now(),
    )


async def noor_sends_maryam_home(floor: Floor, conn: AsyncConnection) -> None:
    by = By(floor.users["noor"], manages=True)
    await log_out(conn, floor.users["maryam"], by=by, now=floor.clock.now())


async def a_flow_answers_and_hands_over(floor: Floor, conn: AsyncConnection) -> None:
    """Somebody who never chooses an entry is asked three times and then given to people."""
    now, chat = floor.clock.now(), floor.channels["web_chat"]
    flow_id = await flows.add_flow(conn, "shop", flows.definition_of(SHOP), now=now)
    await flows.publish(conn, flow_id, version=1, by=None, now=now)
    await flows.lead_channel(conn, chat, flow_id)
    visitor = f"visitor-{new_id()}"
    for _ in range(4):
        await floor.take(conn, "web_chat", visitor)
    await floor.take(conn, "web_chat", f"visitor-{new_id()}")  # stays with the flow
    await flows.lead_channel(conn, chat, None)


async def a_shopper_rates_the_flow(floor: Floor, conn: AsyncConnection) -> None:
    """A flow ends with a rating, which its reader sees on the timeline."""
    now, chat = floor.clock.now(), floor.channels["web_chat"]
    flow_id = await flows.add_flow(conn, "rated", flows.definition_of(RATED), now=now)
    await flows.publish(conn, flow_id, version=1, by=None, now=now)
    await flows.lead_channel(conn, chat, flow_id)
    await floor.take(conn, "web_chat", f"visitor-{new_id()}")
    run_id = await conn.scalar(text("SELECT id FROM flow_runs ORDER BY id DESC LIMIT 1"))
    await flows.ratings.rate(conn, run_id, 4, 5, "quick", now=now)
    await flows.lead_channel(conn, chat, None)


# ── a callback ───────────────────────────────────────────────────────────────────────────────


async def visitor_asks_to_be_called(floor: Floor, conn: AsyncConnection) -> None:
    await routing.ask_callback(
        conn,
        await newest(conn),
        kind="phone",
        address="+98 912 345 6789",
        actor=SYSTEM,
        now=floor.clock.now(),
    )


async def nobody_answers_maryam(floor: Floor, conn: AsyncConnection) -> None:
    by = By(floor.users["maryam"])
    await callbacks.miss_callback(conn, await newest(conn), by=by, now=floor.clock.now())


async def visitor_answers_maryam(floor: Floor, conn: AsyncConnection) -> None:
    by, now = By(floor.users["maryam"]), floor.clock.now()
    await callbacks.reach_callback(conn, await newest(conn), by=by, now=now)
    await callbacks.end_callback(conn, await newest(conn), by=by, now=now)


# ── colleagues beside the holder ─────────────────────────────────────────────────────────────


async def maryam_asks_daniel_in(floor: Floor, conn: AsyncConnection) -> None:
    daniel, by = floor.users["daniel"], By(floor.users["maryam"])
    now = floor.clock.now()
    await colleagues.ask_in(
        conn, await newest(conn), daniel, "consult", note="Is it so?", by=by, now=now
    )


async def noor_joins(floor: Floor, conn: AsyncConnection) -> None:
    by = By(floor.users["noor"], manages=True)
    await join(conn, await newest(conn), by=by, now=floor.clock.now())


async def daniel_leaves(floor: Floor, conn: AsyncConnection) -> None:
    daniel = floor.users["daniel"]
    await colleagues.leave(conn, await newest(conn), daniel, by=By(daniel), now=floor.clock.now())


BESIDE |= {routed, a_minute_passes, answer_is_nearly_late}
_OFFERED: list[Verb] = [everyone_is_available, newcomer_writes, routed]
SCENES: list[list[Verb]] = [
    [*_OFFERED, offer_is_accepted],
    [*_OFFERED, offer_is_declined],
    [*_OFFERED, offered_agent_leaves, routed],
    [*_OFFERED, a_minute_passes, routed],
    [taken_for_spam, routed, spam_was_none, routed, consent_is_given, order_is_cancelled],
    [visitor_writes, maryam_picks, visitor_writes_more, maryam_reads, visitor_edits],
    [maryam_answers, answer_arrives, visitor_reads, visitor_takes_back, maryam_names_noor],
    [visitor_goes_on_by_mail, noor_tags, noor_looks, maryam_waits],
    [visitor_writes_more, maryam_snoozes, a_minute_passes],
    [maryam_passes_on, maryam_picks, maryam_resolves, maryam_wraps_up, visitor_writes_more],
    [visitor_writes, maryam_picks, noor_marks_spam, file_comes_by_reference, files_are_fetched],
    [same_person_writes_twice, two_are_one_and_two_again, contact_is_made_and_known],
    [
        *(colleague_comes, colleague_is_renamed, colleague_signs_in_and_out, capacity_changes),
        *(queue_is_renamed, queue_comes_and_goes),
        *(channel_is_renamed, channel_falls_ill, channel_comes_and_goes),
    ],
    [
        everyone_leaves,
        maryam_learns,
        maryam_answers_chats_undisturbed,
        mail_overflows_to_the_chat_queue,
    ],
    [newcomer_writes, routed, a_minute_passes, routed],
    [mail_asks_for_what_nobody_can, newcomer_writes, routed, a_minute_passes, routed],
    [noor_sets_a_target, a_minute_passes, points_end],
    [noor_tells_everybody, maryam_reads_a_notice, noor_is_renamed, a_minute_passes],
    [visitor_writes, maryam_picks, noor_whispers_and_prioritises, noor_changes_maryams_queues],
    [noor_sends_maryam_home, routed],
    [visitor_writes, maryam_picks, answer_is_nearly_late, a_minute_passes, maryam_answers],
    [visitor_writes, chats_close_at_noon, a_minute_passes],
    [a_flow_answers_and_hands_over, routed],
    [a_shopper_rates_the_flow],
    [
        *(visitor_writes, maryam_picks, maryam_asks_daniel_in, noor_joins, noor_is_renamed),
        *(visitor_writes_more, daniel_leaves, maryam_asks_daniel_in, maryam_waits),
        *(visitor_writes_more, maryam_picks),
    ],
    [
        *(visitor_writes, visitor_asks_to_be_called, maryam_picks, nobody_answers_maryam),
        *(maryam_picks, visitor_answers_maryam),
    ],
]
