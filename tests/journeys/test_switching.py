"""One matter moves between channels in mid-interaction: with the same agent, the same history and
the same clock, whoever begins it."""

from __future__ import annotations

import asyncio

from tests.journeys.centre import LINK, Centre, Row

STAND = """
SELECT c.id AS conversation_id, c.contact_id, c.status, c.interactions, c.interaction_id,
  c.assignee_id, c.queue_id, c.due_at, c.channel_id, a.state, a.holder_id, a.epoch, a.units,
  a.channel_kind, a.due_at AS assignment_due_at, a.segment_id,
  (SELECT count(*) FROM segments s WHERE s.conversation_id = c.id) AS segments,
  (SELECT count(*) FROM segments s WHERE s.conversation_id = c.id AND s.ended_at IS NULL)
    AS open_segments,
  (SELECT min(s.units) FROM segments s WHERE s.id = a.segment_id) AS segment_units
FROM conversations c JOIN assignments a ON a.interaction_id = c.interaction_id
"""
LEGS = "SELECT channel_id, closed_at FROM legs WHERE conversation_id = %(id)s ORDER BY opened_at"


def stand(centre: Centre) -> Row:
    """How the one matter stands; that there is only one is part of it."""
    (row,) = centre.rows(STAND)
    assert row["assignment_due_at"] == row["due_at"]
    return row


def unmoved(row: Row) -> Row:
    """What a change of channel must not touch."""
    kept = ("conversation_id", "contact_id", "interactions", "interaction_id", "assignee_id",
            "queue_id", "state", "holder_id", "epoch", "units", "segment_id", "segments",
            "open_segments", "segment_units", "status")  # fmt: skip
    return {name: row[name] for name in kept}


def legs(centre: Centre, conversation_id: object) -> list[tuple[str, bool]]:
    """Each leg's channel, and whether it goes on."""
    names = {channel_id: name for name, channel_id in centre.ids.items()}
    return [
        (names[row["channel_id"]], row["closed_at"] is None)
        for row in centre.rows(LEGS, id=conversation_id)
    ]


async def test_the_contact_takes_the_chat_to_mail_and_back(centre: Centre) -> None:
    chat = await centre.chat(identity=centre.signed("sara", "سارا منصوری"), locale="fa")
    said = await chat.say("سلام، سفارشم کجاست؟")
    conversation = said["conversation"]["id"]
    await centre.agent("daniel", "POST", f"/conversations/{conversation}/pick")
    before = stand(centre)
    assert before["holder_id"] == before["assignee_id"] == centre.ids["daniel"]
    assert (before["state"], before["channel_kind"], before["units"]) == ("active", "web_chat", 1)
    assert before["due_at"] is not None

    # "continue by e-mail": nobody has answered yet, so the clock goes on
    async with centre.next_mail("sara") as arriving:
        await chat.call("POST", "/continue", {"email": "sara@example.com"})
        mail = await asyncio.wait_for(arriving, 20)
    on_mail = stand(centre)
    assert unmoved(on_mail) == unmoved(before)
    assert on_mail["due_at"] == before["due_at"]
    assert on_mail["channel_kind"] == "email"
    assert legs(centre, conversation) == [("chat", False), ("support", True)]

    # the contact answers by mail
    await centre.writes_mail(
        "sara",
        mail["reply_to"],
        "از همین‌جا ادامه می‌دهم.",
        subject=f"Re: {mail['subject']}",
        in_reply_to=mail["message_id"],
        references=mail["references"],
    )
    answered = stand(centre)
    assert unmoved(answered) == unmoved(before)
    assert answered["due_at"] == before["due_at"]

    # the agent answers by mail, in the same thread
    async with centre.next_mail("sara") as arriving:
        await centre.reply("daniel", conversation, "support", "فردا می‌رسد.")
        second = await asyncio.wait_for(arriving, 20)
    (own,) = await centre.mails("sara", "sent")
    assert second["in_reply_to"] == own["message_id"]
    assert second["references"] == [mail["message_id"], own["message_id"]]
    assert stand(centre)["due_at"] is None

    # and back to chat by the signed link, on another device
    token = LINK.search(second["text"])
    assert token is not None
    again = await centre.chat(link=token[1])
    assert again.who["conversation"]["id"] == conversation
    assert again.who["verified"]
    assert (await again.texts())[0] == "سلام، سفارشم کجاست؟"
    assert {"از همین‌جا ادامه می‌دهم.", "فردا می‌رسد."} <= set(await again.texts())
    await again.say("ممنون، یک سؤال دیگر دارم.")
    back = stand(centre)
    assert unmoved(back) == unmoved(before)
    assert back["channel_kind"] == "web_chat"
    assert back["due_at"] is not None
    assert legs(centre, conversation) == [("chat", False), ("support", False), ("chat", True)]

    await centre.reply("daniel", conversation, "chat", "بفرمایید.")
    assert (await again.texts())[-1] == "بفرمایید."
    assert (await chat.texts()) == (await again.texts())
    assert stand(centre)["due_at"] is None
    assert legs(centre, conversation)[-1] == ("chat", True)


async def test_the_agent_takes_the_chat_to_mail_and_back(centre: Centre) -> None:
    chat = await centre.chat(identity=centre.signed("lena", "Lena Fischer"), locale="en")
    conversation = (await chat.say("Could I have the invoice?"))["conversation"]["id"]
    await centre.agent("daniel", "POST", f"/conversations/{conversation}/pick")
    before = stand(centre)
    options = await centre.agent("daniel", "GET", f"/conversations/{conversation}/reply-options")
    offered = {o["channel"]["name"]: o["code"] for o in options if o["allowed"]}
    assert offered == {"chat": "last_used", "support": "available", "invoices": "available"}

    async with centre.next_mail("lena") as arriving:
        await centre.reply("daniel", conversation, "invoices", "Here it is, by mail.")
        mail = await asyncio.wait_for(arriving, 20)
    assert mail["from"].endswith("<invoices@naranj.example>")
    on_mail = stand(centre)
    assert unmoved(on_mail) == unmoved(before)
    assert (on_mail["channel_kind"], on_mail["due_at"]) == ("email", None)

    # the answer goes to the address of all replies, and still comes in where we wrote from
    await centre.writes_mail(
        "lena",
        mail["reply_to"],
        "Thank you! The VAT ID is wrong.",
        subject=f"Re: {mail['subject']}",
        in_reply_to=mail["message_id"],
    )
    answered = stand(centre)
    assert unmoved(answered) == unmoved(before)
    assert answered["due_at"] is not None
    assert answered["channel_id"] == centre.ids["invoices"]
    assert legs(centre, conversation) == [("chat", False), ("invoices", True)]

    # somebody else may not speak into it
    refused = await centre.http.post(
        f"/api/v1/conversations/{conversation}/messages",
        json={"channel_id": str(centre.ids["chat"]), "text": "me too", "client_id": "1"},
        headers={"Authorization": f"Bearer {centre.tokens['maryam']}"},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_holder")

    await centre.reply("daniel", conversation, "chat", "Corrected. Anything else?")
    assert (await chat.texts())[-1] == "Corrected. Anything else?"
    await chat.say("No, that was all.")
    back = stand(centre)
    assert unmoved(back) == unmoved(before)
    assert back["channel_kind"] == "web_chat"
    assert legs(centre, conversation) == [("chat", False), ("invoices", False), ("chat", True)]

    timeline = await centre.agent("daniel", "GET", f"/conversations/{conversation}/timeline")
    said = [
        (m["direction"], m["channel"]["kind"]) for m in timeline["items"] if m["kind"] == "message"
    ]
    assert said == [
        ("in", "web_chat"),
        ("out", "email"),
        ("in", "email"),
        ("out", "web_chat"),
        ("in", "web_chat"),
    ]


async def test_a_mail_without_any_reference_joins_the_one_open_matter_of_its_proven_sender(
    centre: Centre,
) -> None:
    chat = await centre.chat(identity=centre.signed("omar", "عمر الحربي"), locale="ar")
    conversation = (await chat.say("المطحنة لا تعمل"))["conversation"]["id"]
    await centre.agent("maryam", "POST", f"/conversations/{conversation}/pick")
    before = stand(centre)
    await centre.writes_mail("omar", "support@naranj.example", "أرفقت صورة", subject="المطحنة")
    after = stand(centre)
    assert unmoved(after) == unmoved(before)
    assert after["due_at"] == before["due_at"]
    assert legs(centre, conversation) == [("chat", False), ("support", True)]


async def test_two_who_continue_at_the_same_time_do_not_meet(centre: Centre) -> None:
    sara = await centre.chat(identity=centre.signed("sara", "Sara"))
    lena = await centre.chat(identity=centre.signed("lena", "Lena"))
    await sara.say("mine")
    await lena.say("hers")
    async with centre.next_mail("sara") as to_sara, centre.next_mail("lena") as to_lena:
        await asyncio.gather(
            sara.call("POST", "/continue", {"email": "sara@example.com"}),
            lena.call("POST", "/continue", {"email": "lena@example.com"}),
        )
        mails = [await asyncio.wait_for(each, 20) for each in (to_sara, to_lena)]
    for mail, own, theirs in zip(mails, ("mine", "hers"), ("hers", "mine"), strict=True):
        token = LINK.search(mail["text"])
        assert token is not None
        texts = await (await centre.chat(link=token[1])).texts()
        assert own in texts
        assert theirs not in texts
    forged = await centre.http.post(
        f"/client/v1/{centre.chat_key}/visitor", json={"link": f"{token[1][:-2]}xx"}
    )
    assert (forged.status_code, forged.json()["code"]) == (401, "link_refused")


async def test_who_signs_in_at_the_shop_brings_their_chat_along(centre: Centre) -> None:
    unknown = await centre.chat()
    said = await unknown.say("Do you have it in blue?")
    sara = await centre.chat(identity=centre.signed("sara", "Sara"), token=unknown.who["token"])
    assert await sara.texts() == ["Do you have it in blue?"]
    assert sara.who["conversation"]["id"] == said["conversation"]["id"]
    await sara.say("And in green?")
    (matter,) = centre.rows("SELECT id, contact_id FROM conversations")
    assert str(matter["id"]) == said["conversation"]["id"]
    stranger = await centre.chat(identity=centre.signed("omar", "Omar"), token=sara.who["token"])
    assert await stranger.texts() == [], "somebody who is known already is not taken over"
