import type { Part } from "./schema.ts";

export const WHOLE = "col-span-12";
const HALF = "col-span-12 sm:col-span-6";
const PLACE = ["col-span-12 sm:col-span-5", "col-span-5 sm:col-span-3", "col-span-7 sm:col-span-4"];

/** Names and texts of people keep their own direction; the rest are addresses and codes. */
export const isProse = (name: string) => /name|text|greeting|label|title|^(en|fa|ar)$/.test(name);

const isChoice = (part: Part | undefined) => part?.type === "select" || part?.type === "channel";
const isShort = (part: Part | undefined) =>
  isChoice(part) ||
  (part?.type === "text" && !part.lines && !/^(en|fa|ar)$/.test(part.name)) ||
  (part?.type === "secret" && !part.lines);

/**
 * How wide each part is on a grid of twelve, so that every row is full: server, port and security
 * stand together, short ones two by two, and whatever is left alone has its row.
 */
export function spansOf(parts: Part[]): string[] {
  const spans: string[] = [];
  while (spans.length < parts.length) {
    const [part, next, last] = parts.slice(spans.length);
    if (part?.type === "text" && !part.lines && next?.type === "number" && isChoice(last))
      spans.push(...PLACE);
    else if (isShort(part) && (isShort(next) || next?.type === "number")) spans.push(HALF, HALF);
    else spans.push(WHOLE);
  }
  return spans;
}
