"""What is wrong with the sentences that a menu or a `find` learns from."""

from __future__ import annotations

from collections.abc import Iterator

from wasl.flows.policy.definition import Definition
from wasl.flows.policy.parts import Sentences
from wasl.flows.policy.problem import Problem
from wasl.flows.policy.steps import Find, Menu
from wasl.flows.policy.understanding import called, taught
from wasl.letters import fold

FEWEST = 4  # sentences of an entry in a language; fewer are learned, but not well
MOST = 900  # sentences of a step: what engines take, with some room


def teaching_problems(flow: Definition, name: str, step: Menu | Find) -> Iterator[Problem]:
    """Sentences that are too few or too many, in no language of the flow, or mean two things."""
    if isinstance(step, Menu) and not step.learns:
        if any(not entry.offered for entry in step.entries):
            yield Problem(name, "entry_unreachable", warning=True)
        return
    for place, sentences in enumerate(_of_each(step), 1):
        if isinstance(step, Menu) and not sentences:
            continue  # chosen by its name
        least = FEWEST if isinstance(step, Menu) else 1
        for language in flow.languages:
            count = sum(bool(fold(s)) for s in sentences.get(language, ()))
            params = {"place": place, "language": language, "least": least}
            if count == 0:
                yield Problem(name, "examples_missing", isinstance(step, Menu), params)
            elif count < least:
                yield Problem(name, "examples_few", warning=True, params=params)
    yield from _doubled(name, step)
    if sum(map(len, taught(step))) > MOST:
        yield Problem(name, "examples_many", params={"most": MOST})


def _of_each(step: Menu | Find) -> list[Sentences]:
    if isinstance(step, Find):
        return [answer.questions for answer in step.answers]
    return [entry.examples for entry in step.entries]


def _doubled(name: str, step: Menu | Find) -> Iterator[Problem]:
    """A sentence of two entries, or one that is what another entry is called."""
    meant: dict[str, int] = {}
    if isinstance(step, Menu):
        for place, names in enumerate(called(step), 1):
            for each in names:
                meant.setdefault(fold(each), place)
    for place, sentences in enumerate(_of_each(step), 1):
        for sentence in (s for some in sentences.values() for s in some if fold(s)):
            other = meant.setdefault(fold(sentence), place)
            if other != place:
                params = {"sentence": sentence[:100], "place": place, "other": other}
                yield Problem(name, "examples_twice", params=params)
