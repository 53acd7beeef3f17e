"""A callback and the colleagues beside an agent, in Chromium: in English, Persian and Arabic."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import Chat, ask_in_shop
from tests.e2e.desk import Desk
from tests.e2e.test_monitor import live

pytestmark = pytest.mark.asyncio(loop_scope="session")


def bar(desk: Desk, text_id: str) -> Locator:
    """The bar above the timeline that is called so."""
    return desk.page.get_by_role("region", name=desk.say(text_id), exact=True)


async def choose(desk: Desk, text_id: str) -> None:
    """A verb of the menu of an open conversation."""
    await desk.button("desk.more_actions").click()
    await desk.page.get_by_role("menuitem", name=desk.say(text_id), exact=True).click()


async def test_who_leaves_the_queue_is_called_back(rooms: Rooms) -> None:
    maryam = Desk(await rooms.page("fa"), "fa")
    await maryam.sign_in("maryam")
    await maryam.declare("available")
    chat = await ask_in_shop(await rooms.page("en"))
    await chat.begin(name="Hana")
    await chat.write("I have no time to wait.")
    await maryam.offered("Hana")
    nora = Desk(await rooms.page("ar"), "ar")
    await nora.sign_in("nora")
    await nora.page.goto("/desk/conversations?view=unassigned")
    await nora.page.get_by_role("link", name=re.compile("Hana")).first.click()
    await nora.says("I have no time to wait.")
    asked = bar(nora, "routing.callback_title")
    await asks_and_takes_back(chat, asked)
    await choose(nora, "desk.call_back")
    dialog = nora.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("12")
    await nora.button("routing.callback_keep").click()
    await expect(dialog).to_be_visible()  # that is no number
    await dialog.get_by_role("textbox").fill("+98 912 345 6789")
    assert await violations(nora.page) == []
    await nora.button("routing.callback_keep").click()
    await expect(asked.get_by_role("link", name="+98 912 345 6789")).to_be_visible()
    assert await violations(nora.page) == []
    await chat.reads("We call you at +98 912 345 6789")

    # on a slow machine she has let the first offer pass meanwhile
    await maryam.call("PUT", "/presence", {"presence": "available"})
    await maryam.offered("Hana")
    await expect(maryam.page.get_by_text(maryam.say("desk.offer_callback"))).to_be_visible()
    assert await violations(maryam.page) == []
    await maryam.accept()
    calls = bar(maryam, "routing.callback_title")
    await expect(calls).to_be_visible()
    assert await violations(maryam.page) == []
    await maryam.button("routing.callback_unanswered").click()
    await expect(maryam.button("routing.callback_reached")).to_have_count(0)
    await maryam.button("desk.pick").first.click()
    await maryam.button("routing.callback_reached").click()
    await expect(maryam.button("routing.callback_unanswered")).to_have_count(0)
    await maryam.button("routing.callback_done").click()
    await expect(calls).to_have_count(0)


async def asks_and_takes_back(chat: Chat, shown: Locator) -> None:
    """The contact, who waits, leaves a number of their own keyboard, and then stays after all."""
    await chat.thread.get_by_role("button", name="Call me back instead").press("Enter")
    sheet = chat.at.get_by_role("dialog", name="Call me back")
    number = sheet.get_by_role("textbox", name="Your phone number")
    await expect(number).to_be_focused()
    await number.fill("12")
    await number.press("Enter")
    await expect(sheet.get_by_text("not a phone number")).to_be_visible()
    assert await violations(chat.thread.page) == []
    await number.fill("+۹۸ ۹۱۲ ۳۴۵ ۰۰۰۰")
    await number.press("Enter")
    await chat.reads("We call you at +98 912 345 0000")
    await expect(sheet).to_have_count(0)
    assert await violations(chat.thread.page) == []
    await expect(shown.get_by_role("link", name="+98 912 345 0000")).to_be_visible()
    await chat.press("Do not call me")
    await expect(chat.at.get_by_text("We call you at")).to_have_count(0)
    await expect(shown).to_have_count(0)


async def test_a_colleague_advises_and_a_supervisor_joins(rooms: Rooms) -> None:
    maryam = Desk(await rooms.page("fa"), "fa")
    await maryam.sign_in("maryam")
    await maryam.declare("available")
    chat = await ask_in_shop(await rooms.page("en"))
    await chat.begin(name="Yara")
    await chat.write("Is it safe in the oven?")
    await maryam.offered("Yara")
    await maryam.accept()

    await choose(maryam, "desk.ask_in")
    dialog = maryam.page.get_by_role("dialog")
    await dialog.get_by_role("option", name=re.compile("خالد")).click()
    note = dialog.get_by_role("textbox", name=maryam.say("routing.ask_in_note"))
    await note.fill("How hot may it get?")
    assert await violations(maryam.page) == []
    await maryam.button("routing.ask_in_send").click()
    await expect(bar(maryam, "routing.beside_title")).to_be_visible()
    assert await violations(maryam.page) == []

    khalid = Desk(await rooms.page("ar"), "ar")
    await khalid.sign_in("khalid")
    await khalid.page.goto("/desk/conversations?view=mine")
    await khalid.page.get_by_role("link", name=re.compile("Yara")).first.click()
    await khalid.says("How hot may it get?")
    await expect(khalid.button("routing.beside_leave")).to_be_visible()
    assert await violations(khalid.page) == []
    late = await khalid.ask("POST", f"/conversations/{khalid.conversation}/pick")
    assert late.status == 409

    nora = Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    await nora.page.goto("/desk/monitor")
    await live(nora, "Yara").click()
    pane = nora.page.locator("[data-monitor-pane]")
    await expect(pane.get_by_text("Is it safe in the oven?")).to_be_visible()
    await pane.focus()
    await nora.page.keyboard.press("3")
    await expect(pane.get_by_text(re.compile("You have joined"))).to_be_visible()
    field = pane.get_by_role("textbox")
    await field.fill("Up to 200 degrees.")
    assert await violations(nora.page) == []
    await field.press("Enter")
    await expect(chat.thread.get_by_text("Up to 200 degrees.")).to_be_visible()
    await expect(bar(maryam, "routing.beside_title")).to_contain_text("نورا")
    await pane.focus()
    await nora.page.keyboard.press("1")
    await expect(field).to_have_count(0)

    await khalid.button("routing.beside_leave").click()
    await expect(bar(maryam, "routing.beside_title")).to_have_count(0)
