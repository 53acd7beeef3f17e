"""Ratings: one for each interaction, whoever asked for it and however it was given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, conversations
from wasl.flows.rating_links import Asked
from wasl.flows.tables import flow_runs, ratings
from wasl.infra.events import Actor
from wasl.infra.ids import new_id

LONGEST_COMMENT = 1_000


async def rate(
    conn: AsyncConnection,
    run_id: UUID,
    score: int,
    scale: int,
    comment: str = "",
    *,
    now: datetime,
) -> bool:
    """Keeps the rating that a run asked for and tells it on the timeline; a comment may come later.
    False when the interaction has been rated otherwise: the first one stands."""
    run = (await conn.execute(select(flow_runs).where(flow_runs.c.id == run_id))).one()
    conversation = await conversations.lock(conn, run.conversation_id)
    words = conversations.clean_text(comment, limit=LONGEST_COMMENT).strip()
    served = None if run.holds else conversation.assignee_id
    added = await conn.execute(
        upsert(ratings)
        .values(
            id=new_id(),
            interaction_id=run.interaction_id,
            conversation_id=run.conversation_id,
            contact_id=conversation.contact_id,
            run_id=run_id,
            version_id=run.version_id if run.holds else None,
            agent_id=served if conversation.interaction_id == run.interaction_id else None,
            score=score,
            scale=scale,
            comment=words,
            at=now,
        )
        .on_conflict_do_nothing(index_elements=["interaction_id"])
        .returning(ratings.c.id)
    )
    code = "rated"
    if added.first() is None:
        if not words or not await _say_more(conn, run.interaction_id, run_id, words):
            return False
        code = "rated_comment"
    told: dict[str, Any] = {"score": score, "scale": scale, "comment": words}
    await conversations.change(
        conn,
        run.conversation_id,
        event="ConversationRated",
        actor=Actor("contact", conversation.contact_id),
        now=now,
        activity=(code, told),
        data={"score": score, "scale": scale},
    )
    return True


async def _say_more(conn: AsyncConnection, interaction_id: UUID, run_id: UUID, words: str) -> bool:
    """Adds the comment to the rating that the same run has taken before."""
    done = await conn.execute(
        update(ratings)
        .where(
            ratings.c.interaction_id == interaction_id,
            ratings.c.run_id == run_id,
            ratings.c.comment == "",
        )
        .values(comment=words)
        .returning(ratings.c.id)
    )
    return done.first() is not None


async def rate_by_link(
    conn: AsyncConnection, asked: Asked, score: int, comment: str, *, now: datetime
) -> bool:
    """Takes a rating by its signed link; False when the interaction has one already."""
    await conversations.lock(conn, asked.conversation_id)
    rated = select(ratings.c.id).where(ratings.c.interaction_id == asked.interaction_id)
    if await conn.scalar(rated) is not None:
        return False
    return await rate(conn, asked.run_id, score, asked.scale, comment, now=now)


_BY_VERSION = """
SELECT count(*) AS count, round(avg(score::numeric / scale * 5), 2)::float AS average
FROM ratings r JOIN flow_versions v ON v.id = r.version_id
WHERE v.flow_id = :flow AND v.number = :number
"""


async def of_version(conn: AsyncConnection, flow_id: UUID, number: int) -> dict[str, Any]:
    """How many rated a version of a flow that served them alone, and the average of 5."""
    row = (await conn.execute(text(_BY_VERSION), {"flow": flow_id, "number": number})).one()
    return {"count": row.count, "average": row.average}


async def summary(conn: AsyncConnection, *, days: int, now: datetime) -> dict[str, Any]:
    """The ratings of the last days on a scale of 5: all, by score, by agent and by flow."""
    since = ratings.c.at >= now - timedelta(days=days)
    of_five = func.round(ratings.c.score * 5.0 / ratings.c.scale, 2)
    average = func.avg(ratings.c.score * 5.0 / ratings.c.scale)
    count = func.count()
    total = (await conn.execute(select(count, average).where(since))).one()
    by_score = await conn.execute(
        select(func.round(of_five), count).where(since).group_by(func.round(of_five))
    )
    by_agent = (
        await conn.execute(
            select(ratings.c.agent_id, count, average)
            .where(since, ratings.c.agent_id.is_not(None))
            .group_by(ratings.c.agent_id)
            .order_by(count.desc())
        )
    ).all()
    names = await accounts.names_of(conn, [row[0] for row in by_agent])
    by_flow = await conn.execute(text(_BY_FLOW), {"since": now - timedelta(days=days)})
    return {
        "days": days,
        "count": total[0],
        "average": _rounded(total[1]),
        "scores": {str(int(row[0])): row[1] for row in by_score},
        "agents": [
            {"id": id_, "name": names.get(id_), "count": n, "average": _rounded(mean)}
            for id_, n, mean in by_agent
        ],
        "flows": [row._asdict() for row in by_flow],
    }


_BY_FLOW = """
SELECT f.id, f.key, count(*) AS count, round(avg(r.score::numeric / r.scale * 5), 2)::float
  AS average
FROM ratings r JOIN flow_versions v ON v.id = r.version_id JOIN flows f ON f.id = v.flow_id
WHERE r.at >= :since GROUP BY f.id, f.key ORDER BY count(*) DESC, f.key
"""


def _rounded(mean: Any) -> float | None:
    return None if mean is None else round(float(mean), 2)
