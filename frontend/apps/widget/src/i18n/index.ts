import { computed, signal } from "@preact/signals";
import { formatBytes } from "@wasl/i18n/bytes";
import type { Lang, Texts } from "../net/types";
import { type MessageKey, messages, type Words } from "./messages";

export const LANGS: readonly Lang[] = ["en", "fa", "ar"];

/** Persian dates are in the Persian calendar and digits; Arabic here has the same digits as English. */
const LOCALES: Record<Lang, string> = {
  en: "en-GB",
  fa: "fa-IR-u-ca-persian-nu-arabext",
  ar: "ar-u-ca-gregory-nu-latn",
};

export const lang = signal<Lang>("en");
export const locale = computed(() => LOCALES[lang.value]);
export const dir = computed(() => (lang.value === "en" ? "ltr" : "rtl"));

/** The language of ours that a tag such as `fa-IR` means; English where we have none. */
export function langOf(tag: string): Lang {
  const base = tag.toLowerCase().split("-")[0];
  return LANGS.find((known) => known === base) ?? "en";
}

type Params = Record<string, string | number>;

/** A text of the chat in the visitor's language, see `say`. */
export const t = (key: MessageKey, params?: Params) => say(messages[key], params);

/** Words in the visitor's language. `n` in `params` chooses the plural; numbers take its digits. */
export function say(words: Words, params: Params = {}): string {
  const entry = words[lang.value] as string | Record<string, string>;
  const text =
    typeof entry === "string"
      ? entry
      : (entry[new Intl.PluralRules(lang.value).select(Number(params.n))] ?? entry.other ?? "");
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

/** The best of texts that may not be in every language. */
export function pick(texts: Partial<Texts> | null | undefined): string {
  return texts?.[lang.value] || texts?.en || Object.values(texts ?? {}).find(Boolean) || "";
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

/** A wait in whole minutes, at least one: the language's own words and plurals. */
export const minutes = (seconds: number): string =>
  new Intl.NumberFormat(locale.value, {
    style: "unit",
    unit: "minute",
    unitDisplay: "long",
  }).format(Math.ceil(seconds / 60) || 1);

export function time(iso: string | number): string {
  return new Intl.DateTimeFormat(locale.value, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(iso));
}

const dayNumber = (at: Date) =>
  Math.floor((at.getTime() - at.getTimezoneOffset() * 60_000) / 86_400_000);

/** "Today", "Yesterday" or the day and month, with the year when it is another one. */
export function day(iso: string | number, now = Date.now()): string {
  const at = new Date(iso);
  const ago = dayNumber(new Date(now)) - dayNumber(at);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  const parts = new Intl.DateTimeFormat(locale.value, {
    day: "numeric",
    month: "long",
    ...(ago > 300 ? { year: "numeric" as const } : {}),
  }).formatToParts(at);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return [part("day"), part("month"), part("year")].filter(Boolean).join(" ");
}

/** A size of a file, in kB or MB. */
export const size = (bytes: number) => formatBytes(bytes, locale.value);
