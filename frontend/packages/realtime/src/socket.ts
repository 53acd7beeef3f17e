import {
  applyFrame,
  EMPTY_SCOPE,
  type Item,
  putItem,
  type ScopeFrame,
  type ScopeState,
} from "./scope.ts";

/** What the one socket needs of the world; tests give their own. */
export interface Ground {
  open(): SocketLike;
  now(): number;
  after(ms: number, run: () => void): () => void;
  random(): number;
}
export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

export type Connection =
  | { state: "closed" }
  | { state: "connecting" }
  | { state: "open" }
  /** Lost: the next try comes at `retryAt` (ms since the epoch). */
  | { state: "waiting"; retryAt: number };

export interface Who {
  kind: "contact" | "agent";
  id: string;
  name: string;
}
export type Passing =
  | { t: "typing"; scope: string; who: Who; on: boolean; text: string }
  | { t: "viewing"; scope: string; users: { id: string; name: string }[] }
  /** A colleague's note names us. */
  | { t: "mention"; conversation: string; by: string };
type ServerFrame =
  | ScopeFrame
  | Passing
  | { t: "ready"; user: string }
  | { t: "resync"; scope: string }
  | { t: "pong" }
  | { t: "bye"; code: "signed_out" | "going_away" };

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const PING_EVERY = 20_000;
const KEPT_SCOPES = 24;

/** Half fixed, half drawn: a thousand desks don't come back in the same instant. */
export const backOff = (attempt: number, random: number) => {
  const whole = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  return Math.round(whole / 2 + (whole / 2) * random);
};

/**
 * One socket for everything. Scopes are subscribed while someone listens; on reconnecting each goes
 * on from its cursor. A scope nobody listens to any more is kept for a while, so that coming back
 * shows it at once.
 */
export class Realtime {
  private readonly ground: Ground;
  private socket: SocketLike | null = null;
  private connected: Connection = { state: "closed" };
  private attempt = 0;
  private wanted = false;
  private cancelTimer: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  private answered = true;
  private readonly scopes = new Map<string, ScopeState>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly connectionListeners = new Set<() => void>();
  private readonly passingListeners = new Set<(frame: Passing) => void>();
  onSignedOut: (() => void) | null = null;

  constructor(ground: Ground) {
    this.ground = ground;
  }

  start() {
    this.wanted = true;
    if (!this.socket) this.connect();
  }

  /** Closes and forgets everything: the next person must not see it. */
  stop() {
    this.wanted = false;
    this.cancelTimer?.();
    this.leaveSocket();
    this.scopes.clear();
    this.setConnection({ state: "closed" });
  }

  retryNow() {
    if (this.connected.state !== "waiting") return;
    this.cancelTimer?.();
    this.connect();
  }

  get connection(): Connection {
    return this.connected;
  }

  onConnection = (listener: () => void) => {
    this.connectionListeners.add(listener);
    return () => this.connectionListeners.delete(listener);
  };

  onPassing = (listener: (frame: Passing) => void) => {
    this.passingListeners.add(listener);
    return () => this.passingListeners.delete(listener);
  };

  subscribe(scope: string, listener: () => void): () => void {
    let listeners = this.listeners.get(scope);
    if (!listeners) {
      listeners = new Set();
      this.listeners.set(scope, listeners);
      this.sendSub(scope);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size || this.listeners.get(scope) !== listeners) return;
      this.listeners.delete(scope);
      this.send({ t: "unsub", scope });
      this.forgetOldest();
    };
  }

  stateOf(scope: string): ScopeState {
    return this.scopes.get(scope) ?? EMPTY_SCOPE;
  }

  /** Puts what an HTTP answer told, so that the page needn't wait for the socket to say it again. */
  put(scope: string, item: Item) {
    const state = this.scopes.get(scope);
    if (state?.ready) this.setScope(scope, putItem(state, item));
  }

  typing(conversation: string, on: boolean) {
    this.send({ t: "typing", conversation, on });
  }

  viewing(conversation: string | null) {
    this.send({ t: "viewing", conversation });
  }

  private connect() {
    this.setConnection({ state: "connecting" });
    const socket = this.ground.open();
    this.socket = socket;
    socket.onopen = () => {
      this.answered = true;
      this.schedulePing();
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => this.lost();
  }

  private receive(text: string) {
    const frame = JSON.parse(text) as ServerFrame;
    this.answered = true;
    switch (frame.t) {
      case "ready":
        this.attempt = 0;
        this.setConnection({ state: "open" });
        for (const scope of this.listeners.keys()) this.sendSub(scope);
        return;
      case "snapshot":
      case "put":
      case "drop":
      case "error":
        if (!frame.scope || !this.listeners.has(frame.scope)) return;
        this.setScope(frame.scope, applyFrame(this.stateOf(frame.scope), frame));
        return;
      case "resync":
        this.setScope(frame.scope, { ...this.stateOf(frame.scope), cursor: null });
        this.sendSub(frame.scope);
        return;
      case "typing":
      case "viewing":
      case "mention":
        for (const listener of this.passingListeners) listener(frame);
        return;
      case "bye":
        if (frame.code === "signed_out") this.onSignedOut?.();
        return;
      case "pong":
        return;
    }
  }

  private sendSub(scope: string) {
    const cursor = this.scopes.get(scope)?.cursor;
    this.send(cursor ? { t: "sub", scope, cursor } : { t: "sub", scope });
  }

  private send(frame: object) {
    if (this.connected.state === "open") this.socket?.send(JSON.stringify(frame));
  }

  /** Two silent intervals in a row mean that the line is dead though nobody closed it. */
  private schedulePing() {
    this.cancelPing?.();
    this.cancelPing = this.ground.after(PING_EVERY, () => {
      if (!this.answered) {
        this.leaveSocket();
        this.lost();
        return;
      }
      this.answered = false;
      this.send({ t: "ping" });
      this.schedulePing();
    });
  }

  private leaveSocket() {
    this.cancelPing?.();
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private lost() {
    this.cancelPing?.();
    this.socket = null;
    if (!this.wanted) return;
    const wait = backOff(this.attempt++, this.ground.random());
    this.setConnection({ state: "waiting", retryAt: this.ground.now() + wait });
    this.cancelTimer = this.ground.after(wait, () => this.connect());
  }

  private setConnection(connection: Connection) {
    this.connected = connection;
    for (const listener of this.connectionListeners) listener();
  }

  private setScope(scope: string, state: ScopeState) {
    this.scopes.delete(scope);
    this.scopes.set(scope, state);
    for (const listener of this.listeners.get(scope) ?? []) listener();
  }

  private forgetOldest() {
    for (const scope of this.scopes.keys()) {
      if (this.scopes.size <= KEPT_SCOPES) return;
      if (!this.listeners.has(scope)) this.scopes.delete(scope);
    }
  }
}

export function browserGround(path: string): Ground {
  return {
    open: () => {
      const url = new URL(path, location.href);
      url.protocol = url.protocol.replace("http", "ws");
      return new WebSocket(url) as SocketLike;
    },
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  };
}
