"""Sending: what the mail looks like, what the other side's refusals become."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import dkim  # type: ignore[import-untyped]  # ships no types
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.email.peers import certificate, dkim_key, smtp_sink, token_endpoint
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.authentication import verified_domains
from wasl.adapters.email.config import Config
from wasl.adapters.email.mime import parse
from wasl.adapters.email.wire_in import Ignored, Reception, decode
from wasl.adapters.email.wire_out import Encoded, File, encode, wire_address
from wasl.channels.contract import (
    Address,
    Channel,
    ChannelError,
    ErrorKind,
    InboundMessage,
    Outbound,
    OutboundAttachment,
)
from wasl.infra.clock import TurnedClock

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SARA = Address("email", "sara@example.com", "سارا منصوری")
ID = UUID("0123456789abcdef0123456789abcdef")


def config(**changes: Any) -> Config:
    values: dict[str, Any] = {
        "address": "help@naranj.example",
        "display_name": "نارنج",
        "receive": "smtp",
    }
    return Config.model_validate(values | changes)


def outbound(**changes: Any) -> Outbound:
    values: dict[str, Any] = {
        "message_id": ID,
        "conversation_id": uuid4(),
        "number": "W-48213",
        "recipient": SARA,
        "text": "سارای عزیز، سلام\n\nسفارش A-20418 فردا می‌رسد.",
        "subject": "سفارش A-20418",
        "author_name": "مریم احمدی",
        "locale": "fa",
    }
    return Outbound(**(values | changes))


def encoded(files: Sequence[File] = (), cfg: Config | None = None, **changes: Any) -> Encoded:
    return encode(outbound(**changes), cfg or config(), files, NOW)


def read(mail: Encoded) -> EmailMessage:
    """By the standard library, which shares nothing with the code under test."""
    parsed = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def body(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_fields_and_both_bodies() -> None:
    mail = encoded(
        thread=("first@example.com", "sha256.nothing", "last@example.com"),
        reply_token="token_12345678",
        quoted="سلام، چیزی نرسیده.\n\nYour order was delivered.",
        cc=(Address("email", "boss@example.com", 'A "B", C'),),
        bcc=(Address("email", "secret@example.com"),),
        continue_url="https://naranj.example/c/abc?x=1&y=2",
        cfg=config(signature={"fa": {"text": "کارشناس ارسال، نارنج +98 912 345 6789"}}),
    )
    parsed = read(mail)
    assert parsed["From"] == "مریم احمدی از نارنج <help@naranj.example>"
    assert parsed["To"] == "سارا منصوری <sara@example.com>"
    assert parsed["Cc"] == '"A \\"B\\", C" <boss@example.com>'
    assert parsed["Subject"] == "Re: سفارش A-20418"
    assert parsed["Message-ID"] == f"<wasl.{ID.hex}@naranj.example>" == f"<{mail.provider_id}>"
    assert parsed["In-Reply-To"] == "<last@example.com>"
    assert parsed["References"].split() == ["<first@example.com>", "<last@example.com>"]
    assert parsed["Reply-To"] == "reply+token_12345678@naranj.example"
    assert parsed["Auto-Submitted"] is None
    assert parsed["Content-Language"] == "fa"
    assert b"secret@example.com" not in mail.raw
    assert list(mail.recipients) == ["sara@example.com", "boss@example.com", "secret@example.com"]
    text = body(parsed, "plain")
    order = ["سارای عزیز", "-- \nکارشناس ارسال", "نوشت:\n> سلام", "شناسهٔ گفتگو [W-48213]"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    html = body(parsed, "html")
    assert '<html lang="fa" dir="rtl">' in html
    assert '<body lang="fa" dir="rtl"' in html
    assert '<table role="presentation" lang="fa" dir="rtl" align="right"' in html
    assert "font-size:16px;line-height:1.9" in html
    assert 'dir="rtl" align="right" style="margin:8px 0;padding:0;padding-right:16px' in html
    assert 'dir="ltr" align="left" style="margin:8px 0;padding:0;padding-left:16px' in html
    assert "https://naranj.example/c/abc?x=1&amp;y=2" in html
    assert '<bdi dir="ltr">+98 912 345 6789</bdi>' in html
    assert html.index("کارشناس ارسال") < html.index("<blockquote") < html.index("[W-48213]")


def test_english_is_left_to_right() -> None:
    parsed = read(encoded(locale="en-GB", text="Dear Sara", author_name="Maryam", subject="Order"))
    assert parsed["From"] == "Maryam from نارنج <help@naranj.example>"
    assert parsed["Subject"] == "Order"
    assert '<html lang="en" dir="ltr">' in body(parsed, "html")


def test_the_same_message_has_the_same_id_on_every_attempt() -> None:
    assert encoded().raw == encoded().raw
    assert encoded().provider_id == encoded(text="otherwise").provider_id


def test_a_mail_that_nobody_wrote_says_so() -> None:
    assert read(encoded(author_name=""))["Auto-Submitted"] == "auto-generated"
    assert read(encoded(author_name="", thread=("a@b.example",)))["Auto-Submitted"] == (
        "auto-replied"
    )


def test_a_fetched_mailbox_has_no_token_address_unless_it_is_said_where_it_arrives() -> None:
    imap = {"host": "imap.example", "port": 993}
    plain = config(receive="imap", imap=imap)
    assert read(encoded(cfg=plain, reply_token="token_12345678"))["Reply-To"] is None
    catch_all = config(receive="imap", imap=imap, reply_domain="in.naranj.example")
    parsed = read(encoded(cfg=catch_all, reply_token="token_12345678"))
    assert parsed["Reply-To"] == "reply+token_12345678@in.naranj.example"


def test_a_subject_that_is_an_answer_stays() -> None:
    for subject in ("Re: x", "پاسخ: x", "رد: x"):
        assert read(encoded(subject=subject, thread=("a@b.example",)))["Subject"] == subject


def test_files_and_inline_pictures() -> None:
    files = [
        File("فاکتور ۱.pdf", "application/pdf", b"%PDF" * 1_000),
        File("logo.png", "image/png", b"\x89PNG", "logo@naranj", inline=True),
        File("../x\r\nBcc: a@b.example", "text/html\r\nX: y", b"x"),
    ]
    mail = encoded(files, html='<p>سلام <img src="cid:logo@naranj"></p>')
    parsed = read(mail)
    attached = {part.get_filename(): part.get_content() for part in parsed.iter_attachments()}
    assert attached["فاکتور ۱.pdf"] == b"%PDF" * 1_000
    assert not any("\n" in name for name in attached if name)
    decoded = decode(mail.raw.replace(b"wasl.", b"sent."), Reception(frozenset()), NOW)
    assert isinstance(decoded, InboundMessage)
    assert ("logo.png", True) in [(each.name, each.inline) for each in decoded.attachments]


_HOSTILE = st.text(max_size=60).map(lambda text: f"x\r\nBcc: evil@b.example\r\n\r\n{text}")


@settings(max_examples=80, deadline=None)
@given(_HOSTILE, _HOSTILE, st.lists(_HOSTILE, max_size=3))
def test_nothing_breaks_out_of_a_field(one: str, two: str, ids: list[str]) -> None:
    mail = encoded(
        subject=one,
        author_name=two,
        number=one,
        recipient=Address("email", "sara@example.com", two),
        cc=(Address("email", "c@example.com", one),),
        thread=ids,
        reply_token=two,
        locale=one,
        signature=two,
        quoted=one,
    )
    head = mail.raw.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head
    assert b"\n" not in head.replace(b"\r\n", b"")
    parsed = message_from_bytes(mail.raw, policy=policy.compat32)
    assert parsed["Bcc"] is None
    assert parsed.get_content_type() == "multipart/alternative"
    assert list(mail.recipients) == ["sara@example.com", "c@example.com"]


def test_an_address_that_is_none_is_refused() -> None:
    for value in ("", "sara", "sara@", "a@b.example\r\nBcc: c@d.example", "a b@c.example"):
        with pytest.raises(ChannelError) as caught:
            encoded(recipient=Address("email", value))
        assert caught.value.kind is ErrorKind.RECIPIENT


def test_domains_in_other_scripts() -> None:
    assert wire_address("info@نارنج.example") == "info@xn--mgbko6fc.example"
    assert wire_address("Straße@münchen.example") == "Straße@xn--mnchen-3ya.example"


def test_our_own_mail_coming_back_is_a_loop() -> None:
    decoded = decode(encoded().raw, Reception(frozenset(("help@naranj.example",))), NOW)
    assert isinstance(decoded, Ignored)
    assert decoded.reason == "loop_own_message"


def test_dkim_signs_and_verifies_and_notices_a_change() -> None:
    key = dkim_key("s1._domainkey.naranj.example")
    cfg = config(dkim={"selector": "s1", "private_key": key.private})
    mail = encoded(cfg=cfg, thread=("a@b.example",), files=[File("a.pdf", "application/pdf", b"x")])
    headers = parse(mail.raw).headers
    assert verified_domains(mail.raw, headers, key.lookup) == {"naranj.example"}
    changed = mail.raw.replace(b"W-48213", b"W-48214").replace(b"sara@", b"mara@")
    assert verified_domains(changed, parse(changed).headers, key.lookup) == frozenset()
    assert verified_domains(mail.raw, headers, lambda name: None) == frozenset()


def test_a_key_in_pkcs8_signs_too() -> None:
    key = dkim_key("s1._domainkey.naranj.example")
    loaded = serialization.load_pem_private_key(key.private.encode(), None)
    pkcs8 = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    mail = encoded(cfg=config(dkim={"selector": "s1", "private_key": pkcs8}))
    assert verified_domains(mail.raw, parse(mail.raw).headers, key.lookup) == {"naranj.example"}


def test_a_signature_over_part_of_the_body_proves_nothing() -> None:
    key = dkim_key("s1._domainkey.example.com")
    raw = b"From: sara@example.com\r\nSubject: x\r\n\r\nWords\r\n"
    signature = dkim.sign(raw, b"s1", b"example.com", key.private.encode(), length=True)
    grown = signature + raw + b"more\r\n"
    assert dkim.verify(grown, dnsfunc=lambda name, timeout=5: key.lookup(name))
    assert verified_domains(grown, parse(grown).headers, key.lookup) == frozenset()


def test_a_broken_key_is_named() -> None:
    with pytest.raises(ChannelError) as caught:
        encoded(cfg=config(dkim={"selector": "s1", "private_key": "no key"}))
    assert caught.value.kind is ErrorKind.CREDENTIALS


# ── by SMTP ──────────────────────────────────────────────────────────────────────────────────


def channel(port: int, **smtp: Any) -> Channel:
    server = {"host": "127.0.0.1", "port": port, "security": "none"} | smtp
    return Channel(uuid4(), "email", "help", config(smtp=server))


def attachment(data: bytes, times: int = 1) -> OutboundAttachment:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(times):
            yield data

    return OutboundAttachment("a.bin", "application/octet-stream", len(data) * times, chunks)


async def test_a_mail_arrives_with_its_envelope() -> None:
    async with smtp_sink() as sink:
        sent = await EmailAdapter().send(
            channel(sink.port),
            outbound(
                text="سلام\n.\nنقطه",
                bcc=(Address("email", "b@example.com"),),
                attachments=[attachment(b"data")],
            ),
        )
    ((sender, recipients, raw),) = sink.mails
    assert sender == "help@naranj.example"
    assert recipients == ["sara@example.com", "b@example.com"]
    assert sent.provider_ids == [f"wasl.{ID.hex}@naranj.example"]
    assert sent.state == "sent"
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert "سلام\n.\nنقطه" in body(parsed, "plain")
    assert [part.get_content() for part in parsed.iter_attachments()] == [b"data"]


@pytest.mark.parametrize(
    ("where", "answer", "kind"),
    [
        ("sara@example.com", "550 5.1.1 No such user", ErrorKind.RECIPIENT),
        ("sara@example.com", "550 unknown user", ErrorKind.RECIPIENT),
        ("sara@example.com", "450 4.2.0 Greylisted", ErrorKind.TEMPORARY),
        ("sara@example.com", "552 5.2.2 Mailbox full", ErrorKind.UNREACHABLE),
        ("MAIL", "451 4.3.0 Later", ErrorKind.TEMPORARY),
        ("MAIL", "421 4.7.0 Rate limit, slow down", ErrorKind.RATE_LIMITED),
        ("MAIL", "530 5.7.0 Authentication required", ErrorKind.CREDENTIALS),
        ("DATA", "554 5.7.1 Looks like spam", ErrorKind.CONTENT),
        ("DATA", "552 5.3.4 Too big", ErrorKind.CONTENT),
        ("DATA", "554 refused", ErrorKind.CONTENT),
        ("DATA", "452 4.3.1 Disk full", ErrorKind.TEMPORARY),
    ],
)
async def test_refusals(where: str, answer: str, kind: ErrorKind) -> None:
    async with smtp_sink(answers={where: answer}) as sink:
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(channel(sink.port), outbound())
    assert caught.value.kind is kind
    assert answer[4:] in caught.value.detail
    assert sink.mails == []


async def test_lost_before_the_end_can_be_repeated_lost_after_it_cannot() -> None:
    async with smtp_sink(cut_at="RCPT") as sink:
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(channel(sink.port), outbound())
        assert caught.value.kind is ErrorKind.TEMPORARY
    async with smtp_sink(cut_at="DATA") as sink:
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(channel(sink.port), outbound())
        assert caught.value.kind is ErrorKind.UNKNOWN
        assert not caught.value.retryable


async def test_nobody_listens() -> None:
    async with smtp_sink() as sink:
        port = sink.port
    with pytest.raises(ChannelError) as caught:
        await EmailAdapter().send(channel(port), outbound())
    assert caught.value.kind is ErrorKind.TEMPORARY


async def test_sign_in_by_password() -> None:
    async with smtp_sink(user="help", password="right") as sink:
        await EmailAdapter().send(channel(sink.port, user="help", password="right"), outbound())
        assert len(sink.mails) == 1
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(channel(sink.port, user="help", password="no"), outbound())
    assert caught.value.kind is ErrorKind.CREDENTIALS
    assert "no" not in caught.value.detail.split()


async def test_sign_in_by_token_which_is_refreshed_when_it_ends() -> None:
    clock = TurnedClock(NOW)
    adapter = EmailAdapter(clock)
    async with token_endpoint() as endpoint, smtp_sink(user="help", token="token-1") as sink:
        grant = {"client_id": "id", "refresh_token": "r", "token_url": endpoint.url}
        target = channel(sink.port, user="help", oauth2=grant)
        await adapter.send(target, outbound())
        await adapter.send(target, outbound())
        assert len(endpoint.forms) == 1
        assert endpoint.forms[0]["refresh_token"] == ["r"]
        clock.turn(3_600)
        endpoint.answer = {"access_token": "token-2", "expires_in": 3600}
        sink.token = "token-2"
        await adapter.send(target, outbound())
        assert len(endpoint.forms) == 2
        sink.token = "token-3"
        with pytest.raises(ChannelError) as caught:
            await adapter.send(target, outbound())
        assert caught.value.kind is ErrorKind.CREDENTIALS
        endpoint.answer = {"access_token": "token-3", "expires_in": 3600}
        await adapter.send(target, outbound())
    assert len(sink.mails) == 4


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"error": "invalid_grant"}, ErrorKind.CREDENTIALS),
        (503, {}, ErrorKind.TEMPORARY),
        (200, {"access_token": ""}, ErrorKind.CREDENTIALS),
    ],
)
async def test_a_token_that_is_not_given(
    status: int, answer: dict[str, Any], kind: ErrorKind
) -> None:
    async with token_endpoint() as endpoint:
        endpoint.status, endpoint.answer = status, answer
        grant = {"client_id": "id", "refresh_token": "r", "token_url": endpoint.url}
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(channel(1, user="help", oauth2=grant), outbound())
    assert caught.value.kind is kind


async def test_starttls_with_a_certificate_that_is_trusted_or_not(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with smtp_sink(tls=server) as sink:
        target = channel(sink.port, security="starttls")
        await EmailAdapter(context=client).send(target, outbound())
        assert len(sink.mails) == 1
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(target, outbound())
    assert caught.value.kind is ErrorKind.CREDENTIALS


async def test_attachments_over_the_limit_are_refused_before_anything_is_sent() -> None:
    async with smtp_sink() as sink:
        with pytest.raises(ChannelError) as caught:
            await EmailAdapter().send(
                channel(sink.port), outbound(attachments=[attachment(b"x" * 1_048_576, 26)])
            )
    assert caught.value.kind is ErrorKind.CONTENT
    assert sink.mails == []
