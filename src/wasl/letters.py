"""The letters, digits and marks of Arabic and Persian that people mix, each with the one that it
is compared as. Pure: for folding addresses and names, and what is typed to a flow."""

from __future__ import annotations

import re

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
