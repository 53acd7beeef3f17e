"""The demo's people sign in with one press; menus say what is chosen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_press_signs_in(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("ar"), "ar")
    page = desk.page
    await page.goto("/desk/")
    people = page.get_by_role("region", name=desk.say("sign_in.demo"))
    await people.get_by_role("button", name=re.compile("خالد العتيبي")).click()
    await expect(page.locator("[data-pane]").first).to_be_visible()

    me = await desk.call("GET", "/me")
    assert me["user"]["name"] == "خالد العتيبي"
    await page.get_by_role("button", name=re.compile("خالد العتيبي")).last.click()
    languages = page.get_by_role("group", name=desk.say("shell.language"))
    chosen = languages.get_by_role("menuitemradio", checked=True)
    await expect(chosen).to_have_count(1)
    await expect(chosen).to_have_text("العربية")
    themes = page.get_by_role("group", name=desk.say("shell.theme"))
    await expect(themes.get_by_role("menuitemradio", checked=True)).to_have_count(1)
    sound = page.get_by_role("menuitemcheckbox", name=desk.say("desk.sound"))
    await expect(sound).to_be_checked()
