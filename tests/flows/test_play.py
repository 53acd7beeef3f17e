"""A flow that is played as it is drawn: the real interpreter, and nothing is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import insert, text

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
