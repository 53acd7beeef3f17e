"""Everything that contacts, colleagues and time do on a floor, by the services' own verbs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.realtime.floor import NOBODY, PASSWORD, QUEUES, SENDERS, Floor, NothingThere
from wasl import accounts, channels, contacts, conversations, reporting, routing
from wasl.accounts import Role
from wasl.accounts import service as accounts_service
from wasl.channels import adapter_of
from wasl.channels.contract import (
    ErrorKind,
)
from wasl.conversations import api, contact_api, receipts
from wasl.conversations.attachments import fetch_due
from wasl.conversations.continuing import continue_by_mail
from wasl.conversations.delivery import Delivery
from wasl.conversations.ingest import StoredAttachment
from wasl.conversations.merging import merge, unmerge
from wasl.conversations.speaking import Reply, open_conversation, send_message
from wasl.infra.errors import AppError
from wasl.infra.events import SYSTEM, Actor
from wasl.infra.ids import new_id
from wasl.infra.timers import TimerLoop

Verb = Callable[[Floor, Any], Awaitable[None]]
VERBS: list[Verb] = []
BESIDE: set[Verb] = set()  # verbs that make their own transactions


async def run(floor: Floor, verb: Verb, *, refusable: bool = True) -> None:
    """One verb in its own transaction; what the services refuse changes nothing, and is an error
    where nothing may be refused."""
    floor.clock.turn(1.0)
    try:
        if verb in BESIDE:
            await verb(floor, None)
        else:
            async with floor.database.transaction() as conn:
                await verb(floor, conn)
    except (AppError, NothingThere):
        if not refusable:
            raise


def verb(do: Verb) -> Verb:
    VERBS.append(do)
    return do


def beside(do: Verb) -> Verb:
    BESIDE.add(do)
    return verb(do)


# ── contacts write ───────────────────────────────────────────────────────────────────────────


@verb
async def chat_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "web_chat", floor.chance.choice(SENDERS))


@verb
async def mail_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", floor.chance.choice(SENDERS))


@verb
async def contact_names_themself(floor: Floor, conn: AsyncConnection) -> None:
    sender = floor.chance.choice(SENDERS)
    profile = {"name": sender.title(), "email": f"{sender}@example.org"}
    await floor.take(conn, "web_chat", sender, profile=profile)


@verb
async def spam_comes_in(floor: Floor, conn: AsyncConnection) -> None:
    await floor.take(conn, "email", f"spammer{floor.chance.randrange(3)}", spam=True)


@verb
async def contact_goes_on_by_other_channel(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status <> 'resolved'")
    kind = floor.chance.choice(["web_chat", "email"])
    await floor.take(conn, kind, floor.chance.choice(SENDERS), conversation_id=conversation_id)


@verb
async def contact_comes_back(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'resolved'")
    await floor.take(conn, "web_chat", "sara", conversation_id=conversation_id)


@verb
async def file_comes_by_reference(floor: Floor, conn: AsyncConnection) -> None:
    file = StoredAttachment(
        new_id(), "invoice.pdf", "application/pdf", 10, "", None, reference={"url": NOBODY}
    )
    await floor.take(conn, "api", floor.chance.choice(SENDERS), attachments=[file])


@verb
async def contact_edits(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.change_inbound(
        conn, channel_id, provider_id, text="other words", now=floor.clock.now()
    )


@verb
async def contact_takes_back(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.change_inbound(conn, channel_id, provider_id, text=None, now=floor.clock.now())


@verb
async def contact_reacts(floor: Floor, conn: AsyncConnection) -> None:
    channel_id, provider_id = await _provider_id(floor, conn)
    await receipts.react(conn, channel_id, provider_id, "👍", now=floor.clock.now())


async def _provider_id(floor: Floor, conn: AsyncConnection) -> tuple[UUID, str]:
    rows = (
        await conn.execute(
            text("SELECT channel_id, provider_id FROM provider_ids ORDER BY message_id")
        )
    ).all()
    if not rows:
        raise NothingThere
    row = floor.chance.choice(rows)
    return row.channel_id, row.provider_id


@verb
async def contact_reads(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn)
    await receipts.contact_read(conn, conversation_id, 10_000, now=floor.clock.now())


@verb
async def contact_goes_on_by_mail(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'open'")
    channel = await floor.kept.by_id(floor.channels["web_chat"])
    await continue_by_mail(
        conn, channel, conversation_id, f"new{floor.chance.randrange(9)}@example.net",
        now=floor.clock.now(),
    )  # fmt: skip


@beside
async def files_are_fetched(floor: Floor, conn: None) -> None:
    await fetch_due(floor.database, floor.kept, floor.blobs, floor.clock)


# ── colleagues speak ─────────────────────────────────────────────────────────────────────────


async def _say(floor: Floor, conn: AsyncConnection, conversation_id: UUID, kind: str) -> None:
    await send_message(
        conn,
        conversation_id,
        Reply(floor.channels[kind], kind, adapter_of(kind).capabilities, None, "an answer"),
        author=Actor("agent", await floor.holder(conn, conversation_id)),
        now=floor.clock.now(),
    )


@verb
async def agent_replies(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "NOT spam")
    await _say(floor, conn, conversation_id, floor.chance.choice(["web_chat", "email"]))


@verb
async def agent_begins(floor: Floor, conn: AsyncConnection) -> None:
    contact_id = await floor.some(conn, "SELECT contact_id FROM conversations ORDER BY 1")
    if contact_id is None:
        raise NothingThere
    conversation_id = await open_conversation(
        conn, contact_id=contact_id, channel_id=floor.channels["email"], subject="About it",
        locale="fa", now=floor.clock.now(),
    )  # fmt: skip
    await _say(floor, conn, conversation_id, "email")


@verb
async def agent_notes(floor: Floor, conn: AsyncConnection) -> None:
    await conversations.add_note(
        conn,
        await floor.some_conversation(conn),
        author=Actor("agent", floor.users[floor.someone()]),
        text="between us",
        now=floor.clock.now(),
        mentions=[floor.users[floor.someone()], floor.users["guest"]],
    )


@verb
async def mention_is_read(floor: Floor, conn: AsyncConnection) -> None:
    found = await floor.some(conn, "SELECT id FROM mentions WHERE read_at IS NULL ORDER BY id")
    if found is None:
        raise NothingThere
    user_id = await conn.scalar(text("SELECT user_id FROM mentions WHERE id = :id"), {"id": found})
    await conversations.mentions.read_one(conn, found, user_id, now=floor.clock.now())


@beside
async def replies_are_sent(floor: Floor, conn: None) -> None:
    delivery = Delivery(
        floor.database, floor.kept, floor.blobs, floor.sealer, floor.clock, lambda *_: ""
    )
    await delivery.send_due()


@verb
async def receipt_comes(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "direction = 'out'")
    state = floor.chance.choice(["sent", "delivered", "read"])
    await receipts.set_message_state(conn, message_id, state, now=floor.clock.now())


@verb
async def delivery_fails(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "direction = 'out'")
    await receipts.set_message_state(
        conn, message_id, "failed", now=floor.clock.now(), error=ErrorKind.RECIPIENT,
        detail="no such mailbox", activity=("bounced", {"detail": "no such mailbox"}),
    )  # fmt: skip


@verb
async def failed_is_sent_again(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "state = 'failed'")
    await receipts.retry(conn, message_id, now=floor.clock.now())


@verb
async def failed_is_discarded(floor: Floor, conn: AsyncConnection) -> None:
    message_id = await floor.some_message(conn, "state = 'failed' AND deleted_at IS NULL")
    actor = Actor("agent", floor.users[floor.someone()])
    await receipts.discard(conn, message_id, by=actor, now=floor.clock.now())


@verb
async def agent_reads(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "unread > 0")
    actor = Actor("agent", await floor.holder(conn, conversation_id))
    await receipts.mark_read(conn, conversation_id, 10_000, by=actor, now=floor.clock.now())


# ── where it stands ──────────────────────────────────────────────────────────────────────────


@verb
async def agent_picks(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status <> 'resolved'")
    by = floor.by(floor.users[floor.someone()])
    await routing.pick(conn, conversation_id, by=by, now=floor.clock.now())


@verb
async def agent_transfers(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "status = 'open'")
    to: dict[str, Any] = {"queue_id": floor.chance.choice(floor.queues)}
    if floor.chance.random() < 0.4:
        to = {"user_id": floor.users[floor.chance.choice(["maryam", "daniel", "guest"])]}
    await routing.transfer(
        conn, conversation_id, **to, note="please look", now=floor.clock.now(),
        by=floor.by(await floor.holder(conn, conversation_id)),
    )  # fmt: skip


async def _put(floor: Floor, conn: AsyncConnection, which: str, status: str, **more: Any) -> None:
    conversation_id = await floor.some_conversation(conn, which)
    by = floor.by(await floor.holder(conn, conversation_id))
    await routing.set_status(conn, conversation_id, status, by=by, now=floor.clock.now(), **more)


@verb
async def agent_resolves(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status = 'open'", "resolved", disposition="solved")


@verb
async def agent_waits_for_contact(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status = 'open'", "pending")


@verb
async def agent_snoozes(floor: Floor, conn: AsyncConnection) -> None:
    until = floor.clock.now() + timedelta(seconds=floor.chance.randrange(5, 60))
    await _put(floor, conn, "status = 'open'", "snoozed", snoozed_until=until)


@verb
async def agent_takes_up_again(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status IN ('pending', 'snoozed')", "open")


@verb
async def agent_wraps_up(floor: Floor, conn: AsyncConnection) -> None:
    conversation_id = await floor.some_conversation(conn, "state IN ('wrap_up', 'completed')")
    by = floor.by(await floor.holder(conn, conversation_id))
    await routing.wrap_up(
        conn, conversation_id, disposition="answered", note="done", by=by, now=floor.clock.now()
    )


@verb
async def tags_are_set(floor: Floor, conn: AsyncConnection) -> None:
    who, tags = await floor.principal(conn, "noor"), api.Tags(tags=[floor.chance.choice("abc")])
    await api.tag(await floor.some_conversation(conn), tags, conn, who, floor.clock)


@verb
async def priority_is_set(floor: Floor, conn: AsyncConnection) -> None:
    who, body = await floor.principal(conn, "noor"), api.PriorityBody(priority=2)
    await api.prioritise(await floor.some_conversation(conn), body, conn, who, floor.clock)


@verb
async def spam_is_marked(floor: Floor, conn: AsyncConnection) -> None:
    who = await floor.principal(conn, "noor")
    body = api.SpamBody(spam=floor.chance.random() < 0.5)
    await api.mark_spam(await floor.some_conversation(conn), body, conn, who, floor.clock)


@verb
async def conversations_are_merged(floor: Floor, conn: AsyncConnection) -> None:
    pair = (
        await conn.execute(
            text(
                "SELECT a.id, b.id AS into_id FROM conversations a JOIN conversations b"
                " ON a.contact_id = b.contact_id AND a.id <> b.id"
                " WHERE a.merged_into IS NULL AND b.merged_into IS NULL ORDER BY 1, 2 LIMIT 1"
            )
        )
    ).first()
    if pair is None:
        raise NothingThere
    actor = Actor("agent", floor.users["noor"])
    await merge(conn, pair.id, pair.into_id, by=actor, now=floor.clock.now())


@verb
async def a_resolved_one_is_taken_up_again(floor: Floor, conn: AsyncConnection) -> None:
    await _put(floor, conn, "status = 'resolved'", "open")


@verb
async def a_merge_is_undone(floor: Floor, conn: AsyncConnection) -> None:
    rows = await conn.execute(
        text("SELECT id FROM conversations WHERE merged_into IS NOT NULL ORDER BY id")
    )
    merged = [row.id for row in rows]
    if not merged:
        raise NothingThere
    actor = Actor("agent", floor.users["noor"])
    await unmerge(conn, floor.chance.choice(merged), by=actor, now=floor.clock.now())


# ── offers, presence, time ───────────────────────────────────────────────────────────────────


async def live_offer(conn: AsyncConnection) -> Any:
    found = (
        await conn.execute(text("SELECT * FROM offers WHERE state = 'offered' ORDER BY id LIMIT 1"))
    ).first()
    if found is None:
        raise NothingThere
    return found


@verb
async def offer_is_accepted(floor: Floor, conn: AsyncConnection) -> None:
    offer = await live_offer(conn)
    await routing.accept_offer(
        conn, offer.id, offer.epoch, agent_id=offer.user_id, now=floor.clock.now()
    )


@verb
async def offer_is_declined(floor: Floor, conn: AsyncConnection) -> None:
    offer = await live_offer(conn)
    await routing.decline_offer(
        conn, offer.id, offer.epoch, agent_id=offer.user_id, now=floor.clock.now()
    )


@verb
async def presence_changes(floor: Floor, conn: AsyncConnection) -> None:
    presence = floor.chance.choice(["available", "available", "away", "offline"])
    await routing.set_presence(
        conn, floor.users[floor.someone()], presence, now=floor.clock.now(),
        reason="lunch" if presence == "away" else None,
    )  # fmt: skip


@verb
async def capacity_changes(floor: Floor, conn: AsyncConnection) -> None:
    capacity = {"web_chat": floor.chance.randrange(1, 5), "email": 3}
    await routing.set_capacity(
        conn, floor.users[floor.someone()], capacity, actor=SYSTEM, now=floor.clock.now()
    )


@beside
async def time_passes(floor: Floor, conn: None) -> None:
    """Offers time out, snoozes and wrap-ups end."""
    floor.clock.turn(float(floor.chance.choice([5, 16, 30])))

    async def led(conn: AsyncConnection) -> None:
        return None

    handlers = {**routing.timer_handlers(), **reporting.timer_handlers()}
    timers = TimerLoop(floor.database, floor.clock, floor.bus, handlers, led)
    await timers.fire_due()
    await floor.router.decide(1)


# ── what others show: contacts, colleagues, queues, channels ─────────────────────────────────


async def _contacts(floor: Floor, conn: AsyncConnection, most: int) -> list[UUID]:
    rows = await conn.execute(
        text("SELECT id FROM contacts WHERE merged_into IS NULL ORDER BY created_at, id")
    )
    found = [row.id for row in rows]
    if len(found) < most:
        raise NothingThere
    return floor.chance.sample(found, most)


@verb
async def contact_is_added(floor: Floor, conn: AsyncConnection) -> None:
    await contacts.add(conn, {"name": "Nadia"}, actor=SYSTEM, now=floor.clock.now())


@verb
async def contact_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    name = f"Name {floor.chance.randrange(100)}"
    await contacts.change(conn, contact_id, {"name": name}, actor=SYSTEM, now=floor.clock.now())


@verb
async def identity_is_added(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    await contacts.add_identity(
        conn, contact_id, "email", f"a{floor.chance.randrange(99)}@example.net", actor=SYSTEM,
        verified_by="agent", now=floor.clock.now(),
    )  # fmt: skip


@verb
async def host_vouches(floor: Floor, conn: AsyncConnection) -> None:
    sender = floor.chance.choice(SENDERS)
    await contacts.vouched_contact(
        conn, [("web_visitor", sender), ("email", f"{sender}@example.com")], name=sender.title(),
        region="", verified_by="host", now=floor.clock.now(),
    )  # fmt: skip


@verb
async def link_is_opened(floor: Floor, conn: AsyncConnection) -> None:
    (contact_id,) = await _contacts(floor, conn, 1)
    await contacts.claim_identity(
        conn, contact_id, "web_visitor", str(new_id()), verified_by="link", now=floor.clock.now()
    )


@verb
async def contacts_are_merged(floor: Floor, conn: AsyncConnection) -> None:
    base_id, other_id = await _contacts(floor, conn, 2)
    who, body = await floor.principal(conn, "noor"), contact_api.Other(other_id=other_id)
    await contact_api.merge(base_id, body, who, conn, floor.clock)


@verb
async def contacts_are_parted(floor: Floor, conn: AsyncConnection) -> None:
    row = (
        await conn.execute(
            text("SELECT id, merged_into FROM contacts WHERE merged_into IS NOT NULL LIMIT 1")
        )
    ).first()
    if row is None:
        raise NothingThere
    who, body = await floor.principal(conn, "noor"), contact_api.Other(other_id=row.id)
    await contact_api.unmerge(row.merged_into, body, who, conn, floor.clock)


@verb
async def colleague_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    user_id = floor.users[floor.chance.choice(list(floor.users))]
    name = f"Colleague {floor.chance.randrange(100)}"
    await accounts_service.change_user(conn, user_id, {"name": name}, now=floor.clock.now())


@verb
async def colleague_is_disabled_or_back(floor: Floor, conn: AsyncConnection) -> None:
    disabled = floor.chance.random() < 0.5
    await accounts_service.change_user(
        conn, floor.users["guest"], {"disabled": disabled}, now=floor.clock.now()
    )


@verb
async def colleague_comes(floor: Floor, conn: AsyncConnection) -> None:
    await accounts.add_user(
        conn, email=f"{new_id()}@shop.test", name="New one", role=Role.AGENT, password=PASSWORD,
        now=floor.clock.now(),
    )  # fmt: skip


@verb
async def colleague_signs_in_and_out(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    signed_in = await accounts_service.sign_in(conn, floor.users["guest"], now=now)
    await accounts_service.sign_out(conn, signed_in.token, now=now)


@verb
async def members_change(floor: Floor, conn: AsyncConnection) -> None:
    names = floor.chance.sample(["maryam", "daniel", "guest"], floor.chance.randrange(1, 4))
    await floor.set_members(conn, floor.chance.randrange(2), *names)


@verb
async def queue_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    names = {"en": f"Queue {floor.chance.randrange(100)}", "fa": "صف", "ar": "طابور"}
    await routing.change_queue(
        conn, floor.chance.choice(floor.queues), {"names": names}, actor=SYSTEM,
        now=floor.clock.now(),
    )  # fmt: skip


@verb
async def queue_comes_and_goes(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    queue_id = await routing.add_queue(conn, {"names": QUEUES[0]}, actor=SYSTEM, now=now)
    levels = {floor.users["guest"]: 1}
    await routing.set_members(conn, queue_id, levels, actor=SYSTEM, now=now)
    await routing.drop_queue(conn, queue_id, actor=SYSTEM, now=now)


@verb
async def channel_is_renamed(floor: Floor, conn: AsyncConnection) -> None:
    channel_id = floor.channels[floor.chance.choice(["web_chat", "email"])]
    name = f"Channel {floor.chance.randrange(100)}"
    now = floor.clock.now()
    await channels.change(conn, floor.sealer, channel_id, name=name, actor=SYSTEM, now=now)


@verb
async def channel_falls_ill_or_recovers(floor: Floor, conn: AsyncConnection) -> None:
    channel_id = floor.channels[floor.chance.choice(["web_chat", "email"])]
    state: Any = floor.chance.choice(["ok", "failed"])
    await channels.report_health(conn, channel_id, state, now=floor.clock.now())


@verb
async def channel_comes_and_goes(floor: Floor, conn: AsyncConnection) -> None:
    now = floor.clock.now()
    channel_id = await channels.add(
        conn, floor.sealer, kind="web_chat", name="short", actor=SYSTEM, now=now,
        config=channels.configured("web_chat", {}), enabled=False,
    )  # fmt: skip
    await channels.drop(conn, channel_id, in_use=False, actor=SYSTEM, now=now)
