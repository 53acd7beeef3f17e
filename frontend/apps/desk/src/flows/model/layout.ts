import { layout as arrange, graphlib } from "@dagrejs/dagre";
import { type Definition, type Place, STEP_WIDTH } from "./definition.ts";
import { exitsOf, following } from "./exits.ts";

const HEAD = 58;
const ROW = 24;
const CASE = 41;
const COMMENT = 26;

/** How tall a step is drawn: what the layout reckons with. */
export function heightOf(definition: Definition, id: string): number {
  const step = definition.steps[id];
  if (!step) return HEAD;
  const exits = exitsOf(step).filter(({ to, needed }) => needed || to);
  const rows = exits.map(({ when }) => (when === undefined ? ROW : CASE));
  const tall = rows.reduce((sum, row) => sum + row, 0) || ROW;
  return HEAD + tall + (step.comment ? COMMENT : 0);
}

/** A place for every step, from the first one on along the reading direction. */
export function arranged(definition: Definition): Record<string, Place> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 76, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = [...new Set([definition.start, ...Object.keys(definition.steps)])].filter(
    (id) => id in definition.steps,
  );
  for (const id of ids) graph.setNode(id, { width: STEP_WIDTH, height: heightOf(definition, id) });
  for (const id of ids) for (const to of following(definition, id)) graph.setEdge(id, to);
  arrange(graph);
  return Object.fromEntries(
    ids.map((id) => {
      const { x, y, height } = graph.node(id) as { x: number; y: number; height: number };
      return [id, { x: Math.round(x - STEP_WIDTH / 2), y: Math.round(y - height / 2) }];
    }),
  );
}

/** Where each step stands: where somebody put it, else where there is room for it. */
export function placesOf(definition: Definition): Record<string, Place> {
  const known = definition.layout ?? {};
  const ids = Object.keys(definition.steps);
  const missing = ids.filter((id) => !known[id]);
  if (missing.length === 0) return known;
  const fresh = arranged(definition);
  if (missing.length === ids.length) return fresh;
  const below = Math.max(0, ...Object.values(known).map(({ y }) => y)) + 200;
  const top = Math.min(...missing.map((id) => fresh[id]?.y ?? 0));
  return Object.fromEntries(
    ids.map((id) => {
      const { x, y } = fresh[id] ?? { x: 0, y: 0 };
      return [id, known[id] ?? { x, y: y - top + below }];
    }),
  );
}
