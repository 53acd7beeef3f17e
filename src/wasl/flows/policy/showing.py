"""Cards: what is filled in, and how a channel shows it."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from wasl.flows.policy.moving import Moving
from wasl.flows.policy.parts import Card
from wasl.flows.policy.state import ShownCard

_WIDEST = 480  # pixels of a picture


class Showing(Moving):
    """The cards of a move."""

    def _card(self, card: Card | None) -> ShownCard | None:
        if card is None:
            return None
        picture = card.picture
        return ShownCard(
            title=self._filled(card.title),
            text=self._filled(card.text),
            picture=self._address(picture.url) if picture else "",
            alt=self._filled(picture.alt) if picture else "",
            links=tuple((self._filled(k.label), self._address(k.url)) for k in card.links),
        )

    def _address(self, template: str) -> str:
        return self._template(template, lambda value: quote(value, safe=""))


def as_text(text: str, card: ShownCard) -> str:
    """A text with a card under it, for channels that have text only."""
    links = [(card.alt, card.picture)] if card.picture else []
    lines = [f"{label}: {url}" if label else url for label, url in (*links, *card.links)]
    parts = (text, "\n".join(filter(None, (card.title, card.text))), "\n".join(lines))
    return "\n\n".join(filter(None, parts))


def as_html(text: str, card: ShownCard) -> str:
    """The same as HTML: every value is escaped, addresses are http or https."""
    shown = [_paragraph(text)] if text else []
    if card.picture:
        shown.append(
            f'<p><img src="{escape(card.picture)}" alt="{escape(card.alt)}" width="{_WIDEST}"></p>'
        )
    if card.title:
        shown.append(f'<h3 dir="auto">{escape(card.title)}</h3>')
    if card.text:
        shown.append(_paragraph(card.text))
    shown += [
        f'<p dir="auto"><a href="{escape(url)}">{escape(label or url)}</a></p>'
        for label, url in card.links
    ]
    return "".join(shown)


def _paragraph(text: str) -> str:
    return f'<p dir="auto">{"<br>".join(map(escape, text.splitlines()))}</p>'
