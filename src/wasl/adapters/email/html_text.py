"""HTML of mail to readable text in one linear pass; wrong markup never stops it.

The text is for the timeline, for search and for folding; it is escaped again wherever it is shown.
"""

from __future__ import annotations

import re
from html import unescape

from wasl.adapters.email.headers import clean_text

# Written where a mail program begins the quoted message; `folding` cuts there.
QUOTE_MARK = "\x01quote\x01"

MAX_HTML_CHARS = 1_000_000
_MAX_QUOTES = 20
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})((?:[^<>\"']|\"[^\"<>]{0,4000}\"|'[^'<>]{0,4000}')*)>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_QUOTE_BEGINS = re.compile(
    r"gmail_quote|yahoo_quoted|divRplyFwdMsg|appendonsend|moz-cite-prefix|protonmail_quote"
    r"|zmail_extra|tutanota_quote|OLK_SRC_BODY_SECTION",
    re.I,
)
_SILENT_NAMES = "script style head title template noscript svg math"
_BLOCK_NAMES = (
    "p div section article header footer table tr ul ol dl dt dd pre form center address figure "
    "h1 h2 h3 h4 h5 h6 blockquote body html main aside nav"
)
_PARAGRAPH_NAMES = "p ul ol table h1 h2 h3 h4 h5 h6 blockquote pre"
_VOID_NAMES = "br hr img input meta link area base col embed source track wbr"
_SILENT = frozenset(_SILENT_NAMES.split())
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_PARAGRAPHS = frozenset(_PARAGRAPH_NAMES.split())
_VOID = frozenset(_VOID_NAMES.split())
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


def html_to_text(html: str) -> str:
    """Readable text: paragraphs, lists, links with their target, quotes with "> "."""
    return _Text().read(html[:MAX_HTML_CHARS])


class _Text:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.pre = 0
        self.lists: list[int] = []  # 0 for bullets, otherwise the next number
        self.link: tuple[str, int] | None = None
        self.silent = ""  # the element whose whole inside is passed over
        self.silent_depth = 0

    def read(self, html: str) -> str:
        at, closed = 0, {"-->": True, "]>": True}
        while True:
            markup = _MARKUP.search(html, at)
            if markup is None:
                break
            start = markup.start()
            self._text(html[at:start])
            if html.startswith("<!--", start) and closed["-->"]:
                end = html.find("-->", start + 2)
                closed["-->"] = end >= 0
                at = end + 3 if end >= 0 else start + 4
            elif html.startswith(("<!", "<?"), start):
                end = html.find(">", start, start + 2_000)
                at = end + 1 if end >= 0 else start + 2
            elif match := _TAG.match(html, start, min(len(html), start + 20_000)):
                self._tag(match[1] == "/", match[2].lower(), match[3])
                at = match.end()
            else:
                self._text("<")
                at = start + 1
        self._text(html[at:])
        self._break()
        text = "\n".join(line.rstrip() for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _text(self, raw: str) -> None:
        if not raw or self.silent:
            return
        text = clean_text(unescape(raw)).replace("\xa0", " ").replace("\xad", "")
        if self.pre:
            first, *rest = text.split("\n")
            self.line.append(first)
            for each in rest:
                self._break()
                self.line.append(each)
            return
        text = _SPACE.sub(" ", text)
        if text.startswith(" ") and (not self.line or self.line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.line.append(text)

    def _break(self, blank: bool = False) -> None:
        text = "".join(self.line)
        self.line = []
        prefix = "> " * self.quotes
        if text.strip():
            self.lines.append(prefix + text)
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(prefix.rstrip())

    def _tag(self, closing: bool, name: str, attributes: str) -> None:
        if self.silent:
            if name == self.silent and not attributes.endswith("/"):
                self.silent_depth += -1 if closing else 1
                if self.silent_depth <= 0:
                    self.silent = ""
            return
        if not closing:
            if name in _SILENT or (name not in _VOID and _HIDDEN.search(attributes)):
                if not attributes.endswith("/"):
                    self.silent, self.silent_depth = name, 1
                return
            if attributes and _QUOTE_BEGINS.search(attributes):
                self._break()
                self.lines.append(QUOTE_MARK)
        self._layout(closing, name, attributes)

    def _layout(self, closing: bool, name: str, attributes: str) -> None:
        if name == "br":
            if not "".join(self.line).strip():
                self.lines.append(("> " * self.quotes).rstrip())
            self._break()
        elif name == "hr":
            self._break(blank=True)
        elif name == "img" and not closing:
            alt = _attribute(attributes, "alt")
            if alt:
                self.line.append(f"[{_SPACE.sub(' ', alt)[:200]}]")
        elif name == "a":
            self._link(closing, attributes)
        elif name == "li" and not closing:
            self._list_item()
        elif name in ("td", "th"):
            if closing and self.line:
                self.line.append(" ")
        elif name in _BLOCKS:
            self._block(closing, name)

    def _block(self, closing: bool, name: str) -> None:
        self._break(blank=name in _PARAGRAPHS and name != "blockquote")
        if name == "blockquote":
            if closing:
                self.quotes = max(self.quotes - 1, 0)
            self._break(blank=True)
            if not closing:
                self.quotes = min(self.quotes + 1, _MAX_QUOTES)
        elif name == "pre":
            self.pre = max(self.pre + (-1 if closing else 1), 0)
        elif name in ("ul", "ol"):
            if not closing:
                self.lists.append(1 if name == "ol" else 0)
            elif self.lists:
                self.lists.pop()

    def _list_item(self) -> None:
        self._break()
        indent = "  " * min(len(self.lists) - 1, 8) if self.lists else ""
        if self.lists and self.lists[-1]:
            self.line.append(f"{indent}{self.lists[-1]}. ")
            self.lists[-1] += 1
        else:
            self.line.append(f"{indent}• ")

    def _link(self, closing: bool, attributes: str) -> None:
        if not closing:
            self.link = (_attribute(attributes, "href").strip(), len(self.line))
            return
        if self.link is None:
            return
        target, at = self.link
        self.link = None
        shown = "".join(self.line[at:]).strip()
        bare = target.partition("://")[2].rstrip("/")
        says_it = shown.rstrip("/").removeprefix("https://").removeprefix("http://") == bare
        if target.startswith(("http://", "https://")) and len(target) <= 500 and shown:
            self.line.append("" if says_it else f" ({target})")


def _attribute(attributes: str, name: str) -> str:
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1].lower() == name:
            return unescape(match[2] or match[3] or match[4] or "")
    return ""
