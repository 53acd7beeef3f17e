"""The demo's assistant: it has no problems and says the right things in three languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wasl.demo.assistant import assistant
from wasl.flows.policy import (
    Finish,
    Found,
    GiveToPeople,
    Heard,
    Moved,
    RateThis,
    SayThis,
    advance,
    begin,
    problems_of,
    read,
)
from wasl.infra.ids import new_id

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
DELIVERIES, RETURNS = new_id(), new_id()
LIBRARY = {"": read(assistant(deliveries=DELIVERIES, returns=RETURNS))}


def understood(moved: Moved, answer: int | None) -> Moved:
    """Goes on with what an engine has made of the last words."""
    found = Found({"answer": answer, "engine": "tfidf"}, of=moved.state.asking)
    return advance(LIBRARY, moved.state, found, NOW)


def test_it_has_no_problems() -> None:
    assert problems_of(LIBRARY) == []


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
    for n, words in enumerate(("3", "A-20533", "The grinder is broken"), 1):
        moved = advance(LIBRARY, moved.state, Heard(str(n), words), NOW)
    end = moved.outputs[-1]
    assert isinstance(end, GiveToPeople) and end.queue == RETURNS
    assert end.summary.splitlines()[1:] == [
        "Matter: Return something",
        "Order number: A-20533",
        "Return: The grinder is broken",
    ]


def test_opening_hours_are_told_and_asked_on() -> None:
    moved = begin(LIBRARY, Heard("0", "opening hours"), language="en", now=NOW)
    said = [o.text for o in moved.outputs if isinstance(o, SayThis)]
    assert said[0].startswith("We are open now") and said[1] == "Is there anything else?"


def test_free_text_is_understood_at_once() -> None:
    moved = begin(LIBRARY, Heard("0", "بسته‌ام نیومده"), language="fa", now=NOW)
    moved = understood(moved, 0)
    (said,) = [o.text for o in moved.outputs if isinstance(o, SayThis)]
    assert said.startswith("شمارهٔ سفارشتان")
