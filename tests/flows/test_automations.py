"""Automations on a real database: what starts them, what they do, and that they never go round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_ratings import follow
from tests.flows.words import flow, texts
from wasl import flows, routing
from wasl.conversations import add_tags
from wasl.flows import arming, automation_runs, automations
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import SYSTEM
from wasl.infra.timers import fire_until

END = {"type": "end"}


def tags(tag: str) -> dict[str, Any]:
    return {"tag": {"type": "tag", "tags": [tag], "next": "end"}, "end": END}


async def automate(
    centre: FlowCentre, key: str, steps: dict[str, Any], trigger: dict[str, Any]
) -> UUID:
    """Publishes an automation."""
    conn, now = centre.conn, centre.world.clock.now()
    definition = flows.definition_of(flow(steps, trigger=trigger))
    flow_id = await flows.add_flow(conn, key, definition, now=now)
    await flows.publish(conn, flow_id, version=1, by=None, now=now)
    return flow_id


async def queued(conn: AsyncConnection, clock: TurnedClock) -> FlowCentre:
    """A centre whose chat leads to people."""
    centre = await open_centre(conn, clock)
    await flows.lead_channel(conn, centre.world.channel_ids["web_chat"], None)
    return centre


async def tags_of(centre: FlowCentre) -> list[str]:
    return list((await centre.stands()).tags)


async def runs(centre: FlowCentre) -> list[Any]:
    rows = await centre.conn.execute(
        text("SELECT status, reason, chain FROM flow_runs WHERE NOT holds ORDER BY id")
    )
    return [tuple(row) for row in rows]


async def everything(centre: FlowCentre, since: int = 0) -> int:
    """The subscriber takes all that happened since, until nothing more does; where it stands."""
    seq = since
    for _ in range(20):
        newest = await follow(centre.conn, seq)
        if newest == seq:
            return seq
        seq = newest
    pytest.fail("it never ends")


async def time_passes(centre: FlowCentre, by_s: float) -> None:
    clock = centre.world.clock
    clock.turn(by_s)
    own = {**automations.timer_handlers(), **flows.timer_handlers()}
    await fire_until(centre.conn, {**routing.timer_handlers(), **own}, clock.now())


async def test_an_event_starts_what_its_filter_is_true_of(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    opened = {"on": "ConversationOpened"}
    chats = {**opened, "filter": "conversation.kind == 'web_chat' and conversation.owed"}
    await automate(centre, "chats", tags("chat"), chats)
    await automate(centre, "mails", tags("mail"), {**opened, "filter": "conversation.kind == 'x'"})
    await automate(centre, "broken", tags("broken"), {**opened, "filter": "1 / 0 == 1"})
    named = {**opened, "filter": "contact.name == ''"}
    await automate(centre, "nameless", tags("nameless"), named)
    await centre.says("hi", locale="en")
    await everything(centre)
    assert await tags_of(centre) == ["chat", "nameless"]
    assert await runs(centre) == [
        ("finished", "", ["chats"]),
        ("finished", "", ["nameless"]),
    ]
    caused = await centre.world.one(
        "SELECT e.depth, e.data, c.type FROM events e JOIN events c ON c.id = e.cause"
        " WHERE e.type = 'ConversationTagged' ORDER BY e.seq LIMIT 1"
    )
    assert (caused.depth, caused.data["chain"]) == (1, ["chats"])
    assert caused.type == "ConversationOpened"


async def test_a_keyword_in_any_spelling(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    await automate(
        centre, "refunds", tags("refund"), {"on": "keyword", "filter": "contains(said, 'مرجوعی')"}
    )
    await centre.says("سلام")
    await everything(centre)
    assert await tags_of(centre) == []
    await centre.says("مرجوعي می‌خواهم")
    await everything(centre)
    assert await tags_of(centre) == ["refund"]


async def test_no_answer_for_ten_minutes(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    told = {
        "say": {"type": "say", "text": texts("You are not forgotten."), "next": "up"},
        "up": {"type": "assign", "queue": str(centre.queue_id)},
    }
    late = {"on": "ConversationOpened", "after_s": 600, "filter": "conversation.owed"}
    await automate(centre, "late", told, late)
    await centre.says("hi", locale="en")
    await everything(centre)
    await time_passes(centre, 599)
    assert await centre.heard() == []
    await time_passes(centre, 2)
    assert await centre.heard() == [("message", "You are not forgotten.")]
    assert (await centre.stands()).queue_id == centre.queue_id
    assert await runs(centre) == [("handed_over", "step", ["late"])]


async def test_what_was_answered_meanwhile_starts_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    late = {"on": "ConversationOpened", "after_s": 600, "filter": "conversation.agent == null"}
    await automate(centre, "late", tags("late"), late)
    await centre.says("hi")
    await everything(centre)
    await centre.picks(await centre.agent())
    await time_passes(centre, 601)
    assert (await tags_of(centre), await runs(centre)) == ([], [])


async def test_an_automation_is_silent_while_an_agent_serves(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    says = {"say": {"type": "say", "text": texts("Hello!"), "next": "end"}, "end": END}
    await automate(centre, "hello", says, {"on": "ConversationAssigned"})
    await centre.says("hi")
    await centre.picks(await centre.agent())
    await everything(centre)
    assert await centre.heard() == []
    assert await runs(centre) == [("failed", "error", ["hello"])]


async def test_two_that_start_each_other_are_stopped_and_shown(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)

    def marks(tag: str) -> dict[str, Any]:
        note = {"type": "note", "text": texts(tag), "next": "end"}
        return {"tag": {"type": "tag", "tags": [tag], "next": "note"}, "note": note, "end": END}

    ping = await automate(centre, "ping", marks("a"), {"on": "NoteAdded"})
    await automate(centre, "pong", marks("b"), {"on": "ConversationTagged"})
    await centre.says("hi")
    now = clock.now()
    await add_tags(conn, centre.conversation_id, ["start"], actor=SYSTEM, now=now)
    await everything(centre)
    found = await runs(centre)
    assert ("stopped", "loop", ["pong", "ping", "pong"]) in found
    assert len(found) < 20
    shown = await automation_runs.runs_of(conn, ping)
    assert {one["status"] for one in shown} <= {"finished", "stopped"}


async def test_a_chain_grows_no_longer_than_five(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    for n in range(8):
        has = f"contains(conversation.tags, 't{n}') and not contains(conversation.tags, 't{n + 1}')"
        on = {"on": "ConversationTagged", "filter": has}
        await automate(centre, f"step_{n}", tags(f"t{n + 1}"), on)
    await centre.says("hi")
    await add_tags(conn, centre.conversation_id, ["t0"], actor=SYSTEM, now=clock.now())
    await everything(centre)
    assert await tags_of(centre) == ["t0", "t1", "t2", "t3", "t4", "t5"]
    assert (await runs(centre))[-1][:2] == ("stopped", "loop")


async def test_a_schedule_looks_at_what_is_open(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    await centre.says("hi")
    steps = {"done": {"type": "status", "to": "resolved", "next": "end"}, "end": END}
    idle = {"on": "schedule", "after_s": 3600, "filter": "conversation.idle_s > 5000"}
    flow_id = await automate(centre, "idle", steps, idle)
    await time_passes(centre, 3601)
    assert (await centre.stands()).status == "open"
    await time_passes(centre, 3601)
    assert (await centre.stands()).status == "resolved"
    await arming.set_active(conn, flow_id, False, now=clock.now())
    left = "SELECT count(*) FROM timers WHERE kind = 'flows.schedule'"
    assert await centre.world.scalar(left) == 0
    with pytest.raises(NotFound):
        await arming.set_active(conn, centre.flow_id, False, now=clock.now())


async def test_it_waits_parks_and_changes_the_contact(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    steps = {
        "city": {"type": "contact", "values": {"city": "'شیراز'", "locale": "conversation.locale"},
                 "next": "wait", "failed": "end"},
        "wait": {"type": "wait", "seconds": 60, "next": "park"},
        "park": {"type": "status", "to": "pending", "next": "back"},
        "back": {"type": "wait", "seconds": 60, "next": "open"},
        "open": {"type": "status", "to": "open", "next": "end"},
        "end": END,
    }  # fmt: skip
    await automate(centre, "waits", steps, {"on": "ConversationOpened"})
    await centre.says("hi", locale="fa")
    await everything(centre)
    city = "SELECT city FROM contacts ORDER BY created_at DESC LIMIT 1"
    assert await centre.world.scalar(city) == "شیراز"
    await time_passes(centre, 61)
    assert (await centre.stands()).status == "pending"
    await time_passes(centre, 61)
    stands = await centre.stands()
    assert (stands.status, stands.state) == ("open", "queued")


async def test_what_happened_before_it_was_published_starts_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    await centre.says("hi")
    clock.turn(timedelta(days=1).total_seconds())
    await automate(centre, "new", tags("new"), {"on": "ConversationOpened"})
    await everything(centre)
    assert await runs(centre) == []


async def test_a_failed_run_is_shown_and_runs_once_more(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    steps = {
        "count": {"type": "set", "values": {"n": "10 / conversation.priority"}, "next": "tag"},
        **tags("counted"),
    }
    filters = {"on": "keyword", "filter": "said == 'hi' and conversation.status == 'open'"}
    flow_id = await automate(centre, "counts", steps, filters)
    await conn.execute(text("UPDATE conversations SET priority = 0"))
    await centre.says("hi", locale="en")
    await conn.execute(text("UPDATE conversations SET priority = 0"))
    await everything(centre)
    (run,) = await automation_runs.runs_of(conn, flow_id)
    assert (run["status"], run["reason"], run["step"]) == ("failed", "divided_by_zero", "count")
    assert (run["started_by"], run["version"]) == ("keyword", 1)
    assert run["conversation"]["id"] == centre.conversation_id
    now = clock.now()
    await conn.execute(text("UPDATE conversations SET priority = 2"))
    await automation_runs.retry(conn, flow_id, run["id"], now=now)
    assert await tags_of(centre) == ["counted"]
    with pytest.raises(Conflict, match="run_not_failed"):
        await automation_runs.retry(conn, flow_id, run["id"], now=now)
    with pytest.raises(NotFound):
        await automation_runs.retry(conn, centre.flow_id, run["id"], now=now)
    assert await automation_runs.counts_of(conn, flow_id) == {"failed": 1, "finished": 1}
    assert len(await automation_runs.runs_of(conn, flow_id, status="failed")) == 1
    newest, _ = await automation_runs.runs_of(conn, flow_id)
    older = await automation_runs.runs_of(conn, flow_id, before=newest["id"])
    assert [one["id"] for one in older] == [run["id"]]


async def test_a_failed_run_whose_reason_is_gone_does_not_run_again(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    steps = {"set": {"type": "set", "values": {"n": "1 / 0"}, "next": "end"}, "end": END}
    trigger = {"on": "ConversationOpened", "filter": "conversation.status == 'open'"}
    flow_id = await automate(centre, "fails", steps, trigger)
    await centre.says("hi", locale="en")
    await everything(centre)
    (run,) = await automation_runs.runs_of(conn, flow_id)
    await arming.set_active(conn, flow_id, False, now=clock.now())
    with pytest.raises(Conflict, match="run_unfit"):
        await automation_runs.retry(conn, flow_id, run["id"], now=clock.now())
