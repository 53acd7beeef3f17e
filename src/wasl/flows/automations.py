"""Automations: published flows that events of the log start, at once or later, or a schedule.

What an automation does bears its cause and the chain of automations that led to it: one that comes
again in its own chain, or a chain that grows too long, is stopped and shown as such.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import conversations
from wasl.flows import facts, waits
from wasl.flows.arming import SCHEDULE
from wasl.flows.policy import ARRIVALS, Conditions, Happened, Heard
from wasl.flows.runs import MOMENT, end_run, hear_of, start_aside
from wasl.flows.tables import flow_triggers
from wasl.infra.events import Event, from_row
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together
from wasl.infra.timers import Handler, Timer, cancel_timer, set_timer

log = logging.getLogger(__name__)

SUBSCRIBER = "automations"
GATHER_S = 0.05  # events are handled sooner than by those whose effect needs no haste
LATER = "flows.later"  # timer kind; its key is an automation and a conversation
LONGEST_CHAIN = 5
MOST_AT_ONCE = 500  # conversations of one scheduled firing
_LIVELY = timedelta(days=30)
_MESSAGE_EVENTS = frozenset({"ConversationOpened", "MessageReceived", "ConversationReopened",
                             "ConversationContinued"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Armed:
    """A published automation."""

    flow_id: UUID
    version_id: UUID
    key: str
    on: str
    filter: str
    after_s: int | None
    armed_at: datetime


class _Listening:
    """All automations that are active, by what they hear."""

    def __init__(self, armed: Sequence[Armed]) -> None:
        by_event: dict[str, list[Armed]] = {}
        for one in armed:
            by_event.setdefault(one.on, []).append(one)
        self._by_event = {
            on: Conditions([(one.filter, one) for one in several])
            for on, several in by_event.items()
        }

    def of(self, event: Event) -> list[Conditions[Armed]]:
        """Those that hear such an event."""
        kinds = [event.type]
        if event.type in ARRIVALS and event.actor.kind == "contact":
            kinds.append("arrival")
        if event.type in _MESSAGE_EVENTS and event.actor.kind == "contact":
            kinds.append("keyword")
        return [self._by_event[kind] for kind in kinds if kind in self._by_event]

    def named(self, event: Event, name: str) -> bool:
        """Whether a condition on such an event asks for something."""
        return any(name in conditions.names for conditions in self.of(event))


@dataclass(frozen=True, slots=True)
class _Start:
    """What starts one run."""

    automation: Armed
    conversation_id: UUID
    event_id: UUID
    chain: tuple[str, ...]
    scope: Mapping[str, Any]
    event: Event | None = None  # where it starts at once

    @property
    def seq(self) -> int:
        return self.event.seq if self.event else 0


# ── which there are ──────────────────────────────────────────────────────────────────────────


async def _armed(conn: AsyncConnection, flow_id: UUID | None = None) -> list[Armed]:
    columns = [flow_triggers.c[name] for name in Armed.__slots__]
    heard = flow_triggers.c.active & ~flow_triggers.c.archived
    query = select(*columns).where(heard).order_by(flow_triggers.c.key)
    if flow_id is not None:
        query = query.where(flow_triggers.c.flow_id == flow_id)
    return [Armed(*row) for row in await conn.execute(query)]


# by a mark of those that are active, which changes with each of them
_heard: dict[tuple[int, int], _Listening] = {}
_MARK = """
SELECT count(*) AS n, coalesce(sum(hashtextextended(version_id::text || armed_at::text, 7)), 0)
  AS mark
FROM flow_triggers WHERE active AND NOT archived
"""


async def _listening(conn: AsyncConnection, row: Any) -> _Listening:
    """Those of a row of _MARK."""
    mark = (row.n, int(row.mark))
    if mark not in _heard:
        _heard.clear()
        _heard[mark] = _Listening(await _armed(conn))
    return _heard[mark]


# ── what starts them ─────────────────────────────────────────────────────────────────────────


async def follow(conn: AsyncConnection, happened: Sequence[Event]) -> None:
    """Starts what these events are to start, and moves the runs that wait for one: a subscriber of
    the log."""
    concerning = [e for e in happened if e.aggregate_kind in ("conversation", "contact")]
    if not concerning:
        return
    marks, waiting_rows = await run_together(conn, (_MARK, {}), waits.asking(concerning))
    listening = await _listening(conn, marks[0])
    waiting = waits.waiting(waiting_rows, concerning)
    heard = [e for e in concerning if listening.of(e)]
    if not heard and not waiting:
        return
    now = max(e.at for e in happened)
    where = await _where(conn, heard)
    ids = {*(id_ for _, id_ in where), *(one.conversation_id for one in waiting)}
    standing = await conversations.conditions(conn, ids, now=now)
    starts = await _starts(conn, listening, where, standing, now)
    # in one order everywhere, so that two never wait for each other's conversations
    work: list[_Start | waits.Waiting] = [*starts, *waiting]
    for one in sorted(
        work, key=lambda one: (one.conversation_id, one.event.seq if one.event else 0)
    ):
        if isinstance(one, waits.Waiting):
            await _tell(conn, one, standing, now)
        elif one.automation.after_s:
            await _start_later(conn, one, now)
        else:
            await _start(conn, one, now)


async def _where(conn: AsyncConnection, heard: Sequence[Event]) -> list[tuple[Event, UUID]]:
    """The conversation in which each event is heard: its own, or the contact's last one."""
    of_contacts = {e.aggregate_id for e in heard if e.aggregate_kind == "contact"}
    last = await conversations.last_of(conn, of_contacts)
    its_own = {e.aggregate_id: e.aggregate_id for e in heard if e.aggregate_kind == "conversation"}
    at = {**last, **its_own}
    return [(e, at[e.aggregate_id]) for e in heard if e.aggregate_id in at]


async def _starts(
    conn: AsyncConnection,
    listening: _Listening,
    where: Sequence[tuple[Event, UUID]],
    standing: Mapping[UUID, Mapping[str, Any]],
    now: datetime,
) -> list[_Start]:
    """What these events start. What a condition does not ask for is looked up for those only that
    start."""
    asked = {
        id_: standing[id_]
        for event, id_ in where
        if id_ in standing and listening.named(event, "contact")
    }
    people = await facts.people(conn, asked)
    reading = [e for e, _ in where if listening.named(e, "said") or listening.named(e, "page")]
    written = await facts.written(conn, reading)
    starts = []
    for event, conversation_id in where:
        conversation = standing.get(conversation_id)
        if conversation is None:
            continue
        scope = {
            "event": facts.shown(event),
            "conversation": conversation,
            "contact": people.get(conversation["contact"]),
            "said": written.get(event.id, facts.NOTHING).said,
            "page": written.get(event.id, facts.NOTHING).page,
        }
        chain = tuple(event.data.get("chain", ()))
        fit = [one for conditions in listening.of(event) for one in conditions.true_of(scope)]
        starts += [
            _Start(automation, conversation_id, event.id, chain, scope, event)
            for automation in sorted(fit, key=lambda one: one.key)
            if event.at >= automation.armed_at
        ]
    return await _complete(conn, starts)


async def _complete(conn: AsyncConnection, starts: Sequence[_Start]) -> list[_Start]:
    """With all that the runs' steps may read."""
    if not starts:
        return []
    people = await facts.people(conn, {s.conversation_id: s.scope["conversation"] for s in starts})
    written = await facts.written(conn, [s.event for s in starts if s.event])
    return [
        replace(
            start,
            scope={
                **start.scope,
                "contact": people.get(start.scope["conversation"]["contact"]),
                "said": written.get(start.event_id, facts.NOTHING).said,
                "page": written.get(start.event_id, facts.NOTHING).page,
            },
        )
        for start in starts
    ]


async def _tell(
    conn: AsyncConnection,
    one: waits.Waiting,
    standing: Mapping[UUID, Mapping[str, Any]],
    now: datetime,
) -> None:
    """Tells a run of what it waits for."""
    conversation = standing.get(one.conversation_id)
    if conversation is None:
        return
    await conversations.lock(conn, one.conversation_id)
    if not await waits.still_waits(conn, one):
        return
    event = one.event
    people = await facts.people(conn, {one.conversation_id: conversation})
    written = (await facts.written(conn, [event])).get(event.id, facts.NOTHING)
    scope = {
        "event": facts.shown(event),
        "conversation": conversation,
        "contact": people.get(conversation["contact"]),
        "said": written.said,
        "page": written.page,
    }
    await hear_of(conn, one.run_id, Happened(str(event.id), event.type, scope), now)


async def _start_later(conn: AsyncConnection, start: _Start, now: datetime) -> None:
    """In a while; an event that comes meanwhile begins the while anew."""
    automation = start.automation
    due = now + timedelta(seconds=automation.after_s or 0)
    payload = {
        "event_id": str(start.event_id),
        "chain": list(start.chain),
        "event": start.scope["event"],
    }
    await set_timer(conn, LATER, f"{automation.flow_id}:{start.conversation_id}", due, payload)


async def _later(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """The while is over: is it still so?"""
    flow_id, _, conversation_id = timer.key.partition(":")
    payload = timer.payload
    await _start_where(
        conn,
        UUID(flow_id),
        [UUID(conversation_id)],
        (UUID(payload["event_id"]), tuple(payload["chain"]), payload["event"]),
        now,
    )


async def _scheduled(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """An automation's moment has come, and the next one is set."""
    flow_id = UUID(timer.key)
    found = await _armed(conn, flow_id)
    if not found or not found[0].after_s:
        return
    ids = await conversations.lively(conn, since=now - _LIVELY, most=MOST_AT_ONCE)
    event = {"type": "schedule", "actor": "system"}
    await _start_where(conn, flow_id, sorted(ids), (new_id(), (), event), now)
    await set_timer(conn, SCHEDULE, timer.key, now + timedelta(seconds=found[0].after_s))


async def _start_where(
    conn: AsyncConnection,
    flow_id: UUID,
    ids: Sequence[UUID],
    cause: tuple[UUID, tuple[str, ...], Mapping[str, Any]],
    now: datetime,
    *,
    said: str = "",
) -> int:
    """Starts an automation for those conversations that its filter is true of now; for how many."""
    found = await _armed(conn, flow_id)
    if not found:
        return 0
    automation, (event_id, chain, event) = found[0], cause
    standing = await conversations.conditions(conn, ids, now=now)
    people = await facts.people(conn, standing)
    condition = Conditions([(automation.filter, automation)])
    started = 0
    for id_ in ids:
        if id_ not in standing:
            continue
        contact = people.get(standing[id_]["contact"])
        scope = {
            "event": event,
            "conversation": standing[id_],
            "contact": contact,
            "said": said,
            "page": None,
        }
        if condition.true_of(scope):
            await _start(conn, _Start(automation, id_, event_id, chain, scope), now)
            started += 1
    return started


async def start_again(
    conn: AsyncConnection,
    flow_id: UUID,
    conversation_id: UUID,
    cause: tuple[UUID, tuple[str, ...]],
    *,
    now: datetime,
) -> bool:
    """Starts an automation once more for what an event caused, if its filter is true now."""
    event_id, chain = cause
    conversation = await conversations.lock(conn, conversation_id)
    about = [conversation_id, conversation.contact_id]
    (rows,) = await run_together(conn, (_EVENT_OF, {"about": about, "event": event_id}))
    event = from_row(rows[0]) if rows else None
    shown = facts.shown(event) if event else {"type": "schedule", "actor": "system"}
    written = await facts.written(conn, [event]) if event else {}
    said = written.get(event_id, facts.NOTHING).said
    cause_now = (event_id, chain, shown)
    return bool(await _start_where(conn, flow_id, [conversation_id], cause_now, now, said=said))


_EVENT_OF = """
SELECT * FROM events
WHERE aggregate_kind IN ('conversation', 'contact') AND aggregate_id = ANY (%(about)s)
  AND id = %(event)s
"""


def timer_handlers() -> Mapping[str, Handler]:
    """What the timer loop calls for automations."""
    return {LATER: _later, SCHEDULE: _scheduled}


# ── runs ─────────────────────────────────────────────────────────────────────────────────────


async def _start(conn: AsyncConnection, start: _Start, now: datetime) -> None:
    automation = start.automation
    conversation = await conversations.lock(conn, start.conversation_id)
    goes_round = automation.key in start.chain or len(start.chain) >= LONGEST_CHAIN
    run_id = new_id()
    made = {
        "run": run_id,
        "version": automation.version_id,
        "conversation": conversation.id,
        "interaction": conversation.interaction_id,
        "status": "stopped" if goes_round else "running",
        "reason": "loop" if goes_round else "",
        "now": now,
        "ended": now if goes_round else None,
        "cause": start.event_id,
        "chain": [*start.chain, automation.key],
    }
    earlier, _ = await run_together(conn, (_EARLIER, made), (_ADD_RUN, made))
    if not goes_round:
        for row in earlier:  # what it still waits for in this conversation is over
            await cancel_timer(conn, MOMENT, str(row.id))
            await end_run(conn, row.id, "finished", "anew", now)
    if goes_round:
        log.warning("automation %s would go round: %s", automation.key, " → ".join(start.chain))
        return
    values = {name: start.scope[name] for name in ("event", "conversation", "contact", "page")}
    said = Heard(str(start.event_id), start.scope["said"])
    await start_aside(conn, run_id, said, values, now, locale=conversation.locale)


_EARLIER = """
SELECT id FROM flow_runs
WHERE conversation_id = %(conversation)s AND version_id = %(version)s AND status = 'running'
  AND NOT holds
"""
_ADD_RUN = """
INSERT INTO flow_runs (id, version_id, conversation_id, interaction_id, status, reason, started_at,
  ended_at, holds, cause, chain)
VALUES (%(run)s, %(version)s, %(conversation)s, %(interaction)s, %(status)s, %(reason)s, %(now)s,
  %(ended)s, false, %(cause)s, %(chain)s)
"""
