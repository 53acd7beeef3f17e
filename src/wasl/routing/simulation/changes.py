"""What is other in a scenario than in the one it comes from; and a scenario as TOML.

Both work on the document: what TOML reads, before it is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from json import dumps
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that so many more agents have, at this level."""

    name: str
    level: int
    agents: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What would be changed: the target, the volume (1: as today), the priority and a skill, of
    `queue` or of all; and how many agents more or fewer each queue has."""

    queue: str | None = None
    target_s: float | None = None
    volume: float = 1.0
    priority: int | None = None
    skill: Skill | None = None
    agents: Mapping[str, int] = field(default_factory=dict)


def changed(document: Document, changes: Changes) -> Document:
    """The document of the scenario; agents that are added are like those who are there."""
    made = deepcopy(document)
    if changes.target_s is not None and changes.queue is None:
        made["service_level"]["target_s"] = changes.target_s
    for one in made["arrivals"]:
        if changes.queue in (None, one["queue"]):
            if changes.target_s is not None:
                one["target_s"] = changes.target_s
            if changes.volume != 1:
                one["volume"] = one.get("volume", 1) * changes.volume
    for queue in made["queues"]:
        if changes.priority is not None and changes.queue in (None, queue["name"]):
            queue["priority"] = changes.priority
    if changes.skill is not None:
        made["agents"] = _with_skill(made["agents"], changes.skill, changes.queue)
    for name, by in changes.agents.items():
        if by > 0:
            made["agents"] += _more(made["agents"], name, by)
        elif by < 0:
            made["agents"] = _fewer(made["agents"], name, -by)
    return made


def agents_in(document: Document, queue: str | None) -> int:
    """How many agents the queue has; all of them for None."""
    return sum(team["count"] for team in document["agents"] if _is_in(team, queue))


def _is_in(team: Document, queue: str | None) -> bool:
    return queue is None or queue in team.get("queues", {})


def _name(team: Document) -> str:
    return str(team.get("name", "team"))


def _spread_over(teams: list[Document], queue: str | None, number: int) -> list[int]:
    """How many of `number` fall to each team when they are taken evenly from the queue's agents:
    of each about the same share."""
    sizes = [team["count"] if _is_in(team, queue) else 0 for team in teams]
    whole, taken, passed = sum(sizes), [], 0
    for size in sizes:
        before = passed * number // whole if whole else 0
        passed += size
        taken.append(passed * number // whole - before if whole else 0)
    return taken


def _more(teams: list[Document], queue: str, number: int) -> list[Document]:
    shares = _spread_over(teams, queue, number)
    return [
        {**deepcopy(team), "name": f"{_name(team)} +{share} ({queue})", "count": share}
        for team, share in zip(teams, shares, strict=True)
        if share
    ]


def _fewer(teams: list[Document], queue: str, number: int) -> list[Document]:
    """At least one agent stays: a centre without any is none."""
    there = sum(team["count"] for team in teams if _is_in(team, queue))
    others = sum(team["count"] for team in teams) - there
    shares = _spread_over(teams, queue, min(number, there if others else there - 1))
    left = [
        {**team, "count": team["count"] - share} for team, share in zip(teams, shares, strict=True)
    ]
    return [team for team in left if team["count"]]


def _with_skill(teams: list[Document], skill: Skill, queue: str | None) -> list[Document]:
    """Teams stay in their order, and so do the agents within: who is first stays first."""
    lacking = [
        {**team, "count": 0} if team.get("skills", {}).get(skill.name, 0) >= skill.level else team
        for team in teams
    ]
    whole = sum(team["count"] for team in lacking if _is_in(team, queue))
    made: list[Document] = []
    shares = _spread_over(lacking, queue, min(skill.agents, whole))
    for team, share in zip(teams, shares, strict=True):
        if share:
            skills = {**team.get("skills", {}), skill.name: skill.level}
            name = _name(team) if share == team["count"] else f"{_name(team)} ({skill.name})"
            made.append({**team, "name": name, "count": share, "skills": skills})
        if share < team["count"]:
            made.append({**team, "count": team["count"] - share})
    return made


# ── as TOML ──────────────────────────────────────────────────────────────────────────────────


def as_toml(document: Document, comment: str = "") -> str:
    """The document as a file that people read: tables apart, each key a line."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    tables = []
    for key, value in document.items():
        if isinstance(value, dict):
            tables += ["", f"[{_key(key)}]", *_pairs(value)]
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:
                tables += ["", f"[[{_key(key)}]]", *_pairs(one)]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _pairs(table: Document) -> list[str]:
    return [f"{_key(key)} = {_value(value, wide=True)}" for key, value in table.items()]


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _text(key)


def _value(value: Any, *, wide: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        parts = [_value(one) for one in value]
        if wide and value and all(isinstance(one, list | dict) for one in value):
            return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
        return "[" + ", ".join(parts) + "]"
    return repr(value)


def _text(text: str) -> str:
    # JSON's escapes are TOML's too, except for the one character that TOML alone forbids
    return dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
