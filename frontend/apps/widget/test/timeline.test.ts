import { describe, expect, it } from "vitest";
import type { ClientMessage, Conversation } from "../src/net/types";
import * as timeline from "../src/state/timeline";

const message = (seq: number, over: Partial<ClientMessage> = {}): ClientMessage => ({
  id: `m${seq}`,
  client_id: null,
  seq,
  direction: "in",
  author: { kind: "contact", name: "Sara" },
  text: `text ${seq}`,
  subject: null,
  channel_kind: "web_chat",
  attachments: [],
  quick_replies: [],
  state: "sent",
  created_at: "2026-11-21T12:00:00Z",
  edited_at: null,
  deleted_at: null,
  ...over,
});
const conversation: Conversation = {
  id: "c1",
  number: "W-1",
  status: "open",
  agent: null,
  contact_read_seq: 0,
  agent_read_seq: 0,
};
const page = (from: number, to: number, next: string | null = null) => ({
  items: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)),
  next,
  conversation,
});
const seqs = (of: timeline.Timeline) => of.messages.map((m) => m.seq);

describe("timeline", () => {
  it("has a message once, whatever comes twice or in another order", () => {
    let now = timeline.takeSnapshot(timeline.EMPTY, page(1, 2));
    for (const seq of [4, 3, 4, 2, 3]) now = timeline.takeMessage(now, message(seq));
    expect(seqs(now)).toEqual([1, 2, 3, 4]);
  });

  it("knows its own message by the client id", () => {
    let now = timeline.takeMessage(timeline.EMPTY, message(7, { id: "a", client_id: "mine" }));
    now = timeline.takeMessage(now, message(7, { id: "a", client_id: "mine", text: "as stored" }));
    expect(now.messages.map((m) => m.text)).toEqual(["as stored"]);
  });

  it("never takes a tick away when a receipt comes late, but shows a failure", () => {
    let now = timeline.takeMessage(timeline.EMPTY, message(1, { state: "read" }));
    now = timeline.takeMessage(now, message(1, { state: "delivered", text: "edited" }));
    expect(now.messages[0]).toMatchObject({ state: "read", text: "edited" });
    now = timeline.takeMessage(now, message(1, { state: "failed" }));
    expect(now.messages[0]?.state).toBe("failed");
  });

  it("joins a resumed snapshot to what it knows", () => {
    const before = timeline.takeSnapshot(timeline.EMPTY, page(3, 5, "older"));
    const after = timeline.takeSnapshot(before, page(6, 8, null));
    expect(seqs(after)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(after.older).toBe("older");
  });

  it("starts again from a snapshot when there would be a hole", () => {
    const before = timeline.takeSnapshot(timeline.EMPTY, page(1, 3));
    const after = timeline.takeSnapshot(before, page(60, 62, "older"));
    expect(seqs(after)).toEqual([60, 61, 62]);
    expect(after.older).toBe("older");
  });

  it("puts older pages before", () => {
    const now = timeline.takeOlder(
      timeline.takeSnapshot(timeline.EMPTY, page(3, 4, "x")),
      page(1, 2),
    );
    expect(seqs(now)).toEqual([1, 2, 3, 4]);
    expect(now.older).toBeNull();
  });

  it("counts what is unread and reads only forwards", () => {
    let now = timeline.takeSnapshot(timeline.EMPTY, page(1, 1));
    now = timeline.takeMessage(now, message(2, { direction: "out" }));
    now = timeline.takeMessage(
      now,
      message(3, { direction: "out", deleted_at: "2026-11-21T12:00:00Z" }),
    );
    expect(timeline.unread(now)).toBe(1);
    now = timeline.takeContactRead(now, 3);
    now = timeline.takeContactRead(now, 1);
    expect(timeline.unread(now)).toBe(0);
    expect(now.conversation?.contact_read_seq).toBe(3);
  });

  it("shows how far a message has come", () => {
    expect(timeline.progress(message(5), 4)).toBe("sent");
    expect(timeline.progress(message(5, { state: "delivered" }), 4)).toBe("delivered");
    expect(timeline.progress(message(5), 5)).toBe("read");
  });
});
