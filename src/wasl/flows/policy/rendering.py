"""How something is said on a channel: with its buttons and its HTML, else as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Protocol

from wasl.flows.policy.expressions import Value, shown
from wasl.flows.policy.state import SayThis, ShownCard

MOST_BUTTONS = 10
LONGEST_BUTTON = 80
_WIDEST = 480  # pixels of a picture
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}


class Shows(Protocol):
    """What a channel can show, of its capabilities."""

    @property
    def html(self) -> bool: ...
    @property
    def quick_replies(self) -> bool: ...
    @property
    def max_text_chars(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as the channel can show it; `html` says the same as `text`, where it has that."""

    text: str
    buttons: tuple[str, ...] = ()
    html: str = ""


def shown_on(
    channel: Shows, said: SayThis, *, language: str, rating_link: Callable[[int], str]
) -> Rendered:
    """What is said, as a channel shows it. `rating_link` makes the address that takes a rating up
    to a score where there are no buttons for it; "" when there is none."""
    text, choices, html = said.text, said.choices, ""
    if said.card:
        html = as_html(text, said.card) if channel.html else ""
        text = as_text(text, said.card)
    if said.scale and not channel.quick_replies:
        link = rating_link(said.scale)
        text, choices = (f"{text}\n{link}", ()) if link else (text, choices)
    text, buttons = _offered(text, choices, buttons=channel.quick_replies, language=language)
    return Rendered(text[: channel.max_text_chars], buttons, html)


def _offered(
    text: str, choices: tuple[str, ...], *, buttons: bool, language: str
) -> tuple[str, tuple[str, ...]]:
    """The choices as buttons where the channel has them and they fit, else numbered."""
    fits = len(choices) <= MOST_BUTTONS and all(0 < len(c) <= LONGEST_BUTTON for c in choices)
    if not choices or (buttons and fits and text):
        return text, choices
    lines = [f"{digits(n, language)}. {choice}" for n, choice in enumerate(choices, 1)]
    return "\n".join([*([text] if text else []), *lines]), ()


def digits(number: int | str, language: str) -> str:
    """A number in the digits of a language."""
    shown = _DIGITS.get(language)
    if shown is None:
        return str(number)
    return "".join(shown[int(d)] if d.isdigit() else d for d in str(number))


def told(value: Value, language: str) -> str:
    """A value as it is told in a language: a number in its digits."""
    written = shown(value)
    if language == "en" or isinstance(value, bool) or not isinstance(value, int | float):
        return written
    return digits(written, language).replace(".", "٫")


def as_text(text: str, card: ShownCard) -> str:
    """A text with a card under it, for channels that have text only."""
    links = [(card.alt, card.picture)] if card.picture else []
    lines = [f"{label}: {url}" if label else url for label, url in (*links, *card.links)]
    parts = (text, "\n".join(filter(None, (card.title, card.text))), "\n".join(lines))
    return "\n\n".join(filter(None, parts))


def as_html(text: str, card: ShownCard) -> str:
    """The same as HTML: every value is escaped, addresses are http or https."""
    shown = [_paragraph(text)] if text else []
    if card.picture:
        shown.append(
            f'<p><img src="{escape(card.picture)}" alt="{escape(card.alt)}" width="{_WIDEST}"></p>'
        )
    if card.title:
        shown.append(f'<h3 dir="auto">{escape(card.title)}</h3>')
    if card.text:
        shown.append(_paragraph(card.text))
    shown += [
        f'<p dir="auto"><a href="{escape(url)}">{escape(label or url)}</a></p>'
        for label, url in card.links
    ]
    return "".join(shown)


def _paragraph(text: str) -> str:
    return f'<p dir="auto">{"<br>".join(map(escape, text.splitlines()))}</p>'
