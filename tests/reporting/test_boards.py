"""The boards follow the log: each queue's figures as its conversations come and go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import reporting, routing
from wasl.accounts.tables import users
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import NotFound
from wasl.infra.events import SYSTEM, Event, events, from_row
from wasl.infra.ids import new_id
from wasl.infra.timers import fire_until
from wasl.reporting import Target
from wasl.reporting.tables import turns
from wasl.routing import By
from wasl.routing.callbacks import end_callback, miss_callback
from wasl.routing.tables import agents, queue_members, queues


class Watched(Centre):
    """A centre whose boards follow what happens."""

    def __init__(self, clock: TurnedClock) -> None:
        super().__init__(clock)
        self._seen = 0

    async def board(self, conn: AsyncConnection, queue_id: UUID | None = None) -> dict[str, Any]:
        await self.follow(conn)
        return (await reporting.boards_view(conn, [queue_id or self.queue_id]))[0]

    async def follow(self, conn: AsyncConnection) -> list[Event]:
        rows = (await conn.execute(select(events).where(events.c.seq > self._seen))).all()
        happened = sorted(map(from_row, rows), key=lambda e: e.seq)
        await reporting.follow(conn, happened)
        self._seen = max((e.seq for e in happened), default=self._seen)
        return happened

    async def floor(self, conn: AsyncConnection, user_id: UUID) -> dict[str, Any]:
        return (await reporting.floor_view(conn, [user_id]))[0]


@pytest.fixture
async def centre(clock: TurnedClock) -> Watched:
    return Watched(clock)


async def test_waiting_then_answered(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn, reply_target_s=60)
    lina = await centre.agent(conn, "Lina")
    began = centre.now
    first = await centre.contact_writes(conn)
    centre.clock.turn(30)
    second = await centre.contact_writes(conn)
    board = await centre.board(conn)
    assert (board["waiting"], board["waiting_since"]) == (2, began)
    await routing.pick(conn, first, by=By(lina), now=centre.now)
    centre.clock.turn(70)
    await routing.pick(conn, second, by=By(lina), now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["waiting_since"]) == (0, None)
    assert (board["answered"], board["in_target"]) == (2, 1)
    assert board["mean_wait_s"] == 50.0
    assert board["service_levels"]["offered"] == 0.5
    assert board["points"][-1]["answered"] == 2


async def test_closed_before_anybody_answered(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    centre.clock.turn(10)
    by = By(lina, manages=True)
    await routing.set_status(conn, found, "resolved", by=by, now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["abandoned"], board["answered"]) == (0, 1, 0)
    assert board["abandon_rate"] == 1.0


async def test_parked_while_waiting_is_not_abandoned(
    conn: AsyncConnection, centre: Watched
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    await routing.set_status(conn, found, "pending", by=By(lina), now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["abandoned"]) == (0, 0)
    assert (await conn.execute(select(turns))).all() == []


async def test_transferred_to_another_queue_waits_there_anew(
    conn: AsyncConnection, centre: Watched
) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    names = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}
    other = await routing.add_queue(conn, {"names": names}, actor=SYSTEM, now=centre.now)
    found = await centre.contact_writes(conn)
    await routing.pick(conn, found, by=By(lina), now=centre.now)
    centre.clock.turn(120)
    await routing.transfer(conn, found, queue_id=other, by=By(lina), now=centre.now)
    left, came = await centre.board(conn), await centre.board(conn, other)
    assert (left["waiting"], left["handled"], left["mean_handling_s"]) == (0, 1, 120.0)
    assert (came["waiting"], came["waiting_since"]) == (1, centre.now)


async def test_late_now_counts_what_is_over_a_target_where_it_is(
    conn: AsyncConnection, centre: Watched
) -> None:
    await centre.open(conn, reply_target_s=60)
    lina = await centre.agent(conn, "Lina")
    names = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}
    other = await routing.add_queue(conn, {"names": names}, actor=SYSTEM, now=centre.now)
    first, second = await centre.contact_writes(conn), await centre.contact_writes(conn)
    assert (await centre.board(conn))["late"] == 0
    centre.clock.turn(60)
    await fire_until(conn, routing.timer_handlers(), centre.now)
    assert (await centre.board(conn))["late"] == 2
    await routing.pick(conn, first, by=By(lina), now=centre.now)
    await routing.transfer(conn, second, queue_id=other, by=By(lina), now=centre.now)
    assert (await centre.board(conn))["late"] == 1
    assert (await centre.board(conn, other))["late"] == 1
    await centre.speaks(conn, first, lina)
    await routing.set_status(conn, second, "pending", by=By(lina, manages=True), now=centre.now)
    assert (await centre.board(conn))["late"] == 0
    assert (await centre.board(conn, other))["late"] == 0
    await centre.writes_again(conn, second)
    await reporting.follow(conn, await centre.follow(conn))  # twice
    assert (await centre.board(conn, other))["late"] == 1


async def test_the_same_event_twice_counts_once(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn)
    await centre.contact_writes(conn)
    happened = await centre.follow(conn)
    await reporting.follow(conn, happened)
    assert (await centre.board(conn))["waiting"] == 1


async def test_one_by_one_is_as_all_at_once(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn, reply_target_s=60)
    lina = await centre.agent(conn, "Lina")
    found = [await centre.contact_writes(conn) for _ in range(4)]
    centre.clock.turn(30)
    for conversation_id in found[:2]:
        await routing.pick(conn, conversation_id, by=By(lina), now=centre.now)
    centre.clock.turn(400)
    await routing.set_status(conn, found[0], "resolved", by=By(lina), now=centre.now)
    await routing.set_status(conn, found[2], "resolved", by=By(lina, True), now=centre.now)
    await routing.set_presence(conn, lina, "away", now=centre.now)
    shown = []
    for at_once in (1, 3, 100):
        part = await conn.begin_nested()
        rows = (await conn.execute(select(events).order_by(events.c.seq))).all()
        happened = [from_row(row) for row in rows]
        for first in range(0, len(happened), at_once):
            await reporting.follow(conn, happened[first : first + at_once])
        (board,) = await reporting.boards_view(conn, [centre.queue_id])
        shown.append({key: value for key, value in board.items() if key != "version"})
        await part.rollback()
    assert shown[0] == shown[1] == shown[2]
    assert (shown[0]["waiting"], shown[0]["answered"], shown[0]["abandoned"]) == (1, 2, 1)


async def test_expected_wait_is_the_engines(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    found = await centre.contact_writes(conn)
    assert (await centre.board(conn))["expected_wait_s"] is None  # nothing tells it yet
    await routing.pick(conn, found, by=By(lina), now=centre.now)
    centre.clock.turn(90)
    await routing.set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    await centre.contact_writes(conn)
    assert (await centre.board(conn))["expected_wait_s"] == 180  # second place, one agent, 90 s
    reza = await centre.agent(conn, "Reza")
    assert reza != lina
    await routing.set_presence(conn, lina, "away", now=centre.now)
    await routing.set_presence(conn, lina, "available", now=centre.now)
    assert (await centre.board(conn))["expected_wait_s"] == 90


async def test_a_target_of_its_own(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn, reply_target_s=60)
    usual = (await centre.board(conn))["target"]
    assert (usual["within_s"], usual["variant"]) == (60, "offered")
    target = Target(within_s=5, longest_wait_s=30, variant="short_met", percent=90)
    before = await reporting.set_target(conn, centre.queue_id, target, actor=SYSTEM, now=centre.now)
    assert before == usual
    assert (await centre.board(conn))["target"]["percent"] == 90
    with pytest.raises(NotFound):
        await reporting.set_target(conn, new_id(), target, actor=SYSTEM, now=centre.now)


async def test_a_queue_that_is_gone_has_no_board(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn)
    names = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}
    other = await routing.add_queue(conn, {"names": names}, actor=SYSTEM, now=centre.now)
    await reporting.end_points(conn, centre.now)
    assert (await centre.board(conn, other))["waiting"] == 0
    await routing.drop_queue(conn, other, actor=SYSTEM, now=centre.now)
    await centre.follow(conn)
    assert await reporting.boards_view(conn, [other]) == []


async def test_an_agent_and_what_they_have(conn: AsyncConnection, centre: Watched) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    idle = await centre.floor(conn, lina)
    assert (idle["state"], idle["since"], idle["held"]) == ("idle", centre.now, [])
    found = await centre.contact_writes(conn)
    centre.clock.turn(15)
    await routing.pick(conn, found, by=By(lina), now=centre.now)
    taken_at = centre.now
    centre.clock.turn(60)
    busy = await centre.floor(conn, lina)
    assert (busy["state"], busy["since"]) == ("handling", taken_at)
    assert [(h["conversation_id"], h["kind"]) for h in busy["held"]] == [(found, "web_chat")]
    await routing.set_status(conn, found, "resolved", by=By(lina), now=centre.now)
    wrapping = await centre.floor(conn, lina)
    assert (wrapping["state"], wrapping["since"]) == ("wrap_up", centre.now)
    assert wrapping["wrap_up_ends_at"] is not None


async def test_an_event_costs_the_same_in_a_large_centre(
    conn: AsyncConnection, centre: Watched
) -> None:
    """200 queues and 2,000 agents: statements and rows written for one event stay the same."""
    await centre.open(conn)
    await centre.contact_writes(conn)
    small = await _cost(conn, centre)
    await _fill(conn, centre)
    assert await _cost(conn, centre) == small
    statements, told = small
    assert told == 1  # one board is pushed
    assert statements <= 10


async def _fill(conn: AsyncConnection, centre: Watched) -> None:
    names = {"en": "Q", "fa": "صف", "ar": "طابور"}
    queue_ids, user_ids = [new_id() for _ in range(199)], [new_id() for _ in range(2000)]
    await conn.execute(insert(queues), [{"id": id_, "names": names} for id_ in queue_ids])
    await conn.execute(
        insert(users),
        [
            {"id": id_, "email": f"{id_}@shop.test", "name": "Agent", "role": "agent"}
            for id_ in user_ids
        ],
    )
    await conn.execute(
        insert(agents), [{"user_id": id_, "presence": "available"} for id_ in user_ids]
    )
    await conn.execute(
        insert(queue_members),
        [
            {"queue_id": queue_ids[(n + k) % 199], "user_id": id_}
            for n, id_ in enumerate(user_ids)
            for k in range(3)
        ],
    )
    after, stretches = await reporting.end_points(conn, centre.now), 1
    while after is not None:
        after, stretches = await reporting.end_points(conn, centre.now, after=after), stretches + 1
    assert stretches == 5  # the last one finds nothing left
    assert len(await reporting.boards_view(conn)) == 200
    assert len(await reporting.floor_view(conn)) == 2000


async def _cost(conn: AsyncConnection, centre: Watched) -> tuple[int, int]:
    """Statements that following one more conversation takes, and boards that it changes."""
    await centre.follow(conn)
    before = await conn.scalar(text("SELECT count(*) FROM events"))
    await centre.contact_writes(conn)
    rows = (await conn.execute(select(events).order_by(events.c.seq.desc()).limit(1))).all()
    assert from_row(rows[0]).aggregate_kind == "conversation"
    happened = await conn.scalar(text("SELECT count(*) FROM events"))
    statements = []
    engine = conn.sync_connection

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(engine, "before_cursor_execute", count)
    await reporting.follow(conn, [from_row(rows[0])])
    event.remove(engine, "before_cursor_execute", count)
    after = await conn.scalar(text("SELECT count(*) FROM events"))
    assert happened == int(before or 0) + 1
    centre._seen = int(await conn.scalar(text("SELECT max(seq) FROM events")) or 0)
    return len(statements), int(after or 0) - int(happened or 0)


async def test_who_is_called_back_is_neither_abandoned_nor_answered(
    conn: AsyncConnection, centre: Watched
) -> None:
    await centre.open(conn, reply_target_s=60)
    lina = await centre.agent(conn, "Lina", capacity=5)
    by = By(lina, manages=True)
    first, second = await centre.contact_writes(conn), await centre.contact_writes(conn)
    for found in (first, second):
        await routing.ask_callback(
            conn, found, kind="phone", address="+98 912 345 6789", actor=SYSTEM, now=centre.now
        )
    board = await centre.board(conn)
    assert (board["waiting"], board["callbacks"]) == (2, 2)
    centre.clock.turn(600)
    await routing.pick(conn, first, by=by, now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["callbacks"], board["called_back"]) == (1, 1, 1)
    await miss_callback(conn, first, by=by, now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["callbacks"], board["handled"]) == (2, 2, 1)
    await end_callback(conn, first, by=by, now=centre.now)
    await routing.pick(conn, first, by=by, now=centre.now)
    await routing.set_status(conn, second, "resolved", by=by, now=centre.now)
    board = await centre.board(conn)
    assert (board["waiting"], board["callbacks"], board["abandoned"]) == (0, 0, 0)
    assert (board["answered"], board["called_back"]) == (1, 1)
