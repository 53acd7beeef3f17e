"""What axe finds wrong on a page and in its frames."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.async_api import Frame, Page

_AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
# The shell's landmarks are checked by every page; single states and frames have none of their own.
_RULES = {"region": {"enabled": False}}


@cache
def _source() -> str:
    return _AXE.read_text("utf-8")


async def violations(page: Page) -> list[str]:
    """One line for each: the rule and the first elements."""
    found: list[str] = []
    for frame in page.frames:
        # a mail as it was sent stands in a sandbox where no script runs
        if frame.url.startswith("http") and "/html" not in frame.url:
            found += await _of_frame(frame)
    return found


async def _of_frame(frame: Frame) -> list[str]:
    # not as a script element: the policy of the page forbids that
    if not await frame.evaluate("'axe' in window"):
        await frame.evaluate(_source())
    lines: list[str] = await frame.evaluate(
        """async (rules) => {
          // of the rest, which nobody reads, axe then writes down no selectors
          const resultTypes = ["violations"];
          const how = { rules, resultTypes, iframes: false };
          const { violations } = await window.axe.run(document, how);
          return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3)
            .map((n) => `${n.target} ${n.html.slice(0, 200)}`).join(" | ")}`);
        }""",
        _RULES,
    )
    return lines
