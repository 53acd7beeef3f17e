import type { BookingCalendar, Span } from "@wasl/api";
import { hoursDraft, hoursOf, type SpanDraft } from "../queues/rules/opening.ts";

const rest = { zone: "", holidays: [] };
const MIDNIGHT = "24:00";

export const weekDraft = (weekly: BookingCalendar["weekly"]): SpanDraft[][] =>
  hoursDraft({ ...rest, weekly }).weekly;

/** The week as it is kept: what ends at midnight ends with its day. */
export const weekOf = (weekly: SpanDraft[][]): BookingCalendar["weekly"] =>
  hoursOf({ ...rest, weekly }).weekly.map((spans) =>
    spans.map(([from, until]): Span => [from, until === "00:00" ? MIDNIGHT : until]),
  );

/** Whether a span ends before it begins: nothing can be booked over midnight. */
export const isBackwards = (weekly: BookingCalendar["weekly"]): boolean =>
  weekly.some((spans) => spans.some(([from, until]) => until <= from));
