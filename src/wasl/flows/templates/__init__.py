"""Flows to begin from, in three languages; each is a draft to be changed."""

from __future__ import annotations

from wasl.flows.templates.sales import BOOKING, LEADS, RECOMMENDATION, SATISFACTION
from wasl.flows.templates.service import OPENING_HOURS, ORDER_STATUS, RETURNS
from wasl.flows.templates.words import NO, PERSON, RATE, TO_PERSON, Json, entry, menu, say, t


def _template(key: str, definition: Json, about: dict[str, str]) -> Json:
    return {
        "key": key,
        "names": definition["name"],
        "about": about,
        "definition": definition,
    }


TEMPLATES: list[Json] = [
    _template(
        "opening_hours",
        OPENING_HOURS,
        t(
            "A person while you are open, a form while you are not.",
            "تا باز هستید یک نفر، و وقتی بسته‌اید یک فرم.",
            "موظف ما دمتم تعملون، ونموذج حين تكونون مغلقين.",
        ),
    ),
    _template(
        "order_status",
        ORDER_STATUS,
        t(
            "Where an order is, and cancelling it in time, for whoever knows its number.",
            "سفارش کجاست و لغو به‌موقع آن، برای کسی که شمارهٔ آن را می‌داند.",
            "أين الطلب وإلغاؤه في حينه، لمن يعرف رقمه.",
        ),
    ),
    _template(
        "returns",
        RETURNS,
        t(
            "What is wrong and a photo, before a person goes on.",
            "مشکل و یک عکس، پیش از آنکه یک نفر ادامه دهد.",
            "المشكلة وصورة قبل أن يتابع موظف.",
        ),
    ),
    _template(
        "booking",
        BOOKING,
        t(
            "Books, moves and cancels appointments in the calendar “appointments”.",
            "نوبت می‌دهد، جابه‌جا و لغو می‌کند، در تقویم «appointments».",
            "يحجز المواعيد ويغيّرها ويلغيها في تقويم «appointments».",
        ),
    ),
    _template(
        "leads",
        LEADS,
        t(
            "Who wants what, for how many: large ones come first.",
            "چه کسی چه می‌خواهد و برای چند نفر: بزرگ‌ترها پیش‌ترند.",
            "من يريد ماذا ولكم شخصًا: الأكبر أولًا.",
        ),
    ),
    _template(
        "satisfaction",
        SATISFACTION,
        t(
            "Asks for a rating after an agent has resolved a conversation.",
            "پس از آنکه کارشناس گفتگو را بست، امتیاز می‌خواهد.",
            "يطلب تقييمًا بعد أن يُنهي الموظف المحادثة.",
        ),
    ),
    _template(
        "recommendation",
        RECOMMENDATION,
        t(
            "Suggests something from the records “products” for what it may cost.",
            "با توجه به بودجه چیزی از رکوردهای «products» پیشنهاد می‌دهد.",
            "يقترح منتجًا من سجلات «products» بحسب الميزانية.",
        ),
    ),
]

__all__ = [
    "BOOKING",
    "LEADS",
    "NO",
    "OPENING_HOURS",
    "ORDER_STATUS",
    "PERSON",
    "RATE",
    "RECOMMENDATION",
    "RETURNS",
    "SATISFACTION",
    "TEMPLATES",
    "TO_PERSON",
    "Json",
    "entry",
    "menu",
    "say",
    "t",
]
