import type {
  Ability,
  Attachment,
  Contact,
  Conversation,
  Leg,
  Message,
  Order,
  QueueRef,
  Ref,
} from "@wasl/api";
import { DAY, HOUR, type Lang, type Told, uid } from "./facts.ts";

/** Whose world it is: their language, themself, and the queue of their matters. */
interface Teller {
  lang: Lang;
  say: (...told: Told) => string;
  ago: (ms: number) => string;
  me: Ref;
  queue: QueueRef;
}
export type Making = ReturnType<typeof making>;

/** Makes contacts and what they wrote, and remembers it. */
export function making({ lang, say, ago, me, queue }: Teller) {
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
      queue: queue,
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

  return {
    say,
    ago,
    me,
    contacts,
    conversations,
    messages,
    contact,
    conversation,
    leg,
    message,
    file,
  };
}
