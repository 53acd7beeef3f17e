"""What a process of ours imports, and what it leaves out: most of a start."""

from __future__ import annotations

import gc
import os
import sys
from types import ModuleType


def leave_out_what_is_not_needed() -> None:
    """Together a third of a start: pydantic looks for plugins in whatever is installed, FastAPI
    asks of each model whether it is of pydantic 1, structlog brings rich, where it is installed,
    for tracebacks that are never printed, httpx its command line with pygments, and SQLAlchemy's
    asyncio sessions bring its mapper.
    Models are built when one is needed."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if "sqlalchemy" not in sys.modules:
        for name in ("scoping", "session"):
            sys.modules[f"sqlalchemy.ext.asyncio.{name}"] = _Hollow(name)
    if "structlog" not in sys.modules:  # as in a process of ours
        for name in ("rich", "pydantic.v1", "httpx._main"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # "can't be imported"
    if "pydantic" not in sys.modules:
        from pydantic import BaseModel

        BaseModel.model_config["defer_build"] = True


class _Hollow(ModuleType):
    """A module whose names can be imported, and nothing more."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def import_server() -> None:
    """What a start spends most of its time on. All of it stays, so that collections of garbage,
    which who starts has put off until now (`gc.disable`), leave it out: with it they take 0.1 s."""
    import wasl.main
    import wasl.web_app  # noqa: F401

    gc.freeze()
    gc.enable()
