"""Orders that contacts cancel or send back, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.contacts.tables import orders
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import SYSTEM, events
from wasl.infra.ids import new_id

MAIL = "sara@example.com"


async def bought(
    conn: AsyncConnection,
    now: datetime,
    status: str = "paid",
    code: str = "A-1",
    mail: str = MAIL,
) -> UUID:
    """A contact with a verified address, a claimed one, and an order."""
    contact_id = await contacts.add(conn, {"name": "Sara"}, actor=SYSTEM, now=now)
    for value, by in ((mail, "order"), ("other@example.com", "")):
        await contacts.add_identity(
            conn, contact_id, "email", value, actor=SYSTEM, now=now, verified_by=by
        )
    await conn.execute(
        insert(orders).values(
            id=new_id(), contact_id=contact_id, code=code, status=status, total_minor=100,
            currency="EUR", placed_at=now,
        )
    )  # fmt: skip
    return contact_id


async def change(
    conn: AsyncConnection, now: datetime, to: str, code: str = "a-1", proof: str = MAIL
) -> None:
    await contacts.change_order(conn, code, proof, to, actor=SYSTEM, now=now)


async def status(conn: AsyncConnection) -> Any:
    return await conn.scalar(select(orders.c.status))


async def told(conn: AsyncConnection, contact_id: UUID) -> list[Any]:
    rows = await conn.execute(
        select(events.c.data, events.c.aggregate_version)
        .where(events.c.type == "OrderChanged", events.c.aggregate_id == contact_id)
        .order_by(events.c.seq)
    )
    return [(row.data["status"], row.data["was"], row.aggregate_version) for row in rows]


async def test_an_order_is_cancelled_once(conn: AsyncConnection, clock: TurnedClock) -> None:
    contact_id = await bought(conn, clock.now())
    before = (await contacts.view(conn, contact_id))["version"]
    await change(conn, clock.now(), "cancelled")
    await change(conn, clock.now(), "cancelled")  # as it is already
    assert await status(conn) == "cancelled"
    assert await told(conn, contact_id) == [("cancelled", "paid", before + 1)]
    shown = await contacts.view(conn, contact_id)
    assert (shown["version"], shown["orders"][0]["status"]) == (before + 1, "cancelled")


@pytest.mark.parametrize(("was", "to"), [("shipped", "cancelled"), ("shipped", "returned")])
async def test_what_has_left_stays(
    conn: AsyncConnection, clock: TurnedClock, was: str, to: str
) -> None:
    contact_id = await bought(conn, clock.now(), was)
    with pytest.raises(Conflict) as refused:
        await change(conn, clock.now(), to)
    assert (refused.value.code, refused.value.params) == ("order_status", {"status": was})
    assert (await status(conn), await told(conn, contact_id)) == (was, [])


@pytest.mark.parametrize(
    ("code", "proof"),
    [("A-2", MAIL), ("A-1", "other@example.com"), ("A-1", "nobody@example.com"), ("A-1", "?")],
)
async def test_whoever_can_not_prove_it_is_theirs_changes_nothing(
    conn: AsyncConnection, clock: TurnedClock, code: str, proof: str
) -> None:
    await bought(conn, clock.now())
    with pytest.raises(NotFound, match="order_not_found"):
        await change(conn, clock.now(), "cancelled", code, proof)
    assert await status(conn) == "paid"


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    engine = make_engine(fresh_dsn, pool_size=6)
    yield Database(engine)
    await engine.dispose()


async def test_of_many_who_change_it_at_once_one_does(
    database: Database, clock: TurnedClock
) -> None:
    async with database.transaction() as conn:
        contact_id = await bought(conn, clock.now())

    async def cancels() -> None:
        async with database.transaction() as conn:
            await change(conn, clock.now(), "cancelled")

    await asyncio.gather(*(cancels() for _ in range(10)))
    async with database.transaction() as conn:
        assert len(await told(conn, contact_id)) == 1


async def test_a_change_and_a_merge_at_once_lose_nothing(
    database: Database, clock: TurnedClock
) -> None:
    now = clock.now()

    async def merges(base: UUID, other: UUID) -> None:
        async with database.transaction() as conn:
            await contacts.merge(conn, base, other, actor=SYSTEM, now=now)

    async def returns(code: str, proof: str) -> None:
        async with database.transaction() as conn:
            await change(conn, now, "returned", code, proof)

    for n in range(10):
        code, mail = f"A-{n}", f"sara{n}@example.com"
        async with database.transaction() as conn:
            base = await contacts.add(conn, {"name": "Sara too"}, actor=SYSTEM, now=now)
            other = await bought(conn, now, "delivered", code, mail)
        merged, done = await asyncio.gather(
            merges(base, other), returns(code, mail), return_exceptions=True
        )
        assert merged is None
        assert done is None or (isinstance(done, Conflict) and done.code == "contact_merged")
        async with database.transaction() as conn:
            row = (await conn.execute(select(orders).where(orders.c.code == code))).one()
        assert (row.contact_id, row.status) == (base, "delivered" if done else "returned")
