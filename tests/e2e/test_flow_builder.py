"""The flow builder in Chromium: a supervisor draws a flow, mends it, plays it and publishes it."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, Scheme, tuple[int, int]], ...] = (
    ("en", "light", WIDE),
    ("fa", "dark", WIDE),
    ("ar", "light", PHONE),
)
OWN_NAMES = {"en": "English", "fa": "فارسی", "ar": "العربية"}
WORDS = {"en": "Welcome!", "fa": "خوش آمدید!", "ar": "أهلًا بك!"}
THANKS = {"en": "Thank you for writing", "fa": "ممنون که پیام دادید", "ar": "شكرًا لتواصلك معنا"}
HELLO = {"en": "Hello", "fa": "سلام", "ar": "مرحبًا"}


async def begun(desk: Desk, key: str, name: str) -> None:
    """A blank flow is made in the list and open."""
    page = desk.page
    await page.get_by_role("link", name=desk.say("shell.flows"), exact=True).click()
    await desk.button("flows.add").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name=desk.say("flows.name")).fill(name)
    await dialog.get_by_role("textbox", name=desk.say("flows.key")).fill(key)
    await dialog.get_by_role("button", name=desk.say("flows.create"), exact=True).click()
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def panel(desk: Desk, step: str) -> Locator:
    """What stands beside the drawing for one step."""
    return desk.page.get_by_role("complementary").filter(
        has=desk.page.get_by_text(step, exact=True)
    )


def publish(desk: Desk) -> Locator:
    words = desk.say("flows.publish_n").split("{")[0].strip()
    return desk.page.get_by_role("button", name=re.compile(f"^{words}"))


def simulate(desk: Desk) -> Locator:
    return desk.page.get_by_role("button", name=re.compile(f"^{desk.say('flows.simulate')}"))


def add_step(desk: Desk) -> Locator:
    return desk.page.get_by_role("button", name=re.compile(f"^{desk.say('flows.add_step')}"))


async def saved(desk: Desk) -> None:
    words = desk.say("flows.saved").split("{")[0].strip()
    await expect(
        desk.page.get_by_role("status").filter(has_text=re.compile(f"^{words}"))
    ).to_be_attached()


async def draft_of(desk: Desk, key: str) -> Any:
    rows = (await desk.call("GET", "/flows"))["items"]
    (row,) = [row for row in rows if row["key"] == key]
    return await desk.call("GET", f"/flows/{row['id']}")


@pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS, ids=lambda one: str(one).replace(" ", "")
)
async def test_from_a_blank_page_to_a_live_version(
    rooms: Rooms, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    desk = Desk(await rooms.page(language, size, scheme), language)
    page = desk.page
    await desk.sign_in("nora")
    await desk.call("PATCH", "/me", {"theme": scheme})
    key = f"drawn_{language}"
    await begun(desk, key, f"Drawn {language}")
    assert await violations(page) == []

    # it says what is wrong, and where
    await expect(page.get_by_text(desk.say("flows.line.empty")).first).to_be_visible()
    await publish(desk).click()
    dialog = page.get_by_role("dialog")
    assert await violations(page) == []
    await dialog.get_by_role("button", name=re.compile("hello")).first.click()
    hello = panel(desk, "hello")
    await expect(hello.get_by_role("list", name=desk.say("flows.problems"))).to_be_visible()
    assert await violations(page) == []

    # every language is written
    for code, name in OWN_NAMES.items():
        words = hello.get_by_role("group", name=desk.say("flows.field.text"), exact=True)
        await words.get_by_role("textbox", name=name, exact=True).fill(WORDS[code])
    await saved(desk)

    # in place of them a canned response is said, which is found by a word
    template = re.compile(f"^{desk.say('flows.field.template')}")
    await hello.get_by_role("button", name=template).click()
    await expect(page.get_by_role("option").nth(1)).to_be_visible()
    assert await violations(page) == []
    await chosen(page, "thank")
    await expect(hello.get_by_role("blockquote")).to_contain_text(THANKS[language])

    # what follows is found by typing, and the open exit leads there
    if size == PHONE:
        await desk.button("common.close").click()
    await add_step(desk).click()
    await expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    assert await violations(page) == []
    await chosen(page, desk.say("flows.type.handover"))
    await expect(panel(desk, "handover")).to_be_visible()
    await desk.button("common.close").first.click()
    await desk.button("flows.settings").click()
    settings = page.get_by_role("complementary", name=desk.say("flows.settings"))
    assert await violations(page) == []
    for name in OWN_NAMES.values():
        group = settings.get_by_role("group", name=desk.say("flows.name"), exact=True)
        await group.get_by_role("textbox", name=name, exact=True).fill(f"Drawn {language}")
    await settings.get_by_role("button", name=desk.say("common.close")).click()
    await saved(desk)
    draft = await draft_of(desk, key)
    assert draft["draft"]["steps"]["hello"]["next"] == "handover"
    assert draft["draft"]["steps"]["hello"]["template"] == "thanks"
    assert draft["problems"] == []

    # it is played as it is drawn, on the channel of one's choice
    await simulate(desk).click()
    await desk.button("flows.play.settings").click()
    settings = page.get_by_role("dialog", name=desk.say("flows.play.settings"))
    channel = re.compile(f"{desk.say('flows.play.channel')}$")
    await settings.get_by_role("button", name=channel).click()
    await page.get_by_role("option", name="Support", exact=True).click()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=HELLO[language], exact=True).click()
    log = page.get_by_role("log", name=desk.say("flows.play.chat"))
    await expect(log).to_contain_text(THANKS[language])
    await expect(log).to_contain_text(desk.say("flows.reason.step"))
    assert await violations(page) == []
    simulator = page.get_by_role("region", name=desk.say("flows.simulator"))
    await simulator.get_by_role("button", name=desk.say("common.close")).click()

    await publish(desk).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []
    await (
        page.get_by_role("dialog")
        .get_by_role("button", name=desk.say("flows.publish"), exact=True)
        .click()
    )
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert (await draft_of(desk, key))["published"] == 1
    if size == PHONE:
        width = await page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= PHONE[0]
    await page.goto("/desk/flows/")
    await expect(page.get_by_role("link", name=f"Drawn {language}")).to_be_visible()
    assert await violations(page) == []


def node(page: Page, step: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{step}"]')


async def test_by_keyboard_and_mouse(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("en"))
    page = desk.page
    await desk.sign_in("nora")
    await begun(desk, "by_hand", "By hand")

    # where a page begins, nothing has the focus
    await page.reload()
    await expect(node(page, "hello")).to_be_visible()
    simulator = page.get_by_role("region", name=desk.say("flows.simulator"))
    await page.keyboard.press("s")
    await expect(simulator).to_be_visible()
    await page.keyboard.press("s")
    await expect(simulator).to_have_count(0)

    # keys: open, add, walk, move, undo, remove
    await node(page, "hello").focus()
    await page.keyboard.press("a")
    await chosen(page, "menu")
    await expect(panel(desk, "menu")).to_be_visible()
    await expect(node(page, "menu")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(node(page, "menu")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(node(page, "hello")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(node(page, "menu")).to_be_focused()
    await saved(desk)
    before = (await draft_of(desk, "by_hand"))["draft"]["layout"]["menu"]
    await page.keyboard.press("Shift+ArrowDown")
    await saved(desk)
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Control+y")
    await page.keyboard.press("Delete")
    await expect(node(page, "menu")).to_have_count(0)
    await node(page, "hello").focus()
    await page.keyboard.press("Control+z")
    await expect(node(page, "menu")).to_be_visible()

    # the mouse: from a port to a step, and to where nothing is
    port = node(page, "menu").locator('.react-flow__handle[data-handleid="entries.0"]')
    await drag(page, port, node(page, "hello"))
    await expect(page.locator(".react-flow__edge")).to_have_count(2)
    pane = page.locator(".react-flow__pane")
    port = node(page, "menu").locator('.react-flow__handle[data-handleid="entries.1"]')
    await drag(page, port, pane, at=(0.5, 0.8))
    await chosen(page, "ends the flow")
    await expect(page.locator(".react-flow__edge")).to_have_count(3)
    await expect(node(page, "end")).to_be_visible()

    # a comment, a name of its own, a copy, the list, a search, the map
    end = panel(desk, "end")
    await end.get_by_role("textbox", name=desk.say("flows.comment"), exact=True).fill("Until 2027")
    await expect(node(page, "end")).to_contain_text("Until 2027")
    await end.get_by_role("textbox", name=desk.say("flows.step_name")).fill("goodbye")
    await end.get_by_role("button", name=desk.say("flows.rename"), exact=True).click()
    await expect(node(page, "goodbye")).to_be_visible()
    await (
        page.get_by_role("complementary")
        .get_by_role("button", name=desk.say("common.close"))
        .click()
    )
    await expect(node(page, "goodbye")).to_be_focused()
    await page.keyboard.press("Control+c")
    await page.keyboard.press("/")
    await chosen(page, "Until")
    await expect(panel(desk, "goodbye")).to_be_visible()
    await desk.button("flows.map").click()
    await desk.button("flows.arrange").click()
    assert await violations(page) == []
    await desk.button("flows.as_list").click()
    await expect(page.get_by_role("list", name=desk.say("flows.steps_list"))).to_be_visible()
    assert await violations(page) == []
    await saved(desk)
    draft = (await draft_of(desk, "by_hand"))["draft"]
    assert draft["layout"]["menu"] != before
    assert draft["steps"]["goodbye"]["comment"] == "Until 2027"
    assert draft["steps"]["menu"]["entries"][1]["next"] == "goodbye"


async def chosen(page: Page, words: str) -> None:
    """The first that the open dialog finds for some words."""
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("textbox")
    await expect(field).to_be_focused()
    found = dialog.get_by_role("option").or_(dialog.get_by_role("listitem"))
    await expect(found.first).to_be_visible()
    await field.fill(words)
    await field.press("Enter")


async def drag(
    page: Page, source: Locator, target: Locator, *, at: tuple[float, float] = (0.5, 0.3)
) -> None:
    begin, end = await source.bounding_box(), await target.bounding_box()
    assert begin is not None and end is not None
    await page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(
        end["x"] + end["width"] * at[0], end["y"] + end["height"] * at[1], steps=8
    )
    await page.mouse.up()


async def test_two_who_draw_the_same(rooms: Rooms) -> None:
    nora, admin = Desk(await rooms.page("en")), Desk(await rooms.page("en"))
    await nora.sign_in("nora")
    await begun(nora, "shared", "Shared")
    await admin.sign_in("admin")
    there = nora.page.url
    await admin.page.goto(there)
    await expect(admin.page.get_by_role("heading", name="Shared", level=1)).to_be_visible()
    await node(nora.page, "hello").focus()
    await nora.page.keyboard.press("Enter")
    group = panel(nora, "hello").get_by_role("group", name=nora.say("flows.field.text"))
    await group.get_by_role("textbox", name="English", exact=True).fill("Nora's")
    await expect(node(nora.page, "hello")).to_contain_text("Nora's")
    await saved(nora)
    assert (await draft_of(nora, "shared"))["draft"]["steps"]["hello"]["text"]["en"] == "Nora's"
    await node(admin.page, "hello").focus()
    await admin.page.keyboard.press("Enter")
    group = panel(admin, "hello").get_by_role("group", name=admin.say("flows.field.text"))
    await group.get_by_role("textbox", name="English", exact=True).fill("The other's")
    conflict = admin.page.get_by_role("alert").filter(has_text=admin.say("flows.conflict"))
    await expect(conflict).to_be_visible()
    assert await violations(admin.page) == []
    await admin.button("flows.take_theirs").click()
    await expect(conflict).to_have_count(0)
    await expect(node(admin.page, "hello")).to_contain_text("Nora's")
    await admin.button("flows.undo").click()
    await expect(node(admin.page, "hello")).to_contain_text("The other's")
    await saved(admin)


@pytest.mark.parametrize(
    ("language", "sentence", "entry"),
    [
        ("fa", "هفتهٔ پیش سفارش دادم هنوز نرسیده", "سفارشم کجاست؟"),
        ("ar", "وين طلبي، تأخر كثير", "أين طلبي؟"),
    ],
)
async def test_a_sentence_is_tried_and_understood_in_the_simulator(
    rooms: Rooms, language: str, sentence: str, entry: str
) -> None:
    desk = Desk(await rooms.page(language), language)
    page = desk.page
    await desk.sign_in("nora")
    rows = (await desk.call("GET", "/flows"))["items"]
    (flow_id,) = [row["id"] for row in rows if row["key"] == "assistant"]
    await page.goto(f"/desk/flows/{flow_id}")
    await node(page, "menu").focus()
    await page.keyboard.press("Enter")
    menu = panel(desk, "menu")
    examples = desk.say("flows.examples_in").replace("{language}", OWN_NAMES[language])
    await expect(menu.get_by_role("textbox", name=examples).first).not_to_be_empty()
    await menu.get_by_role("textbox", name=desk.say("flows.try.label")).fill(sentence)
    await menu.get_by_role("button", name=desk.say("flows.try.do"), exact=True).click()
    told = menu.get_by_role("status").filter(has_text=entry)
    await expect(told).to_contain_text(desk.say("flows.engine.embeddings"), timeout=90_000)
    assert await violations(page) == []
    await menu.get_by_role("button", name=desk.say("common.close")).click()

    await simulate(desk).click()
    simulator = page.get_by_role("region", name=desk.say("flows.simulator"))
    await simulator.get_by_role("textbox").last.fill(sentence)
    await page.keyboard.press("Enter")
    path = simulator.get_by_role("region", name=desk.say("flows.play.taken"))
    await expect(path).to_contain_text(desk.say("flows.engine.embeddings"), timeout=90_000)
    await expect(path).to_contain_text(entry)
    assert await violations(page) == []


async def test_agents_have_no_flows(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    link = desk.page.get_by_role("link", name=desk.say("shell.flows"), exact=True)
    await expect(link).to_have_count(0)
    await desk.page.goto("/desk/flows/")
    await expect(desk.page.get_by_text(desk.say("flows.not_yours"))).to_be_visible()
