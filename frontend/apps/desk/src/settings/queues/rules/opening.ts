import type { QueueHours, Span } from "@wasl/api";

export interface SpanDraft {
  id: string;
  from: string;
  until: string;
}
export interface HolidayDraft {
  id: string;
  date: string;
  spans: SpanDraft[];
}
export interface HoursDraft {
  zone: string;
  /** From Monday. */
  weekly: SpanDraft[][];
  holidays: HolidayDraft[];
}

const MIDNIGHT = "24:00"; // as an end; a time field shows it as 00:00 of the next day

const spanDraft = ([from, until]: Span): SpanDraft => ({
  id: crypto.randomUUID(),
  from,
  until: until === MIDNIGHT ? "00:00" : until,
});
export const newSpan = (): SpanDraft => spanDraft(["09:00", "17:00"]);
const spanOf = ({ from, until }: SpanDraft): Span => [from, until];

export const newHoliday = (date: string): HolidayDraft => ({
  id: crypto.randomUUID(),
  date,
  spans: [],
});

const FRIDAY_FREE = [true, true, true, true, false, true, true];
const WEEKEND_FREE = [true, true, true, true, true, false, false];

/** A usual week to begin with: the weekend is where the language has it. */
export const usualHours = (zone: string, language: string): HoursDraft => ({
  zone,
  weekly: (language === "en" ? WEEKEND_FREE : FRIDAY_FREE).map((open) => (open ? [newSpan()] : [])),
  holidays: [],
});

export const hoursDraft = (hours: QueueHours): HoursDraft => ({
  zone: hours.zone,
  weekly: hours.weekly.map((spans) => spans.map(spanDraft)),
  holidays: (hours.holidays ?? []).map(({ date, spans }) => ({
    ...newHoliday(date),
    spans: (spans ?? []).map(spanDraft),
  })),
});

export const hoursOf = ({ zone, weekly, holidays }: HoursDraft): QueueHours => ({
  zone: zone.trim(),
  weekly: weekly.map((spans) => spans.map(spanOf)),
  holidays: holidays.map(({ date, spans }) => ({ date, spans: spans.map(spanOf) })),
});
