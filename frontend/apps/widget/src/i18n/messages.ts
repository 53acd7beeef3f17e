/**
 * Every text of the chat in its three languages at once. The types are the completeness check:
 * a language that lacks a text, or Arabic without its six plural forms, does not compile.
 */
type Plural = {
  en: Record<"one" | "other", string>;
  fa: Record<"one" | "other", string>;
  ar: Record<"zero" | "one" | "two" | "few" | "many" | "other", string>;
};
type Plain = Record<"en" | "fa" | "ar", string>;
export type Words = Plain | Plural;

export const check = <K extends string>(all: Record<K, Words>) => all;

export const messages = check({
  chat: { en: "Chat", fa: "گفتگو", ar: "المحادثة" },
  back: { en: "Back", fa: "بازگشت", ar: "رجوع" },
  minimise: { en: "Minimise", fa: "کوچک کردن", ar: "تصغير" },
  close: { en: "Close", fa: "بستن", ar: "إغلاق" },
  powered_by: { en: "Powered by {name}", fa: "با {name}", ar: "مدعوم من {name}" },
  wasl: { en: "Wasl", fa: "وصل", ar: "وصل" },
  language: { en: "Language", fa: "زبان", ar: "اللغة" },
  today: { en: "Today", fa: "امروز", ar: "اليوم" },
  yesterday: { en: "Yesterday", fa: "دیروز", ar: "أمس" },
  optional: { en: "(optional)", fa: "(اختیاری)", ar: "(اختياري)" },
  loading: { en: "Loading…", fa: "در حال بار شدن…", ar: "جارٍ التحميل…" },

  hello: { en: "How can we help?", fa: "چه کمکی از ما برمی‌آید؟", ar: "كيف نساعدك؟" },
  hello_name: {
    en: "Hi {name},\nhow can we help?",
    fa: "سلام {name}،\nچه کمکی از ما برمی‌آید؟",
    ar: "أهلًا {name}،\nكيف نساعدك؟",
  },
  start_chat: { en: "Start a chat", fa: "شروع گفتگو", ar: "ابدأ محادثة" },
  continue_chat: { en: "Continue the chat", fa: "ادامهٔ گفتگو", ar: "تابع المحادثة" },
  start_new_chat: { en: "Start a new chat", fa: "شروع گفتگوی تازه", ar: "ابدأ محادثة جديدة" },
  leave_message: { en: "Leave a message", fa: "پیام بگذارید", ar: "اترك رسالة" },
  online_minutes: {
    en: "Online · usually answers within minutes",
    fa: "آنلاین · معمولاً تا چند دقیقه جواب می‌دهیم",
    ar: "متصلون · نرد عادةً خلال دقائق",
  },
  online_hours: {
    en: "Online · usually answers within hours",
    fa: "آنلاین · معمولاً تا چند ساعت جواب می‌دهیم",
    ar: "متصلون · نرد عادةً خلال ساعات",
  },
  away: {
    en: "Nobody is here just now · we answer by e-mail",
    fa: "الان کسی اینجا نیست · با ایمیل جواب می‌دهیم",
    ar: "لا أحد متاح الآن · نرد عليك بالبريد",
  },
  away_no_mail: {
    en: "Nobody is here just now · write, and we answer here",
    fa: "الان کسی اینجا نیست · بنویسید، همین‌جا جواب می‌دهیم",
    ar: "لا أحد متاح الآن · اكتب لنا ونرد عليك هنا",
  },
  quick_start: { en: "Common questions", fa: "پرسش‌های پرتکرار", ar: "أسئلة شائعة" },
  unread: {
    en: { one: "{n} unread message", other: "{n} unread messages" },
    fa: { one: "{n} پیام خوانده‌نشده", other: "{n} پیام خوانده‌نشده" },
    ar: {
      zero: "لا رسائل غير مقروءة",
      one: "رسالة واحدة غير مقروءة",
      two: "رسالتان غير مقروءتين",
      few: "{n} رسائل غير مقروءة",
      many: "{n} رسالة غير مقروءة",
      other: "{n} رسالة غير مقروءة",
    },
  },
  you_said: { en: "You: {text}", fa: "شما: {text}", ar: "أنت: {text}" },
  attachment: { en: "Attachment", fa: "پیوست", ar: "مرفق" },

  pre_chat_title: { en: "Start a chat", fa: "شروع گفتگو", ar: "بدء محادثة" },
  pre_chat_intro: {
    en: "A few short questions so we connect you to the right person.",
    fa: "چند پرسش کوتاه، تا به همکار درست وصل شوید.",
    ar: "أسئلة قصيرة لنصلك بالشخص المناسب.",
  },
  field_name: { en: "Name", fa: "نام", ar: "الاسم" },
  field_email: { en: "E-mail", fa: "ایمیل", ar: "البريد الإلكتروني" },
  field_phone: { en: "Phone", fa: "تلفن", ar: "الهاتف" },
  field_topic: { en: "Topic", fa: "موضوع", ar: "الموضوع" },
  field_message: { en: "Message", fa: "پیام", ar: "الرسالة" },
  choose: { en: "Choose…", fa: "انتخاب کنید…", ar: "اختر…" },
  need_name: { en: "Write your name.", fa: "نام خود را بنویسید.", ar: "اكتب اسمك." },
  need_email: {
    en: "Incomplete address, for example name@example.com",
    fa: "نشانی کامل نیست؛ مثلاً name@example.com",
    ar: "العنوان غير مكتمل، مثل name@example.com",
  },
  need_phone: {
    en: "Write the number with its country code, for example +44 20 7946 0123",
    fa: "شماره را با کد کشور بنویسید؛ مثلاً +44 20 7946 0123",
    ar: "اكتب الرقم مع رمز البلد، مثل +44 20 7946 0123",
  },
  need_topic: { en: "Choose a topic.", fa: "یک موضوع انتخاب کنید.", ar: "اختر موضوعًا." },
  need_text: { en: "Write your message.", fa: "پیام خود را بنویسید.", ar: "اكتب رسالتك." },

  closed_intro: {
    en: "Nobody is here just now. Write to us and the answer comes to your e-mail; you can go on from there.",
    fa: "الان کسی اینجا نیست. برایمان بنویسید؛ جواب به ایمیل شما می‌آید و گفتگو همان‌جا ادامه پیدا می‌کند.",
    ar: "لا أحد متاح الآن. اكتب لنا وسيصلك الرد على بريدك، ويمكنك المتابعة من هناك.",
  },
  send_message: { en: "Send message", fa: "فرستادن پیام", ar: "إرسال الرسالة" },
  sending: { en: "Sending…", fa: "در حال فرستادن…", ar: "جارٍ الإرسال…" },
  closed_sent_title: { en: "We have your message", fa: "پیام شما رسید", ar: "وصلتنا رسالتك" },
  closed_sent: {
    en: "The answer comes to {email}.",
    fa: "جواب به {email} می‌آید.",
    ar: "سيصلك الرد على {email}.",
  },
  to_home: { en: "Back to start", fa: "بازگشت به آغاز", ar: "العودة إلى البداية" },

  team: { en: "{name} support", fa: "پشتیبانی {name}", ar: "دعم {name}" },
  connecting: { en: "Connecting…", fa: "در حال وصل شدن…", ar: "جارٍ الاتصال…" },
  reconnecting: { en: "Reconnecting…", fa: "در حال اتصال دوباره…", ar: "جارٍ إعادة الاتصال…" },
  waiting_short: {
    en: "Finding someone for you…",
    fa: "در حال پیدا کردن همکار…",
    ar: "نبحث عمّن يساعدك…",
  },
  ended: { en: "Conversation ended", fa: "گفتگو پایان یافت", ar: "انتهت المحادثة" },
  conversation: { en: "Conversation", fa: "گفتگو", ar: "المحادثة" },
  earlier: { en: "Show earlier messages", fa: "پیام‌های پیشین", ar: "عرض الرسائل السابقة" },
  first_line: {
    en: "Write to us; a person answers.",
    fa: "برایمان بنویسید؛ یک همکار جواب می‌دهد.",
    ar: "اكتب لنا وسيرد عليك أحد زملائنا.",
  },
  joined: { en: "{name} joined", fa: "{name} به گفتگو پیوست", ar: "انضم {name}" },
  is_typing: { en: "{name} is typing", fa: "{name} می‌نویسد", ar: "{name} يكتب" },
  somebody: { en: "Our team", fa: "همکار ما", ar: "فريقنا" },
  you: { en: "You", fa: "شما", ar: "أنت" },
  edited: { en: "edited", fa: "ویرایش‌شده", ar: "معدّلة" },
  deleted: { en: "Message deleted", fa: "پیام پاک شد", ar: "حُذفت الرسالة" },
  state_sent: { en: "Sent", fa: "فرستاده شد", ar: "أُرسلت" },
  state_delivered: { en: "Delivered", fa: "رسید", ar: "وصلت" },
  state_read: { en: "Read", fa: "خوانده شد", ar: "قُرئت" },
  state_waiting: { en: "Waiting to send", fa: "در صف ارسال", ar: "بانتظار الإرسال" },
  download: { en: "Download", fa: "بارگیری", ar: "تنزيل" },
  open_picture: { en: "Open picture {name}", fa: "باز کردن تصویر {name}", ar: "فتح الصورة {name}" },
  quick_replies: { en: "Suggested answers", fa: "پاسخ‌های پیشنهادی", ar: "ردود مقترحة" },
  new_messages: { en: "New messages", fa: "پیام‌های تازه", ar: "رسائل جديدة" },

  wait_minutes: {
    en: "Somebody answers within minutes",
    fa: "تا چند دقیقهٔ دیگر جواب می‌دهیم",
    ar: "سيرد عليك أحدنا خلال دقائق",
  },
  wait_hours: {
    en: "Somebody answers within hours",
    fa: "تا چند ساعت دیگر جواب می‌دهیم",
    ar: "سيرد عليك أحدنا خلال ساعات",
  },
  place: { en: "You are number {n}", fa: "نوبت شما: {n}", ar: "رقمك {n}" },
  place_wait: {
    en: "You are number {n}, about {time}",
    fa: "نوبت شما: {n}، حدود {time} دیگر",
    ar: "رقمك {n}، والانتظار المتوقع {time}",
  },
  wait_hint: {
    en: "You can close this window; the answer waits for you here.",
    fa: "می‌توانید پنجره را ببندید؛ جواب همین‌جا می‌ماند.",
    ar: "يمكنك إغلاق هذه النافذة، وسيبقى الرد هنا بانتظارك.",
  },
  call_me: {
    en: "Call me back instead",
    fa: "به‌جایش با من تماس بگیرید",
    ar: "اتصلوا بي بدلًا من ذلك",
  },
  email_me: { en: "E-mail me the answer", fa: "پاسخ را ایمیل کنید", ar: "أرسلوا الرد بالبريد" },
  go_on_by_email: { en: "Continue by e-mail", fa: "ادامه با ایمیل", ar: "المتابعة بالبريد" },
  moved: {
    en: "Continued by e-mail at {email}",
    fa: "ادامه با ایمیل در {email}",
    ar: "تستمر المحادثة بالبريد على {email}",
  },
  moved_hint: {
    en: "You can still write here; it is the same conversation.",
    fa: "اینجا هم می‌توانید بنویسید؛ همان گفتگوست.",
    ar: "يمكنك الكتابة هنا أيضًا، فهي المحادثة نفسها.",
  },
  by_email: { en: "By e-mail", fa: "با ایمیل", ar: "بالبريد الإلكتروني" },
  by_chat: { en: "In this chat", fa: "در همین گفتگو", ar: "في هذه الدردشة" },
  by_other: { en: "On another channel", fa: "از راهی دیگر", ar: "عبر قناة أخرى" },

  resolved_line: {
    en: "This conversation has ended",
    fa: "این گفتگو پایان یافت",
    ar: "انتهت هذه المحادثة",
  },
  resolved_hint: {
    en: "Something left? Write below and it opens again.",
    fa: "چیزی مانده؟ همین پایین بنویسید تا دوباره باز شود.",
    ar: "بقي شيء؟ اكتب أدناه فتُفتح من جديد.",
  },

  lost: { en: "Connection lost", fa: "اتصال قطع شد", ar: "انقطع الاتصال" },
  lost_retry: {
    en: { one: "Trying again in {n} second", other: "Trying again in {n} seconds" },
    fa: { one: "تلاش دوباره تا {n} ثانیهٔ دیگر", other: "تلاش دوباره تا {n} ثانیهٔ دیگر" },
    ar: {
      zero: "محاولة جديدة الآن",
      one: "محاولة جديدة بعد ثانية",
      two: "محاولة جديدة بعد ثانيتين",
      few: "محاولة جديدة بعد {n} ثوانٍ",
      many: "محاولة جديدة بعد {n} ثانية",
      other: "محاولة جديدة بعد {n} ثانية",
    },
  },
  try_now: { en: "Try now", fa: "همین حالا", ar: "حاول الآن" },
  lost_since: { en: "Offline since {time}", fa: "قطع از {time}", ar: "انقطع في {time}" },
  kept: {
    en: "Your messages are kept and go out by themselves once you are back.",
    fa: "پیام‌ها نگه داشته می‌شود و با وصل شدن خودکار می‌رود.",
    ar: "رسائلك محفوظة وستُرسل تلقائيًا عند عودة الاتصال.",
  },
  not_sent: { en: "Not sent", fa: "فرستاده نشد", ar: "لم تُرسل" },
  try_again: { en: "Try again", fa: "دوباره بفرست", ar: "أعد المحاولة" },
  delete: { en: "Delete", fa: "حذف", ar: "حذف" },
  not_sent_all: {
    en: { one: "{n} message was not sent", other: "{n} messages were not sent" },
    fa: { one: "{n} پیام فرستاده نشد", other: "{n} پیام فرستاده نشد" },
    ar: {
      zero: "كل الرسائل أُرسلت",
      one: "لم تُرسل رسالة واحدة",
      two: "لم تُرسل رسالتان",
      few: "لم تُرسل {n} رسائل",
      many: "لم تُرسل {n} رسالة",
      other: "لم تُرسل {n} رسالة",
    },
  },
  retry_all: { en: "Retry all", fa: "فرستادن همه", ar: "إعادة الكل" },

  write: { en: "Write a message…", fa: "پیام خود را بنویسید…", ar: "اكتب رسالتك…" },
  write_more: { en: "Anything to add?", fa: "چیزی هست که اضافه کنید؟", ar: "هل تودّ إضافة شيء؟" },
  send: { en: "Send", fa: "فرستادن", ar: "إرسال" },
  attach: { en: "Attach a file", fa: "پیوست فایل", ar: "إرفاق ملف" },
  emoji: { en: "Emoji", fa: "شکلک", ar: "رموز تعبيرية" },
  too_long: {
    en: { one: "Too long by {n} character", other: "Too long by {n} characters" },
    fa: { one: "{n} نویسه بیش از اندازه", other: "{n} نویسه بیش از اندازه" },
    ar: {
      zero: "الطول مناسب",
      one: "أطول بحرف واحد",
      two: "أطول بحرفين",
      few: "أطول بـ{n} أحرف",
      many: "أطول بـ{n} حرفًا",
      other: "أطول بـ{n} حرف",
    },
  },
  files: { en: "Files to send", fa: "فایل‌های آمادهٔ ارسال", ar: "ملفات للإرسال" },
  uploading: { en: "{done} of {all}", fa: "{done} از {all}", ar: "{done} من {all}" },
  cancel_file: { en: "Remove {name}", fa: "برداشتن {name}", ar: "إزالة {name}" },
  file_too_large: {
    en: "Larger than {size}. Choose a smaller file.",
    fa: "بزرگ‌تر از {size} است؛ فایل کوچک‌تری انتخاب کنید.",
    ar: "أكبر من {size}. اختر ملفًا أصغر.",
  },
  file_empty: { en: "This file is empty.", fa: "این فایل خالی است.", ar: "هذا الملف فارغ." },
  file_refused: {
    en: "Files of this kind are not accepted.",
    fa: "این نوع فایل پذیرفته نمی‌شود.",
    ar: "هذا النوع من الملفات غير مقبول.",
  },
  file_failed: { en: "Upload stopped.", fa: "بارگذاری قطع شد.", ar: "توقف الرفع." },
  too_many_files: {
    en: "At most {n} files in one message.",
    fa: "در هر پیام حداکثر {n} فایل.",
    ar: "عدد الملفات في الرسالة الواحدة لا يتجاوز {n}.",
  },
  drop_here: { en: "Drop files here", fa: "فایل‌ها را اینجا رها کنید", ar: "أفلت الملفات هنا" },

  error_generic: {
    en: "That did not work. Please try again.",
    fa: "انجام نشد. دوباره امتحان کنید.",
    ar: "لم ينجح ذلك. حاول مرة أخرى.",
  },
  error_offline: {
    en: "No connection. Check it and try again.",
    fa: "اتصال برقرار نیست. بررسی کنید و دوباره بفرستید.",
    ar: "لا يوجد اتصال. تحقق منه ثم حاول من جديد.",
  },
  error_too_many: {
    en: "Too many messages at once. Wait a moment.",
    fa: "پیام‌ها پشت سر هم زیاد شد؛ کمی صبر کنید.",
    ar: "رسائل كثيرة دفعة واحدة. انتظر لحظة.",
  },
  error_too_long: {
    en: "The message is too long.",
    fa: "پیام زیادی بلند است.",
    ar: "الرسالة طويلة جدًا.",
  },
  refused_title: {
    en: "Chat is not available",
    fa: "گفتگو در دسترس نیست",
    ar: "المحادثة غير متاحة",
  },
  refused_identity: {
    en: "We could not confirm who you are. Sign in again on the shop’s page.",
    fa: "نتوانستیم هویت شما را تأیید کنیم. در سایت دوباره وارد شوید.",
    ar: "تعذّر التحقق من هويتك. سجّل الدخول من جديد في الموقع.",
  },
  refused_link: {
    en: "This link is no longer valid. Ask for a new one in your e-mail.",
    fa: "این پیوند دیگر معتبر نیست. با ایمیل پیوند تازه بخواهید.",
    ar: "لم يعد هذا الرابط صالحًا. اطلب رابطًا جديدًا بالبريد.",
  },
  refused_channel: {
    en: "This chat is switched off at the moment.",
    fa: "این گفتگو فعلاً خاموش است.",
    ar: "هذه المحادثة متوقفة حاليًا.",
  },
  failed_load: {
    en: "The chat could not be loaded.",
    fa: "گفتگو بار نشد.",
    ar: "تعذّر تحميل المحادثة.",
  },
});

export type MessageKey = keyof typeof messages;
