import type {
  ApiToken,
  AuditEntry,
  CannedResponse,
  Channel,
  Contact,
  Queue,
  Team,
  User,
} from "@wasl/api";
import { canned, type Lang, uid, type World } from "../facts.ts";

export const DAY = 86_400_000;
export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** What the settings and contact pages show beside the world of the desk's mock. */
export interface Place {
  world: World;
  users: User[];
  teams: Team[];
  queues: Queue[];
  channels: Channel[];
  tokens: ApiToken[];
  responses: CannedResponse[];
  audit: AuditEntry[];
  merged: Map<string, { other: Contact; before: Contact }>;
}

export function makePlace(lang: Lang, world: World): Place {
  const say = (en: string, fa: string, ar: string) => ({ en, fa, ar })[lang];
  const others = [
    [say("Nima Karimi", "نیما کریمی", "نيما كريمي"), "nima", "agent"],
    [say("Hoda Nasser", "هدی ناصر", "هدى ناصر"), "hoda", "supervisor"],
    [say("Jonas Weber", "یوناس وبر", "يوناس فيبر"), "jonas", "agent"],
  ] as const;
  const users: User[] = [
    world.user,
    ...others.map(
      ([name, email, role], index): User => ({
        ...world.user,
        id: world.agents[index + 1]?.id ?? uid(),
        name,
        role,
        email: `${email}@naranj.example`,
        disabled: index === 2,
        teams: [],
      }),
    ),
  ];
  const ref = (user: User | undefined) => ({ id: user?.id ?? "", name: user?.name ?? "" });
  const teams: Team[] = [
    {
      id: uid(),
      name: say("Deliveries day shift", "شیفت روز ارسال", "وردية النهار للتوصيل"),
      members: [ref(users[0]), ref(users[1])],
    },
    { id: uid(), name: say("Refunds", "بازگشت وجه", "استرداد المبالغ"), members: [ref(users[2])] },
  ];
  for (const team of teams)
    for (const member of team.members)
      users.find((u) => u.id === member.id)?.teams.push({ id: team.id, name: team.name });
  const known = world.agents[0]?.queues ?? [];
  const queues: Queue[] = known.map((each, index) => ({
    ...each,
    names: index
      ? { en: "Refunds", fa: "بازگشت وجه", ar: "استرداد المبالغ" }
      : { en: "Deliveries", fa: "ارسال کالا", ar: "التوصيل" },
    offer_timeout_s: 20,
    wrap_up_s: 45,
    reply_target_s: index ? 3600 : 900,
    resolution_target_s: index ? 172_800 : 86_400,
    priority: 1 + index,
    strategy: "longest_idle",
    steps: [],
    hours: null,
    overflow: null,
    no_answer_limit: 1,
    members: users.slice(0, 3 - index).map((user, at) => ({ user: ref(user), level: 5 - at })),
    waiting: index ? 0 : 3,
    version: 1,
  }));
  const channel = (
    kind: string,
    name: string,
    config: Record<string, unknown>,
    more: Partial<Channel>,
  ): Channel => ({
    id: uid(),
    kind,
    name,
    enabled: true,
    public_key: "3f9c1d7a54b8e2061c7d90ab",
    config,
    queue: known[0] ?? null,
    health: { state: "ok", code: null, detail: null, at: ago(60_000) },
    messages_24h: 0,
    version: 1,
    ...more,
  });
  const server = (host: string, port: number, security: string) => ({
    host,
    port,
    security,
    user: "support",
    password: { set_at: ago(90 * DAY) },
    oauth2: null,
  });
  const channels = [
    channel(
      "email",
      say("Support", "پشتیبانی", "الدعم"),
      {
        address: "support@naranj.example",
        display_name: say("Naranj", "نارنج", "نارنج"),
        aliases: ["help@naranj.example"],
        receive: "imap",
        imap: server("imap.naranj.example", 993, "tls"),
        folder: "INBOX",
        smtp: server("smtp.naranj.example", 587, "starttls"),
        reply_domain: "",
        dkim: null,
        signature: {
          en: { text: "", html: "" },
          fa: { text: "", html: "" },
          ar: { text: "", html: "" },
        },
        trusted_authserv_ids: [],
      },
      { messages_24h: 412 },
    ),
    channel(
      "email",
      say("Invoices", "صورت‌حساب‌ها", "الفواتير"),
      {
        address: "invoices@naranj.example",
        receive: "imap",
        imap: server("imap.naranj.example", 993, "tls"),
        smtp: server("smtp.naranj.example", 587, "starttls"),
      },
      {
        messages_24h: 38,
        queue: known[1] ?? null,
        health: { state: "warning", code: "email.dkim", detail: null, at: ago(DAY) },
      },
    ),
    channel(
      "web_chat",
      say("Shop website", "وبگاه فروشگاه", "موقع المتجر"),
      {
        allowed_origins: ["https://naranj.example"],
        identity_secret: { set_at: ago(30 * DAY) },
        greeting: {
          en: "Hello! How can we help?",
          fa: "سلام! چه کمکی از ما برمی‌آید؟",
          ar: "مرحبًا! كيف نساعدك؟",
        },
        accent: "#007186",
        pre_chat: [{ field: "name", required: true, options: [] }],
        quick_start: [],
        email_channel_id: "",
        region: "GB",
      },
      { messages_24h: 1183 },
    ),
    channel(
      "api",
      say("Courier app", "برنامهٔ پیک", "تطبيق المندوب"),
      {
        deliver_url: "https://courier.example/wasl",
        secret: { set_at: ago(12 * DAY) },
        identity_kind: "external",
        proves_identity: true,
        region: "",
      },
      {
        messages_24h: 0,
        health: {
          state: "failed",
          code: "unreachable",
          detail: "connection refused",
          at: ago(3_600_000),
        },
      },
    ),
    channel(
      "api",
      say("Old forms", "فرم‌های قدیمی", "النماذج القديمة"),
      {
        deliver_url: "https://forms.example/in",
        secret: { set_at: ago(400 * DAY) },
        identity_kind: "email",
        proves_identity: false,
        region: "",
      },
      { enabled: false, queue: null },
    ),
  ];
  const entry = (
    seq: number,
    at: number,
    who: User | undefined,
    action: string,
    kind: string,
    before: AuditEntry["before"],
    after: AuditEntry["after"],
  ): AuditEntry => ({
    seq,
    at: ago(at),
    actor_kind: who ? "agent" : "system",
    actor_id: who?.id ?? null,
    actor_name: who?.name ?? null,
    action,
    object_kind: kind,
    object_id: uid(),
    object_name: null,
    names: {},
    before,
    after,
    address: who ? "198.51.100.24" : "",
  });
  const audit = [
    entry(9, 240_000, users[0], "channel.change", "channel", { enabled: true }, { enabled: false }),
    entry(
      8,
      3_600_000,
      users[2],
      "queue.change",
      "queue",
      { reply_target_s: 600 },
      { reply_target_s: 900 },
    ),
    entry(7, 7_200_000, users[0], "user.change", "user", { role: "agent" }, { role: "supervisor" }),
    entry(6, 9_000_000, users[2], "queue.members", "queue", null, {}),
    entry(5, DAY, users[1], "contact.merge", "contact", null, {}),
    entry(4, 1.2 * DAY, users[0], "user.add", "user", null, { role: "agent" }),
    entry(3, 2 * DAY, users[0], "api_token.add", "api_token", null, null),
    entry(2, 3 * DAY, undefined, "retention.swept", "message", null, { removed: 214 }),
  ];
  const sara = [...world.contacts.values()][0];
  if (sara) {
    sara.attributes = { plan: say("Gold, 1,240 points", "طلایی، ۱٬۲۴۰ امتیاز", "ذهبي، 1240 نقطة") };
    sara.identities.push({
      id: uid(),
      kind: "email",
      value: "s.mansouri@example.org",
      display: "s.mansouri@example.org",
      verified: false,
      verified_by: "",
      last_seen_at: ago(60 * DAY),
    });
    const twin: Contact = {
      ...structuredClone(sara),
      id: uid(),
      name: say("Sara M.", "سارا م.", "سارة م."),
      orders: [],
      consents: [],
      tags: [],
      recent: [],
      identities: [
        {
          id: uid(),
          kind: "email",
          value: "s.mansouri@example.org",
          display: "s.mansouri@example.org",
          verified: false,
          verified_by: "",
          last_seen_at: ago(70 * DAY),
        },
      ],
    };
    world.contacts.set(twin.id, twin);
    sara.recent.push(
      {
        conversation_id: uid(),
        number: "W-3305",
        subject: say(
          "Filters missing, refund paid",
          "کسری فیلتر، وجه برگشت",
          "مرشحات ناقصة، أُعيد المبلغ",
        ),
        preview: { text: "", kind: "message", direction: "in", attachments: 0 },
        status: "resolved",
        channel_kind: "web_chat",
        last_message_at: ago(100 * DAY),
      },
      {
        conversation_id: uid(),
        number: "W-2210",
        subject: say("Which grind for espresso", "درجهٔ آسیاب برای اسپرسو", "درجة الطحن للإسبريسو"),
        preview: { text: "", kind: "message", direction: "in", attachments: 0 },
        status: "resolved",
        channel_kind: "email",
        last_message_at: ago(240 * DAY),
      },
    );
  }
  return {
    world,
    users,
    teams,
    queues,
    channels,
    audit,
    merged: new Map(),
    tokens: [
      {
        id: uid(),
        name: say("Warehouse sync", "همگام‌سازی انبار", "مزامنة المستودع"),
        created_at: ago(80 * DAY),
        last_used_at: ago(120_000),
      },
      {
        id: uid(),
        name: say("Report script", "اسکریپت گزارش", "نص التقارير"),
        created_at: ago(20 * DAY),
        last_used_at: null,
      },
    ],
    responses: structuredClone(canned),
  };
}
