"""What the host does for adapters: takes what they received and returns after the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels as configured
from wasl.channels import KINDS, Channels, adapter_of
from wasl.channels.contract import (
    Address,
    Channel,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundReaction,
    InboundRead,
    InboundReceipt,
    InboundTyping,
    Taken,
)
from wasl.contacts import identity_ids, normalise
from wasl.conversations import receipts
from wasl.conversations.attachments import drop_blobs, store_received
from wasl.conversations.facts import Source
from wasl.conversations.ingest import StoredAttachment, take_message
from wasl.conversations.tables import conversations, legs, messages, provider_ids
from wasl.infra.blobs import Blobs
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.errors import Invalid


@dataclass(frozen=True, slots=True)
class Ingest:
    """The host of all adapters (`channels.contract.Host`)."""

    database: Database
    channels: Channels
    blobs: Blobs
    sealer: Sealer
    clock: Clock
    types: Callable[[UUID, UUID, bool], None]  # conversation, contact, whether they type

    async def take(self, channel: Channel, items: Sequence[Inbound]) -> Sequence[Taken]:
        """Takes items in one transaction: all or none. Returns after the commit."""
        capabilities = adapter_of(channel.kind).capabilities
        stored: dict[int, list[StoredAttachment]] = {}
        kept: set[UUID] = set()
        try:
            for place, item in enumerate(items):
                if isinstance(item, InboundMessage) and item.attachments:
                    stored[place] = await store_received(
                        self.blobs, item.attachments, limit=capabilities.max_attachment_bytes
                    )
            async with self.database.transaction() as conn:
                taken = [
                    await self._take_one(
                        conn, channel, item, stored.get(place, ()), last=place == len(items) - 1
                    )
                    for place, item in enumerate(items)
                ]
            for place, done in enumerate(taken):
                if done.message_id is not None and not done.duplicate:
                    kept |= {a.id for a in stored.get(place, ())}
            return taken
        finally:
            orphans = [a for many in stored.values() for a in many if a.id not in kept]
            await drop_blobs(self.blobs, orphans)

    async def _take_one(
        self,
        conn: AsyncConnection,
        channel: Channel,
        item: Inbound,
        stored: Sequence[StoredAttachment],
        *,
        last: bool,
    ) -> Taken:
        match item:
            case InboundMessage():
                return await take_message(
                    conn,
                    self._source(channel, item.sender),
                    item,
                    now=self.clock.now(),
                    named=self._named(item),
                    attachments=stored,
                    commits=last,
                )
            case InboundReceipt():
                return await self._take_receipt(conn, channel, item)
            case InboundEdit():
                done = await receipts.change_inbound(
                    conn,
                    channel.id,
                    item.message_provider_id,
                    text=item.text,
                    now=self.clock.now(),
                )
                return Taken(duplicate=not done)
            case InboundDelete():
                done = await receipts.change_inbound(
                    conn, channel.id, item.message_provider_id, text=None, now=self.clock.now()
                )
                return Taken(duplicate=not done)
            case InboundReaction():
                done = await receipts.react(
                    conn,
                    channel.id,
                    item.message_provider_id,
                    clean_emoji(item.emoji),
                    now=self.clock.now(),
                )
                return Taken(duplicate=not done)
            case InboundTyping() | InboundRead():
                return await self._take_presence(conn, channel, item)

    def _source(self, channel: Channel, sender: Address) -> Source:
        capabilities = adapter_of(channel.kind).capabilities
        address = normalise(sender.kind, sender.value, region=_region_of(channel))
        return Source(
            channel.id, channel.kind, capabilities, sender.kind, address.value, address.display
        )

    def _named(self, item: InboundMessage) -> list[UUID]:
        read = (self.sealer.read_reply_token(token) for token in item.reply_tokens[:20])
        return [conversation_id for conversation_id in read if conversation_id is not None]

    async def _take_receipt(
        self, conn: AsyncConnection, channel: Channel, item: InboundReceipt
    ) -> Taken:
        row = (
            await conn.execute(
                select(provider_ids.c.message_id, provider_ids.c.conversation_id).where(
                    provider_ids.c.channel_id == channel.id,
                    provider_ids.c.provider_id == item.message_provider_id,
                )
            )
        ).first()
        if row is None:
            return Taken(duplicate=True)
        bounced = ("bounced", {"detail": item.detail[:200]}) if item.state == "failed" else None
        done = await receipts.set_message_state(
            conn,
            row.message_id,
            item.state,
            now=self.clock.now(),
            error=item.error,
            detail=item.detail,
            activity=bounced,
        )
        return Taken(row.message_id, row.conversation_id, duplicate=not done)

    async def _take_presence(
        self, conn: AsyncConnection, channel: Channel, item: InboundTyping | InboundRead
    ) -> Taken:
        """Typing and reading speak of the sender's newest conversation on the channel."""
        source = self._source(channel, item.sender)
        row = (
            await conn.execute(
                select(conversations.c.id, conversations.c.contact_id, conversations.c.seq)
                .join(legs, legs.c.conversation_id == conversations.c.id)
                .where(
                    legs.c.channel_id == channel.id,
                    legs.c.identity_id.in_(
                        await identity_ids(conn, source.identity_kind, source.value)
                    ),
                    conversations.c.status != "resolved",
                )
                .order_by(conversations.c.last_message_at.desc())
                .limit(1)
            )
        ).first()
        if row is None:
            return Taken(duplicate=True)
        if isinstance(item, InboundTyping):
            self.types(row.id, row.contact_id, item.typing)
            return Taken(conversation_id=row.id)
        seq = row.seq
        if item.message_provider_id:
            seq = (
                await conn.execute(
                    select(messages.c.seq)
                    .join(provider_ids, provider_ids.c.message_id == messages.c.id)
                    .where(
                        provider_ids.c.channel_id == channel.id,
                        provider_ids.c.provider_id == item.message_provider_id,
                    )
                )
            ).scalar() or 0
        await receipts.contact_read(conn, row.id, seq, now=self.clock.now())
        return Taken(conversation_id=row.id)

    async def remember(self, channel: Channel, state: Mapping[str, Any]) -> None:
        """Keeps an adapter's small cursor."""
        async with self.database.transaction() as conn:
            await configured.remember(conn, channel.id, dict(state))

    async def report(self, channel: Channel, ok: bool, code: str = "", detail: str = "") -> None:
        """Says how a channel is."""
        async with self.database.transaction() as conn:
            await configured.report_health(
                conn,
                channel.id,
                "ok" if ok else "failed",
                code=code,
                detail=detail,
                now=self.clock.now(),
            )

    async def recipient_channel(self, address: str) -> Channel | None:
        """The enabled channel that receives for an address. Where several do, as those of one
        domain do for reply tokens, it is the one that the token's conversation went on by."""
        async with self.database.transaction() as conn:
            able: list[Channel] = []
            for kind in KINDS:
                receives = getattr(adapter_of(kind), "receives", None)
                if receives is not None:
                    enabled = await configured.enabled_of_kind(conn, self.sealer, kind)
                    able += [channel for channel in enabled if receives(channel, address)]
            if len(able) < 2:
                return next(iter(able), None)
            return await self._went_on_by(conn, able, address) or able[0]

    async def _went_on_by(
        self, conn: AsyncConnection, able: Sequence[Channel], address: str
    ) -> Channel | None:
        token = address.partition("@")[0].partition("+")[2]
        conversation_id = self.sealer.read_reply_token(token)
        if conversation_id is None:
            return None
        newest: UUID | None = await conn.scalar(
            select(legs.c.channel_id)
            .where(
                legs.c.conversation_id == conversation_id,
                legs.c.channel_id.in_([channel.id for channel in able]),
            )
            .order_by(legs.c.opened_at.desc())
            .limit(1)
        )
        return next((channel for channel in able if channel.id == newest), None)


def clean_emoji(emoji: str) -> str:
    """At most one emoji's worth of characters."""
    if len(emoji) > 16:
        raise Invalid("emoji_invalid", field="emoji")
    return emoji


def _region_of(channel: Channel) -> str:
    return str(getattr(channel.config, "region", "") or "")
