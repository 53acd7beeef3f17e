"""What if, in Chromium: a supervisor tries a scenario on weeks that a demo company had."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import text

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.demo_server import DemoServer, build_frontend
from tests.e2e.desk import Desk
from tests.reporting.whatif.weeks import fill
from wasl.infra.database import make_engine
from wasl.infra.postgres import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = (("en", "light", WIDE), ("fa", "dark", WIDE), ("ar", "light", PHONE))
DAYS = 15


async def have_weeks(server: DemoServer) -> None:
    """Gives the company's first queue three agents and some weeks behind it."""
    postgres = EmbeddedPostgres(server.folder)
    dsn = postgres.start(print)
    engine = make_engine(dsn)
    try:
        async with engine.begin() as conn:
            members = await conn.execute(
                text("SELECT queue_id, user_id FROM queue_members ORDER BY queue_id, user_id")
            )
            rows = members.all()
            queue_id = rows[0].queue_id
            agents = [row.user_id for row in rows if row.queue_id == queue_id][:3]
            await conn.execute(
                text(
                    "UPDATE agents SET capacity = '{\"web_chat\": 1}', skills = '{}'"
                    " WHERE user_id = ANY (:ids)"
                ),
                {"ids": agents},
            )
            await conn.execute(
                text("UPDATE queues SET steps = '[]', hours = NULL WHERE id = :id"),
                {"id": queue_id},
            )
            midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            await fill(conn, queue_id, agents, until=midnight, days=DAYS)
    finally:
        await engine.dispose()
        postgres.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company() -> AsyncIterator[DemoServer]:
    """A company of its own: weeks of made-up work are nothing that other journeys should meet."""
    build_frontend()
    running = DemoServer()
    try:
        await running.start()
        await have_weeks(running)
        yield running
    finally:
        await running.remove()


@pytest_asyncio.fixture(loop_scope="session")
async def rooms(company: DemoServer, browser: Browser) -> AsyncIterator[Rooms]:
    opened = Rooms(browser, company.url)
    yield opened
    await opened.close()
    assert opened.errors == []


async def opened(desk: Desk) -> None:
    await desk.page.get_by_role("link", name=desk.say("shell.simulation"), exact=True).click()
    heading = desk.page.get_by_role("heading", name=desk.say("simulation.title"), level=1)
    await expect(heading).to_be_visible()
    await expect(desk.button("simulation.run")).to_be_visible()


def part(desk: Desk, text_id: str) -> Locator:
    return desk.page.get_by_role("region", name=desk.say(text_id), exact=True)


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS, ids=str)
async def test_a_scenario_beside_today(
    rooms: Rooms, language: str, scheme: str, size: tuple[int, int]
) -> None:
    page = await rooms.page(language, size, "dark" if scheme == "dark" else "light")
    desk = Desk(page, language)
    await desk.sign_in("nora")
    await desk.call("PATCH", "/me", {"theme": scheme})
    await opened(desk)
    assert await violations(page) == []
    today = await desk.call("GET", "/simulation/today")
    queue = max(today["queues"], key=lambda one: one["interactions"])
    await page.get_by_role("button", name=re.compile(desk.say("simulation.queue"))).first.click()
    await page.get_by_role("option", name=queue["names"][language], exact=True).click()
    target = page.get_by_role("textbox", name=desk.say("simulation.target_s"), exact=True)
    await target.fill("1200")
    more = page.get_by_role("group", name=desk.say("simulation.agents"), exact=True)
    await more.get_by_role("button", name=re.compile(desk.say("settings.greater"))).click()
    await expect(desk.button("simulation.reset")).to_be_enabled()
    await target.press("Enter")
    await expect(page.get_by_role("progressbar")).to_be_visible()
    result = part(desk, "simulation.result")
    await expect(result).to_be_visible(timeout=200_000)
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    await expect(result.get_by_role("row")).not_to_have_count(1)
    gain = part(desk, "simulation.gain")
    await expect(gain.get_by_text(desk.say("simulation.counted_differently"))).to_be_visible()
    assert await violations(page) == []
    if size == PHONE:
        width = await page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= PHONE[0]
    for text_id in ("simulation.gain", "simulation.by_hour"):
        await part(desk, text_id).get_by_role("button").press("Enter")
        await expect(part(desk, text_id).get_by_role("table")).to_be_visible()
    assert await violations(page) == []


async def test_a_proposal_is_seen_by_others(rooms: Rooms) -> None:
    nora = Desk(await rooms.page("ar"), "ar")
    await nora.sign_in("nora")
    await opened(nora)
    await nora.button("simulation.run").click()
    await expect(part(nora, "simulation.result")).to_be_visible(timeout=200_000)
    await nora.button("simulation.propose").click()
    dialog = nora.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("من أجل الصباح")
    assert await violations(nora.page) == []
    await dialog.get_by_role("button", name=nora.say("simulation.propose"), exact=True).click()
    await expect(dialog).to_have_count(0)
    admin = Desk(await rooms.page("en"))
    await admin.sign_in("admin")
    await opened(admin)
    proposals = part(admin, "simulation.proposals")
    await expect(proposals.get_by_text("من أجل الصباح")).to_be_visible()
    assert await violations(admin.page) == []
    await proposals.get_by_role("button", name=admin.say("simulation.open"), exact=True).click()
    await expect(part(admin, "simulation.result")).to_be_visible()


async def test_cancelling_ends_it(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("en"))
    await desk.sign_in("nora")
    await opened(desk)
    for _ in range(4):  # more than may run at once: each one's place is free again
        await desk.button("simulation.run").click()
        await expect(desk.page.get_by_role("progressbar")).to_be_visible()
        await desk.button("simulation.cancel").click()
        await expect(desk.page.get_by_role("progressbar")).to_have_count(0)
    await desk.button("simulation.run").click()
    await expect(part(desk, "simulation.result")).to_be_visible(timeout=200_000)


async def test_agents_have_no_simulations(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    link = desk.page.get_by_role("link", name=desk.say("shell.simulation"), exact=True)
    await expect(link).to_have_count(0)
    await desk.page.goto("/desk/simulation")
    await expect(desk.page.get_by_text(desk.say("simulation.not_yours"))).to_be_visible()
