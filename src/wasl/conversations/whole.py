"""A whole conversation as it is shown when open: its row, interaction, legs and suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts
from wasl.accounts import Permission
from wasl.conversations.hooks import hooks
from wasl.conversations.policy import abilities, code_of
from wasl.conversations.tables import conversations, interactions, legs
from wasl.conversations.views import Viewer, public, rows
from wasl.infra.errors import NotFound


async def full(conn: AsyncConnection, conversation_id: UUID) -> dict[str, Any]:
    """Conversation of an id; NotFound("conversation_not_found")."""
    found = (await wholes(conn, [conversation_id])).get(conversation_id)
    if found is None:
        raise NotFound("conversation_not_found")
    return found


async def wholes(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Conversation of each id, with `_audience` (who may see it)."""
    shown = await rows(conn, ids)
    if not shown:
        return {}
    found = (
        await conn.execute(
            select(
                conversations.c.id,
                conversations.c.number,
                conversations.c.interaction_id,
                conversations.c.merge_suggestion,
                conversations.c.contact_suggestion,
                conversations.c.contact_read_seq,
                conversations.c.seq,
                conversations.c.merged_into,
                interactions.c.ordinal,
                interactions.c.opened_at,
                interactions.c.closed_at,
                interactions.c.disposition,
            )
            .join(interactions, interactions.c.id == conversations.c.interaction_id)
            .where(conversations.c.id.in_(shown))
        )
    ).all()
    matters = await _suggested(conn, [r.merge_suggestion for r in found if r.merge_suggestion])
    people = await contacts.names(
        conn, [row.contact_suggestion for row in found if row.contact_suggestion]
    )
    standings = await hooks.standings_of(conn, [row.interaction_id for row in found])
    its_legs = await _legs(conn, list(shown))
    return {
        row.id: _whole(
            shown[row.id],
            row,
            matters.get(row.merge_suggestion),
            people.get(row.contact_suggestion),
            standings.get(row.interaction_id),
            its_legs[row.id],
        )
        for row in found
    }


def _whole(
    shown: Mapping[str, Any],
    row: Any,
    matter: Any,
    person: Mapping[str, Any] | None,
    standing: Mapping[str, Any] | None,
    its_legs: list[dict[str, Any]],
) -> dict[str, Any]:
    contact_id = shown["contact"]["id"]
    merge_suggestion = contact_suggestion = None
    if matter is not None and matter.contact_id == contact_id:
        merge_suggestion = {"conversation_id": matter.id, "number": code_of(matter.number, 1)}
    if person is not None and person["id"] != contact_id:
        contact_suggestion = {"contact_id": person["id"], "name": person["name"]}
    return {
        **shown,
        "wrap_up_ends_at": standing["wrap_up_ends_at"] if standing else None,
        "interaction": {
            "epoch": standing["epoch"] if standing else 0,
            "id": row.interaction_id,
            "code": code_of(row.number, row.ordinal),
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "disposition": row.disposition,
        },
        "legs": its_legs,
        "contact_read_seq": row.contact_read_seq,
        "seq": row.seq,
        "merge_suggestion": merge_suggestion,
        "contact_suggestion": contact_suggestion,
        "merged_into": row.merged_into,
    }


async def _suggested(conn: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    found = await conn.execute(
        select(conversations.c.id, conversations.c.number, conversations.c.contact_id).where(
            conversations.c.id.in_(ids), conversations.c.merged_into.is_(None)
        )
    )
    return {row.id: row for row in found}


def for_viewer(shown: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A Conversation with what this viewer `can` do with it."""
    assignee = shown["assignee"]
    can = abilities(
        mine=assignee is not None and assignee["id"] == viewer.principal.user_id,
        held=assignee is not None,
        resolved=shown["status"] == "resolved",
        speaks=viewer.principal.may(Permission.CONVERSATIONS_REPLY),
        manages=viewer.principal.may(Permission.CONVERSATIONS_MANAGE),
    )
    return {**public(shown), "can": can}


async def _legs(
    conn: AsyncConnection, conversation_ids: Collection[UUID]
) -> defaultdict[UUID, list[dict[str, Any]]]:
    found = (
        await conn.execute(
            select(legs)
            .where(legs.c.conversation_id.in_(conversation_ids))
            .order_by(legs.c.opened_at, legs.c.id)
        )
    ).all()
    known = await channels.summaries(conn, (leg.channel_id for leg in found))
    addresses = await contacts.displays(conn, (leg.identity_id for leg in found if leg.identity_id))
    by_conversation: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for leg in found:
        by_conversation[leg.conversation_id].append(
            {
                "id": leg.id,
                "kind": (known.get(leg.channel_id) or {}).get("kind"),
                "channel": known.get(leg.channel_id),
                "address": addresses.get(leg.identity_id, ""),
                "opened_at": leg.opened_at,
                "messages": leg.messages,
                "interaction_id": leg.interaction_id,
            }
        )
    return by_conversation
