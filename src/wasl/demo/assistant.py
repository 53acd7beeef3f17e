"""The shop's flows, made of the templates: the assistant that its chat leads to, what that runs,
and the rating afterwards; in three languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import flows
from wasl.demo.sentences import CHOICE, HOURS, ORDER, PERSON, RETURN, VISIT
from wasl.flows.policy import Calendar
from wasl.flows.templates import (
    BOOKING,
    LEADS,
    NO,
    OPENING_HOURS,
    ORDER_STATUS,
    RATE,
    RECOMMENDATION,
    RETURNS,
    SATISFACTION,
    TO_PERSON,
    Json,
    entry,
    menu,
    say,
    t,
)

SHOWROOM = "showroom"  # the key of the calendar
VISITS_NAMES = t("Showroom visits", "بازدید نمایشگاه", "زيارات المعرض")
_VISITING = [("10:00", "12:00"), ("14:00", "17:00")]
VISITS = Calendar(
    "Europe/Berlin", [_VISITING] * 5 + [[("10:00", "13:00")], []], [], slot_min=30, places=2
)

PRODUCTS = "products"  # the kind of the catalogue's records
PRODUCTS_NAMES = t("Products", "محصولات", "المنتجات")
_LANGUAGES = ("en", "fa", "ar")
PRODUCT_FIELDS = [f"{what}_{language}" for what in ("name", "about") for language in _LANGUAGES]
PRODUCT_FIELDS.append("price")

RATING: Json = SATISFACTION | {"name": t("Naranj asks", "نارنج می‌پرسد", "نارنج يسأل")}


def catalogue() -> dict[str, dict[str, str]]:
    """What the shop sells, by key, with the values of `PRODUCT_FIELDS`; prices in euros."""
    products = json.loads((Path(__file__).parent / "catalogue.json").read_text("utf-8"))
    return {
        product["art"]: {
            **{f"name_{language}": product["name"][language] for language in _LANGUAGES},
            **{f"about_{language}": product["text"][language] for language in _LANGUAGES},
            "price": f"{product['price'] / 100:g}",
        }
        for product in products
    }


_HANDED_OVER = t(
    "I am passing you on to a colleague. They see what you told me, so there is no need to repeat"
    " it.",
    "شما را به یک همکار وصل می‌کنم. آنچه به من گفتید را می‌بیند و لازم نیست تکرار کنید.",
    "سأحوّلك إلى أحد الزملاء. سيرى ما أخبرتني به ولا حاجة إلى تكراره.",
)


def _handover(queue: UUID | None = None) -> Json:
    given: Json = {"type": "handover", "text": _HANDED_OVER}
    return given if queue is None else given | {"queue": str(queue)}


# ── parts ────────────────────────────────────────────────────────────────────────────────────


def _part(
    prefix: str,
    template: Json,
    to: Mapping[str, str],
    changed: Mapping[str, Json] | None = None,
) -> Json:
    """The steps of a template as a part of another flow: their names with a prefix, its steps `to`
    left out for others of that flow, some steps `changed`."""
    own = {name: step for name, step in template["steps"].items() if name not in to}
    names = {**{name: f"{prefix}_{name}" for name in own}, **to}
    return {
        names[name]: _led({**step, **(changed or {}).get(name, {})}, names)
        for name, step in own.items()
    }


_EXITS = frozenset(
    {
        "next",
        "failed",
        "silent",
        "found",
        "missing",
        "open",
        "closed",
        "otherwise",
        "booked",
        "none",
    }
)


def _led(part: Any, names: Mapping[str, str]) -> Any:
    """A step, or what stands in it, with the new names of the steps that it leads to."""
    if isinstance(part, list):
        return [_led(each, names) for each in part]
    if not isinstance(part, dict):
        return part
    return {key: names[to] if key in _EXITS else _led(to, names) for key, to in part.items()}


_NUMBER = {
    "text": t(
        "What is your order number? It begins with A-.",
        "شمارهٔ سفارشتان چیست؟ با ‎A-‎ شروع می‌شود.",
        "ما رقم طلبك؟ يبدأ بـ ‎A-‎.",
    ),
    "again": t(
        "An order number looks like A-20418.",
        "شمارهٔ سفارش مانند A-20418 است.",
        "رقم الطلب يشبه A-20418.",
    ),
    "least": 4,
}
_ORDER = _part(
    "order",
    ORDER_STATUS,
    {"person": "order_people", "more": "more", "bye": "bye"},
    {"number": _NUMBER},
)
_RETURN = _part("return", RETURNS, {"person": "return_people"}, {"number": _NUMBER})
_WHEN = t(
    "When would you like to visit our showroom? You can also write a day or a time.",
    "چه وقت می‌خواهید از نمایشگاه ما بازدید کنید؟ می‌توانید روز یا ساعت را هم بنویسید.",
    "متى تودّ زيارة معرضنا؟ يمكنك أيضًا كتابة اليوم أو الساعة.",
)
_SHOWROOM: Json = {"calendar": SHOWROOM, "days": 21, "none": "bye"}
_VISIT = _part(
    "visit",
    BOOKING,
    {"person": "person", "bye": "more"},
    {
        "keep": {
            "text": t(
                "You have a visit on {{booked.date}} at {{booked.time}}.",
                "شما {{booked.date}} ساعت {{booked.time}} وقت بازدید دارید.",
                "لديك زيارة {{booked.date}} الساعة {{booked.time}}.",
            )
        },
        "book": _SHOWROOM | {"text": _WHEN},
        "move": _SHOWROOM,
        "confirmed": say(
            t(
                "You are booked for {{visit.date}} at {{visit.time}} (Berlin time). See you there!",
                "بازدید شما {{visit.date}} ساعت {{visit.time}} (به وقت برلین) ثبت شد."
                " منتظرتان هستیم!",
                "حُجزت زيارتك {{visit.date}} الساعة {{visit.time}} (بتوقيت برلين). نراك هناك!",
            ),
            "bye",
        ),
        "cancelled": say(
            t("Your visit is cancelled.", "بازدید شما لغو شد.", "أُلغيت زيارتك."), "bye"
        ),
    },
)
_WEEK = [["09:00", "18:00"]]
_OPEN: Json = {
    "type": "hours",
    "zone": "Europe/Berlin",
    "weekly": [_WEEK, _WEEK, _WEEK, _WEEK, _WEEK, [["10:00", "14:00"]], []],
}
_HOURS: Json = {
    "hours": _OPEN | {"open": "hours_open", "closed": "hours_closed"},
    "hours_open": say(
        t(
            "We are open now: Monday to Friday 9–18, Saturday 10–14 (Berlin time).",
            "اکنون باز هستیم: دوشنبه تا جمعه ۹ تا ۱۸، شنبه ۱۰ تا ۱۴ (به وقت برلین).",
            "نحن متاحون الآن: من الاثنين إلى الجمعة 9–18، والسبت 10–14 (بتوقيت برلين).",
        ),
        "more",
    ),
    "hours_closed": menu(
        t(
            "We are closed now. We are here Monday to Friday 9–18, Saturday 10–14 (Berlin time)."
            " Would you like to leave a question?",
            "اکنون بسته‌ایم. دوشنبه تا جمعه ۹ تا ۱۸ و شنبه ۱۰ تا ۱۴ (به وقت برلین) هستیم."
            " می‌خواهید پرسشی بگذارید؟",
            "نحن مغلقون الآن. نعمل من الاثنين إلى الجمعة 9–18، والسبت 10–14 (بتوقيت برلين)."
            " هل تودّ ترك سؤال؟",
        ),
        [
            entry(
                t("Leave a question", "پرسشی می‌گذارم", "أترك سؤالًا"),
                "question",
                *("yes", "بله", "نعم"),
            ),
            entry(NO, "more", "no", "نه", "لا"),
        ],
        silent_s=900,
        silent="bye",
    ),
    "question": {"type": "flow", "flow": "question", "next": "more", "failed": "person"},
}

# ── flows ────────────────────────────────────────────────────────────────────────────────────

_steps = RECOMMENDATION["steps"]
_COMPANY = entry(t("For a company", "برای یک شرکت", "لشركة"), "company", "company", "شرکت", "شركة")
ADVICE: Json = {
    **RECOMMENDATION,
    "steps": {
        **_steps,
        "whom": {**_steps["whom"], "entries": [*_steps["whom"]["entries"], _COMPANY]},
        "company": {"type": "flow", "flow": "leads", "next": "bye", "failed": "person"},
        "bye": {"type": "end"},  # the assistant goes on
    },
}
QUESTION: Json = {
    **OPENING_HOURS,
    "name": t("Question for later", "پرسش برای بعد", "سؤال لوقت لاحق"),
    "steps": {**OPENING_HOURS["steps"], "hours": OPENING_HOURS["steps"]["hours"] | _OPEN},
}
PARTS: dict[str, Json] = {"leads": LEADS, "advice": ADVICE, "question": QUESTION}
"""What the assistant runs, by key, each after those that it runs itself."""

_CHOICE = {
    "label": t("Help me choose", "کمکم کنید انتخاب کنم", "ساعدوني في الاختيار"),
    "words": ["advice", "gift", "راهنمایی", "هدیه", "نصيحة", "هدية"],
    "examples": CHOICE,
    "next": "advice",
}
_OPENING = {
    "label": t("Opening hours", "ساعت کاری", "ساعات العمل"),
    "words": ["hours", "ساعت", "ساعات", "الدوام"],
    "examples": HOURS,
    "next": "hours",
}
_ENTRIES: list[Json] = [
    {
        "label": t("Where is my order?", "سفارشم کجاست؟", "أين طلبي؟"),
        "words": ["order", "order status", "سفارش", "پیگیری سفارش", "طلب", "طلبي", "حالة الطلب"],
        "examples": ORDER,
        "next": "order_number",
    },
    _OPENING,
    {
        "label": t("Return something", "مرجوع کردن کالا", "إرجاع منتج"),
        "words": [
            "return",
            "I want to return something",
            "مرجوعی",
            "می‌خواهم کالایی را مرجوع کنم",
            "إرجاع",
            "أريد إرجاع منتج",
        ],
        "examples": RETURN,
        "next": "return_number",
    },
    {
        "label": t("Book a visit", "رزرو بازدید", "حجز زيارة"),
        "words": [
            *("book", "booking", "appointment", "visit", "showroom"),
            *("رزرو", "نوبت", "بازدید", "وقت"),
            *("حجز", "موعد", "زيارة"),
        ],
        "examples": VISIT,
        "next": "visit_mine",
    },
    _CHOICE,
    {"label": TO_PERSON, "examples": PERSON, "next": "person"},
]


def assistant(*, deliveries: UUID, returns: UUID) -> Json:
    """Its definition; where an order or a return needs people, the right queue gets it."""
    return {
        "schema": "wasl.flow/1",
        "name": t("Naranj assistant", "دستیار نارنج", "مساعد نارنج"),
        "languages": ["en", "fa", "ar"],
        "start": "menu",
        "person": "person",
        "steps": {
            "menu": menu(
                t(
                    "Hello, I am Naranj's assistant. What is it about?",
                    "سلام، من دستیار نارنج هستم. دربارهٔ چه چیزی می‌پرسید؟",
                    "مرحبًا، أنا مساعد نارنج. بمَ يمكنني مساعدتك؟",
                ),
                _ENTRIES,
                label=t("Matter", "موضوع", "الموضوع"),
                again=t(
                    "I did not get that. Please choose one:",
                    "متوجه نشدم. لطفاً یکی را انتخاب کنید:",
                    "لم أفهم ذلك. اختر من فضلك:",
                ),
                retries=1,
                silent_s=3600,
            ),
            **_ORDER,
            "order_people": _handover(deliveries),
            **_HOURS,
            **_RETURN,
            "return_people": _handover(returns),
            **_VISIT,
            "advice": {"type": "flow", "flow": "advice", "next": "more", "failed": "person"},
            "more": menu(
                t("Is there anything else?", "کار دیگری هم هست؟", "هل من شيء آخر؟"),
                [
                    *(each | {"offered": each is not _OPENING} for each in _ENTRIES),
                    entry(NO, "rate", *("no", "thanks", "نه", "ممنون", "لا", "شكرا")),
                ],
                silent_s=900,
                silent="bye",
            ),
            "rate": {**RATE, "next": "bye", "silent": "bye"},
            "person": _handover(),
            "bye": {
                "type": "end",
                "text": t(
                    "Thank you for writing to us. Have a good day!",
                    "ممنون که پیام دادید. روز خوبی داشته باشید!",
                    "شكرًا لتواصلك معنا. يومًا سعيدًا!",
                ),
            },
        },
    }


async def lead_to_assistant(
    conn: AsyncConnection, channel_id: UUID, *, deliveries: UUID, returns: UUID, now: datetime
) -> None:
    """The shop's chat leads to its assistant from now on; mail keeps its queues."""
    await flows.bookings.put_calendar(conn, SHOWROOM, VISITS, VISITS_NAMES)
    await flows.records.put_kind(conn, PRODUCTS, PRODUCTS_NAMES, PRODUCT_FIELDS)
    products = [flows.records.Row(key, values) for key, values in catalogue().items()]
    await flows.records.put_rows(conn, PRODUCTS, products, now=now)
    drawn = {**PARTS, "assistant": assistant(deliveries=deliveries, returns=returns)}
    for key, definition in {**drawn, "rating": RATING}.items():
        flow_id = await flows.add_flow(conn, key, flows.definition_of(definition), now=now)
        await flows.publish(conn, flow_id, version=1, by=None, now=now)
        if key == "assistant":
            await flows.lead_channel(conn, channel_id, flow_id)
