"""A contact leaves the queue, keeps the place, and is called when an agent is free."""

from __future__ import annotations

import asyncio

from tests.journeys.centre import Centre, Row


async def offer_of(centre: Centre, name: str) -> Row:
    """What the agent is offered, once it is there."""
    wanted = "SELECT id, epoch FROM offers WHERE state = 'offered' AND user_id = %(id)s"
    async with asyncio.timeout(20):
        while True:
            if found := centre.rows(wanted, id=centre.ids[name]):
                return found[0]
            await asyncio.sleep(0)


async def test_who_leaves_is_called_in_turn(centre: Centre) -> None:
    chat = await centre.chat(locale="fa")
    said = await chat.say("کسی هست؟")
    conversation = said["conversation"]["id"]
    at = f"/conversations/{conversation}"
    asked = await chat.call("POST", "/callback", {"address": "+98 912 345 6789"})
    assert (asked["state"], asked["place"]) == ("queued", 1)
    assert asked["callback"] == {"address": "+98 912 345 6789", "not_before": None}

    # taken back, and asked again with the digits of one's own keyboard
    back = await chat.call("POST", "/callback/done")
    assert (back["state"], back["place"], back["callback"]) == ("queued", 1, None)
    assert (await chat.refused("POST", "/callback/done"))["code"] == "no_callback"
    await chat.call("POST", "/callback", {"address": "+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹"})

    # the turn comes: somebody is there
    await centre.agent("daniel", "PUT", "/presence", {"presence": "available"})
    offer = await offer_of(centre, "daniel")
    waits = (await chat.call("GET", "/timeline"))["conversation"]
    assert (waits["state"], waits["place"], waits["callback"]) == ("offered", 1, asked["callback"])
    await centre.agent("daniel", "POST", f"/offers/{offer['id']}/accept", {"epoch": offer["epoch"]})
    shown = await centre.agent("daniel", "GET", at)
    assert (shown["state"], shown["callback"]["value"]) == ("active", "+989123456789")

    # nobody answers: it waits again, and is held back
    shown = await centre.agent("daniel", "POST", f"{at}/callback/unanswered")
    assert (shown["state"], shown["assignee"], shown["callback"]["tries"]) == ("queued", None, 1)
    told = await centre.agent("daniel", "GET", f"{at}/routing")
    assert {why["code"] for why in told["why"]} >= {"held_back"}

    # the contact is reached before that
    await centre.agent("daniel", "POST", f"{at}/pick")
    shown = await centre.agent("daniel", "POST", f"{at}/callback/reached")
    assert (shown["due_at"], shown["callback"]["reached_at"] is None) == (None, False)
    shown = await centre.agent("daniel", "POST", f"{at}/callback/done")
    assert (shown["state"], shown["callback"]) == ("active", None)
    timeline = await centre.agent("daniel", "GET", f"{at}/timeline")
    codes = [m["activity"]["code"] for m in timeline["items"] if m["activity"]]
    assert codes == [
        "callback_asked",
        "callback_taken_back",
        "callback_asked",
        "assigned",
        "callback_unanswered",
        "assigned",
        "callback_reached",
        "callback_ended",
    ]
    assert await chat.texts() == ["کسی هست؟"]  # the contact sees none of it


async def test_a_channel_may_offer_no_calls(centre: Centre) -> None:
    centre.rows(
        "UPDATE channels SET config = config || '{\"callbacks\": false}' WHERE id = %(id)s"
        " RETURNING id",
        id=centre.ids["chat"],
    )
    chat = await centre.chat()
    assert (await chat.call("GET", "/config"))["callbacks"] is False
    await chat.say("Anybody there?")
    refused = await chat.refused("POST", "/callback", {"address": "+98 912 345 6789"})
    assert refused["code"] == "callbacks_off"
