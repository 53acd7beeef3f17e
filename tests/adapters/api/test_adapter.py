"""The API channel against a real HTTP system: deliveries, refusals, files, and what comes in."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.adapters.api.case import SECRET, channel_at
from tests.adapters.api.peer import Answer, Peer, http_peer
from tests.adapters.case import a_message
from wasl import channels
from wasl.adapters.api import ADAPTER, ApiAdapter, Config, wire
from wasl.channels.contract import (
    Address,
    ChannelError,
    ErrorKind,
    HttpRequest,
    InboundMessage,
    OutboundAttachment,
)
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Invalid, TooLarge, Unauthenticated

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
MESSAGE = a_message(Address("crm", "cust-1", "Sara"))


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with http_peer() as running:
        yield running


@pytest.fixture
def adapter() -> ApiAdapter:
    return ApiAdapter(private_urls=True, answer_within_s=0.2, clock=TurnedClock(NOW))


def _file(data: bytes) -> OutboundAttachment:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 1_000_000):
            yield data[start : start + 1_000_000]

    return OutboundAttachment("رسید.txt", "text/plain", len(data), stream)


async def test_a_delivery_is_signed_and_has_its_key(adapter: ApiAdapter, peer: Peer) -> None:
    peer.answer = lambda request: Answer(201, b'{"id": "crm-99"}')
    message = a_message(
        MESSAGE.recipient, attachments=[_file(b"hello")], thread=["a", "b"], quick_replies=["بله"]
    )
    sent = await adapter.send(channel_at(peer.url), message)
    assert list(sent.provider_ids) == ["crm-99"]
    (request,) = peer.requests
    assert (request.method, request.path) == ("POST", "/wasl")
    assert request.headers["x-wasl-timestamp"] == STAMP
    assert request.headers["x-wasl-signature"] == wire.sign(SECRET, STAMP, request.body)
    assert request.headers["idempotency-key"] == message.idempotency_key
    wire.verify(SECRET, request.headers, request.body, NOW)
    body: dict[str, Any] = json.loads(request.body)
    assert body["to"] == {"kind": "crm", "id": "cust-1", "name": "Sara"}
    assert (body["text"], body["in_reply_to"]) == (message.text, "b")
    assert body["quick_replies"] == ["بله"]
    (file,) = body["attachments"]
    assert base64.b64decode(file["data"]) == b"hello"
    assert (file["name"], file["size"]) == ("رسید.txt", 5)


async def test_without_an_id_of_theirs_our_key_is_the_id(adapter: ApiAdapter, peer: Peer) -> None:
    for body in (b"", b"OK", b"[]", b'{"id": 7}', b'{"id": "' + b"x" * 300 + b'"}'):
        peer.answer = lambda request, body=body: Answer(200, body)  # type: ignore[misc]  # binds the loop's value
        sent = await adapter.send(channel_at(peer.url), MESSAGE)
        assert list(sent.provider_ids) == [MESSAGE.idempotency_key]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(301, headers={"Location": "http://127.0.0.1:1/"}), ErrorKind.CREDENTIALS),
        (Answer(400), ErrorKind.CONTENT),
        (Answer(403), ErrorKind.CREDENTIALS),
        (Answer(404, b'{"error": "credentials"}'), ErrorKind.CREDENTIALS),
        (Answer(410), ErrorKind.RECIPIENT),
        (Answer(422, b'{"error": "nonsense"}'), ErrorKind.CONTENT),
        (Answer(422, b'{"error": ["recipient"]}'), ErrorKind.CONTENT),
        (Answer(500, b'{"error": "recipient"}'), ErrorKind.TEMPORARY),
        (Answer(silent=True), ErrorKind.UNKNOWN),
        (Answer(hang_up=True), ErrorKind.UNKNOWN),
        (Answer(200, b"half", length=100), ErrorKind.UNKNOWN),
    ],
)
async def test_a_refusal_has_a_kind(
    adapter: ApiAdapter, peer: Peer, answer: Answer, kind: ErrorKind
) -> None:
    peer.answer = lambda request: answer
    with pytest.raises(ChannelError) as refused:
        await adapter.send(channel_at(peer.url), MESSAGE)
    assert refused.value.kind is kind
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    ("given", "wait"), [("7", 7.0), ("999999", 3600.0), ("soon", None), ("-1", None)]
)
async def test_the_wish_to_wait_is_heard(
    adapter: ApiAdapter, peer: Peer, given: str, wait: float | None
) -> None:
    peer.answer = lambda request: Answer(429, headers={"Retry-After": given})
    with pytest.raises(ChannelError) as refused:
        await adapter.send(channel_at(peer.url), MESSAGE)
    assert refused.value.retry_after_s == wait


async def test_an_endless_answer_is_not_read_on(adapter: ApiAdapter, peer: Peer) -> None:
    peer.answer = lambda request: Answer(200, b" " * 3_000_000)
    sent = await adapter.send(channel_at(peer.url), MESSAGE)
    assert list(sent.provider_ids) == [MESSAGE.idempotency_key]


async def test_files_over_the_limit_are_not_sent(adapter: ApiAdapter, peer: Peer) -> None:
    half = b"x" * (adapter.capabilities.max_attachment_bytes // 2 + 1)
    message = a_message(MESSAGE.recipient, attachments=[_file(half), _file(half)])
    with pytest.raises(ChannelError) as refused:
        await adapter.send(channel_at(peer.url), message)
    assert refused.value.kind is ErrorKind.CONTENT
    assert peer.requests == []


async def test_the_private_network_is_out_of_reach(peer: Peer) -> None:
    guarded = ApiAdapter()
    with pytest.raises(ChannelError) as refused:
        await guarded.send(channel_at(peer.url), MESSAGE)
    assert (refused.value.kind, refused.value.detail) == (ErrorKind.CREDENTIALS, "url_private")
    with pytest.raises(ChannelError):
        [chunk async for chunk in guarded.fetch(channel_at(peer.url), {"url": peer.url})]
    steps = await guarded.check(channel_at(peer.url))
    assert channels.outcome(steps) == "failed"
    assert [(step.code, step.detail) for step in steps] == [("api.address", "url_private")]
    assert peer.requests == []
    assert ADAPTER.private_urls is False


async def test_a_file_is_fetched_by_its_address(adapter: ApiAdapter, peer: Peer) -> None:
    def answer(request: Any) -> Answer:
        if request.path == "/wasl":
            return Answer(302, headers={"Location": "/there"})
        return Answer(200, b"%PDF" * 50_000)

    peer.answer = answer
    chunks = [chunk async for chunk in adapter.fetch(channel_at(peer.url), {"url": peer.url})]
    assert b"".join(chunks) == b"%PDF" * 50_000
    assert len(chunks) > 1
    assert not any("x-wasl-signature" in request.headers for request in peer.requests)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404), ErrorKind.CONTENT),
        (Answer(401), ErrorKind.CONTENT),
        (Answer(503), ErrorKind.TEMPORARY),
        (Answer(hang_up=True), ErrorKind.TEMPORARY),
        (Answer(302, headers={"Location": "/wasl"}), ErrorKind.CONTENT),
        (Answer(200, b"x" * (10 * 1024 * 1024 + 1)), ErrorKind.CONTENT),
    ],
)
async def test_a_file_that_can_not_be_had_says_why(
    adapter: ApiAdapter, peer: Peer, answer: Answer, kind: ErrorKind
) -> None:
    peer.answer = lambda request: answer
    with pytest.raises(ChannelError) as refused:
        [chunk async for chunk in adapter.fetch(channel_at(peer.url), {"url": peer.url})]
    assert refused.value.kind is kind


async def test_a_check_delivers_and_says_what_was_answered(adapter: ApiAdapter, peer: Peer) -> None:
    steps = await adapter.check(channel_at(peer.url))
    assert [(step.code, step.ok) for step in steps] == [("api.address", True), ("api.answer", True)]
    assert json.loads(peer.requests[0].body) == {"type": "check"}
    peer.answer = lambda request: Answer(401, b'{"detail": "wrong signature"}')
    steps = await adapter.check(channel_at(peer.url))
    assert (steps[1].ok, steps[1].detail) == (False, "HTTP 401: wrong signature")


def _request(body: bytes, *, method: str = "POST", secret: str = SECRET) -> HttpRequest:
    headers = {"x-wasl-timestamp": STAMP, "x-wasl-signature": wire.sign(secret, STAMP, body)}
    return HttpRequest(method, "/hooks/api/key", headers, {}, body, NOW)


async def test_what_is_signed_comes_in(adapter: ApiAdapter) -> None:
    body = b'{"type":"message","id":"1","from":{"id":"c"},"text":"hi"}'
    received = await adapter.receive(channel_at("https://x.example"), _request(body))
    (item,) = received.items
    assert isinstance(item, InboundMessage)
    assert (item.sender, item.proven) == (Address("crm", "c"), False)
    assert (received.answer.status, received.answer.body) == (200, b'{"ok":true}')


async def test_what_is_not_signed_is_not_even_read(adapter: ApiAdapter) -> None:
    channel = channel_at("https://x.example")
    with pytest.raises(Unauthenticated):
        await adapter.receive(channel, _request(b"not json", secret="another-secret-of-16"))
    with pytest.raises(Invalid, match="payload_invalid"):
        await adapter.receive(channel, _request(b"not json"))
    with pytest.raises(Invalid, match="method_invalid"):
        await adapter.receive(channel, _request(b"{}", method="GET"))
    with pytest.raises(TooLarge):
        await adapter.receive(channel, _request(b" " * (wire.MAX_BODY_BYTES + 1)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"deliver_url": "ftp://x.example"},
        {"deliver_url": "https://"},
        {"deliver_url": "https://user:pass@x.example/"},
        {"deliver_url": "https://x.example:99999/"},
        {"deliver_url": "https://x.example/\r\nX: y"},
        {"secret": "short"},
        {"secret": "x" * 201},
        {"identity_kind": "Not A Kind"},
        {"region": "Iran"},
        {"colour": "red"},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, str]) -> None:
    given = {"deliver_url": "https://x.example/wasl", "secret": SECRET}
    Config.model_validate(given)
    with pytest.raises(Invalid, match="channel_config_invalid") as refused:
        channels.configured("api", {**given, **wrong})
    assert refused.value.params["field"] == f"config.{next(iter(wrong))}"
    assert "user:pass" not in json.dumps(refused.value.params)
