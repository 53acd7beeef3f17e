"""A recorded day of a centre of 200 agents, five queues and four channels, played by the real
server with agents at real sockets, and by the simulator; and what must always hold, watched at
every event.

The day is drawn by seed and written down first (`_day`). The server plays it in a child process on
an embedded PostgreSQL that flushes; contacts and desks are in this one (`_desks`). The simulator's
engine plays the same file, and other days of the same kind, whose spread is its 95 % interval.
A minute passes in three seconds: waits, patience, handling and targets are all as much shorter, so
that shares and ratios stay; the router's latency, which does not shrink, counts twenty times as
much. So the simulator is told how long an offer takes here, from the server's own offers, and what
that alone changes is shown beside.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import NormalDist, mean, stdev

from benchmarks import Result
from benchmarks._centre import boards_are_up_to_date, set_up, told_by, watching
from benchmarks._day import ACCEPT_S, OFFER_TIMEOUT_S, Day, Size, draw, kept, play
from benchmarks._desks import People, far_ends
from benchmarks._place import Server, folder, pause, postgres
from benchmarks._ports import free_port
from benchmarks._watch import BOUND_S, Watch
from wasl.routing.simulation import Stretch, sums_of

SEED = 20261122
SHORT = Size(length_s=40.0, share=0.1, speed=8.0)  # for a test
DAYS = 40  # other days that the simulator plays
_SET_UP_S, _EACH_DESK_S = 10.0, 0.2  # at most, before the day begins
LEAST_INSIDE = 0.9  # of the figures in their own intervals
_TOLD_S = 20.0
_MOST_LINES = 20
_WRAPPED_UP_S = 30.0
REST_S = 400.0  # how long what is in hand at the end may take
_OF_CLASSES = (
    "service_level_offered",
    "service_level_excluding_short",
    "service_level_short_met",
    "service_level_answered",
    "abandoned",
    "asa_s",
    "wait_p50_s",
    "wait_p90_s",
    "overflowed",
)
_WAITS = ("asa_s", "wait_p50_s", "wait_p90_s")
_SHARES = frozenset(_OF_CLASSES) - frozenset(_WAITS)
_STUDENT = 2.02  # 95 % with 39 degrees of freedom


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: the server's, the simulator's for the same day without and with the latencies,
    and the 95 % interval of such days; `inside` it, and inside what holds for all lines at once."""

    of: str
    measure: str
    server: float
    simulated: float
    with_latency: float
    low: float
    high: float
    inside: bool
    inside_all: bool


@dataclass(slots=True)
class Outcome:
    """What came of the day: by the server's data (`stretch`), at the desks (`counted`), and what
    does not fit together (`wrong`). An offer took `latency_s` to be made and `accept_s` to be
    accepted, at the mean; the slowest tenth took `accept_spread_s` longer than the median."""

    day: Day
    watch: Watch
    stretch: Stretch
    counted: Mapping[str, int]
    wrong: Sequence[str]
    latency_s: float
    accept_s: float
    accept_spread_s: float
    lines: list[Line] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Nineteen of twenty figures in their own intervals, but for chance, and all of them in
        those that hold together."""
        inside = sum(line.inside for line in self.lines)
        return inside >= LEAST_INSIDE * len(self.lines) and all(
            line.inside_all for line in self.lines
        )


async def run(progress: Callable[[str], None]) -> Result:
    outcome = await live(draw(SEED), progress)
    progress("the simulator plays the same day, and others")
    outcome.lines = await asyncio.to_thread(compare, outcome, DAYS)
    for line in table(outcome):
        progress(line)
    inside = sum(line.inside for line in outcome.lines)
    all_inside = all(line.inside_all for line in outcome.lines)
    watch, first = outcome.watch, outcome.lines[0]
    broken = sum(watch.broken.values())
    return Result(
        id="day",
        measured=round(100 * inside / len(outcome.lines), 1),
        unit="% of figures in the simulator's 95 % intervals",
        reach=100 * LEAST_INSIDE,
        ok=outcome.agrees and not broken and not outcome.wrong,
        against=(
            f"{len(outcome.day.came)} interactions, {watch.events} events in"
            f" {watch.transactions} transactions: {broken} violations of invariants,"
            f" {len(outcome.wrong)} lost, doubled or failed;"
            f" all in their joint intervals: {all_inside};"
            f" service level {100 * first.server:.1f} %, simulated {100 * first.simulated:.1f} %,"
            f" with the latency {100 * first.with_latency:.1f} %;"
            f" to an offer {1_000 * outcome.latency_s:.0f} ms, to its acceptance"
            f" {1_000 * (outcome.accept_s - ACCEPT_S):.0f} ms more than the agent's own"
        ),
    )


async def live(drawn: Day, progress: Callable[[str], None], bound_s: float = BOUND_S) -> Outcome:
    """The server's play of the day; the router has `bound_s` to see what has happened."""
    async with far_ends() as (app_port, mail_port), postgres() as dsn:
        smtp_port, begins_at = free_port(), _beginning(drawn)
        with folder() as data:
            drawn.keep(data / "day.json")
            day = kept(data / "day.json")
            place, watch = await set_up(
                dsn, day, begins_at, bound_s, app_port, mail_port, smtp_port
            )
            server = Server(
                data,
                database_url=dsn,
                smtp_listen=f"127.0.0.1:{smtp_port}",
                mail_domain="shop.example",
                private_urls="true",
            )
            people = People(day, place, server.port)
            try:
                async with watching(dsn, watch) as watching_on:
                    await server.start()
                    async with people.at_their_desks(), _telling(people, watch, day, progress):
                        began = begins_at or datetime.now(UTC)
                        await people.live(began)
                        await people.rest(REST_S)
                        people.wrong += await _wrapped_up(watch)
                    await boards_are_up_to_date(dsn)
                    if watching_on.done():
                        watching_on.result()
            finally:
                await server.stop()
            log = (data / "output.log").read_text()
        told = await told_by(dsn, day, place, watch, began)
    wrong = [*people.wrong, *told.wrong]
    wrong += [line for line in log.splitlines() if "error" in line.lower()][:_MOST_LINES]
    offered = sum(one.offered for one in told.stretch.classes)
    if not len(day.came) == people.counted["written"] == offered == len(watch.came):
        wrong.append(
            f"{len(day.came)} came, {people.counted['written']} were acknowledged, the server has"
            f" {offered}, its events tell of {len(watch.came)}"
        )
    if people.counted["stale taken"]:
        wrong.append("an accept with another offer's epoch was taken")
    return Outcome(
        day,
        watch,
        told.stretch,
        people.counted,
        wrong,
        latency_s=sum(watch.conserved_s) / max(1, watch.offers),
        accept_s=told.accept_s,
        accept_spread_s=told.accept_spread_s,
    )


def _beginning(day: Day) -> datetime | None:
    """When a day with hours begins: at a whole minute, as soon as everything is set up."""
    if all(queue.opens is None for queue in day.queues):
        return None
    ready = datetime.now(UTC) + timedelta(seconds=_SET_UP_S + len(day.agents) * _EACH_DESK_S)
    return ready.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _wrapped_up(watch: Watch) -> list[str]:
    """Wrap-ups end by themselves; what is in hand nevertheless after a while."""
    until = time.monotonic() + _WRAPPED_UP_S
    while time.monotonic() < until:
        left = [id_ for id_, work in watch.works.items() if work.state in ("active", "wrap_up")]
        if not left:
            return []
        await pause(0.2)
    return [f"{id_} stays in hand" for id_ in left]


@asynccontextmanager
async def _telling(
    people: People, watch: Watch, day: Day, progress: Callable[[str], None]
) -> AsyncIterator[None]:
    """Says every now and then how far the day is."""
    progress(f"{len(day.agents)} desks are open, {len(day.came)} will come")
    task = asyncio.create_task(_tell(people, watch, day, progress))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _tell(people: People, watch: Watch, day: Day, progress: Callable[[str], None]) -> None:
    while True:
        await pause(_TOLD_S)
        counted = people.counted
        waiting = sum(work.state == "queued" for work in watch.works.values())
        progress(
            f"{people.now_s():.0f} s: {counted['written']} of {len(day.came)} have come,"
            f" {waiting} wait, {counted['resolved']} resolved, {counted['gave up']} gave up,"
            f" {watch.events} events, {sum(watch.broken.values())} violations,"
            f" {len(people.wrong)} failed"
        )


# ── beside the simulator ─────────────────────────────────────────────────────────────────────


def compare(outcome: Outcome, days: int) -> list[Line]:
    """The figures of all and of each class, which is a channel with its queue."""
    day = outcome.day
    delayed_s = min(outcome.accept_s + outcome.latency_s, OFFER_TIMEOUT_S - 0.1)
    same, late = play(day), play(day, accept_s=delayed_s)
    others = [play(draw(day.seed + n, day.size), accept_s=delayed_s) for n in range(1, days + 1)]
    everybody = range(len(day.classes))
    asked: list[tuple[str, str, Sequence[int]]] = [
        ("everybody", measure, everybody) for measure in (*_OF_CLASSES, "offered", "occupancy")
    ]
    for n, one in enumerate(day.classes):
        asked += [(f"{one.name} ({one.queue})", m, [n]) for m in (*_OF_CLASSES, "offered")]
    lines = []
    for of, measure, classes in asked:
        values = [v for other in others if (v := _value(measure, other, classes)) is not None]
        seen = [_value(measure, one, classes) for one in (outcome.stretch, same, late)]
        if None in seen or len(values) < 2:
            continue
        server, simulated, with_latency = (float(v) for v in seen if v is not None)
        centre, spread = mean(values), stdev(values)
        if measure in _WAITS:  # the simulated latency is the same each time, the real isn't
            spread = max(spread, outcome.accept_spread_s / 2)
        elif measure in _SHARES:
            spread = max(spread, _least_spread(measure, outcome.stretch, classes))
        one_more = spread * (1 + 1 / len(values)) ** 0.5  # of a further day
        half = _STUDENT * one_more
        jointly = NormalDist().inv_cdf(1 - 0.025 / len(asked)) * 1.1 * one_more
        lines.append(
            Line(
                of,
                measure,
                server,
                simulated,
                with_latency,
                max(0.0, centre - half),
                centre + half if measure in (*_WAITS, "offered") else min(1.0, centre + half),
                abs(server - centre) <= half + 1e-9,
                abs(server - centre) <= jointly + 1e-9,
            )
        )
    return lines


def _least_spread(measure: str, stretch: Stretch, classes: Sequence[int]) -> float:
    """The standard deviation that a share of so many has at least by chance (Agresti and Coull),
    also where a handful of days have all or none of them."""
    (some,), (all_,) = sums_of(measure, [stretch], classes)
    share = (some + 2) / (all_ + 4)
    return float((share * (1 - share) / (all_ + 4)) ** 0.5)


def _value(measure: str, stretch: Stretch, classes: Sequence[int]) -> float | None:
    (above,), (below,) = sums_of(measure, [stretch], classes)
    return above / below if below else None


def table(outcome: Outcome) -> list[str]:
    """For people: the figures, and what went wrong."""
    lines = [f"{'':34}{'server':>9}{'same day':>10}{'+latency':>10}   95 % of such days"]
    for line in outcome.lines:
        mark = "" if line.inside else "  outside" if line.inside_all else "  FAR OUTSIDE"
        lines.append(
            f"{line.of[:22]:23}{line.measure[:29]:30}{line.server:9.3f}{line.simulated:10.3f}"
            f"{line.with_latency:10.3f}   {line.low:.3f} – {line.high:.3f}{mark}"
        )
    lines.append(f"at the desks: {dict(outcome.counted)}; the bound of what is late: {BOUND_S:g} s")
    return [*lines, *outcome.watch.violations, *outcome.wrong]
