"""`decode` under bytes that nobody wrote by hand: it never raises and stays bounded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from wasl.adapters.email.authentication import is_aligned
from wasl.adapters.email.charsets import decode_bytes
from wasl.adapters.email.folding import fold
from wasl.adapters.email.headers import decode_words, parse_addresses, parse_parameters
from wasl.adapters.email.html_text import html_to_text
from wasl.adapters.email.mime import MAX_PARTS, parse
from wasl.adapters.email.wire_in import (
    MAX_MESSAGE_BYTES,
    MAX_TEXT_CHARS,
    Decoded,
    Ignored,
    Reception,
    decode,
    fingerprint,
)
from wasl.channels.contract import InboundMessage, InboundReceipt

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.eml"))
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RECEPTION = Reception(frozenset(("support@naranj.example",)), frozenset(("mx.naranj.example",)))
FRAGMENTS = [
    b"\r\n", b"\n", b"\r\n\r\n", b"--edge\r\n", b"--edge--\r\n", b" ", b"\t", b"\0", b"\xff",
    b"Content-Type: multipart/mixed; boundary=edge\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: multipart/alternative; boundary=edge\r\n", b"Content-Type: text/html\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=edge\r\n",
    b"Content-Type: message/delivery-status\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%FF; filename*9999=x\r\n",
    b"From: a@b.example\r\n", b"From: =?utf-8?B?////?= <x@y>\r\n", b"Subject: =?utf-16?Q?=D8?=\r\n",
    b"Message-ID: <a@b>\r\n", b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n",
    b"Authentication-Results: mx.naranj.example; dkim=pass header.d=\r\n",
    b"<blockquote>", b"</blockquote>", b"<a href='", b"<!--", b"&#xD800;", b"=?x", b"=3D=\r\n",
    b"> ", b"On 1 wrote:\n", "در ۱ نوشت:\n".encode(), b"-- \n",
]  # fmt: skip


def check(decoded: Decoded) -> None:
    """What is true of every decoded mail."""
    if isinstance(decoded, Ignored):
        assert decoded.reason
        return
    if isinstance(decoded, InboundReceipt):
        assert decoded.message_provider_id
        return
    assert decoded.provider_id
    assert decoded.sender.value.count("@") == 1
    assert len(decoded.text) <= MAX_TEXT_CHARS
    assert len(decoded.attachments) <= MAX_PARTS + 1
    for text in (decoded.text, decoded.html, decoded.subject, decoded.sender.name):
        text.encode("utf-8")  # no lone surrogates
        assert "\0" not in text
    for line in (decoded.subject, decoded.sender.name, decoded.sender.value):
        assert "\n" not in line
        assert "\u202e" not in line


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=40)), max_size=40))
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    check(decode(b"".join(pieces), RECEPTION, NOW))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CORPUS), st.data())
def test_damaged_mail_is_read(path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 8))):
        if not raw:
            break
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    check(decode(bytes(raw), RECEPTION, NOW))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=100), st.text(max_size=20))
def test_helpers_take_anything(text: str, data: bytes, charset: str) -> None:
    decode_words(text)
    for _, address in parse_addresses(text):
        assert address.count("@") == 1
    parse_parameters(text)
    html_to_text(text)
    decode_bytes(data, charset).encode("utf-8")
    shown, folded = fold(text)
    assert len(shown) + len(folded) <= len(text) + 1


def test_hostile_sizes_are_bounded() -> None:
    head = b"From: a@b.example\r\nMessage-ID: <a@b.example>\r\n"
    for body in (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\n--bx" * 400_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=" * 500_000,
        b"\r\n" + b">\n" * 500_000,
        b"X: y\r\n" * 200_000 + b"\r\nwords",
    ):
        check(decode(head + body, RECEPTION, NOW))


def test_a_name_of_a_megabyte_does_not_hide_the_address() -> None:
    raw = b'From: "' + b"A" * 1_000_000 + b'" <sara@example.com>\r\n\r\nHi'
    decoded = decode(raw, RECEPTION, NOW)
    assert isinstance(decoded, InboundMessage)
    assert decoded.sender.value == "sara@example.com"
    assert len(decoded.sender.name) <= 120


def test_twenty_five_megabytes_are_read_and_more_become_a_notice() -> None:
    head = (
        b"From: sara@example.com\r\nSubject: Big\r\nMessage-ID: <big@example.com>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWords\r\n--b\r\n"
        b"Content-Type: application/pdf; name=big.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    line = b"QUJD" * 19 + b"\r\n"
    fits = head + line * ((MAX_MESSAGE_BYTES - len(head) - 10) // len(line)) + b"--b--\r\n"
    decoded = decode(fits, RECEPTION, NOW)
    assert isinstance(decoded, InboundMessage)
    assert decoded.text == "Words"
    assert [each.name for each in decoded.attachments] == ["big.pdf"]
    assert (decoded.attachments[0].size or 0) > 18_000_000

    over = decode(fits + line * 20_000, RECEPTION, NOW)
    assert isinstance(over, InboundMessage)
    assert over.provider_id == "big@example.com"
    assert over.subject == "Big"
    assert over.attributes["notice"] == "message_too_large"
    assert over.attachments == ()


def test_long_text_is_kept_whole_beside_the_message() -> None:
    raw = b"From: a@b.example\r\n\r\n" + b"word " * 40_000 + b"END"
    decoded = decode(raw, RECEPTION, NOW)
    assert isinstance(decoded, InboundMessage)
    assert decoded.attributes["truncated"] is True
    assert decoded.attachments[0].name == "message.txt"
    assert (decoded.attachments[0].data or b"").endswith(b"END")


def test_many_parts_stop_at_the_limit() -> None:
    body = b"--b\r\nContent-Type: application/x; name=a\r\n\r\nx\r\n" * 3_000
    root = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert len(root.children) < MAX_PARTS


def test_the_envelope_counts() -> None:
    reception = Reception(
        frozenset(("support@naranj.example",)),
        return_path="",
        recipients=("reply+token_123456@naranj.example",),
        verified_domains=frozenset(("example.com",)),
    )
    decoded = decode(b"From: sara@mail.example.com\r\n\r\nHi", reception, NOW)
    assert isinstance(decoded, InboundMessage)
    assert decoded.automatic
    assert decoded.reply_tokens == ("token_123456",)
    assert decoded.proven


def test_alignment() -> None:
    assert is_aligned("example.com", "example.com")
    assert is_aligned("mail.example.com", "Example.com.")
    assert not is_aligned("example.com", "mail.example.com")
    assert not is_aligned("badexample.com", "example.com")
    assert not is_aligned("example.com", "com")
    assert not is_aligned("example.com", "")


def test_two_mails_with_one_message_id_have_two_fingerprints() -> None:
    def read(date: str) -> InboundMessage:
        raw = f"From: a@b.example\r\nDate: {date}\r\nMessage-ID: <1@b.example>\r\n\r\nHi"
        decoded = decode(raw.encode(), RECEPTION, NOW)
        assert isinstance(decoded, InboundMessage)
        return decoded

    first, second = read("21 Nov 2026 08:00:00 +0000"), read("21 Nov 2026 08:01:00 +0000")
    assert fingerprint(first) != fingerprint(second)
    assert fingerprint(first) == fingerprint(read("21 Nov 2026 11:30:00 +0330"))
