import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Attachment } from "@wasl/api";
import type { Connect } from "vite";
import { type WebSocket, WebSocketServer } from "ws";
import { deedsOf } from "./deeds.ts";
import { type Line, makeDesk, Refusal } from "./desk.ts";
import { type Lang, uid } from "./facts.ts";
import { type Body, deskRoutes } from "./routes.ts";

const PEOPLE: Record<string, Lang> = { daniel: "en", maryam: "fa", khalid: "ar" };
const PIXEL = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#b9a48a"/><path d="M160 180l240-80 240 80v260l-240 80-240-80z" fill="#8a6f4e"/><path d="M160 180l240 80 240-80M400 260v260" stroke="#5d4a33" stroke-width="8" fill="none"/></svg>`,
);

/**
 * The HTTP and socket contract over a world in memory, for looking at every state of the desk.
 * Whoever signs in as daniel@, maryam@ or khalid@ gets the world in English, Persian or Arabic.
 * `POST /mock/<what>` makes things happen: offer, message, typing, cut, reset.
 */
export function makeMock() {
  const desk = makeDesk();
  const { files, lines, worldOf, snapshot, me, isCut, cursorNow } = desk;
  const routes = deskRoutes(desk);
  const deeds = deedsOf(desk);

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
      deeds[url.pathname.slice(6)]?.(lang ?? "en");
      return send(200, null);
    }
    if (isCut()) return response.destroy();
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
          JSON.stringify({ t: "snapshot", scope: frame.scope, cursor: cursorNow(), items }),
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
    if (isCut() || !langOf(request)) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit("connection", ws, request));
  };
  return { middleware, upgrade, worldOf };
}
