import type { ServerResponse } from "node:http";
import type {
  Agent,
  ApiToken,
  AuditEntry,
  CannedResponse,
  Channel,
  ChannelCheck,
  Consent,
  Contact,
  JourneyPoint,
  Queue,
  Team,
  User,
} from "@wasl/api";
import type { Connect } from "vite";
import kinds from "./channel-kinds.json" with { type: "json" };
import { canned, type Lang, uid, type World } from "./data.ts";
import { flowRoutes } from "./flows.ts";

/** The routes of the settings and contact pages, over the world of the desk's mock. */
const PERMISSIONS = [
  "self",
  "conversations.read",
  "conversations.read_all",
  "conversations.reply",
  "conversations.manage",
  "contacts.read",
  "contacts.write",
  "agents.read",
  "routing.manage",
  "channels.read",
  "channels.manage",
  "users.manage",
  "canned.manage",
  "flows.manage",
  "audit.read",
];
const DAY = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

interface Place {
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

function makePlace(lang: Lang, world: World): Place {
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

function journey(world: World, contact: Contact): JourneyPoint[] {
  const conversation = [...world.conversations.values()].find((c) => c.contact.id === contact.id);
  const [, filters, grind] = contact.recent;
  const message = (
    at: number,
    kind: string,
    interaction: string,
    number: string,
    id: string,
    open = false,
  ): JourneyPoint => ({
    at: ago(at * DAY),
    kind: "message",
    channel_kind: kind,
    conversation_id: id,
    number,
    interaction_id: interaction,
    order_code: null,
    open,
  });
  const orders = contact.orders.map(
    (order): JourneyPoint => ({
      at: order.placed_at,
      kind: "order",
      channel_kind: null,
      conversation_id: null,
      number: null,
      interaction_id: null,
      order_code: order.code,
      open: false,
    }),
  );
  const now = conversation
    ? [
        message(0.75, "email", "now", conversation.number, conversation.id, true),
        message(0.12, "web_chat", "now", conversation.number, conversation.id, true),
        message(0.01, "email", "now", conversation.number, conversation.id, true),
      ]
    : [];
  const past =
    filters && grind
      ? [
          message(250, "web_chat", "grind", grind.number, grind.conversation_id),
          message(249, "email", "grind", grind.number, grind.conversation_id),
          message(240, "api", "grind", grind.number, grind.conversation_id),
          message(101, "web_chat", "filters", filters.number, filters.conversation_id),
          message(100, "email", "filters", filters.number, filters.conversation_id),
        ]
      : [];
  return [...orders, ...past, ...now];
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: object = {},
  ) {
    super(code);
  }
}

type Body = Record<string, unknown>;
type Route = [
  string,
  RegExp,
  (place: Place, path: string[], body: Body, query: URLSearchParams) => unknown,
];

/** An address at .invalid never answers: for looking at a failed test. */
function check(body: Body): ChannelCheck {
  const config = body.config as { imap?: { host?: string }; deliver_url?: string };
  const bad = JSON.stringify(config).includes(".invalid");
  const step = (
    code: string,
    ok: boolean,
    seconds: number,
    more: Partial<ChannelCheck["steps"][number]> = {},
  ) => ({ code, ok, seconds, warning: false, detail: "", cure: "", ...more });
  const steps =
    body.kind === "email"
      ? bad
        ? [
            step("email.imap_sign_in", false, 0.4, {
              detail: "LOGIN failed: [AUTHENTICATIONFAILED] Invalid credentials",
            }),
            step("email.smtp_sign_in", true, 0.3),
          ]
        : [
            step("email.imap_sign_in", true, 0.8),
            step("email.imap_folder", true, 0.1),
            step("email.smtp_sign_in", true, 0.4),
            step("email.round_trip", true, 3.1),
            step("email.spf", true, 0.02),
            step("email.dkim", false, 0.02, {
              warning: true,
              cure: 'wasl._domainkey.naranj.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"',
            }),
          ]
      : body.kind === "api"
        ? [step("api.address", true, 0.1), step("api.answer", !bad, 0.3)]
        : [step("web_chat.origins", true, 0)];
  const wrong = steps.filter((s) => !s.ok);
  return {
    ok: wrong.every((s) => s.warning),
    warnings: wrong.length,
    steps,
    at: new Date().toISOString(),
  };
}

const found = <T>(item: T | undefined): T => {
  if (!item) throw new Refused(404, "not_found");
  return item;
};
const byId = <T extends { id: string }>(items: T[], id: string | undefined) =>
  found(items.find((each) => each.id === id));
const without = <T extends { id: string }>(items: T[], id: string | undefined) => {
  byId(items, id);
  items.splice(
    items.findIndex((each) => each.id === id),
    1,
  );
  return null;
};
const contactOf = (place: Place, id: string | undefined) =>
  found(place.world.contacts.get(id ?? ""));

function writeChannel(place: Place, channel: Channel, body: Body) {
  const { queue_id, unchecked: _u, ...rest } = body;
  Object.assign(channel, rest, { version: channel.version + 1 });
  if (queue_id !== undefined) channel.queue = place.queues.find((q) => q.id === queue_id) ?? null;
  const seal = (value: unknown, name = ""): unknown => {
    if (typeof value === "string" && /password|secret|private_key|refresh_token/.test(name))
      return value ? { set_at: new Date().toISOString() } : null;
    if (Array.isArray(value)) return value.map((each) => seal(each));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, seal(each, key)]));
    return value;
  };
  channel.config = seal(channel.config) as Channel["config"];
  return channel;
}

const routes: Route[] = [
  ["GET", /^\/me$/, ({ world }) => ({ user: world.user, permissions: PERMISSIONS, csrf: "mock" })],
  [
    "PATCH",
    /^\/me$/,
    ({ world }, _, body) => {
      Object.assign(world.user, body);
      return { user: world.user, permissions: PERMISSIONS, csrf: "mock" };
    },
  ],
  [
    "POST",
    /^\/me\/password$/,
    (_p, _, body) => {
      if (body.old === "wrong") throw new Refused(422, "password_wrong", { field: "old" });
      return null;
    },
  ],
  ["GET", /^\/channel-kinds$/, () => kinds],
  ["GET", /^\/channels$/, ({ channels }) => channels],
  ["POST", /^\/channels\/check$/, (_p, _, body) => check(body)],
  [
    "POST",
    /^\/channels$/,
    (place, _, body) => {
      const result = check(body);
      if (!result.ok && !body.unchecked)
        throw new Refused(422, "channel_check_failed", { steps: result.steps });
      const channel: Channel = {
        id: uid(),
        kind: String(body.kind),
        name: "",
        enabled: true,
        public_key: "b81f7c",
        config: {},
        queue: null,
        health: { state: "ok", code: null, detail: null, at: new Date().toISOString() },
        messages_24h: 0,
        version: 0,
      };
      place.channels.push(writeChannel(place, channel, body));
      return channel;
    },
  ],
  [
    "PATCH",
    /^\/channels\/([^/]+)$/,
    (place, [id], body) => writeChannel(place, byId(place.channels, id), body),
  ],
  ["DELETE", /^\/channels\/([^/]+)$/, ({ channels }, [id]) => without(channels, id)],
  ["GET", /^\/users$/, ({ users }) => users],
  [
    "POST",
    /^\/users$/,
    ({ users, world }, _, body) => {
      if (users.some((u) => u.email === body.email))
        throw new Refused(409, "email_taken", { email: body.email });
      const { password: _p, ...rest } = body;
      const user = { ...world.user, id: uid(), teams: [], ...rest } as User;
      users.push(user);
      return user;
    },
  ],
  ["PATCH", /^\/users\/([^/]+)$/, ({ users }, [id], body) => Object.assign(byId(users, id), body)],
  ["POST", /^\/users\/([^/]+)\/password$/, () => null],
  ["GET", /^\/teams$/, ({ teams }) => teams],
  [
    "POST",
    /^\/teams$/,
    ({ teams, users }, _, body) => {
      teams.push({
        id: uid(),
        name: String(body.name),
        members: (body.members as string[])
          .map((id) => byId(users, id))
          .map(({ id, name }) => ({ id, name })),
      });
      return teams;
    },
  ],
  [
    "PATCH",
    /^\/teams\/([^/]+)$/,
    ({ teams, users }, [id], body) => {
      Object.assign(byId(teams, id), {
        name: body.name,
        members: (body.members as string[])
          .map((m) => byId(users, m))
          .map(({ id: u, name }) => ({ id: u, name })),
      });
      return teams;
    },
  ],
  ["DELETE", /^\/teams\/([^/]+)$/, ({ teams }, [id]) => without(teams, id)],
  ["GET", /^\/queues$/, ({ queues }) => queues],
  [
    "POST",
    /^\/queues$/,
    ({ queues }, _, body) => {
      const queue = { id: uid(), members: [], waiting: 0, version: 1, ...body } as unknown as Queue;
      queue.name = queue.names.en;
      queues.push(queue);
      return queue;
    },
  ],
  [
    "PATCH",
    /^\/queues\/([^/]+)$/,
    ({ queues }, [id], body) => Object.assign(byId(queues, id), body),
  ],
  [
    "DELETE",
    /^\/queues\/([^/]+)$/,
    ({ queues, channels }, [id]) => {
      if (channels.some((c) => c.queue?.id === id))
        throw new Refused(409, "queue_in_use", { channels: 1, interactions: 3 });
      return without(queues, id);
    },
  ],
  [
    "PUT",
    /^\/queues\/([^/]+)\/members$/,
    ({ queues, users }, [id], body) =>
      Object.assign(byId(queues, id), {
        members: (body as unknown as { user_id: string; level: number }[]).map(
          ({ user_id, level }) => ({
            user: { id: user_id, name: byId(users, user_id).name },
            level,
          }),
        ),
      }),
  ],
  [
    "PUT",
    /^\/agents\/([^/]+)\/skills$/,
    ({ world }, [id], body) =>
      Object.assign(byId<Agent>(world.agents, id), { skills: body.skills }),
  ],
  [
    "PUT",
    /^\/agents\/([^/]+)\/capacity$/,
    ({ world }, [id], body) => {
      const agent = byId<Agent>(world.agents, id);
      agent.load = Object.entries(body.capacity as Record<string, number>).map(
        ([kind, capacity]) => ({
          kind,
          capacity,
          used: agent.load.find((l) => l.kind === kind)?.used ?? 0,
        }),
      );
      return agent;
    },
  ],
  ["GET", /^\/api-tokens$/, ({ tokens }) => tokens],
  [
    "POST",
    /^\/api-tokens$/,
    ({ tokens }, _, body) => {
      const id = uid();
      tokens.push({
        id,
        name: String(body.name),
        created_at: new Date().toISOString(),
        last_used_at: null,
      });
      return { id, token: "wasl_7c1e0f52b9d84a6f93e1a4cb5d20f8e6" };
    },
  ],
  ["DELETE", /^\/api-tokens\/([^/]+)$/, ({ tokens }, [id]) => without(tokens, id)],
  ["GET", /^\/canned-responses$/, ({ responses }) => responses],
  [
    "POST",
    /^\/canned-responses$/,
    ({ responses }, _, body) => {
      const made = { id: uid(), ...body } as CannedResponse;
      responses.push(made);
      return made;
    },
  ],
  [
    "PATCH",
    /^\/canned-responses\/([^/]+)$/,
    ({ responses }, [id], body) => Object.assign(byId(responses, id), body),
  ],
  ["DELETE", /^\/canned-responses\/([^/]+)$/, ({ responses }, [id]) => without(responses, id)],
  [
    "GET",
    /^\/audit$/,
    ({ audit }, _, __, q) =>
      q.get("after")
        ? { items: audit.slice(6), next: null }
        : { items: audit.slice(0, 6), next: 4 },
  ],
  [
    "GET",
    /^\/contacts$/,
    ({ world }, _, __, q) => {
      const text = (q.get("q") ?? "").toLowerCase();
      const items = [...world.contacts.values()]
        .filter(
          (c) =>
            !text ||
            `${c.name} ${c.identities.map((i) => i.value).join(" ")}`.toLowerCase().includes(text),
        )
        .map(({ id, name, locale, identities }) => ({
          id,
          name,
          locale,
          identities,
          last_seen_at: identities[0]?.last_seen_at ?? null,
        }));
      return { items, next: null };
    },
  ],
  [
    "POST",
    /^\/contacts$/,
    ({ world }, _, body) => {
      const template = found([...world.contacts.values()].at(-1));
      const made: Contact = {
        ...template,
        id: uid(),
        name: String(body.name),
        identities: [],
        orders: [],
        consents: [],
        recent: [],
        tags: [],
        attributes: {},
        created_at: new Date().toISOString(),
        stats: { conversations: 0, open: 0, lifetime_minor: 0, currency: "" },
      };
      for (const { kind, value } of body.identities as { kind: string; value: string }[])
        made.identities.push({
          id: uid(),
          kind,
          value,
          display: value,
          verified: false,
          verified_by: "",
          last_seen_at: null,
        });
      world.contacts.set(made.id, made);
      return made;
    },
  ],
  [
    "GET",
    /^\/contacts\/([^/]+)\/journey$/,
    (place, [id]) => ({ points: journey(place.world, contactOf(place, id)) }),
  ],
  [
    "PATCH",
    /^\/contacts\/([^/]+)$/,
    (place, [id], body) => Object.assign(contactOf(place, id), body),
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/identities$/,
    (place, [id], body) => {
      const value = String(body.value);
      if (body.kind === "email" && !value.includes("@"))
        throw new Refused(422, "identity_invalid", { field: "value", kind: "email" });
      const contact = contactOf(place, id);
      contact.identities.push({
        id: uid(),
        kind: String(body.kind),
        value,
        display: value,
        verified: false,
        verified_by: "",
        last_seen_at: null,
      });
      return contact;
    },
  ],
  [
    "PUT",
    /^\/contacts\/([^/]+)\/consents$/,
    (place, [id], body) => {
      const contact = contactOf(place, id);
      const { kind, purpose, allowed } = body as unknown as Consent & { allowed: boolean | null };
      contact.consents = contact.consents.filter((c) => c.kind !== kind || c.purpose !== purpose);
      if (allowed !== null)
        contact.consents.push({
          kind,
          purpose,
          allowed,
          source: "agent",
          at: new Date().toISOString(),
        });
      return contact;
    },
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/merge$/,
    (place, [id], body) => {
      const contact = contactOf(place, id);
      const other = contactOf(place, String(body.other_id));
      place.merged.set(other.id, { other, before: structuredClone(contact) });
      contact.identities.push(
        ...other.identities.filter((i) => !contact.identities.some((own) => own.value === i.value)),
      );
      place.world.contacts.delete(other.id);
      return contact;
    },
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/unmerge$/,
    (place, [id], body) => {
      const was = found(place.merged.get(String(body.other_id)));
      place.world.contacts.set(was.other.id, was.other);
      return Object.assign(contactOf(place, id), was.before);
    },
  ],
  ["POST", /^\/conversations$/, ({ world }) => found([...world.conversations.values()][0])],
  ...flowRoutes<Place>(),
];

/** Answers what it knows; everything else goes on to the desk's mock. */
export function settingsMock(worldOf: (lang: Lang) => World): Connect.NextHandleFunction {
  const places = new WeakMap<World, Place>();
  const placeOf = (lang: Lang): Place => {
    const world = worldOf(lang);
    const place = places.get(world) ?? makePlace(lang, world);
    places.set(world, place);
    return place;
  };
  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, {
      "Content-Type": status < 400 ? "application/json" : "application/problem+json",
    });
    response.end(JSON.stringify(body));
  };
  return (request, response, next) => {
    const url = new URL(request.originalUrl ?? request.url ?? "/", "http://mock");
    const path = url.pathname.replace(/^\/api\/v1/, "");
    const lang = /wasl_session=(en|fa|ar)/.exec(request.headers.cookie ?? "")?.[1] as
      | Lang
      | undefined;
    const route = routes.find(
      ([method, pattern]) => method === request.method && pattern.test(path),
    );
    if (!lang || !route || path === url.pathname) return next();
    const [, pattern, run] = route;
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      try {
        const body = parts.length ? (JSON.parse(Buffer.concat(parts).toString()) as Body) : {};
        send(
          response,
          200,
          run(placeOf(lang), pattern.exec(path)?.slice(1) ?? [], body, url.searchParams),
        );
      } catch (error) {
        if (!(error instanceof Refused)) return next(error);
        send(response, error.status, {
          type: "about:blank",
          title: error.code,
          status: error.status,
          code: error.code,
          params: error.params,
          retryable: false,
        });
      }
    });
  };
}
