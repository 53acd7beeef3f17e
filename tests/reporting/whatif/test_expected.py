"""An expected day, for centres and expectations of every kind."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reporting.whatif.test_today import QUEUES, RULES, pasts
from wasl.reporting.policy import Target
from wasl.reporting.whatif.expected import (
    LONGEST_HANDLING_S,
    LONGEST_PATIENCE_S,
    MOST_A_DAY,
    Expected,
    assumed,
    day_of,
)
from wasl.reporting.whatif.past import Asked, Past, PastAgent, PastQueue
from wasl.reporting.whatif.running import runs_for
from wasl.routing.simulation import LEVELS, agents_in, compare, scenario_of

SUPPORT = QUEUES[0]


@st.composite
def centres(draw: st.DrawFn) -> Past:
    past = draw(pasts())
    queues = [
        replace(
            queue,
            kind=draw(st.sampled_from(["web_chat", "email"])),
            units=draw(st.integers(1, 2)),
            rules={**queue.rules, "wrap_up_s": draw(st.integers(0, 3_600))},
        )
        for queue in past.queues
    ]
    exclusive = draw(st.sampled_from([frozenset[str](), frozenset({"web_chat"})]))
    return replace(past, queues=tuple(queues), exclusive=exclusive)


def expectations(queue_id: UUID) -> st.SearchStrategy[Expected]:
    return st.builds(
        Expected,
        st.just(queue_id),
        st.integers(0, MOST_A_DAY),
        st.sampled_from(["flat", "two_humps"]),
        st.integers(1, LONGEST_HANDLING_S),
        st.integers(1, LONGEST_PATIENCE_S),
    )


@settings(max_examples=50)
@given(centres(), st.tuples(*map(expectations, QUEUES)))
def test_every_expectation_is_a_scenario(past: Past, expected: tuple[Expected, ...]) -> None:
    document = day_of(past, expected)
    if not past.agents or not any(one.per_day for one in expected):
        return
    scenario = scenario_of(document)
    comes = {one.queue: one.expected(scenario.run.stretch_s) for one in scenario.arrivals}
    wanted = [one.per_day for one in expected if one.per_day]
    assert list(comes.values()) == pytest.approx(wanted, rel=1e-3)
    assert agents_in(document, None) == len(past.agents)
    assert not any(team.shifts for team in scenario.teams)


@settings(max_examples=50)
@given(centres())
def test_what_is_assumed_can_be_simulated(past: Past) -> None:
    guesses = assumed(past)
    assert [one.queue_id for one in guesses] == QUEUES
    for one in guesses:
        members = [agent for agent in past.agents if one.queue_id in agent.levels]
        assert bool(members) or one.per_day == 0
        assert 0 < one.handling_s <= LONGEST_HANDLING_S
        assert 0 < one.patience_s <= LONGEST_PATIENCE_S
    runs = runs_for(sum(one.per_day for one in guesses))
    if any(one.per_day for one in guesses):
        assert scenario_of(day_of(past, guesses, runs)).expected >= 1


def support(agents: int = 10, **rules: object) -> Past:
    queue = PastQueue(
        SUPPORT, {"en": "Support"}, Target(60, 120), {**RULES, "wrap_up_s": 30, **rules}
    )
    members = [PastAgent(UUID(int=n), {SUPPORT: 3}, {}, {}, {}) for n in range(agents)]
    return Past(4, "UTC", (replace(queue, kind="web_chat"),), tuple(members), ())


def test_a_large_centre_is_assumed_as_large_as_can_be_simulated() -> None:
    (guess,) = assumed(support(agents=5_000))
    assert guess.per_day == MOST_A_DAY


def test_everybody_comes_while_it_is_open() -> None:
    weekly = [[["09:00", "12:15"], ["13:00", "17:00"]]] * 5 + [[], []]
    past = support(hours={"zone": "UTC", "weekly": weekly})
    document = day_of(past, [Expected(SUPPORT, 290, "flat", 300, 180)])
    assert document["run"]["start"] == "09:00"
    assert document["queues"][0]["opens"] == ["09:00-12:15", "13:00-17:00"]
    rates = document["arrivals"][0]["per_hour"]
    assert rates == pytest.approx([40] * 6 + [20, 0] + [40] * 8)


def test_two_humps_have_a_dip_between_them() -> None:
    document = day_of(support(), [Expected(SUPPORT, 100, "two_humps", 300, 180)])
    rates = document["arrivals"][0]["per_hour"]
    morning, noon, afternoon = max(rates[:8]), min(rates[5:11]), max(rates[8:])
    assert noon < afternoon < morning
    assert rates[0] < noon


def test_handling_is_with_wrap_up() -> None:
    document = day_of(support(), [Expected(SUPPORT, 100, "flat", 300, 180)])
    (arrivals,) = document["arrivals"]
    assert arrivals["handling"] == {"mean_s": 330}
    assert arrivals["patience"] == {"mean_s": 180}
    assert arrivals["target_s"] == 60


@pytest.mark.parametrize("kinds", [("email",) * 3, ("email", "web_chat", "email"), ("web_chat",)])
@pytest.mark.parametrize("exclusive", [frozenset[str](), frozenset({"web_chat"})])
def test_what_is_assumed_is_neither_too_easy_nor_hopeless(
    kinds: tuple[str, ...], exclusive: frozenset[str]
) -> None:
    queues = tuple(
        PastQueue(
            id_, {"en": f"{id_}"}, Target(300, 600), {**RULES, "wrap_up_s": 15}, Asked(), kind
        )
        for id_, kind in zip(QUEUES, kinds, strict=False)
    )
    members = tuple(
        PastAgent(UUID(int=n), {queue.id: 3 for queue in queues[n % 2 :] or queues}, {}, {}, {})
        for n in range(6)
    )
    past = Past(4, "UTC", queues, members, (), exclusive)
    scenario = scenario_of(day_of(past, assumed(past), times=8))
    result = compare(scenario, scenario, 1, None, LEVELS["offered"], lambda _: None)
    assert 0.5 < result["measures"][LEVELS["offered"]]["today"]["value"] < 0.98
    assert 0.5 < result["measures"]["occupancy"]["today"]["value"] < 0.98
