import type { Agent, Contact, Conversation, Message, Named, ReplyOption, User } from "@wasl/api";

/** Believable people and matters, told in the language of whoever signs in. */
export type Lang = "en" | "fa" | "ar";
export type Told = [en: string, fa: string, ar: string];

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface World {
  user: User;
  conversations: Map<string, Conversation>;
  messages: Map<string, Message[]>;
  contacts: Map<string, Contact>;
  agents: Agent[];
  options: (conversation: Conversation) => ReplyOption[];
}

let counter = 0;
export const uid = () => `00000000-0000-7000-8000-${String(++counter).padStart(12, "0")}`;

export const EMAIL = { id: uid(), kind: "email", name: "support@naranj.example" };
export const CHAT = { id: uid(), kind: "web_chat", name: "naranj.example" };
export const API = { id: uid(), kind: "api", name: "App" };
export const PLAIN = {
  subject: false,
  cc: false,
  quick_replies: false,
  attachments: true,
  max_text_chars: 8_000,
  max_attachment_bytes: 26_214_400,
};
export const DELIVERIES = uid();
export const REFUNDS = uid();

export const canned = [
  {
    id: uid(),
    short: "hello",
    title: "Greeting",
    text: {
      en: "Hello, thank you for writing. I am looking at it now.",
      fa: "سلام، ممنون که نوشتید. همین الان بررسی می‌کنم.",
      ar: "مرحبًا، شكرًا لمراسلتنا. أنظر في الأمر الآن.",
    },
  },
  {
    id: uid(),
    short: "refund",
    title: "Refund time",
    text: {
      en: "Your refund reaches your card in 3 to 5 working days.",
      fa: "بازگشت وجه ۳ تا ۵ روز کاری به کارت شما می‌رسد.",
      ar: "يصل المبلغ المسترد إلى بطاقتك خلال 3 إلى 5 أيام عمل.",
    },
  },
  {
    id: uid(),
    short: "door",
    title: "Door code",
    text: {
      en: "Could you send me the door code for the driver?",
      fa: "لطفاً پلاک و زنگ را برای پیک بفرستید.",
      ar: "هل يمكنك إرسال رمز الباب للسائق؟",
    },
  },
];
export const dispositions: Named[] = [
  { code: "solved", names: { en: "Solved", fa: "حل شد", ar: "تم الحل" } },
  { code: "refunded", names: { en: "Refunded", fa: "وجه برگشت", ar: "استرداد المبلغ" } },
  { code: "no_answer", names: { en: "No answer", fa: "پاسخی نداد", ar: "لا رد" } },
];
export const reasons: Named[] = [
  { code: "break", names: { en: "Break", fa: "استراحت", ar: "استراحة" } },
  { code: "meeting", names: { en: "Meeting", fa: "جلسه", ar: "اجتماع" } },
  { code: "training", names: { en: "Training", fa: "آموزش", ar: "تدريب" } },
];
