import type { Routes } from "./routes.ts";
import type { Attachment, SimulationLine, WhatIf } from "./types.ts";

export type Params = Record<string, string | number | boolean | null>;

/** An answer that is no success. `code` chooses the text (`error.<code>`); 0 is "no answer came". */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Params;
  readonly retryable: boolean;
  constructor(code: string, status: number, params: Params = {}, retryable = false) {
    super(`${status} ${code}`);
    this.code = code;
    this.status = status;
    this.params = params;
    this.retryable = retryable;
  }
  /** True when the server never answered: the request may be repeated with the same key. */
  get offline(): boolean {
    return this.status === 0;
  }
}

type Options<K extends keyof Routes> = Pick<
  Routes[K],
  Extract<keyof Routes[K], "path" | "query" | "body">
> & { key?: string; signal?: AbortSignal };
type Arguments<K extends keyof Routes> =
  Exclude<keyof Routes[K], "answer"> extends never ? [Options<K>?] : [Options<K>];
type Answer<K extends keyof Routes> = Routes[K] extends { answer: infer A } ? A : never;

export type Call = <K extends keyof Routes>(
  route: K,
  ...options: Arguments<K>
) => Promise<Answer<K>>;

export interface Api {
  call: Call;
  /** Sends a file; `onProgress` gets a share from 0 to 1. */
  upload(
    file: File,
    onProgress?: (share: number) => void,
    signal?: AbortSignal,
  ): Promise<Attachment>;
  /** Simulates a scenario; each line as it comes. Aborting ends the simulation. */
  simulate(
    scenario: WhatIf,
    onLine: (line: SimulationLine) => void,
    signal: AbortSignal,
  ): Promise<void>;
  url(path: string): string;
}

interface Ground {
  base?: string;
  fetch?: typeof fetch;
  cookie?: () => string;
  /** Called when the server no longer knows us. */
  onSignedOut?: () => void;
}

const csrfOf = (cookie: string) => /(?:^|;\s*)wasl_csrf=([^;]*)/.exec(cookie)?.[1] ?? "";

function problem(status: number, body: unknown): ApiError {
  const p = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const code = typeof p.code === "string" ? p.code : status === 429 ? "too_many" : "unexpected";
  return new ApiError(
    code,
    status,
    (p.params ?? {}) as Params,
    p.retryable === true || status >= 500,
  );
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

export function createApi(ground: Ground = {}): Api {
  const base = ground.base ?? "/api/v1";
  const send = ground.fetch ?? ((...a: Parameters<typeof fetch>) => fetch(...a));
  const cookie = ground.cookie ?? (() => document.cookie);

  const refuse = (status: number, text: string, path: string): never => {
    if (status === 401 && path !== "/sign-in") ground.onSignedOut?.();
    throw problem(status, parse(text));
  };

  const call: Call = async (route, ...[options]) => {
    const o = (options ?? {}) as {
      path?: Record<string, string>;
      query?: Record<string, unknown>;
      body?: unknown;
      key?: string;
      signal?: AbortSignal;
    };
    const [method = "GET", template = ""] = route.split(" ");
    const path = template.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(o.path?.[name] ?? ""),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(o.query ?? {})) {
      if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
    }
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRF-Token"] = csrfOf(cookie());
    if (method === "POST") headers["Idempotency-Key"] = o.key ?? crypto.randomUUID();
    if (o.body !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    try {
      answer = await send(`${base}${path}${query.size ? `?${query}` : ""}`, {
        method,
        headers,
        credentials: "same-origin",
        body: o.body === undefined ? null : JSON.stringify(o.body),
        signal: o.signal ?? null,
      });
    } catch (error) {
      if (o.signal?.aborted) throw error;
      throw new ApiError("network", 0, {}, true);
    }
    const text = await answer.text();
    if (!answer.ok) refuse(answer.status, text, path);
    return parse(text) as never;
  };

  const upload: Api["upload"] = (file, onProgress, signal) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${base}/attachments?name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("X-CSRF-Token", csrfOf(cookie()));
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
      request.upload.onprogress = (e) => {
        if (e.lengthComputable) onProgress?.(e.loaded / e.total);
      };
      request.onload = () => {
        const body = parse(request.responseText);
        if (request.status < 300) resolve(body as Attachment);
        else reject(problem(request.status, body));
      };
      request.onerror = () => reject(new ApiError("network", 0, {}, true));
      request.onabort = () => reject(new DOMException("aborted", "AbortError"));
      signal?.addEventListener("abort", () => request.abort());
      request.send(file);
    });

  const simulate: Api["simulate"] = async (scenario, onLine, signal) => {
    const path = "/simulation/run";
    const answer = await send(`${base}${path}`, {
      method: "POST",
      headers: { "X-CSRF-Token": csrfOf(cookie()), "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(scenario),
      signal,
    }).catch((error: unknown) => {
      throw signal.aborted ? error : new ApiError("network", 0, {}, true);
    });
    if (!answer.ok || !answer.body) return refuse(answer.status, await answer.text(), path);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? "")).split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      for (const line of lines) {
        const said = parse(line) as SimulationLine | null;
        if (said && "error" in said)
          throw new ApiError(said.error, 503, said.params, said.retryable);
        if (said) onLine(said);
      }
      if (done) return;
    }
  };

  return { call, upload, simulate, url: (path) => `${base}${path}` };
}
