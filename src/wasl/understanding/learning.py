"""What a few sentences an answer teach: two regressions on them, by their letters and by their
meaning, whose probabilities are averaged. Needs numpy; for the child process.

Fits in kernel space: as many weights as sentences, however many features there are.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from wasl.letters import DIGITS, fold

Matrix = NDArray[np.float32]

_STRENGTH = 30.0  # C of the regression: how closely it follows its sentences
_ROUNDS = 400
_GRAMS = (2, 3, 4)
_LEAST, _LEAST_SHARED, _LEAST_OF_TWO = 0.18, 0.65, 0.5
_LONGEST = 240  # characters
_NUMBER = re.compile(r"[0-9]{3}")


def fit(kernel: Matrix, places: Sequence[int], answers: int) -> Matrix:
    """The weights of each sentence for each answer, by accelerated descent of the multinomial
    regression's loss with balanced answers; `places` are the answers of the sentences."""
    count = len(places)
    wanted = np.zeros((count, answers), np.float32)
    wanted[np.arange(count), list(places)] = 1
    share = (count / (answers * wanted.sum(axis=0)))[list(places)].astype(np.float32)[:, None]
    weights = np.zeros((count, answers), np.float32)
    ahead, speed = weights, 1.0
    step = 1 / (0.5 * float(np.linalg.norm(kernel, 2)) * float(share.max()) + 1 / _STRENGTH)
    for _ in range(_ROUNDS):
        slope = (softmax(kernel @ ahead) - wanted) * share + ahead / _STRENGTH
        moved = ahead - step * slope
        following = (1 + math.sqrt(1 + 4 * speed * speed)) / 2
        ahead = moved + (speed - 1) / following * (moved - weights)
        weights, speed = moved, following
    return weights


def softmax(logits: Matrix) -> Matrix:
    """Probabilities along the last axis."""
    grown = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Matrix = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def plain(text: str) -> str:
    """What is looked at of a text: its beginning, without what says nothing of its meaning: long
    numbers, pictures, ZWNJ, marks at its end. What is longer takes the model seconds."""
    kept = (c if category(c)[0] in "LMNPZ" else " " for c in text[:_LONGEST])
    words = "".join(kept).rstrip(".?!؟ ").split()
    return " ".join(w for w in words if not _NUMBER.search(w.translate(DIGITS))) or "?"


@dataclass(frozen=True)
class ByLetters:
    """What pieces of two to four letters tell of an answer."""

    rarity: Mapping[str, float]
    weights: Mapping[str, Matrix]  # of a piece for each answer
    answers: int

    def probabilities(self, text: str) -> Matrix:
        """Of each answer."""
        logits = np.zeros(self.answers, np.float32)
        for piece, weight in _weighed(text, self.rarity).items():
            logits += weight * self.weights[piece]
        return softmax(logits)


def learn_letters(sentences: Sequence[str], places: Sequence[int], answers: int) -> ByLetters:
    """`places` are the answers of the sentences, from 0."""
    found = Counter(piece for sentence in sentences for piece in set(_pieces(sentence)))
    count = len(sentences)
    rarity = {piece: math.log((1 + count) / (1 + n)) + 1 for piece, n in found.items()}
    held: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for n, sentence in enumerate(sentences):
        for piece, weight in _weighed(sentence, rarity).items():
            held[piece].append((n, weight))
    kernel = np.zeros((count, count), np.float32)
    for holders in held.values():
        ids = np.array([n for n, _ in holders])
        weights = np.array([weight for _, weight in holders], np.float32)
        kernel[np.ix_(ids, ids)] += np.outer(weights, weights)
    fitted = fit(kernel, places, answers)
    return ByLetters(
        rarity,
        {
            piece: sum((weight * fitted[n] for n, weight in holders), np.zeros(answers, np.float32))
            for piece, holders in held.items()
        },
        answers,
    )


def _weighed(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """The known pieces of a text by their weight, of length 1 together."""
    weights = {
        piece: (1 + math.log(n)) * rarity[piece]
        for piece, n in Counter(_pieces(text)).items()
        if piece in rarity
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {piece: weight / length for piece, weight in weights.items()}


def _pieces(text: str) -> list[str]:
    return [
        padded[at : at + size]
        for padded in (f" {word} " for word in fold(text).split())
        for size in _GRAMS
        for at in range(max(1, len(padded) - size + 1))
    ]


def learn_meaning(vectors: Matrix, places: Sequence[int], answers: int) -> Matrix:
    """The weights with which a sentence's vector gives the logit of each answer."""
    weights: Matrix = vectors.T @ fit(vectors @ vectors.T, places, answers)
    return weights


def surely(probabilities: Matrix, answers: int) -> int | None:
    """The answer that is likely enough; the last probability is that of none of them. The bound was
    chosen on sentences that no test has, for two to ten answers: 0.5 of two, 0.25 of ten."""
    best = int(probabilities.argmax())
    least = min(_LEAST_OF_TWO, _LEAST + _LEAST_SHARED / answers)
    return best if best < answers and float(probabilities[best]) >= least else None
