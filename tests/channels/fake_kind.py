"""A channel kind for the tests, with secrets at several depths."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from wasl.channels.contract import Capabilities, Channel, CheckStep, Outbound, Sent


class Server(BaseModel):
    """Where the fake provider is."""

    host: str
    password: SecretStr = SecretStr("")


class Config(BaseModel):
    """Settings of the fake kind, with secrets at several depths."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(1, ge=1, le=9)
    token: SecretStr
    server: Server | None = None
    keys: list[Server] = []
    address: str = ""

    @property
    def own_addresses(self) -> frozenset[str]:
        return frozenset({self.address})

    @property
    def reply_token_domain(self) -> str:
        return "replies.example"


class Fake:
    """A channel kind whose check does as its settings say."""

    kind = "fake"
    Config = Config
    capabilities = Capabilities(identity_kind="external")

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        if channel.config.size == 9:
            await asyncio.Event().wait()
        if channel.config.size == 8:
            raise RuntimeError("a defect")
        size = channel.config.size
        return [CheckStep("a", ok=size != 7, seconds=0.12345), CheckStep("b", size < 6, 0, True)]

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        return Sent(["1"])


ADAPTER = Fake()
