"""An administrator makes a policy; a contact waits, and everybody sees the time run out."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, Scheme, tuple[int, int]], ...] = (
    ("en", "light", WIDE),
    ("fa", "dark", WIDE),
    ("ar", "light", PHONE),
)
ORDINARY: dict[str, Any] = {
    "names": {"en": "Everybody else", "fa": "بقیه", "ar": "الباقون"},
    "priorities": [], "kinds": [], "tags": [],
    "first_response_s": 86_400, "next_response_s": None, "resolution_s": None,
    "warn_percent": 80,
}  # fmt: skip


async def test_a_policy_is_made_and_the_clock_runs_out(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    other = await admin.call("POST", "/sla-policies", ORDINARY)
    await make_policy(admin)
    try:
        await it_comes_first(admin)
        await the_time_runs_out(rooms, admin)
    finally:
        await drop_first(admin)
        await admin.call("DELETE", f"/sla-policies/{other['id']}")
    assert await admin.call("GET", "/sla-policies") == []


async def make_policy(admin: Desk) -> None:
    page = admin.page
    await page.goto("/desk/settings/sla")
    await admin.button("settings.sla.add").click()
    drawer = page.get_by_role("complementary")
    for language, name in (("English", "Fast chat"), ("Persian", "فوری"), ("Arabic", "سريع")):
        await drawer.get_by_label(admin.say("settings.name_in", language=language)).fill(name)
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer.get_by_role("alert")).to_have_text(admin.say("error.sla_target_missing"))
    kinds = drawer.get_by_role("group", name=admin.say("settings.sla.kinds"), exact=True)
    await kinds.get_by_text(admin.say("channel.web_chat"), exact=True).click()
    first = admin.say("settings.sla.first_response")
    await drawer.get_by_role("textbox", name=first, exact=True).fill("6")
    await unit_of(admin, drawer, first).click()
    await page.get_by_role("option", name=admin.say("settings.unit.seconds"), exact=True).click()
    await expect(unit_of(admin, drawer, first)).to_be_focused()
    assert await violations(page) == []
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer).to_be_hidden()


def unit_of(admin: Desk, drawer: Locator, target: str) -> Locator:
    return drawer.get_by_role("button", name=admin.say("settings.sla.unit_of", target=target))


async def it_comes_first(admin: Desk) -> None:
    earlier = admin.page.get_by_role("button", name=re.compile("Ask .*Fast chat.* earlier"))
    await earlier.click()
    await expect(earlier).to_be_disabled()
    found = await admin.call("GET", "/sla-policies")
    assert [policy["names"]["en"] for policy in found] == ["Fast chat", "Everybody else"]
    assert (found[0]["kinds"], found[0]["first_response_s"]) == (["web_chat"], 6)


async def the_time_runs_out(rooms: Rooms, admin: Desk) -> None:
    nora = Desk(await rooms.page())
    await nora.sign_in("nora")
    await nora.declare("available")
    await nora.page.goto("/desk/conversations?view=unassigned")
    chat = await ask_in_shop(await rooms.page())
    await chat.begin(name="Rana Saleh")
    await chat.write("Is anybody there?")
    row = nora.page.locator("[data-row]", has_text="Rana Saleh")
    await expect(row.get_by_text(nora.say("desk.sla_missed"))).to_be_visible()
    await row.click()
    await nora.says(nora.say("desk.act_sla_breached_first_response"))
    await expect(nora.timeline.get_by_text("First reply due at")).to_be_visible()
    assert await violations(nora.page) == []
    conversation = nora.conversation
    await nora.page.goto("/desk/wallboard")
    boards = (await nora.call("GET", "/wallboard"))["queues"]
    assert sum(board["late"] for board in boards) >= 1
    header = nora.page.get_by_role("columnheader", name=nora.say("wallboard.late"), exact=True)
    await expect(header).to_be_visible()
    # urgent matters have no policy of their own: the clock of this one goes on as it was
    await nora.call("PUT", f"/conversations/{conversation}/priority", {"priority": 3})
    whole = await nora.call("GET", f"/conversations/{conversation}")
    assert whole["due_total_s"] == 6
    await nora.call("POST", f"/conversations/{conversation}/pick")
    await nora.open(conversation)
    overdue = nora.page.get_by_text(nora.say("desk.due_missed"))
    await expect(overdue).to_be_visible()
    await nora.reply("We are here.")
    await expect(overdue).to_have_count(0)
    answered = await nora.call("GET", f"/conversations/{conversation}")
    assert (answered["due_at"], answered["due_warn_at"]) == (None, None)


async def drop_first(admin: Desk) -> None:
    page = admin.page
    await page.goto("/desk/settings/sla")
    await page.get_by_role("button", name="Fast chat").first.click()
    await page.get_by_role("complementary").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("complementary")).to_be_hidden()
    await page.get_by_role("button", name=admin.say("settings.undo"), exact=True).click()
    first = page.get_by_role("main").get_by_role("listitem").first
    await expect(first).to_contain_text("Fast chat")
    found = await admin.call("GET", "/sla-policies")
    await admin.call("DELETE", f"/sla-policies/{found[0]['id']}")


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS, ids=str)
async def test_it_reads_well(
    rooms: Rooms, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    desk = Desk(await rooms.page(language, size, scheme), language)
    page = desk.page
    await desk.sign_in("admin")
    await desk.call("PATCH", "/me", {"theme": scheme})
    urgent = {**ORDINARY, "priorities": [2, 3], "kinds": ["email"], "tags": ["vip", "ویژه"]}
    made = await desk.call("POST", "/sla-policies", urgent)
    await page.goto("/desk/settings/sla")
    row = page.get_by_role("button", name=ORDINARY["names"][language]).first
    await expect(row).to_be_visible()
    assert await violations(page) == []
    width = await page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= size[0]
    await row.click()
    await expect(page.get_by_role("complementary")).to_be_visible()
    assert await violations(page) == []
    await desk.call("DELETE", f"/sla-policies/{made['id']}")
    await desk.call("PATCH", "/me", {"theme": "system"})
