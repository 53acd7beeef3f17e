import { formatBytes } from "./bytes.ts";
import { type Locale, tagOf } from "./locale.ts";

export type Translate = (id: string, values?: Record<string, string | number>) => string;
export type Moment = string | number | Date;

/** Formatters of one locale. Dates are built from parts: `dateStyle` reverses Persian dates. */
export interface Formatters {
  number(value: number, options?: Intl.NumberFormatOptions): string;
  percent(share: number): string;
  /** `minor` counts the smallest unit of the currency (cents); `whole` drops it. */
  money(minor: number, currency: string, whole?: boolean): string;
  bytes(size: number): string;
  /** 14:05 */
  time(at: Moment, timeZone?: string): string;
  /** 20 November */
  dayMonth(at: Moment): string;
  /** 20 November 2026 */
  date(at: Moment): string;
  weekday(at: Moment): string;
  /** "Today", "Yesterday · 20 November", "20 November", with the year when it is another one. */
  day(at: Moment, now?: Moment): string;
  /** Time today, else day and month, with the time. */
  dateTime(at: Moment, now?: Moment): string;
  /** Short age for a list: "now", "11 min", "2 hr", then the day. */
  age(at: Moment, now: Moment): string;
  /** A span in words, in its two largest units: "18 minutes", "1 hour 20 minutes". */
  span(seconds: number): string;
  /** A clock, m:ss or h:mm:ss, in the locale's digits. */
  clock(seconds: number): string;
  list(items: string[]): string;
}

const toDate = (at: Moment) => (at instanceof Date ? at : new Date(at));
const dayNumber = (at: Date) =>
  Math.floor((at.getTime() - at.getTimezoneOffset() * 60_000) / 86_400_000);

export function makeFormatters(locale: Locale, t: Translate): Formatters {
  const tag = tagOf(locale);
  const part = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(tag, options);
    return (at: Date, type: Intl.DateTimeFormatPartTypes) =>
      format.formatToParts(at).find((p) => p.type === type)?.value ?? "";
  };
  const dates = part({ day: "numeric", month: "long", year: "numeric" });
  const weekdays = part({ weekday: "long" });
  const integers = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const two = new Intl.NumberFormat(tag, { minimumIntegerDigits: 2, useGrouping: false });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const lists = new Intl.ListFormat(tag, { type: "conjunction" });

  const time = (at: Moment, timeZone?: string) =>
    new Intl.DateTimeFormat(tag, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone,
    }).format(toDate(at));
  const dayMonth = (at: Moment) => `${dates(toDate(at), "day")} ${dates(toDate(at), "month")}`;
  const date = (at: Moment) => `${dayMonth(at)} ${dates(toDate(at), "year")}`;
  const sameYear = (a: Date, b: Date) => dates(a, "year") === dates(b, "year");
  const dayOrDate = (at: Date, now: Date) => (sameYear(at, now) ? dayMonth(at) : date(at));

  return {
    number: (value, options) => new Intl.NumberFormat(tag, options).format(value),
    percent: (share) =>
      new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 }).format(share),
    money(minor, currency, whole = false) {
      const digits =
        new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
          .maximumFractionDigits ?? 2;
      return new Intl.NumberFormat(tag, {
        style: "currency",
        currency,
        currencyDisplay: locale.language === "fa" ? "name" : "narrowSymbol",
        ...(whole ? { maximumFractionDigits: 0 } : {}),
      }).format(minor / 10 ** digits);
    },
    bytes: (size) => formatBytes(size, tag),
    time,
    dayMonth,
    date,
    weekday: (at) => weekdays(toDate(at), "weekday"),
    day(at, now = Date.now()) {
      const [then, today] = [toDate(at), toDate(now)];
      const days = dayNumber(then) - dayNumber(today);
      if (Math.abs(days) > 1) return dayOrDate(then, today);
      const word = relative.format(days, "day");
      const name = word.charAt(0).toLocaleUpperCase(tag) + word.slice(1);
      return days === 0 ? name : `${name} · ${dayMonth(then)}`;
    },
    dateTime(at, now = Date.now()) {
      const [then, today] = [toDate(at), toDate(now)];
      return dayNumber(then) === dayNumber(today)
        ? time(then)
        : t("common.day_time", { day: dayOrDate(then, today), time: time(then) });
    },
    age(at, now) {
      const [then, today] = [toDate(at), toDate(now)];
      const minutes = Math.floor((today.getTime() - then.getTime()) / 60_000);
      if (minutes < 1) return t("common.now");
      if (minutes < 60) return t("common.age_minutes", { n: minutes });
      if (minutes < 24 * 60) return t("common.age_hours", { n: Math.floor(minutes / 60) });
      const days = dayNumber(today) - dayNumber(then);
      return days === 1 ? relative.format(-1, "day") : dayOrDate(then, today);
    },
    span(seconds) {
      const s = Math.max(0, Math.round(seconds));
      if (s < 60) return t("common.span_seconds", { n: s });
      const minutes = Math.round(s / 60);
      if (minutes < 60) return t("common.span_minutes", { n: minutes });
      const hours = Math.floor(minutes / 60);
      if (hours < 24) {
        const head = t("common.span_hours", { n: hours });
        const rest = minutes % 60;
        return rest ? lists.format([head, t("common.span_minutes", { n: rest })]) : head;
      }
      return t("common.span_days", { n: Math.floor(hours / 24) });
    },
    clock(seconds) {
      const s = Math.max(0, Math.floor(seconds));
      const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
      const tail = `${two.format(s % 60)}`;
      return h ? `${integers.format(h)}:${two.format(m)}:${tail}` : `${two.format(m)}:${tail}`;
    },
    list: (items) => lists.format(items),
  };
}
