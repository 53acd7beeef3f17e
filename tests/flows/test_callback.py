"""A call that is offered: the pure policy, and what routing is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.words import flow, texts
from wasl import flows
from wasl.flows.policy import (
    CallThem,
    CheckNumber,
    Found,
    GiveToPeople,
    Heard,
    SayThis,
    State,
    TagThis,
    advance,
    begin,
    problems_of,
    read,
)
from wasl.flows.service import put_draft
from wasl.infra.clock import TurnedClock

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CALL = {"type": "callback", "text": texts("Shall we call you?", "تماس بگیریم؟", "هل نتصل بك؟"),
        "thanks": texts("We call you."), "refused": "no", "failed": "sorry"}  # fmt: skip


def steps(**more: Any) -> dict[str, Any]:
    return {
        "call": {**CALL, **more},
        "no": {"type": "tag", "tags": ["no"], "next": "end"},
        "sorry": {"type": "tag", "tags": ["sorry"], "next": "end"},
        "end": {"type": "end"},
    }


class Played:
    """One run that is played; numbers are taken for right."""

    def __init__(self, **more: Any) -> None:
        self.library = {"": read(flow(steps(**more)))}
        moved = begin(self.library, Heard("m0", "hi"), language="en", now=NOW)
        self.state: State = moved.state
        self.outputs = list(moved.outputs)
        self.n = 0

    def says(self, words: str, *, callable_: bool = True) -> None:
        self.n += 1
        moved = advance(self.library, self.state, Heard(f"m{self.n}", words), NOW)
        self.outputs = list(moved.outputs)
        for output in moved.outputs:
            if isinstance(output, CheckNumber):
                number = {"number": output.number, "shown": output.number}
                found = Found(number if callable_ else None)
                moved = advance(self.library, moved.state, found, NOW)
                self.outputs += moved.outputs
        self.state = moved.state

    def called(self) -> CallThem | None:
        given = [o.call for o in self.outputs if isinstance(o, GiveToPeople)]
        return given[0] if given else None

    def said(self) -> list[str]:
        return [o.text for o in self.outputs if isinstance(o, SayThis)]

    def tags(self) -> list[str]:
        return [tag for o in self.outputs if isinstance(o, TagThis) for tag in o.tags]


@pytest.mark.parametrize("words", ["+49 30 1234567", "۰۹۱۲۳۴۵۶۷۸۹", "00971 50 123 4567"])
def test_a_number_that_is_written_is_called(words: str) -> None:
    played = Played()
    assert played.said() == ["Shall we call you?"]
    played.says(words)
    called = played.called()
    assert called is not None and called.number.lstrip("+").isdigit()
    assert called.not_before is None
    assert played.said() == ["We call you."] and played.state.waiting == "over"


@pytest.mark.parametrize("words", ["Yes, call me", "yes", "بله", "نعم", "1", "۱", "ok"])
def test_a_known_number_is_agreed_to(words: str) -> None:
    played = Played(number="'+4930123456'")
    played.says(words)
    assert played.called() == CallThem("+4930123456", None)


@pytest.mark.parametrize("words", ["No, thank you", "نه", "نه، ممنون", "لا", "no"])
@pytest.mark.parametrize("known", [{}, {"number": "'+4930123456'"}])
def test_who_does_not_want_a_call_is_not_called(words: str, known: dict[str, Any]) -> None:
    played = Played(**known)
    played.says(words)
    assert played.tags() == ["no"] and played.called() is None


def test_what_is_no_number_is_asked_again_and_then_given_up() -> None:
    played = Played()
    played.says("call me maybe")
    assert played.said()[0].startswith("We can't call that number")
    played.says("+4930123456", callable_=False)
    assert played.called() is None
    played.says("hm")
    assert played.tags() == ["sorry"]


def test_a_call_at_a_moment() -> None:
    later = NOW + timedelta(hours=3)
    played = Played(at=f"'{later.isoformat()}'")
    played.says("+4930123456")
    assert played.called() == CallThem("+4930123456", later)
    past = Played(at="'2020-01-01'")
    past.says("+4930123456")
    assert past.called() == CallThem("+4930123456", None)
    for wrong in ("'soon'", f"'{(NOW + timedelta(days=31)).isoformat()}'", "1 / 0"):
        assert Played(at=wrong).tags() == ["sorry"]


@given(st.lists(st.text(max_size=20), max_size=6))
def test_whatever_is_said_it_ends_once(words: list[str]) -> None:
    played = Played(number="'+4930123456'")
    ends = 0
    for one in words:
        played.says(one)
        ends += bool(played.called() or played.tags() or not played.outputs)
    assert played.state.waiting in ("answer", "over")
    assert len(played.state.heard) <= 1 + len(words)


def test_what_is_wrong_with_an_offer() -> None:
    wrong = flow(steps(text={}, number="phone", failed="nowhere"))
    found = {problem.code for problem in problems_of({"": read(wrong)})}
    assert {"text_missing", "name_unknown", "exit_dead"} <= found
    automation = flow(steps(), trigger={"on": "arrival"})
    assert "automation_asks" in {p.code for p in problems_of({"": read(automation)})}


# ── what routing is given ────────────────────────────────────────────────────────────────────


async def assignment(centre: FlowCentre) -> Any:
    return await centre.world.one(
        "SELECT a.* FROM assignments a JOIN conversations c ON c.interaction_id = a.interaction_id"
        " WHERE c.id = :id",
        id=centre.conversation_id,
    )


async def test_the_contact_waits_for_a_call(conn: AsyncConnection, clock: TurnedClock) -> None:
    at = (clock.now() + timedelta(hours=2)).isoformat()
    centre = await open_centre(conn, clock, flow(steps(at=f"'{at}'")))
    queue = {"queue": str(centre.queue_id)}
    centre = await again(centre, clock, flow(steps(at=f"'{at}'", **queue)))
    await centre.says("hi", locale="en")
    await centre.says("12")
    await centre.says("+49 30 1234567")
    a = await assignment(centre)
    assert (a.state, a.queue_id) == ("queued", centre.queue_id)
    assert a.callback["value"] == "+49301234567"
    assert a.not_before == clock.now() + timedelta(hours=2)
    run = await centre.run()
    assert (run.status, run.reason) == ("handed_over", "callback")
    heard = await centre.heard()
    assert ("message", "We call you.") in heard
    assert any(kind == "note" and "+49" in said for kind, said in heard)


async def again(centre: FlowCentre, clock: TurnedClock, definition: dict[str, Any]) -> FlowCentre:
    """Another version of the centre's flow."""
    conn, now = centre.conn, clock.now()
    version = await centre.world.scalar("SELECT version FROM flows WHERE key = 'shop'")
    new = flows.definition_of(definition)
    await put_draft(conn, centre.flow_id, new, version=version, now=now)
    await flows.publish(conn, centre.flow_id, version=version + 1, by=None, now=now)
    return centre


async def test_without_a_queue_the_number_is_a_note(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await open_centre(conn, clock, flow(steps()))
    await centre.says("hi", locale="en")
    for table in ("entry_rules", "queues"):
        await conn.execute(text(f"DELETE FROM {table}"))  # our own names
    await centre.says("+49 30 1234567")
    assert (await assignment(centre)).queue_id is None
    assert ("note", "☎ +49301234567") in await centre.heard()
