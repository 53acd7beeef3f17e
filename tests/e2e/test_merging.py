"""Two matters that turn out to be one are merged, and parted again at once."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = "The lid of my kettle is loose."
SECOND = "Is there a spare lid for it?"


async def test_a_merge_is_undone_from_its_toast(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("ar"), "ar")
    await desk.sign_in("nora")
    for subject, text in (("Kettle", FIRST), ("Spare lid", SECOND)):
        sent = await desk.page.request.post(
            "/demo/mail",
            data={"who": "chloe", "to": "support@naranj.example", "subject": subject, "text": text},
        )
        assert sent.status == 201
    # nothing is left waiting for the agents of other journeys
    for subject in ("Kettle", "Spare lid"):
        (row,) = (await desk.call("GET", f"/conversations?view=unassigned&q={subject}"))["items"]
        await desk.call("POST", f"/conversations/{row['id']}/pick")
    second = row["id"]
    await desk.open(second)
    await desk.says(SECOND)

    await desk.button("desk.merge").click()
    await expect(desk.timeline.get_by_text(FIRST).first).to_be_visible()
    await desk.says(SECOND)
    assert desk.conversation != second
    await desk.button("desk.undo").click()
    await desk.page.wait_for_url(re.compile(second))
    await desk.says(SECOND)
    await expect(desk.timeline.get_by_text(FIRST)).to_have_count(0)
    parted = await desk.call("GET", f"/conversations/{second}")
    assert (parted["status"], parted["merged_into"]) == ("open", None)
    await desk.call("POST", f"/conversations/{second}/pick")
