"""What `say` says: its text or a canned response, and its card, as a channel shows that."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from wasl.flows.policy.moving import Moving
from wasl.flows.policy.parts import Card
from wasl.flows.policy.state import RecallThis, ShownCard
from wasl.flows.policy.steps import Say
from wasl.flows.policy.words import said_in

_WIDEST = 480  # pixels of a picture


class Showing(Moving):
    """The step `say` of a move."""

    def _begin_saying(self, step: Say) -> tuple[str, str] | None:
        """Says it, or asks for the canned response that it names."""
        if step.template is None:
            self._say(step.text, card=self._card(step.card))
            return "next", step.next
        self.state.waiting, self.state.moment = "look_up", None
        self.outputs.append(RecallThis(step.template))
        return None

    def _recalled(self, step: Say, record: Mapping[str, Any] | None) -> None:
        """Says the canned response, or the step's own text where it is gone or empty."""
        names = {} if record is None else {"contact": record["contact"], "agent": self._own_name()}
        texts = step.text if record is None else record["texts"]
        if not any(text.strip() for text in texts.values()):
            texts, names = step.text, {}
        self._say(texts, card=self._card(step.card), more=names)
        self._leave(step.next, "next")

    def _own_name(self) -> str:
        """What the run is called, as contacts read it beside its words."""
        return said_in(self.library[""].name, self.state.language, ())

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
