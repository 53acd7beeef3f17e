"""The supervisor's hands in Chromium: what they do is on the agents' desks at once, and is undone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.desk import Desk
from tests.e2e.test_wallboard import opened, part

pytestmark = pytest.mark.asyncio(loop_scope="session")


def live(desk: Desk, name: str) -> Locator:
    """A live conversation in the monitor's list: the first, of a contact who has several."""
    row = desk.page.get_by_role("region", name=re.compile(desk.say("monitor.live_now")))
    return row.get_by_role("button", name=re.compile(name)).first


async def test_a_whisper_is_seen_at_once_and_a_priority_is_undone(rooms: Rooms) -> None:
    maryam = Desk(await rooms.page("fa"), "fa")
    await maryam.sign_in("maryam")
    await maryam.declare("available")
    chat = await ask_in_shop(await rooms.page("en"))
    await chat.begin(name="Mona")
    await chat.write("Does it come in blue?")
    await maryam.offered("Mona")
    await maryam.accept()

    nora = Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    page = nora.page
    await page.goto("/desk/monitor")
    await live(nora, "Mona").click()
    pane = page.locator("[data-monitor-pane]")
    await expect(pane.get_by_text("Does it come in blue?")).to_be_visible()
    await maryam.page.get_by_role(
        "textbox", name=maryam.say("desk.compose"), exact=True
    ).press_sequentially("It")
    await expect(pane.get_by_text(re.compile("is writing a reply"))).to_be_visible()
    assert await violations(page) == []

    await pane.focus()
    await page.keyboard.press("2")
    field = pane.get_by_role("textbox")
    await expect(field).to_be_focused()
    await expect(pane.get_by_text(re.compile("You whisper"))).to_be_visible()
    await field.fill("Blue comes next week.")
    assert await violations(page) == []
    await field.press("Enter")
    await maryam.says("Blue comes next week.")
    whisper = maryam.timeline.get_by_role("article").filter(has_text="Blue comes next week.")
    await expect(whisper).to_contain_text(maryam.say("desk.whisper"))
    assert await violations(maryam.page) == []
    await page.keyboard.press("Escape")
    await expect(field).to_have_count(0)
    await chat.write("Hello?")
    await expect(pane.get_by_text("Hello?")).to_be_visible()
    await expect(chat.thread.get_by_text("Blue comes next week.")).to_have_count(0)

    normal = pane.get_by_role("button", name="Priority: Normal", exact=True)
    await normal.click()
    await page.get_by_role("menuitemradio", name=nora.say("desk.priority_3")).click()
    urgent = pane.get_by_role("button", name="Priority: Urgent", exact=True)
    await expect(urgent).to_be_visible()
    await nora.button("desk.undo").click()
    await expect(normal).to_be_visible()
    await nora.call("POST", f"/conversations/{maryam.conversation}/prioritise", {"priority": 3})
    await expect(urgent).to_be_visible()
    await pane.focus()
    await page.keyboard.press("w")
    await expect(page.get_by_role("dialog")).to_contain_text("as if it had waited 30 minutes")
    assert await violations(page) == []
    await page.keyboard.press("Escape")

    admin = Desk(await rooms.page("en"))
    await admin.sign_in("admin")
    done = [entry["action"] for entry in (await admin.call("GET", "/audit"))["items"]]
    assert done[:5] == [
        *["conversation.prioritise"] * 3,
        "conversation.whisper",
        "conversation.look",
    ]


async def test_keys_move_between_panes_and_a_phone_shows_one(rooms: Rooms) -> None:
    nora = Desk(await rooms.page("ar"), "ar")
    await nora.sign_in("nora")
    page = nora.page
    await page.goto("/desk/monitor")
    names = list(dict.fromkeys(row["contact"]["name"] for row in await held(nora)))[:2]
    for name in names:
        await live(nora, name).click()
    panes = page.locator("[data-monitor-pane]")
    await expect(panes).to_have_count(2)
    await panes.first.focus()
    await page.keyboard.press("Tab")
    await expect(panes.last).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(panes.last.get_by_role("link").first).to_be_focused()
    assert await violations(page) == []
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await expect(panes.first).to_be_hidden()
    await expect(panes.last).to_be_visible()
    width = await page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= PHONE[0]
    await nora.button("common.back").click()
    await expect(panes).to_have_count(0)
    await expect(live(nora, names[0])).to_be_visible()
    assert await violations(page) == []


async def held(desk: Desk) -> list[dict[str, dict[str, str]]]:
    """What agents have in hand."""
    rows = (await desk.call("GET", "/conversations?view=all"))["items"]
    found = [row for row in rows if row["state"] == "active"]
    assert len(found) >= 2
    return found


async def test_a_broadcast_stays_until_read_and_its_sender_sees_who(rooms: Rooms) -> None:
    daniel = Desk(await rooms.page("en"))
    await daniel.sign_in("daniel")
    nora = Desk(await rooms.page("fa"), "fa")
    await nora.sign_in("nora")
    await opened(nora)
    await nora.button("wallboard.tell").click()
    dialog = nora.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("The courier is late today.")
    assert await violations(nora.page) == []
    await nora.button("wallboard.tell_send").click()
    told = daniel.page.get_by_role("status", name=daniel.say("shell.notices"))
    await expect(told).to_contain_text("The courier is late today.")
    assert await violations(daniel.page) == []
    row = dialog.get_by_role("listitem").filter(has_text="The courier is late today.").first
    await row.locator("summary").click()
    reader = row.get_by_role("listitem").filter(has_text="Daniel Roth")
    await expect(reader).to_contain_text(nora.say("wallboard.not_read"))
    await daniel.button("shell.notice_read").click()
    await expect(told.get_by_text("The courier is late today.")).to_have_count(0)
    await expect(reader).not_to_contain_text(nora.say("wallboard.not_read"))
    assert await violations(nora.page) == []
    await daniel.page.reload()
    await expect(daniel.page.locator("[data-pane]").first).to_be_visible()
    await expect(daniel.page.get_by_text("The courier is late today.")).to_have_count(0)
    assert (await daniel.ask("GET", "/broadcasts")).status == 403


async def test_a_layout_is_kept_and_shared(rooms: Rooms) -> None:
    nora = Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    await opened(nora)
    page = nora.page
    rows = page.locator("tbody tr")
    every = await rows.count()
    assert every > 1
    last = await rows.last.get_by_role("button").first.inner_text()
    await nora.button("wallboard.layout").click()
    await page.get_by_role("menuitem", name=nora.say("wallboard.layout_save")).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Mine")
    await dialog.get_by_role("switch", name=nora.say("wallboard.layout_share")).check(force=True)
    await dialog.get_by_role("switch", name=nora.say("wallboard.layout_every")).uncheck(force=True)
    assert await violations(page) == []
    await dialog.get_by_role("checkbox").first.uncheck(force=True)
    up = dialog.get_by_role("button", name=re.compile(f"Move .*{last}.* up"))
    for _ in range(every - 1):
        await up.click()
    await nora.button("common.save").click()
    await expect(rows).to_have_count(every - 1)
    await expect(rows.first).to_contain_text(last)
    await page.reload()
    await expect(rows).to_have_count(every - 1)

    admin = Desk(await rooms.page("en"))
    await admin.sign_in("admin")
    await opened(admin)
    await admin.button("wallboard.layout").click()
    await admin.page.get_by_role("menuitemradio", name=re.compile("Mine")).click()
    await expect(admin.page.locator("tbody tr")).to_have_count(every - 1)
    await expect(admin.button("wallboard.columns")).to_be_disabled()  # another one's

    await page.get_by_role("button", name="Mine", exact=True).click()
    await page.get_by_role("menuitem", name=nora.say("wallboard.layout_drop")).click()
    await expect(rows).to_have_count(every)


async def test_several_agents_at_once_and_the_queues_of_one(rooms: Rooms) -> None:
    leila = Desk(await rooms.page("en"))
    await leila.sign_in("leila")
    await leila.declare("available")
    nora = Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    await opened(nora)
    page = nora.page
    agents = part(nora, "wallboard.agents")
    await expect(agents.get_by_role("button", name=re.compile("Leila"))).to_be_visible()
    before = await queues_of(nora, "Leila Haddad")
    await nora.button("wallboard.choose_several").click()
    await agents.get_by_role("button", name=re.compile("Leila")).click()
    assert await violations(page) == []
    await nora.button("wallboard.set_away").click()
    away = leila.page.get_by_role("button", name=re.compile(leila.say("desk.presence_away")))
    await expect(away).to_be_visible()
    await nora.button("desk.undo").click()
    await expect(away).to_have_count(0)

    await agents.get_by_role("button", name=re.compile("Leila")).click()
    await nora.button("wallboard.queues_and_skills").click()
    panel = page.get_by_role("complementary", name="Leila Haddad")
    levels = panel.get_by_role("group", name=nora.say("wallboard.queues_of_agent"))
    await levels.get_by_role("button").first.click()
    await page.get_by_role("option").first.click()  # out of it
    assert await violations(page) == []
    await levels.get_by_role("button").last.click()
    await page.get_by_role("option").last.click()
    await nora.button("common.save").click()
    await expect(nora.button("desk.undo")).to_be_visible()
    assert await queues_of(nora, "Leila Haddad") != before
    async with page.expect_response(re.compile("/agents/.*/queues")):
        await nora.button("desk.undo").click()
    assert await queues_of(nora, "Leila Haddad") == before


async def queues_of(desk: Desk, name: str) -> dict[str, int]:
    """The levels of an agent by queue."""
    return {
        queue["id"]: member["level"]
        for queue in await desk.call("GET", "/queues")
        for member in queue["members"]
        if member["user"]["name"] == name
    }
