"""The number that people mean when they write it among other words, or as a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wasl.flows.policy.expressions import number_of
from wasl.flows.policy.words import western
from wasl.letters import fold

_LONGEST = 200
_MOST_WORDS = 12  # a longer text tells a story in which a number only occurs

_EN_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_REST = {
    "zero": 0,
    **{
        word: n
        for n, word in enumerate(
            ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
             "eighteen", "nineteen"), 10)
    },
    "fourty": 40, "hundred": 100, "a hundred": 100, "one hundred": 100,
}  # fmt: skip

_FA_ONES = ("یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه")
_FA_TENS = ("بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود")
_FA_REST = {
    "صفر": 0,
    **{
        word: n
        for n, word in enumerate(
            ("ده", "یازده", "دوازده", "سیزده", "چهارده", "پانزده", "شانزده", "هفده", "هجده",
             "نوزده", "بیست"), 10)
    },
    "چار": 4, "شیش": 6, "پونزده": 15, "شونزده": 16, "هیفده": 17, "هیجده": 18, "هژده": 18,
    "صد": 100, "یکصد": 100,
}  # fmt: skip

_AR_ONES = (
    ("واحد", "واحدة"),
    ("اثنان", "اثنين", "اثنتان", "اثنتين"),
    ("ثلاثة", "ثلاث"),
    ("أربعة", "أربع"),
    ("خمسة", "خمس"),
    ("ستة", "ست"),
    ("سبعة", "سبع"),
    ("ثمانية", "ثماني", "ثمان"),
    ("تسعة", "تسع"),
)
_AR_TENS = ("عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")  # with ون or ين
_AR_REST = {
    "صفر": 0, "عشرة": 10, "عشر": 10,
    "أحد عشر": 11, "إحدى عشرة": 11, "اثنا عشر": 12, "اثني عشر": 12, "اثنتا عشرة": 12,
       "اثنتي عشرة": 12,
    **{
        f"{ones} {ten}": n
        for n, words in enumerate(_AR_ONES[2:], 13)
        for ones in words
        for ten in ("عشر", "عشرة")
    },
    "مئة": 100, "مائة": 100, "مية": 100,
}  # fmt: skip


def _english() -> Iterator[tuple[str, int]]:
    yield from _EN_REST.items()
    yield from ((word, n) for n, word in enumerate(_EN_ONES, 1))
    for ten, word in enumerate(_EN_TENS, 2):
        yield word, 10 * ten
        yield from ((f"{word} {ones}", 10 * ten + n) for n, ones in enumerate(_EN_ONES, 1))


def _persian() -> Iterator[tuple[str, int]]:
    yield from _FA_REST.items()
    yield from ((word, n) for n, word in enumerate(_FA_ONES, 1))
    for ten, word in enumerate(_FA_TENS, 2):
        yield word, 10 * ten
        yield from ((f"{word} و {ones}", 10 * ten + n) for n, ones in enumerate(_FA_ONES, 1))


def _arabic() -> Iterator[tuple[str, int]]:
    yield from _AR_REST.items()
    yield from ((word, n) for n, words in enumerate(_AR_ONES, 1) for word in words)
    tens = [(f"{t}{end}", 10 * n) for n, t in enumerate(_AR_TENS, 2) for end in ("ون", "ين")]
    yield from tens
    for n, words in enumerate(_AR_ONES, 1):
        for ones in words:
            for word, ten in tens:
                yield f"{ones} و{word}", ten + n
                yield f"{ones} و {word}", ten + n


NUMBER_WORDS: Mapping[str, int] = {
    fold(phrase): n for words in (_english(), _persian(), _arabic()) for phrase, n in words
}
_MOST_IN_PHRASE = max(len(phrase.split()) for phrase in NUMBER_WORDS)

# What makes another number of those beside it, or says that the text does not answer.
_OTHERWISE = frozenset(
    map(
        fold,
        (
            *("minus", "negative", "half", "quarter", "thousand", "thousands", "million", "dozen"),
            *("billion", "hundreds", "point", "not", "except"),
            *("منفی", "منهای", "نیم", "ربع", "هزار", "میلیون", "میلیارد", "ممیز", "بجز"),
            *("سالب", "ناقص", "نصف", "ونصف", "وربع", "ألف", "آلاف", "ألفا", "مليون", "مليار"),
            *("مئتان", "مئتين", "فاصلة", "ليس", "إلا"),
        ),
    )
)
_ONE_MOMENT = tuple(
    map(
        fold,
        (
            *("one moment", "one second", "one sec", "one minute", "no one", "which one"),
            *("this one", "that one", "یک لحظه", "یک دقیقه", "یک ثانیه", "یک سوال"),
            *("لحظة واحدة", "دقيقة واحدة", "ثانية واحدة"),
        ),
    )
)

_PART = re.compile(r"[,،;؛:.!…\n]+(?:\s+|$)")
_AROUND = "\"'«»“”‘’()[]#$€£﷼%٪~≈"
_FIGURES = re.compile(
    r"([-+]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3})(?:\.[0-9]{1,10})?)([^\W\d_]*)"
)
_MANY = frozenset(("k", "m", "mn", "b", "bn"))  # after figures: thousands, millions


def number_meant(text: str) -> int | float | None:
    """The one number of a short text: in figures ("5 parcels") or a word up to 100 («پنج»,
    "twenty-five", «خمسة وعشرون»). None when there is none, when there are different ones, and
    when words around make it another one ("five and a half", "minus 5", "12-14")."""
    if len(text) > _LONGEST or any(mark in text for mark in "?؟•"):
        return None
    plain = western(text).replace("٫", ".").replace("٬", ",").replace("−", "-")
    found: set[int | float] = set()
    if len(plain.split()) > _MOST_WORDS:
        return None
    for part in _PART.split(plain):
        numbers = _numbers_of(part)
        if numbers is None:
            return None
        found |= numbers
    return found.pop() if len(found) == 1 else None


def _numbers_of(part: str) -> set[int | float] | None:
    """The numbers of a part of a text; None when it can't be told which are meant."""
    found: set[int | float] = set()
    words: list[str] = []
    for word in re.sub("[\u200b\u200c]", " ", part).split():
        bare = re.sub("[\u200d-\u200f\u202a-\u202e\u2066-\u2069]", "", word).strip(_AROUND)
        if bare == "-" or any(c.isdigit() and not c.isascii() for c in bare):
            return None
        if not any(c.isdigit() for c in bare):
            words += fold(bare).split()
            continue
        figures = _FIGURES.fullmatch(bare)
        number = number_of(figures[1]) if figures else None
        if figures is None or number is None or figures[2].casefold() in _MANY:
            return None
        found.add(number)
        words.append("")  # no phrase goes over it
    said = " ".join(words)
    if not _OTHERWISE.isdisjoint(words) or any(f" {one} " in f" {said} " for one in _ONE_MOMENT):
        return None
    return found | set(_named(words))


def _named(words: list[str]) -> Iterator[int]:
    """The numbers that words name, the longest names first."""
    at = 0
    while at < len(words):
        for length in range(_MOST_IN_PHRASE, 0, -1):
            named = _value(" ".join(words[at : at + length]))
            if named is not None:
                yield named
                at += length - 1
                break
        at += 1


def _value(phrase: str) -> int | None:
    """Also of a number with the Persian word for pieces behind it («پنجتا»)."""
    return NUMBER_WORDS.get(phrase, NUMBER_WORDS.get(phrase.removesuffix("تا")))
