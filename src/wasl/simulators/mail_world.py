"""The mail server of the people around us: it receives what we send to them by SMTP, and brings
what they write to us by SMTP, as the server that receives for us on the open internet would."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from wasl.infra.clock import Clock
from wasl.infra.errors import Conflict, NotFound, Unavailable
from wasl.infra.ids import new_id
from wasl.simulators.mailbox import Mail, Mailbox

MAX_MESSAGE_BYTES = 40 * 1024 * 1024
FULL = "full"  # the mailbox that never has room
_SEND_WITHIN_S = 30.0
_LINE_BYTES = 64 * 1024
_WIRE = SMTP_POLICY.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class File:
    """What a person attaches."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person writes. Ids with their brackets, as `Mail` shows them."""

    to: str
    subject: str
    text: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = ()


class MailWorld:
    """The mailboxes of `people` (address: name) and their server.

    `wasl_at` tells where we receive mail, None while we do not; `receiving_server` is the name
    under which our own mail server says whom it has recognised.
    """

    def __init__(
        self,
        folder: Path,
        people: Mapping[str, str],
        *,
        wasl_at: Callable[[], tuple[str, int] | None],
        receiving_server: str,
        clock: Clock,
    ) -> None:
        self.port = 0
        self._people = dict(people)
        self._wasl_at = wasl_at
        self._receiving_server = receiving_server
        self._clock = clock
        self._mailboxes = {address: Mailbox(folder / address) for address in people}
        self._domains = {address.rpartition("@")[2] for address in people}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listens on a free loopback port, `port`, until the block is left."""
        await asyncio.to_thread(self._load)
        loop = asyncio.get_running_loop()
        crowd: set[_Connection] = set()

        def connected() -> SMTP:
            connection = _Connection(
                self,
                data_size_limit=MAX_MESSAGE_BYTES,
                enable_SMTPUTF8=True,
                hostname="mail.example.com",
                loop=loop,
            )
            connection.crowd = crowd
            return connection

        server = await loop.create_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for connection in list(crowd):
                if connection.transport is not None:
                    connection.transport.close()
            await server.wait_closed()

    def mailbox(self, address: str) -> Mailbox:
        """A person's mailbox; NotFound("mailbox_not_found")."""
        found = self._mailboxes.get(address.lower())
        if found is None:
            raise NotFound("mailbox_not_found")
        return found

    async def send(self, sender: str, letter: Letter) -> Mail:
        """Brings a letter to us; it is among the sent ones once we have taken it.

        Unavailable("mail_not_taken_now") when it may be sent again, Conflict("mail_refused").
        """
        mailbox = self.mailbox(sender)
        raw = await asyncio.to_thread(
            compose, sender, self._people[sender], letter, self._clock.now()
        )
        where = self._wasl_at()
        if where is None:
            raise Unavailable("mail_not_taken_now", reason="nobody listens")
        domain = sender.rpartition("@")[2]
        seen = f"Authentication-Results: {self._receiving_server}; dmarc=pass header.from={domain}"
        await asyncio.to_thread(_bring, where, sender, letter.to, f"{seen}\r\n".encode() + raw)
        return await mailbox.keep("sent", raw)

    # ── what aiosmtpd calls ──────────────────────────────────────────────────────────────────

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local, _, domain = address.lower().rpartition("@")
        if local == FULL and domain in self._domains:
            return "452 4.2.2 The mailbox is full"
        if address.lower() not in self._mailboxes:
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        for address in dict.fromkeys(each.lower() for each in envelope.rcpt_tos):
            await self._mailboxes[address].keep("inbox", raw)
        return "250 2.0.0 Delivered"

    def _load(self) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.load()


class _Connection(SMTP):
    line_length_limit = _LINE_BYTES
    crowd: set[_Connection]  # everybody who is connected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.crowd.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.discard(self)
        super().connection_lost(error)


def compose(sender: str, name: str, letter: Letter, now: datetime, message_id: str = "") -> bytes:
    """The mail as a mail program makes it, with a Message-ID of its own unless one is given.
    Blocking."""
    fields = [
        ("From", formataddr((name, sender))),
        ("To", letter.to),
        ("Subject", _unstructured(letter.subject)),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id or f"<{new_id()}@{sender.rpartition('@')[2]}>"),
    ]
    if letter.in_reply_to:
        ids = dict.fromkeys((*letter.references, letter.in_reply_to))
        fields += [("In-Reply-To", letter.in_reply_to), ("References", "\r\n ".join(ids))]
    # written by hand: the library's own folding loses blanks and makes encoded words of long ids
    head = "".join(f"{field}: {value}\r\n" for field, value in fields)
    mail = EmailMessage(policy=_WIRE)
    mail.set_content(letter.text)
    for file in letter.files:
        maintype, _, subtype = file.content_type.partition("/")
        mail.add_attachment(file.data, maintype=maintype, subtype=subtype, filename=file.name)
    return head.encode() + mail.as_bytes()


def _unstructured(text: str) -> str:
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n")


def _bring(where: tuple[str, int], sender: str, recipient: str, raw: bytes) -> None:
    try:
        with smtplib.SMTP(*where, timeout=_SEND_WITHIN_S) as smtp:
            smtp.sendmail(sender, [recipient], raw)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(*error.recipients[recipient]) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("mail_not_taken_now", reason=type(error).__name__) from error


def _refusal(code: int, answer: bytes | str) -> Conflict | Unavailable:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    words = f"{code} {said}"[:200]
    if code >= 500:
        return Conflict("mail_refused", reason=words)
    return Unavailable("mail_not_taken_now", reason=words)
