"""Scenario files: what is taken, and how what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.routing.simulation.plain import ROWS, plain
from wasl.routing.simulation import ScenarioInvalid, read_scenario

_EXAMPLES = Path(__file__).parents[3] / "examples"
TEXT = plain(ROWS[1])


@pytest.mark.parametrize("path", sorted(_EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_are_valid(path: Path) -> None:
    scenario = read_scenario(path.read_text(encoding="utf-8"))
    assert scenario.expected > 1_000


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[run]", "[run", "not TOML"),
        ("times = 60", "times = 1", "run.times: not between 2 and 100000"),
        ("times = 60", "times = true", "run.times: a whole number is needed"),
        ("times = 60", "times = 60\ncolour = 1", "run: 'colour' means nothing here"),
        ("times = 60", "times = 100000\nstart = 9", "a time of day"),
        ("per_hour = 60", "per_hour = 1000000", "more than 20,000,000 interactions"),
        ("count = 4", "count = 10000\nname = 'n'\n[[agents]]\ncount = 1", "more than 10,000"),
        ("target_s = 20", "target_s = nan", "service_level.target_s: not between"),
        ("target_s = 20", "target_s = 1" + "0" * 400, "service_level.target_s: not between"),
        ("count = 4", "count = 10001", "agents[0].count: not between"),
        ('queue = "q"', 'queue = "x"', "arrivals: no queue is called 'x'"),
        ("queues = {q = 3}", "queues = {q = 6}", "agents[0].queues.q: not between 0 and 5"),
        ("queues = {q = 3}", "queues = 3", "agents[0].queues: a table is needed"),
        ("per_hour = 60", "per_hour = [60, 70]", "a continuous run has one rate"),
        ("per_hour = 60", "", "give per_hour, or history"),
        ("per_hour = 60", "history = [[1], [2, 3]]", "days of the same length"),
        ("per_hour = 60", "per_hour = 0", "nobody comes"),
        ("mean_s = 180", "mean_s = 0", "arrivals[0].handling.mean_s: not between"),
        ("mean_s = 180", "cv = 1", "arrivals[0].handling.mean_s: a number is needed"),
        ("mean_s = 180", 'mean_s = 1, distribution = "odd"', "one of exponential, lognormal"),
        ('name = "q"', 'name = "q"\naccept_after_s = 30', "every offer would time out"),
        (
            'name = "q"',
            'name = "q"\noverflow = {queue = "q"}',
            "give both queue and after_s, or when_closed",
        ),
        ('name = "calls"', 'name = "calls"\nrequirement = {skill = 3}', "requirement_invalid"),
        ("count = 4", 'count = 4\nshifts = ["08:00-09:00"]', "a continuous run has no shifts"),
        ("count = 4", 'count = 4\nshifts = ["9-10"]', "a time of day"),
        ("count = 4", 'count = 4\nshifts = ["10:00-09:00"]', "ends before it begins"),
        ("continuous = true", "warm_up_hours = 1", "not TOML"),  # given twice
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(ScenarioInvalid) as caught:
        read_scenario(TEXT.replace(old, new, 1))
    assert words in str(caught.value)


def test_slots_must_fill_the_stretch() -> None:
    text = TEXT.replace("continuous = true", "").replace("warm_up_hours = 2.8", "")
    text = text.replace(f"warm_up_hours = {max(2.0, 10_000 / 60 / 60)}", "")
    with pytest.raises(ScenarioInvalid, match="2 slots of 30 minutes are not"):
        read_scenario(text.replace("per_hour = 60", "per_hour = [60, 70]"))


def test_too_large_a_file_is_not_read() -> None:
    with pytest.raises(ScenarioInvalid, match="larger than"):
        read_scenario("#" * 1_000_001)
