"""Requirements: what they say, that equal ones are equal, and that relaxing only widens."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.routing.policy import (
    ANYONE,
    RequirementInvalid,
    Step,
    compile_requirement,
    shrinking_step,
)

SKILLS = ("a", "b", "language:fa")
atoms = st.builds(
    lambda name, least: (
        {"language": "fa", "least": least}
        if name == "language:fa"
        else {"skill": name, "least": least}
    ),
    st.sampled_from(SKILLS),
    st.integers(1, 5),
) | st.sampled_from(
    [{"contact": "tier", "is": "gold"}, {"contact": "value", "least": 100}]
)  # fmt: skip
expressions = st.recursive(
    atoms,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
)
agents = st.fixed_dictionaries({name: st.integers(0, 5) for name in SKILLS})
contacts = st.fixed_dictionaries(
    {}, optional={"tier": st.sampled_from(["gold", "silver"]), "value": st.integers(0, 200)}
)


def holds(expression: Any, skills: dict[str, int], contact: dict[str, Any]) -> bool:
    """The expression, read as it stands."""
    if "all" in expression:
        return all(holds(part, skills, contact) for part in expression["all"])
    if "any" in expression:
        return any(holds(part, skills, contact) for part in expression["any"])
    if "not" in expression:
        return not holds(expression["not"], skills, contact)
    if "skill" in expression:
        return skills.get(expression["skill"], 0) >= expression["least"]
    if "language" in expression:
        return skills.get(f"language:{expression['language']}", 0) >= expression["least"]
    if "is" in expression:
        return contact.get(expression["contact"]) == expression["is"]
    return contact.get(expression["contact"], float("-inf")) >= expression["least"]


@given(expressions, agents, contacts)
def test_it_says_what_the_expression_says(
    expression: Any, skills: dict[str, int], contact: dict[str, Any]
) -> None:
    compiled = compile_requirement(expression)
    assert compiled.for_contact(contact).met_by(skills) == holds(expression, skills, contact)


@given(expressions, expressions, agents, contacts)
def test_who_meets_the_narrower_meets_the_wider(
    one: Any, other: Any, skills: dict[str, int], contact: dict[str, Any]
) -> None:
    narrow, wide = compile_requirement(one), compile_requirement(other)
    if narrow.implies(wide) and holds(one, skills, contact):
        assert holds(other, skills, contact)
    both = compile_requirement({"all": [one, other]})
    assert both.implies(narrow) and narrow.implies(compile_requirement({"any": [one, other]}))


@given(st.lists(expressions, min_size=1, max_size=3), agents, contacts)
def test_relaxing_only_widens_the_choice(
    asked: list[Any], skills: dict[str, int], contact: dict[str, Any]
) -> None:
    steps = [Step(compile_requirement({"any": asked[: n + 1]}), 30) for n in range(len(asked))]
    assert shrinking_step(steps) is None
    met = [step.requirement.for_contact(contact).met_by(skills) for step in steps]
    assert met == sorted(met)


def test_a_step_that_shrinks_the_choice_is_named() -> None:
    wide, narrow = {"skill": "a", "least": 2}, {"skill": "a", "least": 3}
    other = {"any": [{"skill": "a", "least": 4}, {"skill": "b"}]}
    steps = [Step(compile_requirement(one), 30) for one in (narrow, wide, other)]
    assert shrinking_step(steps) == 2
    assert shrinking_step(steps[:2]) is None


def test_equal_requirements_are_equal() -> None:
    one = compile_requirement({"all": [{"skill": "a", "least": 2}, {"skill": "b"}]})
    other = compile_requirement(
        {"not": {"any": [{"not": {"skill": "b"}}, {"not": {"skill": "a", "least": 2}}]}}
    )
    assert one == other and hash(one) == hash(other)
    assert compile_requirement({"all": []}) == ANYONE
    assert compile_requirement({"any": [{"skill": "a"}, {"not": {"skill": "a"}}]}).met_by({})


def test_what_an_agent_lacks() -> None:
    asked = compile_requirement({"all": [{"skill": "a", "least": 4}, {"language": "fa"}]})
    assert asked.lacking({"language:fa": 3, "a": 2}) == (("a", 4, float("inf")),)
    assert asked.lacking({"language:fa": 3, "a": 4}) == ()
    assert asked.fit({"language:fa": 3, "a": 4}) == 7


@pytest.mark.parametrize(
    "expression",
    [
        None, [], "a", {}, {"skill": ""}, {"skill": "a", "least": 0}, {"skill": "a", "least": 6},
        {"skill": "a", "least": True}, {"skill": "a:b"}, {"skill": "a", "more": 1}, {"all": {}},
        {"any": [1]}, {"contact": "tier"}, {"contact": "value", "least": float("nan")},
        {"contact": "value", "least": "9"}, {"contact": "a=b", "least": 1}, {"skill": "x" * 81},
        {"all": [{"skill": "a"}] * 33},
        {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"skill": "a"}}}}}}}}}},
        {"all": [{"any": [{"skill": f"s{n}"}, {"skill": f"t{n}"}]} for n in range(16)]},
    ],
)  # fmt: skip
def test_what_is_no_requirement_is_refused(expression: Any) -> None:
    with pytest.raises(RequirementInvalid):
        compile_requirement(expression)


def test_equal_requirements_are_one_object_wherever_they_come_from() -> None:
    one = compile_requirement({"all": [{"skill": "a"}, {"skill": "b", "least": 3}]})
    again = compile_requirement({"all": [{"skill": "b", "least": 3}, {"skill": "a"}]})
    assert one is again
    assert copy.deepcopy(one) is one
    assert one is not compile_requirement({"skill": "a"})
