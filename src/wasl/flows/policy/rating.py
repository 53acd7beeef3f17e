"""How a contact is asked for a rating, and for a few words more."""

from __future__ import annotations

from datetime import timedelta

from wasl.flows.policy.answers import score_in
from wasl.flows.policy.moving import Moving
from wasl.flows.policy.parts import Texts
from wasl.flows.policy.phrases import ANY_COMMENT, NO_COMMENT, RATE_AGAIN
from wasl.flows.policy.rendering import digits
from wasl.flows.policy.state import RateThis
from wasl.flows.policy.steps import Rate
from wasl.flows.policy.words import said_in
from wasl.letters import fold

SILENT_S = 86_400
_MOST_TRIES = 1  # whoever does not want to rate is not kept
_LONGEST_COMMENT = 1_000
_NOTHING = frozenset(
    map(fold, ("no", "none", "nothing", "no thanks", "نه", "خیر", "هیچ", "لا", "لا شيء"))
)


class Rating(Moving):
    """The steps `rate` of a move."""

    def _ask_score(self, step: Rate) -> None:
        self.state.tries, self.state.first, self.state.score = 0, False, None
        self._note_way("asked")
        self._offer_scores(step, step.text)

    def _offer_scores(self, step: Rate, text: Texts) -> None:
        scores = range(1, step.scale + 1)
        offered = tuple(digits(score, self.state.language) for score in scores)
        self._say(text, offered, step.scale)
        self._wait_for_answer(step)

    def _wait_for_answer(self, step: Rate) -> None:
        self.state.waiting = "answer"
        self.state.moment = self.now + timedelta(seconds=step.silent_s or SILENT_S)

    def _rated(self, step: Rate, said: str) -> None:
        state = self.state
        if state.score is not None:
            self._commented(step, said)
            return
        found = score_in(said, step.scale)
        if found is None:
            self._not_rated(step)
            return
        state.score, comment = found
        self.outputs.append(RateThis(state.score, step.scale, comment[:_LONGEST_COMMENT]))
        self._note_way("rated")
        if step.ask_comment and not comment:
            self._count()
            declined = said_in(NO_COMMENT, state.language, ())
            self._say(ANY_COMMENT, (declined,))
            self._wait_for_answer(step)
            return
        self._thank(step)

    def _commented(self, step: Rate, said: str) -> None:
        state = self.state
        words = said.strip()[:_LONGEST_COMMENT]
        declined = fold(words) in _NOTHING or words in NO_COMMENT.values()
        if words and not declined and state.score is not None:
            self.outputs.append(RateThis(state.score, step.scale, words))
        self._thank(step)

    def _thank(self, step: Rate) -> None:
        if step.thanks:
            self._say(step.thanks)
        self._leave(step.next, "next")

    def _not_rated(self, step: Rate) -> None:
        self.state.tries += 1
        if self.state.tries > _MOST_TRIES:
            self._leave(step.next, "unrated")
            return
        self._count()
        self._note_way("again")
        self._offer_scores(step, RATE_AGAIN)
