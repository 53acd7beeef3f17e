import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type {
  Agent,
  Attachment,
  Conversation,
  ConversationRow,
  Counts,
  Message,
  Offer,
} from "@wasl/api";
import type { Connect } from "vite";
import { type WebSocket, WebSocketServer } from "ws";
import { canned, dispositions, type Lang, makeWorld, reasons, uid, type World } from "./data.ts";

/**
 * The HTTP and socket contract over a world in memory, for looking at every state of the desk.
 * Whoever signs in as daniel@, maryam@ or khalid@ gets the world in English, Persian or Arabic.
 * `POST /mock/<what>` makes things happen: offer, message, typing, cut, reset.
 */
interface Item {
  kind: string;
  id: string;
  v: number;
  data: unknown;
}
interface Line {
  socket: WebSocket;
  lang: Lang;
  scopes: Map<string, Map<string, number>>;
}
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: object = {},
  ) {
    super(code);
  }
}

const PEOPLE: Record<string, Lang> = { daniel: "en", maryam: "fa", khalid: "ar" };
const PIXEL = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#b9a48a"/><path d="M160 180l240-80 240 80v260l-240 80-240-80z" fill="#8a6f4e"/><path d="M160 180l240 80 240-80M400 260v260" stroke="#5d4a33" stroke-width="8" fill="none"/></svg>`,
);

export function makeMock() {
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

  type Body = Record<string, never>;
  type Route = [
    string,
    RegExp,
    (lang: Lang, path: string[], body: Body, query: URLSearchParams) => unknown,
  ];
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

  const routes: Route[] = [
    ["GET", /^\/me$/, (l) => me(l)],
    [
      "PATCH",
      /^\/me$/,
      (l, _, body) => {
        Object.assign(worldOf(l).user, body);
        return me(l);
      },
    ],
    [
      "GET",
      /^\/conversations$/,
      (l, _, __, q) => {
        const text = (q.get("q") ?? "").toLowerCase();
        const items = rows(worldOf(l), q.get("view") ?? "all").filter(
          (c) =>
            !text ||
            `${c.contact.name} ${c.number} ${c.subject} ${c.preview.text}`
              .toLowerCase()
              .includes(text),
        );
        return { items, next: null };
      },
    ],
    ["GET", /^\/conversations\/([^/]+)$/, (l, [id]) => find(l, id)],
    [
      "GET",
      /^\/conversations\/([^/]+)\/timeline$/,
      (l, [id], _, q) => {
        const before = Number(q.get("before") ?? Number.POSITIVE_INFINITY);
        const items = (worldOf(l).messages.get(id ?? "") ?? [])
          .filter((m) => m.seq < before)
          .slice(-50);
        return { items, next: items[0] && items[0].seq > 1 ? String(items[0].seq) : null };
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/messages$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        if (c.assignee?.id !== worldOf(l).user.id && c.state === "active")
          throw new Refusal(409, "not_holder");
        const option = worldOf(l)
          .options(c)
          .find((o) => o.channel.id === body.channel_id);
        if (!option?.allowed)
          throw new Refusal(409, "reply_not_allowed", { code: option?.code ?? "channel_off" });
        let leg = c.legs.at(-1);
        if (leg?.channel.id !== option.channel.id) {
          leg = {
            id: uid(),
            kind: option.channel.kind,
            channel: option.channel,
            address: option.identity?.value ?? null,
            opened_at: new Date().toISOString(),
            messages: 0,
            interaction_id: c.interaction.id,
          };
          c.legs.push(leg);
        }
        leg.messages += 1;
        c.channel = option.channel;
        c.due_at = null;
        const made = add(l, c, {
          text: String(body.text),
          subject: (body.subject as string) ?? null,
          leg_id: leg.id,
          channel: option.channel,
          state: "queued",
          client_id: body.client_id as string,
          attachments: ((body.attachment_ids ?? []) as string[]).flatMap((f) => files.get(f) ?? []),
        });
        publish();
        deliver(made);
        return made;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/notes$/,
      (l, [id], body: Record<string, unknown>) => {
        const made = add(l, find(l, id), {
          kind: "note",
          direction: null,
          text: String(body.text),
        });
        publish();
        return made;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/status$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.status = body.status as Conversation["status"];
        c.snoozed_until = (body.snoozed_until as string) ?? null;
        c.interaction.disposition = (body.disposition as string) ?? null;
        if (c.status === "resolved") {
          c.state = "wrap_up";
          c.due_at = null;
          c.wrap_up_ends_at = new Date(Date.now() + 45_000).toISOString();
        }
        act(l, c, "status", { status: c.status, by: worldOf(l).user.name, until: c.snoozed_until });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/wrap-up$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.wrap_up_ends_at = null;
        c.state = "completed";
        act(l, c, "wrap_up", { disposition: body.disposition ?? null, by: worldOf(l).user.name });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/pick$/,
      (l, [id]) => {
        const c = find(l, id);
        handled(l, c);
        act(l, c, "assigned", { to: worldOf(l).user.name, by: worldOf(l).user.name });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/transfer$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        const to = worldOf(l).agents.find((a) => a.id === body.user_id);
        const queue = worldOf(l).agents[0]?.queues.find((q) => q.id === body.queue_id);
        c.assignee = to ? { id: to.id, name: to.name } : null;
        if (queue) {
          c.queue = queue;
          c.state = "queued";
        }
        act(l, c, "transferred", {
          to: to?.name ?? null,
          to_queue: queue?.name ?? null,
          by: worldOf(l).user.name,
        });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/read$/,
      (l, [id]) => {
        const c = find(l, id);
        if (c.unread) {
          c.unread = 0;
          c.version += 1;
          publish();
        }
        return null;
      },
    ],
    [
      "PUT",
      /^\/conversations\/([^/]+)\/tags$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.tags = body.tags as string[];
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "PUT",
      /^\/conversations\/([^/]+)\/priority$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.priority = body.priority as number;
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/spam$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.spam = body.spam as boolean;
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "GET",
      /^\/conversations\/([^/]+)\/reply-options$/,
      (l, [id]) => worldOf(l).options(find(l, id)),
    ],
    [
      "POST",
      /^\/messages\/([^/]+)\/(retry|discard)$/,
      (l, [id, what]) => {
        for (const list of worldOf(l).messages.values()) {
          const m = list.find((x) => x.id === id);
          if (!m) continue;
          m.version += 1;
          m.error = null;
          if (what === "retry") {
            m.state = "queued";
            deliver(m);
          } else m.deleted_at = new Date().toISOString();
          publish();
          return m;
        }
        throw new Refusal(404, "not_found");
      },
    ],
    [
      "GET",
      /^\/contacts$/,
      (l, _, __, q) => ({
        items: [...worldOf(l).contacts.values()]
          .filter((c) => c.name.includes(q.get("q") ?? ""))
          .map(({ id, name, locale, identities }) => ({
            id,
            name,
            locale,
            identities,
            last_seen_at: new Date().toISOString(),
          })),
        next: null,
      }),
    ],
    [
      "GET",
      /^\/contacts\/([^/]+)$/,
      (l, [id]) => {
        const c = worldOf(l).contacts.get(id ?? "");
        if (!c) throw new Refusal(404, "not_found");
        return c;
      },
    ],
    [
      "PATCH",
      /^\/contacts\/([^/]+)$/,
      (l, [id], body) => Object.assign(worldOf(l).contacts.get(id ?? "") ?? {}, body),
    ],
    ["GET", /^\/agents$/, (l) => worldOf(l).agents],
    [
      "PUT",
      /^\/presence$/,
      (l, _, body: Record<string, unknown>) => {
        const agent = worldOf(l).agents[0] as Agent;
        Object.assign(agent, {
          presence: body.presence,
          reason: body.reason ?? null,
          since: new Date().toISOString(),
          missed_offer: false,
        });
        publish();
        return agent;
      },
    ],
    ["GET", /^\/presence-reasons$/, () => reasons],
    ["GET", /^\/dispositions$/, () => dispositions],
    ["GET", /^\/canned-responses$/, () => canned],
    [
      "GET",
      /^\/channel-kinds$/,
      () => [
        {
          kind: "email",
          capabilities: { subject: true, html: true, cc: true, threads: true },
          schema: {},
        },
        { kind: "web_chat", capabilities: { subject: false, cc: false }, schema: {} },
        { kind: "api", capabilities: { subject: false, cc: false }, schema: {} },
      ],
    ],
    ["GET", /^\/counts$/, (l) => counts(worldOf(l))],
    [
      "GET",
      /^\/queues$/,
      (l) =>
        (worldOf(l).agents[0]?.queues ?? []).map((q) => ({
          ...q,

          offer_timeout_s: 20,
          wrap_up_s: 45,
          reply_target_s: 900,
          resolution_target_s: 86400,
          priority: 0,
          members: worldOf(l).agents.map(({ id, name }) => ({ user: { id, name }, level: 3 })),
          waiting: 2,
          version: 1,
        })),
    ],
    [
      "POST",
      /^\/offers\/([^/]+)\/accept$/,
      (l, [id]) => {
        const offer = offersOf(l).find((o) => o.id === id);
        if (!offer) throw new Refusal(409, "offer_gone", { by: null });
        handled(l, find(l, offer.conversation_id));
        find(l, offer.conversation_id).version += 1;
        gone(l, id);
        return { conversation_id: offer.conversation_id };
      },
    ],
    [
      "POST",
      /^\/offers\/([^/]+)\/decline$/,
      (l, [id]) => {
        gone(l, id);
        return null;
      },
    ],
  ];

  const happen: Record<string, (lang: Lang) => void> = {
    reset() {
      worlds = {};
      offers = {};
      cutUntil = 0;
      for (const line of lines) line.socket.close();
    },
    cut() {
      cutUntil = Date.now() + 600_000;
      for (const line of lines) line.socket.terminate();
    },
    join() {
      cutUntil = 0;
    },
    offer(lang) {
      const world = worldOf(lang);
      const c = rows(world, "unassigned").at(-1) ?? (rows(world, "all")[0] as Conversation);
      offersOf(lang).push({
        id: uid(),
        epoch: 1,
        conversation_id: c.id,
        number: c.number,
        contact: c.contact,
        channel: c.channel,
        queue:
          c.queue ?? ((world.agents[0] as Agent).queues[0] as NonNullable<Conversation["queue"]>),
        preview: c.preview.text,
        callback: null,
        waiting_since: new Date(Date.now() - 102_000).toISOString(),
        offered_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + 20_000).toISOString(),
        why: [
          { code: "last_agent", params: {} },
          { code: "queue", params: {} },
          { code: "idle", params: { s: 312 } },
        ]
          .slice(0, 3)
          .map((w) =>
            w.code === "queue" ? { code: "member", params: { queue: c.queue?.name ?? "" } } : w,
          ),
        orders: [...world.contacts.values()][0]?.orders.slice(0, 1) ?? [],
        subject: c.subject ?? c.preview.text,
        last_interaction_at: new Date(Date.now() - 86_400_000 * 3).toISOString(),
        address: world.contacts.get(c.contact.id)?.identities[0]?.value ?? null,
      });
      publish();
    },
    missed(lang) {
      offers[lang] = [];
      Object.assign(worldOf(lang).agents[0] as Agent, {
        missed_offer: true,
        presence: "away",
        reason: "missed_offer",
      });
      publish();
    },
    message(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      const leg = c.legs.at(-1);
      add(lang, c, {
        direction: "in",
        author: { kind: "contact", id: c.contact.id, name: c.contact.name },
        text: {
          en: "One more thing: the bell does not work.",
          fa: "یک چیز دیگر: زنگ در خراب است.",
          ar: "شيء آخر: جرس الباب لا يعمل.",
        }[lang],
        leg_id: leg?.id ?? null,
        channel: leg?.channel ?? null,
      });
      c.unread += 1;
      publish();
    },
    typing(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      say(lang, {
        t: "typing",
        scope: `conversation:${c.id}`,
        who: { kind: "contact", id: c.contact.id, name: c.contact.name },
        on: true,
        text: "",
      });
    },
    viewing(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      const { id, name } = worldOf(lang).agents[1] as Agent;
      say(lang, { t: "viewing", scope: `conversation:${c.id}`, users: [{ id, name }] });
    },
  };

  const langOf = (request: IncomingMessage) =>
    /wasl_session=(en|fa|ar)/.exec(request.headers.cookie ?? "")?.[1] as Lang | undefined;
  const read = async (request: IncomingMessage) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL) {
    const lang = langOf(request);
    const send = (
      status: number,
      body: unknown,
      headers: Record<string, string | string[]> = {},
    ) => {
      response.writeHead(status, {
        "Content-Type": status < 400 ? "application/json" : "application/problem+json",
        ...headers,
      });
      response.end(body === undefined ? "" : JSON.stringify(body));
    };
    if (url.pathname.startsWith("/mock/")) {
      happen[url.pathname.slice(6)]?.(lang ?? "en");
      return send(200, null);
    }
    if (cutUntil > Date.now()) return response.destroy();
    const path = url.pathname.slice("/api/v1".length);
    const data = await read(request);
    if (path === "/sign-in") {
      const { email, password } = JSON.parse(data.toString()) as {
        email: string;
        password: string;
      };
      const who = PEOPLE[email.split("@")[0] ?? ""];
      if (!who || password === "wrong")
        return send(401, {
          type: "about:blank",
          title: "refused",
          status: 401,
          code: "sign_in_refused",
          params: { tries_left: 3 },
          retryable: false,
        });
      return send(200, me(who), {
        "Set-Cookie": [
          `wasl_session=${who}; HttpOnly; SameSite=Lax; Path=/`,
          "wasl_csrf=mock; Path=/",
        ],
      });
    }
    if (path === "/sign-out")
      return send(200, null, { "Set-Cookie": "wasl_session=; Max-Age=0; Path=/" });
    if (!lang)
      return send(401, {
        type: "about:blank",
        title: "sign in",
        status: 401,
        code: "signed_out",
        params: {},
        retryable: false,
      });
    if (path === "/attachments" && request.method === "POST") {
      const made: Attachment = {
        id: uid(),
        name: url.searchParams.get("name") ?? "file",
        content_type: request.headers["content-type"] ?? "",
        size: data.length,
        state: "ready",
        inline: false,
      };
      files.set(made.id, made);
      return send(200, made);
    }
    if (path.startsWith("/attachments/")) {
      response.writeHead(200, { "Content-Type": "image/svg+xml" });
      return response.end(PIXEL);
    }
    if (/^\/messages\/.*\/html$/.test(path)) {
      response.writeHead(200, {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
      });
      return response.end(
        "<!doctype html><p style='font:14px sans-serif'>Tracking <b>1Z 999 AA1 01 2345 6784</b> says 14:05.</p>",
      );
    }
    const body = data.length ? (JSON.parse(data.toString()) as Body) : ({} as Body);
    for (const [method, pattern, run] of routes) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (!match) continue;
      try {
        return send(200, run(lang, match.slice(1), body, url.searchParams));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return send(error.status, {
          type: "about:blank",
          title: error.code,
          status: error.status,
          code: error.code,
          params: error.params,
          retryable: false,
        });
      }
    }
    return send(404, {
      type: "about:blank",
      title: "no route",
      status: 404,
      code: "not_found",
      params: {},
      retryable: false,
    });
  }

  const sockets = new WebSocketServer({ noServer: true });
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    const line: Line = { socket, lang: langOf(request) ?? "en", scopes: new Map() };
    lines.add(line);
    socket.on("close", () => lines.delete(line));
    socket.send(JSON.stringify({ t: "ready", user: worldOf(line.lang).user.id }));
    socket.on("message", (raw) => {
      const frame = JSON.parse(String(raw)) as { t: string; scope?: string };
      if (frame.t === "ping") socket.send(JSON.stringify({ t: "pong" }));
      if (frame.t === "unsub" && frame.scope) line.scopes.delete(frame.scope);
      if (frame.t === "sub" && frame.scope) {
        const items = snapshot(line.lang, frame.scope);
        line.scopes.set(frame.scope, new Map(items.map((i) => [`${i.kind}:${i.id}`, i.v])));
        socket.send(
          JSON.stringify({ t: "snapshot", scope: frame.scope, cursor: String(cursor), items }),
        );
      }
    });
  });

  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    const url = new URL(request.originalUrl ?? request.url ?? "/", "http://mock");
    if (!url.pathname.startsWith("/api/v1") && !url.pathname.startsWith("/mock/")) return next();
    answer(request, response, url).catch(next);
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!request.url?.startsWith("/api/v1/socket")) return;
    if (cutUntil > Date.now() || !langOf(request)) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit("connection", ws, request));
  };
  return { middleware, upgrade, worldOf };
}
