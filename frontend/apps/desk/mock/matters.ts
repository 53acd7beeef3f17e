import type { Conversation, Leg } from "@wasl/api";
import { API, CHAT, EMAIL, HOUR, MINUTE } from "./facts.ts";
import type { Making } from "./making.ts";

/** What the contacts of a world have on their minds. */
export function tellMatters({
  say,
  ago,
  me,
  conversations,
  contact,
  conversation,
  leg,
  message,
  file,
}: Making): void {
  // The conversation of the pictures: e-mail, then web chat, then e-mail again.
  const sara = contact(
    say("Sara Mansouri", "سارا منصوری", "سارة المنصوري"),
    "sara@example.com",
    "+44 20 7946 0182",
    true,
  );
  const main = conversation(
    sara,
    EMAIL,
    say(
      "Order A-20418 — marked delivered, nothing here",
      "سفارش A-20418 — تحویل‌شده اعلام شده، ولی نرسیده",
      "الطلب A-20418 — كُتب أنه سُلِّم ولم يصل",
    ),
    2 * MINUTE,
    {
      unread: 2,
      due_at: ago(-4 * MINUTE - 12_000),
      due_total_s: 900,
      due_warn_at: ago(-MINUTE),
      tags: [say("delivery", "ارسال", "توصيل")],
      merge_suggestion: null,
    },
  );
  const mail = leg(main, EMAIL, "sara@example.com", 18 * HOUR);
  message(
    main,
    mail,
    {
      direction: "in",
      subject: main.subject,
      text: say(
        "Tracking 1Z 999 AA1 01 2345 6784 says 14:05, but the concierge has no parcel. Where is it, and when can it come?",
        "رهگیری 1Z 999 AA1 01 2345 6784 می‌گوید ۱۴:۰۵، ولی نگهبانی بسته‌ای نگرفته است. کجاست و کی می‌رسد؟",
        "التتبع 1Z 999 AA1 01 2345 6784 يقول 14:05، لكن حارس المبنى لم يستلم شيئًا. أين هو ومتى يصل؟",
      ),
      folded_text: say(
        "On 19 November Naranj wrote:\n> Your order A-20418 has been delivered.",
        "در ۲۸ آبان نارنج نوشت:\n> سفارش A-20418 شما تحویل شد.",
        "في 19 نوفمبر كتبت نارنج:\n> تم تسليم طلبك A-20418.",
      ),
      has_html: true,
      email: { from: "sara@example.com", to: ["support@naranj.example"], cc: [] },
      attachments: [file("delivery-note.pdf", "application/pdf", 184_320)],
    },
    18 * HOUR,
  );
  message(
    main,
    null,
    {
      kind: "activity",
      direction: null,
      author: { kind: "system", id: null, name: null },
      activity: { code: "assigned", params: { to: me.name, by: null } },
    },
    17.9 * HOUR,
  );
  const chat = leg(main, CHAT, "v-7f3a21", 3 * HOUR);
  message(
    main,
    chat,
    {
      direction: "in",
      text: say(
        "Hello, I wrote to you yesterday about A-20418. Any news?",
        "سلام، دیروز دربارهٔ A-20418 ایمیل زدم. خبری شد؟",
        "مرحبًا، راسلتكم أمس بشأن A-20418. هل من جديد؟",
      ),
    },
    3 * HOUR,
  );
  message(
    main,
    chat,
    {
      text: say(
        "I have your e-mail here, no need to repeat. One moment, I am asking the depot.",
        "ایمیلتان پیش من است، لازم نیست دوباره بگویید. الان از انبار می‌پرسم.",
        "رسالتك أمامي، لا داعي للتكرار. لحظة، أسأل المستودع.",
      ),
    },
    2.95 * HOUR,
  );
  message(
    main,
    null,
    {
      kind: "note",
      direction: null,
      text: say(
        "Courier admits the mis-scan. Re-delivery free, ref. RX-7781.",
        "پست خطای اسکن را پذیرفت. ارسال دوباره رایگان، پیگیری RX-7781.",
        "أقرّت شركة الشحن بالخطأ. التوصيل مجاني، المرجع RX-7781.",
      ),
    },
    2.8 * HOUR,
  );
  message(
    main,
    chat,
    {
      text: say(
        "The driver comes today, 16:00–18:00.",
        "پیک امروز بین ۱۶:۰۰ تا ۱۸:۰۰ می‌رسد.",
        "يصل السائق اليوم بين 16:00 و18:00.",
      ),
    },
    12 * MINUTE,
  );
  message(
    main,
    chat,
    {
      direction: "in",
      text: say(
        "Perfect, I am home from four.",
        "عالی، از چهار به بعد خانه‌ام.",
        "ممتاز، أكون في المنزل بعد الرابعة.",
      ),
    },
    4 * MINUTE,
  );
  message(
    main,
    chat,
    {
      direction: "in",
      text: say(
        "Will the driver call me before?",
        "راننده قبلش زنگ می‌زند؟",
        "هل سيتصل السائق قبلها؟",
      ),
    },
    2 * MINUTE,
  );

  const others: [
    string,
    string,
    Leg["channel"],
    string | null,
    string,
    number,
    Partial<Conversation>,
  ][] = [
    [
      say("Omar Al-Harbi", "عمر الحربی", "عمر الحربي"),
      "omar@example.com",
      CHAT,
      null,
      say("The refund arrived, thank you.", "وجه برگشت، ممنون.", "وصل المبلغ، شكرًا."),
      11,
      {},
    ],
    [
      "Lena Fischer",
      "lena@example.org",
      EMAIL,
      "Invoice 2026-118",
      "Invoice 2026-118 has the wrong VAT ID",
      26,
      {
        unread: 1,
        due_at: ago(3 * MINUTE),
        due_total_s: 900,
        due_warn_at: ago(6 * MINUTE),
        priority: 2,
      },
    ],
    [
      "رضا کریمی",
      "reza@example.com",
      CHAT,
      null,
      "سلام، فاکتور من هنوز صادر نشده",
      41,
      { status: "pending", state: "parked" },
    ],
    ["نورة القحطاني", "noura@example.com", API, null, "شكرًا لكم، تم حل المشكلة", 60, {}],
    [
      say("Maya Haddad", "مایا حداد", "مايا حداد"),
      "maya@example.com",
      CHAT,
      null,
      say(
        "Can I change the slot to 18:00?",
        "می‌شود ساعت تحویل را ۱۸:۰۰ کنید؟",
        "هل يمكن تغيير الموعد إلى 18:00؟",
      ),
      125,
      { unread: 2, assignee: null, state: "queued", due_at: ago(-38 * MINUTE), due_total_s: 7200 },
    ],
    [
      "Jonas Weber",
      "jonas@example.com",
      EMAIL,
      "Two-factor code",
      "Two-factor code never arrives",
      130,
      { assignee: null, state: "queued" },
    ],
    [
      say("Fatemeh Mousavi", "فاطمه موسوی", "فاطمة الموسوي"),
      "fatemeh@example.com",
      EMAIL,
      say("Dented box", "جعبهٔ ضربه‌خورده", "علبة متضررة"),
      say(
        "Photos of the dented box attached",
        "عکس جعبهٔ ضربه‌خورده پیوست شد",
        "أرفقت صور العلبة المتضررة",
      ),
      240,
      { assignee: null, state: "queued" },
    ],
    [
      "Hamid Nouri",
      "hamid@example.com",
      CHAT,
      null,
      say("Thanks, got it.", "ممنون، رسید.", "شكرًا، وصلني."),
      300,
      { status: "resolved", state: "completed" },
    ],
  ];
  for (const [name, email, channel, subject, text, minutes, more] of others) {
    const who = contact(name, email);
    const made = conversation(who, channel, subject, minutes * MINUTE, more);
    const on = leg(made, channel, email, minutes * MINUTE);
    message(
      made,
      on,
      {
        direction: "in",
        text,
        subject,
        email: channel === EMAIL ? { from: email, to: [EMAIL.name], cc: [] } : null,
        attachments: /box|جعبه|علبة/.test(text)
          ? [file("box-1.jpg", "image/jpeg", 820_000), file("box-2.jpg", "image/jpeg", 640_000)]
          : [],
      },
      minutes * MINUTE,
    );
  }
  const second = [...conversations.values()][1] as Conversation;
  message(
    second,
    second.legs[0] as Leg,
    {
      text: say(
        "Glad to hear it. Anything else?",
        "خوشحالم. کار دیگری هست؟",
        "يسعدني ذلك. هل من شيء آخر؟",
      ),
      state: "failed",
      error: { code: "unreachable", detail: "connection closed by peer" },
    },
    10 * MINUTE,
  );
}
