import type { Place } from "./definition.ts";

/** A step as it is drawn: no line runs through it. */
export interface Box extends Place {
  width: number;
  height: number;
}
export interface Span {
  low: number;
  high: number;
}

/** What a line keeps from a box at least. */
export const CLEAR = 8;

export const spanOf = (a: number, b: number): Span => ({
  low: Math.min(a, b),
  high: Math.max(a, b),
});
const across = (box: Box, { low, high }: Span) =>
  box.x - CLEAR < high && box.x + box.width + CLEAR > low;
const beside = (box: Box, { low, high }: Span) =>
  box.y - CLEAR < high && box.y + box.height + CLEAR > low;

/** Where there is room between the boxes. It is asked the same again and again, as steps stand in
 * columns. */
export class Space {
  readonly boxes: readonly Box[];
  private readonly known = new Map<number, Map<number, Span[]>>();
  private readonly standing = new Map<number, Box[]>();

  constructor(boxes: readonly Box[]) {
    this.boxes = [...boxes].sort((a, b) => a.y - b.y);
  }

  /** Where a horizontal from one x to another meets no box, from the top. */
  lanesBetween(a: number, b: number): Span[] {
    const { low, high } = spanOf(a, b);
    const from = this.known.get(low) ?? new Map<number, Span[]>();
    this.known.set(low, from);
    const found = from.get(high) ?? this.lanesOver({ low, high });
    from.set(high, found);
    return found;
  }

  private lanesOver(span: Span): Span[] {
    const free: Span[] = [];
    let low = -Infinity;
    for (const box of this.boxes) {
      if (!across(box, span)) continue;
      if (box.y - CLEAR >= low) free.push({ low, high: box.y - CLEAR });
      low = Math.max(low, box.y + box.height + CLEAR);
    }
    free.push({ low, high: Infinity });
    return free;
  }

  /** How far a vertical through a point reaches up and down; null where a box is in its way. */
  heightAt({ x, y }: Place): Span | null {
    const near =
      this.standing.get(x) ?? this.boxes.filter((box) => across(box, { low: x, high: x }));
    this.standing.set(x, near);
    const reach = { low: -Infinity, high: Infinity };
    for (const box of near) {
      if (box.y + box.height + CLEAR <= y)
        reach.low = Math.max(reach.low, box.y + box.height + CLEAR);
      else if (box.y - CLEAR >= y) reach.high = Math.min(reach.high, box.y - CLEAR);
      else return null;
    }
    return reach;
  }
}

/** How far a horizontal through a point reaches to both sides; null inside a box. */
export function widthAt(boxes: readonly Box[], { x, y }: Place): Span | null {
  const reach = { low: -Infinity, high: Infinity };
  for (const box of boxes) {
    if (!beside(box, { low: y, high: y })) continue;
    if (box.x + box.width <= x) reach.low = Math.max(reach.low, box.x + box.width);
    else if (box.x >= x) reach.high = Math.min(reach.high, box.x);
    else return null;
  }
  return reach;
}

/** How far a vertical stretch may be moved to the sides before it comes upon a box. */
export function roomBeside(boxes: readonly Box[], x: number, along: Span): Span {
  const room = { low: -Infinity, high: Infinity };
  for (const box of boxes) {
    if (!beside(box, along)) continue;
    if (box.x + box.width <= x) room.low = Math.max(room.low, box.x + box.width + CLEAR);
    else room.high = Math.min(room.high, box.x - CLEAR);
  }
  return room;
}

/** How far a horizontal stretch may be moved up and down before it comes upon a box. */
export function roomAbout(boxes: readonly Box[], y: number, along: Span): Span {
  const room = { low: -Infinity, high: Infinity };
  for (const box of boxes) {
    if (!across(box, along)) continue;
    if (box.y + box.height <= y) room.low = Math.max(room.low, box.y + box.height + CLEAR);
    else room.high = Math.min(room.high, box.y - CLEAR);
  }
  return room;
}

/** The verticals on both sides of the boxes, from left to right. */
export function gapsOf(boxes: readonly Box[], apart: number): number[] {
  const all = boxes.flatMap(({ x, width }) => [x - apart, x + width + apart]).sort((a, b) => a - b);
  let last = -Infinity;
  return all.filter((x) => {
    const differs = x - last >= CLEAR;
    if (differs) last = x;
    return differs;
  });
}
