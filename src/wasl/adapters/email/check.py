"""The connection test of an e-mail channel: what works, how long it took, what to put into DNS."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

from cryptography.hazmat.primitives import serialization

from wasl.adapters.email import smtp
from wasl.adapters.email.authentication import TxtLookup
from wasl.adapters.email.config import Config, Dkim, Server
from wasl.adapters.email.imap import Imap, ImapLost, ImapRefused
from wasl.adapters.email.wire_out import Encoded, wire_address
from wasl.channels.contract import ChannelError, CheckStep
from wasl.infra.clock import Clock

ROUND_TRIP_S = 20.0
_PAUSE_S = 0.5
TokenOf = Callable[[Server | None], Awaitable[str]]


async def check_channel(
    config: Config,
    open_imap: Callable[[Config], Awaitable[Imap]],
    token_of: TokenOf,
    context: ssl.SSLContext,
    lookup: TxtLookup,
    clock: Clock,
) -> list[CheckStep]:
    """All steps in order; a failed one ends those that need it. Never raises for a refusal."""
    steps: list[CheckStep] = []
    imap = None
    if config.receive == "imap":
        imap = await _check_imap(config, open_imap, steps)
    try:
        sends = await _check_smtp(config, token_of, context, steps)
        if imap is not None and sends is not None:
            steps.append(await _round_trip(config, sends, imap, token_of, context, clock.now()))
    finally:
        if imap is not None:
            await imap.close()
    steps += await asyncio.to_thread(_check_dns, config, lookup)
    return steps


async def _check_imap(
    config: Config, open_imap: Callable[[Config], Awaitable[Imap]], steps: list[CheckStep]
) -> Imap | None:
    started = time.perf_counter()
    try:
        imap = await open_imap(config)
    except (ImapLost, ImapRefused, ChannelError) as error:
        steps.append(_step("imap_sign_in", False, started, str(error)))
        return None
    steps.append(_step("imap_sign_in", True, started))
    started = time.perf_counter()
    try:
        folders = await imap.folders()
        await imap.select(config.folder)
    except ImapRefused:
        steps.append(_step("imap_folder", False, started, cure="\n".join(folders[:50])))
    except ImapLost as error:
        steps.append(_step("imap_folder", False, started, str(error)))
    else:
        steps.append(_step("imap_folder", True, started, config.folder))
        return imap
    await imap.close()
    return None


async def _check_smtp(
    config: Config, token_of: TokenOf, context: ssl.SSLContext, steps: list[CheckStep]
) -> Server | None:
    if config.smtp is None:
        return None
    started = time.perf_counter()
    try:
        token = await token_of(config.smtp)
        await asyncio.to_thread(smtp.try_sign_in, config.smtp, token, context)
    except ChannelError as error:
        steps.append(_step("smtp_sign_in", False, started, error.detail))
        return None
    steps.append(_step("smtp_sign_in", True, started))
    return config.smtp


async def _round_trip(
    config: Config,
    server: Server,
    imap: Imap,
    token_of: TokenOf,
    context: ssl.SSLContext,
    now: datetime,
) -> CheckStep:
    """Sends a mail to the channel's own address and waits for it in the mailbox."""
    started = time.perf_counter()
    token = secrets.token_hex(12)
    address = wire_address(config.address)
    raw = (
        f"From: {address}\r\nTo: {address}\r\nSubject: Wasl connection test\r\n"
        f"Date: {now.strftime('%a, %d %b %Y %H:%M:%S +0000')}\r\n"
        f"Message-ID: <check.{token}@{address.rpartition('@')[2]}>\r\n"
        f"X-Wasl-Check: {token}\r\nAuto-Submitted: auto-generated\r\n\r\n"
        "This mail tests the connection and may be deleted.\r\n"
    ).encode()
    try:
        access = await token_of(server)
        mail = Encoded(token, address, [address], raw)
        await asyncio.to_thread(smtp.deliver, mail, server, access, context)
        while time.perf_counter() - started < ROUND_TRIP_S:
            await imap.noop()
            if await imap.search(f'HEADER "X-Wasl-Check" "{token}"'):
                return _step("round_trip", True, started)
            await asyncio.sleep(_PAUSE_S)
    except ChannelError as error:
        return _step("round_trip", False, started, error.detail)
    except (ImapLost, ImapRefused) as error:
        return _step("round_trip", False, started, str(error))
    return _step("round_trip", False, started, warning=True)


def _check_dns(config: Config, lookup: TxtLookup) -> list[CheckStep]:
    """SPF, DKIM and DMARC. Missing records are warnings with the record to copy: mail goes out
    without them, only less surely."""
    domain = config.domain
    found = [_record_step("spf", domain, "v=spf1", f'{domain}. TXT "v=spf1 mx ~all"', lookup)]
    if config.dkim is not None:
        found.append(_dkim_step(config.dkim, domain, lookup))
    policy = f"_dmarc.{domain}"
    found.append(
        _record_step("dmarc", policy, "v=DMARC1", f'{policy}. TXT "v=DMARC1; p=none"', lookup)
    )
    return found


def _record_step(code: str, name: str, begins: str, cure: str, lookup: TxtLookup) -> CheckStep:
    started = time.perf_counter()
    record = lookup(name.encode("idna", "replace") if not name.isascii() else name.encode())
    text = (record or b"").decode("utf-8", "replace")
    if text.lower().startswith(begins.lower()):
        return _step(code, True, started, text[:300])
    return _step(code, False, started, text[:300], cure, warning=True)


def _dkim_step(dkim: Dkim, domain: str, lookup: TxtLookup) -> CheckStep:
    started = time.perf_counter()
    try:
        key = serialization.load_pem_private_key(
            dkim.private_key.get_secret_value().strip().encode(), None
        )
    except (ValueError, TypeError) as error:
        return _step("dkim", False, started, str(error)[:300])
    public = base64.b64encode(
        key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode()
    name = f"{dkim.selector}._domainkey.{domain}"
    record = (lookup(name.encode()) or b"").decode("ascii", "replace")
    if f"p={public}" in re.sub(r"\s+", "", record):
        return _step("dkim", True, started)
    # One string of a TXT record holds 255 bytes.
    value = f"v=DKIM1; k=rsa; p={public}"
    strings = " ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))
    return _step("dkim", False, started, record[:300], f"{name}. TXT {strings}", warning=True)


def _step(
    code: str,
    ok: bool,
    started: float,
    detail: str = "",
    cure: str = "",
    warning: bool = False,
) -> CheckStep:
    seconds = time.perf_counter() - started
    return CheckStep(f"email.{code}", ok, round(seconds, 3), warning, detail[:500], cure)
