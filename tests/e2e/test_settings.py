"""Setting up the company in the settings: queue, person, canned response, channel."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_company_is_set_up_in_the_settings(rooms: Rooms) -> None:
    desk = Desk(await rooms.page())
    await desk.sign_in("admin")

    drawer = await open_form(desk, "queues", "settings.queue.add")
    await drawer.get_by_label("Name in English").fill("Workshops")
    await drawer.get_by_label("Name in Persian").fill("کارگاه‌ها")
    await drawer.get_by_label("Name in Arabic").fill("الورش")
    await drawer.get_by_role("button", name="Add a member").click()
    await desk.page.get_by_role("option", name="Leila Haddad").click()
    await save(desk, drawer, "Workshops")

    drawer = await open_form(desk, "users", "settings.user.add")
    await drawer.get_by_label("Name").fill("Samir Aziz")
    await drawer.get_by_label("Work e-mail").fill("samir@naranj.example")
    password = await drawer.get_by_text(desk_password := "-").last.inner_text()
    assert desk_password in password
    await save(desk, drawer, "Samir Aziz")

    drawer = await open_form(desk, "canned", "settings.response.add")
    await drawer.get_by_label("Title").fill("Opening hours")
    await drawer.get_by_label("Short name").fill("hours")
    await drawer.get_by_label("Text in English").fill("We are here from 9 to 18.")
    await save(desk, drawer, "Opening hours")

    await connect_api(desk)
    await the_new_person_works(rooms, password)


async def open_form(desk: Desk, section: str, add: str) -> Locator:
    """The drawer of a new thing in a section."""
    await desk.page.goto(f"/desk/settings/{section}")
    await desk.button(add).first.click()
    drawer = desk.page.get_by_role("complementary")
    await expect(drawer).to_be_visible()
    return drawer


async def save(desk: Desk, drawer: Locator, name: str) -> None:
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer).to_be_hidden()
    await expect(desk.page.get_by_role("main").get_by_text(name).first).to_be_visible()


async def connect_api(desk: Desk) -> None:
    """What fails its test is kept only switched off."""
    await desk.page.goto("/desk/settings/channels/new/api")
    drawer = desk.page.get_by_role("complementary")
    await drawer.get_by_label("Name").fill("Our app")
    await drawer.get_by_label("Deliver messages to").fill("http://127.0.0.1:9/wasl")
    await drawer.get_by_label("Secret").fill("a secret of enough letters")
    await drawer.get_by_role("button", name="Test connection").click()
    card = drawer.get_by_role("status").filter(has_text="Does not work yet")
    await expect(card).to_contain_text("The address may not be called")
    await expect(drawer.get_by_role("button", name="Save")).to_be_disabled()
    await drawer.get_by_text("Switched on", exact=True).click()
    await save(desk, drawer, "Our app")


async def the_new_person_works(rooms: Rooms, password: str) -> None:
    """Signs in with the first password and finds the new response."""
    desk = Desk(await rooms.page())
    await desk.sign_in("samir", password)
    rows = await desk.call("GET", "/canned-responses")
    assert "hours" in {row["short"] for row in rows}
