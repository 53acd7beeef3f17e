"""SLA clocks of an interaction: which targets hold, how much of each is used, when it warns and
when it is breached.

Only the opening hours of the queue count; without hours all time does. A clock stands still while
the conversation is pending on the contact. No step loses time or counts it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from wasl.routing.policy.hours import Hours

Target = Literal["first_response", "next_response", "resolution"]
WARN_PERCENT = 80

_NOTHING = timedelta(0)
_STRETCH = timedelta(days=400)  # how far `Hours.open_from` looks


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be reached, in seconds of opening time; a warning comes at `warn_percent`."""

    first_response_s: int
    next_response_s: int
    resolution_s: int
    warn_percent: int = WARN_PERCENT

    def total(self, target: Target) -> timedelta:
        return timedelta(seconds=getattr(self, f"{target}_s"))


@dataclass(frozen=True, slots=True)
class Policy:
    """Targets for some interactions: of these priorities, on these channel kinds, with a contact
    who has one of these tags. What is empty asks for nothing; a target of None is the queue's."""

    priorities: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    first_response_s: int | None = None
    next_response_s: int | None = None
    resolution_s: int | None = None
    warn_percent: int = WARN_PERCENT

    def covers(self, priority: int, kind: str, tags: Iterable[str]) -> bool:
        return (
            (not self.priorities or priority in self.priorities)
            and (not self.kinds or kind in self.kinds)
            and (not self.tags or not self.tags.isdisjoint(tags))
        )


def targets_for(
    policies: Iterable[Policy], usual: Targets, *, priority: int, kind: str, tags: Iterable[str]
) -> Targets:
    """The targets of the first policy that covers it, else the queue's `usual` ones."""
    some = list(tags)
    for policy in policies:
        if policy.covers(priority, kind, some):
            return Targets(
                policy.first_response_s or usual.first_response_s,
                policy.next_response_s or usual.next_response_s,
                policy.resolution_s or usual.resolution_s,
                policy.warn_percent,
            )
    return usual


# ── opening time ─────────────────────────────────────────────────────────────────────────────


def worked(hours: Hours | None, start: datetime, end: datetime) -> timedelta:
    """The opening time between two moments; without hours, all of it."""
    if hours is None or end <= start:
        return max(end - start, _NOTHING)
    total, at = _NOTHING, start
    while at < end:
        stop = min(end, at + _STRETCH)
        for begin, until in hours.open_from(at):
            if begin >= stop:
                break
            length = min(until, stop) - max(begin, at)
            if length > _NOTHING:
                total += length
                at = min(until, stop)
        at = stop
    return total


def reached(hours: Hours | None, start: datetime, need: timedelta) -> datetime | None:
    """The moment at which `need` of opening time has passed since `start`; None when that is not
    within 400 days."""
    if need <= _NOTHING:
        return start
    if hours is None:
        return start + need
    at = start
    for begin, until in hours.open_from(start):
        length = until - max(begin, at)
        if length >= need:
            return max(begin, at) + need
        if length > _NOTHING:
            need -= length
            at = until
    return None


# ── one clock ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Clock:
    """One target's time: `used` before `since`, from when on it runs (None: it stands still).

    `warn_at` and `due_at` are None while it stands still, or when the queue doesn't open again.
    """

    target: Target
    total: timedelta
    warn_percent: int
    used: timedelta = _NOTHING
    since: datetime | None = None
    warn_at: datetime | None = None
    due_at: datetime | None = None
    warned: bool = False
    breached_at: datetime | None = None


def run(clock: Clock, now: datetime, hours: Hours | None) -> Clock:
    """Lets it run from now on, if it stands still."""
    return clock if clock.since is not None else recount(replace(clock, since=now), hours)


def stop(clock: Clock, now: datetime, hours: Hours | None) -> Clock:
    """Lets it stand still, if it runs."""
    if clock.since is None:
        return clock
    used = clock.used + worked(hours, clock.since, now)
    return replace(clock, used=used, since=None, warn_at=None, due_at=None)


def recount(clock: Clock, hours: Hours | None) -> Clock:
    """When a running clock warns and is breached, by these hours."""
    if clock.since is None:
        return clock
    warn = clock.total * clock.warn_percent / 100
    return replace(
        clock,
        warn_at=reached(hours, clock.since, warn - clock.used),
        due_at=reached(hours, clock.since, clock.total - clock.used),
    )


def aim(clock: Clock, targets: Targets, now: datetime, hours: Hours | None) -> Clock:
    """Gives it another target; what is used stays used, and what is no longer late is not late."""
    total = targets.total(clock.target)
    if (total, targets.warn_percent) == (clock.total, clock.warn_percent):
        return clock
    still = stop(clock, now, hours)
    aimed = replace(still, total=total, warn_percent=targets.warn_percent)
    if aimed.used < total:
        aimed = replace(aimed, breached_at=None)
        if aimed.used < total * targets.warn_percent / 100:
            aimed = replace(aimed, warned=False)
    return aimed if clock.since is None else run(aimed, now, hours)


# ── the clocks of an interaction ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Passed:
    """A target has warned or was breached; `due_at` is when its time was up, or will be."""

    target: Target
    breached: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Clocks:
    """`reply` exists while the contact waits for our answer, which is the first one until
    `answered`. `untold` has passed and is not told yet."""

    reply: Clock | None = None
    resolution: Clock | None = None
    answered: bool = False
    untold: tuple[Passed, ...] = ()

    def __iter__(self) -> Any:
        return (clock for clock in (self.reply, self.resolution) if clock is not None)


def noticed(clocks: Clocks, now: datetime) -> Clocks:
    """The clocks with what has passed by now. Of a warning and a breach at once only the breach
    counts."""
    untold = list(clocks.untold)

    def look(clock: Clock | None) -> Clock | None:
        if clock is None or clock.due_at is None:
            return clock
        if clock.due_at <= now and clock.breached_at is None:
            untold.append(Passed(clock.target, True, clock.due_at))
            return replace(clock, warned=True, breached_at=clock.due_at)
        if not clock.warned and clock.warn_at is not None and clock.warn_at <= now < clock.due_at:
            untold.append(Passed(clock.target, False, clock.due_at))
            return replace(clock, warned=True)
        return clock

    reply, resolution = look(clocks.reply), look(clocks.resolution)
    return replace(clocks, reply=reply, resolution=resolution, untold=tuple(untold))


def opened(clocks: Clocks, targets: Targets, now: datetime, hours: Hours | None) -> Clocks:
    """The interaction is worked on: its resolution runs, and whatever stood still."""
    resolution = clocks.resolution or _new("resolution", targets)
    return resumed(replace(noticed(clocks, now), resolution=resolution), now, hours)


def owed(clocks: Clocks, targets: Targets, now: datetime, hours: Hours | None) -> Clocks:
    """The contact waits for an answer. One that is owed already keeps its clock."""
    running = opened(clocks, targets, now, hours)
    target: Target = "next_response" if running.answered else "first_response"
    reply = running.reply or run(_new(target, targets), now, hours)
    return replace(running, reply=reply)


def _new(target: Target, targets: Targets) -> Clock:
    return Clock(target, targets.total(target), targets.warn_percent)


def answered(clocks: Clocks, now: datetime) -> Clocks:
    """A person has answered the contact."""
    return replace(noticed(clocks, now), reply=None, answered=True)


def paused(clocks: Clocks, now: datetime, hours: Hours | None) -> Clocks:
    """It is the contact's turn: everything stands still."""
    return _each(noticed(clocks, now), lambda clock: stop(clock, now, hours))


def resumed(clocks: Clocks, now: datetime, hours: Hours | None) -> Clocks:
    """What stood still runs on."""
    return _each(noticed(clocks, now), lambda clock: run(clock, now, hours))


def aimed(clocks: Clocks, targets: Targets, now: datetime, hours: Hours | None) -> Clocks:
    """Other targets hold now, for another priority or channel."""
    return _each(noticed(clocks, now), lambda clock: aim(clock, targets, now, hours))


def moved(clocks: Clocks, now: datetime, before: Hours | None, after: Hours | None) -> Clocks:
    """It goes on in a queue with other hours."""

    def move(clock: Clock) -> Clock:
        return clock if clock.since is None else run(stop(clock, now, before), now, after)

    return clocks if before == after else _each(noticed(clocks, now), move)


def recounted(clocks: Clocks, now: datetime, hours: Hours | None) -> Clocks:
    """The queue's hours have changed; they count from when each clock began to run."""
    return _each(noticed(clocks, now), lambda clock: recount(clock, hours))


def ended(clocks: Clocks, now: datetime) -> Clocks:
    """The interaction is over. What has passed is still to be told."""
    return Clocks(answered=clocks.answered, untold=noticed(clocks, now).untold)


def _each(clocks: Clocks, do: Any) -> Clocks:
    return replace(
        clocks,
        reply=clocks.reply and do(clocks.reply),
        resolution=clocks.resolution and do(clocks.resolution),
    )


def next_at(clocks: Clocks) -> datetime | None:
    """When something is to be told next."""
    moments = [passed.due_at for passed in clocks.untold]
    for clock in clocks:
        if not clock.warned and clock.warn_at is not None:
            moments.append(clock.warn_at)
        if clock.breached_at is None and clock.due_at is not None:
            moments.append(clock.due_at)
    return min(moments, default=None)


def late_since(clocks: Clocks) -> datetime | None:
    """When the first target was breached of those whose clock still runs."""
    late = [c.breached_at for c in clocks if c.since is not None and c.breached_at is not None]
    return min(late, default=None)


# ── as JSON ──────────────────────────────────────────────────────────────────────────────────


def stored(clocks: Clocks) -> dict[str, Any]:
    """JSON of clocks; `read` gives the same back."""
    found: dict[str, Any] = {}
    for name, clock in (("reply", clocks.reply), ("resolution", clocks.resolution)):
        if clock is not None:
            found[name] = _stored(clock)
    if clocks.answered:
        found["answered"] = True
    if clocks.untold:
        found["untold"] = [[p.target, p.breached, p.due_at.isoformat()] for p in clocks.untold]
    return found


def _stored(clock: Clock) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "target": clock.target,
        "total_s": clock.total.total_seconds(),
        "warn_percent": clock.warn_percent,
        "used_s": clock.used.total_seconds(),
    }
    for name in ("since", "warn_at", "due_at", "breached_at"):
        moment = getattr(clock, name)
        if moment is not None:
            kept[name] = moment.isoformat()
    if clock.warned:
        kept["warned"] = True
    return kept


def read(kept: Mapping[str, Any]) -> Clocks:
    """The clocks of such JSON."""
    return Clocks(
        _read(kept.get("reply")),
        _read(kept.get("resolution")),
        kept.get("answered", False),
        tuple(
            Passed(target, breached, datetime.fromisoformat(due_at))
            for target, breached, due_at in kept.get("untold", ())
        ),
    )


def _read(kept: Mapping[str, Any] | None) -> Clock | None:
    if kept is None:
        return None
    moments = {
        name: datetime.fromisoformat(kept[name])
        for name in ("since", "warn_at", "due_at", "breached_at")
        if name in kept
    }
    return Clock(
        target=kept["target"],
        total=timedelta(seconds=kept["total_s"]),
        warn_percent=kept["warn_percent"],
        used=timedelta(seconds=kept["used_s"]),
        warned=kept.get("warned", False),
        **moments,
    )
