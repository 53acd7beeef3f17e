"""The IMAP connection: TLS with a real Dovecot, odd and hostile servers by script."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.adapters.email.dovecot import PASSWORD, Dovecot
from tests.adapters.email.fake_host import FakeHost
from tests.adapters.email.peers import token_endpoint
from tests.adapters.email.test_mailbox import a_mail, channel_for, watching
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.config import Config
from wasl.adapters.email.imap import Imap, ImapLost, ImapRefused, ImapSignInRefused, quoted
from wasl.channels.contract import Channel

Script = Callable[["Peer"], Coroutine[Any, Any, None]]


class Peer:
    """A scripted server's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.heard: list[str] = []

    async def command(self) -> tuple[bytes, str]:
        """(tag, the rest) of the next line."""
        line = (await self.reader.readline()).rstrip(b"\r\n")
        tag, _, rest = line.partition(b" ")
        self.heard.append(rest.decode())
        return tag, rest.decode()

    def say(self, *lines: bytes) -> None:
        self.writer.write(b"".join(line + b"\r\n" for line in lines))

    async def serve(self, answers: dict[str, list[bytes]]) -> None:
        """Answers commands by their beginning until the connection ends."""
        while True:
            tag, rest = await self.command()
            if not tag:
                return
            lines = next((found for key, found in answers.items() if rest.startswith(key)), None)
            self.say(*(lines or []), tag + b" OK done" if lines is not None else tag + b" BAD no")


@asynccontextmanager
async def server(script: Script) -> AsyncIterator[tuple[int, list[Peer]]]:
    peers: list[Peer] = []
    tasks: list[asyncio.Task[Any] | None] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        peer = Peer(reader, writer)
        peers.append(peer)
        try:
            await script(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield running.sockets[0].getsockname()[1], peers
    finally:
        running.close()
        for peer in peers:
            peer.writer.close()
        await asyncio.gather(*filter(None, tasks))
        await running.wait_closed()


async def connect(port: int, max_literal: int = 10_000) -> Imap:
    return await Imap.connect("127.0.0.1", port, "none", ssl.create_default_context(), max_literal)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_with_dovecot(dovecot: Dovecot, host: FakeHost, security: str) -> None:
    user = dovecot.user()
    dovecot.deliver(user, a_mail(0))
    imap = {
        "host": "127.0.0.1",
        "port": dovecot.imaps_port if security == "tls" else dovecot.imap_port,
        "security": security,
        "user": user,
        "password": PASSWORD,
    }
    channel = Channel(
        uuid4(), "email", user, Config.model_validate({"address": user, "imap": imap})
    )
    task = asyncio.create_task(EmailAdapter(context=dovecot.trust).listen([channel], host))
    await host.until(lambda: len(host.messages) == 1)
    await host.until(lambda: (channel.id, True, "") in host.reports)
    dovecot.deliver(user, a_mail(1))
    await host.until(lambda: len(host.messages) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_certificate_that_nobody_trusts_is_reported(
    dovecot: Dovecot, host: FakeHost
) -> None:
    user = dovecot.user()
    imap = {"host": "127.0.0.1", "port": dovecot.imaps_port, "user": user, "password": PASSWORD}
    channel = channel_for(dovecot, user, imap=imap)
    async with watching(host, channel):
        await host.until(lambda: (channel.id, False, "imap_unreachable") in host.reports)


async def test_xoauth2_and_a_token_that_is_refused(dovecot: Dovecot) -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"* OK ready")
        while True:
            tag, rest = await peer.command()
            if rest == "CAPABILITY":
                peer.say(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2", tag + b" OK")
            elif rest == "AUTHENTICATE XOAUTH2":
                peer.say(b"+ ")
                said = base64.b64decode(await peer.reader.readline())
                if said == b"user=help\x01auth=Bearer token-1\x01\x01":
                    peer.say(tag + b" OK")
                else:
                    peer.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==")
                    await peer.reader.readline()
                    peer.say(tag + b" NO refused")
            else:
                peer.say(tag + b" OK")
                return

    async with server(script) as (port, _), token_endpoint() as endpoint:
        grant = {"client_id": "id", "refresh_token": "r", "token_url": endpoint.url}
        imap = {"host": "127.0.0.1", "port": port, "security": "none", "user": "help"}
        config = Config.model_validate(
            {"address": "help@naranj.example", "imap": imap | {"oauth2": grant}}
        )
        adapter = EmailAdapter()
        opened = await adapter._open_imap(config)
        await opened.close()
        endpoint.answer = {"access_token": "token-2", "expires_in": 1}
        adapter = EmailAdapter()
        with pytest.raises(ImapSignInRefused):
            await adapter._open_imap(config)
        endpoint.answer = {"access_token": "token-1", "expires_in": 3600}
        await (await adapter._open_imap(config)).close()
    assert len(endpoint.forms) == 3


async def test_news_in_the_same_segment_as_the_start_of_idle_is_not_missed() -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"* OK ready")
        tag, _ = await peer.command()
        peer.say(b"* CAPABILITY IMAP4rev1 IDLE", tag + b" OK")
        idle, _ = await peer.command()
        peer.say(b"+ idling", b"* 1 EXISTS")
        await peer.command()
        peer.say(idle + b" OK")

    async with server(script) as (port, peers):
        imap = await connect(port)
        assert await imap.idle(20)
        assert peers[0].heard[-2:] == ["IDLE", ""]
        await imap.close()


async def test_idle_ends_by_itself() -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"* OK ready")
        tag, _ = await peer.command()
        peer.say(b"* CAPABILITY IMAP4rev1 IDLE", tag + b" OK")
        idle, _ = await peer.command()
        peer.say(b"+ idling", b"* OK still here")
        await peer.command()
        peer.say(idle + b" OK")

    async with server(script) as (port, _):
        imap = await connect(port)
        assert not await imap.idle(0.01)
        await imap.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {99999999999}",
        b"* 1 FETCH (UID 1 BODY[] {10001}",
        b"* 1 FETCH (UID 1 BODY[] {5}\r\nab",
        b"W",
    ],
)
async def test_a_server_that_lies_about_sizes_or_hangs_up(answer: bytes) -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"* OK ready")
        tag, _ = await peer.command()
        peer.say(b"* CAPABILITY IMAP4rev1", tag + b" OK")
        await peer.command()
        peer.writer.write(answer + b"\r\n")

    async with server(script) as (port, _):
        imap = await connect(port)
        with pytest.raises(ImapLost):
            await imap.fetch([1])
        await imap.close()


async def test_no_greeting() -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"220 smtp.example ESMTP")

    async with server(script) as (port, _):
        with pytest.raises(ImapLost):
            await connect(port)


async def test_odd_answers_are_understood() -> None:
    async def script(peer: Peer) -> None:
        peer.say(b"* OK ready")
        await peer.serve(
            {
                "CAPABILITY": [b"* CAPABILITY IMAP4rev1"],
                "LOGIN": [],
                "LIST": [b'* LIST (\\X) "/" "A B"', b'* LIST () "." INBOX',
                         b'* LIST () NIL {3}', b"C&D"],
                "UID SEARCH": [b"* SEARCH 3 1", b"* SEARCH"],
                "UID FETCH": [
                    b"* 1 FETCH (BODY[] {5}\r\nhello UID 7)",
                    b'* 2 FETCH (UID 8 BODY[] "say \\"hi\\"")',
                    b"* 3 FETCH (FLAGS (\\Seen))",
                    b"* 4 FETCH (UID 9 BODY[] NIL)",
                    b"* 5 EXISTS",
                ],
            }
        )  # fmt: skip

    async with server(script) as (port, peers):
        imap = await connect(port)
        await imap.sign_in('a"b', "c\\d")
        assert 'LOGIN "a\\"b" "c\\\\d"' in peers[0].heard
        assert await imap.folders() == ["A B", "INBOX", "C&D"]
        assert await imap.search("ALL") == [1, 3]
        before = imap.news
        assert await imap.fetch([7, 8, 9]) == {7: b"hello", 8: b'say "hi"'}
        assert (before, imap.news) == (False, True)
        await imap.close()


def test_nothing_breaks_out_of_a_quoted_string() -> None:
    with pytest.raises(ImapRefused):
        quoted("a\r\nW9 DELETE INBOX")
