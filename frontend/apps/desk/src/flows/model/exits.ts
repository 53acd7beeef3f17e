import { type Definition, NOWHERE, type Step, type Texts } from "./definition.ts";
import { exitsOfType, STEP_TYPES } from "./step-types.ts";

/** One way out of a step. `id` is its field ("next"), or a list's with a place ("entries.0"). */
export interface Exit {
  id: string;
  to: string | undefined;
  /** It must lead somewhere. */
  needed: boolean;
  /** Its words, of an entry; its condition, of a case. */
  texts?: Texts;
  when?: string;
}

/** A list of a step whose elements have a way out each. */
const LISTS = ["entries", "cases"] as const;
interface Listed {
  next?: string;
  label?: Texts;
  when?: string;
}

/** The exits of a step in the order in which they are drawn; those that lead nowhere by choice too. */
export function exitsOf(step: Step): Exit[] {
  const listed = LISTS.flatMap((list) =>
    ((step[list] ?? []) as Listed[]).map((each, n) => ({
      id: `${list}.${n}`,
      to: each.next,
      needed: true,
      texts: each.label,
      when: each.when,
    })),
  );
  const known = exitsOfType(step).map(({ id, needed }) => ({ id, needed }));
  // a type unknown here: what names a step is taken for an exit
  const found = STEP_TYPES[step.type]
    ? known
    : Object.keys(step)
        .filter((key) => UNKNOWN_EXITS.includes(key) && typeof step[key] === "string")
        .map((id) => ({ id, needed: true }));
  return [
    ...listed,
    ...found.map(({ id, needed }) => ({
      id,
      needed,
      to: (step[id] ?? undefined) as string | undefined,
    })),
  ];
}
const UNKNOWN_EXITS = ["next", "found", "missing", "otherwise", "failed", "silent", "none"];

export function withExit(step: Step, id: string, to: string | null): Step {
  const [list = "", place] = id.split(".");
  if (place === undefined) {
    const needed = exitsOf(step).find((exit) => exit.id === id)?.needed;
    return { ...step, [id]: to ?? (needed ? NOWHERE : null) };
  }
  const elements = (step[list] ?? []) as Listed[];
  return {
    ...step,
    [list]: elements.map((each, n) =>
      n === Number(place) ? { ...each, next: to ?? NOWHERE } : each,
    ),
  };
}

/** The way of a trace ("entry_2", "case_1", "next") as the exit's id. */
export function exitOfWay(way: string): string {
  const [, list, place] = /^(entry|case)_(\d+)$/.exec(way) ?? [];
  if (!list) return way;
  return `${list === "entry" ? "entries" : "cases"}.${Number(place) - 1}`;
}

/** The steps that follow a step, in the order of its exits. */
export const following = (definition: Definition, id: string): string[] => {
  const step = definition.steps[id];
  const ways = step ? exitsOf(step).map(({ to }) => to) : [];
  return [...new Set(ways)].filter(
    (to): to is string => to !== undefined && to in definition.steps,
  );
};

/** The steps that lead to one. */
export const leadingTo = (definition: Definition, id: string): string[] =>
  Object.keys(definition.steps).filter((from) => following(definition, from).includes(id));
