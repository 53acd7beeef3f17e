"""Keeps what was simulated for a while, and what is proposed to change for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.infra.errors import NotFound
from wasl.infra.events import Actor
from wasl.infra.ids import new_id
from wasl.reporting.whatif.tables import simulations

MOST_KEPT = 20  # of one person, that are not proposed
MOST_SHOWN = 50


async def keep(
    conn: AsyncConnection,
    by_id: UUID,
    asked: dict[str, Any],
    result: dict[str, Any],
    *,
    now: datetime,
) -> UUID:
    """Keeps a simulation, and forgets the person's older ones that nobody proposed."""
    id_ = new_id()
    await conn.execute(
        insert(simulations).values(id=id_, by_id=by_id, at=now, asked=asked, result=result)
    )
    own = simulations.c.by_id == by_id, simulations.c.proposed_at.is_(None)
    newest = select(simulations.c.id).where(*own).order_by(simulations.c.at.desc()).limit(MOST_KEPT)
    await conn.execute(delete(simulations).where(*own, simulations.c.id.not_in(newest)))
    return id_


async def propose(
    conn: AsyncConnection, id_: UUID, by_id: UUID, remark: str, *, now: datetime
) -> None:
    """Proposes what one has simulated oneself; NotFound("simulation_not_found")."""
    found = await conn.execute(
        update(simulations)
        .where(simulations.c.id == id_, simulations.c.by_id == by_id)
        .values(proposed_at=now, remark=remark)
        .returning(simulations.c.id)
    )
    if found.first() is None:
        raise NotFound("simulation_not_found")
    await accounts.audit(conn, Actor("agent", by_id), "simulation.propose", "simulation", id_)


async def proposals_view(conn: AsyncConnection) -> list[dict[str, Any]]:
    """What is proposed, newest first, each with what was asked and what came of it."""
    rows = (
        await conn.execute(
            select(simulations)
            .where(simulations.c.proposed_at.is_not(None))
            .order_by(simulations.c.proposed_at.desc())
            .limit(MOST_SHOWN)
        )
    ).all()
    names = await accounts.names_of(conn, {row.by_id for row in rows})
    return [
        {
            "id": row.id,
            "by": {"id": row.by_id, "name": names.get(row.by_id, "")},
            "at": row.proposed_at,
            "remark": row.remark,
            "asked": row.asked,
            "result": row.result,
        }
        for row in rows
    ]
