"""Which engine the settings name."""

from __future__ import annotations

from wasl.infra.settings import Settings
from wasl.understanding.contract import Engine, Off
from wasl.understanding.local import Local
from wasl.understanding.openai import OpenAi


def engine_from(settings: Settings) -> Engine:
    """Starts nothing."""
    if settings.understanding == "off":
        return Off()
    local = Local(settings.data_dir / "understanding")
    if settings.understanding == "local":
        return local
    key = settings.understanding_key.get_secret_value()
    return OpenAi(settings.understanding, settings.understanding_model, key, local)
