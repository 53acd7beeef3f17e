"""A flow as it is written down: readable JSON (`schema` "wasl.flow/1"), steps by name.

Texts are {language: text} and may hold `{{expression}}`; expressions are in `expressions`, the
steps in `steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wasl.flows.policy.happenings import TriggerOn, all_facts
from wasl.flows.policy.parts import Exit, Language, Name, Seconds, StepId, Texts
from wasl.flows.policy.steps import AnyStep, Ask

SCHEMA = "wasl.flow/1"
LARGEST_JSON = 256 * 1024


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What starts an automation: an event whose `filter` is true, `after_s` later if it is still
    true then; "arrival": a contact comes to a channel; "keyword": a contact's message; "schedule":
    every `after_s`, for each conversation in which something happened in the last 30 days and whose
    filter is true. What happens to a contact is heard in the conversation they had last."""

    on: TriggerOn
    filter: Annotated[str, Meta(max_length=1_000)] = ""
    after_s: Seconds | None = None


Coordinate = Annotated[float, Meta(ge=-100_000, le=100_000)]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a step is drawn, in pixels along and across the reading direction: `x` grows to the
    left where the page is read from the right."""

    x: Coordinate
    y: Coordinate


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole flow. `languages` are those it speaks, the one to fall back to first; `person` is
    the step that goes on when the contact asks for a person (a hand-over when none is named).
    With a `trigger` it is an automation: no channel leads to it. `layout` is how it is drawn."""

    schema: Literal["wasl.flow/1"]
    name: Texts
    languages: Annotated[list[Language], Meta(min_length=1, max_length=3)]
    start: Exit
    steps: Annotated[dict[StepId, AnyStep], Meta(min_length=1, max_length=300)]
    person: Exit | None = None
    parameters: Annotated[list[Name], Meta(max_length=30)] = []
    results: Annotated[list[Name], Meta(max_length=30)] = []
    layout: Annotated[dict[StepId, Place], Meta(max_length=300)] = {}
    trigger: Trigger | None = None

    @property
    def expects_card(self) -> bool:
        """Whether it asks for card numbers: then they are masked from its start to its end."""
        return any(isinstance(s, Ask) and s.accept == "card" for s in self.steps.values())


Library = Mapping[str, Definition]
"""A flow together with those it runs, by key; the flow itself has the key ""."""


class NotAFlow(ValueError):
    """These JSON data are no flow; `path` says where."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail[:300]


def read(data: Any) -> Definition:
    """The flow of decoded JSON; raises `NotAFlow`."""
    try:
        return msgspec.convert(data, Definition)
    except msgspec.ValidationError as error:
        raise NotAFlow(str(error)) from None
    except RecursionError:
        raise NotAFlow("nested too deeply") from None


def written(definition: Definition) -> dict[str, Any]:
    """Its JSON data, without what is left at its default."""
    data: dict[str, Any] = msgspec.to_builtins(definition)
    return data


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of flows."""
    made = msgspec.json.schema(Definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "x-facts": all_facts(),  # what filters may read
        **made,
    }
