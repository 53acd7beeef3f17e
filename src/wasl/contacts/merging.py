"""Two contacts who are one person: merging them, and undoing it.

The other contact's row stays, so that undoing finds what was filled in from it; what moved is
kept in the audit log by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts
from wasl.contacts import policy
from wasl.contacts.service import happened
from wasl.contacts.tables import consents, contacts, identities, orders
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import Actor


async def merge(
    conn: AsyncConnection,
    base_id: UUID,
    other_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    conversation_ids: Iterable[UUID] = (),
) -> None:
    """Merges `other_id` into `base_id`: the base wins, blanks are filled, the rest moves.

    `conversation_ids` are those that the caller moves along, recorded for `unmerge`.
    Raises Invalid("merge_with_itself"), NotFound, Conflict("contact_merged", into=…).
    """
    if base_id == other_id:
        raise Invalid("merge_with_itself", field="other_id")
    base, other = await _locked(conn, base_id, other_id)
    for row in (base, other):
        if row["merged_into"] is not None:
            raise Conflict("contact_merged", into=row["merged_into"])
    before = {
        "filled": asdict(policy.filled_by(base, other)),
        "verified": await _hand_over_verification(conn, base_id, other_id),
        "identities": await _move_identities(conn, base_id, other_id),
        "orders": await _move(conn, orders, other_id, base_id),
        "consents": await _move_consents(conn, base_id, other_id),
        "conversations": [str(one) for one in conversation_ids],
    }
    await _write(conn, base, policy.merged_fields(base, other), "ContactMerged", actor, now)
    await _write(conn, other, {"merged_into": base_id}, "ContactMergedAway", actor, now)
    await accounts.audit(
        conn,
        actor,
        "contact.merge",
        "contact",
        base_id,
        before=before,
        after={"other_id": str(other_id)},
    )


async def unmerge(
    conn: AsyncConnection, base_id: UUID, other_id: UUID, *, actor: Actor, now: datetime
) -> list[UUID]:
    """Undoes a merge; what was changed since stays. The conversations that go back to the other.

    Raises NotFound, Conflict("not_merged"), Conflict("contact_merged", into=…).
    """
    base, other = await _locked(conn, base_id, other_id)
    if base["merged_into"] is not None:
        raise Conflict("contact_merged", into=base["merged_into"])
    moved = await accounts.last_audited(conn, "contact.merge", base_id, {"other_id": str(other_id)})
    if other["merged_into"] != base_id or moved is None:
        raise Conflict("not_merged")
    for table in (identities, orders):
        ids = [UUID(one) for one in moved[table.name]]
        await _move(conn, table, base_id, other_id, table.c.id.in_(ids))
    keys = [tuple(key) for key in moved["consents"]]
    await conn.execute(
        update(consents)
        .where(
            consents.c.contact_id == base_id,
            tuple_(consents.c.kind, consents.c.purpose).in_(keys),
        )
        .values(contact_id=other_id)
    )
    await _give_verification_back(conn, moved["verified"])
    undone = policy.unmerged_fields(base, other, policy.Filled(**moved["filled"]))
    await _write(conn, base, undone, "ContactUnmerged", actor, now)
    await _write(conn, other, {"merged_into": None}, "ContactUnmerged", actor, now)
    await accounts.audit(
        conn, actor, "contact.unmerge", "contact", base_id, after={"other_id": str(other_id)}
    )
    return [UUID(one) for one in moved["conversations"]]


async def hold(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Locks contacts, so that nothing new is opened for them meanwhile; their rows by id."""
    rows = await conn.execute(
        select(contacts)
        .where(contacts.c.id.in_(set(ids)))
        .order_by(contacts.c.id)  # everybody locks in this order
        .with_for_update()
    )
    return {row["id"]: dict(row) for row in rows.mappings()}


async def _locked(
    conn: AsyncConnection, base_id: UUID, other_id: UUID
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    found = await hold(conn, (base_id, other_id))
    if len(found) < 2:
        raise NotFound("contact_not_found")
    return dict(found[base_id]), dict(found[other_id])


async def _hand_over_verification(
    conn: AsyncConnection, base_id: UUID, other_id: UUID
) -> list[list[str]]:
    """Where both claim one address and the other is verified, the base's claim becomes so."""
    mine, theirs = identities.alias("mine"), identities.alias("theirs")
    pairs = (
        await conn.execute(
            select(mine.c.id.label("mine"), theirs.c.id.label("theirs"), theirs.c.verified_by)
            .join(
                theirs,
                and_(mine.c.kind == theirs.c.kind, mine.c.value == theirs.c.value),
            )
            .where(mine.c.contact_id == base_id, theirs.c.contact_id == other_id, theirs.c.verified)
        )
    ).all()
    for pair in pairs:
        await _swap_verification(conn, pair.theirs, pair.mine, pair.verified_by)
    return [[str(pair.mine), str(pair.theirs), pair.verified_by] for pair in pairs]


async def _give_verification_back(conn: AsyncConnection, pairs: list[list[str]]) -> None:
    for mine, theirs, verified_by in pairs:
        await _swap_verification(conn, UUID(mine), UUID(theirs), verified_by)


async def _swap_verification(
    conn: AsyncConnection, from_id: UUID, to_id: UUID, verified_by: str
) -> None:
    # one verified owner of an address at any moment
    for identity_id, values in (
        (from_id, {"verified": False, "verified_by": ""}),
        (to_id, {"verified": True, "verified_by": verified_by}),
    ):
        await conn.execute(
            update(identities).where(identities.c.id == identity_id).values(**values)
        )


async def _move_identities(conn: AsyncConnection, base_id: UUID, other_id: UUID) -> list[str]:
    """Moves what the base does not claim itself; legs still refer to the claims that stay."""
    claimed = identities.alias("claimed")
    known = (
        select(claimed.c.id)
        .where(
            claimed.c.contact_id == base_id,
            claimed.c.kind == identities.c.kind,
            claimed.c.value == identities.c.value,
        )
        .exists()
    )
    return await _move(conn, identities, other_id, base_id, ~known)


async def _move_consents(conn: AsyncConnection, base_id: UUID, other_id: UUID) -> list[list[str]]:
    decided = consents.alias("decided")
    known = (
        select(decided.c.kind)
        .where(
            decided.c.contact_id == base_id,
            decided.c.kind == consents.c.kind,
            decided.c.purpose == consents.c.purpose,
        )
        .exists()
    )
    rows = await conn.execute(
        update(consents)
        .where(consents.c.contact_id == other_id, ~known)
        .values(contact_id=base_id)
        .returning(consents.c.kind, consents.c.purpose)
    )
    return [[row.kind, row.purpose] for row in rows]


async def _move(
    conn: AsyncConnection, table: Table, from_id: UUID, to_id: UUID, *which: Any
) -> list[str]:
    rows = await conn.execute(
        update(table)
        .where(table.c.contact_id == from_id, *which)
        .values(contact_id=to_id)
        .returning(table.c.id)
    )
    return [str(row.id) for row in rows]


async def _write(
    conn: AsyncConnection,
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    what: str,
    actor: Actor,
    now: datetime,
) -> None:
    stored = dict(values)
    if "name" in stored:
        stored["folded"] = policy.fold(stored["name"])
    version = row["version"] + 1
    await conn.execute(
        update(contacts).where(contacts.c.id == row["id"]).values(**stored, version=version)
    )
    await happened(conn, row["id"], what, version, actor=actor, now=now)
