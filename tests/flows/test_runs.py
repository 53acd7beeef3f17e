"""Runs on a real database: what contacts, agents and the clock do to one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.words import flow, texts
from wasl import flows
from wasl.conversations import Said, hooks
from wasl.flows.service import put_draft, views
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.errors import Conflict
from wasl.infra.events import Event, from_row
from wasl.routing import By, flow_holding, pick, set_status


async def test_the_menu_greets_in_the_visitors_language(centre: FlowCentre) -> None:
    await centre.says("سلام", locale="fa-IR")
    assert await centre.heard() == [("message", "چه کمکی از من برمی‌آید؟")]
    row = await centre.world.one(
        "SELECT quick_replies, attributes, author_kind, state FROM messages"
        " WHERE conversation_id = :id AND direction = 'out'",
        id=centre.conversation_id,
    )
    assert row.quick_replies == ["سفارش من", "پرداخت با کارت", "خداحافظ"]
    assert row.attributes == {"sender": "دستیار"} and row.state == "sent"
    stands = await centre.stands()
    assert (stands.state, stands.queue_id, stands.assignee_id) == ("created", None, None)
    assert stands.unread == 1  # nobody has read it


async def test_a_channel_without_buttons_reads_numbers(centre: FlowCentre) -> None:
    await flows.lead_channel(centre.conn, centre.world.channel_ids["email"], centre.flow_id)
    taken = await centre.world.take("email", "sara@example.com", "hello", locale="ar")
    assert taken.conversation_id is not None
    centre.conversation_id = taken.conversation_id
    assert await centre.heard() == [
        ("message", "كيف أساعدك؟\n١. طلبي\n٢. الدفع بالبطاقة\n٣. وداعًا")
    ]


async def test_an_order_is_shown_to_whom_it_belongs(centre: FlowCentre) -> None:
    await centre.order("A-20418", "sara@example.com")
    for words in ("hi", "«۱»", "a-۲۰۴۱۸", "no address", "Sara@Example.com"):
        await centre.says(words, locale="en")
    assert [said for _, said in await centre.heard()] == [
        "How can I help?",
        "Your order number?",
        "Your e-mail address?",
        "That is no e-mail address.",
        "A-20418 is shipped.",
        "How can I help?",
    ]


async def test_a_stranger_sees_no_order_and_meets_a_person(centre: FlowCentre) -> None:
    await centre.order("A-20418", "sara@example.com")
    for words in ("hi", "1", "A-20418", "other@example.com"):
        await centre.says(words, locale="en")
    kinds = await centre.heard()
    assert kinds[-3:] == [
        ("message", "There is no such order."),
        ("message", "A colleague will go on."),
        (
            "note",
            "The assistant handed over.\nMatter: My order\nOrder: A-20418\n"
            "Your e-mail address: other@example.com",
        ),
    ]
    stands = await centre.stands()
    assert (stands.state, stands.queue_id, stands.priority) == ("queued", centre.queue_id, 2)
    assert stands.due_at is not None
    run = await centre.run()
    assert (run.status, run.state) == ("handed_over", None)
    count = len(kinds)
    await centre.says("are you there?")
    assert len(await centre.heard()) == count


@pytest.mark.parametrize("wish", ["I want to talk to a person!", "با یک نفر حرف بزنم", "موظّف"])
async def test_a_person_is_there_whenever_asked_for(centre: FlowCentre, wish: str) -> None:
    await centre.says("hi", locale="en")
    await centre.says("my order")
    await centre.says(wish)
    assert (await centre.stands()).state == "queued"
    run = await centre.run()
    assert (run.status, run.reason) == ("handed_over", "person")


async def test_the_end_resolves_and_the_next_words_begin_anew(centre: FlowCentre) -> None:
    await centre.says("hi", locale="en")
    await centre.says("goodbye")
    stands = await centre.stands()
    assert (stands.status, stands.state) == ("resolved", "completed")
    await centre.says("hello again", named=(centre.conversation_id,))
    assert [said for _, said in await centre.heard()] == [
        "How can I help?",
        "Goodbye!",
        "How can I help?",
    ]
    assert (await centre.stands()).status == "open"


async def test_the_same_message_twice_moves_once(centre: FlowCentre) -> None:
    await centre.says("hi", locale="en", provider_id="1")
    await centre.says("1", provider_id="2")
    await centre.says("1", provider_id="2")
    assert [said for _, said in await centre.heard()] == ["How can I help?", "Your order number?"]


async def test_silence_goes_on_at_its_moment_and_not_before(
    centre: FlowCentre, clock: TurnedClock
) -> None:
    await centre.says("hi", locale="en")
    due = await centre.world.scalar("SELECT due_at FROM timers WHERE kind = 'flows.moment'")
    assert due == clock.now() + timedelta(seconds=600)
    clock.turn(599)
    await centre.timer_fires()
    assert len(await centre.heard()) == 1
    clock.turn(1)
    await centre.timer_fires()
    assert (await centre.heard())[-1] == ("message", "Goodbye!")
    assert (await centre.stands()).status == "resolved"
    assert await centre.world.scalar("SELECT count(*) FROM timers WHERE kind = 'flows.moment'") == 0


async def test_an_agent_takes_over_and_the_run_is_silent(
    centre: FlowCentre, clock: TurnedClock
) -> None:
    await centre.says("hi", locale="en")
    user_id = await centre.agent()
    await centre.picks(user_id)
    before = await centre.heard()
    await centre.says("1")
    assert await centre.heard() == before
    assert (await centre.stands()).assignee_id == user_id
    await flows.follow(centre.conn, await _events(centre.conn))
    assert (await centre.run()).status == "taken_over"
    clock.turn(3600)
    await centre.timer_fires()
    assert await centre.heard() == before
    assert await centre.world.scalar("SELECT count(*) FROM timers WHERE kind = 'flows.moment'") == 0


async def test_a_supervisor_resolves_what_a_flow_holds(centre: FlowCentre) -> None:
    await centre.says("hi", locale="en")
    by = By(await centre.agent(), manages=True)
    now = centre.world.clock.now()
    await set_status(centre.conn, centre.conversation_id, "resolved", by=by, now=now)
    stands = await centre.stands()
    assert (stands.status, stands.assignee_id) == ("resolved", None)
    await centre.timer_fires()
    assert (await centre.run()).status == "taken_over"
    assert len(await centre.heard()) == 1
    await centre.says("hello", named=(centre.conversation_id,))
    assert len(await centre.heard()) == 2


async def _events(conn: AsyncConnection) -> list[Event]:
    rows = await conn.execute(text("SELECT * FROM events ORDER BY seq"))
    return [from_row(row) for row in rows]


async def test_a_card_number_stands_nowhere(centre: FlowCentre) -> None:
    card = "4111 1111 1111 1111"
    await centre.says(card, locale="en")  # before anything is asked
    await centre.says("2")
    await centre.says("۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱")
    tables = await centre.conn.execute(
        text("SELECT relname FROM pg_stat_user_tables ORDER BY relname")
    )
    for (table,) in tables.all():
        dump = await centre.world.scalar(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t")
        for digits in ("4111 1111", "41111111", "۴۱۱۱۱۱۱۱"):
            assert digits not in (dump or ""), table
    assert (await centre.heard())[-1][1].endswith("Your card number: •••• 1111")


async def test_what_breaks_is_given_to_people(conn: AsyncConnection, clock: TurnedClock) -> None:
    broken = flow(
        {
            "sum": {"type": "set", "values": {"x": "1 / 0"}, "next": "bye"},
            "bye": {"type": "end"},
        }
    )
    centre = await open_centre(conn, clock, broken)
    await centre.says("hi", locale="en")
    assert (await centre.stands()).state == "queued"
    run = await centre.run()
    assert (run.status, run.reason) == ("handed_over", "divided_by_zero")


async def test_a_run_that_fails_keeps_the_message_and_people_go_on(centre: FlowCentre) -> None:
    await centre.says("hi", locale="en")
    await centre.conn.execute(text("UPDATE flow_runs SET state = '{}'"))  # nobody can read it
    await centre.says("1")
    stands = await centre.stands()
    assert (stands.state, stands.seq) == ("queued", 3)
    assert (await centre.run()).status == "failed"


async def test_a_version_that_cannot_be_read_any_more_goes_to_people(centre: FlowCentre) -> None:
    old = '{"": {"schema": "wasl.flow/0"}}'
    await centre.conn.execute(
        text("UPDATE flow_versions SET library = CAST(:old AS jsonb)"), {"old": old}
    )
    await centre.says("hi", locale="en")
    assert (await centre.stands()).state == "queued"
    assert (await centre.run()).status == "failed"


async def test_a_crash_at_any_step_leaves_nothing_and_says_nothing_twice(
    database: Database, clock: TurnedClock
) -> None:
    """The server dies after the run has moved and before the commit; the message comes again."""
    async with database.transaction() as conn:
        centre = await open_centre(conn, clock)
        await centre.order("A-1", "sara@example.com")
    told = hooks.hear
    words = ["hi", "1", "A-1", "sara@example.com", "3"]
    for n, said in enumerate(words):

        async def dies(conn: AsyncConnection, heard: Said) -> None:
            await told(conn, heard)
            raise ConnectionResetError

        async def comes(n: int = n, said: str = said) -> None:
            async with database.transaction() as conn:
                centre.world.conn = conn
                await centre.says(said, locale="en", provider_id=str(n))

        hooks.hear = dies
        with pytest.raises(ConnectionResetError):
            await comes()
        hooks.hear = told
        await comes()
    async with database.transaction() as conn:
        centre.world.conn = conn
        assert [said for _, said in await centre.heard()] == [
            "How can I help?",
            "Your order number?",
            "Your e-mail address?",
            "A-1 is shipped.",
            "How can I help?",
            "Goodbye!",
        ]


RACES = 60


async def test_taking_over_races_the_run(database: Database, clock: TurnedClock) -> None:
    """Whoever is first: after the agent has it, the run says nothing more."""
    async with database.transaction() as conn:
        centre = await open_centre(conn, clock)
        user_id = await centre.agent()
        await conn.execute(text("UPDATE agents SET capacity = '{\"web_chat\": 1000}'"))
    silent = 0
    for n in range(RACES):
        one = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
        async with database.transaction() as conn:
            one.world.conn = conn
            await one.says("hi", locale="en")

        async def writes(one: FlowCentre = one, n: int = n) -> None:
            async with database.transaction() as conn:
                world = type(one.world)(conn, clock, one.world.channel_ids)
                await world.take("web_chat", one.visitor, "1", proven=True, provider_id=f"r{n}")

        async def takes(one: FlowCentre = one) -> None:
            async with database.transaction() as conn:
                await pick(conn, one.conversation_id, by=By(user_id), now=clock.now())

        if n == 0:  # once the flow is surely first
            await writes()
            await takes()
        else:
            await asyncio.gather(*((writes(), takes()) if n % 2 else (takes(), writes())))
        async with database.transaction() as conn:
            one.world.conn = conn
            rows = await conn.execute(
                text(
                    "SELECT author_kind, kind, activity->>'code' AS code FROM messages"
                    " WHERE conversation_id = :id ORDER BY seq"
                ),
                {"id": one.conversation_id},
            )
            told = [(row.author_kind, row.kind, row.code) for row in rows]
            taken = told.index(("agent", "activity", "assigned"))
            assert not [who for who, _, _ in told[taken:] if who == "flow"]
            silent += ("contact", "message", None) in told[taken:]
            stands = await one.stands()
            assert stands.assignee_id == user_id
            assert await flow_holding(conn, stands.interaction_id) is None
    assert silent < RACES


async def test_a_new_version_leaves_runs_where_they_are(
    centre: FlowCentre, clock: TurnedClock
) -> None:
    await centre.says("hi", locale="en")
    other = flow({"bye": {"type": "end", "text": texts("We are gone.")}})
    row = await centre.world.one("SELECT version FROM flows")
    await put_draft(
        centre.conn, centre.flow_id, flows.definition_of(other), version=row.version,
        now=clock.now(),
    )  # fmt: skip
    with pytest.raises(Conflict, match="flow_changed"):
        await flows.publish(
            centre.conn, centre.flow_id, version=row.version, by=None, now=clock.now()
        )
    number = await flows.publish(
        centre.conn, centre.flow_id, version=row.version + 1, by=None, now=clock.now()
    )
    assert number == 2
    await centre.says("1")
    assert (await centre.heard())[-1][1] == "Your order number?"
    newcomer = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await newcomer.says("hi", locale="en")
    assert await newcomer.heard() == [("message", "We are gone.")]


async def test_a_list_tells_of_all_versions_and_of_the_live_one(
    centre: FlowCentre, clock: TurnedClock
) -> None:
    for words in (["hi", "3"], ["hi", "1", "human"]):
        one = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
        for said in words:
            await one.says(said, locale="en")
    before = {"runs": 2, "ended": 2, "contained": 1}
    (row,) = await views(centre.conn)
    assert (row["live"], row["totals"]) == (before, before)
    await flows.publish(
        centre.conn, centre.flow_id, version=row["version"], by=None, now=clock.now()
    )
    (row,) = await views(centre.conn)
    assert (row["live"], row["totals"]) == ({"runs": 0, "ended": 0, "contained": 0}, before)
    await FlowCentre(centre.world, centre.queue_id, centre.flow_id).says("hi", locale="en")
    (row,) = await views(centre.conn)
    assert row["live"] == {"runs": 1, "ended": 0, "contained": 0}
    assert row["totals"] == {"runs": 3, "ended": 2, "contained": 1}


async def test_statistics_say_where_people_left(centre: FlowCentre, clock: TurnedClock) -> None:
    for words in (["hi", "3"], ["hi", "1", "human"], ["hi"]):
        one = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
        for said in words:
            await one.says(said, locale="en")
    found = await flows.statistics(centre.conn, centre.flow_id, 1)
    assert (found["runs"], found["finished"], found["handed_over"], found["running"]) == (
        3,
        1,
        1,
        1,
    )
    assert found["asked_for_person"] == 1
    by_step = {one["step"]: one for one in found["steps"]}
    assert by_step["menu"]["runs"] == 3
    assert (by_step["number"]["runs"], by_step["number"]["handed_over"]) == (1, 1)
