"""An offer is told outside the tab when the tab is not looked at."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

# the browser's own notices, written down as they are made
_WATCH_NOTICES = """
  window.notices = [];
  window.Notification = new Proxy(window.Notification, {
    construct(target, given, as) {
      window.notices.push({ title: given[0], body: given[1]?.body });
      return Reflect.construct(target, given, as);
    },
  });
"""


async def test_an_offer_is_told_outside_the_tab(rooms: Rooms) -> None:
    desk = Desk(await rooms.page())
    page = desk.page
    await page.context.grant_permissions(["notifications"])
    await page.add_init_script(_WATCH_NOTICES)
    await desk.sign_in("leila")
    await desk.declare("available")
    # another tab is looked at; pages are held as focused for tests until that is said
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = await page.context.new_page()
    await other.bring_to_front()
    await page.wait_for_function("() => document.hidden || !document.hasFocus()")

    chat = await ask_in_shop(await rooms.page())
    await chat.begin(name="Omar Nasser", email="omar@example.com")
    await chat.write("Do you deliver on Sunday?")
    await desk.offered("Omar Nasser")
    await page.wait_for_function("() => window.notices.length > 0")
    (notice,) = await page.evaluate("window.notices")
    assert "Omar Nasser" in notice["title"]
    assert "Do you deliver on Sunday?" in notice["body"]

    # who looks at the desk is told there alone
    await other.close()
    await page.bring_to_front()
    await desk.accept()
    await expect(desk.timeline).to_be_visible()
    assert len(await page.evaluate("window.notices")) == 1
