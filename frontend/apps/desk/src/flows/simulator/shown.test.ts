import { expect, test } from "vitest";
import { shownOf } from "./shown.ts";

const card = { title: "Lamp", text: "", picture: "", alt: "", links: [] };
const say = { does: "say", text: "Which?", choices: ["A", "B"], card: null };

test("without a channel it is said with buttons and its card", () => {
  expect(shownOf(say)).toEqual({ text: "Which?", choices: ["A", "B"], card: null });
  expect(shownOf({ ...say, choices: [], card }).card).toEqual(card);
});

test("a channel without buttons has numbered text and nothing to press", () => {
  const shown = { text: "Which?\n1. A\n2. B", choices: [], card: null };
  expect(shownOf({ ...say, shown })).toEqual(shown);
});

test("nothing said shows nothing", () => {
  expect(shownOf(undefined)).toEqual({ text: "", choices: [], card: null });
  expect(shownOf({ does: "finish" }).text).toBe("");
});
