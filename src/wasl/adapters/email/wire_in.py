"""MIME to the contract. Pure: bytes and `now` in, a value out. `decode` never raises."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from wasl.adapters.email.authentication import is_proven
from wasl.adapters.email.bounces import read_report
from wasl.adapters.email.folding import fold, unflow
from wasl.adapters.email.headers import (
    SUBJECT_CHARS,
    Headers,
    clean_line,
    clean_text,
    decode_words,
    parse_addresses,
    parse_date,
    parse_message_ids,
    valid_address,
)
from wasl.adapters.email.html_text import MAX_HTML_CHARS, QUOTE_MARK, html_to_text
from wasl.adapters.email.mime import Part, default_filename, fields_of, parse
from wasl.channels.contract import Address, AttachmentRef, InboundMessage, InboundReceipt

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
MAX_TEXT_CHARS = 100_000
_MAX_RECEIVED = 25
_MAX_DELIVERED_TO = 2
_MAX_FORWARDS_SHOWN = 3

_TOKEN = re.compile(r"reply\+([A-Za-z0-9_-]{8,128})@(.+)")
OWN_ID = re.compile(r"wasl\.[0-9a-f]{32}@(.+)")
_NOT_NAME = re.compile(r"[^\w .-]+")
_CID = re.compile(r"cid:([^\"'\s>)]{1,200})", re.I)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office"
    r"|abwesenheitsnotiz|réponse automatique|respuesta automática"
    r"|پاسخ خودکار|پاسخ اتوماتیک|رد تلقائي|الرد التلقائي|رد آلي)\b\s*:?",
    re.I,
)
_AUTO_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponse", "auto-reply", "x-auto-reply-from")
_ADDRESS_FIELDS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_PERSIAN = re.compile("[پچژگکی]")
_ARABIC = re.compile("[ةيكىأإؤئ]")
_ARABIC_SCRIPT = re.compile("[\u0621-\u064a\u067e-\u06d2]")


@dataclass(frozen=True, slots=True)
class Reception:
    """What is known about a delivery besides its bytes."""

    addresses: frozenset[str]  # the channel's own, lower-case
    trusted_authserv_ids: frozenset[str] = frozenset()
    verified_domains: frozenset[str] = frozenset()  # whose DKIM our own server found good
    return_path: str | None = None  # envelope sender; "" is the null path, None unknown
    recipients: tuple[str, ...] = ()  # envelope recipients

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(address.rpartition("@")[2] for address in self.addresses)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that is deliberately not taken, and why (a stable code)."""

    reason: str
    provider_id: str = ""


Decoded = InboundMessage | InboundReceipt | Ignored


def decode(raw: bytes, reception: Reception, now: datetime) -> Decoded:
    """What a mail is to us. Over `MAX_MESSAGE_BYTES` only its fields are read and a notice
    stands in for its body, so that nothing is lost silently."""
    size = len(raw)
    if size > MAX_MESSAGE_BYTES:
        return decode_oversized(raw[:1_000_000], size, reception, now)
    root = parse(raw)
    headers = root.headers
    provider_id = _provider_id(headers, raw)
    reason = _loop_reason(headers, reception)
    if reason:
        return Ignored(reason, provider_id)
    report = read_report(root, now)
    if isinstance(report, InboundReceipt):
        return report
    if isinstance(report, str):
        return Ignored(report, provider_id)
    body = _read_body(root)
    return _message(headers, provider_id, body, reception, now)


def decode_oversized(head: bytes, size: int, reception: Reception, now: datetime) -> Decoded:
    """A notice in place of a message that is too large; `head` holds at least its fields."""
    megabytes = f"{size / 1_048_576:.0f}"
    texts = [
        f"This message was too large to take in ({megabytes} MB; the limit is 25 MB). "
        "It is still in the mailbox.",
        f"این پیام برای دریافت بیش از اندازه بزرگ بود ({megabytes} مگابایت؛"
        " سقف ۲۵ مگابایت است). خود پیام در صندوق پستی مانده است.",
        f"هذه الرسالة أكبر من الحد المسموح ({megabytes} م.ب؛ الحد ٢٥ م.ب)."
        " الرسالة باقية في صندوق البريد.",
    ]
    return _notice("message_too_large", texts, head, size, reception, now)


def decode_unreadable(raw: bytes, reception: Reception, now: datetime) -> Decoded:
    """A notice in place of a message whose body could not be read; it is not looked at again."""
    texts = [
        "This message could not be read. It is still in the mailbox.",
        "این پیام خوانده نشد. خود پیام در صندوق پستی مانده است.",
        "تعذّرت قراءة هذه الرسالة. الرسالة باقية في صندوق البريد.",
    ]
    return _notice("message_unreadable", texts, fields_of(raw), len(raw), reception, now)


def _notice(
    code: str, texts: list[str], head: bytes, size: int, reception: Reception, now: datetime
) -> Decoded:
    headers = parse(head).headers
    provider_id = _provider_id(headers, head)
    reason = _loop_reason(headers, reception)
    if reason:
        return Ignored(reason, provider_id)
    body = _Body(texts=texts, attributes={"notice": code, "size_bytes": size})
    return _message(headers, provider_id, body, reception, now)


def fingerprint(message: InboundMessage) -> str:
    """Tells a second copy of a message from another message that bears the same Message-ID."""
    at = message.sent_at.isoformat() if message.sent_at else message.text[:1_000]
    return _digest(f"{message.sender.value}\n{at}".encode())[:16]


# ── identity of the message ──────────────────────────────────────────────────────────────────


def _provider_id(headers: Headers, raw: bytes) -> str:
    ids = parse_message_ids(headers.first("message-id"))
    if ids and "@" in ids[0] and len(ids[0]) >= 6:
        return ids[0]
    return f"sha256.{_digest(raw)}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:48]


def _loop_reason(headers: Headers, reception: Reception) -> str:
    """Why this mail is our own coming back, or ""."""
    own = reception.domains
    if headers.has("x-wasl-check"):
        return "connection_test"
    for name in ("x-wasl-message", "message-id"):
        for each in parse_message_ids(headers.first(name)):
            match = OWN_ID.fullmatch(each)
            if match and match[1].lower() in own:
                return "loop_own_message"
    if sum(1 for _ in headers.all("received")) > _MAX_RECEIVED:
        return "loop_received"
    delivered = [valid_address(value).lower() for value in headers.all("delivered-to")]
    if any(delivered.count(address) > _MAX_DELIVERED_TO for address in reception.addresses):
        return "loop_delivered_to"
    return ""


def _automatic_reason(headers: Headers, reception: Reception) -> str:
    """Why this is an automatic mail (RFC 3834 and what programs do instead), or ""."""
    submitted = headers.first("auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto_submitted"
    if headers.first("precedence").strip().lower() in ("bulk", "junk", "auto_reply", "auto-reply"):
        return "precedence"
    if any(headers.has(name) for name in _AUTO_FIELDS):
        return "autoreply_field"
    if headers.has("x-ms-exchange-generated-message-source"):
        return "mailbox_rule"
    if reception.return_path == "" or headers.first("return-path").strip() == "<>":
        return "null_return_path"
    if _AUTO_SUBJECT.match(decode_words(headers.first("subject"))):
        return "subject"
    return ""


# ── fields ───────────────────────────────────────────────────────────────────────────────────


def _message(
    headers: Headers, provider_id: str, body: _Body, reception: Reception, now: datetime
) -> InboundMessage:
    shown, folded = body.folded()
    attributes = dict(body.attributes)
    sender = _sender(headers, reception)
    reply_to = [address for _, address in parse_addresses(headers.first("reply-to"))]
    if reply_to and reply_to[0].lower() != sender.value.lower():
        attributes["reply_to"] = reply_to[0]
    if list_id := clean_line(headers.first("list-id"), 200):
        attributes["list_id"] = list_id
    automatic = _automatic_reason(headers, reception)
    if automatic:
        attributes["automatic"] = automatic
    return InboundMessage(
        provider_id=provider_id,
        sender=sender,
        text=shown,
        sent_at=parse_date(headers.first("date"), now),
        proven=is_proven(headers, reception.trusted_authserv_ids, reception.verified_domains),
        subject=clean_line(decode_words(headers.first("subject")), SUBJECT_CHARS),
        html=body.html,
        attachments=tuple(body.attachments),
        references=_references(headers, provider_id),
        reply_tokens=_reply_tokens(headers, reception),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        spam=_is_spam(headers),
        automatic=bool(automatic),
        folded_text=folded,
        locale=_locale(headers, shown),
        attributes=attributes,
        profile={"name": sender.name} if sender.name else {},
    )


def _sender(headers: Headers, reception: Reception) -> Address:
    for value in (*headers.all("from"), headers.first("sender"), headers.first("return-path")):
        for name, address in parse_addresses(value):
            return Address("email", address, name)
    return Address("email", valid_address(reception.return_path or "") or "unknown@invalid")


def _addresses(headers: Headers, name: str) -> tuple[Address, ...]:
    found = {
        address.lower(): Address("email", address, display)
        for value in headers.all(name)
        for display, address in parse_addresses(value)
    }
    return tuple(found.values())[:100]


def _references(headers: Headers, provider_id: str) -> tuple[str, ...]:
    """Nearest first: In-Reply-To, then References from its end."""
    nearest = parse_message_ids(headers.first("in-reply-to"))
    further = parse_message_ids(headers.first("references"))
    found = dict.fromkeys([*nearest, *reversed(further)])
    found.pop(provider_id, None)
    return tuple(found)


def _reply_tokens(headers: Headers, reception: Reception) -> tuple[str, ...]:
    values = [value for name in _ADDRESS_FIELDS for value in headers.all(name)]
    addresses = [address for value in values[:50] for _, address in parse_addresses(value)]
    matches = (_TOKEN.fullmatch(address) for address in (*reception.recipients, *addresses))
    return tuple(dict.fromkeys(match[1] for match in matches if match))[:10]


def _is_spam(headers: Headers) -> bool:
    flag = headers.first("x-spam-flag").strip().lower() == "yes"
    return flag or headers.first("x-spam-status").strip().lower().startswith("yes")


def _locale(headers: Headers, text: str) -> str:
    declared = headers.first("content-language").split(",")[0].strip().lower()
    if re.fullmatch(r"[a-z]{2}(?:-[a-z]{2})?", declared):
        return declared[:2]
    sample = text[:2_000]
    if len(_ARABIC_SCRIPT.findall(sample)) < len(sample) // 8 + 1:
        return ""
    persian, arabic = len(_PERSIAN.findall(sample)), len(_ARABIC.findall(sample))
    return "" if persian == arabic else "fa" if persian > arabic else "ar"


# ── body ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Body:
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    forwards: list[tuple[str, str]] = field(default_factory=list)  # (its fields, its text)
    attachments: list[AttachmentRef] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    level: int = 0  # how deep inside of forwarded messages

    @property
    def html(self) -> str:
        if not self.htmls:
            return ""
        quotes = "".join(
            f'<blockquote style="white-space:pre-wrap">{escape(above)}<br><br>{escape(below)}'
            "</blockquote>"
            for above, below in self.forwards
        )
        return "\n".join(self.htmls)[:MAX_HTML_CHARS] + quotes

    def folded(self) -> tuple[str, str]:
        """(shown, folded away); a text over the limit is kept whole as an attachment."""
        text = "\n\n".join(each for each in self.texts if each.strip())
        if len(text) > MAX_TEXT_CHARS:
            self.attributes["truncated"] = True
            data = text.encode("utf-8", "replace")
            self.attachments.append(
                AttachmentRef("message.txt", "text/plain; charset=utf-8", len(data), data=data)
            )
            text = text[:MAX_TEXT_CHARS]
        shown, folded = fold(text)
        forwards = "\n\n".join(f"{fields}\n\n{inner}" for fields, inner in self.forwards)
        shown = f"{shown}\n\n{forwards}".strip() if forwards else shown
        return shown[:MAX_TEXT_CHARS], folded


def _read_body(root: Part) -> _Body:
    body = _Body()
    _collect(root, body, related=False)
    named = set(_CID.findall("\n".join(body.htmls)[:MAX_HTML_CHARS]))
    body.attachments = [
        attachment
        if not attachment.inline or attachment.content_id in named
        else _not_inline(attachment)
        for attachment in body.attachments
    ]
    return body


def _not_inline(attachment: AttachmentRef) -> AttachmentRef:
    return AttachmentRef(
        attachment.name,
        attachment.content_type,
        attachment.size,
        attachment.content_id,
        inline=False,
        data=attachment.data,
    )


def _collect(part: Part, body: _Body, related: bool) -> None:
    if part.children and part.content_type == "multipart/alternative":
        _collect_alternative(part, body)
    elif part.children and part.main_type == "multipart":
        for child in part.children:
            _collect(child, body, related=part.content_type == "multipart/related")
    elif part.main_type == "multipart":
        # A broken multipart: whatever is there is shown as text.
        body.texts.append(_plain(part))
    elif part.content_type in ("message/rfc822", "message/global"):
        _collect_forward(part, body)
    elif _is_body_text(part, body):
        _collect_text(part, body)
    else:
        _attach(part, body, related)


def _collect_alternative(part: Part, body: _Body) -> None:
    """The plain text and the richest HTML of the same words; other forms are attachments."""
    plain = next((each for each in part.children if each.content_type == "text/plain"), None)
    rich = [each for each in part.children if _holds_html(each)]
    before = len(body.texts)
    for child in part.children:
        if child is plain:
            continue
        if child in rich and child is not rich[-1]:
            continue
        _collect(child, body, related=False)
    if plain is not None:
        text = _plain(plain)
        if text.strip() or not rich:
            body.texts[before:] = [text]


def _holds_html(part: Part) -> bool:
    return any(each.content_type == "text/html" for each in part.walk())


def _is_body_text(part: Part, body: _Body) -> bool:
    if part.main_type != "text" or part.disposition == "attachment":
        return False
    if part.content_type not in ("text/plain", "text/html", "text/enriched", "text/markdown"):
        return not part.filename and part.content_type not in ("text/calendar", "text/vcard")
    # A named text is a file, unless it is the only text there is.
    return not part.filename or not (body.texts or body.htmls)


def _collect_text(part: Part, body: _Body) -> None:
    if part.content_type == "text/html":
        html = clean_text(part.text())
        if len(html) > MAX_HTML_CHARS:
            body.attributes["truncated"] = True
            _attach(part, body, related=False)
            html = html[:MAX_HTML_CHARS]
        body.htmls.append(html)
        body.texts.append(html_to_text(html))
        return
    text = _plain(part)
    body.texts.append(text)
    if body.htmls:
        body.htmls.append(f"<pre>{escape(text)}</pre>")


def _plain(part: Part) -> str:
    text = clean_text(part.text())
    if part.params.get("format", "").lower() == "flowed":
        delete_space = part.params.get("delsp", "").lower() == "yes"
        return unflow(text[: 2 * MAX_TEXT_CHARS], delete_space) + text[2 * MAX_TEXT_CHARS :]
    return text


def _collect_forward(part: Part, body: _Body) -> None:
    """A message inside: kept as a file, and its text shown."""
    data = part.children[0].raw[part.start : part.end] if part.children else part.body()
    if part.children and part.children[0].raw is not part.raw:
        data = part.children[0].raw
    inner = part.children[0] if part.children else None
    subject = clean_line(decode_words(inner.headers.first("subject")), 100) if inner else ""
    name = part.filename or f"{_NOT_NAME.sub('_', subject) or 'message'}.eml"
    body.attachments.append(AttachmentRef(name, "message/rfc822", len(data), data=data))
    if inner is None or body.level + len(body.forwards) >= _MAX_FORWARDS_SHOWN:
        return
    nested = _Body(level=body.level + 1)
    _collect(inner, nested, related=False)
    fields = [
        f"{label}: {clean_line(decode_words(inner.headers.first(label.lower())), 300)}"
        for label in ("From", "Date", "Subject")
        if inner.headers.has(label.lower())
    ]
    further = [f"{above}\n\n{below}" for above, below in nested.forwards]
    text = "\n\n".join(each for each in (*nested.texts, *further) if each.strip())
    body.forwards.append(
        ("\n".join(fields), clean_text(text.replace(QUOTE_MARK + "\n", ""))[: MAX_TEXT_CHARS // 4])
    )


def _attach(part: Part, body: _Body, related: bool) -> None:
    data = part.body()
    content_id = part.content_id
    inline = bool(content_id) and (related or part.disposition == "inline")
    name = part.filename or default_filename(part.content_type, len(body.attachments) + 1)
    body.attachments.append(
        AttachmentRef(name, part.content_type, len(data), content_id, inline, data=data)
    )
