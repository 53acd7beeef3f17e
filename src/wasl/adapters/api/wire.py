"""The JSON of an API channel and its signature. Pure: bytes and values in, values and bytes out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from wasl.channels.contract import (
    Address,
    AttachmentRef,
    ErrorKind,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundReaction,
    InboundRead,
    InboundReceipt,
    InboundTyping,
    Outbound,
)
from wasl.infra.errors import Invalid, TooLarge, Unauthenticated

MAX_BODY_BYTES = 1_048_576
MAX_TEXT_CHARS = 100_000
REPLAY_WINDOW_S = 300
_MAX_ATTRIBUTES = 50

# one line, without control characters
Id = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, Meta(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]
Moment = Annotated[datetime, Meta(tz=True)]
Value = Annotated[str, Meta(max_length=2000)] | bool | int | float | None


class Sender(Struct, forbid_unknown_fields=True):
    """Who wrote, as their system names them."""

    id: Id
    name: Line = ""


class File(Struct, forbid_unknown_fields=True):
    """An attachment that is fetched from `url` afterwards."""

    url: Annotated[str, Meta(max_length=2000, pattern=r"^https?://[^\s\x00-\x20\x7f]+$")]
    name: Line = ""
    content_type: Annotated[str, Meta(max_length=127, pattern=r"^[\w.+-]+/[\w.+-]+$")] = (
        "application/octet-stream"
    )
    size: Annotated[int, Meta(ge=0, le=2**40)] | None = None


class Profile(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the contact says of themself."""

    name: Line = ""
    email: Line = ""
    phone: Line = ""


class Message(Struct, tag="message", forbid_unknown_fields=True):
    """A message from a contact."""

    id: Id
    from_: Sender = msgspec.field(name="from")
    text: Words = ""
    sent_at: Moment | None = None
    attachments: Annotated[list[File], Meta(max_length=20)] = []
    in_reply_to: Line = ""
    thread: Line = ""
    locale: Annotated[str, Meta(max_length=16, pattern=r"^[A-Za-z0-9-]*$")] = ""
    profile: Profile | None = None
    attributes: Annotated[dict[Id, Value], Meta(max_length=_MAX_ATTRIBUTES)] = {}


class Receipt(Struct, tag="receipt", forbid_unknown_fields=True):
    """What became of a message of ours."""

    message_id: Id
    state: Literal["sent", "delivered", "read", "failed"]
    at: Moment | None = None
    error: ErrorKind | None = None
    detail: Annotated[str, Meta(max_length=500)] = ""


class Edit(Struct, tag="edit", forbid_unknown_fields=True):
    """The contact changed a message of theirs."""

    message_id: Id
    text: Words


class Delete(Struct, tag="delete", forbid_unknown_fields=True):
    """The contact took a message back."""

    message_id: Id


class Reaction(Struct, tag="reaction", forbid_unknown_fields=True):
    """The contact reacted; an empty emoji takes it back."""

    message_id: Id
    emoji: Annotated[str, Meta(max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]
    from_: Sender | None = msgspec.field(name="from", default=None)


class Typing(Struct, tag="typing", forbid_unknown_fields=True):
    """The contact is typing or has stopped."""

    from_: Sender = msgspec.field(name="from")
    typing: bool


class Read(Struct, tag="read", forbid_unknown_fields=True):
    """The contact has read everything up to this message of ours, or everything."""

    from_: Sender = msgspec.field(name="from")
    message_id: Line = ""


_decoder = msgspec.json.Decoder(Message | Receipt | Edit | Delete | Reaction | Typing | Read)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Wasl-Signature`, both ways."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Refuses what was not signed with the secret, or is older than the replay window.

    Raises Unauthenticated("signature_refused") or Unauthenticated("timestamp_refused").
    """
    timestamp = headers.get("x-wasl-timestamp", "")
    given = headers.get("x-wasl-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Unauthenticated("timestamp_refused", form="X-Wasl-Timestamp: seconds since 1970")
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), given.encode()):
        raise Unauthenticated("signature_refused")
    if abs(now.timestamp() - int(timestamp)) > REPLAY_WINDOW_S:
        raise Unauthenticated("timestamp_refused", window_s=REPLAY_WINDOW_S)


def decode(body: bytes, *, identity_kind: str, proven: bool) -> Inbound:
    """What a body says. Raises TooLarge("body_too_large"), Invalid("payload_invalid", reason=…)."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("body_too_large", limit=MAX_BODY_BYTES)
    try:
        given = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise Invalid("payload_invalid", reason=str(wrong)[:300]) from None

    def address(sender: Sender) -> Address:
        return Address(identity_kind, sender.id, sender.name)

    match given:
        case Message():
            return _message(given, address(given.from_), proven)
        case Receipt():
            return InboundReceipt(
                given.message_id, given.state, given.at, given.error, _plain(given.detail)
            )
        case Edit():
            return InboundEdit(given.message_id, _plain(given.text))
        case Delete():
            return InboundDelete(given.message_id)
        case Reaction():
            sender = address(given.from_) if given.from_ else None
            return InboundReaction(given.message_id, given.emoji, sender)
        case Typing():
            return InboundTyping(address(given.from_), given.typing)
        case _:
            return InboundRead(address(given.from_), given.message_id)


def encode(message: Outbound, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """What is delivered; `files` are (name, content type, bytes)."""
    return msgspec.json.encode(
        {
            "type": "message",
            "id": message.idempotency_key or str(message.message_id),
            "message_id": str(message.message_id),
            "conversation_id": str(message.conversation_id),
            "number": message.number,
            "to": {
                "kind": message.recipient.kind,
                "id": message.recipient.value,
                "name": message.recipient.name,
            },
            "text": message.text,
            "author": {"name": message.author_name},
            "locale": message.locale,
            "in_reply_to": message.thread[-1] if message.thread else "",
            "quick_replies": list(message.quick_replies),
            "continue_url": message.continue_url,
            "attachments": [
                {
                    "name": name,
                    "content_type": content_type,
                    "size": len(data),
                    "data": base64.b64encode(data).decode(),
                }
                for name, content_type, data in files
            ],
        }
    )


def read_answer(body: bytes) -> dict[str, Any]:
    """The JSON object that was answered; empty for anything else."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _message(given: Message, sender: Address, proven: bool) -> InboundMessage:
    text = _plain(given.text)
    if not text.strip() and not given.attachments:
        raise Invalid("payload_invalid", reason="a text or an attachment - at `$.text`")
    profile = msgspec.to_builtins(given.profile) if given.profile else {}
    return InboundMessage(
        provider_id=given.id,
        sender=sender,
        text=text,
        sent_at=given.sent_at,
        proven=proven,
        attachments=[
            AttachmentRef(
                name=file.name or "file",
                content_type=file.content_type,
                size=file.size,
                reference={"url": file.url},
            )
            for file in given.attachments
        ],
        references=[given.in_reply_to] if given.in_reply_to else [],
        thread_key=given.thread,
        locale=given.locale,
        attributes={
            name: _plain(value) if isinstance(value, str) else value
            for name, value in given.attributes.items()
        },
        profile=profile,
    )


def _plain(text: str) -> str:
    return text.replace("\x00", "")
