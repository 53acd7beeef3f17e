"""Days on which nothing goes as it should: clocks jump, wakes are lost, everybody comes at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.routing.conftest import Centre
from tests.routing.test_router import Floor, nobody_is_above_capacity
from tests.routing.world import START, World, uid
from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.event_reader import LiveReader
from wasl.infra.leader import Leader
from wasl.routing import LEADER, Router, accept_offer
from wasl.routing.policy import (
    Agent,
    Engine,
    Held,
    Hours,
    Move,
    Offer,
    Offered,
    Overflow,
    Queue,
    Waiting,
)
from wasl.routing.reading import AT_A_TIME, Facts


@pytest.fixture
async def floor(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Floor]:
    floor = Floor(fresh_dsn, Centre(clock))
    await floor.do(lambda conn: floor.centre.open(conn, wrap_up_s=10))
    await floor.lead(1)
    await floor.router.rebuild(1)
    yield floor
    await floor.engine.dispose()


# ── clocks ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("back_s", [5, 3_600, 86_400])
async def test_the_clock_goes_back_and_later_on_again(floor: Floor, back_s: int) -> None:
    """Nothing is lost or offered twice; whoever writes meanwhile is offered at once."""
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam", capacity=2))
    early = await floor.do(centre.contact_writes)
    await floor.catch_up()
    centre.clock.turn(-back_s)
    late = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert sorted(await floor.offers()) == sorted([(early, maryam), (late, maryam)])
    rebuilt = floor.a_router()
    await rebuilt.rebuild(1)
    assert rebuilt.engine.decide(centre.now) == []
    assert rebuilt.engine.picture() == floor.router.engine.picture()
    (first, second) = await floor.do(centre.live_offers)
    await floor.do(
        lambda conn: accept_offer(conn, first.id, first.epoch, agent_id=maryam, now=centre.now)
    )
    await floor.turn(back_s + 20)  # the other one was not answered
    assert await floor.offers() == []
    waiting = await floor.do(lambda conn: centre.assignment(conn, second.conversation_id))
    assert waiting.state == "queued"
    await floor.do(nobody_is_above_capacity)


async def test_the_clock_jumps_a_day_ahead(floor: Floor) -> None:
    """What was offered goes on to the next one, once; who has it in hand keeps it."""
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam", capacity=1))
    held = await floor.do(centre.contact_writes)
    await floor.catch_up()
    (offer,) = await floor.do(centre.live_offers)
    await floor.do(
        lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
    )
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza"))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == [(written, reza)]
    centre.clock.turn(86_400)
    sara = await floor.do(lambda conn: centre.agent(conn, "Sara"))
    await floor.router.decide(1)
    await floor.catch_up()
    assert await floor.offers() == [(written, sara)]
    a = await floor.do(lambda conn: centre.assignment(conn, held))
    assert (a.state, a.holder_id) == ("active", maryam)


def test_the_clock_changes_in_the_middle_of_business_hours() -> None:
    """The night on which an hour is skipped, and the one on which it comes twice: offered exactly
    while the queue is open."""
    night = Hours("Europe/Berlin", (((60, 240),),) * 7)  # 01:00 to 04:00 on the wall
    for opens, open_s in (
        (datetime(2026, 3, 29, 0, tzinfo=UTC), 2 * 3_600),
        (datetime(2026, 10, 24, 23, tzinfo=UTC), 4 * 3_600),
    ):
        world = World()
        world.now = opens - timedelta(hours=1)
        world.queue(Queue(uid(1), 20, 60, hours=night))
        world.agent(Agent(uid(10), True, world.now, {uid(1): 3}, {"chat": 1}))
        served = 0
        for n in range(100, 140):  # a chat each ten minutes
            world.work(Waiting(uid(n), uid(1), "chat", 1, world.now, 0))
            world.decide()
            is_open = opens <= world.now < opens + timedelta(seconds=open_s)
            live = [work for work in world.works.values() if isinstance(work, Offered)]
            assert bool(live) == is_open
            for offered in live:
                world.work(Held(offered.interaction_id, uid(10), "chat", 1))
                world.gone(offered.interaction_id)
                served += 1
            world.decide()
            for again in [w for w in world.works.values() if isinstance(w, Offered)]:
                world.work(again.waiting)  # declined: it waits on
            world.agent(replace(world.agents[uid(10)], available=False))
            world.decide()
            world.pass_time(600)
            world.agent(replace(world.agents[uid(10)], available=True, idle_since=world.now))
            world.decide()
        assert served >= open_s / 600


# ── too much at once ─────────────────────────────────────────────────────────────────────────


def test_ten_thousand_agents_sign_in_at_once() -> None:
    """The event loop is let go after each thousand; everybody who waits is offered, once."""
    engine = Engine()
    engine.queue_changed(Queue(uid(1), 20, 60))
    for n in range(3_000):
        engine.work_changed(Waiting(uid(100_000 + n), uid(1), "chat", 1, START, 0))
    assert engine.decide(START) == []
    coming = {
        uid(n): Agent(uid(n), True, START, {uid(1): 3}, {"chat": 1}) for n in range(2, 10_002)
    }
    pauses = sum(1 for _ in Facts(agents=dict(coming)).tell(engine))
    assert pauses == 10_000 // AT_A_TIME
    made = [one for one in engine.decide(START) if isinstance(one, Offer)]
    assert len({offer.interaction_id for offer in made}) == len(made) == 3_000
    assert len({offer.agent_id for offer in made}) == 3_000
    assert engine.decide(START) == []
    known = sum(1 for _ in Facts(agents=dict(coming)).tell(engine))
    assert (known, engine.decide(START)) == (pauses, [])  # told again, nothing is new


def test_queues_that_overflow_in_a_circle_come_to_rest() -> None:
    """Each interaction goes round once at the most, however many queues there are."""
    world, queues = World(), 5
    for n in range(1, queues + 1):
        onwards = Overflow(uid(n % queues + 1), after_s=10)
        world.queue(Queue(uid(n), 20, 60, overflow=onwards))
    moves: dict[UUID, int] = {}
    for n in range(50):
        world.work(
            Waiting(uid(100 + n), uid(n % queues + 1), "chat", 1, world.now, 0, queued_at=world.now)
        )
    for _ in range(100):
        for decision in world.decide():
            assert isinstance(decision, Move)
            assert decision.why[0].code == "overflow"
            moves[decision.interaction_id] = moves.get(decision.interaction_id, 0) + 1
        world.now += timedelta(seconds=5)
    assert set(moves.values()) == {queues - 1}
    assert world.engine.next_wake() is None or world.engine.next_wake() > world.now - timedelta(1)
    world.check()


def test_presence_that_flaps_leaves_nothing_behind() -> None:
    """Ten thousand changes of one agent: the engine is as small as before, and still right."""
    world, dice = World(), random.Random(1)  # noqa: S311 not for secrets
    world.queue(Queue(uid(1), 20, 60))
    agent = Agent(uid(10), True, world.now, {uid(1): 3}, {"chat": 3})
    world.agent(agent)
    world.agent(replace(agent, id=uid(11)))
    for n in range(20):
        world.work(Waiting(uid(100 + n), uid(1), "chat", 1, world.now, 0))
    world.decide()
    offers = 0
    for n in range(10_000):
        world.now += timedelta(milliseconds=20)
        world.agent(replace(agent, available=n % 2 == 0, idle_since=world.now))
        if dice.random() < 0.5:
            offers += sum(isinstance(one, Offer) for one in world.decide(check_order=False))
            for work in list(world.works.values()):  # nobody answers
                if isinstance(work, Offered) and work.expires_at <= world.now:
                    raise AssertionError("an offer outlived its time")
    world.decide()
    world.check()
    world.check_rebuilt_is_the_same()
    (line,) = world.engine._places[1].lines.values()
    assert len(line.ready) + len(line._waiting) < 400
    assert offers > 1_000


# ── the bus ──────────────────────────────────────────────────────────────────────────────────


class DeafBus(LocalBus):
    """Whatever is sent is lost, as while PostgreSQL's notifications or NATS are away."""

    def publish(self, topic: str, payload: bytes) -> None:
        return None


async def test_offers_time_out_and_go_on_while_the_bus_is_lost(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    centre.clock.turn(1)
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza"))
    deaf = DeafBus()
    router = Router(floor.database, centre.clock, lambda: LiveReader(floor.engine, deaf))
    dsn = floor.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    first = await floor.do(centre.contact_writes)
    leading = asyncio.create_task(Leader(dsn, LEADER).run(router.lead))

    async def offered(*expected: tuple[UUID, UUID]) -> bool:
        return sorted(await floor.offers()) == sorted(expected)

    await floor.until(lambda: offered((first, maryam)))
    centre.clock.turn(20)  # no answer, and nobody to wake the router but its clock
    await floor.until(lambda: offered((first, reza)))
    second = await floor.do(centre.contact_writes)  # found by looking
    await floor.until(lambda: offered((first, reza), (second, reza)))
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
