"""Menus that understand what is neither a name nor a number, and answers that are found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_play import moved, said
from tests.flows.words import SHOP, flow, texts
from tests.signed_in import signed_in
from wasl.flows import answered, outside
from wasl.flows.api import router
from wasl.flows.meanings import Meanings
from wasl.flows.outside import KnownAnswer
from wasl.flows.policy import (
    Found,
    GiveToPeople,
    Heard,
    Moved,
    Problem,
    SayThis,
    UnderstandThis,
    advance,
    begin,
    problems_of,
    read,
)
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.errors import Unavailable
from wasl.understanding import Answers, Off, Understood

ORDER = {
    "en": ["where is my parcel", "my order is late", "track it", "has it been sent"],
    "fa": ["بسته‌ام کجاست", "سفارشم دیر شده", "پیگیری کنید", "فرستاده شد؟"],
    "ar": ["أين الطرد", "طلبي متأخر", "تتبعوه", "هل أرسل؟"],
}
ANSWERS: list[dict[str, Any]] = [
    {
        "questions": {"en": ["do you ship abroad"], "fa": ["خارج هم می‌فرستید"], "ar": ["للخارج؟"]},
        "text": texts("We do.", "بله.", "نعم."),
    },
    {
        "questions": {"en": ["is it oak"], "fa": ["جنسش بلوط است"], "ar": ["هل هو بلوط"]},
        "text": texts("It is oak.", "بلوط است.", "من البلوط."),
    },
]


def menu(**more: Any) -> dict[str, Any]:
    return flow(
        {
            "menu": {
                "type": "menu",
                "text": texts("What is it about?", "دربارهٔ چیست؟", "عن ماذا؟"),
                "again": texts("Once more, please.", "یک بار دیگر.", "مرة أخرى."),
                "label": texts("Matter", "موضوع", "الموضوع"),
                "entries": [
                    {"label": texts("My order", "سفارش من", "طلبي"), "next": "order",
                     "examples": ORDER},
                    {"label": texts("A gift", "هدیه", "هدية"), "next": "gift", "offered": False},
                    {"label": texts("Goodbye", "خداحافظ", "وداعًا"), "next": "bye"},
                ],
                **more,
            },
            "order": {"type": "ask", "text": texts("Its number?"), "save": "n", "next": "bye"},
            "gift": {"type": "end", "text": texts("A voucher?")},
            "other": {"type": "handover", "text": texts("A colleague knows.")},
            "bye": {"type": "end", "text": texts("Bye.")},
        }
    )  # fmt: skip


FIND = flow(
    {
        "find": {"type": "find", "answers": ANSWERS, "save": "answer",
                 "found": "tell", "missing": "none"},
        "tell": {"type": "end", "text": texts("{{answer}}", "{{answer}}", "{{answer}}")},
        "none": {"type": "handover"},
    }
)  # fmt: skip


class Played:
    """A run of the pure interpreter."""

    def __init__(self, definition: dict[str, Any], first: str, clock: TurnedClock) -> None:
        self.library = {"": read(definition)}
        self.now = clock.now()
        self.n = 0
        self.last = begin(self.library, Heard("0", first), language="en", now=self.now)

    def says(self, words: str) -> Moved:
        self.n += 1
        return self.take(Heard(str(self.n), words))

    def means(self, answer: int | None, **more: Any) -> Moved:
        told = {"answer": answer, "confidence": 0.7, "engine": "tfidf", "model": "", **more}
        return self.take(Found(told, of=self.asked.n))

    def take(self, what: Heard | Found) -> Moved:
        self.last = advance(self.library, self.last.state, what, self.now)
        return self.last

    @property
    def asked(self) -> UnderstandThis:
        (found,) = [o for o in self.last.outputs if isinstance(o, UnderstandThis)]
        return found

    @property
    def said(self) -> list[str]:
        return [o.text for o in self.last.outputs if isinstance(o, SayThis)]


# ── the policy ───────────────────────────────────────────────────────────────────────────────


def test_first_words_may_say_what_it_is_about(clock: TurnedClock) -> None:
    run = Played(menu(), "my parcel is nowhere", clock)
    assert run.said == [] and run.asked.text == "my parcel is nowhere"
    assert run.asked.answers[0][:3] == ["My order", "سفارش من", "طلبي"]
    assert set(ORDER["fa"]) < set(run.asked.answers[0])
    assert run.asked.answers[2] == ["Goodbye", "خداحافظ", "وداعًا"]
    run.means(0)
    assert run.said == ["Its number?"]
    assert run.last.state.collected == {"/menu": "My order"}
    (taken, _) = run.last.trace
    assert taken.way == "entry_1"
    assert taken.detail == {"engine": "tfidf", "model": "", "confidence": 0.7}


def test_a_greeting_is_asked_what_it_is_about(clock: TurnedClock) -> None:
    run = Played(menu(unsure="other"), "hello", clock)
    run.means(None)
    assert run.said == ["What is it about?"]
    (shown,) = [o for o in run.last.outputs if isinstance(o, SayThis)]
    assert shown.choices == ("My order", "Goodbye")  # the gift is only understood


def test_what_is_none_of_it_goes_where_it_is_led(clock: TurnedClock) -> None:
    run = Played(menu(unsure="other"), "my order", clock)
    assert run.said == ["Its number?"]  # a name needs no engine
    run = Played(menu(unsure="other"), "hello", clock)
    run.means(None)
    run.says("sell me a horse")
    run.means(None)
    assert run.said == ["A colleague knows."]
    taken = run.last.trace[0]
    assert taken.way == "unsure" and taken.detail is not None


def test_by_default_it_is_asked_again_and_then_a_person_goes_on(clock: TurnedClock) -> None:
    run = Played(menu(retries=1), "hello", clock)
    run.means(None)
    run.says("hm")
    run.means(None)
    assert run.said == ["Once more, please."]
    run.says("hm hm")
    run.take(Found(None, of=run.asked.n))  # no engine could tell
    (given,) = [o for o in run.last.outputs if isinstance(o, GiveToPeople)]
    assert given.reason == "not_understood"


def test_a_person_who_is_asked_for_meanwhile_is_there(clock: TurnedClock) -> None:
    run = Played(menu(), "my parcel is nowhere", clock)
    n = run.asked.n
    run.says("I want to talk to a person")
    assert any(isinstance(o, GiveToPeople) for o in run.last.outputs)
    assert run.take(Found({"answer": 0}, of=n)).outputs == []  # too late


def test_a_button_that_is_pressed_meanwhile_counts(clock: TurnedClock) -> None:
    run = Played(menu(), "my parcel is nowhere", clock)
    n = run.asked.n
    run.says("Goodbye")
    assert run.said == ["Bye."]
    assert run.take(Found({"answer": 0}, of=n)).outputs == []


def test_numbers_are_those_of_what_is_offered(clock: TurnedClock) -> None:
    run = Played(menu(), "hello", clock)
    run.means(None)
    assert run.says("۲").outputs and run.said == ["Bye."]
    run = Played(menu(), "hello", clock)
    run.means(None)
    run.says("a gift")
    assert run.said == ["A voucher?"]


def test_a_picture_alone_is_not_understood(clock: TurnedClock) -> None:
    run = Played(menu(), "hello", clock)
    run.means(None)
    assert run.says("").outputs and run.said == ["Once more, please."]


def test_an_answer_is_found_in_the_language_of_the_run(clock: TurnedClock) -> None:
    run = Played(FIND, "is this oak?", clock)
    assert run.asked.answers[1] == ["is it oak", "جنسش بلوط است", "هل هو بلوط"]
    run.means(1)
    assert run.said == ["It is oak."]
    run = Played(FIND, "who are you", clock)
    run.means(None)
    assert any(isinstance(o, GiveToPeople) for o in run.last.outputs)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.text(max_size=20), st.none(), st.integers(0, 2)), max_size=12))
def test_whatever_comes_it_asks_one_thing_at_a_time_and_ends(inputs: list[Any]) -> None:
    run = Played(menu(unsure="menu"), "hi", TurnedClock(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    for one in inputs:
        state = run.last.state
        if isinstance(one, str):
            run.says(one)
        else:
            told = {"answer": one, "engine": "tfidf"}
            run.take(Found(told, of=state.asking))
        asked = [o for o in run.last.outputs if isinstance(o, UnderstandThis)]
        assert len(asked) <= 1
        if asked:
            assert run.last.state.waiting == "look_up" and run.last.state.asking == asked[0].n
        if state.waiting == "over":
            assert run.last.outputs == []


# ── what is wrong with examples ──────────────────────────────────────────────────────────────


def codes(definition: dict[str, Any]) -> list[tuple[str, bool]]:
    found: list[Problem] = problems_of({"": read(definition)})
    return [(p.code, p.warning) for p in found if p.step in ("menu", "find")]


def entries(**examples: list[str]) -> dict[str, Any]:
    return menu(
        unsure="other",
        entries=[
            {"label": texts("My order", "سفارش من", "طلبي"), "next": "order", "examples": examples},
            {"label": texts("A gift", "هدیه", "هدية"), "next": "gift"},
        ],
    )


def test_examples_are_looked_over() -> None:
    four = ["a b", "c d", "e f", "g h"]
    full = {"en": four, "fa": ["یک دو", "سه", "چهار", "پنج"], "ar": ["اثنان", "ستة", "سبع", "ثمان"]}
    assert codes(entries(**full)) == []
    assert codes(entries(**{**full, "fa": ["یک"]})) == [("examples_few", True)]
    assert codes(entries(**{**full, "ar": []})) == [("examples_missing", True)]
    assert codes(entries(**{**full, "en": [*four, "A  GIFT!"]})) == [("examples_twice", False)]
    assert codes(entries(**{**full, "en": four * 12, "fa": four * 12})) == []
    many = entries(**full)
    many["steps"]["menu"]["entries"][1:] = [
        {
            "label": texts(f"Thing {n}", f"چیز {n}", f"شيء {n}"),
            "next": "gift",
            "examples": {
                language: [f"{word} {n} {k}" for k in range(50)]
                for language, word in (("en", "thing"), ("fa", "چیز"), ("ar", "شيء"))
            },
        }
        for n in range(6)
    ]
    assert ("examples_many", False) in codes(many)


def test_an_entry_that_nobody_can_reach_is_told() -> None:
    entry = {"label": texts("A gift"), "next": "gift", "offered": False}
    assert ("entry_unreachable", True) in codes(menu(entries=[entry], unsure="other"))


def test_questions_of_answers_are_looked_over() -> None:
    assert codes(FIND) == []
    doubled = [*ANSWERS, {**ANSWERS[0], "questions": {"en": ["Is it oak?"]}}]
    wrong = flow({**FIND["steps"], "find": {**FIND["steps"]["find"], "answers": doubled}})
    assert set(codes(wrong)) == {("examples_missing", False), ("examples_twice", False)}


# ── with the database ────────────────────────────────────────────────────────────────────────


class Knowing:
    """An engine that knows some sentences, and what it was asked."""

    def __init__(self, **known: int) -> None:
        self.known = known
        self.asked: list[str] = []

    async def understand(self, text: str, answers: Answers) -> Understood:
        self.asked.append(text)
        if text == "broken":
            raise Unavailable("understanding_failed")
        return Understood(self.known.get(text), 0.61, "embeddings", "4711")

    async def close(self) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Knowing]:
    knowing = Knowing(parcel=0)
    outside.understanding = knowing
    yield knowing
    outside.understanding = Off()


class Place:
    """A centre whose menu understands, and the worker that does it."""

    def __init__(self, database: Database, clock: TurnedClock) -> None:
        self.database = database
        self.clock = clock
        self.worker = Meanings(database, clock, answered)
        self.centre: FlowCentre

    async def open(self, definition: dict[str, Any]) -> None:
        async with self.database.transaction() as conn:
            self.centre = await open_centre(conn, self.clock, definition)

    async def says(self, words: str) -> None:
        async with self.database.transaction() as conn:
            self.centre.world.conn = conn
            await self.centre.says(words, locale="en")

    async def last(self) -> tuple[str, str]:
        async with self.database.transaction() as conn:
            self.centre.world.conn = conn
            said = [text for kind, text in await self.centre.heard() if kind == "message"]
            return (said or [""])[-1], (await self.centre.run()).status

    async def rows(self, query: str) -> list[Any]:
        async with self.database.transaction() as conn:
            return list((await conn.execute(text(query))).all())


@pytest.fixture
async def place(database: Database, clock: TurnedClock, engine: Knowing) -> Place:
    place = Place(database, clock)
    await place.open(menu(unsure="other"))
    return place


async def test_a_sentence_is_understood_beside_the_transaction(place: Place) -> None:
    await place.says("parcel")
    assert await place.last() == ("", "running")
    assert await place.worker.ask_due() == 1
    assert await place.last() == ("Its number?", "running")
    (row,) = await place.rows("SELECT kind, way, detail FROM flow_run_steps WHERE detail NOTNULL")
    assert tuple(row) == (
        "menu",
        "entry_1",
        {"engine": "embeddings", "model": "4711", "confidence": 0.61},
    )
    assert await place.rows("SELECT 1 FROM flow_requests") == []


async def test_a_worker_that_dies_leaves_it_to_the_next_one(
    place: Place, database: Database, clock: TurnedClock, engine: Knowing
) -> None:
    await place.says("parcel")

    async def dies(*_: Any) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await Meanings(database, clock, dies).ask_due()
    assert await place.worker.ask_due() == 0  # it is claimed still
    clock.turn(61)
    assert await place.worker.ask_due() == 1
    assert await place.last() == ("Its number?", "running")
    assert engine.asked.count("parcel") == 2


async def test_an_engine_that_fails_costs_no_conversation(place: Place) -> None:
    await place.says("broken")
    await place.worker.ask_due()
    assert await place.last() == ("What is it about?", "running")
    await place.says("broken")
    await place.worker.ask_due()
    assert await place.last() == ("A colleague knows.", "handed_over")


async def test_an_agent_who_takes_it_meanwhile_is_not_spoken_over(place: Place) -> None:
    await place.says("parcel")
    async with place.database.transaction() as conn:
        place.centre.world.conn = conn
        await place.centre.picks(await place.centre.agent())
    await place.worker.ask_due()
    assert await place.last() == ("", "taken_over")


async def test_what_is_published_is_learned_before_anybody_writes(
    place: Place, engine: Knowing, clock: TurnedClock
) -> None:
    await place.worker.ask_due()
    assert engine.asked == ["?"]
    await place.worker.ask_due()
    assert engine.asked == ["?"]


async def test_flows_without_examples_ask_no_engine(
    database: Database, clock: TurnedClock, engine: Knowing
) -> None:
    place = Place(database, clock)
    await place.open(SHOP)
    await place.says("parcel")
    await place.worker.ask_due()
    assert engine.asked == []


class Shelf:
    """Knows one answer that stands in no flow."""

    name = "shelf"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def find(self, question: str, language: str) -> KnownAnswer | None:
        self.asked.append((question, language))
        if question == "broken shelf":
            raise Unavailable("understanding_failed")
        known = question == "opening hours"
        return KnownAnswer("From nine to six.", "/help/hours", 0.8) if known else None


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    outside.knowledge = Shelf()
    yield outside.knowledge
    outside.knowledge = None


@pytest.mark.parametrize(
    ("question", "answer", "elsewhere"),
    [
        ("parcel", "We do.", False),  # its own answers come first
        ("opening hours", "From nine to six.", True),
        ("the weather", "", True),
        ("broken shelf", "", True),
    ],
)
async def test_what_the_flow_does_not_say_is_found_elsewhere(
    database: Database,
    clock: TurnedClock,
    engine: Knowing,
    shelf: Shelf,
    question: str,
    answer: str,
    elsewhere: bool,
) -> None:
    place = Place(database, clock)
    await place.open(FIND)
    await place.says(question)
    await place.worker.ask_due()
    assert await place.last() == (answer, "finished" if answer else "handed_over")
    assert shelf.asked == ([(question, "en")] if elsewhere else [])
    (row,) = await place.rows("SELECT way, detail FROM flow_run_steps WHERE kind = 'find'"
                              " AND way <> 'understands'")  # fmt: skip
    assert row.way == ("found" if answer else "missing")
    if answer and elsewhere:
        assert row.detail == {"engine": "shelf", "source": "/help/hours", "confidence": 0.8}


# ── played as it is drawn, and tried ─────────────────────────────────────────────────────────


async def test_a_play_understands_and_says_how(
    fresh_dsn: str, clock: TurnedClock, engine: Knowing
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["supervisor"]
        shown = await moved(who, clock, definition=menu(), text="parcel", language="en")
        assert said(shown) == ["Its number?"]
        (taken,) = [one for one in shown["trace"] if one["detail"]]
        assert taken["way"] == "entry_1" and taken["detail"]["confidence"] == 0.61
        assert [one["does"] for one in shown["outputs"]] == ["say"]


async def test_a_sentence_is_tried(fresh_dsn: str, clock: TurnedClock, engine: Knowing) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, clients):
        who = clients["supervisor"]
        tried = {"text": "parcel", "answers": [["a"], ["b"]]}
        answer = await who.post("/flows/understand", json=tried)
        assert answer.json() == {
            "answer": 0, "confidence": 0.61, "engine": "embeddings", "model": "4711",
        }  # fmt: skip
        many = {"text": "x", "answers": [["a"] * 300] * 4}
        refused = await who.post("/flows/understand", json=many)
        assert (refused.status_code, refused.json()["code"]) == (413, "examples_too_many")
        failed = await who.post("/flows/understand", json={**tried, "text": "broken"})
        assert (failed.status_code, failed.json()["code"]) == (503, "understanding_failed")
        assert (await clients["agent"].post("/flows/understand", json=tried)).status_code == 403
