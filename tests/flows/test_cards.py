"""Cards: what is filled in, what is wrong with one, and how channels show it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import open_centre
from tests.flows.words import flow, texts
from wasl import flows
from wasl.flows.policy import (
    Heard,
    SayThis,
    ShownCard,
    begin,
    problems_of,
    read,
)
from wasl.flows.policy.rendering import as_html, as_text
from wasl.infra.clock import TurnedClock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CARD: dict[str, Any] = {
    "title": texts("Lamp <Noor>", "چراغ «نور»", "مصباح نور"),
    "text": texts("You said {{said}}", "گفتید {{said}}", "قلت {{said}}"),
    "picture": {"url": "https://shop.test/p/{{said}}.jpg", "alt": texts("A lamp", "چراغ", "مصباح")},
    "links": [{"label": texts("Buy it", "خرید", "شراء"), "url": "https://shop.test/buy?q={{said}}"}],
}  # fmt: skip


def says(card: dict[str, Any], text: dict[str, str] | None = None) -> dict[str, Any]:
    return flow(
        {
            "show": {"type": "say", "text": text or texts("Look:"), "card": card, "next": "bye"},
            "bye": {"type": "end"},
        }
    )


def codes(card: dict[str, Any], text: dict[str, str] | None = None) -> set[tuple[str, bool]]:
    return {(p.code, p.warning) for p in problems_of({"": read(says(card, text))})}


def shown(words: str) -> ShownCard:
    moved = begin({"": read(says(CARD))}, Heard("0", words), language="en", now=NOW)
    (said,) = [o for o in moved.outputs if isinstance(o, SayThis)]
    assert said.card is not None
    return said.card


def test_what_is_said_stays_in_its_place() -> None:
    card = shown('"><script>@evil.test/&x=1#')
    assert card.text == 'You said "><script>@evil.test/&x=1#'
    assert card.picture.startswith(
        "https://shop.test/p/%22%3E%3Cscript%3E%40evil.test%2F%26x%3D1%23"
    )
    html = as_html("a\n<b>", card)
    assert "<script" not in html and "<b>" not in html and "a<br>&lt;b&gt;" in html
    assert html.count("<a ") == 1 and html.count("<img ") == 1
    assert '<h3 dir="auto">Lamp &lt;Noor&gt;</h3>' in html


def test_text_only_has_the_addresses() -> None:
    assert as_text("Look:", shown("x")) == (
        "Look:\n\nLamp <Noor>\nYou said x\n\n"
        "A lamp: https://shop.test/p/x.jpg\nBuy it: https://shop.test/buy?q=x"
    )
    assert as_text("", ShownCard(title="Only this")) == "Only this"


def test_cards_are_looked_over() -> None:
    assert codes(CARD) == {("not_for_voice", True)}
    assert codes({"title": texts("x")}, {"en": ""}) == set()
    assert codes({}) == {("card_empty", False)}
    for url in ("javascript:alert(1)", "https://{{said}}/x", "ftp://shop.test/"):
        assert ("url_unfit", False) in codes({"links": [{"label": texts("x"), "url": url}]})
    hollow = {"picture": {"url": "https://shop.test/a.jpg", "alt": {"en": "x"}}}
    assert ("text_missing", False) in codes(hollow)
    unknown = {"links": [{"label": texts("x"), "url": "https://shop.test/{{nobody}}"}]}
    assert ("name_unknown", False) in codes(unknown)


async def test_mail_has_it_as_html_and_chat_as_text(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre = await open_centre(conn, clock, says(CARD))
    await flows.lead_channel(conn, centre.world.channel_ids["email"], centre.flow_id)
    await centre.says("x")
    chat = await centre.world.one(
        "SELECT text, html FROM messages WHERE author_kind = 'flow' AND kind = 'message'"
        " AND conversation_id = :id",
        id=centre.conversation_id,
    )
    assert "Buy it: https://shop.test/buy?q=x" in chat.text and not chat.html
    taken = await centre.world.take("email", "sara@mail.test", "lamp")
    mail = await centre.world.one(
        "SELECT text, html FROM messages WHERE author_kind = 'flow' AND kind = 'message'"
        " AND conversation_id = :id",
        id=taken.conversation_id,
    )
    assert '<a href="https://shop.test/buy?q=lamp">Buy it</a>' in mail.html
    assert "Buy it: https://shop.test/buy?q=lamp" in mail.text
