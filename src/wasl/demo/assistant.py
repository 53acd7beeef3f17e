"""The shop's assistant: the flow that the demo's chat leads to, in three languages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wasl.demo.sentences import HOURS, ORDER, PERSON, RETURN, VISIT
from wasl.flows.policy import Calendar
from wasl.flows.templates import RATE, SATISFACTION

SHOWROOM = "showroom"  # the key of the calendar
VISITS_NAMES = {"en": "Showroom visits", "fa": "بازدید نمایشگاه", "ar": "زيارات المعرض"}
_VISITING = [("10:00", "12:00"), ("14:00", "17:00")]
VISITS = Calendar(
    "Europe/Berlin", [_VISITING] * 5 + [[("10:00", "13:00")], []], [], slot_min=30, places=2
)


_NAME = {"en": "Naranj assistant", "fa": "دستیار نارنج", "ar": "مساعد نارنج"}
_ASKS = {"en": "Naranj asks", "fa": "نارنج می‌پرسد", "ar": "نارنج يسأل"}
RATING: dict[str, Any] = SATISFACTION | {"name": _ASKS}  # after an agent has served


def assistant(*, deliveries: UUID, returns: UUID) -> dict[str, Any]:
    """Its definition; where an order or a return needs people, the right queue gets it."""
    return {
        "schema": "wasl.flow/1",
        "name": _NAME,
        "languages": ["en", "fa", "ar"],
        "start": "menu",
        "person": "person",
        "steps": {
            "menu": {
                "type": "menu",
                "label": _t("Matter", "موضوع", "الموضوع"),
                "text": _t(
                    "Hello, I am Naranj's assistant. What is it about?",
                    "سلام، من دستیار نارنج هستم. دربارهٔ چه چیزی می‌پرسید؟",
                    "مرحبًا، أنا مساعد نارنج. بمَ يمكنني مساعدتك؟",
                ),
                "again": _t(
                    "I did not get that. Please choose one:",
                    "متوجه نشدم. لطفاً یکی را انتخاب کنید:",
                    "لم أفهم ذلك. اختر من فضلك:",
                ),
                "entries": _ENTRIES,
                "retries": 1,
                "failed": "person",
                "silent_s": 3600,
            },
            **_ORDER,
            "order_people": _handover(deliveries),
            **_HOURS,
            **_RETURN,
            "return_people": _handover(returns),
            **_VISIT,
            "more": {
                "type": "menu",
                "text": _t("Is there anything else?", "کار دیگری هم هست؟", "هل من شيء آخر؟"),
                "entries": [
                    *_ENTRIES,
                    {
                        "label": _t("No, thank you", "نه، ممنون", "لا، شكرًا"),
                        "words": ["no", "thanks", "نه", "ممنون", "لا", "شكرا"],
                        "next": "rate",
                    },
                ],
                "failed": "person",
                "silent_s": 900,
                "silent": "bye",
            },
            "rate": {**RATE, "next": "bye", "silent": "bye"},
            "person": _handover(None),
            "bye": {
                "type": "end",
                "text": _t(
                    "Thank you for writing to us. Have a good day!",
                    "ممنون که پیام دادید. روز خوبی داشته باشید!",
                    "شكرًا لتواصلك معنا. يومًا سعيدًا!",
                ),
            },
        },
    }


def _t(en: str, fa: str, ar: str) -> dict[str, str]:
    return {"en": en, "fa": fa, "ar": ar}


def _say(texts: dict[str, str], then: str) -> dict[str, Any]:
    return {"type": "say", "text": texts, "next": then}


def _handover(queue: UUID | None) -> dict[str, Any]:
    given: dict[str, Any] = {
        "type": "handover",
        "text": _t(
            "I am passing you on to a colleague. They see what you told me, so there is no need to"
            " repeat it.",
            "شما را به یک همکار وصل می‌کنم. آنچه به من گفتید را می‌بیند و لازم نیست تکرار کنید.",
            "سأحوّلك إلى أحد الزملاء. سيرى ما أخبرتني به ولا حاجة إلى تكراره.",
        ),
    }
    return given if queue is None else given | {"queue": str(queue)}


_ENTRIES: list[dict[str, Any]] = [
    {
        "label": _t("Where is my order?", "سفارشم کجاست؟", "أين طلبي؟"),
        "words": ["order", "order status", "سفارش", "پیگیری سفارش", "طلب", "طلبي", "حالة الطلب"],
        "examples": ORDER,
        "next": "order_number",
    },
    {
        "label": _t("Opening hours", "ساعت کاری", "ساعات العمل"),
        "words": ["hours", "ساعت", "ساعات", "الدوام"],
        "examples": HOURS,
        "next": "hours",
    },
    {
        "label": _t("Return something", "مرجوع کردن کالا", "إرجاع منتج"),
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
        "label": _t("Book a visit", "رزرو بازدید", "حجز زيارة"),
        "words": [
            *("book", "booking", "appointment", "visit", "showroom"),
            *("رزرو", "نوبت", "بازدید", "وقت"),
            *("حجز", "موعد", "زيارة"),
        ],
        "examples": VISIT,
        "next": "visit_mine",
    },
    {
        "label": _t("Talk to a person", "صحبت با یک نفر", "التحدث إلى موظف"),
        "examples": PERSON,
        "next": "person",
    },
]

_NUMBER = _t(
    "What is your order number? It begins with A-.",
    "شمارهٔ سفارشتان چیست؟ با A- شروع می‌شود.",
    "ما رقم طلبك؟ يبدأ بـ ‎A-‎.",
)
_NUMBER_AGAIN = _t(
    "An order number looks like A-20418.",
    "شمارهٔ سفارش مانند A-20418 است.",
    "رقم الطلب يشبه A-20418.",
)
_NUMBER_LABEL = _t("Order number", "شمارهٔ سفارش", "رقم الطلب")

_ORDER: dict[str, Any] = {
    "order_number": {
        "type": "ask",
        "text": _NUMBER,
        "again": _NUMBER_AGAIN,
        "label": _NUMBER_LABEL,
        "save": "number",
        "least": 4,
        "most": 20,
        "next": "order_proof",
        "failed": "order_people",
        "silent_s": 3600,
    },
    "order_proof": {
        "type": "ask",
        "text": _t(
            "And the e-mail address or phone number of that order?",
            "و ایمیل یا شمارهٔ تلفن همان سفارش؟",
            "وما البريد الإلكتروني أو رقم الهاتف المسجّل مع الطلب؟",
        ),
        "label": _t("E-mail or phone given", "ایمیل یا تلفن گفته‌شده", "البريد أو الهاتف المذكور"),
        "save": "proof",
        "least": 5,
        "most": 254,
        "next": "order",
        "failed": "order_people",
        "silent_s": 3600,
    },
    "order": {
        "type": "lookup",
        "what": "order",
        "number": "number",
        "proof": "proof",
        "save": "order",
        "found": "order_status",
        "missing": "order_missing",
    },
    "order_status": {
        "type": "branch",
        "cases": [
            {"when": "order.status == 'delivered'", "next": "order_delivered"},
            {"when": "order.status == 'out_for_delivery'", "next": "order_near"},
            {"when": "order.status == 'shipped'", "next": "order_shipped"},
            {
                "when": "order.status == 'cancelled' or order.status == 'returned'",
                "next": "order_over",
            },
        ],
        "otherwise": "order_prepared",
    },
    "order_delivered": _say(
        _t(
            "{{order.code}} ({{order.items}}) was delivered on {{order.delivered_at}}.",
            "سفارش {{order.code}} ({{order.items}}) در تاریخ {{order.delivered_at}} تحویل شده است.",
            "سُلّم الطلب {{order.code}} ({{order.items}}) بتاريخ {{order.delivered_at}}.",
        ),
        "more",
    ),
    "order_near": _say(
        _t(
            "{{order.code}} ({{order.items}}) is with the courier and arrives today.",
            "سفارش {{order.code}} ({{order.items}}) دست پیک است و امروز می‌رسد.",
            "الطلب {{order.code}} ({{order.items}}) مع المندوب ويصل اليوم.",
        ),
        "more",
    ),
    "order_shipped": _say(
        _t(
            "{{order.code}} ({{order.items}}) has left our depot and is on its way.",
            "سفارش {{order.code}} ({{order.items}}) از انبار ما رفته و در راه است.",
            "غادر الطلب {{order.code}} ({{order.items}}) مستودعنا وهو في الطريق.",
        ),
        "more",
    ),
    "order_prepared": _say(
        _t(
            "{{order.code}} ({{order.items}}) is being prepared and has not been sent yet.",
            "سفارش {{order.code}} ({{order.items}}) در حال آماده‌سازی است و هنوز ارسال نشده.",
            "الطلب {{order.code}} ({{order.items}}) قيد التجهيز ولم يُرسل بعد.",
        ),
        "more",
    ),
    "order_over": _say(
        _t(
            "{{order.code}} ({{order.items}}) was cancelled or returned.",
            "سفارش {{order.code}} ({{order.items}}) لغو یا مرجوع شده است.",
            "أُلغي الطلب {{order.code}} ({{order.items}}) أو أُرجع.",
        ),
        "more",
    ),
    "order_missing": {
        "type": "menu",
        "text": _t(
            "I find no order with this number and this address.",
            "سفارشی با این شماره و این نشانی پیدا نکردم.",
            "لم أجد طلبًا بهذا الرقم وهذا العنوان.",
        ),
        "entries": [
            {"label": _t("Try again", "دوباره", "إعادة المحاولة"), "next": "order_number"},
            {
                "label": _t("Talk to a person", "صحبت با یک نفر", "التحدث إلى موظف"),
                "next": "order_people",
            },
        ],
        "failed": "order_people",
        "silent_s": 3600,
    },
}

_DAY = [["09:00", "18:00"]]
_HOURS: dict[str, Any] = {
    "hours": {
        "type": "hours",
        "zone": "Europe/Berlin",
        "weekly": [_DAY, _DAY, _DAY, _DAY, _DAY, [["10:00", "14:00"]], []],
        "open": "hours_open",
        "closed": "hours_closed",
    },
    "hours_open": _say(
        _t(
            "We are open now: Monday to Friday 9–18, Saturday 10–14 (Berlin time).",
            "اکنون باز هستیم: دوشنبه تا جمعه ۹ تا ۱۸، شنبه ۱۰ تا ۱۴ (به وقت برلین).",
            "نحن متاحون الآن: من الاثنين إلى الجمعة 9–18، والسبت 10–14 (بتوقيت برلين).",
        ),
        "more",
    ),
    "hours_closed": _say(
        _t(
            "We are closed now. We are here Monday to Friday 9–18, Saturday 10–14 (Berlin time).",
            "اکنون بسته‌ایم. دوشنبه تا جمعه ۹ تا ۱۸ و شنبه ۱۰ تا ۱۴ (به وقت برلین) هستیم.",
            "نحن مغلقون الآن. نعمل من الاثنين إلى الجمعة 9–18، والسبت 10–14 (بتوقيت برلين).",
        ),
        "more",
    ),
}

_RETURN: dict[str, Any] = {
    "return_number": {
        "type": "ask",
        "text": _NUMBER,
        "again": _NUMBER_AGAIN,
        "label": _NUMBER_LABEL,
        "save": "number",
        "least": 4,
        "most": 20,
        "next": "return_reason",
        "failed": "return_people",
        "silent_s": 3600,
    },
    "return_reason": {
        "type": "ask",
        "text": _t(
            "What do you want to return, and why?",
            "چه چیزی را و چرا می‌خواهید مرجوع کنید؟",
            "ماذا تريد أن تُرجع، ولماذا؟",
        ),
        "label": _t("Return", "مرجوعی", "الإرجاع"),
        "save": "reason",
        "most": 1000,
        "next": "return_tag",
        "failed": "return_people",
        "silent_s": 3600,
    },
    "return_tag": {"type": "tag", "tags": ["returns"], "next": "return_people"},
}

_VISIT: dict[str, Any] = {
    "visit_mine": {
        "type": "lookup",
        "what": "booking",
        "save": "booked",
        "found": "visit_keep",
        "missing": "visit_book",
    },
    "visit_keep": {
        "type": "menu",
        "text": _t(
            "You have a visit on {{booked.date}} at {{booked.time}}.",
            "شما {{booked.date}} ساعت {{booked.time}} وقت بازدید دارید.",
            "لديك زيارة {{booked.date}} الساعة {{booked.time}}.",
        ),
        "entries": [
            {"label": _t("Move it", "جابه‌جا شود", "تغيير الموعد"), "next": "visit_move"},
            {"label": _t("Cancel it", "لغو شود", "إلغاء الموعد"), "next": "visit_cancel"},
            {"label": _t("Leave it so", "همان باشد", "إبقاؤه"), "next": "more"},
        ],
        "failed": "person",
        "silent_s": 3600,
    },
    "visit_book": {
        "type": "book",
        "calendar": SHOWROOM,
        "text": _t(
            "When would you like to visit our showroom? You can also write a day or a time.",
            "چه وقت می‌خواهید از نمایشگاه ما بازدید کنید؟ می‌توانید روز یا ساعت را هم بنویسید.",
            "متى تودّ زيارة معرضنا؟ يمكنك أيضًا كتابة اليوم أو الساعة.",
        ),
        "days": 21,
        "save": "visit",
        "booked": "visit_booked",
        "none": "more",
    },
    "visit_move": {
        "type": "book",
        "calendar": SHOWROOM,
        "days": 21,
        "instead": "booked.id",
        "save": "visit",
        "booked": "visit_booked",
        "none": "more",
    },
    "visit_booked": _say(
        _t(
            "You are booked for {{visit.date}} at {{visit.time}} (Berlin time). See you there!",
            "بازدید شما {{visit.date}} ساعت {{visit.time}} (به وقت برلین) ثبت شد. منتظرتان هستیم!",
            "حُجزت زيارتك {{visit.date}} الساعة {{visit.time}} (بتوقيت برلين). نراك هناك!",
        ),
        "more",
    ),
    "visit_cancel": {
        "type": "cancel_booking",
        "booking": "booked.id",
        "next": "visit_cancelled",
        "failed": "person",
    },
    "visit_cancelled": _say(
        _t("Your visit is cancelled.", "بازدید شما لغو شد.", "أُلغيت زيارتك."), "more"
    ),
}
