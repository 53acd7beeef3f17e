import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Condition, readCondition, tellCondition, writeCondition } from "./condition.ts";

describe("a condition", () => {
  test.each([
    [{ name: "answer", is: "is", what: 'say "no"\\yes' }, 'answer == "say \\"no\\"\\\\yes"'],
    [{ name: "answer", is: "is", what: "12" }, 'answer == "12"'],
    [{ name: "order.paid", is: "is", what: "true" }, "order.paid == true"],
    [{ name: "order.status", is: "is_not", what: "shipped" }, 'order.status != "shipped"'],
    [{ name: "age", is: "more", what: "-2.5" }, "age > -2.5"],
    [{ name: "day", is: "less", what: "2026-03-20" }, 'day < "2026-03-20"'],
    [{ name: "said", is: "contains", what: "لا" }, 'contains(said, "لا")'],
    [{ name: "email", is: "known", what: "" }, "email != null"],
    [{ name: "", is: "is", what: "" }, "true"],
  ] as [Condition, string][])("is written and read again: %o", (condition, source) => {
    expect(writeCondition(condition)).toBe(source);
    expect(readCondition(source)).toEqual(condition);
  });

  test.each([
    ["en", "parcels > 5", "How many parcels is more than 5"],
    ["fa", "parcels > 5", "How many parcels بیشتر از 5 است"],
    ["ar", "parcels > 5", "How many parcels أكبر من 5"],
    ["en", 'status == "shipped"', "“And the status?” is “shipped”"],
    ["en", "paid != true", "paid is not true"],
    ["fa", "contains(said, 'ab')", "said شامل «ab» است"],
    ["en", "email != null", "email is known"],
    ["ar", "true", "دائمًا"],
  ])("is told in words: %s %s", (language, source, words) => {
    const read = readFileSync(`packages/i18n/messages/flows/${language}.json`, "utf8");
    const known = JSON.parse(read) as Record<string, string>;
    const t = (id: string, values: Record<string, string> = {}) =>
      (known[id] ?? id).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    const names: Record<string, string> = {
      parcels: "How many parcels",
      status: "And the status?",
    };
    const told = tellCondition(source, t, (name) => names[name] ?? name);
    expect(told?.replace(/[\u2066-\u2069]/g, "")).toBe(words);
  });

  test("of another form is not told", () => {
    expect(tellCondition("a == 1 and b == 2", String, String)).toBeNull();
  });

  test("has digits of any language where numbers are compared", () => {
    expect(writeCondition({ name: "age", is: "more", what: "۱۸" })).toBe("age > 18");
  });

  test.each([
    "a == 1 and b == 2",
    "len(name) > 3",
    "not contains(answer, 'x')",
    "a == null",
    "a == b",
    "true == 'x'",
    "contains(a, b)",
    "'a' == a",
    'a == "x" or b == "y"',
    "",
  ])("of another form stays a text: %s", (source) => {
    expect(readCondition(source)).toBeNull();
  });
});
