"""HTML of strangers, made harmless before it is kept; shown in a sandboxed frame besides."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

MAX_HTML = 2_000_000

_TAGS = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "code", "col"),
        *("colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr"),
    }
)
_EVERYWHERE = frozenset({"dir", "lang", "title", "align", "valign", "style"})
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "ol": {"start", "type"},
    "col": {"width", "span"},
}
_STYLES = {
    "background-color", "border", "border-color", "border-style", "border-width", "color",
    "direction", "font-family", "font-size", "font-style", "font-weight", "height", "line-height",
    "margin", "margin-left", "margin-right", "margin-top", "margin-bottom", "padding",
    "padding-left", "padding-right", "padding-top", "padding-bottom", "text-align",
    "text-decoration", "unicode-bidi", "vertical-align", "white-space", "width", "max-width",
}  # fmt: skip


@cache
def _cleaner() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(_EVERYWHERE) | _ATTRIBUTES.get(tag, set()) for tag in _TAGS},
        clean_content_tags={"script", "style", "title", "head", "iframe", "object", "svg", "math"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def sanitised(html: str) -> str:
    """The harmless part of an HTML body; cut at 2 million characters."""
    html = html[:MAX_HTML].replace("\x00", "")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in html):
        html = html.encode("utf-8", "replace").decode()
    return str(_cleaner().clean(html))


_REMOTE = re.compile(r"""(<img\b[^>]*?\ssrc=)(["'])(?:https?:)?//[^"']*\2""", re.IGNORECASE)
_CID = re.compile(r"""(<img\b[^>]*?\ssrc=)(["'])cid:([^"']*)\2""", re.IGNORECASE)


def document(
    html: str, *, language: str, inline: dict[str, str], remote_images: bool
) -> tuple[str, bool]:
    """A whole page around sanitised HTML, and whether remote images were held back.

    `inline` maps content ids to addresses of our own.
    """
    held_back = bool(_REMOTE.search(html))
    if not remote_images:
        html = _REMOTE.sub(r'\1"" data-held-back="1"', html)
    html = _CID.sub(lambda m: f'{m[1]}"{inline.get(m[3], "")}"', html)
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light"><base target="_blank">'
        "<style>body{margin:0;padding:4px;font:14px/1.6 system-ui,sans-serif;color:#1b1f27;"
        "background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}"
        "table{max-width:100%}blockquote{margin-inline:0;padding-inline-start:12px;"
        "border-inline-start:3px solid #d5d9e0;color:#4b5260}</style></head>"
        f'<body dir="auto">{html}</body></html>'
    )
    return page, held_back and not remote_images


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
    " allow-popups allow-popups-to-escape-sandbox"
)
WITH_REMOTE_IMAGES = CONTENT_SECURITY_POLICY.replace("data:;", "data: https: http:;")
