"""A recorded day of a centre of 200 agents, five queues and four channels, played by the real
server with agents at real sockets, and by the simulator; and what must always hold, watched at
every event.

The day is drawn by seed and written down first (`_day`). The server plays it in a child process on
an embedded PostgreSQL that flushes; contacts and desks are in this one (`_desks`). The simulator's
engine plays the same file, and other days of the same kind, whose spread is its 95 % interval.
A minute passes in a second: waits, patience, handling and targets are all as much shorter, so that
shares and ratios stay; the router's latency, which does not shrink, counts sixty times as much. So
the simulator is told how long an offer takes here, from the server's own offers, and what that
alone changes is shown beside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import NormalDist, mean, stdev

from benchmarks import Result
from benchmarks._centre import boards_are_up_to_date, set_up, told_by, watching
from benchmarks._day import ACCEPT_S, Day, Size, draw, kept, play
from benchmarks._desks import People, far_ends
from benchmarks._place import Server, folder, free_port, pause, postgres
from benchmarks._watch import BOUND_S, Watch
from wasl.routing.simulation import Stretch, sums_of

SEED = 20261122
DAYS = 40  # other days that the simulator plays
_SET_UP_S, _EACH_DESK_S = 20.0, 0.2  # at most, before the day begins
REST_S = 240.0  # how long what is in hand at the end may take
_OF_CLASSES = (
    "service_level_offered",
    "service_level_excluding_short",
    "service_level_short_met",
    "service_level_answered",
    "abandoned",
    "asa_s",
    "wait_p50_s",
    "wait_p90_s",
)


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
    """What came of the day."""

    day: Day
    lines: list[Line] = field(default_factory=list)
    violations: Sequence[str] = ()
    wrong: Sequence[str] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    written: int = 0
    watch: Watch | None = None
    stretch: Stretch | None = None
    accept_s: float = 0.0
    accept_spread_s: float = 0.0
    latency_s: float = 0.0

    @property
    def agrees(self) -> bool:
        """Nineteen of twenty figures in their own intervals, but for chance, and all of them in
        those that hold together."""
        inside = sum(line.inside for line in self.lines)
        return inside >= 0.9 * len(self.lines) and all(line.inside_all for line in self.lines)


async def run(progress: Callable[[str], None]) -> Result:
    outcome = await live(draw(SEED), progress)
    progress("the simulator plays the same day, and others")
    outcome.lines = await asyncio.to_thread(compare, outcome, DAYS)
    for line in table(outcome):
        progress(line)
    inside = sum(line.inside for line in outcome.lines)
    broken, watch = len(outcome.violations), outcome.watch
    assert watch is not None
    return Result(
        id="day",
        measured=round(100 * inside / len(outcome.lines), 1),
        unit="% of figures in the simulator's 95 % intervals",
        reach=90.0,
        ok=outcome.agrees and not broken and not outcome.wrong,
        against=(
            f"{outcome.written} interactions, {watch.events} events in {watch.transactions}"
            f" transactions: {broken} violations of invariants, {len(outcome.wrong)} lost or"
            f" doubled; all in their joint intervals: {all(x.inside_all for x in outcome.lines)};"
            f" to an offer {1_000 * outcome.latency_s:.0f} ms, to its acceptance"
            f" {1_000 * (outcome.accept_s - ACCEPT_S):.0f} ms more than the agent's own"
        ),
    )


async def live(
    day: Day, progress: Callable[[str], None], bound_s: float = BOUND_S
) -> Outcome:
    """The server's play of the day; the router has `bound_s` to see what has happened."""
    async with far_ends() as (app_port, mail_port), postgres() as dsn:
        smtp_port = free_port()
        begins_at = _beginning(day)
        place, watch = await set_up(
            dsn, day, begins_at, bound_s, app_port, mail_port, smtp_port
        )
        with folder() as data:
            day.keep(data / "day.json")
            assert kept(data / "day.json") == day
            server = Server(
                data,
                database_url=dsn,
                smtp_listen=f"127.0.0.1:{smtp_port}",
                mail_domain="shop.example",
                private_urls="true",
            )
            people = People(day, place, server.port)
            try:
                async with watching(dsn, watch) as task:
                    await server.start()
                    async with people.at_their_desks():
                        progress(f"{len(day.agents)} desks are open, {len(day.came)} will come")
                        telling = asyncio.create_task(_tell(people, watch, day, progress))
                        await people.live(begins_at)
                        await people.rest(REST_S)
                        telling.cancel()
                        await _all_wrapped_up(watch)
                    await boards_are_up_to_date(dsn)
                    if task.done():
                        task.result()
            finally:
                await server.stop()
            log = (data / "output.log").read_text()
        told = await told_by(dsn, day, place, watch)
    wrong = [*people.wrong, *told.wrong]
    offered = sum(one.offered for one in told.stretch.classes)
    if not len(day.came) == people.counted["written"] == offered == len(watch.came):
        wrong.append(
            f"{len(day.came)} came, {people.counted['written']} were acknowledged, the server has"
            f" {offered}, its events tell of {len(watch.came)}"
        )
    if people.counted["stale taken"]:
        wrong.append("an accept with another offer's epoch was taken")
    waits = watch.conserved_s
    return Outcome(
        day,
        violations=watch.violations,
        wrong=[*wrong, *(line for line in log.splitlines() if "error" in line.lower())][:50],
        counted=people.counted,
        written=len(day.came),
        watch=watch,
        stretch=told.stretch,
        accept_s=told.accept_s,
        accept_spread_s=told.accept_spread_s,
        latency_s=sum(waits) / max(1, watch.offers),
    )


def _beginning(day: Day) -> datetime | None:
    """When a day with hours begins: at a whole minute, as soon as everything is set up."""
    if all(queue.opens is None for queue in day.queues):
        return None
    ready = datetime.now(UTC) + timedelta(seconds=_SET_UP_S + len(day.agents) * _EACH_DESK_S)
    return ready.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _all_wrapped_up(watch: Watch) -> None:
    """Wrap-ups end by themselves."""
    async with asyncio.timeout(30):
        while any(work.state in ("active", "wrap_up") for work in watch.works.values()):
            await pause(0.2)


async def _tell(people: People, watch: Watch, day: Day, progress: Callable[[str], None]) -> None:
    while True:
        await pause(20)
        counted = people.counted
        waiting = sum(work.state == "queued" for work in watch.works.values())
        progress(
            f"{people.now_s():.0f} s: {counted['written']} of {len(day.came)} have come,"
            f" {waiting} wait, {counted['resolved']} resolved, {counted['gave up']} gave up,"
            f" {watch.events} events, {len(watch.violations)} violations,"
            f" {len(people.wrong)} failed"
        )


# ── beside the simulator ─────────────────────────────────────────────────────────────────────


def compare(outcome: Outcome, days: int) -> list[Line]:
    """The figures of all and of each class, which is a channel with its queue."""
    assert outcome.stretch is not None
    day = outcome.day
    delayed_s = max(ACCEPT_S, outcome.accept_s) + outcome.latency_s
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
        if measure.endswith("_s"):  # the simulated latency is the same each time, the real isn't
            spread = max(spread, outcome.accept_spread_s / 2)
        one_more = spread * (1 + 1 / len(values)) ** 0.5  # of a further day
        half = 2.0 * one_more
        jointly = NormalDist().inv_cdf(1 - 0.025 / len(asked)) * 1.1 * one_more
        lines.append(
            Line(
                of,
                measure,
                server,
                simulated,
                with_latency,
                centre - half,
                centre + half,
                abs(server - centre) <= half + 1e-9,
                abs(server - centre) <= jointly + 1e-9,
            )
        )
    return lines


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
    return [*lines, *outcome.violations, *outcome.wrong]


SHORT = Size(length_s=40.0, share=0.1, speed=4.0)
