"""Queues, their members, entry rules and the lists of codes that agents choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts import names_of
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import Actor, Event, append
from wasl.infra.ids import new_id
from wasl.routing.rules import hours_of, overflow_of, steps_of
from wasl.routing.sla_timers import hours_changed
from wasl.routing.tables import (
    assignments,
    dispositions,
    entry_rules,
    presence_reasons,
    queue_members,
    queues,
)

DEFAULT_REASONS = {
    "break": {"en": "Break", "fa": "استراحت", "ar": "استراحة"},
    "lunch": {"en": "Lunch", "fa": "ناهار", "ar": "غداء"},
    "meeting": {"en": "Meeting", "fa": "جلسه", "ar": "اجتماع"},
    "training": {"en": "Training", "fa": "آموزش", "ar": "تدريب"},
    "paperwork": {"en": "Paperwork", "fa": "کارهای اداری", "ar": "أعمال مكتبية"},
}
DEFAULT_DISPOSITIONS = {
    "answered": {
        "en": "Question answered",
        "fa": "پرسش پاسخ داده شد",
        "ar": "تمت الإجابة عن السؤال",
    },
    "solved": {"en": "Problem solved", "fa": "مشکل برطرف شد", "ar": "حُلّت المشكلة"},
    "refunded": {"en": "Refunded", "fa": "وجه بازگردانده شد", "ar": "أُعيد المبلغ"},
    "passed_on": {"en": "Passed on", "fa": "به بخش دیگری سپرده شد", "ar": "أُحيلت إلى جهة أخرى"},
    "no_reply": {"en": "No reply from them", "fa": "پاسخی ندادند", "ar": "لم يصل رد منهم"},
    "spam": {"en": "Not a real request", "fa": "درخواست واقعی نبود", "ar": "ليس طلبًا حقيقيًا"},
}


async def add_defaults(conn: AsyncConnection) -> None:
    """Fills the lists of presence reasons and dispositions where they are empty."""
    for table, defaults in (
        (presence_reasons, DEFAULT_REASONS),
        (dispositions, DEFAULT_DISPOSITIONS),
    ):
        if await conn.scalar(select(table.c.code).limit(1)) is None:
            rows = [
                {"code": code, "names": names, "position": position}
                for position, (code, names) in enumerate(defaults.items())
            ]
            await conn.execute(insert(table).values(rows).on_conflict_do_nothing())


async def codes(conn: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    """A list of codes with their names, in order."""
    rows = await conn.execute(
        select(table.c.code, table.c.names).order_by(table.c.position, table.c.code)
    )
    return [{"code": row.code, "names": row.names} for row in rows]


async def add_queue(
    conn: AsyncConnection, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> UUID:
    """Adds a queue with its names in every language; its id."""
    queue_id = new_id()
    await _check_rules(conn, queue_id, values)
    await conn.execute(insert(queues).values(id=queue_id, **values))
    await _tell(conn, queue_id, "QueueAdded", 1, actor=actor, now=now)
    return queue_id


async def change_queue(
    conn: AsyncConnection,
    queue_id: UUID,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    what: str = "QueueChanged",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Changes a queue; NotFound("queue_not_found")."""
    await _check_rules(conn, queue_id, values)
    version = await conn.scalar(
        update(queues)
        .where(queues.c.id == queue_id)
        .values(**values, version=queues.c.version + 1)
        .returning(queues.c.version)
    )
    if version is None:
        raise NotFound("queue_not_found")
    await _tell(conn, queue_id, what, version, actor=actor, now=now, data=data)
    if "hours" in values:
        await hours_changed(conn, queue_id, now=now)


async def _check_rules(conn: AsyncConnection, queue_id: UUID, values: Mapping[str, Any]) -> None:
    """Refuses rules that are none, before anything is saved."""
    if "steps" in values:
        steps_of(values["steps"])
    if "hours" in values:
        hours_of(values["hours"])
    if (overflow := overflow_of(values.get("overflow"))) is None:
        return
    known = await conn.scalar(select(queues.c.id).where(queues.c.id == overflow.queue_id))
    if known is None or known == queue_id:
        raise Invalid("queue_not_found", field="overflow")


async def drop_queue(conn: AsyncConnection, queue_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Deletes a queue that nothing uses; Conflict("queue_in_use") for any other."""
    version = await conn.scalar(
        select(queues.c.version).where(queues.c.id == queue_id).with_for_update()
    )
    if version is None:
        raise NotFound("queue_not_found")
    ruled = await conn.scalar(
        select(func.count()).select_from(entry_rules).where(entry_rules.c.queue_id == queue_id)
    )
    live = await conn.scalar(
        select(func.count())
        .select_from(assignments)
        .where(assignments.c.queue_id == queue_id, assignments.c.state != "completed")
    )
    into = await conn.scalar(
        select(func.count())
        .select_from(queues)
        .where(queues.c.overflow["queue_id"].astext == str(queue_id))
    )
    if ruled or live or into:
        raise Conflict("queue_in_use", channels=ruled, interactions=live, queues=into)
    members = await _member_ids(conn, queue_id)
    await conn.execute(delete(queues).where(queues.c.id == queue_id))
    data = {"user_ids": members}
    await _tell(conn, queue_id, "QueueDropped", version + 1, actor=actor, now=now, data=data)


async def set_members(
    conn: AsyncConnection,
    queue_id: UUID,
    levels: Mapping[UUID, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Makes these users, with their levels 1–5, the members of a queue."""
    if any(not 1 <= level <= 5 for level in levels.values()):
        raise Invalid("level_invalid", field="level", least=1, most=5)
    unknown = set(levels) - set(await names_of(conn, levels))
    if unknown:
        raise Invalid("user_not_found", field="user_id", id=str(min(unknown)))
    before = await _member_ids(conn, queue_id)
    await change_queue(
        conn,
        queue_id,
        {},
        actor=actor,
        now=now,
        what="QueueMembersChanged",
        data={"user_ids": sorted({*before, *map(str, levels)})},
    )
    await conn.execute(delete(queue_members).where(queue_members.c.queue_id == queue_id))
    if levels:
        rows = [
            {"queue_id": queue_id, "user_id": user_id, "level": level}
            for user_id, level in levels.items()
        ]
        await conn.execute(insert(queue_members), rows)


async def change_memberships(
    conn: AsyncConnection,
    user_id: UUID,
    levels: Mapping[UUID, int | None],
    *,
    actor: Actor,
    now: datetime,
) -> dict[UUID, int | None]:
    """Puts one user into queues at levels 1–5, or (None) takes them out; what they were in each.
    NotFound("user_not_found"), NotFound("queue_not_found")."""
    if any(level is not None and not 1 <= level <= 5 for level in levels.values()):
        raise Invalid("level_invalid", field="level", least=1, most=5)
    if user_id not in await names_of(conn, [user_id]):
        raise NotFound("user_not_found")
    was: dict[UUID, int | None] = {}
    for queue_id in sorted(levels):
        await change_queue(
            conn,
            queue_id,
            {},
            actor=actor,
            now=now,
            what="QueueMembersChanged",
            data={"user_ids": [str(user_id)]},
        )
        gone = await conn.execute(
            delete(queue_members)
            .where(queue_members.c.queue_id == queue_id, queue_members.c.user_id == user_id)
            .returning(queue_members.c.level)
        )
        was[queue_id] = gone.scalar_one_or_none()
        level = levels[queue_id]
        if level is not None:
            await conn.execute(
                insert(queue_members).values(queue_id=queue_id, user_id=user_id, level=level)
            )
    return was


async def set_entry_queue(conn: AsyncConnection, channel_id: UUID, queue_id: UUID | None) -> None:
    """Says which queue an interaction enters that is born on a channel; None: the first one."""
    if queue_id is None:
        await conn.execute(delete(entry_rules).where(entry_rules.c.channel_id == channel_id))
        return
    if await conn.scalar(select(queues.c.id).where(queues.c.id == queue_id)) is None:
        raise Invalid("queue_not_found", field="queue_id")
    await conn.execute(
        insert(entry_rules)
        .values(channel_id=channel_id, queue_id=queue_id)
        .on_conflict_do_update(index_elements=["channel_id"], set_={"queue_id": queue_id})
    )


async def _member_ids(conn: AsyncConnection, queue_id: UUID) -> list[str]:
    rows = await conn.execute(
        select(queue_members.c.user_id).where(queue_members.c.queue_id == queue_id)
    )
    return [str(row.user_id) for row in rows]


async def _tell(
    conn: AsyncConnection,
    queue_id: UUID,
    what: str,
    version: int,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    await append(
        conn,
        Event(
            type=what,
            aggregate_kind="queue",
            aggregate_id=queue_id,
            aggregate_version=version,
            audience=frozenset({"all", "staff", f"queue:{queue_id}"}),
            at=now,
            actor=actor,
            data=data or {},
        ),
    )
