"""The JSON of the API channel and its signature, against recorded payloads and any bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.adapters.api import wire
from wasl.channels.contract import (
    Address,
    ErrorKind,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundReaction,
    InboundRead,
    InboundReceipt,
    InboundTyping,
)
from wasl.infra.errors import AppError, Invalid, TooLarge, Unauthenticated

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECRET = "a-secret-of-the-shop"


def decode(body: bytes) -> Inbound:
    return wire.decode(body, identity_kind="crm", proven=True)


def test_a_recorded_message() -> None:
    found = decode((PAYLOADS / "message.json").read_bytes())
    assert isinstance(found, InboundMessage)
    assert found.provider_id == "crm-8812-17"
    assert found.sender == Address("crm", "cust-8812", "سارا کریمی")
    assert found.text == "سلام، سفارش من هنوز نرسیده است."
    assert found.sent_at == NOW
    assert found.proven
    assert (found.references, found.thread_key, found.locale) == (
        ["crm-8812-16"],
        "order-20418",
        "fa",
    )
    (file,) = found.attachments
    assert (file.name, file.content_type, file.size) == ("رسید.pdf", "application/pdf", 48213)
    assert file.reference == {"url": "https://files.shop.example/a/receipt.pdf"}
    assert found.profile["phone"] == "+989121234567"
    assert found.attributes == {"order": "A-20418", "gift": False, "items": 2}


def test_recorded_events() -> None:
    bodies = json.loads((PAYLOADS / "events.json").read_bytes())
    who = Address("crm", "cust-8812")
    assert [decode(json.dumps(body).encode()) for body in bodies] == [
        InboundReceipt("0193b0c1-1", "delivered", NOW + timedelta(seconds=5)),
        InboundReceipt("0193b0c1-2", "failed", error=ErrorKind.RECIPIENT, detail="number gone"),
        InboundEdit("crm-1", "corrected"),
        InboundDelete("crm-1"),
        InboundReaction("0193b0c1-1", "👍", who),
        InboundReaction("0193b0c1-1", ""),
        InboundTyping(who, True),
        InboundRead(who, "0193b0c1-1"),
        InboundRead(who),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "song"}, "$.type"),
        ({"id": 7}, "$.id"),
        ({"id": ""}, "$.id"),
        ({"id": "a\nb"}, "$.id"),
        ({"id": "x" * 256}, "$.id"),
        ({"from": {}}, "`id`"),
        ({"from": {"id": "a\x00"}}, "$.from.id"),
        ({"text": "x" * 100_001}, "$.text"),
        ({"text": "  \x00 "}, "$.text"),
        ({"sent_at": "2026-11-21T09:00:00"}, "$.sent_at"),
        ({"attachments": [{"url": "file:///etc/passwd"}]}, "$.attachments[0].url"),
        ({"attachments": [{"url": "https://a"}] * 21}, "$.attachments"),
        ({"attributes": {str(n): n for n in range(51)}}, "$.attributes"),
        ({"attributes": {"a": {"deep": 1}}}, "$.attributes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], reason: str) -> None:
    body = {"type": "message", "id": "1", "from": {"id": "c"}, "text": "hi", **change}
    with pytest.raises(Invalid, match="payload_invalid") as refused:
        decode(json.dumps(body).encode())
    assert reason in refused.value.params["reason"]


def test_bodies_are_bounded() -> None:
    with pytest.raises(TooLarge):
        decode(b" " * (wire.MAX_BODY_BYTES + 1))
    with pytest.raises(Invalid):
        decode(b"[" * 500_000)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "id", "from", "text", "message_id", "emoji", "state"])
                    | st.text(max_size=5),
                    inner,
                    max_size=6,
                )
            ),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_body_is_understood_or_refused(body: bytes) -> None:
    try:
        found = decode(body)
    except AppError:
        return
    assert found == decode(body)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_only_the_signed_body_is_let_in(body: bytes, other: bytes) -> None:
    headers = {
        "x-wasl-timestamp": str(int(NOW.timestamp())),
        "x-wasl-signature": wire.sign(SECRET, str(int(NOW.timestamp())), body),
    }
    wire.verify(SECRET, headers, body, NOW)
    if other != body:
        with pytest.raises(Unauthenticated, match="signature_refused"):
            wire.verify(SECRET, headers, other, NOW)
    with pytest.raises(Unauthenticated, match="signature_refused"):
        wire.verify(SECRET + "x", headers, body, NOW)


@pytest.mark.parametrize("late_s", [-301, 301, 86_400])
def test_what_is_old_or_from_the_future_is_refused(late_s: int) -> None:
    stamp = str(int(NOW.timestamp()))
    headers = {"x-wasl-timestamp": stamp, "x-wasl-signature": wire.sign(SECRET, stamp, b"{}")}
    with pytest.raises(Unauthenticated, match="timestamp_refused"):
        wire.verify(SECRET, headers, b"{}", NOW + timedelta(seconds=late_s))
    wire.verify(SECRET, headers, b"{}", NOW + timedelta(seconds=299))


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "١٢٣", "9" * 13])
def test_a_timestamp_is_plain_seconds(stamp: str) -> None:
    headers = {"x-wasl-timestamp": stamp, "x-wasl-signature": wire.sign(SECRET, stamp, b"{}")}
    with pytest.raises(Unauthenticated, match="timestamp_refused"):
        wire.verify(SECRET, headers, b"{}", NOW)


def test_a_missing_or_odd_signature_is_refused() -> None:
    for signature in ("", "sha256=", "sha1=abc", "sha256=" + "é" * 64):
        headers = {
            "x-wasl-timestamp": str(int(NOW.timestamp())),
            "x-wasl-signature": signature,
        }
        with pytest.raises(Unauthenticated, match="signature_refused"):
            wire.verify(SECRET, headers, b"{}", NOW)


def test_the_signature_that_the_documents_show() -> None:
    # printf '%s.%s' "$TIMESTAMP" "$BODY" | openssl dgst -sha256 -hmac "$SECRET"
    assert (
        wire.sign("0123456789abcdef", "1795251600", b'{"type":"check"}')
        == "sha256=bd8c26c6570f1370fa99f8a37be6e69d3a3e5b0aeed4c9c625fdce42ecd5354d"
    )
