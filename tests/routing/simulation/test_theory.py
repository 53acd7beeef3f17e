"""The formulas against values computed elsewhere with 50 digits."""

from __future__ import annotations

import pytest

from tests.routing.simulation.plain import CHAT, ROWS, Row, plain
from wasl.routing.simulation import read_scenario, reference

# by row: with endless patience P(wait), ASA, answered within 20 s; with patience P(abandon),
# mean wait, answered within 20 s of all offered
ENDLESS = (
    (0.1741319336, 7.835937012, 0.8883500192),
    (0.5094339623, 91.69811321, 0.5441384612),
    (0.3241499492, 29.17349543, 0.7404410115),
    (0.3381247679, 30.43122911, 0.7292508515),
    (0.3845473179, 13.84370345, 0.7793646609),
    (0.6944556112, 20.83366834, 0.6434546008),
)
PATIENT = (
    (0.02283928653, 2.740714384, 0.9327295807),
    (0.1221114379, 14.65337255, 0.7372496187),
    (0.06038848203, 7.246617843, 0.8456635783),
    (0.03748317691, 6.746971844, 0.8604247079),
    (0.03021300046, 1.812780027, 0.9522918017),
    (0.03091224916, 3.709469899, 0.9430189547),
    (0.1664337675, 9.98602605, 0.6983050624),
)


def near(expected: float) -> object:
    return pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("row", "expected"), [*zip(ROWS[:6], ENDLESS, strict=True)])
def test_erlang_c(row: Row, expected: tuple[float, float, float]) -> None:
    told = reference(read_scenario(plain(row, endless=True)))
    assert told is not None
    assert (told["waited"], told["asa_s"], told["service_level_offered"]) == tuple(
        map(near, expected)
    )


@pytest.mark.parametrize(("row", "expected"), [*zip(ROWS, PATIENT, strict=True)])
def test_erlang_a(row: Row, expected: tuple[float, float, float]) -> None:
    told = reference(read_scenario(plain(row)))
    assert told is not None
    assert (told["abandoned"], told["wait_all_s"], told["service_level_offered"]) == tuple(
        map(near, expected)
    )


def test_the_four_service_levels_lie_far_apart() -> None:
    told = reference(read_scenario(plain(ROWS[6])))
    assert told is not None
    assert told["service_level_offered"] == near(0.6983050624)
    assert told["service_level_excluding_short"] == near(0.7797006875)
    assert told["service_level_short_met"] == near(0.8026984873)
    assert told["service_level_answered"] == near(0.8377319463)


def test_chats_spread_evenly() -> None:
    told = reference(read_scenario(plain(CHAT, chats=True)))
    assert told is not None
    assert told["waited"] == near(0.1203368922)
    assert told["abandoned"] == near(0.03998883427)
    assert told["wait_all_s"] == near(7.197990168)


def test_one_chat_at_a_time_is_erlang_a() -> None:
    text = plain(CHAT, chats=True)
    one = reference(read_scenario(text.replace("capacity = {call = 3}", "capacity = {call = 1}")))
    calls = reference(read_scenario(plain(CHAT)))
    assert one is not None
    assert one == calls


def test_no_steady_state_no_values() -> None:
    assert reference(read_scenario(plain(ROWS[6], endless=True))) is None


def test_nothing_is_said_of_what_the_formulas_do_not_know() -> None:
    text = plain(ROWS[0])
    assert reference(read_scenario(text)) is not None
    for old, new in (
        ("mean_s = 180", 'mean_s = 180, distribution = "lognormal"'),
        ('name = "q"', 'name = "q"\naccept_after_s = 2'),
        ('name = "calls"', 'name = "calls"\nrequirement = {skill = "returns"}'),
    ):
        assert old in text
        assert reference(read_scenario(text.replace(old, new))) is None
