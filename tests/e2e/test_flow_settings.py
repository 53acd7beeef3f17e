"""What flows use and what automations did, at the desk: calendars with their bookings, records,
secrets, runs. Each in two languages, schemes and widths, and nothing that axe finds wrong."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.desk import Desk
from tests.e2e.test_assistant import asked_by, assisted, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

Look = Callable[[Page, str], Awaitable[None]]
LOOKS: tuple[tuple[str, Literal["light", "dark"], tuple[int, int]], ...] = (
    ("en", "dark", WIDE),
    ("fa", "light", PHONE),
    ("ar", "light", WIDE),
)
VISIT = {"en": ("Hello", "Book a visit"), "fa": ("سلام", "رزرو بازدید"),
         "ar": ("مرحبا", "حجز زيارة")}  # fmt: skip
OWN_NAMES = {"en": "English", "fa": "فارسی", "ar": "العربية"}
NAMES = {"en": "Fittings", "fa": "پرو لباس", "ar": "القياس"}
# an automation that fails, one that works, and two that would call one another for ever
STEPS = {
    "fails": {"set": {"type": "set", "values": {"n": "1 / 0"}, "next": "end"}},
    "ping": {"set": {"type": "tag", "tags": ["ping"], "next": "end"}},
    "pong": {"set": {"type": "tag", "tags": ["pong"], "next": "end"}},
}
FILTERS = {
    "fails": ("ConversationTagged", "contains(conversation.tags, 'start')"),
    "ping": ("ConversationTagged", "not contains(conversation.tags, 'ping')"),
    "pong": ("ConversationTagged", "contains(conversation.tags, 'ping')"),
}


async def calendars(desk: Desk, look: Look) -> None:
    """A calendar is made, changed and dropped; dropping is taken back."""
    page = desk.page
    await page.goto("/desk/settings/calendars")
    await expect(
        page.get_by_role("main").get_by_role("listitem").get_by_role("button").first
    ).to_be_visible()
    await look(page, "calendars")
    await page.goto("/desk/settings/calendars/new")
    await desk.button("common.save").click()
    await expect(page.get_by_text(desk.say("flows.key_wrong"))).to_be_visible()
    key = f"fittings_{desk.language}"
    for language, name in NAMES.items():
        label = desk.say("settings.name_in", language=desk.say(f"settings.language.{language}"))
        await page.get_by_label(label).fill(f"{name} {desk.language}")
    await page.get_by_label(desk.say("settings.calendars.key"), exact=True).fill(key)
    await desk.button("settings.rule.add_holiday").click()
    await look(page, "calendars, new")
    await desk.button("common.save").click()
    row = (
        page.get_by_role("main")
        .get_by_role("listitem")
        .filter(has_text=f"{NAMES[desk.language]} {desk.language}")
    )
    await row.get_by_role("button").click()
    await expect(desk.button("common.delete")).to_be_visible()
    kept = {one["key"]: one for one in (await desk.call("GET", "/calendars"))["items"]}
    assert (kept[key]["slot_min"], len(kept[key]["holidays"])) == (30, 1)
    await desk.button("common.delete").click()
    await expect(row).to_have_count(0)
    await desk.button("settings.undo").click()
    await expect(row).to_have_count(1)
    again = {one["key"]: one for one in (await desk.call("GET", "/calendars"))["items"]}
    assert {**again[key], "version": 0} == {**kept[key], "version": 0}


# as a spreadsheet gives it: a good line of each script, one without a key, and one that is there
ROWS = '\ufeffKey;City;Note\r\n\'+98 21;تهران;"غرب؛ ""۲"""\r\nB-۲;جدة;\'=1+1\r\nb3;Berlin;\r\n;?;\r\nb 2;?;'


async def records(desk: Desk, look: Look) -> None:
    """A table is made; its rows are imported, found, changed, dropped, put back and exported."""
    page = desk.page
    key = f"branches_{desk.language}"
    rows = page.get_by_role("table").locator("tbody").get_by_role("row")
    await page.goto("/desk/settings/records")
    await expect(desk.button("settings.record.add")).to_be_visible()
    await look(page, "records")
    await desk.button("settings.record.add").click()
    await desk.button("common.save").click()
    await expect(page.get_by_text(desk.say("flows.key_wrong"))).to_be_visible()
    for language, name in NAMES.items():
        label = desk.say("settings.name_in", language=desk.say(f"settings.language.{language}"))
        await page.get_by_label(label).fill(f"{name} {desk.language}")
    await page.get_by_label(desk.say("settings.record.key"), exact=True).fill(key)
    fields = page.get_by_role("group", name=desk.say("settings.record.fields"))
    await fields.get_by_role("textbox").fill("city")
    await desk.button("settings.record.field_add").click()
    await expect(fields.get_by_role("textbox").last).to_be_focused()
    await page.keyboard.type("note")
    await look(page, "records, new")
    await desk.button("common.save").click()
    await expect(page.get_by_text(desk.say("settings.record.rows_none"))).to_be_visible()

    await desk.button("settings.record.import").click()
    await look(page, "records, import")
    async with page.expect_file_chooser() as chooser:
        await desk.button("settings.record.file").click()
    await (await chooser.value).set_files(
        {"name": "branches.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    )
    await expect(page.get_by_role("listitem").filter(
        has_text=desk.say("settings.record.fault_key_missing"))).to_be_visible()  # fmt: skip
    await expect(rows).to_have_count(3)
    await look(page, "records, before the import")
    assert (await desk.call("GET", f"/records/{key}/rows"))["items"] == []
    await page.get_by_role("main").get_by_role("button").first.click()
    await expect(desk.button("settings.record.export")).to_be_enabled()
    await expect(rows).to_have_count(3)
    kept = (await desk.call("GET", f"/records/{key}/rows"))["items"]
    assert {row["key"]: row["values"] for row in kept} == {
        "+98 21": {"city": "تهران", "note": 'غرب؛ "۲"'},
        "B-۲": {"city": "جدة", "note": "=1+1"},
        "b3": {"city": "Berlin", "note": ""},
    }
    await look(page, "records, rows")

    await page.get_by_role("searchbox").fill("جده")  # as others spell it
    await expect(rows).to_have_count(1)
    found = rows.get_by_role("button")
    await found.press("Enter")
    city = page.get_by_label("city")
    await expect(city).to_be_focused()
    await city.fill("الرياض")
    await look(page, "records, a row")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(desk.say("settings.record.clear"))).to_be_visible()
    await desk.button("settings.record.clear").click()
    row = rows.filter(has_text="الرياض")
    await expect(row).to_be_visible()

    await desk.button("settings.record.row_add").click()
    await expect(page.get_by_label(desk.say("settings.record.row_key"), exact=True)).to_be_focused()
    await page.keyboard.type("b ٢")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(desk.say("settings.record.row_taken"))).to_be_visible()
    await desk.button("common.cancel").click()
    await desk.button("settings.leave").click()
    await expect(desk.button("settings.record.row_add")).to_be_focused()

    await row.get_by_role("button").click()
    await desk.button("common.delete").click()
    await expect(rows).to_have_count(2)
    await desk.button("settings.undo").click()
    await expect(row).to_be_visible()
    async with page.expect_download() as download:
        await desk.button("settings.record.export").click()
    text = (await (await download.value).path()).read_bytes().decode()
    assert text.startswith("\ufeffkey,city,note\r\n")
    assert "B-۲,الرياض,'=1+1\r\n" in text

    await desk.button("settings.record.edit").click()
    await look(page, "records, its table")
    await desk.button("common.delete").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=desk.say("common.delete")).click()
    await expect(dialog).to_have_count(0)
    await expect(desk.button("settings.record.add")).to_be_visible()
    assert key not in [each["key"] for each in (await desk.call("GET", "/records"))["items"]]


async def secrets(desk: Desk, look: Look) -> None:
    """A secret is kept, replaced and dropped; its value is on no page."""
    page = desk.page
    await page.goto("/desk/settings/secrets")
    await desk.button("settings.secret.add").click()
    name = f"erp_{desk.language}"
    await page.get_by_label(desk.say("settings.secret.name"), exact=True).fill(name)
    await page.get_by_label(desk.say("settings.secret.value"), exact=True).fill("tell-nobody")
    await look(page, "secrets, new")
    await desk.button("common.save").click()
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=name)
    await expect(row).to_contain_text(desk.say("settings.secret.unused"))
    assert "tell-nobody" not in await page.content()
    await look(page, "secrets")
    await row.get_by_role("button", name=desk.say("settings.secret.replace")).click()
    await page.get_by_label(desk.say("settings.secret.value"), exact=True).fill("another")
    await desk.button("common.save").click()
    await row.get_by_role("button", name=desk.say("common.delete")).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=desk.say("common.delete")).click()
    await expect(row).to_have_count(0)


async def bookings(rooms: Rooms, desk: Desk, look: Look) -> None:
    """What a visitor booked is cancelled, and put back."""
    hello, visit = VISIT[desk.language]
    name = f"Leila {desk.language}"
    async with assisted(desk):
        _, chat, _thread = await asked_by(rooms, desk.language, name)
        await says(chat, hello)
        await chat.get_by_role("button", name=visit, exact=True).click()
        await expect(chat.locator(".chip")).to_have_count(8)
        await chat.locator(".chip").first.click()
        await expect(chat.locator(".chip")).not_to_have_count(8)
    page = desk.page
    await page.goto("/desk/settings/calendars/showroom/bookings")
    cancel = desk.button("settings.calendars.cancel_of", name=f"\u2068{name}\u2069")
    # a day's name, or that there is none
    await expect(page.get_by_role("main").get_by_role("heading", level=2).first).to_be_visible()
    if not await cancel.count():  # the first free time is in the week after
        await desk.button("settings.calendars.week_after").click()
    await expect(cancel).to_be_visible()
    await look(page, "bookings")
    await cancel.click()
    await expect(cancel).to_have_count(0)
    await desk.button("settings.undo").click()
    await expect(cancel).to_be_visible()
    for _ in range(8):
        await desk.button("settings.calendars.week_after").click()
    await expect(page.get_by_text(desk.say("settings.calendars.week_free"))).to_be_visible()
    await look(page, "bookings, none")


async def runs(desk: Desk, look: Look) -> None:
    """What automations did: one failed and is tried again, one was stopped in its round."""
    page = desk.page
    ids = {}
    for key, steps in STEPS.items():
        on, fits = FILTERS[key]
        own = f"{key}_{desk.language}"
        definition = {
            "schema": "wasl.flow/1",
            "name": dict.fromkeys(NAMES, own),
            "languages": ["en", "fa", "ar"],
            "start": "set",
            "steps": {**steps, "end": {"type": "end"}},
            "trigger": {"on": on, "filter": fits},
        }
        made = await desk.call("POST", "/flows", {"key": own, "definition": definition})
        ids[key] = made["id"]
        await desk.call("POST", f"/flows/{made['id']}/publish", {"version": 1})
    row = (await desk.call("GET", "/conversations?view=all"))["items"][0]
    await desk.call("PUT", f"/conversations/{row['id']}/tags", {"tags": [*row["tags"], "start"]})
    await page.goto(f"/desk/flows/{ids['fails']}/runs")
    retry = desk.button("common.retry")
    again = desk.button("flows.runs.again")

    for _ in range(20):  # until the log's subscriber has come there
        await again.click()
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        if await retry.count():
            break
    await expect(retry.first).to_be_visible()
    failed = desk.say("flows.reason.divided_by_zero")
    await expect(
        page.get_by_role("main").get_by_role("listitem").filter(has_text=failed).first
    ).to_be_visible()
    await look(page, "runs, failed")
    await desk.button("flows.trace.open").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("listitem").last).to_contain_text(failed)
    await look(page, "runs, step by step")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    before = await retry.count()
    await retry.first.click()
    await expect(page.get_by_text(desk.say("flows.reason.retried"))).to_be_visible()
    await expect(retry).to_have_count(before)  # it failed again, and that one may be tried
    await page.goto(f"/desk/flows/{ids['ping']}/runs")
    await expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    await look(page, "runs")
    for flow_id in ids.values():
        await desk.call("PUT", f"/automations/{flow_id}", {"active": False})


def begun(desk: Desk, text_id: str) -> str:
    """How a text begins, up to its first value."""
    return desk.say(text_id).split("{")[0].strip()


def begins(desk: Desk, text_id: str) -> re.Pattern[str]:
    return re.compile(f"^{begun(desk, text_id)}")


async def published(desk: Desk, look: Look) -> str:
    """A flow that is written in one language only goes out in that one. Its id."""
    page, written = desk.page, desk.language
    steps = {
        f"say_{n}": {"type": "say", "text": {written: "…"}, "next": f"say_{n + 1}"}
        for n in range(3)
    }
    definition = {
        "schema": "wasl.flow/1",
        "name": {written: NAMES[written]},
        "languages": ["en", "fa", "ar"],
        "start": "say_0",
        "steps": {**steps, "say_3": {"type": "end"}},
    }
    made = await desk.call("POST", "/flows", {"key": f"led_{written}", "definition": definition})
    there = f"/flows/{made['id']}"
    await page.goto(f"/desk{there}")
    publish = page.get_by_role("button", name=begins(desk, "flows.publish_n"))
    await publish.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("summary")).to_have_count(2)  # by language, not by text
    await expect(dialog.get_by_role("listitem")).to_have_count(0)
    await look(page, "publishing waits")
    await dialog.locator("summary").first.click()
    await expect(dialog.get_by_role("listitem")).to_have_count(4)
    await look(page, "publishing waits, one language open")
    await desk.button("flows.choose_languages").click()
    settings = page.get_by_role("complementary", name=desk.say("flows.settings"))
    await expect(settings.get_by_text(begins(desk, "flows.waits_for_text"))).to_have_count(2)
    await settings.get_by_role("button", name=desk.say("common.close")).click()
    await publish.click()
    only = desk.say("flows.speak_only", languages=f"\u2068{OWN_NAMES[written]}\u2069")
    await dialog.get_by_role("button", name=only, exact=True).click()
    await dialog.get_by_role("button", name=desk.say("flows.publish"), exact=True).click()
    await expect(dialog).to_have_count(0)
    kept = await desk.call("GET", there)
    assert (kept["published"], kept["draft"]["languages"]) == (1, [written])
    word = desk.say("flows.is_published").replace("{n, number}", "1")
    await expect(page.get_by_text(word).first).to_be_visible()
    return str(made["id"])


async def leading(desk: Desk, look: Look) -> None:
    """A channel is led here: at once from nobody, after a question from another flow; and back."""
    page = desk.page
    flow_id = await published(desk, look)
    (before,) = [
        each["id"]
        for each in (await desk.call("GET", "/flows"))["items"]
        if each["key"] == "assistant"
    ]
    # the shop's is the first
    chat = next(c for c in await desk.call("GET", "/channels") if c["kind"] == "web_chat")

    async def leads(to: str | None) -> None:
        """What the server has, once the page says so."""
        found = (await desk.call("GET", "/flows"))["items"]
        assert [each["id"] for each in found if chat["id"] in each["channel_ids"]] == (
            [to] if to else []
        )

    async def undone(text_id: str) -> None:
        """By the newest word at the foot of the page."""
        word = page.get_by_role("alertdialog").filter(
            has_text=re.compile(desk.say(text_id).split("}")[-1].strip())
        )
        await word.first.get_by_role("button").first.click()

    await page.goto(f"/desk/flows/{flow_id}")
    await desk.button("flows.settings").click()
    settings = page.get_by_role("complementary", name=desk.say("flows.settings"))
    row = settings.locator("label").filter(has_text=chat["name"])
    box = row.get_by_role("checkbox")
    await expect(row).to_contain_text(desk.say("channel.web_chat"))
    tried = page.get_by_role("link", name=desk.say("flows.try_as_visitor"))
    await expect(tried).to_have_count(0)
    await row.click()
    await expect(box).to_be_checked()
    await expect(tried).to_have_count(2)  # in the head, and beside the channel
    await expect(tried.first).to_have_attribute("href", "/demo/shop")
    await leads(flow_id)
    await undone("flows.leads_here")
    await expect(box).not_to_be_checked()
    await leads(None)

    await desk.call("PUT", f"/channels/{chat['id']}/flow", {"flow_id": before})
    await row.click()
    dialog = page.get_by_role("dialog")
    await look(page, "leading a channel here")
    await dialog.get_by_role("button", name=desk.say("common.cancel"), exact=True).click()
    await expect(row).to_contain_text(begun(desk, "flows.answered_by"))
    await leads(before)
    await row.click()
    await dialog.get_by_role("button", name=desk.say("flows.lead_here"), exact=True).click()
    await expect(box).to_be_checked()
    await leads(flow_id)
    await row.click()
    await expect(box).not_to_be_checked()
    await leads(None)
    await undone("flows.leads_to_people")
    await expect(row).to_contain_text(begun(desk, "flows.answered_by"))
    await leads(before)
    await look(page, "flow settings")
    await page.goto("/desk/flows/")
    mine = page.get_by_role("listitem").filter(has_text=f"led_{desk.language}")
    await expect(mine).to_contain_text(desk.say("flows.published").replace("{n, number}", "1"))
    await desk.call("PUT", f"/channels/{chat['id']}/flow", {"flow_id": None})


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS, ids=str)
async def test_what_flows_use_and_do(
    rooms: Rooms, language: str, scheme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    lines: list[str] = []

    async def look(page: Page, state: str) -> None:
        lines.extend(f"{state}: {line}" for line in await violations(page))

    desk = Desk(await rooms.page(language, size, scheme), language)
    await desk.sign_in("admin")
    await desk.call("PATCH", "/me", {"theme": scheme})
    await leading(desk, look)
    if language != "ar":
        await calendars(desk, look)
        await bookings(rooms, desk, look)
    await records(desk, look)
    if language != "fa":
        await secrets(desk, look)
        await runs(desk, look)
    assert lines == []


# what is scrolled, but for what scrolls by itself and the boxes' own hidden inputs
SCROLLED = """() => [...document.querySelectorAll("*")]
  .filter((each) => each.scrollTop !== 0 && !each.closest("label"))
  .filter((each) => !each.classList.contains("overflow-y-auto"))
  .map((each) => `${each.tagName} ${each.className}: ${each.scrollTop}`)"""


async def test_a_click_in_the_settings_scrolls_nothing_but_them(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("en", (1280, 560)))
    page = desk.page
    await desk.sign_in("nora")
    rows = (await desk.call("GET", "/flows"))["items"]
    (flow_id,) = [row["id"] for row in rows if row["key"] == "assistant"]
    await page.goto(f"/desk/flows/{flow_id}")
    await desk.button("flows.settings").click()
    settings = page.get_by_role("complementary", name=desk.say("flows.settings"))
    group = settings.get_by_role("group", name=desk.say("flows.channels"), exact=True)
    channel = group.locator("label").last
    # near the lower edge, where the page has nothing left to show below
    await channel.evaluate("label => label.scrollIntoView({block: 'end'})")
    row = await channel.bounding_box()
    assert row is not None
    await page.mouse.click(row["x"] + 9, row["y"] + row["height"] / 2)
    await expect(channel.get_by_role("checkbox")).to_be_checked()
    assert await page.evaluate(SCROLLED) == []
    await channel.click()
    await expect(channel.get_by_role("checkbox")).not_to_be_checked()
