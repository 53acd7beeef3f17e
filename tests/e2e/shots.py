"""Pictures of every page in three languages, both schemes and at phone width, to be looked at.

    python -m tests.e2e.shots FOLDER [LANGUAGE…]

Starts a demo company of its own, or takes the running one that WASL_URL names.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, expect

from tests.e2e.chromium import PHONE, WIDE, Rooms, chromium
from tests.e2e.contact_side import chat_frame
from tests.e2e.demo_server import DemoServer, build_frontend
from tests.e2e.desk import Desk

PEOPLE = {"en": "daniel", "fa": "maryam", "ar": "khalid"}
NAMES = {"en": "English", "fa": "فارسی", "ar": "العربية"}
SECTIONS = (
    "channels",
    "channels/new/web_chat",
    "users",
    "queues",
    "sla",
    "sla/new",
    "calendars",
    "calendars/new",
    "records",
    "records/new",
    "secrets",
    "canned",
    "audit",
    "profile",
    "tokens",
)


class Camera:
    """Takes pictures of one look, named after it."""

    def __init__(self, folder: Path, look: str) -> None:
        self._folder = folder
        self._look = look

    async def take(self, page: Page, name: str) -> None:
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        await page.screenshot(path=self._folder / f"{self._look}-{name}.png")


async def desk_pictures(rooms: Rooms, camera: Camera, desk: Desk) -> None:
    """What an agent sees."""
    page = desk.page
    await page.goto("/desk/")
    await expect(page.locator("input[type=email]")).to_be_visible()
    await camera.take(page, "sign-in")
    await desk.sign_in(PEOPLE[desk.language])
    await expect(page.locator("[data-row]").first).to_be_visible()
    await camera.take(page, "list")
    await page.goto("/desk/conversations?view=snoozed")
    await expect(page.locator("[role=tabpanel] h2")).to_be_visible()
    await camera.take(page, "list-empty")
    rows = (await desk.call("GET", "/conversations?view=all"))["items"]
    chosen = {
        "sara": next(row for row in rows if row["number"] == "W-1085"),
        "mail": next(row for row in rows if row["channel"]["kind"] == "email"),
        "chat": next(row for row in rows if row["channel"]["kind"] == "web_chat"),
    }
    for name, row in chosen.items():
        await desk.open(row["id"])
        await camera.take(page, f"conversation-{name}")
    await page.keyboard.press("Alt+p")
    await camera.take(page, "note")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await camera.take(page, "palette")
    await page.goto("/desk/contacts/")
    await expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    await camera.take(page, "contacts")
    await page.goto(f"/desk/contacts/{chosen['sara']['contact']['id']}")
    await expect(page.get_by_text("A-20418").first).to_be_visible()
    await camera.take(page, "contact")


async def settings_pictures(camera: Camera, desk: Desk, scheme: str) -> None:
    """What an administrator sees besides."""
    await desk.sign_in("admin")
    await desk.call("PATCH", "/me", {"locale": desk.language, "theme": scheme})
    for section in SECTIONS:
        await desk.page.goto(f"/desk/settings/{section}")
        name = desk.say(f"settings.{section.split('/')[0]}")
        await expect(desk.page.get_by_role("heading", name=name).first).to_be_visible()
        await camera.take(desk.page, f"settings-{section.replace('/', '-')}")


async def supervisor_pictures(camera: Camera, desk: Desk, scheme: str) -> None:
    """What a supervisor sees besides."""
    await desk.sign_in("nora")
    await desk.call("PATCH", "/me", {"locale": desk.language, "theme": scheme})
    page = desk.page
    await page.goto("/desk/wallboard")
    agents = page.get_by_role("region", name=desk.say("wallboard.agents"), exact=True)
    await expect(agents.get_by_text("Daniel Roth")).to_be_visible()
    await camera.take(page, "wallboard")
    await page.goto("/desk/monitor")
    live = page.get_by_role("region", name=desk.say("monitor.live_now"))
    await live.get_by_role("button").nth(1).click()
    await expect(page.locator("[data-monitor-pane]").get_by_role("article").first).to_be_visible()
    await camera.take(page, "monitor")
    await page.goto("/desk/simulation")
    await expect(desk.button("simulation.run")).to_be_visible()
    await camera.take(page, "simulation")
    agents = page.get_by_role("group", name=desk.say("simulation.agents"), exact=True)
    await agents.get_by_role("button").last.click()
    await desk.button("simulation.run").click()
    result = page.get_by_role("region", name=desk.say("simulation.result"), exact=True)
    await expect(result).to_be_visible(timeout=200_000)
    await camera.take(page, "simulation-done")


async def contact_pictures(camera: Camera, page: Page, language: str) -> None:
    """What contacts see."""
    await page.goto("/demo/shop")
    await page.get_by_role("button", name=NAMES[language], exact=True).click()
    await camera.take(page, "shop")
    await page.evaluate("window.wasl.open()")
    chat = await chat_frame(page)
    await expect(chat.get_by_role("heading", level=1)).to_be_visible()
    await camera.take(page, "chat-home")
    await page.goto("/demo/other-side")
    phone = await chat_frame(page)
    await expect(phone.get_by_role("heading", level=1)).to_be_visible()
    await camera.take(page, "other-side")
    await page.get_by_role("tab").last.click()
    await camera.take(page, "other-side-mail")


async def photograph(browser: Browser, url: str, folder: Path, languages: list[str]) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for language in languages:
        for scheme in schemes:
            for width, size in (("wide", WIDE), ("phone", PHONE)):
                rooms = Rooms(browser, url)
                camera = Camera(folder, f"{language}-{width}-{scheme}")
                desk = Desk(await rooms.page(language, size, scheme), language)
                await desk_pictures(rooms, camera, desk)
                admin = Desk(await rooms.page(language, size, scheme), language)
                await settings_pictures(camera, admin, scheme)
                nora = Desk(await rooms.page(language, size, scheme), language)
                await supervisor_pictures(camera, nora, scheme)
                page = await rooms.page(language, size, scheme)
                await contact_pictures(camera, page, language)
                await rooms.close()


@asynccontextmanager
async def company() -> AsyncIterator[str]:
    """The address of a demo company."""
    if url := os.environ.get("WASL_URL"):
        yield url
        return
    build_frontend()
    server = DemoServer()
    try:
        await server.start()
        yield server.url
    finally:
        await server.remove()


async def main(folder: Path, languages: list[str]) -> None:
    async with company() as url, chromium() as browser:
        await photograph(browser, url, folder, languages or list(PEOPLE))


if __name__ == "__main__":
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(PEOPLE):
        sys.exit(__doc__)
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    chosen = Path(sys.argv[1])
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen, sys.argv[2:]))
