"""Who is signed in at the shop is a known contact at the desk; who only says so is refused."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import Rooms
from tests.e2e.contact_side import Chat, ask_in_shop
from tests.e2e.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_signed_in_shopper_is_known_with_their_orders(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    await desk.sign_in("maryam")
    await desk.declare("available")

    shop = await rooms.page()
    await shop.goto("/demo/shop")
    await shop.get_by_label("Who you are").select_option("ali")
    chat = await ask_in_shop(shop)
    # nothing is asked: the shop has said who it is, and what was said before is there
    await chat.reads("سلام، بستهٔ من کی می‌رسد؟")
    await chat.write("آسیاب قهوه را پس می‌گیرید؟")

    await desk.offered("علی رحیمی")
    await desk.accept()
    await desk.says("آسیاب قهوه را پس می‌گیرید؟")
    panel = desk.page.get_by_role("complementary", name=desk.say("desk.contact_panel"))
    await expect(panel.get_by_role("heading", name="علی رحیمی")).to_be_visible()
    await expect(panel.get_by_text("ali@example.com")).to_be_visible()
    await expect(panel.get_by_role("img", name=desk.say("desk.verified")).first).to_be_visible()
    await expect(panel.get_by_text("A-20429")).to_be_visible()
    await expect(panel.get_by_text(desk.say("desk.order_delivered"))).to_be_visible()

    await desk.reply("بله، تا ۱۴ روز.")
    await chat.reads("بله، تا ۱۴ روز.")


async def test_a_forged_identity_is_refused(rooms: Rooms) -> None:
    shop = await rooms.page()
    chat: Chat = await ask_in_shop(shop)
    await expect(chat.at.get_by_role("heading", level=1)).to_be_visible()
    await shop.evaluate(
        """() => {
          const facts = JSON.parse(document.getElementById("demo").textContent);
          const [sara, other] = facts.identities;
          window.wasl.identify({ ...sara, signature: other.signature });
        }"""
    )
    await expect(chat.at.get_by_role("alert")).to_contain_text("could not confirm who you are")
    await expect(chat.at.get_by_role("log")).to_have_count(0)
