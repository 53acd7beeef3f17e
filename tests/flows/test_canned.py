"""Canned responses that flows say: as they are at that moment, to whom, and in which language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import open_centre
from tests.flows.test_play import moved, said
from tests.flows.words import flow, texts
from tests.signed_in import signed_in
from wasl import flows
from wasl.conversations.canned import add_canned, change_canned, drop_canned
from wasl.flows import actions_api, api
from wasl.flows.policy import (
    Found,
    Heard,
    RecallThis,
    SayThis,
    advance,
    begin,
    problems_of,
    read,
    told_of,
)
from wasl.flows.service import views
from wasl.infra.clock import TurnedClock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOURS: dict[str, Any] = {
    "short": "hours",
    "title": "Opening hours",
    "text": texts(
        "Hello {{contact}}, we are open till {{till}}. {{agent}}",
        "سلام {{contact}}، تا {{till}} باز هستیم. {{agent}}",
        "مرحبًا {{contact}}، نعمل حتى {{till}}. {{agent}}",
    ),
}


def says(step: dict[str, Any], **more: Any) -> dict[str, Any]:
    return flow(
        {
            "till": {"type": "set", "values": {"till": "18"}, "next": "say"},
            "say": {"type": "say", "template": "hours", "next": "bye", **step},
            "bye": {"type": "end"},
        },
        **more,
    )


GONE = {"text": texts("Open till {{till}}, {{contact}}.")}
CARD = {"card": {"title": texts("Map"), "text": texts("Gate {{till}}")}}


@pytest.mark.parametrize(
    ("step", "language", "record", "text"),
    [
        ({}, "en", {"texts": HOURS["text"], "contact": "Sara"}, "Hello Sara, we are open till 18."),
        ({}, "ar", {"texts": HOURS["text"], "contact": "سارة"}, "مرحبًا سارة، نعمل حتى ١٨."),
        ({}, "fa", {"texts": {"en": "Only {{agent}}", "fa": ""}, "contact": ""}, "Only دستیار"),
        ({}, "en", {"texts": texts("{{contact.name}}{{nobody}}!"), "contact": "Sara"}, "!"),
        (GONE, "en", {"texts": texts("Till six"), "contact": "Sara"}, "Till six"),
        (GONE, "en", None, "Open till 18, ."),  # it is the flow's own text: no names but its own
        (GONE, "en", {"texts": {"en": " "}, "contact": "Sara"}, "Open till 18, ."),
        ({}, "en", None, None),
        (CARD, "en", None, ""),
    ],
)
def test_what_is_said(
    step: dict[str, Any], language: str, record: dict[str, Any] | None, text: str | None
) -> None:
    library = {"": read(says(step))}
    asked = begin(library, Heard("0", "hi"), language=language, now=NOW)
    assert asked.outputs == [RecallThis("hours")]
    told = advance(library, asked.state, Found(record), NOW)
    spoken = [one for one in told.outputs if isinstance(one, SayThis)]
    if text is None:
        assert spoken == []
    else:
        (one,) = spoken
        assert one.text.startswith(text)
        assert (one.card is not None) == ("card" in step)
    assert [(one.step, one.way) for one in asked.trace + told.trace] == [
        ("till", "next"), ("say", "next"), ("bye", "over"),
    ]  # fmt: skip


def test_a_text_is_needed_only_without_it() -> None:
    def codes(step: dict[str, Any]) -> list[str]:
        return [p.code for p in problems_of({"": read(says(step))})]

    assert codes({}) == []
    assert codes({"template": None}) == ["text_missing"] * 3
    assert codes({"text": {"en": "Till six"}}) == ["text_missing"] * 2
    assert told_of({"": read(says({}))}, "", "say", "next").texts["fa"] == "/hours"


async def test_it_is_said_as_it_is_now_and_its_text_when_it_is_gone(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    response = await add_canned(conn, HOURS)
    centre = await open_centre(conn, clock, says({"text": texts("Till six, as ever.")}))
    await centre.says("hi", locale="en", name="Sara")
    assert [text for _, text in await centre.heard()] == ["Hello Sara, we are open till 18. Helper"]

    changed = {**HOURS, "text": {**HOURS["text"], "en": "Closed today, {{contact}}."}}
    await change_canned(conn, response["id"], changed)
    await centre.says("again", locale="en")
    assert [text for _, text in await centre.heard()][-1] == "Closed today, Sara."

    await drop_canned(conn, response["id"])
    await centre.says("and now?", locale="en")
    assert [text for _, text in await centre.heard()][-1] == "Till six, as ever."
    (shown,) = await views(conn)
    assert shown["errors"] == 1


async def test_a_flow_names_one_that_is_there(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, api.router) as (database, clients):
        who = clients["supervisor"]
        asked = {"definition": says({"text": GONE["text"]})}
        wrong = (await who.post("/flows/problems", json=asked)).json()["items"]
        assert [(p["step"], p["code"], p["warning"], p["params"]) for p in wrong][-1:] == [
            ("say", "template_missing", False, {"name": "hours"})
        ]
        async with database.transaction() as conn:
            await add_canned(conn, HOURS)
        fine = (await who.post("/flows/problems", json={"definition": says({})})).json()
        assert fine["items"] == []
        played = await moved(who, clock, definition=says(CARD), language="ar", text="x")
        assert said(played) == ["مرحبًا ، نعمل حتى ١٨. المساعد"]
        assert played["outputs"][0] == {"does": "look_up", "template": "hours"}
        assert played["outputs"][1]["card"]["text"] == "Gate ١٨"


async def test_which_flows_say_it(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, actions_api.router) as (database, clients):
        async with database.transaction() as conn:
            for key, short in (("one", "hours"), ("two", "hours"), ("three", "thanks")):
                drawn = flows.definition_of(says({"template": short}))
                await flows.add_flow(conn, key, drawn, now=clock.now())
            plain = flows.definition_of(says({"template": None, "text": texts("Hi")}))
            await flows.add_flow(conn, "plain", plain, now=clock.now())
        shown = (await clients["supervisor"].get("/flows/canned-responses")).json()["items"]
        assert [(one["short"], [by["key"] for by in one["flows"]]) for one in shown] == [
            ("hours", ["one", "two"]), ("thanks", ["three"]),
        ]  # fmt: skip
        assert shown[0]["flows"][0]["names"]["fa"] == "دستیار"
        assert (await clients["agent"].get("/flows/canned-responses")).status_code == 403
