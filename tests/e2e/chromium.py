"""The browser of the journeys: the machine's Chromium, as somebody in one of our languages has it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

WIDE = (1440, 900)
PHONE = (390, 844)
WAIT_MS = 30_000  # on a condition; a busy machine is no failure
LOCALES = {"en": "en-GB", "fa": "fa-IR", "ar": "ar-SA"}
# The browser draws suggestions under its address bar as a page, one process for each window that
# nobody sees. Only the last list of a command line counts, so that Playwright's own comes first.
_WITHOUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying"),
    *("AimEnabled", "PreconnectToSearch", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
_ARGUMENTS = [
    f"--disable-features={','.join(_WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "a browser is missing: apt-get install chromium"
    expect.set_options(timeout=WAIT_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Rooms:
    """Browser profiles that know nothing of one another; what goes wrong in their pages is kept."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self._browser = browser
        self._base_url = base_url
        self._open: list[BrowserContext] = []
        self.errors: list[str] = []

    async def page(
        self,
        language: str = "en",
        size: tuple[int, int] = WIDE,
        scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        """A page in a profile of its own."""
        context = await self._browser.new_context(
            base_url=self._base_url,
            locale=LOCALES[language],
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(WAIT_MS)
        self._open.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        return page

    async def close(self) -> None:
        """Closes all. Agents go offline first, so that nothing is offered to an empty chair."""
        for context in self._open:
            cookies = {
                cookie.get("name"): cookie.get("value", "") for cookie in await context.cookies()
            }
            if token := cookies.get("wasl_csrf"):
                await context.request.put(
                    "/api/v1/presence",
                    data={"presence": "offline"},
                    headers={"X-CSRF-Token": token},
                )
            await context.close()
        self._open.clear()
