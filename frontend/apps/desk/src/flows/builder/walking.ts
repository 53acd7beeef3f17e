import type { Place } from "../model/definition.ts";

/** Towards the reading direction, against it, up and down. */
export type Heading = "forward" | "back" | "up" | "down";

/** The nearest step in a direction, as the flow is drawn: along first, then across. */
export function nextStep(
  places: Readonly<Record<string, Place>>,
  from: string,
  heading: Heading,
): string | null {
  const here = places[from];
  if (!here) return Object.keys(places)[0] ?? null;
  const along = heading === "forward" || heading === "back";
  const sign = heading === "forward" || heading === "down" ? 1 : -1;
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, { x, y }] of Object.entries(places)) {
    const ahead = sign * (along ? x - here.x : y - here.y);
    const aside = Math.abs(along ? y - here.y : x - here.x);
    if (id === from || ahead <= 0) continue;
    const distance = ahead + 2 * aside;
    if (distance < least) [best, least] = [id, distance];
  }
  return best;
}

export function headingOf(key: string, rtl: boolean): Heading | null {
  if (key === "ArrowUp") return "up";
  if (key === "ArrowDown") return "down";
  if (key === "ArrowRight") return rtl ? "back" : "forward";
  if (key === "ArrowLeft") return rtl ? "forward" : "back";
  return null;
}
