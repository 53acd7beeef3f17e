"""The shop's assistant answers in Persian, shows an order and hands over what it was told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Frame, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import chat_frame
from tests.e2e.desk import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]


@asynccontextmanager
async def assisted(admin: Desk) -> AsyncIterator[None]:
    """The shop's chat leads to its assistant, and afterwards to people again."""
    (flow,) = (await admin.call("GET", "/flows"))["items"]
    channels = await admin.call("GET", "/channels")
    channel_id = next(c["id"] for c in channels if c["kind"] == "web_chat")
    there = f"/channels/{channel_id}/flow"
    await admin.ask("PUT", there, {"flow_id": flow["id"]})
    try:
        yield
    finally:
        await admin.ask("PUT", there, {"flow_id": None})


async def says(chat: Frame, text: str) -> None:
    await chat.locator("textarea").fill(text)
    await chat.locator("textarea").press("Enter")


async def test_an_order_then_a_person_who_knows_it_all(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    await desk.declare("available")
    async with assisted(admin):
        page = await rooms.page("fa")
        await page.goto("/demo/shop")
        await page.get_by_role("button", name="فارسی", exact=True).click()
        await page.evaluate("window.wasl.open()")
        chat = await chat_frame(page)
        thread = chat.get_by_role("log")
        await chat.locator("button.primary").first.click()
        await chat.locator("input[name=name]").fill("لیلا")
        await chat.locator("button.primary").last.click()
        await says(chat, "سلام")
        await expect(thread).to_contain_text("من دستیار نارنج هستم")
        assert await violations(page) == []
        await chat.get_by_role("button", name="سفارشم کجاست؟", exact=True).click()
        await expect(thread).to_contain_text("شمارهٔ سفارشتان چیست؟")
        await says(chat, "a-۲۰۴۲۹")
        await expect(thread).to_contain_text("شمارهٔ تلفن همان سفارش؟")
        await says(chat, "ali@example.com")
        await expect(thread).to_contain_text(re.compile("A-20429.*تحویل شده است"))
        await chat.get_by_role("button", name="صحبت با یک نفر", exact=True).click()
        await expect(thread).to_contain_text("شما را به یک همکار وصل می‌کنم")

        await desk.offered("لیلا")
        await desk.accept()
        await desk.says("شمارهٔ سفارش: a-۲۰۴۲۹")
        await expect(desk.timeline).to_contain_text("دستیار نارنج")
        await expect(desk.timeline).to_contain_text("تحویل شده است")
        await desk.reply("سلام لیلا، همراهتان هستم.")
        await expect(thread).to_contain_text("سلام لیلا، همراهتان هستم.")
        await says(chat, "2")  # an entry of the menu before: nobody but the agent answers
        await desk.says("2")
        await expect(chat.locator(".chip")).to_have_count(0)
