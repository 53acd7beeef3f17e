"""Receives mail for those who point their MX, or their mail server's transport, at us.

SMTP and LMTP on aiosmtpd. 250 leaves after the host has committed; 451 when it cannot take the
mail now, so that the other side keeps it and comes again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from wasl.adapters.email.apart import LARGE_BYTES, Apart, Undecodable
from wasl.adapters.email.authentication import TxtLookup, verified_domains
from wasl.adapters.email.config import Config
from wasl.adapters.email.headers import valid_address
from wasl.adapters.email.mailbox import SeenIds
from wasl.adapters.email.mime import parse
from wasl.adapters.email.wire_in import MAX_MESSAGE_BYTES, Ignored, Reception, decode
from wasl.channels.contract import Channel, Host, Inbound, InboundMessage
from wasl.infra.clock import Clock
from wasl.infra.errors import AppError

log = structlog.get_logger(__name__)

MAX_RECIPIENTS = 100
MAX_CONNECTIONS = 200
MAX_DECODING = 4
TIMEOUT_S = 120.0
_LINE_BYTES = 64 * 1024
_TAKEN = "250 2.0.0 Taken"
_UNREADABLE = "554 5.6.0 This message could not be read"
_LATER = "451 4.3.0 Not now, please try again later"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the servers listen; a port of 0 was replaced by the one that the system gave."""

    smtp: tuple[str, int] | None
    lmtp: tuple[str, int] | None


@asynccontextmanager
async def receive_mail(
    host: Host,
    clock: Clock,
    lookup: TxtLookup,
    *,
    smtp: tuple[str, int] | None = None,
    lmtp: tuple[str, int] | None = None,
    hostname: str = "localhost",
    certificate: ssl.SSLContext | None = None,
) -> AsyncIterator[Listening]:
    """Listens on the given addresses until the block is left. LMTP is for a mail server beside
    us: it has no STARTTLS and its sender's word on DKIM is not asked for, ours is."""
    apart = Apart()
    handler = _Handler(host, clock, lookup, apart)
    servers: list[asyncio.Server] = []
    bound: dict[bool, tuple[str, int] | None] = {False: None, True: None}
    try:
        for is_lmtp, address in ((False, smtp), (True, lmtp)):
            if address is None:
                continue
            server = await asyncio.get_running_loop().create_server(
                handler.protocol(is_lmtp, hostname, None if is_lmtp else certificate), *address
            )
            servers.append(server)
            name = server.sockets[0].getsockname()
            bound[is_lmtp] = (name[0], name[1])
        yield Listening(bound[False], bound[True])
    finally:
        for server in servers:
            server.close()
        handler.close()
        for server in servers:
            await server.wait_closed()
        await apart.end()


class _Smtp(SMTP):
    line_length_limit = _LINE_BYTES
    is_lmtp = False
    crowd: set[_Smtp]  # everybody who is connected; a connection stays one through STARTTLS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.crowd) >= MAX_CONNECTIONS and self not in self.crowd:
            transport.write(b"421 4.3.2 Too many connections\r\n")  # type: ignore[attr-defined]  # TCP transports write
            transport.close()
            return
        self.crowd.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.crowd:
            self.crowd.discard(self)
            super().connection_lost(error)


class _Lmtp(LMTP, _Smtp):
    is_lmtp = True


@dataclass(slots=True)
class _Transaction:
    """The channel of each accepted recipient, in the order of RCPT."""

    channels: list[tuple[str, Channel]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A mail as it came; `by_relay` when it was brought by a server of our own network."""

    raw: bytes
    mail_from: str | None
    by_relay: bool


class _Handler:
    """aiosmtpd calls the `handle_…` methods."""

    def __init__(self, host: Host, clock: Clock, lookup: TxtLookup, apart: Apart) -> None:
        self._host = host
        self._clock = clock
        self._lookup = lookup
        self._apart = apart
        self._transactions: WeakKeyDictionary[Envelope, _Transaction] = WeakKeyDictionary()
        self._decoding = asyncio.Semaphore(MAX_DECODING)
        self._seen: dict[object, SeenIds] = {}
        self._crowd: set[_Smtp] = set()

    def protocol(self, is_lmtp: bool, hostname: str, certificate: ssl.SSLContext | None) -> type:
        """What `create_server` calls for each connection."""
        handler, crowd = self, self._crowd

        def make() -> SMTP:
            kind = _Lmtp if is_lmtp else _Smtp
            protocol = kind(
                handler,
                data_size_limit=MAX_MESSAGE_BYTES,
                enable_SMTPUTF8=True,
                hostname=hostname,
                ident="Wasl",
                tls_context=certificate,
                timeout=TIMEOUT_S,
                loop=asyncio.get_running_loop(),
            )
            protocol.crowd = crowd
            return protocol

        return make  # type: ignore[return-value]  # a factory serves as a class here

    def close(self) -> None:
        for connection in list(self._crowd):
            if connection.transport is not None:
                connection.transport.close()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: _Smtp, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        recipient = valid_address(address)
        try:
            channel = await self._host.recipient_channel(recipient) if recipient else None
        except Exception as error:
            log.warning("recipient_lookup_failed", error=type(error).__name__)
            return _LATER
        if channel is None:
            return "550 5.1.1 No such address here"
        transaction = self._transactions.setdefault(envelope, _Transaction())
        transaction.channels.append((recipient, channel))
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: _Smtp, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        transaction = self._transactions.pop(envelope, _Transaction())
        answers: dict[object, str] = {}
        delivery = _Delivery(
            raw, envelope.mail_from, by_relay=server.is_lmtp or is_relay(session.peer)
        )
        for _, channel in transaction.channels:
            if channel.id not in answers:
                mine = tuple(to for to, each in transaction.channels if each.id == channel.id)
                answers[channel.id] = await self._receive(channel, mine, delivery)
        if server.is_lmtp:
            # One answer per recipient, in their order.
            return "\r\n".join(answers[channel.id] for _, channel in transaction.channels)
        return _worst(list(answers.values()))

    async def _receive(
        self, channel: Channel, recipients: tuple[str, ...], delivery: _Delivery
    ) -> str:
        try:
            async with self._decoding:
                item = await self._decode(channel, recipients, delivery)
            if isinstance(item, Ignored):
                log.info("mail_ignored", channel_id=str(channel.id), reason=item.reason)
                return _TAKEN
            seen = self._seen.setdefault(channel.id, SeenIds())
            if isinstance(item, InboundMessage):
                item = seen.distinguish(item)
            await self._host.take(channel, [item])
            if isinstance(item, InboundMessage):
                seen.note(item)
            return _TAKEN
        except Undecodable as error:
            log.error("mail_undecodable", channel_id=str(channel.id), error=str(error))
            return _UNREADABLE
        except AppError as error:
            log.warning("mail_refused", channel_id=str(channel.id), code=error.code)
            return _LATER if error.retryable else f"554 5.6.0 Refused: {error.code}"
        except Exception as error:
            log.warning("mail_not_taken", channel_id=str(channel.id), error=type(error).__name__)
            return _LATER

    async def _decode(
        self, channel: Channel, recipients: tuple[str, ...], delivery: _Delivery
    ) -> Inbound | Ignored:
        config: Config = channel.config
        trusted = config.trusted_authserv_ids if delivery.by_relay else ()
        reception = Reception(
            addresses=config.own_addresses,
            trusted_authserv_ids=frozenset(trusted),
            return_path=(delivery.mail_from or "").strip("<>"),
            recipients=recipients,
        )
        given = (delivery.raw, reception, self._lookup, self._clock.now())
        if len(delivery.raw) < LARGE_BYTES:
            return await asyncio.to_thread(verify_and_decode, *given)
        return await self._apart.run(verify_and_decode, *given)


def verify_and_decode(
    raw: bytes, reception: Reception, lookup: TxtLookup, now: datetime
) -> Inbound | Ignored:
    """What a mail is to us, with our own check of its signatures. Blocking: looks up DNS."""
    verified = verified_domains(raw, parse(raw).headers, lookup)
    return decode(raw, replace(reception, verified_domains=verified), now)


def is_relay(peer: object) -> bool:
    """Whether a connection comes from this machine or a private network. Only a server there can
    have put a trusted `Authentication-Results` on top: anybody else writes it into their own mail.
    """
    try:
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0])  # type: ignore[index]  # whatever it is
    except (ValueError, TypeError, IndexError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or address.is_private


def _worst(answers: Sequence[str]) -> str:
    """SMTP has one answer for all: any "later" makes the other side repeat, which is harmless
    because what was taken is recognised; a refusal shows only when nothing was taken."""
    if _LATER in answers:
        return _LATER
    return _TAKEN if _TAKEN in answers or not answers else answers[0]
