"""Two agents at one conversation, in Persian and in Arabic: they see each other, one takes it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_only_one_of_two_agents_takes_it(rooms: Rooms) -> None:
    maryam = Desk(await rooms.page("fa"), "fa")
    khalid = Desk(await rooms.page("ar"), "ar")
    await maryam.sign_in("maryam")
    await khalid.sign_in("khalid")
    sent = await maryam.page.request.post(
        "/demo/mail",
        data={
            "who": "chloe",
            "to": "support@naranj.example",
            "subject": "Teapot",
            "text": "My teapot drips. What can I do?",
        },
    )
    assert sent.status == 201
    for desk in (maryam, khalid):
        await desk.page.goto("/desk/conversations?view=unassigned")
        await desk.page.get_by_role("link", name=re.compile("Chloé Martin")).click()
        await desk.says("My teapot drips. What can I do?")

    # each sees that the other is here, and writes
    await expect(maryam.page.get_by_role("img", name=re.compile("خالد العتيبي"))).to_be_visible()
    await expect(khalid.page.get_by_role("img", name=re.compile("مریم احمدی"))).to_be_visible()
    field = maryam.page.get_by_role("textbox", name=maryam.say("desk.compose"), exact=True)
    await field.press_sequentially("Hello")
    await expect(
        khalid.timeline.get_by_text(re.compile("مریم احمدی")).filter(visible=True)
    ).to_be_visible()

    await maryam.button("desk.pick").first.click()
    await expect(khalid.button("desk.pick")).to_have_count(0)
    held = khalid.say("desk.held_by", name="\u2068مریم احمدی\u2069")
    await expect(khalid.page.get_by_text(held)).to_be_visible()
    # who asks a moment too late is told who was faster
    late = await khalid.ask("POST", f"/conversations/{khalid.conversation}/pick")
    assert late.status == 409
    problem = await late.json()
    assert problem["code"] == "already_taken"
    assert problem["params"]["by"] == "مریم احمدی"

    await maryam.reply("A new one leaves today.")
    await khalid.says("A new one leaves today.")
