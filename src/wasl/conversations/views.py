"""What the API and the sockets show of conversations; shapes as in docs/api.md."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, channels, contacts
from wasl.accounts import Permission, Principal
from wasl.conversations.hooks import hooks
from wasl.conversations.policy import (
    audience,
    code_of,
    tally_of,
)
from wasl.conversations.tables import conversations
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.statements import Statement, run_together

VIEWS = ("mine", "unassigned", "all", "pending", "snoozed", "resolved", "spam")


@dataclass(frozen=True, slots=True)
class Viewer:
    """A colleague and the queues they are a member of: what they may see."""

    principal: Principal
    queue_ids: frozenset[UUID]

    @property
    def sees_all(self) -> bool:
        return self.principal.may(Permission.CONVERSATIONS_READ_ALL)

    @property
    def keys(self) -> frozenset[str]:
        """The audience keys that this viewer holds."""
        keys = {f"user:{self.principal.user_id}", "staff"}
        keys |= {f"queue:{queue_id}" for queue_id in self.queue_ids}
        if self.sees_all:
            keys.add("all")
        return frozenset(keys)


async def viewer_of(conn: AsyncConnection, principal: Principal) -> Viewer:
    """The viewer that a principal is."""
    return Viewer(principal, await hooks.queues_of(conn, principal.user_id))


# What a row shows, of conversations c; other features' fragments join by id.
ROW_COLUMNS = f"""
  c.id, c.number, c.contact_id, c.subject, c.status, c.snoozed_until, c.channel_id, c.preview,
  c.preview_kind, c.preview_direction, c.preview_attachments, c.last_message_at, c.unread,
  c.assignee_id, c.queue_id, c.state, c.due_at, c.due_total_s, c.due_warn_at, c.priority, c.tags,
  c.locale, c.spam, c.version, c.joined,
  person.name AS person_name, person.verified AS person_verified,
  colleague.name AS assignee_name, queue.names AS queue_names,
  channel.kind AS channel_kind, channel.name AS channel_name, channel.enabled AS channel_enabled,
  channel.health AS channel_health, CASE WHEN c.joined <> '{{}}' THEN (
    SELECT json_agg(json_build_object('id', u.id, 'name', u.name) ORDER BY u.name, u.id)
    FROM ({accounts.NAMED}) u WHERE u.id = ANY (c.joined)) END AS beside
"""  # noqa: S608  # our constants


def row_joins() -> str:
    """The joins that ROW_COLUMNS need."""
    return f"""
  LEFT JOIN ({contacts.NAMED}) person ON person.id = c.contact_id
  LEFT JOIN ({channels.SUMMARY}) channel ON channel.id = c.channel_id
  LEFT JOIN ({accounts.NAMED}) colleague ON colleague.id = c.assignee_id
  LEFT JOIN ({hooks.queues}) queue ON queue.id = c.queue_id
"""


async def rows(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """ConversationRow of each id, with `_audience` (who may see it)."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    (found,) = await run_together(
        conn, (rows_of("SELECT unnest(%(ids)s::uuid[])"), {"ids": wanted})
    )
    return {row.id: row_of(row) for row in found}


def rows_of(ids: str) -> str:
    """The SQL that reads, for `row_of`, the conversations whose ids a query finds."""
    return (
        f"SELECT {ROW_COLUMNS} FROM conversations c {row_joins()}"  # noqa: S608  # our constants
        f" WHERE c.id = ANY (ARRAY({ids}))"
    )


def channel_of(row: Any) -> dict[str, Any] | None:
    """The summary of a row's joined channel."""
    if row.channel_kind is None:
        return None
    return {
        "id": row.channel_id,
        "kind": row.channel_kind,
        "name": row.channel_name,
        "enabled": row.channel_enabled,
        "health": row.channel_health,
    }


def row_of(row: Any) -> dict[str, Any]:
    """ConversationRow of ROW_COLUMNS."""
    names, queue = row.queue_names, None
    if names:
        queue = {"id": row.queue_id, "name": names.get("en", ""), "names": names}
    return {
        "id": row.id,
        "number": code_of(row.number, 1),
        "contact": {
            "id": row.contact_id,
            "name": row.person_name or "",
            "verified": bool(row.person_verified),
        },
        "subject": row.subject,
        "status": row.status,
        "snoozed_until": row.snoozed_until,
        "channel": channel_of(row),
        "preview": {
            "text": row.preview,
            "kind": row.preview_kind,
            "direction": row.preview_direction,
            "attachments": row.preview_attachments,
        },
        "last_message_at": row.last_message_at,
        "unread": row.unread,
        "assignee": {"id": row.assignee_id, "name": row.assignee_name or ""}
        if row.assignee_id
        else None,
        "joined": [{**each, "id": UUID(each["id"])} for each in row.beside or ()],
        "queue": queue,
        "state": row.state,
        "due_at": row.due_at,
        "due_total_s": row.due_total_s,
        "due_warn_at": row.due_warn_at,
        "priority": row.priority,
        "tags": row.tags,
        "locale": row.locale,
        "spam": row.spam,
        "version": row.version,
        "_audience": sorted(audience(row.assignee_id, row.queue_id, row.joined)),
    }


def public(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A view without what is for ourselves (its names begin with "_")."""
    return {key: value for key, value in shown.items() if not key.startswith("_")}


_MESSAGES = f"""
SELECT m.id, m.conversation_id, m.seq, m.kind, m.direction, m.author_kind, m.author_id, m.text,
  m.folded_text, m.html <> '' AS has_html, m.subject, m.leg_id, m.interaction_id, m.state,
  m.error_code, m.error_detail, m.mail, m.quick_replies, m.attributes, m.client_id, m.created_at,
  m.edited_at, m.deleted_at, m.version, m.activity,
  CASE m.author_kind WHEN 'agent' THEN colleague.name ELSE person.name END AS author_name,
  l.channel_id, channel.kind AS channel_kind, channel.name AS channel_name,
  channel.enabled AS channel_enabled, channel.health AS channel_health, c.assignee_id, c.queue_id,
  c.joined, (SELECT json_agg(file) FROM (
     SELECT a.id, a.name, a.content_type, a.size, a.state, a.inline, a.content_id
     FROM attachments a WHERE a.message_id = m.id ORDER BY a.id) AS file) AS files
FROM messages m JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN legs l ON l.id = m.leg_id
  LEFT JOIN ({channels.SUMMARY}) channel ON channel.id = l.channel_id
  LEFT JOIN ({accounts.NAMED}) colleague ON m.author_kind = 'agent' AND colleague.id = m.author_id
  LEFT JOIN ({contacts.NAMED}) person ON m.author_kind = 'contact' AND person.id = m.author_id
"""  # noqa: S608  # our constants
_BEFORE = f"{_MESSAGES} WHERE m.conversation_id = %(of)s AND m.seq < %(seq)s ORDER BY m.seq DESC"
_AFTER = f"{_MESSAGES} WHERE m.conversation_id = %(of)s AND m.seq > %(seq)s ORDER BY m.seq"
_NEWEST = 2**62  # above every position


async def timeline(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Messages, oldest first: the newest `limit` before a position, or all after one."""
    values = {"of": conversation_id, "limit": limit}
    if after is not None:
        (found,) = await run_together(conn, (f"{_AFTER} LIMIT %(limit)s", {**values, "seq": after}))
    else:
        values["seq"] = _NEWEST if before is None else before
        (found,) = await run_together(conn, (f"{_BEFORE} LIMIT %(limit)s", values))
        found.reverse()
    return [public(_message(row)) for row in found]


async def messages_by_ids(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Message of each id, with `_conversation_id` and `_audience` (who may see it)."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    (found,) = await run_together(conn, messages_statement(wanted))
    return messages_in(found)


def messages_statement(ids: Iterable[UUID]) -> Statement:
    """Finds the messages of these ids; `messages_in` its rows."""
    return f"{_MESSAGES} WHERE m.id = ANY (%(ids)s)", {"ids": list(ids)}


def messages_in(rows: Iterable[Any]) -> dict[UUID, dict[str, Any]]:
    """What `messages_by_ids` gives, of the rows of `messages_statement`."""
    return {row.id: _message(row) for row in rows}


def _message(row: Any) -> dict[str, Any]:
    name = row.author_name
    if name is None:
        name = "" if row.author_kind == "agent" else row.attributes.get("sender", "")
    failed = row.state in ("failed", "unknown")
    return {
        "id": row.id,
        "seq": row.seq,
        "kind": row.kind,
        "direction": row.direction,
        "author": {"kind": row.author_kind, "id": row.author_id, "name": name},
        "text": row.text,
        "folded_text": row.folded_text,
        "has_html": row.has_html,
        "subject": row.subject,
        "leg_id": row.leg_id,
        "channel": channel_of(row),
        "interaction_id": row.interaction_id,
        "attachments": [{**file, "id": UUID(file["id"])} for file in row.files or ()],
        "state": row.state,
        "error": {"code": row.error_code or "unknown", "detail": row.error_detail or ""}
        if failed
        else None,
        "email": row.mail,
        "quick_replies": row.quick_replies,
        "attributes": row.attributes,
        "client_id": row.client_id,
        "created_at": row.created_at,
        "edited_at": row.edited_at,
        "deleted_at": row.deleted_at,
        "version": row.version,
        "activity": row.activity,
        "_conversation_id": row.conversation_id,
        "_audience": sorted(audience(row.assignee_id, row.queue_id, row.joined)),
    }


def attachment_view(row: Any) -> dict[str, Any]:
    """Attachment of a row."""
    return {
        "id": row.id,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "state": row.state,
        "inline": row.inline,
        "content_id": row.content_id,
    }


# ── lists ────────────────────────────────────────────────────────────────────────────────────


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    own = _own(viewer)
    if not viewer.queue_ids:
        return own
    return or_(own, conversations.c.queue_id.in_(viewer.queue_ids))


def _own(viewer: Viewer) -> ColumnElement[bool]:
    """What one has, or stands beside."""
    c, user_id = conversations.c, viewer.principal.user_id
    beside = and_(c.joined != [], c.joined.contains([user_id]))
    return or_(c.assignee_id == user_id, beside)


def stands_in(row: Mapping[str, Any], view: str, user_id: UUID) -> bool:
    """Whether a ConversationRow belongs to a view (the audience is another matter)."""
    if row["spam"] or view == "spam":
        return bool(row["spam"]) and view == "spam"
    if view in ("pending", "snoozed", "resolved"):
        return bool(row["status"] == view)
    if row["status"] != "open":
        return False
    if view == "mine":
        has = row["assignee"] is not None and row["assignee"]["id"] == user_id
        return has or any(each["id"] == user_id for each in row["joined"])
    return view == "all" or row["assignee"] is None


def _of_view(view: str, viewer: Viewer) -> list[ColumnElement[bool]]:
    c = conversations.c
    if view not in VIEWS:
        raise Invalid("view_unknown", field="view", right=", ".join(VIEWS))
    if view == "spam":
        return [c.spam]
    found: list[ColumnElement[bool]] = [~c.spam]
    if view in ("pending", "snoozed", "resolved"):
        return [*found, c.status == view]
    found.append(c.status == "open")
    if view == "mine":
        found.append(_own(viewer))
    if view == "unassigned":
        found.append(c.assignee_id.is_(None))
    return found


async def list_view(
    conn: AsyncConnection,
    view: str,
    viewer: Viewer,
    *,
    queue_id: UUID | None = None,
    query: str = "",
    after: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """A page of ConversationRow, newest first, by keyset."""
    c = conversations.c
    chosen: Select[Any] = select(c.id, c.last_message_at).where(*_of_view(view, viewer))
    if not viewer.sees_all:
        chosen = chosen.where(_may_see(viewer))
    if queue_id is not None:
        chosen = chosen.where(c.queue_id == queue_id)
    if query.strip():
        chosen = chosen.where(await _matches(conn, query))
    if after is not None:
        chosen = chosen.where(tuple_(c.last_message_at, c.id) < _read_cursor(after))
    chosen = chosen.order_by(c.last_message_at.desc(), c.id.desc()).limit(limit + 1)
    found = (await conn.execute(chosen)).all()
    shown = await rows(conn, (row.id for row in found[:limit]))
    more = len(found) > limit
    return {
        "items": [shown[row.id] for row in found[:limit] if row.id in shown],
        "next": _cursor(found[limit - 1]) if more else None,
    }


async def _matches(conn: AsyncConnection, query: str) -> ColumnElement[bool]:
    """By number, subject, preview or contact."""
    words = query.strip()[:200]
    conditions: list[ColumnElement[bool]] = []
    number = words.upper().removeprefix("W-")
    if number.isascii() and number.isdigit() and len(number) < 16:
        conditions.append(conversations.c.number == int(number))
    people = await contacts.search_ids(conn, words, limit=200)
    if people:
        conditions.append(conversations.c.contact_id.in_(people))
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    conditions.append(conversations.c.subject.ilike(pattern))
    conditions.append(conversations.c.preview.ilike(pattern))
    return or_(false(), *conditions)


def _cursor(row: Any) -> str:
    raw = msgspec.json.encode([row.last_message_at, row.id])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        padded = cursor[:400] + "=" * (-len(cursor[:400]) % 4)
        raw = base64.urlsafe_b64decode(padded)
        return msgspec.json.decode(raw, type=tuple[datetime, UUID])
    except (ValueError, msgspec.MsgspecError):
        raise Invalid("cursor_invalid", field="after") from None


async def counts(conn: AsyncConnection, viewer: Viewer) -> dict[str, int]:
    """How many stand in each view of a viewer."""
    return (await counts_of_each(conn, [viewer]))[viewer.principal.user_id]


async def counts_of_each(
    conn: AsyncConnection, viewers: Iterable[Viewer]
) -> dict[UUID, dict[str, int]]:
    """How many stand in each view of each viewer, by user id."""
    tallies = {
        viewer.principal.user_id: tally_of(
            viewer.principal.user_id, viewer.queue_ids, viewer.sees_all
        )
        for viewer in viewers
    }
    counted = await _counted(conn, {key for tally in tallies.values() for key in tally.keys})
    return {user_id: tally.counts(counted) for user_id, tally in tallies.items()}


async def waiting_in(conn: AsyncConnection, queue_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many wait in each queue."""
    keys = {f"queue:{queue_id}/waiting": queue_id for queue_id in queue_ids}
    counted = await _counted(conn, keys)
    return {queue_id: counted.get(key, 0) for key, queue_id in keys.items()}


async def messages_in_24h(
    conn: AsyncConnection, channel_ids: Iterable[UUID], now: datetime
) -> dict[UUID, int]:
    """How many messages came in on each channel in the last 24 hours, by whole hours."""
    ids = list(channel_ids)
    hours = [(now - timedelta(hours=h)).strftime("%Y%m%d%H") for h in range(24)]
    counted = await _counted(
        conn, [f"channel:{channel}:{hour}" for channel in ids for hour in hours]
    )
    return {
        channel: sum(counted.get(f"channel:{channel}:{hour}", 0) for hour in hours)
        for channel in ids
    }


async def _counted(conn: AsyncConnection, keys: Collection[str]) -> dict[str, int]:
    # as one text: of a list psycopg writes each part by itself, and they are hundreds
    (rows,) = await run_together(conn, (_COUNTED, {"keys": ",".join(keys)}))
    return {row.key: row.n for row in rows}


_COUNTED = """
SELECT key, sum(n)::bigint AS n
FROM (SELECT DISTINCT unnest(string_to_array(%(keys)s, ',')) AS key) AS wanted
  JOIN counters USING (key) GROUP BY key
"""


async def fold_counters(conn: AsyncConnection) -> int:
    """Folds the changes of each counter into one row; how many rows went."""
    gone = await conn.execute(
        text(
            "WITH busy AS (SELECT key FROM counters GROUP BY key HAVING count(*) > 1 LIMIT 500),"
            " gone AS (DELETE FROM counters WHERE key IN (SELECT key FROM busy) RETURNING key, n)"
            " INSERT INTO counters (key, n) SELECT key, sum(n) FROM gone GROUP BY key RETURNING 1"
        )
    )
    return gone.rowcount


async def visible(conn: AsyncConnection, conversation_id: UUID, viewer: Viewer) -> None:
    """NotFound unless the viewer may see the conversation."""
    condition = conversations.c.id == conversation_id
    if not viewer.sees_all:
        condition = and_(condition, _may_see(viewer))
    found = await conn.execute(select(func.count()).select_from(conversations).where(condition))
    if not found.scalar_one():
        raise NotFound("conversation_not_found")
