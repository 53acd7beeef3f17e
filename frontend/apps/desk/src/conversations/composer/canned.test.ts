import { expect, test } from "vitest";
import { cannedQuery, fillIn, insertCanned } from "./canned.ts";

test("a slash at the start of a word opens the list, in any script", () => {
  expect(cannedQuery("/", 1)).toBe("");
  expect(cannedQuery("hello /ref", 10)).toBe("ref");
  expect(cannedQuery("سلام /بازگشت", 12)).toBe("بازگشت");
  expect(cannedQuery("and/or", 6)).toBeNull();
  expect(cannedQuery("https://x", 9)).toBeNull();
  expect(cannedQuery("/ref later", 10)).toBeNull();
});

test("the word is replaced and the caret stands after it", () => {
  expect(insertCanned("hello /ref now", 10, "REFUND")).toEqual(["hello REFUND now", 12]);
});

test("names are put in, unknown ones stay visible", () => {
  expect(fillIn("I am {{agent}}, {{ other }}", { agent: "Sara" })).toBe("I am Sara, {{ other }}");
});
