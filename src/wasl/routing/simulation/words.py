"""What a report says, in the three languages, and how they write numbers."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "fa", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
RIGHT_TO_LEFT = frozenset(("fa", "ar"))

_PERSIAN = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
_RLM, _LRM = "\u200f", "\u200e"

# measure: what it is called, in English, Persian, Arabic; T and t are the two limits
_MEASURES: dict[str, tuple[str, str, str]] = {
    "service_level_offered": (
        "Service level, of all offered (within {T})",
        "سطح خدمت، از همهٔ ورودی‌ها (تا {T})",
        "مستوى الخدمة من جميع الواردة (خلال {T})",
    ),
    "service_level_excluding_short": (
        "Service level, without abandons up to {t}",
        "سطح خدمت، بدون انصراف‌های تا {t}",
        "مستوى الخدمة دون حالات التخلي حتى {t}",
    ),
    "service_level_short_met": (
        "Service level, abandons up to {T} count as met",
        "سطح خدمت، با شمردن انصراف تا {T} به‌عنوان موفق",
        "مستوى الخدمة مع احتساب التخلي حتى {T} مستوفى",
    ),
    "service_level_answered": (
        "Service level, of answered only",
        "سطح خدمت، فقط از پاسخ‌داده‌ها",
        "مستوى الخدمة من المجاب عليها فقط",
    ),
    "asa_s": ("Average speed of answer", "میانگین زمان تا پاسخ", "متوسط سرعة الرد"),
    "wait_all_s": ("Mean wait of all", "میانگین انتظار همه", "متوسط انتظار الجميع"),
    "wait_p50_s": (
        "Wait of the answered, median",
        "میانهٔ انتظار پاسخ‌داده‌ها",
        "وسيط انتظار المجاب عليهم",
    ),
    "wait_p90_s": (
        "Wait of the answered, 90th percentile",
        "صدک ۹۰ انتظار پاسخ‌داده‌ها",
        "المئين 90 لانتظار المجاب عليهم",
    ),
    "waited": ("Had to wait", "منتظر ماندند", "اضطروا إلى الانتظار"),
    "abandoned": ("Abandoned, of all", "انصراف از کل", "التخلي من الجميع"),
    "abandon_rate": (
        "Abandon rate, without those up to {t}",
        "نرخ انصراف، بدون انصراف‌های تا {t}",
        "معدل التخلي دون الحالات حتى {t}",
    ),
    "occupancy": ("Occupancy", "درصد اشغال کارشناسان", "نسبة إشغال الموظفين"),
    "occupancy_spread": (
        "Occupancy, spread between agents",
        "پراکندگی اشغال میان کارشناسان",
        "تفاوت الإشغال بين الموظفين",
    ),
    "affinity_hits": (
        "Reached the agent they know",
        "به کارشناس آشنا رسیدند",
        "وصلوا إلى الموظف الذي يعرفونه",
    ),
    "overflowed": ("Overflowed", "سرریز به صف دیگر", "انتقلوا إلى طابور آخر"),
    "turned_away": (
        "Turned away outside the hours",
        "خارج از ساعت کاری پذیرفته نشدند",
        "لم يُستقبلوا خارج ساعات العمل",
    ),
    "declined": ("Offers declined", "پیشنهادهای ردشده", "العروض المرفوضة"),
    "missed": ("Offers not answered", "پیشنهادهای بی‌پاسخ", "العروض التي لم يُرد عليها"),
    "unserved": ("Neither answered nor gone", "بی‌پاسخ‌مانده", "لم يُجب عليهم ولم يغادروا"),
    "offered": ("Offered, in each stretch", "ورودی در هر بازه", "الواردة في كل فترة"),
}

_TEXTS: dict[str, tuple[str, str, str]] = {
    "headline": (
        "Service level would be {value}",
        "سطح خدمت {value} خواهد بود",
        "سيكون مستوى الخدمة {value}",
    ),
    "headline_against": (
        "Service level would go from {before} to {value}",
        "سطح خدمت از {before} به {value} می‌رسد",
        "سينتقل مستوى الخدمة من {before} إلى {value}",
    ),
    "interval_of": (
        "The 95 % interval goes from {low} to {high}; answered within {T}, of all offered.",
        "بازهٔ اطمینان ۹۵ درصد از {low} تا {high} است؛ پاسخ تا {T}، از همهٔ ورودی‌ها.",
        "يمتد مجال الثقة 95 في المئة من {low} إلى {high}؛ الرد خلال {T} من جميع الواردة.",
    ),
    "counted": (
        "{n} interactions in {times} stretches of {hours} h; seed {seed}. Nothing is live.",
        "{n} تعامل در {times} بازهٔ {hours} ساعته؛ بذر {seed}. هیچ‌چیز زنده نیست.",
        "{n} تفاعلًا في {times} فترة مدة كل منها {hours} ساعة؛ البذرة {seed}. لا شيء حي هنا.",
    ),
    "result": (
        "Result with 95 % interval",
        "نتیجه با بازهٔ اطمینان ۹۵ درصد",
        "النتيجة مع مجال الثقة 95 في المئة",
    ),
    "measure": ("Measure", "سنجه", "المقياس"),
    "before": ("Today", "امروز", "اليوم"),
    "scenario": ("Scenario", "سناریو", "السيناريو"),
    "change": ("Change", "تغییر", "التغيّر"),
    "theory": ("Formula", "فرمول", "الصيغة"),
    "by_hour": (
        "Service level by hour of arrival",
        "سطح خدمت به تفکیک ساعت ورود",
        "مستوى الخدمة حسب ساعة الوصول",
    ),
    "runs": ("All stretches, service level", "همهٔ بازه‌ها، سطح خدمت", "جميع الفترات، مستوى الخدمة"),
    "band": (
        "band = 95 % interval",
        "نوار = بازهٔ اطمینان ۹۵ درصد",
        "الشريط = مجال الثقة 95 في المئة",
    ),
    "points": ("{n} points", "{n} واحد درصد", "{n} نقطة مئوية"),
    "own_limit": ("the class's own limit", "حد هر دسته", "حد كل فئة"),
    "seconds": ("{n} s", "{n} ثانیه", "{n} ث"),
}


class Words:
    """One language's texts and numbers."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.right_to_left = language in RIGHT_TO_LEFT
        self._at = LANGUAGES.index(language)

    def text(self, code: str, **params: str) -> str:
        return _TEXTS[code][self._at].format(**params)

    def measure(self, name: str, target_s: float | None, short_s: float) -> str:
        """What it is called; a target of None: each class has its own."""
        target = self.seconds(target_s) if target_s is not None else self.text("own_limit")
        return _MEASURES[name][self._at].format(T=target, t=self.seconds(short_s))

    def number(self, value: float, digits: int = 0) -> str:
        text = f"{value:,.{digits}f}"
        return text.translate(_PERSIAN) if self.language == "fa" else text

    def seconds(self, value: float) -> str:
        return self.text("seconds", n=self.number(value, 0 if value == round(value) else 1))

    def percent(self, share: float, digits: int = 1) -> str:
        """The sign stands beside its number whatever the words around it."""
        number = self.number(100 * share, digits)
        if self.language == "fa":
            return f"{_RLM}{number}{_RLM}٪{_RLM}"
        return f"{number}{_LRM}%{_LRM}" if self.language == "ar" else f"{number} %"

    def signed(self, value: float, digits: int) -> str:
        """A change: its sign stays before the number, in a left-to-right run."""
        number = self.number(abs(value), digits)
        sign = "" if round(value, digits) == 0 else "+" if value > 0 else "−"
        return f"\u2066{sign}{number}\u2069" if self.right_to_left else f"{sign}{number}"

    def span(self, low: str, high: str) -> str:
        """From low to high, in the order of reading whatever signs the two carry."""
        if self.right_to_left:
            low, high = (f"\u2068{end}\u2069" for end in (low, high))
        return f"{low} – {high}"
