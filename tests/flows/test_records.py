"""Records on a real database: kinds and rows by HTTP, and what flows do with them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.words import flow, texts
from tests.signed_in import signed_in
from wasl import flows
from wasl.flows import records
from wasl.flows.checking import problems_in
from wasl.flows.policy import Found, LookThisUp, WriteRecord
from wasl.flows.pretending import pretended
from wasl.flows.records import Row
from wasl.flows.records_api import router
from wasl.flows.service import put_draft
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database
from wasl.infra.errors import Conflict, Invalid, NotFound

NAMES = {"en": "Branches", "fa": "شعبه‌ها", "ar": "الفروع"}
FIELDS = ["address", "phone"]
END = {"type": "end"}


async def branches(conn: AsyncConnection, clock: TurnedClock) -> None:
    await records.put_kind(conn, "branches", NAMES, FIELDS)
    rows = [
        Row("تهران", {"address": "خیابان كريم‌خان ۱۲", "phone": "021"}),
        Row("Isfahan 2", {"address": "Chahar Bagh 7"}),
    ]
    assert await records.put_rows(conn, "branches", rows, now=clock.now()) == {
        "added": 2,
        "changed": 0,
    }


async def shown(conn: AsyncConnection) -> dict[str, dict[str, str]]:
    page = await records.listed(conn, "branches", limit=200)
    return {one["key"]: one["values"] for one in page["items"]}


# ── the table ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["تهران", " تِهران ", "تهران!", "تهـران"])
async def test_a_key_is_found_however_it_is_typed(
    conn: AsyncConnection, clock: TurnedClock, typed: str
) -> None:
    await branches(conn, clock)
    assert await records.find(conn, "branches", typed) == {
        "key": "تهران",
        "address": "خیابان كريم‌خان ۱۲",
        "phone": "021",
    }


@pytest.mark.parametrize("typed", ["ISFAHAN 2", "isfahan ۲", "Isfahan ٢"])
async def test_a_key_is_kept_as_it_was_written(
    conn: AsyncConnection, clock: TurnedClock, typed: str
) -> None:
    await branches(conn, clock)
    found = await records.find(conn, "branches", typed)
    assert found == {"key": "Isfahan 2", "address": "Chahar Bagh 7", "phone": ""}
    assert await records.find(conn, "branches", "Isfahan") is None
    assert await records.find(conn, "shops", typed) is None


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["Isfahan 2", "تهران"]),
        ("ahan", ["Isfahan 2"]),
        ("هران", ["تهران"]),
        ("کریمخان", ["تهران"]),  # of a value, whatever its letters
        ("12", ["تهران"]),
        ("chahar", ["Isfahan 2"]),
        ("!", []),
        ("100%", []),
    ],
)
async def test_records_are_searched_by_key_and_by_value(
    conn: AsyncConnection, clock: TurnedClock, query: str, keys: list[str]
) -> None:
    await branches(conn, clock)
    page = await records.listed(conn, "branches", query=query)
    assert [one["key"] for one in page["items"]] == keys


async def test_pages_follow_each_other(conn: AsyncConnection, clock: TurnedClock) -> None:
    await records.put_kind(conn, "branches", NAMES, FIELDS)
    rows = [Row(f"N {n:02}", {"phone": str(n)}) for n in range(7)]
    await records.put_rows(conn, "branches", rows, now=clock.now())
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = await records.listed(conn, "branches", after=after, limit=3)
        seen += [one["key"] for one in page["items"]]
        after = page["next"]
    assert seen == [row.key for row in rows] and after is None


async def test_whole_records_are_written_and_only_what_differs_counts(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await branches(conn, clock)
    before = clock.now()
    clock.turn(60)
    rows = [
        Row("تهران", {"address": "خیابان كريم‌خان ۱۲", "phone": "021"}),  # as it is
        Row("isfahan ۲", {"phone": "031"}),
        Row("Qom", {}),
        Row("QOM", {"phone": "025"}),  # the same key: the last one stands
    ]
    done = await records.put_rows(conn, "branches", rows, now=clock.now())
    assert done == {"added": 1, "changed": 1}
    page = await records.listed(conn, "branches")
    assert {one["key"]: one["changed_at"] for one in page["items"]} == {
        "isfahan ۲": clock.now(), "QOM": clock.now(), "تهران": before,
    }  # fmt: skip
    assert (await shown(conn))["isfahan ۲"] == {"address": "", "phone": "031"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row("Qom", {"fax": "1"}), "field_unknown"),
        (Row("!?", {}), "key_unfit"),
        (Row("\x00", {}), "key_unfit"),
        (Row("k" * 201, {}), "key_unfit"),
        (Row("ﷺ" * 100, {}), "key_unfit"),  # folds into many letters
        (Row("Qom", {"phone": "0" * 1_001}), "value_too_long"),
    ],
)
async def test_of_many_records_all_are_written_or_none(
    conn: AsyncConnection, clock: TurnedClock, row: Row, code: str
) -> None:
    await branches(conn, clock)
    with pytest.raises(Invalid) as refused:
        await records.put_rows(conn, "branches", [Row("Yazd", {}), row], now=clock.now())
    assert refused.value.code == code
    assert list(await shown(conn)) == ["Isfahan 2", "تهران"]


async def test_a_field_that_went_away_is_not_shown_and_comes_back(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await branches(conn, clock)
    await records.put_kind(conn, "branches", NAMES, ["address", "hours"])
    found = await records.find(conn, "branches", "تهران")
    assert found == {"key": "تهران", "address": "خیابان كريم‌خان ۱۲", "hours": ""}
    assert (await records.listed(conn, "branches", query="021"))["items"] == []
    assert (await records.listed(conn, "branches", query="کریمخان"))["items"] != []
    await records.write(conn, "branches", Row("Isfahan 2", {"hours": "9"}), now=clock.now())
    await records.put_kind(conn, "branches", NAMES, FIELDS)
    assert (await shown(conn))["تهران"]["phone"] == "021"


async def test_a_kind_has_no_more_records_than_it_may(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await branches(conn, clock)
    await conn.execute(
        text(
            "INSERT INTO records SELECT 'branches', 'n ' || n, 'N ' || n, '{}', 'n ' || n, now()"
            " FROM generate_series(4, :most) n"
        ),
        {"most": records.MOST_ROWS},
    )
    await records.write(conn, "branches", Row("Qom", {}), now=clock.now())
    with pytest.raises(Conflict, match="too_many_records"):
        async with conn.begin_nested():
            await records.write(conn, "branches", Row("Yazd", {}), now=clock.now())
    with pytest.raises(Conflict, match="too_many_records"):
        async with conn.begin_nested():
            await records.put_rows(conn, "branches", [Row("Yazd", {})], now=clock.now())
    assert await records.find(conn, "branches", "Yazd") is None
    await records.write(conn, "branches", Row("qom", {"phone": "025"}), now=clock.now())
    found = await records.find(conn, "branches", "Qom")
    assert found == {"key": "Qom", "address": "", "phone": "025"}


RACERS = 20


async def test_those_who_write_one_record_at_once_leave_all_their_fields(
    database: Database, clock: TurnedClock
) -> None:
    fields = [f"f{n}" for n in range(RACERS)]
    async with database.transaction() as conn:
        await records.put_kind(conn, "marks", NAMES, fields)

    async def writes(field: str) -> None:
        async with database.transaction() as conn:
            await records.write(conn, "marks", Row("One", {field: "1"}), now=clock.now())

    await asyncio.gather(*map(writes, fields))
    async with database.transaction() as conn:
        assert await records.find(conn, "marks", "one") == {
            "key": "One",
            **dict.fromkeys(fields, "1"),
        }


async def test_a_kind_that_a_flow_names_stays(conn: AsyncConnection, clock: TurnedClock) -> None:
    await branches(conn, clock)
    steps = {
        "look": {"type": "lookup", "what": "record", "kind": "branches", "number": "said",
                 "save": "branch", "found": "end", "missing": "end"},
        "end": END,
    }  # fmt: skip
    flow_id = await flows.add_flow(
        conn, "branches", flows.definition_of(flow(steps)), now=clock.now()
    )
    (view,) = await records.kind_views(conn)
    assert [one["key"] for one in view["flows"]] == ["branches"] and view["count"] == 2
    with pytest.raises(Conflict) as refused:
        await records.drop_kind(conn, "branches")
    assert refused.value.params == {"flows": ["branches"]}
    await put_draft(
        conn, flow_id, flows.definition_of(flow({"end": END})), version=1, now=clock.now()
    )
    await records.drop_kind(conn, "branches")
    assert await conn.scalar(text("SELECT count(*) FROM records")) == 0
    with pytest.raises(NotFound):
        await records.drop_kind(conn, "branches")


# ── in a flow ────────────────────────────────────────────────────────────────────────────────

BRANCHES = flow(
    {
        "look": {"type": "lookup", "what": "record", "kind": "branches", "number": "said",
                 "save": "branch", "found": "tell", "missing": "new"},
        "tell": {"type": "say", "text": texts("{{branch.key}}: {{branch.address}}"),
                 "next": "write"},
        "write": {"type": "record", "kind": "branches", "key": "branch.key",
                  "values": {"phone": "'0' + (number(branch.phone) + 1)"}, "next": "end",
                  "failed": "sorry"},
        "new": {"type": "record", "kind": "branches", "key": "said",
                "values": {"address": "'?'"}, "next": "end", "failed": "sorry"},
        "sorry": {"type": "say", "text": texts("Sorry"), "next": "end"},
        "end": END,
    }
)  # fmt: skip


async def test_a_flow_finds_and_writes_records(conn: AsyncConnection, clock: TurnedClock) -> None:
    await branches(conn, clock)
    centre = await open_centre(conn, clock, BRANCHES)
    await centre.says("تِهران", locale="fa")
    assert await centre.heard() == [("message", "تهران: خیابان كريم‌خان ۱۲")]
    assert (await shown(conn))["تهران"] == {"address": "خیابان كريم‌خان ۱۲", "phone": "022"}
    other = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await other.says("Qom", locale="en")
    assert (await shown(conn))["Qom"] == {"address": "?", "phone": ""}
    third = FlowCentre(centre.world, centre.queue_id, centre.flow_id)
    await third.says("?!", locale="en")  # nothing that could be a key
    assert await third.heard() == [("message", "Sorry")]


async def test_a_play_finds_records_and_writes_none(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await branches(conn, clock)
    world: dict[str, Any] = {
        "contact_id": None,
        "channel": None,
        "language": "fa",
        "now": clock.now(),
    }
    before = await shown(conn)
    look = LookThisUp("record", "تهران", kind="branches")
    assert (await pretended(conn, look, **world)).record == {"key": "تهران"} | before["تهران"]
    told = await pretended(conn, WriteRecord("branches", "Qom", {"phone": "1"}), **world)
    assert told == Found({}) and await shown(conn) == before


async def test_kinds_and_fields_that_are_not_here_are_told(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await branches(conn, clock)
    write = {"type": "record", "key": "said", "next": "end"}
    steps = {
        "look": {"type": "lookup", "what": "record", "kind": "shops", "number": "said",
                 "save": "shop", "found": "bare", "missing": "bare"},
        "bare": {"type": "lookup", "what": "record", "kind": "branches", "save": "shop",
                 "found": "gone", "missing": "gone"},
        "gone": write | {"kind": "shops", "values": {"fax": "1"}, "next": "field"},
        "field": write | {"kind": "branches", "values": {"fax": "1", "phone": "2"}},
        "end": END,
    }  # fmt: skip
    made = flows.definition_of(flow(steps))
    found = await problems_in(conn, "x", made, {"": made})
    assert [(p.step, p.code, dict(p.params)) for p in found] == [
        ("bare", "key_missing", {}),
        ("look", "record_kind_missing", {"kind": "shops"}),
        ("gone", "record_kind_missing", {"kind": "shops"}),
        ("field", "field_unknown", {"name": "fax"}),
    ]


# ── by HTTP ──────────────────────────────────────────────────────────────────────────────────


async def test_records_by_http(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        who = clients["supervisor"]

        async def put(path: str, body: dict[str, Any]) -> tuple[int, Any]:
            answer = await who.put(path, json=body)
            return answer.status_code, answer.json() if answer.content else None

        kind = {"names": NAMES, "fields": FIELDS}
        for wrong, code in (
            ({"fields": ["key"]}, "fields_unfit"),
            ({"fields": ["phone", "phone"]}, "fields_unfit"),
            ({"fields": []}, "request_invalid"),
            ({"fields": ["Phone"]}, "request_invalid"),
        ):
            status, body = await put("/records/branches", kind | wrong)
            assert (status, body["code"]) == (422, code)
        assert await put("/records/branches", kind) == (204, None)
        rows = {
            "rows": [{"key": "تهران", "values": {"phone": "021"}}, {"key": "Qom", "values": {}}]
        }
        assert await put("/records/branches/rows", rows) == (200, {"added": 2, "changed": 0})
        assert await put("/records/branches/rows", rows) == (200, {"added": 0, "changed": 0})
        wrong_row = {"rows": [{"key": "Yazd", "values": {"fax": "1"}}]}
        status, body = await put("/records/branches/rows", wrong_row)
        assert (status, body["code"], body["params"]["field"]) == (422, "field_unknown", "fax")
        assert (await put("/records/shops/rows", rows))[0] == 404
        (one,) = (await who.get("/records")).json()["items"]
        assert one == {"key": "branches", "names": NAMES, "fields": FIELDS, "count": 2, "flows": []}
        page = (await who.get("/records/branches/rows", params={"limit": 1})).json()
        assert [row["key"] for row in page["items"]] == ["Qom"] and page["next"] == "qom"
        assert page["items"][0]["values"] == {"address": "", "phone": ""}
        more = {"limit": 1, "after": page["next"]}
        page = (await who.get("/records/branches/rows", params=more)).json()
        assert [row["key"] for row in page["items"]] == ["تهران"] and page["next"] is None
        assert (await who.get("/records/shops/rows")).status_code == 404
        for status in (204, 404):
            gone = await who.delete("/records/branches/rows", params={"key": "QOM"})
            assert gone.status_code == status
        assert (await who.delete("/records/branches")).status_code == 204
        async with database.transaction() as conn:
            actions = await conn.execute(text("SELECT action FROM audit_log ORDER BY seq"))
            assert list(actions.scalars()) == [
                "records.kind", "records.put", "records.drop", "records.drop_kind",
            ]  # fmt: skip
        assert (await clients["agent"].get("/records")).status_code == 403
