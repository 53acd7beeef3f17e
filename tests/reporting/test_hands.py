"""The supervisor's hands: whispers, priorities, sending home, queues of an agent. Each is audited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl import accounts, conversations, routing
from wasl.accounts.service import sign_in
from wasl.accounts.tables import audit_log
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, events
from wasl.infra.ids import new_id
from wasl.reporting.supervising import log_out, look_along, prioritise, whisper
from wasl.routing import By
from wasl.routing.explained import explained
from wasl.routing.queues import change_memberships
from wasl.routing.tables import queue_members

OTHER = {"en": "Billing", "fa": "مالی", "ar": "الفوترة"}


@pytest.fixture
def centre(clock: TurnedClock) -> Centre:
    return Centre(clock)


async def audited(conn: AsyncConnection) -> list[Any]:
    rows = await conn.execute(select(audit_log).order_by(audit_log.c.seq))
    return [(r.action, r.before, r.after) for r in rows]


async def supervisor(conn: AsyncConnection, centre: Centre) -> By:
    """Somebody in no queue."""
    return By(await centre.agent(conn, "Nora", member=False, available=False), manages=True)


async def test_a_whisper_reaches_the_agent_at_once(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, by = await centre.agent(conn, "Lina"), await supervisor(conn, centre)
    found = await centre.contact_writes(conn)
    with pytest.raises(Conflict, match="nobody_has_it"):
        await whisper(conn, found, "psst", by=by, now=centre.now)
    await routing.pick(conn, found, by=By(lina), now=centre.now)
    note_id = await whisper(conn, found, "offer a refund", by=by, now=centre.now)
    note = (await conversations.messages_by_ids(conn, [note_id]))[note_id]
    assert (note["kind"], note["text"]) == ("note", "offer a refund")
    assert note["attributes"] == {"mentions": [str(lina)], "whisper": True}
    mentions = await conversations.mentions.unread_of(conn, lina)
    assert [m["message_id"] for m in mentions] == [note_id]
    assert await audited(conn) == [("conversation.whisper", None, {"user_id": str(lina)})]
    with pytest.raises(Conflict, match="nobody_has_it"):  # to oneself
        await whisper(conn, found, "psst", by=By(lina, manages=True), now=centre.now)
    with pytest.raises(NotFound):
        await whisper(conn, new_id(), "psst", by=by, now=centre.now)


async def test_every_look_is_written_down(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    by = await supervisor(conn, centre)
    found = await centre.contact_writes(conn)
    await look_along(conn, found, by=by)
    with pytest.raises(NotFound):
        await look_along(conn, new_id(), by=by)
    row = (await conn.execute(select(audit_log))).one()
    assert (row.action, row.object_id, row.actor_id) == ("conversation.look", found, by.user_id)


async def test_priority_is_set_undone_and_explained(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    by = await supervisor(conn, centre)
    first = await centre.contact_writes(conn)
    centre.clock.turn(30)
    second = await centre.contact_writes(conn)
    assert (await explained(conn, second, now=centre.now))["place"] == 2
    assert await prioritise(conn, second, 3, by=by, now=centre.now) == 0
    told = await explained(conn, second, now=centre.now)
    assert (told["place"], told["priority"]) == (1, {"level": 3, "ahead_s": 1800})
    assert await prioritise(conn, second, 0, by=by, now=centre.now) == 3
    told = await explained(conn, second, now=centre.now)
    assert (told["place"], told["priority"]) == (2, {"level": 0, "ahead_s": 0})
    assert await prioritise(conn, second, 0, by=by, now=centre.now) == 0
    assert await audited(conn) == [
        ("conversation.prioritise", {"priority": 0}, {"priority": 3}),
        ("conversation.prioritise", {"priority": 3}, {"priority": 0}),
    ]
    await routing.change_queue(
        conn, centre.queue_id, {"strict_priority": True}, actor=SYSTEM, now=centre.now
    )
    told = await explained(conn, first, now=centre.now)
    assert told["priority"] == {"level": 0, "ahead_s": None}
    await routing.set_status(conn, first, "resolved", by=by, now=centre.now)
    with pytest.raises(Conflict, match="conversation_resolved"):
        await prioritise(conn, first, 1, by=by, now=centre.now)


async def test_sent_home(conn: AsyncConnection, centre: Centre) -> None:
    await centre.open(conn)
    lina, by = await centre.agent(conn, "Lina"), await supervisor(conn, centre)
    opened = await sign_in(conn, lina, now=centre.now)
    held = [await centre.contact_writes(conn) for _ in range(2)]
    began = centre.now
    for found in held:
        await routing.pick(conn, found, by=By(lina), now=centre.now)
    wrapped = held.pop()
    await routing.set_status(conn, wrapped, "resolved", by=By(lina), now=centre.now)
    centre.clock.turn(60)
    assert await log_out(conn, lina, by=by, now=centre.now) == 1
    (agent,) = await routing.agents_view(conn, [lina])
    assert agent["presence"] == "offline"
    a = await centre.assignment(conn, held[0])
    assert (a.state, a.queue_id, a.enqueued_at) == ("queued", centre.queue_id, began)
    assert (await centre.assignment(conn, wrapped)).state == "wrap_up"
    assert await accounts.principal_of_session(conn, opened.token, now=centre.now) is None
    told = await conn.scalar(select(events.c.data).where(events.c.type == "UserSignedOut"))
    assert len((told or {})["ended_sign_ins"]) == 1
    assert await audited(conn) == [("agent.log_out", None, {"requeued": 1})]
    assert await log_out(conn, lina, by=by, now=centre.now) == 0  # again: nothing is left
    with pytest.raises(NotFound):
        await log_out(conn, new_id(), by=by, now=centre.now)


async def levels_of(conn: AsyncConnection, user_id: UUID) -> dict[UUID, int]:
    rows = await conn.execute(select(queue_members).where(queue_members.c.user_id == user_id))
    return {row.queue_id: row.level for row in rows}


async def test_queues_of_an_agent_change_and_change_back(
    conn: AsyncConnection, centre: Centre
) -> None:
    await centre.open(conn)
    lina, reza = await centre.agent(conn, "Lina"), await centre.agent(conn, "Reza")
    other = await routing.add_queue(conn, {"names": OTHER}, actor=SYSTEM, now=centre.now)
    changed = {other: 5, centre.queue_id: None}
    was = await change_memberships(conn, lina, changed, actor=SYSTEM, now=centre.now)
    assert was == {other: None, centre.queue_id: 3}
    assert await levels_of(conn, lina) == {other: 5}
    assert await levels_of(conn, reza) == {centre.queue_id: 3}
    told = await conn.execute(
        text("SELECT data FROM events WHERE type = 'QueueMembersChanged' ORDER BY seq DESC LIMIT 2")
    )
    assert [row.data for row in told] == [{"user_ids": [str(lina)]}] * 2
    assert await change_memberships(conn, lina, was, actor=SYSTEM, now=centre.now) == changed
    assert await levels_of(conn, lina) == {centre.queue_id: 3}
    for wrong, error in (
        ({other: 6}, Invalid),
        ({new_id(): 3}, NotFound),
    ):
        with pytest.raises(error):
            await change_memberships(conn, lina, wrong, actor=SYSTEM, now=centre.now)
    with pytest.raises(NotFound):
        await change_memberships(conn, new_id(), {other: 3}, actor=SYSTEM, now=centre.now)
