"""Watches one mailbox: fetches what is new, gives it to the host, remembers how far it got.

At least once: the cursor moves after `host.take` has returned; the host drops what comes twice by
its provider id. One bad message never stops the others.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from wasl.adapters.email.apart import LARGE_BYTES, Apart, Undecodable
from wasl.adapters.email.config import Config
from wasl.adapters.email.imap import (
    Imap,
    ImapLost,
    ImapRefused,
    ImapSignInRefused,
    search_date,
    uid_set,
)
from wasl.adapters.email.wire_in import (
    MAX_MESSAGE_BYTES,
    Decoded,
    Ignored,
    Reception,
    decode,
    decode_oversized,
    decode_unreadable,
    fingerprint,
)
from wasl.channels.contract import Channel, ChannelError, Host, Inbound, InboundMessage
from wasl.infra.clock import Clock
from wasl.infra.errors import AppError

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 50
TAKEN_AT_ONCE = 10  # in one transaction of the host, which must be short
BATCH_BYTES = 4 * 1024 * 1024
_IN_THREAD_BYTES = 128 * 1024
_POLL_S = 60.0
_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 300.0
_TRIES_ALONE = 5
_MAX_ASIDE = 100
_MAX_SEEN = 100


class NotNow(Exception):
    """The host takes nothing at the moment; the same mail is tried again later."""


class SeenIds:
    """The last Message-IDs with a fingerprint each, to tell a second copy of a mail from another
    mail that a careless program gave the same Message-ID."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._known: dict[str, str] = dict(known or {})

    def distinguish(self, message: InboundMessage) -> InboundMessage:
        """The message, with another provider id when its own belongs to a different message."""
        key, print_ = self._pair(message)
        known = self._known.get(key)
        if known is None or known == print_:
            return message
        return replace(message, provider_id=f"{message.provider_id}#{print_}")

    def note(self, message: InboundMessage) -> None:
        """Remembers a message that was taken under its own Message-ID."""
        key, print_ = self._pair(message)
        if "#" not in message.provider_id:
            self._known.setdefault(key, print_)
            while len(self._known) > _MAX_SEEN:
                del self._known[next(iter(self._known))]

    def kept(self) -> dict[str, str]:
        return dict(self._known)

    @staticmethod
    def _pair(message: InboundMessage) -> tuple[str, str]:
        key = hashlib.sha256(message.provider_id.encode()).hexdigest()[:12]
        return key, fingerprint(message)[:12]


@dataclass(slots=True)
class Cursor:
    """How far a mailbox is read; what `host.remember` keeps."""

    uidvalidity: int = 0
    uid: int = 0
    at: str = ""  # when something was last taken, to find the place after a new UIDVALIDITY
    aside: list[int] = field(default_factory=list)  # UIDs that the host failed on, tried again
    seen: SeenIds = field(default_factory=SeenIds)

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Cursor:
        return cls(
            uidvalidity=int(state.get("uidvalidity", 0)),
            uid=int(state.get("uid", 0)),
            at=str(state.get("at", "")),
            aside=[int(uid) for uid in state.get("aside", ())],
            seen=SeenIds(state.get("seen")),
        )

    def dump(self) -> dict[str, Any]:
        return {
            "uidvalidity": self.uidvalidity,
            "uid": self.uid,
            "at": self.at,
            "aside": self.aside,
            "seen": self.seen.kept(),
        }


@dataclass(frozen=True, slots=True)
class _Mail:
    uid: int
    item: Inbound


class Mailbox:
    """One channel's mailbox."""

    def __init__(
        self,
        channel: Channel,
        host: Host,
        open_imap: Callable[[Config], Awaitable[Imap]],
        clock: Clock,
        gate: asyncio.Semaphore,
        apart: Apart,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._config: Config = channel.config
        self._host = host
        self._open = open_imap
        self._clock = clock
        self._gate = gate  # bounds what all mailboxes together hold in memory
        self._apart = apart
        self._sleep = sleep
        self._cursor = Cursor.load(channel.state)
        self._tries: dict[int, int] = {}
        self._reported: tuple[bool, str] | None = None
        self._reception = Reception(
            addresses=self._config.own_addresses,
            trusted_authserv_ids=frozenset(self._config.trusted_authserv_ids),
        )

    async def watch(self) -> None:
        """Runs until cancelled; trouble is reported and tried again with back-off."""
        wait_s = _FIRST_WAIT_S
        while True:
            started = self._clock.now()
            try:
                await self._session()
            except ImapSignInRefused as error:
                wait_s = _LONGEST_WAIT_S
                await self._report(False, "imap_sign_in_refused", str(error))
            except ChannelError as error:
                await self._report(False, f"imap_{error.kind}", error.detail)
            except ImapRefused as error:
                await self._report(False, "imap_refused", str(error))
            except ImapLost as error:
                await self._report(False, "imap_unreachable", str(error))
            except NotNow as error:
                log.warning("mail_not_taken", channel_id=str(self._channel.id), error=str(error))
            except Exception as error:
                # A fault of ours must not end the watch of this mailbox, nor of the others.
                log.exception("mailbox_failed", channel_id=str(self._channel.id))
                await self._report(False, "mailbox_failed", type(error).__name__)
            if self._clock.now() - started > timedelta(seconds=_LONGEST_WAIT_S):
                wait_s = _FIRST_WAIT_S
            await self._sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _session(self) -> None:
        imap = await self._open(self._config)
        try:
            await self._find_place(imap, await imap.select(self._config.folder))
            while True:
                await self._retry_aside(imap)
                await self._take_new(imap)
                await self._report(True)
                await self._wait(imap)
        finally:
            await imap.close()

    async def _wait(self, imap: Imap) -> None:
        while not imap.news:
            if "IDLE" in imap.capabilities:
                if not await imap.idle():
                    return
            else:
                await self._sleep(_POLL_S)
                await imap.noop()

    # ── where to read on ─────────────────────────────────────────────────────────────────────

    async def _find_place(self, imap: Imap, uidvalidity: int) -> None:
        """Sets the cursor before the first mail to take. A mailbox seen for the first time starts
        with its oldest unread mail; after a new UIDVALIDITY (the numbers mean nothing any more) it
        is read again from the day before the last mail was taken."""
        if uidvalidity == self._cursor.uidvalidity:
            return
        if self._cursor.at:
            since = datetime.fromisoformat(self._cursor.at) - timedelta(days=1)
            waiting = await imap.search(f"SINCE {search_date(since)}")
        else:
            waiting = await imap.search("UNSEEN")
        newest = [uid for uid, _ in await imap.sizes("*")]
        self._cursor.uid = waiting[0] - 1 if waiting else max(newest, default=0)
        self._cursor.uidvalidity, self._cursor.aside = uidvalidity, []
        self._cursor.at = self._cursor.at or self._clock.now().isoformat()
        await self._remember()

    async def _remember(self) -> None:
        await self._host.remember(self._channel, self._cursor.dump())

    # ── taking ───────────────────────────────────────────────────────────────────────────────

    async def _take_new(self, imap: Imap) -> None:
        while True:
            first = self._cursor.uid + 1
            # "n:*" names the last mail even when its UID is below n.
            waiting = [(uid, size) for uid, size in await imap.sizes(f"{first}:*") if uid >= first]
            for batch in batches(waiting):
                await self._take_batch(imap, batch)
                self._cursor.uid = batch[-1][0]
                self._cursor.at = self._clock.now().isoformat()
                await self._remember()
            if not waiting:
                return

    async def _retry_aside(self, imap: Imap) -> None:
        if not self._cursor.aside:
            return
        again, self._cursor.aside = self._cursor.aside, []
        for uid_and_size in await imap.sizes(uid_set(again)):
            await self._take_batch(imap, [uid_and_size], aside=True)
        await self._remember()

    async def _take_batch(
        self, imap: Imap, batch: Sequence[tuple[int, int]], aside: bool = False
    ) -> None:
        async with self._gate:
            mails = await self._read(imap, batch)
            for at in range(0, len(mails), TAKEN_AT_ONCE):
                await self._take_some(mails[at : at + TAKEN_AT_ONCE], aside)

    async def _take_some(self, mails: Sequence[_Mail], aside: bool) -> None:
        if len(mails) > 1:
            try:
                await self._take([mail.item for mail in mails])
                return
            except Exception as error:
                # Which of them is at fault shows when each is taken alone.
                log.info("mail_batch_refused", error=type(error).__name__)
        await self._take_each(mails, aside)

    async def _take_each(self, mails: Sequence[_Mail], aside: bool) -> None:
        failed: list[tuple[int, Exception]] = []
        for mail in mails:
            try:
                await self._take([mail.item])
            except Exception as error:
                if isinstance(error, AppError) and not error.retryable:
                    log.warning("mail_refused", uid=mail.uid, code=error.code)
                    await self._host.report(self._channel, True, "mail_refused", error.code)
                else:
                    failed.append((mail.uid, error))
        if not failed:
            return
        # When nothing could be taken it is rather the host that is down than the mail that is bad.
        if len(failed) == len(mails) and not aside and not self._is_tired(failed):
            raise NotNow(type(failed[0][1]).__name__) from failed[0][1]
        for uid, cause in failed:
            log.error("mail_set_aside", uid=uid, error=type(cause).__name__)
            self._tries.pop(uid, None)
        await self._host.report(self._channel, True, "mail_set_aside", type(failed[0][1]).__name__)
        self._cursor.aside = [*self._cursor.aside, *(uid for uid, _ in failed)][-_MAX_ASIDE:]

    def _is_tired(self, failed: Sequence[tuple[int, Exception]]) -> bool:
        for uid, _ in failed:
            self._tries[uid] = self._tries.get(uid, 0) + 1
        return all(self._tries[uid] >= _TRIES_ALONE for uid, _ in failed)

    async def _take(self, items: Sequence[Inbound]) -> None:
        await self._host.take(self._channel, items)
        for item in items:
            if isinstance(item, InboundMessage):
                self._cursor.seen.note(item)

    async def _read(self, imap: Imap, batch: Sequence[tuple[int, int]]) -> list[_Mail]:
        small = [uid for uid, size in batch if size <= MAX_MESSAGE_BYTES]
        raws = await imap.fetch(small) if small else {}
        mails: list[_Mail] = []
        seen = SeenIds(self._cursor.seen.kept())
        for uid, size in batch:
            if size > MAX_MESSAGE_BYTES:
                head = (await imap.fetch([uid], head_only=True)).get(uid)
                if head is None:
                    continue
                decoded = decode_oversized(head, size, self._reception, self._clock.now())
            elif uid in raws:
                decoded = await self._decode(raws.pop(uid))
            else:
                continue
            if isinstance(decoded, Ignored):
                log.info("mail_ignored", uid=uid, reason=decoded.reason)
                continue
            if isinstance(decoded, InboundMessage):
                decoded = seen.distinguish(decoded)
                seen.note(decoded)
            mails.append(_Mail(uid, decoded))
        return mails

    async def _decode(self, raw: bytes) -> Decoded:
        now = self._clock.now()
        if len(raw) < _IN_THREAD_BYTES:
            return decode(raw, self._reception, now)
        if len(raw) < LARGE_BYTES:
            return await asyncio.to_thread(decode, raw, self._reception, now)
        try:
            return await self._apart.run(decode, raw, self._reception, now)
        except Undecodable as error:
            log.error("mail_undecodable", channel_id=str(self._channel.id), error=str(error))
            return decode_unreadable(raw, self._reception, now)

    async def _report(self, ok: bool, code: str = "", detail: str = "") -> None:
        """Tells the host, only when something has changed."""
        if self._reported != (ok, code):
            self._reported = (ok, code)
            await self._host.report(self._channel, ok, code, detail[:300])


def batches(waiting: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """(UID, size) pairs in bites of bounded count and bytes, order kept."""
    found: list[list[tuple[int, int]]] = []
    size = 0
    for pair in waiting:
        if not found or len(found[-1]) >= BATCH_MESSAGES or size + pair[1] > BATCH_BYTES:
            found.append([])
            size = 0
        found[-1].append(pair)
        size += pair[1]
    return found
