"""Words of three languages as people type them: folded for comparison, numbers, a wish for a
person, and which language it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from wasl.letters import DIGITS, LONGEST, fold

LANGUAGES = ("fa", "ar", "en")


def western(text: str) -> str:
    """The text with Western digits."""
    return text.translate(DIGITS)


_COUNTED = (
    ("one", "first", "یک", "اول", "اولی", "واحد", "الاول", "الاولى"),
    ("two", "second", "دو", "دوم", "دومی", "اثنان", "اثنين", "الثاني", "الثانية"),
    ("three", "third", "سه", "سوم", "سومی", "ثلاثة", "ثلاث", "الثالث", "الثالثة"),
    ("four", "fourth", "چهار", "چهارم", "چهارمی", "أربعة", "أربع", "الرابع", "الرابعة"),
    ("five", "fifth", "پنج", "پنجم", "پنجمی", "خمسة", "خمس", "الخامس", "الخامسة"),
    ("six", "sixth", "شش", "ششم", "شیش", "ستة", "ست", "السادس", "السادسة"),
    ("seven", "seventh", "هفت", "هفتم", "سبعة", "سبع", "السابع", "السابعة"),
    ("eight", "eighth", "هشت", "هشتم", "ثمانية", "ثماني", "الثامن", "الثامنة"),
    ("nine", "ninth", "نه", "نهم", "تسعة", "تسع", "التاسع", "التاسعة"),
    ("ten", "tenth", "ده", "دهم", "عشرة", "عشر", "العاشر", "العاشرة"),
)
_NUMBERS = {fold(word): n for n, words in enumerate(_COUNTED, 1) for word in words}
_BEFORE_NUMBER = frozenset(
    map(fold, ("number", "option", "no", "گزینه", "گزینهٔ", "شماره", "الخيار", "خيار", "رقم"))
)


def number_in(text: str) -> int | None:
    """The place in a list that a short answer names ("1", «۱», "option two"), from 1."""
    words = [word for word in fold(text).split() if word not in _BEFORE_NUMBER]
    if len(words) != 1:
        return None
    word = words[0]
    if word.isascii() and word.isdigit() and len(word) <= 4:
        return int(word)
    return _NUMBERS.get(word)


def named(answer: str, entries: Sequence[Iterable[str]]) -> int | None:
    """Which entry an answer names, from 0."""
    folded = fold(answer)
    if not folded:
        return None
    for place, called in enumerate(entries):
        if any(_folded_name(name) == folded for name in called):
            return place
    return None


_folded_name = lru_cache(maxsize=4096)(fold)  # of entries, which are the flow's


def chosen(answer: str, entries: Sequence[Iterable[str]]) -> int | None:
    """Which entry an answer chooses, from 0: by what it is called, else by its place."""
    place = named(answer, entries)
    number = number_in(answer) if place is None else None
    if number is not None and 1 <= number <= len(entries):
        return number - 1
    return place


_PERSON = frozenset(
    map(
        fold,
        (
            *("person", "a person", "human", "a human", "agent", "an agent", "operator"),
            *("representative", "real person", "someone real", "support agent", "live agent"),
            *("اپراتور", "کارشناس", "پشتیبان", "آدم", "یک نفر", "انسان", "پشتیبان انسانی"),
            *("موظف", "شخص", "إنسان", "ممثل", "موظف الدعم", "شخص حقيقي", "وكيل"),
        ),
    )
)
_PERSON_INSIDE = tuple(
    f" {fold(phrase)} "
    for phrase in (
        *("talk to a person", "speak to a person", "talk to someone", "speak to someone"),
        *("talk to a human", "speak to a human", "speak with a human", "talk to an agent"),
        *("speak to an agent", "speak with an agent", "real person", "human agent"),
        *("need a human", "want a human", "need a person", "want a person", "want an agent"),
        *("با اپراتور", "با کارشناس", "با پشتیبان", "با یک نفر", "با آدم", "با یک آدم"),
        *("با انسان", "صحبت با شخص", "به اپراتور", "به کارشناس"),
        *("التحدث مع موظف", "التحدث إلى موظف", "اتحدث مع موظف", "أكلم موظف", "مع شخص"),
        *("التحدث إلى شخص", "التحدث مع إنسان", "أريد موظف", "أريد موظفا", "أريد شخصا"),
        *("تحويلي إلى موظف", "مع موظف"),
    )
)
_LONGEST_WISH = 12  # words; a longer text tells a story in which such words only occur


def wants_person(text: str) -> bool:
    """Whether an answer asks for a person, in any of the three languages."""
    folded = fold(text)
    if folded in _PERSON:
        return True
    if len(folded.split()) > _LONGEST_WISH:
        return False
    return any(phrase in f" {folded} " for phrase in _PERSON_INSIDE)


# letters and words that only one of the two languages in Arabic script has
_PERSIAN = re.compile("[پچژگ]|[\u06f0-\u06f9]|[یک]")
_ARABIC = re.compile("[ةىيكأإ]|[\u0660-\u0669]|\\bال")
_ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z]")


def language_of(text: str, *, among: Sequence[str]) -> str | None:
    """The language that a text is written in, by its letters; None when they don't tell."""
    looked = text[:LONGEST]
    script = len(_ARABIC_SCRIPT.findall(looked))
    if script <= len(_LATIN.findall(looked)):
        found = "en" if _LATIN.search(looked) else None
    else:
        persian, arabic = len(_PERSIAN.findall(looked)), len(_ARABIC.findall(looked))
        found = None if persian == arabic else "fa" if persian > arabic else "ar"
    return found if found in among else None


def said_in(texts: Mapping[Any, str], language: str, order: Sequence[str]) -> str:
    """The text in this language, else in the first of `order` that has one."""
    for tried in (language, *order, *LANGUAGES):
        if texts.get(tried):
            return texts[tried]
    return ""
