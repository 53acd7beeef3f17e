"""What is known when a message comes in: its sender's identities, and the matters they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import Capabilities, InboundMessage, Taken
from wasl.conversations import sql
from wasl.conversations.hooks import Held, hooks
from wasl.conversations.policy import Matter
from wasl.infra.statements import run_together


@dataclass(frozen=True, slots=True)
class Source:
    """The channel that a message came in on, and its sender's normalised identity. `known` is of
    a contact's own client, whose messages go on what it shows: whether it is known who that is."""

    channel_id: UUID
    kind: str
    capabilities: Capabilities
    identity_kind: str
    value: str
    display: str
    known: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """`own` is the sender's verified identity, `claim` one that only says so; `flow_version_id`
    what the channel leads new interactions to. `named` is the conversation that the message names,
    locked, and `held` who has its interaction."""

    earlier: Taken | None
    own_id: UUID | None
    owner_id: UUID | None
    claim_id: UUID | None
    claimant_id: UUID | None
    user_id: UUID | None
    referenced: Matter | None
    matters: Sequence[Matter]
    flow_version_id: UUID | None
    named: Any | None
    held: Held | None


async def read_facts(
    conn: AsyncConnection, source: Source, item: InboundMessage, named: Sequence[UUID]
) -> Facts:
    """Reads them under the sender's lock, which lasts as long as the transaction."""
    value = source.value
    explicit = [item.conversation_id] if item.conversation_id else []
    _, rows, named_rows, held = await run_together(
        conn,
        # what one sender sends is taken one by one, so that a new contact is made once
        (sql.LOCK_SENDER, {"sender": f"{source.identity_kind}:{value}"}),
        (
            sql.facts(hooks.leads_to),
            {
                "kind": source.identity_kind,
                "value": value,
                "channel": source.channel_id,
                "provider_id": item.provider_id,
                "named": [*explicit, *named],
                "visitor": value if source.known is not None else None,
                "known": source.known,
                "references": list(item.references)[:50],
                "thread": item.thread_key,
            },
        ),
        (sql.of_named(sql.LOCK_CONVERSATION), {}),
        (sql.of_named(hooks.held), {}),
    )
    row = rows[0]
    referenced: Matter | None = None
    matters: list[Matter] = []
    for m in row.matters or ():
        matter = Matter(
            conversation_id=UUID(m["id"]),
            contact_id=UUID(m["contact_id"]),
            open=m["status"] != "resolved",
            resolved_at=datetime.fromisoformat(m["resolved_at"]) if m["resolved_at"] else None,
            newest_channel_id=UUID(m["channel_id"]),
            channel_ids=frozenset(UUID(c) for c in m["channel_ids"] or ()),
        )
        if m["named"]:
            referenced = matter
        else:
            matters.append(matter)
    earlier = row.earlier
    return Facts(
        earlier=Taken(UUID(earlier["message_id"]), UUID(earlier["conversation_id"]), True)
        if earlier
        else None,
        own_id=row.own_id,
        owner_id=row.owner_id,
        claim_id=row.claim_id,
        claimant_id=row.claimant_id,
        user_id=row.user_id,
        referenced=referenced,
        matters=matters,
        flow_version_id=row.flow_version_id,
        named=named_rows[0] if named_rows else None,
        held=held[0] if held else None,
    )
