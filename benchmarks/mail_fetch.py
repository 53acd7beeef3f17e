"""Mail from 100 mailboxes of 50 waiting messages each, on a local Dovecot, to timelines.

A real server in a child process on an embedded PostgreSQL that flushes. The time runs from the
server's being ready, or from the first message if that was earlier, to the last message's commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import psycopg
from tests.adapters.email.dovecot import PASSWORD, dovecot

from benchmarks import Result
from benchmarks._place import Server, folder, postgres, set_up

MAILBOXES = 100
WAITING = 50
PER_SECOND = 200
_LONGEST_S = 70.0
WORDS = "سلام، سفارشی که هفتهٔ پیش دادم هنوز به دستم نرسیده؛ ممکن است پیگیری کنید؟\n"


async def run(progress: Callable[[str], None]) -> Result:
    with dovecot() as mail, folder() as place:
        users = [mail.user() for _ in range(MAILBOXES)]
        for user in users:
            mail.deliver(user, *(_raw(user, number) for number in range(WAITING)))
        progress(f"{MAILBOXES * WAITING} messages wait")
        async with postgres() as dsn:
            await set_up(dsn, *(("email", _settings(user, mail.imap_port)) for user in users))
            server = Server(place, database_url=dsn, private_urls="true", pool_size="20")
            try:
                began = datetime.now(UTC)
                await server.start()
                ready = datetime.now(UTC)
                taken = await _all_taken(dsn, progress)
                ended = datetime.now(UTC)
            finally:
                await server.stop()
            doubled, first = await _found(dsn)
    took = (ended - max(began, min(ready, first))).total_seconds()
    rate = taken / took
    expected = MAILBOXES * WAITING
    return Result(
        id="mail_fetch",
        measured=round(rate),
        unit="messages/s",
        reach=PER_SECOND,
        ok=rate >= PER_SECOND and taken == expected and not doubled,
        against=f"{taken} of {expected} on timelines in {took:.1f} s, {doubled} of them twice",
    )


def _settings(user: str, port: int) -> dict[str, object]:
    server = {"host": "127.0.0.1", "security": "none", "user": user, "password": PASSWORD}
    return {"address": user, "receive": "imap", "imap": {**server, "port": port}}


def _raw(user: str, number: int) -> bytes:
    message = EmailMessage()
    message["From"] = f"Contact {number} <contact{number}.{user.partition('@')[0]}@example.com>"
    message["To"] = user
    message["Subject"] = f"سفارش A-{20_000 + number}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{number}.{user}>"
    message.set_content(WORDS * 5)
    message.add_alternative(f"<html><body><p>{WORDS}</p></body></html>", subtype="html")
    return message.as_bytes()


async def _all_taken(dsn: str, progress: Callable[[str], None]) -> int:
    """Waits for the last message; gives up when that takes too long."""
    until, taken = time.monotonic() + _LONGEST_S, 0
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        while taken < MAILBOXES * WAITING and time.monotonic() < until:
            await asyncio.sleep(0.25)
            row = await (await conn.execute("SELECT count(*) FROM provider_ids")).fetchone()
            taken = row[0] if row else 0
    progress(f"{taken} were taken")
    return taken


async def _found(dsn: str) -> tuple[int, datetime]:
    """How many messages stand twice on a timeline, and when the first one came."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        row = await (
            await conn.execute(
                "SELECT (SELECT count(*) FROM messages) - (SELECT count(*) FROM provider_ids),"
                " (SELECT min(created_at) FROM messages)"
            )
        ).fetchone()
        assert row is not None
        return int(row[0]), row[1]
