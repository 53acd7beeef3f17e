"""Every awkward mail of the corpus becomes what the table says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wasl.adapters.email.wire_in import Decoded, Ignored, Reception, decode
from wasl.channels.contract import InboundMessage, InboundReceipt

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text("utf-8"))
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RECEPTION = Reception(
    addresses=frozenset(("support@naranj.example", "help@naranj.example")),
    trusted_authserv_ids=frozenset(("mx.naranj.example",)),
)


def test_the_table_and_the_files_belong_together() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_mail(name: str) -> None:
    decoded = decode((CORPUS / f"{name}.eml").read_bytes(), RECEPTION, NOW)
    expected = dict(EXPECTED[name])
    assert kind_of(decoded) == expected.pop("kind", "message")
    assert expected or name == "field-of-another-house" or name == "colleague-of-our-domain"
    for key, wanted in expected.items():
        assert holds(decoded, key, wanted), (key, wanted, decoded)


def kind_of(decoded: Decoded) -> str:
    if isinstance(decoded, InboundMessage):
        return "message"
    return "receipt" if isinstance(decoded, InboundReceipt) else "ignored"


def holds(decoded: Decoded, key: str, wanted: Any) -> Any:
    """Whether one line of the table is true of a decoded mail."""
    if isinstance(decoded, Ignored | InboundReceipt):
        if key == "detail_contains":
            return isinstance(decoded, InboundReceipt) and wanted in decoded.detail
        return bool(getattr(decoded, key) == wanted)
    message = decoded
    match key:
        case "sender":
            return message.sender.value == wanted
        case "name":
            return message.sender.name == wanted
        case "name_max":
            return 0 < len(message.sender.name) <= wanted
        case "sent_at":
            return (message.sent_at.isoformat() if message.sent_at else None) == wanted
        case "attachments":
            found = [[each.name, each.content_type, each.inline] for each in message.attachments]
            return found == wanted and all(
                each.data is not None and each.size == len(each.data)
                for each in message.attachments
            )
        case "cc":
            return [each.value for each in message.cc] == wanted
        case "references" | "reply_tokens":
            return list(getattr(message, key)) == wanted
        case "attributes":
            return wanted.items() <= message.attributes.items()
        case "provider_id_begins":
            return message.provider_id.startswith(wanted)
        case "text_contains":
            return all(each in message.text for each in wanted)
        case "folded_contains":
            return all(each in message.folded_text and each not in message.text for each in wanted)
        case "html_contains":
            return all(each in message.html for each in wanted)
        case "encodable":
            return len(message.text.encode("utf-8")) > 0
        case _:
            return bool(getattr(message, key) == wanted)
