"""Waiting for an event: the pure policy, and runs on a real database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_automations import END, automate, everything, queued, tags_of, time_passes
from tests.flows.words import flow, texts
from wasl import contacts
from wasl.conversations import add_tags
from wasl.flows import automations
from wasl.flows.policy import (
    Failed,
    Finish,
    Happened,
    Heard,
    Moment,
    State,
    TagThis,
    advance,
    begin,
    parse,
    problems_of,
    read,
)
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.events import SYSTEM, Event, from_row

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TAGGED = {"type": "wait", "event": "ConversationTagged", "within_s": 600,
          "filter": "contains(event.added, 'vip')", "next": "came", "late": "late",
          "heard": "heard"}  # fmt: skip
STEPS: dict[str, Any] = {
    "wait": TAGGED,
    "came": {"type": "tag", "tags": ["came"], "next": "end"},
    "late": {"type": "tag", "tags": ["late"], "next": "end"},
    "heard": {"type": "tag", "tags": ["heard"], "next": "end"},
    "end": END,
}
LIBRARY = {"": read(flow(STEPS))}


def begun(steps: dict[str, Any] | None = None) -> State:
    library = {"": read(flow(steps))} if steps else LIBRARY
    return begin(library, Heard("m1", "hi"), language="en", now=NOW).state


def tagged(id_: str, *added: str) -> Happened:
    scope = {"event": {"type": "ConversationTagged", "added": ", ".join(added)}}
    return Happened(id_, "ConversationTagged", scope)


def tags_put(outputs: list[Any]) -> list[str]:
    return [tag for output in outputs if isinstance(output, TagThis) for tag in output.tags]


# ── the policy ───────────────────────────────────────────────────────────────────────────────


def test_what_is_waited_for_moves_it_once() -> None:
    state = begun()
    assert (state.waiting, state.event) == ("moment", "ConversationTagged")
    assert state.moment == NOW + timedelta(seconds=600)
    other = advance(LIBRARY, state, tagged("e1", "new"), NOW)
    assert other.outputs == [] and other.state == state
    came = advance(LIBRARY, state, tagged("e2", "new", "vip"), NOW)
    assert tags_put(came.outputs) == ["came"] and came.state.event is None
    assert [taken.way for taken in came.trace] == ["next", "next", "over"]
    assert advance(LIBRARY, came.state, tagged("e2", "vip"), NOW).outputs == []


def test_the_time_is_up_or_the_contact_writes() -> None:
    state = begun()
    late = advance(LIBRARY, state, Moment(), NOW + timedelta(seconds=600))
    assert tags_put(late.outputs) == ["late"]
    heard = advance(LIBRARY, state, Heard("m2", "hello?"), NOW)
    assert tags_put(heard.outputs) == ["heard"]
    bare = {**STEPS, "wait": {"type": "wait", "event": "SlaWarned", "next": "came"}}
    state = begun(bare)
    assert state.moment == NOW + timedelta(days=1)
    over = advance({"": read(flow(bare))}, state, Moment(), NOW + timedelta(days=1))
    assert [type(output) for output in over.outputs] == [Finish]


def test_an_event_of_another_kind_or_one_that_cannot_be_weighed_moves_nothing() -> None:
    state = begun()
    assert advance(LIBRARY, state, Happened("e", "SlaWarned", {"event": {}}), NOW).outputs == []
    unknown = Happened("e", "ConversationTagged", {"event": "no mapping"})
    assert advance(LIBRARY, state, unknown, NOW).outputs == []
    over = advance(LIBRARY, state, tagged("e1", "vip"), NOW).state
    assert advance(LIBRARY, over, tagged("e3", "vip"), NOW).outputs == []


events = st.builds(
    tagged, st.integers(0, 5).map(lambda n: f"e{n}"), st.sampled_from(["vip", "new", "VIP", ""])
)
inputs = st.one_of(
    events,
    st.builds(Heard, st.integers(0, 3).map(lambda n: f"m{n}"), st.just("hm")),
    st.just(Moment()),
)


@given(st.lists(st.tuples(inputs, st.integers(0, 700)), max_size=12))
def test_whatever_comes_in_whatever_order_it_goes_on_once(given: list[tuple[Any, int]]) -> None:
    state, now, put = begun(), NOW, []
    for one, later in given:
        now += timedelta(seconds=later)
        moved = advance(LIBRARY, state, one, now)
        again = advance(LIBRARY, moved.state, one, now)
        assert again.outputs == [] and again.state == moved.state
        put += tags_put(moved.outputs)
        state = moved.state
    assert len(put) <= 1
    assert (state.waiting == "over") == bool(put)
    assert (state.event is None) == bool(put)


@given(st.integers(-2_000, 2_000))
def test_until_a_moment_never_waits_for_the_past_or_for_ever(hours: int) -> None:
    at = NOW + timedelta(hours=hours)
    steps = {**STEPS, "wait": {"type": "wait", "until": f"'{at.isoformat()}'", "next": "came",
                               "failed": "late"}}  # fmt: skip
    moved = begin({"": read(flow(steps))}, Heard("m", "hi"), language="en", now=NOW)
    if at > NOW + timedelta(days=60):
        assert tags_put(moved.outputs) == ["late"]
    else:
        assert moved.state.moment == max(at, NOW)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("later('2026-11-22T10:00:00+00:00', 3600)", "2026-11-22T11:00:00+00:00"),
        ("later('2026-11-22', -60)", "2026-11-21T23:59:00+00:00"),
        ("later('2026-11-22T10:00+03:30', 0)", "2026-11-22T06:30:00+00:00"),
    ],
)
def test_moments_are_shifted(source: str, told: str) -> None:
    assert parse(source).value({}) == told


@pytest.mark.parametrize(
    "source", ["later('soon', 1)", "later(null, 1)", "later('9999-12-31', 99999999)", "later(3, 1)"]
)
def test_what_is_no_moment_cannot_be_shifted(source: str) -> None:
    with pytest.raises(Failed, match="not_a_moment"):
        parse(source).value({})


@pytest.mark.parametrize(
    ("wait", "code"),
    [
        ({}, "wait_unclear"),
        ({"seconds": 5, "event": "SlaWarned"}, "wait_unclear"),
        ({"seconds": 5, "late": "late"}, "event_missing"),
        ({"event": "SlaWarned", "filter": "conversation.colour == 1"}, "fact_unknown"),
        ({"event": "SlaWarned", "filter": "nothing == 1"}, "name_unknown"),
        ({"event": "SlaWarned", "filter": "(("}, "expression_unreadable"),
        ({"until": "bookings.at"}, "name_unknown"),
    ],
)
def test_what_is_wrong_with_a_wait(wait: dict[str, Any], code: str) -> None:
    steps = {**STEPS, "wait": {"type": "wait", "next": "came", **wait}}
    found = {problem.code for problem in problems_of({"": read(flow(steps))})}
    assert code in found - {"step_unreachable"}


# ── on a real database ───────────────────────────────────────────────────────────────────────


async def waiting(conn: AsyncConnection) -> int:
    return int(await conn.scalar(text("SELECT count(*) FROM flow_waits")) or 0)


async def test_an_automation_waits_for_a_tag(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    steps = {**STEPS, "wait": {key: TAGGED[key] for key in TAGGED if key != "heard"}}
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    seq = await everything(centre)
    assert await waiting(conn) == 1
    id_, now = centre.conversation_id, clock.now()
    await add_tags(conn, id_, ["new"], actor=SYSTEM, now=now)
    seq = await everything(centre, seq)
    assert await waiting(conn) == 1
    await add_tags(conn, id_, ["vip"], actor=SYSTEM, now=now)
    await everything(centre, seq)
    await everything(centre, seq)  # the same events once more
    assert await tags_of(centre) == ["new", "vip", "came"]
    assert await waiting(conn) == 0
    assert (await centre.run()).status == "finished"


async def test_what_came_too_late_comes_to_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    steps = {**STEPS, "wait": {key: TAGGED[key] for key in TAGGED if key != "heard"}}
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    seq = await everything(centre)
    await time_passes(centre, 601)
    assert await tags_of(centre) == ["late"] and await waiting(conn) == 0
    await add_tags(conn, centre.conversation_id, ["vip"], actor=SYSTEM, now=clock.now())
    await everything(centre, seq)
    assert await tags_of(centre) == ["late", "vip"]


async def test_a_dialogue_waits_and_an_agent_may_take_over(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    steps = {
        "say": {"type": "say", "text": texts("One moment."), "next": "wait"},
        "wait": {"type": "wait", "event": "ConversationTagged", "filter": "event.added == 'paid'",
                 "next": "done", "heard": "busy"},
        "busy": {"type": "say", "text": texts("Still waiting."), "next": "wait"},
        "done": {"type": "say", "text": texts("Thank you."), "next": "end"},
        "end": END,
    }  # fmt: skip
    centre = await open_centre(conn, clock, flow(steps))
    await centre.says("hi", locale="en")
    await centre.says("and?")
    assert [said for _, said in await centre.heard()] == ["One moment.", "Still waiting."]
    await add_tags(conn, centre.conversation_id, ["paid"], actor=SYSTEM, now=clock.now())
    await everything(centre)
    assert (await centre.heard())[-1] == ("message", "Thank you.")
    assert (await centre.run()).status == "finished"

    other = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await other.says("hi", locale="en")
    await other.picks(await other.agent())
    await add_tags(conn, other.conversation_id, ["paid"], actor=SYSTEM, now=clock.now())
    await everything(other)
    assert [said for _, said in await other.heard()] == ["One moment."]
    assert (await other.run()).status == "taken_over"
    assert await waiting(conn) == 0


async def test_two_waits_in_a_row_take_two_events(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    first = {"type": "wait", "event": "ConversationTagged", "next": "second"}
    steps = {"first": first, "second": {**first, "next": "came"}, **STEPS}
    del steps["wait"], steps["late"], steps["heard"]
    centre = await queued(conn, clock)
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    seq = await everything(centre)
    id_ = centre.conversation_id
    await add_tags(conn, id_, ["one"], actor=SYSTEM, now=clock.now())
    await add_tags(conn, id_, ["two"], actor=SYSTEM, now=clock.now())
    seq = await everything(centre, seq)  # both are there when the first one moves it
    assert await tags_of(centre) == ["one", "two"]
    await add_tags(conn, id_, ["three"], actor=SYSTEM, now=clock.now())
    await everything(centre, seq)
    assert await tags_of(centre) == ["one", "two", "three", "came"]


async def test_it_waits_for_the_contact_to_be_known(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    wait = {"type": "wait", "event": "ContactChanged", "next": "came",
            "filter": "contains(event.fields, 'city') and contact.city == 'شیراز'"}  # fmt: skip
    steps = {"wait": wait, "came": STEPS["came"], "end": END}
    centre = await queued(conn, clock)
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    seq = await everything(centre)
    contact_id = (await centre.stands()).contact_id
    for values in ({"company": "Naranj"}, {"city": "Tehran"}, {"city": "شيراز"}):
        assert await tags_of(centre) == []
        await contacts.change(conn, contact_id, values, actor=SYSTEM, now=clock.now())
        seq = await everything(centre, seq)
    assert await tags_of(centre) == ["came"]


async def test_a_reminder_before_a_moment(conn: AsyncConnection, clock: TurnedClock) -> None:
    at = (clock.now() + timedelta(days=2)).isoformat()
    steps = {
        "set": {"type": "set", "values": {"at": f"'{at}'"}, "next": "wait"},
        "wait": {"type": "wait", "until": "later(at, 0 - 3600)", "next": "came"},
        "came": STEPS["came"],
        "end": END,
    }
    centre = await queued(conn, clock)
    await automate(centre, "reminds", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="en")
    await everything(centre)
    await time_passes(centre, 47 * 3600 - 1)
    assert await tags_of(centre) == []
    await time_passes(centre, 2)
    assert await tags_of(centre) == ["came"]


async def test_a_run_that_ends_waits_for_nothing(conn: AsyncConnection, clock: TurnedClock) -> None:
    steps = {**STEPS, "wait": {key: TAGGED[key] for key in TAGGED if key != "heard"}}
    centre = await queued(conn, clock)
    await automate(centre, "waits", steps, {"on": "keyword"})
    await centre.says("hi", locale="en")
    seq = await everything(centre)
    await centre.says("hi again")
    await everything(centre, seq)  # the earlier run gives way to a new one
    assert await waiting(conn) == 1
    assert await centre.world.scalar("SELECT count(*) FROM flow_runs WHERE NOT holds") == 2


async def told(database: Database, happened: list[Event]) -> None:
    async with database.transaction() as conn:
        await automations.follow(conn, happened)


async def test_an_event_that_is_told_from_all_sides_moves_a_run_once(
    database: Database, clock: TurnedClock
) -> None:
    steps = {
        "wait": {"type": "wait", "event": "ConversationTagged", "filter": "event.added == 'paid'",
                 "next": "done"},
        "done": {"type": "say", "text": texts("Thank you."), "next": "ask"},
        "ask": {"type": "ask", "text": texts("Anything else?"), "save": "more", "next": "end"},
        "end": END,
    }  # fmt: skip
    async with database.transaction() as conn:
        centre = await open_centre(conn, clock, flow(steps))
    for _ in range(10):
        async with database.transaction() as conn:
            centre.world.conn = conn
            one = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
            await one.says("hi", locale="en")
            id_ = one.conversation_id
            await add_tags(conn, id_, ["paid"], actor=SYSTEM, now=clock.now())
            found = "SELECT * FROM events WHERE aggregate_id = :id ORDER BY seq"
            happened = [from_row(row) for row in await conn.execute(text(found), {"id": id_})]

        await asyncio.gather(*(told(database, happened) for _ in range(3)))
        async with database.transaction() as conn:
            said = await conn.execute(
                text("SELECT text FROM messages WHERE conversation_id = :id AND kind = 'message'"
                     " AND author_kind = 'flow' ORDER BY seq"),
                {"id": id_},
            )  # fmt: skip
            assert list(said.scalars()) == ["Thank you.", "Anything else?"]
            assert await waiting(conn) == 0
