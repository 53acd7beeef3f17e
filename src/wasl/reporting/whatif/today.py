"""The last weeks as a scenario: what `wasl simulate` reads, from what was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil, sqrt
from typing import Any
from uuid import UUID

from wasl.infra.errors import Conflict
from wasl.reporting.whatif.past import SLOTS, Came, Past, PastAgent, PastQueue
from wasl.routing import simulation

SLOT_S = 1800
_PER_HOUR = 3600 // SLOT_S
_USUAL = 0.5  # as often as in the half-hour in which they most often are: then they are there
_LEAST_CV, _MOST_CV = 0.05, 10.0
_MOST_UNTAKEN = 0.9
_LEAST_TO_TELL = 20  # offers, or the shares are left out
DAY_S = 86_400
_LONGEST_S = 30.0 * DAY_S


def names_of(past: Past) -> dict[UUID, str]:
    """What each queue is called in the scenario: its name, with a number when another has it."""
    names: dict[UUID, str] = {}
    taken: set[str] = set()
    for queue in past.queues:
        name = base = (queue.names.get("en") or next(iter(queue.names.values()), "queue"))[:150]
        n = 1
        while name in taken:
            n += 1
            name = f"{base} {n}"
        taken.add(name)
        names[queue.id] = name
    return names


def today_of(past: Past, times: int = 40) -> simulation.Document:
    """The document of a usual day: each of the `times` runs takes a real day's arrivals."""
    names, days = names_of(past), past.days
    first, last = _open_slots(past)
    place = {day: n for n, day in enumerate(days)}
    classes: dict[tuple[UUID, str], list[Came]] = defaultdict(list)
    for one in past.came:
        if one.day in place:
            classes[one.queue_id, one.kind].append(one)
    targets = [queue.target for queue in past.queues]
    return {
        "name": f"Today, as of the last {past.weeks} weeks",
        "run": {
            "hours": (last - first) / _PER_HOUR,
            "start": _clock(first),
            "times": times,
        },
        "service_level": {
            "target_s": min((target.within_s for target in targets), default=20),
            "short_abandon_s": min((target.short_s for target in targets), default=5),
        },
        "queues": [queue_of(past, queue, names) for queue in past.queues],
        "arrivals": [
            _arrivals(past, queue, kind, classes[queue.id, kind], names, (first, last))
            for queue in past.queues
            for kind in sorted(kind for id_, kind in classes if id_ == queue.id)
        ],
        "agents": teams_of(past, names, first),
    }


def _open_slots(past: Past) -> tuple[int, int]:
    """The half-hours in which anybody came, in whole hours."""
    days = set(past.days)
    slots = [one.slot for one in past.came if one.day in days] or [0]
    first = min(slots) // _PER_HOUR * _PER_HOUR
    return first, ceil((max(slots) + 1) / _PER_HOUR) * _PER_HOUR


def _clock(slot: int) -> str:
    return f"{slot // _PER_HOUR:02}:{slot % _PER_HOUR * 60 // _PER_HOUR:02}"


def as_file(past: Past) -> str:
    """Today as a TOML file for people; Conflict("history_too_short")."""
    if not past.enough:
        raise Conflict("history_too_short")
    days = past.days
    told = (
        f"The days from {days[0]} to {days[-1]} ({past.zone}) as a scenario: each run takes the\n"
        f"arrivals of one of {len(days)} days. See docs/operations/simulation.md."
    )
    return simulation.as_toml(today_of(past), told)


# ── queues ───────────────────────────────────────────────────────────────────────────────────


def queue_of(past: Past, queue: PastQueue, names: dict[UUID, str]) -> simulation.Document:
    """A queue's rules, and how its offers were answered where that is known."""
    rules, asked = queue.rules, queue.asked
    timeout_s = max(1, int(rules["offer_timeout_s"]))
    made: simulation.Document = {
        "name": names[queue.id],
        "strategy": rules["strategy"],
        "priority": rules["priority"],
        "reply_target_s": rules["reply_target_s"],
        "offer_timeout_s": timeout_s,
        "no_answer_limit": rules["no_answer_limit"],
    }
    if rules["strict_priority"]:
        made["strict_priority"] = True
    if asked.accepted:
        made["accept_after_s"] = round(min(max(asked.accept_after_s, 0.0), timeout_s * 0.9), 1)
    if asked.all >= _LEAST_TO_TELL:
        share = min(1.0, _MOST_UNTAKEN * asked.all / max(1, asked.declined + asked.missed))
        made["declines"] = round(asked.declined / asked.all * share, 4)
        made["misses"] = round(asked.missed / asked.all * share, 4)
    if rules["steps"]:
        made["steps"] = [
            {
                key: min(value, DAY_S) if key == "expires_after_s" else value
                for key, value in step.items()
                if value is not None
            }
            for step in rules["steps"]
        ]
    weekdays = [day.weekday() for day in past.days]
    opens = usual_hours(weekdays or range(7), rules["hours"])
    if opens:
        made["opens"] = opens
    overflow = rules["overflow"]
    to = names.get(UUID(overflow["queue_id"])) if overflow else None
    if overflow and to is not None:
        sends: simulation.Document = {"queue": to}
        if overflow.get("after_s") is not None:
            sends["after_s"] = overflow["after_s"]
        if overflow.get("when_closed") and opens:
            sends["when_closed"] = True
        if len(sends) > 1:
            made["overflow"] = sends
    return made


def usual_hours(weekdays: Iterable[int], hours: Any) -> list[str]:
    """The spans that the queue has on most of these days (0: Monday); none when it is always
    open."""
    if not hours:
        return []
    patterns: dict[tuple[str, ...], int] = defaultdict(int)
    for weekday in weekdays:
        spans = []
        for begins, ends in hours["weekly"][weekday]:
            until = ends if ends > begins else "24:00"  # the rest is the next day's night
            spans.append(f"{begins}-{until}")
        patterns[tuple(sorted(spans))] += 1
    usual = sorted(patterns.items(), key=lambda one: (one[1], one[0]))
    return list(usual[-1][0]) if usual else []


# ── arrivals ─────────────────────────────────────────────────────────────────────────────────


def _arrivals(
    past: Past,
    queue: PastQueue,
    kind: str,
    came: list[Came],
    names: dict[UUID, str],
    slots: tuple[int, int],
) -> simulation.Document:
    days = {day: n for n, day in enumerate(past.days)}
    history = [[0] * (slots[1] - slots[0]) for _ in days]
    for one in came:
        history[days[one.day]][one.slot - slots[0]] += one.came
    made: simulation.Document = {
        "name": f"{names[queue.id]}, {kind}"[:200],
        "queue": names[queue.id],
        "kind": kind,
        "units": max(one.units for one in came),
        "target_s": queue.target.within_s,
        "slot_minutes": SLOT_S // 60,
        "history": history,
    }
    if kind in past.exclusive:
        made["exclusive"] = True
    priority = round(sum(one.priority * one.came for one in came) / sum(one.came for one in came))
    if priority != 1:
        made["priority"] = min(10, max(0, priority))
    abandoned = sum(one.abandoned for one in came)
    if abandoned:
        # whoever was answered would have waited longer: the likeliest mean of a patience cut short
        patience_s = sum(one.waited_s for one in came) / abandoned
        made["patience"] = {"mean_s": _seconds(patience_s)}
    made["handling"] = _handling(came)
    return made


def _handling(came: list[Came]) -> simulation.Document:
    number = sum(one.handled for one in came)
    if not number:
        return {"mean_s": 300}
    mean = max(0.1, sum(one.worked_s for one in came) / number)
    variance = max(0.0, sum(one.worked_2 for one in came) / number - mean**2)
    cv = min(max(sqrt(variance) / mean, _LEAST_CV), _MOST_CV)
    return {"distribution": "lognormal", "mean_s": _seconds(mean), "cv": round(cv, 3)}


def _seconds(value: float) -> float:
    return round(min(max(value, 0.1), _LONGEST_S), 1)


# ── agents ───────────────────────────────────────────────────────────────────────────────────


def teams_of(past: Past, names: dict[UUID, str], first: int = 0) -> list[simulation.Document]:
    """Agents who are alike, together, in the order of the first of each; the day begins at the
    slot `first`."""
    teams: dict[str, simulation.Document] = {}
    for agent in _there(past):
        made: simulation.Document = {
            "queues": {names[id_]: level for id_, level in agent.levels.items() if id_ in names}
        }
        if agent.skills:
            made["skills"] = dict(agent.skills)
        if agent.capacity:
            made["capacity"] = dict(agent.capacity)
        if agent.interruptible_by:
            made["interruptible_by"] = {k: list(v) for k, v in agent.interruptible_by.items()}
        shifts = _shifts(agent, first)
        if shifts:
            made["shifts"] = shifts
        team = teams.setdefault(repr(made), {"name": "", "count": 0, **made})
        team["count"] += 1
    for n, team in enumerate(teams.values(), 1):
        team["name"] = f"team {n}"
    return list(teams.values())


def _there(past: Past) -> Iterable[PastAgent]:
    """As many as were there on a usual day: of agents who come on some days only, so many as came
    on average. Everybody, when nothing is known of anybody's presence."""
    if not any(agent.days for agent in past.agents):
        yield from past.agents
        return
    days, whole = max(1, len(past.days)), 0.0
    for agent in past.agents:
        before = round(whole)
        whole += min(1.0, agent.days / days)
        if round(whole) > before:
            yield agent


def _shifts(agent: PastAgent, first: int) -> list[str]:
    """The half-hours in which they usually are there, as spans; none: all the time."""
    usual = max(agent.slots.values(), default=0) * _USUAL
    there = [agent.slots.get(n, 0) >= max(usual, 1) for n in range(SLOTS)]
    if not any(there) or all(there[first:]):
        return []
    shifts: list[str] = []
    begins: int | None = None
    for n, now in enumerate([*there, False]):
        if now and begins is None:
            begins = n
        elif not now and begins is not None:
            shifts.append(f"{_clock(begins)}-{_clock(n)}")
            begins = None
    return shifts
