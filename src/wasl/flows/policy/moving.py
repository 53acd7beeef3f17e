"""What a move is made of: the run's state, what comes out of it, its values and texts."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from wasl.flows.policy.definition import Definition, Library
from wasl.flows.policy.expressions import Failed, Unreadable, parse, shown
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.rendering import told
from wasl.flows.policy.state import CallThem, Frame, Output, SayThis, ShownCard, State, Taken
from wasl.flows.policy.steps import HandOver, Step
from wasl.flows.policy.words import said_in
from wasl.letters import LONGEST

MOST_STEPS = 100  # for what was said once, look-ups included
_MOST_VALUES = 100
_LONGEST_VALUE = 4_000
_GLUED = re.compile(r"[A-Za-z0-9/=&?#_-]")
_PLACE = re.compile(r"\{\{(.{1,1000}?)\}\}", re.DOTALL)


def in_address(value: Any, _: re.Match[str]) -> str:
    """A value as a part of an address."""
    return quote(shown(value), safe="")


class Stuck(Exception):
    """The run can't go on; a person does."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Moving(ABC):
    """One move of one run, as its steps see it."""

    def __init__(self, library: Library, state: State, now: datetime) -> None:
        self.library = library
        self.state = state
        self.now = now
        self.outputs: list[Output] = []
        self.trace: list[Taken] = []

    @abstractmethod
    def go(self) -> None:
        """Takes steps until one waits or the run is over."""

    @abstractmethod
    def _finish(self) -> None:
        """Ends the run, with nothing left to do."""

    @abstractmethod
    def _give(
        self,
        reason: str,
        step: HandOver | None = None,
        agent: UUID | None = None,
        call: CallThem | None = None,
    ) -> None:
        """Ends the run in the hands of people."""

    def _leave(self, to: str, way: str, detail: Mapping[str, Any] | None = None) -> None:
        """Goes on at another step, and from there."""
        state = self.state
        self._note_way(way, detail)
        state.waiting, state.moment, state.tries = "answer", None, 0
        state.score, state.choosing, state.asking, state.event = None, None, 0, None
        state.frames[-1].step = to
        self.go()

    def _failed(self, step: Any, failed: Failed) -> tuple[str, str]:
        """The way out of what can't be computed; without one a person goes on."""
        if step.failed is None:
            raise Stuck(failed.code)
        return "failed", step.failed

    def _flow(self, frame: Frame | None = None) -> Definition:
        found = self.library.get((frame or self.state.frames[-1]).flow)
        if found is None:
            raise Stuck("flow_missing")
        return found

    def _step(self) -> Step:
        found = self._flow().steps.get(self.state.frames[-1].step)
        if found is None:
            raise Stuck("broken")
        return found

    def _count(self) -> None:
        self.state.taken += 1
        self.state.steps += 1
        if self.state.taken > MOST_STEPS:
            raise Stuck("too_many_steps")

    def _note_way(self, way: str, detail: Mapping[str, Any] | None = None) -> None:
        frame = self.state.frames[-1]
        kind = type(self._step()).__struct_config__.tag
        taken = Taken(self.state.steps, frame.flow, frame.step, str(kind), way, detail)
        self.trace.append(taken)

    def _value(self, source: str, more: Mapping[str, Any] | None = None) -> Any:
        """What an expression comes to, with names that it may have `more`."""
        state = self.state
        scope = {**state.frames[-1].values, "said": state.said, "language": state.language}
        scope.update(more or {})
        try:
            return parse(source).value(scope)
        except Unreadable as unreadable:
            raise Failed(unreadable.code) from None

    def _filled(self, texts: Texts, more: Mapping[str, Any] | None = None) -> str:
        """A text in the run's language, with its places filled, also from what is known `more`;
        what can't be told is left out."""
        language = self.state.language
        text = said_in(texts, language, self._flow().languages)

        def show(value: Any, place: re.Match[str]) -> str:
            # a part of an address or of a code keeps its digits
            glued = _GLUED.match(text, place.start() - 1)
            return shown(value) if glued else told(value, language)

        return self._template(text, show, more)[: 2 * LONGEST].strip()

    def _template(
        self,
        text: str,
        show: Callable[[Any, re.Match[str]], str],
        more: Mapping[str, Any] | None = None,
    ) -> str:
        """A text with its places filled."""

        def fill(place: re.Match[str]) -> str:
            try:
                value = self._value(place[1].strip(), more)
            except Failed:
                return ""
            return show(value, place)

        return _PLACE.sub(fill, text)

    def _say(
        self,
        texts: Texts,
        choices: tuple[str, ...] = (),
        scale: int = 0,
        card: ShownCard | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        text = self._filled(texts, more)
        if text or choices or card:
            self.state.steps += 1
            self.outputs.append(SayThis(self.state.steps, text, choices, scale, card))

    def _keep(self, name: str, value: Any) -> None:
        values = self.state.frames[-1].values
        if isinstance(value, str):
            value = value[:_LONGEST_VALUE]
        if name not in values and len(values) >= _MOST_VALUES:
            raise Stuck("too_large")
        values[name] = value

    def _collect(self, value: str) -> None:
        frame = self.state.frames[-1]
        self.state.collected[f"{frame.flow}/{frame.step}"] = value[:500]
