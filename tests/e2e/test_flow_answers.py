"""Answers that are found and cards that are shown: drawn, played, in the builder."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.chromium import Rooms
from tests.e2e.desk import Desk
from tests.e2e.test_flow_builder import node, panel, simulate

pytestmark = pytest.mark.asyncio(loop_scope="session")


def t(en: str, fa: str, ar: str) -> dict[str, str]:
    return {"en": en, "fa": fa, "ar": ar}


FLOW: dict[str, Any] = {
    "schema": "wasl.flow/1",
    "name": t("Questions", "پرسش‌ها", "أسئلة"),
    "languages": ["en", "fa", "ar"],
    "start": "find",
    "steps": {
        "find": {
            "type": "find",
            "save": "answer",
            "found": "tell",
            "missing": "show",
            "answers": [
                {
                    "questions": {
                        "en": ["Do you ship abroad?"],
                        "fa": ["به خارج هم ارسال دارید؟"],
                        "ar": ["هل تشحنون إلى الخارج؟"],
                    },
                    "text": t("We do.", "بله، به همهٔ اروپا.", "نعم."),
                },
                {
                    "questions": {
                        "en": ["What is the table made of?"],
                        "fa": ["جنس میز چیست؟"],
                        "ar": ["ما خامة الطاولة؟"],
                    },
                    "text": t("Oak.", "چوب بلوط.", "خشب البلوط."),
                },
            ],
        },
        "tell": {"type": "end", "text": t("{{answer}}", "{{answer}}", "{{answer}}")},
        "show": {
            "type": "say",
            "text": t("Have a look:", "نگاهی بیندازید:", "ألقِ نظرة:"),
            "next": "bye",
            "card": {
                "title": t("Noor lamp", "چراغ نور", "مصباح نور"),
                "picture": {
                    "url": "https://shop.example/noor.jpg",
                    "alt": t("A lamp", "یک چراغ", "مصباح"),
                },
                "links": [{"label": t("Buy", "خرید", "شراء"), "url": "https://shop.example/noor"}],
            },
        },
        "bye": {"type": "end"},
    },
}


async def test_answers_and_cards_are_drawn_and_played(rooms: Rooms) -> None:
    desk = Desk(await rooms.page("fa"), "fa")
    page = desk.page
    await desk.sign_in("nora")
    made = await desk.call("POST", "/flows", {"key": "questions", "definition": FLOW})
    assert [p for p in made["problems"] if not p["warning"]] == []
    await page.goto(f"/desk/flows/{made['id']}")
    await node(page, "find").focus()
    await page.keyboard.press("Enter")
    find = panel(desk, "find")
    await expect(find.get_by_text(desk.say("flows.field.answers"), exact=True)).to_be_visible()
    assert await violations(page) == []
    await find.get_by_role("button", name=desk.say("common.close")).click()
    await expect(node(page, "find")).to_be_focused()  # it goes back there

    await node(page, "show").focus()
    await page.keyboard.press("Enter")
    card = panel(desk, "show").get_by_role("region", name=desk.say("flows.field.card"))
    address = card.get_by_role("textbox", name=desk.say("flows.card.picture"))
    await expect(address).to_have_value("https://shop.example/noor.jpg")
    await address.fill("javascript:alert(1)")
    await expect(card.get_by_text(desk.say("flows.card.address_wrong"))).to_be_visible()
    await address.fill("https://shop.example/{{said}}.jpg")
    await expect(card.get_by_text(desk.say("flows.card.address_wrong"))).to_have_count(0)
    assert await violations(page) == []
    await panel(desk, "show").get_by_role("button", name=desk.say("common.close")).click()

    await simulate(desk).click()
    simulator = page.get_by_role("region", name=desk.say("flows.simulator"))
    log = page.get_by_role("log", name=desk.say("flows.play.chat"))
    await simulator.get_by_role("textbox").last.fill("میزتون جنسش چیه؟")
    await page.keyboard.press("Enter")
    await expect(log).to_contain_text("چوب بلوط.", timeout=90_000)
    await simulator.get_by_role("button", name=desk.say("flows.play.restart")).click()
    await simulator.get_by_role("textbox").last.fill("امروز هوا خوبه")
    await page.keyboard.press("Enter")
    await expect(log).to_contain_text("چراغ نور", timeout=90_000)
    assert await violations(page) == []
