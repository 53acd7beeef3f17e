import type { JourneyPoint } from "@wasl/api";

/** One line of time: orders, interactions with their points, and the silences between them. */
export type Stretch =
  | { type: "gap"; seconds: number; key: string }
  | { type: "order"; point: JourneyPoint; key: string }
  | { type: "interaction"; points: JourneyPoint[]; open: boolean; key: string };

export type Span = "all" | "year" | "open";

const DAY_S = 86_400;
/** A longer silence folds into a pill with its length. */
const LONG_SILENCE_S = 30 * DAY_S;
const YEAR_S = 365 * DAY_S;

const secondsBetween = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 1000;

export function inSpan(points: readonly JourneyPoint[], span: Span, now: Date): JourneyPoint[] {
  const sorted = [...points].sort((a, b) => a.at.localeCompare(b.at));
  if (span === "open") return sorted.filter((point) => point.open);
  if (span === "all") return sorted;
  return sorted.filter((point) => secondsBetween(point.at, now.toISOString()) <= YEAR_S);
}

/** Points of one interaction that follow one another share a capsule; `points` are in order. */
export function stretches(points: readonly JourneyPoint[]): Stretch[] {
  const line: Stretch[] = [];
  let before: JourneyPoint | null = null;
  for (const point of points) {
    const silence = before ? secondsBetween(before.at, point.at) : 0;
    const last = line.at(-1);
    const goesOn =
      last?.type === "interaction" && last.points[0]?.interaction_id === point.interaction_id;
    if (point.kind === "message" && goesOn) {
      last.points.push(point);
      last.open ||= point.open;
    } else {
      if (silence > LONG_SILENCE_S)
        line.push({ type: "gap", seconds: silence, key: `gap-${point.at}` });
      if (point.kind === "order")
        line.push({ type: "order", point, key: `order-${point.order_code}` });
      else
        line.push({
          type: "interaction",
          points: [point],
          open: point.open,
          key: `${point.interaction_id}-${point.at}`,
        });
    }
    before = point;
  }
  return line;
}

export interface Summary {
  contacts: number;
  channels: number;
  interactions: number;
  orders: number;
}
export function summaryOf(points: readonly JourneyPoint[]): Summary {
  const messages = points.filter((point) => point.kind === "message");
  return {
    contacts: messages.length,
    channels: new Set(messages.map((point) => point.channel_kind)).size,
    interactions: new Set(messages.map((point) => point.interaction_id)).size,
    orders: points.length - messages.length,
  };
}
