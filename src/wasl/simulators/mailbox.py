"""One person's mailbox: each mail is a file, so that it outlives the process; bounded."""

from __future__ import annotations

import asyncio
import email
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

from wasl.infra.errors import NotFound
from wasl.infra.ids import new_id

Folder = Literal["inbox", "sent"]

MOST_MAILS = 200
MOST_BYTES = 100 * 1024 * 1024
_NEWS_AT_ONCE = 100
_NAME = re.compile(r"([0-9a-f-]{36})\.(inbox|sent)\.eml")
_TAG = re.compile(r"<(style|script|head)\b.*?</\1\s*>|<[^>]{0,2000}>", re.I | re.S)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/h\d)\b[^>]{0,200}>", re.I)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail, without its bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail program shows. Header fields as they are read, ids with their brackets."""

    id: UUID
    folder: Folder
    from_: str
    to: str
    reply_to: str
    subject: str
    at: datetime
    text: str
    html: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    attachments: tuple[Attached, ...]
    size: int


class Mailbox:
    """The mails of one address, newest first. Blocking work is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mails: dict[UUID, Mail] = {}
        self._watchers: set[asyncio.Queue[Mail]] = set()

    def load(self) -> None:
        """Reads what an earlier process has kept. Blocking."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(self._folder.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is not None:
                mail_id, folder = UUID(match[1]), cast(Folder, match[2])
                self._mails[mail_id] = read_mail(mail_id, folder, path.read_bytes())
        self._forget_oldest()

    def mails(self) -> list[Mail]:
        """All of them, newest first."""
        return list(reversed(self._mails.values()))

    def mail(self, mail_id: UUID) -> Mail:
        """One of them; NotFound("mail_not_found")."""
        found = self._mails.get(mail_id)
        if found is None:
            raise NotFound("mail_not_found")
        return found

    async def keep(self, folder: Folder, raw: bytes, at: datetime | None = None) -> Mail:
        """Stores a mail and tells those who watch. `at` is when it came, if not now; the mails of
        a past come in its order, before all others."""
        mail_id = new_id()
        if at is not None:
            mail_id = _id_at(at, mail_id)
        mail = await asyncio.to_thread(self._write, mail_id, folder, raw)
        self._mails[mail.id] = mail
        self._forget_oldest()
        for watcher in self._watchers:
            # who is so far behind reads the whole list anyway
            with suppress(asyncio.QueueFull):
                watcher.put_nowait(mail)
        return mail

    async def attachment(self, mail_id: UUID, number: int) -> tuple[Attached, bytes]:
        """The bytes of a file, counted from 0; NotFound("attachment_not_found")."""
        mail = self.mail(mail_id)
        if not 0 <= number < len(mail.attachments):
            raise NotFound("attachment_not_found")
        raw = await asyncio.to_thread(self._path(mail).read_bytes)
        data = _files_of(_parsed(raw))[number].get_payload(decode=True)
        return mail.attachments[number], data if isinstance(data, bytes) else b""

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Mail]]:
        """A queue of every mail from now on, sent ones too."""
        news: asyncio.Queue[Mail] = asyncio.Queue(_NEWS_AT_ONCE)
        self._watchers.add(news)
        try:
            yield news
        finally:
            self._watchers.discard(news)

    def clear(self) -> None:
        """Throws everything away."""
        for mail in list(self._mails.values()):
            self._forget(mail)

    def _path(self, mail: Mail) -> Path:
        return self._folder / f"{mail.id}.{mail.folder}.eml"

    def _write(self, mail_id: UUID, folder: Folder, raw: bytes) -> Mail:
        path = self._folder / f"{mail_id}.{folder}.eml"
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(raw)
        unfinished.rename(path)
        return read_mail(mail_id, folder, raw)

    def _forget_oldest(self) -> None:
        size = sum(mail.size for mail in self._mails.values())
        for mail in list(self._mails.values()):
            if len(self._mails) <= MOST_MAILS and size <= MOST_BYTES:
                return
            size -= mail.size
            self._forget(mail)

    def _forget(self, mail: Mail) -> None:
        self._mails.pop(mail.id, None)
        self._path(mail).unlink(missing_ok=True)


def _id_at(at: datetime, id_: UUID) -> UUID:
    """The id as it would have been made at that time."""
    ms = int(at.timestamp() * 1000)
    return UUID(int=ms << 80 | id_.int & ((1 << 80) - 1))


def read_mail(mail_id: UUID, folder: Folder, raw: bytes) -> Mail:
    """Reads a mail as a mail program does. Blocking."""
    parsed = _parsed(raw)
    page = parsed.get_body(("html",))
    plain = parsed.get_body(("plain",))
    shown = _content(page)
    return Mail(
        id=mail_id,
        folder=folder,
        from_=_field(parsed, "From"),
        to=_field(parsed, "To"),
        reply_to=_field(parsed, "Reply-To"),
        subject=_field(parsed, "Subject"),
        at=datetime.fromtimestamp((mail_id.int >> 80) / 1000, UTC),  # a UUIDv7 holds its time
        text=_content(plain) if plain is not None else _text_of(shown),
        html=shown,
        message_id=_field(parsed, "Message-ID"),
        in_reply_to=_field(parsed, "In-Reply-To"),
        references=tuple(_field(parsed, "References").split()),
        attachments=tuple(
            Attached(
                part.get_filename() or "file",
                part.get_content_type(),
                len(cast(bytes, part.get_payload(decode=True) or b"")),
            )
            for part in _files_of(parsed)
        ),
        size=len(raw),
    )


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def _files_of(parsed: EmailMessage) -> list[Message]:
    return [part for part in parsed.walk() if not part.is_multipart() and part.get_filename()]


def _field(parsed: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(parsed.get(name, "")).split())
    except (ValueError, LookupError, AttributeError):  # the library fails on some broken fields
        return ""


def _content(part: Message | None) -> str:
    if not isinstance(part, EmailMessage):
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # a character set that nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _text_of(page: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", page))).strip()
