"""One rule of the engine at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.routing.test_policy import a_queue, a_waiting, an_agent, engine_with, offers, uid
from tests.routing.world import START, step
from wasl.routing.policy import (
    Affinity,
    Held,
    Hours,
    Move,
    Need,
    Offer,
    Overflow,
    Queue,
    Rescind,
    TimeOut,
    Why,
    expected_wait,
    waiting_key,
)


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_requirement_relaxes_with_time_and_the_offer_says_so() -> None:
    steps = (step({"skill": "returns", "least": 4}, 30), step({"skill": "returns", "least": 2}))
    agent = replace(an_agent(10), skills={"returns": 3})
    engine = engine_with(replace(a_queue(), steps=steps), agent, a_waiting(100))
    assert engine.decide(START) == []
    explained = engine.explain(uid(100), START)
    assert explained is not None
    assert explained.why == (Why("nobody_meets", {"lacking": [{"name": "returns", "least": 4.0}]}),)
    assert explained.agents == ((uid(10), Why("lacks_skill", {"name": "returns", "level": 4.0})),)
    assert engine.next_wake() == START + after(30)
    (offer,) = engine.decide(START + after(30))
    assert isinstance(offer, Offer)
    assert Why("skill", {"name": "returns", "level": 3}) in offer.why
    assert Why("relaxed", {"n": 1}) in offer.why


def test_what_nobody_there_meets_is_told_until_it_is_met() -> None:
    steps = (step({"skill": "returns", "least": 4}, 30), step({"skill": "returns", "least": 2}))
    maryam = replace(an_agent(10, chat=0), skills={"returns": 3})
    queue = replace(a_queue(), steps=steps)
    engine = engine_with(queue, maryam, a_waiting(100, 5), a_waiting(101))

    def needs(now: datetime = START) -> tuple[Need, ...]:
        engine.decide(now)
        return engine.needs().get(queue.id, ())

    assert needs() == (Need((("returns", 4.0),), 0, 2, uid(100)),)
    sima = replace(an_agent(11, chat=0), skills={"returns": 5}, signed_in=False, available=False)
    engine.agent_changed(sima)
    assert needs() == (Need((("returns", 4.0),), 1, 2, uid(100)),)
    engine.agent_changed(replace(sima, signed_in=True))  # busy or away is for others to tell
    assert needs() == ()
    engine.agent_gone(sima.id)
    engine.work_gone(uid(100))
    assert needs() == (Need((("returns", 4.0),), 0, 1, uid(101)),)
    assert needs(START + after(30)) == ()  # Maryam would do, if she were not full
    engine.agent_gone(maryam.id)
    assert needs(START + after(30)) == (Need((("returns", 2.0),), 0, 1, uid(101)),)
    engine.queue_changed(replace(queue, steps=()))  # anybody will do; nobody is there
    assert needs(START + after(30)) == ()


def test_what_may_interrupt_what_is_each_agents_own() -> None:
    """Chats may come during mail, mail not during chats: neither beside what is on offer."""
    rules = {"chat": frozenset[str](), "mail": frozenset(("chat",))}
    agent = replace(an_agent(10, chat=2, mail=2), interruptible_by=rules)
    mail = replace(a_waiting(100, 60), kind="mail")
    engine = engine_with(a_queue(), agent, mail)
    assert offers(engine) == [(100, 10)]
    engine.work_changed(a_waiting(101))
    assert offers(engine) == []  # it would shut out the mail that is on offer
    engine.work_changed(Held(uid(100), uid(10), "mail", 1))
    assert offers(engine) == [(101, 10)]
    engine.work_changed(Held(uid(101), uid(10), "chat", 1))
    engine.work_changed(replace(mail, interaction_id=uid(102)))
    engine.work_changed(a_waiting(103))
    assert offers(engine) == [(103, 10)]  # one more chat, but no mail
    explained = engine.explain(uid(102), START)
    assert explained is not None and explained.agents == ((uid(10), Why("on_a_call")),)
    engine.agent_changed(replace(agent, interruptible_by={}))
    assert offers(engine) == [(102, 10)]


def test_what_is_asked_depends_on_the_contact() -> None:
    vip = {"all": [{"contact": "value", "least": 1000}, {"skill": "vip"}]}
    other = {"not": {"contact": "value", "least": 1000}}
    queue = replace(a_queue(), steps=(step({"any": [vip, other]}),))
    engine = engine_with(
        queue, an_agent(10, 50), replace(an_agent(11), skills={"vip": 1}),
        a_waiting(100, 5, contact={"value": 5000}), a_waiting(101, 1, contact={"value": 10}),
    )  # fmt: skip
    assert offers(engine) == [(100, 11), (101, 10)]


def test_strict_bands_go_before_age() -> None:
    queue = replace(a_queue(), strict_priority=True)
    engine = engine_with(
        queue, a_waiting(100, 99_999), a_waiting(101, 0, priority=2), an_agent(10, chat=1)
    )
    assert offers(engine) == [(101, 10)]


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 10_000), st.integers(60, 900))
def test_nobody_starves(priority: int, later: int, age_s: int, target_s: int) -> None:
    """Whoever comes after the longest bonus is over stands behind."""
    queue = a_queue(reply_target_s=target_s)
    waiting = a_waiting(100, age_s, priority=priority)
    come = waiting.enqueued_at + after(600 * 3 + 1)
    newer = replace(a_waiting(101, priority=later), enqueued_at=come)
    assert waiting_key(waiting, queue) < waiting_key(newer, queue)


def test_a_call_shuts_out_what_may_not_interrupt_it() -> None:
    on_call = Held(uid(99), uid(10), "call", 1, exclusive=True)
    engine = engine_with(a_queue(), an_agent(10), on_call, a_waiting(100))
    assert offers(engine) == []
    explained = engine.explain(uid(100), START)
    assert explained is not None
    assert explained.agents == ((uid(10), Why("on_a_call")),)
    engine.agent_changed(replace(an_agent(10), interruptible_by={"call": frozenset(("chat",))}))
    assert offers(engine) == [(100, 10)]


def test_who_takes_a_call_by_hand_loses_the_offer_before_it() -> None:
    engine = engine_with(a_queue(), an_agent(10), a_waiting(100))
    assert offers(engine) == [(100, 10)]
    engine.work_changed(Held(uid(99), uid(10), "call", 1, exclusive=True))
    assert engine.decide(START) == [Rescind(uid(100), uid(10), 1)]


def test_a_call_comes_when_the_offer_before_it_is_answered() -> None:
    engine = engine_with(
        a_queue(), an_agent(10), a_waiting(100, 9), a_waiting(101, kind="call", exclusive=True)
    )
    assert offers(engine) == [(100, 10)]
    engine.work_changed(Held(uid(100), uid(10), "chat", 1))
    assert offers(engine) == [(101, 10)]


def test_affinity_goes_on_to_the_team_and_then_to_anybody() -> None:
    team = Affinity(frozenset((uid(11), uid(12))), START + after(60), "team")
    waiting = a_waiting(
        100, preferred_id=uid(10), affinity_until=START + after(20), affinity=(team,)
    )
    full = [Held(uid(80 + n), uid(n), "chat", 1) for n in (10, 11)]
    agents = [an_agent(10, chat=1), an_agent(11, chat=1), an_agent(13, 99)]
    engine = engine_with(a_queue(), *agents, *full, waiting)
    assert offers(engine) == []
    assert offers(engine, START + after(20)) == []  # now it waits for the team
    engine.agent_changed(an_agent(12))
    (offer,) = engine.decide(START + after(21))
    assert isinstance(offer, Offer)
    assert (offer.agent_id, offer.why) == (uid(12), (Why("team"),))
    engine = engine_with(a_queue(), *agents, *full, waiting)
    assert offers(engine, START + after(60)) == [(100, 13)]


def test_closed_means_no_offers_until_it_opens() -> None:
    hours = Hours("UTC", (((600, 660),),) * 7)  # 10:00 to 11:00; it is nine
    engine = engine_with(replace(a_queue(), hours=hours), an_agent(10), a_waiting(100))
    assert offers(engine) == []
    opens = START + timedelta(hours=1)
    explained = engine.explain(uid(100), START)
    assert explained is not None
    assert explained.why[0] == Why("closed", {"queue": str(uid(1)), "opens_at": opens.isoformat()})
    assert engine.next_wake() == opens
    assert offers(engine, opens) == [(100, 10)]


def test_overflow_goes_round_once() -> None:
    """Two queues that overflow into each other: it moves once and stays."""
    one = replace(a_queue(1), overflow=Overflow(uid(2), after_s=30))
    two = replace(a_queue(2), overflow=Overflow(uid(1), after_s=30))
    engine = engine_with(one, two, a_waiting(100, age_s=7))
    assert engine.decide(START) == []
    assert engine.next_wake() == START + after(23)
    (move,) = engine.decide(START + after(23))
    assert move == Move(uid(100), uid(1), uid(2), 0, (Why("overflow", {"queue": str(uid(1))}),))
    assert engine.decide(START + after(60)) == []
    engine.agent_changed(replace(an_agent(10), levels={uid(2): 1}))
    assert offers(engine, START + after(60)) == [(100, 10)]


def test_overflow_when_closed_waits_for_a_queue_that_is_open() -> None:
    closed = Hours("UTC", ((),) * 7)
    opens_at_ten = Hours("UTC", (((600, 660),),) * 7)
    one = replace(a_queue(1), hours=closed, overflow=Overflow(uid(2), when_closed=True))
    two = replace(a_queue(2), hours=opens_at_ten)
    engine = engine_with(one, two, a_waiting(100))
    assert engine.decide(START) == []
    (move,) = engine.decide(START + timedelta(hours=1))
    assert isinstance(move, Move)
    assert move.why == (Why("closed", {"queue": str(uid(1))}),)


def test_who_waited_too_long_in_a_closed_queue_that_lets_them_wait_has_waited_too_long() -> None:
    closed = Hours("UTC", ((),) * 7)
    one = replace(a_queue(1), hours=closed, overflow=Overflow(uid(2), after_s=30))
    engine = engine_with(one, a_queue(2), a_waiting(100))
    (move,) = engine.decide(START + after(30))
    assert isinstance(move, Move)
    assert move.why == (Why("overflow", {"queue": str(uid(1))}),)


def test_strategies_order_the_agents() -> None:
    fresh = replace(an_agent(10, 1, chat=4), busy_share=0.9)
    loaded = replace(an_agent(11, 9, level=5, chat=10), busy_share=0.2, skills={"returns": 5})
    held = Held(uid(99), uid(11), "chat", 1)
    asked = (step({"any": [{"skill": "returns"}, {"all": []}]}),)
    for strategy, first in (
        ("longest_idle", 10),
        ("spare_capacity", 10),
        ("proficiency", 11),
        ("idleness_ratio", 11),
    ):
        queue = Queue(uid(1), 20, 300, strategy=strategy, steps=asked)  # type: ignore[arg-type]  # the names as the loop has them
        assert offers(engine_with(queue, fresh, loaded, held, a_waiting(100))) == [(100, first)]


def test_a_second_missed_offer_makes_away_where_two_are_allowed() -> None:
    engine = engine_with(replace(a_queue(), no_answer_limit=2), an_agent(10), a_waiting(100))
    assert offers(engine) == [(100, 10)]
    (first,) = engine.decide(START + after(20))
    assert isinstance(first, TimeOut) and not first.away
    wake = engine.next_wake()
    assert wake == START + after(80)  # passed over for a while, then offered again
    assert offers(engine, wake) == [(100, 10)]
    (second,) = engine.decide(wake + after(20))
    assert isinstance(second, TimeOut) and second.away


def test_pick_only_is_never_offered_and_auto_accept_is_held_at_once() -> None:
    engine = engine_with(replace(a_queue(), delivery="pick"), an_agent(10), a_waiting(100))
    assert offers(engine) == []
    engine.queue_changed(replace(a_queue(), delivery="auto_accept"))
    (offer,) = engine.decide(START)
    assert isinstance(offer, Offer) and offer.accepted
    assert engine.picture()["works"] == {uid(100): Held(uid(100), uid(10), "chat", 1)}
    assert engine.next_wake() is None


def test_a_callback_that_nobody_answered_keeps_its_place() -> None:
    first = replace(a_waiting(100, 60), callback=True, not_before=START + after(300))
    engine = engine_with(a_queue(), an_agent(10, chat=1), first, a_waiting(101, 30))
    assert offers(engine) == [(101, 10)]
    assert engine.place_in_queue(uid(100)) == 1
    engine.work_gone(uid(101))
    engine.work_changed(a_waiting(102, 30))
    engine.agent_changed(replace(an_agent(10), available=False))
    assert offers(engine) == []
    engine.agent_changed(an_agent(10, chat=1))
    engine.work_gone(uid(102))
    engine.work_changed(a_waiting(103, 30))
    (offer,) = engine.decide(START + after(300))
    assert isinstance(offer, Offer)
    assert offer.interaction_id == uid(100)
    assert Why("callback") in offer.why


def test_who_is_full_of_one_kind_goes_on_with_another() -> None:
    """The line of those who wait for this agent alone ends with the first of them."""
    agent = an_agent(10, chat=1, mail=1)
    known = Affinity(frozenset((agent.id,)), START + after(60), "last_agent")
    engine = engine_with(
        a_queue(), agent, Held(uid(98), agent.id, "chat", 1), Held(uid(99), agent.id, "mail", 1),
        a_waiting(100, affinity=(known,)), a_waiting(101, kind="mail"),
    )  # fmt: skip
    assert offers(engine) == []
    engine.work_gone(uid(98))
    engine.work_gone(uid(99))
    assert offers(engine) == [(100, 10), (101, 10)]


def test_why_not_me() -> None:
    engine = engine_with(
        a_queue(), an_agent(10, chat=1), replace(an_agent(11), available=False),
        Held(uid(99), uid(10), "chat", 1), a_waiting(100, 9), a_waiting(101, 5),
    )  # fmt: skip
    assert offers(engine) == []
    full = Why("full", {"used": 1, "capacity": 1, "units": 1})
    explained = engine.explain(uid(101), START)
    assert explained is not None
    assert explained.why == (Why("all_busy", {"n": 2}),)
    assert explained.place == 2
    assert explained.agents == ((uid(10), full), (uid(11), Why("away")))
    assert engine.explain_agent(uid(10), START) == [(uid(100), full), (uid(101), full)]
    assert engine.explain(uid(1), START) is None
    held = engine.explain(uid(99), START)
    assert held is not None and held.why == (Why("in_hand", {"agent": str(uid(10))}),)


def test_expected_wait_is_the_place_times_the_time_between_starts() -> None:
    ten_minutes = after(600)
    assert expected_wait(4, 20, ten_minutes, agents=0, handling=None) == after(120)
    assert expected_wait(4, 2, ten_minutes, agents=2, handling=after(90)) == after(180)
    assert expected_wait(4, 2, ten_minutes, agents=0, handling=after(90)) is None
