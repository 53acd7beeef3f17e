"""A flow that is played as it is drawn: the real interpreter, and nothing is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import insert, text

from tests.conversations.conftest import make_world
from tests.flows.words import SHOP, flow, texts
from tests.signed_in import signed_in
from wasl.contacts.tables import contacts, identities, orders
from wasl.flows.api import router
from wasl.infra.clock import TurnedClock
from wasl.infra.ids import new_id


async def moved(who: httpx.AsyncClient, clock: TurnedClock, **more: Any) -> Any:
    body = {"definition": SHOP, "language": "fa", "now": clock.now().isoformat(), **more}
    answer = await who.post("/flows/play", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(shown: Any) -> list[str]:
    return [one["text"] for one in shown["outputs"] if one["does"] == "say"]


async def test_a_play_from_the_first_words_to_the_end(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        contact_id = new_id()
        async with database.transaction() as conn:
            await conn.execute(insert(contacts).values(id=contact_id, name="Sara"))
            await conn.execute(
                insert(identities).values(
                    id=new_id(),
                    contact_id=contact_id,
                    kind="email",
                    value="sara@mail.example",
                    display="sara@mail.example",
                    verified=True,
                )
            )
            await conn.execute(
                insert(orders).values(
                    id=new_id(),
                    contact_id=contact_id,
                    code="A-1",
                    status="packed",
                    items=[{"name": "Cup"}],
                    total_minor=1200,
                    currency="EUR",
                    placed_at=clock.now(),
                )
            )
        who = clients["supervisor"]
        one = await moved(who, clock, text="سلام")
        assert said(one) == ["چه کمکی از من برمی‌آید؟"]
        assert one["outputs"][0]["choices"] == ["سفارش من", "پرداخت با کارت", "خداحافظ"]
        assert (one["waiting"], one["language"]) == ("answer", "fa")
        two = await moved(who, clock, state=one["state"], text="۱")
        assert [t["way"] for t in two["trace"]] == ["entry_1", "asked"]
        three = await moved(who, clock, state=two["state"], text="A-1")
        four = await moved(who, clock, state=three["state"], text="sara@mail.example")
        assert said(four)[0] == "A-1 is packed."
        assert four["values"]["order"]["items"] == "Cup"
        assert four["state"]["frames"][0]["step"] == "menu"
        other = await moved(who, clock, state=three["state"], text="other@mail.example")
        assert "There is no such order." in said(other)
        silent = await moved(who, clock, state=four["state"], given="silence")
        assert silent["waiting"] == "over"
        assert datetime.fromisoformat(silent["now"]) == clock.now() + timedelta(seconds=600)
        assert silent["outputs"][-1] == {"does": "finish"}
        async with database.transaction() as conn:
            for table in ("flows", "flow_runs", "messages", "events", "audit_log"):
                assert await conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_the_contact_is_the_chosen_one_or_nobody(fresh_dsn: str, clock: TurnedClock) -> None:
    hello = flow(
        {
            "who": {
                "type": "lookup",
                "what": "contact",
                "save": "me",
                "found": "hi",
                "missing": "hi",
            },
            "hi": {"type": "say", "text": texts("Hello {{me.name}}"), "next": "people"},
            "people": {"type": "handover", "priority": 2},
        }
    )
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        contact_id = new_id()
        async with database.transaction() as conn:
            await conn.execute(insert(contacts).values(id=contact_id, name="Sara"))
        who = clients["administrator"]
        known = await moved(
            who, clock, definition=hello, language="en", contact_id=str(contact_id), text="x"
        )
        assert said(known) == ["Hello Sara"]
        given = known["outputs"][-1]
        assert (given["does"], given["reason"], given["priority"]) == ("give", "step", 2)
        nobody = await moved(who, clock, definition=hello, language="en", text="x")
        assert said(nobody) == ["Hello"]
        missing = await who.post(
            "/flows/play",
            json={
                "definition": hello,
                "language": "en",
                "now": clock.now().isoformat(),
                "contact_id": str(new_id()),
            },
        )
        assert missing.status_code == 404


async def test_a_state_that_is_none_is_refused(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["supervisor"]
        good = (await moved(who, clock, text="x"))["state"]
        for bad in (
            {},
            {"frames": []},
            good | {"frames": []},
            good | {"started_at": "2026-01-01T00:00:00"},
            good | {"moment": "9999-12-31T23:59:59Z"},
            good | {"waiting": "forever"},
            good | {"frames": good["frames"] * 30},
        ):
            body = {"definition": SHOP, "language": "fa", "now": clock.now().isoformat()}
            answer = await who.post("/flows/play", json={**body, "state": bad})
            assert (answer.status_code, answer.json()["code"]) == (422, "play_unreadable")
        lost = good | {"frames": [{"flow": "", "step": "gone", "values": {}}]}
        stuck = await moved(who, clock, state=lost, text="x")
        assert stuck["outputs"][-1]["reason"] == "broken"
        late = {"definition": SHOP, "language": "fa", "now": "9999-12-31T00:00:00Z"}
        assert (await who.post("/flows/play", json=late)).status_code == 422
        agent = await clients["agent"].post("/flows/play", json=late)
        assert agent.status_code == 403


REMINDS = flow(
    {
        "wait": {
            "type": "wait",
            "event": "ConversationTagged",
            "filter": "contains(event.added, 'vip')",
            "within_s": 600,
            "heard": "tell",
            "next": "tell",
            "late": "tell",
        },
        "tell": {
            "type": "note",
            "text": texts(
                "{{event.type}} {{event.added}} {{conversation.priority}} {{contact.city}}"
            ),
            "next": "rest",
        },
        "rest": {"type": "wait", "seconds": 60, "next": "end"},
        "end": {"type": "end"},
    },
    trigger={
        "on": "ConversationQueued",
        "filter": "conversation.priority > 1 and contact.city == 'Yazd'",
        "after_s": 120,
    },
)


async def test_an_automation_waits_for_an_event_and_for_a_while(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        contact_id = new_id()
        async with database.transaction() as conn:
            await conn.execute(insert(contacts).values(id=contact_id, name="Sara", city="Yazd"))
        who = clients["supervisor"]
        play = {"definition": REMINDS, "language": "en", "given": "event"}
        queued = {**play, "on": "ConversationQueued", "facts": {"conversation.priority": 2}}

        for unfit in ({"facts": {"conversation.priority": 0}}, {}, {"on": "SlaWarned"}):
            shown = await moved(who, clock, **{**queued, **unfit})
            assert (shown["state"], shown["changed"], shown["outputs"]) == (None, False, [])
        begun = await moved(who, clock, **queued, contact_id=str(contact_id))
        assert [(one["step"], one["way"]) for one in begun["trace"]] == [("wait", "waits")]
        assert (begun["waiting"], begun["event"]) == ("moment", "ConversationTagged")
        at = datetime.fromisoformat(begun["now"])
        assert at == clock.now() + timedelta(seconds=120)  # later, as the trigger says
        assert datetime.fromisoformat(begun["moment"]) == at + timedelta(seconds=600)

        onward = {**play, "state": begun["state"], "now": begun["now"]}
        tagged = {**onward, "on": "ConversationTagged"}
        for unfit in ({"facts": {"event.added": "new"}}, {}, {"on": "SlaWarned"}):
            shown = await moved(who, clock, **{**tagged, **unfit})
            assert not shown["changed"] and shown["state"] == begun["state"]
        said = await moved(who, clock, **{**onward, "given": "words", "text": "hello?"})
        assert not said["changed"] and said["state"] == begun["state"]  # it does not hear contacts
        came = await moved(who, clock, **tagged, facts={"event.added": "new, vip"})
        assert came["changed"] and came["event"] is None
        assert came["outputs"][0] == {"does": "note", "text": "ConversationTagged new, vip 2 Yazd"}
        assert came["values"]["event"]["actor"] == "agent"
        late = await moved(who, clock, **{**onward, "given": "silence"})
        assert [(one["step"], one["way"]) for one in late["trace"]][:1] == [("wait", "late")]
        assert datetime.fromisoformat(late["now"]) == at + timedelta(seconds=600)
        over = await moved(who, clock, **{**onward, "given": "silence", "state": came["state"]})
        assert datetime.fromisoformat(over["now"]) == at + timedelta(seconds=60)
        assert over["outputs"] == [{"does": "finish"}]
        async with database.transaction() as conn:
            for table in ("flow_runs", "flow_waits", "timers", "messages", "events"):
                assert await conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_a_dialogue_hears_of_an_event_and_arrivals_have_a_page(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    waits: dict[str, Any] = {
        "hold": {"type": "wait", "event": "SlaWarned", "heard": "menu", "next": "sorry"},
        "menu": {"type": "say", "text": texts("Yes?"), "next": "hold"},
        "sorry": {"type": "handover", "text": texts("Sorry: {{event.target}}.")},
    }
    arrives = flow(
        {"tag": {"type": "note", "text": texts("{{page.url}} {{event.type}}"), "next": "end"},
         "end": {"type": "end"}},
        trigger={"on": "arrival", "filter": "contains(page.url, '/cart')"},
    )  # fmt: skip
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["administrator"]
        one = await moved(who, clock, definition=flow(waits), language="en", text="hi")
        assert (one["waiting"], one["event"]) == ("moment", "SlaWarned")
        two = await moved(
            who, clock, definition=flow(waits), language="en", state=one["state"], text="well?"
        )
        assert said(two) == ["Yes?"]
        warned = {"given": "event", "on": "SlaWarned", "facts": {"event.target": "first_reply"}}
        three = await moved(
            who, clock, definition=flow(waits), language="en", state=two["state"], **warned
        )
        assert said(three) == ["Sorry: first_reply."]
        assert three["values"] == {} and three["waiting"] == "over"

        page = {"facts": {"page.url": "https://shop.example/cart"}}
        arrival = {"definition": arrives, "language": "en", "given": "event", "on": "arrival"}
        came = await moved(who, clock, **arrival, **page)
        assert came["outputs"][0]["text"] == "https://shop.example/cart ConversationOpened"
        assert not (await moved(who, clock, **arrival))["changed"]


async def test_what_nobody_can_know_of_an_event_is_refused(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["supervisor"]
        body = {"definition": REMINDS, "language": "en", "now": clock.now().isoformat()}
        event = {**body, "given": "event", "on": "ConversationQueued"}
        for bad, code in (
            ({"facts": {"conversation.colour": "red"}}, "play_unreadable"),
            ({"facts": {"event.added": "x"}}, "play_unreadable"),  # of other events
            ({"facts": {"said": "x"}}, "play_unreadable"),
            ({"on": None}, "play_unreadable"),
            ({"on": "Christmas"}, "request_invalid"),
            ({"facts": {"event.type": ["x"]}}, "request_invalid"),
            ({"facts": {"contact.city": "x" * 1001}}, "request_invalid"),
            ({"facts": {f"contact.x{n}": 1 for n in range(41)}}, "request_invalid"),
        ):
            answer = await who.post("/flows/play", json={**event, **bad})
            assert answer.status_code == 422, bad
            assert answer.json()["code"] == code, bad


async def test_on_a_channel_it_comes_as_that_shows_it(fresh_dsn: str, clock: TurnedClock) -> None:
    rates = flow(
        {
            "show": {"type": "say", "text": texts("Look:"), "next": "rate",
                     "card": {"title": texts("Lamp"), "links": [
                         {"label": texts("Buy"), "url": "https://shop.test/1"}]}},
            "rate": {"type": "rate", "text": texts("How was it?"), "next": "bye"},
            "bye": {"type": "end"},
        }
    )  # fmt: skip
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            here = (await make_world(conn, clock)).channel_ids
        who = clients["supervisor"]
        mail = {"channel_id": str(here["email"])}
        chat = {"channel_id": str(here["web_chat"])}

        menu = (await moved(who, clock, text="سلام", **mail))["outputs"][0]
        assert menu["shown"] == {
            "text": "چه کمکی از من برمی‌آید؟\n۱. سفارش من\n۲. پرداخت با کارت\n۳. خداحافظ",
            "choices": [],
            "card": None,
        }
        assert menu["choices"] == ["سفارش من", "پرداخت با کارت", "خداحافظ"]  # for a phone's keys
        buttons = (await moved(who, clock, text="سلام", **chat))["outputs"][0]["shown"]
        assert buttons["choices"] == menu["choices"]
        assert "shown" not in (await moved(who, clock, text="سلام"))["outputs"][0]

        card, rating = (await moved(who, clock, definition=rates, text="x", **mail))["outputs"]
        assert (card["shown"]["text"], card["shown"]["card"]["title"]) == ("Look:", "Lamp")
        assert rating["shown"]["text"].splitlines()[0] == "How was it?"
        assert rating["shown"]["text"].splitlines()[1] == "\u2066https://…/r/…\u2069"
        assert rating["shown"]["choices"] == []
        card, rating = (await moved(who, clock, definition=rates, text="x", **chat))["outputs"]
        assert card["shown"] == {
            "text": "Look:\n\nLamp\n\nBuy: https://shop.test/1", "choices": [], "card": None,
        }  # fmt: skip
        assert rating["shown"]["choices"] == ["۱", "۲", "۳", "۴", "۵"]

        body = {"definition": SHOP, "language": "fa", "now": clock.now().isoformat()}
        gone = await who.post("/flows/play", json={**body, "channel_id": str(new_id())})
        assert (gone.status_code, gone.json()["code"]) == (404, "channel_not_found")


async def test_a_filter_and_a_number_are_read_as_on_the_channel(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    tells = flow(
        {"tell": {"type": "note", "text": texts("{{conversation.channel}}"), "next": "end"},
         "end": {"type": "end"}},
        trigger={"on": "ConversationQueued", "filter": "conversation.kind == 'email'"},
    )  # fmt: skip
    calls = flow(
        {
            "call": {"type": "callback", "text": texts("Your number?"),
                     "refused": "bye", "failed": "bye"},
            "bye": {"type": "end", "text": texts("Bye")},
        }
    )  # fmt: skip
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            here = (await make_world(conn, clock)).channel_ids
        who = clients["supervisor"]
        queued = {"definition": tells, "given": "event", "on": "ConversationQueued"}
        chat = await moved(who, clock, **queued, channel_id=str(here["web_chat"]))
        assert not chat["changed"]
        mail = await moved(who, clock, **queued, channel_id=str(here["email"]))
        assert mail["outputs"][0]["text"] == str(here["email"])
        told = {"facts": {"conversation.kind": "email"}}  # what is told goes first
        told_so = await moved(who, clock, **queued, **told, channel_id=str(here["web_chat"]))
        assert told_so["changed"]

        asked = (await moved(who, clock, definition=calls, text="x"))["state"]
        answer = {"definition": calls, "state": asked, "text": "0912 345 6789"}
        anywhere = await moved(who, clock, **answer)
        assert [one["way"] for one in anywhere["trace"]] == ["acts", "taken"]
        chat = await moved(who, clock, **answer, channel_id=str(here["web_chat"]))
        assert [one["way"] for one in chat["trace"]] == ["acts", "again"]  # of which country?
