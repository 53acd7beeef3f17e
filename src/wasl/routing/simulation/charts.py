"""The report's plots, as SVG text without a library.

Colours are the page's custom properties, so that a plot is legible in light and in dark. Hollow ink
is today, filled accent the scenario, a band or a bar the 95 % interval. Time and scales run from
right to left where the language does.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from wasl.routing.simulation.words import Words

_WIDTH, _HEIGHT = 640.0, 260.0
_START, _END, _TOP, _BOTTOM = 60.0, 16.0, 16.0, 30.0  # margins
_MOST_BARS = 24

Range = tuple[float, float, float]  # low, value, high


class _Plot:
    """Draws in fractions of the plane: 0, 0 is where both axes begin."""

    def __init__(self, words: Words, title: str) -> None:
        self._words = words
        self._parts = [
            f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" direction="ltr" '
            f'aria-label="{escape(title)}">'
        ]

    def x(self, share: float) -> float:
        x = _START + share * (_WIDTH - _START - _END)
        return _WIDTH - x if self._words.right_to_left else x

    def y(self, share: float) -> float:
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def level(self, share: float, label: str) -> None:
        """A line across, with its label beside the axis."""
        x, y = self.x(0), self.y(share)
        self.line([(0, share), (1, share)], "grid")
        anchor, by = ("start", 8) if self._words.right_to_left else ("end", -8)
        self.text(x + by, y + 4, label, anchor)

    def line(self, points: Sequence[tuple[float, float]], style: str) -> None:
        at = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self._parts.append(f'<polyline class="{style}" points="{at}"/>')

    def band(self, points: Sequence[tuple[float, float, float]], style: str) -> None:
        """The area between low and high: points of x, low, high."""
        edge = [(x, low) for x, low, _ in points] + [(x, high) for x, _, high in reversed(points)]
        at = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in edge)
        self._parts.append(f'<polygon class="{style}" points="{at}"/>')

    def bar(self, begin: float, end: float, height: float, style: str) -> None:
        left, right = sorted((self.x(begin), self.x(end)))
        top = self.y(height)
        self._parts.append(
            f'<rect class="{style}" x="{left + 0.5:.1f}" y="{top:.1f}" '
            f'width="{max(1.0, right - left - 1):.1f}" height="{self.y(0) - top:.1f}"/>'
        )

    def label(self, share: float, text: str) -> None:
        self.text(self.x(share), _HEIGHT - 8, text, "middle")

    def text(self, x: float, y: float, text: str, anchor: str) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def done(self) -> str:
        return "".join([*self._parts, "</svg>"])


def by_hour(
    words: Words,
    title: str,
    first_hour: int,
    sides: Sequence[tuple[str, Sequence[Range | None]]],
) -> str:
    """Shares by hour with their bands; each side is a style and its hours (None: nobody came)."""
    lowest = min((one[0] for _, hours in sides for one in hours if one), default=0.0)
    floor = max(0.0, min(0.9, int(lowest * 10) / 10))
    plot = _Plot(words, title)
    for tenth in range(round(floor * 10), 11):
        if floor > 0.5 or tenth % 2 == 0:
            plot.level((tenth / 10 - floor) / (1 - floor), words.percent(tenth / 10, 0))
    number = max(len(hours) for _, hours in sides)

    def at(n: int) -> float:
        return (n + 0.5) / number

    for style, hours in sides:
        points = [
            (at(n), *((value - floor) / (1 - floor) for value in one))
            for n, one in enumerate(hours)
            if one is not None
        ]
        plot.band([(x, low, high) for x, low, _, high in points], f"band {style}")
        plot.line([(x, value) for x, _, value, _ in points], f"line {style}")
    each = -(-number // 16)
    for n in range(0, number, each):
        plot.label(at(n), words.number((first_hour + n) % 24))
    return plot.done()


def histogram(words: Words, title: str, sides: Sequence[tuple[str, Sequence[float]]]) -> str:
    """How shares of single stretches are spread; each side is a style and its shares."""
    values = [value for _, side in sides for value in side]
    low, high = min(values), max(values)
    if high - low < 0.001:
        low, high = max(0.0, low - 0.005), min(1.0, high + 0.005)
    width = (high - low) / _MOST_BARS
    plot = _Plot(words, title)
    counts = {
        style: [
            sum(1 for value in side if min(_MOST_BARS - 1, int((value - low) / width)) == n)
            for n in range(_MOST_BARS)
        ]
        for style, side in sides
    }
    most = max(max(side) for side in counts.values())
    for share in (0.0, 0.5, 1.0):
        plot.level(share, words.number(share * most, 0 if share * most % 1 == 0 else 1))
    for style, side in counts.items():
        for n, number in enumerate(side):
            if number:
                plot.bar(n / _MOST_BARS, (n + 1) / _MOST_BARS, number / most, f"bar {style}")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        digits = 0 if high - low > 0.05 else 1
        plot.label(share * 0.94 + 0.03, words.percent(low + share * (high - low), digits))
    return plot.done()


def whisker(words: Words, sides: Sequence[tuple[str, Range]]) -> str:
    """One measure's interval, or two below one another, on a scale of their own."""
    low = min(one[0] for _, one in sides)
    high = max(one[2] for _, one in sides)
    spare = (high - low) * 0.15 or 1.0
    low, high = low - spare, high + spare

    def x(value: float) -> float:
        share = (value - low) / (high - low)
        return 200 * (1 - share if words.right_to_left else share)

    parts = ['<svg class="whisker" viewBox="0 0 200 32" aria-hidden="true">']
    parts.append('<line class="grid" x1="0" x2="200" y1="16" y2="16"/>')
    for n, (style, (least, value, most)) in enumerate(sides):
        y = 16 if len(sides) == 1 else 9 + 14 * n
        left, right = sorted((x(least), x(most)))
        parts.append(
            f'<rect class="band {style}" x="{left:.1f}" y="{y - 2.5}" rx="2.5" height="5" '
            f'width="{max(1.0, right - left):.1f}"/>'
            f'<circle class="dot {style}" cx="{x(value):.1f}" cy="{y}" r="4.5"/>'
        )
    return "".join([*parts, "</svg>"])
