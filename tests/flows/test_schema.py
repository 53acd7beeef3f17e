"""The published JSON Schema is that of the code."""

from __future__ import annotations

import json
from pathlib import Path

from wasl.flows.policy import json_schema

PUBLISHED = Path(__file__).parents[2] / "docs/flow.schema.json"


def test_the_published_schema_is_the_one_that_is_checked() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema()
