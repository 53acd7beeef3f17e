"""Whatever the server can say by a code has words in three languages at the face."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wasl.channels import KINDS, adapter_of
from wasl.channels.contract import ErrorKind

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "frontend/packages/i18n/messages"
LANGUAGES = ("en", "fa", "ar")
_RAISED = re.compile(
    r"\b(?:Invalid|Unauthenticated|Forbidden|NotFound|Conflict|TooLarge|TooMany|Unavailable)"
    r'\(\s*"([a-z_]+)"'
)


def words(area: str, language: str) -> dict[str, str]:
    """The texts of an area."""
    found: dict[str, str] = json.loads(
        (MESSAGES / area / f"{language}.json").read_text(encoding="utf-8")
    )
    return found


def sources(folder: str) -> str:
    """All Python of a folder."""
    paths = sorted((ROOT / "src/wasl" / folder).rglob("*.py"))
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def named(schema: Any) -> Iterator[str]:
    """Titles and descriptions of a form that name texts."""
    if isinstance(schema, dict):
        for key in ("title", "description"):
            value = schema.get(key)
            if isinstance(value, str) and value.startswith("channel."):
                yield value
        for part in schema.values():
            yield from named(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from named(part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_words(language: str) -> None:
    codes = set(_RAISED.findall(sources(".")))
    assert len(codes) > 50
    missing = {f"error.{code}" for code in codes} - words("error", language).keys()
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_channel_has_words(kind: str, language: str) -> None:
    keys = set(named(adapter_of(kind).Config.model_json_schema()))
    assert keys - words("channel", language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_check_has_words(language: str) -> None:
    shown = words("check", language).keys()
    mail = set(re.findall(r'_(?:record_)?step\(\s*"([a-z_]+)"', sources("adapters/email")))
    assert "imap_sign_in" in mail
    steps = {f"email.{step}" for step in mail}
    steps |= set(re.findall(r'CheckStep\(\s*"([a-z_.]+)"', sources("adapters")))
    assert {f"check.{s}.{end}" for s in steps for end in ("ok", "failed")} - shown == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_mailbox_has_words(language: str) -> None:
    states = set(re.findall(r'(?:False|True), "([a-z_]+)"', sources("adapters/email")))
    states |= {f"imap_{kind}" for kind in (ErrorKind.CREDENTIALS, ErrorKind.TEMPORARY)}
    assert "mailbox_failed" in states
    assert {f"health.{state}" for state in states} - words("health", language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_activity_has_words(language: str) -> None:
    codes = set(re.findall(r'activity=\(\s*"([a-z_]+)"', sources(".")))
    assert "status" in codes
    shown = words("desk", language)
    for code in codes:
        assert any(key.startswith(f"desk.act_{code}") for key in shown), code
