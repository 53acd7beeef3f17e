"""What the shop's contacts write about each matter: what its assistant learns from."""

from __future__ import annotations

Sentences = dict[str, list[str]]

ORDER: Sentences = {
    "en": [
        "When will my package arrive?",
        "I want to track my delivery",
        "What is the status of order A-20418?",
        "My parcel has not come yet",
        "Has it been shipped?",
        "any news about my shipment?",
    ],
    "fa": [
        "بستهٔ من کی می‌رسد؟",
        "می‌خواهم مرسوله‌ام را پیگیری کنم",
        "وضعیت سفارش A-20418 چیست؟",
        "سفارشم هنوز نرسیده",
        "فرستاده شده؟",
        "از مرسوله‌ام خبری نیست، چی شد؟",
    ],
    "ar": [
        "متى تصل شحنتي؟",
        "أريد تتبع الشحنة",
        "ما حالة الطلب A-20418؟",
        "لم يصل طردي بعد",
        "هل تم الشحن؟",
        "في أخبار عن شحنتي؟",
    ],
}
HOURS: Sentences = {
    "en": [
        "Are you open on Saturday?",
        "When do you close today?",
        "What time does the shop open in the morning?",
        "Are you open on public holidays?",
        "Until when can I reach you by phone?",
        "which days are you closed",
    ],
    "fa": [
        "شنبه‌ها باز هستید؟",
        "امروز تا کی باز هستید؟",
        "فروشگاه صبح ساعت چند باز می‌کند؟",
        "روزهای تعطیل رسمی کار می‌کنید؟",
        "تا چه ساعتی تلفنی پاسخ می‌دهید؟",
        "چه روزهایی تعطیلید",
    ],
    "ar": [
        "هل تفتحون يوم السبت؟",
        "متى تغلقون اليوم؟",
        "في أي ساعة يفتح المحل صباحًا؟",
        "هل تعملون في العطل الرسمية؟",
        "حتى متى يمكنني الاتصال بكم هاتفيًا؟",
        "أي أيام عندكم عطلة",
    ],
}
RETURN: Sentences = {
    "en": [
        "How can I send an item back?",
        "It does not fit, can I give it back?",
        "How many days do I have to return a product?",
        "I would like to exchange this for another size",
        "I want my money back for the lamp",
        "It arrived broken",
    ],
    "fa": [
        "چطور می‌توانم جنس را پس بفرستم؟",
        "اندازه‌ام نیست، می‌شود پس بدهم؟",
        "تا چند روز می‌شود کالا را برگرداند؟",
        "می‌خواهم با سایز دیگری عوضش کنم",
        "پول چراغ را پس می‌خواهم",
        "شکسته به دستم رسید",
    ],
    "ar": [
        "كيف أعيد القطعة إليكم؟",
        "المقاس لا يناسبني، هل يمكنني إرجاعه؟",
        "كم يومًا لديّ لإرجاع المنتج؟",
        "أريد استبداله بمقاس آخر",
        "أريد استرداد ثمن المصباح",
        "وصل مكسورًا",
    ],
}
VISIT: Sentences = {
    "en": [
        "I want to come to your showroom",
        "Can I make an appointment?",
        "I would like to see the sofas, do you have a free time?",
        "Reserve a slot for me on Tuesday",
        "Can someone advise me in your shop on Thursday at 10?",
        "I need to move my appointment to another day",
    ],
    "fa": [
        "می‌خواهم برای دیدن نمایشگاهتان وقت بگیرم",
        "می‌شود وقت ملاقات بگیرم؟",
        "می‌خواهم بیایم مبل‌ها را ببینم، وقت خالی دارید؟",
        "برای سه‌شنبه یک نوبت برایم رزرو کنید",
        "پنجشنبه ساعت ۱۰ کسی در فروشگاه راهنمایی‌ام می‌کند؟",
        "باید نوبتم را به روز دیگری منتقل کنم",
    ],
    "ar": [
        "أريد زيارة معرضكم",
        "هل يمكنني أخذ موعد؟",
        "أود أن آتي لأرى الأرائك، هل لديكم وقت متاح؟",
        "احجز لي موعدًا يوم الثلاثاء",
        "هل يرشدني أحد في المحل يوم الخميس الساعة ١٠؟",
        "أحتاج إلى نقل موعدي إلى يوم آخر",
    ],
}
PERSON: Sentences = {
    "en": [
        "Can I have a colleague of yours on the line?",
        "I don't want to write with a machine",
        "Please let somebody call me",
        "Who can I complain to?",
    ],
    "fa": [
        "می‌شود یکی از همکارانتان جواب بدهد؟",
        "نمی‌خواهم با ماشین حرف بزنم",
        "لطفاً یکی به من زنگ بزند",
        "به کی شکایت کنم؟",
    ],
    "ar": [
        "هل يجيبني أحد زملائكم؟",
        "لا أريد أن أكتب لآلة",
        "ليتصل بي أحد من فضلكم",
        "لمن أقدّم شكوى؟",
    ],
}
CHOICE: Sentences = {
    "en": [
        "I am looking for a present for my sister",
        "What would you recommend?",
        "Which lamp would suit my table?",
        "something nice for about fifty euros",
        "I can't decide between two of your vases",
        "do you have an idea for a wedding gift?",
    ],
    "fa": [
        "دنبال یک کادو برای خواهرم هستم",
        "چه چیزی پیشنهاد می‌دهید؟",
        "کدام چراغ به میز من می‌آید؟",
        "یک چیز قشنگ حدود پنجاه یورو می‌خواهم",
        "بین دو تا گلدان مانده‌ام کدام را بردارم",
        "برای هدیهٔ عروسی چی خوبه؟",
    ],
    "ar": [
        "أبحث عن هدية لأختي",
        "بماذا تنصحونني؟",
        "أي مصباح يناسب طاولتي؟",
        "أريد شيئًا جميلًا بنحو خمسين يورو",
        "محتار بين مزهريتين من عندكم",
        "شو بتنصحوني لهدية عرس؟",
    ],
}
