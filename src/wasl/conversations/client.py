"""The contact's own client (widget, app): who they are, what they may see, what they may do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, contacts
from wasl.channels import adapter_of
from wasl.channels.contract import Address, Channel, InboundMessage, Taken
from wasl.conversations.facts import Source
from wasl.conversations.hooks import Standing, hooks
from wasl.conversations.ingest import take_message
from wasl.conversations.joining import join_contacts
from wasl.conversations.policy import clean_text, code_of
from wasl.conversations.sql import CURRENT
from wasl.conversations.tables import messages
from wasl.conversations.views import (
    messages_by_ids,
    messages_in,
    messages_statement,
    timeline,
)
from wasl.infra.crypto import Sealer
from wasl.infra.errors import Conflict, Invalid, Unauthenticated
from wasl.infra.events import Actor
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together

TOKEN_LASTS = timedelta(days=365)
LINK_LASTS = timedelta(days=30)
_VISITOR, _LINK = "visitor", "continue"


class Visitor(msgspec.Struct, frozen=True):
    """Whose client it is: `id` is the value of the identity of kind web_visitor. `known` when the
    host or a signed link has said who that is."""

    channel_id: UUID
    id: UUID
    known: bool = False


class Link(msgspec.Struct, frozen=True):
    """What a signed link opens."""

    channel_id: UUID
    conversation_id: UUID


class HostIdentity(msgspec.Struct, frozen=True):
    """What the host's server signs of a person who is signed in there."""

    id: str
    exp: int
    signature: str
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a contact writes, with what the client says beside it."""

    client_id: UUID
    text: str
    attachment_ids: tuple[UUID, ...] = ()
    profile: Mapping[str, str] | None = None
    page: Mapping[str, str] | None = None
    locale: str = ""


def token_for(sealer: Sealer, visitor: Visitor, now: datetime) -> str:
    """The token that makes a visitor the same visitor next time."""
    return sealer.sign_until(_VISITOR, msgspec.json.encode(visitor), now + TOKEN_LASTS)


def visitor_of(sealer: Sealer, channel: Channel, token: str, now: datetime) -> Visitor:
    """The visitor of a token of this channel; Unauthenticated("visitor_refused")."""
    opened = sealer.verify_until(_VISITOR, token[:2000], now)
    if opened is not None:
        visitor = msgspec.json.decode(opened, type=Visitor)
        if visitor.channel_id == channel.id:
            return visitor
    raise Unauthenticated("visitor_refused")


def link_token(sealer: Sealer, link: Link, now: datetime) -> str:
    """A signed link's token: whoever holds it may go on with that conversation."""
    return sealer.sign_until(_LINK, msgspec.json.encode(link), now + LINK_LASTS)


def read_link(sealer: Sealer, token: str, now: datetime) -> Link:
    """What a link opens; Unauthenticated("link_refused") when forged or expired."""
    opened = sealer.verify_until(_LINK, token[:2000], now)
    if opened is None:
        raise Unauthenticated("link_refused")
    return msgspec.json.decode(opened, type=Link)


def new_visitor(channel: Channel) -> Visitor:
    """Somebody whom we have not seen."""
    return Visitor(channel.id, new_id())


async def visitor_of_link(
    conn: AsyncConnection, link: Link, *, now: datetime
) -> tuple[Visitor, UUID]:
    """A known visitor for the contact of the link's conversation, and that conversation."""
    row = (
        await conn.execute(
            text(
                "SELECT d.id, d.contact_id FROM conversations c"
                " JOIN conversations d ON d.id = coalesce(c.merged_into, c.id) WHERE c.id = :id"
            ),
            {"id": link.conversation_id},
        )
    ).first()
    if row is None:
        raise Unauthenticated("link_refused")
    # the same link gives the same visitor: opening it twice is one client
    visitor = Visitor(link.channel_id, uuid5(link.channel_id, f"link:{row.id}"), known=True)
    await contacts.claim_identity(
        conn, row.contact_id, "web_visitor", str(visitor.id), verified_by="link", now=now
    )
    return visitor, row.id


def signature_of(secret: str, identity: HostIdentity) -> str:
    """HMAC-SHA256 over "id.exp.email.phone.name", in hex: what the host's server computes."""
    signed = ".".join(
        (identity.id, str(identity.exp), identity.email, identity.phone, identity.name)
    )
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


async def visitor_of_host(
    conn: AsyncConnection, channel: Channel, identity: HostIdentity, *, now: datetime
) -> Visitor:
    """The known visitor that the host vouches for: a verified contact, found by the host's own id
    or by the e-mail address or phone number that the host has signed."""
    secret = channel.config.identity_secret.get_secret_value()
    right = bool(secret) and hmac.compare_digest(
        signature_of(secret, identity).encode(), identity.signature.lower().encode()
    )
    if not right or identity.exp < now.timestamp() or not 0 < len(identity.id) <= 200:
        raise Unauthenticated("identity_refused")
    visitor = Visitor(channel.id, uuid5(channel.id, f"host:{identity.id}"), known=True)
    addresses = [("web_visitor", str(visitor.id))]
    addresses += [(k, v) for k, v in (("email", identity.email), ("phone", identity.phone)) if v]
    await contacts.vouched_contact(
        conn,
        addresses,
        name=identity.name,
        region=str(channel.config.region),
        verified_by="host",
        now=now,
    )
    return visitor


async def bring_along(
    conn: AsyncConnection, unknown: Visitor, known: Visitor, *, now: datetime
) -> None:
    """Somebody who has chatted has signed in: what they said becomes their contact's, unless the
    earlier visitor is somebody already."""
    before, after = await contact_id_of(conn, unknown), await contact_id_of(conn, known)
    if unknown.known or before is None or after is None or before.id == after.id:
        return
    if (await contacts.names(conn, [before.id]))[before.id]["verified"]:
        return
    await join_contacts(conn, after.id, before.id, actor=Actor("contact", after.id), now=now)


def _source(channel: Channel, visitor: Visitor) -> Source:
    capabilities = adapter_of(channel.kind).capabilities
    return Source(
        channel.id,
        channel.kind,
        capabilities,
        capabilities.identity_kind,
        str(visitor.id),
        str(visitor.id)[-8:],
        known=visitor.known,
    )


async def current(conn: AsyncConnection, visitor: Visitor) -> UUID | None:
    """The conversation that the client shows: the newest that the visitor may see."""
    values = {"visitor": str(visitor.id), "known": visitor.known}
    (found,) = await run_together(conn, (CURRENT, values))
    return found[0].id if found else None


@dataclass(frozen=True, slots=True)
class OwnContact:
    """The visitor's own contact, as far as sockets need it."""

    id: UUID
    name: str


async def contact_id_of(conn: AsyncConnection, visitor: Visitor) -> OwnContact | None:
    """The visitor's contact, once there is one."""
    (found,) = await run_together(conn, (_OWN_CONTACT, {"visitor": str(visitor.id)}))
    return OwnContact(found[0].id, found[0].name or "") if found else None


async def standing_of(
    conn: AsyncConnection, visitor: Visitor
) -> tuple[OwnContact | None, UUID | None]:
    """The visitor's contact and the conversation that the client shows, in one round trip."""
    values = {"visitor": str(visitor.id), "known": visitor.known}
    own, shown = await run_together(conn, (_OWN_CONTACT, values), (CURRENT, values))
    contact = OwnContact(own[0].id, own[0].name or "") if own else None
    return contact, shown[0].id if shown else None


@dataclass(frozen=True, slots=True)
class News:
    """What a client is told: where the visitor stands now, those of the messages that they may
    see, by seq, and what stands above them."""

    contact: OwnContact | None
    conversation_id: UUID | None
    messages: Sequence[Mapping[str, Any]]
    conversation: Mapping[str, Any] | None


async def news_of(
    conn: AsyncConnection,
    visitor: Visitor,
    ids: Iterable[UUID],
    *,
    shown: UUID | None,
    now: datetime,
) -> News:
    """What has become of the messages of these ids and of the conversation. In one round trip,
    while it is the `shown` one and nothing waits."""
    values = {"visitor": str(visitor.id), "known": visitor.known}
    own, current, found, legs, heads = await run_together(
        conn,
        (_OWN_CONTACT, values),
        (CURRENT, values),
        messages_statement(ids),
        (_OWN_LEGS, {"visitor": str(visitor.id)}),
        (_HEAD, {"id": shown}),
    )
    contact = OwnContact(own[0].id, own[0].name or "") if own else None
    if not current:
        return News(contact, None, [], None)
    conversation_id = current[0].id
    if conversation_id != shown:
        (heads,) = await run_together(conn, (_HEAD, {"id": conversation_id}))
    own_legs = frozenset(row.id for row in legs)
    shown_to_them = [
        client_message(message, visitor, own_legs)
        for message in messages_in(found).values()
        if message["_conversation_id"] == conversation_id
    ]
    seen = sorted((m for m in shown_to_them if m is not None), key=lambda m: m["seq"])
    return News(contact, conversation_id, seen, await _standing(conn, heads[0], now))


_OWN_CONTACT = f"""
SELECT i.contact_id AS id, k.name
FROM identities i LEFT JOIN ({contacts.NAMED}) k ON k.id = i.contact_id
WHERE i.kind = 'web_visitor' AND i.value = %(visitor)s LIMIT 1
"""  # noqa: S608  # our constants


async def contact_of(conn: AsyncConnection, visitor: Visitor) -> dict[str, str] | None:
    """What the client may show of the visitor's own contact."""
    own = await contact_id_of(conn, visitor)
    if own is None:
        return None
    shown = await contacts.view(conn, own.id)
    address = next((i["display"] for i in shown["identities"] if i["kind"] == "email"), "")
    return {"name": shown["name"], "email": address}


_HEAD = f"""
SELECT c.id, c.number, c.status, c.state, c.interaction_id, c.contact_read_seq, c.agent_read_seq,
  c.assignee_id AS agent_id, agent.name AS agent
FROM conversations c LEFT JOIN ({accounts.NAMED}) agent ON agent.id = c.assignee_id
WHERE c.id = %(id)s
"""  # noqa: S608  # our constants


async def conversation_view(conn: AsyncConnection, conversation_id: UUID) -> dict[str, Any]:
    """What the client shows above the messages."""
    ((row,),) = await run_together(conn, (_HEAD, {"id": conversation_id}))
    return _head(row)


async def standing_view(
    conn: AsyncConnection, conversation_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """`conversation_view` with `place` in the queue, from 1, and `expected_wait_s`; both None for
    what doesn't wait there."""
    ((row,),) = await run_together(conn, (_HEAD, {"id": conversation_id}))
    return await _standing(conn, row, now)


async def _standing(conn: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
    standing = Standing()
    if row.state in ("queued", "offered"):
        standing = await hooks.standing(conn, row.interaction_id, now)
    return {**_head(row), **asdict(standing)}


def _head(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": code_of(row.number, 1),
        "status": "resolved" if row.status == "resolved" else "open",
        "state": row.state,
        "agent": {"name": row.agent} if row.agent_id else None,
        "contact_read_seq": row.contact_read_seq,
        "agent_read_seq": row.agent_read_seq,
    }


async def client_timeline(
    conn: AsyncConnection,
    visitor: Visitor,
    *,
    now: datetime,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """The newest messages that the visitor may see, with their conversation."""
    conversation_id = await current(conn, visitor)
    if conversation_id is None:
        return {"items": [], "next": None, "conversation": None}
    found = await timeline(conn, conversation_id, before=before, after=after, limit=limit)
    own_legs = await own_leg_ids(conn, visitor)
    items = [m for m in (client_message(m, visitor, own_legs) for m in found) if m is not None]
    older = found[0]["seq"] if after is None and len(found) == limit else None
    return {
        "items": items,
        "next": older,
        "conversation": await standing_view(conn, conversation_id, now=now),
    }


async def own_leg_ids(conn: AsyncConnection, visitor: Visitor) -> frozenset[UUID]:
    """The legs that are the visitor's own."""
    (rows,) = await run_together(conn, (_OWN_LEGS, {"visitor": str(visitor.id)}))
    return frozenset(row.id for row in rows)


_OWN_LEGS = """
SELECT l.id FROM legs l JOIN identities i ON i.id = l.identity_id
WHERE i.kind = 'web_visitor' AND i.value = %(visitor)s
"""


def client_message(
    message: Mapping[str, Any], visitor: Visitor, own_legs: frozenset[UUID]
) -> dict[str, Any] | None:
    """ClientMessage, or None for what the visitor may not see: notes, activities, and for an
    unknown visitor everything that was not said on their own web chat."""
    if message["kind"] != "message":
        return None
    if not visitor.known and message["leg_id"] not in own_legs:
        return None
    deleted = message["deleted_at"] is not None
    return {
        "id": message["id"],
        "client_id": message["client_id"],
        "seq": message["seq"],
        "direction": message["direction"],
        "author": {"kind": message["author"]["kind"], "name": message["author"]["name"]},
        "text": "" if deleted else message["text"],
        "subject": message["subject"],
        "channel_kind": (message["channel"] or {}).get("kind"),
        "attachments": [] if deleted else message["attachments"],
        "quick_replies": message["quick_replies"],
        "state": message["state"],
        "created_at": message["created_at"],
        "edited_at": message["edited_at"],
        "deleted_at": message["deleted_at"],
        "version": message["version"],
    }


async def say(
    conn: AsyncConnection, channel: Channel, visitor: Visitor, words: Words, *, now: datetime
) -> dict[str, Any]:
    """Takes what the visitor writes; the same `client_id` again gives the same message. The
    caller's transaction ends with it."""
    limit = adapter_of(channel.kind).capabilities.max_text_chars
    if len(words.text) > limit:
        raise Invalid("text_too_long", field="text", limit=limit)
    if not clean_text(words.text, limit=limit).strip() and not words.attachment_ids:
        raise Invalid("text_empty", field="text")
    page = {k: clean_text(v, limit=500) for k, v in (words.page or {}).items()}
    item = InboundMessage(
        provider_id=f"{visitor.id}:{words.client_id}",
        sender=Address("web_visitor", str(visitor.id)),
        text=words.text.strip(),
        proven=True,
        locale=words.locale,
        attributes={"page": page} if page else {},
        profile=words.profile or {},
    )
    taken = await take_message(
        conn,
        _source(channel, visitor),
        item,
        now=now,
        client_id=str(words.client_id),
        uploads=words.attachment_ids,
        uploader=f"visitor:{visitor.id}",
    )
    if taken.message_id is None or taken.conversation_id is None:
        raise Conflict("message_not_taken")
    if taken.duplicate or words.attachment_ids:
        shown = (await messages_by_ids(conn, [taken.message_id]))[taken.message_id]
        message = client_message(shown, visitor, frozenset({shown["leg_id"]}))
    else:
        message = _just_said(channel, words, item, taken, now)
    ((head,),) = await run_together(conn, (_HEAD, {"id": taken.conversation_id}), commits=True)
    return {"message": message, "conversation": _head(head)}


def _just_said(
    channel: Channel, words: Words, item: InboundMessage, taken: Taken, now: datetime
) -> dict[str, Any]:
    """ClientMessage of what was taken this moment, without reading it back: the hot path."""
    limit = adapter_of(channel.kind).capabilities.max_text_chars
    return {
        "id": taken.message_id,
        "client_id": str(words.client_id),
        "seq": taken.seq,
        "direction": "in",
        "author": {"kind": "contact", "name": (words.profile or {}).get("name", "")},
        "text": clean_text(item.text, limit=limit),
        "subject": "",
        "channel_kind": channel.kind,
        "attachments": [],
        "quick_replies": [],
        "state": None,
        "created_at": now,
        "edited_at": None,
        "deleted_at": None,
        "version": 1,
    }


async def may_fetch(conn: AsyncConnection, visitor: Visitor, row: Any) -> bool:
    """Whether the visitor may have an attachment: their own upload, or one of their messages."""
    if row.owner == f"visitor:{visitor.id}":
        return True
    if row.message_id is None or row.conversation_id != await current(conn, visitor):
        return False
    leg_id = (
        await conn.execute(select(messages.c.leg_id).where(messages.c.id == row.message_id))
    ).scalar()
    return row.message_kind == "message" and (
        visitor.known or leg_id in await own_leg_ids(conn, visitor)
    )
