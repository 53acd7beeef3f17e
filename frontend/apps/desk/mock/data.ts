import type { Agent, Conversation, ReplyOption, User } from "@wasl/api";
import {
  API,
  CHAT,
  DELIVERIES,
  EMAIL,
  type Lang,
  MINUTE,
  PLAIN,
  REFUNDS,
  type Told,
  uid,
  type World,
} from "./facts.ts";
import { making } from "./making.ts";
import { tellMatters } from "./matters.ts";

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

  const made = making({ lang, say, ago, me, queue: QUEUES[0] });
  tellMatters(made);
  const { conversations, messages, contacts } = made;

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
