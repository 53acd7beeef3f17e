"""The templates have no problems and are complete in three languages."""

from __future__ import annotations

from typing import Any

import pytest

from wasl.flows.policy import problems_of, read
from wasl.flows.templates import TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["key"])
def test_a_template_has_no_problems(template: dict[str, Any]) -> None:
    found = problems_of({"": read(template["definition"])})
    assert [p for p in found if not p.warning] == []
    for texts in (template["names"], template["about"]):
        assert set(texts) == {"en", "fa", "ar"} and all(texts.values())


def test_there_are_all_seven() -> None:
    assert len({template["key"] for template in TEMPLATES}) == 7
