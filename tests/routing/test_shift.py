"""How busy an agent is: kept from change to change, it is what a look at the whole shift says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.routing.test_router import Floor, floor
from tests.routing.world import START
from wasl.infra.events import SYSTEM
from wasl.reporting.day import day_of
from wasl.routing import By, change_queue, pick, set_presence, set_status
from wasl.routing.policy import SHIFT_BREAK, Shift, declared_now, held_now

__all__ = ["floor"]  # fixture

# seconds that pass, and then whether the agent is signed in, or holds something, from then on
CHANGES = st.lists(
    st.tuples(
        st.integers(0, int(SHIFT_BREAK.total_seconds() * 1.2)),
        st.sampled_from(["signed_in", "in_hand"]),
        st.booleans(),
    ),
    max_size=30,
)


def looked_at(changes: list[tuple[int, str, bool]]) -> tuple[float, float]:
    """Busy and present seconds of the last shift, from all that happened."""
    spans: list[tuple[int, bool, bool]] = []  # seconds, signed in, in hand
    now = {"signed_in": False, "in_hand": False}
    for passed_s, what, so in changes:
        spans.append((passed_s, now["signed_in"], now["in_hand"]))
        gone_s = 0
        for seconds, *there in reversed(spans):
            if any(there):
                break
            gone_s += seconds
        if what == "signed_in" and so and gone_s >= SHIFT_BREAK.total_seconds():
            spans.clear()
        now[what] = so
    busy = sum(seconds for seconds, _, in_hand in spans if in_hand)
    return busy, sum(seconds for seconds, *there in spans if any(there))


@example(  # signed out twice: gone since the first time
    [
        (0, "signed_in", True),
        (1, "signed_in", False),
        (1, "signed_in", False),
        (int(SHIFT_BREAK.total_seconds()) - 1, "signed_in", True),
    ]
)
@given(CHANGES)
def test_counting_on_is_the_same_as_looking_at_the_whole_shift(
    changes: list[tuple[int, str, bool]],
) -> None:
    shift, now = Shift(), START
    for passed_s, what, so in changes:
        now += timedelta(seconds=passed_s)
        shift = (declared_now if what == "signed_in" else held_now)(shift, so, now)
    busy_s, present_s = looked_at(changes)
    assert (shift.busy_s, shift.present_s) == (busy_s, present_s)
    assert shift.share == (busy_s / present_s if present_s else 0)
    assert 0 <= shift.share <= 1


def test_a_clock_that_went_back_takes_nothing_away() -> None:
    shift = held_now(declared_now(Shift(), True, START), True, START + timedelta(seconds=10))
    later = held_now(shift, False, START)
    assert (later.busy_s, later.present_s) == (0, 10)
    assert later.counted_at == START + timedelta(seconds=10)


async def test_the_engine_is_told_and_told_the_same_after_a_restart(floor: Floor) -> None:
    """And the smaller share goes first where the queue says so."""
    centre, began = floor.centre, floor.centre.now
    await floor.do(
        lambda conn: change_queue(
            conn, centre.queue_id, {"strategy": "idleness_ratio", "wrap_up_s": 0},
            actor=SYSTEM, now=centre.now,
        )
    )  # fmt: skip
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await floor.catch_up()

    async def works(busy_s: float) -> None:
        written = await floor.do(centre.contact_writes)
        await floor.do(lambda conn: pick(conn, written, by=By(maryam), now=centre.now))
        await floor.turn(busy_s)
        by = By(maryam)
        await floor.do(lambda conn: set_status(conn, written, "resolved", by=by, now=centre.now))
        await floor.catch_up()

    await works(30)
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza"))
    await floor.turn(60)
    await works(10)
    day = await floor.do(lambda conn: day_of(conn, maryam, since=began, now=centre.now))
    share = day["engaged_s"] / day["presence_s"]["available"]
    assert share == pytest.approx(40 / 100)

    rebuilt = floor.a_router()
    await rebuilt.rebuild(1)
    for router in (floor.router, rebuilt):
        known = router.engine.picture()["agents"]
        assert known[maryam].busy_share == pytest.approx(share)
        assert known[reza].busy_share == 0

    await floor.do(lambda conn: set_presence(conn, reza, "away", now=centre.now))
    await floor.turn(5)
    await floor.do(lambda conn: set_presence(conn, reza, "available", now=centre.now))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == [(written, reza)]  # though Maryam is idle for longer
