"""The e-mail channel kind: fetches by IMAP, receives by SMTP and LMTP, sends by SMTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from wasl.adapters.email import smtp
from wasl.adapters.email.apart import Apart
from wasl.adapters.email.authentication import TxtLookup
from wasl.adapters.email.check import check_channel
from wasl.adapters.email.config import Config as ChannelConfig
from wasl.adapters.email.config import Server
from wasl.adapters.email.imap import Imap, ImapRefused, ImapSignInRefused
from wasl.adapters.email.mailbox import Mailbox
from wasl.adapters.email.oauth import AccessTokens
from wasl.adapters.email.wire_in import MAX_MESSAGE_BYTES
from wasl.adapters.email.wire_out import File, encode
from wasl.channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    CheckStep,
    ErrorKind,
    Host,
    Outbound,
    OutboundAttachment,
    Sent,
)
from wasl.infra.clock import Clock, SystemClock

if TYPE_CHECKING:
    from wasl.adapters.email.server import Listening

MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
_FETCHING_AT_ONCE = 8
_CONNECTING_AT_ONCE = 20
_DNS_S = 5.0


def lookup_txt(name: bytes) -> bytes | None:
    """The TXT record of a DNS name, its strings joined; None when there is none or no answer.
    Blocking."""
    import dns.exception  # slow to import, and only needed here
    import dns.resolver

    try:
        answer = dns.resolver.resolve(
            name.decode("ascii").rstrip(".") + ".", "TXT", lifetime=_DNS_S
        )
    except (dns.exception.DNSException, UnicodeError, OSError):
        return None
    records = [b"".join(record.strings) for record in answer]
    wanted = (
        each for each in records if each.lower().startswith((b"v=spf1", b"v=d", b"k=", b"p="))
    )
    return next(wanted, records[0] if records else None)


class EmailAdapter:
    """E-mail. `lookup` finds TXT records, `context` decides which certificates are trusted."""

    kind = "email"
    Config = ChannelConfig
    capabilities = Capabilities(
        identity_kind="email",
        threads=True,
        subject=True,
        html=True,
        cc=True,
        max_attachment_bytes=MAX_ATTACHMENT_BYTES,
        capacity_units=1,
        icon="mail",
    )

    def __init__(
        self,
        clock: Clock | None = None,
        lookup: TxtLookup = lookup_txt,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._lookup = lookup
        self._given_context = context
        self._tokens = AccessTokens(self._clock)

    async def check(self, channel: Channel) -> Sequence[CheckStep]:
        """Signs in, opens the folder, sends a mail to itself, looks at DNS."""
        return await check_channel(
            channel.config,
            self._open_imap,
            self._token,
            self._context(),
            self._lookup,
            self._clock,
        )

    async def send(self, channel: Channel, message: Outbound) -> Sent:
        """Sends one mail to the recipient, cc and bcc together."""
        config: ChannelConfig = channel.config
        if config.smtp is None:
            raise ChannelError(ErrorKind.CREDENTIALS, "no SMTP server is set")
        files = await _read_files(message.attachments)
        mail = await asyncio.to_thread(encode, message, config, files, self._clock.now())
        token = await self._token(config.smtp)
        try:
            await asyncio.to_thread(smtp.deliver, mail, config.smtp, token, self._context())
        except ChannelError as error:
            if error.kind is ErrorKind.CREDENTIALS and config.smtp.oauth2 is not None:
                self._tokens.forget(config.smtp.oauth2)
            raise
        return Sent(provider_ids=[mail.provider_id])

    async def listen(self, channels: Sequence[Channel], host: Host) -> None:
        """Watches the mailboxes of all channels that fetch by IMAP, until cancelled."""
        gate = asyncio.Semaphore(_FETCHING_AT_ONCE)
        connecting = asyncio.Semaphore(_CONNECTING_AT_ONCE)

        async def open_one(config: ChannelConfig) -> Imap:
            async with connecting:
                return await self._open_imap(config)

        async with Apart() as apart, asyncio.TaskGroup() as tasks:
            for channel in channels:
                if channel.config.receive == "imap":
                    mailbox = Mailbox(channel, host, open_one, self._clock, gate, apart)
                    tasks.create_task(mailbox.watch())

    def receives(self, channel: Channel, address: str) -> bool:
        """Whether mail to `address` is this channel's, by its own addresses, sub-addresses of
        them (`help+anything@`) and its reply addresses."""
        config: ChannelConfig = channel.config
        local, _, domain = address.lower().rpartition("@")
        if config.receive != "smtp" or not local:
            return False
        if f"{local.partition('+')[0]}@{domain}" in config.own_addresses:
            return True
        own = f"{local}@{domain}" in config.own_addresses
        return own or (local.startswith("reply+") and domain == config.reply_token_domain.lower())

    def receive_mail(
        self,
        host: Host,
        *,
        smtp: tuple[str, int] | None = None,
        lmtp: tuple[str, int] | None = None,
        hostname: str = "localhost",
        certificate: ssl.SSLContext | None = None,
    ) -> AbstractAsyncContextManager[Listening]:
        """Listens for mail by SMTP and LMTP while the block lasts; see `server.receive_mail`."""
        from wasl.adapters.email.server import receive_mail  # only where mail is received

        return receive_mail(
            host,
            self._clock,
            self._lookup,
            smtp=smtp,
            lmtp=lmtp,
            hostname=hostname,
            certificate=certificate,
        )

    async def _open_imap(self, config: ChannelConfig) -> Imap:
        server = config.imap
        if server is None:
            raise ImapRefused("no IMAP server is set")
        token = await self._token(server)
        imap = await Imap.connect(
            server.host, server.port, server.security, self._context(), MAX_MESSAGE_BYTES + 65_536
        )
        try:
            await imap.sign_in(server.user, server.password.get_secret_value(), token)
        except BaseException as error:
            if isinstance(error, ImapSignInRefused) and server.oauth2 is not None:
                self._tokens.forget(server.oauth2)
            await imap.close()
            raise
        return imap

    async def _token(self, server: Server | None) -> str:
        if server is None or server.oauth2 is None:
            return ""
        return await self._tokens.token(server.oauth2)

    def _context(self) -> ssl.SSLContext:
        if self._given_context is None:
            self._given_context = ssl.create_default_context()
        return self._given_context


async def _read_files(attachments: Sequence[OutboundAttachment]) -> list[File]:
    """The bytes of all attachments. Raises CONTENT over the limit."""
    files: list[File] = []
    size = 0
    for attachment in attachments:
        data = bytearray()
        async for chunk in attachment.open():
            data += chunk
            size += len(chunk)
            if size > MAX_ATTACHMENT_BYTES:
                raise ChannelError(ErrorKind.CONTENT, "the attachments are larger than 25 MB")
        files.append(
            File(
                attachment.name,
                attachment.content_type,
                bytes(data),
                attachment.content_id,
                attachment.inline,
            )
        )
    return files
