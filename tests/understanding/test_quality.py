"""Both local engines against 600 sentences that they have not learned, and 90 that no shop answers.
The floors are what was measured, less two sentences in a hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.understanding.told import LANGUAGES, MATTERS, counted, examples, sentences
from wasl.letters import fold
from wasl.understanding.local import Local

# right at least, wrong at most, other at least
FLOORS = {
    "embeddings": {"en": (0.75, 0.14, 0.78), "fa": (0.61, 0.09, 0.88), "ar": (0.58, 0.15, 0.78)},
    "tfidf": {"en": (0.55, 0.17, 0.74), "fa": (0.53, 0.17, 0.81), "ar": (0.46, 0.21, 0.78)},
}


def test_the_sentences_are_many_and_stand_apart() -> None:
    learned = {fold(sentence) for some in examples() for sentence in some}
    for language in LANGUAGES:
        for matter in MATTERS:
            assert 4 <= len(sentences(language, matter, "examples")) <= 8
            assert len(sentences(language, matter, "test")) >= 20
        assert len(sentences(language, "other", "test")) >= 30
        for matter in (*MATTERS, "other"):
            tested = {fold(sentence) for sentence in sentences(language, matter, "test")}
            assert not tested & learned
            assert not tested & {fold(s) for s in sentences(language, matter, "dev")}


@pytest.mark.parametrize("engine", list(FLOORS))
async def test_what_people_mean_is_understood(engine: str, tmp_path: Path) -> None:
    local = Local(tmp_path, meaning=engine == "embeddings")
    try:
        assert (await local.understand("?", examples())).engine == engine
        for language, (right, wrong, other) in FLOORS[engine].items():
            found = await counted(local, language)
            assert found["right"] >= right, (language, found)
            assert found["wrong"] <= wrong, (language, found)
            assert found["other"] >= other, (language, found)
    finally:
        await local.close()
