"""What others may read of contacts: names, identities, orders, consents and the whole view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.contacts.policy import IdentityInvalid, fold, normalise
from wasl.contacts.tables import consents, contacts, identities, orders
from wasl.infra.errors import Invalid, NotFound
from wasl.infra.statements import run_together

_LONGEST_QUERY = 200
_MOST_WORDS = 8
# identities that people can read come first where one stands in for a name
_READABLE = case((identities.c.kind == "email", 0), (identities.c.kind == "phone", 1), else_=2)


# For the hot paths of others: one statement joins these.
NAMED = """
SELECT k.id,
  coalesce(nullif(k.name, ''), (
    SELECT i.display FROM identities i WHERE i.contact_id = k.id
    ORDER BY i.verified DESC, CASE i.kind WHEN 'email' THEN 0 WHEN 'phone' THEN 1 ELSE 2 END, i.id
    LIMIT 1), '') AS name,
  -- a kept visitor token says that it is the same visitor, not who that is
  EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id AND i.verified
    AND (i.kind <> 'web_visitor' OR i.verified_by IN ('host', 'link'))) AS verified
FROM contacts k
"""
DISPLAYED = "SELECT id, display FROM identities"


async def names(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """`{"id", "name", "verified"}` of each contact; a nameless one is shown by an identity."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    (rows,) = await run_together(conn, (f"{NAMED} WHERE k.id = ANY (%(ids)s)", {"ids": wanted}))
    return {row.id: {"id": row.id, "name": row.name, "verified": row.verified} for row in rows}


async def plain_names(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The name of each contact, as `names` shows it."""
    return {id_: shown["name"] for id_, shown in (await names(conn, ids)).items()}


async def also_known(conn: AsyncConnection, contact_id: UUID) -> list[UUID]:
    """A contact's id and those of the ones that were merged into it."""
    chain = select(contacts.c.id).where(contacts.c.id == contact_id).cte("chain", recursive=True)
    chain = chain.union(select(contacts.c.id).where(contacts.c.merged_into == chain.c.id))
    return list((await conn.execute(select(chain.c.id).limit(1_000))).scalars())


async def plain_fields(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Name, locale, company and city of each contact."""
    columns = (contacts.c.name, contacts.c.locale, contacts.c.company, contacts.c.city)
    rows = await conn.execute(
        select(contacts.c.id, *columns).where(contacts.c.id.in_(list(set(ids))))
    )
    return {row.id: row._asdict() for row in rows}


async def current_id(conn: AsyncConnection, contact_id: UUID) -> UUID:
    """The contact that this one is today: itself, or the one it was merged into.

    Raises NotFound("contact_not_found").
    """
    chain = (
        select(contacts.c.id, contacts.c.merged_into)
        .where(contacts.c.id == contact_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union(
        select(contacts.c.id, contacts.c.merged_into).where(contacts.c.id == chain.c.merged_into)
    )
    found: UUID | None = (
        await conn.execute(select(chain.c.id).where(chain.c.merged_into.is_(None)))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("contact_not_found")
    return found


async def view(conn: AsyncConnection, contact_id: UUID) -> dict[str, Any]:
    """A contact with identities, orders and consents; one that was merged is shown as its base.

    Raises NotFound("contact_not_found").
    """
    contact_id = await current_id(conn, contact_id)
    row = (await conn.execute(select(contacts).where(contacts.c.id == contact_id))).one()
    return {
        "id": row.id,
        "name": row.name,
        "locale": row.locale,
        "time_zone": row.time_zone,
        "company": row.company,
        "city": row.city,
        "tags": row.tags,
        "attributes": row.attributes,
        "preferred_channel": row.preferred_channel,
        "team_id": row.team_id,
        "team": await accounts.team_ref(conn, row.team_id) if row.team_id else None,
        "created_at": row.created_at,
        "version": row.version,
        "identities": await identities_of(conn, contact_id),
        "orders": await orders_of(conn, contact_id),
        "consents": await consents_of(conn, contact_id),
    }


async def identities_of(conn: AsyncConnection, contact_id: UUID) -> list[dict[str, Any]]:
    """A contact's identities, verified ones first."""
    return (await _identities(conn, [contact_id])).get(contact_id, [])


async def orders_of(conn: AsyncConnection, contact_id: UUID) -> list[dict[str, Any]]:
    """A contact's orders, newest first, at most 50."""
    rows = await conn.execute(
        select(orders)
        .where(orders.c.contact_id == contact_id)
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(50)
    )
    return [order_of(row) for row in rows]


async def order_shown_to(conn: AsyncConnection, code: str, proof: str) -> dict[str, Any] | None:
    """The order of this code, when `proof` (an e-mail address or a phone number) is one of its
    contact's verified ones; None says neither which of the two is wrong."""
    row = await proven_order(conn, code, proof)
    return None if row is None else order_of(row)


async def proven_order(
    conn: AsyncConnection, code: str, proof: str, *, to_change: bool = False
) -> Any | None:
    """The row that `order_shown_to` shows; locked, `to_change` it."""
    kind = "email" if "@" in proof else "phone"
    try:
        address = normalise(kind, proof)
    except IdentityInvalid:
        return None
    query = (
        select(orders)
        .join(identities, identities.c.contact_id == orders.c.contact_id)
        .where(
            orders.c.code.in_([code.strip(), code.strip().upper()]),
            identities.c.kind == kind,
            identities.c.value == address.value,
            identities.c.verified,
        )
    )
    if to_change:
        query = query.with_for_update(of=orders)
    return (await conn.execute(query)).first()


def first_orders_of(contact_ids: str) -> str:
    """The SQL that reads, for `order_of`, the newest order of each contact whom a query finds."""
    return f"""
SELECT newest.* FROM ({contact_ids}) AS wanted (id) CROSS JOIN LATERAL (
  SELECT * FROM orders WHERE contact_id = wanted.id ORDER BY placed_at DESC, id DESC LIMIT 1
) AS newest
"""  # noqa: S608  # our constants


async def lifetime(conn: AsyncConnection, contact_id: UUID) -> tuple[int, str]:
    """What a contact has bought for and kept, in minor units of the currency they use most."""
    row = (
        await conn.execute(
            select(orders.c.currency, func.sum(orders.c.total_minor).label("total"))
            .where(
                orders.c.contact_id == contact_id,
                orders.c.status.not_in(("cancelled", "returned")),
            )
            .group_by(orders.c.currency)
            .order_by(func.count().desc(), orders.c.currency)
            .limit(1)
        )
    ).first()
    return (int(row.total), row.currency) if row else (0, "")


async def order_dates(
    conn: AsyncConnection, contact_id: UUID, *, limit: int
) -> list[tuple[datetime, str, bool]]:
    """When a contact ordered, the order's code and whether it is still on its way; newest first."""
    rows = await conn.execute(
        select(orders.c.placed_at, orders.c.code, orders.c.status)
        .where(orders.c.contact_id == contact_id)
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    done = ("delivered", "returned", "cancelled")
    return [(row.placed_at, row.code, row.status not in done) for row in rows]


async def consents_of(conn: AsyncConnection, contact_id: UUID) -> list[dict[str, Any]]:
    """What a contact has allowed and refused, by identity kind and purpose."""
    rows = await conn.execute(
        select(consents)
        .where(consents.c.contact_id == contact_id)
        .order_by(consents.c.kind, consents.c.purpose)
    )
    return [
        {
            "kind": row.kind,
            "purpose": row.purpose,
            "allowed": row.allowed,
            "source": row.source,
            "at": row.at,
        }
        for row in rows
    ]


async def search(
    conn: AsyncConnection, query: str = "", *, after: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """A page of contacts, newest first: each word is in the name, or the query in an identity.

    Raises Invalid("cursor_invalid").
    """
    found = (
        select(contacts.c.id, contacts.c.name, contacts.c.locale)
        .where(contacts.c.merged_into.is_(None))
        .order_by(contacts.c.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        found = found.where(contacts.c.id < _cursor(after))
    words = fold(query[:_LONGEST_QUERY]).split()[:_MOST_WORDS]
    if words:
        named = select(contacts.c.id).where(
            *(contacts.c.folded.contains(word, autoescape=True) for word in words)
        )
        reached = select(identities.c.contact_id).where(
            identities.c.value.contains(_address_part(query), autoescape=True)
        )
        found = found.where(contacts.c.id.in_(union(named, reached)))
    elif query.strip():
        return {"items": [], "next": None}
    rows = (await conn.execute(found)).all()
    page = rows[:limit]
    reached_at = await _identities(conn, [row.id for row in page])
    return {
        "items": [_found(row, reached_at.get(row.id, [])) for row in page],
        "next": str(page[-1].id) if len(rows) > limit else None,
    }


def _address_part(query: str) -> str:
    """The query as a stretch of a normalised address; a national number loses its leading zero."""
    text = query.strip()[:_LONGEST_QUERY]
    try:
        return normalise("email", text).value
    except IdentityInvalid:
        folded = fold(text)
    compact = "".join(c for c in folded if c not in " ()-.")
    return compact.lstrip("+0") if compact.lstrip("+").isdigit() else folded


def _found(row: Any, reached_at: Sequence[dict[str, Any]]) -> dict[str, Any]:
    seen = [one["last_seen_at"] for one in reached_at if one["last_seen_at"] is not None]
    return {
        "id": row.id,
        "name": row.name or (reached_at[0]["display"] if reached_at else ""),
        "locale": row.locale,
        "identities": list(reached_at),
        "last_seen_at": max(seen, default=None),
    }


def _cursor(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise Invalid("cursor_invalid", field="after") from None


async def _identities(
    conn: AsyncConnection, contact_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    if not contact_ids:
        return {}
    rows = await conn.execute(
        select(identities)
        .where(identities.c.contact_id.in_(contact_ids))
        .order_by(
            identities.c.verified.desc(),
            _READABLE,
            identities.c.last_seen_at.desc().nulls_last(),
            identities.c.id,
        )
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.contact_id, []).append(
            {
                "id": row.id,
                "kind": row.kind,
                "value": row.value,
                "display": row.display,
                "verified": row.verified,
                "verified_by": row.verified_by,
                "last_seen_at": row.last_seen_at,
            }
        )
    return found


def order_of(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.code,
        "status": row.status,
        "total_minor": row.total_minor,
        "currency": row.currency,
        "placed_at": row.placed_at,
        "expected_at": row.expected_at,
        "delivered_at": row.delivered_at,
        "items": row.items,
    }


async def search_ids(conn: AsyncConnection, query: str, *, limit: int) -> list[UUID]:
    """The contacts that a search finds, for searches in what belongs to them."""
    found = await search(conn, query, limit=limit)
    return [item["id"] for item in found["items"]]


async def identity_for(
    conn: AsyncConnection, contact_id: UUID, kind: str, preferred: UUID | None
) -> dict[str, Any] | None:
    """The address of a kind to write to: the preferred one, else a verified, else the latest."""
    wanted = {"contact": contact_id, "kind": kind, "preferred": preferred}
    (rows,) = await run_together(conn, (_IDENTITY_FOR, wanted))
    return rows[0]._asdict() if rows else None


_IDENTITY_FOR = """
SELECT id, kind, value, display FROM identities
WHERE contact_id = %(contact)s AND kind = %(kind)s
ORDER BY (id = %(preferred)s) DESC NULLS LAST, verified DESC, last_seen_at DESC NULLS LAST, id
LIMIT 1
"""


async def identity_ids(conn: AsyncConnection, kind: str, value: str) -> list[UUID]:
    """The identities with an address, verified or claimed."""
    rows = await conn.execute(
        select(identities.c.id).where(identities.c.kind == kind, identities.c.value == value)
    )
    return [row.id for row in rows]
