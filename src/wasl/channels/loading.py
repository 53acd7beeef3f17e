"""Channels as adapters see them, with their secrets, and kept in memory for the hot paths."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wasl.channels.contract import Channel
from wasl.channels.registry import adapter_of
from wasl.channels.secrets import put_back
from wasl.channels.tables import channels
from wasl.infra.crypto import SealBroken, Sealer
from wasl.infra.database import reading
from wasl.infra.errors import NotFound, Unavailable
from wasl.infra.events import Event

_log = logging.getLogger(__name__)

# a channel was set up anew; its health changing is another matter
SET_UP = frozenset({"ChannelAdded", "ChannelChanged", "ChannelDropped"})


async def load(conn: AsyncConnection, sealer: Sealer, channel_id: UUID) -> Channel:
    """The channel with its secrets, enabled or not. Raises NotFound("channel_not_found")."""
    row = (await conn.execute(select(channels).where(channels.c.id == channel_id))).first()
    if row is None:
        raise NotFound("channel_not_found")
    return _loaded(row, sealer)


async def by_public_key(conn: AsyncConnection, sealer: Sealer, key: str) -> Channel | None:
    """The enabled channel that is named so in public addresses."""
    row = (
        await conn.execute(select(channels).where(channels.c.public_key == key, channels.c.enabled))
    ).first()
    return _loaded(row, sealer) if row else None


async def enabled_of_kind(conn: AsyncConnection, sealer: Sealer, kind: str) -> list[Channel]:
    """The enabled channels of a kind, oldest first; one that can't be read is left out."""
    return await _enabled(conn, sealer, channels.c.kind == kind)


class Channels:
    """Loaded channels, kept in this process until an event says that one was set up anew.

    A kept channel's `state` is of the moment of loading: who follows a cursor loads it afresh.
    """

    def __init__(self, engine: AsyncEngine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer
        self._by_id: dict[UUID, Channel] = {}
        self._by_key: dict[str, Channel] = {}
        self._turn = 0

    async def by_id(self, channel_id: UUID) -> Channel:
        """The channel, enabled or not. Raises NotFound("channel_not_found")."""
        kept = self._by_id.get(channel_id)
        if kept is None:
            turn = self._turn
            async with reading(self._engine) as conn:
                kept = await load(conn, self._sealer, channel_id)
            if turn == self._turn:
                self._by_id[channel_id] = kept
        return kept

    async def by_public_key(self, key: str) -> Channel | None:
        """The enabled channel of a public address; unknown keys are not remembered."""
        kept = self._by_key.get(key)
        if kept is None:
            turn = self._turn
            async with reading(self._engine) as conn:
                kept = await by_public_key(conn, self._sealer, key)
            if kept is not None and turn == self._turn:
                self._by_key[key] = kept
        return kept

    def apply(self, happened: Iterable[Event]) -> None:
        """Forgets the channels that were set up anew; give it what the event reader yields."""
        for event in happened:
            if event.aggregate_kind == "channel" and event.type in SET_UP:
                self._forget(event.aggregate_id)

    def forget_all(self) -> None:
        """Loads everything anew: after a time in which events were not followed."""
        self._turn += 1
        self._by_id.clear()
        self._by_key.clear()

    def _forget(self, channel_id: UUID) -> None:
        self._turn += 1  # what is being loaded just now may be the old one
        self._by_id.pop(channel_id, None)
        self._by_key = {k: c for k, c in self._by_key.items() if c.id != channel_id}


def opened(sealed: bytes | None, sealer: Sealer) -> Mapping[str, str]:
    """The secrets of a channel by path. Raises Unavailable("channel_secrets_unreadable")."""
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(sealer.open(bytes(sealed)))
    except SealBroken:
        raise Unavailable("channel_secrets_unreadable") from None
    return found


async def _enabled(
    conn: AsyncConnection, sealer: Sealer, *which: ColumnElement[bool]
) -> list[Channel]:
    rows = await conn.execute(
        select(channels).where(channels.c.enabled, *which).order_by(channels.c.id)
    )
    found = []
    for row in rows:
        try:
            found.append(_loaded(row, sealer))
        except Unavailable as unreadable:
            _log.error("channel %s left out: %s", row.id, unreadable.code)
    return found


def _loaded(row: Any, sealer: Sealer) -> Channel:
    try:
        config = adapter_of(row.kind).Config.model_validate(
            put_back(row.config, opened(row.secrets, sealer))
        )
    except (ValidationError, LookupError, TypeError):  # settings of another version of the adapter
        raise Unavailable("channel_config_outdated", channel=row.name) from None
    return Channel(
        id=row.id,
        kind=row.kind,
        name=row.name,
        config=config,
        public_key=row.public_key,
        state=row.state,
        enabled=row.enabled,
    )
