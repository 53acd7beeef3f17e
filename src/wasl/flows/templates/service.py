"""Templates that answer: opening hours, order status, returns."""

from __future__ import annotations

from wasl.flows.templates.words import (
    NO,
    TO_PERSON,
    UNTIL_BYE,
    YES,
    ask,
    dialogue,
    entry,
    menu,
    say,
    t,
)

_DAY = [["09:00", "17:00"]]
_NAME = t("Name", "نام", "الاسم")
_EMAIL = t("E-mail", "ایمیل", "البريد الإلكتروني")
_ORDER = t("Order number", "شمارهٔ سفارش", "رقم الطلب")

OPENING_HOURS = dialogue(
    t("Opening hours", "ساعت کاری", "ساعات العمل"),
    "hours",
    {
        "hours": {
            "type": "hours",
            "zone": "Asia/Tehran",
            "weekly": [_DAY, _DAY, _DAY, [["09:00", "13:00"]], [], _DAY, _DAY],
            "open": "person",
            "closed": "form",
        },
        "form": say(
            t(
                "We are closed now. Leave your question and we answer as soon as we are back.",
                "اکنون بسته‌ایم. پرسشتان را بگذارید تا به محض بازگشت پاسخ دهیم.",
                "نحن مغلقون الآن. اترك سؤالك ونجيبك فور عودتنا.",
            ),
            "name",
        ),
        "name": ask(t("Your name?", "نام شما؟", "ما اسمك؟"), "name", "email", _NAME, most=120),
        "email": ask(
            t(
                "To which e-mail address may we answer?",
                "به کدام ایمیل پاسخ دهیم؟",
                "إلى أي بريد إلكتروني نجيبك؟",
            ),
            "email",
            "question",
            _EMAIL,
            accept="email",
        ),
        "question": ask(
            t("What is it about?", "موضوع چیست؟", "ما الموضوع؟"),
            "question",
            "tag",
            t("Question", "پرسش", "السؤال"),
            most=2000,
        ),
        "tag": {"type": "tag", "tags": ["offline"], "next": "taken"},
        "taken": {
            "type": "handover",
            "text": t(
                "Thank you, {{name}}. We answer to {{email}}.",
                "ممنون {{name}}. به {{email}} پاسخ می‌دهیم.",
                "شكرًا {{name}}. سنجيبك على {{email}}.",
            ),
        },
    },
)

_AGAIN = [
    entry(t("Another order", "سفارشی دیگر", "طلب آخر"), "number"),
    entry(TO_PERSON, "person"),
    entry(NO, "bye", "no", "نه", "لا"),
]

ORDER_STATUS = dialogue(
    t("Order status", "وضعیت سفارش", "حالة الطلب"),
    "number",
    {
        "number": ask(
            t("What is your order number?", "شمارهٔ سفارشتان چیست؟", "ما رقم طلبك؟"),
            "number",
            "proof",
            _ORDER,
            least=3,
            most=20,
        ),
        "proof": ask(
            t(
                "And the e-mail address or phone number of that order?",
                "و ایمیل یا شمارهٔ تلفن همان سفارش؟",
                "وما البريد الإلكتروني أو رقم الهاتف المسجّل مع الطلب؟",
            ),
            "proof",
            "order",
            t("E-mail or phone given", "ایمیل یا تلفن گفته‌شده", "البريد أو الهاتف المذكور"),
            least=5,
            most=254,
        ),
        "order": {
            "type": "lookup",
            "what": "order",
            "number": "number",
            "proof": "proof",
            "save": "order",
            "found": "which",
            "missing": "missing",
        },
        "which": {
            "type": "branch",
            "cases": [
                {"when": "order.status == 'delivered'", "next": "delivered"},
                {"when": "order.status == 'out_for_delivery'", "next": "near"},
                {"when": "order.status == 'shipped'", "next": "shipped"},
                {
                    "when": "order.status == 'cancelled' or order.status == 'returned'",
                    "next": "over",
                },
            ],
            "otherwise": "prepared",
        },
        "delivered": say(
            t(
                "{{order.code}} ({{order.items}}) was delivered on {{order.delivered_at}}.",
                "سفارش {{order.code}} ({{order.items}}) در تاریخ {{order.delivered_at}} تحویل شده"
                " است.",
                "سُلّم الطلب {{order.code}} ({{order.items}}) بتاريخ {{order.delivered_at}}.",
            ),
            "more",
        ),
        "near": say(
            t(
                "{{order.code}} ({{order.items}}) is with the courier and arrives today.",
                "سفارش {{order.code}} ({{order.items}}) دست پیک است و امروز می‌رسد.",
                "الطلب {{order.code}} ({{order.items}}) مع المندوب ويصل اليوم.",
            ),
            "more",
        ),
        "shipped": say(
            t(
                "{{order.code}} ({{order.items}}) has left our depot and is on its way.",
                "سفارش {{order.code}} ({{order.items}}) از انبار ما رفته و در راه است.",
                "غادر الطلب {{order.code}} ({{order.items}}) مستودعنا وهو في الطريق.",
            ),
            "more",
        ),
        "prepared": menu(
            text=t(
                "{{order.code}} ({{order.items}}) is being prepared and has not been sent yet.",
                "سفارش {{order.code}} ({{order.items}}) در حال آماده‌سازی است و هنوز ارسال نشده.",
                "الطلب {{order.code}} ({{order.items}}) قيد التجهيز ولم يُرسل بعد.",
            ),
            entries=[
                entry(t("Cancel it", "لغو شود", "إلغاؤه"), "sure", "cancel", "لغو", "إلغاء"),
                entry(t("Leave it so", "همان باشد", "إبقاؤه"), "more"),
                entry(TO_PERSON, "person"),
            ],
            **UNTIL_BYE,
        ),
        "sure": menu(
            text=t(
                "Shall {{order.code}} really be cancelled?",
                "سفارش {{order.code}} واقعاً لغو شود؟",
                "هل تريد حقًا إلغاء الطلب {{order.code}}؟",
            ),
            entries=[entry(YES, "cancel", "yes", "بله", "نعم"), entry(t("No", "نه", "لا"), "more")],
            **UNTIL_BYE,
        ),
        "cancel": {
            "type": "order",
            "number": "number",
            "proof": "proof",
            "to": "cancelled",
            "next": "cancelled",
            "failed": "person",
        },
        "cancelled": say(
            t(
                "{{order.code}} is cancelled.",
                "سفارش {{order.code}} لغو شد.",
                "أُلغي الطلب {{order.code}}.",
            ),
            "more",
        ),
        "over": say(
            t(
                "{{order.code}} ({{order.items}}) was cancelled or returned.",
                "سفارش {{order.code}} ({{order.items}}) لغو یا مرجوع شده است.",
                "أُلغي الطلب {{order.code}} ({{order.items}}) أو أُرجع.",
            ),
            "more",
        ),
        "missing": menu(
            text=t(
                "I find no order with this number and this address.",
                "سفارشی با این شماره و این نشانی پیدا نکردم.",
                "لم أجد طلبًا بهذا الرقم وهذا العنوان.",
            ),
            entries=[
                entry(t("Try again", "دوباره", "إعادة المحاولة"), "number"),
                entry(TO_PERSON, "person"),
            ],
        ),
        "more": menu(
            text=t("Is there anything else?", "کار دیگری هم هست؟", "هل من شيء آخر؟"),
            entries=_AGAIN,
            **UNTIL_BYE,
        ),
    },
)

RETURNS = dialogue(
    t("Returns", "مرجوعی", "المرتجعات"),
    "number",
    {
        "number": ask(
            t("What is your order number?", "شمارهٔ سفارشتان چیست؟", "ما رقم طلبك؟"),
            "number",
            "reason",
            _ORDER,
            least=3,
            most=20,
        ),
        "reason": menu(
            label=t("Reason", "دلیل", "السبب"),
            text=t(
                "Why do you want to return it?",
                "چرا می‌خواهید مرجوع کنید؟",
                "لماذا تريد إرجاعه؟",
            ),
            entries=[
                entry(t("It is damaged", "آسیب دیده است", "وصل متضررًا"), "photo"),
                entry(t("It does not fit", "اندازه نیست", "المقاس غير مناسب"), "tag"),
                entry(t("I changed my mind", "پشیمان شدم", "غيّرت رأيي"), "tag"),
            ],
            silent_s=3600,
        ),
        "photo": ask(
            t(
                "Please send a photo of the damage.",
                "لطفاً عکسی از آسیب بفرستید.",
                "أرسل صورة للضرر من فضلك.",
            ),
            "photo",
            "tag",
            t("Photo", "عکس", "الصورة"),
            accept="file",
            failed="tag",
        ),
        "tag": {"type": "tag", "tags": ["returns"], "next": "person"},
    },
)
