"""What a newcomer looks for around flows, in Chromium: conditions in words, what the draft still
holds after a reload, putting a flow away and back, who answers on a channel, names in the rail."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.desk import Desk
from tests.e2e.test_assistant import assisted

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS: tuple[tuple[str, Literal["light", "dark"], tuple[int, int]], ...] = (
    ("en", "light", WIDE),
    ("fa", "dark", WIDE),
    ("ar", "light", PHONE),
)


def _parcels(language: str, queue: str, thanks: str) -> dict[str, Any]:
    asked = {"en": "Parcels", "fa": "بسته‌ها", "ar": "الطرود"}
    return {
        "schema": "wasl.flow/1",
        "name": dict.fromkeys(asked, f"Parcels {language}"),
        "languages": ["en", "fa", "ar"],
        "start": "how_many",
        "steps": {
            "how_many": {
                "type": "ask", "text": asked, "label": asked, "save": "parcels",
                "accept": "number", "least": 1, "most": 10, "next": "many",
            },
            "many": {
                "type": "branch", "otherwise": "thanks",
                "cases": [{"when": "parcels > 5", "next": "people"}],
            },
            "people": {"type": "handover", "queue": queue},
            "thanks": {"type": "end", "text": dict.fromkeys(asked, thanks)},
        },
    }  # fmt: skip


def _plain(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


@pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS, ids=lambda one: str(one).replace(" ", "")
)
async def test_around_flows(
    rooms: Rooms, language: str, scheme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    desk = Desk(await rooms.page(language, size, scheme), language)
    await desk.sign_in("admin")
    await desk.call("PATCH", "/me", {"theme": scheme})
    queue = (await desk.call("GET", "/queues"))[0]
    first, second = (_parcels(language, queue["id"], words) for words in ("One", "Two"))
    flow = await desk.call("POST", "/flows", {"key": f"parcels_{language}", "definition": first})
    there = f"/flows/{flow['id']}"
    await desk.call("POST", f"{there}/publish", {"version": 1})
    await desk.call("PUT", f"{there}/draft", {"definition": second, "version": 2})
    await desk.call("POST", f"{there}/publish", {"version": 3})
    await desk.call("POST", f"{there}/publish", {"version": 4, "restore": 1})

    await _drawn(desk, there, first, queue)
    async with assisted(desk):
        await _put_away(desk, f"Parcels {language}")
        await _channels(desk)
    if size == WIDE:
        await _rail(desk)


async def _drawn(desk: Desk, there: str, definition: dict[str, Any], queue: Any) -> None:
    page = desk.page
    keep = desk.button("flows.keep_draft")
    await page.goto(f"/desk{there}")
    asked = definition["steps"]["how_many"]["label"][desk.language]
    told = desk.say("flows.told.more", value=asked, what="5")
    for step in definition["steps"]:  # on its card, or in the list
        await expect(page.get_by_text(step, exact=True).first).to_be_visible()
    await expect(page.get_by_text(re.compile(r"parcels > 5"))).to_have_count(0)
    shown = [_plain(one) for one in await page.locator("main").all_inner_texts()]
    assert any(told in one for one in shown), shown
    await expect(keep).to_be_visible()
    assert await violations(page) == []
    await page.reload()
    await keep.click()
    await expect(keep).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("how_many", exact=True).first).to_be_visible()
    await expect(keep).to_have_count(0)

    # the simulator says which numbers fit, and which queue it is given to
    await page.get_by_role("button", name=re.compile(f"^{desk.say('flows.simulate')}")).click()
    write = page.get_by_role("textbox", name=desk.say("flows.play.write"))
    log = page.get_by_role("log", name=desk.say("flows.play.chat"))
    for words, answer in (
        ("hi", asked),
        ("12", re.compile("10|۱۰|١٠")),
        ("7 parcels", re.compile(re.escape(queue["names"][desk.language]))),
    ):
        await write.fill(words)
        await write.press("Enter")
        await expect(log).to_contain_text(answer)
    assert await violations(page) == []


async def _menu(page: Page, name: str, action: str) -> None:
    row = _row(page, name)
    await row.get_by_role("button").click()
    await page.get_by_role("menuitem", name=action, exact=True).click()


def _row(page: Page, name: str) -> Locator:
    """The flow's own line in the list: others may name it, too."""
    rows = page.get_by_role("main").get_by_role("listitem")
    return rows.filter(has=page.get_by_text(name, exact=True))


async def _put_away(desk: Desk, name: str) -> None:
    page = desk.page
    await page.goto("/desk/flows/")
    row = _row(page, name)
    await _menu(page, name, desk.say("flows.archive"))
    await expect(row).to_have_count(0)
    await desk.button("settings.undo").click()
    await expect(row).to_have_count(1)
    await _menu(page, name, desk.say("flows.archive"))
    await expect(row).to_have_count(0)
    await (
        page.get_by_role("main")
        .get_by_role("link", name=desk.say("flows.archived"), exact=True)
        .click()
    )
    await expect(row).to_have_count(1)
    assert await violations(page) == []
    await row.get_by_role("link").click()
    await expect(page.get_by_text(desk.say("flows.is_archived"))).to_be_visible()
    assert await violations(page) == []
    await desk.button("flows.restore_archived").click()
    await expect(page.get_by_text(desk.say("flows.is_archived"))).to_have_count(0)

    # what answers on a channel stays, and it says why
    await page.goto("/desk/flows/")
    led = next(one for one in (await desk.call("GET", "/flows"))["items"] if one["channel_ids"])
    await _menu(page, led["key"], desk.say("flows.archive"))
    channels = await desk.call("GET", "/channels")
    (channel,) = [one["name"] for one in channels if one["id"] in led["channel_ids"]]
    refusal = page.get_by_role("alertdialog").filter(has_text=channel)
    await expect(refusal).to_be_visible()
    assert led["id"] in [one["id"] for one in (await desk.call("GET", "/flows"))["items"]]


async def _channels(desk: Desk) -> None:
    page = desk.page
    leading = {
        id_: one
        for one in (await desk.call("GET", "/flows"))["items"]
        for id_ in one["channel_ids"]
    }
    channels = await desk.call("GET", "/channels")
    led = next(one["id"] for one in channels if one["id"] in leading)
    others = next(one["id"] for one in channels if one["id"] not in leading)
    form = page.get_by_role("complementary").locator("form")
    await page.goto(f"/desk/settings/channels/{others}")
    await expect(form).to_contain_text(desk.say("settings.channel.answered_by_none"))
    await page.goto(f"/desk/settings/channels/{led}")
    await expect(form).to_contain_text(desk.say("settings.channel.answered_by"))
    assert await violations(page) == []
    await form.get_by_role("link", name=leading[led]["names"][desk.language]).click()
    await expect(page).to_have_url(re.compile(f"/desk/flows/{leading[led]['id']}$"))


async def _rail(desk: Desk) -> None:
    page = desk.page
    await page.goto("/desk/flows/")
    await expect(page.get_by_role("main").get_by_role("listitem").first).to_be_visible()
    rail = page.get_by_role("navigation", name=desk.say("shell.nav"))
    await rail.get_by_role("link", name=desk.say("shell.monitor"), exact=True).focus()
    await page.keyboard.press("Tab")
    tip = page.get_by_role("tooltip")
    await expect(tip).to_have_text(desk.say("shell.simulation"))
    await page.keyboard.press("Shift+Tab")
    await expect(tip).to_have_text(desk.say("shell.monitor"))
    assert await violations(page) == []
