"""Broadcasts reach those they are for, stay until read or over, and tell who has read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import reporting
from wasl.accounts.service import put_team
from wasl.accounts.tables import audit_log, users
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.ids import new_id
from wasl.infra.timers import Timer, timers
from wasl.reporting import layouts
from wasl.reporting.broadcasts import (
    ENDS,
    LONGEST,
    MOST_TEXT,
    broadcast,
    broadcast_is_over,
    broadcasts_of,
    read_notice,
)
from wasl.routing import By

HOUR = timedelta(hours=1)


@pytest.fixture
def centre(clock: TurnedClock) -> Centre:
    return Centre(clock)


async def told(conn: AsyncConnection, user_id: UUID) -> list[str]:
    return [notice["text"] for notice in await reporting.notices_of(conn, user_id)]


async def test_to_a_queue_a_team_and_everybody(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    reza = await centre.agent(conn, "Reza", member=False)
    gone = await centre.agent(conn, "Gone")
    await conn.execute(update(users).where(users.c.id == gone).values(disabled=True))
    nora = await centre.agent(conn, "Nora", member=False)
    team = new_id()
    await put_team(conn, team, "Evening", [reza, nora])

    async def send(text: str, kind: str, to_id: UUID | None = None) -> dict[str, Any]:
        return await broadcast(
            conn, text, to_kind=kind, to_id=to_id, lasts=HOUR, by=By(nora), now=centre.now
        )

    assert (await send("to the queue", "queue", centre.queue_id))["people"] == 1
    assert (await send("to the team", "team", team))["people"] == 1  # not its sender
    sent = await send("  to all  ", "everybody")
    assert (sent["people"], sent["read"], sent["text"]) == (2, 0, "to all")
    assert await told(conn, lina) == ["to all", "to the queue"]
    assert await told(conn, reza) == ["to all", "to the team"]
    assert await told(conn, gone) == []
    assert await told(conn, nora) == []
    audited = (await conn.execute(select(audit_log).order_by(audit_log.c.seq.desc()))).first()
    assert audited is not None
    assert (audited.action, audited.after["people"]) == ("broadcast.send", 2)
    assert "to all" not in str(audited)  # no texts in the audit log


async def test_read_once_and_seen_by_its_sender(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, reza = await centre.agent(conn, "Lina"), await centre.agent(conn, "Reza")
    nora = await centre.agent(conn, "Nora", member=False)
    await broadcast(
        conn, "look up", to_kind="queue", to_id=centre.queue_id, lasts=HOUR, by=By(nora),
        now=centre.now,
    )  # fmt: skip
    (notice,) = await reporting.notices_of(conn, lina)
    assert (notice["by"]["name"], notice["ends_at"]) == ("Nora", centre.now + HOUR)
    with pytest.raises(NotFound):
        await read_notice(conn, notice["id"], reza, now=centre.now)  # not theirs
    centre.clock.turn(5)
    read_at = centre.now
    await read_notice(conn, notice["id"], lina, now=read_at)
    centre.clock.turn(5)
    await read_notice(conn, notice["id"], lina, now=centre.now)
    assert await told(conn, lina) == []
    assert await told(conn, reza) == ["look up"]
    (seen,) = await broadcasts_of(conn, nora)
    assert (seen["people"], seen["read"]) == (2, 1)
    assert [(r["user"]["name"], r["read_at"]) for r in seen["readers"]] == [
        ("Reza", None),
        ("Lina", read_at),
    ]
    assert await broadcasts_of(conn, lina) == []


async def test_each_one_has_its_own_readers(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, reza = await centre.agent(conn, "Lina"), await centre.agent(conn, "Reza")
    nora = await centre.agent(conn, "Nora", member=False)
    asked: list[str] = []

    def listen(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(conn.sync_connection, "before_cursor_execute", listen)
    statements = []
    for n in range(3):
        await broadcast(
            conn, f"{n}", to_kind="queue", to_id=centre.queue_id, lasts=HOUR, by=By(nora),
            now=centre.now,
        )  # fmt: skip
        asked.clear()
        await broadcasts_of(conn, nora)
        statements.append(len(asked))
    assert len(set(statements)) == 1
    await read_notice(conn, (await reporting.notices_of(conn, lina))[1]["id"], lina, now=centre.now)
    sent = await broadcasts_of(conn, nora)
    assert [one["text"] for one in sent] == ["2", "1", "0"]
    unread = [{r["user"]["id"] for r in one["readers"] if not r["read_at"]} for one in sent]
    assert unread == [{lina, reza}, {reza}, {lina, reza}]
    assert [r["user"]["id"] for r in sent[1]["readers"]] == [reza, lina]


async def test_it_ends_by_its_time(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    nora = await centre.agent(conn, "Nora", member=False)
    sent = await broadcast(
        conn, "soon over", to_kind="everybody", to_id=None, lasts=HOUR, by=By(nora), now=centre.now
    )
    row = (await conn.execute(select(timers).where(timers.c.kind == ENDS))).one()
    assert (row.key, row.due_at) == (str(sent["id"]), centre.now + HOUR)
    assert ENDS in reporting.timer_handlers()
    await broadcast_is_over(
        conn, Timer(row.id, row.kind, row.key, row.due_at, row.payload, 0), centre.now + HOUR
    )
    assert await told(conn, lina) == []
    (seen,) = await broadcasts_of(conn, nora)
    assert (seen["ended"], seen["read"]) == (True, 0)


@pytest.mark.parametrize(
    ("text", "kind", "lasts", "error"),
    [
        ("   ", "everybody", HOUR, Invalid),
        ("x" * (MOST_TEXT + 1), "everybody", HOUR, Invalid),
        ("x", "everybody", LONGEST + HOUR, Invalid),
        ("x", "everybody", timedelta(0), Invalid),
        ("x", "nobody", HOUR, Invalid),
        ("x", "team", HOUR, NotFound),
        ("x", "queue", HOUR, NotFound),
    ],
    ids=str,
)
async def test_what_is_refused(
    conn: AsyncConnection, centre: Centre, text: str, kind: str, lasts: timedelta, error: Any
) -> None:
    await centre.open(conn)
    await centre.agent(conn, "Lina")
    nora = await centre.agent(conn, "Nora", member=False)
    to_id = new_id() if kind in ("team", "queue") else None
    with pytest.raises(error):
        await broadcast(
            conn, text, to_kind=kind, to_id=to_id, lasts=lasts, by=By(nora), now=centre.now
        )
    assert await broadcasts_of(conn, nora) == []


async def test_nobody_but_oneself_is_nobody(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    nora = await centre.agent(conn, "Nora")
    with pytest.raises(Invalid, match="broadcast_to_nobody"):
        await broadcast(
            conn, "x", to_kind="queue", to_id=centre.queue_id, lasts=HOUR, by=By(nora),
            now=centre.now,
        )  # fmt: skip


async def test_layouts_are_ones_own_or_shared(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    nora, omid = [await centre.agent(conn, name, member=False) for name in ("Nora", "Omid")]
    mine: dict[str, Any] = {
        "name": "Mine", "shared": False, "queue_ids": [centre.queue_id], "columns": ["level"],
    }  # fmt: skip
    layout_id = await layouts.add_layout(conn, nora, **mine)
    assert await layouts.layouts_of(conn, omid) == []
    assert await layouts.layouts_of(conn, nora) == [
        {**mine, "id": layout_id, "own": True, "queue_ids": [str(centre.queue_id)]}
    ]
    ours: dict[str, Any] = {"name": "Ours", "shared": True, "queue_ids": None, "columns": []}
    await layouts.change_layout(conn, layout_id, nora, **ours)
    assert await layouts.layouts_of(conn, omid) == [{**ours, "id": layout_id, "own": False}]
    for verb in (
        layouts.change_layout(conn, layout_id, omid, **ours),
        layouts.drop_layout(conn, layout_id, omid),
    ):
        with pytest.raises(NotFound):
            await verb
    await layouts.drop_layout(conn, layout_id, nora)
    assert await layouts.layouts_of(conn, nora) == []


async def test_not_more_layouts_than_anybody_needs(conn: AsyncConnection, centre: Centre) -> None:
    nora = await centre.agent(conn, "Nora", member=False)
    one: dict[str, Any] = {"name": "One", "shared": False, "queue_ids": None, "columns": []}
    for _ in range(layouts.MOST_LAYOUTS):
        await layouts.add_layout(conn, nora, **one)
    with pytest.raises(Conflict, match="too_many_layouts"):
        await layouts.add_layout(conn, nora, **one)
