import { expect, test } from "vitest";
import { insertMention, matching, mentionedIn, mentionQuery } from "./mentions.ts";

test("an @ begins a name, an address does not", () => {
  expect(mentionQuery("ask @mar", 8)).toBe("mar");
  expect(mentionQuery("@", 1)).toBe("");
  expect(mentionQuery("بپرس @مری", 9)).toBe("مری");
  expect(mentionQuery("sara@example", 12)).toBeNull();
  expect(mentionQuery("@mar then", 9)).toBeNull();
});

test("the name takes the place of what was typed", () => {
  expect(insertMention("ask @mar please", 8, "Maryam Ahmadi")).toEqual([
    "ask @Maryam Ahmadi please",
    19,
  ]);
});

test("the named are found once, the longest name first", () => {
  const people = [
    { id: "1", name: "Ali" },
    { id: "2", name: "Ali Reza" },
    { id: "3", name: "Sara" },
  ];
  expect(mentionedIn("@Ali Reza, and @Ali Reza", people)).toEqual(["2"]);
  expect(mentionedIn("@Ali Reza and @Ali", people).sort()).toEqual(["1", "2"]);
  expect(mentionedIn("Sara", people)).toEqual([]);
});

test("any word of a name may be typed", () => {
  const people = [
    { id: "1", name: "Maryam Ahmadi", presence: "offline" },
    { id: "2", name: "Nora Marsh", presence: "available" },
  ] as Parameters<typeof matching>[0];
  expect(matching(people, "mar").map(({ id }) => id)).toEqual(["2", "1"]);
  expect(matching(people, "ahm").map(({ id }) => id)).toEqual(["1"]);
});
