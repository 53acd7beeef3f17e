"""The delivery worker: claims, sends in order, retries by the kind of error, shows what failed.

Order is kept per conversation and channel: a mail that waits for its server holds up later mails
of its conversation, not the chat beside it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import update

from wasl import contacts
from wasl.channels import Channels, adapter_of, identity_kind_of
from wasl.channels.contract import (
    Adapter,
    Address,
    Channel,
    ChannelError,
    ErrorKind,
    Outbound,
    OutboundAttachment,
    Sent,
)
from wasl.conversations.policy import code_of
from wasl.conversations.receipts import remember_provider_ids, set_message_state
from wasl.conversations.tables import deliveries
from wasl.infra.blobs import Blobs
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.errors import AppError
from wasl.infra.statements import Statement, run_together
from wasl.infra.tasks import all_ended

log = structlog.get_logger()

AT_ONCE = 8
SEND_LIMIT_S = 60.0
_FIRST_WAIT_S, _LONGEST_WAIT_S, _GIVE_UP_AFTER = 2.0, 1800.0, 12

# nothing earlier of the same conversation and channel is still to be sent
_FIRST = """
  NOT EXISTS (
    SELECT 1 FROM deliveries e
    WHERE e.conversation_id = d.conversation_id AND e.channel_id = d.channel_id
      AND e.seq < d.seq AND e.state IN ('queued', 'sending'))
"""
_CLAIM = f"""
WITH due AS (
  SELECT d.message_id FROM deliveries d
  WHERE d.state = 'queued' AND d.next_attempt_at <= %(now)s AND {_FIRST}
  ORDER BY d.next_attempt_at, d.message_id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, claimed_until = %(until)s
WHERE message_id IN (SELECT message_id FROM due)
RETURNING message_id, conversation_id, channel_id, leg_id, seq, attempts
"""  # noqa: S608  # of constants
# a worker that died in the middle of sending: it may have been sent
_ABANDONED = """
UPDATE deliveries SET claimed_until = %(until)s WHERE message_id IN (
  SELECT message_id FROM deliveries WHERE state = 'sending' AND claimed_until < %(now)s
  LIMIT 50 FOR UPDATE SKIP LOCKED)
RETURNING message_id, conversation_id, channel_id, leg_id, seq, attempts
"""
_NEXT = f"""
SELECT min(CASE state WHEN 'queued' THEN next_attempt_at ELSE claimed_until END) AS at
FROM deliveries d WHERE state IN ('queued', 'sending') AND {_FIRST}
"""  # noqa: S608  # of constants
_SETTLE = """
UPDATE deliveries SET state = %(state)s, claimed_until = NULL WHERE message_id = %(message)s
"""
_MESSAGE = """
SELECT m.id, m.text, m.html, m.subject, m.mail, m.quick_replies, c.number, c.contact_id, c.locale,
  c.subject AS conversation_subject, i.ordinal, l.identity_id, u.name AS author_name, u.signature
FROM messages m
  JOIN conversations c ON c.id = m.conversation_id
  JOIN interactions i ON i.id = m.interaction_id
  JOIN legs l ON l.id = m.leg_id
  LEFT JOIN users u ON u.id = m.author_id AND m.author_kind = 'agent'
WHERE m.id = %(message)s
"""
_FILES = """
SELECT name, content_type, size, blob_key, content_id, inline FROM attachments
WHERE message_id = %(message)s ORDER BY id
"""
_THREAD = """
SELECT p.provider_id, m.text, m.direction, m.subject
FROM provider_ids p JOIN messages m ON m.id = p.message_id
WHERE p.conversation_id = %(conversation)s AND p.channel_id = %(channel)s AND m.seq < %(seq)s
ORDER BY m.seq DESC, p.provider_id LIMIT 20
"""


def wait_before(attempt: int, error: ChannelError, *, jitter: float) -> float:
    """Seconds before the next attempt: doubling with jitter, or what the provider asks for.

    `attempt` is 1 after the first failure, `jitter` within 0…1.
    """
    if error.retry_after_s is not None:
        return min(max(error.retry_after_s, 1.0), _LONGEST_WAIT_S)
    doubled: float = min(_FIRST_WAIT_S * 2 ** min(attempt - 1, 20), _LONGEST_WAIT_S)
    return doubled * (0.75 + 0.5 * jitter)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends what is due. `continue_url` makes the signed link for a conversation, or "";
    `adapter` gives the adapter of a channel kind."""

    database: Database
    channels: Channels
    blobs: Blobs
    sealer: Sealer
    clock: Clock
    continue_url: Callable[[UUID, datetime], str]
    adapter: Callable[[str], Adapter] = adapter_of

    async def send_due(self) -> int:
        """Claims and sends once; how many were tried."""
        now = self.clock.now()
        async with self.database.transaction() as conn:
            limits = {
                "now": now,
                "until": now + timedelta(seconds=SEND_LIMIT_S * 2),
                "most": AT_ONCE,
            }
            abandoned, claimed = await run_together(conn, (_ABANDONED, limits), (_CLAIM, limits))
        for row in abandoned:
            await self._settle_abandoned(row)
        await all_ended(self._deliver(row) for row in claimed)
        return len(claimed) + len(abandoned)

    async def next_due(self) -> datetime | None:
        """When there is something to do again; None when nothing waits."""
        async with self.database.transaction() as conn:
            ((row,),) = await run_together(conn, (_NEXT, {}))
        found: datetime | None = row.at
        return found

    async def _settle_abandoned(self, row: Any) -> None:
        channel = await self.channels.by_id(row.channel_id)
        if self.adapter(channel.kind).capabilities.repeatable:
            await self._try_again(row, 0.0)
        else:
            await self._fail(row, ChannelError(ErrorKind.UNKNOWN, "interrupted"))

    async def _deliver(self, row: Any) -> None:
        try:
            channel, outbound = await self.compose(row)
            sent = await asyncio.wait_for(
                self.adapter(channel.kind).send(channel, outbound), SEND_LIMIT_S
            )
        except ChannelError as error:
            await self._refused(row, error)
        except TimeoutError:
            await self._refused(row, ChannelError(ErrorKind.UNKNOWN, "no answer in time"))
        except AppError as error:
            await self._refused(row, ChannelError(ErrorKind.CREDENTIALS, error.code))
        except Exception as error:  # one broken message must not stop the others
            log.exception("delivery_broken", message=str(row.message_id))
            await self._refused(row, ChannelError(ErrorKind.CONTENT, type(error).__name__))
        else:
            await self._sent(row, sent)

    async def _refused(self, row: Any, error: ChannelError) -> None:
        log.warning(
            "delivery_refused", message=str(row.message_id), kind=error.kind, detail=error.detail
        )
        if error.retryable and row.attempts < _GIVE_UP_AFTER:
            await self._try_again(row, wait_before(row.attempts, error, jitter=random.random()))  # noqa: S311
        else:
            await self._fail(row, error)

    async def _sent(self, row: Any, sent: Sent) -> None:
        now = self.clock.now()
        async with self.database.transaction() as conn:
            await remember_provider_ids(
                conn,
                sent.provider_ids,
                channel_id=row.channel_id,
                message_id=row.message_id,
                conversation_id=row.conversation_id,
                leg_id=row.leg_id,
            )
            await run_together(conn, _settled(row, "done"))
            await set_message_state(conn, row.message_id, sent.state, now=now)

    async def _try_again(self, row: Any, wait_s: float) -> None:
        now = self.clock.now()
        async with self.database.transaction() as conn:
            await conn.execute(
                update(deliveries)
                .where(deliveries.c.message_id == row.message_id)
                .values(
                    state="queued",
                    next_attempt_at=now + timedelta(seconds=wait_s),
                    claimed_until=None,
                )
            )

    async def _fail(self, row: Any, error: ChannelError) -> None:
        unknown = error.kind is ErrorKind.UNKNOWN
        async with self.database.transaction() as conn:
            await run_together(conn, _settled(row, "unknown" if unknown else "failed"))
            await set_message_state(
                conn,
                row.message_id,
                "unknown" if unknown else "failed",
                now=self.clock.now(),
                error=error.kind,
                detail=error.detail,
            )

    async def compose(self, row: Any) -> tuple[Channel, Outbound]:
        """Everything the adapter needs, read in one short transaction."""
        channel = await self.channels.by_id(row.channel_id)
        if not channel.enabled:
            raise ChannelError(ErrorKind.CREDENTIALS, "the channel is switched off")
        now = self.clock.now()
        async with self.database.transaction() as conn:
            of = {
                "message": row.message_id,
                "conversation": row.conversation_id,
                "channel": row.channel_id,
                "seq": row.seq,
            }
            (found,), files, thread = await run_together(
                conn, (_MESSAGE, of), (_FILES, of), (_THREAD, of)
            )
            people = await contacts.names(conn, [found.contact_id])
            recipient = await contacts.identity_for(
                conn, found.contact_id, identity_kind_of(channel), found.identity_id
            )
            if recipient is None:
                raise ChannelError(ErrorKind.RECIPIENT, "no identity")
        theirs = next((t for t in thread if t.direction == "in"), None)
        mail = found.mail or {}
        return channel, Outbound(
            message_id=found.id,
            conversation_id=row.conversation_id,
            number=code_of(found.number, found.ordinal),
            recipient=Address(
                recipient["kind"], recipient["value"], people[found.contact_id]["name"]
            ),
            text=found.text,
            html=found.html,
            subject=found.subject
            or next((t.subject for t in thread if t.subject), "")
            or found.conversation_subject,
            author_name=found.author_name or "",
            signature=found.signature or "",
            locale=found.locale or "en",
            attachments=[self._attachment(file) for file in files],
            thread=[t.provider_id for t in reversed(thread)],
            reply_token=self.sealer.reply_token(row.conversation_id),
            cc=[Address("email", value) for value in mail.get("cc", ())],
            bcc=[Address("email", value) for value in mail.get("bcc", ())],
            quoted=theirs.text if theirs else "",
            quick_replies=found.quick_replies,
            continue_url=self.continue_url(row.conversation_id, now),
            idempotency_key=str(found.id),
        )

    def _attachment(self, file: Any) -> OutboundAttachment:
        def open_blob() -> AsyncIterator[bytes]:
            return self.blobs.open(file.blob_key)

        return OutboundAttachment(
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            open=open_blob,
            content_id=file.content_id,
            inline=file.inline,
        )


def _settled(row: Any, state: str) -> Statement:
    return _SETTLE, {"message": row.message_id, "state": state}
