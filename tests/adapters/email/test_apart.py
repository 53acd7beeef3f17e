"""Large mails in a child process: what it takes, and what its death means."""

from __future__ import annotations

import asyncio
import os
import smtplib
from collections.abc import Callable
from threading import Event
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from tests.adapters.email.dovecot import Dovecot
from tests.adapters.email.fake_host import FakeHost
from tests.adapters.email.test_mailbox import a_mail, channel_for, open_imap
from tests.realtime.replay import until
from wasl.adapters.email import apart as module
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.apart import LARGE_BYTES, Apart, Undecodable
from wasl.adapters.email.config import Config
from wasl.adapters.email.mailbox import Mailbox
from wasl.adapters.email.wire_in import InboundMessage, Reception, decode
from wasl.channels.contract import Channel
from wasl.infra.clock import SystemClock

_T = TypeVar("_T")
ADDRESS = "help@naranj.example"
FILE = b"".join(b"%076d\r\n" % number for number in range(LARGE_BYTES // 64))


def large(number: int = 0, more: str = "") -> bytes:
    """A mail with a file of text that is over the bound."""
    fields = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    head, _, text = a_mail(number, ADDRESS, more + fields).partition(b"\r\n\r\n")
    parts = (
        b"Content-Type: text/plain\r\n\r\n" + text,
        b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n" + FILE,
    )
    return (
        head + b"\r\n\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    )


def own_id(*_: Any) -> int:
    return os.getpid()


def die(*_: Any) -> None:
    os._exit(9)


def hang(*_: Any) -> None:
    Event().wait()


def shout(*_: Any) -> str:
    os.write(1, b"among the answers")
    return "answered"


async def test_one_child_on_demand_is_kept_and_ended() -> None:
    async with Apart() as apart:
        assert not apart.runs
        first = await apart.run(own_id)
        assert first != os.getpid()
        assert await apart.run(own_id) == first
        assert await asyncio.gather(*(apart.run(own_id) for _ in range(3))) == [first] * 3
        assert await apart.run(shout) == "answered"
    assert not apart.runs
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


async def test_an_idle_child_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_S", 0.01)
    async with Apart() as apart:
        first = await apart.run(own_id)
        await until(lambda: not apart.runs)
        assert await apart.run(own_id) != first


async def test_a_child_that_dies_is_followed_by_another() -> None:
    async with Apart() as apart:
        first = await apart.run(own_id)
        with pytest.raises(Undecodable):
            await apart.run(die)
        assert await apart.run(own_id) != first


async def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Apart() as apart:
        first = await apart.run(own_id)
        monkeypatch.setattr(module, "LONGEST_S", 0.05)
        with pytest.raises(Undecodable):
            await apart.run(hang)
        monkeypatch.undo()
        assert await apart.run(own_id) != first


async def test_who_gives_up_gets_no_answer_of_another() -> None:
    async with Apart() as apart:
        await apart.run(own_id)
        waiting = asyncio.create_task(apart.run(hang))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await apart.run(shout) == "answered"


async def test_the_child_reads_a_mail_as_we_do() -> None:
    now, reception = SystemClock().now(), Reception(frozenset({ADDRESS}))
    async with Apart() as apart:
        found = await apart.run(decode, large(), reception, now)
    assert found == decode(large(), reception, now)
    assert isinstance(found, InboundMessage)
    assert found.attachments[0].data == FILE


class Broken(Apart):
    """Dies of every mail."""

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        raise Undecodable("EOFError")


async def test_a_large_mail_of_a_mailbox(dovecot: Dovecot, host: FakeHost) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, large(), a_mail(1))
    watching = asyncio.create_task(EmailAdapter().listen([channel], host))
    await host.until(lambda: len(host.messages) == 2)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert host.texts() == ["Message 0", "Message 1"]
    assert host.messages[0][1].attachments[0].data == FILE


async def test_a_mail_that_kills_leaves_one_notice_and_the_mailbox_goes_on(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    channel = channel_for(dovecot, user)
    dovecot.deliver(user, large(), a_mail(1))
    mailbox = Mailbox(channel, host, open_imap, SystemClock(), asyncio.Semaphore(1), Broken())
    watching = asyncio.create_task(mailbox.watch())
    await host.until(lambda: len(host.messages) == 2)
    await host.until(lambda: host.states[channel.id]["uid"] == 2)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    notice, usual = (message for _, message in host.messages)
    assert notice.attributes["notice"] == "message_unreadable"
    assert (notice.subject, notice.provider_id) == ("Order 0", "m0@example.com")
    assert usual.text == "Message 1"
    assert host.states[channel.id]["aside"] == []


def deadly(name: bytes) -> bytes | None:
    """DNS of a signer whose mails kill whoever looks at them."""
    die()
    return None


async def test_a_mail_that_kills_is_refused_by_smtp_and_others_are_taken(host: FakeHost) -> None:
    config = Config(address=ADDRESS, receive="smtp")
    host.channels[ADDRESS] = Channel(uuid4(), "email", ADDRESS, config)
    signed = (
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; bh=AAAA; b=AAAA;"
        " c=relaxed/relaxed\r\n"
    )

    def send(address: tuple[str, int], raw: bytes) -> int:
        with smtplib.SMTP(*address, timeout=60) as smtp:
            try:
                smtp.sendmail("sara@example.com", [ADDRESS], raw)
            except smtplib.SMTPDataError as error:
                return error.smtp_code
        return 250

    adapter = EmailAdapter(lookup=deadly)
    async with adapter.receive_mail(host, smtp=("127.0.0.1", 0)) as listening:
        assert listening.smtp is not None
        assert await asyncio.to_thread(send, listening.smtp, large(0, signed)) == 554
        assert await asyncio.to_thread(send, listening.smtp, large(1)) == 250
    assert host.texts() == ["Message 1"]
