"""A simulation's outcome as one HTML page without script, fonts or network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite

from wasl.routing.simulation import charts
from wasl.routing.simulation.estimate import Figure
from wasl.routing.simulation.measures import MEASURES
from wasl.routing.simulation.told import Outcome, bounds, changed, counted, interval, shown
from wasl.routing.simulation.words import Language, Words

_HEADLINE = "service_level_offered"
_STYLE = """
:root{color-scheme:light dark;--canvas:#eef1f5;--surface:#fff;--line:#dfe3e9;--ink:#1c2129;
--ink-2:#505866;--accent:#007189;--band:#9fcbd5;--old:#c9ced6}
@media (prefers-color-scheme:dark){:root{--canvas:#0c0f14;--surface:#14181e;--line:#2a2f38;
--ink:#eceff4;--ink-2:#b3bac5;--accent:#3cb6cf;--band:#23596a;--old:#4a515d}}
*{box-sizing:border-box}
body{margin:0;background:var(--canvas);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
body:lang(fa),body:lang(ar){line-height:1.7}
main{max-inline-size:1040px;margin-inline:auto;padding:24px 16px;display:grid;gap:16px}
section{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:16px;
overflow-x:auto}
h1{font-size:22px;margin:0 0 4px}h2{font-size:15px;margin:0 0 12px}
p{margin:4px 0;color:var(--ink-2)}small{color:var(--ink-2);font-weight:400}
table{border-collapse:collapse;inline-size:100%}
th,td{padding:6px 8px;border-block-start:1px solid var(--line);text-align:end;white-space:nowrap}
thead th{border:0;color:var(--ink-2);font-weight:500}
th:first-child{text-align:start;white-space:normal;font-weight:500}
td small{display:block}
.two{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr))}
svg{display:block;inline-size:100%;block-size:auto}svg text{fill:var(--ink-2);font-size:12px}
.whisker{inline-size:200px;block-size:32px}
.grid{stroke:var(--line);fill:none}
.line{fill:none;stroke-width:2}.line.now{stroke:var(--accent)}
.line.old{stroke:var(--ink-2);stroke-dasharray:5 4}
.band.now,.bar.now{fill:var(--band)}.band.old,.bar.old{fill:var(--old)}
.band.now{opacity:.75}.band.old{opacity:.6}.bar.now{fill:var(--accent);opacity:.85}
.dot.now{fill:var(--accent)}.dot.old{fill:var(--surface);stroke:var(--ink);stroke-width:2}
@media print{section{break-inside:avoid}}
"""


def as_page(outcome: Outcome, language: Language) -> str:
    """The whole page, in the language."""
    words, scenario, before = Words(language), outcome.scenario, outcome.before
    direction = "rtl" if words.right_to_left else "ltr"
    parts = [
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(scenario.name)}</title><style>{_STYLE}</style></head><body><main>",
        f"<section>{_headline(words, outcome)}<p>{escape(counted(words, outcome))}</p></section>",
        f"<section><h2>{words.text('result')}</h2>{_table(words, outcome)}</section>",
        '<div class="two">',
    ]
    if any(figure is not None for figure in outcome.result.hours):
        title = words.text("by_hour")
        hours = [("now", list(map(_range, outcome.result.hours)))]
        if before is not None:
            hours.insert(0, ("old", list(map(_range, before.result.hours))))
        chart = charts.by_hour(words, title, int(scenario.run.start_s // 3600), hours)
        band = words.text("band")
        parts.append(f"<section><h2>{title} <small>{band}</small></h2>{chart}</section>")
    if outcome.result.runs:
        title = words.text("runs")
        runs: list[tuple[str, Sequence[float]]] = [("now", outcome.result.runs)]
        if before is not None and before.result.runs:
            runs.insert(0, ("old", before.result.runs))
        chart = charts.histogram(words, title, runs)
        parts.append(f"<section><h2>{title}</h2>{chart}</section>")
    parts.append("</div>")
    if len(outcome.result.classes) > 1:
        parts += [
            f"<section><h2><bdi>{escape(name)}</bdi></h2>"
            f"{_plain_table(words, outcome, name, figures)}</section>"
            for name, figures in outcome.result.classes.items()
        ]
    return "".join([*parts, "</main></body></html>\n"])


def _headline(words: Words, outcome: Outcome) -> str:
    scenario = outcome.scenario
    name = f"<p><bdi>{escape(scenario.name)}</bdi></p>"
    figure = outcome.result.everybody.get(_HEADLINE)
    if figure is None:
        return f"<h1><bdi>{escape(scenario.name)}</bdi></h1>"
    value = shown(words, _HEADLINE, figure.value)
    sentence = words.text("headline", value=value)
    if outcome.before is not None and _HEADLINE in outcome.before.result.everybody:
        was = shown(words, _HEADLINE, outcome.before.result.everybody[_HEADLINE].value)
        sentence = words.text("headline_against", before=was, value=value)
    low, high = (shown(words, _HEADLINE, end) for end in bounds(_HEADLINE, figure))
    target_s = scenario.common_target_s
    within = words.seconds(target_s) if target_s is not None else words.text("own_limit")
    told = words.text("interval_of", low=low, high=high, T=within)
    return f"{name}<h1>{escape(sentence)}</h1><p>{escape(told)}</p>"


def _table(words: Words, outcome: Outcome) -> str:
    before, changes = outcome.before, outcome.changes
    heads = [words.text("measure"), ""]
    if before is not None:
        heads.append(words.text("before"))
    heads.append(words.text("scenario"))
    if outcome.exact:
        heads.append(words.text("theory"))
    if changes is not None:
        heads.append(words.text("change"))
    rows = []
    for name in MEASURES:
        figure = outcome.result.everybody.get(name)
        if figure is None:
            continue
        old = before.result.everybody.get(name) if before is not None else None
        sides = [("old", old), ("now", figure)] if old is not None else [("now", figure)]
        ranges = [(style, ends) for style, one in sides if (ends := _range(one)) is not None]
        cells = [charts.whisker(words, ranges) if ranges else ""]
        if before is not None:
            cells.append(_cell(words, name, old))
        cells.append(_cell(words, name, figure))
        if outcome.exact:
            exact = outcome.exact.get(name)
            cells.append(shown(words, name, exact) if exact is not None else "")
        if changes is not None:
            cells.append(_change(words, name, changes.get(name)))
        rows.append(_row(_label(words, outcome, name), cells))
    head = "".join(f"<th>{text}</th>" for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _plain_table(words: Words, outcome: Outcome, of: str, figures: Mapping[str, Figure]) -> str:
    scenario = outcome.scenario
    target_s = next(one.target_s for one in scenario.arrivals if one.name == of)
    rows = [
        _row(
            escape(words.measure(name, target_s, scenario.short_abandon_s)),
            [_cell(words, name, figures[name])],
        )
        for name in MEASURES
        if name in figures
    ]
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _row(label: str, cells: Sequence[str]) -> str:
    return f"<tr><th>{label}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _label(words: Words, outcome: Outcome, name: str) -> str:
    scenario = outcome.scenario
    return escape(words.measure(name, scenario.common_target_s, scenario.short_abandon_s))


def _cell(words: Words, name: str, figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{shown(words, name, figure.value)}<small>{interval(words, name, figure)}</small>"


def _change(words: Words, name: str, change: Figure | None) -> str:
    if change is None:
        return ""
    texts = changed(words, name, change)
    return f"{texts[0]}<small>{words.span(texts[1], texts[2])}</small>"


def _range(figure: Figure | None) -> charts.Range | None:
    if figure is None or not isfinite(figure.half):
        return None
    low, high = max(0.0, figure.value - figure.half), figure.value + figure.half
    return low, figure.value, high
