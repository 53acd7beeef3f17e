"""What templates are made of."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def t(en: str, fa: str, ar: str) -> dict[str, str]:
    """A text in three languages."""
    return {"en": en, "fa": fa, "ar": ar}


def flow(name: dict[str, str], start: str, steps: Json, **more: Any) -> Json:
    """A definition in three languages."""
    return {
        "schema": "wasl.flow/1",
        "name": name,
        "languages": ["en", "fa", "ar"],
        "start": start,
        "steps": steps,
        **more,
    }


def entry(label: dict[str, str], then: str, *words: str) -> Json:
    """An entry of a menu."""
    return {"label": label, "next": then, "words": list(words)}


def say(text: dict[str, str], then: str) -> Json:
    """Something that is said."""
    return {"type": "say", "text": text, "next": then}


def ask(text: dict[str, str], save: str, then: str, label: dict[str, str], **more: Any) -> Json:
    """A question whose unanswered end is a person."""
    return {
        "type": "ask",
        "text": text,
        "save": save,
        "label": label,
        "next": then,
        "failed": "person",
        "silent_s": 3600,
        **more,
    }


def menu(text: dict[str, str], entries: list[Json], **more: Any) -> Json:
    """A choice whose unanswered end is a person."""
    return {"type": "menu", "text": text, "entries": entries, "failed": "person", **more}


PERSON: Json = {
    "type": "handover",
    "text": t(
        "I am passing you on to a colleague. They see what you told me.",
        "شما را به یک همکار وصل می‌کنم. آنچه به من گفتید را می‌بیند.",
        "سأحوّلك إلى أحد الزملاء. سيرى ما أخبرتني به.",
    ),
}
BYE: Json = {
    "type": "end",
    "text": t(
        "Thank you for writing to us. Have a good day!",
        "ممنون که پیام دادید. روز خوبی داشته باشید!",
        "شكرًا لتواصلك معنا. يومًا سعيدًا!",
    ),
}
RATE: Json = {
    "type": "rate",
    "text": t(
        "How was our help today? 1 is poor, 5 is excellent.",
        "کمک ما امروز چطور بود؟ ۱ یعنی بد و ۵ یعنی عالی.",
        "كيف كانت مساعدتنا اليوم؟ ١ تعني سيئة و٥ تعني ممتازة.",
    ),
    "thanks": t(
        "Thank you, that helps us.",
        "ممنون، این به ما کمک می‌کند.",
        "شكرًا، هذا يساعدنا.",
    ),
    "ask_comment": True,
    "silent_s": 900,
}
YES = t("Yes", "بله", "نعم")
NO = t("No, thank you", "نه، ممنون", "لا، شكرًا")
TO_PERSON = t("Talk to a person", "صحبت با یک نفر", "التحدث إلى موظف")

UNTIL_BYE: Json = {"silent_s": 900, "silent": "bye"}  # of a menu after which nothing need come


def dialogue(name: dict[str, str], start: str, steps: Json) -> Json:
    """A flow that gives to a person whoever asks for one, and says goodbye where it comes there."""
    to_bye = any("bye" in _ways(step) for step in steps.values())
    tail = {"person": PERSON, **({"bye": BYE} if to_bye else {})}
    return flow(name, start, {**steps, **tail}, person="person")


def _ways(step: Json) -> list[Any]:
    entries = step.get("entries", ())
    return [*(v for v in step.values() if isinstance(v, str)), *(e["next"] for e in entries)]
