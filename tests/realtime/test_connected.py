"""Who is connected, over two processes, on a turned clock."""

from __future__ import annotations

from uuid import UUID

from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.ids import new_id
from wasl.realtime import Connected


class Told:
    def __init__(self) -> None:
        self.all: list[bool] = []

    async def __call__(self, user_id: UUID, connected: bool) -> None:
        self.all.append(connected)


async def turn(clock: TurnedClock, seconds: int, *processes: Connected) -> None:
    for _ in range(seconds // 5):
        clock.turn(5)
        for process in processes:
            await process.look()


async def test_the_last_socket_gone_for_a_minute_is_offline(clock: TurnedClock) -> None:
    told, user = Told(), new_id()
    here = Connected(LocalBus(), clock, told)
    await here.came(user)
    await here.came(user)
    assert told.all == [True]
    here.went(user)
    await turn(clock, 120, here)
    assert told.all == [True]
    here.went(user)
    await turn(clock, 55, here)
    assert told.all == [True]
    await turn(clock, 20, here)
    assert told.all == [True, False]
    await turn(clock, 120, here)
    assert told.all == [True, False]


async def test_coming_back_in_time_is_no_absence(clock: TurnedClock) -> None:
    told, user = Told(), new_id()
    here = Connected(LocalBus(), clock, told)
    await here.came(user)
    here.went(user)
    await turn(clock, 60, here)  # it has asked the others, but not yet told
    await here.came(user)
    await turn(clock, 120, here)
    assert False not in told.all


async def test_a_socket_in_another_process_counts(clock: TurnedClock) -> None:
    bus, told, user = LocalBus(), Told(), new_id()
    here, there = Connected(bus, clock, told), Connected(bus, clock, told)
    await here.came(user)
    await there.came(user)
    here.went(user)
    await turn(clock, 120, here, there)
    assert False not in told.all
    there.went(user)
    await turn(clock, 120, here, there)
    assert told.all.count(False) == 1
