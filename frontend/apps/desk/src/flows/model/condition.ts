import { isolate } from "@wasl/i18n";
import { factOf } from "./facts.ts";

/** A condition of the simple form: a value, how it compares, and with what. */
export const COMPARISONS = ["is", "is_not", "more", "less", "contains", "known"] as const;
export type Comparison = (typeof COMPARISONS)[number];
export interface Condition {
  /** "" while none is chosen: then it is always true. */
  name: string;
  is: Comparison;
  what: string;
}

export const ALWAYS = "true";
const SIGNS = { is: "==", is_not: "!=", more: ">", less: "<" } as const;
const NAME = "[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*";
const TEXT = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'`;
const COMPARED = new RegExp(
  `^(${NAME})\\s*(==|!=|>|<)\\s*(${TEXT}|-?\\d+(?:\\.\\d+)?|true|false|null)$`,
  "s",
);
const CONTAINS = new RegExp(`^contains\\(\\s*(${NAME})\\s*,\\s*(${TEXT})\\s*\\)$`, "s");
const WORDS = ["and", "or", "not", "true", "false", "null"];

export function writeCondition({ name, is, what }: Condition): string {
  if (name === "") return ALWAYS;
  if (is === "known") return `${name} != null`;
  if (is === "contains") return `contains(${name}, ${quoted(what)})`;
  return `${name} ${SIGNS[is]} ${literal(is, what)}`;
}

/** The simple form of an expression; null where it has none. */
export function readCondition(source: string): Condition | null {
  const text = source.trim();
  if (text === ALWAYS) return { name: "", is: "is", what: "" };
  const inside = CONTAINS.exec(text);
  if (inside) return named(inside[1], "contains", unquoted(inside[2] ?? ""));
  const [, name, sign, value = ""] = COMPARED.exec(text) ?? [];
  if (value === "null") return sign === "!=" ? named(name, "known", "") : null;
  const is = COMPARISONS.find((each) => each in SIGNS && SIGNS[each as "is"] === sign);
  return is ? named(name, is, unquoted(value)) : null;
}

/** An expression of the simple form as a sentence; null for another one. `nameOf` is what a value is
 * called. */
export function tellCondition(
  source: string,
  t: (id: string, values?: Record<string, string>) => string,
  nameOf: (name: string) => string,
): string | null {
  const condition = readCondition(source);
  if (!condition) return null;
  const { name, is, what } = condition;
  if (name === "") return t("flows.told.always");
  const quote = (text: string) => t("flows.line.quote", { text: isolate(text) });
  const called = nameOf(name);
  const value = /[?؟]\s*$/.test(called) ? quote(called) : isolate(called);
  const plain = typeof factOf(what) !== "string";
  return t(`flows.told.${is}`, { value, what: plain ? isolate(what) : quote(what) });
}

const named = (name = "", is: Comparison, what: string): Condition | null =>
  WORDS.includes(name) ? null : { name, is, what };

/** More and less ask for a number where it looks like one; a text equals a number that it tells. */
function literal(is: keyof typeof SIGNS, what: string): string {
  const fact = factOf(what);
  const counts = is === "more" || is === "less";
  return typeof fact === (counts ? "number" : "boolean") ? String(fact) : quoted(what);
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const unquoted = (text: string) =>
  /^["']/.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
