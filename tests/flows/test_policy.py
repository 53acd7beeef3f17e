"""The language by properties: whatever is drawn and whatever comes in, it ends and never raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.words import SHOP, flow, texts
from wasl.flows.policy import (
    Failed,
    Finish,
    Found,
    GiveToPeople,
    Heard,
    Input,
    LookThisUp,
    Moment,
    Moved,
    NotAFlow,
    SayThis,
    State,
    Unreadable,
    advance,
    begin,
    chosen,
    json_schema,
    language_of,
    number_in,
    parse,
    problems_of,
    read,
    runs_round,
    wants_person,
    written,
)
from wasl.flows.policy.answers import answer_to
from wasl.flows.policy.hours import is_open
from wasl.flows.policy.interpreter import LARGEST_STATE, MOST_INPUTS
from wasl.flows.policy.moving import MOST_STEPS
from wasl.flows.policy.steps import Ask

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)  # a Sunday

# ── words ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    ["«۱»", "1", "١", "یک", "واحد", "one", "One.", "گزینهٔ ۱", "رقم ١", "option one", "اوّل"],
)
def test_the_first_entry_in_many_words(answer: str) -> None:
    assert chosen(answer, [["Orders"], ["Returns"]]) == 0


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("پيگيري", "پیگیری"),
        ("كتاب", "کتاب"),
        ("می خواهم", "می خواهم"),
        ("سفارش‌ها", "سفارشها"),
        ("مُرتَجَعات", "مرتجعات"),
        ("ســـلام", "سلام"),
        ("إلغاء", "الغاء"),
        ("  RETURNS! ", "Returns"),
    ],
)
def test_a_label_in_another_spelling(answer: str, label: str) -> None:
    assert chosen(answer, [["x"], [label]]) == 1


def test_a_name_wins_over_a_place() -> None:
    assert chosen("2", [["1"], ["3"], ["2"]]) == 2
    assert chosen("4", [["a"], ["b"]]) is None
    assert chosen("one or two", [["a"], ["b"]]) is None


@pytest.mark.parametrize(
    "words",
    ["agent", "Talk to a person please", "می‌خوام با اپراتور حرف بزنم", "کارشناس", "أريد التحدث إلى موظف",
     "موظف", "I need a human!!"],
)  # fmt: skip
def test_a_wish_for_a_person(words: str) -> None:
    assert wants_person(words)


@pytest.mark.parametrize("words", ["my parcel", "", "personal details", "سفارش من", "طلبي"])
def test_no_wish_for_a_person(words: str) -> None:
    assert not wants_person(words)


def test_the_language_of_words() -> None:
    among = ("en", "fa", "ar")
    assert language_of("سلام، پیگیری سفارش", among=among) == "fa"
    assert language_of("أين طلبي؟ القهوة", among=among) == "ar"
    assert language_of("where is it", among=among) == "en"
    assert language_of("12", among=among) is None
    assert language_of("where", among=("fa",)) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_words(text: str) -> None:
    number_in(text)
    wants_person(text)
    chosen(text, [[text], ["b"]])
    language_of(text, among=("en", "fa", "ar"))


# ── expressions ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-2 - -3", 1),
        ("7 % 4 / 2", 1.5),
        ("'a' + 1", "a1"),
        ("n > 4 and not (n > 5)", True),
        ("missing_order.status", None),
        ("order.status == 'SHIPPED'", True),
        ("text == \"كتاب\"", True),
        ("'۱۲' == 12", True),
        ("null or 'x'", "x"),
        ("nowhere != null", False),
        ("null == nowhere", True),
        ("n != null", True),
        ("len('abc') >= max(1, 3)", True),
        ("contains('سلام دنيا', 'دنیا') and starts('Hello', 'he')", True),
        ("number('۱۲٫۵') * 2", 25),
        ("round(2.6)", 3),
    ],
)  # fmt: skip
def test_an_expression_has_its_value(source: str, value: Any) -> None:
    scope = {"n": 5, "order": {"status": "shipped"}, "missing_order": None, "text": "کتاب"}
    assert parse(source).value(scope) == value


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("1 / 0", "divided_by_zero"),
        ("1 % (2 - 2)", "divided_by_zero"),
        ("nobody", "name_unknown"),
        ("'a' * 2", "not_a_number"),
        ("999999999999999 * 999999999999999", "too_large"),
        ("null < 1", "not_a_number"),
    ],
)
def test_what_cannot_be_computed_says_why(source: str, code: str) -> None:
    with pytest.raises(Failed) as failed:
        parse(source).value({})
    assert failed.value.code == code


@pytest.mark.parametrize(
    "source", ["", "1 +", "a b", "foo(1)", "len()", "'open", "1 = 2", "(" * 40 + "1" + ")" * 40,
               "1" + "+1" * 300, "a..b", "and", "__import__('os')", "a.__class__()", "1;2"]
)  # fmt: skip
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(Unreadable):
        parse(source)


_TERMS = st.sampled_from(["1", "0", "2.5", "'x'", "'۳'", "n", "t", "o.a", "o", "true", "null", "z"])
_EXPRESSIONS = st.recursive(
    _TERMS,
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "==", "<", "and", "or"]),
            inner,
        ).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"len({one})"),
        inner.map(lambda one: f"number({one})"),
    ),
    max_leaves=12,
)


def _outcome(source: str, scope: dict[str, Any]) -> Any:
    """The value, or the code that says why there is none."""
    try:
        return parse(source).value(scope)
    except (Failed, Unreadable) as refused:
        return refused.code


@given(_EXPRESSIONS)
def test_an_expression_has_a_value_or_a_code(source: str) -> None:
    scope = {"n": 3, "t": "سلام", "o": {"a": "1"}}
    assert _outcome(source, scope) == _outcome(source, scope)


@given(st.text(alphabet="ab1.+-*/()'\" and or not<=>!%,", max_size=60))
def test_no_source_breaks_the_parser(source: str) -> None:
    outcome = _outcome(source, {"a": 1, "b": "x"})
    assert outcome is None or isinstance(outcome, str | int | float)


# ── answers ──────────────────────────────────────────────────────────────────────────────────


def _ask(accept: str, **more: Any) -> Ask:
    return msgspec.convert({"type": "ask", "text": {}, "save": "x", "next": "y", "accept": accept}
                           | more, Ask)  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "said", "value"),
    [
        ("number", "۱۲٫۵", 12.5),
        ("number", "1,200", 1200),
        ("number", "many", None),
        ("email", " Sara@Example.com. ", "sara@example.com"),
        ("email", "sara@", None),
        ("phone", "+۴۴ (۲۰) ۷۹۴۶-۰۱۰۱", "+442079460101"),
        ("phone", "0044 20 7946 0101", "+442079460101"),
        ("phone", "12", None),
        ("date", "2026-02-30", None),
        ("date", "۱۴۰۵/۰۹/۰۱", "2026-11-22"),
        ("date", "1/1/1400", "2021-03-21"),
        ("date", "1403-12-30", "2025-03-20"),
        ("date", "1404-12-30", None),
        ("date", "22.11.2026", "2026-11-22"),
        ("card", "•••• •••• •••• 1111", "•••• 1111"),
        ("card", "1234", None),
        ("text", "", None),
        ("text", "x" * 3_000, None),
    ],
)
def test_an_answer_is_worth_something_or_nothing(accept: str, said: str, value: Any) -> None:
    assert answer_to(_ask(accept), said) == value


def test_bounds_of_an_answer() -> None:
    assert answer_to(_ask("number", least=1, most=5), "۶") is None
    assert answer_to(_ask("number", least=1, most=5), "5") == 5
    assert answer_to(_ask("text", least=3), "ab") is None
    options = [{"value": "s", "label": texts("Small", "کوچک", "صغير")},
               {"value": "l", "label": texts("Large", "بزرگ", "كبير")}]  # fmt: skip
    assert answer_to(_ask("choice", options=options), "كوچك") == "s"
    assert answer_to(_ask("choice", options=options), "دو") == "l"


@given(st.sampled_from(["text", "number", "email", "phone", "date", "choice", "card"]), st.text())
def test_no_answer_breaks_a_question(accept: str, said: str) -> None:
    answer_to(_ask(accept), said)


def test_hours_on_the_wall_clock() -> None:
    week = [[["22:00", "02:00"]], [], [], [], [], [], [["09:00", "13:00"]]]
    step: Any = read(
        flow(
            {
                "h": {
                    "type": "hours", "zone": "Asia/Tehran", "weekly": week,
                    "open": "h", "closed": "h", "holidays": ["2026-11-29"],
                }
            }
        )
    ).steps["h"]  # fmt: skip
    assert is_open(step, NOW)  # 12:30 in Tehran
    assert not is_open(step, NOW + timedelta(hours=1))
    assert is_open(step, datetime(2026, 11, 23, 21, tzinfo=UTC))  # Tuesday 00:30, Monday's span
    assert not is_open(step, NOW + timedelta(days=7))


# ── the interpreter ──────────────────────────────────────────────────────────────────────────

_IDS = ["a", "b", "c", "d", "e", "f"]
_EXIT = st.sampled_from(_IDS)
_TEXT = st.sampled_from([texts("Hello"), texts("{{x}} and {{1/0}}"), {}, texts("{{broken")])
_SOURCE = st.sampled_from(["x + 1", "1 / 0", "said == 'yes'", "nobody", "text(x) + said", "x <"])
_MAYBE = st.none() | _EXIT
_STEP = st.one_of(
    st.fixed_dictionaries({"type": st.just("say"), "text": _TEXT, "next": _EXIT}),
    st.fixed_dictionaries(
        {
            "type": st.just("ask"), "text": _TEXT, "save": st.sampled_from(["x", "y"]),
            "next": _EXIT, "accept": st.sampled_from(["text", "number", "email", "date"]),
            "retries": st.integers(0, 2), "failed": _MAYBE, "silent": _MAYBE,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("menu"), "text": _TEXT, "retries": st.integers(0, 2), "failed": _MAYBE,
            "entries": st.lists(
                st.fixed_dictionaries({"label": st.just(texts("Yes", "بله", "نعم")), "next": _EXIT}),
                min_size=1, max_size=3,
            ),
            "silent": _MAYBE,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("branch"), "otherwise": _EXIT, "failed": _MAYBE,
            "cases": st.lists(
                st.fixed_dictionaries({"when": _SOURCE, "next": _EXIT}), min_size=1, max_size=2
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("set"), "next": _EXIT, "failed": _MAYBE,
            "values": st.dictionaries(st.sampled_from(["x", "y"]), _SOURCE, max_size=2),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("wait"), "seconds": st.integers(1, 9), "next": _EXIT, "heard": _MAYBE}
    ),
    st.fixed_dictionaries({"type": st.just("language"), "next": _EXIT}),
    st.fixed_dictionaries(
        {
            "type": st.just("lookup"), "what": st.just("order"), "save": st.just("o"),
            "number": _SOURCE, "proof": st.just("'x'"), "found": _EXIT, "missing": _EXIT,
            "failed": _MAYBE,
        }
    ),
    st.fixed_dictionaries({"type": st.just("note"), "text": _TEXT, "next": _EXIT}),
    st.fixed_dictionaries({"type": st.just("handover"), "text": _TEXT}),
    st.fixed_dictionaries(
        {"type": st.just("end"), "results": st.just({"r": "said"}), "failed": _MAYBE}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("flow"), "flow": st.sampled_from(["inner", "gone"]), "next": _EXIT,
            "given": st.just({"x": "1"}), "save": st.just({"y": "r"}), "failed": _MAYBE,
        }
    ),
)  # fmt: skip
_STEPS = st.fixed_dictionaries(dict.fromkeys(_IDS, _STEP))
_FLOWS = st.builds(
    lambda steps, person: flow(steps, person=person, parameters=["x"], results=["r"]),
    _STEPS, _MAYBE,
)  # fmt: skip
_LIBRARIES = st.builds(lambda own, inner: {"": read(own), "inner": read(inner)}, _FLOWS, _FLOWS)
_INPUTS = st.lists(
    st.one_of(
        st.sampled_from(["yes", "۱", "2", "", "a@b.example", "agent", "5", "سلام"]),
        st.text(max_size=20),
        st.just(None),  # time passes
    ),
    max_size=12,
)


def _settled(library: Any, moved: Moved, now: datetime) -> tuple[State, list[Any]]:
    """The look-ups of a move done, and all that came out."""
    outputs = list(moved.outputs)
    while moved.state.waiting == "look_up":
        assert isinstance(moved.outputs[-1], LookThisUp)
        record = {"status": "sent"} if len(outputs) % 2 else None
        moved = advance(library, moved.state, Found(record), now)
        outputs += moved.outputs
    return moved.state, outputs


def _play(library: Any, inputs: list[str | None], *, stored: bool) -> tuple[State, list[Any]]:
    """A run from its first words to the end of the inputs; `stored`: through JSON in between."""
    now = NOW
    moved = begin(library, Heard("first", "hi"), language="fa", now=now)
    state, outputs = _settled(library, moved, now)
    for n, words in enumerate(inputs):
        if stored:
            state = msgspec.json.decode(msgspec.json.encode(state), type=State)
        now += timedelta(seconds=1 if words is not None else 200_000)
        came: Input = Moment() if words is None else Heard(str(n), words)
        state, more = _settled(library, advance(library, state, came, now), now)
        outputs += more
    return state, outputs


@given(_LIBRARIES, _INPUTS)
@settings(max_examples=150)
def test_whatever_comes_in_it_ends_within_its_limits(
    library: Any, inputs: list[str | None]
) -> None:
    state, outputs = _play(library, inputs, stored=False)
    assert state.taken <= MOST_STEPS + 1
    assert state.steps <= (len(inputs) + 1) * 2 * (MOST_STEPS + 1)
    assert len(msgspec.json.encode(state)) <= LARGEST_STATE
    ends = [one for one in outputs if isinstance(one, GiveToPeople | Finish)]
    assert len(ends) == (state.waiting == "over")
    if ends:
        assert outputs[-1] is ends[0]
    said = [one.n for one in outputs if isinstance(one, SayThis)]
    assert said == sorted(set(said))
    assert (state.moment is not None) == (state.waiting in ("answer", "moment"))


@given(_LIBRARIES, _INPUTS)
@settings(max_examples=100)
def test_a_run_resumed_from_storage_is_the_same_run(library: Any, inputs: list[str | None]) -> None:
    assert _play(library, inputs, stored=True) == _play(library, inputs, stored=False)


@given(_LIBRARIES, _INPUTS)
@settings(max_examples=100)
def test_the_same_input_twice_moves_once(library: Any, inputs: list[str | None]) -> None:
    moved = begin(library, Heard("first", "hi"), language="en", now=NOW)
    state, _ = _settled(library, moved, NOW)
    for n, words in enumerate(inputs):
        heard = Heard(str(n), words or "")
        state, _ = _settled(library, advance(library, state, heard, NOW), NOW)
        again = advance(library, state, heard, NOW)
        assert (again.state, again.outputs, again.trace) == (state, [], [])


@given(_LIBRARIES, _INPUTS)
@settings(max_examples=100)
def test_a_wish_for_a_person_ends_with_one(library: Any, inputs: list[str | None]) -> None:
    state, _ = _play(library, inputs, stored=False)
    given_away = state.waiting == "over"
    for n in range(2):
        moved = advance(library, state, Heard(f"wish {n}", "talk to a person"), NOW)
        state, outputs = _settled(library, moved, NOW)
        given_away = given_away or any(isinstance(o, GiveToPeople | Finish) for o in outputs)
    assert given_away


@given(_LIBRARIES)
@settings(max_examples=50)
def test_a_flow_is_what_it_was_after_writing_and_reading(library: Any) -> None:
    for one in library.values():
        assert read(written(one)) == one
        problems_of(library)


def test_nothing_moves_what_is_over_or_early() -> None:
    library = {"": read(SHOP)}
    state = begin(library, Heard("0", "hi"), language="en", now=NOW).state
    assert advance(library, state, Moment(), NOW).outputs == []
    assert advance(library, state, Found(None), NOW).outputs == []
    over = advance(library, state, Heard("1", "goodbye"), NOW).state
    assert over.waiting == "over"
    assert advance(library, over, Heard("2", "hi"), NOW).outputs == []


def test_the_first_words_may_choose_by_name_but_not_by_number() -> None:
    library = {"": read(SHOP)}
    by_name = begin(library, Heard("0", "My order!"), language="en", now=NOW)
    assert [o.text for o in by_name.outputs if isinstance(o, SayThis)] == ["Your order number?"]
    by_number = begin(library, Heard("0", "1"), language="en", now=NOW)
    assert [o.text for o in by_number.outputs if isinstance(o, SayThis)] == ["How can I help?"]


def test_a_circle_without_a_question_is_stopped() -> None:
    for step in (
        {"type": "say", "text": texts("x"), "next": "a"},
        {"type": "lookup", "what": "contact", "save": "c", "found": "a", "missing": "a"},
    ):
        library = {"": read(flow({"a": step}))}
        moved = begin(library, Heard("0", "hi"), language="en", now=NOW)
        _, outputs = _settled(library, moved, NOW)
        (end,) = [o for o in outputs if isinstance(o, GiveToPeople)]
        assert end.reason == "too_many_steps"


def test_a_contact_who_never_stops_meets_a_person() -> None:
    patient = flow({"a": {"type": "ask", "text": texts("x"), "save": "x", "next": "a"}})
    library = {"": read(patient)}
    state = begin(library, Heard("0", "hi"), language="en", now=NOW).state
    reasons = []
    for n in range(1, MOST_INPUTS + 1):
        moved = advance(library, state, Heard(str(n), "y" * 1_000), NOW)
        state = moved.state
        reasons += [o.reason for o in moved.outputs if isinstance(o, GiveToPeople)]
    assert reasons == ["too_long"]


def test_a_flow_in_a_flow_gives_back_its_results() -> None:
    inner = flow(
        {
            "ask": {"type": "ask", "text": texts("{{greeting}}, name?"), "save": "n",
                    "next": "done"},
            "done": {"type": "end", "results": {"name": "n + '!'"}},
        },
        parameters=["greeting"], results=["name"],
    )  # fmt: skip
    outer = flow(
        {
            "run": {"type": "flow", "flow": "inner", "given": {"greeting": "'Hi'"},
                    "save": {"who": "name"}, "next": "tell"},
            "tell": {"type": "say", "text": texts("{{who}}"), "next": "end"},
            "end": {"type": "end"},
        }
    )  # fmt: skip
    library = {"": read(outer), "inner": read(inner)}
    assert problems_of(library) == []
    moved = begin(library, Heard("0", "hi"), language="en", now=NOW)
    assert [o.text for o in moved.outputs if isinstance(o, SayThis)] == ["Hi, name?"]
    moved = advance(library, moved.state, Heard("1", "Sara"), NOW)
    said, end = moved.outputs
    assert isinstance(said, SayThis)
    assert said.text == "Sara!"
    assert isinstance(end, Finish)


# ── the validator, the file format, rendering ────────────────────────────────────────────────


def _codes(steps: dict[str, Any], **more: Any) -> set[str]:
    return {problem.code for problem in problems_of({"": read(flow(steps, **more))})}


def test_a_good_flow_has_no_errors() -> None:
    assert [p for p in problems_of({"": read(SHOP)}) if not p.warning] == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ({"a": {"type": "say", "text": texts("x"), "next": "gone"}}, "exit_dead"),
        ({"a": {"type": "say", "text": {"en": "x"}, "next": "a"}}, "text_missing"),
        ({"a": {"type": "end"}, "b": {"type": "end"}}, "step_unreachable"),
        ({"a": {"type": "end", "text": texts("{{who}}")}}, "name_unknown"),
        ({"a": {"type": "end", "text": texts("{{1 +}}")}}, "expression_unreadable"),
        ({"a": {"type": "flow", "flow": "inner", "next": "a"}}, "flow_missing"),
        (
            {"a": {"type": "lookup", "what": "order", "save": "o", "found": "a", "missing": "a"}},
            "proof_missing",
        ),
        (
            {"a": {"type": "hours", "zone": "Mars/Base", "weekly": [[]] * 7, "open": "a",
                   "closed": "a"}},
            "zone_unknown",
        ),
        (
            {"a": {"type": "ask", "accept": "choice", "text": texts("x"), "save": "x",
                   "next": "a"}},
            "options_missing",
        ),
        (
            {"a": {"type": "ask", "accept": "email", "text": texts("x"), "save": "x",
                   "next": "a"}},
            "not_for_voice",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(steps: dict[str, Any], code: str) -> None:
    assert code in _codes(steps)


def test_flows_that_run_one_another_in_a_circle_are_found() -> None:
    ours = read(flow({"a": {"type": "flow", "flow": "b", "next": "a"}}))
    other = read(flow({"a": {"type": "flow", "flow": "us", "next": "a"}}))
    assert runs_round(ours, "us", {"b": other})
    assert not runs_round(ours, "us", {"b": read(SHOP)})


@pytest.mark.parametrize(
    "data",
    [
        {}, [], None, "x", flow({"a": {"type": "nothing"}}), flow({"A b": {"type": "end"}}),
        flow({"a": {"type": "end", "more": 1}}), flow({"a": {"type": "end"}}, languages=[]),
        flow({"a": {"type": "end"}}, schema="wasl.flow/2"),
        flow({"a": {"type": "wait", "seconds": 0, "next": "a"}}),
    ],
)  # fmt: skip
def test_what_is_no_flow_is_refused(data: Any) -> None:
    with pytest.raises(NotAFlow):
        read(data)


def test_the_schema_names_every_kind_of_step() -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"Say", "Menu", "HandOver", "SubFlow"} <= schema["$defs"].keys()
