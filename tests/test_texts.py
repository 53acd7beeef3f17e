"""Whatever the server can say by a code has words in three languages at the face."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from wasl.channels import KINDS, adapter_of
from wasl.channels.contract import ErrorKind
from wasl.routing import explained
from wasl.routing.policy import explaining, facts, floor
from wasl.routing.policy.sla import Target

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "frontend/packages/i18n/messages"
LANGUAGES = ("en", "fa", "ar")
_RAISED = re.compile(
    r"\b(?:Invalid|Unauthenticated|Forbidden|NotFound|Conflict|TooLarge|TooMany|Unavailable"
    r"|RequirementInvalid)"
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


def codes_in(*functions: Callable[..., Any]) -> set[str]:
    """The codes of the reasons that these functions give."""
    said = "".join(inspect.getsource(function) for function in functions)
    found = set(re.findall(r'\bWhy\(\s*"([a-z_]+)"', said))
    found |= set(re.findall(r'\bWhy\(\s*"[a-z_]+" if [^"]+ else "([a-z_]+)"', said))
    for pair in re.findall(r'\bskill_why\(\s*"([a-z_]+)", "([a-z_]+)"', said):
        found |= set(pair)
    assert found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_an_offer_has_words(language: str) -> None:
    codes = codes_in(facts.Chosen.why) - {"strategy"}
    assert {"idle", "skill", "language", "callback"} <= codes
    codes |= set(re.findall(r'"(last_agent|named_agent|team)"', sources("routing")))
    strategies = set(get_args(facts.Strategy)) - {"longest_idle"}  # the usual one says nothing
    codes |= {f"strategy_{name}" for name in strategies}
    missing = {f"desk.why_{code}" for code in codes} - words("desk", language).keys()
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explanation_of_a_place_has_words(language: str) -> None:
    states = codes_in(
        explaining.explain_item, explaining._states, explaining._nobody_meets, explained
    )
    assert {"in_hand", "closed", "all_away", "no_members", "not_routed"} <= states
    agents = codes_in(explaining.why_not)
    assert {"waits_for", "lacks_skill", "lacks_language", "not_offered"} <= agents
    keys = {f"routing.state_{code}" for code in states}
    keys |= {f"routing.agent_{code}" for code in agents}
    keys |= {f"routing.move_{code}" for code in codes_in(floor._move_reasons)}
    keys |= {f"routing.did_{kind}" for kind in ("offered", "timed_out", "rescinded", "moved")}
    missing = keys - words("routing", language).keys()
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_flow_did_has_words(language: str) -> None:
    policy, shown = sources("flows/policy"), words("flows", language).keys()
    ways = set(re.findall(r'_note_way\("([a-z_]+)"', policy))
    assert {"asked", "acts", "stuck", "books"} <= ways
    exits = set(re.findall(r'_leave\([^"\n]*"([a-z_]+)"', policy))
    assert {"late", "refused", "unrated"} <= exits
    known = {name.rpartition(".")[2] for name in shown if re.match(r"flows\.(way|exit)\.", name)}
    assert (ways | exits) - known == set()
    reasons = set(re.findall(r'\b(?:Stuck|Failed)\(\s*"([a-z_]+)"', policy))
    reasons |= set(re.findall(r'\b_give\("([a-z_]+)"', policy))
    reasons |= set(re.findall(r'end_run\([^")]*"[a-z_]+", "([a-z_]+)"', sources("flows")))
    assert {"step", "not_understood", "anew", "left", "error"} <= reasons
    assert {f"flows.reason.{code}" for code in reasons} - shown == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_activity_has_words(language: str) -> None:
    codes = set(re.findall(r'activity=\(\s*"([a-z_]+)"', sources(".")))
    assert "status" in codes
    shown = words("desk", language)
    for what in ("warned", "breached"):
        assert {f"desk.act_sla_{what}_{target}" for target in get_args(Target)} <= shown.keys()
    for code in codes:
        assert any(key.startswith(f"desk.act_{code}") for key in shown), code
