"""The composer: what is sent while a file is on its way up waits for it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Route, expect

from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

UPLOADS = re.compile(r"/api/v1/attachments\?")


async def test_a_reply_waits_for_its_file(rooms: Rooms, tmp_path: Path) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    await desk.declare("available")
    chat = await ask_in_shop(await rooms.page())
    await chat.begin(name="Nina Berg", email="nina@example.com")
    await chat.write("How large is the teapot?")
    await desk.offered("Nina Berg")
    await desk.accept()

    bill = tmp_path / "sizes.txt"
    bill.write_text("0.8 l")
    arrives = asyncio.Event()

    async def hold(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await desk.page.route(UPLOADS, hold)
    await desk.page.locator("input[type=file]").set_input_files(bill)
    field = reply_field(desk)
    await field.fill("Here are its sizes.")
    await expect(desk.button("desk.send")).to_be_enabled()  # not before the channels are known
    await field.press("Control+Enter")
    status = desk.page.get_by_role("status").filter(has_text=desk.say("desk.waiting_files"))
    await expect(status).to_be_visible()
    await expect(field).to_have_value("Here are its sizes.")
    arrives.set()
    await chat.reads("Here are its sizes.")
    await expect(chat.thread.get_by_role("link", name="sizes.txt")).to_be_visible()
    await expect(status).to_be_hidden()

    # a file that does not get up takes nothing with it
    await desk.page.unroute(UPLOADS)
    fails = asyncio.Event()

    async def fail(route: Route) -> None:
        await fails.wait()
        await route.abort()

    await desk.page.route(UPLOADS, fail)
    await desk.page.locator("input[type=file]").set_input_files(bill)
    await field.fill("Once more.")
    await field.press("Control+Enter")
    await expect(status).to_be_visible()
    fails.set()
    failed = desk.page.get_by_role("status").filter(has_text=desk.say("desk.files_failed"))
    await expect(failed).to_be_visible()
    await expect(field).to_have_value("Once more.")
    await desk.button("desk.remove_file", name="\u2068sizes.txt\u2069").click()
    await expect(failed).to_be_hidden()
    await desk.reply("Once more.")
    await chat.reads("Once more.")

    # resolved too early
    await desk.button("desk.resolve").click()
    await desk.button("desk.undo").click()
    await expect(desk.button("desk.resolve")).to_be_visible()
    await desk.reply("One more thing.")
    await chat.reads("One more thing.")


def reply_field(desk: Desk) -> Locator:
    return desk.page.get_by_role("textbox", name=desk.say("desk.compose"), exact=True)
