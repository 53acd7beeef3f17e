"""Why me, why not me, why so long: told on demand from where everybody stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from uuid import UUID

from wasl.routing.policy.facts import Waiting, Why, capacity_of, skill_why, waiting_key
from wasl.routing.policy.lines import Item, Place, Seat
from wasl.routing.policy.requirement import Requirement

_LEAST_STARTS = 5  # fewer say nothing about the pace


@dataclass(frozen=True, slots=True)
class Explanation:
    """`why` is about the interaction; `agents` says of each agent of its queue, and of those it
    knows, why they have it not. `place` counts from 1, None when it does not wait."""

    why: tuple[Why, ...]
    place: int | None
    agents: tuple[tuple[UUID, Why], ...]


def explain_item(
    item: Item, neighbours: Iterable[Item], seats: Mapping[int, Seat], now: datetime
) -> Explanation:
    """Why the interaction is where it is; `neighbours` wait in its queue."""
    if item.seat is not None:
        params = {"agent": str(item.seat.id)}
        if item.expires_at is None:
            return Explanation((Why("in_hand", params),), None, ())
        params["until"] = item.expires_at.isoformat()
        return Explanation((Why("offered", params),), None, ())
    place = item.place
    if item.waiting is None or place is None or place.queue is None:
        return Explanation((Why("no_queue"),), None, ())
    candidates = dict.fromkeys(place.members)
    asked = item.line.asked if item.line is not None else None
    if isinstance(asked, frozenset):
        candidates.update(dict.fromkeys(seats[agent_id.int] for agent_id in asked))
    agents = [(seat.id, why_not(seat, item, now)) for seat in candidates if seat.agent is not None]
    agents.sort(key=lambda one: one[0])
    return Explanation(
        tuple(_states(item, item.waiting, place, now)), place_of(item, neighbours), tuple(agents)
    )


def _states(item: Item, waiting: Waiting, place: Place, now: datetime) -> Iterable[Why]:
    queue = place.queue
    if not place.open:
        opens_at = place.wake[0].isoformat() if place.wake is not None else None
        yield Why("closed", {"queue": str(place.id), "opens_at": opens_at})
    if waiting.not_before is not None and now < waiting.not_before:
        yield Why("held_back", {"until": waiting.not_before.isoformat()})
    if queue is not None and queue.delivery == "pick":
        yield Why("pick_only", {"queue": str(place.id)})
    if item.line is None:
        return
    asked = item.line.asked
    if isinstance(asked, frozenset):
        yield Why("waits_for", {"agents": sorted(map(str, asked))})
        return
    if item.step:
        yield Why("relaxed", {"n": item.step})
    if not item.line.seats:
        yield _nobody_meets(asked, place)
    elif not any(seat.agent and seat.agent.available for seat in item.line.seats):
        yield Why("all_away", {"n": len(item.line.seats)})
    else:
        yield Why("all_busy", {"n": len(item.line.seats)})


def _nobody_meets(asked: Requirement, place: Place) -> Why:
    """Nobody in the queue will do: what the nearest one lacks."""
    lacking = [
        asked.lacking(seat.agent.skills)
        for seat in place.members
        if seat.agent is not None and place.id in seat.agent.levels
    ]
    if not lacking:
        return Why("no_members", {"queue": str(place.id)})
    nearest = min(lacking, key=lambda bounds: (len(bounds), bounds))
    return Why(
        "nobody_meets",
        {"lacking": [{"name": name, "least": least} for name, least, _ in nearest if least > 0]},
    )


def why_not(seat: Seat, item: Item, now: datetime) -> Why:
    """Why the agent has not got the waiting interaction."""
    agent, waiting, line, place = seat.agent, item.waiting, item.line, item.place
    if agent is None or waiting is None or place is None:
        return Why("no_agent")
    asked = line.asked if line is not None else None
    if isinstance(asked, frozenset):
        if agent.id not in asked:
            return Why("waits_for", {"agents": sorted(map(str, asked))})
    elif place.id not in agent.levels:
        return Why("not_member", {"queue": str(place.id)})
    elif asked is not None and not asked.met_by(agent.skills):
        name, least, _ = next(iter(asked.lacking(agent.skills)), ("", 0.0, 0.0))
        return skill_why("lacks_skill", "lacks_language", name, max(least, 0))
    kind, units, exclusive = item.group.kind, item.group.units, item.group.exclusive
    if not agent.available:
        return Why("away")
    until = waiting.excluded.get(agent.id)
    if until is not None and now < until:
        return Why("passed_over", {"until": until.isoformat()})
    if seat.shut_out(kind):
        return Why("on_a_call")
    used, capacity = seat.used.get(kind, 0), capacity_of(agent.capacity, kind)
    if used + units > capacity:
        return Why("full", {"used": used, "capacity": capacity, "units": units})
    if exclusive and seat.offers:
        return Why("has_an_offer")
    return Why("not_offered", {"queue": str(place.id)})  # closed, held back or for picking


def place_of(item: Item, neighbours: Iterable[Item]) -> int | None:
    """How many stand in the item's queue up to and with it; `neighbours` wait there."""
    place, waiting = item.place, item.waiting
    if item.seat is not None or waiting is None or place is None or place.queue is None:
        return None
    key, queue = waiting_key(waiting, place.queue), place.queue
    return sum(
        other.waiting is not None and waiting_key(other.waiting, queue) <= key
        for other in neighbours
    )


def first_items(items: Iterable[Item], most: int) -> list[Item]:
    """Those who go first, queue by queue as their keys are."""
    keyed = (
        (waiting_key(item.waiting, item.place.queue), item)
        for item in items
        if item.waiting is not None and item.place is not None and item.place.queue is not None
    )
    return [item for _, item in nsmallest(most, keyed, key=lambda one: one[0])]


def expected_wait(
    place: int, starts: int, over: timedelta, *, agents: int, handling: timedelta | None
) -> timedelta | None:
    """How long whoever stands at `place` will wait: place × the mean time between two starts.

    `starts` interactions of the queue were taken up during `over`. When those are too few to tell,
    place × mean handling time ÷ agents available; None when that is unknown too.
    """
    if starts >= _LEAST_STARTS:
        return place * (over / starts)
    if agents > 0 and handling is not None:
        return place * (handling / agents)
    return None
