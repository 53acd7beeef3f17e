"""The contacts' mail server: what it takes, keeps, refuses, and how it writes."""

from __future__ import annotations

import asyncio
import os
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.adapters.email.peers import Sink, smtp_sink
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Conflict, NotFound, Unavailable
from wasl.infra.ids import new_id
from wasl.simulators import mailbox as mailboxes
from wasl.simulators.mail_world import File, Letter, MailWorld
from wasl.simulators.mailbox import Mailbox, read_mail

SARA = "sara@example.com"


@asynccontextmanager
async def world_of(
    folder: Path, clock: TurnedClock, sink: Sink | None = None
) -> AsyncIterator[MailWorld]:
    world = MailWorld(
        folder,
        {SARA: "سارا منصوری", "omar@example.com": "Omar"},
        wasl_at=lambda: ("127.0.0.1", sink.port) if sink else None,
        receiving_server="mx.naranj.example",
        clock=clock,
    )
    async with world.open():
        yield world


async def send_in(world: MailWorld, *to: str, raw: bytes) -> dict[str, tuple[int, bytes]]:
    def run() -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", world.port, timeout=20) as smtp:
            return smtp.sendmail("support@naranj.example", list(to), raw)

    return await asyncio.to_thread(run)


def mail(subject: str = "Hello", text: str = "How are you?") -> bytes:
    return (
        f"From: Shop <support@naranj.example>\r\nTo: {SARA}\r\nSubject: {subject}\r\n"
        f"Message-ID: <1@naranj.example>\r\nReply-To: reply+x@naranj.example\r\n\r\n{text}\r\n"
    ).encode()


async def test_what_arrives_is_told_and_outlives_the_process(
    tmp_path: Path, clock: TurnedClock
) -> None:
    async with world_of(tmp_path, clock) as world:
        with world.mailbox(SARA).watching() as news:
            assert await send_in(world, SARA, raw=mail()) == {}
            told = await asyncio.wait_for(news.get(), 20)
        (kept,) = world.mailbox("Sara@Example.com").mails()
        assert kept == told
        assert world.mailbox("omar@example.com").mails() == []
    assert (kept.folder, kept.subject, kept.text) == ("inbox", "Hello", "How are you?\n")
    assert (kept.message_id, kept.reply_to) == ("<1@naranj.example>", "reply+x@naranj.example")
    async with world_of(tmp_path, clock) as again:
        assert again.mailbox(SARA).mails() == [kept]
        again.mailbox(SARA).clear()
    async with world_of(tmp_path, clock) as empty:
        assert empty.mailbox(SARA).mails() == []


async def test_nobody_of_that_name_and_a_full_mailbox(tmp_path: Path, clock: TurnedClock) -> None:
    async with world_of(tmp_path, clock) as world:
        refused = await send_in(world, SARA, "x@example.com", "full@example.com", raw=mail())
    assert refused == {
        "x@example.com": (550, b"5.1.1 No such person here"),
        "full@example.com": (452, b"4.2.2 The mailbox is full"),
    }


async def test_a_letter_is_correct_mime_that_the_receiving_server_has_looked_at(
    tmp_path: Path, clock: TurnedClock
) -> None:
    long_id = f"<{'x' * 200}@naranj.example>"
    letter = Letter(
        to="support@naranj.example",
        subject="سفارش A-20418 — تحویل‌شده اعلام شده، ولی نرسیده است",
        text="سلام\n.\nنقطه",
        in_reply_to=long_id,
        references=("<0@naranj.example>",),
        files=(File("رسید.pdf", "application/pdf", b"%PDF-1.7"),),
    )
    async with smtp_sink() as sink, world_of(tmp_path, clock, sink) as world:
        sent = await world.send(SARA, letter)
        assert world.mailbox(SARA).mails() == [sent]
        file, data = await world.mailbox(SARA).attachment(sent.id, 0)
        with pytest.raises(NotFound, match="attachment_not_found"):
            await world.mailbox(SARA).attachment(sent.id, 1)
    assert (file.name, file.size, data) == ("رسید.pdf", 8, b"%PDF-1.7")
    ((sender, recipients, raw),) = sink.mails
    assert (sender, recipients) == (SARA, ["support@naranj.example"])
    assert raw.startswith(
        b"Authentication-Results: mx.naranj.example; dmarc=pass header.from=example.com\r\n"
    )
    assert raw.isascii()
    read = message_from_bytes(raw, policy=default)
    assert read["Subject"] == letter.subject
    assert read["From"].addresses[0].display_name == "سارا منصوری"
    assert read["In-Reply-To"] == long_id
    assert read["References"].split() == ["<0@naranj.example>", long_id]
    assert read["Message-ID"] == sent.message_id
    body = read.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "سلام\n.\nنقطه\n"


async def test_what_we_refuse_is_not_among_the_sent(tmp_path: Path, clock: TurnedClock) -> None:
    letter = Letter(to="support@naranj.example", subject="s", text="t")
    async with smtp_sink() as sink, world_of(tmp_path, clock, sink) as world:
        sink.answers["support@naranj.example"] = "550 5.1.1 Nobody"
        with pytest.raises(Conflict) as refused:
            await world.send(SARA, letter)
        assert refused.value.params == {"reason": "550 5.1.1 Nobody"}
        sink.answers = {"DATA": "451 4.3.0 Later"}
        with pytest.raises(Unavailable, match="mail_not_taken_now"):
            await world.send(SARA, letter)
        assert world.mailbox(SARA).mails() == []
        with pytest.raises(NotFound, match="mailbox_not_found"):
            await world.send("stranger@example.com", letter)
    async with world_of(tmp_path, clock) as deaf:
        with pytest.raises(Unavailable, match="mail_not_taken_now"):
            await deaf.send(SARA, letter)


async def test_a_mailbox_forgets_its_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "MOST_MAILS", 3)
    box = Mailbox(tmp_path)
    box.load()
    for number in range(5):
        await box.keep("inbox", mail(subject=str(number)))
    assert [each.subject for each in box.mails()] == ["4", "3", "2"]
    assert len(os.listdir(tmp_path)) == 3
    monkeypatch.setattr(mailboxes, "MOST_BYTES", 2 * len(mail()))
    again = Mailbox(tmp_path)
    again.load()
    assert [each.subject for each in again.mails()] == ["4", "3"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: =?utf-9?B?!!?=\r\nSubject: =?x\r\n\r\n\x80",
        b'Content-Type: text/plain; charset="no-such"\r\n\r\n\xd8\xb3',
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>a",
        b"To: a@" + b"b." * 5000 + b"\r\nMessage-ID: <\r\n\r\nx",
    ],
)
def test_broken_mail_is_shown_as_far_as_it_goes(raw: bytes) -> None:
    assert read_mail(new_id(), "inbox", raw).size == len(raw)


def test_a_mail_of_html_alone_has_a_text() -> None:
    raw = (
        b"Content-Type: text/html; charset=utf-8\r\n\r\n"
        b"<html><head><title>no</title></head><p>Tom &amp; Sara</p>again"
    )
    read = read_mail(new_id(), "inbox", raw)
    assert read.text == "Tom & Sara\nagain"
    assert read.html.startswith("<html>")
