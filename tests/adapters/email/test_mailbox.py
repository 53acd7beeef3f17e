"""Fetching from a real Dovecot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tests.adapters.email.dovecot import PASSWORD, Dovecot
from tests.adapters.email.fake_host import FakeHost
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.apart import Apart
from wasl.adapters.email.config import Config, Server
from wasl.adapters.email.imap import Imap, encode_folder, uid_set
from wasl.adapters.email.mailbox import BATCH_BYTES, BATCH_MESSAGES, Mailbox, batches
from wasl.channels.contract import Channel, Inbound, InboundMessage
from wasl.infra.clock import SystemClock
from wasl.infra.errors import Invalid


def channel_for(dovecot: Dovecot, user: str, **changes: object) -> Channel:
    values: dict[str, object] = {
        "address": user,
        "imap": Server(
            host="127.0.0.1",
            port=dovecot.imap_port,
            security="none",
            user=user,
            password=SecretStr(PASSWORD),
        ),
    }
    return Channel(uuid4(), "email", user, Config.model_validate(values | changes))


def a_mail(number: int, user: str = "support@naranj.example", more: str = "") -> bytes:
    return (
        f"From: Sara <sara@example.com>\r\nTo: {user}\r\nSubject: Order {number}\r\n"
        f"Message-ID: <m{number}@example.com>\r\n{more}\r\nMessage {number}\r\n"
    ).encode()


@asynccontextmanager
async def watching(host: FakeHost, *channels: Channel) -> AsyncIterator[None]:
    task = asyncio.create_task(EmailAdapter().listen(channels, host))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def open_imap(config: Config) -> Imap:
    return await EmailAdapter()._open_imap(config)


async def test_waiting_mail_is_taken_and_then_new_mail_wakes(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, *(a_mail(number) for number in range(3)))
    async with watching(host, channel):
        await host.until(lambda: len(host.messages) == 3)
        await host.until(lambda: (channel.id, True, "") in host.reports)
        dovecot.deliver(user, a_mail(3))
        await host.until(lambda: len(host.messages) == 4)
        await host.until(lambda: host.states[channel.id]["uid"] == 4)
    assert host.texts() == [f"Message {number}" for number in range(4)]


async def test_a_restart_goes_on_after_the_last_mail(dovecot: Dovecot, host: FakeHost) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, a_mail(0), a_mail(1))
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 2)
    dovecot.deliver(user, a_mail(2))
    async with watching(host, host.resumed(channel)):
        await host.until(lambda: len(host.messages) == 3)
    assert host.duplicates == 0


async def test_a_crash_before_the_cursor_is_kept_loses_nothing(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, a_mail(0))
    async with watching(host, channel):
        await host.until(lambda: len(host.messages) == 1)
    # the state is thrown away, as if the process had died right after the commit
    async with watching(host, channel):
        await host.until(lambda: host.duplicates == 1)
    assert len(host.messages) == 1


async def test_a_new_uidvalidity_is_read_again_and_taken_once(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, a_mail(0), a_mail(1))
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 2)
    before = host.states[channel.id]["uidvalidity"]
    dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", "99887766", "INBOX")
    dovecot.deliver(user, a_mail(2))
    async with watching(host, host.resumed(channel)):
        await host.until(lambda: len(host.messages) == 3)
    assert host.states[channel.id]["uidvalidity"] == 99887766 != before
    assert sorted(host.texts()) == ["Message 0", "Message 1", "Message 2"]


async def test_a_mailbox_without_unread_mail_starts_at_its_end(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, *(a_mail(number) for number in range(3)))
    dovecot.doveadm("flags", "add", "-u", user, r"\Seen", "mailbox", "INBOX", "all")
    async with watching(host, channel):
        await host.until(lambda: (channel.id, True, "") in host.reports)
        dovecot.deliver(user, a_mail(3))
        await host.until(lambda: len(host.messages) == 1)
    assert host.texts() == ["Message 3"]


async def test_one_mail_that_the_host_refuses_stops_nobody(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, *(a_mail(number) for number in range(5)))

    def refuse(item: Inbound) -> None:
        if isinstance(item, InboundMessage) and item.text == "Message 2":
            raise Invalid("poison")

    host.refuse = refuse
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 5)
    assert host.texts() == ["Message 0", "Message 1", "Message 3", "Message 4"]
    assert (channel.id, True, "mail_refused") in host.reports


async def test_one_mail_that_the_host_fails_on_is_set_aside_and_tried_again(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, *(a_mail(number) for number in range(4)))

    def fail(item: Inbound) -> None:
        if isinstance(item, InboundMessage) and item.text == "Message 1":
            raise ValueError("a fault of the host")

    host.refuse = fail
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 4)
    assert host.texts() == ["Message 0", "Message 2", "Message 3"]
    assert host.states[channel.id]["aside"] == [2]
    host.refuse = lambda item: None
    async with watching(host, host.resumed(channel)):
        await host.until(lambda: len(host.messages) == 4)
        await host.until(lambda: host.states[channel.id]["aside"] == [])


async def test_a_host_that_is_down_gets_everything_later(dovecot: Dovecot, host: FakeHost) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, a_mail(0), a_mail(1))
    naps: list[float] = []

    def down(item: Inbound) -> None:
        raise ConnectionError("no database")

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            host.refuse = lambda item: None

    host.refuse = down
    gate = asyncio.Semaphore(1)
    mailbox = Mailbox(channel, host, open_imap, SystemClock(), gate, Apart(), nap)
    task = asyncio.create_task(mailbox.watch())
    await host.until(lambda: len(host.messages) == 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert naps == [2.0, 4.0, 8.0]
    assert host.texts() == ["Message 0", "Message 1"]


async def test_a_wrong_password_is_reported_and_others_go_on(
    dovecot: Dovecot, host: FakeHost
) -> None:
    good, bad = dovecot.user(), dovecot.user()
    wrong = Server(
        host="127.0.0.1",
        port=dovecot.imap_port,
        security="none",
        user=bad,
        password=SecretStr("wrong"),
    )
    ill = channel_for(dovecot, bad, imap=wrong)
    dovecot.deliver(good, a_mail(0))
    async with watching(host, ill, channel_for(dovecot, good)):
        await host.until(lambda: len(host.messages) == 1)
        await host.until(lambda: (ill.id, False, "imap_sign_in_refused") in host.reports)


async def test_twenty_mailboxes_at_once(dovecot: Dovecot, host: FakeHost) -> None:
    users = [dovecot.user() for _ in range(20)]
    for user in users:
        dovecot.deliver(user, *(a_mail(number, user) for number in range(5)))
    channels = [channel_for(dovecot, user) for user in users]
    async with watching(host, *channels):
        await host.until(lambda: len(host.messages) == 100)
        for user in users:
            dovecot.deliver(user, a_mail(5, user))
        await host.until(lambda: len(host.messages) == 120)
    for channel in channels:
        texts = [message.text for each, message in host.messages if each.id == channel.id]
        assert texts == [f"Message {number}" for number in range(6)]


async def test_two_mails_with_one_message_id_are_both_taken_a_copy_is_not(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    first = a_mail(0, more="Date: Sat, 21 Nov 2026 08:00:00 +0000\r\n")
    second = a_mail(0, more="Date: Sat, 21 Nov 2026 08:05:00 +0000\r\n")
    dovecot.deliver(user, first, first, second)
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 3)
    assert len(host.messages) == 2
    ids = [message.provider_id for _, message in host.messages]
    assert ids[0] == "m0@example.com"
    assert ids[1].startswith("m0@example.com#")


async def test_a_mail_over_the_limit_leaves_a_notice(dovecot: Dovecot, host: FakeHost) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    huge = a_mail(0) + b"x" * 78 * 350_000
    dovecot.deliver(user, huge, a_mail(1))
    async with watching(host, channel):
        await host.until(lambda: len(host.messages) == 2)
    notice, usual = (message for _, message in host.messages)
    assert notice.attributes == {"notice": "message_too_large", "size_bytes": len(huge)}
    assert notice.subject == "Order 0"
    assert usual.text == "Message 1"


async def test_another_folder_with_a_persian_name(dovecot: Dovecot, host: FakeHost) -> None:
    user, folder = dovecot.user(), "پشتیبانی & more"
    channel = channel_for(dovecot, user, folder=folder)
    dovecot.deliver(user, a_mail(0))
    dovecot.doveadm("move", "-u", user, folder, "mailbox", "INBOX", "all")
    async with watching(host, channel):
        await host.until(lambda: len(host.messages) == 1)


async def test_ignored_mail_moves_the_cursor(dovecot: Dovecot, host: FakeHost) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, a_mail(0, more="X-Wasl-Check: abc\r\n"), a_mail(1))
    async with watching(host, channel):
        await host.until(lambda: host.states.get(channel.id, {}).get("uid") == 2)
    assert host.texts() == ["Message 1"]


def test_batches_are_bounded() -> None:
    many = batches([(uid, 1_000) for uid in range(120)])
    assert [len(batch) for batch in many] == [BATCH_MESSAGES, BATCH_MESSAGES, 20]
    large = batches([(1, BATCH_BYTES), (2, BATCH_BYTES * 3), (3, 10)])
    assert large == [[(1, BATCH_BYTES)], [(2, BATCH_BYTES * 3)], [(3, 10)]]


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("A & B", "A &- B"),
        ("پشتیبانی", "&Bn4GNAYqBswGKAYnBkYGzA-"),
        ("Entwürfe", "Entw&APw-rfe"),
    ],
)
def test_folder_names_in_modified_utf7(name: str, wire: str) -> None:
    assert encode_folder(name) == wire


def test_uid_sets_are_short() -> None:
    assert uid_set([5, 1, 2, 3, 9]) == "1:3,5,9"
