"""What the contract suite needs to know of e-mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes

from tests.adapters.case import Case, a_message
from tests.adapters.email.peers import Sink, smtp_sink
from wasl.adapters.email import Config, EmailAdapter
from wasl.adapters.email.wire_in import Reception, decode
from wasl.channels.contract import Address, Channel, ErrorKind
from wasl.infra.ids import new_id

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PASSWORD = "a-password-of-the-shop"
RECEPTION = Reception(addresses=frozenset({"help@shop.example"}))


def _channel(port: int) -> Channel:
    config = Config.model_validate(
        {
            "address": "help@shop.example",
            "receive": "smtp",
            "smtp": {
                "host": "127.0.0.1",
                "port": port,
                "security": "none",
                "user": "help",
                "password": PASSWORD,
            },
        }
    )
    return Channel(new_id(), "email", "help", config)


@asynccontextmanager
async def open_case() -> AsyncIterator[Case]:
    """An address that sends through a running SMTP server."""
    async with smtp_sink() as gone:
        pass
    async with smtp_sink(user="help", password=PASSWORD) as sink:

        def refuse(kind: ErrorKind) -> None:
            where, answer = ANSWERS[kind]
            sink.answers = {where: answer} if answer else {}
            sink.cut_at = "" if answer else where

        yield Case(
            adapter=EmailAdapter(lookup=lambda name: None),
            channel=_channel(sink.port),
            unreachable=_channel(gone.port),
            message=a_message(Address("email", "sara@example.com", "Sara"), subject="سفارش"),
            secrets=[PASSWORD],
            keys=lambda: _message_ids(sink),
            refuse=refuse,
            refusals=tuple(ANSWERS),
            decode=lambda raw: decode(raw, RECEPTION, NOW),
        )


def _message_ids(sink: Sink) -> list[str]:
    return [str(message_from_bytes(raw)["Message-ID"]) for _, _, raw in sink.mails]


ANSWERS = {
    ErrorKind.TEMPORARY: ("MAIL", "451 4.3.0 Later"),
    ErrorKind.RATE_LIMITED: ("MAIL", "421 4.7.0 Rate limit, slow down"),
    ErrorKind.CREDENTIALS: ("MAIL", "530 5.7.0 Authentication required"),
    ErrorKind.RECIPIENT: ("sara@example.com", "550 5.1.1 No such user"),
    ErrorKind.CONTENT: ("DATA", "554 5.7.1 Looks like spam"),
    ErrorKind.UNREACHABLE: ("sara@example.com", "552 5.2.2 Mailbox full"),
    ErrorKind.UNKNOWN: ("DATA", ""),
}
