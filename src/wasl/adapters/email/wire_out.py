"""The contract to MIME. Pure; the same message gives the same Message-ID on every attempt."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote
from uuid import UUID

import idna
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from wasl.adapters.email.config import Config
from wasl.adapters.email.headers import clean_line, valid_address
from wasl.adapters.email.html_text import html_to_text
from wasl.adapters.email.mime import default_filename
from wasl.adapters.email.page import Page, render_html, render_text
from wasl.channels.contract import ChannelError, ErrorKind, Outbound

_MAX_REFERENCES = 20
_REPLY_PREFIX = re.compile(r"^\s*(?:re|aw|sv|antw|پاسخ|رد)\s*[:：]", re.I)
_MESSAGE_ID = re.compile(r"[^\s<>@\x00-\x20\x7f]{1,200}@[^\s<>@\x00-\x20\x7f]{1,200}")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_SIGNED_NAMES = (
    "from to cc subject date message-id in-reply-to references reply-to mime-version "
    "content-type x-wasl-message auto-submitted"
)
_SIGNED = _SIGNED_NAMES.split()


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with its bytes."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """A mail ready to send: its id without brackets, envelope and bytes (CRLF)."""

    provider_id: str
    envelope_from: str
    recipients: Sequence[str]  # the recipient first, then cc and bcc, each once
    raw: bytes


def own_message_id(message_id: UUID, domain: str) -> str:
    """The Message-ID, without brackets, that a message of ours always bears."""
    return f"wasl.{message_id.hex}@{domain}"


def encode(message: Outbound, config: Config, files: Sequence[File], now: datetime) -> Encoded:
    """The mail for `message`. Raises `ChannelError`: RECIPIENT for an impossible address,
    CREDENTIALS for a signing key that cannot be used."""
    sender = wire_address(config.address)
    domain = sender.rpartition("@")[2]
    provider_id = own_message_id(message.message_id, domain)
    to = wire_address(message.recipient.value)
    cc = [(each.name, wire_address(each.value)) for each in message.cc]
    bcc = [wire_address(each.value) for each in message.bcc]
    page = _page(message, config)

    fields: list[tuple[str, str]] = [
        ("From", _mailbox(_sender_name(message, config), sender)),
        ("To", _mailbox(message.recipient.name, to)),
    ]
    if cc:
        fields.append(("Cc", _mailboxes(cc)))
    fields.append(("Subject", encode_words(_subject(message))))
    fields.append(("Date", format_datetime(now)))
    fields.append(("Message-ID", f"<{provider_id}>"))
    fields += _thread_fields(message)
    if message.reply_token and config.reply_token_domain:
        token = re.sub(r"[^A-Za-z0-9_-]", "", message.reply_token)
        fields.append(("Reply-To", wire_address(f"reply+{token}@{config.reply_token_domain}")))
    fields.append(("X-Wasl-Message", f"<{provider_id}>"))
    if not message.author_name:
        # Nobody wrote it by hand: other machines must not answer it (RFC 3834).
        fields.append(("Auto-Submitted", "auto-replied" if message.thread else "auto-generated"))
    fields.append(("Content-Language", _language(message.locale)))
    fields.append(("MIME-Version", "1.0"))

    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("utf-8")
    raw = head + _body(page, files, message.message_id.hex)
    recipients = tuple(dict.fromkeys([to, *(address for _, address in cc), *bcc]))
    return Encoded(provider_id, sender, recipients, _sign(raw, config, domain))


# ── fields ───────────────────────────────────────────────────────────────────────────────────


def wire_address(value: str) -> str:
    """An address as it goes over the wire: the domain in ASCII (IDNA). Raises RECIPIENT."""
    address = valid_address(value)
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        ascii_domain = ""
    if not local or not ascii_domain:
        raise ChannelError(ErrorKind.RECIPIENT, "not an e-mail address")
    return f"{local}@{ascii_domain}"


def encode_words(text: str) -> str:
    """Unstructured text for a field: ASCII as it is, anything else as RFC 2047 words, folded."""
    text = clean_line(text, 998)
    if text.isascii() and "=?" not in text and all(len(word) < 900 for word in text.split(" ")):
        return _fold(text.split(" "), " ")
    words, chunk = [], b""
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > 42:
            words.append(chunk)
            chunk = b""
        chunk += encoded
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def _fold(words: Iterable[str], separator: str) -> str:
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) > 70:
            lines.append(line)
            line = word
        else:
            line = f"{line}{separator}{word}" if line else word
    return "\r\n ".join([*lines, line])


def _mailbox(name: str, address: str) -> str:
    name = clean_line(name, 120)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{encode_words(name)}\r\n <{address}>"
    if not _ATOM.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def _mailboxes(pairs: Sequence[tuple[str, str]]) -> str:
    return ",\r\n ".join(_mailbox(name, address) for name, address in pairs)


def _sender_name(message: Outbound, config: Config) -> str:
    if not message.author_name:
        return config.display_name
    if not config.display_name:
        return message.author_name
    joining = {"fa": "از", "ar": "من"}.get(_language(message.locale), "from")
    return f"{message.author_name} {joining} {config.display_name}"


def _subject(message: Outbound) -> str:
    subject = clean_line(message.subject, 500) or f"[{message.number}]"
    if message.thread and not _REPLY_PREFIX.match(subject):
        return f"Re: {subject}"
    return subject


def _thread_fields(message: Outbound) -> list[tuple[str, str]]:
    """In-Reply-To and References; ids that never were Message-IDs are left out."""
    known = [each for each in message.thread if _MESSAGE_ID.fullmatch(each) and each.isascii()]
    if not known:
        return []
    kept = known if len(known) <= _MAX_REFERENCES else [known[0], *known[1 - _MAX_REFERENCES :]]
    return [
        ("In-Reply-To", f"<{known[-1]}>"),
        ("References", "\r\n ".join(f"<{each}>" for each in kept)),
    ]


# ── body ─────────────────────────────────────────────────────────────────────────────────────


def _language(locale: str) -> str:
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if re.fullmatch(r"[a-z]{2,3}", language) else "en"


def _page(message: Outbound, config: Config) -> Page:
    language = _language(message.locale)
    signatures = {"fa": config.signature.fa, "ar": config.signature.ar}
    own = signatures.get(language, config.signature.en)
    signature_text = message.signature or own.text or html_to_text(own.html)
    return Page(
        language=language,
        text=message.text or html_to_text(message.html),
        html=message.html,
        signature_text=signature_text,
        signature_html="" if message.signature else own.html,
        quoted=message.quoted,
        quoted_name=message.recipient.name or message.recipient.value,
        number=message.number,
        continue_url=message.continue_url,
    )


def _body(page: Page, files: Sequence[File], seed: str) -> bytes:
    inline = [each for each in files if each.inline and each.content_id and page.html]
    attached = [each for each in files if each not in inline]
    entity = _multipart(
        "alternative",
        [_text_part("plain", render_text(page)), _text_part("html", render_html(page))],
        seed,
    )
    if inline:
        entity = _multipart("related", [entity, *(_file_part(each, 0) for each in inline)], seed)
    if attached:
        parts = [_file_part(each, number) for number, each in enumerate(attached, 1)]
        entity = _multipart("mixed", [entity, *parts], seed)
    return entity


def _multipart(kind: str, parts: Sequence[bytes], seed: str) -> bytes:
    # "=_" occurs neither in base64 nor in quoted-printable.
    boundary = f"=_wasl_{kind}_{seed}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary.decode()}"\r\n\r\n'.encode()
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + b"--" + boundary + b"--\r\n"


def _text_part(subtype: str, text: str) -> bytes:
    data = text.replace("\r\n", "\n").encode("utf-8", "replace")
    foreign = sum(1 for byte in data[:4_000] if byte > 127)
    if foreign * 6 > min(len(data), 4_000):
        encoding, body = "base64", base64.encodebytes(data.replace(b"\n", b"\r\n"))
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode() + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _file_part(file: File, number: int) -> bytes:
    content_type = file.content_type.split(";")[0].strip().lower()
    if not re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", content_type):
        content_type = "application/octet-stream"
    if content_type.startswith(("multipart/", "message/")):
        # Those may not be base64; as plain bytes they arrive as they are.
        content_type = "application/octet-stream"
    disposition = "inline" if file.inline else "attachment"
    name = _file_name(file, content_type, number)
    if name.isascii():
        plain = re.sub(r'["\\/;]', "_", name)
        typed, named = f'name="{plain}"', f'filename="{plain}"'
    else:
        # RFC 2231 for those who read it; encoded words in `name` for old Outlooks.
        typed = f'name="{encode_words(name)}"'
        named = f"filename*=UTF-8''{quote(name, safe='')}"
    lines = [
        f"Content-Type: {content_type};\r\n {typed}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition};\r\n {named}",
    ]
    if content_id := re.sub(r"[^\x21-\x7e]|[<>]", "", file.content_id)[:200]:
        lines.append(f"Content-ID: <{content_id}>")
    body = base64.encodebytes(file.data).replace(b"\n", b"\r\n")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _file_name(file: File, content_type: str, number: int) -> str:
    """A name of at most 240 bytes, its ending kept."""
    name = clean_line(file.name, 150) or default_filename(content_type, number)
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    room = 240 - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + (dot + ending if ending else "")


# ── signing ──────────────────────────────────────────────────────────────────────────────────


def _sign(raw: bytes, config: Config, domain: str) -> bytes:
    if config.dkim is None:
        return raw
    import dkim  # type: ignore[import-untyped]  # ships no types; brings the whole of dnspython

    head = raw[: raw.index(b"\r\n\r\n")].lower()
    present = [
        name.encode() for name in _SIGNED if b"\r\n" + name.encode() + b":" in b"\r\n" + head
    ]
    try:
        signature: bytes = dkim.sign(
            raw,
            config.dkim.selector.encode(),
            domain.encode(),
            _traditional(config.dkim.private_key.get_secret_value().strip()),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=present,
            linesep=b"\r\n",
        )
    except (dkim.DKIMException, ValueError, TypeError, IndexError) as error:
        raise ChannelError(ErrorKind.CREDENTIALS, "the DKIM key cannot be used") from error
    return signature + raw


@lru_cache(maxsize=64)
def _traditional(pem: str) -> bytes:
    """An RSA key in the one form that the signing library reads, whatever PEM it came in."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
