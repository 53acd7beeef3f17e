"""The letters, digits and marks of Arabic and Persian that people mix, each with the one that it
is compared as. Pure: for folding addresses and names, and what is typed to a flow."""

from __future__ import annotations

import re
import unicodedata

DIGITS: dict[int, str] = {
    ord(digit): str(value)
    for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
    for value, digit in enumerate(row)
}
# Persian and Arabic yeh and kaf, the alefs, the hehs; the separators of numbers
LETTERS: dict[int, str] = {
    ord(variant): letter
    for letter, variants in {
        "ی": "يىېۍےئ",
        "ک": "كڪ",
        "ا": "أإآٱٲٳ",
        "و": "ؤ",
        "ه": "ةۀۂۃەہھ",
        "": "ءـ٬",  # a hamza by itself, tatweel
        ".": "٫",
    }.items()
    for variant in variants
}
MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
LONGEST = 4_000  # what is looked at of an answer

_FOLDED = str.maketrans({**DIGITS, **LETTERS})


def fold(text: str) -> str:
    """The form in which answers are compared: one spelling of letters and digits, no marks, no
    ZWNJ, no punctuation but the decimal point inside a number, single blanks."""
    decomposed = unicodedata.normalize("NFKD", text[:LONGEST])
    plain = MARKS.sub("", unicodedata.normalize("NFKD", decomposed.casefold()))
    plain = MARKS.sub("", plain.translate(_FOLDED))
    kept: list[str] = []
    for at, c in enumerate(plain):
        beside = plain[at - 1 : at].isdigit() and plain[at + 1 : at + 2].isdigit()
        if c.isalnum() or (c == "." and beside):
            kept.append(c)
        elif unicodedata.category(c) != "Cf":  # ZWNJ and marks of direction join, others part
            kept.append(" ")
    return " ".join("".join(kept).split())
