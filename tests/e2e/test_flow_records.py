"""Flows with records and orders in Chromium: drawn, played, and seen at once on the contact's page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk
from tests.e2e.test_flow_builder import LOOKS, Scheme, simulate

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

TABLE = {"names": {"en": "Branches", "fa": "شعبه‌ها", "ar": "الفروع"}, "fields": ["address", "seen"]}
ROWS = {"rows": [{"key": "تهران", "values": {"address": "خیابان کریم‌خان ۱۲"}}]}


def _all(text: str) -> dict[str, str]:
    return dict.fromkeys(("en", "fa", "ar"), text)


def _flow(name: str, steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": "wasl.flow/1",
        "name": _all(name),
        "languages": ["en", "fa", "ar"],
        "start": next(iter(steps)),
        "steps": steps,
        **more,
    }


FINDS = {
    "ask": {"type": "ask", "text": _all("Where?"), "save": "city", "next": "find"},
    "find": {"type": "lookup", "what": "record", "kind": "branches_e2e", "number": "city",
             "save": "branch", "found": "mark", "missing": "sorry"},
    "mark": {"type": "record", "kind": "branches_e2e", "key": "branch.key",
             "values": {"seen": "'yes'"}, "next": "tell"},
    "tell": {"type": "say", "text": _all("{{branch.address}}"), "next": "order"},
    "order": {"type": "order", "number": "city", "proof": "city", "to": "returned",
              "next": "bye", "failed": "bye"},
    "sorry": {"type": "say", "text": _all("Nothing there"), "next": "bye"},
    "bye": {"type": "end"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS, ids=lambda one: str(one).replace(" ", "")
)
async def test_records_and_orders_are_drawn_and_played(
    rooms: Rooms, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    desk = Desk(await rooms.page(language, size, scheme), language)
    page = desk.page
    await desk.sign_in("admin")
    await desk.call("PUT", "/records/branches_e2e", TABLE)
    await desk.call("PUT", "/records/branches_e2e/rows", ROWS)
    new = {"key": f"branches_{language}", "definition": _flow("Branches", FINDS)}
    made = await desk.call("POST", "/flows", new)
    assert [p for p in made["problems"] if not p["warning"]] == []

    wrong = []
    for step, label, shown in (
        ("find", "flows.field.kind", TABLE["names"][language]),
        ("mark", "flows.field.kind", TABLE["names"][language]),
        ("order", "flows.field.becomes", desk.say("flows.option.to.returned")),
    ):
        await page.goto(f"/desk/flows/{made['id']}#{step}")
        panel = page.get_by_role("complementary", name=step)
        chosen = panel.get_by_role("button", name=f"{shown} {desk.say(label)}", exact=True)
        await expect(chosen).to_be_visible()
        wrong += await violations(page)
    await page.keyboard.press("Escape")
    await simulate(desk).click()
    chat = page.get_by_role("region", name=desk.say("flows.play.chat"), exact=True)
    for words in ("hi", "تِهران"):
        await chat.get_by_role("textbox").fill(words)
        await page.keyboard.press("Enter")
        await expect(chat).to_contain_text("Where?" if words == "hi" else "خیابان کریم‌خان ۱۲")
    wrong += await violations(page)
    found = (await desk.call("GET", "/records/branches_e2e/rows"))["items"]
    assert found[0]["values"]["seen"] == ""  # a play writes nothing
    assert wrong == []


async def test_an_order_that_is_cancelled_is_seen_at_once(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    page = desk.page
    await desk.sign_in("admin")
    (nima,) = (await desk.call("GET", "/contacts?q=nima@example.com"))["items"]
    cancels = _flow(
        "Cancels",
        {
            "cancel": {"type": "order", "number": "'A-20522'", "proof": "'nima@example.com'",
                       "to": "cancelled", "next": "end"},
            "end": {"type": "end"},
        },
        trigger={"on": "ConversationTagged", "filter": "contains(event.added, 'no chairs')"},
    )  # fmt: skip
    made = await desk.call("POST", "/flows", {"key": "cancels", "definition": cancels})
    await desk.call("POST", f"/flows/{made['id']}/publish", {"version": made["version"]})
    await page.goto(f"/desk/contacts/{nima['id']}")
    order = page.locator("#order-A-20522")
    await expect(order).to_contain_text(desk.say("contacts.order.placed"))

    rows = (await desk.call("GET", "/conversations?view=all"))["items"]
    tags = {"tags": [*rows[0]["tags"], "no chairs"]}
    await desk.call("PUT", f"/conversations/{rows[0]['id']}/tags", tags)
    await expect(order).to_contain_text(desk.say("contacts.order.cancelled"))
