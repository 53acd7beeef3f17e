"""Setting channels up: their configuration with its test, their queue, and how busy they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, conversations
from wasl.accounts import Permission, Principal, audit, requires
from wasl.accounts.web import principal
from wasl.channels.contract import Channel
from wasl.contacts import clean_name
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.errors import Forbidden, Invalid, NotFound
from wasl.infra.events import Actor
from wasl.infra.ids import new_id
from wasl.infra.web import Conn, TheClock, api_router
from wasl.routing.queues import set_entry_queue
from wasl.routing.views import entry_queues

router = api_router("channels", APIRoute)


def _briefly(permission: Permission) -> Callable[..., Awaitable[Principal]]:
    """Like `requires`, in a transaction of its own: a test of a connection takes seconds, and no
    transaction stays open over it."""

    async def check(request: Request, clock: TheClock) -> Principal:
        database: Database = request.app.state.database
        async with database.transaction() as conn:
            who = await principal(request, conn, clock)
        if not who.may(permission):
            raise Forbidden("not_permitted", permission=permission.value)
        return who

    check.permission = permission  # type: ignore[attr-defined]  # read by the route × role test
    return check


def _sealer(request: Request) -> Sealer:
    return cast(Sealer, request.app.state.sealer)


def _database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


_AUDITED = ("name", "enabled", "config", "queue")

Reader = Annotated[Principal, Depends(requires(Permission.CHANNELS_READ))]
Manager = Annotated[Principal, Depends(requires(Permission.CHANNELS_MANAGE))]
BriefManager = Annotated[Principal, Depends(_briefly(Permission.CHANNELS_MANAGE))]
BriefReader = Annotated[Principal, Depends(_briefly(Permission.CHANNELS_READ))]
TheSealer = Annotated[Sealer, Depends(_sealer)]
TheDatabase = Annotated[Database, Depends(_database)]


def _name(value: str) -> str:
    name = clean_name(value)
    if not name:
        raise ValueError("a name")
    return name


Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_name)]
Kind = Annotated[str, Field(min_length=1, max_length=40)]
Settings = dict[str, JsonValue]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewChannel(Body):
    kind: Kind
    name: Name
    enabled: bool = True
    config: Settings = {}
    queue_id: UUID | None = None
    unchecked: bool = False  # saved without a test, and disabled


class ChannelChange(Body):
    kind: Kind | None = None
    name: Name | None = None
    enabled: bool | None = None
    config: Settings | None = None
    queue_id: UUID | None = None
    unchecked: bool = False


class Trial(Body):
    kind: Kind
    config: Settings = {}
    channel_id: UUID | None = None  # whose secrets stand in for those that are left out


@router.get("/channel-kinds")
async def list_kinds(who: BriefReader) -> Any:
    """What each kind of channel can do, and the schema of its settings."""
    kinds = [channels.adapter_of(kind) for kind in channels.KINDS]
    return [
        {
            "kind": adapter.kind,
            "capabilities": asdict(adapter.capabilities),
            "schema": adapter.Config.model_json_schema(),
        }
        for adapter in kinds
    ]


@router.post("/channels/check")
async def try_channel(
    body: Trial, who: BriefManager, database: TheDatabase, sealer: TheSealer, clock: TheClock
) -> Any:
    """Tests settings as they would be used; nothing is saved."""
    if body.channel_id is None:
        config = channels.configured(body.kind, body.config)
        channel = Channel(new_id(), body.kind, "", config)
    else:
        async with database.transaction() as conn:
            channel = await channels.reconfigured(conn, sealer, body.channel_id, body.config)
        _same_kind(channel, body.kind)
    return channels.report(await channels.check(channel), clock.now())


@router.post("/channels", status_code=201)
async def add_channel(
    body: NewChannel, who: BriefManager, database: TheDatabase, sealer: TheSealer, clock: TheClock
) -> Any:
    """Adds a channel whose test succeeds; `unchecked` adds it disabled."""
    config = channels.configured(body.kind, body.config)
    state = None
    if not body.unchecked:
        state = await _tested(Channel(new_id(), body.kind, body.name, config), clock)
    actor, now = Actor("agent", who.user_id), clock.now()
    async with database.transaction() as conn:
        channel_id = await channels.add(
            conn,
            sealer,
            kind=body.kind,
            name=body.name,
            config=config,
            enabled=body.enabled and not body.unchecked,
            actor=actor,
            now=now,
        )
        if state is not None:
            await channels.report_health(conn, channel_id, state, now=now)
        await set_entry_queue(conn, channel_id, body.queue_id)
        after = {"kind": body.kind, "unchecked": body.unchecked}
        await audit(conn, actor, "channel.add", "channel", channel_id, after=after)
        return await _shown(conn, channel_id, clock)


@router.patch("/channels/{channel_id}")
async def change_channel(
    channel_id: UUID,
    body: ChannelChange,
    who: BriefManager,
    database: TheDatabase,
    sealer: TheSealer,
    clock: TheClock,
) -> Any:
    """Changes what is given; settings and enabling are tested first unless `unchecked`, which
    leaves the channel disabled. Settings and secrets that are left out stay."""
    async with database.transaction() as conn:
        channel = await channels.reconfigured(conn, sealer, channel_id, body.config or {})
        (before,) = await _composed(conn, await channels.views(conn, [channel_id]), clock)
    _same_kind(channel, body.kind)
    risky = body.config is not None or (body.enabled is True and not before["enabled"])
    enabled, state = body.enabled, None
    if risky and body.unchecked:
        enabled = False
    elif risky:
        state = await _tested(replace(channel, name=body.name or channel.name), clock)
    actor, now = Actor("agent", who.user_id), clock.now()
    given = body.model_fields_set - {"kind", "unchecked"}
    async with database.transaction() as conn:
        await channels.change(
            conn,
            sealer,
            channel_id,
            name=body.name,
            enabled=enabled,
            config=channel.config if body.config is not None else None,
            version=before["version"],
            actor=actor,
            now=now,
        )
        if state is not None:
            await channels.report_health(conn, channel_id, state, now=now)
        if "queue_id" in given:
            await set_entry_queue(conn, channel_id, body.queue_id)
        shown = await _shown(conn, channel_id, clock)
        changed = [name for name in _AUDITED if shown[name] != before[name]]
        if changed:
            said = {"enabled"} & set(changed)
            await audit(
                conn,
                actor,
                "channel.change",
                "channel",
                channel_id,
                before={name: before[name] for name in said},
                after={"fields": changed, "unchecked": body.unchecked}
                | {name: shown[name] for name in said},
            )
        return shown


reading = api_router("channels")


@reading.get("/channels")
async def list_channels(who: Reader, conn: Conn, clock: TheClock) -> Any:
    """All channels."""
    return await _composed(conn, await channels.views(conn), clock)


@reading.get("/channels/{channel_id}")
async def get_channel(channel_id: UUID, who: Reader, conn: Conn, clock: TheClock) -> Any:
    """One channel."""
    return await _shown(conn, channel_id, clock)


@reading.delete("/channels/{channel_id}", status_code=204)
async def drop_channel(channel_id: UUID, who: Manager, conn: Conn, clock: TheClock) -> None:
    """Removes a channel; one on which something was said is disabled instead."""
    actor = Actor("agent", who.user_id)
    in_use = await conversations.has_conversations(conn, channel_id)
    was = await channels.names(conn, [channel_id])
    await channels.drop(conn, channel_id, in_use=in_use, actor=actor, now=clock.now())
    if not in_use:
        await set_entry_queue(conn, channel_id, None)
    after = {"disabled": in_use}
    before = {"name": was.get(channel_id, "")}
    await audit(conn, actor, "channel.drop", "channel", channel_id, before=before, after=after)


router.routes += reading.routes


def _same_kind(channel: Channel, kind: str | None) -> None:
    if kind not in (None, channel.kind):
        raise Invalid("channel_kind_fixed", field="kind", form=channel.kind)


async def _tested(channel: Channel, clock: Clock) -> channels.HealthState:
    steps = await channels.check(channel)
    state = channels.outcome(steps)
    if state == "failed":
        raise Invalid("channel_check_failed", **channels.report(steps, clock.now()))
    return state


async def _shown(conn: AsyncConnection, channel_id: UUID, clock: Clock) -> dict[str, Any]:
    found = await _composed(conn, await channels.views(conn, [channel_id]), clock)
    if not found:
        raise NotFound("channel_not_found")
    return found[0]


async def _composed(
    conn: AsyncConnection, found: list[dict[str, Any]], clock: Clock
) -> list[dict[str, Any]]:
    ids = [one["id"] for one in found]
    queues = await entry_queues(conn, ids)
    counted = await conversations.messages_in_24h(conn, ids, clock.now())
    return [
        {**one, "queue": queues.get(one["id"]), "messages_24h": counted[one["id"]]} for one in found
    ]
