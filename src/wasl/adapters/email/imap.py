"""The part of IMAP (RFC 9051/3501) that a mailbox watcher needs, on asyncio.

One coroutine per mailbox instead of one thread: a hundred idle mailboxes cost a hundred sockets.
Libraries built on `imaplib` poll the socket in IDLE while news may already sit in their own read
buffer, and they read a literal of any size that the server announces; here both are bounded.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from wasl.adapters.email.oauth import xoauth2

CONNECT_S = 30.0
COMMAND_S = 120.0
GOODBYE_S = 2.0
IDLE_S = 24 * 60.0
_MAX_LINE = 16 * 1024 * 1024
_READ_LIMIT = 256 * 1024
_LITERAL = re.compile(rb"\{(\d{1,12})\+?\}\r?\n$")
_LIST = re.compile(rb'\* LIST \([^)]*\) (?:"(?:[^"\\]|\\.)*"|NIL) (.*)$', re.I)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class ImapLost(Exception):
    """The connection is gone or the server speaks nonsense; connect again."""


class ImapRefused(Exception):
    """The server said NO or BAD to a command."""


class ImapSignInRefused(ImapRefused):
    """The user, the password or the token is wrong."""


@dataclass(slots=True)
class _Answer:
    line: bytes  # literals are taken out and stand as \x00
    literals: list[bytes]


class Imap:
    """One connection. Not for two tasks at once."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_literal: int
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._max_literal = max_literal
        self._number = 0
        self._idling = False
        self.capabilities: frozenset[str] = frozenset()
        self.news = False  # the folder has grown since `sizes` was asked

    @classmethod
    async def connect(
        cls, host: str, port: int, security: str, context: ssl.SSLContext, max_literal: int
    ) -> Imap:
        """Connects and greets. Raises ImapLost."""
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=context if security == "tls" else None, limit=_READ_LIMIT
                )
                imap = cls(reader, writer, max_literal)
                try:
                    await imap._greet(security == "starttls", context, host)
                except BaseException:
                    writer.close()
                    raise
                return imap
        except (OSError, TimeoutError) as error:
            raise ImapLost(repr(error)) from error

    async def _greet(self, starttls: bool, context: ssl.SSLContext, host: str) -> None:
        greeting = await self._answer()
        if not greeting.line.upper().startswith((b"* OK", b"* PREAUTH")):
            raise ImapLost("no IMAP greeting")
        if starttls:
            await self._command("STARTTLS")
            await self._writer.start_tls(context, server_hostname=host)
        await self._ask_capabilities()

    async def _ask_capabilities(self) -> None:
        for answer in await self._command("CAPABILITY"):
            if answer.line.upper().startswith(b"* CAPABILITY "):
                words = answer.line.decode("ascii", "replace").upper().split()
                self.capabilities = frozenset(words[2:])

    async def sign_in(self, user: str, password: str, token: str = "") -> None:
        """By XOAUTH2 with a token, otherwise by password. Raises ImapSignInRefused."""
        try:
            if token:
                await self._authenticate("XOAUTH2", xoauth2(user, token))
            elif "AUTH=PLAIN" in self.capabilities:
                await self._authenticate("PLAIN", f"\0{user}\0{password}")
            else:
                await self._command(f"LOGIN {quoted(user)} {quoted(password)}")
        except ImapRefused as error:
            raise ImapSignInRefused(str(error)) from error
        await self._ask_capabilities()

    async def _authenticate(self, mechanism: str, secret: str) -> None:
        first = base64.b64encode(secret.encode()).decode()
        if "SASL-IR" in self.capabilities:
            await self._command(f"AUTHENTICATE {mechanism} {first}")
        else:
            await self._command(f"AUTHENTICATE {mechanism}", first)

    async def folders(self) -> list[str]:
        """Names of the folders as the server writes them."""
        found: list[str] = []
        for answer in await self._command('LIST "" "*"'):
            match = _LIST.match(answer.line)
            if match is not None:
                name = answer.literals[-1] if answer.literals else match[1].strip(b'"')
                found.append(name.replace(b'\\"', b'"').decode("utf-8", "replace"))
        return found

    async def select(self, folder: str) -> int:
        """Opens a folder read-only, so that nothing in it is changed; its UIDVALIDITY."""
        validity = 0
        for answer in await self._command(f"EXAMINE {quoted(encode_folder(folder))}"):
            if match := re.search(rb"\[UIDVALIDITY (\d{1,10})\]", answer.line):
                validity = int(match[1])
        self.news = False
        return validity

    async def search(self, criterion: str) -> list[int]:
        """UIDs in ascending order."""
        found: list[int] = []
        for answer in await self._command(f"UID SEARCH {criterion}"):
            if answer.line.upper().startswith(b"* SEARCH"):
                found += [int(word) for word in answer.line.split()[2:] if word.isdigit()]
        return sorted(found)

    async def sizes(self, uids: str) -> list[tuple[int, int]]:
        """(UID, size in bytes) of a UID set, ascending."""
        self.news = False
        found = []
        for answer in await self._command(f"UID FETCH {uids} (UID RFC822.SIZE)"):
            uid, size = _number(rb"UID", answer.line), _number(rb"RFC822\.SIZE", answer.line)
            if uid is not None and size is not None and b" FETCH " in answer.line.upper():
                found.append((uid, size))
        return sorted(found)

    async def fetch(self, uids: Sequence[int], head_only: bool = False) -> dict[int, bytes]:
        """Whole messages, or only their fields; those that are gone are missing."""
        what = "BODY.PEEK[HEADER]" if head_only else "BODY.PEEK[]"
        found: dict[int, bytes] = {}
        for answer in await self._command(f"UID FETCH {uid_set(uids)} (UID {what})"):
            uid = _number(rb"UID", answer.line)
            if uid is None or b" FETCH " not in answer.line.upper():
                continue
            if answer.literals:
                found[uid] = answer.literals[0]
            elif match := re.search(rb'BODY\[(?:HEADER)?\] "((?:[^"\\]|\\.)*)"', answer.line):
                found[uid] = re.sub(rb"\\(.)", rb"\1", match[1])
        return found

    async def idle(self, seconds: float = IDLE_S) -> bool:
        """Waits until the folder grows (True) or `seconds` are over (False)."""
        tag = await self._send("IDLE")
        self._idling = True
        grown = False
        try:
            async with asyncio.timeout(seconds):
                while not grown:
                    answer = await self._answer()
                    if answer.line.startswith(tag + b" "):
                        raise ImapRefused(answer.line.decode("utf-8", "replace"))
                    grown = self.news
        except TimeoutError:
            grown = False
        self._end_idle()
        await self._until(tag)
        return grown or self.news

    async def noop(self) -> None:
        """Asks for news where IDLE is not spoken."""
        await self._command("NOOP")

    async def close(self) -> None:
        """Says good-bye if it can."""
        self._end_idle()
        with suppress(ImapLost, ImapRefused, OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._command("LOGOUT")
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._writer.wait_closed()

    def _end_idle(self) -> None:
        if self._idling:
            self._idling = False
            self._writer.write(b"DONE\r\n")

    # ── the wire ─────────────────────────────────────────────────────────────────────────────

    async def _send(self, command: str) -> bytes:
        self._number += 1
        tag = b"W%d" % self._number
        self._writer.write(tag + b" " + command.encode() + b"\r\n")
        return tag

    async def _command(self, command: str, continuation: str = "") -> list[_Answer]:
        try:
            async with asyncio.timeout(COMMAND_S):
                return await self._until(await self._send(command), continuation)
        except TimeoutError as error:
            raise ImapLost(f"no answer to {command.split()[0]}") from error

    async def _until(self, tag: bytes, continuation: str = "") -> list[_Answer]:
        """The untagged answers up to the tagged one; `+` gets the continuation, once."""
        answers: list[_Answer] = []
        size = 0
        while True:
            answer = await self._answer()
            if answer.line.startswith(b"+"):
                self._writer.write(continuation.encode() + b"\r\n")
                continuation = ""
            elif answer.line.startswith(tag + b" "):
                status = answer.line[len(tag) + 1 :]
                if status.upper().startswith(b"OK"):
                    return answers
                raise ImapRefused(status.decode("utf-8", "replace")[:300])
            else:
                size += sum(map(len, answer.literals))
                if size > 4 * self._max_literal:
                    raise ImapLost("the server sends more than was asked for")
                answers.append(answer)

    async def _answer(self) -> _Answer:
        """One logical line with its literals. Raises ImapLost."""
        pieces: list[bytes] = []
        literals: list[bytes] = []
        try:
            while True:
                piece = await self._line()
                match = _LITERAL.search(piece)
                if match is None:
                    pieces.append(piece.rstrip(b"\r\n"))
                    break
                size = int(match[1])
                if size > self._max_literal or len(literals) > 20:
                    raise ImapLost(f"a literal of {size} bytes")
                literals.append(await self._reader.readexactly(size))
                pieces.append(piece[: match.start()] + b"\0")
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ImapLost(repr(error)) from error
        line = b"".join(pieces)
        if re.match(rb"\* \d+ EXISTS", line, re.I):
            self.news = True
        return _Answer(line, literals)

    async def _line(self) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            try:
                chunk = await self._reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                chunk = await self._reader.readexactly(error.consumed)
            chunks.append(chunk)
            size += len(chunk)
            if chunk.endswith(b"\n"):
                return b"".join(chunks)
            if size > _MAX_LINE:
                raise ImapLost("an endless line")


def _number(name: bytes, line: bytes) -> int | None:
    match = re.search(rb"[( ]" + name + rb" (\d{1,12})", line, re.I)
    return int(match[1]) if match else None


def quoted(text: str) -> str:
    """A quoted string; raises ImapRefused for what could break out of it."""
    if any(char < " " or char == "\x7f" for char in text):
        raise ImapRefused("control characters are not allowed")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode_folder(name: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501 §5.1.3)."""

    def shifted(match: re.Match[str]) -> str:
        data = base64.b64encode(match[0].encode("utf-16-be")).decode()
        return "&" + data.rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-"))


def uid_set(uids: Iterable[int]) -> str:
    """1,2,3,7 as "1:3,7"."""
    ranges: list[list[int]] = []
    for uid in sorted(uids):
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in ranges)


def search_date(at: datetime) -> str:
    """A date as SEARCH wants it, in no locale."""
    return f"{at.day}-{_MONTHS[at.month - 1]}-{at.year}"
