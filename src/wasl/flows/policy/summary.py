"""The note for whoever takes over: why, and what was collected until then."""

from __future__ import annotations

from wasl.flows.policy.definition import Library
from wasl.flows.policy.state import State
from wasl.flows.policy.steps import Ask, Menu
from wasl.flows.policy.words import said_in

_WHY = {
    "person": {
        "en": "The contact asked for a person.",
        "fa": "مخاطب خواست با یک نفر صحبت کند.",
        "ar": "طلبت جهة الاتصال التحدث إلى موظف.",
    },
    "step": {
        "en": "The assistant handed over.",
        "fa": "دستیار گفتگو را واگذار کرد.",
        "ar": "سلّم المساعد المحادثة.",
    },
    "callback": {
        "en": "The contact asked to be called.",
        "fa": "مخاطب خواست با او تماس بگیرند.",
        "ar": "طلبت جهة الاتصال أن يُتصل بها.",
    },
    "not_understood": {
        "en": "The assistant did not understand the contact.",
        "fa": "دستیار منظور مخاطب را نفهمید.",
        "ar": "لم يفهم المساعد جهة الاتصال.",
    },
}
_STUCK = {
    "en": "The assistant could not go on ({code}).",
    "fa": "دستیار نتوانست ادامه دهد ({code}).",
    "ar": "تعذّر على المساعد المتابعة ({code}).",
}
_ENDS = " ?؟:."
_LONGEST_LABEL = 80


def summary_of(library: Library, state: State, reason: str) -> str:
    """The note, in the run's language."""
    why = _WHY.get(reason, _STUCK)
    lines = [said_in(why, state.language, ()).replace("{code}", reason)]
    for place, value in state.collected.items():
        flow, _, step = place.partition("/")
        lines.append(f"{_label(library, flow, step, state.language)}: {value}")
    return "\n".join(lines)


def _label(library: Library, flow: str, step: str, language: str) -> str:
    """What an answer is called: as the author says, else by the question."""
    definition = library.get(flow)
    found = definition.steps.get(step) if definition is not None else None
    if definition is None or not isinstance(found, Ask | Menu):
        return step
    asked = said_in(found.text, language, definition.languages).strip().rstrip(_ENDS)
    fits = 0 < len(asked) <= _LONGEST_LABEL and "{{" not in asked
    return said_in(found.label, language, definition.languages) or (asked if fits else step)
