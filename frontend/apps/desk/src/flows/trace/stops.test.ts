import type { TracedStep } from "@wasl/api";
import { describe, expect, test } from "vitest";
import { stopsOf } from "./stops.ts";

let n = 0;
const step = (id: string, way: string, duration_s: number | null = 0, more = {}): TracedStep => {
  n += 1;
  return {
    ...{ n, flow: "", step: id, kind: "menu", way, detail: null, at: "2026-11-22T09:00:00Z" },
    ...{ duration_s, texts: {}, taken: {}, when: "", input: null, event: null, ...more },
  };
};
const ways = (steps: TracedStep[]) =>
  stopsOf(steps).map(({ first, noted }) => [first.step, ...noted.map(({ way }) => way)]);

describe("the stays of a run at its steps", () => {
  test("asking, asking again, understanding and the answer are one", () => {
    const steps = [
      step("hello", "next"),
      step("menu", "asked", 30),
      step("menu", "understands", 1.5),
      step("menu", "unsure"),
      step("menu", "again", 8),
      step("menu", "entry_2"),
      step("people", "over"),
    ];
    expect(ways(steps)).toEqual([
      ["hello", "next"],
      ["menu", "asked", "understands", "unsure", "again", "entry_2"],
      ["people", "over"],
    ]);
    expect(stopsOf(steps).map(({ lasted_s }) => lasted_s)).toEqual([0, 39.5, 0]);
  });

  test("a step that leads back to itself is come to twice, as is one of another flow", () => {
    expect(
      ways([
        step("menu", "entry_1"),
        step("menu", "asked"),
        step("menu", "entry_1", 0),
        step("menu", "asked", 0, { flow: "inner" }),
      ]),
    ).toEqual([
      ["menu", "entry_1"],
      ["menu", "asked", "entry_1"],
      ["menu", "asked"],
    ]);
  });

  test("a booked place that was taken is chosen anew; an agreed call goes on", () => {
    const book = { kind: "book" };
    expect(ways([step("book", "taken", 0, book), step("book", "booked", 0, book)])).toEqual([
      ["book", "taken", "booked"],
    ]);
    const call = { kind: "callback" };
    expect(ways([step("call", "taken", 0, call), step("call", "asked", 0, call)])).toHaveLength(2);
  });

  test("what failed and what went another way than meant is marked; what lasts has no span", () => {
    const looks = stopsOf([
      step("a", "asked"),
      step("a", "stuck"),
      step("b", "again"),
      step("b", "failed"),
      step("c", "silent"),
      step("d", "next"),
      step("greeted", "unsure"),
      step("greeted", "entry_1"),
      step("e", "asked", null),
    ]);
    expect(looks.map(({ look }) => look)).toEqual([
      ...["bad", "bad", "odd", "plain", "plain", "plain"],
    ]);
    expect(looks.at(-1)?.lasted_s).toBeNull();
    expect(stopsOf([])).toEqual([]);
  });
});
