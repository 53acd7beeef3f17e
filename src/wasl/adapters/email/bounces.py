"""Delivery reports and read receipts: which message of ours they speak of and what became of it.

Knows RFC 3464 and RFC 8098 reports and the commonest prose of servers that do not write them.
"""

from __future__ import annotations

import re
from datetime import datetime

from wasl.adapters.email.headers import Headers, clean_line, parse_headers, parse_message_ids
from wasl.adapters.email.mime import Part
from wasl.channels.contract import ErrorKind, InboundReceipt

_SENDER = re.compile(r"\b(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|bounces?)\b@?", re.I)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed)|returned mail|failure notice"
    r"|mail delivery (?:failed|subsystem)|message not delivered|delivery incomplete|unzustellbar"
    r"|تحویل نشد|پیام شما تحویل|تعذر (?:ال)?تسليم|لم يتم (?:ال)?تسليم|فشل (?:ال)?تسليم",
    re.I,
)
_DELAY = re.compile(r"delay|warning|still being retried|will be retried|تأخير|تاخیر", re.I)
_ORIGINAL_ID = re.compile(r"^[> \t]{0,8}message-id:[ \t]*\n?[ \t]*<([^<>\s]{3,250})>", re.I | re.M)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_SMTP_REPLY = re.compile(r"\b(5\d\d|4\d\d)[ -](?:\d\.\d\.\d )?(.{5,200})")
_PROSE_BYTES = 200_000


def read_report(root: Part, now: datetime) -> InboundReceipt | str | None:
    """A receipt; a reason (str) why a report says nothing to keep; None when it is no report."""
    report_type = root.params.get("report-type", "").lower()
    if root.content_type == "multipart/report" and report_type == "disposition-notification":
        return _read_receipt(root, now)
    status = _find(root, ("message/delivery-status", "message/global-delivery-status"))
    if status is not None and root.main_type == "multipart":
        return _delivery_report(root, status, now)
    return _prose_bounce(root, now)


def _read_receipt(root: Part, now: datetime) -> InboundReceipt | str:
    part = _find(root, ("message/disposition-notification",))
    fields = parse_headers(part.body()) if part is not None else Headers()
    ids = parse_message_ids(fields.first("original-message-id"))
    if not ids:
        return "read_receipt_without_original"
    if "displayed" not in fields.first("disposition").lower():
        return "read_receipt_not_displayed"
    return InboundReceipt(message_provider_id=ids[0], state="read", at=now)


def _delivery_report(root: Part, status: Part, now: datetime) -> InboundReceipt | str:
    # A delivery-status body is several header blocks: of the message, then one per recipient.
    blocks = [
        parse_headers(block)
        for block in re.split(rb"\r?\n[ \t]*\r?\n", status.body()[:_PROSE_BYTES].strip())[:50]
    ]
    recipient = next((block for block in blocks if block.has("action")), Headers())
    action = recipient.first("action").split(";")[0].strip().lower()
    if action in ("delayed", "expanded"):
        return f"report_{action}"
    original = original_message_id(root)
    if not original:
        return "bounce_without_original"
    if action in ("delivered", "relayed"):
        return InboundReceipt(message_provider_id=original, state="delivered", at=now)
    code = recipient.first("status")
    diagnostic = clean_line(recipient.first("diagnostic-code"), 400)
    return InboundReceipt(
        message_provider_id=original,
        state="failed",
        at=now,
        error=error_kind(code or diagnostic),
        detail=clean_line(
            f"{recipient.first('final-recipient').rpartition(';')[2].strip()} {code} {diagnostic}",
            500,
        ),
    )


def _prose_bounce(root: Part, now: datetime) -> InboundReceipt | str | None:
    """qmail, Exim, Exchange and others that tell it in words."""
    headers = root.headers
    failed = headers.first("x-failed-recipients")
    from_daemon = bool(_SENDER.search(headers.first("from")))
    null_path = headers.first("return-path").strip() == "<>"
    subject = headers.first("subject")
    if not failed and not ((from_daemon or null_path) and _SUBJECT.search(subject)):
        return None
    if _DELAY.search(subject) and not failed:
        return "report_delayed"
    prose = "\n".join(
        part.text()[:_PROSE_BYTES] for part in root.walk() if part.main_type == "text"
    )[:_PROSE_BYTES]
    original = original_message_id(root)
    if not original:
        match = _ORIGINAL_ID.search(prose)
        original = match[1] if match else ""
    if not original:
        ids = parse_message_ids(headers.first("in-reply-to") or headers.first("references"))
        original = ids[-1] if ids else ""
    if not original:
        return None
    reply = _SMTP_REPLY.search(prose)
    detail = reply[0] if reply else subject
    return InboundReceipt(
        message_provider_id=original,
        state="failed",
        at=now,
        error=error_kind(prose),
        detail=clean_line(f"{failed} {detail}", 500),
    )


def original_message_id(root: Part) -> str:
    """The Message-ID of the message that came back, from its copy or the server's own fields."""
    for part in root.walk():
        if part is root:
            continue
        if part.content_type in ("text/rfc822-headers", "message/rfc822-headers"):
            fields = parse_headers(part.body())
        elif part.headers.has("message-id"):
            fields = part.headers
        else:
            continue
        # Relays that put their own Message-ID leave our field alone.
        ours = parse_message_ids(fields.first("x-wasl-message"))
        if ids := ours or parse_message_ids(fields.first("message-id")):
            return ids[0]
    ids = parse_message_ids(root.headers.first("x-original-message-id"))
    return ids[0] if ids else ""


def error_kind(text: str) -> ErrorKind:
    """What an enhanced status code (RFC 3463) means for us."""
    match = _STATUS.search(text)
    if match is None:
        return ErrorKind.RECIPIENT
    if match[1] == "4" or match[2] in ("2", "4"):
        return ErrorKind.RECIPIENT if match[0] == "5.2.1" else ErrorKind.UNREACHABLE
    if match[2] in ("3", "6", "7"):
        return ErrorKind.CONTENT
    return ErrorKind.RECIPIENT


def _find(root: Part, types: tuple[str, ...]) -> Part | None:
    return next((part for part in root.walk() if part.content_type in types), None)
