"""The server goes away in mid-conversation and comes back: nothing is lost, nothing comes twice."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.demo_server import DemoServer
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_was_written_offline_arrives_once(rooms: Rooms, server: DemoServer) -> None:
    desk = Desk(await rooms.page())
    await desk.sign_in("leila")
    await desk.declare("available")
    chat = await ask_in_shop(await rooms.page())
    await chat.begin(name="Noah Lind")
    await chat.write("Do you ship to Oslo?")
    await desk.offered("Noah Lind")
    await desk.accept()
    await desk.says("Do you ship to Oslo?")

    await server.stop()
    await expect(chat.at.get_by_text("Connection lost")).to_be_visible()
    await expect(desk.page.get_by_role("alert").get_by_text("No connection")).to_be_visible()
    await chat.write("And how long does it take?")
    await expect(chat.thread.get_by_text("Waiting to send")).to_be_visible()
    await desk.reply("We do, in five days.")
    waits = desk.timeline.get_by_text("Will be sent when you are back")
    await expect(waits).to_be_attached()

    await server.start()
    await desk.says("And how long does it take?")
    await chat.reads("We do, in five days.")
    await expect(waits).to_have_count(0)
    await expect(chat.at.get_by_text("Connection lost")).to_have_count(0)
    await expect(desk.page.get_by_text("No connection")).to_have_count(0)
    for text in ("And how long does it take?", "We do, in five days."):
        await expect(chat.thread.get_by_text(text)).to_have_count(1)
        await expect(desk.timeline.get_by_text(text)).to_have_count(1)
