"""What if, in Chromium, in a company without history: a supervisor changes what is assumed."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.chromium import PHONE, WIDE, Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = (("en", "dark", PHONE), ("fa", "light", PHONE), ("ar", "dark", WIDE))


async def opened(desk: Desk) -> Locator:
    """The card with what is expected."""
    await desk.page.goto("/desk/simulation")
    await expect(desk.page.get_by_text(desk.say("simulation.assumptions"))).to_be_visible()
    return desk.page.locator("details").filter(has_text=desk.say("simulation.assumptions"))


async def group_of(desk: Desk, card: Locator) -> tuple[str, Locator]:
    """The first queue's id, and its figures."""
    queue = (await desk.call("GET", "/simulation/today"))["queues"][0]
    name = queue["names"][desk.language]
    return queue["id"], card.get_by_role("group", name=name, exact=True)


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS, ids=str)
async def test_what_is_expected_comes_first(
    rooms: Rooms, language: str, scheme: str, size: tuple[int, int]
) -> None:
    page = await rooms.page(language, size, "dark" if scheme == "dark" else "light")
    desk = Desk(page, language)
    await desk.sign_in("nora")
    await desk.call("PATCH", "/me", {"theme": scheme})
    card = await opened(desk)
    today = await desk.call("GET", "/simulation/today")
    assert (today["enough"], len(today["expected"])) == (False, len(today["queues"]))
    assert all(one["per_day"] > 0 for one in today["expected"])
    _, figures = await group_of(desk, card)
    for text_id in ("per_day", "handling", "patience"):
        label = desk.say(f"simulation.{text_id}")
        await expect(figures.get_by_role("textbox", name=label)).not_to_have_value("")
    await expect(desk.button("simulation.run")).to_be_visible()
    assert await violations(page) == []
    width = await page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= size[0]


async def test_a_changed_assumption_is_simulated(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("en"))
    page = desk.page
    await desk.sign_in("nora")
    card = await opened(desk)
    queue_id, figures = await group_of(desk, card)
    per_day = figures.get_by_role("textbox", name=desk.say("simulation.per_day"))
    await per_day.fill("37")
    await per_day.press("Tab")
    await figures.get_by_role("textbox", name=desk.say("simulation.handling")).fill("2.5")
    async with page.expect_request("**/simulation/run") as asked:
        await desk.button("simulation.run").click()
    sent = (await asked.value).post_data_json["expected"]
    day = next(one for one in sent if one["queue_id"] == queue_id)
    assert (day["per_day"], day["handling_s"]) == (37, 150)
    result = page.get_by_role("region", name=desk.say("simulation.result"), exact=True)
    await expect(result).to_be_visible(timeout=240_000)
    await expect(page.get_by_text(desk.say("simulation.fit_none"))).to_be_visible()
    await expect(page.get_by_text(desk.say("simulation.how_expected"))).to_be_visible()
    assert await violations(page) == []
    await expect(per_day).to_be_hidden()
    await card.locator("summary").click()
    await expect(per_day).to_have_value("37")
