"""Attachments: typed by content, limited, streamed to the blob store, fetched when by reference."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels import Channels
from wasl.channels.contract import AttachmentRef, Channel, ChannelError
from wasl.conversations.ingest import StoredAttachment
from wasl.conversations.service import change
from wasl.conversations.tables import attachments, messages
from wasl.conversations.views import attachment_view
from wasl.infra.blobs import Blobs
from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.errors import AppError, NotFound
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id

log = structlog.get_logger()

MAX_UPLOAD = 25 * 1024 * 1024
MAX_NAME = 180
TRIES = 6
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_GENERIC = "application/octet-stream"
_BAD_IN_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_file_name(name: str) -> str:
    """A name that is safe in a header, a folder and a line of any direction."""
    cleaned = name.encode("utf-8", "replace").decode()
    cleaned = _BAD_IN_NAME.sub("_", cleaned).strip(" .")
    if len(cleaned) > MAX_NAME:
        stem, dot, ending = cleaned.rpartition(".")
        keeps_ending = dot and len(ending) < 12
        cleaned = f"{stem[: MAX_NAME - 13]}.{ending}" if keeps_ending else cleaned[:MAX_NAME]
    return cleaned or "file"


def type_of(head: bytes, name: str, declared: str) -> str:
    """The content type by the first bytes; the declared one only where the bytes say nothing and
    it is harmless text."""
    import puremagic

    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        found = ""
    declared = declared.partition(";")[0].strip().lower()
    if not found and b"\x00" not in head:
        return declared if declared in ("text/plain", "text/csv", "text/calendar") else "text/plain"
    return str(found or _GENERIC)


@dataclass(frozen=True, slots=True)
class _Head:
    """A stream whose first bytes were looked at."""

    first: bytes
    rest: AsyncIterator[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.first
        async for chunk in self.rest:
            yield chunk


async def _headed(stream: AsyncIterator[bytes]) -> _Head:
    first = b""
    async for chunk in stream:
        first += chunk
        if len(first) >= 4096:
            break
    return _Head(first, stream)


async def store(
    blobs: Blobs, stream: AsyncIterator[bytes], *, name: str, declared: str, limit: int
) -> StoredAttachment:
    """Streams bytes to the blob store; TooLarge leaves nothing behind."""
    attachment_id = new_id()
    headed = await _headed(stream)
    name = clean_file_name(name)
    content_type = type_of(headed.first[:4096], name, declared)
    key = f"{attachment_id.hex[-2:]}/{attachment_id}"
    size, sha256 = await blobs.put(key, headed.__aiter__(), limit=limit)
    return StoredAttachment(attachment_id, name, content_type, size, sha256, key)


async def _bytes(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def store_received(
    blobs: Blobs, refs: Sequence[AttachmentRef], *, limit: int
) -> list[StoredAttachment]:
    """Stores what came along with a message; what came by reference is left for `fetch_due`."""
    stored: list[StoredAttachment] = []
    for ref in refs[:100]:
        if ref.data is None:
            kept = StoredAttachment(
                id=new_id(),
                name=clean_file_name(ref.name),
                content_type=_GENERIC,
                size=ref.size or 0,
                sha256="",
                blob_key=None,
                content_id=ref.content_id[:250],
                inline=ref.inline,
                reference=ref.reference or {},
            )
        else:
            made = await store(
                blobs, _bytes(ref.data), name=ref.name, declared=ref.content_type, limit=limit
            )
            kept = StoredAttachment(
                made.id,
                made.name,
                made.content_type,
                made.size,
                made.sha256,
                made.blob_key,
                content_id=ref.content_id[:250],
                inline=ref.inline,
            )
        stored.append(kept)
    return stored


async def drop_blobs(blobs: Blobs, stored: Sequence[StoredAttachment]) -> None:
    """Removes bytes that no row came to speak of."""
    for kept in stored:
        if kept.blob_key is not None:
            await blobs.delete(kept.blob_key)


async def add_upload(
    conn: AsyncConnection, stored: StoredAttachment, *, owner: str
) -> dict[str, Any]:
    """Writes the row of an upload that waits for its message; Attachment as shown."""
    row = (
        await conn.execute(
            insert(attachments)
            .values(
                id=stored.id,
                owner=owner,
                name=stored.name,
                content_type=stored.content_type,
                size=stored.size,
                sha256=stored.sha256,
                blob_key=stored.blob_key,
                state="ready",
            )
            .returning(attachments)
        )
    ).one()
    return attachment_view(row)


async def found(conn: AsyncConnection, attachment_id: UUID) -> Any:
    """An attachment's row with its conversation's id; NotFound("attachment_not_found")."""
    row = (
        await conn.execute(
            select(attachments, messages.c.conversation_id, messages.c.kind.label("message_kind"))
            .outerjoin(messages, messages.c.id == attachments.c.message_id)
            .where(attachments.c.id == attachment_id)
        )
    ).first()
    if row is None:
        raise NotFound("attachment_not_found")
    return row


def download_headers(row: Any, *, inline: bool) -> dict[str, str]:
    """Headers under which a stranger's file can do no harm."""
    from urllib.parse import quote

    shown = inline and row.content_type in SHOWN_INLINE
    kind = "inline" if shown else "attachment"
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in row.name
    )
    return {
        "Content-Type": row.content_type if shown else _GENERIC,
        "Content-Length": str(row.size),
        "Content-Disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400, immutable",
    }


_CLAIM = text(
    "UPDATE attachments SET attempts = attempts + 1, next_attempt_at = :again"
    " WHERE id IN (SELECT id FROM attachments WHERE state = 'pending' AND next_attempt_at <= :now"
    " ORDER BY next_attempt_at LIMIT 10 FOR UPDATE SKIP LOCKED) RETURNING *"
)


async def fetch_due(database: Database, channels: Channels, blobs: Blobs, clock: Clock) -> int:
    """Fetches attachments that came by reference; how many were tried.

    The claim is the next attempt's time: a killed worker's work comes up again by itself.
    """
    now = clock.now()
    async with database.transaction() as conn:
        claimed = (
            await conn.execute(_CLAIM, {"now": now, "again": now + timedelta(minutes=2)})
        ).all()
    for row in claimed:
        await _fetch(database, channels, blobs, clock, row)
    return len(claimed)


async def _fetch(
    database: Database, channels: Channels, blobs: Blobs, clock: Clock, row: Any
) -> None:
    values: dict[str, Any]
    try:
        channel = await channels.by_id(row.channel_id)
        stored = await _fetched(channel, blobs, row)
        values = {
            "state": "ready",
            "blob_key": stored.blob_key,
            "content_type": stored.content_type,
            "size": stored.size,
            "sha256": stored.sha256,
            "reference": None,
        }
    except (ChannelError, AppError) as error:
        log.warning("attachment_not_fetched", attachment=str(row.id), error=str(error))
        may_come = isinstance(error, ChannelError) and error.retryable and row.attempts < TRIES
        if may_come:
            values = {"next_attempt_at": clock.now() + timedelta(seconds=10 * 2**row.attempts)}
        else:
            values = {"state": "failed", "reference": None}
    await _settle(database, row, values, clock.now())


async def _fetched(channel: Channel, blobs: Blobs, row: Any) -> StoredAttachment:
    from wasl.channels import adapter_of

    adapter: Any = adapter_of(channel.kind)
    return await store(
        blobs,
        adapter.fetch(channel, row.reference),
        name=row.name,
        declared=row.content_type,
        limit=adapter.capabilities.max_attachment_bytes,
    )


async def _settle(database: Database, row: Any, values: dict[str, Any], now: datetime) -> None:
    async with database.transaction() as conn:
        await conn.execute(update(attachments).where(attachments.c.id == row.id).values(**values))
        if "state" in values:
            message = (
                await conn.execute(
                    update(messages)
                    .where(messages.c.id == row.message_id)
                    .values(version=messages.c.version + 1)
                    .returning(messages.c.conversation_id)
                )
            ).one()
            await change(
                conn,
                message.conversation_id,
                event="AttachmentFetched",
                actor=SYSTEM,
                now=now,
                data={"message_ids": [str(row.message_id)]},
            )
