"""What a dialogue does besides talking: it assigns, writes the contact's record, sends elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conversations.conftest import make_world
from tests.flows.conftest import open_centre
from tests.flows.test_bookings import NAMES as CALENDAR_NAMES
from tests.flows.test_bookings import calendar
from tests.flows.words import flow, texts
from tests.signed_in import signed_in
from wasl.contacts.tables import identities
from wasl.flows import bookings
from wasl.flows.actions_api import router
from wasl.flows.checking import problems_in
from wasl.flows.policy import Asked, Heard, SayThis, advance, begin, read
from wasl.flows.pretending import pretended
from wasl.flows.service import library_for
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id

END = {"type": "end", "text": texts("Bye")}


async def test_it_gives_a_conversation_to_an_agent_first(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await open_centre(conn, clock)
    user_id = await centre.agent()
    steps = {"give": {"type": "assign", "agent": str(user_id)}}
    centre = await again(conn, clock, steps)
    await centre.says("hi", locale="en")
    a = await centre.world.one(
        "SELECT a.* FROM assignments a JOIN conversations c ON c.interaction_id = a.interaction_id"
        " WHERE c.id = :id",
        id=centre.conversation_id,
    )
    assert (a.state, a.preferred_id) == ("queued", user_id)
    assert (await centre.run()).status == "handed_over"


async def again(conn: AsyncConnection, clock: TurnedClock, steps: dict[str, Any]) -> Any:
    """Another flow on the chat of a world of its own."""
    await conn.execute(text("DELETE FROM flow_channels"))
    await conn.execute(text("UPDATE flows SET key = 'old_' || key"))
    await conn.execute(text("UPDATE channels SET public_key = 'old-' || public_key"))
    return await open_centre(conn, clock, flow(steps))


async def test_it_writes_what_the_contact_told(conn: AsyncConnection, clock: TurnedClock) -> None:
    steps = {
        "name": {"type": "ask", "text": texts("Name?"), "save": "name", "next": "keep"},
        "keep": {"type": "contact", "values": {"name": "name", "city": "'Shiraz'"},
                 "next": "fail"},
        "fail": {"type": "contact", "values": {"locale": "'xx'"}, "next": "end",
                 "failed": "sorry"},
        "sorry": {"type": "end", "text": texts("No such language")},
        "end": END,
    }  # fmt: skip
    centre = await open_centre(conn, clock, flow(steps))
    await centre.says("hi", locale="en")
    await centre.says("Sara\nMansouri")
    assert (await centre.heard())[-1][1] == "No such language"
    row = await centre.world.one(
        "SELECT k.* FROM contacts k JOIN conversations c ON c.contact_id = k.id WHERE c.id = :id",
        id=centre.conversation_id,
    )
    assert (row.name, row.city, row.locale) == ("Sara Mansouri", "Shiraz", "en")


async def test_it_sends_only_where_the_contact_can_be_reached(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    world = await make_world(conn, clock)
    mail = str(world.channel_ids["email"])
    steps = {
        "ask": {"type": "ask", "text": texts("Ready?"), "save": "x", "next": "send"},
        "send": {"type": "send", "channel": mail, "text": texts("By mail"), "next": "end",
                 "failed": "sorry"},
        "sorry": {"type": "end", "text": texts("I can't write to you there.")},
        "end": END,
    }  # fmt: skip
    await conn.execute(text("UPDATE channels SET public_key = 'old-' || public_key"))
    centre = await open_centre(conn, clock, flow(steps))
    for known in (False, True):
        await centre.says("hi", locale="en", named=(centre.conversation_id,))
        if known:
            stands = await centre.stands()
            await conn.execute(
                insert(identities).values(
                    id=new_id(), contact_id=stands.contact_id, kind="email",
                    value="sara@example.com", display="sara@example.com", verified=True,
                    created_at=clock.now(),
                )
            )  # fmt: skip
        await centre.says("yes")
    assert [said for _, said in await centre.heard()] == [
        "Ready?",
        "I can't write to you there.",
        "Ready?",
        "By mail",
        "Bye",
    ]
    rows = await conn.execute(
        text(
            "SELECT m.text, h.kind, d.state FROM messages m JOIN legs l ON l.id = m.leg_id"
            " JOIN channels h ON h.id = l.channel_id"
            " LEFT JOIN deliveries d ON d.message_id = m.id WHERE m.text IN ('By mail', 'Bye')"
        )
    )
    assert {tuple(row) for row in rows} == {
        ("By mail", "email", "queued"),
        ("Bye", "web_chat", None),
    }
    assert (await centre.stands()).channel_id == centre.world.channel_ids["web_chat"]


async def test_calendars_and_channels_that_are_not_here_are_told(conn: AsyncConnection) -> None:
    steps = {
        "send": {"type": "send", "channel": str(new_id()), "text": texts("x"), "next": "book"},
        "book": {"type": "book", "calendar": "gone", "save": "v", "booked": "end", "none": "end"},
        "end": END,
    }
    made = read(flow(steps))
    found = await problems_in(conn, "x", made, await library_for(conn, "x", made))
    assert [(p.step, p.code) for p in found] == [
        ("book", "calendar_missing"),
        ("send", "channel_missing"),
    ]


async def test_a_play_reads_what_is_there_and_does_nothing(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    await bookings.put_calendar(conn, "shop", calendar(), CALENDAR_NAMES)
    steps = {
        "call": {"type": "http", "method": "GET", "url": "https://erp.example/", "next": "book",
                 "save": {"price": "price"}},
        "book": {"type": "book", "calendar": "shop", "save": "v", "booked": "keep", "none": "end"},
        "keep": {"type": "contact", "values": {"city": "price"}, "next": "end"},
        "end": {"type": "end", "text": texts("{{price}} {{v.time}}")},
    }  # fmt: skip
    library = {"": read(flow(steps))}
    moved = begin(library, Heard("0", "hi"), language="en", now=clock.now())
    told: list[Any] = []
    for n in range(20):
        told += moved.outputs
        asked = next((o for o in moved.outputs if isinstance(o, Asked)), None)
        if asked is not None:
            found = await pretended(conn, asked, contact_id=None, language="en", now=clock.now())
            moved = advance(library, moved.state, found, clock.now())
        elif moved.state.waiting == "answer":
            moved = advance(library, moved.state, Heard(str(n + 1), "1"), clock.now())
    said = [o.text for o in told if isinstance(o, SayThis)]
    assert said[-1].startswith("… ") and moved.state.waiting == "over"
    assert await conn.scalar(text("SELECT count(*) FROM bookings")) == 0


VISITS: dict[str, Any] = {
    "names": {"en": "Visits", "fa": "بازدید", "ar": "الزيارات"},
    "zone": "Asia/Tehran",
    "weekly": [[["09:00", "12:00"]]] * 7,
    "slot_min": 30,
}


async def test_what_flows_act_with_by_http(fresh_dsn: str, clock: TurnedClock) -> None:
    sealer = Sealer("only for tests, and long enough for it")
    async with signed_in(fresh_dsn, clock, router, sealer=sealer) as (database, clients):
        who = clients["supervisor"]
        keys = [one["key"] for one in (await who.get("/flows/templates")).json()["items"]]
        assert len(keys) == 7 and "booking" in keys

        for change, code in (
            ({"zone": "Mars/Base"}, "zone_unknown"),
            ({"weekly": [[["12:00", "09:00"]]] * 7}, "hours_invalid"),
        ):
            refused = await who.put("/calendars/visits", json=VISITS | change)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert (await who.put("/calendars/visits", json=VISITS)).status_code == 204
        assert (await who.put("/calendars/visits", json=VISITS | {"places": 2})).status_code == 204
        (one,) = (await who.get("/calendars")).json()["items"]
        assert (one["key"], one["places"], one["version"]) == ("visits", 2, 2)
        span = {"since": "2026-11-22T00:00:00Z", "until": "2026-11-29T00:00:00Z"}
        booked = await who.get("/calendars/visits/bookings", params=span)
        assert booked.json() == {"items": []}
        long = span | {"until": "2028-01-01T00:00:00Z"}
        answer = await who.get("/calendars/visits/bookings", params=long)
        assert answer.json()["code"] == "span_invalid"
        assert (await who.delete("/calendars/visits")).status_code == 204
        assert (await who.delete("/calendars/visits")).status_code == 404

        put = await who.put("/flows/secrets/erp", json={"value": "tell-nobody"})
        assert put.status_code == 204
        shown = await who.get("/flows/secrets")
        assert "tell-nobody" not in shown.text
        assert [one["name"] for one in shown.json()["items"]] == ["erp"]
        unfit = await who.put("/flows/secrets/erp", json={"value": "a\r\nb"})
        assert unfit.json()["code"] == "secret_unfit"
        async with database.transaction() as conn:
            dump = await conn.scalar(text("SELECT string_agg(t::text, ' ') FROM audit_log t"))
            assert "tell-nobody" not in (dump or "") and "secret.put" in (dump or "")
            sealed = await conn.scalar(text("SELECT sealed FROM flow_secrets"))
            assert sealer.open(bytes(sealed)) == b"tell-nobody"
        assert (await who.delete("/flows/secrets/erp")).status_code == 204
        assert (await who.get("/automations")).json() == {"items": []}
        assert (await who.get("/ratings")).json()["count"] == 0
        assert (await clients["agent"].get("/ratings")).status_code == 403
