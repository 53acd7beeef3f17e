"""What steps say by themselves, in three languages."""

from __future__ import annotations

from wasl.flows.policy.parts import Texts
from wasl.flows.policy.rendering import told

RATE_AGAIN: Texts = {
    "en": "Please choose one of these:",
    "fa": "لطفاً یکی از این‌ها را انتخاب کنید:",
    "ar": "اختر من فضلك واحدًا من هذه:",
}
ANY_COMMENT: Texts = {
    "en": "Thank you. Would you like to tell us more?",
    "fa": "ممنون. چیز دیگری هم می‌خواهید بگویید؟",
    "ar": "شكرًا. هل تودّ إخبارنا بالمزيد؟",
}
NO_COMMENT: Texts = {"en": "No, thank you", "fa": "نه، ممنون", "ar": "لا، شكرًا"}

WHICH_TIME: Texts = {
    "en": "Which time suits you? You can also write a day or a time.",
    "fa": "کدام وقت برایتان مناسب است؟ می‌توانید روز یا ساعت را هم بنویسید.",
    "ar": "أي موعد يناسبك؟ يمكنك أيضًا كتابة اليوم أو الساعة.",
}
JUST_TAKEN: Texts = {
    "en": "That time has just been taken. These are still free:",
    "fa": "آن وقت همین حالا گرفته شد. این‌ها هنوز آزادند:",
    "ar": "حُجز ذلك الموعد للتو. هذه المواعيد ما زالت متاحة:",
}
NOTHING_THEN: Texts = {
    "en": "Nothing is free then. These are:",
    "fa": "در آن زمان وقت آزاد نیست. این‌ها آزادند:",
    "ar": "لا موعد متاحًا حينها. هذه متاحة:",
}
NOT_A_TIME: Texts = {
    "en": "I did not get that. Please choose a time, or write one such as 25 November 10:30.",
    "fa": "متوجه نشدم. لطفاً وقتی را انتخاب کنید یا بنویسید، مثلاً ۴ آذر ۱۰:۳۰.",
    "ar": "لم أفهم ذلك. اختر موعدًا أو اكتبه، مثل ٢٥ نوفمبر ١٠:٣٠.",
}
LATER_TIMES: Texts = {"en": "Later times", "fa": "وقت‌های بعدی", "ar": "مواعيد لاحقة"}
NO_TIME: Texts = {"en": "None of these", "fa": "هیچ‌کدام", "ar": "لا شيء منها"}

CALL_ME: Texts = {"en": "Yes, call me", "fa": "بله، تماس بگیرید", "ar": "نعم، اتصلوا بي"}
NO_CALL: Texts = {"en": "No, thank you", "fa": "نه، ممنون", "ar": "لا، شكرًا"}
NOT_A_NUMBER: Texts = {
    "en": "We can't call that number. Please write it with its country code.",
    "fa": "با این شماره نمی‌توانیم تماس بگیریم. لطفاً آن را با پیش‌شمارهٔ کشور بنویسید.",
    "ar": "لا يمكننا الاتصال بهذا الرقم. اكتبه من فضلك مع رمز البلد.",
}

_BETWEEN: Texts = {
    "en": "Please write a number between {least} and {most}.",
    "fa": "لطفاً عددی بین {least} و {most} بنویسید.",
    "ar": "اكتب من فضلك عددًا بين {least} و{most}.",
}
_NO_LESS: Texts = {
    "en": "Please write a number that is {least} or more.",
    "fa": "لطفاً عددی بنویسید که {least} یا بیشتر باشد.",
    "ar": "اكتب من فضلك عددًا لا يقل عن {least}.",
}
_NO_MORE: Texts = {
    "en": "Please write a number that is {most} or less.",
    "fa": "لطفاً عددی بنویسید که {most} یا کمتر باشد.",
    "ar": "اكتب من فضلك عددًا لا يزيد على {most}.",
}


def within(least: float | None, most: float | None) -> Texts:
    """Which numbers are asked for; nothing where all are."""
    if least is None and most is None:
        return {}
    texts = _NO_MORE if least is None else _NO_LESS if most is None else _BETWEEN
    return {
        language: text.format(least=told(least, language), most=told(most, language))
        for language, text in texts.items()
    }
