"""The centre of a recorded day as a real server has it: set up, watched, and read afterwards."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb
from sqlalchemy import text

from benchmarks import _day
from benchmarks._day import Day
from benchmarks._desks import HOOK_SECRET, SUPPORT, Place
from benchmarks._place import SECRET
from benchmarks._watch import AgentFacts, OfferFacts, QueueFacts, Watch, WorkFacts
from wasl import channels, routing
from wasl.accounts.service import add_api_token
from wasl.infra.bus import PostgresBus
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.event_reader import LiveReader
from wasl.infra.events import SYSTEM, Event
from wasl.infra.ids import new_id
from wasl.reporting.policy import union_s
from wasl.routing.policy import compile_requirement
from wasl.routing.simulation import Stretch
from wasl.routing.simulation.tally import ClassTally

_AT_ONCE = 100_000  # events of one look
_BOARDS_BEHIND_S = 30


async def set_up(
    dsn: str,
    day: Day,
    begins_at: datetime | None,
    bound_s: float,
    app_port: int,
    mail_port: int,
    smtp_port: int,
) -> tuple[Place, Watch]:
    """Queues, channels and agents of the day, and a watcher that knows them. A day with hours
    begins at a whole minute that is known."""
    now, sealer = SystemClock().now(), Sealer(SECRET)
    configured: dict[str, dict[str, Any]] = {
        "web_chat": {"allowed_origins": ["*"]},
        "api": {
            "deliver_url": f"http://127.0.0.1:{app_port}/wasl",
            "secret": HOOK_SECRET,
            "identity_kind": "crm",
        },
        "email": {
            "address": SUPPORT,
            "receive": "smtp",
            "smtp": {"host": "127.0.0.1", "port": mail_port, "security": "none"},
        },
    }
    ids = [new_id() for _ in day.agents]
    closing_id = new_id()
    engine = make_engine(dsn, pool_size=1)
    try:
        async with await psycopg.AsyncConnection.connect(dsn) as raw:
            await raw.execute(
                "INSERT INTO users (id, email, name, role)"
                " SELECT id, id || '@example.com', 'Agent', 'agent' FROM unnest(%s::uuid[]) id",
                [[*ids, closing_id]],
            )
            for id_, agent in zip(ids, day.agents, strict=True):
                await raw.execute(
                    "INSERT INTO agents (user_id, capacity, skills) VALUES (%s, %s, %s)",
                    [id_, Jsonb(agent.capacity), Jsonb(agent.skills)],
                )
            await raw.commit()
        async with Database(engine).transaction() as conn:
            await routing.add_defaults(conn)
            queues: dict[str, UUID] = {}
            for queue in reversed(day.queues):  # what others overflow to is there before them
                values: dict[str, Any] = {
                    "names": {"en": queue.name, "fa": queue.name, "ar": queue.name},
                    "offer_timeout_s": _day.OFFER_TIMEOUT_S,
                    "wrap_up_s": _day.WRAP_UP_S,
                    "reply_target_s": _day.TARGET_S,
                    "steps": queue.steps,
                }
                if queue.opens is not None:
                    span = [f"{at:%H:%M}" for at in _open_times(queue, begins_at)]
                    values["hours"] = {"zone": "UTC", "weekly": [[span]] * 7}
                if queue.overflow_to is not None:
                    to = str(queues[queue.overflow_to])
                    values["overflow"] = {"queue_id": to, "after_s": _day.OVERFLOW_S}
                queue_id = await routing.add_queue(conn, values, actor=SYSTEM, now=now)
                queues[queue.name] = queue_id
                members = {
                    id_: agent.queues[queue.name]
                    for id_, agent in zip(ids, day.agents, strict=True)
                    if queue.name in agent.queues
                }
                # a host's own system closes what its contacts give up: it may see every queue
                members[closing_id] = 1
                await routing.set_members(conn, queue_id, members, actor=SYSTEM, now=now)
            channel_ids, keys = [], []
            for one in day.classes:
                channel_id = await channels.add(
                    conn,
                    sealer,
                    kind=one.kind,
                    name=one.name,
                    config=channels.configured(one.kind, configured[one.kind]),
                    enabled=True,
                    actor=SYSTEM,
                    now=now,
                )
                await routing.set_entry_queue(conn, channel_id, queues[one.queue])
                channel_ids.append(channel_id)
                keys.append((await channels.load(conn, sealer, channel_id)).public_key)
            tokens = [
                (await add_api_token(conn, id_, "the day", expires_at=None, now=now))[1]
                for id_ in [*ids, closing_id]
            ]
    finally:
        await engine.dispose()
    watch = Watch(
        {
            id_: AgentFacts(
                frozenset(queues[name] for name in agent.queues), agent.skills, agent.capacity
            )
            for id_, agent in zip(ids, day.agents, strict=True)
        },
        {
            queues[queue.name]: QueueFacts(
                _day.TARGET_S,
                [
                    (compile_requirement(step["requirement"]), step.get("expires_after_s"))
                    for step in queue.steps
                ],
                *_open_times(queue, begins_at),
            )
            for queue in day.queues
        },
        bound_s,
    )
    place = Place(dsn, channel_ids, keys, ids, tokens[:-1], tokens[-1], smtp_port)
    return place, watch


def _open_times(queue: _day.Queue, begins_at: datetime | None) -> list[datetime]:
    """When the queue opens and closes; nothing for one that is always open."""
    if queue.opens is None or begins_at is None:
        return []
    return [begins_at + timedelta(minutes=minutes) for minutes in queue.opens]


# ── watching ─────────────────────────────────────────────────────────────────────────────────

_WORKS = text(
    "SELECT interaction_id, channel_kind, units, enqueued_at FROM assignments"
    " WHERE interaction_id = ANY (:ids)"
)
_OFFERS = text("SELECT id, interaction_id, user_id, epoch FROM offers WHERE id = ANY (:ids)")


@asynccontextmanager
async def watching(dsn: str, watch: Watch) -> AsyncIterator[asyncio.Task[None]]:
    """The watcher reads the log as it grows, on connections of its own."""
    bus, engine = PostgresBus(dsn), make_engine(dsn, pool_size=2)
    await bus.start()
    reader = LiveReader(engine, bus, chunk=_AT_ONCE)
    await reader.open()

    async def watch_on() -> None:
        async with aclosing(reader.batches()) as batches:
            async for batch in batches:
                await look_at(batch)

    async def look_at(batch: list[Event]) -> None:
        works = {
            UUID(e.data["interaction_id"])
            for e in batch
            if e.aggregate_kind == "conversation" and e.data.get("interaction_id")
        }
        offers = [e.aggregate_id for e in batch if e.type == "OfferMade"]
        async with engine.connect() as conn:
            new = [id_ for id_ in works if id_ not in watch.works]
            found = (await conn.execute(_WORKS, {"ids": new})).all() if new else []
            made = (await conn.execute(_OFFERS, {"ids": offers})).all() if offers else []
        watch.take(
            batch,
            {
                row.interaction_id: WorkFacts(row.channel_kind, row.units, row.enqueued_at)
                for row in found
            },
            {row.id: OfferFacts(row.interaction_id, row.user_id, row.epoch) for row in made},
        )

    task = asyncio.create_task(watch_on())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bus.stop()
        await engine.dispose()


# ── what the server says of the day ──────────────────────────────────────────────────────────

# Of each interaction: when it came, was first taken, and ended; and of how many turns it had.
_CAME = """
SELECT c.channel_id, a.interaction_id AS id, a.enqueued_at AS at, a.state, i.closed_at,
  (SELECT min(s.opened_at) FROM segments s WHERE s.interaction_id = a.interaction_id) AS taken_at,
  (SELECT count(*) FROM segments s WHERE s.interaction_id = a.interaction_id) AS turns,
  (SELECT count(*) FROM offers o WHERE o.interaction_id = a.interaction_id
    AND o.state = 'accepted') AS accepted,
  (SELECT count(*) FROM offers o WHERE o.interaction_id = a.interaction_id
    AND o.state = 'declined') AS declined,
  (SELECT count(*) FROM offers o WHERE o.interaction_id = a.interaction_id
    AND o.state = 'timed_out') AS missed,
  jsonb_array_length(a.visited) AS moves
FROM assignments a JOIN conversations c ON c.id = a.conversation_id
JOIN interactions i ON i.id = a.interaction_id ORDER BY a.enqueued_at
"""
_TURNS = """
SELECT holder_id, opened_at, coalesce(wrap_up_ended_at, ended_at) AS ended_at
FROM segments WHERE holder_kind = 'agent'
"""
_DECLARED = """
SELECT aggregate_id, at, data->>'presence' AS presence FROM events
WHERE type = 'PresenceChanged' ORDER BY aggregate_id, aggregate_version
"""
_BOARDS = """
SELECT coalesce(sum((today->>'answered')::int), 0)::int AS answered,
  coalesce(sum((today->>'abandoned')::int), 0)::int AS abandoned,
  coalesce(sum(waiting), 0)::int AS waiting,
  coalesce(sum((today->>'handled')::int), 0)::int AS handled
FROM queue_boards
"""
_ACCEPTED = """
SELECT coalesce(avg(took_s), 0)::float8 AS mean_s,
  coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY took_s)
    - percentile_cont(0.5) WITHIN GROUP (ORDER BY took_s), 0)::float8 AS spread_s
FROM (SELECT extract(epoch FROM decided_at - offered_at) AS took_s FROM offers
  WHERE state = 'accepted') accepted
"""


@dataclass(frozen=True, slots=True)
class Told:
    """`stretch`: as a simulation would tell it. From an offer to its acceptance it took `accept_s`
    at the mean, and the slowest tenth `accept_spread_s` more than the median. `wrong`: what does
    not fit together."""

    stretch: Stretch
    accept_s: float
    accept_spread_s: float
    wrong: Sequence[str]


async def told_by(dsn: str, day: Day, place: Place, watch: Watch, began: datetime) -> Told:
    """The day, which `began` then, as the server's tables and its log have it, held against what
    was watched."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:

        async def rows(sql: str) -> list[Any]:
            async with conn.cursor(row_factory=namedtuple_row) as cursor:
                return await (await cursor.execute(sql)).fetchall()

        came, turns = await rows(_CAME), await rows(_TURNS)
        declared, (boards,) = await rows(_DECLARED), await rows(_BOARDS)
        ((accept_s, accept_spread_s),) = await rows(_ACCEPTED)
        ((set_aside,),) = await rows("SELECT count(*) FROM set_aside")
    classes = [ClassTally() for _ in day.classes]
    wrong: list[str] = []
    for row in came:
        one = classes[place.channel_ids.index(row.channel_id)]
        one.offered += 1
        one.declined += row.declined
        one.missed += row.missed
        one.overflowed += row.moves
        if row.turns > 1 or row.turns != row.accepted:
            wrong.append(f"{row.id} has {row.turns} turns and {row.accepted} accepted offers")
        if row.taken_at is not None:
            _answered(one, (row.taken_at - row.at).total_seconds())
        elif row.closed_at is not None:
            _abandoned(one, (row.closed_at - row.at).total_seconds())
        seen = watch.works.get(row.id)
        if row.state in ("completed", "parked"):
            fits = seen is None and watch.ended[row.id] == 1
        else:
            fits = seen is not None and (seen.state, seen.facts.enqueued_at) == (row.state, row.at)
        if not fits:
            wrong.append(f"{row.id} is {row.state} and its events say otherwise")
    busy_s, present_s = _times(place, turns, declared, began)
    answered, abandoned = (sum(getattr(c, n) for c in classes) for n in ("answered", "abandoned"))
    waiting = len(came) - answered - abandoned
    if tuple(boards[:3]) != (answered, abandoned, waiting) or boards[3] != len(turns):
        wrong.append(f"the boards say {boards}, not {answered, abandoned, waiting, len(turns)}")
    if set_aside:
        wrong.append(f"{set_aside} events were set aside")
    return Told(Stretch(classes, busy_s, present_s), accept_s, accept_spread_s, wrong)


def _answered(one: ClassTally, wait_s: float) -> None:
    one.answered += 1
    one.met += wait_s <= _day.TARGET_S
    one.wait_answered_s += wait_s
    one.wait_all_s += wait_s
    one.waits.append(wait_s)


def _abandoned(one: ClassTally, wait_s: float) -> None:
    one.abandoned += 1
    one.short += wait_s <= _day.SHORT_S
    one.soon += wait_s <= _day.TARGET_S
    one.wait_all_s += wait_s


def _times(
    place: Place, turns: Sequence[Any], declared: Sequence[Any], began: datetime
) -> tuple[list[float], list[float]]:
    """Of each agent, in their order: seconds at work, and at work or available since the day
    began, which some were a while before."""
    work: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    there: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for holder_id, opened_at, ended_at in turns:
        if ended_at is not None:
            work[holder_id].append((opened_at, ended_at))
    since: dict[UUID, datetime] = {}
    for user_id, at, presence in declared:
        if presence == "available":
            since[user_id] = at
        elif user_id in since:
            there[user_id].append((max(began, since.pop(user_id)), at))
    return (
        [union_s(work[id_]) for id_ in place.agent_ids],
        [union_s([*work[id_], *there[id_]]) for id_ in place.agent_ids],
    )


async def boards_are_up_to_date(dsn: str) -> None:
    """Returns once the boards' reader has come to the end of the log; TimeoutError."""
    async with asyncio.timeout(_BOARDS_BEHIND_S):
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
            while True:
                found = await conn.execute(
                    "SELECT count(*) FROM events e, cursors c WHERE c.subscriber ="
                    " 'reporting.boards' AND (e.xid, e.seq) > (c.xid, c.seq)"
                )
                row = await found.fetchone()
                if row is not None and row[0] == 0:
                    return
                await asyncio.sleep(0.2)
