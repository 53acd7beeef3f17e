"""One matter: from the shop's chat to mail, back by mail, and on in chat; one interaction."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import Chat, Mail, ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

_COUNT_RINGS = """
  window.rings = 0;
  const Silent = window.AudioContext;
  window.AudioContext = class extends Silent {
    constructor(...given) { super(...given); window.rings += 1; }
  };
"""


async def test_a_chat_goes_on_by_mail_and_comes_back(rooms: Rooms, tmp_path: Path) -> None:
    desk = Desk(await rooms.page())
    await desk.page.add_init_script(_COUNT_RINGS)
    await desk.sign_in("leila")
    await desk.declare("available")

    shop = await rooms.page()
    chat = await ask_in_shop(shop)
    await chat.begin(name="Emma Stone", email="emma@example.com")
    await chat.write("Is the copper pot in stock?")
    await chat.reads("Is the copper pot in stock?")

    await desk.offered("Emma Stone")
    await expect(desk.page).to_have_title(re.compile("Offer: Emma Stone"))
    assert await desk.page.evaluate("window.rings") > 0
    await desk.accept()
    await desk.says("Is the copper pot in stock?")
    number = await number_of(desk.page)
    await expect(chat.at.get_by_text("Leila Haddad joined")).to_be_visible()
    await chat.mark_of("Is the copper pot in stock?", "Read")

    # each sees the other write
    await desk.page.get_by_role("textbox", name="Reply", exact=True).press_sequentially("Yes,")
    await expect(chat.at.get_by_text("Leila Haddad is typing")).to_be_visible()
    await desk.reply("Yes, nine of them.")
    await chat.reads("Yes, nine of them.")
    await expect(desk.timeline.get_by_text("Read", exact=True)).to_be_attached()
    await chat.field.press_sequentially("And")
    await expect(desk.page.get_by_text(re.compile(r"Emma Stone\W? is writing"))).to_be_visible()
    await chat.field.fill("")

    # a file, and answers to choose from
    label = tmp_path / "pot.txt"
    label.write_text("28 cm, 119 EUR")
    await desk.page.locator("input[type=file]").set_input_files(label)
    await expect(desk.button("desk.remove_file", name="\u2068pot.txt\u2069")).to_be_visible()
    await desk.reply("Here is its label.")
    await expect(chat.thread.get_by_role("link", name="pot.txt")).to_be_visible()
    await offer_answers(desk, "Shall I keep one for you?", ["Yes, please", "No, thanks"])
    await chat.press("Yes, please")
    await desk.says("Yes, please")

    # the agent goes on by mail
    await choose_channel(desk, "Support")
    subject = desk.page.get_by_role("textbox", name="Subject")
    await subject.fill("Your copper pot")
    await desk.reply("It waits for you until Friday.")
    await desk.says("It waits for you until Friday.")

    mail = Mail(await rooms.page())
    await mail.open("emma")
    await mail.open_mail("Your copper pot")
    await expect(mail.newest).to_contain_text("It waits for you until Friday.")
    # whose address it is was only said in the chat, so the chat does not show the mail
    await expect(chat.thread.get_by_text("It waits for you until Friday.")).to_have_count(0)
    link = await continue_link(mail)
    await mail.reply("I come on Thursday.")
    await desk.says("I come on Thursday.")
    await expect(desk.timeline.get_by_text("Moved to E-mail")).to_have_count(1)

    # the contact goes on by the signed link
    page = await rooms.page()
    await page.goto(link)
    linked = Chat(page)
    await linked.reads("I come on Thursday.")
    await linked.write("Can I pay by card there?")
    await desk.says("Can I pay by card there?")
    await expect(desk.timeline.get_by_text("Moved to Web chat")).to_have_count(1)
    assert await number_of(desk.page) == number

    # the end, with its outcome
    await desk.button("desk.resolve").click()
    await wrap_up(desk, "Solved")
    await expect(linked.at.get_by_text("This conversation has ended")).to_be_visible()
    kept = await desk.call("GET", f"/conversations/{desk.conversation}")
    assert kept["interaction"]["disposition"] == "solved"
    assert len({leg["interaction_id"] for leg in kept["legs"]}) == 1


async def number_of(page: Page) -> str:
    """The matter's number in the head of the conversation."""
    return await page.get_by_text(re.compile(r"^W-\d+$")).first.inner_text()


async def offer_answers(desk: Desk, question: str, answers: list[str]) -> None:
    """Asks with ready answers, by the keyboard; the last one is not even taken with Enter."""
    await desk.button("desk.answers").press("Enter")
    field = desk.page.get_by_role("textbox", name=desk.say("desk.answer_add"))
    await expect(field).to_be_focused()
    for answer in answers[:-1]:
        await desk.page.keyboard.type(answer)
        await desk.page.keyboard.press("Enter")
        removing = desk.button("desk.answer_remove", text=f"\u2068{answer}\u2069")
        await expect(removing).to_be_visible()
    await desk.page.keyboard.type(answers[-1])
    await desk.reply(question)
    await desk.says(question)
    await expect(field).to_be_hidden()
    shown = desk.timeline.get_by_role("listitem")
    for answer in answers:
        await expect(shown.filter(has_text=answer).last).to_be_visible()


async def choose_channel(desk: Desk, name: str) -> None:
    await desk.page.keyboard.press("Alt+c")
    await desk.page.get_by_role("radio", name=re.compile(name)).click()


async def continue_link(mail: Mail) -> str:
    """Opens the link in the newest mail by which one goes on in chat, as text and as designed."""
    link = mail.newest.get_by_role("link", name=re.compile(r"^https?:\/\/\S+\/c\/[\w.-]+$"))
    address = await link.get_attribute("href")
    assert address is not None
    await mail.newest.get_by_role("button", name="Show as designed").click()
    designed = mail.newest.frame_locator("iframe").get_by_role("link")
    for shown in (designed.filter(has_text="chat"), link):
        async with mail.page.context.expect_page() as opening:
            await shown.click()
        opened = await opening.value
        await opened.wait_for_url(address)
        await opened.close()
        if shown is not link:
            await mail.newest.get_by_role("button", name="Show as text").click()
    return address


async def wrap_up(desk: Desk, outcome: str) -> None:
    """Names the outcome and ends the time for it."""
    phase = desk.page.get_by_role("region", name="Wrap-up")
    await phase.get_by_role("button", name=re.compile("Outcome")).click()
    await desk.page.get_by_role("option", name=outcome).click()
    await phase.get_by_role("button", name="Done").click()
    await expect(phase).to_be_hidden()
