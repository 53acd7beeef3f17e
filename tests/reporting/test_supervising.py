"""A supervisor reassigns, takes over and logs out; each step is audited and can be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import routing
from wasl.accounts.tables import audit_log
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import AppError, NotFound
from wasl.infra.ids import new_id
from wasl.reporting.supervising import join, reassign, set_presence_of
from wasl.routing import By


@pytest.fixture
def centre(clock: TurnedClock) -> Centre:
    return Centre(clock)


async def audited(conn: AsyncConnection) -> list[Any]:
    return list(await conn.execute(select(audit_log).order_by(audit_log.c.seq)))


async def held(conn: AsyncConnection, centre: Centre, by: UUID) -> UUID:
    found = await centre.contact_writes(conn)
    await routing.pick(conn, found, by=By(by), now=centre.now)
    return found


async def test_taken_over_and_given_back(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, nora = await centre.agent(conn, "Lina"), await centre.agent(conn, "Nora", member=False)
    found = await held(conn, centre, lina)
    by = By(nora, manages=True)
    was = await reassign(conn, found, user_id=nora, by=by, now=centre.now)
    assert was == {"user_id": lina, "queue_id": None}
    a = await centre.assignment(conn, found)
    assert (a.state, a.holder_id) == ("active", nora)
    assert await reassign(conn, found, **was, by=by, now=centre.now) == {
        "user_id": nora,
        "queue_id": None,
    }
    a = await centre.assignment(conn, found)
    assert (a.state, a.preferred_id) == ("queued", lina)  # offered to her first
    assert [(r.action, r.before, r.after) for r in await audited(conn)] == [
        ("conversation.reassign", {"user_id": str(lina)}, {"user_id": str(nora)}),
        ("conversation.reassign", {"user_id": str(nora)}, {"user_id": str(lina)}),
    ]


async def test_what_waits_goes_to_another_queue_and_back(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    nora = await centre.agent(conn, "Nora", member=False)
    names = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}
    by = By(nora, manages=True)
    other = await routing.add_queue(conn, {"names": names}, actor=by.actor, now=centre.now)
    found = await centre.contact_writes(conn)
    was = await reassign(conn, found, queue_id=other, by=by, now=centre.now)
    assert was == {"user_id": None, "queue_id": centre.queue_id}
    assert (await centre.assignment(conn, found)).queue_id == other
    await reassign(conn, found, **was, by=by, now=centre.now)
    assert (await centre.assignment(conn, found)).queue_id == centre.queue_id


async def test_a_refusal_changes_and_audits_nothing(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, nora = await centre.agent(conn, "Lina"), await centre.agent(conn, "Nora", member=False)
    found = await held(conn, centre, lina)
    by = By(nora, manages=True)
    with pytest.raises(AppError):
        await reassign(conn, found, by=by, now=centre.now)
    with pytest.raises(NotFound):
        await reassign(conn, new_id(), user_id=nora, by=by, now=centre.now)
    assert (await centre.assignment(conn, found)).holder_id == lina
    assert await audited(conn) == []


async def test_logged_out_and_back(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, nora = await centre.agent(conn, "Lina"), await centre.agent(conn, "Nora", member=False)
    by = By(nora, manages=True)
    was = await set_presence_of(conn, lina, "offline", by=by, now=centre.now)
    assert was == {"presence": "available", "reason": None}
    await set_presence_of(conn, lina, **was, by=by, now=centre.now)
    (agent,) = await routing.agents_view(conn, [lina])
    assert agent["presence"] == "available"
    assert [r.action for r in await audited(conn)] == ["agent.presence"] * 2
    with pytest.raises(NotFound):
        await set_presence_of(conn, new_id(), "offline", by=by, now=centre.now)


async def test_joining_is_audited_and_the_holder_stays(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina, nora = await centre.agent(conn, "Lina"), await centre.agent(conn, "Nora", member=False)
    found = await held(conn, centre, lina)
    await join(conn, found, by=By(nora, manages=True), now=centre.now)
    assert (await centre.assignment(conn, found)).holder_id == lina
    assert [r.action for r in await audited(conn)] == ["conversation.join"]
