"""Waiting: a while, until a moment, or for an event."""

from __future__ import annotations

from datetime import datetime, timedelta

from wasl.flows.policy.expressions import Failed, moment_of, truth
from wasl.flows.policy.happenings import Happened
from wasl.flows.policy.moving import Moving
from wasl.flows.policy.steps import Wait

LONGEST_RUN = timedelta(days=60)
EVENT_WITHIN_S = 86_400  # an event is waited for so long where the step does not say


class Waiting(Moving):
    """The step `wait` of a move."""

    def _begin_waiting(self, step: Wait) -> None:
        state = self.state
        try:
            moment = self._moment(step)
        except Failed as failed:
            way, to = self._failed(step, failed)
            self._leave(to, way)
            return
        self._note_way("waits")
        state.waiting, state.moment, state.event = "moment", moment, step.event

    def _moment(self, step: Wait) -> datetime:
        """When it goes on by itself."""
        if step.until is None:
            within = step.seconds if step.event is None else step.within_s
            return self.now + timedelta(seconds=within or EVENT_WITHIN_S)
        moment = moment_of(self._value(step.until))
        if moment > self.state.started_at + LONGEST_RUN:
            raise Failed("too_far")
        return max(moment, self.now)

    def _waited(self, step: Wait) -> None:
        """The time is up."""
        if step.event is None:
            self._leave(step.next, "next")
        elif step.late is None:
            self._note_way("late")
            self._finish()
        else:
            self._leave(step.late, "late")

    def hear_of(self, happened: Happened) -> None:
        """Goes on when it is what is waited for; `event` then has it."""
        step = self._step()
        if not isinstance(step, Wait) or step.event != happened.type:
            return
        try:
            if step.filter and not truth(self._value(step.filter, happened.scope)):
                return
        except Failed:
            return  # nobody can say that it is true
        self.state.taken = 0
        self.state.heard.append(happened.id)
        self._keep("event", dict(happened.scope["event"]))
        self._leave(step.next, "next")
