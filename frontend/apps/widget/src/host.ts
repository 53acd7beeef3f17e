import type { Identity } from "./net/types";

/**
 * What the page around the frame and the frame say to one another. Both sides check the origin
 * *and* the source of every message, and name the origin that they write to.
 */
export interface PageState {
  wasl: 1;
  t: "page";
  lang: string;
  theme: "light" | "dark";
  /** The panel is in sight. */
  open: boolean;
  /** The frame fills its place for good: it offers no way to close. */
  fixed?: boolean;
  page: { url: string; title: string };
  /** null: nobody is signed in. */
  identity: Identity | null;
}

/** What a host may ask for besides: words to begin with, or a number on a message for a moment. */
export type HostAsks =
  | { wasl: 1; t: "draft"; text: string }
  | { wasl: 1; t: "pair"; id: string; n: number };

export type FrameSays =
  | { wasl: 1; t: "ready" }
  /** A message has come or gone just now. */
  | { wasl: 1; t: "message"; id: string }
  | { wasl: 1; t: "unread"; count: number }
  | { wasl: 1; t: "close" };

interface Heard {
  origin: string;
  source: unknown;
  data: unknown;
}

/** True for a message that comes from `source` itself, from `origin`, in our protocol. */
export function isFrom(heard: Heard, source: unknown, origin: string): boolean {
  return (
    source !== null &&
    heard.source === source &&
    origin !== "" &&
    heard.origin === origin &&
    typeof heard.data === "object" &&
    heard.data !== null &&
    (heard.data as { wasl?: unknown }).wasl === 1
  );
}

const short = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length <= most;

function readIdentity(value: unknown): Identity | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, name, email, phone, exp, signature } = value as Record<string, unknown>;
  if (!short(id, 200) || !id || !Number.isInteger(exp) || !short(signature, 200)) return null;
  return {
    id,
    exp: exp as number,
    signature,
    ...(short(name, 200) ? { name } : {}),
    ...(short(email, 320) ? { email } : {}),
    ...(short(phone, 40) ? { phone } : {}),
  };
}

/** A page's word about itself, bounded; null when it is not understood. */
export function readPageState(data: unknown): PageState | null {
  const said = data as Record<string, unknown>;
  if (said.t !== "page") return null;
  const page = (said.page ?? {}) as Record<string, unknown>;
  return {
    wasl: 1,
    t: "page",
    lang: short(said.lang, 40) ? said.lang : "",
    theme: said.theme === "dark" ? "dark" : "light",
    open: said.open === true,
    fixed: said.fixed === true,
    page: {
      url: short(page.url, 2000) ? page.url : "",
      title: short(page.title, 1000) ? page.title.slice(0, 200) : "",
    },
    identity: readIdentity(said.identity),
  };
}

/** What the page asks for, bounded; null when it asks for nothing. */
export function readAsked(data: unknown): HostAsks | null {
  const { t, text, id, n } = data as Record<string, unknown>;
  if (t === "draft" && short(text, 2000)) return { wasl: 1, t, text };
  if (t === "pair" && short(id, 40) && Number.isInteger(n))
    return { wasl: 1, t, id, n: n as number };
  return null;
}

/** The host's origin, as the page that made the frame wrote it into the address. */
export function hostOrigin(hash: string): string {
  const named = new URLSearchParams(hash.slice(1)).get("host") ?? "";
  return /^https?:\/\/[^/\s]+$/.test(named) ? named : "";
}

/** The frame's end. `take` is called with every state of the page around it, and what it asks. */
export function listenToHost(
  take: (said: PageState | HostAsks) => void,
): (message: FrameSays) => void {
  const origin = hostOrigin(location.hash);
  const host = window.parent === window ? null : window.parent;
  addEventListener("message", (event) => {
    if (!isFrom(event, host, origin)) return;
    const said = readAsked(event.data) ?? readPageState(event.data);
    if (said) take(said);
  });
  return (message) => {
    if (host && origin) host.postMessage(message, origin);
  };
}
