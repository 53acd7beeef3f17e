"""Steps that understand: a menu what is neither a name nor a number, `find` a question."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from wasl.flows.policy.expressions import Failed, shown
from wasl.flows.policy.moving import Moving
from wasl.flows.policy.parts import Sentences, Texts
from wasl.flows.policy.state import UnderstandThis
from wasl.flows.policy.steps import Find, Menu
from wasl.flows.policy.words import chosen, named, said_in

_TOLD = ("engine", "model", "confidence", "source")


class Understanding(Moving):
    """What a move does to understand, and with what was understood."""

    @abstractmethod
    def _chosen(
        self, step: Menu, place: int | None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Goes on with an entry, or asks again."""

    @abstractmethod
    def _ask(self, step: Menu, text: Texts) -> None:
        """Asks and waits."""

    def _find(self, step: Find) -> None:
        try:
            question = shown(self._value(step.question))
        except Failed as failed:
            way, to = self._failed(step, failed)
            self._leave(to, way)
            return
        self._understand(question, taught(step), elsewhere=self.state.language)

    def _understand(self, text: str, answers: list[list[str]], elsewhere: str = "") -> None:
        state = self.state
        state.steps += 1
        self._note_way("understands")
        state.asking = state.steps
        state.waiting, state.moment = "look_up", None
        self.outputs.append(UnderstandThis(state.asking, text, answers, elsewhere))

    def _understood(self, step: Menu | Find, record: Mapping[str, Any] | None) -> None:
        known = record or {}
        detail = {name: known[name] for name in _TOLD if known.get(name) is not None}
        place = known.get("answer")
        first, self.state.first = self.state.first, False
        if isinstance(step, Find):
            self._answer(step, place, known.get("text"), detail)
        elif place is not None:
            self._chosen(step, place, detail)
        elif first:  # a greeting, say: then it is asked what it is about
            self._note_way("unsure", detail)
            self._ask(step, step.text)
        elif step.unsure is not None:
            self._leave(step.unsure, "unsure", detail)
        else:
            self._note_way("unsure", detail)
            self._chosen(step, None)

    def _answer(
        self, step: Find, place: int | None, known: str | None, detail: Mapping[str, Any]
    ) -> None:
        """Goes on with one of its own answers, with one from elsewhere, or without."""
        if place is not None:
            texts = step.answers[place].text
            known = said_in(texts, self.state.language, self._flow().languages)
        self._keep(step.save, known)
        way, to = ("missing", step.missing) if known is None else ("found", step.found)
        self._leave(to, way, detail)


def taught(step: Menu | Find) -> list[list[str]]:
    """What a step learns each of its entries or answers from."""
    if isinstance(step, Find):
        return [_sentences(answer.questions) for answer in step.answers]
    return [
        [*filter(None, entry.label.values()), *entry.words, *_sentences(entry.examples)]
        for entry in step.entries
    ]


def _sentences(sentences: Sentences) -> list[str]:
    return [sentence for some in sentences.values() for sentence in some]


def called(step: Menu) -> list[list[str]]:
    """What each entry of a menu is called."""
    return [[*entry.label.values(), *entry.words] for entry in step.entries]


def entry_in(step: Menu, text: str) -> int | None:
    """The entry that an answer names, or whose number among those that are offered it is."""
    names = called(step)
    place = named(text, names)
    if place is not None:
        return place
    offered = [n for n, entry in enumerate(step.entries) if entry.offered]
    among = chosen(text, [names[n] for n in offered])
    return None if among is None else offered[among]
