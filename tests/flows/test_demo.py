"""The demo's assistant: it has no problems and says the right things in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wasl.demo.assistant import PARTS, PRODUCT_FIELDS, assistant, catalogue
from wasl.flows.policy import (
    Finish,
    Found,
    GiveToPeople,
    Heard,
    LookThisUp,
    Moved,
    MoveOrder,
    RateThis,
    SayThis,
    WriteContact,
    advance,
    begin,
    problems_of,
    read,
)
from wasl.infra.ids import new_id

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
DELIVERIES, RETURNS = new_id(), new_id()
RUN = {key: read(drawn) for key, drawn in PARTS.items()}
LIBRARY = {"": read(assistant(deliveries=DELIVERIES, returns=RETURNS)), **RUN}


def understood(moved: Moved, answer: int | None) -> Moved:
    """Goes on with what an engine has made of the last words."""
    found = Found({"answer": answer, "engine": "tfidf"}, of=moved.state.asking)
    return advance(LIBRARY, moved.state, found, NOW)


@pytest.mark.parametrize("key", LIBRARY)
def test_it_has_no_problems(key: str) -> None:
    assert [p for p in problems_of({**RUN, "": LIBRARY[key]}) if not p.warning] == []


def test_nothing_but_a_photo_is_unfit_for_the_phone() -> None:
    warned = [(problem.step, problem.code) for problem in problems_of(LIBRARY)]
    assert warned == [("return_photo", "not_for_voice")]


@pytest.mark.parametrize(
    ("language", "first", "proof", "last"),
    [
        ("fa", "سفارشم کجاست؟", "sara@example.com", "نه ممنون"),
        ("ar", "اين طلبي", "٠٠٤٤٢٠٧٩٤٦٠١٠١", "لا"),
        ("en", "order status", "sara@example.com", "no"),
    ],
)
def test_an_order_and_goodbye(language: str, first: str, proof: str, last: str) -> None:
    moved = begin(LIBRARY, Heard("0", first), language=language, now=NOW)
    moved = advance(LIBRARY, moved.state, Heard("1", "A-20418"), NOW)
    moved = advance(LIBRARY, moved.state, Heard("2", proof), NOW)
    order = {"code": "A-20418", "status": "out_for_delivery", "items": "Lamp"}
    moved = advance(LIBRARY, moved.state, Found(order), NOW)
    told, asked = moved.outputs
    assert isinstance(told, SayThis) and "A-20418 (Lamp)" in told.text
    assert isinstance(asked, SayThis) and len(asked.choices) == 6
    moved = advance(LIBRARY, moved.state, Heard("3", last), NOW)
    assert isinstance(moved.outputs[-1], SayThis) and moved.outputs[-1].scale == 5
    moved = advance(LIBRARY, moved.state, Heard("4", "5"), NOW)
    assert moved.outputs[0] == RateThis(5, 5)
    moved = advance(LIBRARY, moved.state, Heard("5", "no"), NOW)
    assert isinstance(moved.outputs[-1], Finish)


def test_a_return_goes_to_its_queue_with_what_was_told() -> None:
    moved = begin(LIBRARY, Heard("0", "hello"), language="en", now=NOW)
    moved = understood(moved, None)
    for n, words in enumerate(("3", "A-20533", "It does not fit"), 1):
        moved = advance(LIBRARY, moved.state, Heard(str(n), words), NOW)
    end = moved.outputs[-1]
    assert isinstance(end, GiveToPeople) and end.queue == RETURNS
    assert end.summary.splitlines()[1:] == [
        "Matter: Return something",
        "Order number: A-20533",
        "Reason: It does not fit",
    ]


def said_by(moved: Moved) -> list[SayThis]:
    return [output for output in moved.outputs if isinstance(output, SayThis)]


def played(language: str, words: list[str], found: dict[str, Mapping[str, Any]]) -> Moved:
    """The dialogue up to the last of the words; a record is one of those `found`."""
    moved = begin(LIBRARY, Heard("0", words[0]), language=language, now=NOW)
    for n, said in enumerate(words[1:], 1):
        moved = advance(LIBRARY, moved.state, Heard(str(n), said), NOW)
        while isinstance(asked := moved.outputs[-1], LookThisUp):
            moved = advance(LIBRARY, moved.state, Found(found.get(asked.number)), NOW)
    return moved


@pytest.mark.parametrize(
    ("language", "words", "product"),
    [
        ("en", ["help me choose", "a gift", "100"], "“Mah” table lamp"),
        ("fa", ["هدیه", "برای خودم", "۶۰"], "قوری «ستاره»"),
        ("ar", ["هدية", "1", "٢٥"], "شمعتان «شب»"),
    ],
)
def test_what_it_suggests_is_in_the_catalogue(
    language: str, words: list[str], product: str
) -> None:
    suggested, asked = said_by(played(language, words, catalogue()))
    assert suggested.card is not None and suggested.card.title == product
    assert len(asked.choices) == 4


def test_what_nothing_suits_goes_to_a_person() -> None:
    moved = played("en", ["help me choose", "a gift", "5"], catalogue())
    assert isinstance(moved.outputs[-1], GiveToPeople)


def test_a_company_is_a_lead() -> None:
    words = ["help me choose", "for a company", "prices", "Sara", "Bazaar", "s@bazaar.ir", "80"]
    moved = played("en", words, {})
    assert isinstance(moved.outputs[-1], WriteContact)
    moved = advance(LIBRARY, moved.state, Found({}), NOW)
    end = moved.outputs[-1]
    assert isinstance(end, GiveToPeople) and end.priority == 2
    assert "Users: 80" in end.summary.splitlines()


def test_an_order_that_is_being_prepared_can_be_cancelled() -> None:
    order = {"code": "A-20418", "status": "paid", "items": "Lamp"}
    words = ["order", "A-20418", "sara@example.com", "cancel it", "yes"]
    moved = played("en", words, {"A-20418": order})
    (change,) = moved.outputs
    assert isinstance(change, MoveOrder)
    assert (change.number, change.proof, change.to) == ("A-20418", "sara@example.com", "cancelled")
    told, _ = said_by(advance(LIBRARY, moved.state, Found({}), NOW))
    assert told.text == "A-20418 is cancelled."


def test_a_catalogue_has_every_field_of_every_product() -> None:
    assert {frozenset(values) for values in catalogue().values()} == {frozenset(PRODUCT_FIELDS)}
    assert all(all(values.values()) for values in catalogue().values())


def test_who_comes_when_it_is_closed_leaves_a_question() -> None:
    sunday = NOW - timedelta(days=1)
    moved = begin(LIBRARY, Heard("0", "opening hours"), language="en", now=sunday)
    for n, words in enumerate(("yes", "Sara", "s@bazaar.ir", "Do you ship to Tabriz?"), 1):
        moved = advance(LIBRARY, moved.state, Heard(str(n), words), sunday)
    end = moved.outputs[-1]
    assert isinstance(end, GiveToPeople)
    assert "Question: Do you ship to Tabriz?" in end.summary.splitlines()


def test_opening_hours_are_told_and_asked_on() -> None:
    moved = begin(LIBRARY, Heard("0", "opening hours"), language="en", now=NOW)
    said = [o.text for o in moved.outputs if isinstance(o, SayThis)]
    assert said[0].startswith("We are open now") and said[1] == "Is there anything else?"


def test_free_text_is_understood_at_once() -> None:
    moved = begin(LIBRARY, Heard("0", "بسته‌ام نیومده"), language="fa", now=NOW)
    moved = understood(moved, 0)
    (said,) = [o.text for o in moved.outputs if isinstance(o, SayThis)]
    assert said.startswith("شمارهٔ سفارشتان")
