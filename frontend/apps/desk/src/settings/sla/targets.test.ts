import { expect, it } from "vitest";
import { moved, toggled, unitOf } from "./targets.ts";

it("a time is written in its largest whole unit", () => {
  expect(unitOf(7200)).toEqual("hours");
  expect(unitOf(90 * 60)).toEqual("minutes");
  expect(unitOf(90)).toEqual("seconds");
  expect(unitOf(null)).toEqual("minutes");
});

it("a policy moves one place", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
});

it("a choice is taken and taken back", () => {
  expect(toggled([1], 3, true)).toEqual([1, 3]);
  expect(toggled([1, 3], 1, false)).toEqual([3]);
});
