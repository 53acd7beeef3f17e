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
    lines = [f"{_digits(n, language)}. {choice}" for n, choice in enumerate(choices, 1)]
    return Rendered("\n".join([*([text] if text else []), *lines]))


def _digits(number: int, language: str) -> str:
    digits = _DIGITS.get(language)
    return str(number) if digits is None else "".join(digits[int(d)] for d in str(number))
