"""The audit log: who did what to what, kept by id and read with today's names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts.service import names_of
from wasl.accounts.tables import api_tokens, audit_log, users
from wasl.infra.events import Actor

Naming = Callable[[AsyncConnection, Collection[UUID]], Awaitable[Mapping[UUID, Any]]]
"""The names of things by id, as text or as text by language; what is gone is left out."""


async def _token_names(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, str]:
    rows = await conn.execute(
        select(api_tokens.c.id, api_tokens.c.name).where(api_tokens.c.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


namings: list[Naming] = [names_of, _token_names]
"""Whoever can name what stands in the log: features above add theirs at start."""


async def audit(
    conn: AsyncConnection,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: UUID | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str = "",
) -> None:
    """Writes who did what to what; never secrets or message texts.

    A change whose `before` equals its `after` leaves no record.
    """
    if before is not None and before == after:
        return
    await conn.execute(
        insert(audit_log).values(
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            address=address,
        )
    )


async def audited_since(
    conn: AsyncConnection, actor: Actor, action: str, object_id: UUID, since: datetime
) -> bool:
    """Whether the log has this action of this actor on this object since then."""
    found = select(audit_log.c.seq).where(
        audit_log.c.object_id == object_id,
        audit_log.c.action == action,
        audit_log.c.actor_id == actor.id,
        audit_log.c.at >= since,
    )
    return await conn.scalar(found.limit(1)) is not None


async def last_audited(
    conn: AsyncConnection, action: str, object_id: UUID, after: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The `before` of an action's newest record on an object whose `after` has this."""
    found: dict[str, Any] | None = (
        await conn.execute(
            select(audit_log.c.before)
            .where(
                audit_log.c.action == action,
                audit_log.c.object_id == object_id,
                audit_log.c.after.contains(dict(after)),
            )
            .order_by(audit_log.c.seq.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    return found


async def audit_view(
    conn: AsyncConnection, *, before_seq: int | None, limit: int
) -> list[dict[str, Any]]:
    """Records, newest first, each with `actor_name`, `object_name` and the `names` of the ids in
    its `before` and `after`; a thing that is gone has the name that it had when it went."""
    query = (
        select(audit_log, users.c.name.label("actor_name"))
        .outerjoin(users, users.c.id == audit_log.c.actor_id)
        .order_by(audit_log.c.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(audit_log.c.seq < before_seq)
    records = [row._asdict() for row in await conn.execute(query)]
    mentioned = {record["seq"]: set(_ids(record)) for record in records}
    wanted = set().union(*mentioned.values(), (r["object_id"] for r in records)) - {None}
    names: dict[UUID, Any] = {}
    for naming in namings:
        names.update(await naming(conn, wanted))
    for record in records:
        was = record["before"] or {}
        kept = was.get("names") or was.get("name")
        record["object_name"] = names.get(record["object_id"], kept)
        record["names"] = {id_: names[id_] for id_ in mentioned[record["seq"]] & names.keys()}
    return records


def _ids(record: Mapping[str, Any]) -> Iterator[UUID]:
    """The ids among the keys and plain values of what a record says."""
    for said in (record["before"] or {}, record["after"] or {}):
        for word in (*said.keys(), *said.values()):
            if isinstance(word, str) and len(word) == 36:
                try:
                    yield UUID(word)
                except ValueError:
                    continue
