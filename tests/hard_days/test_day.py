"""A short recorded day through the real server, with agents at real sockets: what must hold at
every event does, and nothing is lost or doubled. The whole day: `wasl bench day`.

And that the watcher would see it if it didn't."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from benchmarks._day import Size, draw, kept, play
from benchmarks._watch import AgentFacts, OfferFacts, QueueFacts, Watch, WorkFacts
from benchmarks.day import SHORT, compare, live

from wasl.infra.events import Event
from wasl.routing.policy import compile_requirement

LONG_S = 30.0  # a slow machine is no fault of the router's; who is forgotten is seen nevertheless


async def test_a_short_day_through_the_real_server() -> None:
    day = draw(7, SHORT)
    outcome = await live(day, lambda line: sys.stdout.write(f"{line}\n"), LONG_S)
    assert outcome.watch.violations == []
    assert outcome.wrong == []
    watch, stretch, counted = outcome.watch, outcome.stretch, outcome.counted
    per_class = [sum(came.of == n for came in day.came) for n in range(len(day.classes))]
    assert [one.offered for one in stretch.classes] == per_class
    assert all(one.answered for one in stretch.classes)
    answered = sum(one.answered for one in stretch.classes)
    assert answered == counted["accepted"] == counted["resolved"]
    assert sum(one.abandoned for one in stretch.classes) == counted["gave up"]
    assert len(day.came) == answered + counted["gave up"] + len(watch.works)
    assert watch.offers >= counted["shown"] >= answered
    times = zip(stretch.busy_s, stretch.present_s, strict=True)
    assert all(0 <= busy <= present for busy, present in times)
    told = {(line.of, line.measure): line for line in compare(outcome, 3)}
    assert told["everybody", "offered"].server == told["everybody", "offered"].simulated
    for n, one in enumerate(day.classes):
        line = told[f"{one.name} ({one.queue})", "offered"]
        assert line.server == line.simulated == line.with_latency == per_class[n]


def test_a_day_is_the_same_each_time_and_from_its_file(tmp_path: Path) -> None:
    day = draw(5, Size(length_s=60.0, share=0.2))
    day.keep(tmp_path / "day.json")
    again = kept(tmp_path / "day.json")
    assert again == day == draw(5, Size(length_s=60.0, share=0.2))
    assert draw(6, Size(length_s=60.0, share=0.2)).came != day.came
    one, other = play(day), play(again)
    assert (one.classes, one.busy_s) == (other.classes, other.busy_s)
    assert sum(tally.offered for tally in one.classes) == len(day.came)


# ── the watcher ──────────────────────────────────────────────────────────────────────────────

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
QUEUE, OTHER = UUID(int=1), UUID(int=2)
SARA, REZA = UUID(int=11), UUID(int=12)


class _Log:
    """Events as a server would write them, each call a transaction."""

    def __init__(self, *, capacity: int = 1, **queue: Any) -> None:
        agent = AgentFacts(frozenset({QUEUE, OTHER}), {}, {"chat": capacity})
        self.watch = Watch(
            {SARA: agent, REZA: agent}, {QUEUE: QueueFacts(60, **queue), OTHER: QueueFacts(60)}
        )
        self._seqs, self._versions = count(1), count(1)
        self._enqueued: dict[UUID, datetime] = {}

    def _take(
        self, at_s: float, *events: tuple[str, str, UUID, set[str], dict[str, Any]],
        offers: dict[UUID, OfferFacts] | None = None, version: int | None = None,
    ) -> None:  # fmt: skip
        at, xid = START + timedelta(seconds=at_s), next(self._seqs)
        for _, kind, id_, _, _ in events:
            if kind == "conversation":
                self._enqueued.setdefault(id_, at)
        self.watch.take(
            [
                Event(
                    what, kind, id_, version or next(self._versions), frozenset(audience), at,
                    data=data, seq=next(self._seqs), xid=xid,
                )
                for what, kind, id_, audience, data in events
            ],
            {id_: WorkFacts("chat", 1, at) for id_, at in self._enqueued.items()},
            offers or {},
        )  # fmt: skip

    def declares(self, at_s: float, who: UUID, presence: str = "available") -> None:
        self._take(at_s, ("PresenceChanged", "agent", who, {"all"}, {"presence": presence}))

    def moves(self, at_s: float, n: int, state: str, who: UUID | None = None, **more: Any) -> None:
        names = {"active": "ConversationAssigned", "queued": "ConversationOpened"}
        audience = {f"queue:{QUEUE}"} | ({f"user:{who}"} if who else set())
        data = {"interaction_id": str(UUID(int=n)), "state": state}
        what = names.get(state, "ConversationResolved")
        self._take(at_s, (what, "conversation", UUID(int=n), audience, data), **more)

    def offers(self, at_s: float, n: int, who: UUID, epoch: int = 1) -> None:
        id_, offer_id = UUID(int=n), UUID(int=10_000 + next(self._seqs))
        data = {"interaction_id": str(id_), "state": "offered"}
        self._take(
            at_s,
            ("OfferMade", "offer", offer_id, {f"user:{who}"}, {"state": "offered"}),
            ("LoadChanged", "agent", who, {"all"}, {}),
            ("ConversationOffered", "conversation", id_, {f"queue:{QUEUE}"}, data),
            offers={offer_id: OfferFacts(id_, who, epoch)},
        )


def test_a_usual_course_is_right() -> None:
    log = _Log()
    log.declares(0, SARA)
    log.moves(1, 100, "queued")
    log.offers(1.1, 100, SARA)
    log.moves(2, 101, "queued")
    log.moves(3, 100, "active", SARA)
    log.moves(30, 100, "wrap_up", SARA)
    log.moves(31, 100, "completed", SARA)
    log.offers(31.1, 101, SARA)
    log.moves(32, 101, "active", SARA)
    assert log.watch.violations == []
    assert set(log.watch.works) == {UUID(int=101)}
    assert log.watch.conserved_s == pytest.approx([0.1, 0.1])


def _two_holders(log: _Log) -> None:
    log.moves(1, 100, "queued")
    log.offers(1, 100, SARA)
    log.moves(2, 100, "active", SARA)
    log.moves(3, 100, "active", REZA)


def _offered_twice(log: _Log) -> None:
    log.moves(1, 100, "queued")
    log.offers(1, 100, SARA)
    log.offers(2, 100, REZA, epoch=2)


def _too_many(log: _Log) -> None:
    for n in (100, 101):
        log.moves(1, n, "queued")
        log.offers(1, n, SARA)


def _idle_beside(log: _Log) -> None:
    log.moves(1, 100, "queued")
    log.declares(9, REZA, "away")


def _not_there(log: _Log) -> None:
    log.declares(1, SARA, "away")
    log.declares(1, REZA, "away")
    log.moves(2, 100, "queued")
    log.offers(9, 100, SARA)


def _out_of_order(log: _Log) -> None:
    log.declares(1, SARA, "away")
    log.declares(1, REZA, "away")
    log.moves(2, 100, "queued")
    log.moves(3, 101, "queued")
    log.declares(9, SARA)
    log.offers(9, 101, SARA)


def _same_epoch(log: _Log) -> None:
    log.moves(1, 100, "queued")
    log.offers(1, 100, SARA, epoch=3)
    log.moves(2, 100, "queued")
    log.offers(2, 100, REZA, epoch=3)


def _old_version(log: _Log) -> None:
    log.moves(1, 100, "queued", version=7)
    log.moves(2, 100, "queued", version=6)


def _back_again(log: _Log) -> None:
    log.moves(1, 100, "queued")
    log.moves(2, 100, "completed")
    log.moves(3, 100, "queued")


@pytest.mark.parametrize(
    ("invariant", "course"),
    [
        (1, _two_holders),
        (1, _offered_twice),
        (2, _too_many),
        (3, _idle_beside),
        (3, _not_there),
        (4, _out_of_order),
        (8, _same_epoch),
        (9, _old_version),
        (10, _back_again),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)).strip("_"),
)
def test_what_must_not_be_is_seen(invariant: int, course: Callable[[_Log], None]) -> None:
    log = _Log()
    log.declares(0, SARA)
    log.declares(0, REZA)
    course(log)
    assert set(log.watch.broken) == {invariant}, log.watch.violations


def test_an_offer_in_closed_hours_is_seen_and_waiting_then_is_right() -> None:
    log = _Log(opens_at=START + timedelta(seconds=60), closes_at=START + timedelta(seconds=90))
    log.declares(0, SARA)
    log.moves(1, 100, "queued")
    log.declares(40, REZA)
    assert log.watch.violations == []
    log.offers(41, 100, SARA)
    assert set(log.watch.broken) == {11}


def test_steps_that_ask_for_others_than_before_are_seen() -> None:
    speaks = compile_requirement({"language": "fa", "least": 1})
    agents = {
        SARA: AgentFacts(frozenset({QUEUE}), {"language:fa": 2}, {"chat": 1}),
        REZA: AgentFacts(frozenset({QUEUE}), {}, {"chat": 1}),
    }
    nobody = compile_requirement({"language": "fa", "least": 5})
    widening = Watch(agents, {QUEUE: QueueFacts(60, [(nobody, 2), (speaks, None)])})
    assert widening.violations == []
    narrowing = Watch(agents, {QUEUE: QueueFacts(60, [(speaks, 2), (nobody, None)])})
    assert set(narrowing.broken) == {6}
