import type { Place } from "./definition.ts";
import { type Box, gapsOf, Space, type Span, spanOf, widthAt } from "./space.ts";
import { setApart, Tracks } from "./tracks.ts";

/** From an exit's port to the port of the step that it leads to. */
export interface Line {
  id: string;
  from: Place;
  to: Place;
  /** Lines to one step may run in one another. */
  target: string;
}
/** Exits are on the right of a step and lines come in at its left; mirrored, the other way round. */
export interface Drawing {
  boxes: readonly Box[];
  lines: readonly Line[];
  mirrored: boolean;
}
/** The points of an orthogonal way, port to port. */
export type Route = readonly Place[];
/** Where a line turns: x, y, x, … of its verticals and of the lanes between them; none, straight. */
export type Turns = readonly number[];

/** How far from its port a line turns, where there is room. */
const RUN = 18;
const RUN_IN = 24;
/** Where a lane runs beside a box, where there is room: this much beyond what it keeps clear. */
const INSET = 6;
const TURN_COSTS = 24;
/** A way this much longer than the straight one is looked for again, with more turns. */
const DETOUR = 80;
const TRIED = 8;
/** What it costs to run in the beginning or the end of a line to another step. */
const CROWDED = 120;
const NEAR = 4;

interface Field {
  space: Space;
  gaps: readonly number[];
  /** Where lines leave their ports and come in. */
  ports: Tracks;
}
interface Best {
  turns: Turns | null;
  cost: number;
}
/** Out, a lane, a change, another lane, in. */
type Way = readonly [number, number, number, number, number];

/** A way around all boxes for each line that has one. */
export function routesOf(drawing: Drawing): Map<string, Route> {
  const { boxes, lines } = drawing.mirrored ? flipped(drawing) : drawing;
  const field = { space: new Space(boxes), gaps: gapsOf(boxes, RUN), ports: portsOf(lines) };
  const found = lines.flatMap((line) => {
    const turns = turnsOf(field, line);
    return turns ? [{ line, turns }] : [];
  });
  return new Map(
    setApart(boxes, found).map(({ line, turns }) => {
      const points = pointsOf(line, turns);
      return [line.id, drawing.mirrored ? points.map(flip) : points];
    }),
  );
}

function portsOf(lines: readonly Line[]): Tracks {
  const ports = new Tracks();
  for (const line of lines) {
    const { from, to } = line;
    ports.keep({ line, at: from.y, along: { low: from.x, high: from.x + 2 * RUN } });
    ports.keep({ line, at: to.y, along: { low: to.x - RUN_IN, high: to.x } });
  }
  return ports;
}

const flip = ({ x, y }: Place): Place => ({ x: -x, y });
const flipped = ({ boxes, lines }: Drawing) => ({
  boxes: boxes.map((box) => ({ ...box, x: -box.x - box.width })),
  lines: lines.map((line) => ({ ...line, from: flip(line.from), to: flip(line.to) })),
});

/** The routes once something moved: a line that still ends where it ended and meets no box stays
 * as it is, so that the drawing is calm while a step is dragged. */
export function routesAfter(
  before: ReadonlyMap<string, Route>,
  drawing: Drawing,
): Map<string, Route> {
  const kept = new Map<string, Route>();
  for (const { id, from, to } of drawing.lines) {
    const route = before.get(id);
    const same = route && isSame(route[0], from) && isSame(route.at(-1), to);
    if (same && !drawing.boxes.some((box) => crosses(route, box))) kept.set(id, route);
  }
  const lines = drawing.lines.filter(({ id }) => !kept.has(id));
  return new Map([...kept, ...routesOf({ ...drawing, lines })]);
}

/** Whether a way runs through a box. */
export function crosses(route: Route, { x, y, width, height }: Box): boolean {
  return route.some((at, n) => {
    const to = route[n + 1] ?? at;
    return (
      Math.max(at.x, to.x) > x &&
      Math.min(at.x, to.x) < x + width &&
      Math.max(at.y, to.y) > y &&
      Math.min(at.y, to.y) < y + height
    );
  });
}

const isSame = (one: Place | undefined, other: Place) => one?.x === other.x && one.y === other.y;
const isStraight = (a: Place, b: Place, c: Place) =>
  (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);

function pointsOf({ from, to }: Line, turns: Turns): Place[] {
  const points: Place[] = [];
  const go = (point: Place) => {
    const [before, last] = points.slice(-2);
    if (isSame(points.at(-1), point)) return;
    if (before && last && isStraight(before, last, point)) points.pop();
    points.push(point);
  };
  go(from);
  let at = from;
  for (const [n, turn] of turns.entries()) {
    at = n % 2 ? { x: at.x, y: turn } : { x: turn, y: at.y };
    go(at);
  }
  go({ x: at.x, y: to.y });
  go(to);
  return points;
}

/** The shortest way with few turns; null where a port is shut in. */
function turnsOf(field: Field, line: Line): Turns | null {
  const { from, to } = line;
  const { boxes } = field.space;
  const ahead = widthAt(boxes, from);
  const behind = widthAt(boxes, to);
  if (!ahead || !behind) return null;
  if (from.y === to.y && from.x < to.x && ahead.high >= to.x) return [];
  const out = from.x + Math.min(RUN, (ahead.high - from.x) / 2);
  const into = to.x - Math.min(RUN_IN, (to.x - behind.low) / 2);
  const best: Best = { turns: null, cost: Infinity };
  const enough = Math.abs(to.x - from.x) + Math.abs(to.y - from.y) + DETOUR;
  byOneLane(field, line, out, into, best);
  if (best.cost <= enough) return best.turns;
  const outs = field.gaps.filter((x) => x > out && x < ahead.high).slice(0, TRIED);
  const ins = field.gaps.filter((x) => x < into && x > behind.low).slice(-TRIED);
  for (const x of outs) byOneLane(field, line, x, into, best);
  for (const x of ins) byOneLane(field, line, out, x, best);
  if (best.cost > enough) byTwoLanes(field, line, out, into, best);
  return best.turns;
}

/** Out, up or down, along a lane, up or down, in. */
function byOneLane(field: Field, line: Line, out: number, into: number, best: Best): void {
  const { space } = field;
  const { from, to } = line;
  const first = space.heightAt({ x: out, y: from.y });
  const last = space.heightAt({ x: into, y: to.y });
  if (!first || !last) return;
  for (const y of heights(space.lanesBetween(out, into), from.y, to.y))
    if (isIn(first, y) && isIn(last, y))
      weigh(
        best,
        field,
        line,
        y === to.y ? [out, from.y, out, y, out] : [out, y, into, to.y, into],
      );
}

/** As by one lane, changing to another in a gap on the way. */
function byTwoLanes(field: Field, line: Line, out: number, into: number, best: Best): void {
  const { space, gaps } = field;
  const { from, to } = line;
  const first = space.heightAt({ x: out, y: from.y });
  const last = space.heightAt({ x: into, y: to.y });
  if (!first || !last) return;
  const { low, high } = spanOf(out, into);
  for (const change of spread(gaps.filter((x) => x > low && x < high))) {
    const lanes = heights(space.lanesBetween(change, into), from.y, to.y);
    const thens = lanes.filter((y) => isIn(last, y));
    for (const y of heights(space.lanesBetween(out, change), from.y, to.y)) {
      const reach = isIn(first, y) && space.heightAt({ x: change, y });
      if (!reach) continue;
      for (const then of thens)
        if (isIn(reach, then)) weigh(best, field, line, [out, y, change, then, into]);
    }
  }
}

const isIn = ({ low, high }: Span, y: number) => y >= low && y <= high;
const spread = (gaps: readonly number[]) => {
  const step = Math.max(1, Math.ceil(gaps.length / TRIED));
  return gaps.filter((_, n) => n % step === 0);
};

/** Where in these lanes a line would run: at the height of a port, or beside a box, nearest first. */
function heights(lanes: readonly Span[], from: number, to: number): number[] {
  const found: number[] = [];
  for (const y of [to, from]) if (lanes.some((lane) => isIn(lane, y))) found.push(y);
  const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
  const away = (y: number) => Math.max(top - y, y - bottom, 0);
  const near: number[] = [];
  for (const { low, high } of lanes) {
    const inset = Math.min(INSET, (high - low) / 2);
    if (low > -Infinity) near.push(low + inset);
    if (high < Infinity) near.push(high - inset);
  }
  return [...found, ...near.sort((a, b) => away(a) - away(b)).slice(0, TRIED)];
}

/** A way by two lanes takes the best one's place when it is better; stretches without length in it
 * are no turns. */
function weigh(best: Best, { ports }: Field, line: Line, way: Way): void {
  const { from, to } = line;
  const [out, y, change, then, into] = way;
  const [leaves, arrives] = [y !== from.y, then !== to.y];
  const turns = 1 + (leaves ? 2 : 0) + (arrives ? 2 : 0);
  let cost =
    turns * TURN_COSTS +
    Math.abs(y - from.y) +
    Math.abs(then - y) +
    Math.abs(to.y - then) +
    (leaves ? Math.abs(out - from.x) + Math.abs(change - out) : Math.abs(change - from.x)) +
    (arrives ? Math.abs(into - change) + Math.abs(to.x - into) : Math.abs(to.x - change));
  if (cost >= best.cost) return;
  const first = { line, at: y, along: spanOf(leaves ? out : from.x, change) };
  const second = { line, at: then, along: spanOf(change, arrives ? into : to.x) };
  if (!ports.isFree(first, NEAR) || !ports.isFree(second, NEAR)) cost += CROWDED;
  if (cost >= best.cost) return;
  best.cost = cost;
  best.turns = way.slice(leaves ? 0 : 2, arrives ? 5 : 3);
}
