"""An administrator says who can what and what a queue asks for; work follows, and everybody is told
why. A colleague who is named in a note finds it by the bell."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARYAM = "مریم احمدی"
LASTS_S = 20


async def test_a_queue_asks_for_persian_and_relaxes(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    queue_id = await chat_queue(admin)
    await give_persian(admin)
    await ask_for_persian(admin, queue_id)
    try:
        await it_waits_and_then_relaxes(rooms, admin)
    finally:
        await admin.call("PATCH", f"/queues/{queue_id}", {"steps": []})


async def test_what_nobody_can_do_needs_somebody(rooms: Rooms) -> None:
    """The wallboard says at once what is waited for in vain, until it isn't."""
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    queue_id = await chat_queue(admin)
    welding = {"requirement": {"skill": "welding", "least": 4}, "expires_after_s": 600}
    await admin.call("PATCH", f"/queues/{queue_id}", {"steps": [welding]})
    try:
        leila = Desk(await rooms.page())
        await leila.sign_in("leila")
        await leila.declare("available")
        await admin.page.goto("/desk/wallboard")
        chat = await ask_in_shop(await rooms.page())
        await chat.begin(name="Wanda Frame")
        await chat.write("Can you mend a bicycle frame?")
        alerts = admin.page.get_by_role("region", name=admin.say("wallboard.alerts"), exact=True)
        alert = alerts.get_by_role("listitem").filter(has_text="welding")
        await expect(alert).to_contain_text(re.compile("welding.* 4"))
        assert await violations(admin.page) == []
        await alert.get_by_role("link").click()
        await admin.says("Can you mend a bicycle frame?")
        await admin.page.goto("/desk/wallboard")
        await expect(alert).to_have_count(1)
    finally:
        await admin.call("PATCH", f"/queues/{queue_id}", {"steps": []})
    await expect(alert).to_have_count(0)


async def test_what_may_interrupt_an_agent_is_set_where_their_skills_are(rooms: Rooms) -> None:
    admin = Desk(await rooms.page())
    await admin.sign_in("admin")
    await admin.page.goto("/desk/settings/queues")
    await admin.page.get_by_role("button", name=re.compile(MARYAM)).click()
    drawer = admin.page.get_by_role("complementary")
    mail = drawer.get_by_role("group", name=admin.say("settings.interrupt.during", kind="E-mail"))
    await mail.get_by_role("checkbox", name="Web chat").uncheck(force=True)
    assert await violations(admin.page) == []
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer).to_be_hidden()
    agents = await admin.call("GET", "/agents")
    maryam = next(agent for agent in agents if agent["name"] == MARYAM)
    assert "web_chat" not in maryam["interruptible_by"]["email"]
    path = f"/agents/{maryam['id']}/interruptions"
    await admin.call("PUT", path, {"interruptible_by": {}})


async def chat_queue(admin: Desk) -> str:
    """The queue that the shop's chat leads to."""
    channels = await admin.call("GET", "/channels")
    return next(str(c["queue"]["id"]) for c in channels if c["kind"] == "web_chat")


async def give_persian(admin: Desk) -> None:
    page = admin.page
    await page.goto("/desk/settings/queues")
    await page.get_by_role("button", name=re.compile(MARYAM)).click()
    drawer = page.get_by_role("complementary")
    await choose(drawer, re.compile(admin.say("settings.skill.add_language")), "Persian")
    await choose(drawer, re.compile("Level of .*Persian"), "Level 5")
    assert await violations(page) == []
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer).to_be_hidden()
    row = page.get_by_role("button", name=re.compile(MARYAM))
    await expect(row.get_by_text("Persian 5")).to_be_visible()


async def ask_for_persian(admin: Desk, queue_id: str) -> None:
    page = admin.page
    await page.goto(f"/desk/settings/queues/{queue_id}")
    drawer = page.get_by_role("complementary")
    await admin.button("settings.rule.add_step").click()
    step = drawer.get_by_role("group", name="Step 1", exact=True)
    # the server says what is wrong with it
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer.get_by_role("alert")).to_have_text(admin.say("error.requirement_invalid"))
    await choose(step, re.compile(admin.say("settings.rule.kind")), "Language")
    await choose(step, re.compile(admin.say("settings.rule.level")), "5")
    await step.get_by_label(admin.say("settings.rule.lasts")).fill(str(LASTS_S))
    await drawer.get_by_text(admin.say("settings.rule.hours_always"), exact=True).click()
    await admin.button("settings.rule.add_holiday").click()
    assert await violations(page) == []
    await drawer.get_by_text(admin.say("settings.rule.hours_always"), exact=True).click()
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer).to_be_hidden()
    queues = await admin.call("GET", "/queues")
    steps = next(queue["steps"] for queue in queues if queue["id"] == queue_id)
    wanted = {"all": [{"language": "fa", "least": 5}]}
    assert steps == [{"requirement": wanted, "expires_after_s": LASTS_S}]


async def choose(form: Locator, field: re.Pattern[str], option: str) -> None:
    await form.get_by_role("button", name=field).click()
    await form.page.get_by_role("option", name=option, exact=True).click()


async def it_waits_and_then_relaxes(rooms: Rooms, admin: Desk) -> None:
    leila = Desk(await rooms.page())
    await leila.sign_in("leila")
    await leila.declare("available")
    chat = await ask_in_shop(await rooms.page())
    await chat.begin(name="Nadia Karam")
    await chat.write("Which lamps are blue?")
    # Leila is there but has no Persian; Maryam, who has it, is away
    place = chat.at.get_by_role("heading", name=re.compile("You are number 1"))
    await expect(place).to_be_visible()
    rows = (await admin.call("GET", "/conversations?view=unassigned"))["items"]
    found = next(row for row in rows if row["contact"]["name"] == "Nadia Karam")
    await admin.open(found["id"])
    await open_why(admin)
    dialog = admin.page.get_by_role("dialog")
    await expect(dialog.get_by_text("The one agent who could take it is away.")).to_be_visible()
    await expect(dialog.get_by_role("listitem").filter(has_text="Leila")).to_contain_text(
        "Lacks Persian 5"
    )
    assert await violations(admin.page) == []

    await leila.offered("Nadia Karam")
    await expect(leila.page.get_by_text(leila.say("desk.why_relaxed"))).to_be_visible()
    await leila.accept()
    await expect(place).to_be_hidden()
    await expect(dialog.get_by_text(re.compile("Offered to .*Leila Haddad"))).to_be_visible()


async def open_why(desk: Desk) -> None:
    await desk.button("desk.more_actions").click()
    await desk.page.get_by_role("menuitem", name=desk.say("desk.why_place"), exact=True).click()


@pytest.mark.parametrize("language", ["fa", "ar"])
async def test_who_is_named_finds_the_note_by_the_bell(rooms: Rooms, language: str) -> None:
    nora = Desk(await rooms.page(language), language)
    admin = Desk(await rooms.page())
    await nora.sign_in("nora")
    await admin.sign_in("admin")
    bell = nora.page.get_by_role("button", name=re.compile(f"^{nora.say('shell.mentions')}"))
    await bell.click()
    await expect(nora.page.get_by_text(nora.say("shell.mentions_none"))).to_be_visible()
    assert await violations(nora.page) == []
    await nora.page.keyboard.press("Escape")

    rows = (await admin.call("GET", "/conversations?view=all"))["items"]
    nora_id = (await nora.call("GET", "/me"))["user"]["id"]
    note = {"text": f"What do you think? ({language})", "mentions": [nora_id]}
    await admin.call("POST", f"/conversations/{rows[0]['id']}/notes", note)
    await bell.click()
    mention = nora.page.get_by_role("dialog").get_by_role("button").first
    await expect(mention).to_contain_text("Omid Karimi")
    await expect(mention).to_contain_text(rows[0]["number"])
    assert await violations(nora.page) == []
    await mention.click()
    await nora.says(note["text"])
    await expect(bell).to_have_accessible_name(nora.say("shell.mentions"))
    assert await nora.call("GET", "/mentions") == []
