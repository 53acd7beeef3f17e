"""How a message of ours looks: text and HTML in the contact's language and direction.

Mail programs drop logical CSS and many of them stylesheets, so direction, alignment and the bar
of a quote are written as real attributes and inline physical properties, chosen here by direction.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape

from wasl.adapters.email.headers import clean_text

_RTL = frozenset(("ar", "fa", "ur", "he", "ckb", "ps"))
_WROTE = {"en": "{name} wrote:", "fa": "{name} نوشت:", "ar": "كتب {name}:"}
_NUMBER = {"en": "Conversation", "fa": "شناسهٔ گفتگو", "ar": "رقم المحادثة"}
_CONTINUE = {
    "en": "Continue this conversation by chat",
    "fa": "ادامهٔ همین گفتگو با گپ",
    "ar": "تابع هذه المحادثة بالدردشة",
}
_FONT = "Vazirmatn,'Segoe UI',Tahoma,Arial,sans-serif"
_URL = re.compile(r"https?://[^\s<>\"'«»،؛]{1,1000}[^\s<>\"'«»،؛.,:;!?)\]]")
# What is read from left to right inside of any text: phone numbers, addresses of mail.
_LTR = re.compile(r"\+?\d[\d ().-]{5,24}\d|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MAX_QUOTED = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a mail shows, in order: body, signature, quote, conversation number."""

    language: str
    text: str
    html: str
    signature_text: str
    signature_html: str
    quoted: str
    quoted_name: str
    number: str
    continue_url: str


def render_text(page: Page) -> str:
    """The plain text; signature below "-- ", quote with ">"."""
    blocks = [clean_text(page.text).strip("\n")]
    if page.signature_text:
        blocks.append(f"-- \n{clean_text(page.signature_text).strip()}")
    if page.quoted:
        quoted = clean_text(page.quoted)[:_MAX_QUOTED].strip("\n").split("\n")
        blocks.append("\n".join([_wrote(page), *(f"> {line}".rstrip() for line in quoted)]))
    if page.continue_url:
        blocks.append(f"{_word(_CONTINUE, page.language)}: {page.continue_url}")
    blocks.append(f"{_word(_NUMBER, page.language)} [{page.number}]")
    return "\n\n".join(blocks) + "\n"


def render_html(page: Page) -> str:
    """A whole document, 600 to 760 px wide, body 16/1.9."""
    rtl = page.language in _RTL
    direction, align = ("rtl", "right") if rtl else ("ltr", "left")
    lang = escape(page.language, quote=True)
    rows = [_row(page.html or paragraphs(page.text), align, "16px", extra="padding-top:16px;")]
    signature = page.signature_html or paragraphs(page.signature_text)
    if signature:
        rows.append(_row(signature, align, "14px", "#5b6575", "padding-top:24px;"))
    if page.quoted:
        said = f'<div style="color:#5b6575;font-size:13px">{escape(_wrote(page))}</div>'
        quote = "".join(quotes(clean_text(page.quoted)[:_MAX_QUOTED]))
        rows.append(_row(said + quote, align, "14px", extra="padding-top:24px;"))
    rows.append(_row(_footer(page), align, "13px", "#5b6575", "padding-top:24px;"))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page.number)}</title>\n</head>\n"
        f'<body lang="{lang}" dir="{direction}" style="margin:0;padding:0;background:#ffffff">\n'
        f'<table role="presentation" lang="{lang}" dir="{direction}" align="{align}" width="100%"'
        ' cellpadding="0" cellspacing="0" border="0" style="max-width:760px">\n'
        + "".join(rows)
        + "</table>\n</body>\n</html>\n"
    )


def _row(inner: str, align: str, size: str, color: str = "#1c2430", extra: str = "") -> str:
    return (
        f'<tr><td align="{align}" style="font-family:{_FONT};font-size:{size};line-height:1.9;'
        f'color:{color};text-align:{align};{extra}padding-left:16px;padding-right:16px">\n'
        f"{inner}\n</td></tr>\n"
    )


def _footer(page: Page) -> str:
    number = f'{_word(_NUMBER, page.language)} <bdi dir="ltr">[{escape(page.number)}]</bdi>'
    if not page.continue_url.startswith(("https://", "http://")):
        return number
    url = escape(page.continue_url, quote=True)
    label = _word(_CONTINUE, page.language)
    return f'<a href="{url}" style="color:#00708a">{label}</a><br>{number}'


def paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph per blank line, each in its own direction, links live."""
    out = []
    for block in re.split(r"\n\s*\n", clean_text(text).strip("\n")):
        if block.strip():
            direction, align = _direction(block)
            out.append(
                f'<p dir="{direction}" align="{align}" style="margin:0 0 16px;'
                f'text-align:{align}">{_linked(block)}</p>'
            )
    return "\n".join(out)


def quotes(text: str) -> list[str]:
    """Quoted text in blocks of one direction, the bar at the side where each begins."""
    runs: list[tuple[str, str, list[str]]] = []
    for line in text.strip("\n").split("\n"):
        if not line.strip() and runs:
            runs[-1][2].append(line)
            continue
        direction, align = _direction(line)
        if runs and (runs[-1][0] == direction or not _has_strong(line)):
            runs[-1][2].append(line)
        else:
            runs.append((direction, align, [line]))
    return [
        f'<blockquote dir="{direction}" align="{align}" style="margin:8px 0;padding:0;'
        f"padding-{align}:16px;border-{align}:3px solid #d5dbe3;text-align:{align};"
        f'color:#3c4655">{_linked(chr(10).join(lines).strip())}</blockquote>'
        for direction, align, lines in runs
    ]


def _direction(text: str) -> tuple[str, str]:
    for char in text[:2_000]:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return "rtl", "right"
        if kind == "L":
            return "ltr", "left"
    return "ltr", "left"


def _has_strong(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL", "L") for char in text[:2_000])


def _linked(text: str) -> str:
    out, end = [], 0
    for match in _URL.finditer(text):
        url = escape(match[0], quote=True)
        link = f'<a href="{url}" style="color:#00708a"><bdi dir="ltr">{url}</bdi></a>'
        out += [_isolated(text[end : match.start()]), link]
        end = match.end()
    out.append(_isolated(text[end:]))
    return "".join(out).replace("\n", "<br>\n")


def _isolated(text: str) -> str:
    out, end = [], 0
    for match in _LTR.finditer(text):
        out.append(f'{escape(text[end : match.start()])}<bdi dir="ltr">{escape(match[0])}</bdi>')
        end = match.end()
    out.append(escape(text[end:]))
    return "".join(out)


def _word(words: dict[str, str], language: str) -> str:
    return words.get(language, words["en"])


def _wrote(page: Page) -> str:
    name = " ".join(clean_text(page.quoted_name).split())
    return _word(_WROTE, page.language).replace("{name}", name)
