"""THE adapter contract: what a channel kind must bring and what it is given.

An adapter is one folder under `wasl.adapters` that exports `ADAPTER`. It turns what a provider
sends into `Inbound` values and `Outbound` values into what the provider wants. It never touches
the database: the host (`Host`) takes what it received, commits, and only then returns, so that
an adapter acknowledges after the commit by simply awaiting `host.take(...)`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel


class ErrorKind(StrEnum):
    """Why a provider refused; decides about a retry and the words that the agent reads."""

    TEMPORARY = "temporary"  # try again with back-off
    RATE_LIMITED = "rate_limited"  # try again after `retry_after_s`
    CREDENTIALS = "credentials"  # the channel is ill: stop and say so
    RECIPIENT = "recipient"  # this address does not exist or refuses
    CONTENT = "content"  # this message is not acceptable
    UNREACHABLE = "unreachable"  # the contact can't be reached on this channel just now
    UNKNOWN = "unknown"  # it may have been sent: never repeated blindly


class ChannelError(Exception):
    """A provider's refusal or silence.

    `kind` decides what happens, `detail` is for the log and the details view (no secrets),
    `retry_after_s` is the provider's own wish.
    """

    def __init__(
        self, kind: ErrorKind, detail: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def retryable(self) -> bool:
        return self.kind in (ErrorKind.TEMPORARY, ErrorKind.RATE_LIMITED)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel kind can do; asked instead of comparing a kind's name."""

    identity_kind: str  # the kind of identity that it speaks to: "email", "phone", "web_visitor"…
    live: bool = False  # a call or video: only one at a time, both sides present
    threads: bool = False  # the channel has threads of its own (e-mail, not chat)
    subject: bool = False
    html: bool = False
    attachments: bool = True
    max_attachment_bytes: int = 25 * 1024 * 1024
    max_text_chars: int = 100_000
    cc: bool = False
    quick_replies: bool = False
    typing_in: bool = False
    typing_out: bool = False
    read_in: bool = False  # the contact's reading is told to us
    read_out: bool = False  # our reading can be told to the contact
    delivery_receipts: bool = False
    edits: bool = False
    reactions: bool = False
    client_api: bool = False  # the contact's own client talks to us (web chat, mobile app)
    repeatable: bool = False  # sending the same message twice is harmless
    starts_conversations: bool = True  # we may write first to a known identity
    capacity_units: int = 1  # units of an agent's capacity that one interaction takes
    icon: str = "globe"


# ── what comes in ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Address:
    """An identity as the provider names it; normalised later by `contacts`."""

    kind: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """An attachment by reference.

    `data` is given when the provider sent the bytes along (mail); otherwise `reference` says how
    the adapter's `fetch` gets them after the provider has its answer.
    """

    name: str
    content_type: str = "application/octet-stream"
    size: int | None = None
    content_id: str = ""
    inline: bool = False
    data: bytes | None = None
    reference: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message from a contact (or from one of our own people, see `sender_internal`)."""

    provider_id: str  # unique within the channel: the idempotency key
    sender: Address
    text: str
    sent_at: datetime | None = None
    proven: bool = False  # this delivery proves the sender's identity
    subject: str = ""
    html: str = ""  # as received; sanitised by the host before it is kept
    attachments: Sequence[AttachmentRef] = ()
    # provider ids of earlier messages this one refers to, nearest first (In-Reply-To, References)
    references: Sequence[str] = ()
    # reply tokens found in the addresses (`reply+<token>@`) or signed links
    reply_tokens: Sequence[str] = ()
    # the widget's own conversation, already checked against the visitor by the adapter/host
    conversation_id: UUID | None = None
    thread_key: str = ""  # the provider's own thread, if it names one
    cc: Sequence[Address] = ()
    to: Sequence[Address] = ()
    spam: bool = False
    automatic: bool = False  # auto-reply: recorded on its thread, never opens or reopens anything
    folded_text: str = ""  # quoted history and signature that were folded away from `text`
    locale: str = ""
    attributes: Mapping[str, Any] = field(
        default_factory=dict
    )  # shown with the message (page, form answers)
    profile: Mapping[str, str] = field(
        default_factory=dict
    )  # what the contact said of themself: name, email, phone
    type: Literal["message"] = "message"


@dataclass(frozen=True, slots=True)
class InboundReceipt:
    """What became of a message of ours; `state` never moves backwards."""

    message_provider_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    at: datetime | None = None
    error: ErrorKind | None = None
    detail: str = ""
    type: Literal["receipt"] = "receipt"


@dataclass(frozen=True, slots=True)
class InboundEdit:
    """The contact changed a message of theirs."""

    message_provider_id: str
    text: str
    type: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class InboundDelete:
    """The contact took a message of theirs back."""

    message_provider_id: str
    type: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class InboundReaction:
    """The contact reacted to a message; an empty emoji takes it back."""

    message_provider_id: str
    emoji: str
    sender: Address | None = None
    type: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True)
class InboundTyping:
    """The contact is typing or has stopped; never stored."""

    sender: Address
    typing: bool
    type: Literal["typing"] = "typing"


@dataclass(frozen=True, slots=True)
class InboundRead:
    """The contact has read everything of ours up to this message."""

    sender: Address
    message_provider_id: str = ""
    type: Literal["read"] = "read"


Inbound = (
    InboundMessage
    | InboundReceipt
    | InboundEdit
    | InboundDelete
    | InboundReaction
    | InboundTyping
    | InboundRead
)


# ── what goes out ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OutboundAttachment:
    """A file to send; `open` streams its bytes from the blob store."""

    name: str
    content_type: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one contact on one channel."""

    message_id: UUID
    conversation_id: UUID
    number: str  # the interaction's code that people see, "W-4187"
    recipient: Address
    text: str
    html: str = ""
    subject: str = ""
    author_name: str = ""
    signature: str = ""
    locale: str = "en"  # the contact's language: decides direction and fixed words
    attachments: Sequence[OutboundAttachment] = ()
    # our and their provider ids on this leg, oldest first: In-Reply-To and References
    thread: Sequence[str] = ()
    reply_token: str = ""
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    quoted: str = ""  # the contact's last message on this leg, as text
    quick_replies: Sequence[str] = ()
    continue_url: str = ""  # signed link on which the contact can go on by web chat
    idempotency_key: str = ""  # stable over retries


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it: one id per part."""

    provider_ids: Sequence[str]
    # "delivered" only where the provider has said so by now
    state: Literal["sent", "delivered"] = "sent"


# ── what the adapter is given and gives ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured channel as its adapter sees it. `config` is the adapter's `Config`."""

    id: UUID
    kind: str
    name: str
    config: Any
    public_key: str = ""  # names the channel in public addresses (widget, webhook)
    state: Mapping[str, Any] = field(default_factory=dict)  # what `host.remember` kept
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one `Inbound` after the commit."""

    message_id: UUID | None = None
    conversation_id: UUID | None = None
    duplicate: bool = False
    seq: int = 0  # its place on the timeline; not known of a duplicate


class Host(Protocol):
    """What the host does for an adapter."""

    async def take(self, channel: Channel, items: Sequence[Inbound]) -> Sequence[Taken]:
        """Ingests in one transaction and returns after the commit.

        Raises `AppError` for one that can never be taken (then none was); any other error means
        "not now": do not acknowledge, the provider will come again.
        """
        ...

    async def remember(self, channel: Channel, state: Mapping[str, Any]) -> None:
        """Keeps an adapter's small cursor (IMAP UIDs, sync tokens) and replaces the earlier one."""
        ...

    async def report(self, channel: Channel, ok: bool, code: str = "", detail: str = "") -> None:
        """Says how the channel is; shown in settings with the time."""
        ...

    def recipient_channel(self, address: str) -> Awaitable[Channel | None]:
        """The channel that receives for this address, for servers that listen for all (SMTP)."""
        ...


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of a connection test. `code` is translated at the edge (`check.<code>`)."""

    code: str
    ok: bool
    seconds: float = 0.0
    warning: bool = False  # not ok, yet the channel may be saved
    detail: str = ""
    cure: str = ""  # text to copy, a DNS record for example


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A provider's webhook call, as received."""

    method: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    query: Mapping[str, str]
    body: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the provider gets once the items are committed."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Received:
    """A decoded webhook: what it brings and what to answer after the commit."""

    items: Sequence[Inbound]
    answer: HttpAnswer = HttpAnswer()


class Adapter(Protocol):
    """A channel kind. Optional abilities are separate protocols below."""

    kind: str
    capabilities: Capabilities
    Config: type[BaseModel]  # secrets are `SecretStr` fields

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        """Tests the connection as it would be used; never raises for a refusal."""
        ...

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        """Sends; raises `ChannelError`. UNKNOWN when it may have been sent."""
        ...


class ReceivesWebhooks(Protocol):
    """An adapter whose provider calls us on `/hooks/{kind}/{public_key}`."""

    async def receive(self, channel: Channel, request: HttpRequest) -> Received:
        """Verifies the signature in constant time and decodes. Raises `AppError` to refuse."""
        ...


class Listens(Protocol):
    """An adapter that holds connections of its own (IMAP, an SMTP server).

    One whose channels have addresses also has `receives(channel, address) -> bool`.
    """

    async def listen(self, channels: Sequence[Channel], host: Host) -> None:
        """Runs for all channels of the kind until cancelled; cancelled and started anew when the
        set changes. One channel's trouble never stops another's."""
        ...


class FetchesAttachments(Protocol):
    """An adapter whose attachments come by reference."""

    def fetch(self, channel: Channel, reference: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """Streams the bytes; raises `ChannelError`."""
        ...


class PushesToClients(Protocol):
    """An adapter whose contacts hold sockets with us: what happens is pushed by `realtime`."""

    pushes: Literal[True]
