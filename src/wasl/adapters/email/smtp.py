"""Sending by SMTP. Blocking (smtplib): called in a thread, one connection per message."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Callable
from typing import TypeVar

from wasl.adapters.email.bounces import error_kind
from wasl.adapters.email.config import Server
from wasl.adapters.email.headers import clean_line
from wasl.adapters.email.oauth import xoauth2
from wasl.adapters.email.wire_out import Encoded
from wasl.channels.contract import ChannelError, ErrorKind

TIMEOUT_S = 60.0
T = TypeVar("T")


def connect(server: Server, token: str, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection signed in to `server` (with an access token when there is one)."""
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_S, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if token:
            first = base64.b64encode(xoauth2(server.user, token).encode()).decode()
            code, answer = smtp.docmd("AUTH", f"XOAUTH2 {first}")
            if code == 334:
                # The server tells why in base64 and waits for an empty line.
                code, answer = smtp.docmd("")
            if code != 235:
                raise smtplib.SMTPAuthenticationError(code, answer)
        elif server.user:
            smtp.login(server.user, server.password.get_secret_value())
    except BaseException:
        smtp.close()
        raise
    return smtp


def deliver(mail: Encoded, server: Server, token: str, context: ssl.SSLContext) -> None:
    """Hands `mail` over to every recipient or to none. Raises `ChannelError`; UNKNOWN when the
    connection was lost after the end of the message had been sent."""
    smtp = _refusals(lambda: connect(server, token, context))
    try:
        _refusals(lambda: _envelope(smtp, mail))
        payload = smtplib._quote_periods(_with_crlf(mail.raw))  # type: ignore[attr-defined]  # the library's own dot-stuffing, missing in typeshed
        # Until the final dot is sent the server has nothing that it could deliver.
        _refusals(lambda: smtp.send(payload))
        _end(smtp)
    finally:
        _quit(smtp)


def try_sign_in(server: Server, token: str, context: ssl.SSLContext) -> None:
    """Signs in and leaves again. Raises `ChannelError`."""
    _quit(_refusals(lambda: connect(server, token, context)))


def _with_crlf(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _envelope(smtp: smtplib.SMTP, mail: Encoded) -> None:
    addresses = (mail.envelope_from, *mail.recipients)
    international = not all(address.isascii() for address in addresses)
    if international and not smtp.has_extn("smtputf8"):
        raise ChannelError(ErrorKind.RECIPIENT, "the server takes no addresses in other scripts")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
    if smtp.has_extn("size"):
        options.append(f"SIZE={len(mail.raw)}")
    code, answer = smtp.mail(mail.envelope_from, options)
    _expect(code, answer, 250)
    for recipient in mail.recipients:
        code, answer = smtp.rcpt(recipient)
        if code not in (250, 251, 252):
            raise _refusal(code, answer, f"{recipient}: ", ErrorKind.RECIPIENT)
    code, answer = smtp.docmd("DATA")
    _expect(code, answer, 354)


def _end(smtp: smtplib.SMTP) -> None:
    try:
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(ErrorKind.UNKNOWN, f"lost after the final dot: {error!r}") from error
    _expect(code, answer, 250)


def _quit(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


def _refusals(act: Callable[[], T]) -> T:
    """Runs `act`; what goes wrong before the final dot can be repeated safely."""
    try:
        return act()
    except smtplib.SMTPAuthenticationError as error:
        kind = ErrorKind.TEMPORARY if 400 <= error.smtp_code < 500 else ErrorKind.CREDENTIALS
        raise ChannelError(kind, _said(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ChannelError(ErrorKind.CREDENTIALS, str(error)) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except ssl.SSLCertVerificationError as error:
        raise ChannelError(ErrorKind.CREDENTIALS, error.verify_message) from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise ChannelError(ErrorKind.TEMPORARY, repr(error)) from error


def _expect(code: int, answer: bytes, wanted: int) -> None:
    if code != wanted:
        raise _refusal(code, answer)


def _refusal(
    code: int, answer: bytes | str, about: str = "", otherwise: ErrorKind = ErrorKind.CONTENT
) -> ChannelError:
    """What a reply means: the enhanced status code decides, then the plain one."""
    said = _said(code, answer)
    text = said.split(" ", 1)[-1]
    detail = f"{about}{said}"
    if code == 421 or 400 <= code < 500:
        limited = "4.7." in text and ("rate" in text.lower() or "limit" in text.lower())
        return ChannelError(ErrorKind.RATE_LIMITED if limited else ErrorKind.TEMPORARY, detail)
    if code in (530, 534, 535, 538) or text.startswith(("5.7.0", "5.7.8", "5.7.9", "5.7.14")):
        return ChannelError(ErrorKind.CREDENTIALS, detail)
    if text[:4] in ("5.1.", "5.2.", "5.4.", "5.3.", "5.6.", "5.7."):
        return ChannelError(error_kind(text), detail)
    return ChannelError(ErrorKind.CONTENT if code in (552, 554) else otherwise, detail)


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return clean_line(f"{code} {text}", 400)
