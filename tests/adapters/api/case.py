"""What the contract suite needs to know of the API channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.adapters.api.peer import Answer, http_peer
from tests.adapters.case import Case, a_message
from wasl.adapters.api import ApiAdapter, Config, wire
from wasl.channels.contract import Address, Channel, ErrorKind
from wasl.infra.ids import new_id

SECRET = "a-secret-of-the-shop"


def channel_at(url: str) -> Channel:
    """An API channel that delivers there."""
    config = Config.model_validate({"deliver_url": url, "secret": SECRET, "identity_kind": "crm"})
    return Channel(new_id(), "api", "CRM", config, "key")


@asynccontextmanager
async def open_case() -> AsyncIterator[Case]:
    """An API channel with a running system behind it."""
    async with http_peer() as peer:

        def refuse(kind: ErrorKind) -> None:
            peer.answer = lambda request: ANSWERS[kind]

        yield Case(
            adapter=ApiAdapter(private_urls=True, answer_within_s=0.1),
            channel=channel_at(peer.url),
            unreachable=channel_at("http://127.0.0.1:9/nobody"),
            message=a_message(Address("crm", "cust-1", "Sara")),
            secrets=[SECRET],
            keys=lambda: [request.headers["idempotency-key"] for request in peer.requests],
            refuse=refuse,
            refusals=tuple(ANSWERS),
            decode=lambda body: wire.decode(body, identity_kind="crm", proven=False),
        )


ANSWERS = {
    ErrorKind.TEMPORARY: Answer(503),
    ErrorKind.RATE_LIMITED: Answer(429, headers={"Retry-After": "7"}),
    ErrorKind.CREDENTIALS: Answer(401),
    ErrorKind.RECIPIENT: Answer(404),
    ErrorKind.CONTENT: Answer(422),
    ErrorKind.UNREACHABLE: Answer(409, b'{"error": "unreachable", "detail": "asleep"}'),
    ErrorKind.UNKNOWN: Answer(hang_up=True),
}
