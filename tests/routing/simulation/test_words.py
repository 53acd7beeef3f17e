"""What a scenario can say besides arrivals and agents: hours, declined and missed offers, counts from
a file, limits of a class's own, e-mail beside chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.routing.simulation.test_centre import day, run
from wasl.routing.simulation import ScenarioInvalid, Stretch, read_scenario, simulate, try_files

NOON = 'opens = ["09:00-10:00"]'  # the day begins at 8 and has two hours


def with_queue(line: str, **more: Any) -> str:
    return day(**more).replace("accept_after_s = 0", f"accept_after_s = 0\n{line}")


def total(stretches: list[Stretch], name: str) -> int:
    return sum(getattr(one.classes[0], name) for one in stretches)


def test_nobody_is_served_before_the_queue_opens() -> None:
    early = run(with_queue(NOON, patience="", count=40))
    waits = [wait for one in early for wait in one.classes[0].waits]
    assert max(waits) > 3_000
    assert total(early, "answered") == total(early, "offered")
    always = run(with_queue("", patience="", count=40))
    assert total(early, "offered") == total(always, "offered")
    for one, other in zip(early, always, strict=True):
        assert one.classes[0].offered_by_hour == other.classes[0].offered_by_hour
        assert one.classes[0].met_by_hour[0] < other.classes[0].met_by_hour[0]


def test_who_comes_outside_the_hours_can_be_turned_away() -> None:
    away = run(with_queue(f'{NOON}\noutside = "turned_away"'))
    always = run(with_queue(""))
    for one, other in zip(away, always, strict=True):
        tally, usual = one.classes[0], other.classes[0]
        assert tally.turned_away == usual.offered_by_hour[0]
        assert tally.offered_by_hour == [0, usual.offered_by_hour[1]]


def test_a_closed_queue_sends_on() -> None:
    other = """
[[queues]]
name = "night"
[[agents]]
count = 9
queues = {night = 3}
capacity = {chat = 1}
"""
    line = 'opens = ["09:00-24:00"]\noverflow = {queue = "night", when_closed = true}'
    sent = run(with_queue(line, more=other))
    assert total(sent, "overflowed") == sum(one.classes[0].offered_by_hour[0] for one in sent)


def test_who_is_left_when_a_queue_closes_for_good_is_no_endless_wait() -> None:
    left = run(
        with_queue('opens = ["08:00-08:30"]', patience="", agents='shifts = ["08:00-08:20"]')
    )
    assert total(left, "answered") < total(left, "offered")


@pytest.mark.parametrize(
    ("line", "what"), [("declines = 0.3", "declined"), ("misses = 0.3", "missed")]
)
def test_offers_are_not_always_taken(line: str, what: str) -> None:
    usual = run(with_queue("", times=40, patience=""))
    untaken = run(with_queue(line, times=40, patience=""))
    share = total(untaken, what) / (total(untaken, what) + total(untaken, "answered"))
    assert share == pytest.approx(0.3, abs=0.06)
    assert total(untaken, "answered") == total(usual, "answered") == total(usual, "offered")
    assert sum(one.classes[0].wait_answered_s for one in untaken) > sum(
        one.classes[0].wait_answered_s for one in usual
    )


def test_who_missed_an_offer_is_away_for_a_while() -> None:
    def present(back_after_s: int) -> float:
        line = f"misses = 0.5\nback_after_s = {back_after_s}"
        return sum(sum(one.present_s) for one in run(with_queue(line)))

    assert present(1800) < present(30)


def test_a_few_misses_may_be_allowed() -> None:
    strict = run(with_queue("misses = 0.3\nback_after_s = 1800"))
    patient = run(with_queue("misses = 0.3\nback_after_s = 1800\nno_answer_limit = 3"))
    assert total(patient, "abandoned") < total(strict, "abandoned")


def test_counts_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text("# two days\n7, 2\n3, 4  # the second\n\n")
    text = day(arrivals='slot_minutes = 60\nhistory = "counts.csv"')
    scenario = tmp_path / "day.toml"
    scenario.write_text(text)
    told = try_files(str(scenario), None, 1, page=None, language="en", json=False)
    assert "in 4 stretches" in told
    rows = read_scenario(text, lambda name: (tmp_path / name).read_text()).arrivals[0].history
    assert rows == ((7, 2), (3, 4))
    with pytest.raises(ScenarioInvalid, match="no file can be read here"):
        read_scenario(text)
    for wrong in ("7, x", "", "1, 2\n3", "-1, 2"):
        with pytest.raises(ScenarioInvalid, match="history"):
            read_scenario(text, {"counts.csv": wrong}.__getitem__)


def test_all_classes_have_the_same_day() -> None:
    other = """
[[arrivals]]
name = "b"
queue = "q"
kind = "email"
slot_minutes = 60
history = [[2, 2], [8, 8]]
handling = {mean_s = 60}
"""
    both = day(times=20, arrivals="slot_minutes = 60\nhistory = [[1, 1], [9, 9]]", more=other)
    for one in run(both):
        assert (one.classes[0].offered, one.classes[1].offered) in {(2, 4), (18, 16)}


def test_more_or_fewer_come_of_those_who_came() -> None:
    def moments(volume: float) -> list[set[float]]:
        arrivals = f"slot_minutes = 60\nhistory = [[40, 40]]\nvolume = {volume}"
        scenario = read_scenario(day(arrivals=arrivals))
        from wasl.routing.simulation.sources import Source

        return [set(Source(scenario.arrivals[0], 1, n).slot(0, 0)[1]) for n in range(30)]

    usual, fewer, more = moments(1), moments(0.5), moments(1.5)
    assert all(less <= now <= many for less, now, many in zip(fewer, usual, more, strict=True))
    assert sum(map(len, fewer)) == 30 * 20
    assert sum(map(len, more)) == 30 * 60


def test_a_class_has_its_own_limit() -> None:
    own = day().replace('kind = "chat"', 'kind = "chat"\ntarget_s = 3600')
    for one, other in zip(run(own), run(day()), strict=True):
        assert one.classes[0].met == one.classes[0].answered > other.classes[0].met


def test_mail_waits_for_room_beside_chats() -> None:
    mail = """
[[arrivals]]
name = "mail"
queue = "q"
kind = "email"
target_s = 14400
per_hour = 20
handling = {mean_s = 300}
"""
    text = day(more=mail).replace("capacity = {chat = 1}", "capacity = {chat = 2, email = 1}")
    for one in simulate(read_scenario(text), 1):
        chat, letters = one.classes
        assert letters.abandoned == 0
        assert letters.answered == letters.offered > 0
        assert chat.answered + chat.abandoned == chat.offered


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("declines = 0.96", "not between 0 and 0.95"),
        ("declines = 0.5\nmisses = 0.5", "hardly an offer would be accepted"),
        ('outside = "turned_away"', "a queue without hours is never closed"),
        ('opens = ["10:00-09:00"]', "ends before it begins"),
        ("overflow = {when_closed = true}", "give both queue and after_s, or when_closed"),
    ],
)
def test_what_makes_no_sense_is_refused(line: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid, match=words):
        read_scenario(with_queue(line))
