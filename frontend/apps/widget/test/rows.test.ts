import { describe, expect, it } from "vitest";
import type { ClientMessage } from "../src/net/types";
import { rowsOf } from "../src/views/rows";

const message = (seq: number, over: Partial<ClientMessage> = {}): ClientMessage => ({
  id: `m${seq}`,
  client_id: null,
  seq,
  direction: "in",
  author: { kind: "contact", name: "Sara" },
  text: "",
  subject: null,
  channel_kind: "web_chat",
  attachments: [],
  quick_replies: [],
  state: "sent",
  created_at: `2026-11-2${seq}T12:00:00Z`,
  edited_at: null,
  deleted_at: null,
  ...over,
});

describe("rowsOf", () => {
  const kinds = (...args: Parameters<typeof rowsOf>) => rowsOf(...args).map((row) => row.kind);

  it("divides days and channels", () => {
    const sameDay = { created_at: "2026-11-21T12:30:00Z" };
    expect(
      kinds([message(1), message(2, { ...sameDay, channel_kind: "email" })], [], [], null),
    ).toEqual(["day", "message", "channel", "message"]);
    expect(kinds([message(1), message(2)], [], [], null)).toEqual([
      "day",
      "message",
      "day",
      "message",
    ]);
  });

  it("puts a notice at its place and says a move to mail once", () => {
    const moved = { kind: "moved" as const, after_seq: 1, email: "sara@example.com" };
    const mail = message(2, { created_at: "2026-11-21T12:30:00Z", channel_kind: "email" });
    expect(kinds([message(1), mail], [moved], [], null)).toEqual([
      "day",
      "message",
      "notice",
      "message",
    ]);
    expect(kinds([message(1)], [moved], [], null)).toEqual(["day", "message", "notice"]);
  });

  it("shows the picture of the speaker at the end of a run", () => {
    const at = "2026-11-21T12:00:00Z";
    const rows = rowsOf(
      [
        message(1, { created_at: at }),
        message(2, { created_at: at }),
        message(3, { created_at: at, direction: "out" }),
      ],
      [],
      [],
      null,
    );
    expect(rows.flatMap((row) => (row.kind === "message" ? [row.last] : []))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("keeps what waits at the end, below the line that says since when", () => {
    const item = { client_id: "a", text: "x", attachments: [], created_at: 1, order: 0 };
    expect(kinds([message(1)], [], [item], 5)).toEqual(["day", "message", "lost", "pending"]);
    expect(kinds([message(1)], [], [item], null)).toEqual(["day", "message", "pending"]);
    expect(kinds([message(1)], [], [], 5)).toEqual(["day", "message"]);
  });
});
