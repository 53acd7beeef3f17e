"""Flows as people make them: drafts, problems, versions, which channels lead to them, statistics.

The caller commits. Drafts may have problems; what has an error is not published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, channels
from wasl.flows import arming, meanings, ratings
from wasl.flows.checking import problems_in, shown_problem
from wasl.flows.policy import (
    LARGEST_JSON,
    Definition,
    NotAFlow,
    flows_run_by,
    read,
    written,
)
from wasl.flows.tables import flow_channels, flow_runs, flow_versions, flows
from wasl.flows.uses import used_in
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Conflict, Invalid, NotFound, TooLarge
from wasl.infra.ids import new_id
from wasl.infra.timers import timers

MOST_FLOWS = 500
PUBLISH = "flows.publish"  # kind of the timer of what goes live later; its key is the flow

# Of the runs of a version: all, those that are over, those that needed nobody.
_HOW_RUNS_WENT = (
    func.count(flow_runs.c.id).label("runs"),
    func.count(flow_runs.c.id).filter(flow_runs.c.status != "running").label("ended"),
    func.count(flow_runs.c.id).filter(flow_runs.c.status == "finished").label("contained"),
)


def definition_of(data: Mapping[str, Any]) -> Definition:
    """The flow of JSON data; Invalid("flow_unreadable", detail), TooLarge("flow_too_large")."""
    if len(msgspec.json.encode(data)) > LARGEST_JSON:
        raise TooLarge("flow_too_large", limit=LARGEST_JSON)
    try:
        return read(data)
    except NotAFlow as error:
        raise Invalid("flow_unreadable", field="definition", detail=error.detail) from None


async def add_flow(
    conn: AsyncConnection, key: str, definition: Definition, *, now: datetime
) -> UUID:
    """A new flow with its first draft; Conflict("flow_key_taken")."""
    if (await conn.scalar(select(func.count()).select_from(flows)) or 0) >= MOST_FLOWS:
        raise Conflict("too_many_flows", limit=MOST_FLOWS)
    flow_id = new_id()
    added = await conn.execute(
        upsert(flows)
        .values(id=flow_id, key=key, draft=written(definition), changed_at=now)
        .on_conflict_do_nothing()
        .returning(flows.c.id)
    )
    if added.first() is None:
        raise Conflict("flow_key_taken", field="key")
    return flow_id


async def put_draft(
    conn: AsyncConnection,
    flow_id: UUID,
    definition: Definition,
    *,
    version: int,
    now: datetime,
) -> None:
    """Replaces the draft that was read as `version`; Conflict("flow_changed") when another one
    was faster, Conflict("flow_archived")."""
    row = await in_use(conn, flow_id)
    if row.version != version:
        raise Conflict("flow_changed", version=row.version)
    await conn.execute(
        update(flows)
        .where(flows.c.id == flow_id)
        .values(draft=written(definition), changed_at=now, version=row.version + 1)
    )


async def publish(
    conn: AsyncConnection,
    flow_id: UUID,
    *,
    version: int,
    by: UUID | None,
    now: datetime,
    restore: int | None = None,
) -> int:
    """Makes the draft, or the old version `restore`, the version that new runs take, with the
    flows that it runs as they are published now; its number. Conflict("flow_has_problems")."""
    row = await in_use(conn, flow_id)
    if row.version != version:
        raise Conflict("flow_changed", version=row.version)
    data = row.draft
    if restore is not None:
        data = (await version_view(conn, flow_id, restore))["definition"]
    return await publish_this(conn, flow_id, data, by=by, now=now, restored=restore)


async def publish_this(
    conn: AsyncConnection,
    flow_id: UUID,
    data: Mapping[str, Any],
    *,
    by: UUID | None,
    now: datetime,
    restored: int | None = None,
) -> int:
    """Makes a definition, or that of the old version `restored`, the version that new runs take;
    its number. Conflict("channel_leads_here") when it would become an automation."""
    row = await in_use(conn, flow_id)
    flow = read(data)
    library = await publishable(conn, row.key, flow)
    led = select(flow_channels.c.channel_id).where(flow_channels.c.flow_id == flow_id).limit(1)
    if flow.trigger is not None and await conn.scalar(led) is not None:
        raise Conflict("channel_leads_here")
    newest = await conn.scalar(
        select(func.max(flow_versions.c.number)).where(flow_versions.c.flow_id == flow_id)
    )
    number = (newest or 0) + 1
    await conn.execute(
        insert(flow_versions).values(
            id=new_id(),
            flow_id=flow_id,
            number=number,
            library={key: written(one) for key, one in library.items()},
            published_at=now,
            published_by=by,
            restored=restored,
        )
    )
    await conn.execute(
        update(flows)
        .where(flows.c.id == flow_id)
        .values(published=number, changed_at=now, version=row.version + 1)
    )
    await arming.arm(conn, flow_id, now=now)
    wake_after_commit(conn, meanings.TOPIC)  # it may have examples to learn from
    return number


async def publishable(conn: AsyncConnection, key: str, flow: Definition) -> dict[str, Definition]:
    """A flow with those it runs, when it may be published; Conflict("flow_has_problems")."""
    library = await library_for(conn, key, flow)
    wrong = [p.code for p in await problems_in(conn, key, flow, library) if not p.warning]
    if wrong:
        raise Conflict("flow_has_problems", count=len(wrong), codes=sorted(set(wrong)))
    return library


async def library_for(conn: AsyncConnection, key: str, flow: Definition) -> dict[str, Definition]:
    """A flow with all those it comes to run, as they are published now."""
    library: dict[str, Definition] = {"": flow}
    left = flows_run_by(flow)
    while left:
        rows = await conn.execute(
            select(flows.c.key, flow_versions.c.library)
            .join(
                flow_versions,
                (flow_versions.c.flow_id == flows.c.id)
                & (flow_versions.c.number == flows.c.published),
            )
            .where(flows.c.key.in_(left), flows.c.key != key, flows.c.archived_at.is_(None))
        )
        found = {row.key: read(row.library[""]) for row in rows}
        library.update(found)
        left = {k for one in found.values() for k in flows_run_by(one)} - library.keys()
    return library


async def view(conn: AsyncConnection, flow_id: UUID) -> dict[str, Any]:
    """A flow with its draft, the draft's problems, its versions (newest first, each with how its
    runs went) and channels."""
    row = (await conn.execute(select(flows).where(flows.c.id == flow_id))).first()
    if row is None:
        raise NotFound("flow_not_found")
    flow = read(row.draft)
    library = await library_for(conn, row.key, flow)
    planned = await conn.scalar(
        select(timers.c.due_at).where(timers.c.kind == PUBLISH, timers.c.key == str(flow_id))
    )
    return {
        **(await _summaries(conn, flows.c.id == flow_id))[0],
        "draft": row.draft,
        "problems": [shown_problem(p) for p in await problems_in(conn, row.key, flow, library)],
        "versions": await _versions(conn, flow_id),
        "publish_at": planned,
    }


async def _versions(conn: AsyncConnection, flow_id: UUID) -> list[dict[str, Any]]:
    rows = (
        await conn.execute(
            select(
                flow_versions.c.number,
                flow_versions.c.published_at,
                flow_versions.c.published_by,
                flow_versions.c.restored,
                *_HOW_RUNS_WENT,
            )
            .outerjoin(flow_runs, flow_runs.c.version_id == flow_versions.c.id)
            .where(flow_versions.c.flow_id == flow_id)
            .group_by(flow_versions.c.id)
            .order_by(flow_versions.c.number.desc())
        )
    ).all()
    names = await accounts.names_of(conn, {one.published_by for one in rows if one.published_by})
    return [{**one._asdict(), "published_by_name": names.get(one.published_by, "")} for one in rows]


async def version_view(conn: AsyncConnection, flow_id: UUID, number: int) -> dict[str, Any]:
    """A published version's definition."""
    row = (
        await conn.execute(
            select(flow_versions).where(
                flow_versions.c.flow_id == flow_id, flow_versions.c.number == number
            )
        )
    ).first()
    if row is None:
        raise NotFound("flow_not_found")
    return {
        "number": row.number,
        "published_at": row.published_at,
        "published_by": row.published_by,
        "definition": row.library[""],
    }


async def views(conn: AsyncConnection, *, archived: bool = False) -> list[dict[str, Any]]:
    """The flows that are in use, or those that are put away, by key, each with how many `errors`
    and `warnings` its draft has, what starts the draft by itself (`trigger`), the flows that it is
    `run_by`, and how the runs of its `live` version (null before the first) and those of all its
    versions (`totals`) went."""
    wanted = flows.c.archived_at.is_not(None) if archived else flows.c.archived_at.is_(None)
    shown = await _summaries(conn, wanted)
    drafts = {row.key: row.draft for row in await conn.execute(select(flows.c.key, flows.c.draft))}
    live: dict[UUID, dict[str, int]] = {}
    totals: dict[UUID, Counter[str]] = defaultdict(lambda: Counter(runs=0, ended=0, contained=0))
    for row in await conn.execute(
        select(
            flow_versions.c.flow_id,
            (flows.c.published == flow_versions.c.number).label("is_live"),
            *_HOW_RUNS_WENT,
        )
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .outerjoin(flow_runs, flow_runs.c.version_id == flow_versions.c.id)
        .group_by(flow_versions.c.id, flows.c.id)
    ):
        went = {"runs": row.runs, "ended": row.ended, "contained": row.contained}
        totals[row.flow_id].update(went)
        if row.is_live:
            live[row.flow_id] = went
    running = await used_in(conn, "flow")
    for one in shown:
        flow = read(drafts[one["key"]])
        library = await library_for(conn, one["key"], flow)
        found = await problems_in(conn, one["key"], flow, library)
        warnings = sum(p.warning for p in found)
        one |= {
            "errors": len(found) - warnings,
            "warnings": warnings,
            "live": live.get(one["id"]),
            "totals": totals[one["id"]],
            "trigger": flow.trigger.on if flow.trigger else None,
            "run_by": running.get(one["key"], []),
        }
    return shown


async def _summaries(conn: AsyncConnection, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    led = (
        select(
            flow_channels.c.flow_id, func.array_agg(flow_channels.c.channel_id).label("channel_ids")
        )
        .group_by(flow_channels.c.flow_id)
        .subquery()
    )
    query = (
        select(flows, led.c.channel_ids)
        .outerjoin(led, led.c.flow_id == flows.c.id)
        .where(which)
        .order_by(flows.c.key)
    )
    return [
        {
            "id": row.id,
            "key": row.key,
            "names": row.draft["name"],
            "published": row.published,
            "channel_ids": row.channel_ids or [],
            "changed_at": row.changed_at,
            "archived_at": row.archived_at,
            "version": row.version,
        }
        for row in await conn.execute(query)
    ]


async def names(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """The names of flows by id, for the audit log."""
    rows = await conn.execute(select(flows.c.id, flows.c.draft).where(flows.c.id.in_(ids)))
    return {row.id: row.draft["name"] for row in rows}


async def lead_channel(
    conn: AsyncConnection, channel_id: UUID, flow_id: UUID | None
) -> UUID | None:
    """Lets a channel lead to a published flow, or (None) to its queue again; where it led before.

    Conversations that are open stay where they are. Conflict("flow_not_published"),
    Conflict("flow_archived"), Conflict("flow_is_automation") for one with a trigger.
    """
    if not await channels.summaries(conn, [channel_id]):
        raise NotFound("channel_not_found")
    before: UUID | None = await conn.scalar(
        select(flow_channels.c.flow_id).where(flow_channels.c.channel_id == channel_id)
    )
    if flow_id is None:
        await conn.execute(delete(flow_channels).where(flow_channels.c.channel_id == channel_id))
        return before
    row = await in_use(conn, flow_id)
    if row.published is None:
        raise Conflict("flow_not_published", field="flow_id")
    if await arming.is_one(conn, flow_id):
        raise Conflict("flow_is_automation", field="flow_id")
    await conn.execute(
        upsert(flow_channels)
        .values(channel_id=channel_id, flow_id=flow_id)
        .on_conflict_do_update(index_elements=["channel_id"], set_={"flow_id": flow_id})
    )
    return before


async def answers_on(conn: AsyncConnection, channel_id: UUID) -> bool:
    """Whether a channel leads to a flow."""
    found = select(flow_channels.c.flow_id).where(flow_channels.c.channel_id == channel_id)
    return await conn.scalar(found) is not None


# One reading of a version's runs: how they went, and the last step of those that ended early.
_STATISTICS = """
WITH runs AS (
  SELECT r.id, r.status, r.reason FROM flow_runs r
  JOIN flow_versions v ON v.id = r.version_id
  WHERE v.flow_id = :flow AND v.number = :number
), last AS (
  SELECT DISTINCT ON (s.run_id) s.run_id, s.flow, s.step, s.way
  FROM flow_run_steps s JOIN runs r ON r.id = s.run_id ORDER BY s.run_id, s.n DESC
), seen AS (
  SELECT s.flow, s.step, count(DISTINCT s.run_id) AS runs
  FROM flow_run_steps s JOIN runs r ON r.id = s.run_id GROUP BY s.flow, s.step
), ended AS (
  SELECT l.flow, l.step,
    count(*) FILTER (WHERE r.status = 'finished' AND l.way = 'silent') AS fell_silent,
    count(*) FILTER (WHERE r.status = 'handed_over') AS handed_over,
    count(*) FILTER (WHERE r.status = 'taken_over') AS taken_over
  FROM last l JOIN runs r ON r.id = l.run_id GROUP BY l.flow, l.step
), ways AS (
  SELECT s.flow, s.step, s.way, count(DISTINCT s.run_id) AS runs
  FROM flow_run_steps s JOIN runs r ON r.id = s.run_id GROUP BY s.flow, s.step, s.way
)
SELECT
  (SELECT json_build_object(
     'runs', count(*),
     'running', count(*) FILTER (WHERE status = 'running'),
     'finished', count(*) FILTER (WHERE status = 'finished'),
     'handed_over', count(*) FILTER (WHERE status = 'handed_over'),
     'asked_for_person',
       count(*) FILTER (WHERE status = 'handed_over' AND reason = 'person'),
     'taken_over', count(*) FILTER (WHERE status = 'taken_over'),
     'failed', count(*) FILTER (WHERE status = 'failed')) FROM runs) AS totals,
  (SELECT coalesce(json_agg(json_build_object(
     'flow', s.flow, 'step', s.step, 'runs', s.runs,
     'fell_silent', coalesce(e.fell_silent, 0),
     'handed_over', coalesce(e.handed_over, 0),
     'taken_over', coalesce(e.taken_over, 0)) ORDER BY s.runs DESC, s.flow, s.step), '[]')
   FROM seen s LEFT JOIN ended e ON e.flow = s.flow AND e.step = s.step) AS steps,
  (SELECT coalesce(json_agg(w ORDER BY w.flow, w.step, w.way), '[]') FROM ways w) AS ways
"""


async def statistics(conn: AsyncConnection, flow_id: UUID, number: int) -> dict[str, Any]:
    """How a version's runs went: totals, and by step how many came there and how many left the
    flow there: fell silent, were handed over, were taken over by an agent; and by way how many
    went it."""
    await version_view(conn, flow_id, number)
    row = (await conn.execute(text(_STATISTICS), {"flow": flow_id, "number": number})).one()
    rated = await ratings.of_version(conn, flow_id, number)
    return {
        "number": number,
        **row.totals,
        "steps": row.steps,
        "ways": row.ways,
        "ratings": rated,
    }


async def locked(conn: AsyncConnection, flow_id: UUID) -> Any:
    """The flow's row, locked until the transaction ends; NotFound("flow_not_found")."""
    row = (await conn.execute(select(flows).where(flows.c.id == flow_id).with_for_update())).first()
    if row is None:
        raise NotFound("flow_not_found")
    return row


async def in_use(conn: AsyncConnection, flow_id: UUID) -> Any:
    """The row, locked, of a flow that is not put away; Conflict("flow_archived")."""
    row = await locked(conn, flow_id)
    if row.archived_at is not None:
        raise Conflict("flow_archived")
    return row
