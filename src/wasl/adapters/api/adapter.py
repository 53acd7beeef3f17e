"""The API channel: any system of the company's own brings messages and is given the replies."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from wasl.adapters.api import wire
from wasl.adapters.api.client import Client, refused_address
from wasl.adapters.api.config import Config as ChannelConfig
from wasl.channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    CheckStep,
    ErrorKind,
    HttpAnswer,
    HttpRequest,
    Outbound,
    Received,
    Sent,
)
from wasl.infra.clock import Clock, SystemClock
from wasl.infra.errors import AppError, Invalid
from wasl.infra.netguard import check_url


class ApiAdapter:
    """The API channel kind. `private_urls`: whether addresses of the private network are allowed;
    `answer_within_s`: how long the system may take to answer a delivery."""

    kind = "api"
    Config = ChannelConfig
    capabilities = Capabilities(
        identity_kind="external",
        max_attachment_bytes=10 * 1024 * 1024,
        max_text_chars=wire.MAX_TEXT_CHARS,
        quick_replies=True,
        typing_in=True,
        read_in=True,
        delivery_receipts=True,
        edits=True,
        reactions=True,
        icon="code",
    )

    def __init__(
        self,
        *,
        private_urls: bool = False,
        answer_within_s: float = 20.0,
        clock: Clock | None = None,
    ) -> None:
        self.private_urls = private_urls
        self._answer_within_s = answer_within_s
        self._clock = clock or SystemClock()

    @cached_property
    def _client(self) -> Client:
        return Client(allow_private=self.private_urls, answer_within_s=self._answer_within_s)

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        """Looks at the address, then delivers a signed `{"type": "check"}`."""
        config: ChannelConfig = channel.config
        started = time.monotonic()
        try:
            await check_url(config.deliver_url, allow_private=self.private_urls)
        except AppError as error:
            refused = refused_address(error)
            return [CheckStep("api.address", False, _since(started), detail=refused.detail)]
        steps = [CheckStep("api.address", True, _since(started))]
        started = time.monotonic()
        try:
            await self._deliver(config, b'{"type":"check"}', f"check-{channel.id}")
        except ChannelError as error:
            answer = CheckStep("api.answer", False, _since(started), detail=error.detail)
        else:
            answer = CheckStep("api.answer", True, _since(started))
        return [*steps, answer]

    async def receive(self, channel: Channel, request: HttpRequest) -> Received:
        """Verifies the signature over the raw body, then decodes. Raises AppError."""
        config: ChannelConfig = channel.config
        if request.method != "POST":
            raise Invalid("method_invalid", form="POST")
        if len(request.body) <= wire.MAX_BODY_BYTES:
            secret = config.secret.get_secret_value()
            wire.verify(secret, request.headers, request.body, request.now)
        item = wire.decode(
            request.body, identity_kind=config.identity_kind, proven=config.proves_identity
        )
        return Received([item], HttpAnswer(body=b'{"ok":true}'))

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        """Delivers a message with its files; the system's id for it, else our key."""
        files = await self._files(message)
        key = message.idempotency_key or str(message.message_id)
        given = await self._deliver(channel.config, wire.encode(message, files), key)
        return Sent([given or key])

    def fetch(self, channel: Channel, reference: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """Streams a file from the address that came with the message."""
        return self._client.download(
            str(reference.get("url", "")), self.capabilities.max_attachment_bytes
        )

    async def _deliver(self, config: ChannelConfig, body: bytes, key: str) -> str:
        return await self._client.deliver(
            config.deliver_url,
            config.secret.get_secret_value(),
            body,
            timestamp=str(int(self._clock.now().timestamp())),
            idempotency_key=key,
        )

    async def _files(self, message: Outbound) -> list[tuple[str, str, bytes]]:
        limit, files, taken = self.capabilities.max_attachment_bytes, [], 0
        for attachment in message.attachments:
            data = bytearray()
            async for chunk in attachment.open():
                data += chunk
                if taken + len(data) > limit:
                    raise ChannelError(ErrorKind.CONTENT, f"attachments over {limit} bytes")
            taken += len(data)
            files.append((attachment.name, attachment.content_type, bytes(data)))
        return files


def _since(started: float) -> float:
    return time.monotonic() - started
