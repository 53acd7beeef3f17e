"""The demo company: Naranj (نارنج), a shop for the kitchen and the home, and the people around it.

Numbers and addresses are from the ranges reserved for fiction and documentation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "naranj-demo"  # noqa: S105  # everybody may know it: the data are made up
MAIL_DOMAIN = "naranj.example"
MAIL_SERVER = "mx.naranj.example"


@dataclass(frozen=True)
class Person:
    """A colleague."""

    key: str
    name: str
    role: str
    locale: str
    calendar: str = "gregory"
    digits: str = "latn"

    @property
    def email(self) -> str:
        return f"{self.key}@{MAIL_DOMAIN}"


COLLEAGUES = (
    Person("daniel", "Daniel Roth", "agent", "en"),
    Person("maryam", "مریم احمدی", "agent", "fa", "persian", "arabext"),
    Person("khalid", "خالد العتيبي", "agent", "ar"),
    Person("leila", "Leila Haddad", "agent", "en"),
    Person("nora", "نورا السالم", "supervisor", "ar"),
    Person("admin", "Omid Karimi", "administrator", "en"),
)


@dataclass(frozen=True)
class Guest:
    """A contact. `order` and `more_orders` are (code, minor units, status, days ago, items)."""

    key: str
    name: str
    locale: str
    phone: str
    city: str
    zone: str
    tags: tuple[str, ...] = ()
    orders: tuple[tuple[str, int, str, int, str], ...] = ()

    @property
    def email(self) -> str:
        return f"{self.key}@example.com"


GUESTS = (
    Guest("sara", "سارا منصوری", "fa", "+442079460101", "تهران", "Asia/Tehran",
          ("VIP", "delivery"),
          (("A-20418", 12990, "out_for_delivery", 3, "چراغ رومیزی فیروزه"),
           ("A-19877", 6400, "delivered", 41, "قوری سرامیکی"),
           ("A-18203", 31250, "delivered", 120, "فرش دستباف کوچک"))),
    Guest("omar", "عمر الحربي", "ar", "+442079460102", "جدة", "Asia/Riyadh", ("returns",),
          (("A-20533", 8900, "delivered", 6, "مطحنة قهوة"),)),
    Guest("lena", "Lena Fischer", "en", "+442079460103", "Berlin", "Europe/Berlin", ("business",),
          (("A-20511", 48200, "delivered", 9, "12 × linen napkin set"),)),
    Guest("reza", "رضا کریمی", "fa", "+442079460104", "اصفهان", "Asia/Tehran", (),
          (("A-20544", 15400, "paid", 1, "ست کارد آشپزخانه"),)),
    Guest("noura", "نورة القحطاني", "ar", "+442079460105", "الرياض", "Asia/Riyadh", ("VIP",),
          (("A-20397", 22750, "delivered", 14, "طقم فناجين"),)),
    Guest("maya", "Maya Haddad", "en", "+12025550106", "Beirut", "Asia/Beirut", (),
          (("A-20552", 5400, "shipped", 2, "Olive-wood board"),)),
    Guest("jonas", "Jonas Weber", "en", "+12025550107", "Hamburg", "Europe/Berlin", (), ()),
    Guest("ali", "علی رحیمی", "fa", "+12025550108", "شیراز", "Asia/Tehran", ("returns",),
          (("A-20429", 8900, "delivered", 11, "آسیاب قهوه"),)),
    Guest("fatemeh", "فاطمه موسوی", "fa", "+12025550109", "مشهد", "Asia/Tehran", (),
          (("A-20466", 19900, "delivered", 8, "قابلمهٔ چدنی"),)),
    Guest("hamad", "حمد المري", "ar", "+12025550110", "الدوحة", "Asia/Qatar", (),
          (("A-20480", 7400, "shipped", 4, "مبخرة نحاسية"),)),
    Guest("emma", "Emma Clarke", "en", "+442079460111", "London", "Europe/London", ("newsletter",),
          (("A-20501", 3350, "delivered", 5, "Saffron, 2 g"),)),
    Guest("yusuf", "يوسف الخطيب", "ar", "+442079460112", "عمّان", "Asia/Amman", (),
          (("A-20517", 11900, "paid", 1, "مصباح أرابيسك"),)),
    Guest("nima", "نیما کاظمی", "fa", "+442079460113", "تبریز", "Asia/Tehran", ("business",),
          (("A-20522", 64000, "placed", 0, "۸ صندلی چوبی"),)),
    Guest("chloe", "Chloé Martin", "en", "+442079460114", "Lyon", "Europe/Paris", (),
          (("A-20376", 9800, "returned", 19, "Ceramic teapot"),)),
    Guest("huda", "هدى المنصوري", "ar", "+442079460115", "أبوظبي", "Asia/Dubai", (),
          (("A-20539", 14300, "shipped", 2, "سجادة صلاة مطرزة"),)),
    Guest("arash", "آرش نوری", "fa", "+442079460116", "کرج", "Asia/Tehran", (),
          (("A-20405", 4100, "cancelled", 16, "زعفران ۴ گرمی"),)),
    Guest("tom", "Tom Becker", "en", "+12025550117", "Vienna", "Europe/Vienna", (),
          (("A-20547", 17600, "out_for_delivery", 1, "Cast-iron pan"),)),
    Guest("salma", "سلمى بن علي", "ar", "+12025550118", "تونس", "Africa/Tunis", ("newsletter",),
          (("A-20498", 5200, "delivered", 7, "طاجين فخاري"),)),
)  # fmt: skip

QUEUES: dict[str, dict[str, Any]] = {
    "deliveries": {
        "names": {"en": "Deliveries", "fa": "ارسال کالا", "ar": "التوصيل"},
        "offer_timeout_s": 30, "wrap_up_s": 15, "reply_target_s": 600,
    },
    "returns": {
        "names": {"en": "Returns", "fa": "مرجوعی", "ar": "المرتجعات"},
        "offer_timeout_s": 30, "wrap_up_s": 15, "reply_target_s": 1800,
    },
    "sales": {
        "names": {"en": "Sales", "fa": "فروش", "ar": "المبيعات"},
        "offer_timeout_s": 20, "wrap_up_s": 15, "reply_target_s": 300,
    },
    "billing": {
        "names": {"en": "Billing", "fa": "مالی", "ar": "الفواتير"},
        "offer_timeout_s": 30, "wrap_up_s": 15, "reply_target_s": 14400,
    },
}  # fmt: skip

MEMBERS = {
    "deliveries": {"daniel": 4, "maryam": 5, "khalid": 5, "leila": 3},
    "returns": {"daniel": 4, "maryam": 3, "khalid": 4},
    "sales": {"maryam": 4, "khalid": 3, "leila": 5},
    "billing": {"daniel": 5, "leila": 3},
}

CANNED = (
    ("hello", "Greeting",
     {"en": "Hello, this is {{agent}} from Naranj. How may I help you?",
      "fa": "سلام، {{agent}} هستم از نارنج. چطور می‌توانم کمک کنم؟",
      "ar": "مرحبًا، معك {{agent}} من نارنج. كيف أساعدك؟"}),
    ("where", "Where is my order",
     {"en": "Your order is on its way and arrives within two working days.",
      "fa": "سفارش شما در راه است و تا دو روز کاری دیگر می‌رسد.",
      "ar": "طلبك في الطريق ويصل خلال يومي عمل."}),
    ("return", "How to return",
     {"en": "You can return it within 14 days. I am sending the label by e-mail.",
      "fa": "تا ۱۴ روز می‌توانید مرجوع کنید. برچسب پستی را ایمیل می‌کنم.",
      "ar": "يمكنك الإرجاع خلال 14 يومًا. سأرسل الملصق بالبريد الإلكتروني."}),
    ("refund", "Refund time",
     {"en": "The refund reaches your card in 3–5 working days.",
      "fa": "مبلغ تا ۳ تا ۵ روز کاری به کارتتان برمی‌گردد.",
      "ar": "يصل المبلغ إلى بطاقتك خلال 3 إلى 5 أيام عمل."}),
    ("thanks", "Thanks",
     {"en": "Thank you for writing to us. Have a good day!",
      "fa": "ممنون که پیام دادید. روز خوبی داشته باشید!",
      "ar": "شكرًا لتواصلك معنا. يومًا سعيدًا!"}),
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """How a matter goes: who says what. Lines are ("c" contact, "a" agent, "n" note; text)."""

    queue: str
    channel: str
    subject: str
    lines: tuple[tuple[str, str], ...]
    disposition: str = "solved"
    tags: tuple[str, ...] = field(default=())


STORIES: dict[str, tuple[Story, ...]] = {
    "en": (
        Story("deliveries", "web_chat", "", (
            ("c", "Hi, when will my parcel arrive?"),
            ("a", "Hello! It left our depot this morning and arrives tomorrow before noon."),
            ("c", "Great, thank you.")), tags=("delivery",)),
        Story("returns", "email", "Return of a damaged item", (
            ("c", "Hello,\n\nthe lid arrived with a crack. I would like to send it back."),
            ("a", "I am sorry about that. Here is the label; a new one leaves today."),
            ("c", "That was quick, thank you very much!")), tags=("damaged",)),
        Story("billing", "email", "Invoice has the wrong VAT ID", (
            ("c", "Could you correct the VAT ID on our invoice? It should be DE 129 273 398."),
            ("n", "Corrected in the books, reissued as -2."),
            ("a", "Done: the corrected invoice is attached to your account.")), tags=("invoice",)),
        Story("sales", "web_chat", "", (
            ("c", "Does the copper pot work on induction?"),
            ("a", "Not by itself, but there is a steel-based one: 28 cm, 119 €."),
            ("c", "I will take that one, thanks!")), disposition="answered"),
        Story("deliveries", "email", "Change the delivery address", (
            ("c", "I have moved. Can you still send it to the new address?"),
            ("a", "Yes, it has not left yet. I have changed it to the address you gave."),
            ("c", "Perfect."))),
    ),
    "fa": (
        Story("deliveries", "web_chat", "", (
            ("c", "سلام، بستهٔ من کی می‌رسد؟"),
            ("a", "سلام! امروز صبح از انبار ما رفت و فردا پیش از ظهر می‌رسد."),
            ("c", "عالی، ممنون.")), tags=("delivery",)),
        Story("returns", "email", "مرجوع کردن کالای آسیب‌دیده", (
            ("c", "سلام\n\nدر ظرف ترک خورده بود. می‌خواهم آن را پس بفرستم.\n\nممنون"),
            ("a", "متأسفم. برچسب پست پیوست است و امروز یکی نو می‌فرستیم."),
            ("c", "چه سریع! خیلی ممنون.")), tags=("damaged",)),
        Story("billing", "email", "فاکتور رسمی", (
            ("c", "لطفاً فاکتور رسمی به نام شرکت صادر کنید."),
            ("n", "شناسهٔ ملی شرکت در پرونده هست."),
            ("a", "صادر شد و در حساب شما قابل دریافت است.")), tags=("invoice",)),
        Story("sales", "web_chat", "", (
            ("c", "این قابلمه روی اجاق القایی هم کار می‌کند؟"),
            ("a", "این مدل نه، ولی مدل کف‌فولادی ۲۸ سانتی داریم."),
            ("c", "همان را می‌خواهم، سپاس.")), disposition="answered"),
        Story("deliveries", "email", "تغییر نشانی تحویل", (
            ("c", "اسباب‌کشی کرده‌ام. می‌شود به نشانی تازه بفرستید؟"),
            ("a", "بله، هنوز ارسال نشده بود. نشانی را عوض کردم."),
            ("c", "دستتان درد نکند."))),
    ),
    "ar": (
        Story("deliveries", "web_chat", "", (
            ("c", "مرحبًا، متى يصل طردي؟"),
            ("a", "أهلًا! غادر مستودعنا صباح اليوم ويصل غدًا قبل الظهر."),
            ("c", "رائع، شكرًا.")), tags=("delivery",)),
        Story("returns", "email", "إرجاع منتج متضرر", (
            ("c", "السلام عليكم\n\nوصل الغطاء وفيه شرخ وأرغب في إعادته.\n\nشكرًا"),
            ("a", "نعتذر عن ذلك. أرفقت ملصق الإرجاع، ونرسل لك واحدًا جديدًا اليوم."),
            ("c", "خدمة سريعة، شكرًا جزيلًا!")), tags=("damaged",)),
        Story("billing", "email", "الرقم الضريبي في الفاتورة", (
            ("c", "هل يمكن تصحيح الرقم الضريبي في فاتورتنا؟"),
            ("n", "صُحّح في الدفاتر وأُعيد إصدار الفاتورة."),
            ("a", "تم: الفاتورة المصححة في حسابك الآن.")), tags=("invoice",)),
        Story("sales", "web_chat", "", (
            ("c", "هل يصلح هذا القدر لموقد الحث؟"),
            ("a", "هذا الطراز لا، لكن لدينا آخر بقاعدة فولاذية قياس 28."),
            ("c", "سآخذه إذن، شكرًا.")), disposition="answered"),
        Story("deliveries", "email", "تغيير عنوان التوصيل", (
            ("c", "انتقلت إلى منزل جديد. هل يمكن الإرسال إلى العنوان الجديد؟"),
            ("a", "نعم، لم يُشحن بعد وقد غيّرت العنوان."),
            ("c", "ممتاز."))),
    ),
}  # fmt: skip

# what waits now: (guest, story channel and queue, subject, first words, minutes ago, holder or "")
OPEN = (
    ("reza", "web_chat", "billing", "", "سلام، فاکتور من هنوز صادر نشده", 41, "maryam"),
    ("lena", "email", "billing", "Invoice 2026-118 has the wrong VAT ID",
     "Hello,\n\ninvoice 2026-118 shows an old VAT ID. Could you send a corrected one before the"
     " end of the month?\n\nKind regards\nLena Fischer", 26, "daniel"),
    ("omar", "web_chat", "returns", "",
     "المطحنة لا تعمل بعد أول استخدام، ماذا أفعل؟", 11, "khalid"),
    ("maya", "web_chat", "deliveries", "", "Can I change the delivery slot to 18:00?", 7, "daniel"),
    ("fatemeh", "email", "returns", "جعبهٔ ضربه‌خورده",
     "سلام، جعبه ضربه خورده بود و لبهٔ قابلمه پریده است. عکس‌ها را هم می‌فرستم.", 240, "maryam"),
    ("noura", "web_chat", "sales", "", "هل يتوفر الطقم نفسه باللون الأزرق؟", 63, "khalid"),
    ("jonas", "email", "sales", "Wholesale prices?",
     "Hi, we run a small café and would like to order 40 cups. Any wholesale price?", 92, ""),
    ("nima", "email", "sales", "سفارش ۸ صندلی",
     "سلام، برای ۸ صندلی پیش‌پرداخت لازم است؟ تحویل تا پایان آذر ممکن است؟", 55, ""),
    ("huda", "web_chat", "deliveries", "", "أين وصلت شحنتي A-20539؟", 18, ""),
    ("tom", "web_chat", "deliveries", "",
     "The tracking page says 'out for delivery' since yesterday.",
     15, ""),
    ("yusuf", "email", "billing", "استفسار عن الدفع",
     "خُصم المبلغ مرتين من بطاقتي للطلب A-20517. أرجو المراجعة.", 130, ""),
    ("arash", "web_chat", "returns", "", "پول سفارش لغوشده کی برمی‌گردد؟", 9, ""),
    ("salma", "email", "returns", "طاجين مكسور",
     "وصل الطاجين مكسورًا من الأسفل، كيف أعيده؟", 200, ""),
)  # fmt: skip
