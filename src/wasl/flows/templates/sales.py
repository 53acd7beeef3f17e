"""Templates that sell: leads, what suits, an appointment; and the rating afterwards."""

from __future__ import annotations

from wasl.flows.templates.words import (
    NO,
    PERSON,
    RATE,
    TO_PERSON,
    UNTIL_BYE,
    YES,
    Json,
    ask,
    dialogue,
    entry,
    flow,
    menu,
    say,
    t,
)

BOOKING = dialogue(
    t("Appointments", "نوبت‌دهی", "المواعيد"),
    "mine",
    {
        "mine": {
            "type": "lookup",
            "what": "booking",
            "save": "booked",
            "found": "keep",
            "missing": "book",
        },
        "keep": menu(
            text=t(
                "You have an appointment on {{booked.date}} at {{booked.time}}.",
                "شما {{booked.date}} ساعت {{booked.time}} نوبت دارید.",
                "لديك موعد {{booked.date}} الساعة {{booked.time}}.",
            ),
            entries=[
                entry(t("Move it", "جابه‌جا شود", "تغيير الموعد"), "move", "move", "تغییر"),
                entry(t("Cancel it", "لغو شود", "إلغاء الموعد"), "cancel", "cancel", "لغو"),
                entry(t("Leave it so", "همان باشد", "إبقاؤه"), "bye"),
            ],
            silent_s=3600,
        ),
        "move": {
            "type": "book",
            "calendar": "appointments",
            "days": 30,
            "instead": "booked.id",
            "save": "visit",
            "booked": "confirmed",
            "none": "person",
        },
        "cancel": {
            "type": "cancel_booking",
            "booking": "booked.id",
            "next": "cancelled",
            "failed": "person",
        },
        "cancelled": {
            "type": "end",
            "text": t("Your appointment is cancelled.", "نوبت شما لغو شد.", "أُلغي موعدك."),
        },
        "book": {
            "type": "book",
            "calendar": "appointments",
            "days": 30,
            "save": "visit",
            "booked": "confirmed",
            "none": "person",
        },
        "confirmed": say(
            t(
                "You are booked for {{visit.date}} at {{visit.time}}.",
                "نوبت شما {{visit.date}} ساعت {{visit.time}} ثبت شد.",
                "تم حجز موعدك {{visit.date}} الساعة {{visit.time}}.",
            ),
            "bye",
        ),
    },
)

LEADS = dialogue(
    t("New customers", "مشتریان تازه", "العملاء الجدد"),
    "interest",
    {
        "interest": menu(
            label=t("Interest", "علاقه", "الاهتمام"),
            text=t("What may we help you with?", "در چه کاری کمکتان کنیم؟", "بمَ نساعدك؟"),
            entries=[
                entry(t("Prices", "قیمت", "الأسعار"), "name"),
                entry(t("A demonstration", "نمایش محصول", "عرض توضيحي"), "name"),
                entry(t("Partnership", "همکاری", "شراكة"), "name"),
            ],
        ),
        "name": ask(
            t("Your name?", "نام شما؟", "ما اسمك؟"),
            "name",
            "company",
            t("Name", "نام", "الاسم"),
            most=120,
        ),
        "company": ask(
            t("Which company is it for?", "برای کدام شرکت؟", "لأي شركة؟"),
            "company",
            "email",
            t("Company", "شرکت", "الشركة"),
            most=120,
        ),
        "email": ask(
            t("Your e-mail address?", "ایمیل شما؟", "بريدك الإلكتروني؟"),
            "email",
            "people",
            t("E-mail", "ایمیل", "البريد الإلكتروني"),
            accept="email",
        ),
        "people": ask(
            t("How many would use it?", "چند نفر از آن استفاده می‌کنند؟", "كم شخصًا سيستخدمه؟"),
            "people",
            "keep",
            t("Users", "کاربران", "المستخدمون"),
            accept="number",
            least=1,
            most=1_000_000,
        ),
        "keep": {
            "type": "contact",
            "values": {"name": "name", "company": "company"},
            "next": "how_large",
            "failed": "how_large",
        },
        "how_large": {
            "type": "branch",
            "cases": [{"when": "people >= 50", "next": "large"}],
            "otherwise": "tag",
        },
        "large": {"type": "tag", "tags": ["lead", "large"], "next": "urgent"},
        "tag": {"type": "tag", "tags": ["lead"], "next": "person"},
        "urgent": {**PERSON, "priority": 2},
    },
)


def _suggested(product: str, then: str) -> Json:
    """The steps that suggest a product of the catalogue where the budget is enough for it; else
    those after it do."""
    return {
        product: {
            "type": "lookup",
            "what": "record",
            "kind": "products",
            "number": f"'{product}'",
            "save": "product",
            "found": f"{product}_fits",
            "missing": then,
        },
        f"{product}_fits": {
            "type": "branch",
            "cases": [{"when": "number(product.price) <= budget", "next": "suggest"}],
            "otherwise": then,
            "failed": then,
        },
    }


RECOMMENDATION = dialogue(
    t("What suits you", "پیشنهاد خرید", "ماذا يناسبك"),
    "whom",
    {
        "whom": menu(
            label=t("For", "برای", "لمن"),
            text=t("Whom is it for?", "برای چه کسی است؟", "لمن هو؟"),
            entries=[
                entry(t("For me", "برای خودم", "لي"), "budget"),
                entry(t("A gift", "هدیه", "هدية"), "budget"),
            ],
        ),
        "budget": ask(
            t(
                "About how much may it cost, in euros?",
                "حدوداً چند یورو باشد؟",
                "كم تقريبًا باليورو؟",
            ),
            "budget",
            "lamp",
            t("Budget", "بودجه", "الميزانية"),
            accept="number",
            least=1,
            most=100_000,
        ),
        **_suggested("lamp", "teapot"),
        **_suggested("teapot", "candles"),
        **_suggested("candles", "person"),
        "suggest": {
            "type": "say",
            "text": t("This would suit you:", "این برای شما مناسب است:", "هذا يناسبك:"),
            "card": {
                "title": t("{{product.name_en}}", "{{product.name_fa}}", "{{product.name_ar}}"),
                "text": t(
                    "{{product.about_en}}. {{number(product.price)}} €",
                    "{{product.about_fa}}. {{number(product.price)}} یورو",
                    "{{product.about_ar}}. {{number(product.price)}} يورو",
                ),
            },
            "next": "buy",
        },
        "buy": menu(
            label=t("Wants it", "می‌خواهد", "يريده"),
            text=t("Would you like it?", "همین را می‌خواهید؟", "هل تريده؟"),
            entries=[
                entry(YES, "person", "yes", "بله", "نعم"),
                entry(t("Something else", "چیزی دیگر", "شيء آخر"), "budget"),
                entry(NO, "bye", "no", "نه", "لا"),
                entry(TO_PERSON, "person"),
            ],
            **UNTIL_BYE,
        ),
    },
)

SATISFACTION = flow(
    t("Rating afterwards", "امتیاز پس از گفتگو", "التقييم بعد المحادثة"),
    "rate",
    {
        "rate": {**RATE, "next": "end", "silent_s": 86_400},
        "end": {"type": "end"},
    },
    trigger={
        "on": "ConversationResolved",
        "filter": "event.actor == 'agent' and not conversation.spam",
    },
)
