"""Small flows for the tests."""

from __future__ import annotations

from typing import Any


def texts(en: str, fa: str = "", ar: str = "") -> dict[str, str]:
    return {"en": en, "fa": fa or en, "ar": ar or en}


def flow(steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The JSON of a flow that begins at its first step."""
    return {
        "schema": "wasl.flow/1",
        "name": texts("Helper", "دستیار", "المساعد"),
        "languages": ["en", "fa", "ar"],
        "start": next(iter(steps)),
        "steps": steps,
        **more,
    }


SHOP: dict[str, Any] = flow(
    {
        "menu": {
            "type": "menu",
            "text": texts("How can I help?", "چه کمکی از من برمی‌آید؟", "كيف أساعدك؟"),
            "label": texts("Matter", "موضوع", "الموضوع"),
            "entries": [
                {"label": texts("My order", "سفارش من", "طلبي"), "next": "number"},
                {"label": texts("Pay by card", "پرداخت با کارت", "الدفع بالبطاقة"), "next": "card"},
                {"label": texts("Goodbye", "خداحافظ", "وداعًا"), "next": "bye"},
            ],
            "silent_s": 600,
            "silent": "bye",
        },
        "number": {
            "type": "ask",
            "text": texts("Your order number?", "شمارهٔ سفارش؟", "رقم الطلب؟"),
            "save": "number",
            "label": texts("Order", "سفارش", "الطلب"),
            "next": "address",
        },
        "address": {
            "type": "ask",
            "accept": "email",
            "text": texts("Your e-mail address?", "ایمیلتان؟", "بريدك؟"),
            "again": texts("That is no e-mail address.", "این ایمیل نیست.", "ليس بريدًا."),
            "save": "address",
            "next": "order",
        },
        "order": {
            "type": "lookup",
            "what": "order",
            "number": "number",
            "proof": "address",
            "save": "order",
            "found": "tell",
            "missing": "missing",
        },
        "tell": {
            "type": "say",
            "text": texts("{{order.code}} is {{order.status}}."),
            "next": "menu",
        },
        "missing": {"type": "say", "text": texts("There is no such order."), "next": "people"},
        "card": {
            "type": "ask",
            "accept": "card",
            "text": texts("Your card number?"),
            "save": "card",
            "next": "people",
        },
        "people": {"type": "handover", "text": texts("A colleague will go on."), "priority": 2},
        "bye": {"type": "end", "text": texts("Goodbye!", "خدانگهدار!", "مع السلامة!")},
    }
)

RATED: dict[str, Any] = flow(
    {
        "rate": {
            "type": "rate",
            "text": texts("How was it?", "چطور بود؟", "كيف كان؟"),
            "thanks": texts("Thanks!"),
            "next": "bye",
            "silent_s": 60,
            "silent": "bye",
        },
        "bye": {"type": "end"},
    }
)

# Almost every kind of step, and what leads through all of them.
EVERYTHING: dict[str, Any] = flow(
    {
        "hello": {"type": "say", "text": texts("Hello"), "next": "speak"},
        "speak": {"type": "language", "next": "menu"},
        "menu": {
            "type": "menu",
            "text": texts("What is it?", "چه کاری؟", "ما الأمر؟"),
            "label": texts("Matter"),
            "entries": [{"label": texts("A visit", "بازدید", "زيارة"), "next": "size"}],
        },
        "size": {
            "type": "ask",
            "accept": "number",
            "text": texts("How many?", "چند نفر؟", "كم؟"),
            "save": "people",
            "next": "many",
        },
        "many": {
            "type": "branch",
            "cases": [{"when": "people > 9", "next": "people"}],
            "otherwise": "code",
        },
        "code": {"type": "set", "values": {"twice": "people * 2"}, "next": "mark"},
        "mark": {"type": "tag", "tags": ["visit"], "next": "told"},
        "told": {"type": "note", "text": texts("{{twice}} hands"), "next": "card"},
        "card": {
            "type": "ask",
            "accept": "card",
            "text": texts("Your card?", "کارت؟", "البطاقة؟"),
            "save": "card",
            "next": "book",
        },
        "book": {"type": "book", "calendar": "visits", "save": "visit", "booked": "rate",
                 "none": "people"},
        "rate": {"type": "rate", "text": texts("How was it?", "چطور بود؟", "كيف كان؟"),
                 "ask_comment": True, "next": "bye"},
        "people": {"type": "handover"},
        "bye": {"type": "end", "text": texts("Bye", "خدانگهدار", "وداعًا")},
    }
)  # fmt: skip
ANSWERS = ["hi", "1", "3", "4111 1111 1111 1111", "1", "5", "kind people"]
