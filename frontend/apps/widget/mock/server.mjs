/**
 * A stand-in for the server, in memory, for looking at every state of the chat and for its tests
 * in a browser. It serves the built files as the server does and speaks the client API.
 * `POST /mock` plays our side: {channel, do, …}, see `deeds`.
 *
 *   node mock/server.mjs [port]
 */
import { randomUUID } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { demoRoutes } from "./demo.mjs";

const port = Number(process.argv[2] ?? 5180);
const built = fileURLToPath(new URL("../../../../src/wasl/static/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

const config = {
  name: "Naranj",
  greeting: null,
  languages: ["en", "fa", "ar"],
  pre_chat: [],
  online: true,
  by_mail: true,
  callbacks: true,
  region: "IR",
  expected_reply: { code: "minutes" },
  accent: null,
  limits: { text_chars: 4000, file_bytes: 25_000_000 },
  quick_start: [
    {
      text: {
        en: "Marked delivered but not here",
        fa: "سفارشم «تحویل شد» خورده ولی نرسیده",
        ar: "«تم التسليم» ولم يصلني شيء",
      },
    },
    {
      text: {
        en: "Return or exchange an item",
        fa: "تعویض یا مرجوع کردن کالا",
        ar: "الإرجاع أو الاستبدال",
      },
    },
  ],
};
const topic = {
  field: "topic",
  required: true,
  options: [
    {
      value: "order",
      names: { en: "Order and delivery", fa: "سفارش و ارسال", ar: "الطلب والتوصيل" },
    },
    { value: "return", names: { en: "Returns", fa: "مرجوعی", ar: "الإرجاع" } },
  ],
};
const channels = {
  shop: config,
  closed: { ...config, online: false, expected_reply: { code: "hours" } },
  pre_chat: {
    ...config,
    accent: "#b4531a",
    pre_chat: [
      { field: "name", required: true },
      { field: "email", required: true },
      topic,
      { field: "phone", required: false },
    ],
  },
};

const visitors = new Map();
const files = new Map();
/** What is wrong with the server just now. */
const trouble = { down: false, refuse: null };

const answer = (response, status, body) => {
  response.writeHead(status, {
    "Content-Type": status < 400 ? "application/json" : "application/problem+json",
  });
  response.end(JSON.stringify(body));
};
const refuse = (response, status, code) =>
  answer(response, status, { status, code, params: {}, retryable: status >= 500 });

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function newVisitor(channel, locale) {
  const visitor = {
    token: `v_${randomUUID()}`,
    channel,
    locale,
    contact: null,
    identity: null,
    conversation: null,
    messages: [],
    sockets: new Set(),
  };
  visitors.set(visitor.token, visitor);
  return visitor;
}

function push(visitor, frame) {
  for (const socket of visitor.sockets) socket.send(JSON.stringify(frame));
}

function addMessage(visitor, over) {
  const message = {
    id: randomUUID(),
    client_id: null,
    seq: visitor.messages.length + 1,
    direction: "in",
    author: { kind: "contact", name: visitor.contact?.name ?? "" },
    text: "",
    subject: null,
    channel_kind: "web_chat",
    attachments: [],
    quick_replies: [],
    state: "sent",
    created_at: new Date().toISOString(),
    edited_at: null,
    deleted_at: null,
    ...over,
  };
  visitor.messages.push(message);
  push(visitor, { t: "message", message });
  return message;
}

function openConversation(visitor) {
  if (!visitor.conversation || visitor.conversation.status === "resolved") {
    visitor.conversation = {
      ...(visitor.conversation ?? {
        id: randomUUID(),
        number: "W-4187",
        agent: null,
        contact_read_seq: 0,
        agent_read_seq: 0,
      }),
      status: "open",
    };
    push(visitor, { t: "conversation", conversation: visitor.conversation });
  }
}

const timelineOf = (visitor, before, limit) => {
  const until = before ? visitor.messages.filter((m) => m.seq < before) : visitor.messages;
  const items = until.slice(-limit);
  return {
    items,
    next: items.length < until.length ? String(items[0].seq) : null,
    conversation: visitor.conversation,
  };
};

/** What our side and the network can be made to do. */
const deeds = {
  join(visitor, { name }) {
    openConversation(visitor);
    const held = { agent: { name }, state: "active", place: null, callback: null };
    Object.assign(visitor.conversation, held);
    push(visitor, { t: "conversation", conversation: visitor.conversation });
  },
  say(visitor, { name, text, ...over }) {
    openConversation(visitor);
    addMessage(visitor, {
      direction: "out",
      author: { kind: "agent", name },
      text,
      state: null,
      ...over,
    });
  },
  queue(visitor, { place, wait_s }) {
    const waits = { state: "queued", place, expected_wait_s: wait_s, callback: null };
    Object.assign(visitor.conversation, waits);
    push(visitor, { t: "conversation", conversation: visitor.conversation });
  },
  typing(visitor, { name, on = true }) {
    push(visitor, { t: "typing", on, name });
  },
  read(visitor) {
    visitor.conversation.agent_read_seq = visitor.messages.length;
    push(visitor, { t: "read", seq: visitor.messages.length });
  },
  status(visitor, { status }) {
    visitor.conversation.status = status;
    push(visitor, { t: "conversation", conversation: visitor.conversation });
  },
  history(visitor, { count }) {
    openConversation(visitor);
    for (let i = 1; i <= count; i++) {
      const out = i % 3 === 0;
      addMessage(visitor, {
        direction: out ? "out" : "in",
        author: out ? { kind: "agent", name: "Daniel Roth" } : { kind: "contact", name: "Sara" },
        text: `${out ? "Answer" : "Message"} ${i}`,
        created_at: new Date(Date.now() - (count - i + 1) * 3 * 3600_000).toISOString(),
      });
    }
  },
  update(visitor, { index, change }) {
    const message = Object.assign(visitor.messages.at(index), change);
    push(visitor, { t: "update", message });
  },
  forget(visitor) {
    visitors.delete(visitor.token);
  },
  drop(visitor) {
    for (const socket of visitor.sockets) socket.terminate();
  },
};

async function clientApi(request, response, url, channel, path) {
  const settings = channels[channel];
  if (!settings) return refuse(response, 404, "channel_off");
  const deed = `${request.method} ${path}`;
  if (deed === "GET /config") return answer(response, 200, settings);
  if (deed === "POST /visitor") {
    const asked = JSON.parse(await bodyOf(request));
    if (asked.identity?.signature === "forged") return refuse(response, 401, "identity_refused");
    if (asked.link?.startsWith("old")) return refuse(response, 401, "link_refused");
    const known =
      [...visitors.values()].find(
        (v) => v.channel === channel && asked.identity && v.identity === asked.identity.id,
      ) ?? visitors.get(asked.token);
    if (asked.token && !known) return refuse(response, 401, "visitor_unknown");
    const visitor = known ?? newVisitor(channel, asked.locale);
    if (asked.identity) {
      visitor.identity = asked.identity.id;
      visitor.contact = { name: asked.identity.name ?? null, email: asked.identity.email ?? null };
    }
    return answer(response, 200, {
      token: visitor.token,
      visitor_id: visitor.token,
      verified: Boolean(visitor.identity),
      contact: visitor.contact,
      conversation: visitor.conversation,
    });
  }
  if (deed === "POST /offline") {
    await bodyOf(request);
    return answer(response, 202, {});
  }
  const token = request.headers.authorization?.slice(7) ?? url.searchParams.get("token");
  const visitor = visitors.get(token);
  if (!visitor) return refuse(response, 401, "unauthenticated");
  if (deed === "GET /timeline") {
    const before = Number(url.searchParams.get("before")) || null;
    return answer(
      response,
      200,
      timelineOf(visitor, before, Number(url.searchParams.get("limit") ?? 50)),
    );
  }
  if (deed === "POST /messages") {
    const said = JSON.parse(await bodyOf(request));
    if (trouble.refuse && said.text.includes(trouble.refuse))
      return refuse(response, 422, "text_refused");
    let message = visitor.messages.find((m) => m.client_id === said.client_id);
    if (!message) {
      if (said.pre_chat)
        visitor.contact = { name: said.pre_chat.name ?? null, email: said.pre_chat.email ?? null };
      openConversation(visitor);
      message = addMessage(visitor, {
        client_id: said.client_id,
        text: said.text,
        attachments: (said.attachment_ids ?? []).map((id) => files.get(id).attachment),
      });
    }
    return answer(response, 201, { message, conversation: visitor.conversation });
  }
  if (deed === "POST /attachments") {
    const data = await bodyOf(request);
    const attachment = {
      id: randomUUID(),
      name: url.searchParams.get("name"),
      content_type: request.headers["content-type"],
      size: data.length,
      state: "ready",
      inline: false,
    };
    if (attachment.name.endsWith(".exe")) return refuse(response, 422, "type_refused");
    files.set(attachment.id, { attachment, data });
    return answer(response, 201, attachment);
  }
  const file = /^GET \/attachments\/(.+)$/.exec(deed)?.[1];
  if (file && files.has(file)) {
    response.writeHead(200, { "Content-Type": files.get(file).attachment.content_type });
    return response.end(files.get(file).data);
  }
  if (deed === "POST /read") {
    const { seq } = JSON.parse(await bodyOf(request));
    if (visitor.conversation) visitor.conversation.contact_read_seq = seq;
    return answer(response, 200, {});
  }
  if (deed.startsWith("POST /callback")) {
    const asked = deed === "POST /callback" ? JSON.parse(await bodyOf(request)) : null;
    const held = visitor.conversation;
    if (held?.state !== "queued") return refuse(response, 409, "not_waiting");
    if (asked && asked.address.length < 8) return refuse(response, 422, "identity_invalid");
    held.callback = asked && { address: asked.address, not_before: asked.not_before };
    return answer(response, 200, held);
  }
  if (deed === "POST /continue") {
    await bodyOf(request);
    return answer(response, 202, {});
  }
  return refuse(response, 404, "not_found");
}

function sendFile(response, file) {
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
}

/** A bare page that carries the script tag; ?lang= &dir= &dark=1 &identity= are its own. */
function page(url) {
  const of = (name, other) => (url.searchParams.get(name) ?? other).replace(/[<>"]/g, "");
  const identity = url.searchParams.get("identity");
  const signed = identity
    ? ` data-identity='${JSON.stringify({ id: identity, name: identity, exp: 4e9, signature: identity === "evil" ? "forged" : "ok" })}'`
    : "";
  return `<!doctype html><html lang="${of("lang", "en")}" dir="${of("dir", "ltr")}" style="color-scheme:${url.searchParams.has("dark") ? "dark" : "light"}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Page</title><main><h1>Page</h1><p>${"Text. ".repeat(200)}</p></main>
<script async src="/widget/loader.js" data-channel="${of("channel", "shop")}"${signed}></script></html>`;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  const path = normalize(decodeURIComponent(url.pathname));
  try {
    if (path === "/mock") {
      const deed = JSON.parse(await bodyOf(request));
      if (deed.do === "trouble") {
        Object.assign(trouble, deed.trouble);
        if (trouble.down) for (const visitor of visitors.values()) deeds.drop(visitor);
      } else {
        for (const visitor of [...visitors.values()].filter((v) => v.channel === deed.channel))
          deeds[deed.do](visitor, deed);
      }
      return answer(response, 200, { visitors: visitors.size });
    }
    if (trouble.down) return request.socket.destroy();
    if (path === "/page") {
      response.writeHead(200, { "Content-Type": TYPES[".html"] });
      return response.end(page(url));
    }
    const api = /^\/client\/v1\/([^/]+)(\/.*)$/.exec(path);
    if (api) return await clientApi(request, response, url, api[1], api[2]);
    if (path.startsWith("/widget/frame/"))
      return sendFile(response, join(built, "widget/frame.html"));
    if (path.startsWith("/c/")) {
      const html = readFileSync(join(built, "widget/frame.html"), "utf8");
      response.writeHead(200, { "Content-Type": TYPES[".html"] });
      return response.end(
        html.replace('name="wasl-channel" content=""', 'name="wasl-channel" content="shop"'),
      );
    }
    if (await demoRoutes(request, response, url, { built, sendFile, bodyOf, answer })) return;
    return sendFile(response, join(built, path));
  } catch (error) {
    console.error(error);
    response.destroy();
  }
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (trouble.down || !/^\/client\/v1\/[^/]+\/socket$/.test(request.url)) return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (ws) => {
    let visitor;
    ws.on("message", (data) => {
      const said = JSON.parse(String(data));
      if (said.t === "hello") {
        visitor = visitors.get(said.token);
        if (!visitor) {
          ws.send(JSON.stringify({ t: "bye", code: "signed_out" }));
          return ws.close();
        }
        visitor.sockets.add(ws);
        const missed = visitor.messages.filter((m) => m.seq > said.last_seq).slice(-50);
        const items = said.last_seq ? missed : timelineOf(visitor, null, 50).items;
        const next = items.length && items[0].seq > 1 ? String(items[0].seq) : null;
        ws.send(JSON.stringify({ t: "snapshot", items, next, conversation: visitor.conversation }));
      } else if (said.t === "ping") ws.send('{"t":"pong"}');
      else if (said.t === "read" && visitor?.conversation)
        visitor.conversation.contact_read_seq = said.seq;
    });
    ws.on("close", () => visitor?.sockets.delete(ws));
  });
});

server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/page`));
