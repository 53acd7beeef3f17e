import { ApiError, type Message, type SendMessage } from "@wasl/api";
import { describe, expect, test } from "vitest";
import { Outbox } from "./outbox.ts";

const offline = () => new ApiError("network", 0, {}, true);
const refusal = () => new ApiError("reply_not_allowed", 409, { code: "channel_off" });

/** A server that answers as it is told and knows a `client_id` again. */
function world(kept: string | null = null) {
  const asked: string[] = [];
  const delivered: string[] = [];
  const plan: (() => Error)[] = [];
  let saved = kept;
  const outbox = new Outbox({
    send: async (_, body: SendMessage) => {
      asked.push(body.client_id);
      const failure = plan.shift();
      if (failure) throw failure();
      if (!delivered.includes(body.client_id)) delivered.push(body.client_id);
      return { id: body.client_id } as Message;
    },
    load: () => saved,
    save: (text) => {
      saved = text;
    },
    taken: () => {},
  });
  const add = (clientId: string, conversation = "c") =>
    outbox.add({
      conversation_id: conversation,
      created_at: "2026-11-21T00:00:00Z",
      attachments: [],
      body: { client_id: clientId, channel_id: "ch", text: clientId },
    });
  return { outbox, add, asked, delivered, plan, saved: () => saved };
}
const settle = () => new Promise((done) => setImmediate(done));

describe("the outbox", () => {
  test("sends and forgets", async () => {
    const w = world();
    w.add("1");
    await settle();
    expect(w.delivered).toEqual(["1"]);
    expect(w.outbox.outgoing).toEqual([]);
  });

  test("keeps the order while the line is down, and sends each once", async () => {
    const w = world();
    w.plan.push(offline);
    w.add("1");
    await settle();
    w.plan.push(offline);
    w.add("2");
    await settle();
    expect(w.delivered).toEqual([]);
    expect(w.outbox.outgoing.map((o) => o.state)).toEqual(["waiting", "waiting"]);
    await w.outbox.flush();
    expect(w.delivered).toEqual(["1", "2"]);
  });

  test("asks again with the same id after a lost answer", async () => {
    const w = world();
    w.plan.push(offline);
    w.add("1");
    await settle();
    await w.outbox.flush();
    expect(w.asked).toEqual(["1", "1"]);
    expect(w.delivered).toEqual(["1"]);
  });

  test("survives a reload in the middle of sending", async () => {
    const before = world();
    before.plan.push(offline);
    before.add("1");
    await settle();
    const text = (before.saved() ?? "").replace('"waiting"', '"sending"');
    const after = world(text);
    await after.outbox.flush();
    expect(after.delivered).toEqual(["1"]);
  });

  test("keeps a refused one visible, holds the next back, goes on after discarding it", async () => {
    const w = world();
    w.plan.push(refusal);
    w.add("1");
    await settle();
    w.add("2");
    await settle();
    expect(w.outbox.outgoing[0]).toMatchObject({
      state: "refused",
      error: { code: "reply_not_allowed" },
    });
    expect(w.delivered).toEqual([]);
    w.outbox.discard("1");
    await settle();
    expect(w.delivered).toEqual(["2"]);
  });

  test("one conversation does not hold up another", async () => {
    const w = world();
    w.plan.push(refusal);
    w.add("1", "a");
    await settle();
    w.add("2", "b");
    await settle();
    expect(w.delivered).toEqual(["2"]);
  });

  test("starts empty from what it can't read", () => {
    expect(world("{broken").outbox.outgoing).toEqual([]);
  });
});
