"""No page and no state of a page has anything that axe finds wrong.

Every page is looked at in one language and scheme; together they make all languages, both schemes
and both widths.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.contact_side import chat_frame
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

Scheme = Literal["light", "dark"]
# who looks: an administrator sees every page
LOOKS: tuple[tuple[str, Scheme, tuple[int, int]], ...] = (
    ("en", "dark", WIDE),
    ("fa", "light", WIDE),
    ("ar", "light", WIDE),
    ("fa", "dark", PHONE),
    ("ar", "dark", PHONE),
    ("en", "light", PHONE),
)
EVERYTHING = LOOKS[:2]  # the others look at one page of each make
LANGUAGE_BUTTON = {"en": "English", "fa": "فارسی", "ar": "العربية"}
VIEWS = ("mine", "unassigned", "all", "pending", "snoozed", "resolved", "spam")
DRAWERS = ("channels/new/email", "channels/new/web_chat", "channels/new/api")
SECTIONS = (
    "channels", "users", "profile", "queues", "sla", "calendars", "records", "secrets", "canned",
    "audit", "tokens",
)  # fmt: skip
ADD = {
    "users": "settings.user.add",
    "queues": "settings.queue.add",
    "sla": "settings.sla.add",
    "calendars": "settings.calendars.add",
    "records": "settings.record.add",
    "secrets": "settings.secret.add",
    "canned": "settings.response.add",
    "tokens": "settings.token.add",
}


class Findings:
    """Looks at states of pages and remembers what is wrong in which."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def look(self, page: Page, state: str) -> None:
        self.lines += [f"{state}: {line}" for line in await violations(page)]


@pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS, ids=lambda one: str(one).replace(" ", "")
)
async def test_the_desk(rooms: Rooms, language: str, scheme: Scheme, size: tuple[int, int]) -> None:
    found = Findings()
    desk = Desk(await rooms.page(language, size, scheme), language)
    page = desk.page
    await page.goto("/desk/")
    await expect(page.locator("input[type=email]")).to_be_visible()
    await found.look(page, "sign-in")
    await desk.sign_in_by_form("admin")
    await desk.call("PATCH", "/me", {"theme": scheme})

    await page.reload()  # in the scheme
    await expect(page.locator("[data-pane]").first).to_be_visible()

    # one kind of page after another, each in the app that is open
    everything = (language, scheme, size) in EVERYTHING
    views = VIEWS if everything else VIEWS[2:3]
    sections = SECTIONS if everything else SECTIONS[:3]
    for section, view in zip_longest(sections, views):
        await _section(desk, found, section, everything=everything)
        if view:
            await desk.go(f"/desk/conversations?view={view}")
            await expect(page.locator("[data-row], [role=tabpanel] h2").first).to_be_visible()
            await found.look(page, f"list {view}")
    drawers = DRAWERS if everything else DRAWERS[:1]
    for drawer, contacts in zip_longest(drawers, (_contacts, _contact)):
        if drawer:
            await desk.go(f"/desk/settings/{drawer}")
            await expect(page.get_by_role("complementary").locator("form")).to_be_visible()
            await found.look(page, f"settings {drawer}")
        if contacts:
            await contacts(desk, found)
    await _conversation(desk, found, wide=size == WIDE)
    assert found.lines == []


async def _conversation(desk: Desk, found: Findings, *, wide: bool) -> None:
    page = desk.page
    rows = (await desk.call("GET", "/conversations?view=all"))["items"]
    held = next(row for row in rows if row["assignee"] and len(row["tags"]) == 0)
    for row in (held, next(row for row in rows if row["channel"]["kind"] == "email")):
        await desk.open(row["id"])
        await found.look(page, f"conversation {row['number']}")
    if not wide:
        await desk.button("desk.show_contact").click()
        await expect(page.get_by_role("complementary")).to_be_visible()
        await found.look(page, "contact panel")
        return
    await page.keyboard.press("Alt+p")
    await found.look(page, "note")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await found.look(page, "palette")
    await page.keyboard.press("Escape")


async def _contacts(desk: Desk, found: Findings) -> None:
    await desk.go("/desk/contacts/")
    await expect(desk.page.get_by_role("main").get_by_role("link").first).to_be_visible()
    await found.look(desk.page, "contacts")


async def _contact(desk: Desk, found: Findings) -> None:
    page = desk.page
    sara = (await desk.call("GET", "/contacts?q=sara"))["items"][0]["id"]
    await desk.go(f"/desk/contacts/{sara}")
    await expect(page.get_by_role("heading", name="سارا منصوری").first).to_be_visible()
    await expect(page.get_by_text("A-20418").first).to_be_visible()
    await found.look(page, "contact")


async def _section(desk: Desk, found: Findings, section: str, *, everything: bool) -> None:
    page = desk.page
    await desk.go(f"/desk/settings/{section}")
    heading = page.get_by_role("heading", name=desk.say(f"settings.{section}")).first
    await expect(heading).to_be_visible()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await found.look(page, f"settings {section}")
    if section in ADD and everything:
        await desk.button(ADD[section]).first.click()
        await expect(page.locator("form, [role=dialog]").first).to_be_visible()
        await found.look(page, f"settings {section}, new")


@pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS[:4], ids=lambda one: str(one).replace(" ", "")
)
async def test_the_contacts_side(
    rooms: Rooms, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    found = Findings()
    page = await rooms.page(language, size, scheme)
    await page.goto("/demo/shop")
    await page.get_by_role("button", name=LANGUAGE_BUTTON[language], exact=True).click()
    await found.look(page, "shop")
    await page.evaluate("window.wasl.open()")
    chat = await chat_frame(page)
    await expect(chat.get_by_role("heading", level=1)).to_be_visible()
    await found.look(page, "chat: home")
    # nobody is here: the message becomes a mail
    await chat.locator("button.primary").first.click()
    await expect(chat.locator("form")).to_be_visible()
    await found.look(page, "chat: away")
    await chat.locator("button.primary").last.click()
    await expect(chat.locator("[aria-invalid=true]").first).to_be_visible()
    await found.look(page, "chat: away, incomplete")

    await page.goto("/demo/other-side")
    await page.locator("select").first.select_option("sara")
    phone = await chat_frame(page)
    await expect(phone.get_by_role("heading", level=1)).to_be_visible()
    await found.look(page, "other side: chat")
    await page.get_by_role("tab").last.click()
    await expect(page.locator("#app-email").get_by_role("button").first).to_be_visible()
    await found.look(page, "other side: mail")
    assert found.lines == []


async def test_an_offer_and_what_follows(rooms: Rooms) -> None:
    found = Findings()
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    await desk.declare("available")
    page = await rooms.page("ar", scheme="dark")
    await page.goto("/demo/shop")
    await page.get_by_role("button", name=LANGUAGE_BUTTON["ar"], exact=True).click()
    await page.evaluate("window.wasl.open()")
    chat = await chat_frame(page)
    await chat.locator("button.primary").first.click()
    await chat.locator("input[name=name]").fill("ليان")
    await found.look(page, "chat: before it begins")
    await chat.locator("button.primary").last.click()
    await chat.locator("textarea").fill("هل لديكم مصباح أزرق؟")
    await chat.locator("textarea").press("Enter")
    await desk.offered("ليان")
    await found.look(page, "chat: waiting")
    await found.look(desk.page, "offer")
    await desk.accept()
    await desk.reply("نعم، لدينا.")
    await expect(chat.get_by_role("log").get_by_text("نعم، لدينا.")).to_be_visible()
    await found.look(page, "chat: answered")
    await desk.page.keyboard.press("Alt+c")
    await expect(desk.page.get_by_role("radio").first).to_be_visible()
    await found.look(desk.page, "channel picker")
    await desk.page.keyboard.press("Escape")
    for key, state in (("Alt+m", "snooze"), ("Alt+e", "wrap-up")):
        await desk.page.keyboard.press(key)
        await expect(
            desk.page.get_by_role("dialog").or_(
                desk.page.get_by_role("region", name=desk.say("desk.wrap_up"), exact=True)
            )
        ).to_be_visible()
        await found.look(desk.page, state)
        await desk.page.keyboard.press("Escape")
    await expect(chat.get_by_role("log")).to_contain_text(re.compile("انتهت"))
    await found.look(page, "chat: ended")
    assert found.lines == []
