"""Rating, booking and partners in the pure interpreter, and what people type for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.words import flow, texts
from wasl.flows.policy import (
    AskPartner,
    BookThis,
    Conditions,
    Failed,
    FindTimes,
    Finish,
    Found,
    GiveToPeople,
    Heard,
    LookThisUp,
    Moved,
    MoveOrder,
    RateThis,
    SayThis,
    Unreadable,
    WriteRecord,
    advance,
    begin,
    parse,
    problems_of,
    read,
    score_in,
    truth,
)
from wasl.flows.policy.answers import answer_to
from wasl.flows.policy.dates import day_and_time, from_solar, shown_day, to_solar
from wasl.flows.policy.steps import Ask

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)  # a Sunday
TIMES = ["2026-11-23T07:00:00+00:00", "2026-11-23T07:30:00+00:00", "2026-11-24T08:00:00+00:00"]
END = {"type": "end"}


def library(steps: dict[str, Any], **more: Any) -> Any:
    made = {"": read(flow(steps, **more))}
    assert [p for p in problems_of(made) if not p.warning] == []
    return made


def said(moved: Moved) -> list[SayThis]:
    return [o for o in moved.outputs if isinstance(o, SayThis)]


# ── rating ───────────────────────────────────────────────────────────────────────────────────

RATE = library(
    {
        "rate": {
            "type": "rate",
            "text": texts("How was it?"),
            "thanks": texts("Thanks!"),
            "ask_comment": True,
            "next": "bye",
        },
        "bye": END,
    }
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("5", (5, "")),
        ("«۴»", (4, "")),
        ("۴", (4, "")),
        ("٣/٥", (3, "")),
        ("5/10", None),
        ("★★★", (3, "")),
        ("⭐️⭐️", (2, "")),
        ("پنج", (5, "")),
        ("4, it was fine", (4, "it was fine")),
        ("0", None),
        ("6", None),
        ("fine", None),
    ],
)
def test_a_score_in_what_people_type(words: str, found: tuple[int, str] | None) -> None:
    assert score_in(words, 5) == found


@given(st.text(max_size=60), st.integers(2, 10))
def test_a_score_is_always_in_its_scale(words: str, scale: int) -> None:
    found = score_in(words, scale)
    assert found is None or 1 <= found[0] <= scale


def test_a_rating_in_the_digits_of_the_language_and_a_comment() -> None:
    moved = begin(RATE, Heard("0", "سلام"), language="fa", now=NOW)
    assert said(moved)[0].choices == ("۱", "۲", "۳", "۴", "۵") and said(moved)[0].scale == 5
    moved = advance(RATE, moved.state, Heard("1", "۴"), NOW)
    assert moved.outputs[0] == RateThis(4, 5)
    moved = advance(RATE, moved.state, Heard("2", "سریع بود"), NOW)
    assert moved.outputs[0] == RateThis(4, 5, "سریع بود")
    assert said(moved)[0].text == "Thanks!" and isinstance(moved.outputs[-1], Finish)


def test_who_does_not_rate_is_asked_once_more_and_let_go() -> None:
    moved = begin(RATE, Heard("0", "hi"), language="en", now=NOW)
    moved = advance(RATE, moved.state, Heard("1", "what?"), NOW)
    assert len(said(moved)) == 1
    moved = advance(RATE, moved.state, Heard("2", "no"), NOW)
    assert isinstance(moved.outputs[-1], Finish)
    assert not any(isinstance(o, RateThis) for o in moved.outputs)


def test_no_comment_is_fine_and_a_person_comes_when_asked_for() -> None:
    begun = begin(RATE, Heard("0", "hi"), language="ar", now=NOW)
    moved = advance(RATE, begun.state, Heard("1", "٥"), NOW)
    moved = advance(RATE, moved.state, Heard("2", "لا، شكرًا"), NOW)
    assert not any(isinstance(o, RateThis) for o in moved.outputs)
    moved = advance(RATE, begun.state, Heard("1", "موظف"), NOW)
    assert isinstance(moved.outputs[-1], GiveToPeople)


# ── booking ──────────────────────────────────────────────────────────────────────────────────

BOOK = library(
    {
        "book": {"type": "book", "calendar": "shop", "save": "visit", "booked": "ok", "none": "no"},
        "ok": {"type": "end", "text": texts("{{visit.date}} {{visit.time}}")},
        "no": {"type": "end", "text": texts("Nothing")},
    }
)


def offered(language: str, times: list[str] | None = None) -> Moved:
    moved = begin(BOOK, Heard("0", "hi"), language=language, now=NOW)
    assert moved.outputs == [FindTimes("shop", 14)]
    found = Found({"zone": "Europe/Berlin", "times": TIMES if times is None else times})
    return advance(BOOK, moved.state, found, NOW)


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Monday 23 November, 08:00"),
        ("fa", "دوشنبه ۲ آذر، ۰۸:۰۰"),
        ("ar", "الاثنين ٢٣ نوفمبر، ٠٨:٠٠"),
    ],
)
def test_times_are_offered_in_the_contacts_calendar(language: str, label: str) -> None:
    moved = offered(language)
    assert said(moved)[0].choices[0] == label and len(said(moved)[0].choices) == 5
    for answer in (label, "1"):
        chose = advance(BOOK, moved.state, Heard(answer, answer), NOW)
        assert chose.outputs == [BookThis("shop", TIMES[0])]
    done = advance(BOOK, chose.state, Found({"id": "x"}), NOW)
    assert said(done)[0].text == label.replace("،", "").replace(",", "")


@pytest.mark.parametrize("words", ["24 November 09:00", "۱۴۰۵/۹/۳ ساعت ۹", "2026-11-24 9:00"])
def test_a_typed_day_and_time_is_booked_at_once(words: str) -> None:
    moved = advance(BOOK, offered("fa").state, Heard("1", words), NOW)
    assert moved.outputs == [FindTimes("shop", 14, None, "2026-11-24")]
    found = Found({"zone": "Europe/Berlin", "times": [TIMES[2]]})
    moved = advance(BOOK, moved.state, found, NOW)
    assert moved.outputs == [BookThis("shop", TIMES[2])]


def test_a_time_that_was_just_taken_leaves_the_others() -> None:
    moved = advance(BOOK, offered("en").state, Heard("1", "2"), NOW)
    moved = advance(BOOK, moved.state, Found(None), NOW)
    assert said(moved)[0].text.startswith("That time has just been taken")
    assert len(said(moved)[0].choices) == 4


def test_a_day_without_free_times_leads_back_to_the_next_ones() -> None:
    moved = advance(BOOK, offered("en").state, Heard("1", "tomorrow"), NOW)
    moved = advance(BOOK, moved.state, Found({"zone": "UTC", "times": []}), NOW)
    assert moved.outputs == [FindTimes("shop", 14)]
    moved = advance(BOOK, moved.state, Found({"zone": "UTC", "times": TIMES}), NOW)
    assert said(moved)[0].text.startswith("Nothing is free then")
    gone = advance(BOOK, offered("en", []).state, Heard("1", "x"), NOW)
    assert gone.outputs == []
    assert said(offered("en", []))[0].text == "Nothing"


@settings(max_examples=60)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(
    ["1", "4", "5", "tomorrow", "24 November", "8:00", "later times", "فردا"])), max_size=12),
    st.randoms(use_true_random=False))  # fmt: skip
def test_whatever_is_typed_booking_ends_or_asks(words: list[str], chance: Any) -> None:
    moved = offered("en")
    for n, typed in enumerate(words):
        moved = advance(BOOK, moved.state, Heard(str(n), typed), NOW)
        for _ in range(200):
            asked = moved.outputs[-1] if moved.outputs else None
            if isinstance(asked, FindTimes):
                times = chance.choice([[], TIMES, TIMES[:1]])
                found = Found({"zone": "Europe/Berlin", "times": times})
            elif isinstance(asked, BookThis):
                found = Found(chance.choice([None, {"id": "x"}]))
            else:
                break
            moved = advance(BOOK, moved.state, found, NOW)
        else:
            pytest.fail("it never ends")
        assert moved.state.waiting in ("answer", "over")


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_the_solar_calendar_goes_there_and_back(day: date) -> None:
    assert from_solar(*to_solar(day)) == day
    assert shown_day(day, "fa")


def test_days_and_times_as_people_write_them() -> None:
    today = date(2026, 11, 22)
    assert day_and_time("امروز ساعت ۱۰", today) == (today, time(10))
    assert day_and_time("غدًا 9:30", today) == (today + timedelta(days=1), time(9, 30))
    assert day_and_time("۴ آذر", today) == (date(2026, 11, 25), None)
    assert day_and_time("25 نوفمبر", today) == (date(2026, 11, 25), None)
    assert day_and_time("3 March at 14", today) == (date(2027, 3, 3), time(14))
    assert day_and_time("99/99/2026", today) == (None, None)
    assert day_and_time("hello", today) == (None, None)


@given(st.text(max_size=80))
def test_no_text_breaks_a_date(words: str) -> None:
    day_and_time(words, date(2026, 11, 22))


# ── partners ─────────────────────────────────────────────────────────────────────────────────

CALL: dict[str, Any] = {
    "ask": {"type": "ask", "text": texts("Code?"), "save": "code", "next": "call"},
    "call": {
        "type": "http",
        "method": "POST",
        "url": "https://erp.example/orders/{{code}}",
        "headers": {"Authorization": "Bearer {{secret.erp}}", "X-Code": "{{code}}"},
        "secrets": ["erp"],
        "body": {"code": "code"},
        "save": {"price": "data.price"},
        "next": "tell",
        "failed": "people",
    },
    "tell": {"type": "end", "text": texts("{{price}}")},
    "people": {"type": "handover"},
}


def test_a_partner_is_asked_with_escaped_values_and_named_secrets() -> None:
    calls = library(CALL)
    moved = begin(calls, Heard("0", "hi"), language="en", now=NOW)
    moved = advance(calls, moved.state, Heard("1", "../x?{{secret.erp}}\r\nA: b"), NOW)
    (asked,) = moved.outputs
    assert isinstance(asked, AskPartner)
    assert asked.url.startswith("https://erp.example/orders/..%2Fx%3F%7B%7Bsecret")
    assert asked.headers["Authorization"] == ["Bearer ", {"secret": "erp"}, ""]
    assert asked.headers["X-Code"] == ["../x?{{secret.erp}}A: b"]
    late = advance(calls, moved.state, Found({"price": 1}, of=asked.n - 1), NOW)
    assert late.outputs == []
    waiting = advance(calls, moved.state, Heard("2", "hello?"), NOW)
    assert waiting.outputs == [] and waiting.state.waiting == "look_up"
    wished = advance(calls, moved.state, Heard("2", "human"), NOW)
    assert isinstance(wished.outputs[-1], GiveToPeople)
    done = advance(calls, waiting.state, Found({"price": 12}, of=asked.n), NOW)
    assert said(done)[0].text == "12"
    broken = advance(calls, moved.state, Found(None, of=asked.n), NOW)
    assert isinstance(broken.outputs[-1], GiveToPeople)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "https://{{code}}/x"}, "url_unfit"),
        ({"url": "ftp://erp.example"}, "url_unfit"),
        ({"url": "https://erp.example/{{secret.erp}}"}, "url_unfit"),
        ({"secrets": []}, "secret_missing"),
        ({"headers": {"Host": "x"}}, "header_unfit"),
        ({"method": "GET"}, "body_unfit"),
        ({"headers": {"X": "{{nobody}}"}}, "name_unknown"),
    ],
)
def test_a_request_that_cannot_be_is_told(change: dict[str, Any], code: str) -> None:
    made = {"": read(flow({**CALL, "call": {**CALL["call"], **change}}))}
    assert code in [p.code for p in problems_of(made)]


def test_automations_have_no_dialogue() -> None:
    trigger = {"on": "ConversationTagged", "filter": "contains(conversation.tags, 'vip')"}
    steps = {"ask": CALL["ask"], "call": END}
    codes = [p.code for p in problems_of({"": read(flow(steps, trigger=trigger))})]
    assert codes == ["automation_asks"]
    rate = {"rate": {"type": "rate", "text": texts("?"), "next": "end"}, "end": END}
    after = {"on": "ConversationResolved"}
    assert problems_of({"": read(flow(rate, trigger=after))}) == []
    status = {"s": {"type": "status", "to": "pending", "next": "end"}, "end": END}
    assert [p.code for p in problems_of({"": read(flow(status))})] == ["trigger_missing"]
    often = {"on": "schedule", "after_s": 5}
    assert [p.code for p in problems_of({"": read(flow(status, trigger=often))})] == [
        "schedule_too_short"
    ]


# ── identity numbers ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("۰۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("0499370898", None),
        ("1111111111", None),
        ("1000000008", "1000000008"),
        ("784-1980-1234567-9", None),
        ("12", None),
        ("abc", None),
    ],
)
def test_identity_numbers_have_a_check_digit(words: str, value: str | None) -> None:
    ask = Ask(text={"en": "?"}, save="id", next="x", accept="national_id")
    if words.startswith("784"):
        valid = [w for w in (f"784-1980-1234567-{n}" for n in range(10)) if answer_to(ask, w)]
        assert len(valid) == 1
    else:
        assert answer_to(ask, words) == value


def test_a_file_is_no_words() -> None:
    files = library(
        {
            "f": {"type": "ask", "accept": "file", "text": texts("Photo?"), "save": "f",
                  "next": "end"},
            "end": {"type": "end", "text": texts("Got {{f}}")},
        }
    )  # fmt: skip
    moved = begin(files, Heard("0", "hi"), language="en", now=NOW)
    assert said(advance(files, moved.state, Heard("1", "no"), NOW))[0].text == "Photo?"
    moved = advance(files, moved.state, Heard("1", "", ("lid.jpg",)), NOW)
    assert said(moved)[0].text == "Got lid.jpg"


# ── many conditions ──────────────────────────────────────────────────────────────────────────

SOURCES = [
    "",
    "a == 'Über'",
    "a == 'ÜBER' and b > 2",
    "'كتاب' == a and b == 1",
    "b == 1",
    "b == -5 and a == 'x'",
    "b == 1000",
    "a == 'x' or b == 1",
    "not (a == 'x')",
    "a == '12'",
    "c == true",
    "d.e == 'x'",
    "missing == 'x'",
    "1 / 0 == 1",
    "a == ",
    "contains(a, 'x') and b == 2",
    "b and contains(a, 'B')",
    "contains(b, 1)",
    "contains(a, '')",
    "contains(missing, '')",
]
VALUES = st.sampled_from(
    ["Über", "uber", "کتاب", "x", "X", "12", "۱۲", "-5", "1,000", "1", "", None, 1, 1.0, 2, -5, 12,
     1000, True, False, {"e": "x"}]
)  # fmt: skip


@settings(max_examples=300)
@given(st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES, "d": VALUES}))
def test_conditions_together_are_true_where_each_alone_is(scope: dict[str, Any]) -> None:
    def alone(source: str) -> bool:
        try:
            return not source or truth(parse(source).value(scope))
        except (Failed, Unreadable):
            return False

    together = Conditions([(source, source) for source in SOURCES])
    assert sorted(together.true_of(scope)) == sorted(filter(alone, SOURCES))


# ── orders and records ───────────────────────────────────────────────────────────────────────

CHANGES: dict[str, Any] = {
    "order": {"type": "order", "number": "said", "proof": "' ۰۹۱۲ '", "to": "cancelled",
              "next": "find", "failed": "no"},
    "find": {"type": "lookup", "what": "record", "kind": "branches", "number": "'تهران'",
             "save": "branch", "found": "write", "missing": "no"},
    "write": {"type": "record", "kind": "branches", "key": "branch.key",
              "values": {"phone": "branch.phone", "visits": "1 + 1"}, "next": "yes",
              "failed": "no"},
    "yes": {"type": "end", "text": texts("Yes")},
    "no": {"type": "end", "text": texts("No")},
}  # fmt: skip


def test_an_order_is_changed_and_a_record_found_and_written() -> None:
    flows = library(CHANGES)
    moved = begin(flows, Heard("0", " A-۱۲ "), language="fa", now=NOW)
    assert moved.outputs == [MoveOrder("A-12", "0912", "cancelled")]
    moved = advance(flows, moved.state, Found({}), NOW)
    assert moved.outputs == [LookThisUp("record", "تهران", "", "branches")]
    moved = advance(flows, moved.state, Found({"key": "تهران", "phone": "۰۲۱"}), NOW)
    # what is written is written as it is
    assert moved.outputs == [WriteRecord("branches", "تهران", {"phone": "۰۲۱", "visits": "2"})]
    moved = advance(flows, moved.state, Found({}), NOW)
    assert said(moved)[0].text == "Yes"


@pytest.mark.parametrize("done", [0, 1, 2])
def test_what_can_not_be_changed_or_found_leaves_by_its_exit(done: int) -> None:
    flows = library(CHANGES)
    moved = begin(flows, Heard("0", "A-1"), language="en", now=NOW)
    for _ in range(done):
        moved = advance(flows, moved.state, Found({"key": "a", "phone": "1"}), NOW)
    moved = advance(flows, moved.state, Found(None), NOW)
    assert said(moved)[0].text == "No"


def test_what_can_not_be_computed_is_not_written() -> None:
    write = {**CHANGES["write"], "key": "said / 2", "values": {"phone": "said"}}
    flows = library({"write": write, "yes": CHANGES["yes"], "no": CHANGES["no"]})
    moved = begin(flows, Heard("0", "x"), language="en", now=NOW)
    assert said(moved)[0].text == "No" and moved.outputs[-1] == Finish()
    bare = library({"write": {"type": "record", "kind": "k", "key": "1 / 0",
                              "values": {"a": "1"}, "next": "yes"}, "yes": END})  # fmt: skip
    moved = begin(bare, Heard("0", "x"), language="en", now=NOW)
    assert isinstance(moved.outputs[-1], GiveToPeople)


@pytest.mark.parametrize("lacks", ["kind", "number"])
def test_a_record_is_found_by_its_kind_and_key(lacks: str) -> None:
    look = {name: value for name, value in CHANGES["find"].items() if name != lacks}
    made = read(flow({"find": {**look, "found": "yes", "missing": "yes"}, "yes": END}))
    assert [p.code for p in problems_of({"": made})] == ["key_missing"]


def test_the_names_in_what_is_written_are_checked() -> None:
    steps = {
        "order": {"type": "order", "number": "one", "proof": "two", "to": "returned",
                  "next": "write"},
        "write": {"type": "record", "kind": "k", "key": "three", "values": {"a": "four"},
                  "next": "end"},
        "end": END,
    }  # fmt: skip
    found = problems_of({"": read(flow(steps))})
    assert [p.params["name"] for p in found if p.code == "name_unknown"] == [
        "one", "two", "three", "four",
    ]  # fmt: skip
