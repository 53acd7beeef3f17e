import type {
  Attachment,
  ClientMessage,
  Config,
  Conversation,
  Identity,
  Lang,
  MessageBody,
  TimelinePage,
  Visitor,
} from "./types";

/** What the server answered instead: a stable `code`, or `offline` when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryable: boolean,
    readonly params: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

function problem(status: number, body: unknown): ApiError {
  const read = (body && typeof body === "object" ? body : {}) as Record<string, unknown>;
  return new ApiError(
    status,
    typeof read.code === "string" ? read.code : `http_${status}`,
    read.retryable === true || status >= 500 || status === 429 || status === 408,
    read.params && typeof read.params === "object" ? (read.params as Record<string, unknown>) : {},
  );
}

const ANSWER_WITHIN_MS = 20_000;

/** The client API of one channel. Every method rejects with an `ApiError`. */
export class Api {
  token = "";

  constructor(readonly channel: string) {}

  get base(): string {
    return `/client/v1/${encodeURIComponent(this.channel)}`;
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        credentials: "omit",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiError(0, "offline", true);
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problem(response.status, answer);
    return answer as T;
  }

  post<T>(path: string, body?: object): Promise<T> {
    return this.call("POST", path, body);
  }

  config(lang: Lang): Promise<Config> {
    return this.call("GET", `/config?lang=${lang}`);
  }

  visitor(body: {
    token?: string;
    identity?: Identity;
    link?: string;
    locale: Lang;
  }): Promise<Visitor> {
    return this.post("/visitor", body);
  }

  timeline(before?: string | number): Promise<TimelinePage> {
    return this.call(
      "GET",
      `/timeline?limit=50${before ? `&before=${encodeURIComponent(before)}` : ""}`,
    );
  }

  send(body: MessageBody): Promise<{ message: ClientMessage; conversation: Conversation | null }> {
    return this.post("/messages", body);
  }

  read(seq: number): Promise<unknown> {
    return this.post("/read", { seq });
  }

  offline(body: {
    client_id: string;
    name: string;
    email: string;
    text: string;
    locale: Lang;
  }): Promise<unknown> {
    return this.post("/offline", body);
  }

  continueByEmail(email: string): Promise<unknown> {
    return this.post("/continue", { email });
  }

  attachmentUrl(id: string, inline: boolean): string {
    const shown = inline ? "&inline=1" : "";
    return `${this.base}/attachments/${encodeURIComponent(id)}?token=${encodeURIComponent(this.token)}${shown}`;
  }

  /** Uploads a file as it is; `progress` gets the part that has gone, 0 to 1. */
  upload(file: File, progress: (part: number) => void, abort: AbortSignal): Promise<Attachment> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/attachments?name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress(event.loaded / event.total);
      };
      request.onload = () =>
        request.status < 300
          ? resolve(request.response as Attachment)
          : reject(problem(request.status, request.response));
      request.onerror = () => reject(new ApiError(0, "offline", true));
      request.onabort = () => reject(new ApiError(0, "cancelled", false));
      abort.addEventListener("abort", () => request.abort(), { once: true });
      request.send(file);
    });
  }
}
