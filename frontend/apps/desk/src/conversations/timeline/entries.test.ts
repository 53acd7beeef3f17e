import type { Message } from "@wasl/api";
import { describe, expect, test } from "vitest";
import { makeEntries, mergeMessages } from "./entries.ts";

const MAIL = { id: "1", kind: "email", name: "support" };
const CHAT = { id: "2", kind: "web_chat", name: "shop" };
let seq = 0;
function message(at: string, more: Partial<Message> = {}): Message {
  seq += 1;
  return {
    id: `m${seq}`,
    seq,
    kind: "message",
    direction: "in",
    author: { kind: "contact", id: "sara", name: "Sara" },
    text: "hello",
    folded_text: null,
    has_html: false,
    subject: null,
    leg_id: null,
    channel: CHAT,
    interaction_id: "i",
    attachments: [],
    state: null,
    error: null,
    email: null,
    quick_replies: [],
    attributes: {},
    client_id: null,
    created_at: at,
    edited_at: null,
    deleted_at: null,
    version: 1,
    activity: null,
    ...more,
  };
}
const types = (messages: Message[]) => makeEntries(messages).map((e) => e.type);

describe("the timeline", () => {
  test("tells a new day and a change of channel, once each", () => {
    const mail = { channel: MAIL, email: { from: "s@example.com", to: [], cc: [] } };
    expect(
      types([
        message("2026-11-20T10:00:00", mail),
        message("2026-11-21T10:00:00"),
        message("2026-11-21T10:01:00"),
        message("2026-11-21T10:02:00", mail),
      ]),
    ).toEqual(["day", "mail", "day", "switch", "bubble", "bubble", "switch", "mail"]);
  });

  test("notes and activities change no channel", () => {
    expect(
      types([
        message("2026-11-21T10:00:00"),
        message("2026-11-21T10:01:00", { kind: "note", channel: null }),
        message("2026-11-21T10:02:00", {
          kind: "activity",
          channel: null,
          activity: { code: "assigned", params: {} },
        }),
        message("2026-11-21T10:03:00"),
      ]),
    ).toEqual(["day", "bubble", "note", "activity", "bubble"]);
  });

  test("groups one speaker's messages until another speaks or time passes", () => {
    const agent = {
      direction: "out" as const,
      author: { kind: "agent" as const, id: "me", name: "Me" },
    };
    const bubbles = makeEntries([
      message("2026-11-21T10:00:00"),
      message("2026-11-21T10:01:00"),
      message("2026-11-21T10:20:00"),
      message("2026-11-21T10:21:00", agent),
    ]).filter((e) => e.type === "bubble");
    expect(bubbles.map((b) => [b.first, b.last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  test("each run of a flow has one place for its steps, after the last of what it put here", () => {
    const flow = (id: string, more: Partial<Message> = {}) =>
      ({ direction: "out", author: { kind: "flow", id, name: "Naranj" }, ...more }) as const;
    const entries = makeEntries([
      message("2026-11-21T10:00:00", flow("one")),
      message("2026-11-21T10:01:00"),
      message("2026-11-21T10:02:00", flow("one")),
      message("2026-11-21T10:02:10", flow("one", { kind: "note" })),
      message("2026-11-21T10:03:00"),
      message("2026-11-21T10:04:00", flow("two", { kind: "activity", channel: null })),
    ]);
    expect(entries.map(({ type }) => type)).toEqual([
      "day",
      "bubble",
      "bubble",
      "bubble",
      "note",
      "run",
      "bubble",
      "activity",
      "run",
    ]);
    expect(entries.flatMap((e) => (e.type === "run" ? [[e.run, e.name]] : []))).toEqual([
      ["one", "Naranj"],
      ["two", "Naranj"],
    ]);
  });

  test("merges pages by id, newest version, in order", () => {
    const [a, b] = [message("2026-11-21T10:00:00"), message("2026-11-21T10:01:00")];
    const edited = { ...a, text: "edited", version: 2 };
    expect(mergeMessages([b, edited], [a]).map((m) => m.text)).toEqual(["edited", "hello"]);
  });
});
