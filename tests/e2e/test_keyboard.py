"""An agent's round without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.chromium import Rooms
from tests.e2e.desk import CONVERSATION, Desk
from wasl.demo.company import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_TABS = 60


async def test_a_round_without_a_mouse(rooms: Rooms) -> None:
    page = await rooms.page()
    desk = Desk(page)
    await page.goto("/desk/")
    await expect(page.get_by_label("Work e-mail")).to_be_focused()
    await page.keyboard.type("daniel@naranj.example")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]").first).to_be_visible()

    await page.keyboard.press("Alt+j")
    await page.wait_for_url(CONVERSATION)
    await expect(desk.timeline).to_be_visible()
    await page.keyboard.press("Alt+p")
    await expect(page.get_by_role("textbox", name="Private note")).to_be_focused()
    await page.keyboard.type("Called the depot.")
    await page.keyboard.press("Control+Enter")
    await expect(
        desk.timeline.get_by_role("article").get_by_text("Called the depot.")
    ).to_be_visible()

    await page.keyboard.press("Alt+l")
    await expect(page.get_by_role("textbox", name="Reply", exact=True)).to_be_focused()
    await page.keyboard.type("It comes today.")
    await page.keyboard.press("Control+Enter")
    await desk.says("It comes today.")

    await palette(page, "Lena")
    await expect(page.get_by_role("heading", name="Lena Fischer", level=1)).to_be_visible()
    # a channel that can't be used stays in the list and says why
    await page.keyboard.press("Alt+l")
    await page.keyboard.press("Alt+c")
    refused = page.get_by_role("radio", name=re.compile("Web chat.*Not possible"))
    await expect(refused).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Escape")

    await page.keyboard.press("Alt+m")
    dialog = page.get_by_role("dialog", name=re.compile("Snooze"))
    await expect(dialog).to_be_visible()
    await tab_to(page, "For an hour")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text(re.compile("^Snoozed until"))).to_be_visible()

    await page.keyboard.press("F6")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys).to_contain_text("Resolve and go to the next")
    await page.keyboard.press("Escape")
    await expect(keys).to_be_hidden()

    await tab_to(page, "Me: Daniel Roth")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Work e-mail")).to_be_visible()


async def palette(page: Page, text: str) -> None:
    """Goes somewhere by its name."""
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await page.keyboard.type(text)
    await expect(page.get_by_role("option", name=re.compile(text)).first).to_be_visible()
    await page.keyboard.press("Enter")


async def tab_to(page: Page, name: str) -> None:
    """Presses Tab until what is named so has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "(document.activeElement?.ariaLabel || document.activeElement?.innerText || '')"
        )
        if name in re.sub("[\u2066-\u2069]", "", focused):
            return
    raise AssertionError(f"{name!r} can't be reached with Tab")
