"""Verbs on configured channels, and what people see of them; the caller commits."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import Channel
from wasl.channels.loading import opened
from wasl.channels.registry import adapter_of
from wasl.channels.secrets import masked, patched, put_back, split
from wasl.channels.tables import channels
from wasl.infra.crypto import Sealer
from wasl.infra.errors import Conflict, Invalid, NotFound, TooLarge
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together

HealthState = Literal["ok", "warning", "failed"]

_AUDIENCE = frozenset({"all", "staff"})
_MOST_CONFIG_BYTES = 65_536
_MOST_STATE_BYTES = 1_048_576
_HEALTH_NOTED_EVERY = timedelta(minutes=1)


def configured(kind: str, given: Mapping[str, Any]) -> BaseModel:
    """The adapter's `Config` of a form's values.

    Raises NotFound("channel_kind_unknown"), TooLarge("channel_config_large") and
    Invalid("channel_config_invalid") with the field, the reason and the right form.
    """
    adapter = adapter_of(kind)
    if any("\x00" in text or not _encodes(text) for text in _texts(given)):
        raise Invalid("channel_config_invalid", field="config", reason="text", form="no NUL")
    if len(json.dumps(given)) > _MOST_CONFIG_BYTES:
        raise TooLarge("channel_config_large", limit=_MOST_CONFIG_BYTES)
    try:
        return adapter.Config.model_validate(given)
    except ValidationError as wrong:
        problems = [
            {
                "field": ".".join(["config", *map(str, problem["loc"])]),
                "reason": problem["type"],
                "form": problem["msg"].removeprefix("Value error, "),
            }
            for problem in wrong.errors(include_url=False, include_input=False)[:20]
        ]
        raise Invalid("channel_config_invalid", **problems[0], problems=problems) from None


async def reconfigured(
    conn: AsyncConnection, sealer: Sealer, channel_id: UUID, given: Mapping[str, Any]
) -> Channel:
    """The channel as it would be with `given` laid over its configuration; nothing is written.

    What is left out stays, secrets too. Raises as `configured`, NotFound("channel_not_found").
    """
    row = await _row(conn, channel_id)
    whole = put_back(row.config, opened(row.secrets, sealer))
    config = configured(row.kind, patched(whole, given))
    return Channel(row.id, row.kind, row.name, config, row.public_key, row.state)


async def add(
    conn: AsyncConnection,
    sealer: Sealer,
    *,
    kind: str,
    name: str,
    config: BaseModel,
    enabled: bool,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Makes a channel with a new public key."""
    channel_id = new_id()
    await conn.execute(
        insert(channels).values(
            id=channel_id,
            kind=kind,
            name=name,
            enabled=enabled,
            public_key=random.token_hex(12),
            created_at=now,
            **_sealed(config, sealer, {}, {}, now),
        )
    )
    await _happened(conn, channel_id, "ChannelAdded", 1, actor, now)
    return channel_id


async def change(
    conn: AsyncConnection,
    sealer: Sealer,
    channel_id: UUID,
    *,
    name: str | None = None,
    enabled: bool | None = None,
    config: BaseModel | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Writes what is given; with `version`, Conflict("channel_changed") when it is another now."""
    row = await _row(conn, channel_id, lock=True)
    if version is not None and row.version != version:
        raise Conflict("channel_changed", version=row.version)
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = name
    if enabled is not None:
        values["enabled"] = enabled
    if config is not None:
        known = opened(row.secrets, sealer)
        values.update(_sealed(config, sealer, known, row.secrets_set_at, now))
        values.update(health_state="unknown", health_code="", health_detail="", health_at=now)
    await _write(conn, channel_id, values, "ChannelChanged", actor, now)


async def drop(
    conn: AsyncConnection, channel_id: UUID, *, in_use: bool, actor: Actor, now: datetime
) -> None:
    """Removes a channel; one with conversations (`in_use`) is only disabled."""
    row = await _row(conn, channel_id, lock=True)
    if in_use:
        await _write(conn, channel_id, {"enabled": False}, "ChannelChanged", actor, now)
        return
    await conn.execute(delete(channels).where(channels.c.id == channel_id))
    await _happened(conn, channel_id, "ChannelDropped", row.version + 1, actor, now)


async def report_health(
    conn: AsyncConnection,
    channel_id: UUID,
    state: HealthState,
    *,
    code: str = "",
    detail: str = "",
    now: datetime,
) -> None:
    """Notes how a channel is: an event when it is otherwise than before, else once a minute."""
    row = await _row(conn, channel_id, lock=True)
    shown = "".join(c if c.isprintable() else " " for c in detail[:500])
    values = {
        "health_state": state,
        "health_code": code[:64],
        "health_detail": shown,
        "health_at": now,
    }
    if (row.health_state, row.health_code) != (state, code[:64]):
        await _write(conn, channel_id, values, "ChannelHealthChanged", SYSTEM, now)
    elif row.health_at is None or now - row.health_at >= _HEALTH_NOTED_EVERY:
        await conn.execute(update(channels).where(channels.c.id == channel_id).values(**values))


async def remember(conn: AsyncConnection, channel_id: UUID, state: Mapping[str, Any]) -> None:
    """Keeps an adapter's cursor in place of the earlier one. Raises NotFound, TooLarge."""
    if len(json.dumps(dict(state))) > _MOST_STATE_BYTES:
        raise TooLarge("channel_state_large", limit=_MOST_STATE_BYTES)
    kept = await conn.execute(
        update(channels).where(channels.c.id == channel_id).values(state=dict(state))
    )
    if kept.rowcount == 0:
        raise NotFound("channel_not_found")


async def views(conn: AsyncConnection, ids: Iterable[UUID] | None = None) -> list[dict[str, Any]]:
    """Channels as the settings show them, oldest first: of a secret, only when it was set."""
    query = select(channels).order_by(channels.c.id)
    if ids is not None:
        query = query.where(channels.c.id.in_(list(ids)))
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "name": row.name,
            "enabled": row.enabled,
            "public_key": row.public_key,
            "identity_kind": _identity_kind(row),
            "config": masked(row.config, row.secrets_set_at),
            "health": {
                "state": row.health_state if row.enabled else "off",
                "code": row.health_code,
                "detail": row.health_detail,
                "at": row.health_at,
            },
            "version": row.version,
        }
        for row in await conn.execute(query)
    ]


async def names(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The name of each channel."""
    rows = await conn.execute(
        select(channels.c.id, channels.c.name).where(channels.c.id.in_(set(ids)))
    )
    return {row.id: row.name for row in rows}


# For the hot paths of others: one statement joins it.
SUMMARY = """
SELECT id, kind, name, enabled, CASE WHEN enabled THEN health_state ELSE 'off' END AS health
FROM channels
"""


async def summaries(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """`{"id", "kind", "name", "enabled", "health"}` of each channel, without secrets."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    (rows,) = await run_together(conn, (f"{SUMMARY} WHERE id = ANY (%(ids)s)", {"ids": wanted}))
    return {row.id: row._asdict() for row in rows}


def identity_kind_of(channel: Channel) -> str:
    """The kind of identity that a channel speaks to: its own setting, else its kind's."""
    kind: str = adapter_of(channel.kind).capabilities.identity_kind
    return getattr(channel.config, "identity_kind", kind)


def _identity_kind(row: Any) -> str:
    kind: str = adapter_of(row.kind).capabilities.identity_kind
    return str(row.config.get("identity_kind", kind))


def _sealed(
    config: BaseModel,
    sealer: Sealer,
    known: Mapping[str, str],
    known_at: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    plain, secrets = split(config)
    set_at = {
        path: known_at[path] if path in known_at and known.get(path) == value else now.isoformat()
        for path, value in secrets.items()
        if value
    }
    sealed = sealer.seal(json.dumps(secrets).encode()) if secrets else None
    return {"config": plain, "secrets": sealed, "secrets_set_at": set_at}


async def _row(conn: AsyncConnection, channel_id: UUID, *, lock: bool = False) -> Any:
    query = select(channels).where(channels.c.id == channel_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound("channel_not_found")
    return row


async def _write(
    conn: AsyncConnection,
    channel_id: UUID,
    values: Mapping[str, Any],
    what: str,
    actor: Actor,
    now: datetime,
) -> None:
    version = (
        await conn.execute(
            update(channels)
            .where(channels.c.id == channel_id)
            .values(**values, version=channels.c.version + 1)
            .returning(channels.c.version)
        )
    ).scalar_one()
    await _happened(conn, channel_id, what, version, actor, now)


async def _happened(
    conn: AsyncConnection, channel_id: UUID, what: str, version: int, actor: Actor, now: datetime
) -> None:
    await append(
        conn,
        Event(
            type=what,
            aggregate_kind="channel",
            aggregate_id=channel_id,
            aggregate_version=version,
            audience=_AUDIENCE,
            actor=actor,
            at=now,
        ),
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _encodes(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)
