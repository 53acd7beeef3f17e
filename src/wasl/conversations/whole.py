"""A whole conversation as it is shown when open: its row, interaction, legs and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts
from wasl.accounts import Permission
from wasl.conversations.hooks import hooks
from wasl.conversations.policy import abilities, code_of
from wasl.conversations.views import ROW_COLUMNS, Viewer, public, row_joins, row_of
from wasl.infra.errors import NotFound
from wasl.infra.statements import run_together


async def full(conn: AsyncConnection, conversation_id: UUID) -> dict[str, Any]:
    """Conversation of an id; NotFound("conversation_not_found")."""
    found = (await wholes(conn, [conversation_id])).get(conversation_id)
    if found is None:
        raise NotFound("conversation_not_found")
    return found


_LEGS = f"""
SELECT json_agg(leg) FROM (
  SELECT l.id, l.opened_at, l.messages, l.interaction_id, identity.display,
    row_to_json(channel) AS channel
  FROM legs l LEFT JOIN ({channels.SUMMARY}) channel ON channel.id = l.channel_id
    LEFT JOIN ({contacts.DISPLAYED}) identity ON identity.id = l.identity_id
  WHERE l.conversation_id = c.id ORDER BY l.opened_at, l.id) AS leg
"""  # noqa: S608  # our constants


def _wholes_sql() -> str:
    return f"""
SELECT {ROW_COLUMNS}, c.interaction_id, c.contact_read_seq, c.seq, c.merged_into,
  i.ordinal, i.opened_at, i.closed_at, i.disposition, standing.epoch, standing.wrap_up_ends_at,
  standing.callback, standing.roles,
  matter.id AS matter_id, matter.number AS matter_number, matter.contact_id AS matter_contact_id,
  other.id AS other_id, other.name AS other_name, ({_LEGS}) AS legs
FROM conversations c JOIN interactions i ON i.id = c.interaction_id {row_joins()}
  LEFT JOIN ({hooks.standings}) standing ON standing.interaction_id = c.interaction_id
  LEFT JOIN conversations matter ON matter.id = c.merge_suggestion AND matter.merged_into IS NULL
  LEFT JOIN ({contacts.NAMED}) other ON other.id = c.contact_suggestion
WHERE c.id = ANY (%(ids)s)
"""  # noqa: S608  # our constants


async def wholes(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Conversation of each id, with `_audience` (who may see it)."""
    (found,) = await run_together(conn, (_wholes_sql(), {"ids": list(set(ids))}))
    return {row.id: _whole(row) for row in found}


def _whole(row: Any) -> dict[str, Any]:
    merge_suggestion = contact_suggestion = None
    if row.matter_id is not None and row.matter_contact_id == row.contact_id:
        number = code_of(row.matter_number, 1)
        merge_suggestion = {"conversation_id": row.matter_id, "number": number}
    if row.other_id is not None and row.other_id != row.contact_id:
        contact_suggestion = {"contact_id": row.other_id, "name": row.other_name}
    shown = row_of(row)
    return {
        **shown,
        "wrap_up_ends_at": row.wrap_up_ends_at,
        "callback": row.callback,
        "joined": [
            {**each, "role": (row.roles or {}).get(str(each["id"]), "consult")}
            for each in shown["joined"]
        ],
        "interaction": {
            "epoch": row.epoch or 0,
            "id": row.interaction_id,
            "code": code_of(row.number, row.ordinal),
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "disposition": row.disposition,
        },
        "legs": [_leg(leg) for leg in row.legs or ()],
        "contact_read_seq": row.contact_read_seq,
        "seq": row.seq,
        "merge_suggestion": merge_suggestion,
        "contact_suggestion": contact_suggestion,
        "merged_into": row.merged_into,
    }


def _leg(leg: Mapping[str, Any]) -> dict[str, Any]:
    channel = leg["channel"] and {**leg["channel"], "id": UUID(leg["channel"]["id"])}
    return {
        "id": UUID(leg["id"]),
        "kind": channel and channel["kind"],
        "channel": channel,
        "address": leg["display"] or "",
        "opened_at": datetime.fromisoformat(leg["opened_at"]),
        "messages": leg["messages"],
        "interaction_id": UUID(leg["interaction_id"]),
    }


def for_viewer(shown: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A Conversation with what this viewer `can` do with it."""
    assignee, user_id = shown["assignee"], viewer.principal.user_id
    can = abilities(
        mine=assignee is not None and assignee["id"] == user_id,
        confers=any(
            each["id"] == user_id and each["role"] == "conference" for each in shown["joined"]
        ),
        held=assignee is not None,
        resolved=shown["status"] == "resolved",
        speaks=viewer.principal.may(Permission.CONVERSATIONS_REPLY),
        manages=viewer.principal.may(Permission.CONVERSATIONS_MANAGE),
    )
    return {**public(shown), "can": can}
