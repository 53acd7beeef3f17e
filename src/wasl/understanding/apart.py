"""The child process that learns and understands: each line of its standard input is a question as
JSON, `{text, answers}`, and each line of its output what it comes to."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Sequence
from json import dumps, loads
from pathlib import Path
from typing import Any

IDLE_S = 60  # then its 120 MB are given back; a child that starts again needs a second
_MOST_MEMORY = 2 << 30  # bytes of address space
_MOST_LEARNED = 32
_NICE = 5  # whoever is served goes first


def serve() -> None:
    """Answers until nobody has asked for a while, or the asker is gone."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    os.nice(_NICE)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing else may write among the answers
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    mind = Mind(folder, meaning="--letters" not in sys.argv)
    for line in iter(_awaited, b""):
        question = loads(line)
        answers.write(dumps(mind.understand(question["text"], question["answers"])) + "\n")
        answers.flush()


def _awaited() -> bytes:
    signal.alarm(IDLE_S)  # ends the process
    line = sys.stdin.buffer.readline()
    signal.alarm(0)
    return line


class Mind:
    """What was learned, the newest `_MOST_LEARNED` sets of answers; `meaning`: whether to look for
    the model."""

    def __init__(self, folder: Path | None = None, *, meaning: bool = True) -> None:
        from wasl.understanding import meaning as models

        self._folder = folder
        self._models = models
        self._model = models.model_here() if meaning else None
        self._learned: OrderedDict[str, Any] = OrderedDict()

    def understand(self, text: str, answers: Sequence[Sequence[str]]) -> dict[str, Any]:
        """`{answer, confidence, engine, model}`, as in `Understood`."""
        from wasl.understanding import learning

        letters, weights = self._learn(answers)
        said = learning.plain(text)
        shares = letters.probabilities(said)
        if self._model is not None:
            by_meaning = learning.softmax(self._model.vectors([said])[0] @ weights)
            shares = (shares + by_meaning) / 2
        return {
            "answer": learning.surely(shares, len(answers)),
            "confidence": round(float(shares.max()), 3),
            "engine": "tfidf" if self._model is None else "embeddings",
            "model": "" if self._model is None else self._model.hash,
        }

    def _learn(self, answers: Sequence[Sequence[str]]) -> Any:
        key = hashlib.sha256(dumps(answers).encode()).hexdigest()
        if key in self._learned:
            self._learned.move_to_end(key)
            return self._learned[key]
        from wasl.understanding import elsewhere, learning

        own = [learning.plain(s) for some in answers for s in some]
        none_of_them = [
            learning.plain(s) for sentences in elsewhere.SENTENCES.values() for s in sentences
        ]
        places = [place for place, some in enumerate(answers) for _ in some]
        places += [len(answers)] * len(none_of_them)
        letters = learning.learn_letters([*own, *none_of_them], places, len(answers) + 1)
        weights = None
        if self._model is not None:
            # the same for all that is learned: apart, it is read only once by the model
            of_all = [
                self._models.kept_vectors(self._model, some, self._folder)
                for some in (own, none_of_them)
                if some
            ]
            vectors = self._models.together(of_all)
            weights = learning.learn_meaning(vectors, places, len(answers) + 1)
        self._learned[key] = letters, weights
        if len(self._learned) > _MOST_LEARNED:
            self._learned.popitem(last=False)
        return self._learned[key]
