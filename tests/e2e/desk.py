"""An agent at the desk, and the words of its pages."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import APIResponse, Locator, Page, expect

from wasl.demo.company import MAIL_DOMAIN, PASSWORD

_MESSAGES = Path(__file__).parents[2] / "frontend/packages/i18n/messages"
PRESENCES = ("available", "away", "offline")
CONVERSATION = re.compile(r"/desk/conversations/[0-9a-f-]{36}")

_MARK = """() => {
  const left = document.querySelectorAll("main");
  for (const main of left) main.dataset.left = "";
  return left.length;
}"""


@cache
def texts(language: str) -> dict[str, str]:
    """Every text of the desk in one language, by its id."""
    found: dict[str, str] = {}
    for path in sorted(_MESSAGES.glob(f"*/{language}.json")):
        found |= json.loads(path.read_text("utf-8"))
    return found


class Desk:
    """Somebody of the company at the desk: what they do, in their language."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.language = language

    def say(self, text_id: str, **values: str) -> str:
        """A text as the page shows it. Only for texts without plurals."""
        said = texts(self.language)[text_id]
        for name, value in values.items():
            said = said.replace(f"{{{name}}}", value)
        return said

    def button(self, text_id: str, **values: str) -> Locator:
        """The button that is called so."""
        return self.page.get_by_role("button", name=self.say(text_id, **values), exact=True)

    async def sign_in(self, key: str, password: str = PASSWORD) -> None:
        """Signed in by the API and at the desk. The language is the person's own, whatever they
        chose before. By the page's form: `sign_in_by_form`."""
        answer = await self.page.request.post(
            "/api/v1/sign-in", data={"email": f"{key}@{MAIL_DOMAIN}", "password": password}
        )
        assert answer.ok, f"{key}: {answer.status} {await answer.text()}"
        if (await answer.json())["user"]["locale"] != self.language:
            await self.call("PATCH", "/me", {"locale": self.language})
        await self.page.goto("/desk/")
        await expect(self.page.locator("[data-pane]").first).to_be_visible()

    async def sign_in_by_form(self, key: str, password: str = PASSWORD) -> None:
        """As people do, on the page that stands open."""
        await self.page.locator("input[type=email]").fill(f"{key}@{MAIL_DOMAIN}")
        await self.page.locator("input[type=password]").fill(password)
        await self.page.locator("button[type=submit]").click()
        await expect(self.page.locator("[data-pane]").first).to_be_visible()
        if (await self.call("GET", "/me"))["user"]["locale"] != self.language:
            await self.call("PATCH", "/me", {"locale": self.language})
            await self.page.reload()
            await expect(self.page.locator("[data-pane]").first).to_be_visible()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers; the answer has to be a good one."""
        answer = await self.ask(method, path, body)
        assert answer.ok, f"{method} {path}: {answer.status} {await answer.text()}"
        return await answer.json() if answer.status != 204 else None

    async def ask(self, method: str, path: str, body: Any = None) -> APIResponse:
        """The API with this page's own sign-in, for what no page is needed for."""
        cookies = {c.get("name"): c.get("value", "") for c in await self.page.context.cookies()}
        return await self.page.request.fetch(
            f"/api/v1{path}",
            method=method,
            headers={"X-CSRF-Token": cookies.get("wasl_csrf", "")},
            data=body,
        )

    async def declare(self, presence: str) -> None:
        """Chooses in the menu of the bar."""
        words = "|".join(self.say(f"desk.presence_{one}") for one in PRESENCES)
        menu = self.page.get_by_role("button", name=re.compile(f"^({words})"))
        await menu.click()
        await self.page.get_by_role(
            "menuitemradio", name=self.say(f"desk.presence_{presence}"), exact=True
        ).click()
        await expect(menu).to_have_text(re.compile(self.say(f"desk.presence_{presence}")))

    async def offered(self, name: str) -> None:
        """An offer of this contact's matter is there."""
        offer = self.page.get_by_role("heading", name=name, level=2)
        await expect(offer).to_be_visible()

    async def accept(self) -> None:
        """Takes what is offered, by its key."""
        await self.page.keyboard.press("Alt+a")
        await expect(self.timeline).to_be_visible()

    async def open(self, conversation: str, view: str = "all") -> None:
        await self.page.goto(f"/desk/conversations/{conversation}?view={view}")
        await expect(self.timeline).to_be_visible()

    async def go(self, path: str) -> None:
        """To another kind of page, inside the app as its own links lead. What stood there is gone
        afterwards, so that nobody takes it for the new page."""
        assert await self.page.evaluate(_MARK) > 0, "there is no page to leave"
        await self.page.evaluate("(path) => history.pushState({}, '', path)", path)
        await expect(self.page.locator("main[data-left]")).to_have_count(0)

    @property
    def timeline(self) -> Locator:
        return self.page.get_by_role("log", name=self.say("desk.timeline"), exact=True)

    @property
    def conversation(self) -> str:
        """The id of the one that is open."""
        assert CONVERSATION.search(self.page.url), self.page.url
        return urlsplit(self.page.url).path.rsplit("/", 1)[-1]

    async def reply(self, text: str) -> None:
        """Writes and sends with the keyboard, on the channel that is chosen."""
        field = self.page.get_by_role("textbox", name=self.say("desk.compose"), exact=True)
        await field.fill(text)
        # not before the channels are known
        await expect(self.button("desk.send")).to_be_enabled()
        await field.press("Control+Enter")
        await expect(field).to_have_value("")

    async def says(self, text: str) -> None:
        """The timeline holds this text."""
        await expect(self.timeline.get_by_text(text).first).to_be_visible()
