"""What `say` says: its text or a canned response, and its card with everything filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wasl.flows.policy.moving import Moving, in_address
from wasl.flows.policy.parts import Card
from wasl.flows.policy.state import RecallThis, ShownCard
from wasl.flows.policy.steps import Say
from wasl.flows.policy.words import said_in


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
        return self._template(template, in_address)
