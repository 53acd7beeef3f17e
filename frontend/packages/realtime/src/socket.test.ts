import { describe, expect, test } from "vitest";
import { itemsOf } from "./scope.ts";
import { backOff, type Ground, Realtime, type SocketLike } from "./socket.ts";

class FakeSocket implements SocketLike {
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hear(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  ready() {
    this.onopen?.();
    this.hear({ t: "ready", user: "me" });
  }
}

/** A world whose clock moves when it is told to. */
class FakeGround implements Ground {
  sockets: FakeSocket[] = [];
  time = 0;
  timers: { at: number; run: () => void }[] = [];
  open() {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now = () => this.time;
  random = () => 0.5;
  after(ms: number, run: () => void) {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  pass(ms: number) {
    this.time += ms;
    for (const timer of this.timers.filter((t) => t.at <= this.time)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.run();
    }
  }
  get last() {
    return this.sockets.at(-1) as FakeSocket;
  }
}

function started() {
  const ground = new FakeGround();
  const realtime = new Realtime(ground);
  realtime.start();
  return { ground, realtime };
}
const snapshot = (scope: string, cursor: string) => ({
  t: "snapshot",
  scope,
  cursor,
  items: [{ kind: "c", id: "a", v: 1, data: "a1" }],
});

describe("the socket", () => {
  test("subscribes what was asked for before it was ready", () => {
    const { ground, realtime } = started();
    realtime.subscribe("me", () => {});
    expect(ground.last.sent).toEqual([]);
    ground.last.ready();
    expect(ground.last.sent).toEqual([{ t: "sub", scope: "me" }]);
  });

  test("goes on from the cursor after a lost line, and keeps what it knew meanwhile", () => {
    const { ground, realtime } = started();
    realtime.subscribe("me", () => {});
    ground.last.ready();
    ground.last.hear(snapshot("me", "c7"));
    ground.last.onclose?.();
    expect(realtime.connection.state).toBe("waiting");
    expect(itemsOf(realtime.stateOf("me"), "c")).toEqual(["a1"]);
    ground.pass(1_000);
    ground.last.ready();
    expect(ground.sockets).toHaveLength(2);
    expect(ground.last.sent).toEqual([{ t: "sub", scope: "me", cursor: "c7" }]);
  });

  test("asks for everything again when the server says resync", () => {
    const { ground, realtime } = started();
    realtime.subscribe("me", () => {});
    ground.last.ready();
    ground.last.hear(snapshot("me", "c7"));
    ground.last.hear({ t: "resync", scope: "me" });
    expect(ground.last.sent.at(-1)).toEqual({ t: "sub", scope: "me" });
  });

  test("waits longer each time, at most a limit, never all at once", () => {
    expect(backOff(0, 0)).toBe(250);
    expect(backOff(0, 1)).toBe(500);
    expect(backOff(3, 1)).toBe(4_000);
    expect(backOff(30, 1)).toBe(20_000);
  });

  test("tries at once when it is told to", () => {
    const { ground, realtime } = started();
    ground.last.onclose?.();
    realtime.retryNow();
    expect(ground.sockets).toHaveLength(2);
    ground.pass(60_000);
    expect(ground.sockets).toHaveLength(2);
  });

  test("leaves a line that no longer answers", () => {
    const { ground, realtime } = started();
    ground.last.ready();
    ground.pass(20_000);
    expect(ground.last.sent.at(-1)).toEqual({ t: "ping" });
    ground.pass(20_000);
    expect(ground.sockets[0]?.closed).toBe(true);
    expect(realtime.connection.state).toBe("waiting");
  });

  test("unsubscribes with the last listener only", () => {
    const { ground, realtime } = started();
    ground.last.ready();
    const [one, two] = [realtime.subscribe("x", () => {}), realtime.subscribe("x", () => {})];
    one();
    expect(ground.last.sent).toEqual([{ t: "sub", scope: "x" }]);
    two();
    expect(ground.last.sent.at(-1)).toEqual({ t: "unsub", scope: "x" });
  });

  test("forgets everything when it is stopped", () => {
    const { ground, realtime } = started();
    realtime.subscribe("me", () => {});
    ground.last.ready();
    ground.last.hear(snapshot("me", "c7"));
    realtime.stop();
    expect(realtime.stateOf("me").ready).toBe(false);
    ground.pass(60_000);
    expect(ground.sockets).toHaveLength(1);
  });
});
