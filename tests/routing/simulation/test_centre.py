"""A simulated day: what it is made of, and that the same seed makes the same day."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from wasl.routing.simulation import (
    ScenarioInvalid,
    Stretch,
    as_json,
    as_page,
    as_text,
    read_scenario,
    simulate,
    try_out,
)
from wasl.routing.simulation.sources import Source

DAY = """
name = "A <day>"
[run]
hours = 2
start = "08:00"
times = {times}
[service_level]
target_s = 20
[[queues]]
name = "q"
accept_after_s = {accept}
[[arrivals]]
name = "a"
queue = "q"
kind = "chat"
{arrivals}
{patience}
handling = {handling}
[[agents]]
count = {count}
queues = {{q = 3}}
capacity = {{chat = 1}}
{agents}
"""


def day(
    *,
    times: int = 4,
    accept: float = 0,
    arrivals: str = "per_hour = 60",
    patience: str = "patience = {mean_s = 60}",
    handling: str = "{mean_s = 180}",
    count: int = 3,
    agents: str = "",
    more: str = "",
) -> str:
    text = DAY.format(
        times=times,
        accept=accept,
        arrivals=arrivals,
        patience=patience,
        handling=handling,
        count=count,
        agents=agents,
    )
    return text + more


def run(text: str, seed: int = 5) -> list[Stretch]:
    return simulate(read_scenario(text), seed)


def test_the_same_seed_makes_the_same_day() -> None:
    assert run(day()) == run(day())
    assert run(day()) != run(day(), seed=6)


def test_everybody_is_answered_or_gone() -> None:
    for stretch in run(day()):
        (tally,) = stretch.classes
        assert tally.offered == tally.answered + tally.abandoned > 0
        assert len(tally.waits) == tally.answered


def test_who_comes_does_not_depend_on_who_serves() -> None:
    few, many = run(day(count=2)), run(day(count=9))
    assert [one.classes[0].offered for one in few] == [one.classes[0].offered for one in many]
    assert sum(one.classes[0].abandoned for one in few) > sum(
        one.classes[0].abandoned for one in many
    )


def test_an_offer_is_accepted_after_its_delay() -> None:
    waits = [wait for one in run(day(accept=4, count=9)) for wait in one.classes[0].waits]
    assert min(waits) == pytest.approx(4)


def test_history_comes_as_it_was() -> None:
    arrivals = "slot_minutes = 60\nhistory = [[7, 2]]"
    for stretch in run(day(arrivals=arrivals)):
        assert stretch.classes[0].offered_by_hour == [7, 2]


def test_gamma_poisson_days_differ_more() -> None:
    def ratio(process: str) -> float:
        arrivals = f"per_hour = [50, 50]\nslot_minutes = 60\n{process}"
        scenario = read_scenario(day(arrivals=arrivals))
        counts = [len(Source(scenario.arrivals[0], 1, n).slot(0, 0)[1]) for n in range(600)]
        mean = sum(counts) / 600
        assert mean == pytest.approx(50, rel=0.1)
        return sum((count - mean) ** 2 for count in counts) / 599 / mean

    assert ratio("") == pytest.approx(1, rel=0.25)
    assert ratio('process = "gamma_poisson"\nvariance_to_mean = 7.5') == pytest.approx(
        7.5, rel=0.25
    )


def test_lognormal_handling_has_its_mean_and_spread() -> None:
    handling = '{distribution = "lognormal", mean_s = 300, cv = 0.8}'
    source = Source(read_scenario(day(handling=handling)).arrivals[0], 1, 0)
    works = [source.draw().work_s for _ in range(20_000)]
    mean = sum(works) / len(works)
    spread = (sum((work - mean) ** 2 for work in works) / len(works)) ** 0.5
    assert mean == pytest.approx(300, rel=0.03)
    assert spread / mean == pytest.approx(0.8, rel=0.06)


def test_outside_shifts_nobody_is_answered() -> None:
    text = day(
        agents='shifts = ["08:30-09:00"]', handling='{distribution = "constant", mean_s = 60}'
    )
    for stretch in run(text):
        (tally,) = stretch.classes
        assert 0 < tally.answered < tally.offered
        # half an hour, and what is in hand at its end
        assert all(1800 <= present <= 1860 for present in stretch.present_s)
        assert sum(stretch.busy_s) == pytest.approx(60 * tally.answered)


def test_whoever_waits_for_ever_and_is_not_served_is_counted() -> None:
    told = try_out(
        read_scenario(day(patience="", agents='shifts = ["08:00-08:10"]')), 1, lambda share: None
    )
    assert 0.5 < told.result.everybody["unserved"].value < 1


def test_two_chats_at_once_take_longer() -> None:
    arrivals = "slot_minutes = 60\nhistory = [[2, 0]]"
    handling = '{distribution = "constant", mean_s = 3600}'
    text = day(arrivals=arrivals, handling=handling, count=1, patience="").replace(
        "chat = 1", "chat = 2"
    )
    alone = run(text)
    slowed = run(text.replace("[service_level]", "[concurrency]\nslowed_by = 0.5\n[service_level]"))
    for fast, slow in zip(alone, slowed, strict=True):
        # together: the time when both are in hand goes half as fast again
        overlap = 2 * 3600 - fast.busy_s[0]
        assert overlap > 0
        assert slow.busy_s[0] > fast.busy_s[0] + 0.2 * overlap


def test_affinity_and_overflow_are_counted() -> None:
    more = """
[[queues]]
name = "second"
[[agents]]
count = 4
queues = {second = 3}
capacity = {chat = 1}
"""
    text = day(arrivals="per_hour = 60\nknows_agent = 0.5", more=more).replace(
        'name = "q"', 'name = "q"\noverflow = {queue = "second", after_s = 5}'
    )
    tallies = [stretch.classes[0] for stretch in run(text)]
    assert 0 < sum(one.hits for one in tallies) <= sum(one.known for one in tallies)
    assert 0 < sum(one.overflowed for one in tallies) < sum(one.offered for one in tallies)


def test_a_skill_is_asked_for() -> None:
    arrivals = 'per_hour = 60\nrequirement = {skill = "x", least = 3}'
    without = run(day(arrivals=arrivals, agents="skills = {x = 2}"))
    able = run(day(arrivals=arrivals, agents="skills = {x = 3}"))
    assert sum(one.classes[0].answered for one in without) == 0
    assert sum(one.classes[0].answered for one in able) > 0


# ── what is told ─────────────────────────────────────────────────────────────────────────────


def test_a_comparison_has_less_luck_than_its_sides() -> None:
    before, after = (read_scenario(day(times=12, count=count)) for count in (3, 4))
    outcome = try_out(after, 3, lambda share: None, before)
    assert outcome.before is not None and outcome.changes is not None
    ours, theirs = outcome.result.everybody, outcome.before.result.everybody
    for name, change in outcome.changes.items():
        assert change.value == pytest.approx(ours[name].raw - theirs[name].raw, abs=1e-9)
    change = outcome.changes["abandoned"]
    assert change.value + change.half < 0
    apart = (ours["abandoned"].raw_error ** 2 + theirs["abandoned"].raw_error ** 2) ** 0.5
    assert change.error < apart


def test_only_the_same_stretches_are_compared() -> None:
    one, other = read_scenario(day(times=4)), read_scenario(day(times=5))
    with pytest.raises(ScenarioInvalid, match="same"):
        try_out(one, 1, lambda share: None, other)


def test_progress_ends_with_all_of_it() -> None:
    shares: list[float] = []
    try_out(read_scenario(day()), 1, shares.append, read_scenario(day(count=4)))
    assert shares == sorted(shares)
    assert len(shares) == 8 and shares[-1] == 1


def test_json_is_json_and_the_table_names_the_variant() -> None:
    outcome = try_out(read_scenario(day()), 1, lambda share: None)
    told = json.loads(json.dumps(as_json(outcome), allow_nan=False))
    level = told["everybody"]["service_level_offered"]
    assert level["low"] < level["value"] < level["high"]
    text = as_text(outcome)
    for words in ("of all offered", "without abandons up to 5 s", "count as met", "answered only"):
        assert words in text


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl")])
def test_the_page_is_whole_in_every_language(language: str, direction: str) -> None:
    before = read_scenario(day(count=3))
    outcome = try_out(read_scenario(day(count=4)), 1, lambda share: None, before)
    page = as_page(outcome, language)  # type: ignore[arg-type]  # pytest gives plain texts
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert "A &lt;day&gt;" in page and "<day>" not in page
    assert "http" not in page and "<script" not in page
    plots = page.split("<svg")[1:]
    assert len(plots) > 15
    for plot in plots:
        ElementTree.fromstring(  # noqa: S314  our own text
            "<svg" + plot.partition("</svg>")[0] + "</svg>"
        )
