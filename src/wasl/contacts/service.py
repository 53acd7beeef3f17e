"""Verbs on contacts and their identities; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.contacts import policy
from wasl.contacts.reads import proven_order
from wasl.contacts.tables import consents, contacts, identities, orders
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, Actor, Event, append
from wasl.infra.ids import new_id

AUDIENCE = frozenset({"all", "staff"})


def normalise(kind: str, value: str, *, region: str = "") -> policy.Normalised:
    """The one form of an address. Raises Invalid("identity_invalid", kind=…)."""
    try:
        return policy.normalise(kind, value, region=region)
    except policy.IdentityInvalid as refused:
        raise Invalid("identity_invalid", field="value", kind=refused.kind) from None


async def add(
    conn: AsyncConnection, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> UUID:
    """Makes a contact of columns of `contacts`. Raises NotFound("team_not_found")."""
    await _check_team(conn, values)
    contact_id = new_id()
    await conn.execute(insert(contacts).values(id=contact_id, created_at=now, **_stored(values)))
    await happened(conn, contact_id, "ContactAdded", 1, actor=actor, now=now)
    return contact_id


async def change(
    conn: AsyncConnection,
    contact_id: UUID,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    event: str = "ContactChanged",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Writes a contact's fields. Raises NotFound, Conflict("contact_merged", into=…)."""
    await _check_team(conn, values)
    row = (
        await conn.execute(
            update(contacts)
            .where(contacts.c.id == contact_id)
            .values(**_stored(values), version=contacts.c.version + 1)
            .returning(contacts.c.version, contacts.c.merged_into)
        )
    ).first()
    if row is None:
        raise NotFound("contact_not_found")
    if row.merged_into is not None:
        raise Conflict("contact_merged", into=row.merged_into)
    told = {**({"fields": sorted(values)} if values else {}), **(data or {})}
    await happened(conn, contact_id, event, row.version, actor=actor, now=now, data=told)


async def change_order(
    conn: AsyncConnection, code: str, proof: str, to: str, *, actor: Actor, now: datetime
) -> None:
    """Cancels an order, or notes that it comes back, for whoever proves that it is theirs as
    `order_shown_to` wants it; nothing happens when it is so already.

    Raises NotFound("order_not_found"), Conflict("order_status", status=…) when it can't become
    that any more or yet, Conflict("contact_merged") when its contact became another one just now.
    """
    found = await proven_order(conn, code, proof)
    if found is None:
        raise NotFound("order_not_found")
    # the contact first, as a merge locks them
    owner = select(contacts.c.id).where(contacts.c.id == found.contact_id).with_for_update()
    await conn.execute(owner)
    row = await proven_order(conn, code, proof, to_change=True)
    if row is None or row.contact_id != found.contact_id:
        raise Conflict("contact_merged")
    if not policy.may_become(row.status, to):
        raise Conflict("order_status", status=row.status)
    if row.status == to:
        return
    await conn.execute(update(orders).where(orders.c.id == row.id).values(status=to))
    told = {"order_id": str(row.id), "status": to, "was": row.status}
    await change(conn, row.contact_id, {}, actor=actor, now=now, event="OrderChanged", data=told)


async def add_identity(
    conn: AsyncConnection,
    contact_id: UUID,
    kind: str,
    value: str,
    *,
    actor: Actor,
    now: datetime,
    region: str = "",
    verified_by: str = "",
) -> UUID:
    """Notes that a contact is reached there; with `verified_by` it is certain that it is they.

    A claim that is there already stays the one claim, and becomes verified when this one is.
    Raises Invalid("identity_invalid"), Conflict("identity_taken", contact_id=…) when somebody
    else is its verified owner.
    """
    address = normalise(kind, value, region=region)
    owner: UUID | None = (
        await conn.execute(
            select(identities.c.contact_id).where(
                identities.c.kind == kind,
                identities.c.value == address.value,
                identities.c.verified,
            )
        )
    ).scalar_one_or_none()
    if owner not in (None, contact_id):
        raise Conflict("identity_taken", kind=kind, contact_id=owner)
    # locks the contact's row, so that a merge can't run in between
    await change(conn, contact_id, {}, actor=actor, now=now, event="IdentityAdded")
    verification = {"verified": True, "verified_by": verified_by} if verified_by else {}
    claim = upsert(identities).values(
        id=new_id(),
        contact_id=contact_id,
        kind=kind,
        value=address.value,
        display=address.display,
        created_at=now,
        **verification,
    )
    try:
        async with conn.begin_nested():
            identity_id: UUID = (
                await conn.execute(
                    claim.on_conflict_do_update(
                        index_elements=["kind", "value", "contact_id"],
                        set_={"display": address.display, **verification},
                    ).returning(identities.c.id)
                )
            ).scalar_one()
    except IntegrityError:  # somebody else became its verified owner just now
        raise Conflict("identity_taken", kind=kind) from None
    return identity_id


async def identities_changed(conn: AsyncConnection, contact_id: UUID, *, now: datetime) -> None:
    """Records that somebody was found to be reached elsewhere, or proved who they are."""
    version = (
        await conn.execute(
            update(contacts)
            .where(contacts.c.id == contact_id)
            .values(version=contacts.c.version + 1)
            .returning(contacts.c.version)
        )
    ).scalar_one()
    await happened(conn, contact_id, "IdentityAdded", version, actor=SYSTEM, now=now)


async def set_consent(
    conn: AsyncConnection,
    contact_id: UUID,
    kind: str,
    purpose: str,
    allowed: bool | None,
    *,
    source: str,
    actor: Actor,
    now: datetime,
) -> bool | None:
    """Notes what a contact allows on an identity kind; None: never asked. What it was before.

    Raises NotFound, Conflict("contact_merged"), Invalid("consent_kind_unknown") for a kind that
    the contact has no identity of.
    """
    given = {"kind": kind, "purpose": purpose, "allowed": allowed}
    await change(conn, contact_id, {}, actor=actor, now=now, event="ConsentChanged", data=given)
    this = (
        consents.c.contact_id == contact_id,
        consents.c.kind == kind,
        consents.c.purpose == purpose,
    )
    before: bool | None = (
        await conn.execute(select(consents.c.allowed).where(*this))
    ).scalar_one_or_none()
    if allowed is None:
        await conn.execute(delete(consents).where(*this))
        return before
    owned = select(identities.c.id).where(
        identities.c.contact_id == contact_id, identities.c.kind == kind
    )
    if before is None and (await conn.execute(owned.limit(1))).first() is None:
        raise Invalid("consent_kind_unknown", field="kind", kind=kind)
    values = {"allowed": allowed, "source": source, "at": now}
    await conn.execute(
        upsert(consents)
        .values(contact_id=contact_id, kind=kind, purpose=purpose, **values)
        .on_conflict_do_update(index_elements=["contact_id", "kind", "purpose"], set_=values)
    )
    return before


async def happened(
    conn: AsyncConnection,
    contact_id: UUID,
    what: str,
    version: int,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Records what happened to a contact, at a version taken under its row's lock."""
    await append(
        conn,
        Event(
            type=what,
            aggregate_kind="contact",
            aggregate_id=contact_id,
            aggregate_version=version,
            audience=AUDIENCE,
            actor=actor,
            at=now,
            data=data or {},
        ),
    )


async def _check_team(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    team_id = values.get("team_id")
    if team_id is not None and await accounts.team_ref(conn, team_id) is None:
        raise NotFound("team_not_found")


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(values)
    if "name" in stored:
        stored["name"] = policy.clean_name(stored["name"])
        stored["folded"] = policy.fold(stored["name"])
    return stored
