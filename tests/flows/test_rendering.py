"""How something is said on channels that can show more or less of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.words import flow, texts
from wasl.channels.contract import Capabilities
from wasl.flows.policy import Heard, Rendered, SayThis, ShownCard, begin, read, shown_on
from wasl.flows.policy.rendering import LONGEST_BUTTON, MOST_BUTTONS

BARE = Capabilities(identity_kind="phone")
BUTTONS = replace(BARE, quick_replies=True)
MAIL = replace(BARE, html=True)
CHOICE = SayThis(1, "Hi", ("A", "B"))
RATING = SayThis(1, "How was it?", ("1", "2"), scale=2)
CARD = SayThis(1, "Look:", card=ShownCard(title="Lamp", links=(("Buy", "https://shop.test/1"),)))


def shown(channel: Capabilities, said: SayThis, language: str = "en", link: str = "L") -> Rendered:
    return shown_on(
        channel, said, language=language, rating_link=lambda scale: link and f"{link}{scale}"
    )


@pytest.mark.parametrize(
    ("channel", "said", "language", "link", "expected"),
    [
        (BUTTONS, CHOICE, "fa", "", Rendered("Hi", ("A", "B"))),
        (BARE, CHOICE, "en", "", Rendered("Hi\n1. A\n2. B")),
        (BARE, CHOICE, "fa", "", Rendered("Hi\n۱. A\n۲. B")),
        (BARE, CHOICE, "ar", "", Rendered("Hi\n١. A\n٢. B")),
        (BUTTONS, replace(CHOICE, text=""), "en", "", Rendered("1. A\n2. B")),
        (BUTTONS, RATING, "en", "L", Rendered("How was it?", ("1", "2"))),
        (BARE, RATING, "en", "L", Rendered("How was it?\nL2")),
        (BARE, RATING, "fa", "", Rendered("How was it?\n۱. 1\n۲. 2")),
        (BARE, CARD, "en", "", Rendered("Look:\n\nLamp\n\nBuy: https://shop.test/1")),
        (replace(BARE, max_text_chars=3), CHOICE, "en", "", Rendered("Hi\n")),
    ],
)  # fmt: skip
def test_what_a_channel_shows(
    channel: Capabilities, said: SayThis, language: str, link: str, expected: Rendered
) -> None:
    assert shown(channel, said, language, link) == expected


def test_mail_has_a_card_both_ways() -> None:
    both = shown(MAIL, CARD)
    assert both.text == shown(BARE, CARD).text
    assert '<a href="https://shop.test/1">Buy</a>' in both.html


@given(st.lists(st.text(min_size=1, max_size=90), max_size=12), st.booleans(), st.text(max_size=9))
def test_every_choice_is_shown_once(choices: list[str], buttons: bool, text: str) -> None:
    told = shown(BUTTONS if buttons else BARE, SayThis(1, text, tuple(choices)))
    fit = len(choices) <= MOST_BUTTONS and all(len(one) <= LONGEST_BUTTON for one in choices)
    assert told.buttons in ((), tuple(choices))
    assert bool(told.buttons) == bool(choices and buttons and fit and text)
    assert told.buttons or all(one in told.text for one in choices)


NUMBERS = "{{price}}; {{count}}; A-{{count}}; shop.example/?n={{count}} {{code}} {{yes}}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "89.5; 1200; A-1200; shop.example/?n=1200 20418 true"),
        ("fa", "۸۹٫۵; ۱۲۰۰; A-1200; shop.example/?n=1200 20418 true"),
        ("ar", "٨٩٫٥; ١٢٠٠; A-1200; shop.example/?n=1200 20418 true"),
    ],
)
def test_a_number_is_told_in_the_digits_of_the_language(language: str, said: str) -> None:
    values = {"price": "89.5", "count": "1200", "code": "'20418'", "yes": "1 == 1"}
    steps = {
        "set": {"type": "set", "values": values, "next": "tell"},
        "tell": {"type": "say", "text": texts(NUMBERS), "next": "end"},
        "end": {"type": "end"},
    }
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    moved = begin({"": read(flow(steps))}, Heard("0", "hello"), language=language, now=now)
    assert [o.text for o in moved.outputs if isinstance(o, SayThis)] == [said]
