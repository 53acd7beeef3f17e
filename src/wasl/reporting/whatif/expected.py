"""What is expected of a day while there is no history: assumptions that people change, and the day
that they make. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp
from typing import Any, Literal
from uuid import UUID

from wasl.reporting.whatif.past import Past, PastAgent, PastQueue
from wasl.reporting.whatif.today import DAY_S, names_of, queue_of, teams_of, usual_hours
from wasl.routing import capacity_of, simulation

Shape = Literal["flat", "two_humps"]

MOST_A_DAY = 10_000
LONGEST_HANDLING_S = DAY_S
LONGEST_PATIENCE_S = 7 * DAY_S
_WEEK = range(7)
_SLOT_M = 30
_USUAL_DAY = (9 * 60, 17 * 60)  # when no queue has hours
_LOAD = 0.8  # of the places that agents have
_ALONE_S = 360  # of handling, one at a time
_BESIDE_S = 180  # longer for each further one at the same time
_PATIENCE = 3.0  # targets
_LEAST_PATIENCE_S = 180
_HUMPS = ((0.27, 1.0), (0.72, 0.8))  # where in the day, and how high
_WIDE, _GROUND = 0.13, 0.45


@dataclass(frozen=True, slots=True)
class Expected:
    """A day of a queue: how many come and how they are spread over its hours, how long agents work
    at one (wrap-up comes on top), and how long contacts are willing to wait on average."""

    queue_id: UUID
    per_day: int
    shape: Shape
    handling_s: int
    patience_s: int


def assumed(past: Past) -> list[Expected]:
    """Of each queue as many as keep its agents at four fifths of what they can take at once; of all
    together no more than can be simulated."""
    span = _span(past)
    drafts = [_assumed(past, queue, span) for queue in past.queues]
    share = min(1.0, MOST_A_DAY / max(1, sum(one.per_day for one in drafts)))
    return [replace(one, per_day=_rounded(one.per_day * share)) for one in drafts]


def day_of(past: Past, expected: Sequence[Expected], times: int = 40) -> simulation.Document:
    """The document of the expected day, at which everybody is there all the time. Queues that
    `expected` leaves out get nobody."""
    names, (begins, ends) = names_of(past), _span(past)
    of = {one.queue_id: one for one in expected if one.per_day}
    targets = [queue.target for queue in past.queues]
    bare = _bare(past)
    return {
        "name": "An expected day",
        "run": {"hours": (ends - begins) / 60, "start": f"{begins // 60:02}:00", "times": times},
        "service_level": {
            "target_s": min((target.within_s for target in targets), default=20),
            "short_abandon_s": min((target.short_s for target in targets), default=5),
        },
        "queues": [queue_of(bare, queue, names) for queue in past.queues],
        "arrivals": [
            _arrivals(past, queue, of[queue.id], names[queue.id], (begins, ends))
            for queue in past.queues
            if queue.id in of
        ],
        "agents": teams_of(bare, names),
    }


def _bare(past: Past) -> Past:
    """Its queues and agents, without what little was seen of them."""
    agents = tuple(replace(agent, slots={}, days=0) for agent in past.agents)
    return replace(past, came=(), agents=agents)


def _arrivals(
    past: Past, queue: PastQueue, one: Expected, name: str, span: tuple[int, int]
) -> simulation.Document:
    weights = _weights(_open_minutes(queue, span), one.shape, span)
    whole = sum(weights)
    made: dict[str, Any] = {
        "name": name,
        "queue": name,
        "kind": queue.kind,
        "units": queue.units,
        "target_s": queue.target.within_s,
        "slot_minutes": _SLOT_M,
        "per_hour": [round(one.per_day * w / whole * 60 / _SLOT_M, 6) for w in weights],
        "patience": {"mean_s": one.patience_s},
        "handling": {"mean_s": one.handling_s + queue.rules["wrap_up_s"]},
    }
    if queue.kind in past.exclusive:
        made["exclusive"] = True
    return made


# ── hours ────────────────────────────────────────────────────────────────────────────────────


def _span(past: Past) -> tuple[int, int]:
    """The whole hours in which any queue is open, in minutes after midnight."""
    spans = [span for queue in past.queues for span in _spans(queue)] or [_USUAL_DAY]
    first, last = min(begins for begins, _ in spans), max(ends for _, ends in spans)
    return first // 60 * 60, -(-last // 60) * 60


def _spans(queue: PastQueue) -> list[tuple[int, int]]:
    spans = [one.split("-") for one in usual_hours(_WEEK, queue.rules["hours"])]
    return [(_minutes(begins), _minutes(ends)) for begins, ends in spans]


def _open_minutes(queue: PastQueue, span: tuple[int, int]) -> list[tuple[int, int]]:
    """A queue that is always open has its day when the others have theirs."""
    return _spans(queue) or [span]


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _weights(opens: list[tuple[int, int]], shape: Shape, span: tuple[int, int]) -> list[float]:
    """What share of the day falls to each slot: nothing while the queue is closed."""
    first, last = min(begins for begins, _ in opens), max(ends for _, ends in opens)
    weights = []
    for begins, ends in pairwise(range(span[0], span[1] + 1, _SLOT_M)):
        open_m = sum(max(0, min(ends, until) - max(begins, since)) for since, until in opens)
        at = ((begins + ends) / 2 - first) / (last - first)
        weights.append(open_m * (_hump(at) if shape == "two_humps" else 1.0))
    return weights


def _hump(at: float) -> float:
    """How busy it is so far into the day: a peak before noon and a lower one after it."""
    return _GROUND + sum(high * exp(-(((at - top) / _WIDE) ** 2)) for top, high in _HUMPS)


# ── defaults ─────────────────────────────────────────────────────────────────────────────────


def _assumed(past: Past, queue: PastQueue, span: tuple[int, int]) -> Expected:
    shares = [_shares(past, agent) for agent in past.agents if queue.id in agent.levels]
    own = sum(of[queue.id] for of in shares)
    beside = 0.0
    if shares and queue.kind not in past.exclusive:
        beside = max(0.0, sum(sum(of.values()) for of in shares) / len(shares) - 1)
    handling_s = round((_ALONE_S + _BESIDE_S * beside) / 60) * 60
    open_s = 60 * sum(ends - begins for begins, ends in _open_minutes(queue, span))
    patience_s = round(queue.target.within_s * _PATIENCE / 60) * 60
    return Expected(
        queue.id,
        round(_LOAD * own * open_s / (handling_s + queue.rules["wrap_up_s"])),
        "two_humps",
        min(handling_s, LONGEST_HANDLING_S),
        min(max(patience_s, _LEAST_PATIENCE_S), LONGEST_PATIENCE_S),
    )


def _shares(past: Past, agent: PastAgent) -> dict[UUID, float]:
    """How many places an agent has for each of their queues: queues of one channel kind share
    those that they have for it; beside calls all queues share the agent."""
    queues = [queue for queue in past.queues if queue.id in agent.levels]
    kinds = Counter(queue.kind for queue in queues)
    alone = any(kind in past.exclusive for kind in kinds)
    shares = {}
    for queue in queues:
        exclusive = queue.kind in past.exclusive
        places = 1 if exclusive else capacity_of(agent.capacity, queue.kind) // queue.units
        shares[queue.id] = places / (len(queues) if alone else kinds[queue.kind])
    return shares


def _rounded(number: float) -> int:
    """A number that looks like the guess it is; never more."""
    step = 1 if number < 20 else 5 if number < 200 else 10
    return int(number // step) * step
