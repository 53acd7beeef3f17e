"""How a contact chooses a free time: by button, by number, or by typing a day or a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wasl.flows.policy.dates import day_and_time, local, shown_day, shown_time
from wasl.flows.policy.expressions import Failed, shown
from wasl.flows.policy.moving import Moving, Stuck
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.phrases import (
    JUST_TAKEN,
    LATER_TIMES,
    NO_TIME,
    NOT_A_TIME,
    NOTHING_THEN,
    WHICH_TIME,
)
from wasl.flows.policy.state import BookThis, Choosing, FindTimes
from wasl.flows.policy.steps import Book
from wasl.flows.policy.words import chosen, said_in

MOST_OFFERED = 6  # with "later" and "none" they are buttons on every channel that has them
SILENT_S = 86_400
_MOST_TRIES = 3


class Booking(Moving):
    """The steps `book` of a move."""

    def _begin_booking(self, step: Book) -> None:
        self.state.tries, self.state.first = 0, False
        self.state.choosing = Choosing()
        self._look_for_times(step)

    def _look_for_times(self, step: Book) -> None:
        choosing = self._choosing()
        self._count()
        self._note_way("looks")
        self.state.waiting, self.state.moment = "look_up", None
        self.outputs.append(FindTimes(step.calendar, step.days, choosing.after, choosing.day))

    def _found_times(self, step: Book, record: Mapping[str, Any] | None) -> None:
        choosing = self._choosing()
        if choosing.wanted is not None:
            self._booked_or_not(step, record)
            return
        if record is None:
            self._leave(step.none, "none")
            return
        choosing.zone, choosing.times = record["zone"], list(record["times"])
        if not choosing.times:
            self._nothing_free(step)
            return
        exact = self._at_time(choosing)
        if exact is not None:
            self._book(step, exact)
            return
        told = NOTHING_THEN if choosing.time is not None else step.text or WHICH_TIME
        if self.state.tries:
            told = NOTHING_THEN if choosing.time is not None else WHICH_TIME
        self._offer(told)

    def _nothing_free(self, step: Book) -> None:
        """Another day was asked for, or later ones: back to the next free times; else there are
        none."""
        choosing = self._choosing()
        if choosing.day is None and choosing.after is None:
            self._leave(step.none, "none")
            return
        choosing.day, choosing.after, choosing.time = None, None, "none"
        self._look_for_times(step)

    def _at_time(self, choosing: Choosing) -> str | None:
        if choosing.time is None:
            return None
        return next(
            (
                at
                for at in choosing.times
                if local(at, choosing.zone).strftime("%H:%M") == choosing.time
            ),
            None,
        )

    def _offer(self, text: Texts) -> None:
        choosing = self._choosing()
        choosing.times, choosing.time = choosing.times[:MOST_OFFERED], None
        self._say(text, self._labels(choosing))
        self.state.waiting = "answer"
        self.state.moment = self.now + timedelta(seconds=SILENT_S)

    def _labels(self, choosing: Choosing) -> tuple[str, ...]:
        language = self.state.language
        named = []
        for at in choosing.times:
            there = local(at, choosing.zone)
            named.append(f"{shown_day(there.date(), language)}، {shown_time(there, language)}")
        if language == "en":
            named = [name.replace("،", ",") for name in named]
        others = (said_in(LATER_TIMES, language, ()), said_in(NO_TIME, language, ()))
        return (*named, *others)

    def _suits(self, step: Book, said: str) -> None:
        """The contact has chosen, or typed something."""
        choosing = self._choosing()
        labels = self._labels(choosing)
        choices = [[label] for label in labels]
        choices[-2] += LATER_TIMES.values()
        choices[-1] += NO_TIME.values()
        place = chosen(said, choices)
        if place is not None and place < len(choosing.times):
            self._book(step, choosing.times[place])
        elif place == len(labels) - 1:
            self._leave(step.none, "none")
        elif place == len(labels) - 2:
            last = datetime.fromisoformat(choosing.times[-1])
            choosing.after = (last + timedelta(seconds=1)).isoformat()
            choosing.day = None
            self._look_for_times(step)
        else:
            self._typed(step, said)

    def _typed(self, step: Book, said: str) -> None:
        choosing = self._choosing()
        today = local(self.now.isoformat(), choosing.zone).date()
        day, time = day_and_time(said, today)
        if time is not None and day is None:
            choosing.time = time.strftime("%H:%M")
            exact = self._at_time(choosing)
            if exact is not None:
                self._book(step, exact)
                return
            day = local(choosing.times[0], choosing.zone).date()
        if day is None:
            self._not_a_time(step)
            return
        choosing.day, choosing.after = day.isoformat(), None
        choosing.time = None if time is None else time.strftime("%H:%M")
        self._look_for_times(step)

    def _not_a_time(self, step: Book) -> None:
        self.state.tries += 1
        if self.state.tries >= _MOST_TRIES:
            self._leave(step.none, "none")
            return
        self._count()
        self._note_way("again")
        self._offer(NOT_A_TIME)

    def _book(self, step: Book, at: str) -> None:
        choosing = self._choosing()
        instead = ""
        if step.instead is not None:
            try:
                instead = shown(self._value(step.instead))
            except Failed:
                instead = ""  # there is nothing to move: a new booking
        choosing.wanted = at
        self._count()
        self._note_way("books")
        self.state.waiting, self.state.moment = "look_up", None
        self.outputs.append(BookThis(step.calendar, at, instead))

    def _booked_or_not(self, step: Book, record: Mapping[str, Any] | None) -> None:
        choosing = self._choosing()
        at, choosing.wanted = choosing.wanted or "", None
        if record is None:
            taken = [time for time in choosing.times if time != at]
            choosing.time, choosing.times = None, taken
            if taken:
                self._note_way("taken")
                self._offer(JUST_TAKEN)
            else:
                choosing.day, choosing.after, choosing.time = None, None, "none"
                self._look_for_times(step)
            return
        there, language = local(at, choosing.zone), self.state.language
        booking = {
            "id": record["id"],
            "calendar": step.calendar,
            "at": datetime.fromisoformat(at).astimezone(UTC).isoformat(),
            "date": shown_day(there.date(), language),
            "time": shown_time(there, language),
        }
        self._keep(step.save, booking)
        self._collect(f"{booking['date']} {booking['time']}")
        self._leave(step.booked, "booked")

    def _choosing(self) -> Choosing:
        if self.state.choosing is None:
            raise Stuck("broken")
        return self.state.choosing
