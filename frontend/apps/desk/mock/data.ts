import type {
  Ability,
  Agent,
  Attachment,
  Contact,
  Conversation,
  Leg,
  Message,
  Named,
  Order,
  ReplyOption,
  User,
} from "@wasl/api";

/** Believable people and matters, told in the language of whoever signs in. */
export type Lang = "en" | "fa" | "ar";
type Told = [en: string, fa: string, ar: string];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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

const EMAIL = { id: uid(), kind: "email", name: "support@naranj.example" };
const CHAT = { id: uid(), kind: "web_chat", name: "naranj.example" };
const API = { id: uid(), kind: "api", name: "App" };
const PLAIN = {
  subject: false,
  cc: false,
  quick_replies: false,
  attachments: true,
  max_text_chars: 8_000,
  max_attachment_bytes: 26_214_400,
};
const DELIVERIES = uid();
const REFUNDS = uid();

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

export function makeWorld(lang: Lang): World {
  const say = (...told: Told) => told[{ en: 0, fa: 1, ar: 2 }[lang]] as string;
  const now = Date.now();
  const ago = (ms: number) => new Date(now - ms).toISOString();
  const queue = (id: string, en: string, fa: string, ar: string) => ({
    id,
    name: en,
    names: { en, fa, ar },
  });
  const QUEUES = [
    queue(DELIVERIES, "Deliveries", "ارسال کالا", "التوصيل"),
    queue(REFUNDS, "Refunds", "بازگشت وجه", "استرداد المبالغ"),
  ] as const;
  const me = {
    id: uid(),
    name: say("Daniel Roth", "مریم احمدی", "خالد العتيبي"),
  };
  const colleagues = [
    { id: uid(), name: say("Nima Karimi", "نیما کریمی", "نيما كريمي") },
    { id: uid(), name: say("Hoda Nasser", "هدی ناصر", "هدى ناصر") },
  ] as const;
  const user: User = {
    ...me,
    email: `${{ en: "daniel", fa: "maryam", ar: "khalid" }[lang]}@naranj.example`,
    role: "administrator",
    locale: lang,
    calendar: lang === "fa" ? "persian" : "gregory",
    digits: lang === "fa" ? "arabext" : "latn",
    theme: "system",
    signature: "",
    disabled: false,
    teams: [],
  };
  const load = (email: number, chat: number) => [
    { kind: "email", used: email, capacity: 6 },
    { kind: "web_chat", used: chat, capacity: 4 },
  ];
  const agents: Agent[] = [
    {
      ...me,
      presence: "available",
      reason: null,
      since: ago(72 * MINUTE + 40_000),
      state: "handling",
      missed_offer: false,
      load: load(2, 3),
      queues: [...QUEUES],
      skills: { "language:fa": 5, "language:en": 4 },
      interruptible_by: {},
    },
    {
      ...colleagues[0],
      presence: "available",
      reason: null,
      since: ago(20 * MINUTE),
      state: "idle",
      missed_offer: false,
      load: load(1, 0),
      queues: [QUEUES[0]],
      skills: {},
      interruptible_by: {},
    },
    {
      ...colleagues[1],
      presence: "away",
      reason: "break",
      since: ago(5 * MINUTE),
      state: "idle",
      missed_offer: false,
      load: load(0, 0),
      queues: [QUEUES[1]],
      skills: {},
      interruptible_by: {},
    },
  ];

  const contacts = new Map<string, Contact>();
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, Message[]>();

  const order = (code: string, status: Order["status"], minor: number, days: number): Order => ({
    id: uid(),
    code,
    status,
    total_minor: minor,
    currency: "EUR",
    placed_at: ago(days * DAY),
    expected_at: status === "out_for_delivery" ? ago(-4 * HOUR) : null,
    delivered_at: status === "delivered" ? ago((days - 3) * DAY) : null,
    items: [{ name: say("Coffee grinder", "آسیاب قهوه", "مطحنة قهوة"), quantity: 1 }],
  });

  function contact(name: string, email: string, phone?: string, full = false): Contact {
    const identity = (kind: string, value: string) => ({
      id: uid(),
      kind,
      value,
      display: null,
      verified: true,
      verified_by: "dmarc",
      last_seen_at: ago(HOUR),
    });
    const made: Contact = {
      id: uid(),
      name,
      locale: lang,
      time_zone: "Asia/Tehran",
      company: null,
      city: say("Tehran", "تهران", "طهران"),
      tags: full ? [say("Delivery", "ارسال", "توصيل"), "VIP"] : [],
      attributes: {},
      team_id: null,
      team: null,
      preferred_channel: full ? "web_chat" : null,
      created_at: ago(420 * DAY),
      version: 1,
      identities: [
        identity("email", email),
        ...(phone ? [identity("phone", phone)] : []),
        ...(full ? [identity("web_visitor", "v-7f3a21")] : []),
      ],
      orders: full
        ? [
            order("A-20418", "out_for_delivery", 12_990, 4),
            order("A-19877", "delivered", 6_400, 40),
            order("A-18203", "delivered", 31_250, 90),
          ]
        : [],
      consents: full
        ? [
            {
              kind: "email",
              purpose: "service",
              allowed: true,
              source: "checkout",
              at: ago(90 * DAY),
            },
            {
              kind: "web_chat",
              purpose: "service",
              allowed: true,
              source: "widget",
              at: ago(90 * DAY),
            },
            {
              kind: "email",
              purpose: "marketing",
              allowed: false,
              source: "unsubscribe",
              at: ago(18 * DAY),
            },
          ]
        : [],
      stats: {
        conversations: full ? 7 : 1,
        open: 1,
        lifetime_minor: full ? 482_000 : 0,
        currency: "EUR",
      },
      recent: [],
    };
    contacts.set(made.id, made);
    return made;
  }

  let number = 4187;
  function conversation(
    who: Contact,
    channel: Leg["channel"],
    subject: string | null,
    age: number,
    more: Partial<Conversation> = {},
  ): Conversation {
    const code = `W-${number--}`;
    const interaction = uid();
    const made: Conversation = {
      id: uid(),
      number: code,
      contact: { id: who.id, name: who.name, verified: true },
      subject,
      status: "open",
      snoozed_until: null,
      channel,
      preview: { text: "", kind: "message", direction: "in", attachments: 0 },
      last_message_at: ago(age),
      unread: 0,
      assignee: me,
      queue: QUEUES[0],
      state: "active",
      due_at: null,
      due_total_s: null,
      due_warn_at: null,
      priority: 0,
      tags: [],
      locale: lang,
      spam: false,
      version: 1,
      interaction: {
        id: interaction,
        code,
        opened_at: ago(age + HOUR),
        closed_at: null,
        disposition: null,
        epoch: 1,
      },
      legs: [],
      get can(): Ability[] {
        if (this.status === "resolved") return ["note", "reply"];
        const waits = this.assignee ? [] : (["pick"] as const);
        return ["note", "reply", ...waits, "transfer", "assign", "resolve", "snooze"];
      },
      wrap_up_ends_at: null,
      merge_suggestion: null,
      contact_suggestion: null,
      merged_into: null,
      callback: null,
      joined: [],
      ...more,
    };
    conversations.set(made.id, made);
    messages.set(made.id, []);
    who.recent.unshift({
      conversation_id: made.id,
      number: made.number,
      subject,
      preview: made.preview,
      status: made.status,
      channel_kind: channel.kind,
      last_message_at: made.last_message_at,
    });
    return made;
  }

  function leg(of: Conversation, channel: Leg["channel"], address: string, at: number): Leg {
    const made: Leg = {
      id: uid(),
      kind: channel.kind,
      channel,
      address,
      opened_at: ago(at),
      messages: 0,
      interaction_id: of.interaction.id,
    };
    of.legs.push(made);
    return made;
  }

  function message(of: Conversation, on: Leg | null, more: Partial<Message>, at: number): Message {
    const list = messages.get(of.id) ?? [];
    const inbound = more.direction === "in";
    const made: Message = {
      id: uid(),
      seq: list.length + 1,
      kind: "message",
      direction: "out",
      author: inbound
        ? { kind: "contact", id: of.contact.id, name: of.contact.name }
        : { kind: "agent", ...me },
      text: "",
      folded_text: null,
      has_html: false,
      subject: null,
      leg_id: on?.id ?? null,
      channel: on?.channel ?? null,
      interaction_id: of.interaction.id,
      attachments: [],
      state: inbound || !on ? null : "read",
      error: null,
      email: null,
      quick_replies: [],
      attributes: {},
      client_id: null,
      created_at: ago(at),
      edited_at: null,
      deleted_at: null,
      version: 1,
      activity: null,
      ...more,
    };
    if (on) on.messages += 1;
    list.push(made);
    messages.set(of.id, list);
    if (made.kind !== "activity") {
      of.preview = {
        text: made.text,
        kind: made.kind,
        direction: made.direction,
        attachments: made.attachments.length,
      };
      of.channel = on?.channel ?? of.channel;
    }
    return made;
  }

  const file = (name: string, type: string, size: number): Attachment => ({
    id: uid(),
    name,
    content_type: type,
    size,
    state: "ready",
    inline: false,
    ...(type.startsWith("image/") ? { width: 800, height: 600 } : {}),
  });

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

  const options = (of: Conversation): ReplyOption[] => {
    const who = contacts.get(of.contact.id);
    const identity = (kind: string) => {
      const found = who?.identities.find((i) => i.kind === kind);
      return found ? { id: found.id, kind, value: found.value } : null;
    };
    const last = of.legs.at(-1);
    return [
      {
        channel: CHAT,
        identity: identity("web_visitor"),
        allowed: Boolean(identity("web_visitor")),
        code: identity("web_visitor") ? "last_used" : "no_identity",
        params: {},
        suggested: last?.kind === CHAT.kind,
        continues_leg: last?.kind === CHAT.kind ? last.id : null,
        capabilities: { ...PLAIN, quick_replies: true },
      },
      {
        channel: EMAIL,
        identity: identity("email"),
        allowed: true,
        code: of.legs.some((l) => l.kind === EMAIL.kind) ? "continues_thread" : "available",
        params: { at: of.legs[0]?.opened_at },
        suggested: last?.kind === EMAIL.kind,
        continues_leg: of.legs.find((l) => l.kind === EMAIL.kind)?.id ?? null,
        capabilities: { ...PLAIN, subject: true, cc: true },
      },
      {
        channel: API,
        identity: null,
        allowed: false,
        code: "no_identity",
        params: {},
        suggested: false,
        continues_leg: null,
        capabilities: PLAIN,
      },
    ];
  };
  return { user, conversations, messages, contacts, agents, options };
}
