"""Configured channels: settings with secrets, loading, health, and what is remembered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels
from wasl.channels import registry
from wasl.channels.contract import Channel
from wasl.channels.service import HealthState
from wasl.channels.tables import channels as table
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from wasl.infra.events import SYSTEM, Event, events, from_row
from wasl.infra.ids import new_id


@pytest.fixture(autouse=True)
def _fake_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.KINDS, "fake", "tests.channels.fake_kind")


@pytest.fixture
def sealer() -> Sealer:
    return Sealer("x" * 40)


GIVEN = {
    "token": "t0p",
    "server": {"host": "h", "password": "p4ss"},
    "keys": [{"host": "a"}, {"host": "b", "password": "k3y"}],
}


class Setup:
    """A channel of the fake kind, and verbs on it."""

    def __init__(self, conn: AsyncConnection, sealer: Sealer, clock: TurnedClock) -> None:
        self.conn, self.sealer, self.clock = conn, sealer, clock

    async def add(self, given: dict[str, Any] | None = None, *, enabled: bool = True) -> UUID:
        return await channels.add(
            self.conn,
            self.sealer,
            kind="fake",
            name="Shop",
            config=channels.configured("fake", given or GIVEN),
            enabled=enabled,
            actor=SYSTEM,
            now=self.clock.now(),
        )

    async def patch(self, channel_id: UUID, given: dict[str, Any]) -> None:
        changed = await channels.reconfigured(self.conn, self.sealer, channel_id, given)
        await channels.change(
            self.conn,
            self.sealer,
            channel_id,
            config=changed.config,
            actor=SYSTEM,
            now=self.clock.now(),
        )

    async def load(self, channel_id: UUID) -> Channel:
        return await channels.load(self.conn, self.sealer, channel_id)

    async def view(self, channel_id: UUID) -> dict[str, Any]:
        (found,) = await channels.views(self.conn, [channel_id])
        return found

    async def events(self) -> list[Event]:
        rows = await self.conn.execute(
            select(events).where(events.c.aggregate_kind == "channel").order_by(events.c.seq)
        )
        return [from_row(row) for row in rows]


@pytest.fixture
def setup(conn: AsyncConnection, sealer: Sealer, clock: TurnedClock) -> Setup:
    return Setup(conn, sealer, clock)


async def test_secrets_are_sealed_and_never_shown_again(setup: Setup) -> None:
    channel_id = await setup.add()
    loaded = await setup.load(channel_id)
    assert loaded.config.token.get_secret_value() == "t0p"
    assert loaded.config.server.password.get_secret_value() == "p4ss"
    assert loaded.config.keys[1].password.get_secret_value() == "k3y"
    row = (await setup.conn.execute(select(table).where(table.c.id == channel_id))).one()
    shown = await setup.view(channel_id)
    for place in (bytes(row.secrets), repr(row.config).encode(), repr(shown).encode()):
        assert not any(secret in place for secret in (b"t0p", b"p4ss", b"k3y"))
    at = {"set_at": setup.clock.now().isoformat()}
    assert shown["config"] == {
        "size": 1,
        "token": at,
        "server": {"host": "h", "password": at},
        "keys": [{"host": "a", "password": None}, {"host": "b", "password": at}],
        "address": "",
    }


async def test_what_a_change_leaves_out_stays(setup: Setup) -> None:
    channel_id = await setup.add()
    first = setup.clock.now().isoformat()
    setup.clock.turn(60)
    shown = (await setup.view(channel_id))["config"]
    await setup.patch(channel_id, {"size": 2, "server": shown["server"]})
    await setup.patch(channel_id, {"server": {"host": "h2"}})
    loaded = await setup.load(channel_id)
    assert (loaded.config.size, loaded.config.server.host) == (2, "h2")
    assert loaded.config.token.get_secret_value() == "t0p"
    assert loaded.config.server.password.get_secret_value() == "p4ss"
    await setup.patch(channel_id, {"token": "new"})
    config = (await setup.view(channel_id))["config"]
    assert config["token"] == {"set_at": setup.clock.now().isoformat()}
    assert config["server"]["password"] == {"set_at": first}
    await setup.patch(channel_id, {"server": None})
    assert (await setup.load(channel_id)).config.server is None


async def test_wrong_settings_name_the_field_and_the_right_form(setup: Setup) -> None:
    with pytest.raises(Invalid, match="channel_config_invalid") as wrong:
        channels.configured("fake", {"token": "s3cret", "size": 12, "server": {}})
    assert wrong.value.params["field"] == "config.size"
    assert "9" in wrong.value.params["form"]
    assert [p["field"] for p in wrong.value.params["problems"]] == [
        "config.size",
        "config.server.host",
    ]
    assert "s3cret" not in json.dumps(wrong.value.params)
    for hostile in ({"token": "a\x00"}, {"token": "a", "\ud800": 1}, {"token": "t", "no": 1}):
        with pytest.raises(Invalid, match="channel_config_invalid"):
            channels.configured("fake", hostile)
    with pytest.raises(TooLarge):
        channels.configured("fake", {"token": "x" * 70_000})
    with pytest.raises(NotFound, match="channel_kind_unknown"):
        channels.configured("pigeon", {})


async def test_a_stale_change_is_refused(setup: Setup) -> None:
    channel_id = await setup.add()
    await setup.patch(channel_id, {"size": 2})
    with pytest.raises(Conflict, match="channel_changed"):
        await channels.change(
            setup.conn,
            setup.sealer,
            channel_id,
            name="x",
            version=1,
            actor=SYSTEM,
            now=setup.clock.now(),
        )


async def test_only_enabled_channels_answer_to_their_public_key(setup: Setup) -> None:
    channel_id, off = await setup.add(), await setup.add(enabled=False)
    key, off_key = (await setup.load(channel_id)).public_key, (await setup.load(off)).public_key
    assert key != off_key
    found = await channels.by_public_key(setup.conn, setup.sealer, key)
    assert found is not None
    assert found.id == channel_id
    for other in (off_key, "nothing"):
        assert await channels.by_public_key(setup.conn, setup.sealer, other) is None
    enabled = await channels.enabled_of_kind(setup.conn, setup.sealer, "fake")
    assert [one.id for one in enabled] == [channel_id]
    known = await channels.summaries(setup.conn, [channel_id, off])
    assert (known[channel_id]["health"], known[off]["health"]) == ("unknown", "off")


async def test_one_unreadable_channel_leaves_the_others(setup: Setup) -> None:
    good, bad, old = await setup.add(), await setup.add(), await setup.add()
    await setup.conn.execute(table.update().where(table.c.id == bad).values(secrets=b"\x01junk"))
    await setup.conn.execute(table.update().where(table.c.id == old).values(config={"gone": 1}))
    enabled = await channels.enabled_of_kind(setup.conn, setup.sealer, "fake")
    assert [one.id for one in enabled] == [good]
    with pytest.raises(Unavailable, match="channel_secrets_unreadable"):
        await setup.load(bad)
    with pytest.raises(Unavailable, match="channel_config_outdated"):
        await setup.load(old)
    with pytest.raises(NotFound):
        await setup.load(new_id())


async def test_health_is_an_event_only_when_it_changes(setup: Setup) -> None:
    channel_id = await setup.add()

    async def report(state: HealthState, code: str = "") -> None:
        await channels.report_health(
            setup.conn, channel_id, state, code=code, detail="x\r\ny" * 300, now=setup.clock.now()
        )

    await report("failed", "credentials")
    first = setup.clock.now()
    setup.clock.turn(10)
    await report("failed", "credentials")
    assert (await setup.view(channel_id))["health"]["at"] == first
    setup.clock.turn(60)
    await report("failed", "credentials")
    health = (await setup.view(channel_id))["health"]
    assert health["at"] == first + timedelta(seconds=70)
    assert (health["state"], health["code"]) == ("failed", "credentials")
    assert len(health["detail"]) <= 500
    assert health["detail"].isprintable()
    await report("ok")
    assert [(e.type, e.aggregate_version) for e in await setup.events()] == [
        ("ChannelAdded", 1),
        ("ChannelHealthChanged", 2),
        ("ChannelHealthChanged", 3),
    ]


async def test_a_cursor_is_kept_in_place_of_the_earlier(setup: Setup) -> None:
    channel_id = await setup.add()
    await channels.remember(setup.conn, channel_id, {"uid": 7, "validity": 1})
    await channels.remember(setup.conn, channel_id, {"uid": 9})
    assert (await setup.load(channel_id)).state == {"uid": 9}
    with pytest.raises(TooLarge):
        await channels.remember(setup.conn, channel_id, {"x": "y" * 2_000_000})
    with pytest.raises(NotFound):
        await channels.remember(setup.conn, new_id(), {})


async def test_a_channel_in_use_is_only_disabled(setup: Setup) -> None:
    used, unused = await setup.add(), await setup.add()
    for channel_id, in_use in ((used, True), (unused, False)):
        await channels.drop(
            setup.conn, channel_id, in_use=in_use, actor=SYSTEM, now=setup.clock.now()
        )
    assert [(one["id"], one["enabled"]) for one in await channels.views(setup.conn)] == [
        (used, False)
    ]


def test_a_channel_may_say_whom_it_speaks_to() -> None:
    given = {"deliver_url": "https://x.example/", "secret": "x" * 16}
    for more, kind in (({}, "external"), ({"identity_kind": "phone"}, "phone")):
        config = channels.configured("api", {**given, **more})
        channel = Channel(new_id(), "api", "CRM", config)
        assert channels.identity_kind_of(channel) == kind
    fake = Channel(new_id(), "fake", "Shop", channels.configured("fake", GIVEN))
    assert channels.identity_kind_of(fake) == "external"


@pytest.mark.parametrize(
    ("size", "outcome", "codes", "warnings"),
    [
        (1, "ok", ["a", "b"], 0),
        (6, "warning", ["a", "b"], 1),
        (7, "failed", ["a", "b"], 1),
        (8, "failed", ["check_broke"], 0),
        (9, "failed", ["timeout"], 0),
    ],
)
async def test_a_check_ends_and_never_breaks(
    setup: Setup, size: int, outcome: str, codes: list[str], warnings: int
) -> None:
    channel = await setup.load(await setup.add({**GIVEN, "size": size}))
    steps = await channels.check(channel, bound_s=0.05)
    shown = channels.report(steps, setup.clock.now())
    assert channels.outcome(steps) == outcome
    assert [step["code"] for step in shown["steps"]] == codes
    assert (shown["ok"], shown["warnings"]) == (outcome != "failed", warnings)


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn)
    yield Database(engine)
    await engine.dispose()


async def test_kept_channels_are_forgotten_when_set_up_anew(
    database: Database, sealer: Sealer, clock: TurnedClock
) -> None:
    async with database.transaction() as conn:
        setup = Setup(conn, sealer, clock)
        channel_id = await setup.add()
    kept = channels.Channels(database.engine, sealer)
    loaded = await kept.by_id(channel_id)
    assert await kept.by_id(channel_id) is loaded
    by_key = await kept.by_public_key(loaded.public_key)
    assert await kept.by_public_key(loaded.public_key) is by_key
    assert await kept.by_public_key("unknown") is None

    async with database.transaction() as conn:
        setup = Setup(conn, sealer, clock)
        await channels.report_health(conn, channel_id, "ok", now=clock.now())
        *_, ill = await setup.events()
        await channels.change(
            conn, sealer, channel_id, enabled=False, actor=SYSTEM, now=clock.now()
        )
        *_, changed = await setup.events()
    kept.apply([ill])
    assert await kept.by_id(channel_id) is loaded
    kept.apply([changed])
    assert await kept.by_id(channel_id) is not loaded
    assert await kept.by_public_key(loaded.public_key) is None
