"""On which channels a contact can be reached now, and why not on the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts
from wasl.channels import adapter_of
from wasl.channels.contract import Capabilities
from wasl.conversations.tables import conversations, legs
from wasl.infra.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What decides about one channel for one contact."""

    channel_id: UUID
    capabilities: Capabilities
    healthy: bool
    identity_ids: Sequence[UUID]  # of the channel's identity kind, best first
    allowed: bool | None  # the contact's consent to service messages; None: never asked
    leg_id: UUID | None  # the conversation's newest leg on this channel
    leg_identity_id: UUID | None
    current: bool  # the conversation is on this channel now


@dataclass(frozen=True, slots=True)
class Option:
    """One way to reach the contact, or the reason why not."""

    channel_id: UUID
    allowed: bool
    code: str
    identity_id: UUID | None = None
    continues_leg: UUID | None = None


def option_for(facts: ChannelFacts) -> Option:
    """Whether a channel may be used for the next message, and the one reason to show."""
    identity = facts.leg_identity_id or next(iter(facts.identity_ids), None)

    def refused(code: str) -> Option:
        return Option(facts.channel_id, False, code, identity)

    if identity is None:
        return refused("no_identity")
    if facts.allowed is False:
        return refused("no_consent")
    if not facts.healthy:
        return refused("channel_ill")
    if facts.leg_id is None and not facts.capabilities.starts_conversations:
        return refused("never_wrote_here")
    if facts.current:
        code = "last_used"
    elif facts.leg_id is not None and facts.capabilities.threads:
        code = "continues_thread"
    else:
        code = "available"
    return Option(facts.channel_id, True, code, identity, facts.leg_id)


async def reply_options(conn: AsyncConnection, conversation_id: UUID) -> list[dict[str, Any]]:
    """ReplyOption of every enabled channel: the current one first, the forbidden ones last."""
    row = (
        await conn.execute(
            select(conversations.c.contact_id, conversations.c.channel_id).where(
                conversations.c.id == conversation_id
            )
        )
    ).first()
    if row is None:
        raise NotFound("conversation_not_found")
    known: dict[UUID, Any] = {}
    for leg in await conn.execute(
        select(legs).where(legs.c.conversation_id == conversation_id).order_by(legs.c.opened_at)
    ):
        known[leg.channel_id] = leg
    identities: dict[str, list[dict[str, Any]]] = {}
    for identity in await contacts.identities_of(conn, row.contact_id):
        identities.setdefault(identity["kind"], []).append(identity)
    consents = {
        consent["kind"]: consent["allowed"]
        for consent in await contacts.consents_of(conn, row.contact_id)
        if consent["purpose"] == "service"
    }
    shown = []
    for channel in await channels.views(conn):
        if not channel["enabled"]:
            continue
        capabilities = adapter_of(channel["kind"]).capabilities
        own = identities.get(channel["identity_kind"], [])
        newest = known.get(channel["id"])
        facts = ChannelFacts(
            channel_id=channel["id"],
            capabilities=capabilities,
            healthy=channel["health"]["state"] != "failed",
            identity_ids=[identity["id"] for identity in own],
            allowed=consents.get(channel["identity_kind"]),
            leg_id=newest.id if newest else None,
            leg_identity_id=_own(newest, own),
            current=channel["id"] == row.channel_id,
        )
        shown.append(_shown(option_for(facts), channel, own, capabilities))
    order = {"last_used": 0, "continues_thread": 1, "available": 2}
    shown.sort(key=lambda o: (not o["allowed"], order.get(o["code"], 3), o["channel"]["name"]))
    if shown and shown[0]["allowed"]:
        shown[0]["suggested"] = True
    return shown


def _own(leg: Any, own: Sequence[Mapping[str, Any]]) -> UUID | None:
    """The leg's identity, when it is still the contact's."""
    ids = {identity["id"] for identity in own}
    return leg.identity_id if leg is not None and leg.identity_id in ids else None


def _shown(
    option: Option,
    channel: Mapping[str, Any],
    own: Sequence[Mapping[str, Any]],
    capabilities: Capabilities,
) -> dict[str, Any]:
    identity = next((i for i in own if i["id"] == option.identity_id), None)
    return {
        "channel": {"id": channel["id"], "kind": channel["kind"], "name": channel["name"]},
        "identity": identity
        and {
            "id": identity["id"],
            "kind": identity["kind"],
            "value": identity["display"] if not capabilities.client_api else "",
        },
        "allowed": option.allowed,
        "code": option.code,
        "params": {},
        "suggested": False,
        "continues_leg": option.continues_leg,
        "capabilities": {
            "subject": capabilities.subject,
            "cc": capabilities.cc,
            "html": capabilities.html,
            "attachments": capabilities.attachments,
            "quick_replies": capabilities.quick_replies,
            "max_text_chars": capabilities.max_text_chars,
            "max_attachment_bytes": capabilities.max_attachment_bytes,
            "icon": capabilities.icon,
        },
    }
