"""Contacts that somebody vouches for: a host who signs, a link that we signed ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.contacts.policy import IdentityInvalid, Normalised, clean_name, fold, normalise
from wasl.contacts.service import identities_changed
from wasl.contacts.tables import contacts, identities
from wasl.infra.errors import Invalid
from wasl.infra.ids import new_id


async def claim_identity(
    conn: AsyncConnection,
    contact_id: UUID,
    kind: str,
    value: str,
    *,
    verified_by: str,
    now: datetime,
) -> None:
    """Gives a contact a verified identity, unless somebody else has it verified."""
    address = normalise(kind, value)
    await _give(conn, contact_id, kind, address, verified_by, now)


async def vouched_contact(
    conn: AsyncConnection,
    addresses: Sequence[tuple[str, str]],
    *,
    name: str,
    region: str,
    verified_by: str,
    now: datetime,
) -> UUID:
    """The one contact with these addresses (kind, value), the first the surest.

    Found by the first address that somebody has verified, else made; it gets those addresses that
    nobody else has verified. Unreadable addresses are left out.
    """
    known: list[tuple[str, Normalised]] = []
    for kind, value in addresses:
        try:
            known.append((kind, normalise(kind, value, region=region)))
        except IdentityInvalid:
            continue
    # two clients of one person at once must not make two contacts
    for kind, address in sorted(known, key=lambda k: (k[0], k[1].value)):
        await conn.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))"),
            {"key": f"{kind}:{address.value}"},
        )
    contact_id = None
    for kind, address in known:
        contact_id = (
            await conn.execute(
                select(identities.c.contact_id).where(
                    identities.c.kind == kind,
                    identities.c.value == address.value,
                    identities.c.verified,
                )
            )
        ).scalar()
        if contact_id is not None:
            break
    if contact_id is None:
        contact_id = new_id()
        shown = clean_name(name)
        await conn.execute(
            insert(contacts).values(id=contact_id, name=shown, folded=fold(shown), created_at=now)
        )
    for kind, address in known:
        await _give(conn, contact_id, kind, address, verified_by, now)
    return UUID(str(contact_id))


async def _give(
    conn: AsyncConnection,
    contact_id: UUID,
    kind: str,
    address: Normalised,
    verified_by: str,
    now: datetime,
) -> None:
    owned = (
        await conn.execute(
            select(identities.c.id).where(
                identities.c.kind == kind,
                identities.c.value == address.value,
                identities.c.verified,
            )
        )
    ).scalar()
    if owned is not None:
        await conn.execute(
            update(identities).where(identities.c.id == owned).values(last_seen_at=now)
        )
        return
    row = upsert(identities).values(
        id=new_id(),
        contact_id=contact_id,
        kind=kind,
        value=address.value,
        display=address.display,
        verified=True,
        verified_by=verified_by,
        last_seen_at=now,
        created_at=now,
    )
    await conn.execute(
        row.on_conflict_do_update(
            index_elements=["kind", "value", "contact_id"],
            set_={"verified": True, "verified_by": verified_by, "last_seen_at": now},
        )
    )
    await identities_changed(conn, contact_id, now=now)


async def claim(
    conn: AsyncConnection, contact_id: UUID, kind: str, value: str, *, now: datetime
) -> UUID:
    """An address that a contact says is theirs: proves nothing. Raises Invalid; the identity."""
    address = _readable(kind, value)
    row = upsert(identities).values(
        id=new_id(),
        contact_id=contact_id,
        kind=kind,
        value=address.value,
        display=address.display,
        created_at=now,
    )
    found = await conn.execute(
        row.on_conflict_do_update(
            index_elements=["kind", "value", "contact_id"], set_={"display": address.display}
        ).returning(identities.c.id)
    )
    identity_id = UUID(str(found.scalar_one()))
    await identities_changed(conn, contact_id, now=now)
    return identity_id


def _readable(kind: str, value: str) -> Normalised:
    try:
        return normalise(kind, value)
    except IdentityInvalid:
        raise Invalid("identity_invalid", field=kind, kind=kind) from None
