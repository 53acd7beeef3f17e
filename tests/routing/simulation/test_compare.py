"""Two scenarios side by side, what is changed in them, and how they are written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing.simulation.test_centre import day
from wasl.routing.simulation import (
    Changes,
    ScenarioInvalid,
    Skill,
    agents_in,
    as_toml,
    changed,
    compare,
    scenario_of,
)

LEVEL = "service_level_offered"


def document(times: int = 12, **more: Any) -> dict[str, Any]:
    return tomllib.loads(day(times=times, **more))


def compared(today: dict[str, Any], other: dict[str, Any], queue: str | None = None) -> Any:
    return compare(scenario_of(today), scenario_of(other), 1, queue, LEVEL, lambda share: None)


def test_the_change_is_what_lies_between() -> None:
    today = document()
    told = compared(today, changed(today, Changes(agents={"q": 2}, target_s=60)))
    for name, row in told["measures"].items():
        change = row["scenario"]["value"] - row["today"]["value"]
        assert row["change"]["value"] == pytest.approx(change, abs=1e-9), name
    change = told["measures"][LEVEL]["change"]
    assert change["low"] > 0
    assert 0 < told["looser"]["value"] < change["value"]


def test_only_another_target_is_nothing_but_looser() -> None:
    today = document()
    told = compared(today, changed(today, Changes(target_s=90)))
    assert told["looser"] == told["measures"][LEVEL]["change"]
    for name in ("asa_s", "wait_p90_s", "abandon_rate", "occupancy"):
        assert told["measures"][name]["change"]["value"] == 0


def test_a_tighter_target_takes() -> None:
    today = document()
    told = compared(today, changed(today, Changes(target_s=1)))
    assert told["looser"]["value"] < 0


def test_same_chance_leaves_less_to_luck() -> None:
    today = document(times=30)
    row = compared(today, changed(today, Changes(agents={"q": 1})))["measures"][LEVEL]
    width = row["change"]["high"] - row["change"]["low"]
    apart = sum(row[side]["high"] - row[side]["low"] for side in ("today", "scenario"))
    assert width < apart


def test_one_queue_of_several() -> None:
    other = """
[[queues]]
name = "r"
[[arrivals]]
name = "b"
queue = "r"
kind = "chat"
per_hour = 60
patience = {mean_s = 60}
handling = {mean_s = 180}
[[agents]]
count = 2
queues = {r = 3}
capacity = {chat = 1}
"""
    today = document(more=other)
    told = compared(today, changed(today, Changes(queue="r", volume=1.5, target_s=40)), "q")
    assert told["looser"] is None
    # how long the others keep everybody there is the one thing that reaches this queue
    rows = {name: row for name, row in told["measures"].items() if name != "occupancy"}
    assert all(row["change"]["value"] == 0 for row in rows.values())
    told = compared(today, changed(today, Changes(queue="r", volume=1.5)), "r")
    assert told["measures"][LEVEL]["change"]["high"] < 0


def test_the_two_must_fit_together() -> None:
    with pytest.raises(ScenarioInvalid, match="the same"):
        compared(document(), document(times=13))


# ── changes ──────────────────────────────────────────────────────────────────────────────────

teams = st.lists(
    st.fixed_dictionaries(
        {
            "count": st.integers(1, 9),
            "queues": st.sampled_from([{"a": 3}, {"b": 2}, {"a": 1, "b": 5}]),
            "skills": st.sampled_from([{}, {"x": 2}, {"x": 5}]),
        }
    ),
    min_size=1,
    max_size=8,
)


def centre(made: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "service_level": {},
        "arrivals": [],
        "queues": [],
        "agents": [{"name": f"team {n}", **team} for n, team in enumerate(made)],
    }


@given(teams, st.integers(0, 20))
def test_so_many_agents_more(made: list[dict[str, Any]], by: int) -> None:
    before = centre(made)
    there = agents_in(before, "a")
    after = changed(before, Changes(agents={"a": by}))
    assert agents_in(after, "a") == (there + by if there else 0)
    assert agents_in(after, None) - agents_in(before, None) == (by if there else 0)
    assert after["agents"][: len(made)] == before["agents"]  # who is there keeps their place


@given(teams, st.integers(1, 90))
def test_so_many_agents_fewer(made: list[dict[str, Any]], by: int) -> None:
    before = centre(made)
    after = changed(before, Changes(agents={"a": -by}))
    there, others = agents_in(before, "a"), agents_in(before, None) - agents_in(before, "a")
    least = 0 if others else 1
    assert agents_in(after, "a") == max(there - by, min(least, there))
    assert agents_in(after, None) >= 1


@given(teams, st.integers(1, 30))
def test_a_skill_for_so_many(made: list[dict[str, Any]], number: int) -> None:
    before = centre(made)

    def have(one: dict[str, Any]) -> int:
        members = [team for team in one["agents"] if "a" in team["queues"]]
        return sum(team["count"] for team in members if team["skills"].get("x", 0) >= 4)

    after = changed(before, Changes(queue="a", skill=Skill("x", 4, number)))
    lacking = agents_in(before, "a") - have(before)
    assert have(after) == have(before) + min(number, lacking)
    assert agents_in(after, None) == agents_in(before, None)


def test_the_document_stays_as_it_was() -> None:
    before = document()
    again = document()
    changed(before, Changes(target_s=1, volume=2, priority=3, agents={"q": 4}))
    assert before == again


# ── as TOML ──────────────────────────────────────────────────────────────────────────────────

scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=5))
def test_what_is_written_is_read_again(made: dict[str, Any]) -> None:
    assert tomllib.loads(as_toml(made, "for\npeople")) == made
