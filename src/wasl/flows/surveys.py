"""The rating after a conversation: an automation asked, and the answer reopens nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.libraries import library_of
from wasl.flows.policy import Rate, State, score_in, wants_person
from wasl.flows.runs import MOMENT, end_run
from wasl.flows.tables import flow_runs
from wasl.infra.timers import cancel_timer


async def awaits(
    conn: AsyncConnection, conversation_id: UUID, words: str, now: datetime
) -> UUID | None:
    """The run that waits for a rating of a resolved conversation, when these words are one, or
    what else there is to say about it. Anything else is a new matter, and the run is over."""
    row = (
        await conn.execute(
            select(flow_runs)
            .where(
                flow_runs.c.conversation_id == conversation_id,
                flow_runs.c.status == "running",
                ~flow_runs.c.holds,
                flow_runs.c.state.is_not(None),
            )
            .order_by(flow_runs.c.id.desc())
            .limit(1)
        )
    ).first()
    if row is None:
        return None
    run_id: UUID = row.id
    library = await library_of(conn, row.version_id)
    state = msgspec.convert(row.state, State)
    step = library[""].steps.get(state.frames[0].step)
    if not isinstance(step, Rate) or state.waiting != "answer":
        return None
    if _answers(step, state, words):
        return run_id
    await cancel_timer(conn, MOMENT, str(run_id))
    await end_run(conn, run_id, "finished", "left", now)
    return None


def _answers(step: Rate, state: State, words: str) -> bool:
    """A score and nothing else, or a comment that asks nothing."""
    if state.score is None:
        found = score_in(words, step.scale)
        return found is not None and not found[1]
    return not wants_person(words) and not set("?؟") & set(words)
