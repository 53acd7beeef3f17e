"""From files to files, for the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from json import dumps
from pathlib import Path

from wasl.routing.simulation.page import as_page
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.scenario import MOST_BYTES, Scenario, read_scenario
from wasl.routing.simulation.told import as_json, as_text, try_out
from wasl.routing.simulation.words import Language

_BAR = 40  # characters


def try_files(
    scenario: str,
    against: str | None,
    seed: int,
    *,
    page: str | None,
    language: Language,
    json: bool,
) -> str:
    """What came of the scenario in a file, as a table or as JSON; writes the HTML page where
    `page` says. Raises ScenarioInvalid with the file's name, and OSError."""
    after, before = _read(scenario), _read(against) if against is not None else None
    outcome = try_out(after, seed, _bar(), before)
    if page is not None:
        Path(page).write_text(as_page(outcome, language), encoding="utf-8")
    return dumps(as_json(outcome), ensure_ascii=False, indent=2) if json else as_text(outcome)


def _read(path: str) -> Scenario:
    def beside(name: str) -> str:
        """What stands in a file whose name is relative to the scenario's."""
        return _text(Path(path).parent / name)

    try:
        return read_scenario(_text(Path(path)), beside)
    except ScenarioInvalid as error:
        raise ScenarioInvalid(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise ScenarioInvalid(f"{path}: not UTF-8") from None


def _text(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(MOST_BYTES + 1)


def _bar() -> Callable[[float], None]:
    """Shows the share that is done, at a terminal."""
    if not sys.stderr.isatty():
        return lambda share: None
    shown = -1

    def show(share: float) -> None:
        nonlocal shown
        percent = int(100 * share)
        if percent == shown:
            return
        shown = percent
        filled = percent * _BAR // 100
        line = f"[{'█' * filled}{' ' * (_BAR - filled)}] {percent} %" if percent < 100 else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    return show
