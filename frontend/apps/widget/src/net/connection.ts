import type { ServerFrame } from "./types";

export type Link =
  | { state: "connecting" }
  | { state: "online" }
  /** Lost since `since`; the next try is at `retryAt` (both in ms since the epoch). */
  | { state: "lost"; since: number; retryAt: number };

/** How long to wait before try number `attempt` (from 0): doubles to 30 s, with jitter `random` 0–1. */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 6));
  return Math.round(whole * (0.6 + 0.4 * random));
}

const PING_EVERY_MS = 20_000;
const SILENT_FOR_MS = 45_000;

interface Ends {
  url: () => string;
  hello: () => { token: string; last_seq: number };
  on: (frame: ServerFrame) => void;
  link: (link: Link) => void;
}

/** One socket that keeps coming back. It is online once the server's snapshot has arrived. */
export class Connection {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private since = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private wanted = false;

  constructor(private readonly ends: Ends) {
    addEventListener("online", () => this.wanted && this.now());
    addEventListener("offline", () => this.wanted && this.lost());
  }

  open(): void {
    this.wanted = true;
    this.now();
  }

  /** Opens unless it is open already. */
  ensure(): void {
    if (!this.wanted) this.open();
  }

  close(): void {
    this.wanted = false;
    this.since = 0;
    this.attempt = 0;
    this.drop();
  }

  /** Tries at once, for example when the visitor presses "Try now". */
  now(): void {
    this.drop();
    if (!this.since) this.ends.link({ state: "connecting" });
    const socket = new WebSocket(this.ends.url());
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", ...this.ends.hello() }));
    socket.onmessage = (event) => {
      this.heardAt = Date.now();
      let frame: ServerFrame;
      try {
        frame = JSON.parse(String(event.data)) as ServerFrame;
      } catch {
        return;
      }
      if (frame.t === "snapshot") {
        this.attempt = 0;
        this.since = 0;
        this.ends.on(frame);
        this.ends.link({ state: "online" });
      } else this.ends.on(frame);
    };
    socket.onclose = () => this.socket === socket && this.lost();
    this.beat = setInterval(() => {
      if (Date.now() - this.heardAt > SILENT_FOR_MS) this.lost();
      else this.send({ t: "ping" });
    }, PING_EVERY_MS);
  }

  send(frame: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private lost(): void {
    this.drop();
    if (!this.wanted) return;
    this.since ||= Date.now();
    const wait = backoffMs(this.attempt++, Math.random());
    this.ends.link({ state: "lost", since: this.since, retryAt: Date.now() + wait });
    this.retry = setTimeout(() => this.now(), wait);
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearInterval(this.beat);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}
