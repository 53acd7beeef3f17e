"""A number among words, and what is said when it is out of range."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.words import flow, texts
from wasl.flows.policy import (
    Finish,
    GiveToPeople,
    Heard,
    Moved,
    SayThis,
    advance,
    begin,
    read,
)
from wasl.flows.policy.counting import NUMBER_WORDS, number_meant

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
_phrases = st.sampled_from(sorted(NUMBER_WORDS))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("5 parcels", 5),
        ("I need five, please.", 5),
        ("پنج", 5),
        ("خمسة", 5),
        ("۵تا", 5),
        ("پنج\u200cتا می\u200cخواهم", 5),
        ("٥ طرود", 5),
        ("5 of the five", 5),
        ("twenty-five boxes", 25),
        ("بیست و پنج تا", 25),
        ("خمسة وعشرون طردًا", 25),
        ("خمسة عشر", 15),
        ("إحدى عشرة", 11),
        ("one hundred", 100),
        ("zero", 0),
        ("about 1,200 kg", 1200),
        ("۱۲٫۵ کیلو", 12.5),
        ("-5", -5),
        ("50%", 50),
    ],
)
def test_the_one_number_of_a_short_text(said: str, number: float) -> None:
    assert number_meant(said) == number


@pytest.mark.parametrize(
    "said",
    [
        *("5 or 6", "12-14", "5:30", "5/7", "twenty, five", "ده و بیست", "پنج و بیست", "5,6"),
        *("five and a half", "پنج و نیم", "خمسة ونصف", "minus 5", "- 5", "منفی پنج", "not 5"),
        *("5k", "50 هزار", "two hundred", "five thousand", "خمسة آلاف"),
        *("A17", "1e5", "12abc5", "a5@example.com", "•••• 1234", "²"),
        *("one moment", "یک لحظه", "لحظة واحدة", "is it 5?", "none", "", "5 " + "word " * 12),
    ],
)
def test_what_is_not_one_number(said: str) -> None:
    assert number_meant(said) is None


@given(_phrases, st.sampled_from(["", "parcels", "تا لطفاً", "من فضلك"]))
def test_every_number_word_is_read_with_words_behind(phrase: str, behind: str) -> None:
    assert number_meant(f"{phrase} {behind}") == NUMBER_WORDS[phrase]


@given(_phrases, _phrases)
def test_two_different_numbers_are_refused(one: str, other: str) -> None:
    same = NUMBER_WORDS[one] == NUMBER_WORDS[other]
    assert number_meant(f"{one} / {other}") == (NUMBER_WORDS[one] if same else None)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_figures_are_themselves(number: int) -> None:
    assert number_meant(str(number)) == number_meant(f"{number} parcels") == number
    assert number_meant(f"{number} parcels or {number + 1}") is None


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    number_meant(text)


def _answered(said: str, *, language: str = "en", **step: Any) -> Moved:
    ask = {"type": "ask", "text": texts("How many?", "چند تا؟", "كم؟"), "save": "n", "next": "end",
           "accept": "number", **step}  # fmt: skip
    library = {"": read(flow({"ask": ask, "end": {"type": "end"}}))}
    begun = begin(library, Heard("0", "hello"), language=language, now=NOW)
    return advance(library, begun.state, Heard("1", said), NOW)


def _said(moved: Moved) -> list[str]:
    return [o.text for o in moved.outputs if isinstance(o, SayThis)]


@pytest.mark.parametrize(
    ("language", "bounds", "sentence"),
    [
        ("en", {"least": 1, "most": 10}, "Please write a number between 1 and 10."),
        ("fa", {"least": 1, "most": 10}, "لطفاً عددی بین ۱ و ۱۰ بنویسید."),
        ("ar", {"least": 1, "most": 10}, "اكتب من فضلك عددًا بين ١ و١٠."),
        ("en", {"least": 18}, "Please write a number that is 18 or more."),
        ("fa", {"most": 2.5}, "لطفاً عددی بنویسید که ۲٫۵ یا کمتر باشد."),
        ("ar", {"least": 18}, "اكتب من فضلك عددًا لا يقل عن ١٨."),
        ("en", {}, "How many?"),
    ],
)
@pytest.mark.parametrize("said", ["-7 parcels", "many"])
def test_a_number_that_does_not_fit_is_told_which_do(
    language: str, bounds: dict[str, float], sentence: str, said: str
) -> None:
    if said != "many" and not bounds.get("least"):
        said = "1 or 2"  # without a least, -7 fits
    assert _said(_answered(said, language=language, **bounds)) == [sentence]


def test_the_author_s_own_sentence_stands() -> None:
    own = texts("One to ten!", "یک تا ده!", "من واحد إلى عشرة!")
    assert _said(_answered("11", least=1, most=10, again=own)) == ["One to ten!"]


def test_words_around_a_number_that_fits_go_on() -> None:
    moved = _answered("five parcels", least=1, most=10)
    assert moved.state.waiting == "over" and _said(moved) == []


def test_one_person_is_a_number_where_one_is_asked_for() -> None:
    asked = _answered("یک نفر", language="fa")
    assert asked.outputs == [Finish()]
    wished = _answered("با یک نفر", language="fa")
    assert isinstance(wished.outputs[-1], GiveToPeople) and wished.outputs[-1].reason == "person"
    too_few = _answered("یک نفر", language="fa", least=2)
    assert isinstance(too_few.outputs[-1], GiveToPeople)
