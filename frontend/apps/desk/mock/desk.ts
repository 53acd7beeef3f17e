import type {
  Agent,
  Attachment,
  Conversation,
  ConversationRow,
  Counts,
  Message,
  Offer,
} from "@wasl/api";
import type { WebSocket } from "ws";
import { makeWorld } from "./data.ts";
import { type Lang, uid, type World } from "./facts.ts";

interface Item {
  kind: string;
  id: string;
  v: number;
  data: unknown;
}
export interface Line {
  socket: WebSocket;
  lang: Lang;
  scopes: Map<string, Map<string, number>>;
}
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: object = {},
  ) {
    super(code);
  }
}

/** The worlds in memory, who looks at them, and what changes them. */
export type Desk = ReturnType<typeof makeDesk>;

export function makeDesk() {
  let worlds: Partial<Record<Lang, World>> = {};
  let offers: Partial<Record<Lang, Offer[]>> = {};
  const files = new Map<string, Attachment>();
  const lines = new Set<Line>();
  let cursor = 0;
  let cutUntil = 0;

  const worldOf = (lang: Lang): World => {
    worlds[lang] ??= makeWorld(lang);
    return worlds[lang];
  };
  const offersOf = (lang: Lang): Offer[] => {
    offers[lang] ??= [];
    return offers[lang];
  };

  const inView = (world: World, view: string) => (c: ConversationRow) => {
    if (view === "spam") return c.spam;
    if (c.spam) return false;
    if (view === "all") return c.status !== "resolved";
    if (view === "mine")
      return c.assignee?.id === world.user.id && (c.status === "open" || c.status === "pending");
    if (view === "unassigned") return !c.assignee && c.status === "open";
    return c.status === view;
  };
  const rows = (world: World, view: string) =>
    [...world.conversations.values()]
      .filter(inView(world, view))
      .sort((a, b) => b.last_message_at.localeCompare(a.last_message_at));
  const counts = (world: World): Counts => {
    const of = (view: string) => rows(world, view).length;
    return {
      mine: of("mine"),
      unassigned: of("unassigned"),
      all: of("all"),
      waiting: of("unassigned"),
      pending: of("pending"),
      snoozed: of("snoozed"),
      resolved: of("resolved"),
    };
  };
  const agentItem = (agent: Agent, v: number): Item => ({
    kind: "agent",
    id: agent.id,
    v,
    data: agent,
  });

  let tick = 1;
  function snapshot(lang: Lang, scope: string): Item[] {
    const world = worldOf(lang);
    const [name = "", rest = ""] = scope.split(":");
    if (name === "me")
      return [
        agentItem(world.agents[0] as Agent, tick),
        { kind: "counts", id: "counts", v: tick, data: counts(world) },
        ...offersOf(lang).map((o) => ({ kind: "offer", id: o.id, v: o.epoch, data: o })),
      ];
    if (name === "agents") return world.agents.map((a) => agentItem(a, tick));
    if (name === "list")
      return rows(world, rest).map((c) => ({
        kind: "conversation",
        id: c.id,
        v: c.version,
        data: c,
      }));
    const known = name === "contact" ? world.contacts.get(rest) : undefined;
    if (known) return [{ kind: "contact", id: known.id, v: known.version, data: known }];
    const c = world.conversations.get(rest);
    if (!c) return [];
    return [
      { kind: "conversation", id: c.id, v: c.version, data: c },
      ...(world.messages.get(rest) ?? [])
        .slice(-50)
        .map((m) => ({ kind: "message", id: m.id, v: m.version, data: m })),
    ];
  }

  function publish() {
    tick += 1;
    cursor += 1;
    for (const line of lines)
      for (const [scope, known] of line.scopes) {
        const fresh = snapshot(line.lang, scope);
        const seen = new Set<string>();
        for (const item of fresh) {
          const key = `${item.kind}:${item.id}`;
          seen.add(key);
          if (known.get(key) === item.v) continue;
          known.set(key, item.v);
          line.socket.send(JSON.stringify({ t: "put", scope, cursor: String(cursor), ...item }));
        }
        for (const [key, v] of known) {
          if (seen.has(key)) continue;
          known.delete(key);
          const [kind, id] = key.split(":");
          // Older messages simply leave the newest fifty; they are not removed.
          if (kind !== "message")
            line.socket.send(
              JSON.stringify({ t: "drop", scope, cursor: String(cursor), kind, id, v: v + 1 }),
            );
        }
      }
  }
  const say = (lang: Lang, frame: object) => {
    for (const line of lines) if (line.lang === lang) line.socket.send(JSON.stringify(frame));
  };

  function add(lang: Lang, c: Conversation, more: Partial<Message>): Message {
    const world = worldOf(lang);
    const list = world.messages.get(c.id) ?? [];
    const made: Message = {
      id: uid(),
      seq: list.length + 1,
      kind: "message",
      direction: "out",
      author: { kind: "agent", id: world.user.id, name: world.user.name },
      text: "",
      folded_text: null,
      has_html: false,
      subject: null,
      leg_id: null,
      channel: null,
      interaction_id: c.interaction.id,
      attachments: [],
      state: null,
      error: null,
      email: null,
      quick_replies: [],
      attributes: {},
      client_id: null,
      created_at: new Date().toISOString(),
      edited_at: null,
      deleted_at: null,
      version: 1,
      activity: null,
      ...more,
    };
    list.push(made);
    if (made.kind !== "activity") {
      c.preview = {
        text: made.text,
        kind: made.kind,
        direction: made.direction,
        attachments: made.attachments.length,
      };
      c.last_message_at = made.created_at;
    }
    c.version += 1;
    return made;
  }
  const act = (lang: Lang, c: Conversation, code: string, params: object) =>
    add(lang, c, {
      kind: "activity",
      direction: null,
      author: { kind: "system", id: null, name: null },
      activity: { code, params: params as Record<string, unknown> },
    });

  function deliver(message: Message) {
    const states = ["sending", "sent", "delivered", "read"] as const;
    states.forEach((state, index) => {
      setTimeout(
        () => {
          message.state = state;
          message.version += 1;
          publish();
        },
        350 * (index + 1),
      );
    });
  }

  const find = (lang: Lang, id: string | undefined): Conversation => {
    const c = worldOf(lang).conversations.get(id ?? "");
    if (!c) throw new Refusal(404, "not_found");
    return c;
  };
  const me = (lang: Lang) => ({
    user: worldOf(lang).user,
    permissions: ["settings.write", "users.write", "contacts.write", "conversations.reply"],
    csrf: "mock",
  });
  const handled = (lang: Lang, c: Conversation) => {
    const world = worldOf(lang);
    c.assignee = { id: world.user.id, name: world.user.name };
    c.state = "active";
  };
  const gone = (lang: Lang, id: string | undefined) => {
    offers[lang] = offersOf(lang).filter((o) => o.id !== id);
    publish();
  };

  const dropOffers = (lang: Lang) => {
    offers[lang] = [];
  };
  const reset = () => {
    worlds = {};
    offers = {};
    cutUntil = 0;
    for (const line of lines) line.socket.close();
  };
  const cut = (ms: number) => {
    cutUntil = Date.now() + ms;
    if (ms) for (const line of lines) line.socket.terminate();
  };
  const isCut = () => cutUntil > Date.now();
  const cursorNow = () => String(cursor);

  return {
    files,
    lines,
    worldOf,
    offersOf,
    rows,
    counts,
    snapshot,
    publish,
    say,
    add,
    act,
    deliver,
    find,
    me,
    handled,
    gone,
    dropOffers,
    reset,
    cut,
    isCut,
    cursorNow,
  };
}
