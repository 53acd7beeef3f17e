import { check } from "../i18n/messages";

/** The texts that come with the extras. */
export const texts = check({
  email_hint: {
    en: "Everything stays in one conversation. No need to repeat yourself.",
    fa: "همه‌چیز در همین گفتگو می‌ماند؛ لازم نیست دوباره توضیح دهید.",
    ar: "يبقى كل شيء في محادثة واحدة، فلا حاجة إلى إعادة الشرح.",
  },
  call_title: { en: "Call me back", fa: "با من تماس بگیرید", ar: "اتصلوا بي" },
  call_hint: {
    en: "Leave your number and go: your place in the queue is kept, and we call you.",
    fa: "شماره‌تان را بگذارید و بروید؛ نوبت شما می‌ماند و ما تماس می‌گیریم.",
    ar: "اترك رقمك وانصرف: دورك محفوظ، ونحن نتصل بك.",
  },
  number: { en: "Your phone number", fa: "شمارهٔ تلفن شما", ar: "رقم هاتفك" },
  number_of: {
    en: "Without a country code we take it as a number of {country}.",
    fa: "شمارهٔ بدون کد کشور را شمارهٔ {country} می‌دانیم.",
    ar: "نعدّ الرقم دون رمز البلد رقمًا من {country}.",
  },
  number_code: {
    en: "With its country code, for example +44 20 7946 0123",
    fa: "همراه با کد کشور؛ مثلاً +44 20 7946 0123",
    ar: "مع رمز البلد، مثل +44 20 7946 0123",
  },
  need_number: {
    en: "This is not a phone number that we can call.",
    fa: "با این شماره نمی‌توانیم تماس بگیریم.",
    ar: "لا يمكننا الاتصال بهذا الرقم.",
  },
  when: { en: "When", fa: "چه زمانی", ar: "متى" },
  when_turn: { en: "As soon as it is my turn", fa: "همین که نوبتم شد", ar: "حين يأتي دوري" },
  when_after: {
    en: "{day}, after {time}",
    fa: "{day}، بعد از ساعت {time}",
    ar: "{day}، بعد الساعة {time}",
  },
  tomorrow: { en: "Tomorrow", fa: "فردا", ar: "غدًا" },
  agreed: {
    en: "We call you at {number}",
    fa: "با {number} تماس می‌گیریم",
    ar: "سنتصل بك على {number}",
  },
  agreed_hint: {
    en: "Your place is kept. You can close this window.",
    fa: "نوبت شما محفوظ است. می‌توانید پنجره را ببندید.",
    ar: "دورك محفوظ، ويمكنك إغلاق هذه النافذة.",
  },
  change: { en: "Change", fa: "تغییر", ar: "تغيير" },
  take_back: { en: "Do not call me", fa: "تماس نگیرید", ar: "لا تتصلوا بي" },
  not_waiting: {
    en: "You are no longer waiting: somebody is here for you now.",
    fa: "دیگر در صف نیستید؛ همکار ما همین‌جا در خدمت شماست.",
    ar: "لم تعد في الانتظار، فأحد زملائنا معك هنا الآن.",
  },
  time_over: {
    en: "That moment has passed. Choose a later one.",
    fa: "آن زمان گذشته است؛ زمان دیرتری انتخاب کنید.",
    ar: "مضى ذلك الوقت. اختر وقتًا لاحقًا.",
  },
  calls_off: {
    en: "Calls are not offered just now.",
    fa: "فعلاً تماس تلفنی نداریم.",
    ar: "الاتصال الهاتفي غير متاح حاليًا.",
  },
});
