import { type Definition, NAME, NOWHERE, type Place, type Step } from "./definition.ts";
import { exitsOf, withExit } from "./exits.ts";
import { placesOf } from "./layout.ts";
import { STEP_TYPES } from "./step-types.ts";

/** Pure edits of a definition. Each gives a new one and leaves the old one as it was. */

export const withStep = (definition: Definition, id: string, step: Step): Definition => ({
  ...definition,
  steps: { ...definition.steps, [id]: step },
});

/** A name for a new step that no other one has. */
export function freeName(definition: Definition, wanted: string): string {
  const stem = wanted.replace(/_\d+$/, "").slice(0, 34);
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? stem : `${stem}_${n}`;
    if (!(name in definition.steps) && name !== NOWHERE) return name;
  }
}

/** A new step, and the exit it was drawn from leads there. */
export function addStep(
  definition: Definition,
  type: string,
  place: Place,
  from?: { step: string; exit: string },
): { definition: Definition; id: string } {
  const id = freeName(definition, type);
  const step: Step = { type, ...STEP_TYPES[type]?.begin() };
  let next: Definition = {
    ...withStep(definition, id, step),
    layout: { ...placesOf(definition), [id]: rounded(place) },
  };
  if (!(definition.start in definition.steps)) next = { ...next, start: id };
  return { definition: from ? connect(next, from.step, from.exit, id) : next, id };
}

export function connect(
  definition: Definition,
  id: string,
  exit: string,
  to: string | null,
): Definition {
  const step = definition.steps[id];
  return step ? withStep(definition, id, withExit(step, exit, to)) : definition;
}

/** Without these steps; what led to them leads nowhere. */
export function removeSteps(definition: Definition, ids: readonly string[]): Definition {
  const gone = new Set(ids);
  const stays = ([id]: [string, unknown]) => !gone.has(id);
  const steps = Object.fromEntries(
    Object.entries(definition.steps)
      .filter(stays)
      .map(([id, step]) => [id, led(step, (to) => (gone.has(to) ? null : to))]),
  );
  const [first] = Object.keys(steps);
  if (first === undefined) return definition; // a flow has a step at least
  return {
    ...definition,
    steps,
    layout: Object.fromEntries(Object.entries(placesOf(definition)).filter(stays)),
    start: gone.has(definition.start) ? first : definition.start,
    person: definition.person && gone.has(definition.person) ? null : definition.person,
  };
}

export function moveSteps(
  definition: Definition,
  moved: Readonly<Record<string, Place>>,
): Definition {
  const places = Object.entries(moved).map(([id, place]) => [id, rounded(place)]);
  return { ...definition, layout: { ...placesOf(definition), ...Object.fromEntries(places) } };
}

/** Renames a step; null when the name can't be one or is taken. */
export function renameStep(definition: Definition, from: string, to: string): Definition | null {
  if (from === to) return definition;
  if (!NAME.test(to) || to === NOWHERE || to in definition.steps) return null;
  const called = (id: string) => (id === from ? to : id);
  const renamed = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).map(([id, each]) => [called(id), each]));
  const steps = Object.fromEntries(
    Object.entries(renamed(definition.steps)).map(([id, step]) => [id, led(step, called)]),
  );
  return {
    ...definition,
    steps,
    layout: renamed(definition.layout ?? {}),
    start: called(definition.start),
    person: definition.person ? called(definition.person) : definition.person,
  };
}

/** What is copied: steps with their places. */
export interface Clip {
  wasl: "steps";
  steps: Record<string, Step>;
  layout: Record<string, Place>;
}

export function copied(definition: Definition, ids: readonly string[]): Clip {
  const places = placesOf(definition);
  const pick = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => ids.includes(id)));
  return { wasl: "steps", steps: pick(definition.steps), layout: pick(places) };
}

const SHIFT = 32;

/** With copied steps under names of their own. Exits among them stay; others stay where the flow
 * has such a step. Gives the new names. */
export function pasted(
  definition: Definition,
  clip: Clip,
): { definition: Definition; ids: string[] } {
  let next = definition;
  const names: Record<string, string> = {};
  for (const [id, step] of Object.entries(clip.steps)) {
    const name = freeName(next, NAME.test(id) ? id : step.type);
    names[id] = name;
    next = withStep(next, name, step);
  }
  const places = { ...placesOf(definition) };
  for (const [id, name] of Object.entries(names)) {
    const step = next.steps[name];
    if (step)
      next = withStep(
        next,
        name,
        led(step, (to) => names[to] ?? existing(definition, to)),
      );
    const { x, y } = clip.layout[id] ?? { x: 0, y: 0 };
    places[name] = { x: x + SHIFT, y: y + SHIFT };
  }
  return { definition: { ...next, layout: places }, ids: Object.values(names) };
}

export function readClip(text: string): Clip | null {
  try {
    const clip = JSON.parse(text) as Clip;
    const fine =
      clip?.wasl === "steps" &&
      typeof clip.steps === "object" &&
      Object.values(clip.steps).every((step) => typeof step?.type === "string");
    return fine ? { ...clip, layout: clip.layout ?? {} } : null;
  } catch {
    return null;
  }
}

const existing = (definition: Definition, to: string) => (to in definition.steps ? to : null);
const rounded = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y) });

/** A step whose exits lead where `where` says; null: nowhere. */
const led = (step: Step, where: (to: string) => string | null): Step =>
  exitsOf(step).reduce((so, { id, to }) => {
    const wanted = to === undefined ? undefined : where(to);
    return wanted === undefined || wanted === to ? so : withExit(so, id, wanted);
  }, step);
