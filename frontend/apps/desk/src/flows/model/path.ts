import type { Place } from "./definition.ts";
import type { Route } from "./routes.ts";

/** An orthogonal way as an SVG path with rounded corners. */
export function pathOf(route: Route, radius: number): string {
  return route
    .map((at, n) => {
      const [before, after] = [route[n - 1], route[n + 1]];
      if (!before) return `M${at.x} ${at.y}`;
      if (!after) return `L${at.x} ${at.y}`;
      const round = Math.min(radius, length(before, at) / 2, length(at, after) / 2);
      const [a, b] = [toward(at, before, round), toward(at, after, round)];
      return `L${a.x} ${a.y}Q${at.x} ${at.y} ${b.x} ${b.y}`;
    })
    .join("");
}

/** The middle of the longest stretch. */
export function longestOf(route: Route): Place {
  let [best, most] = [route[0] ?? { x: 0, y: 0 }, -1];
  for (const [n, at] of route.entries()) {
    const after = route[n + 1];
    if (!after || length(at, after) <= most) continue;
    most = length(at, after);
    best = { x: (at.x + after.x) / 2, y: (at.y + after.y) / 2 };
  }
  return best;
}

const length = (a: Place, b: Place) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const toward = (at: Place, other: Place, by: number): Place => ({
  x: at.x + Math.sign(other.x - at.x) * by,
  y: at.y + Math.sign(other.y - at.y) * by,
});
