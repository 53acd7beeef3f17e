"""The bus: local delivery, PostgreSQL and NATS between two processes' worth of buses."""

from __future__ import annotations

import asyncio
import gc
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from benchmarks._ports import free_port

from wasl.infra.bus import MAX_PAYLOAD, Bus, LocalBus, NatsBus, PostgresBus, Subscription


async def first(subscription: Subscription) -> bytes:
    async with asyncio.timeout(20):
        return await anext(subscription)


async def test_a_subscriber_of_the_same_process_is_woken_at_once() -> None:
    bus = LocalBus()
    heard = bus.subscribe("events")
    bus.wake("events", "a hint")
    bus.wake("timers")
    assert heard.drain() == [b"a hint"]


async def test_equal_payloads_that_wait_are_one_at_the_newer_place() -> None:
    bus = LocalBus()
    heard = bus.subscribe("t")
    for payload in (b"on", b"off", b"on"):
        bus.publish("t", payload)
    assert heard.drain() == [b"off", b"on"]


async def test_a_subscriber_that_does_not_read_is_told_to_look() -> None:
    bus = LocalBus()
    heard = bus.subscribe("t")
    for number in range(5_000):
        bus.publish("t", str(number).encode())
    waiting = heard.drain()
    assert waiting[0] == b""
    assert waiting[-1] == b"4999"
    assert len(waiting) < 2_000


async def test_a_subscription_lasts_as_long_as_it_is_held() -> None:
    bus = LocalBus()
    heard = bus.subscribe("t")
    assert len(bus._subscriptions["t"]) == 1
    del heard
    gc.collect()
    assert not bus._subscriptions["t"]


async def test_stopping_ends_subscriptions() -> None:
    bus = LocalBus()
    heard = bus.subscribe("t")
    bus.wake("t")
    await bus.stop()
    assert [payload async for payload in heard] == [b""]


async def test_a_payload_is_bounded() -> None:
    with pytest.raises(ValueError, match="at most"):
        LocalBus().publish("t", b"x" * (MAX_PAYLOAD + 1))


@pytest.fixture(scope="module")
def nats_port() -> int:
    return free_port()


@pytest.fixture
def nats_server(nats_port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    running = [start_nats(nats_port)]
    yield running
    running[-1].kill()
    running[-1].wait()


def start_nats(port: int) -> subprocess.Popen[bytes]:
    binary = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or "nats-server"
    server = subprocess.Popen([binary, "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.PIPE)
    assert server.stderr is not None
    for line in server.stderr:
        if b"Server is ready" in line:
            break
    server.stderr.close()
    return server


@pytest.fixture(params=["postgres", "nats"])
async def two(
    request: pytest.FixtureRequest, dsn: str, nats_port: int
) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two buses on one network, as two processes have them."""
    if request.param == "nats":
        request.getfixturevalue("nats_server")
        here: Bus = NatsBus(f"nats://127.0.0.1:{nats_port}")
        there: Bus = NatsBus(f"nats://127.0.0.1:{nats_port}")
    else:
        here, there = PostgresBus(dsn), PostgresBus(dsn)
    await here.start()
    await there.start()
    yield here, there
    await here.stop()
    await there.stop()


async def test_another_process_is_woken(two: tuple[Bus, Bus]) -> None:
    here, there = two
    near, far = here.subscribe("events"), there.subscribe("events")
    here.wake("events", "سلام")
    assert near.drain() == ["سلام".encode()]
    assert await first(far) == "سلام".encode()
    # what one says does not come back by the network
    there.wake("events", "answer")
    assert await first(near) == b"answer"
    assert far.drain() == [b"answer"]


async def test_many_payloads_arrive_whole_and_in_order(two: tuple[Bus, Bus]) -> None:
    here, there = two
    heard = there.subscribe('an "odd" topic.*')
    sent = [bytes([n % 256]) * (n * 7 % MAX_PAYLOAD) + str(n).encode() for n in range(300)]
    for payload in sent:
        here.publish('an "odd" topic.*', payload)
    assert [await first(heard) for _ in sent] == sent


async def test_after_an_interruption_everybody_is_woken(dsn: str) -> None:
    here, there = PostgresBus(dsn), PostgresBus(dsn)
    await here.start()
    await there.start()
    heard = there.subscribe("events")
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'wasl bus'"
        )
    assert await first(heard) == b""
    here.wake("events", "again")
    while await first(heard) != b"again":
        pass
    await here.stop()
    await there.stop()


async def test_after_nats_comes_back_everybody_is_woken(
    nats_server: list[subprocess.Popen[bytes]], nats_port: int
) -> None:
    bus = NatsBus(f"nats://127.0.0.1:{nats_port}")
    await bus.start()
    heard = bus.subscribe("events")
    nats_server[-1].kill()
    nats_server[-1].wait()
    nats_server.append(start_nats(nats_port))
    assert await first(heard) == b""
    await bus.stop()


async def test_a_notification_of_somebody_else_is_ignored(dsn: str) -> None:
    bus = PostgresBus(dsn)
    await bus.start()
    heard = bus.subscribe("events")
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("NOTIFY wasl_bus, 'nonsense'")
        conn.execute("""NOTIFY wasl_bus, '["other", [["events", "aGk="]]]'""")
    assert await first(heard) == b"hi"
    await bus.stop()


@pytest.mark.parametrize(
    "bus", [NatsBus("nats://127.0.0.1:1"), PostgresBus("postgresql://127.0.0.1:1/none")]
)
async def test_starting_without_a_network_fails(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.infra.bus._START_S", 0.2)
    with pytest.raises(TimeoutError):
        await bus.start()
