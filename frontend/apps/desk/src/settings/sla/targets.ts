import type { SlaTarget } from "@wasl/api";

export const TARGETS: readonly SlaTarget[] = ["first_response", "next_response", "resolution"];

export const UNITS = ["seconds", "minutes", "hours"] as const;
export type Unit = (typeof UNITS)[number];
export const UNIT_S: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600 };

/** The largest unit in which a time is a whole number. */
export function unitOf(seconds: number | null): Unit {
  if (seconds === null) return "minutes";
  if (seconds % UNIT_S.hours === 0) return "hours";
  return seconds % UNIT_S.minutes === 0 ? "minutes" : "seconds";
}

/** The list with one item by so many places elsewhere. */
export function moved<T>(items: readonly T[], index: number, by: number): T[] {
  const next = [...items];
  next.splice(index + by, 0, ...next.splice(index, 1));
  return next;
}

/** The list with an item, or without it. */
export const toggled = <T>(items: readonly T[], item: T, on: boolean): T[] =>
  on ? [...items, item] : items.filter((each) => each !== item);
