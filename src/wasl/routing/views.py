"""What the API and the sockets show of agents, offers and queues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, contacts, conversations
from wasl.channels import KINDS
from wasl.infra.statements import run_together
from wasl.routing.policy import capacity_of
from wasl.routing.tables import (
    assignments,
    entry_rules,
    queue_members,
    queues,
)

# The agents are joined, not compared with: there may be thousands, and a plan for a handful would
# look at each of them for each row.
_WANTED = "unnest(%(ids)s::uuid[]) AS wanted (id)"
_USERS = f"""
SELECT u.* FROM {_WANTED} JOIN ({accounts.NAMED}) AS u ON u.id = wanted.id
WHERE NOT (%(working)s AND u.disabled) ORDER BY u.name, u.id
"""  # noqa: S608  # our constants, as below
_AGENTS = f"SELECT a.* FROM {_WANTED} JOIN agents a ON a.user_id = wanted.id"  # noqa: S608
_MEMBERSHIPS = f"""
SELECT m.user_id, q.id, q.names FROM {_WANTED} JOIN queue_members m ON m.user_id = wanted.id
  JOIN queues q ON q.id = m.queue_id ORDER BY q.id
"""  # noqa: S608
_HELD = f"""
SELECT a.holder_id, a.channel_kind, a.state, sum(a.units)::integer AS units
FROM {_WANTED} JOIN assignments a ON a.holder_id = wanted.id
WHERE a.holder_kind = 'agent' AND a.state IN ('active', 'wrap_up')
GROUP BY a.holder_id, a.channel_kind, a.state
"""  # noqa: S608
_OFFERED = f"""
SELECT o.user_id FROM {_WANTED} JOIN offers o ON o.user_id = wanted.id WHERE o.state = 'offered'
"""  # noqa: S608


async def agents_view(
    conn: AsyncConnection, user_ids: Iterable[UUID] | None = None, *, working: bool = False
) -> list[dict[str, Any]]:
    """Agent of each user, by name; all users who aren't disabled when none are named, and only
    those of the named ones with `working`."""
    if user_ids is None:
        user_ids = [u["id"] for u in await accounts.users_view(conn) if not u["disabled"]]
    ids = {"ids": list(user_ids)}
    users, known, memberships, held, offered = await run_together(
        conn,
        (_USERS, {**ids, "working": working}),
        (_AGENTS, ids),
        (_MEMBERSHIPS, ids),
        (_HELD, ids),
        (_OFFERED, ids),
    )
    rows = {row.user_id: row for row in known}
    loads: defaultdict[UUID, _Load] = defaultdict(_Load)
    for row in held:
        loads[row.holder_id].units[row.channel_kind] += row.units
        loads[row.holder_id].states.add(row.state)
    for row in offered:
        loads[row.user_id].states.add("offered")
    member_of: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in memberships:
        member_of[row.user_id].append(queue_ref(row.id, row.names))
    return [_agent(user, rows.get(user.id), loads[user.id], member_of[user.id]) for user in users]


class _Load:
    """What an agent has in hand."""

    def __init__(self) -> None:
        self.units: defaultdict[str, int] = defaultdict(int)
        self.states: set[str] = set()


def _agent(user: Any, row: Any, load: _Load, member_of: list[dict[str, Any]]) -> dict[str, Any]:
    capacity = row.capacity if row is not None else {}
    return {
        "id": user.id,
        "name": user.name,
        "presence": row.presence if row is not None else "offline",
        "reason": row.reason if row is not None else None,
        "since": row.since if row is not None else None,
        "state": state_of(load.states),
        "missed_offer": row.missed_offer if row is not None else False,
        "load": [
            {"kind": kind, "used": load.units.get(kind, 0), "capacity": capacity_of(capacity, kind)}
            for kind in sorted({*KINDS, *capacity, *load.units})
        ],
        "queues": member_of,
        "skills": row.skills if row is not None else {},
        "interruptible_by": row.interruptible_by if row is not None else {},
        "version": row.version if row is not None else 0,
    }


def state_of(having: set[str]) -> str:
    """An agent's state from the states of what they have."""
    for state, word in (("offered", "offered"), ("active", "handling"), ("wrap_up", "wrap_up")):
        if state in having:
            return word
    return "idle"


async def offers_of(
    conn: AsyncConnection, user_ids: Iterable[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """The live offers of each user, oldest first, with what they need to decide."""
    found: dict[UUID, list[dict[str, Any]]] = {user_id: [] for user_id in user_ids}
    for offer in await _offers(conn, "o.user_id = ANY (%(ids)s)", found):
        found[offer["_user_id"]].append(offer)
    return found


async def offers_by_ids(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Offer of each id that is still live; `_user_id` says whose it is."""
    found = await _offers(conn, "o.id = ANY (%(ids)s)", ids)
    return {offer["id"]: offer for offer in found}


# Whom to call back (the shape is in `callbacks`), and not sooner than when.
CALLBACK = "a.callback || jsonb_build_object('not_before', a.not_before)"

# With the address of the newest leg, and when the contact was here before.
_OFFERS = f"""
SELECT o.*, a.enqueued_at, {CALLBACK} AS callback, q.names,
  (SELECT shown.display FROM ({contacts.DISPLAYED}) AS shown WHERE shown.id =
    (SELECT l.identity_id FROM legs l
     WHERE l.conversation_id = o.conversation_id AND l.identity_id IS NOT NULL
     ORDER BY l.opened_at DESC LIMIT 1)) AS address,
  (SELECT max(i.opened_at) FROM conversations c JOIN interactions i ON i.conversation_id = c.id
   WHERE c.contact_id = k.contact_id AND i.id <> o.interaction_id) AS before
FROM offers o JOIN assignments a ON a.interaction_id = o.interaction_id
  JOIN queues q ON q.id = o.queue_id JOIN conversations k ON k.id = o.conversation_id
"""  # noqa: S608  # our constants


async def _offers(
    conn: AsyncConnection, condition: str, ids: Iterable[UUID]
) -> list[dict[str, Any]]:
    live = f"o.state = 'offered' AND {condition}"
    matters = f"SELECT o.conversation_id FROM offers o WHERE {live}"  # noqa: S608  # our constants
    people = f"SELECT DISTINCT contact_id FROM conversations WHERE id IN ({matters})"  # noqa: S608
    values = {"ids": list(ids)}
    rows, found, orders = await run_together(
        conn,
        (f"{_OFFERS} WHERE {live} ORDER BY o.id", values),
        (conversations.rows_of(matters), values),
        (contacts.first_orders_of(people), values),
    )
    shown = {row.id: conversations.row_of(row) for row in found}
    bought = {row.contact_id: contacts.order_of(row) for row in orders}
    return [
        {
            **_offer(row, shown[row.conversation_id]),
            "address": row.address or "",
            "last_interaction_at": row.before,
            "orders": [
                order
                for order in [bought.get(shown[row.conversation_id]["contact"]["id"])]
                if order is not None
            ],
        }
        for row in rows
        if row.conversation_id in shown  # or the offer was over between the two readings
    ]


def _offer(row: Any, matter: dict[str, Any]) -> dict[str, Any]:
    queue = queue_ref(row.queue_id, row.names)
    return {
        "id": row.id,
        "epoch": row.epoch,
        "conversation_id": row.conversation_id,
        "number": matter["number"],
        "contact": {"id": matter["contact"]["id"], "name": matter["contact"]["name"]},
        "channel": matter["channel"],
        "queue": queue,
        "preview": matter["preview"]["text"],
        "subject": matter["subject"],
        "waiting_since": row.enqueued_at,
        "offered_at": row.offered_at,
        "expires_at": row.expires_at,
        "callback": row.callback,
        "why": [
            {**why, "params": {"queue": queue["name"], "names": row.names}}
            if why["code"] == "member"
            else why
            for why in row.why
        ],
        "version": 1,  # an offer that is decided is gone from view
        "_user_id": row.user_id,
    }


def queue_ref(queue_id: UUID, names: dict[str, str]) -> dict[str, Any]:
    """Ref of a queue, with its name in every language."""
    return {"id": queue_id, "name": names.get("en", ""), "names": names}


async def queues_view(
    conn: AsyncConnection, queue_ids: Iterable[UUID] | None = None
) -> list[dict[str, Any]]:
    """Queue of each id, or all of them."""
    query = select(queues).order_by(queues.c.id)
    if queue_ids is not None:
        query = query.where(queues.c.id.in_(list(queue_ids)))
    rows = (await conn.execute(query)).all()
    members: defaultdict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for row in await conn.execute(select(queue_members).order_by(queue_members.c.user_id)):
        members[row.queue_id].append((row.user_id, row.level))
    names = await accounts.names_of(conn, [user for some in members.values() for user, _ in some])
    waiting = {
        row.queue_id: row.waiting
        for row in await conn.execute(
            select(assignments.c.queue_id, func.count().label("waiting"))
            .where(assignments.c.state.in_(("queued", "offered")))
            .group_by(assignments.c.queue_id)
        )
    }
    return [
        {
            **queue_ref(row.id, row.names),
            "offer_timeout_s": row.offer_timeout_s,
            "wrap_up_s": row.wrap_up_s,
            "reply_target_s": row.reply_target_s,
            "resolution_target_s": row.resolution_target_s,
            "priority": row.priority,
            "strategy": row.strategy,
            "delivery": row.delivery,
            "strict_priority": row.strict_priority,
            "steps": row.steps,
            "hours": row.hours,
            "overflow": row.overflow,
            "no_answer_limit": row.no_answer_limit,
            "members": [
                {"user": {"id": user_id, "name": names[user_id]}, "level": level}
                for user_id, level in members[row.id]
                if user_id in names
            ],
            "waiting": waiting.get(row.id, 0),
            "version": row.version,
        }
        for row in rows
    ]


async def queues_of(conn: AsyncConnection, user_id: UUID) -> frozenset[UUID]:
    """The queues of which a user is a member."""
    rows = await conn.execute(
        select(queue_members.c.queue_id).where(queue_members.c.user_id == user_id)
    )
    return frozenset(row.queue_id for row in rows)


async def memberships(
    conn: AsyncConnection, user_ids: Iterable[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """The queues of which each user is a member."""
    found: dict[UUID, set[UUID]] = {user_id: set() for user_id in user_ids}
    for row in await conn.execute(
        select(queue_members.c.user_id, queue_members.c.queue_id).where(
            queue_members.c.user_id.in_(found)
        )
    ):
        found[row.user_id].add(row.queue_id)
    return {user_id: frozenset(queue_ids) for user_id, queue_ids in found.items()}


async def queue_names(
    conn: AsyncConnection, queue_ids: Iterable[UUID]
) -> dict[UUID, dict[str, str]]:
    """The names of queues, by language."""
    rows = await conn.execute(
        select(queues.c.id, queues.c.names).where(queues.c.id.in_(set(queue_ids)))
    )
    return {row.id: row.names for row in rows}


async def entry_queues(
    conn: AsyncConnection, channel_ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    """The queue that each channel leads to by its entry rule."""
    rows = await conn.execute(
        select(entry_rules.c.channel_id, queues.c.id, queues.c.names)
        .join(queues, queues.c.id == entry_rules.c.queue_id)
        .where(entry_rules.c.channel_id.in_(set(channel_ids)))
    )
    return {row.channel_id: queue_ref(row.id, row.names) for row in rows}


# What conversations show of routing, for their statements to join.
NAMED = "SELECT id, names FROM queues"
STANDINGS = f"""
SELECT a.interaction_id, a.epoch, a.wrap_up_ends_at, {CALLBACK} AS callback,
  (SELECT jsonb_object_agg(s.holder_id, s.role) FROM segments s
   WHERE s.interaction_id = a.interaction_id AND s.role <> 'holder' AND s.ended_at IS NULL) AS roles
FROM assignments a
"""  # noqa: S608  # our constant
