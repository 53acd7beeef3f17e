"""What ran before there were clocks has the ones that it would have."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta
from types import ModuleType

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import migrations
from wasl.infra.clock import TurnedClock
from wasl.infra.timers import timers
from wasl.routing.policy import sla


def revision() -> ModuleType:
    path = migrations.HERE / "versions/0005_sla.py"
    spec = importlib.util.spec_from_file_location("revision", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_what_runs_gets_its_clock_and_its_timer(conn: AsyncConnection) -> None:
    clock = TurnedClock(datetime.now(UTC))
    centre = Centre(clock)
    await centre.open(conn, reply_target_s=3600, resolution_target_s=36_000)
    running = await centre.contact_writes(conn)
    clock.turn(-2 * 3600)
    late = await centre.contact_writes(conn)
    made = await centre.assignment(conn, running)
    before = await centre.assignment(conn, late)
    await conn.execute(text("DELETE FROM timers"))
    await conn.execute(
        text("UPDATE assignments SET clocks = '{}', due_warn_at = NULL, breached_at = NULL")
    )
    module = revision()
    for statement in (module._FILL, module._TIMERS):
        await conn.execute(text(statement))

    filled = await centre.assignment(conn, running)
    assert sla.read(filled.clocks) == sla.read(made.clocks)
    assert (filled.due_warn_at, filled.breached_at) == (made.due_warn_at, None)
    over = await centre.assignment(conn, late)
    clocks = sla.read(over.clocks)
    assert clocks.reply is not None
    assert (clocks.reply.breached_at, clocks.reply.warned) == (before.due_at, True)
    assert over.breached_at == before.due_at
    # what is over is late already and is not told as new; its resolution is still to come
    set_ = await conn.execute(select(timers.c.key, timers.c.due_at))
    due = {row.key: row.due_at for row in set_}
    assert due == {
        str(made.interaction_id): made.due_warn_at,
        str(over.interaction_id): centre.now + timedelta(seconds=28_800),
    }
