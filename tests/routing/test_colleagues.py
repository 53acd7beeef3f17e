"""Colleagues beside the holder: asked in, joining, answering, leaving, taking over."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import Centre
from wasl.accounts import Principal, Role
from wasl.conversations import (
    Viewer,
    counts_of_each,
    for_viewer,
    full,
    hooks,
    list_view,
    mentions,
    visible,
)
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.routing import STANDINGS, By, pick, set_status, transfer
from wasl.routing.colleagues import ask_in, join, leave
from wasl.routing.explained import queue_standing


def viewer(user_id: UUID, *, role: Role = Role.AGENT) -> Viewer:
    return Viewer(Principal(user_id, "", role), frozenset())


async def beside(conn: AsyncConnection, centre: Centre) -> tuple[UUID, UUID, UUID]:
    """A conversation that Lina has, and Reza, who is in no queue."""
    await centre.open(conn)
    lina = await centre.agent(conn, "Lina")
    reza = await centre.agent(conn, "Reza", member=False, capacity=1)
    found = await centre.contact_writes(conn)
    await pick(conn, found, by=By(lina), now=centre.now)
    return found, lina, reza


async def ask(
    conn: AsyncConnection, centre: Centre, found: UUID, by: UUID, whom: UUID, role: str = "consult"
) -> None:
    await ask_in(conn, found, whom, role, note="Do you know this?", by=By(by), now=centre.now)


async def test_who_is_consulted_sees_it_and_may_note_but_not_answer(
    conn: AsyncConnection, centre: Centre
) -> None:
    found, lina, reza = await beside(conn, centre)
    with pytest.raises(NotFound):
        await visible(conn, found, viewer(reza))
    await ask(conn, centre, found, lina, reza)
    await visible(conn, found, viewer(reza))
    mine = await list_view(conn, "mine", viewer(reza))
    assert [row["id"] for row in mine["items"]] == [found]
    assert (await counts_of_each(conn, [viewer(reza)]))[reza]["mine"] == 1
    assert len(await mentions.unread_of(conn, reza)) == 1  # the note is to them
    shown = await full(conn, found)
    assert shown["joined"] == [{"id": reza, "name": "Reza", "role": "consult"}]
    assert shown["assignee"]["id"] == lina
    assert for_viewer(shown, viewer(reza))["can"] == ["note"]
    with pytest.raises(Conflict, match="not_holder"):
        await centre.speaks(conn, found, reza)
    own, theirs = await centre.segments(conn, found)
    assert (own.role, own.ended_at) == ("holder", None)
    assert (theirs.role, theirs.holder_id, theirs.units) == ("consult", reza, 0)


async def test_who_confers_answers_and_the_holder_stays(
    conn: AsyncConnection, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "standings", STANDINGS)
    found, lina, reza = await beside(conn, centre)
    await ask(conn, centre, found, lina, reza)
    await ask(conn, centre, found, lina, reza, "conference")  # the same one, in another role
    assert "reply" in for_viewer(await full(conn, found), viewer(reza))["can"]
    await centre.speaks(conn, found, reza)
    a = await centre.assignment(conn, found)
    assert (a.state, a.holder_id, a.due_at) == ("active", lina, None)
    assert (await centre.conversation(conn, found)).joined == [reza]
    assert [s.role for s in await centre.segments(conn, found) if s.ended_at is None] == [
        "holder",
        "conference",
    ]


async def test_a_supervisor_joins_and_leaves(conn: AsyncConnection, centre: Centre) -> None:
    found, lina, noor = await beside(conn, centre)
    await join(conn, found, by=By(noor, manages=True), now=centre.now)
    await join(conn, found, by=By(noor, manages=True), now=centre.now)  # nothing new
    centre.clock.turn(60)
    await leave(conn, found, noor, by=By(noor, manages=True), now=centre.now)
    with pytest.raises(Conflict, match="not_joined"):
        await leave(conn, found, noor, by=By(noor, manages=True), now=centre.now)
    own, theirs = await centre.segments(conn, found)
    assert (own.holder_id, own.ended_at) == (lina, None)
    assert (theirs.end_reason, theirs.ended_at) == ("left", centre.now)
    assert (await centre.conversation(conn, found)).joined == []
    assert (await counts_of_each(conn, [viewer(noor)]))[noor]["mine"] == 0


async def test_only_who_has_it_asks_in_and_sends_away(
    conn: AsyncConnection, centre: Centre
) -> None:
    found, lina, reza = await beside(conn, centre)
    noor = await centre.agent(conn, "Noor")
    with pytest.raises(Conflict, match="not_holder"):
        await ask(conn, centre, found, reza, noor)
    with pytest.raises(Conflict, match="already_taken"):
        await ask(conn, centre, found, lina, lina)
    with pytest.raises(NotFound, match="user_not_found"):
        await ask(conn, centre, found, lina, found)
    with pytest.raises(Invalid, match="text_empty"):
        await ask_in(conn, found, reza, "consult", note=" ", by=By(lina), now=centre.now)
    await ask(conn, centre, found, lina, reza)
    with pytest.raises(Conflict, match="not_holder"):
        await leave(conn, found, reza, by=By(noor), now=centre.now)
    await leave(conn, found, reza, by=By(lina), now=centre.now)
    waiting = await centre.contact_writes(conn)
    with pytest.raises(Conflict, match="not_active"):
        await join(conn, waiting, by=By(noor, manages=True), now=centre.now)


async def test_it_is_handed_over_to_who_stands_beside_at_once(
    conn: AsyncConnection, centre: Centre
) -> None:
    found, lina, reza = await beside(conn, centre)
    await ask(conn, centre, found, lina, reza)
    await transfer(conn, found, user_id=reza, by=By(lina), now=centre.now)
    a = await centre.assignment(conn, found)
    assert (a.state, a.holder_id) == ("active", reza)
    assert (await centre.conversation(conn, found)).joined == []
    ended = [(s.role, s.end_reason) for s in await centre.segments(conn, found)]
    assert ended == [("holder", "transferred"), ("consult", "took_over"), ("holder", None)]


@pytest.mark.parametrize("status", ["pending", "resolved"])
async def test_everybody_leaves_what_is_put_down(
    conn: AsyncConnection, centre: Centre, status: str
) -> None:
    found, lina, reza = await beside(conn, centre)
    await ask(conn, centre, found, lina, reza, "conference")
    await set_status(conn, found, status, by=By(lina), now=centre.now)
    assert all(s.ended_at == centre.now for s in await centre.segments(conn, found))
    assert (await centre.conversation(conn, found)).joined == []
    with pytest.raises(NotFound):
        await visible(conn, found, viewer(reza))


async def test_a_colleagues_turn_is_no_answer_of_the_queue(
    conn: AsyncConnection, centre: Centre
) -> None:
    found, lina, reza = await beside(conn, centre)
    waiting = await centre.contact_writes(conn)
    a = await centre.assignment(conn, waiting)
    before = await queue_standing(conn, a.interaction_id, centre.now)
    await ask(conn, centre, found, lina, reza)
    assert await queue_standing(conn, a.interaction_id, centre.now) == before
