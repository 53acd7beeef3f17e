import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/net/api";
import type { Pending, Store } from "../src/state/outbox";
import { Sending } from "../src/state/sending";

function memory(): Store & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** A server that answers each try with the next of `answers`, and takes what is tried after them. */
function centre(...answers: (ApiError | null)[]) {
  const store = memory();
  const tried: string[] = [];
  let signedOut = 0;
  const sending: Sending = new Sending(store, {
    prefix: () => "out.",
    deliver: async (item: Pending) => {
      tried.push(item.text);
      const answer = answers.shift();
      if (answer) throw answer;
      sending.confirm([item.client_id]);
    },
    signedOut: () => signedOut++,
  });
  const say = (text: string) => sending.add(text, [], undefined);
  return { store, tried, sending, say, signedOut: () => signedOut };
}

const texts = (sending: Sending) => sending.items.value.map((item) => item.text);

describe("Sending", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("sends in order, one at a time, and forgets what has arrived", async () => {
    const { sending, say, tried, store } = centre();
    say("one");
    say("two");
    expect(tried).toEqual(["one"]);
    await vi.runAllTimersAsync();
    expect(tried).toEqual(["one", "two"]);
    expect(texts(sending)).toEqual([]);
    expect(store.kept.size).toBe(0);
  });

  it("keeps what could not be sent and tries it again by itself, before the others", async () => {
    const { sending, say, tried, store } = centre(new ApiError(503, "busy", true));
    say("one");
    say("two");
    await vi.advanceTimersByTimeAsync(0);
    expect(tried).toEqual(["one"]);
    expect(store.kept.size).toBe(2);
    await vi.runAllTimersAsync();
    expect(tried).toEqual(["one", "one", "two"]);
    expect(texts(sending)).toEqual([]);
  });

  it("lets what was refused wait for the visitor while the others go on", async () => {
    const { sending, say, tried } = centre(new ApiError(422, "text_too_long", false));
    say("one");
    say("two");
    await vi.runAllTimersAsync();
    expect(tried).toEqual(["one", "two"]);
    expect(sending.items.value).toMatchObject([{ text: "one", refused: "text_too_long" }]);
    sending.retryAll();
    await vi.runAllTimersAsync();
    expect(texts(sending)).toEqual([]);
  });

  it("says that the visitor is no longer known and sends nothing more", async () => {
    const { sending, say, tried, signedOut } = centre(new ApiError(401, "visitor_refused", false));
    say("one");
    say("two");
    await vi.runAllTimersAsync();
    expect(signedOut()).toBe(1);
    expect(tried).toEqual(["one"]);
    expect(texts(sending)).toEqual(["one", "two"]);
  });

  it("finds what an earlier page left", () => {
    const earlier = centre(new ApiError(0, "offline", true));
    earlier.say("one");
    const later = new Sending(earlier.store, {
      prefix: () => "out.",
      deliver: async () => {},
      signedOut: () => {},
    });
    later.load();
    expect(texts(later)).toEqual(["one"]);
  });
});
