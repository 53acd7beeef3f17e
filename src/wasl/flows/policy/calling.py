"""How a contact is offered to be called back, and asked for the number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from wasl.flows.policy.answers import phone_in
from wasl.flows.policy.expressions import Failed, moment_of, shown
from wasl.flows.policy.moving import Moving
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.phrases import CALL_ME, NO_CALL, NOT_A_NUMBER
from wasl.flows.policy.state import CallThem, CheckNumber
from wasl.flows.policy.steps import Callback, HandOver
from wasl.flows.policy.words import chosen, said_in

SILENT_S = 86_400
FURTHEST = timedelta(days=30)  # a call may be wished for so far ahead
_MOST_TRIES = 2
_REFUSED = ("no", "no thanks", "not now", "نه", "خیر", "نمی‌خواهم", "لا", "لا شكرا", "لا أريد")
_AGREED = ("yes", "yes please", "ok", "sure", "بله", "آره", "باشه", "نعم", "أجل", "موافق")


class Calling(Moving):
    """The step `callback` of a move."""

    def _offer_call(self, step: Callback) -> None:
        state = self.state
        state.tries, state.first, state.call = 0, False, ""
        try:
            self._call_moment(step)
            known = phone_in(shown(self._value(step.number))) if step.number else None
        except Failed as failed:
            way, to = self._failed(step, failed)
            self._leave(to, way)
            return
        state.call = known or ""
        self._note_way("asked")
        self._ask_to_call(step, step.text)

    def _call_moment(self, step: Callback) -> datetime | None:
        """The earliest moment of the call; None for as soon as it is their turn."""
        wished = self._value(step.at) if step.at else None
        if wished in (None, ""):
            return None
        moment = moment_of(wished)
        if moment > self.now + FURTHEST:
            raise Failed("too_far")
        return moment if moment > self.now else None

    def _ask_to_call(self, step: Callback, text: Texts) -> None:
        state = self.state
        answers = (CALL_ME, NO_CALL) if state.call else (NO_CALL,)
        self._say(text, tuple(said_in(each, state.language, ()) for each in answers))
        state.waiting = "answer"
        state.moment = self.now + timedelta(seconds=step.silent_s or SILENT_S)

    def _answered_call(self, step: Callback, said: str) -> None:
        """A number, yes to the one that is known, or no."""
        state = self.state
        answers = [[*CALL_ME.values(), *_AGREED]] if state.call else []
        place = chosen(said, [*answers, [*NO_CALL.values(), *_REFUSED]])
        agreed = place == 0 and bool(state.call)
        number = state.call if agreed else phone_in(said)
        if number is not None:
            self._note_way("acts")
            state.waiting, state.moment = "look_up", None
            self.outputs.append(CheckNumber(number))
        elif place is not None:
            self._leave(step.refused, "refused")
        else:
            self._no_number(step)

    def _no_number(self, step: Callback) -> None:
        self.state.tries += 1
        if self.state.tries > _MOST_TRIES:
            self._leave(step.failed, "failed")
            return
        self._count()
        self._note_way("again")
        self._ask_to_call(step, step.again or NOT_A_NUMBER)

    def _number_checked(self, step: Callback, record: Mapping[str, Any] | None) -> None:
        if record is None:
            self.state.call = ""
            self._no_number(step)
            return
        try:
            moment = self._call_moment(step)
        except Failed:
            self._leave(step.failed, "failed")
            return
        self._note_way("taken")
        if step.thanks:
            self._say(step.thanks)
        self._collect(shown(record["shown"]))
        asked = HandOver(queue=step.queue, priority=step.priority)
        self._give("callback", asked, call=CallThem(str(record["number"]), moment))
