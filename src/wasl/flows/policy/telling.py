"""What a step of a trace is called for people who did not draw it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wasl.flows.policy.definition import Definition, Library
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.steps import Branch, Menu, Say, Step, SubFlow, Wait

LONGEST_TOLD = 200
_PLACE = re.compile(r"\{\{.{1,1000}?\}\}", re.DOTALL)
_NUMBERED = re.compile(r"(entry|case)_([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Told:
    """`texts` is what the step is called in summaries, else what it says, with dots for what is
    filled in, or the short name of the canned response that it says; `taken` the entry that was
    chosen, `when` the case that was true; `event` what it waits for. Empty where there is none,
    and for a step that is not there."""

    texts: Texts = field(default_factory=dict)
    taken: Texts = field(default_factory=dict)
    when: str = ""
    event: str | None = None


def told_of(library: Library, flow: str, step: str, way: str) -> Told:
    """What is told of a step of one of these flows that was left by a way."""
    definition = library.get(flow)
    found = definition.steps.get(step) if definition is not None else None
    if found is None:
        return Told()
    kind, place = _numbered(way)
    taken: Texts = {}
    when = ""
    if isinstance(found, Menu) and kind == "entry" and place < len(found.entries):
        taken = _shortened(found.entries[place].label)
    elif isinstance(found, Branch) and kind == "case" and place < len(found.cases):
        when = found.cases[place].when[:LONGEST_TOLD]
    event = found.event if isinstance(found, Wait) else None
    return Told(_shortened(_texts_of(library, found)), taken, when, event)


def _numbered(way: str) -> tuple[str, int]:
    number = _NUMBERED.fullmatch(way)
    return (number[1], int(number[2]) - 1) if number else ("", 0)


def names_of(library: Mapping[str, Definition]) -> dict[str, Texts]:
    """What each flow is called."""
    return {key: _shortened(definition.name) for key, definition in library.items()}


def _texts_of(library: Library, step: Step) -> Texts:
    if isinstance(step, SubFlow):
        inner = library.get(step.flow)
        return inner.name if inner is not None else {}
    if isinstance(step, Say) and step.template is not None:
        return dict.fromkeys(library[""].languages, f"/{step.template}")
    label: Texts = getattr(step, "label", {})
    text: Texts = getattr(step, "text", {})
    return label or text


def _shortened(texts: Texts) -> Texts:
    return {
        language: _PLACE.sub("…", words).strip()[:LONGEST_TOLD] for language, words in texts.items()
    }
