"""Contacts on a real database: names, search, identities, merging and undoing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts
from wasl.contacts.tables import consents, identities, orders
from wasl.contacts.tables import contacts as contacts_table
from wasl.infra.clock import TurnedClock
from wasl.infra.database import make_engine
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.events import SYSTEM, events
from wasl.infra.ids import new_id
from wasl.infra.statements import run_together


class World:
    """Short words for what the tests do."""

    def __init__(self, conn: AsyncConnection, clock: TurnedClock) -> None:
        self.conn, self.clock = conn, clock

    async def contact(self, **values: Any) -> UUID:
        return await contacts.add(self.conn, values, actor=SYSTEM, now=self.clock.now())

    async def identity(self, of: UUID, kind: str, value: str, *, verified: bool = False) -> UUID:
        return await contacts.add_identity(
            self.conn,
            of,
            kind,
            value,
            actor=SYSTEM,
            now=self.clock.now(),
            verified_by="agent" if verified else "",
        )

    async def order(self, of: UUID, code: str, days: int, **values: Any) -> None:
        await self.conn.execute(
            insert(orders).values(
                id=new_id(),
                contact_id=of,
                code=code,
                placed_at=self.clock.now() + timedelta(days=days),
                **{"status": "paid", "total_minor": 1000, "currency": "IRR", **values},
            )
        )

    async def consent(self, of: UUID, kind: str, *, allowed: bool) -> None:
        await self.conn.execute(
            insert(consents).values(
                contact_id=of, kind=kind, purpose="marketing", allowed=allowed, at=self.clock.now()
            )
        )

    async def merge(self, base: UUID, other: UUID, *conversations: UUID) -> None:
        await contacts.merge(
            self.conn,
            base,
            other,
            actor=SYSTEM,
            now=self.clock.now(),
            conversation_ids=conversations,
        )

    async def unmerge(self, base: UUID, other: UUID) -> list[UUID]:
        return await contacts.unmerge(self.conn, base, other, actor=SYSTEM, now=self.clock.now())

    async def everything(self, *ids: UUID) -> list[Any]:
        """All that is stored of these contacts, without their versions."""
        found: list[Any] = []
        for table, column in (
            (contacts_table, contacts_table.c.id),
            (identities, identities.c.contact_id),
            (orders, orders.c.contact_id),
            (consents, consents.c.contact_id),
        ):
            rows = await self.conn.execute(
                select(table).where(column.in_(ids)).order_by(*table.primary_key, column)
            )
            found += [{**row, "version": 0} for row in rows.mappings()]
        return found


@pytest.fixture
def world(conn: AsyncConnection, clock: TurnedClock) -> World:
    return World(conn, clock)


async def test_a_nameless_contact_is_shown_by_their_best_identity(world: World) -> None:
    named = await world.contact(name="\u202eسارا")
    mailed = await world.contact()
    await world.identity(mailed, "external", "crm-1")
    await world.identity(mailed, "email", "Nima@Example.com")
    nobody = await world.contact()
    await world.identity(named, "phone", "+989121234567", verified=True)
    assert await contacts.names(world.conn, [named, mailed, nobody, named, new_id()]) == {
        named: {"id": named, "name": "سارا", "verified": True},
        mailed: {"id": mailed, "name": "nima@example.com", "verified": False},
        nobody: {"id": nobody, "name": "", "verified": False},
    }
    assert await contacts.names(world.conn, []) == {}


@pytest.mark.parametrize(
    "query",
    [
        "علي كريمي",
        "کریمی علی",
        "عَلی",
        "0912 123-4567",
        "۰۹۱۲۱۲۳",
        "+98912",
        "KARIMI@shop",
        "karimi",
    ],
)
async def test_a_contact_is_found_by_any_spelling_and_address(world: World, query: str) -> None:
    sought = await world.contact(name="علی کریمی")
    await world.identity(sought, "phone", "+989121234567")
    await world.identity(sought, "email", "karimi@shop.example")
    other = await world.contact(name="مریم احمدی")
    await world.identity(other, "email", "maryam@example.com")
    page = await contacts.search(world.conn, query)
    assert [one["id"] for one in page["items"]] == [sought]
    assert {one["kind"] for one in page["items"][0]["identities"]} == {"phone", "email"}


async def test_an_address_of_another_script_is_found(world: World) -> None:
    sought = await world.contact()
    await world.identity(sought, "email", "ali@مثال.إختبار")
    found = await contacts.search(world.conn, "ali@مثال.إختبار")
    assert [one["name"] for one in found["items"]] == ["ali@مثال.إختبار"]


async def test_pages_give_everybody_once_and_signs_of_patterns_mean_themselves(
    world: World,
) -> None:
    made = [await world.contact(name=f"Reza {n}") for n in range(5)]
    seen: list[UUID] = []
    after = None
    for _ in range(3):
        page = await contacts.search(world.conn, "reza", after=after, limit=2)
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == made[::-1]
    assert after is None
    for query in ("%", "_", "re%a", "\\", " \u064e "):
        assert (await contacts.search(world.conn, query))["items"] == []
    with pytest.raises(Invalid, match="cursor_invalid"):
        await contacts.search(world.conn, after="x")


async def test_a_claim_is_one_and_only_one_is_its_verified_owner(world: World) -> None:
    one, two = await world.contact(), await world.contact()
    claim = await world.identity(one, "email", "a@example.com")
    assert await world.identity(one, "email", "A@EXAMPLE.com", verified=True) == claim
    assert await world.identity(one, "email", "a@example.com") == claim
    (kept,) = await contacts.identities_of(world.conn, one)
    assert (kept["verified"], kept["verified_by"]) == (True, "agent")
    with pytest.raises(Conflict, match="identity_taken") as taken:
        await world.identity(two, "email", "a@example.com")
    assert taken.value.params["contact_id"] == one
    with pytest.raises(Invalid, match="identity_invalid"):
        await world.identity(two, "phone", "x")
    with pytest.raises(NotFound):
        await world.identity(new_id(), "email", "b@example.com")


async def test_of_two_at_once_one_becomes_the_verified_owner(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    made = make_engine(fresh_dsn)
    async with made.begin() as first:
        one = await World(first, clock).contact(name="one")
        two = await World(first, clock).contact(name="two")
    async with made.connect() as second:
        await second.execution_options(isolation_level="REPEATABLE READ")
        await second.execute(select(contacts_table.c.id))  # its view of the world begins here
        async with made.begin() as first:
            await World(first, clock).identity(one, "email", "a@example.com", verified=True)
        with pytest.raises(Conflict, match="identity_taken"):
            await World(second, clock).identity(two, "email", "a@example.com", verified=True)
    await made.dispose()


async def test_every_change_is_an_event_with_the_next_version(world: World) -> None:
    contact = await world.contact(name="a")
    await contacts.change(world.conn, contact, {"name": "b"}, actor=SYSTEM, now=world.clock.now())
    await world.identity(contact, "email", "a@example.com")
    rows = await world.conn.execute(
        select(events.c.type, events.c.aggregate_version, events.c.audience, events.c.data)
        .where(events.c.aggregate_id == contact)
        .order_by(events.c.seq)
    )
    assert [tuple(row) for row in rows] == [
        ("ContactAdded", 1, ["all", "staff"], {}),
        ("ContactChanged", 2, ["all", "staff"], {"fields": ["name"]}),
        ("IdentityAdded", 3, ["all", "staff"], {}),
    ]
    assert (await contacts.view(world.conn, contact))["version"] == 3


async def test_orders_come_newest_first(world: World) -> None:
    buyer, other = await world.contact(), await world.contact()
    await world.order(buyer, "A-1", -3, total_minor=500, status="delivered")
    await world.order(buyer, "A-2", -1, total_minor=700)
    await world.order(buyer, "A-3", -2, total_minor=900, status="cancelled")
    assert [one["code"] for one in await contacts.orders_of(world.conn, buyer)] == [
        "A-2",
        "A-3",
        "A-1",
    ]
    newest = contacts.first_orders_of("SELECT unnest(%(ids)s::uuid[])")
    (first,) = await run_together(world.conn, (newest, {"ids": [buyer, other]}))
    assert {one.contact_id: contacts.order_of(one)["code"] for one in first} == {buyer: "A-2"}
    assert await contacts.lifetime(world.conn, buyer) == (1200, "IRR")
    assert await contacts.lifetime(world.conn, other) == (0, "")


async def _two_of_one(world: World) -> tuple[UUID, UUID]:
    base = await world.contact(name="Sara", tags=["vip"], attributes={"a": 1})
    other = await world.contact(
        name="S.", city="Yazd", tags=["vip", "late"], attributes={"a": 2, "b": 3}
    )
    await world.identity(base, "email", "sara@example.com")
    await world.identity(other, "email", "sara@example.com", verified=True)
    await world.identity(other, "phone", "+989121234567", verified=True)
    await world.order(base, "A-1", -1)
    await world.order(other, "A-2", -2)
    await world.consent(base, "email", allowed=False)
    await world.consent(other, "email", allowed=True)
    await world.consent(other, "phone", allowed=True)
    return base, other


async def test_merging_keeps_the_base_and_brings_everything_else(world: World) -> None:
    base, other = await _two_of_one(world)
    await world.merge(base, other)
    merged = await contacts.view(world.conn, base)
    assert (merged["name"], merged["city"], merged["tags"]) == ("Sara", "Yazd", ["vip", "late"])
    assert merged["attributes"] == {"a": 1, "b": 3}
    assert {(one["kind"], one["verified"]) for one in merged["identities"]} == {
        ("email", True),
        ("phone", True),
    }
    assert [one["code"] for one in merged["orders"]] == ["A-1", "A-2"]
    assert {one["kind"]: one["allowed"] for one in merged["consents"]} == {
        "email": False,
        "phone": True,
    }
    assert await contacts.view(world.conn, other) == merged
    assert [one["id"] for one in (await contacts.search(world.conn))["items"]] == [base]
    with pytest.raises(Conflict, match="contact_merged"):
        await contacts.change(world.conn, other, {"city": "x"}, actor=SYSTEM, now=world.clock.now())


async def test_undoing_a_merge_restores_both(world: World) -> None:
    base, other = await _two_of_one(world)
    before = await world.everything(base, other)
    conversation = new_id()
    await world.merge(base, other, conversation)
    assert await world.everything(base, other) != before
    assert await world.unmerge(base, other) == [conversation]
    assert await world.everything(base, other) == before
    with pytest.raises(Conflict, match="not_merged"):
        await world.unmerge(base, other)


async def test_undoing_a_merge_keeps_what_happened_since(world: World) -> None:
    base, other = await _two_of_one(world)
    await world.merge(base, other)
    await contacts.change(world.conn, base, {"city": "Shiraz"}, actor=SYSTEM, now=world.clock.now())
    await world.order(base, "A-3", 0)
    await world.conn.execute(
        update(orders).where(orders.c.code == "A-2").values(status="delivered")
    )
    await world.unmerge(base, other)
    one, two = await contacts.view(world.conn, base), await contacts.view(world.conn, other)
    assert (one["city"], two["city"]) == ("Shiraz", "Yazd")
    assert [order["code"] for order in one["orders"]] == ["A-3", "A-1"]
    assert [(order["code"], order["status"]) for order in two["orders"]] == [("A-2", "delivered")]


async def test_chains_of_merges_lead_to_one_contact(world: World) -> None:
    one, two, three = [await world.contact() for _ in range(3)]
    await world.merge(two, three)
    await world.merge(one, two)
    assert await contacts.current_id(world.conn, three) == one
    for base, other in ((three, one), (one, three)):
        with pytest.raises(Conflict, match="contact_merged"):
            await world.merge(base, other)
    with pytest.raises(Conflict, match="contact_merged"):
        await world.unmerge(two, three)  # the outer merge is undone first
    with pytest.raises(Invalid, match="merge_with_itself"):
        await world.merge(one, one)
    with pytest.raises(NotFound):
        await world.merge(one, new_id())
    with pytest.raises(NotFound):
        await contacts.view(world.conn, new_id())
