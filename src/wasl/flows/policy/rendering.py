"""How something with choices is said on a channel: by its buttons, or as numbered text."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BUTTONS = 10
LONGEST_BUTTON = 80
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as the channel can show it."""

    text: str
    buttons: tuple[str, ...] = ()


def rendered(text: str, choices: tuple[str, ...], *, buttons: bool, language: str) -> Rendered:
    """The choices as buttons where the channel has them and they fit, else numbered."""
    fits = len(choices) <= MOST_BUTTONS and all(0 < len(c) <= LONGEST_BUTTON for c in choices)
    if not choices or (buttons and fits and text):
        return Rendered(text, choices)
    lines = [f"{digits(n, language)}. {choice}" for n, choice in enumerate(choices, 1)]
    return Rendered("\n".join([*([text] if text else []), *lines]))


def digits(number: int | str, language: str) -> str:
    """A number in the digits of a language."""
    shown = _DIGITS.get(language)
    if shown is None:
        return str(number)
    return "".join(shown[int(d)] if d.isdigit() else d for d in str(number))
