"""The wallboard in Chromium: it moves as the centre does, on every screen, and only for those who
supervise."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.contact_side import chat_frame
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = (("en", "light", WIDE), ("fa", "dark", WIDE), ("ar", "light", WIDE), ("fa", "light", PHONE))


def part(desk: Desk, text_id: str) -> Locator:
    return desk.page.get_by_role("region", name=desk.say(text_id), exact=True)


async def opened(desk: Desk) -> None:
    await desk.page.goto("/desk/wallboard")
    heading = desk.page.get_by_role("heading", name=desk.say("wallboard.title"), level=1)
    await expect(heading).to_be_visible()
    await expect(part(desk, "wallboard.queues")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS, ids=str)
async def test_it_reads_well(
    rooms: Rooms, language: str, scheme: str, size: tuple[int, int]
) -> None:
    page = await rooms.page(language, size, "dark" if scheme == "dark" else "light")
    desk = Desk(page, language)
    await desk.sign_in("nora")
    await desk.call("PATCH", "/me", {"theme": scheme})
    await opened(desk)
    assert await violations(page) == []
    if size == PHONE:
        width = await page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= PHONE[0]
        return
    await page.keyboard.press("f")
    wall = page.locator("main.fixed")
    await expect(wall).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(wall).to_have_count(0)
    await desk.button("wallboard.columns").click()
    await page.get_by_role("menuitemcheckbox", name=desk.say("wallboard.column_expected")).click()
    header = page.get_by_role("columnheader", name=desk.say("wallboard.expected"), exact=True)
    await expect(header).to_have_count(0)
    await page.reload()
    await expect(part(desk, "wallboard.queues")).to_be_visible()
    await expect(header).to_have_count(0)  # it is kept
    await page.locator("tbody td button").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text(desk.say("wallboard.variant_answered"))
    assert await violations(page) == []


async def test_it_moves_as_the_centre_does(rooms: Rooms) -> None:
    nora = Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    await opened(nora)
    maryam = Desk(await rooms.page("fa"), "fa")
    await maryam.sign_in("maryam")
    await maryam.declare("available")
    agents = part(nora, "wallboard.agents")
    await expect(agents.get_by_text("مریم احمدی")).to_be_visible()
    waiting = nora.page.locator("tbody tr").locator("td:first-of-type", has_text=re.compile("^1$"))
    await expect(waiting).to_have_count(0)
    page = await rooms.page("en")
    await page.goto("/demo/shop")
    await page.get_by_role("button", name="English", exact=True).click()
    await page.evaluate("window.wasl.open()")
    chat = await chat_frame(page)
    await chat.locator("button.primary").first.click()
    await chat.locator("input[name=name]").fill("Wallace")
    await chat.locator("button.primary").last.click()
    await chat.locator("textarea").fill("Is anybody there?")
    await chat.locator("textarea").press("Enter")
    await maryam.offered("Wallace")
    await expect(waiting).to_have_count(1)
    await maryam.accept()
    await expect(waiting).to_have_count(0)
    await agents.get_by_role("button", name=re.compile("مریم احمدی")).click()
    panel = nora.page.get_by_role("complementary", name="مریم احمدی")
    await expect(panel).to_be_visible()
    assert await violations(nora.page) == []
    choice = panel.get_by_role("checkbox", name=nora.say("wallboard.choose", name="Web chat"))
    before = await choice.count()
    # what was taken last stands last
    await choice.last.check(force=True)
    await panel.get_by_role("button", name=re.compile(nora.say("wallboard.reassign"))).click()
    await nora.page.get_by_role("menuitem", name=nora.say("wallboard.take_over")).click()
    await expect(choice).to_have_count(before - 1)
    assert await violations(nora.page) == []
    # away from the conversation, whose own heading is the same name
    await maryam.page.goto("/desk/conversations?view=mine")
    await expect(maryam.page.get_by_role("heading", name="Wallace", level=2)).to_have_count(0)
    await nora.button("desk.undo").click()
    await maryam.offered("Wallace")
    await maryam.accept()
    await expect(choice).to_have_count(before)
    await panel.get_by_role("link", name=re.compile(nora.say("wallboard.read_along"))).last.click()
    await nora.says("Is anybody there?")


async def test_a_supervisor_sets_a_target_and_logs_an_agent_out(rooms: Rooms) -> None:
    daniel = Desk(await rooms.page("en"))
    await daniel.sign_in("daniel")
    await daniel.declare("available")
    nora = Desk(await rooms.page("ar"), "ar")
    await nora.sign_in("nora")
    await opened(nora)
    page = nora.page
    await page.locator("tbody th button").first.click()
    await nora.button("wallboard.set_target").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await violations(page) == []
    percent = dialog.get_by_label(nora.say("wallboard.field_percent"), exact=True)
    await percent.fill("91")
    await percent.blur()
    await nora.button("common.save").click()
    await expect(dialog).to_have_count(0)
    boards = (await nora.call("GET", "/wallboard"))["queues"]
    assert sorted({board["target"]["percent"] for board in boards}) == [80, 91]
    agents = part(nora, "wallboard.agents")
    await page.get_by_role("complementary").get_by_role("button").first.click()
    await agents.get_by_role("button", name=re.compile("Daniel Roth")).click()
    await nora.button("wallboard.log_out").click()
    asked = page.get_by_role("dialog")
    await expect(asked).to_contain_text(nora.say("wallboard.log_out_text"))
    assert await violations(page) == []
    await asked.get_by_role("button", name=nora.say("wallboard.log_out"), exact=True).click()
    await expect(asked).to_have_count(0)
    await expect(daniel.page.locator("input[type=password]")).to_be_visible()  # signed out
    rows = (await nora.call("GET", "/wallboard"))["agents"]
    (sent_home,) = [agent for agent in rows if agent["name"] == "Daniel Roth"]
    assert sent_home["presence"] == "offline"
    assert {held["state"] for held in sent_home["held"]} <= {"wrap_up"}


async def test_agents_see_their_own_day(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("daniel")
    await desk.page.get_by_role("link", name=desk.say("shell.my_day"), exact=True).click()
    await expect(
        desk.page.get_by_role("heading", name=desk.say("wallboard.my_day"), level=1)
    ).to_be_visible()
    queues = desk.page.get_by_role("region", name=desk.say("wallboard.my_queues"), exact=True)
    await expect(queues.get_by_role("listitem").first).to_be_visible()
    assert await violations(desk.page) == []
    assert (await desk.ask("GET", "/wallboard")).status == 403
