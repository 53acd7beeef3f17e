"""What starts automations besides words: contacts that change, deadlines, tags, ratings, arrivals;
and what their filters and steps may read of each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre
from tests.flows.test_automations import END, automate, everything, queued, tags, tags_of
from tests.flows.words import flow
from wasl import contacts, flows
from wasl.conversations import add_tags, change
from wasl.flows.policy import problems_of, read
from wasl.flows.service import put_draft
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Conflict
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id


def notes(source: str) -> dict[str, Any]:
    """Steps that write down what a step can read."""
    told = dict.fromkeys(("en", "fa", "ar"), "{{" + source + "}}")
    return {"note": {"type": "note", "text": told, "next": "end"}, "end": END}


async def test_a_contact_changes(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    on = {"on": "ContactChanged", "filter": "contains(event.fields, 'city')"}
    await automate(centre, "moved", notes("contact.city + ' ' + event.fields"), on)
    added = {"on": "IdentityAdded", "filter": "conversation.kind == 'web_chat'"}
    await automate(centre, "reached", tags("reached"), added)
    await centre.says("hi", locale="en")
    contact_id, now = (await centre.stands()).contact_id, clock.now()
    await contacts.change(conn, contact_id, {"company": "Naranj"}, actor=SYSTEM, now=now)
    await contacts.change(conn, contact_id, {"city": "Shiraz"}, actor=SYSTEM, now=now)
    await contacts.add_identity(conn, contact_id, "email", "a@x.test", actor=SYSTEM, now=now)
    await everything(centre)
    assert await centre.heard() == [("note", "Shiraz city")]
    assert await tags_of(centre) == ["reached"]


async def test_a_contact_without_a_conversation_starts_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    await automate(centre, "moved", tags("moved"), {"on": "ContactChanged"})
    contact_id = await contacts.add(conn, {"name": "Sara"}, actor=SYSTEM, now=clock.now())
    await contacts.change(conn, contact_id, {"city": "Shiraz"}, actor=SYSTEM, now=clock.now())
    await everything(centre)
    assert await centre.world.scalar("SELECT count(*) FROM flow_runs") == 0


async def test_it_is_heard_in_the_conversation_they_had_last(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await queued(conn, clock)
    await automate(centre, "moved", tags("moved"), {"on": "ContactChanged"})
    await centre.says("hi", locale="en")
    other = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await other.says("hello", locale="en")
    contact_id = (await centre.stands()).contact_id
    both = {"contact": contact_id, "id": other.conversation_id}
    await conn.execute(
        text(
            "UPDATE conversations SET contact_id = :contact,"
            " last_message_at = last_message_at + interval '1 day' WHERE id = :id"
        ),
        both,
    )
    await contacts.change(conn, contact_id, {"city": "Shiraz"}, actor=SYSTEM, now=clock.now())
    await everything(centre)
    assert (await tags_of(centre), await tags_of(other)) == ([], ["moved"])


async def test_a_tag_that_was_added(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    on = {"on": "ConversationTagged", "filter": "contains(event.added, 'refund')"}
    await automate(centre, "refunds", notes("event.added"), on)
    await centre.says("hi", locale="en")
    id_, now = centre.conversation_id, clock.now()
    await add_tags(conn, id_, ["new"], actor=SYSTEM, now=now)
    await add_tags(conn, id_, ["new", "refund", "late"], actor=SYSTEM, now=now)
    await add_tags(conn, id_, ["more"], actor=SYSTEM, now=now)  # the tag is there already
    await everything(centre)
    assert await centre.heard() == [("note", "refund, late")]


@pytest.mark.parametrize(
    ("on", "data", "fits", "misses"),
    [
        ("SlaWarned", {"target": "first_response"}, "event.target == 'first_response'",
         "event.target == 'resolution'"),
        ("SlaBreached", {"target": "resolution", "moved": True}, "event.moved",
         "not event.moved"),
        ("ConversationRated", {"score": 2, "scale": 5}, "event.score * 2 < event.scale",
         "event.score > 3"),
    ],
)  # fmt: skip
async def test_deadlines_and_ratings(
    conn: AsyncConnection,
    clock: TurnedClock,
    on: str,
    data: dict[str, Any],
    fits: str,
    misses: str,
) -> None:
    centre = await queued(conn, clock)
    await automate(centre, "fits", tags("fits"), {"on": on, "filter": fits})
    await automate(centre, "misses", tags("misses"), {"on": on, "filter": misses})
    await centre.says("hi", locale="en")
    id_ = centre.conversation_id
    await change(conn, id_, event=on, actor=SYSTEM, now=clock.now(), data=data)
    await everything(centre)
    assert await tags_of(centre) == ["fits"]


async def test_a_contact_arrives_on_a_page(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    steps = notes("page.title + ': ' + said + ' / ' + contact.name")
    prices = {"on": "arrival", "filter": "contains(page.url, '/prices')"}
    await automate(centre, "prices", steps, prices)
    mails = {"on": "arrival", "filter": "conversation.kind == 'email'"}
    await automate(centre, "mails", tags("mail"), mails)
    page = {"page": {"url": "https://shop.test/prices?x=1", "title": "Prices"}}
    await centre.says("How much?", locale="en", attributes=page)
    seq = await everything(centre)
    assert await centre.heard() == [("note", "Prices: How much? /")]
    await centre.says("And this one?", locale="en", attributes=page)  # it is here already
    await everything(centre, seq)
    assert len(await centre.heard()) == 1
    assert await tags_of(centre) == []


async def test_no_channel_leads_to_an_automation(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await queued(conn, clock)
    now, channel_id = clock.now(), centre.world.channel_ids["web_chat"]
    flow_id = await automate(centre, "tags", tags("x"), {"on": "arrival"})
    with pytest.raises(Conflict, match="flow_is_automation"):
        await flows.lead_channel(conn, channel_id, flow_id)
    await flows.lead_channel(conn, channel_id, centre.flow_id)
    automation = flows.definition_of(flow(tags("x"), trigger={"on": "arrival"}))
    version = await centre.world.scalar("SELECT version FROM flows WHERE key = 'shop'")
    await put_draft(conn, centre.flow_id, automation, version=version, now=now)
    with pytest.raises(Conflict, match="channel_leads_here"):
        await flows.publish(conn, centre.flow_id, version=version + 1, by=new_id(), now=now)


@pytest.mark.parametrize(
    ("source", "code", "warning"),
    [
        ("conversation.colour == 'red'", "fact_unknown", False),
        ("contact.name.first == 'Sara'", "fact_unknown", False),
        ("page.title == 'Prices' and page.size > 3", "fact_unknown", False),
        ("event.colour == 'red'", "fact_unknown", True),
        ("weather == 'red'", "name_unknown", False),
    ],
)
def test_a_filter_reads_what_is_known(source: str, code: str, warning: bool) -> None:
    definition = read(flow(tags("x"), trigger={"on": "arrival", "filter": source}))
    (problem,) = problems_of({"": definition})
    assert (problem.code, problem.warning) == (code, warning)


@pytest.mark.parametrize(
    "source",
    [
        "event.type == 'x' and event.actor == 'contact' and conversation.owed",
        "contains(lower(page.url), 'a') or -conversation.idle_s < 3 or not contact.city",
        "said == 'x' and conversation.tags == ''",
    ],
)
def test_a_filter_that_is_right(source: str) -> None:
    definition = read(flow(tags("x"), trigger={"on": "arrival", "filter": source}))
    assert problems_of({"": definition}) == []
