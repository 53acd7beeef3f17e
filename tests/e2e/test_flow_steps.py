"""What a bot did is looked at step by step, from the timeline to the drawing; there an automation
is played: what starts it, what it waits for, and time that passes."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk
from tests.e2e.test_assistant import asked_by, assisted, says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

REMINDS = {
    "schema": "wasl.flow/1",
    "name": {"en": "Reminds", "fa": "یادآور", "ar": "تذكير"},
    "languages": ["en", "fa", "ar"],
    "start": "wait",
    "steps": {
        "wait": {
            "type": "wait",
            "event": "ConversationTagged",
            "filter": "contains(event.added, 'vip')",
            "within_s": 3600,
            "next": "rest",
            "late": "end",
        },
        "rest": {"type": "wait", "seconds": 600, "next": "note"},
        "note": {
            "type": "note",
            "text": dict.fromkeys(("en", "fa", "ar"), "{{event.added}}: {{conversation.priority}}"),
            "next": "end",
        },
        "end": {"type": "end"},
    },
    "trigger": {"on": "ConversationQueued", "filter": "conversation.priority == 3"},
}


async def test_what_the_assistant_did_and_what_an_automation_would_do(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    page = desk.page
    await desk.sign_in("admin")
    async with assisted(desk):
        _, chat, thread = await asked_by(rooms, "fa", "پروانه")
        await says(chat, "سلام")
        await expect(thread).to_contain_text("من دستیار نارنج هستم")
        await chat.get_by_role("button", name="صحبت با یک نفر", exact=True).click()
        await expect(thread).to_contain_text("شما را به یک همکار وصل می‌کنم")
    rows = (await desk.call("GET", "/conversations?view=all"))["items"]
    row = next(row for row in rows if row["contact"]["name"] == "پروانه")
    await desk.open(row["id"])
    steps = desk.button("desk.show_steps", name="\u2068دستیار نارنج\u2069")
    await steps.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    path = dialog.get_by_role("list", name=desk.say("flows.trace.steps"), exact=True)
    await expect(path).to_contain_text(
        desk.say("flows.trace.chose", entry="\u2068صحبت با یک نفر\u2069")
    )
    await expect(path).to_contain_text(desk.say("flows.trace.wrote", text="\u2068سلام\u2069"))
    await expect(path.get_by_role("listitem").last).to_contain_text(
        desk.say("flows.runs.status.handed_over")
    )
    wrong = await violations(page)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(steps).to_be_focused()

    # from a step to its place in the drawing
    await page.keyboard.press("Enter")
    drawing = dialog.get_by_role("link", name=re.compile(desk.say("flows.trace.draw", step=".*")))
    last = await drawing.last.get_attribute("href")
    assert last is not None
    await drawing.last.click()
    there = page.get_by_role("complementary", name=last.rpartition("#")[2])
    await expect(there).to_be_visible()

    key = {"key": "reminds_fa", "definition": REMINDS}
    made = await desk.call("POST", "/flows", key)
    await page.goto(f"/desk/flows/{made['id']}")
    await page.get_by_role("button", name=re.compile(f"^{desk.say('flows.simulate')}")).click()
    chat_of_play = page.get_by_role("region", name=desk.say("flows.play.chat"), exact=True)
    wanted = chat_of_play.get_by_role("textbox", name=re.compile("conversation.priority"))
    await expect(wanted).to_have_value("3")  # what its condition asks for
    queued = desk.say("flows.trigger.on.ConversationQueued")
    await wanted.fill("۱")
    await desk.button("flows.play.happens", what=queued).click()
    await expect(chat_of_play).to_contain_text(desk.say("flows.play.not_begun"))
    await wanted.fill("۳")
    await desk.button("flows.play.happens", what=queued).click()
    tagged = desk.button("flows.play.happens", what=desk.say("flows.trigger.on.ConversationTagged"))
    added = chat_of_play.get_by_role("textbox", name=re.compile("event.added"))
    await expect(added).to_have_value("vip")
    await added.fill("other")
    await tagged.click()
    await expect(chat_of_play).to_contain_text(desk.say("flows.play.unchanged"))
    await added.fill("vip")
    wrong += await violations(page)
    await tagged.click()
    await expect(tagged).to_have_count(0)
    await chat_of_play.get_by_role(
        "button", name=re.compile(desk.say("flows.play.time", at=""))
    ).click()
    await expect(chat_of_play).to_contain_text("vip: ۳")
    await expect(chat_of_play).to_contain_text(desk.say("flows.play.finished"))
    assert wrong == []
