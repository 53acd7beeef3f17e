from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.centre import Centre, open_centre


@pytest.fixture
async def centre(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Centre]:
    async with open_centre(fresh_dsn, tmp_path) as opened:
        yield opened
