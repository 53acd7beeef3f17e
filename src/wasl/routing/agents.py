"""Agents: presence with reasons, capacity, and what they have in hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts import names_of
from wasl.channels import KINDS, adapter_of
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.statements import Statement, run_together
from wasl.routing.policy import Shift, capacity_of, declared_now, held_now, shuts_out
from wasl.routing.rules import check_skills
from wasl.routing.tables import agents, assignments, offers, presence_reasons

MOST_UNITS = 100  # of one channel kind
MOST_KINDS = 50

Units = defaultdict[UUID, dict[str, int]]  # of each agent, by channel kind

HANDLED = ("active", "wrap_up")  # states in which the holder's units are in use


async def lock_agent(conn: AsyncConnection, user_id: UUID) -> Row[Any]:
    """Locks an agent's row, made on first use. Locks are taken in this order: conversations by
    id, then agents by id (see `lock_agents`)."""
    row = (await conn.execute(_locked(user_id))).first()
    if row is None:
        if user_id not in await names_of(conn, [user_id]):
            raise NotFound("user_not_found")
        made = await conn.execute(insert(agents).values(user_id=user_id).on_conflict_do_nothing())
        row = (await conn.execute(_locked(user_id))).one()
        if made.rowcount:
            await _tell(conn, user_id, "AgentAdded", row.version, now=row.since, actor=SYSTEM)
    return row


async def lock_agents(conn: AsyncConnection, user_ids: Iterable[UUID | None]) -> None:
    """Locks several agents, so that two transactions can't wait for each other."""
    for user_id in sorted({user_id for user_id in user_ids if user_id is not None}):
        await lock_agent(conn, user_id)


_LOCK_KNOWN = """
SELECT user_id, presence, capacity, interruptible_by, version, missed, busy_s, present_s,
  counted_at, in_hand FROM agents
WHERE user_id = ANY(%(users)s::uuid[]) ORDER BY user_id FOR UPDATE
"""


async def lock_known(conn: AsyncConnection, user_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Locks those of these agents whose rows there are, in the common order; their rows."""
    (known,) = await run_together(conn, (_LOCK_KNOWN, {"users": list(user_ids)}))
    return {row.user_id: row for row in known}


def _locked(user_id: UUID) -> Any:
    return select(agents).where(agents.c.user_id == user_id).with_for_update()


async def units_in_hand(conn: AsyncConnection, user_id: UUID) -> dict[str, int]:
    """Units of each channel kind that an agent handles; offers don't count yet."""
    rows = await conn.execute(
        select(assignments.c.channel_kind, func.sum(assignments.c.units).label("units"))
        .where(
            assignments.c.holder_kind == "agent",
            assignments.c.holder_id == user_id,
            assignments.c.state.in_(HANDLED),
        )
        .group_by(assignments.c.channel_kind)
    )
    return {row.channel_kind: row.units for row in rows}


async def units_offered(conn: AsyncConnection, user_id: UUID) -> dict[str, int]:
    """Units of each channel kind that are offered to an agent just now."""
    rows = await conn.execute(
        select(assignments.c.channel_kind, func.sum(assignments.c.units).label("units"))
        .select_from(
            offers.join(assignments, assignments.c.interaction_id == offers.c.interaction_id)
        )
        .where(offers.c.user_id == user_id, offers.c.state == "offered")
        .group_by(assignments.c.channel_kind)
    )
    return {row.channel_kind: row.units for row in rows}


_UNITS_OF_EACH = """
SELECT user_id, channel_kind, is_held, sum(units)::integer AS units FROM (
  SELECT holder_id AS user_id, channel_kind, units, true AS is_held FROM assignments
  WHERE holder_id = ANY(%(users)s::uuid[]) AND holder_kind = 'agent'
    AND state IN ('active', 'wrap_up')
  UNION ALL
  SELECT o.user_id, a.channel_kind, a.units, false FROM offers o
  JOIN assignments a ON a.interaction_id = o.interaction_id
  WHERE o.user_id = ANY(%(users)s::uuid[]) AND o.state = 'offered'
) works GROUP BY 1, 2, 3
"""


def locking_with_units(user_ids: Iterable[UUID]) -> tuple[Statement, Statement]:
    """What locks like `lock_known`, and what then reads which units each of them has."""
    users = {"users": list(user_ids)}
    return (_LOCK_KNOWN, users), (_UNITS_OF_EACH, users)


def units_of_each(found: Iterable[Any]) -> tuple[Units, Units]:
    """What each agent handles, and what they are offered."""
    held: Units = defaultdict(dict)
    offered: Units = defaultdict(dict)
    for row in found:
        (held if row.is_held else offered)[row.user_id][row.channel_kind] = row.units
    return held, offered


def is_exclusive(kind: str) -> bool:
    """Whether an interaction of the kind, as long as it is in hand, shuts out what is new: a
    call."""
    return adapter_of(kind).capabilities.live


def shut_out(agent: Any, kind: str, having: Iterable[str]) -> bool:
    """Whether something that the agent has shuts out what is of this kind."""
    rules = agent.interruptible_by
    return any(shuts_out(rules, had, is_exclusive(had), kind) for had in having)


def has_room(
    agent: Any, kind: str, units: int, held: Mapping[str, int], offered: Mapping[str, int]
) -> bool:
    """Whether an agent who handles and is offered these units may be offered this too."""
    if shut_out(agent, kind, {*held, *offered}) or (offered and is_exclusive(kind)):
        return False
    if any(shut_out(agent, had, [kind]) for had in offered):
        return False
    used = held.get(kind, 0) + offered.get(kind, 0)
    return used + units <= capacity_of(agent.capacity, kind)


async def take_room(conn: AsyncConnection, user_id: UUID, kind: str, units: int) -> None:
    """Locks the agent; Conflict("at_capacity") when `units` more would lift them above it,
    Conflict("on_a_call") when a call that they have in hand shuts it out. What else they let
    nothing interrupt they may interrupt themselves."""
    agent = await lock_agent(conn, user_id)
    used = await units_in_hand(conn, user_id)
    if shut_out(agent, kind, filter(is_exclusive, used)):
        raise Conflict("on_a_call")
    capacity = capacity_of(agent.capacity, kind)
    if used.get(kind, 0) + units > capacity:
        raise Conflict("at_capacity", kind=kind, capacity=capacity)


async def set_presence(
    conn: AsyncConnection,
    user_id: UUID,
    presence: str,
    *,
    reason: str | None = None,
    now: datetime,
    actor: Actor = SYSTEM,
) -> None:
    """Declares an agent available, away (with a reason from the list, or none) or offline.

    Offers that they have go back to the queue by the router's decision.
    """
    if presence not in ("available", "away", "offline"):
        raise Invalid("presence_unknown", field="presence")
    if reason is not None:
        known = select(presence_reasons.c.code).where(presence_reasons.c.code == reason)
        if presence != "away" or await conn.scalar(known) is None:
            raise Invalid("presence_reason_unknown", field="reason")
    before = await lock_agent(conn, user_id)
    if (before.presence, before.reason, before.missed_offer) == (presence, reason, False):
        return
    await conn.execute(update(agents).where(agents.c.user_id == user_id).values(missed=0))
    await _declare(conn, before, presence, reason, missed=False, now=now, actor=actor)


async def answered_offer(conn: AsyncConnection, user_id: UUID) -> None:
    """Forgets the offers that the agent missed before this one."""
    await conn.execute(
        update(agents).where(agents.c.user_id == user_id, agents.c.missed > 0).values(missed=0)
    )


async def _declare(
    conn: AsyncConnection,
    before: Row[Any],
    presence: str,
    reason: str | None,
    *,
    missed: bool,
    now: datetime,
    actor: Actor,
) -> None:
    shift = declared_now(_shift_of(before), presence != "offline", now)
    await _change(
        conn,
        before.user_id,
        "PresenceChanged",
        {
            "presence": presence,
            "reason": reason,
            "since": now,
            "missed_offer": missed,
            **_stored(shift),
            "busy_share": shift.share,
        },
        now=now,
        actor=actor,
        data={"presence": presence, "reason": reason},
    )


async def set_capacity(
    conn: AsyncConnection,
    user_id: UUID,
    capacity: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
) -> Mapping[str, int]:
    """Sets how many units of each channel kind an agent takes at the same time; what it was."""
    if len(capacity) > MOST_KINDS or any(not 0 < len(kind) <= 40 for kind in capacity):
        raise Invalid("capacity_invalid", field="capacity")
    if any(not 0 <= units <= MOST_UNITS for units in capacity.values()):
        raise Invalid("capacity_invalid", field="capacity", most=MOST_UNITS)
    before: Mapping[str, int] = (await lock_agent(conn, user_id)).capacity
    values = {"capacity": dict(capacity)}
    await _change(conn, user_id, "CapacityChanged", values, now=now, actor=actor, data=values)
    return before


async def set_interruptible_by(
    conn: AsyncConnection,
    user_id: UUID,
    rules: Mapping[str, Collection[str]],
    *,
    actor: Actor,
    now: datetime,
) -> Mapping[str, list[str]]:
    """Sets which other kinds may be offered to an agent while one is in hand; a kind left out lets
    all others come, a call none (`policy.shuts_out`). What it was."""
    if any(not {kind, *others} <= KINDS.keys() for kind, others in rules.items()):
        raise Invalid("channel_kind_unknown", field="interruptible_by")
    before: Mapping[str, list[str]] = (await lock_agent(conn, user_id)).interruptible_by
    stored = {"interruptible_by": {kind: sorted({*others}) for kind, others in rules.items()}}
    await _change(conn, user_id, "InterruptionsChanged", stored, now=now, actor=actor)
    return before


async def set_skills(
    conn: AsyncConnection,
    user_id: UUID,
    skills: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Sets what an agent can, with levels 1–5; languages are named `language:fa`."""
    check_skills(skills)
    await lock_agent(conn, user_id)
    values = {"skills": dict(skills)}
    await _change(conn, user_id, "SkillsChanged", values, now=now, actor=actor)


async def load_changed(
    conn: AsyncConnection, user_id: UUID, *, now: datetime, taken: bool = False,
    released: bool = False,
) -> None:  # fmt: skip
    """Tells that what an agent has in hand or on offer is other than before; `taken` or `released`
    when they hold something more or less."""
    shift = _shift_of(await lock_agent(conn, user_id))
    values: dict[str, Any] = {}
    if taken:
        values = _stored(held_now(shift, True, now))
    elif released:
        shift = held_now(shift, bool(await units_in_hand(conn, user_id)), now)
        values = {**_stored(shift), "busy_share": shift.share, "last_released_at": now}
    await _change(conn, user_id, "LoadChanged", values, now=now, actor=SYSTEM)


def _shift_of(row: Any) -> Shift:
    signed_in = row.presence != "offline"
    return Shift(row.busy_s, row.present_s, row.counted_at, row.in_hand, signed_in)


def _stored(shift: Shift) -> dict[str, Any]:
    return {name: getattr(shift, name) for name in ("busy_s", "present_s", "counted_at", "in_hand")}


_LOADS_CHANGED = "UPDATE agents SET version = version + 1 WHERE user_id = ANY(%(users)s::uuid[])"


def loads_changed(locked: Iterable[Any], *, now: datetime) -> tuple[Statement, list[Event]]:
    """What tells of several agents, as they were locked, that what they have in hand is other than
    before: a statement to run, and an event each to append."""
    whom = list(locked)
    return (_LOADS_CHANGED, {"users": [agent.user_id for agent in whom]}), [
        _event(agent.user_id, "LoadChanged", agent.version + 1, now=now) for agent in whom
    ]


_OFFERS_ENDED = """
UPDATE agents a SET version = a.version + x.steps, missed = x.missed,
  presence = CASE WHEN x.left THEN 'away' ELSE a.presence END,
  reason = CASE WHEN x.left THEN 'missed_offer' ELSE a.reason END,
  missed_offer = a.missed_offer OR x.left,
  since = CASE WHEN x.left THEN %(ended_at)s::timestamptz ELSE a.since END,
  busy_s = x.busy_s, present_s = x.present_s, counted_at = x.counted_at, in_hand = x.in_hand,
  busy_share = CASE WHEN x.left THEN x.share ELSE a.busy_share END
FROM jsonb_to_recordset(%(agents)s::jsonb) AS x(user_id uuid, steps integer, missed smallint,
  "left" boolean, busy_s double precision, present_s double precision, counted_at timestamptz,
  in_hand boolean, share double precision)
WHERE a.user_id = x.user_id
"""


def offers_ended(
    whom: Iterable[tuple[Any, Sequence[bool]]], *, now: datetime
) -> tuple[Statement, list[Event]]:
    """What tells of agents, as they were locked, whose offers are over: a statement to run, and the
    events to append. For each offer that they did not answer it is given whether that makes them
    away; then they return with one click."""
    rows, happened = [], []
    for agent, missed in whom:
        left = any(missed) and agent.presence == "available"
        shift = _shift_of(agent)
        if left:
            shift = declared_now(shift, True, now)
        count = agent.missed
        for away in missed:
            count = 0 if away else count + 1
        rows.append(
            {
                "user_id": agent.user_id,
                "steps": 1 + left,
                "missed": count,
                "left": left,
                "share": shift.share,
                **_stored(shift),
            }
        )
        happened.append(_event(agent.user_id, "LoadChanged", agent.version + 1, now=now))
        if left:
            said = {"presence": "away", "reason": "missed_offer"}
            version = agent.version + 2
            happened.append(_event(agent.user_id, "PresenceChanged", version, now=now, data=said))
    values = {"agents": msgspec.json.encode(rows).decode(), "ended_at": now}
    return (_OFFERS_ENDED, values), happened


async def _change(
    conn: AsyncConnection,
    user_id: UUID,
    what: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
) -> None:
    version = await conn.scalar(
        update(agents)
        .where(agents.c.user_id == user_id)
        .values(**values, version=agents.c.version + 1)
        .returning(agents.c.version)
    )
    await _tell(conn, user_id, what, int(version or 0), now=now, actor=actor, data=data)


async def _tell(
    conn: AsyncConnection,
    user_id: UUID,
    what: str,
    version: int,
    *,
    now: datetime,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
) -> None:
    await append(conn, _event(user_id, what, version, now=now, actor=actor, data=data))


def _event(
    user_id: UUID,
    what: str,
    version: int,
    *,
    now: datetime,
    actor: Actor = SYSTEM,
    data: Mapping[str, Any] | None = None,
) -> Event:
    return Event(
        type=what,
        aggregate_kind="agent",
        aggregate_id=user_id,
        aggregate_version=version,
        audience=frozenset({f"user:{user_id}", "all", "staff"}),
        at=now,
        actor=actor,
        data=data or {},
    )


async def available_with_room(conn: AsyncConnection, user_id: UUID, kind: str, units: int) -> bool:
    """Whether the agent could be offered this now. Locks nothing: the engine decides."""
    row = (
        await conn.execute(
            select(agents.c.capacity, agents.c.interruptible_by).where(
                agents.c.user_id == user_id, agents.c.presence == "available"
            )
        )
    ).first()
    if row is None:
        return False
    held, offered = await units_in_hand(conn, user_id), await units_offered(conn, user_id)
    return has_room(row, kind, units, held, offered)


async def anyone_available(conn: AsyncConnection) -> bool:
    """Whether at least one agent is available."""
    found = select(agents.c.user_id).where(agents.c.presence == "available").limit(1)
    return await conn.scalar(found) is not None
