"""What is wrong with a flow before anybody meets it: problems with their step and a code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from wasl.flows.policy.acting import SECRET
from wasl.flows.policy.definition import Definition, Library
from wasl.flows.policy.expressions import Unreadable, parse
from wasl.flows.policy.happenings import facts_of, unknown_facts
from wasl.flows.policy.parts import Card, Texts
from wasl.flows.policy.problem import Problem
from wasl.flows.policy.steps import (
    Ask,
    Book,
    Branch,
    Callback,
    CancelBooking,
    ChangeContact,
    ChangeOrder,
    ChangeRecord,
    End,
    Find,
    HandOver,
    Hours,
    Http,
    LookUp,
    Menu,
    Note,
    Rate,
    Say,
    Send,
    Set,
    Status,
    Step,
    SubFlow,
    Wait,
)
from wasl.flows.policy.teaching import teaching_problems

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_ALWAYS_KNOWN = frozenset({"said", "language"})
_OF_AUTOMATIONS = frozenset({"event", "conversation", "contact", "page"})
_OUR_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "idempotency-key"}
)
_URL = re.compile(r"https?://[^/?#{}\s]+(?:[/?#].*)?", re.DOTALL)
SHORTEST_SCHEDULE_S = 60
_MOST_HEARD = 6  # entries that a caller can keep in mind


def problems_of(library: Library) -> list[Problem]:
    """What is wrong with the flow "" of the library."""
    flow = library[""]
    found = list(_whole(flow))
    known = _names_set(flow) | set(flow.parameters) | _ALWAYS_KNOWN
    if flow.trigger is not None:
        known |= _OF_AUTOMATIONS
        found += _trigger(flow)
    reached = _reached(flow)
    for name, step in flow.steps.items():
        if name not in reached:
            found.append(Problem(name, "step_unreachable", warning=True))
        found += _exits(flow, name, step)
        found += _texts(flow, name, step)
        found += _expressions(name, _sources(step), known)
        found += _own(library, name, step)
        if isinstance(step, Wait):
            found += _wait(name, step, known)
        if flow.trigger is None and isinstance(step, Status):
            found.append(Problem(name, "trigger_missing"))
    return found


def _trigger(flow: Definition) -> Iterator[Problem]:
    """An automation has nobody to talk with, but for the rating after a conversation."""
    trigger = flow.trigger
    if trigger is None:
        return
    if trigger.filter:
        yield from _filter(None, trigger.on, trigger.filter, frozenset())
    if trigger.on == "schedule" and (trigger.after_s or 0) < SHORTEST_SCHEDULE_S:
        yield Problem(None, "schedule_too_short", params={"least": SHORTEST_SCHEDULE_S})
    for name, step in flow.steps.items():
        survey = isinstance(step, Rate) and trigger.on == "ConversationResolved"
        if (step.dialogue and not survey) or (isinstance(step, Wait) and step.heard):
            yield Problem(name, "automation_asks")
        if isinstance(step, SubFlow):
            yield Problem(name, "automation_runs_flow")


def runs_round(flow: Definition, key: str, others: Mapping[str, Definition]) -> bool:
    """Whether a flow would come to run itself through the flows that it runs."""
    seen: set[str] = set()
    left = list(flows_run_by(flow))
    while left:
        other = left.pop()
        if other == key:
            return True
        if other not in seen and other in others:
            seen.add(other)
            left += flows_run_by(others[other])
    return False


def flows_run_by(flow: Definition) -> set[str]:
    """The keys of the flows that it runs itself."""
    return {step.flow for step in flow.steps.values() if isinstance(step, SubFlow)}


def _whole(flow: Definition) -> Iterator[Problem]:
    if flow.start not in flow.steps:
        yield Problem(None, "start_missing", params={"to": flow.start})
    if flow.person is not None and flow.person not in flow.steps:
        yield Problem(None, "exit_dead", params={"exit": "person", "to": flow.person})
    for language in flow.languages:
        if not flow.name.get(language):
            yield Problem(None, "name_missing", params={"language": language})


def _exits(flow: Definition, name: str, step: Step) -> Iterator[Problem]:
    for to in sorted(set(step.ways())):
        if to not in flow.steps:
            yield Problem(name, "exit_dead", params={"to": to})


def _reached(flow: Definition) -> set[str]:
    left = [flow.start, *([flow.person] if flow.person else [])]
    seen: set[str] = set()
    while left:
        name = left.pop()
        if name in seen or name not in flow.steps:
            continue
        seen.add(name)
        left += flow.steps[name].ways()
    return seen


def _texts_of(step: Step) -> Iterator[tuple[str, Texts, bool]]:
    """Name, text, and whether it must be there."""
    if isinstance(step, Say | Ask | Menu | Note | Rate | Send | Callback):
        yield "text", step.text, not (isinstance(step, Say) and step.card)
    if isinstance(step, Say) and step.card:
        yield from _card_texts(step.card)
    if isinstance(step, HandOver | End | Book):
        yield "text", step.text, False
    if isinstance(step, Rate | Callback):
        yield "thanks", step.thanks, False
    if isinstance(step, Callback):
        yield "again", step.again, False
    if isinstance(step, Ask | Menu):
        yield "again", step.again, False
        yield "label", step.label, False
    if isinstance(step, Menu):
        for place, entry in enumerate(step.entries, 1):
            yield f"entry_{place}", entry.label, True
    if isinstance(step, Ask):
        for place, option in enumerate(step.options, 1):
            yield f"option_{place}", option.label, True
    if isinstance(step, Find):
        for place, answer in enumerate(step.answers, 1):
            yield f"answer_{place}", answer.text, True


def _card_texts(card: Card) -> Iterator[tuple[str, Texts, bool]]:
    yield "title", card.title, False
    yield "card_text", card.text, False
    if card.picture:
        yield "alt", card.picture.alt, True
    for link in card.links:
        yield "links", link.label, True


def _addresses(card: Card) -> list[str]:
    return [*([card.picture.url] if card.picture else []), *(link.url for link in card.links)]


def _texts(flow: Definition, name: str, step: Step) -> Iterator[Problem]:
    for what, texts, needed in _texts_of(step):
        if not needed and not any(texts.values()):
            continue
        for language in flow.languages:
            if not texts.get(language, "").strip():
                params = {"text": what, "language": language}
                yield Problem(name, "text_missing", params=params)


def _sources(step: Step) -> Iterator[tuple[str, str]]:
    """Every expression of a step, with where it stands."""
    if isinstance(step, Branch):
        for place, case in enumerate(step.cases, 1):
            yield f"case_{place}", case.when
    if isinstance(step, Set):
        yield from step.values.items()
    if isinstance(step, LookUp | ChangeOrder):
        yield from ((n, s) for n, s in (("number", step.number), ("proof", step.proof)) if s)
    if isinstance(step, SubFlow):
        yield from step.given.items()
    if isinstance(step, End):
        yield from step.results.items()
    if isinstance(step, ChangeContact):
        yield from ((str(field), source) for field, source in step.values.items())
    if isinstance(step, ChangeRecord):
        yield "key", step.key
        yield from step.values.items()
    if isinstance(step, Book) and step.instead is not None:
        yield "instead", step.instead
    if isinstance(step, CancelBooking):
        yield "booking", step.booking
    if isinstance(step, Find):
        yield "question", step.question
    if isinstance(step, Say) and step.card:
        for url in _addresses(step.card):
            yield from (("url", place[1].strip()) for place in _PLACE.finditer(url))
    if isinstance(step, Wait) and step.until is not None:
        yield "until", step.until
    if isinstance(step, Callback):
        yield from ((n, s) for n, s in (("number", step.number), ("at", step.at)) if s)
    if isinstance(step, Http):
        yield from step.body.items()
        for where, template in (("url", step.url), *step.headers.items()):
            plain = SECRET.sub("", template)
            yield from ((where, place[1].strip()) for place in _PLACE.finditer(plain))
    for what, texts, _ in _texts_of(step):
        for text in texts.values():
            yield from ((what, place[1].strip()) for place in _PLACE.finditer(text))


def _expressions(
    name: str | None, sources: Iterable[tuple[str, str]], known: Iterable[str]
) -> Iterator[Problem]:
    for where, source in sources:
        try:
            names = parse(source).names
        except Unreadable as unreadable:
            yield Problem(name, unreadable.code, params={"in": where, "at": unreadable.at})
            continue
        for unknown in sorted(names - set(known)):
            yield Problem(name, "name_unknown", params={"in": where, "name": unknown})


def _filter(
    name: str | None, on: str, source: str, own: frozenset[str] | set[str]
) -> Iterator[Problem]:
    """What is wrong with a filter on an event; `own` names are the flow's."""
    yield from _expressions(name, [("filter", source)], _OF_AUTOMATIONS | {"said"} | own)
    try:
        expression = parse(source)
    except Unreadable:
        return
    for fact in unknown_facts(expression, facts_of(on)):
        # an event may tell more than what is known of its type here
        warning = fact.startswith("event.")
        params = {"in": "filter", "name": fact}
        yield Problem(name, "fact_unknown", warning=warning, params=params)


def _wait(name: str, step: Wait, known: set[str]) -> Iterator[Problem]:
    if sum(one is not None for one in (step.seconds, step.until, step.event)) != 1:
        yield Problem(name, "wait_unclear")
    if step.event is None:
        if step.filter or step.within_s or step.late:
            yield Problem(name, "event_missing")
    elif step.filter:
        yield from _filter(name, step.event, step.filter, known)


def _names_set(flow: Definition) -> set[str]:
    """Every name that some step gives a value."""
    names: set[str] = set()
    for step in flow.steps.values():
        if isinstance(step, Ask | LookUp | Book | Find):
            names.add(step.save)
        if isinstance(step, Http):
            names |= step.save.keys()
        if isinstance(step, Wait) and step.event is not None:
            names.add("event")
        if isinstance(step, Set):
            names |= step.values.keys()
        if isinstance(step, SubFlow):
            names |= step.save.keys()
    return names


def _own(library: Library, name: str, step: Step) -> Iterator[Problem]:
    """What only one kind of step can have wrong."""
    if isinstance(step, Say) and step.card:
        yield from _card(name, step.card)
    if isinstance(step, Ask):
        if step.accept == "choice" and not step.options:
            yield Problem(name, "options_missing")
        if step.accept in ("email", "card", "file"):
            yield Problem(name, "not_for_voice", warning=True)
    if isinstance(step, Menu) and sum(e.offered for e in step.entries) > _MOST_HEARD:
        yield Problem(name, "not_for_voice", warning=True)
    if isinstance(step, Menu | Find):
        yield from teaching_problems(library[""], name, step)
    if isinstance(step, LookUp) and step.what == "order" and not (step.number and step.proof):
        yield Problem(name, "proof_missing")
    if isinstance(step, LookUp) and step.what == "record" and not (step.kind and step.number):
        yield Problem(name, "key_missing")
    if isinstance(step, Hours):
        try:
            ZoneInfo(step.zone)
        except (ValueError, OSError, KeyError):
            yield Problem(name, "zone_unknown", params={"zone": step.zone})
    if isinstance(step, Http):
        yield from _http(name, step)
    if isinstance(step, SubFlow):
        yield from _sub_flow(library, name, step)


def _card(name: str, card: Card) -> Iterator[Problem]:
    if not all(_URL.fullmatch(url) for url in _addresses(card)):
        yield Problem(name, "url_unfit")
    if not (card.title or card.text or card.picture or card.links):
        yield Problem(name, "card_empty")
    if card.picture or card.links:
        yield Problem(name, "not_for_voice", warning=True)


def _sub_flow(library: Library, name: str, step: SubFlow) -> Iterator[Problem]:
    inner = library.get(step.flow)
    if inner is None:
        yield Problem(name, "flow_missing", params={"flow": step.flow})
        return
    for parameter in sorted(set(step.given) - set(inner.parameters)):
        yield Problem(name, "parameter_unknown", params={"name": parameter})
    for result in sorted(set(step.save.values()) - set(inner.results)):
        yield Problem(name, "result_unknown", params={"name": result})


def _http(name: str, step: Http) -> Iterator[Problem]:
    if not _URL.fullmatch(step.url) or SECRET.search(step.url):
        yield Problem(name, "url_unfit")
    if step.method == "GET" and step.body:
        yield Problem(name, "body_unfit")
    if {name.lower() for name in step.headers} & _OUR_HEADERS:
        yield Problem(name, "header_unfit")
    used = {found[1] for value in step.headers.values() for found in SECRET.finditer(value)}
    for secret in sorted(used - set(step.secrets)):
        yield Problem(name, "secret_missing", params={"name": secret})
