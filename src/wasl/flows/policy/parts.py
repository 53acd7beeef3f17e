"""What steps are made of: names, texts, sentences, entries, cards."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

StepId = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Exit = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Language = Literal["en", "fa", "ar"]
Words = Annotated[str, Meta(max_length=4_000)]
Texts = dict[Language, Words]
Source = Annotated[str, Meta(min_length=1, max_length=1_000)]  # of an expression
Seconds = Annotated[int, Meta(ge=1, le=30 * 86_400)]
Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]  # of a flow, a calendar, a kind
HeaderName = Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9-]{0,63}$")]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the values that an `ask` accepts."""

    value: Annotated[str, Meta(min_length=1, max_length=200)]
    label: Texts


Sentence = Annotated[str, Meta(min_length=1, max_length=300)]
Sentences = dict[Language, Annotated[list[Sentence], Meta(max_length=50)]]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a menu; `words` are other answers that mean it, `examples` sentences like which
    it is understood. One that is not `offered` is only understood."""

    label: Texts
    next: Exit
    words: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50)] = []
    examples: Sentences = {}
    offered: bool = True


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of a branch."""

    when: Source
    next: Exit


Url = Annotated[str, Meta(min_length=8, max_length=2_000)]


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture by its address; `alt` is for those who do not see it."""

    url: Url
    alt: Texts


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a card leads."""

    label: Texts
    url: Url


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is shown: any of its parts may be left out. Addresses may hold
    `{{expression}}`, though not in the host."""

    title: Texts = {}
    text: Texts = {}
    picture: Picture | None = None
    links: Annotated[list[Link], Meta(max_length=5)] = []


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer that a `find` may find, and questions that it answers."""

    questions: Sentences
    text: Texts
