"""The interpreter: (flows, state, input, now) → (state, outputs). No IO and no clock of its own.

Whatever comes in, it ends: what is said once takes at most `moving.MOST_STEPS`, a run at most
`MOST_INPUTS` and `LONGEST_RUN`, and its state stays below `LARGEST_STATE`. What can't go on is
given to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from wasl.flows.policy.acting import Act, Acting
from wasl.flows.policy.answers import answer_to
from wasl.flows.policy.booking import Booking
from wasl.flows.policy.calling import Calling
from wasl.flows.policy.definition import Library
from wasl.flows.policy.expressions import Failed, truth
from wasl.flows.policy.happenings import Happened
from wasl.flows.policy.hours import is_open
from wasl.flows.policy.moving import Stuck
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.phrases import within
from wasl.flows.policy.rating import Rating
from wasl.flows.policy.rendering import told
from wasl.flows.policy.showing import Showing
from wasl.flows.policy.state import (
    CallThem,
    Finish,
    Found,
    Frame,
    GiveToPeople,
    Heard,
    Input,
    Moment,
    Moved,
    NoteThis,
    SetStatus,
    State,
    TagThis,
)
from wasl.flows.policy.steps import (
    Ask,
    Assign,
    Book,
    Branch,
    Callback,
    End,
    Find,
    HandOver,
    Hours,
    Menu,
    Note,
    Rate,
    Say,
    Set,
    Status,
    Step,
    SubFlow,
    Switch,
    Tag,
    Wait,
)
from wasl.flows.policy.summary import summary_of
from wasl.flows.policy.understanding import Understanding, called, entry_in, taught
from wasl.flows.policy.waiting import LONGEST_RUN, Waiting
from wasl.flows.policy.words import (
    language_of,
    named,
    said_in,
    wants_person,
)
from wasl.letters import LONGEST

MOST_INPUTS = 200
LARGEST_STATE = 64 * 1024  # bytes of JSON
SILENT_S = 86_400  # an answer is waited for so long where the step does not say
_DEEPEST = 10  # flows in flows


def begin(
    library: Library,
    heard: Heard,
    *,
    language: str,
    now: datetime,
    values: Mapping[str, Any] | None = None,
) -> Moved:
    """Begins a run with the contact's first words."""
    flow = library[""]
    spoken = language if language in flow.languages else flow.languages[0]
    state = State(
        [Frame("", flow.start, dict(values or {}))],
        spoken,
        now,
        said=heard.text[:LONGEST],
        heard=[heard.id],
    )
    run = _Run(library, state, now)

    def first() -> None:
        if wants_person(heard.text):
            run.call_person()
        else:
            run.go()

    return run.moved(first)


def advance(library: Library, state: State, given: Input, now: datetime) -> Moved:
    """Moves a run by one input; one that came before or does not fit moves nothing."""
    copy = msgspec.convert(msgspec.to_builtins(state), State)
    run = _Run(library, copy, now)
    if isinstance(given, Heard):
        if state.waiting == "over" or given.id in state.heard:
            return Moved(copy, [], [])
        copy.taken = 0 if state.waiting != "look_up" else state.taken
        return run.moved(lambda: run.hear(given))
    if isinstance(given, Moment):
        if state.moment is None or now < state.moment or state.waiting == "over":
            return Moved(copy, [], [])
        copy.taken = 0
        return run.moved(run.time_is_up)
    if isinstance(given, Happened):
        if state.event is None or given.id in state.heard:
            return Moved(copy, [], [])
        return run.moved(lambda: run.hear_of(given))
    if state.waiting != "look_up" or given.of != state.asking:
        return Moved(copy, [], [])
    copy.asking = 0
    return run.moved(lambda: run.find(given))


class _Run(Acting, Rating, Booking, Understanding, Showing, Waiting, Calling):
    """One move of one run."""

    def moved(self, move: Callable[[], None]) -> Moved:
        """Makes the move, within the limits."""
        try:
            if self.now - self.state.started_at > LONGEST_RUN:
                raise Stuck("too_old")
            move()
            if len(msgspec.json.encode(self.state)) > LARGEST_STATE:
                raise Stuck("too_large")
        except Stuck as stuck:
            here = self.state.frames[-1]
            if here.flow in self.library and here.step in self.library[here.flow].steps:
                self._note_way("stuck")
            self._give(stuck.code)
        return Moved(self.state, self.outputs, self.trace)

    # ── inputs ───────────────────────────────────────────────────────────────────────────────

    def hear(self, heard: Heard) -> None:
        state = self.state
        if len(state.heard) >= MOST_INPUTS:
            raise Stuck("too_long")
        state.heard.append(heard.id)
        state.said, state.first = heard.text[:LONGEST], False
        step = self._step()
        place = None
        if isinstance(step, Menu):
            place = entry_in(step, heard.text)
        if place is None and wants_person(heard.text) and not _counts(step, heard.text):
            self.call_person()
        elif state.waiting == "look_up" and place is None:
            return  # somebody outside is asked; their answer goes on
        elif isinstance(step, Menu) and place is None and step.learns and heard.text.strip():
            self._understand(heard.text, taught(step))
        elif isinstance(step, Menu):
            self._chosen(step, place)
        elif isinstance(step, Ask):
            files = ", ".join(heard.files) if step.accept == "file" else ""
            self._answered(step, files or answer_to(step, heard.text))
        elif isinstance(step, Rate):
            self._rated(step, heard.text)
        elif isinstance(step, Book):
            self._suits(step, heard.text)
        elif isinstance(step, Callback):
            self._answered_call(step, heard.text)
        elif isinstance(step, Wait):
            if step.heard is not None:
                self._leave(step.heard, "heard")
        else:
            raise Stuck("broken")

    def time_is_up(self) -> None:
        step = self._step()
        if isinstance(step, Wait):
            self._waited(step)
        elif isinstance(step, Book):
            self._note_way("silent")
            self._finish()
        elif isinstance(step, Ask | Menu | Rate | Callback):
            if step.silent is None:
                self._note_way("silent")
                self._finish()
            else:
                self._leave(step.silent, "silent")
        else:
            raise Stuck("broken")

    def find(self, found: Found) -> None:
        step = self._step()
        if isinstance(step, Book):
            self._found_times(step, found.record)
            return
        if isinstance(step, Callback):
            self._number_checked(step, found.record)
            return
        if isinstance(step, Act):
            self._acted(step, found.record)
            return
        if isinstance(step, Say):
            self._recalled(step, found.record)
            return
        if isinstance(step, Menu | Find):
            self._understood(step, found.record)
            return
        raise Stuck("broken")

    def call_person(self) -> None:
        """The contact wants a person: the flow's own way there, once; then at once."""
        again, self.state.wished = self.state.wished, True
        frames = self.state.frames
        for place in range(len(frames) - 1, -1, -1):
            person = self._flow(frames[place]).person
            if person is not None and not again:
                del frames[place + 1 :]
                self._leave(person, "person")
                return
        self._note_way("person")
        self._give("person")

    def _chosen(
        self, step: Menu, place: int | None, detail: Mapping[str, Any] | None = None
    ) -> None:
        if place is None:
            self._again(step)
            return
        way, to = self._entry(step, place)
        self._leave(to, way, detail)

    def _entry(self, step: Menu, place: int) -> tuple[str, str]:
        """The way of a chosen entry, which the summary tells when the menu has a label."""
        entry = step.entries[place]
        if step.label:
            self._collect(said_in(entry.label, self.state.language, self._flow().languages))
        return f"entry_{place + 1}", entry.next

    def _answered(self, step: Ask, value: Any) -> None:
        if value is None:
            self._again(step)
            return
        self._keep(step.save, value)
        self._collect(told(value, self.state.language))
        self._leave(step.next, "next")

    def _again(self, step: Ask | Menu) -> None:
        state = self.state
        state.tries += 1
        if state.tries > step.retries:
            if step.failed is None:
                self._note_way("failed")
                self._give("not_understood")
            else:
                self._leave(step.failed, "failed")
            return
        self._count()
        self._note_way("again")
        self._ask(step, step.again or _range_of(step) or step.text)

    # ── steps ────────────────────────────────────────────────────────────────────────────────

    def go(self) -> None:
        """Takes steps until one waits or the run is over."""
        while True:
            self._count()
            step = self._step()
            taken = self._take(step)
            if taken is None:
                return
            way, to = taken
            self._note_way(way)
            self.state.frames[-1].step = to

    def _take(self, step: Step) -> tuple[str, str] | None:
        """Takes one step: by which exit it goes on and where, or None when it waits or ends."""
        if isinstance(step, Ask | Menu):
            return self._begin_asking(step)
        if isinstance(step, Say):
            return self._begin_saying(step)
        if isinstance(step, Branch):
            return self._branch(step)
        if isinstance(step, Set):
            return self._set(step)
        if isinstance(step, Hours):
            open_now = is_open(step, self.now)
            return ("open", step.open) if open_now else ("closed", step.closed)
        if isinstance(step, Switch):
            languages = self._flow().languages
            to = step.to or language_of(self.state.said, among=languages)
            self.state.language = to if to in languages else self.state.language
            return "next", step.next
        if isinstance(step, Note):
            self.outputs.append(NoteThis(self._filled(step.text)))
            return "next", step.next
        if isinstance(step, Tag):
            self.outputs.append(TagThis(tuple(step.tags)))
            return "next", step.next
        if isinstance(step, Status):
            self.outputs.append(SetStatus(step.to))
            return "next", step.next
        if isinstance(step, SubFlow):
            return self._enter(step)
        self._wait_or_end(step)
        return None

    def _wait_or_end(self, step: Step) -> None:
        if isinstance(step, Wait):
            self._begin_waiting(step)
        elif isinstance(step, Rate):
            self._ask_score(step)
        elif isinstance(step, Book):
            self._begin_booking(step)
        elif isinstance(step, Find):
            self._find(step)
        elif isinstance(step, Callback):
            self._offer_call(step)
        elif isinstance(step, Act):
            self._act(step)
        elif isinstance(step, Assign):
            self._note_way("over")
            self._give("step", HandOver(queue=step.queue), agent=step.agent)
        elif isinstance(step, HandOver):
            self._note_way("over")
            if step.text:
                self._say(step.text)
            self._give("person" if self.state.wished else "step", step)
        elif isinstance(step, End):
            self._end(step)
        else:
            raise Stuck("broken")

    def _begin_asking(self, step: Ask | Menu) -> tuple[str, str] | None:
        state = self.state
        if isinstance(step, Menu) and state.first:
            place = named(state.said, called(step))
            if place is not None:  # the first words chose it already
                state.first = False
                return self._entry(step, place)
            if step.learns and state.said.strip():
                self._understand(state.said, taught(step))
                return None
        state.tries = 0
        self._note_way("asked")
        self._ask(step, step.text)
        return None

    def _ask(self, step: Ask | Menu, text: Texts) -> None:
        state = self.state
        state.first = False
        order = self._flow().languages
        offered: tuple[str, ...] = ()
        if isinstance(step, Menu):
            offered = tuple(
                said_in(e.label, state.language, order) for e in step.entries if e.offered
            )
        elif step.accept == "choice":
            offered = tuple(said_in(o.label, state.language, order) for o in step.options)
        self._say(text, offered)
        state.waiting = "answer"
        state.moment = self.now + timedelta(seconds=step.silent_s or SILENT_S)

    def _branch(self, step: Branch) -> tuple[str, str]:
        for place, case in enumerate(step.cases, 1):
            try:
                if truth(self._value(case.when)):
                    return f"case_{place}", case.next
            except Failed as failed:
                return self._failed(step, failed)
        return "otherwise", step.otherwise

    def _set(self, step: Set) -> tuple[str, str]:
        for name, source in step.values.items():
            try:
                self._keep(name, self._value(source))
            except Failed as failed:
                return self._failed(step, failed)
        return "next", step.next

    def _enter(self, step: SubFlow) -> tuple[str, str] | None:
        state = self.state
        inner = self.library.get(step.flow)
        if inner is None or len(state.frames) >= _DEEPEST:
            raise Stuck("flow_missing" if inner is None else "too_deep")
        try:
            given = {name: self._value(source) for name, source in step.given.items()}
        except Failed as failed:
            return self._failed(step, failed)
        known = {name: given.get(name) for name in inner.parameters}
        self._note_way("enters")
        state.frames.append(Frame(step.flow, inner.start, known))
        self.go()
        return None

    def _end(self, step: End) -> None:
        state = self.state
        try:
            results = {name: self._value(source) for name, source in step.results.items()}
        except Failed as failed:
            way, to = self._failed(step, failed)
            self._leave(to, way)
            return
        self._note_way("over")
        if step.text:
            self._say(step.text)
        if len(state.frames) == 1:
            self._finish()
            return
        state.frames.pop()
        outer = self._step()
        if not isinstance(outer, SubFlow):
            raise Stuck("broken")
        for ours, theirs in outer.save.items():
            self._keep(ours, results.get(theirs))
        self._leave(outer.next, "next")

    def _give(
        self,
        reason: str,
        step: HandOver | None = None,
        agent: UUID | None = None,
        call: CallThem | None = None,
    ) -> None:
        """Ends the run in the hands of people."""
        asked = step or HandOver()
        summary = summary_of(self.library, self.state, reason) if asked.summary else ""
        self.outputs.append(
            GiveToPeople(
                reason, asked.queue, asked.priority, asked.requirements, summary, agent, call
            )
        )
        self._over()

    def _finish(self) -> None:
        self.outputs.append(Finish())
        self._over()

    def _over(self) -> None:
        state = self.state
        state.waiting, state.moment, state.score, state.choosing = "over", None, None, None
        state.event, state.call = None, ""
        # what was told is in the summary; a run that is over keeps nothing of it
        state.collected, state.said, state.heard = {}, "", []
        state.frames = [Frame("", state.frames[0].step)]


def _range_of(step: Ask | Menu) -> Texts:
    """Which numbers are asked for, where a step asks for one of some."""
    if isinstance(step, Ask) and step.accept == "number":
        return within(step.least, step.most)
    return {}


def _counts(step: Step, text: str) -> bool:
    """Whether a word or two are a number that was asked for: «یک نفر» is one person there, and a
    wish for a person elsewhere."""
    if not isinstance(step, Ask) or step.accept != "number":
        return False
    return len(text.split()) <= 2 and answer_to(step, text) is not None
