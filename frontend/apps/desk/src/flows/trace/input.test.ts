import type { TraceInput } from "@wasl/api";
import type { useT } from "@wasl/i18n";
import { expect, test } from "vitest";
import { toldInput } from "./input.ts";

const t = ((id: string, values: object = {}) =>
  [id.split(".").at(-1), ...Object.values(values)].join(" ")) as unknown as ReturnType<typeof useT>;
const told = (input: TraceInput | null) =>
  toldInput(input, t, (type) => `<${type}>`).replace(/[\u2066-\u2069]/g, "");

test("a message is told by its words and files, and that it is gone", () => {
  expect(told({ kind: "message", text: " hi ", files: 0 })).toBe("wrote hi");
  expect(told({ kind: "message", text: "see", files: 2 })).toBe("wrote see · files 2");
  expect(told({ kind: "message", text: "", files: 1 })).toBe("files 1");
  expect(told({ kind: "message" })).toBe("gone");
});

test("what was cut off ends in dots", () => {
  expect(told({ kind: "message", text: "x".repeat(200), files: 0 })).toMatch(/x…$/);
  expect(told({ kind: "message", text: "x".repeat(199), files: 0 })).toMatch(/x$/);
});

test("moments and events are told; an answer from outside is told by the way", () => {
  expect(told({ kind: "moment" })).toBe("time_up");
  expect(told({ kind: "event", event: "SlaWarned" })).toBe("came_event <SlaWarned>");
  expect(told({ kind: "found" })).toBe("");
  expect(told(null)).toBe("");
});
