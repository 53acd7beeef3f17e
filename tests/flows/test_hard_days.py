"""Hard days of flows: what people paste and send, editing under way, taking over, crashes at every
step, and a card number one step too early."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_bookings import NAMES as CALENDAR_NAMES
from tests.flows.test_bookings import calendar
from tests.flows.words import ANSWERS, EVERYTHING, flow, texts
from wasl import flows
from wasl.channels import adapter_of
from wasl.channels.contract import Address, InboundMessage
from wasl.conversations import Reply, Said, hooks, lock, send_message
from wasl.conversations.facts import Source
from wasl.conversations.ingest import StoredAttachment, take_message
from wasl.flows import bookings
from wasl.flows.service import put_draft
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.errors import Conflict
from wasl.infra.events import Actor
from wasl.infra.ids import new_id


async def opened(conn: AsyncConnection, clock: TurnedClock) -> FlowCentre:
    await bookings.put_calendar(conn, "visits", calendar(), CALENDAR_NAMES)
    return await open_centre(conn, clock, EVERYTHING)


async def told(centre: FlowCentre) -> list[str]:
    return [said for _, said in await centre.heard()]


async def test_killed_at_every_step_it_goes_on_at_that_very_step(
    database: Database, clock: TurnedClock
) -> None:
    async with database.transaction() as conn:
        plain = await opened(conn, clock)
        for words in ANSWERS:
            await plain.says(words, locale="en")
        expected = (await told(plain), (await plain.run()).status)
        await conn.execute(text("UPDATE bookings SET cancelled_at = booked_at"))
        dying = FlowCentre(plain.world, plain.queue_id, plain.flow_id)
    assert expected[1] == "finished"
    hear = hooks.hear
    for n, words in enumerate(ANSWERS):

        async def dies(conn: AsyncConnection, said: Said) -> None:
            await hear(conn, said)
            raise ConnectionResetError

        async def comes(n: int = n, words: str = words) -> None:
            async with database.transaction() as conn:
                dying.world.conn = conn
                await dying.says(words, locale="en", provider_id=f"k{n}")

        hooks.hear = dies
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                await comes()
        hooks.hear = hear
        await comes()
        await comes()  # the provider was not sure
    async with database.transaction() as conn:
        dying.world.conn = conn
        assert (await told(dying), (await dying.run()).status) == expected
        rows = "SELECT count(*) FROM {}"
        assert await conn.scalar(text(rows.format("ratings"))) == 2
        assert await conn.scalar(text(rows.format("bookings"))) == 2


async def test_a_person_is_there_at_every_step(conn: AsyncConnection, clock: TurnedClock) -> None:
    first = await opened(conn, clock)
    for n in range(1, len(ANSWERS)):
        centre = one_more(first)
        for words in ANSWERS[:n]:
            await centre.says(words, locale="en")
        await centre.says("I want to talk to a person")
        assert (await centre.stands()).state == "queued", ANSWERS[:n]
        assert (await centre.run()).reason == "person"


def one_more(centre: FlowCentre) -> FlowCentre:
    return FlowCentre(centre.world, centre.queue_id, centre.flow_id)


async def test_a_novel_is_no_answer_and_harms_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("It was a dark and stormy night. " * 3_000)
    assert (await told(centre))[-1] == "What is it?"
    await centre.says("1")
    await centre.says("۹" * 100_000)
    assert (await told(centre))[-1] == "How many?"
    size = await centre.world.scalar("SELECT length(state::text) FROM flow_runs")
    assert size < 64 * 1024


async def test_a_picture_to_a_menu_and_a_file_where_one_is_asked_for(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    asks = flow(
        {
            "menu": {"type": "menu", "text": texts("Choose"),
                     "entries": [{"label": texts("Damage"), "next": "photo"}]},
            "photo": {"type": "ask", "accept": "file", "text": texts("A photo?"), "save": "photo",
                      "next": "people", "label": texts("Photo")},
            "people": {"type": "handover"},
        }
    )  # fmt: skip
    centre = await open_centre(conn, clock, asks)
    await centre.says("hi", locale="en")
    await picture(centre, "cat.jpg")
    assert await told(centre) == ["Choose", "Choose"]
    await centre.says("1")
    await centre.says("here you are")
    assert (await told(centre))[-1] == "A photo?"
    await picture(centre, "lid.jpg")
    assert (await told(centre))[-1].endswith("Photo: lid.jpg")
    assert (await centre.stands()).state == "queued"


async def picture(centre: FlowCentre, name: str) -> None:
    """The visitor sends a picture without words."""
    kind, channel_id = "web_chat", centre.world.channel_ids["web_chat"]
    capabilities = adapter_of(kind).capabilities
    await take_message(
        centre.conn,
        Source(channel_id, kind, capabilities, capabilities.identity_kind, centre.visitor, ""),
        InboundMessage(
            provider_id=str(new_id()),
            sender=Address(capabilities.identity_kind, centre.visitor),
            text="",
            proven=True,
        ),
        now=centre.world.clock.now(),
        named=[centre.conversation_id],
        attachments=[StoredAttachment(new_id(), name, "image/jpeg", 4, "", "blob")],
    )


async def test_the_language_may_change_half_way(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("زيارة")  # an entry in another language is the entry
    assert (await told(centre))[-1] == "How many?"
    await centre.says("٣")
    other = one_more(centre)
    await other.says("سلام، پیگیری می‌کنم", locale="en")
    assert (await told(other))[-1] == "چه کاری؟"


async def test_a_card_number_one_step_too_early_stands_nowhere(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await opened(conn, clock)
    await centre.says("hi", locale="en")
    await centre.says("1")
    await centre.says("4111-1111-1111-1111")  # where a number of people is asked for
    await centre.says("3")
    await centre.says("٤١١١١١١١١١١١١١١١")
    rows = await conn.execute(text("SELECT relname FROM pg_stat_user_tables ORDER BY relname"))
    for (table,) in rows.all():
        dump = await centre.world.scalar(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t")
        for digits in ("4111-1111", "41111111", "٤١١١١١١١"):
            assert digits not in (dump or ""), table
    run = await centre.run()
    assert run.state["frames"][0]["step"] == "book"


RUNS = 1_000


async def test_a_flow_is_edited_while_a_thousand_are_inside(
    database: Database, clock: TurnedClock
) -> None:
    async with database.transaction() as conn:
        centre = await opened(conn, clock)
        await centre.says("hi", locale="en")
        await conn.execute(text(_COPIES), {"runs": RUNS - 1})
        row = await centre.world.one("SELECT version FROM flows")
        other = flows.definition_of(flow({"bye": {"type": "end", "text": texts("Gone.")}}))
        now = clock.now()
        await put_draft(conn, centre.flow_id, other, version=row.version, now=now)
        await flows.publish(conn, centre.flow_id, version=row.version + 1, by=None, now=now)
        await centre.says("1")
        assert (await told(centre))[-1] == "How many?"
        found = await flows.statistics(conn, centre.flow_id, 1)
        assert found["running"] == RUNS
        newcomer = one_more(centre)
        await newcomer.says("hi", locale="en")
        assert await told(newcomer) == ["Gone."]


# as many runs of the version as are under way on a busy day
_COPIES = """
INSERT INTO flow_runs (id, version_id, conversation_id, interaction_id, state, started_at)
SELECT gen_random_uuid(), version_id, gen_random_uuid(), gen_random_uuid(), state, started_at
FROM flow_runs, generate_series(1, :runs)
"""

RACES = 1_000
_TAKEN = """
UPDATE assignments SET holder_kind = 'agent', holder_id = :agent, state = 'active'
WHERE interaction_id = :id
"""
_GIVEN = """
UPDATE assignments SET holder_kind = 'flow', holder_id = :run, state = 'created'
WHERE interaction_id = :id
"""


async def test_taking_over_a_thousand_times_never_lets_the_flow_speak_after(
    database: Database, clock: TurnedClock
) -> None:
    """Each time both want the conversation's lock: what the flow says, and who takes over."""
    async with database.transaction() as conn:
        centre = await opened(conn, clock)
        await centre.says("hi", locale="en")
        stands, run, agent = await centre.stands(), await centre.run(), await centre.agent()
    kind, channel_id = "web_chat", centre.world.channel_ids["web_chat"]
    taken, late = False, 0

    async def speaks(n: int) -> bool:
        """Whether it was said, and then before anybody had taken over."""
        nonlocal late
        reply = Reply(
            channel_id=channel_id,
            channel_kind=kind,
            capabilities=adapter_of(kind).capabilities,
            identity_id=None,
            text="Still here?",
            client_id=f"race {n}",
        )
        try:
            async with database.transaction() as conn:
                actor = Actor("flow", run.id)
                await send_message(conn, stands.id, reply, author=actor, now=clock.now())
                assert not taken
        except Conflict:
            late += 1
            return False
        return True

    async def takes() -> None:
        nonlocal taken
        async with database.transaction() as conn:
            await lock(conn, stands.id)
            await conn.execute(text(_TAKEN), {"id": stands.interaction_id, "agent": agent})
            taken = True

    said = 0
    for n in range(RACES):
        taken = False
        if n < 2:  # once each is surely first
            first, second = (speaks(n), takes()) if n == 0 else (takes(), speaks(n))
            said += bool(await first) + bool(await second)
        else:
            both = (speaks(n), takes()) if n % 2 else (takes(), speaks(n))
            said += sum(bool(done) for done in await asyncio.gather(*both))
        async with database.transaction() as conn:
            await conn.execute(text(_GIVEN), {"id": stands.interaction_id, "run": run.id})
    assert said + late == RACES and said and late
    async with database.transaction() as conn:
        counted = "SELECT count(*) FROM messages WHERE client_id LIKE 'race %'"
        assert await conn.scalar(text(counted)) == said
