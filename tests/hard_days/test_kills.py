"""Twenty crashes in one run: what was acknowledged is there once, in order."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import psycopg
from benchmarks._place import SECRET, Company, Server, folder, pause, set_up
from benchmarks._ports import free_port

from tests.hard_days.taking import until_taken
from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id
from wasl.infra.postgres import EmbeddedPostgres
from wasl.migrations import upgrade

KILLS = 20
VISITORS = 5
MAIL_SENDERS = 2
SUPPORT = "support@shop.example"


async def test_nothing_acknowledged_is_lost_or_doubled() -> None:
    seed = secrets.randbelow(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    with folder() as place:
        company = await _prepared(place)
        smtp = free_port()
        server = Server(place, smtp_listen=f"127.0.0.1:{smtp}", mail_domain="shop.example")
        ended = asyncio.Event()
        try:
            await server.start()
            async with asyncio.TaskGroup() as tasks:
                chats = [
                    tasks.create_task(_chat(server.port, company, ended.is_set))
                    for _ in range(VISITORS)
                ]
                mails = [
                    tasks.create_task(_mail(smtp, number, ended.is_set))
                    for number in range(MAIL_SENDERS)
                ]
                for _ in range(KILLS):
                    await pause(chance.uniform(0.05, 0.8))
                    await _kill(server, place, chance)
                ended.set()
            timelines, by_mail = await asyncio.to_thread(_kept, place)
        finally:
            await server.kill()
            await asyncio.to_thread(_stop_postgres, place)
    said = [chat.result() for chat in chats]
    assert all(said), f"seed {seed}: nobody got through"
    assert sorted(timelines) == sorted(said), f"seed {seed}"
    assert sorted(by_mail) == sorted(id_ for mail in mails for id_ in mail.result()), f"seed {seed}"


async def _prepared(place: Path) -> Company:
    server = EmbeddedPostgres(place)
    try:
        dsn = await asyncio.to_thread(server.start, print)
        await asyncio.to_thread(upgrade, dsn)
        mail = {"address": SUPPORT, "receive": "smtp"}
        return await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}), ("email", mail))
    finally:
        await asyncio.to_thread(server.stop)


async def _kill(server: Server, place: Path, chance: random.Random) -> None:
    """Kills the server or its database, and sees that everything is there again."""
    if chance.random() < 0.5:
        await server.kill()
        await server.start()
    else:
        pid = (place / "postgres/data/postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)
        await pause(0.1)
        async with asyncio.timeout(60):
            while not await server.is_ready():
                await pause(0.05)


async def _chat(port: int, company: Company, ended: Callable[[], bool]) -> list[str]:
    """Writes one message after another, each until it is acknowledged; what was."""
    visitor = Visitor(company.channel_ids[0], new_id())
    token = token_for(Sealer(SECRET), visitor, SystemClock().now())
    path = f"/client/v1/{company.public_keys[0]}/messages"
    acknowledged: list[str] = []
    while not ended():
        body = {"client_id": str(uuid4()), "text": f"{visitor.id} {len(acknowledged)}"}
        await until_taken(port, token, path, body)
        acknowledged.append(body["text"])
        await pause(0.25)  # a visitor may write five times a second
    return acknowledged


async def _mail(port: int, number: int, ended: Callable[[], bool]) -> list[str]:
    """Sends one mail after another, each until it is taken (250); their Message-IDs."""
    acknowledged: list[str] = []
    while not ended():
        message = EmailMessage()
        message["From"] = f"contact{number}@example.com"
        message["To"] = SUPPORT
        message["Subject"] = "Where is it?"
        message["Message-ID"] = f"<{len(acknowledged)}.{number}@example.com>"
        message.set_content("It was promised for yesterday.")
        while not await asyncio.to_thread(_sent, port, message):
            await pause(0.05)
        acknowledged.append(str(message["Message-ID"]).strip("<>"))
        await pause(0.1)
    return acknowledged


def _sent(port: int, message: EmailMessage) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException):
        return False
    return True


def _kept(place: Path) -> tuple[list[list[str]], list[str]]:
    """What each chat's timeline holds in its order, and the ids of all mails."""
    server = EmbeddedPostgres(place)
    try:
        with psycopg.connect(server.start(print)) as conn:
            chats = conn.execute(
                "SELECT array_agg(m.text ORDER BY m.seq) FROM messages m"
                " WHERE m.client_id IS NOT NULL GROUP BY m.conversation_id"
            ).fetchall()
            mails = conn.execute(
                "SELECT p.provider_id FROM messages m JOIN provider_ids p ON p.message_id = m.id"
                " WHERE m.client_id IS NULL AND m.kind = 'message'"
            ).fetchall()
    finally:
        server.stop()
    return [texts for (texts,) in chats], [id_.strip("<>") for (id_,) in mails]


def _stop_postgres(place: Path) -> None:
    """After its last user was killed it would go on alone."""
    server = EmbeddedPostgres(place)
    server.start(print)
    server.stop()
