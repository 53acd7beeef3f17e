"""The shop's assistant answers in Persian, shows an order, books a visit, hands over what it was
told, and asks for a rating at the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Frame, Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import chat_frame
from tests.e2e.desk import Desk

OWN_NAMES = {"en": "English", "fa": "فارسی", "ar": "العربية"}

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def assisted(admin: Desk) -> AsyncIterator[None]:
    """The shop's chat leads to its assistant, and afterwards to people again."""
    found = {one["key"]: one["id"] for one in (await admin.call("GET", "/flows"))["items"]}
    flow_id, rating = found["assistant"], f"/automations/{found['rating']}"
    channels = await admin.call("GET", "/channels")
    channel_id = next(c["id"] for c in channels if c["kind"] == "web_chat")
    there = f"/channels/{channel_id}/flow"
    await admin.ask("PUT", there, {"flow_id": flow_id})
    await admin.ask("PUT", rating, {"active": True})
    try:
        yield
    finally:
        await admin.ask("PUT", there, {"flow_id": None})
        await admin.ask("PUT", rating, {"active": False})


async def says(chat: Frame, text: str) -> None:
    await chat.locator("textarea").fill(text)
    await chat.locator("textarea").press("Enter")


async def asked_by(rooms: Rooms, language: str, name: str) -> tuple[Page, Frame, Locator]:
    """A visitor of the shop opens its chat: the page, the chat and its thread."""
    page = await rooms.page(language)
    await page.goto("/demo/shop")
    await page.get_by_role("button", name=OWN_NAMES[language], exact=True).click()
    await page.evaluate("window.wasl.open()")
    chat = await chat_frame(page)
    await chat.locator("button.primary").first.click()
    await chat.locator("input[name=name]").fill(name)
    await chat.locator("button.primary").last.click()
    return page, chat, chat.get_by_role("log")


async def test_an_order_then_a_person_who_knows_it_all(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    await desk.declare("available")
    async with assisted(admin):
        page, chat, thread = await asked_by(rooms, "fa", "لیلا")
        await says(chat, "سلام")
        await expect(thread).to_contain_text("من دستیار نارنج هستم")
        assert await violations(page) == []
        await says(chat, "بسته‌ای که هفتهٔ پیش سفارش دادم هنوز نرسیده!")  # no entry is called so
        await expect(thread).to_contain_text("شمارهٔ سفارشتان چیست؟", timeout=20_000)
        await says(chat, "a-۲۰۴۲۹")
        await expect(thread).to_contain_text("شمارهٔ تلفن همان سفارش؟")
        await says(chat, "ali@example.com")
        await expect(thread).to_contain_text(re.compile("A-20429.*تحویل شده است"))
        await chat.get_by_role("button", name="رزرو بازدید", exact=True).click()
        await expect(thread).to_contain_text("بازدید کنید")
        await expect(chat.locator(".chip")).to_have_count(8)
        assert await violations(page) == []
        time = await chat.locator(".chip").first.inner_text()
        assert "، " in time and any(digit in time for digit in "۰۱۲۳۴۵۶۷۸۹")
        await chat.locator(".chip").first.click()
        await expect(thread).to_contain_text("(به وقت برلین) ثبت شد")
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

        conversation_id = desk.page.url.rpartition("/")[2].partition("?")[0]
        there = f"/conversations/{conversation_id}"
        await desk.call("POST", f"{there}/status", {"status": "resolved"})
        await expect(thread).to_contain_text("کمک ما امروز چطور بود؟")
        await chat.get_by_role("button", name="۵", exact=True).click()
        await expect(thread).to_contain_text("چیز دیگری هم می‌خواهید بگویید؟")
        await says(chat, "مریم خیلی مهربان بود")
        await expect(thread).to_contain_text("ممنون، این به ما کمک می‌کند.")
        await expect(desk.timeline).to_contain_text("امتیاز ۵ از ۵")
        await expect(desk.timeline).to_contain_text("دربارهٔ امتیاز")
        assert (await desk.call("GET", there))["status"] == "resolved"
        rated = await admin.call("GET", "/ratings")
        assert rated["count"] == 1 and rated["agents"][0]["average"] == 5
    # Maryam has room again for other journeys
    await desk.call("POST", f"{there}/wrap-up", {})


@pytest.mark.parametrize(
    ("language", "words", "booked", "five", "bye"),
    [
        (
            "en",
            ("Hello", "Book a visit", "No, thank you"),
            "You are booked for",
            "5",
            "Have a good day!",
        ),
        ("ar", ("مرحبا", "حجز زيارة", "لا، شكرًا"), "حُجزت زيارتك", "٥", "يومًا سعيدًا!"),
    ],
)
async def test_a_visit_is_booked_and_rated_without_anybody(
    rooms: Rooms, language: str, words: tuple[str, str, str], booked: str, five: str, bye: str
) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    hello, visit, no = words
    async with assisted(admin):
        page, chat, thread = await asked_by(rooms, language, f"Emma {language}")
        await says(chat, hello)
        await chat.get_by_role("button", name=visit, exact=True).click()
        await expect(chat.locator(".chip")).to_have_count(8)
        await chat.locator(".chip").nth(6).click()  # later times
        await expect(chat.locator(".chip")).to_have_count(8)
        time = (await chat.locator(".chip").nth(1).inner_text()).rpartition(" ")[2]
        assert await violations(page) == []
        await chat.locator(".chip").nth(1).click()
        await expect(thread.get_by_text(booked)).to_contain_text(time)
        await chat.get_by_role("button", name=no, exact=True).click()
        await chat.get_by_role("button", name=five, exact=True).click()
        await chat.get_by_role("button", name=no, exact=True).click()
        await expect(thread).to_contain_text(bye)
        (row,) = [
            row
            for row in (await admin.call("GET", "/conversations?view=resolved"))["items"]
            if row["contact"]["name"] == f"Emma {language}"
        ]
        assert row["status"] == "resolved" and row["assignee"] is None


async def test_what_suits_and_an_order_that_is_cancelled_in_time(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    async with assisted(admin):
        _, chat, thread = await asked_by(rooms, "ar", "ليلى")
        await says(chat, "مرحبا")
        await chat.get_by_role("button", name="ساعدوني في الاختيار", exact=True).click()
        await chat.get_by_role("button", name="هدية", exact=True).click()
        await says(chat, "٦٠")
        await expect(thread).to_contain_text("إبريق شاي «ستاره»")
        await expect(thread).to_contain_text("٥٣ يورو")
        await chat.get_by_role("button", name="لا، شكرًا", exact=True).click()
        await chat.get_by_role("button", name="أين طلبي؟", exact=True).click()
        await says(chat, "A-20517")
        await says(chat, "+44 20 7946 0112")
        await expect(thread).to_contain_text("قيد التجهيز ولم يُرسل بعد")
        await chat.get_by_role("button", name="إلغاؤه", exact=True).click()
        await expect(thread).to_contain_text("هل تريد حقًا إلغاء الطلب")
        await chat.get_by_role("button", name="نعم", exact=True).click()
        await expect(thread).to_contain_text("أُلغي الطلب A-20517.")
        (row,) = (await admin.call("GET", "/contacts?q=442079460112"))["items"]
        contact = await admin.call("GET", f"/contacts/{row['id']}")
        assert [order["status"] for order in contact["orders"]] == ["cancelled"]
        await chat.get_by_role("button", name="لا، شكرًا", exact=True).click()
        await chat.get_by_role("button", name="٥", exact=True).click()
        await chat.get_by_role("button", name="لا، شكرًا", exact=True).click()
        await expect(thread).to_contain_text("يومًا سعيدًا!")
