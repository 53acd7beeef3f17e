"""A wheel without its front end would be a server without a face: refuse to build one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontendIsBuilt(BuildHookInterface[Any]):
    """Runs before a wheel is built; an editable install needs no front end."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard" and not (Path(self.root) / "src/wasl/static/.built").exists():
            raise RuntimeError("the front end is not built: tools/bootstrap.sh run builds it")
