import { describe, expect, test } from "vitest";
import { blankFlow, type Definition, type Place } from "./definition.ts";
import { exitsOf } from "./exits.ts";
import { heightOf, placesOf } from "./layout.ts";
import { longestOf, pathOf } from "./path.ts";
import { crosses, type Drawing, type Line, type Route, routesAfter, routesOf } from "./routes.ts";
import type { Box } from "./space.ts";

const WIDTH = 184;
const PORT = { out: 5, in: 6, top: 22 };

/** A sequence of numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const into = (box: Box): Place => ({ x: box.x - PORT.in, y: box.y + PORT.top });
const outOf = (box: Box, row: number): Place => ({
  x: box.x + box.width + PORT.out,
  y: box.y + 70 + row * 24,
});

/** Steps in columns that do not overlap, and lines from any exit to any step. */
function drawn(seed: number, columns = 6, each = 5, exits = 2): Drawing {
  const next = numbers(seed);
  const boxes: Box[] = [];
  for (let column = 0; column < columns; column++) {
    let y = next() * 200;
    for (let n = 0; n < each; n++) {
      const height = 106 + Math.floor(next() * 5) * 24;
      boxes.push({ x: column * (WIDTH + 56), y, width: WIDTH, height });
      y += height + 28 + (next() < 0.3 ? next() * 150 : 0);
    }
  }
  const lines = boxes.flatMap((box, n) =>
    Array.from({ length: exits }, (_, row): Line => {
      const to = Math.floor(next() * boxes.length);
      const target = boxes[to] ?? box;
      return { id: `${n}/${row}`, from: outOf(box, row), to: into(target), target: `${to}` };
    }),
  );
  return { boxes, lines, mirrored: false };
}
const SEEDS = Array.from({ length: 30 }, (_, n) => n + 1);

const flip = ({ x, y }: Place): Place => ({ x: x === 0 ? 0 : -x, y });
const mirror = ({ boxes, lines }: Drawing): Drawing => ({
  boxes: boxes.map((box) => ({ ...box, x: -box.x - box.width })),
  lines: lines.map((line) => ({ ...line, from: flip(line.from), to: flip(line.to) })),
  mirrored: true,
});
const stretches = (route: Route) =>
  route.slice(1).map((to, n) => ({ from: route[n] as Place, to }));

describe("routes", () => {
  test("go from port to port, level or upright, around every step", () => {
    for (const seed of SEEDS) {
      const drawing = drawn(seed);
      const routes = routesOf(drawing);
      for (const { id, from, to } of drawing.lines) {
        const route = routes.get(id) ?? [];
        expect([route[0], route.at(-1)], `${seed}: ${id}`).toEqual([from, to]);
        for (const { from, to } of stretches(route))
          expect((from.x === to.x) !== (from.y === to.y)).toBe(true);
        expect(drawing.boxes.filter((box) => crosses(route, box))).toEqual([]);
      }
    }
  });

  test("leave to the right and come in from the left", () => {
    for (const seed of SEEDS)
      for (const route of routesOf(drawn(seed)).values()) {
        const [first, last] = [stretches(route)[0], stretches(route).at(-1)];
        expect(first && first.to.x > first.from.x).toBe(true);
        expect(last && last.to.x > last.from.x).toBe(true);
      }
  });

  test("are mirrored where the drawing is", () => {
    for (const seed of SEEDS) {
      const routes = routesOf(drawn(seed));
      const mirrored = routesOf(mirror(drawn(seed)));
      for (const [id, route] of routes) expect(mirrored.get(id)?.map(flip)).toEqual(route);
    }
  });

  test("go straight where nothing is between, and turn once where the next step is", () => {
    const one = { x: 0, y: 0, width: WIDTH, height: 106 };
    const level = { ...one, x: 300, y: 48 };
    const below = { ...one, x: 300, y: 400 };
    const routes = routesOf({
      boxes: [one, level, below],
      lines: [
        { id: "level", from: outOf(one, 0), to: into(level), target: "level" },
        { id: "below", from: outOf(one, 1), to: into(below), target: "below" },
      ],
      mirrored: false,
    });
    expect(routes.get("level")).toEqual([outOf(one, 0), into(level)]);
    expect(routes.get("below")).toHaveLength(4);
  });

  test("lead back around the steps, and to the step itself", () => {
    const one = { x: 0, y: 0, width: WIDTH, height: 106 };
    const two = { ...one, x: 240 };
    const boxes = [one, two];
    const lines = [
      { id: "back", from: outOf(two, 0), to: into(one), target: "one" },
      { id: "itself", from: outOf(two, 1), to: into(two), target: "two" },
    ];
    const routes = [...routesOf({ boxes, lines, mirrored: false }).values()];
    expect(routes).toHaveLength(2);
    for (const route of routes) expect(boxes.some((box) => crosses(route, box))).toBe(false);
  });

  test("are missing where a port is shut in", () => {
    const one = { x: 0, y: 0, width: WIDTH, height: 106 };
    const over = { x: 150, y: 20, width: WIDTH, height: 106 };
    const line = { id: "in", from: outOf(one, 0), to: into(over), target: "over" };
    expect(routesOf({ boxes: [one, over], lines: [line], mirrored: false }).size).toBe(0);
  });
});

/** The demo's assistant in small: entries of a menu lead past a branch to what stands behind it. */
const ASSISTANT: Definition = (() => {
  const texts = { en: "?" };
  const say = { type: "say", text: texts, next: "more" };
  const menu = (...to: string[]) => ({
    type: "menu",
    text: texts,
    entries: to.map((next) => ({ label: texts, next })),
  });
  const when = (next: string) => ({ when: "order.status == 'sent'", next });
  return {
    ...blankFlow({ en: "Assistant" }),
    start: "menu",
    person: "person",
    layout: {},
    steps: {
      menu: { ...menu("number", "hours", "visit", "person"), failed: "person" },
      number: { type: "ask", text: texts, save: "n", next: "order", failed: "person" },
      order: { type: "lookup", found: "which", missing: "number" },
      which: {
        type: "branch",
        cases: [when("sent"), when("made"), when("lost")],
        otherwise: "person",
      },
      sent: say,
      made: say,
      lost: say,
      more: menu("number", "hours", "visit", "person", "bye"),
      hours: say,
      visit: { ...say, next: "bye" },
      person: { type: "handover" },
      bye: { type: "end", text: {} },
    },
  };
})();

function drawingOf(definition: Definition): Drawing {
  const places = placesOf(definition);
  const boxOf = (id: string): Box => ({
    ...(places[id] ?? { x: 0, y: 0 }),
    width: WIDTH,
    height: heightOf(definition, id),
  });
  const lines = Object.entries(definition.steps).flatMap(([id, step]) =>
    exitsOf(step)
      .filter(({ to }) => to)
      .map(({ id: exit, to = "" }, row): Line => {
        const box = boxOf(id);
        return {
          id: `${id}.${exit}`,
          from: { x: box.x + box.width + PORT.out, y: box.y + 70 + row * 24 },
          to: into(boxOf(to)),
          target: to,
        };
      }),
  );
  return { boxes: Object.keys(definition.steps).map(boxOf), lines, mirrored: false };
}

describe("the routes of an assistant", () => {
  const drawing = drawingOf(ASSISTANT);
  const routes = routesOf(drawing);

  test("cross no step", () => {
    expect([...routes.keys()]).toEqual(drawing.lines.map(({ id }) => id));
    for (const [id, route] of routes)
      expect(
        drawing.boxes.filter((box) => crosses(route, box)),
        id,
      ).toEqual([]);
  });

  test("run in one another only to the same step", () => {
    const inOne = (a: Route, b: Route) =>
      stretches(a).some((one) =>
        stretches(b).some((other) =>
          (["x", "y"] as const).some((across) => {
            const along = across === "x" ? "y" : "x";
            const ends = [one.from, one.to, other.from, other.to];
            if (new Set(ends.map((end) => end[across])).size > 1) return false;
            const low = Math.max(
              Math.min(one.from[along], one.to[along]),
              Math.min(other.from[along], other.to[along]),
            );
            const high = Math.min(
              Math.max(one.from[along], one.to[along]),
              Math.max(other.from[along], other.to[along]),
            );
            return high > low;
          }),
        ),
      );
    for (const one of drawing.lines)
      for (const other of drawing.lines)
        if (one.target !== other.target)
          expect(
            inOne(routes.get(one.id) ?? [], routes.get(other.id) ?? []),
            `${one.id} in ${other.id}`,
          ).toBe(false);
  });

  test("stay while another step is dragged out of their way", () => {
    const moved = drawing.boxes.at(-1) as Box;
    const boxes = [...drawing.boxes.slice(0, -1), { ...moved, y: moved.y + 2000 }];
    const lines = drawing.lines.map((line) => {
      const there = line.to.x === moved.x - PORT.in && line.to.y === moved.y + PORT.top;
      return there ? { ...line, to: { ...line.to, y: line.to.y + 2000 } } : line;
    });
    const after = routesAfter(routes, { boxes, lines, mirrored: false });
    for (const [n, line] of lines.entries())
      if (line === drawing.lines[n]) expect(after.get(line.id)).toBe(routes.get(line.id));
      else expect(after.get(line.id)?.at(-1)).toEqual(line.to);
  });

  test("give way to a step that is dragged onto them", () => {
    const [id, route] = [...routes].find(([, { length }]) => length > 3) ?? ["", []];
    const { from, to } = stretches(route)[1] ?? { from: { x: 0, y: 0 }, to: { x: 0, y: 0 } };
    const on = { x: (from.x + to.x) / 2 - 4, y: (from.y + to.y) / 2 - 4, width: 8, height: 8 };
    expect(crosses(route, on)).toBe(true);
    const after = routesAfter(routes, { ...drawing, boxes: [...drawing.boxes, on] });
    expect(crosses(after.get(id) ?? [], on)).toBe(false);
  });
});

describe("a route as it is drawn", () => {
  const route = [
    { x: 0, y: 0 },
    { x: 20, y: 0 },
    { x: 20, y: 100 },
    { x: 26, y: 100 },
  ];
  test("has round corners, smaller ones on short stretches", () => {
    expect(pathOf(route, 8)).toBe("M0 0L12 0Q20 0 20 8L20 97Q20 100 23 100L26 100");
  });
  test("has its label on the longest stretch", () => {
    expect(longestOf(route)).toEqual({ x: 20, y: 50 });
  });
});
