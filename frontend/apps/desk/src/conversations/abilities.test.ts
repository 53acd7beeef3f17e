import type { Conversation } from "@wasl/api";
import { expect, test } from "vitest";
import { abilitiesOf } from "./abilities.ts";

const conversation = (more: Partial<Conversation>) =>
  ({ status: "open", state: "active", assignee: null, ...more }) as Conversation;
const NIMA = { id: "nima", name: "Nima" };

test("a colleague's conversation takes our notes only", () => {
  expect(abilitiesOf(conversation({ assignee: NIMA }), "me")).toEqual(["note"]);
});

test("what waits can be picked up or answered", () => {
  const can = abilitiesOf(conversation({ state: "queued" }), "me");
  expect(can).toContain("pick");
  expect(can).toContain("reply");
});

test("ours needs no picking up", () => {
  expect(abilitiesOf(conversation({ assignee: NIMA }), "nima")).not.toContain("pick");
});

test("a parked or resolved one may be answered by anyone", () => {
  const parked = conversation({ state: "parked", status: "pending", assignee: NIMA });
  expect(abilitiesOf(parked, "me")).toContain("reply");
});
