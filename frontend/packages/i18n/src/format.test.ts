import { parse } from "@formatjs/icu-messageformat-parser";
import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, test } from "vitest";
import { readMessages } from "../vite.ts";
import { makeFormatters } from "./format.ts";
import { type Language, type Locale, preferredLanguage, tagOf, usualLocale } from "./locale.ts";

function formatters(language: Language, more: Partial<Locale> = {}) {
  const locale = { ...usualLocale(language), ...more };
  const messages = readMessages(language);
  return makeFormatters(locale, (id, values) =>
    String(new IntlMessageFormat(parse(messages[id] ?? id), tagOf(locale)).format(values)),
  );
}
const NOON = new Date(2026, 10, 21, 12, 0);
const minutes = (n: number) => new Date(NOON.getTime() - n * 60_000);
const plain = (text: string) => text.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, "");

describe("dates", () => {
  test("are read in order in each calendar", () => {
    expect(formatters("en").date(NOON)).toBe("21 November 2026");
    expect(formatters("fa").date(NOON)).toBe("۳۰ آبان ۱۴۰۵");
    expect(formatters("ar").date(NOON)).toBe("21 نوفمبر 2026");
    expect(formatters("ar", { calendar: "islamic-umalqura" }).dayMonth(NOON)).toBe(
      "11 جمادى الآخرة",
    );
  });

  test("name today and yesterday", () => {
    expect(formatters("en").day(NOON, NOON)).toBe("Today");
    expect(formatters("en").day(minutes(24 * 60), NOON)).toBe("Yesterday · 20 November");
    expect(formatters("fa").day(minutes(24 * 60), NOON)).toBe("دیروز · ۲۹ آبان");
    expect(formatters("ar").day(minutes(24 * 60), NOON)).toBe("أمس · 20 نوفمبر");
  });
});

describe("ages and spans", () => {
  test("grow from now to days", () => {
    const { age } = formatters("en");
    expect([0, 11, 125, 60 * 26, 60 * 24 * 5].map((n) => age(minutes(n), NOON))).toEqual([
      "now",
      "11 min",
      "2 hr",
      "yesterday",
      "16 November",
    ]);
    expect(formatters("fa").age(minutes(11), NOON)).toBe("۱۱ دقیقه");
    expect(formatters("ar").age(minutes(125), NOON)).toBe("ساعتان");
  });

  test("are said with the right plural", () => {
    expect([1, 120, 3_900].map(formatters("en").span)).toEqual([
      "1 second",
      "2 minutes",
      "1 hour and 5 minutes",
    ]);
    expect([120, 300, 660].map(formatters("ar").span)).toEqual(["دقيقتان", "5 دقائق", "11 دقيقة"]);
  });

  test("run as clocks", () => {
    expect(formatters("en").clock(4_360)).toBe("1:12:40");
    expect(formatters("fa").clock(252)).toBe("۰۴:۱۲");
    expect(formatters("en").clock(-5)).toBe("00:00");
  });
});

test("money counts minor units, also of currencies without them", () => {
  expect(formatters("en").money(12_990, "EUR")).toBe("€129.90");
  expect(formatters("en").money(482_000, "EUR", true)).toBe("€4,820");
  expect(formatters("en").money(500, "JPY")).toBe("¥500");
  expect(plain(formatters("fa").money(12_990, "EUR"))).toBe("۱۲۹٫۹۰ یورو");
});

test("the browser's wish chooses the language", () => {
  expect(preferredLanguage(["de-DE", "ar-EG", "en"])).toBe("ar");
  expect(preferredLanguage(["de"])).toBe("en");
});
