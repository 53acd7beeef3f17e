"""Two conversations become one, and two again as long as nothing has been said since.

What a merge can't read back from the rows that it moves stands in the audit log: which of the
positions belonged to which interaction, whose each leg was, and what was unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, channels
from wasl.conversations.hooks import Entered, Placement, hooks
from wasl.conversations.service import (
    ConversationState,
    begin_interaction,
    change,
    close_interaction,
    lock,
)
from wasl.conversations.tables import interactions, legs
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import Actor
from wasl.infra.statements import run_together

_MOST_TOLD = 200  # of the newest messages that move; clients read older ones by pages
_MERGED_INTO = text("SELECT merged_into FROM conversations WHERE id = :id")
_MERGED_BEFORE = text("SELECT id FROM conversations WHERE merged_into = :into")
_NEWEST = text(
    "SELECT id FROM messages WHERE conversation_id = :from ORDER BY seq DESC LIMIT :most"
)
_FIRST_OF_EACH = text(
    "SELECT interaction_id, min(seq) FROM messages WHERE conversation_id = :from"
    " GROUP BY interaction_id ORDER BY 2"
)
_LEGS = text("SELECT id, interaction_id FROM legs WHERE conversation_id = :from ORDER BY id")
_GO_BACK = (
    "UPDATE messages m SET conversation_id = :from, seq = m.seq - :by, interaction_id = r.i"
    " FROM unnest(CAST(:of AS uuid[]), CAST(:first AS bigint[]), CAST(:next AS bigint[]))"
    " AS r (i, first, next) WHERE m.conversation_id = :to AND m.seq > :by"
    " AND m.seq - :by >= r.first AND m.seq - :by < r.next",
    "UPDATE legs l SET conversation_id = :from, interaction_id = r.i"
    " FROM unnest(CAST(:legs AS uuid[]), CAST(:legs_of AS uuid[])) AS r (leg, i)"
    " WHERE l.id = r.leg",
    "UPDATE provider_ids p SET conversation_id = :from FROM messages m"
    " WHERE p.conversation_id = :to AND m.id = p.message_id AND m.conversation_id = :from",
    "UPDATE deliveries d SET conversation_id = :from, seq = d.seq - :by FROM messages m"
    " WHERE d.conversation_id = :to AND m.id = d.message_id AND m.conversation_id = :from",
    "UPDATE conversations SET agent_read_seq = least(agent_read_seq, :by),"
    " contact_read_seq = least(contact_read_seq, :by) WHERE id = :to",
)


async def merge(
    conn: AsyncConnection, conversation_id: UUID, into: UUID, *, by: Actor, now: datetime
) -> ConversationState:
    """Moves a conversation's timeline into another one of the same contact.

    The messages follow in their own order after what is there; the emptied one is resolved and
    leads to the other from then on.
    """
    if conversation_id == into:
        raise Invalid("merge_with_itself", field="into")
    earlier = (await conn.execute(_MERGED_BEFORE, {"into": conversation_id})).scalars().all()
    locked = {one: await lock(conn, one) for one in sorted({conversation_id, into, *earlier})}
    source, target = locked[conversation_id], locked[into]
    if source.contact_id != target.contact_id:
        raise Conflict("merge_needs_one_contact")
    told = await _told(conn, conversation_id)
    await _record(conn, source, target, earlier, by)
    moved = {"from": conversation_id, "to": into, "by": target.seq, "i": target.interaction_id}
    for statement in (
        "UPDATE messages SET conversation_id = :to, interaction_id = :i, seq = seq + :by"
        " WHERE conversation_id = :from",
        "UPDATE legs SET conversation_id = :to, interaction_id = :i WHERE conversation_id = :from",
        "UPDATE provider_ids SET conversation_id = :to WHERE conversation_id = :from",
        "UPDATE deliveries SET conversation_id = :to, seq = seq + :by"
        " WHERE conversation_id = :from",
    ):
        await conn.execute(text(statement), moved)
    await close_interaction(conn, source.interaction_id, now=now)
    await change(
        conn,
        conversation_id,
        event="ConversationMerged",
        actor=by,
        now=now,
        values={"status": "resolved", "merged_into": into, "unread": 0},
        placement=Placement(None, source.queue_id, "completed"),
        data=told,
    )
    for one in earlier:
        await change(
            conn,
            one,
            event="ConversationMerged",
            actor=by,
            now=now,
            values={"merged_into": into},
        )
    return await change(
        conn,
        into,
        event="ConversationMerged",
        actor=by,
        now=now,
        values={"seq": target.seq + source.seq, "unread": target.unread + source.unread},
        activity=None,
        data=told,
    )


async def unmerge(
    conn: AsyncConnection, conversation_id: UUID, *, by: Actor, now: datetime
) -> ConversationState:
    """Undoes a merge: what came from this conversation is its own again.

    If it was not resolved it is open again: with its holder, or queued for them first when
    routing has let it go. Conflict("not_merged"), also once something was said since.
    """
    into = await conn.scalar(_MERGED_INTO, {"id": conversation_id})
    kept = await accounts.last_audited(
        conn, "conversation.merge", conversation_id, {"into": str(into)}
    )
    if kept is None:
        raise Conflict("not_merged")
    earlier = [UUID(one) for one in kept["earlier"]]
    locked = {one: await lock(conn, one) for one in sorted({conversation_id, into, *earlier})}
    source, target = locked[conversation_id], locked[into]
    grown = (source.seq, target.seq) != (kept["seq"], kept["at"] + kept["seq"])
    if source.merged_into != into or grown:
        raise Conflict("not_merged")
    firsts = [first for _, first in kept["interactions"]]
    back = {
        "from": conversation_id,
        "to": into,
        "by": kept["at"],
        "of": [UUID(one) for one, _ in kept["interactions"]],
        "first": firsts,
        "next": [*firsts[1:], kept["seq"] + 1],
        "legs": [UUID(leg) for leg, _ in kept["legs"]],
        "legs_of": [UUID(one) for _, one in kept["legs"]],
    }
    for statement in _GO_BACK:
        await conn.execute(text(statement), back)
    told = await _told(conn, conversation_id)
    told_how: dict[str, Any] = {"event": "ConversationUnmerged", "actor": by, "now": now}
    await change(
        conn,
        into,
        values={"seq": kept["at"], "unread": max(0, target.unread - kept["unread"])},
        data=told,
        **told_how,
    )
    for one in earlier:
        await change(conn, one, values={"merged_into": conversation_id}, **told_how)
    values: dict[str, Any] = {"merged_into": None, "unread": kept["unread"]}
    placement = None
    if kept["status"] != "resolved":
        reopened, placement = await _reopen(conn, source, kept["assignee"], now)
        values |= {"status": "open", "snoozed_until": None, **reopened}
    await accounts.audit(conn, by, "conversation.unmerge", "conversation", conversation_id)
    return await change(
        conn, conversation_id, values=values, placement=placement, data=told, **told_how
    )


async def _record(
    conn: AsyncConnection,
    source: ConversationState,
    target: ConversationState,
    earlier: Sequence[UUID],
    by: Actor,
) -> None:
    of = {"from": source.id}
    await accounts.audit(
        conn,
        by,
        "conversation.merge",
        "conversation",
        source.id,
        before={
            "status": source.status,
            "assignee": str(source.assignee_id) if source.assignee_id else None,
            "seq": source.seq,
            "unread": source.unread,
            "at": target.seq,
            "earlier": [str(one) for one in earlier],
            "interactions": [
                [str(one), first] for one, first in await conn.execute(_FIRST_OF_EACH, of)
            ],
            "legs": [[str(leg), str(one)] for leg, one in await conn.execute(_LEGS, of)],
        },
        after={"into": str(target.id)},
    )


async def _told(conn: AsyncConnection, conversation_id: UUID) -> dict[str, list[str]]:
    """The newest messages of what moves, for those who look on."""
    newest = (await conn.execute(_NEWEST, {"from": conversation_id, "most": _MOST_TOLD})).scalars()
    return {"message_ids": [str(message_id) for message_id in newest]}


async def _reopen(
    conn: AsyncConnection, source: ConversationState, held_by: str | None, now: datetime
) -> tuple[dict[str, Any], Placement | None]:
    """Its interaction goes on where it was; a new one begins when routing has ended that."""
    known = (await channels.summaries(conn, [source.channel_id]))[source.channel_id]
    (held,) = await run_together(conn, (hooks.held, {"conversation": source.id}))
    entered = Entered(
        conversation_id=source.id,
        interaction_id=source.interaction_id,
        contact_id=source.contact_id,
        channel_id=source.channel_id,
        channel_kind=known["kind"],
        units=channels.adapter_of(known["kind"]).capabilities.capacity_units,
        priority=source.priority,
        born=False,
        switched=False,
        state=source.state,
        owed=False,
        last_agent_id=UUID(held_by) if held_by else None,
        now=now,
        held=held[0] if held else None,
    )
    placement = None if source.spam else await hooks.entry(conn, entered)
    if placement is not None:
        await conn.execute(
            update(interactions)
            .where(interactions.c.id == source.interaction_id)
            .values(closed_at=None)
        )
        await conn.execute(update(legs).where(legs.c.id == source.leg_id).values(closed_at=None))
        return {}, placement
    begun = await begin_interaction(conn, source, now)
    if not source.spam:
        again = replace(entered, interaction_id=begun["interaction_id"], born=True, held=None)
        placement = await hooks.entry(conn, again)
    return begun, placement or Placement(None, None, "created")
