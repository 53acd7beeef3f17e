import type { Line, Turns } from "./routes.ts";
import { type Box, roomAbout, roomBeside, type Span, spanOf } from "./space.ts";

/** Between lines that lead to different steps, in one gap; half of it where it is crowded. */
const TRACK = 8;
const MOST = 12;
/** What stays of a line before its first turn, and after its last, with the arrow. */
const LEAST_RUN = 8;
const LEAST_RUN_IN = 14;

interface Routed {
  line: Line;
  turns: Turns;
}
/** One stretch of a line, across the direction in which it may be moved. */
interface Stretch {
  line: Line;
  at: number;
  along: Span;
}

/** The same ways, those to different steps a little apart where they would run in one another. */
export function setApart(boxes: readonly Box[], routed: readonly Routed[]): Routed[] {
  const turns = routed.map(({ turns }) => [...turns]);
  const upright = new Tracks();
  for (const { line, n, own } of verticals(routed, turns)) {
    const [a, b] = [own[n - 1] ?? line.from.y, own[n + 1] ?? line.to.y];
    const at = own[n] ?? 0;
    const along = spanOf(a, b);
    const room = roomBeside(boxes, at, along);
    const [first, last] = [n === 0, n === own.length - 1];
    if (first) room.low = Math.max(room.low, line.from.x + LEAST_RUN);
    if (last) room.high = Math.min(room.high, line.to.x - LEAST_RUN_IN);
    own[n] = upright.place({ line, at, along }, room, first ? 1 : -1);
  }
  const level = new Tracks();
  for (const [k, { line }] of routed.entries()) {
    const own = turns[k] ?? [];
    level.keep({ line, at: line.from.y, along: spanOf(line.from.x, own[0] ?? line.to.x) });
    level.keep({ line, at: line.to.y, along: spanOf(own.at(-1) ?? line.from.x, line.to.x) });
  }
  for (const { line, n, own } of lanes(routed, turns)) {
    const [a, b] = [own[n - 1] ?? 0, own[n + 1] ?? 0];
    const at = own[n] ?? 0;
    const along = spanOf(a, b);
    own[n] = level.place({ line, at, along }, roomAbout(boxes, at, along), 1);
  }
  return routed.map(({ line }, k) => ({ line, turns: turns[k] ?? [] }));
}

interface Turn {
  line: Line;
  own: number[];
  n: number;
}
const turnsAt = (routed: readonly Routed[], turns: number[][], odd: 0 | 1): Turn[] =>
  routed.flatMap(({ line }, k) => {
    const own = turns[k] ?? [];
    return own.flatMap((_, n) => (n % 2 === odd ? [{ line, own, n }] : []));
  });

/** In the order in which they take the place next to their port, so that they cross little: the
 * lowest exit first of those that lead down, the highest of those that lead up. */
function verticals(routed: readonly Routed[], turns: number[][]): Turn[] {
  const rank = ({ line, own, n }: Turn) => {
    const down = (own[n + 1] ?? line.to.y) > (own[n - 1] ?? line.from.y);
    if (n === 0) return { group: 0, by: down ? -line.from.y : line.from.y };
    if (n === own.length - 1) return { group: 1, by: down ? line.to.y : -line.to.y };
    return { group: 2, by: 0 };
  };
  return turnsAt(routed, turns, 0)
    .map((turn) => ({ turn, ...rank(turn) }))
    .sort((a, b) => a.group - b.group || a.by - b.by)
    .map(({ turn }) => turn);
}

/** The short ones first: longer ones go around them. */
function lanes(routed: readonly Routed[], turns: number[][]): Turn[] {
  const length = ({ own, n }: Turn) => Math.abs((own[n + 1] ?? 0) - (own[n - 1] ?? 0));
  return turnsAt(routed, turns, 1).sort((a, b) => length(a) - length(b));
}

/** What runs where already, in one direction. */
export class Tracks {
  private readonly taken = new Map<number, Stretch[]>();

  keep(stretch: Stretch): void {
    const track = Math.floor(stretch.at / TRACK);
    const there = this.taken.get(track);
    if (there) there.push(stretch);
    else this.taken.set(track, [stretch]);
  }

  /** The nearest free place, to this side first; its own where none is free. */
  place(stretch: Stretch, room: Span, side: 1 | -1): number {
    const { at } = stretch;
    let found: number | undefined;
    for (const step of [TRACK, TRACK / 2])
      found ??= placesFrom(at, side, step).find(
        (place) =>
          place >= room.low && place <= room.high && this.isFree({ ...stretch, at: place }, step),
      );
    const settled = { ...stretch, at: found ?? at };
    this.keep(settled);
    return settled.at;
  }

  /** Whether nothing that leads to another step runs nearer than this. */
  isFree({ line, at, along }: Stretch, apart: number): boolean {
    const track = Math.floor(at / TRACK);
    return ![track - 1, track, track + 1].some((near) =>
      this.taken
        .get(near)
        ?.some(
          (other) =>
            other.line.target !== line.target &&
            Math.abs(other.at - at) < apart &&
            other.along.low <= along.high &&
            other.along.high >= along.low,
        ),
    );
  }
}

function placesFrom(at: number, side: number, step: number): number[] {
  const places = [at];
  for (const way of [side, -side]) for (let k = 1; k <= MOST; k++) places.push(at + way * k * step);
  return places;
}
