"""The web chat adapter: its settings, and sending, which is being there for the contact to read.

The contact's client holds a socket with us and is told of every message by `realtime`; what it
missed it reads from the timeline when it returns. So a message is sent once it is committed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from wasl.channels.contract import Capabilities, Channel, CheckStep, Outbound, Sent

_ORIGIN = re.compile(r"https?://[^/\s]+", re.ASCII)


class Texts(BaseModel):
    """One text in each language."""

    model_config = ConfigDict(extra="forbid")

    en: Annotated[str, Field(max_length=300)] = ""
    fa: Annotated[str, Field(max_length=300)] = ""
    ar: Annotated[str, Field(max_length=300)] = ""


class TopicOption(BaseModel):
    """A topic that the contact may choose before the chat."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
    names: Texts


class PreChatField(BaseModel):
    """One question before the chat."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["name", "email", "phone", "topic"]
    required: bool = False
    options: Annotated[list[TopicOption], Field(max_length=20)] = []


class Config(BaseModel):
    """Settings of a web chat channel."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"title": "channel.web_chat"})

    allowed_origins: Annotated[list[str], Field(max_length=50)] = []  # empty: nowhere
    identity_secret: SecretStr = SecretStr("")  # signs who a signed-in visitor is
    greeting: Texts = Texts()
    accent: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")] = ""
    pre_chat: Annotated[list[PreChatField], Field(max_length=8)] = []
    quick_start: Annotated[list[Texts], Field(max_length=4)] = []
    email_channel_id: Annotated[
        str,
        Field(
            pattern=r"^([0-9a-f-]{36})?$",
            # the form offers our channels that speak to such identities
            json_schema_extra={"format": "channel", "identity_kind": "email"},
        ),
    ] = ""  # empty: the first one
    callbacks: bool = True  # who waits is offered a call at their turn
    region: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        for origin in value:
            if origin != "*" and not (_ORIGIN.fullmatch(origin) and urlsplit(origin).hostname):
                raise ValueError("an origin such as https://shop.example.com")
        return value


class WebChat:
    """The web chat channel kind."""

    kind = "web_chat"
    Config = Config
    pushes: Literal[True] = True
    capabilities = Capabilities(
        identity_kind="web_visitor",
        max_text_chars=8_000,
        quick_replies=True,
        typing_in=True,
        typing_out=True,
        read_in=True,
        read_out=True,
        delivery_receipts=True,
        client_api=True,
        repeatable=True,
        starts_conversations=False,
        icon="globe",
    )

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        """A widget without an allowed origin is on no page."""
        origins = channel.config.allowed_origins
        return [
            CheckStep(
                "web_chat.origins",
                ok=bool(origins) and "*" not in origins,
                warning=True,
                detail=", ".join(origins),
            )
        ]

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        """The contact's client reads it from the timeline; our id is the provider's id."""
        return Sent([str(message.message_id)])
