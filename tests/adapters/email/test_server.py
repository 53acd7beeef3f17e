"""Receiving by SMTP and LMTP, driven by smtplib and by hand."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import dkim  # type: ignore[import-untyped]  # ships no types
import pytest
from aiosmtpd.smtp import Envelope, Session

from tests.adapters.email.fake_host import FakeHost
from tests.adapters.email.peers import DkimKey, certificate, dkim_key
from wasl.adapters.email import server
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.apart import Apart
from wasl.adapters.email.config import Config
from wasl.channels.contract import Channel, Inbound, Taken
from wasl.infra.clock import SystemClock
from wasl.infra.errors import Invalid, Unavailable

MAIL = (
    b"From: Sara <sara@example.com>\r\nTo: help@naranj.example\r\nSubject: Order\r\n"
    b"Message-ID: <1@example.com>\r\n\r\nWhere is it?\r\n"
)


def add_channel(host: FakeHost, *addresses: str, **changes: Any) -> Channel:
    config = Config(address=addresses[0], receive="smtp", **changes)
    channel = Channel(uuid4(), "email", addresses[0], config)
    host.channels |= dict.fromkeys(addresses, channel)
    return channel


def no_record(name: bytes) -> None:
    """DNS in which nobody publishes anything."""


@asynccontextmanager
async def receiving(
    host: FakeHost, key: DkimKey | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[server.Listening]:
    adapter = EmailAdapter(lookup=key.lookup if key else no_record)
    local = ("127.0.0.1", 0)
    async with adapter.receive_mail(host, smtp=local, lmtp=local, certificate=tls) as listening:
        yield listening


async def by_smtp(listening: server.Listening, act: Callable[[smtplib.SMTP], Any]) -> Any:
    """Runs `act` on a connection, in a thread."""
    assert listening.smtp is not None
    address = listening.smtp

    def run() -> Any:
        with smtplib.SMTP(*address, timeout=20) as smtp:
            return act(smtp)

    return await asyncio.to_thread(run)


async def send(
    listening: server.Listening, raw: bytes, *to: str, sender: str = "sara@example.com"
) -> Any:
    recipients = list(to) or ["help@naranj.example"]
    return await by_smtp(listening, lambda smtp: smtp.sendmail(sender, recipients, raw))


async def test_a_mail_is_taken_before_it_is_acknowledged(host: FakeHost) -> None:
    channel = add_channel(host, "help@naranj.example")
    async with receiving(host) as listening:
        assert await send(listening, MAIL) == {}
    ((taken_by, message),) = host.messages
    assert taken_by is channel
    assert (message.text, message.subject) == ("Where is it?", "Order")
    assert not message.proven
    assert not message.automatic


async def test_nobody_of_that_name(host: FakeHost) -> None:
    add_channel(host, "help@naranj.example")
    async with receiving(host) as listening:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            await send(listening, MAIL, "nobody@naranj.example")
        assert caught.value.recipients["nobody@naranj.example"][0] == 550
        refused = await send(listening, MAIL, "help@naranj.example", "nobody@naranj.example")
    assert list(refused) == ["nobody@naranj.example"]
    assert len(host.messages) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConnectionError("down"), 451), (Unavailable("busy"), 451), (Invalid("never"), 554)],
)
async def test_what_the_host_cannot_take(host: FakeHost, error: Exception, code: int) -> None:
    add_channel(host, "help@naranj.example")

    def refuse(item: Inbound) -> None:
        raise error

    host.refuse = refuse
    async with receiving(host) as listening:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await send(listening, MAIL)
        assert caught.value.smtp_code == code
        assert host.messages == []
        host.refuse = lambda item: None
        await send(listening, MAIL)
    assert len(host.messages) == 1


async def test_a_failing_lookup_of_a_recipient_is_temporary() -> None:
    class Broken(FakeHost):
        async def recipient_channel(self, address: str) -> Channel | None:
            raise ConnectionError("no database")

    async with receiving(Broken()) as listening:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            await send(listening, MAIL)
    assert caught.value.recipients["help@naranj.example"][0] == 451


async def test_too_large_is_552(host: FakeHost) -> None:
    add_channel(host, "help@naranj.example")
    huge = MAIL + (b"x" * 76 + b"\r\n") * 360_000

    def announced(smtp: smtplib.SMTP) -> int:
        smtp.ehlo()
        return smtp.mail("a@b.example", [f"SIZE={len(huge)}"])[0]

    def unannounced(smtp: smtplib.SMTP) -> int:
        smtp.helo()
        smtp.mail("a@b.example")
        smtp.rcpt("help@naranj.example")
        return smtp.data(huge)[0]

    async with receiving(host) as listening:
        assert await by_smtp(listening, announced) == 552
        assert await by_smtp(listening, unannounced) == 552
    assert host.messages == []


async def test_twenty_megabytes_are_taken(host: FakeHost) -> None:
    add_channel(host, "help@naranj.example")
    async with receiving(host) as listening:
        await send(listening, MAIL + (b"x" * 76 + b"\r\n") * 260_000)
    ((_, message),) = host.messages
    assert message.attributes["truncated"] is True


async def test_a_verified_signature_of_the_senders_domain_proves_the_sender(
    host: FakeHost,
) -> None:
    add_channel(host, "help@naranj.example")
    key = dkim_key("s1._domainkey.example.com")

    def signed(raw: bytes, domain: bytes = b"example.com") -> bytes:
        return bytes(dkim.sign(raw, b"s1", domain, key.private.encode())) + raw

    other = MAIL.replace(b"<1@", b"<2@").replace(b"sara@example.com>", b"boss@bank.example>")
    claimed = (
        b"Authentication-Results: help.naranj.example; dmarc=pass header.from=example.com\r\n"
        + MAIL.replace(b"<1@", b"<3@")
    )
    changed = signed(MAIL.replace(b"<1@", b"<4@")).replace(b"Where", b"There")
    async with receiving(host, key) as listening:
        for raw in (signed(MAIL), signed(other), claimed, changed):
            await send(listening, raw)
    assert [message.proven for _, message in host.messages] == [True, False, False, False]


async def test_several_recipients_of_one_channel_are_one_message(host: FakeHost) -> None:
    help_ = add_channel(host, "help@naranj.example", "reply+token_123456@naranj.example")
    shop = add_channel(host, "shop@naranj.example")
    async with receiving(host) as listening:
        await send(
            listening,
            MAIL,
            "help@naranj.example",
            "reply+token_123456@naranj.example",
            "shop@naranj.example",
        )
    assert [channel for channel, _ in host.messages] == [help_, shop]
    assert host.messages[0][1].reply_tokens == ("token_123456",)
    assert host.messages[1][1].reply_tokens == ()


async def test_the_null_sender_is_automatic_and_a_bounce_is_a_receipt(host: FakeHost) -> None:
    add_channel(host, "help@naranj.example")
    ours = "wasl.0123456789abcdef0123456789abcdef@naranj.example"
    bounce = (
        "From: MAILER-DAEMON@example.com\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{ours}>\r\n\r\nHi\r\n--b--\r\n"
    ).encode()
    async with receiving(host) as listening:
        await send(listening, MAIL, sender="<>")
        await send(listening, bounce, sender="<>")
    assert [message.automatic for _, message in host.messages] == [True]
    assert [receipt.message_provider_id for receipt in host.receipts] == [ours]


async def test_lmtp_answers_for_each_recipient() -> None:
    class Half(FakeHost):
        async def take(self, channel: Channel, items: Sequence[Inbound]) -> Sequence[Taken]:
            if channel.name.startswith("shop"):
                raise ConnectionError("only the shop is down")
            return await super().take(channel, items)

    host = Half()
    add_channel(host, "help@naranj.example")
    add_channel(host, "shop@naranj.example")
    async with receiving(host) as listening:
        assert listening.lmtp is not None
        reader, writer = await asyncio.open_connection(*listening.lmtp)
        said = [await reader.readline()]

        async def tell(line: bytes, answers: int = 1) -> list[str]:
            writer.write(line + b"\r\n")
            found: list[str] = []
            while len(found) < answers:
                answer = await reader.readline()
                if answer[3:4] != b"-":
                    found.append(answer[:3].decode())
            return found

        assert said[0].startswith(b"220")
        assert await tell(b"LHLO mx.naranj.example") == ["250"]
        assert await tell(b"MAIL FROM:<sara@example.com>") == ["250"]
        assert await tell(b"RCPT TO:<help@naranj.example>") == ["250"]
        assert await tell(b"RCPT TO:<nobody@naranj.example>") == ["550"]
        assert await tell(b"RCPT TO:<shop@naranj.example>") == ["250"]
        assert await tell(b"DATA") == ["354"]
        assert await tell(MAIL + b".", 2) == ["250", "451"]
        assert await tell(b"QUIT") == ["221"]
        writer.close()
    assert len(host.messages) == 1


async def test_starttls_is_offered_with_a_certificate(host: FakeHost, tmp_path: Path) -> None:
    add_channel(host, "help@naranj.example")
    ours, theirs = certificate(tmp_path)

    def secretly(smtp: smtplib.SMTP) -> str | None:
        smtp.starttls(context=theirs)
        smtp.sendmail("sara@example.com", ["help@naranj.example"], MAIL)
        assert isinstance(smtp.sock, ssl.SSLSocket)
        return smtp.sock.version()

    async with receiving(host, tls=ours) as listening:
        assert (await by_smtp(listening, secretly) or "").startswith("TLS")
    async with receiving(host) as listening:
        offered = await by_smtp(listening, lambda smtp: (smtp.ehlo(), smtp.has_extn("starttls"))[1])
    assert not offered
    assert len(host.messages) == 1


async def test_rset_forgets_recipients_and_too_many_are_refused(host: FakeHost) -> None:
    add_channel(host, *(f"a{number}@naranj.example" for number in range(102)))
    add_channel(host, "help@naranj.example")

    def talk(smtp: smtplib.SMTP) -> list[int]:
        smtp.ehlo()
        smtp.mail("sara@example.com")
        codes = [smtp.rcpt(f"a{number}@naranj.example")[0] for number in range(102)]
        smtp.rset()
        smtp.sendmail("sara@example.com", ["help@naranj.example"], MAIL)
        return codes

    async with receiving(host) as listening:
        codes = await by_smtp(listening, talk)
    assert codes == [250] * server.MAX_RECIPIENTS + [452] * 2
    assert [channel.name for channel, _ in host.messages] == ["help@naranj.example"]


async def test_a_crowd_is_turned_away(host: FakeHost) -> None:
    async with receiving(host) as listening:
        assert listening.smtp is not None
        opened = [
            await asyncio.open_connection(*listening.smtp)
            for _ in range(server.MAX_CONNECTIONS + 1)
        ]
        greetings = [(await reader.readline())[:3] for reader, _ in opened]
        for _, writer in opened:
            writer.close()
        assert greetings == [b"220"] * server.MAX_CONNECTIONS + [b"421"]


TRUSTED = (
    b"Authentication-Results: mx.naranj.example; dmarc=pass header.from=example.com\r\n" + MAIL
)


@pytest.mark.parametrize(
    ("peer", "believed"),
    [
        (("127.0.0.1", 4000), True),
        (("::1", 4000, 0, 0), True),
        (("10.1.2.3", 4000), True),
        (("::ffff:192.168.0.7", 4000, 0, 0), True),
        (("fe80::1%eth0", 4000, 0, 2), True),
        (("8.8.8.8", 4000), False),
        (("::ffff:8.8.8.8", 4000, 0, 0), False),
        (("2606:4700::1111", 4000, 0, 0), False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_server_of_our_own_network_is_a_relay(peer: object, believed: bool) -> None:
    assert server.is_relay(peer) is believed


async def test_a_result_is_believed_from_relays_only(host: FakeHost) -> None:
    channel = add_channel(host, "help@naranj.example", trusted_authserv_ids=("mx.naranj.example",))
    async with receiving(host) as listening:
        await send(listening, TRUSTED)
    assert [message.proven for _, message in host.messages] == [True]

    # the same mail from the open internet, where anybody writes what they like
    handler = server._Handler(host, SystemClock(), lambda name: None, Apart())
    smtp = handler.protocol(False, "mx.naranj.example", None)()
    session = Session(asyncio.get_running_loop())
    session.peer = ("8.8.8.8", 4000)
    envelope = Envelope()
    envelope.mail_from = "sara@example.com"
    envelope.original_content = TRUSTED.replace(b"<1@", b"<2@")
    assert (
        await handler.handle_RCPT(smtp, session, envelope, "help@naranj.example", [])
    ).startswith("250")
    assert (await handler.handle_DATA(smtp, session, envelope)).startswith("250")
    assert [message.proven for _, message in host.messages] == [True, False]
    assert {each.id for each, _ in host.messages} == {channel.id}
