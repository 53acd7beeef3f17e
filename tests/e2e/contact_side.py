"""The contacts' side: the shop with its chat, and the mail program of the other side."""

from __future__ import annotations

import re

from playwright.async_api import Frame, Locator, Page, expect

_CHAT = re.compile(r"/widget/frame/")


async def chat_frame(page: Page) -> Frame:
    """The chat's frame in a page, once it is there. It stands in a closed shadow root."""
    found = [frame for frame in page.frames if _CHAT.search(frame.url)]
    if not found:
        found = [
            await page.wait_for_event(
                "framenavigated", predicate=lambda frame: bool(_CHAT.search(frame.url))
            )
        ]
    return found[0]


class Chat:
    """The chat as its visitor has it: in the shop's frame, or as a page of its own."""

    def __init__(self, at: Frame | Page) -> None:
        self.at = at

    @property
    def thread(self) -> Locator:
        return self.at.get_by_role("log", name="Conversation")

    @property
    def field(self) -> Locator:
        return self.at.get_by_role("textbox", name="Write a message…")

    async def press(self, name: str) -> None:
        await self.at.get_by_role("button", name=name, exact=True).click()

    async def begin(self, *, name: str, email: str = "") -> None:
        """Starts a chat and says who one is."""
        await self.press("Start a chat")
        await self.at.get_by_label("Name").fill(name)
        if email:
            await self.at.get_by_label("E-mail").fill(email)
        await self.press("Start a chat")
        await expect(self.field).to_be_visible()

    async def write(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")
        await expect(self.field).to_have_value("")

    async def reads(self, text: str) -> None:
        """The thread holds this text."""
        await expect(self.thread.get_by_text(text).first).to_be_visible()

    async def mark_of(self, text: str, state: str) -> None:
        """The tick of one's own message says "Sent", "Delivered" or "Read"."""
        bubble = self.thread.locator(".line.mine", has_text=text)
        await expect(bubble.locator(".ticks")).to_have_attribute("title", state)


async def ask_in_shop(page: Page) -> Chat:
    """Opens the shop and its chat by the button of the page."""
    await page.goto("/demo/shop")
    await page.get_by_role("button", name="Ask us").click()
    return Chat(await chat_frame(page))


class Mail:
    """A contact's mail program on the other side's phone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._program = page.locator("#app-email")

    async def open(self, who: str) -> None:
        await self.page.goto("/demo/other-side")
        await self.page.get_by_label("You are").select_option(who)
        await self.page.get_by_role("tab", name="E-mail").click()

    async def open_mail(self, text: str) -> None:
        """The thread whose newest mail begins so."""
        await self._program.get_by_role("button").filter(has_text=text).first.click()

    @property
    def newest(self) -> Locator:
        return self._program.get_by_role("article").last

    async def reply(self, text: str) -> None:
        await self._program.get_by_role("button", name="Reply").click()
        await self._program.get_by_role("textbox", name="Message").fill(text)
        await self._program.get_by_role("button", name="Send").click()
        await expect(self._program.get_by_role("article").filter(has_text=text)).to_be_visible()
