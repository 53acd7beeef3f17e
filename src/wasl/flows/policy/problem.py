"""What can be wrong with a flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; a `warning` does not keep it from being published."""

    step: str | None
    code: str
    warning: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
