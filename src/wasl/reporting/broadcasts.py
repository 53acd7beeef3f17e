"""What a supervisor tells many at once: a notice on each desk until it is read or has ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, routing
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.ids import new_id
from wasl.infra.timers import Timer, set_timer
from wasl.reporting.tables import broadcasts, notices
from wasl.routing import By

ENDS = "reporting.broadcast"  # timer kind; its key is the broadcast

MOST_TEXT = 500
LONGEST = timedelta(days=7)
MOST_SHOWN = 20  # notices on one desk, and broadcasts of one sender
_MOST_NAMED = 200  # of those to whom one went
_MOST_CONCERNED = 1000  # whose sender's name changed at once


async def broadcast(
    conn: AsyncConnection,
    text: str,
    *,
    to_kind: str,
    to_id: UUID | None,
    lasts: timedelta,
    by: By,
    now: datetime,
) -> dict[str, Any]:
    """Tells everybody, a team or a queue's agents; the broadcast as its sender sees it.

    Invalid("text_empty"), Invalid("broadcast_to_nobody"), NotFound("team_not_found"),
    NotFound("queue_not_found").
    """
    words = text.strip()
    if not words:
        raise Invalid("text_empty", field="text")
    if len(words) > MOST_TEXT or not timedelta(0) < lasts <= LONGEST:
        raise Invalid("value_invalid", field="text")
    users = await _recipients(conn, to_kind, to_id) - {by.user_id}
    if not users:
        raise Invalid("broadcast_to_nobody", field="to")
    broadcast_id = new_id()
    await conn.execute(
        insert(broadcasts).values(
            id=broadcast_id,
            by_id=by.user_id,
            text=words,
            to_kind=to_kind,
            to_id=to_id,
            created_at=now,
            ends_at=now + lasts,
        )
    )
    given = [(new_id(), user_id) for user_id in sorted(users)]
    await conn.execute(
        insert(notices),
        [{"id": id_, "broadcast_id": broadcast_id, "user_id": user_id} for id_, user_id in given],
    )
    await append(
        conn, *(_event("NoticeGiven", id_, user_id, 1, by.actor, now) for id_, user_id in given)
    )
    await set_timer(conn, ENDS, str(broadcast_id), now + lasts)
    await accounts.audit(
        conn,
        by.actor,
        "broadcast.send",
        "broadcast",
        broadcast_id,
        after={"to": to_kind, "to_id": str(to_id) if to_id else None, "people": len(users)},
    )
    return (await _sent(conn, broadcasts.c.id == broadcast_id))[0]


async def _recipients(conn: AsyncConnection, to_kind: str, to_id: UUID | None) -> set[UUID]:
    """Of a queue or a team those who may sign in, or everybody who may."""
    if to_kind == "queue" and to_id is not None:
        found = await routing.queues_view(conn, [to_id])
        if not found:
            raise NotFound("queue_not_found")
        named = [member["user"]["id"] for member in found[0]["members"]]
    elif to_kind == "team" and to_id is not None:
        teams = [team for team in await accounts.teams_view(conn) if team["id"] == to_id]
        if not teams:
            raise NotFound("team_not_found")
        named = [member["id"] for member in teams[0]["members"]]
    elif to_kind == "everybody" and to_id is None:
        named = [user["id"] for user in await accounts.users_view(conn)]
    else:
        raise Invalid("value_invalid", field="to")
    return {principal.user_id for principal in await accounts.principals(conn, named)}


async def read_notice(
    conn: AsyncConnection, notice_id: UUID, user_id: UUID, *, now: datetime
) -> None:
    """One has read what one was told; NotFound("notice_not_found"). Again changes nothing."""
    own = (notices.c.id == notice_id) & (notices.c.user_id == user_id)
    if (await conn.execute(select(notices.c.id).where(own))).first() is None:
        raise NotFound("notice_not_found")
    version = await conn.scalar(
        update(notices)
        .where(own, notices.c.read_at.is_(None))
        .values(read_at=now, version=notices.c.version + 1)
        .returning(notices.c.version)
    )
    if version is not None:
        reader = Actor("agent", user_id)
        await append(conn, _event("NoticeRead", notice_id, user_id, version, reader, now))


async def broadcast_is_over(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """Takes what nobody has read yet from the desks."""
    broadcast_id = UUID(timer.key)
    await conn.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(ended=True))
    rows = await conn.execute(
        update(notices)
        .where(notices.c.broadcast_id == broadcast_id, notices.c.read_at.is_(None))
        .values(version=notices.c.version + 1)
        .returning(notices.c.id, notices.c.user_id, notices.c.version)
    )
    await append(
        conn, *(_event("NoticeEnded", r.id, r.user_id, r.version, SYSTEM, now) for r in rows)
    )


# ── as it is shown ───────────────────────────────────────────────────────────────────────────


async def notices_of(conn: AsyncConnection, user_id: UUID) -> list[dict[str, Any]]:
    """The newest that a colleague has not read, newest first."""
    return await _on_desk(conn, notices.c.user_id == user_id, limit=MOST_SHOWN)


async def notices_by_ids(conn: AsyncConnection, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Those of these that are neither read nor over."""
    return await _on_desk(conn, notices.c.id.in_(ids), limit=len(ids))


async def notices_showing(conn: AsyncConnection, user_ids: Collection[UUID]) -> list[UUID]:
    """Notices on desks that name one of these as their sender."""
    query = (
        select(notices.c.id)
        .join(broadcasts, broadcasts.c.id == notices.c.broadcast_id)
        .where(broadcasts.c.by_id.in_(user_ids), ~broadcasts.c.ended, notices.c.read_at.is_(None))
        .limit(_MOST_CONCERNED)
    )
    return list((await conn.execute(query)).scalars())


async def broadcasts_of(conn: AsyncConnection, user_id: UUID) -> list[dict[str, Any]]:
    """The newest that somebody sent, newest first, with who has read them."""
    return await _sent(conn, broadcasts.c.by_id == user_id)


async def _on_desk(
    conn: AsyncConnection, which: ColumnElement[bool], *, limit: int
) -> list[dict[str, Any]]:
    rows = (
        await conn.execute(
            select(notices, broadcasts.c.by_id, broadcasts.c.text, broadcasts.c.created_at)
            .add_columns(broadcasts.c.ends_at)
            .join(broadcasts, broadcasts.c.id == notices.c.broadcast_id)
            .where(which, notices.c.read_at.is_(None), ~broadcasts.c.ended)
            .order_by(notices.c.id.desc())
            .limit(limit)
        )
    ).all()
    names = await accounts.names_of(conn, (row.by_id for row in rows))
    return [
        {
            "id": row.id,
            "text": row.text,
            "by": {"id": row.by_id, "name": names.get(row.by_id, "")},
            "at": row.created_at,
            "ends_at": row.ends_at,
            "version": row.version,
            "_user_id": row.user_id,
        }
        for row in rows
    ]


async def _sent(conn: AsyncConnection, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = (
        await conn.execute(
            select(
                broadcasts,
                func.count(notices.c.id).label("people"),
                func.count(notices.c.read_at).label("read"),
            )
            .outerjoin(notices, notices.c.broadcast_id == broadcasts.c.id)
            .where(which)
            .group_by(broadcasts.c.id)
            .order_by(broadcasts.c.id.desc())
            .limit(MOST_SHOWN)
        )
    ).all()
    readers = await _readers(conn, [row.id for row in rows])
    return [
        {
            "id": row.id,
            "text": row.text,
            "to": {"kind": row.to_kind, "id": row.to_id},
            "at": row.created_at,
            "ends_at": row.ends_at,
            "ended": row.ended,
            "people": row.people,
            "read": row.read,
            "readers": readers[row.id],
        }
        for row in rows
    ]


async def _readers(
    conn: AsyncConnection, broadcast_ids: Collection[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """To whom each of them went, those first who have not read it."""
    place = func.row_number().over(
        partition_by=notices.c.broadcast_id,
        order_by=(notices.c.read_at.desc().nulls_first(), notices.c.id),
    )
    placed = (
        select(notices.c.broadcast_id, notices.c.user_id, notices.c.read_at, place.label("place"))
        .where(notices.c.broadcast_id.in_(broadcast_ids))
        .subquery()
    )
    rows = (
        await conn.execute(
            select(placed).where(placed.c.place <= _MOST_NAMED).order_by(placed.c.place)
        )
    ).all()
    names = await accounts.names_of(conn, (row.user_id for row in rows))
    readers: dict[UUID, list[dict[str, Any]]] = {id_: [] for id_ in broadcast_ids}
    for row in rows:
        user = {"id": row.user_id, "name": names.get(row.user_id, "")}
        readers[row.broadcast_id].append({"user": user, "read_at": row.read_at})
    return readers


def _event(
    what: str, notice_id: UUID, user_id: UUID, version: int, actor: Actor, now: datetime
) -> Event:
    return Event(
        type=what,
        aggregate_kind="notice",
        aggregate_id=notice_id,
        aggregate_version=version,
        audience=frozenset({f"user:{user_id}"}),
        at=now,
        actor=actor,
    )
